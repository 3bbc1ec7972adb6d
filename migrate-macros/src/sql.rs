//! `sql!`: one literal, checked where it stands.

use migrate_schema::{
    Checksum, Code, Dialect, Finding, Level, Statement, settings::Settings, statement,
};
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::LitStr;

use crate::{
    config::{self, Loaded},
    literal,
    parsed::parsed,
    report::Report,
};

/// The whole of `sql!`.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let mut report = Report::default();
    let Loaded { config, tracking } = config::load(&mut report);
    let dialect = config.dialect_or_default();
    let value = match literal::only(input.clone()) {
        Some(text) => {
            let statements = match config.settings() {
                Some(settings) => check(&text, settings, &|code| settings.level(code), &mut report),
                None => Vec::new(),
            };
            value(&text, &statements, dialect)
        }
        None => {
            not_literal(input, &mut report);
            value(&LitStr::new("", Span::call_site()), &[], dialect)
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

/// Checks the syntax of a literal for every database; its statements for the first.
pub(crate) fn check(
    text: &LitStr,
    settings: &Settings,
    level: &dyn Fn(Code) -> Level,
    report: &mut Report,
) -> Vec<Statement> {
    let sql = text.value();
    for finding in findings(&sql, settings) {
        report.finding(text, &finding, level(finding.code));
    }
    let first = settings.targets.first().cloned().unwrap_or_default();
    let parsed = parsed(&sql, &first);
    parsed.statements.iter().map(|p| p.statement).collect()
}

/// What is wrong with the syntax of a text, for all databases together. What only some of them refuse says which.
pub(crate) fn findings(sql: &str, settings: &Settings) -> Vec<Finding> {
    let mut found: Vec<(Finding, Vec<&str>)> = Vec::new();
    for target in &settings.targets {
        for finding in &parsed(sql, target).findings {
            match found.iter_mut().find(|(known, _)| known == finding) {
                Some((_, on)) => on.push(target.product.title()),
                None => found.push((finding.clone(), vec![target.product.title()])),
            }
        }
    }
    let all = settings.targets.len();
    let told = found.into_iter().map(|(finding, on)| {
        if on.len() == all {
            finding
        } else {
            finding.note(format!("on {}", on.join(" and ")))
        }
    });
    told.collect()
}

/// The value of the library's type `Sql`.
pub(crate) fn value(text: &LitStr, statements: &[Statement], dialect: Dialect) -> TokenStream {
    let statements = statement::encode(dialect, statements);
    quote!(::migrate_core::__private::v1::sql(#text, #statements))
}

/// The statements of a literal that is known to be right.
pub(crate) fn statements(text: &LitStr, dialect: Dialect) -> Vec<Statement> {
    statement::split(&text.value(), dialect)
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
        let tokens = value(&text, &statements(&text, Dialect::Sqlite), Dialect::Sqlite);
        let text = tokens.to_string().replace(' ', "");
        assert!(
            text.ends_with("(\"DROPTABLEa;VACUUM\",\"s0-12d,14-20o\")"),
            "{text}"
        );
    }

    #[test]
    fn every_finding_is_reported() {
        let mut report = Report::default();
        check(
            &literal("SELEC 1; DROP TABLE; BEGIN"),
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
