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
        let section = section_here();
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

impl Description {
    /// The row of a [`table`], with the expression for the migration.
    pub(crate) fn row(&self, migration: &str) -> String {
        format!("({:?}, {migration}),", self.0)
    }
}

/// A migration that does nothing but hand over SQL, and waits for its table.
pub(crate) struct Row {
    pub(crate) description: Description,
    /// Its type, as it is named where the table stands.
    pub(crate) name: String,
    pub(crate) file: String,
    pub(crate) literals: Vec<Literal>,
}

/// A literal of its SQL.
#[derive(Clone)]
pub(crate) struct Literal {
    /// As it is written.
    pub(crate) text: String,
    /// The short form of its statements.
    pub(crate) statements: String,
    /// It belongs to `up`.
    pub(crate) is_up: bool,
    /// The lines in which its `sql!` begins: behind what comes before it, up to its own.
    pub(crate) lines: (usize, usize),
    /// Where it was compiled, by the library's own `sql!` and no other.
    pub(crate) line: Option<usize>,
}

impl Row {
    /// The row of the table. Where all was compiled as its file shows it, the texts are all that its functions can hand over,
    /// and the compiler makes no code of them.
    pub(crate) fn text(&self, as_data: bool) -> String {
        let mut parts = (String::new(), String::new());
        for literal in &self.literals {
            let Some(line) = literal.line.filter(|_| as_data) else {
                return self.description.row(&format!("&{}", self.name));
            };
            let own = if literal.is_up {
                &mut parts.0
            } else {
                &mut parts.1
            };
            *own += &format!("({},{:?},{line}),", literal.text, literal.statements);
        }
        let (file, (up, down)) = (&self.file, parts);
        let written = format!("&{V1}::Written({file:?}, &[{up}], &[{down}])");
        self.description.row(&written)
    }
}

/// The module of the library that the macros name.
pub(crate) const V1: &str = "::migrate_core::__private::v1";

/// The items that register all of these rows, as text. A table is data, of which compilers make no code, so it costs a
/// tenth of as many functions.
pub(crate) fn table(rows: &str, length: usize, format: Option<Format>) -> String {
    let section = section(format);
    format!(
        "const _: () = {{ \
         static TABLE: [(&'static ::core::primitive::str, &'static dyn {V1}::Migration); {length}] = [{rows}]; \
         extern \"C\" fn register() {{ {V1}::register_all(&TABLE) }} \
         #[used] {section} static REGISTER: extern \"C\" fn() = register; \
         }};"
    )
}

const SEPARATOR: char = '\u{1f}';

fn plain(text: &str) -> String {
    text.replace(SEPARATOR, " ")
}

/// The attribute that names the section of the program that is compiled.
pub(crate) fn section_here() -> TokenStream {
    let section = section(invocation::current().format);
    section.parse().unwrap_or_default()
}

/// The attribute that names the section, which is another one in each format of programs.
const fn section(format: Option<Format>) -> &'static str {
    match format {
        Some(Format::Elf) => r#"#[unsafe(link_section = ".init_array")]"#,
        Some(Format::MachO) => {
            r#"#[unsafe(link_section = "__DATA,__mod_init_func,mod_init_funcs")]"#
        }
        Some(Format::Coff) => r#"#[unsafe(link_section = ".CRT$XCU")]"#,
        None => {
            r#"#[cfg_attr(windows, unsafe(link_section = ".CRT$XCU"))]
            #[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__mod_init_func,mod_init_funcs"))]
            #[cfg_attr(not(any(windows, target_vendor = "apple")), unsafe(link_section = ".init_array"))]"#
        }
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
