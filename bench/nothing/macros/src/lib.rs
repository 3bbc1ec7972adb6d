//! Macros that give back what they are given.
use proc_macro::TokenStream;

#[proc_macro_attribute]
pub fn migration(_: TokenStream, item: TokenStream) -> TokenStream {
    item
}

#[proc_macro]
pub fn sql(input: TokenStream) -> TokenStream {
    input
}
