//! Model to tokens. Nothing can fail here.
//!
//! A program may have a thousand migrations, and what stands here is compiled for each, so it is little: one
//! registration, and one name that two migrations of a crate cannot share.

use migrate_schema::{Dialect, MigrationId, source::Back};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Attribute, LitStr};

use crate::{
    body,
    config::Config,
    model::{Form, Id, Model},
    options::Given,
    registered::Description,
    sql,
    written::{Variant, Written},
};

/// What is known beyond the model.
#[derive(Default)]
pub(crate) struct Facts<'a> {
    /// Why the history was not replayed.
    pub(crate) unchecked: Option<&'static str>,
    /// The statements of a `down` that was left out.
    pub(crate) derived: Option<&'a Back>,
    /// No other migration of the crate has its version.
    pub(crate) is_only: bool,
    /// The words of the Rust steps of `up`, where those are all that they can reach.
    pub(crate) words: Option<String>,
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
    let down = facts
        .derived
        .map(|back| function("down", &undoing(back), config));
    let implementation = implementation(model, down.as_ref(), config);
    let registration = registration(id, model, config, facts);
    let version = (!facts.is_only).then(|| {
        let version = version(&id.id, &config.set(), id.literal.span());
        quote!(#(#conditions)* #version)
    });
    let implementation = implementation.map(|tokens| quote!(#(#conditions)* #tokens));
    let rest = quote! {
        #implementation
        #(#conditions)*
        #registration
        #version
    };
    Expanded { down, rest }
}

/// The SQL of a `down` that was left out. Dialects may need another number of statements, so each has them in one text.
fn undoing(back: &Back) -> Vec<Written> {
    let literal = |sql: &str| LitStr::new(sql, Span::call_site());
    match back {
        Back::Same(statements) => {
            let one = |sql: &String| Written::One(literal(sql));
            statements.iter().map(one).collect()
        }
        Back::Each(all) => {
            let one = |(dialect, statements): &(Dialect, Vec<String>)| Variant {
                name: Ident::new(dialect.name(), Span::call_site()),
                text: literal(&statements.join(";\n")),
            };
            vec![Written::Each(all.iter().map(one).collect())]
        }
    }
}

/// `fn up` or `fn down` that runs this SQL.
fn function(name: &str, all: &[Written], config: &Config) -> TokenStream {
    let name = Ident::new(name, Span::call_site());
    let settings = config.settings().map(|settings| &**settings);
    let texts = all
        .iter()
        .map(|written| sql::value(written, settings, config.dialect_or_default()));
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
    config: &Config,
) -> Option<TokenStream> {
    let Form::Short { name, up, down } = &model.form else {
        return None;
    };
    let up = function("up", std::slice::from_ref(up), config);
    let down = down.as_ref().map(|down| {
        let down = std::slice::from_ref(down);
        function("down", down, config)
    });
    let down = down.as_ref().or(derived);
    Some(quote! {
        impl ::migrate_core::__private::v1::Migration for #name { #up #down }
    })
}

fn registration(id: &Id, model: &Model, config: &Config, facts: &Facts<'_>) -> TokenStream {
    let options = &model.options;
    let text = |given: &Option<Given<LitStr>>| given.as_ref().map(|given| given.value.value());
    let mut all = Description::new(&config.set(), id.id.as_str(), &description(&id.id, model));
    all.some('c', checksum(model, config));
    all.some('b', rust_checksum(model));
    all.some('i', text(&options.irreversible));
    if options
        .transaction
        .as_ref()
        .is_some_and(|given| !given.value)
    {
        all.push('t', "");
    }
    if let Some(foreign_keys) = &options.foreign_keys {
        all.push('k', if foreign_keys.value { "1" } else { "0" });
    }
    for (letter, list) in [('e', &options.environments), ('a', &options.after)] {
        for one in list.iter().flat_map(|given| &given.value) {
            all.push(letter, &one.value());
        }
    }
    all.some('r', text(&options.renamed_from));
    all.some('p', std::env::var("CARGO_PKG_VERSION").ok());
    all.some('u', facts.unchecked);
    all.some('w', facts.words.as_deref());
    if facts.derived.is_some() {
        all.push('d', "");
    }
    let value = match &model.form {
        Form::Impl { path, .. } => path.to_token_stream(),
        Form::Beside { name } | Form::Short { name, .. } => name.to_token_stream(),
    };
    let feature = options.feature.as_ref().map(|given| feature(&given.value));
    all.register(value, feature)
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
        Form::Short { up, .. } => match up {
            Written::One(text) => Some(sql::checksum([text], dialect)),
            Written::Each(_) => None,
        },
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

/// What keeps two migrations of a crate from having one version, where the macro cannot see them all: an exported macro with the version in its name. Two of them in a crate are an error of rustc's that shows both
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
        let version = env!("CARGO_PKG_VERSION");
        let literal = format!(
            "register(\"migrate-macros\\u{{1f}}20260215_create_users\\u{{1f}}createusers\\u{{1f}}p{version}\",&CreateUsers)"
        );
        assert!(tokens.contains(&literal), "{tokens}");
        assert!(
            tokens.contains("macro_rules!__migration_version_20260215_01_of_migrate_macros{"),
            "{tokens}"
        );
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
            "\\u{1f}7_a\\u{1f}e\\u{1f}",
            "\\u{1f}cv1:",
            "\\u{1f}bv1:",
            "\\u{1f}ib\\u{1f}t\\u{1f}ec\\u{1f}ed\\u{1f}af\\u{1f}r6_a\\u{1f}p",
            "register_with(",
            "(\"g\",::core::cfg!(feature=\"g\")),&m::X)",
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
        assert!(off.contains("\\u{1f}k0\\u{1f}"), "{off}");
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
        assert!(expanded(quote!("7_a_b"), documented.clone()).contains("\\u{1f}People.\\u{1f}"));
        assert!(
            expanded(quote!("7_a_b", description = "c"), documented).contains("\\u{1f}c\\u{1f}")
        );
    }
}
