//! What a program is told of a migration: one literal, and a pointer to the function that hands it over, in the section
//! whose functions run before `main`.
//!
//! A program may have thousands of migrations, and this is compiled for each, so it is as little as can be: one function
//! and one static. All else is in the literal, which `migrate-core` takes apart when somebody asks.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use crate::invocation::{self, Format};

/// What is said of a migration: fields between separators, each with a letter before it.
pub(crate) struct Description(String);

impl Description {
    pub(crate) fn new(set: &str, id: &str, description: &str) -> Self {
        let mut all = Self(plain(set));
        for text in [id, description] {
            all.0.push(SEPARATOR);
            all.0 += &plain(text);
        }
        all
    }

    pub(crate) fn push(&mut self, letter: char, value: &str) {
        self.0.push(SEPARATOR);
        self.0.push(letter);
        self.0 += &plain(value);
    }

    pub(crate) fn some(&mut self, letter: char, value: Option<impl AsRef<str>>) {
        if let Some(value) = value {
            self.push(letter, value.as_ref());
        }
    }

    /// The items that register the value. `feature` is the pair of its name and whether it is on.
    pub(crate) fn register(
        &self,
        value: impl ToTokens,
        feature: Option<TokenStream>,
    ) -> TokenStream {
        let text = &self.0;
        let call = match feature {
            Some(feature) => quote!(register_with(#text, #feature, &#value)),
            None => quote!(register(#text, &#value)),
        };
        let section = section(invocation::current().format);
        quote! {
            const _: () = {
                extern "C" fn register() {
                    ::migrate_core::__private::v1::#call
                }
                #[used]
                #section
                static REGISTER: extern "C" fn() = register;
            };
        }
    }
}

const SEPARATOR: char = '\u{1f}';

fn plain(text: &str) -> String {
    text.replace(SEPARATOR, " ")
}

/// The section, which is another one in each format of programs.
fn section(format: Option<Format>) -> TokenStream {
    match format {
        Some(Format::Elf) => quote!(#[unsafe(link_section = ".init_array")]),
        Some(Format::MachO) => {
            quote!(#[unsafe(link_section = "__DATA,__mod_init_func,mod_init_funcs")])
        }
        Some(Format::Coff) => quote!(#[unsafe(link_section = ".CRT$XCU")]),
        None => quote! {
            #[cfg_attr(windows, unsafe(link_section = ".CRT$XCU"))]
            #[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__mod_init_func,mod_init_funcs"))]
            #[cfg_attr(not(any(windows, target_vendor = "apple")), unsafe(link_section = ".init_array"))]
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_stand_between_separators() {
        let mut all = Description::new("a", "1_b", "c\u{1f}d");
        all.push('t', "");
        all.some('i', Some("why"));
        all.some('c', None::<&str>);
        assert_eq!(all.0, "a\u{1f}1_b\u{1f}c d\u{1f}t\u{1f}iwhy");
        let tokens = all.register(quote!(X), None).to_string();
        assert!(tokens.contains("& X)"), "{tokens}");
        assert!(tokens.contains("cfg_attr (windows"), "{tokens}");
    }
}
