//! `#[migration]`, stage by stage.

use proc_macro2::TokenStream;
use quote::quote;

use crate::{
    check::check,
    config::{self, Loaded},
    expand::expand,
    fallback::fallback,
    model, options, parse,
    report::Report,
};

/// The whole of `#[migration(…)]`. The item itself comes out as it went in.
pub(crate) fn migration(arguments: TokenStream, tokens: TokenStream) -> TokenStream {
    let mut report = Report::default();
    let Loaded { config, tracking } = config::load(&mut report);
    let mut arguments = parse::arguments(arguments);
    let item = parse::item(tokens.clone());
    let conditions = model::conditions(&item);

    let id = model::id(&mut arguments, &mut report);
    let options = options::options(&arguments, &mut report);
    let model = model::model(options, &item, &mut report);
    if let Some(model) = &model {
        check(id.as_ref(), model, config.dialect(), &mut report);
    }
    let made = match (&id, &model) {
        (Some(id), Some(model)) if report.is_empty() => expand(id, model, &conditions, &config),
        _ => fallback(&arguments, &item, &conditions),
    };
    let errors = report.into_compile_errors(&conditions);
    quote!(#tokens #tracking #made #errors)
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
        assert!(!made.contains("submit"), "{made}");
        let right = text(
            quote!("1_a", irreversible = "b"),
            quote!(impl Migration for X { fn up() {} }),
        );
        assert!(right.contains("submit"), "{right}");
        assert!(!right.contains("compile_error"), "{right}");
    }
}
