//! Collects every error of an expansion, so that all of them are reported at once.

use std::fmt::Display;

use migrate_schema::{Code, Finding, Level};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Attribute, LitStr};

use crate::literal;

/// What was found so far.
#[derive(Default)]
pub(crate) struct Report {
    errors: Vec<syn::Error>,
    warnings: Vec<Warning>,
}

/// What is told without stopping the compiler.
struct Warning {
    span: Span,
    code: Code,
    text: String,
}

impl Report {
    /// An error at one place.
    pub(crate) fn at(&mut self, span: Span, code: Code, message: impl Display, help: &str) {
        self.errors
            .push(syn::Error::new(span, text(code, message, help)));
    }

    /// An error at all of these tokens.
    pub(crate) fn on(
        &mut self,
        tokens: impl ToTokens,
        code: Code,
        message: impl Display,
        help: &str,
    ) {
        self.errors
            .push(syn::Error::new_spanned(tokens, text(code, message, help)));
    }

    /// A finding about the SQL of a literal, with its place in the file where that can be told.
    pub(crate) fn finding(&mut self, literal: &LitStr, finding: &Finding, level: Level) {
        if level == Level::Allow {
            return;
        }
        let place = literal::place(literal);
        let text = finding.render(&literal.value(), |line, column| match &place {
            Some(place) => place.of(line, column),
            None => format!("line {line}, column {column} of the SQL"),
        });
        self.leveled(literal::mark(literal), finding.code, text, level);
    }

    /// A finding about something that is no SQL text.
    pub(crate) fn finding_at(&mut self, span: Span, finding: &Finding, level: Level) {
        let mut text = format!("{} [{}]", finding.message, finding.code);
        if let Some(help) = &finding.help {
            text += &format!("\n  = help: {help}");
        }
        for note in &finding.notes {
            text += &format!("\n  = note: {note}");
        }
        self.leveled(span, finding.code, text, level);
    }

    /// What has a level, and is already complete.
    pub(crate) fn leveled(&mut self, span: Span, code: Code, text: String, level: Level) {
        match level {
            Level::Allow => {}
            Level::Warn => self.warnings.push(Warning { span, code, text }),
            Level::Deny => self.errors.push(syn::Error::new(span, text)),
        }
    }

    /// An error whose text is already complete.
    pub(crate) fn rendered(&mut self, span: Span, text: impl Display) {
        self.errors.push(syn::Error::new(span, text));
    }

    /// The same, at all of these tokens.
    pub(crate) fn rendered_on(&mut self, tokens: impl ToTokens, text: impl Display) {
        self.errors.push(syn::Error::new_spanned(tokens, text));
    }

    /// Whether there is no error.
    pub(crate) fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.errors.len()
    }

    /// Every error as a `compile_error!`, under the conditions of the item that it is about.
    pub(crate) fn into_compile_errors(self, conditions: &[Attribute]) -> TokenStream {
        let errors = self.errors.iter().map(|error| {
            let error = error.to_compile_error();
            quote!(#(#conditions)* #error)
        });
        errors.collect()
    }

    /// Every warning as the use of a deprecated constant, which is what stable Rust has for them. It obeys
    /// `#[allow(deprecated)]` around the item, and that on the item, which is among `attributes`.
    pub(crate) fn warnings(&self, attributes: &[&Attribute]) -> TokenStream {
        let warnings = self.warnings.iter().map(|Warning { span, code, text }| {
            let name = Ident::new(code.name(), Span::call_site());
            let used = Ident::new(code.name(), *span);
            quote! {
                #(#attributes)*
                const _: () = {
                    #[deprecated(note = #text)]
                    #[allow(non_upper_case_globals)]
                    const #name: () = ();
                    #used
                };
            }
        });
        warnings.collect()
    }

    /// The messages, for tests.
    #[cfg(test)]
    pub(crate) fn messages(&self) -> Vec<String> {
        self.errors.iter().map(ToString::to_string).collect()
    }
}

fn text(code: Code, message: impl Display, help: &str) -> String {
    format!("{message} [{code}]\n  = help: {help}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_is_kept_and_put_under_the_conditions() {
        let mut report = Report::default();
        assert!(report.is_empty());
        report.at(Span::call_site(), Code::IdShape, "one", "two");
        let literal: LitStr = syn::parse_quote!("SELEC 1");
        let finding = Finding::new(Code::SqlSyntax, "three", 0..5);
        report.finding(&literal, &finding, Level::Deny);
        report.finding(&literal, &finding, Level::Allow);
        assert_eq!(
            report.messages(),
            [
                "one [id_shape]\n  = help: two",
                "three [sql_syntax]\n  --> line 1, column 1 of the SQL\n   |\n 1 | SELEC 1\n   | ^^^^^",
            ]
        );
        let condition: Attribute = syn::parse_quote!(#[cfg(unix)]);
        let tokens = report.into_compile_errors(&[condition]).to_string();
        assert_eq!(tokens.matches("cfg (unix)").count(), 2, "{tokens}");
        assert_eq!(tokens.matches("compile_error").count(), 2, "{tokens}");
    }

    #[test]
    fn warnings_are_deprecations_of_their_code() {
        let mut report = Report::default();
        let finding = Finding::new(Code::UndeclaredName, "one", 0..1).help("two");
        report.finding_at(Span::call_site(), &finding, Level::Warn);
        assert!(report.is_empty());
        let allow: Attribute = syn::parse_quote!(#[allow(deprecated)]);
        let tokens = report.warnings(&[&allow]).to_string();
        assert!(tokens.contains("one [undeclared_name]"), "{tokens}");
        assert!(
            tokens.starts_with("# [allow (deprecated)] const _"),
            "{tokens}"
        );
    }
}
