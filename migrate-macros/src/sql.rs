//! `sql!`: one literal, checked where it stands.

use migrate_schema::{
    Checksum, Code, Dialect, Finding, Level,
    settings::{Settings, Target},
    statement,
};
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::LitStr;

use crate::{
    config::{self, Loaded},
    literal,
    parsed::parsed,
    report::Report,
    written::{self, Written},
};

/// The whole of `sql!`.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let mut report = Report::default();
    let Loaded { config, tracking } = config::load(&mut report);
    let dialect = config.dialect_or_default();
    let settings = config.settings().map(|settings| &**settings);
    let value = match written(&input, &mut report) {
        Some(written) => {
            if let Some(settings) = settings {
                // A text that cannot be read is not missing.
                if report.is_empty() {
                    written.check_names(settings, ": ", Span::call_site(), &mut report);
                }
                check(
                    &written,
                    settings,
                    &|code| settings.level(code),
                    &mut report,
                );
            }
            value(&written, settings, dialect)
        }
        None => {
            not_literal(input, &mut report);
            let nothing = Written::One(LitStr::new("", Span::call_site()));
            value(&nothing, None, dialect)
        }
    };
    let warnings = report.warnings(&[]);
    let errors = report.into_compile_errors(&[]);
    let errors = quote!(#errors #warnings);
    if tracking.is_empty() && errors.is_empty() {
        value
    } else {
        quote!({ #tracking #errors #value })
    }
}

/// What `sql!` is given. What is wrong in texts for each dialect is told; none is something else altogether.
fn written(input: &TokenStream, report: &mut Report) -> Option<Written> {
    if let Some(text) = literal::only(input.clone()) {
        return Some(Written::One(text));
    }
    written::each(input, ':', report).map(Written::Each)
}

/// Checks the syntax of SQL for every database that it is for.
pub(crate) fn check(
    written: &Written,
    settings: &Settings,
    level: &dyn Fn(Code) -> Level,
    report: &mut Report,
) {
    let may_be_empty = matches!(written, Written::Each(_)) && !written.is_nothing();
    for (text, targets) in written.on_targets(settings) {
        for finding in findings(&text.value(), &targets) {
            // Nothing is to be done there.
            if finding.code != Code::SqlEmpty || !may_be_empty {
                report.finding(text, &finding, level(finding.code));
            }
        }
    }
}

/// What is wrong with the syntax of a text, for all databases together. What only some of them refuse says which.
pub(crate) fn findings(sql: &str, targets: &[&Target]) -> Vec<Finding> {
    let mut found: Vec<(Finding, Vec<&str>)> = Vec::new();
    for target in targets {
        for finding in &parsed(sql, target).findings {
            match found.iter_mut().find(|(known, _)| known == finding) {
                Some((_, on)) => on.push(target.product.title()),
                None => found.push((finding.clone(), vec![target.product.title()])),
            }
        }
    }
    let told = found.into_iter().map(|(finding, on)| {
        if on.len() == targets.len() {
            finding
        } else {
            finding.note(format!("on {}", on.join(" and ")))
        }
    });
    told.collect()
}

/// The value of the library's type `Sql`. A text that is for every database is split for the first one, or without
/// settings, for the dialect.
pub(crate) fn value(
    written: &Written,
    settings: Option<&Settings>,
    dialect: Dialect,
) -> TokenStream {
    let encoded = |text: &LitStr, dialect| {
        let targets = settings.iter().flat_map(|settings| &settings.targets);
        let statements = match targets
            .into_iter()
            .find(|target| target.dialect() == dialect)
        {
            Some(target) => {
                let parsed = parsed(&text.value(), target);
                parsed.statements.iter().map(|one| one.statement).collect()
            }
            None => statement::split(&text.value(), dialect),
        };
        statement::encode(dialect, &statements)
    };
    if let Written::One(text) = written {
        let statements = encoded(text, dialect);
        return quote!(::migrate_core::__private::v1::sql(#text, #statements));
    }
    let dialects = written.dialects();
    let all = dialects.iter().filter_map(|dialect| {
        let text = written.on(*dialect)?;
        let statements = encoded(text, *dialect);
        Some(quote!((#text, #statements)))
    });
    quote!(::migrate_core::__private::v1::sql_each(&[#(#all),*]))
}

/// The checksum of these literals.
pub(crate) fn checksum<'a>(
    texts: impl IntoIterator<Item = &'a LitStr>,
    dialect: Dialect,
) -> String {
    let mut checksum = Checksum::new();
    for text in texts {
        checksum.sql(&text.value(), dialect);
    }
    checksum.finish()
}

fn not_literal(input: TokenStream, report: &mut Report) {
    const EXAMPLE: &str =
        "write the text itself: `sql!(\"CREATE TABLE users (id INTEGER PRIMARY KEY)\")`";
    const UNCHECKED: &str =
        "write the text itself into `sql!`, or say that nobody checks it: `Sql::unchecked(…)`";
    let trees = literal::flatten(input.clone());
    let macro_name = trees
        .iter()
        .zip(trees.iter().skip(1))
        .find_map(|pair| match pair {
            (TokenTree::Ident(name), TokenTree::Punct(p)) if p.as_char() == '!' => Some(name),
            _ => None,
        });
    let (message, help) = match trees.as_slice() {
        [] => {
            let message = "`sql!` has nothing to check: it takes one string literal";
            report.at(Span::call_site(), Code::SqlNotLiteral, message, EXAMPLE);
            return;
        }
        [TokenTree::Literal(other)] if is_text(other) => (
            "`sql!` takes an ordinary string literal: no `b`, no `c` and no suffix".to_owned(),
            EXAMPLE,
        ),
        [TokenTree::Literal(first), TokenTree::Punct(p), _, ..] if p.as_char() == ',' && is_text(first) => (
            "`sql!` takes one string literal and nothing else".to_owned(),
            "several statements stand in one literal with `;` between them; text with values in it is made with `Sql::unchecked(format!(…))`",
        ),
        _ if macro_name.is_some_and(|name| name == "concat") => (
            "`sql!` takes one string literal: it sees the tokens `concat!(…)` and not the text that they make".to_owned(),
            "write one literal (it may have several lines), or `Sql::unchecked(concat!(…))`, which nobody checks",
        ),
        _ => match macro_name {
            Some(name) => (
                format!("`sql!` takes one string literal, and the text of `{name}!` is not known to it"),
                UNCHECKED,
            ),
            None => (
                "`sql!` takes one string literal: it checks while compiling, before names and expressions have a value".to_owned(),
                UNCHECKED,
            ),
        },
    };
    report.on(
        input.into_token_stream(),
        Code::SqlNotLiteral,
        message,
        help,
    );
}

fn is_text(literal: &proc_macro2::Literal) -> bool {
    literal.to_string().contains('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literal(text: &str) -> LitStr {
        LitStr::new(text, Span::call_site())
    }

    #[test]
    fn the_value_names_every_statement() {
        let text = literal("DROP TABLE a; VACUUM");
        let tokens = value(&Written::One(text), None, Dialect::Sqlite);
        let text = tokens.to_string().replace(' ', "");
        assert!(
            text.ends_with("(\"DROPTABLEa;VACUUM\",\"s0-12d,14-20o\")"),
            "{text}"
        );
    }

    #[test]
    fn each_dialect_has_its_own_text_and_statements() {
        let tokens = quote!(postgres: "VACUUM", sqlite: "", mysql: "DROP TABLE a");
        let written = Written::read(tokens, ':').unwrap();
        let tokens = value(&written, None, Dialect::Sqlite);
        let text = tokens.to_string().replace(' ', "");
        assert!(
            text.ends_with(
                "sql_each(&[(\"\",\"s\"),(\"VACUUM\",\"p0-6o\"),(\"DROPTABLEa\",\"m0-12d\")])"
            ),
            "{text}"
        );
    }

    #[test]
    fn every_finding_is_reported() {
        let mut report = Report::default();
        check(
            &Written::One(literal("SELEC 1; DROP TABLE; BEGIN")),
            &Settings::default(),
            &Code::level,
            &mut report,
        );
        let messages = report.messages();
        assert_eq!(messages.len(), 3, "{messages:#?}");
        assert!(messages[2].contains("[transaction_control]"));
    }

    #[test]
    fn what_is_no_literal_is_explained() {
        let message = |tokens: TokenStream| {
            let mut report = Report::default();
            not_literal(tokens, &mut report);
            report.messages().concat()
        };
        assert!(message(quote!()).contains("nothing to check"));
        assert!(message(quote!(NAME)).contains("before names"));
        assert!(message(quote!(a + -1)).contains("before names"));
        assert!(message(quote!(concat!("a", "b"))).contains("`concat!(…)` and not"));
        assert!(message(quote!(format!("{a}"))).contains("text of `format!`"));
        assert!(message(quote!(std::include_str!("a"))).contains("text of `include_str!`"));
        assert!(message(quote!(b"a")).contains("no `b`"));
        assert!(message(quote!("a"x)).contains("no suffix"));
        assert!(message(quote!("a", b)).contains("nothing else"));
        assert!(message(quote!("a",,)).contains("nothing else"));
        assert!(message(quote!(1)).contains("[sql_not_literal]"));
    }

    #[test]
    fn the_checksum_is_that_of_the_texts_in_order() {
        let (a, b) = (literal("SELECT 1"), literal("select 2;"));
        let mut expected = Checksum::new();
        expected.sql("SELECT 1; SELECT 2", Dialect::Sqlite);
        assert_eq!(checksum([&a, &b], Dialect::Sqlite), expected.finish());
    }
}
