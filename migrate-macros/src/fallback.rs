//! What is emitted when there are errors: enough to keep errors away that would only follow from them.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Fields};

use crate::parse::{Argument, Item};

/// The `impl` that the short form would have made, without steps. The other forms have theirs.
pub(crate) fn fallback(
    arguments: &[Argument],
    item: &Item,
    conditions: &[Attribute],
) -> TokenStream {
    let Item::Struct(item) = item else {
        return TokenStream::new();
    };
    let is_up = |argument: &Argument| argument.name.as_ref().is_some_and(|name| name == "up");
    let is_unit = matches!(item.fields, Fields::Unit) && item.generics.params.is_empty();
    if !is_unit || !arguments.iter().any(is_up) {
        return TokenStream::new();
    }
    let name = &item.name;
    quote! {
        #(#conditions)*
        impl ::migrate_core::__private::v1::Migration for #name {
            fn up(&self, _: &mut ::migrate_core::__private::v1::Steps) {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;

    #[test]
    fn only_the_short_form_needs_an_impl() {
        let of = |arguments, item| {
            fallback(&parse::arguments(arguments), &parse::item(item), &[]).to_string()
        };
        assert!(
            of(
                quote!("a", up = 1),
                quote!(
                    struct X;
                )
            )
            .contains("Migration for X")
        );
        assert_eq!(
            of(
                quote!("a"),
                quote!(
                    struct X;
                )
            ),
            ""
        );
        assert_eq!(
            of(quote!("a", up = "b"), quote!(impl Migration for X {})),
            ""
        );
        assert_eq!(
            of(
                quote!("a", up = "b"),
                quote!(
                    fn f() {}
                )
            ),
            ""
        );
    }
}
