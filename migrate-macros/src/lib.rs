//! x
mod attribute;
mod beside;
mod body;
mod cache;
mod check;
mod config;
mod expand;
mod fallback;
mod lexer;
mod literal;
mod model;
mod near;
mod options;
mod parse;
mod report;
mod sql;

use proc_macro::TokenStream;

/// x
#[proc_macro_attribute]
pub fn migration(arguments: TokenStream, item: TokenStream) -> TokenStream {
    attribute::migration(arguments.into(), item.into()).into()
}

/// x
#[proc_macro]
pub fn sql(input: TokenStream) -> TokenStream {
    sql::expand(input.into()).into()
}
