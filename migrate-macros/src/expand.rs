//! Model to tokens. Nothing can fail here.
//!
//! A program may have a thousand migrations, and what stands here is compiled for each, so it is little: one
//! registration, and one name that two migrations of a crate cannot share.

use migrate_schema::{Dialect, MigrationId};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Attribute, LitStr};

use crate::{
    body,
    config::Config,
    model::{Form, Id, Model},
    sql,
};

/// What is known beyond the model.
#[derive(Default)]
pub(crate) struct Facts<'a> {
    /// Why the history was not replayed.
    pub(crate) unchecked: Option<&'static str>,
    /// The statements of a `down` that was left out.
    pub(crate) derived: Option<&'a [String]>,
}

/// What a migration becomes.
pub(crate) struct Expanded {
    /// The derived `down`.
    pub(crate) down: Option<TokenStream>,
    /// All that is put behind the item.
    pub(crate) rest: TokenStream,
}

/// Makes all that a migration becomes.
pub(crate) fn expand(
    id: &Id,
    model: &Model,
    conditions: &[Attribute],
    config: &Config,
    facts: &Facts<'_>,
) -> Expanded {
    let dialect = config.dialect_or_default();
    let down = facts.derived.map(|statements| {
        let literals = statements
            .iter()
            .map(|sql| LitStr::new(sql, Span::call_site()));
        function("down", &literals.collect::<Vec<_>>(), dialect)
    });
    let implementation = implementation(model, down.as_ref(), dialect);
    let registration = registration(id, model, config, facts);
    let version = version(&id.id, &config.set(), id.literal.span());
    let implementation = implementation.map(|tokens| quote!(#(#conditions)* #tokens));
    let rest = quote! {
        #implementation
        #(#conditions)*
        ::migrate_core::__private::v1::inventory::submit! { #registration }
        #(#conditions)*
        #version
    };
    Expanded { down, rest }
}

/// `fn up` or `fn down` that pushes these texts.
fn function(name: &str, texts: &[LitStr], dialect: Dialect) -> TokenStream {
    let name = Ident::new(name, Span::call_site());
    let texts = texts
        .iter()
        .map(|text| sql::value(text, &sql::statements(text, dialect), dialect));
    quote! {
        fn #name(&self, steps: &mut ::migrate_core::__private::v1::Steps) {
            #(steps.sql(#texts);)*
        }
    }
}

/// The `impl` of the short form.
fn implementation(
    model: &Model,
    derived: Option<&TokenStream>,
    dialect: Dialect,
) -> Option<TokenStream> {
    let Form::Short { name, up, down } = &model.form else {
        return None;
    };
    let up = function("up", std::slice::from_ref(up), dialect);
    let down = down.as_ref().map(|down| {
        let down = std::slice::from_ref(down);
        function("down", down, dialect)
    });
    let down = down.as_ref().or(derived);
    Some(quote! {
        impl ::migrate_core::__private::v1::Migration for #name { #up #down }
    })
}

fn registration(id: &Id, model: &Model, config: &Config, facts: &Facts<'_>) -> TokenStream {
    let options = &model.options;
    let mut fields = Fields(TokenStream::new());
    fields.push("description", description(&id.id, model));
    fields.some("checksum", checksum(model, config));
    fields.some("body", rust_checksum(model));
    fields.some(
        "irreversible",
        options.irreversible.as_ref().map(|o| &o.value),
    );
    if let Some(transaction) = options.transaction.as_ref().filter(|o| !o.value) {
        fields.push("transaction", transaction.value);
    }
    fields.some(
        "foreign_keys",
        options.foreign_keys.as_ref().map(|o| o.value),
    );
    for (name, list) in [
        ("environments", &options.environments),
        ("after", &options.after),
    ] {
        if let Some(list) = list {
            let texts = &list.value;
            fields.push(name, quote!(&[#(#texts),*]));
        }
    }
    fields.some(
        "renamed_from",
        options.renamed_from.as_ref().map(|o| &o.value),
    );
    fields.some(
        "feature",
        options.feature.as_ref().map(|o| feature(&o.value)),
    );
    if let Some(version) = std::env::var("CARGO_PKG_VERSION")
        .ok()
        .filter(|v| !v.is_empty())
    {
        fields.push("program_version", version);
    }
    fields.some("unchecked", facts.unchecked);
    if facts.derived.is_some() {
        fields.push("derived_down", true);
    }
    let (fields, set, text) = (fields.0, config.set(), id.id.as_str());
    let value = match &model.form {
        Form::Impl { path, .. } => path.to_token_stream(),
        Form::Beside { name } | Form::Short { name, .. } => name.to_token_stream(),
    };
    quote! {
        ::migrate_core::__private::v1::Registration {
            #fields
            ..::migrate_core::__private::v1::Registration::new(
                #set, #text, ::core::file!(), ::core::line!(), &#value,
            )
        }
    }
}

/// The fields of the registration that have not their default.
struct Fields(TokenStream);

impl Fields {
    fn push(&mut self, name: &str, value: impl ToTokens) {
        let name = Ident::new(name, Span::call_site());
        self.0.extend(quote!(#name: #value,));
    }

    fn some(&mut self, name: &str, value: Option<impl ToTokens>) {
        if let Some(value) = value {
            self.push(name, quote!(::core::option::Option::Some(#value)));
        }
    }
}

fn description(id: &MigrationId, model: &Model) -> String {
    let given = model.options.description.as_ref();
    given
        .map(|option| option.value.value())
        .or_else(|| model.documentation.clone())
        .unwrap_or_else(|| id.name().replace('_', " "))
}

fn checksum(model: &Model, config: &Config) -> Option<String> {
    let dialect = config.dialect_or_default();
    match &model.form {
        Form::Impl { up, .. } => body::checksum(up.as_ref()?, dialect),
        Form::Short { up, .. } => Some(sql::checksum([up], dialect)),
        // The tokens of `up` are not known here, and what a file has on the disk may not be what is compiled.
        Form::Beside { .. } => None,
    }
}

fn rust_checksum(model: &Model) -> Option<String> {
    match &model.form {
        Form::Impl { up, .. } => body::rust_checksum(up.as_ref()?),
        Form::Beside { .. } | Form::Short { .. } => None,
    }
}

/// All of it has the place of the option, so that rustc's warning about a feature that does not exist shows it.
fn feature(name: &LitStr) -> TokenStream {
    quote_spanned!(name.span()=> (#name, ::core::cfg!(feature = #name)))
}

/// An exported macro with the version in its name. Two of them in a crate are an error of rustc's that shows both
/// places (E0428), wherever in the crate they stand. The name of the set keeps the macros of two crates apart where
/// a third exports all that both have. The lint is about exported macros in the body of a function, where a
/// migration of a test may stand.
pub(crate) fn version(id: &MigrationId, set: &str, place: Span) -> TokenStream {
    // The place of the literal, but still as tokens of ours, so that lints see that nobody wrote this.
    let span = Span::call_site().located_at(place);
    let set = set.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
    let name = format!("__migration_version_{}_of_{set}", id.version());
    let name = Ident::new(&name, span);
    quote_spanned! {span=>
        #[doc(hidden)]
        #[macro_export]
        #[allow(non_local_definitions)]
        macro_rules! #name { () => {} }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{model, options, parse, report::Report};

    fn expanded(arguments: TokenStream, item: TokenStream) -> String {
        let mut report = Report::default();
        let mut arguments = parse::arguments(arguments);
        let id = model::id(&mut arguments, &mut report).unwrap();
        let options = options::options(&arguments, &mut report);
        let item = parse::item(item);
        let model = model::model(options, &item, &mut report).unwrap();
        let conditions = model::conditions(&item);
        let facts = Facts::default();
        expand(&id, &model, &conditions, &Config::default(), &facts)
            .rest
            .to_string()
            .replace(' ', "")
    }

    #[test]
    fn only_what_is_not_the_default_is_written() {
        let tokens = expanded(
            quote!("20260215_create_users"),
            quote!(
                struct CreateUsers;
            ),
        );
        assert!(tokens.contains("description:\"createusers\""), "{tokens}");
        assert!(
            tokens.contains("::core::line!(),&CreateUsers,)"),
            "{tokens}"
        );
        for absent in [
            "checksum",
            "body",
            "transaction",
            "foreign_keys",
            "environments",
            "after",
            "feature",
            "irreversible",
            "impl",
        ] {
            assert!(!tokens.contains(&format!("{absent}:")), "{tokens}");
        }
        assert!(
            tokens.contains("macro_rules!__migration_version_20260215_01_of_migrate_macros{"),
            "{tokens}"
        );
        assert_eq!(tokens.matches("submit!").count(), 1);
    }

    #[test]
    fn every_option_arrives() {
        let tokens = expanded(
            quote!(
                "7_a",
                irreversible = "b",
                transaction = false,
                environments = ["c", "d"],
                description = "e",
                renamed_from = "6_a",
                after = "f",
                feature = "g"
            ),
            quote!(impl Migration for m::X {
                fn up(&self, steps: &mut Steps) { steps.run("r", f); }
            }),
        );
        for part in [
            "description:\"e\",",
            "checksum:::core::option::Option::Some(\"v1:",
            "body:::core::option::Option::Some(\"v1:",
            "irreversible:::core::option::Option::Some(\"b\"),",
            "transaction:false,",
            "environments:&[\"c\",\"d\"],",
            "after:&[\"f\"],",
            "renamed_from:::core::option::Option::Some(\"6_a\"),",
            "feature:::core::option::Option::Some((\"g\",::core::cfg!(feature=\"g\"))),",
            "program_version:\"",
            "&m::X,",
            "macro_rules!__migration_version_7_of_migrate_macros{",
        ] {
            assert!(tokens.contains(part), "{part} in {tokens}");
        }
        let off = expanded(
            quote!("7_a", foreign_keys = false),
            quote!(
                struct X;
            ),
        );
        assert!(
            off.contains("foreign_keys:::core::option::Option::Some(false),"),
            "{off}"
        );
    }

    #[test]
    fn the_short_form_gets_its_impl() {
        let both = expanded(
            quote!("7_a", up = "DROP TABLE a", down = "DROP TABLE b"),
            quote!(
                struct X;
            ),
        );
        assert!(
            both.contains("Migrationfor X".replace(' ', "").as_str()),
            "{both}"
        );
        assert_eq!(both.matches("steps.sql(").count(), 2, "{both}");
        let one = expanded(
            quote!("7_a", up = "DROP TABLE a", irreversible = "b"),
            quote!(
                struct X;
            ),
        );
        assert!(!one.contains("fndown"), "{one}");
    }

    #[test]
    fn what_is_made_exists_where_the_item_does() {
        let tokens = expanded(
            quote!("7_a", up = "DROP TABLE a", irreversible = "b"),
            quote!(
                #[cfg(unix)]
                struct X;
            ),
        );
        assert_eq!(tokens.matches("#[cfg(unix)]").count(), 3, "{tokens}");
    }

    #[test]
    fn the_description_comes_from_where_it_is_said() {
        let documented = quote!(
            #[doc = " People."]
            struct X;
        );
        assert!(expanded(quote!("7_a_b"), documented.clone()).contains("description:\"People.\""));
        assert!(
            expanded(quote!("7_a_b", description = "c"), documented).contains("description:\"c\"")
        );
    }
}
