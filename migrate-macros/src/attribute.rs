//! `#[migration]`, stage by stage.

use migrate_schema::{
    Code, Level,
    source::{self, Back},
};
use proc_macro2::{Group, TokenStream, TokenTree};
use quote::quote;

use crate::{
    check::{Context, check},
    config::{self, Config, Loaded},
    expand::{Facts, expand},
    fallback::fallback,
    levels::Levels,
    model::{self, Form},
    options, parse,
    replay::{Replayed, replay},
    report::Report,
    verdict,
};

/// The whole of `#[migration(…)]`. The item itself comes out as it went in, with a `down` where that was derived.
pub(crate) fn migration(arguments: TokenStream, tokens: TokenStream) -> TokenStream {
    let mut report = Report::default();
    let Loaded { config, tracking } = config::load(&mut report);
    let written = arguments.clone();
    let mut arguments = parse::arguments(arguments);
    let item = parse::item(tokens.clone());
    let conditions = model::conditions(&item);

    let id = model::id(&mut arguments, &mut report);
    let options = options::options(&arguments, &mut report);
    let model = model::model(options, &item, &mut report);
    let (Some(id), Some(model)) = (&id, &model) else {
        if let Some(model) = &model {
            without_history(model, &config, &mut report);
        }
        let made = fallback(&arguments, &item, &conditions);
        let errors = report.into_compile_errors(&conditions);
        return quote!(#tokens #tracking #made #errors);
    };

    let replayed = replay(id, model, &config, written, tokens.clone());
    let derived = derived(model, &replayed);
    let levels = Levels::new(Some(id), model, &config);
    let is_refused = refuses(&replayed, &levels);
    let context = Context {
        settings: config.settings().map(|settings| &**settings),
        levels,
        has_way_back: derived.is_some()
            || (model.down_is_left_out() && (is_refused || replayed.is_server)),
        migration: replayed.migration(),
    };
    check(Some(id), model, &context, &mut report);
    for twin in &replayed.twins {
        let message = format!("the version {} is taken: {twin} has it", id.id.version());
        let help = "give one of the two another version; the second one of a day has `_02_` behind the date";
        report.on(&id.literal, Code::DuplicateId, message, help);
    }
    if let Some(settings) = context.settings {
        verdict::tell(&replayed, id, settings, &context.levels, &mut report);
    }
    let warnings = report.warnings(&model::lint_attributes(&item));
    let (tokens, made) = if report.is_empty() {
        let facts = Facts {
            unchecked: replayed.unchecked,
            derived: derived.as_ref(),
            is_only: replayed.is_only,
            words: replayed.migration().and_then(words),
        };
        let expanded = expand(id, model, &conditions, &config, &facts);
        (with_down(tokens, model, expanded.down), expanded.rest)
    } else {
        (tokens, fallback(&arguments, &item, &conditions))
    };
    let errors = report.into_compile_errors(&conditions);
    quote!(#tokens #tracking #made #errors #warnings)
}

/// A migration without an id has no place in the history.
fn without_history(model: &model::Model, config: &Config, report: &mut Report) {
    let context = Context {
        settings: config.settings().map(|settings| &**settings),
        levels: Levels::new(None, model, config),
        has_way_back: model.down_is_left_out(),
        migration: None,
    };
    check(None, model, &context, report);
}

/// The statements of a `down` that was left out, where they can be told.
fn derived(model: &model::Model, replayed: &Replayed) -> Option<Back> {
    let verdict = replayed.verdict.as_ref()?;
    let derived = verdict.derived_down.clone();
    derived.filter(|_| model.down_is_left_out())
}

/// The words that the Rust steps of a migration have, where it has some and they can reach nothing else.
fn words(migration: &source::Migration) -> Option<String> {
    let mut all: Vec<&str> = Vec::new();
    for step in &migration.up {
        if let source::What::Rust(reach) = &step.what {
            if reach.everything || !reach.elsewhere.is_empty() {
                return None;
            }
            all.extend(reach.words.iter().map(String::as_str));
        }
    }
    all.sort_unstable();
    all.dedup();
    (!all.is_empty()).then(|| all.join(" "))
}

fn refuses(replayed: &Replayed, levels: &Levels<'_>) -> bool {
    let findings = replayed.verdict.iter().flat_map(|v| &v.findings);
    findings
        .into_iter()
        .any(|placed| levels.of(placed.finding.code) == Level::Deny)
}

/// Puts a function into the braces at the end of an `impl`.
fn with_down(tokens: TokenStream, model: &model::Model, down: Option<TokenStream>) -> TokenStream {
    let Some(down) = down.filter(|_| matches!(model.form, Form::Impl { .. })) else {
        return tokens;
    };
    let mut trees: Vec<TokenTree> = tokens.into_iter().collect();
    if let Some(TokenTree::Group(group)) = trees.last_mut() {
        let mut body = group.stream();
        body.extend(down);
        let mut whole = Group::new(group.delimiter(), body);
        whole.set_span(group.span());
        *group = whole;
    }
    trees.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(arguments: TokenStream, item: TokenStream) -> String {
        migration(arguments, item).to_string()
    }

    #[test]
    fn the_item_is_always_there() {
        for (arguments, item) in [
            (
                quote!("1_a", irreversible = "b"),
                quote!(impl Migration for X { fn up() {} }),
            ),
            (quote!("a"), quote!(impl Migration for X { fn up() {} })),
            (
                quote!(),
                quote!(
                    fn f(a: u8) -> u8 {
                        a
                    }
                ),
            ),
            (
                quote!(colour),
                quote!(
                    struct X<T>(T);
                ),
            ),
            (quote!(= "x"), quote!()),
            (quote!(-1), quote!(impl)),
            (quote!("1_a"), quote!(struct)),
        ] {
            let made = text(arguments, item.clone());
            assert!(made.starts_with(&item.to_string()), "{made}");
        }
    }

    #[test]
    fn errors_leave_no_registration() {
        let made = text(quote!("1_a"), quote!(impl Migration for X { fn up() {} }));
        assert!(made.contains("[missing_down]"), "{made}");
        assert!(!made.contains("REGISTER"), "{made}");
        let right = text(
            quote!("1_a", irreversible = "b"),
            quote!(impl Migration for X { fn up() {} }),
        );
        assert!(right.contains("REGISTER"), "{right}");
        assert!(!right.contains("compile_error"), "{right}");
    }
}
