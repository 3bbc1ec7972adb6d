//! Syntax to model: a migration whose parts have the right types. Whether they fit together is checked next.

use migrate_schema::{Code, IdError, MigrationId};
use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
use syn::{Attribute, Fields, Generics, LitStr, Path, PathArguments};

use crate::{
    literal,
    options::Options,
    parse::{self, Argument, Function, ImplItem, Item, StructItem},
    report::Report,
    written::Written,
};

/// The identifier and the literal that it stands in.
pub(crate) struct Id {
    pub(crate) id: MigrationId,
    pub(crate) literal: LitStr,
}

/// A migration without its identifier.
pub(crate) struct Model {
    pub(crate) options: Options,
    pub(crate) form: Form,
    /// The first paragraph of the item's documentation.
    pub(crate) documentation: Option<String>,
}

/// The three forms of a migration.
pub(crate) enum Form {
    /// The attribute stands on `impl Migration for …`.
    Impl {
        /// The type, which is also the value of a unit struct.
        path: Path,
        /// All of the body.
        body: TokenStream,
        up: Option<Function>,
        /// It has `down`, or what may make one.
        has_down: bool,
    },
    /// It stands on a struct with an ordinary `impl` beside it.
    Beside {
        /// The struct.
        name: Ident,
    },
    /// It stands on a struct and has the SQL in its options.
    Short {
        /// The struct.
        name: Ident,
        up: Written,
        down: Option<Written>,
    },
}

impl Model {
    /// There is no `down`, and nothing says that there is none.
    pub(crate) fn down_is_left_out(&self) -> bool {
        let has_down = match &self.form {
            Form::Impl { has_down, .. } => *has_down,
            Form::Beside { .. } => true,
            Form::Short { down, .. } => down.is_some(),
        };
        !has_down
            && self.options.irreversible.is_none()
            && !["irreversible", "down"]
                .iter()
                .any(|option| self.options.is_doubtful(option))
    }
}

/// Takes the identifier from the front of the arguments.
pub(crate) fn id(arguments: &mut Vec<Argument>, report: &mut Report) -> Option<Id> {
    const HELP: &str = "write the id first, `#[migration(\"20260215_create_users\")]`: a date, a moment or a number, and what it does";
    const DATE_HELP: &str = "the first eight digits are a day, YYYYMMDD; with fourteen digits the last six are a time of that day, HHMMSS";
    let named = |argument: &Argument| {
        argument.name.is_some() && argument.tokens.to_token_stream().into_iter().count() > 1
    };
    if arguments.first().is_none_or(named) {
        let message = "this migration has no id";
        report.at(Span::call_site(), Code::IdShape, message, HELP);
        return None;
    }
    let argument = arguments.remove(0);
    let Some(literal) = literal::only(argument.value.clone()) else {
        let written = argument.tokens.to_string();
        let help = match written.parse::<MigrationId>() {
            Ok(_) => format!("write it as a string: `\"{written}\"`"),
            Err(_) => HELP.to_owned(),
        };
        let message = "the id of a migration is a string literal";
        if argument.tokens.is_empty() {
            report.at(Span::call_site(), Code::IdShape, message, &help);
        } else {
            report.on(&argument.tokens, Code::IdShape, message, &help);
        }
        return None;
    };
    match literal.value().parse() {
        Ok(id) => Some(Id { id, literal }),
        Err(error) => {
            let text = error.to_string();
            // What is wrong stands before the colon, and what to write behind it; a date has its reason there.
            let (message, help) = text.split_once(": ").unwrap_or((&text, HELP));
            let (code, message, help) = match error {
                IdError::Character { .. } => (Code::IdCharacter, message, help),
                IdError::Date { .. } => (Code::IdDate, text.as_str(), DATE_HELP),
                _ => (Code::IdShape, message, help),
            };
            report.on(&literal, code, message, help);
            None
        }
    }
}

/// Makes the model of an item; none if the item is no migration, which is reported.
pub(crate) fn model(options: Options, item: &Item, report: &mut Report) -> Option<Model> {
    let (form, attributes) = match item {
        Item::Impl(item) => (impl_form(item, report)?, &item.attributes),
        Item::Struct(item) => (struct_form(&options, item, report)?, &item.attributes),
        Item::Other(keyword) => {
            let message = match *keyword {
                "fn" => "`#[migration]` stands on a function".to_owned(),
                "enum" => "`#[migration]` stands on an enum".to_owned(),
                "mod" => "`#[migration]` stands on a module".to_owned(),
                "item" => "`#[migration]` stands on nothing".to_owned(),
                other => format!("`#[migration]` stands on `{other}`"),
            };
            report.at(Span::call_site(), Code::WrongPlace, message, FORMS);
            return None;
        }
    };
    if let Some(second) = attributes.iter().find(|a| is_migration(a)) {
        let message = "`#[migration]` stands twice on one item";
        report.on(
            second,
            Code::WrongPlace,
            message,
            "a migration has one id: keep one of the two",
        );
    }
    Some(Model {
        options,
        form,
        documentation: documentation(attributes),
    })
}

const FORMS: &str =
    "put it on `impl Migration for CreateUsers`, or on a unit struct, `pub struct CreateUsers;`";

fn is_migration(attribute: &Attribute) -> bool {
    let last = attribute.path().segments.last();
    last.is_some_and(|segment| segment.ident == "migration")
}

fn impl_form(item: &ImplItem, report: &mut Report) -> Option<Form> {
    let Some(trait_path) = &item.trait_path else {
        let message = "`#[migration]` stands on an `impl` without a trait";
        report.on(&item.self_type, Code::WrongPlace, message, FORMS);
        return None;
    };
    let last = trait_path.segments.last();
    if last.is_none_or(|segment| segment.ident != "Migration") {
        let message = format!(
            "`#[migration]` stands on an `impl` of `{}`",
            last.map(|segment| segment.ident.to_string())
                .unwrap_or_default()
        );
        report.on(trait_path, Code::WrongPlace, message, FORMS);
        return None;
    }
    let Ok(path) = parse::path(item.self_type.clone()) else {
        let message = "the type of a migration is a unit struct";
        report.on(&item.self_type, Code::WrongPlace, message, FORMS);
        return None;
    };
    let has_arguments = |path: &Path| {
        let mut segments = path.segments.iter();
        segments.any(|segment| !matches!(segment.arguments, PathArguments::None))
    };
    if !item.generics.params.is_empty() || has_arguments(&path) {
        generic(&item.self_type, report);
        return None;
    }
    let function = |name: &str| item.functions.iter().find(|f| f.name == name);
    Some(Form::Impl {
        path,
        body: item.body.clone(),
        up: function("up").cloned(),
        has_down: item.has_macro || function("down").is_some(),
    })
}

fn struct_form(options: &Options, item: &StructItem, report: &mut Report) -> Option<Form> {
    if is_generic(&item.generics) {
        generic(&item.generics, report);
        return None;
    }
    if !matches!(item.fields, Fields::Unit) {
        let name = &item.name;
        let help = format!(
            "write `struct {name};`; what it needs to know while it runs stands in `up` and `down`"
        );
        let message = "the struct of a migration has no fields";
        if item.fields.is_empty() {
            report.at(name.span(), Code::WrongPlace, message, &help);
        } else {
            report.on(&item.fields, Code::WrongPlace, message, &help);
        }
        return None;
    }
    let name = item.name.clone();
    Some(match &options.up {
        Some(up) => Form::Short {
            name,
            up: up.value.clone(),
            down: options.down.as_ref().map(|down| down.value.clone()),
        },
        None => Form::Beside { name },
    })
}

fn is_generic(generics: &Generics) -> bool {
    !generics.params.is_empty()
}

fn generic(tokens: impl ToTokens, report: &mut Report) {
    report.on(
        tokens,
        Code::GenericMigration,
        "a migration has no parameters: it is one value that the program registers",
        "write a struct of its own for each migration",
    );
}

/// The attributes under which the item exists; what is made for it exists under the same.
pub(crate) fn conditions(item: &Item) -> Vec<Attribute> {
    let attributes = match item {
        Item::Impl(item) => &item.attributes,
        Item::Struct(item) => &item.attributes,
        Item::Other(_) => return Vec::new(),
    };
    let conditions = attributes.iter().filter(|a| a.path().is_ident("cfg"));
    conditions.cloned().collect()
}

/// The attributes of the item that set the levels of lints.
pub(crate) fn lint_attributes(item: &Item) -> Vec<&Attribute> {
    let attributes = match item {
        Item::Impl(item) => &item.attributes,
        Item::Struct(item) => &item.attributes,
        Item::Other(_) => return Vec::new(),
    };
    let names = ["cfg", "allow", "expect", "warn", "deny", "forbid"];
    let sets = |attribute: &&Attribute| names.iter().any(|name| attribute.path().is_ident(name));
    attributes.iter().filter(sets).collect()
}

fn documentation(attributes: &[Attribute]) -> Option<String> {
    let mut paragraph: Vec<String> = Vec::new();
    for attribute in attributes.iter().filter(|a| a.path().is_ident("doc")) {
        let syn::Meta::NameValue(pair) = &attribute.meta else {
            continue;
        };
        let Some(text) = literal::only(pair.value.to_token_stream()) else {
            continue;
        };
        // A `/** … */` comment is one attribute with many lines.
        for line in text.value().split('\n') {
            let line = line.trim().trim_start_matches("* ").trim();
            match (line.is_empty(), paragraph.is_empty()) {
                (true, false) => return Some(paragraph.join(" ")),
                (true, true) => {}
                (false, _) => paragraph.push(line.to_owned()),
            }
        }
    }
    (!paragraph.is_empty()).then(|| paragraph.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options;
    use quote::quote;

    fn build(
        arguments: TokenStream,
        item: TokenStream,
    ) -> (Option<Id>, Option<Model>, Vec<String>) {
        let mut report = Report::default();
        let mut arguments = parse::arguments(arguments);
        let id = id(&mut arguments, &mut report);
        let options = options::options(&arguments, &mut report);
        let model = model(options, &parse::item(item), &mut report);
        (id, model, report.messages())
    }

    fn errors(arguments: TokenStream, item: TokenStream) -> Vec<String> {
        build(arguments, item).2
    }

    #[test]
    fn the_three_forms_are_told_apart() {
        let form = |arguments, item| build(arguments, item).1.unwrap().form;
        let item = quote!(impl Migration for a::X { fn up(&self, s: &mut Steps) {} fn down() {} });
        let Form::Impl { up, has_down, .. } = form(quote!("1_a"), item) else {
            panic!("an impl")
        };
        assert!(up.is_some() && has_down);
        let short = form(
            quote!("1_a", up = "a"),
            quote!(
                pub struct X;
            ),
        );
        assert!(matches!(short, Form::Short { down: None, .. }));
        let beside = form(
            quote!("1_a"),
            quote!(
                struct X;
            ),
        );
        assert!(matches!(beside, Form::Beside { .. }));
    }

    #[test]
    fn ids_that_are_none_say_why() {
        let first = |arguments| {
            errors(
                arguments,
                quote!(
                    struct X;
                ),
            )
            .remove(0)
        };
        for arguments in [
            quote!(),
            quote!(transaction = false),
            quote!("create_users"),
            quote!("20260215"),
            quote!("20260215_00_a"),
            quote!(b"1_a"),
            quote!(NAME),
            quote!(-1),
            quote!(,),
        ] {
            let error = first(arguments.clone());
            assert!(error.contains("[id_shape]"), "{arguments}: {error}");
        }
        assert!(first(quote!("20260215_a-b")).contains("[id_character]"));
        assert!(first(quote!("20260230_a")).contains("[id_date]"));
        assert!(
            first(quote!(20260215_create_users))
                .contains("write it as a string: `\"20260215_create_users\"`")
        );
    }

    #[test]
    fn what_is_no_migration_is_refused() {
        for item in [
            quote!(
                fn f() {}
            ),
            quote!(
                enum E {
                    A,
                }
            ),
            quote!(union U { a: u8 }),
            quote!(
                mod m {}
            ),
            quote!(impl X { fn up() {} }),
            quote!(impl Clone for X {}),
            quote!(impl Migration for &X {}),
            quote!(impl Migration for (A, B) {}),
            quote!(
                struct X {
                    a: u8,
                }
            ),
            quote!(
                struct X(u8);
            ),
            quote!(
                struct X {}
            ),
            quote!(
                struct X();
            ),
            quote!(
                #[migrate_core::migration("2_b")]
                struct X;
            ),
        ] {
            let found = errors(quote!("1_a"), item.clone());
            assert_eq!(found.len(), 1, "{item}: {found:?}");
            assert!(found[0].contains("[wrong_place]"), "{item}: {found:?}");
        }
        for item in [
            quote!(
                struct X<T>;
            ),
            quote!(
                struct X<'a>(&'a u8);
            ),
            quote!(
                impl<T> Migration for X<T> {}
            ),
            quote!(impl Migration for X<u8> {}),
        ] {
            let found = errors(quote!("1_a"), item.clone());
            assert_eq!(found.len(), 1, "{item}: {found:?}");
            assert!(
                found[0].contains("[generic_migration]"),
                "{item}: {found:?}"
            );
        }
    }

    #[test]
    fn errors_of_id_options_and_item_come_at_once() {
        let found = errors(
            quote!("a", colour = 1),
            quote!(
                fn f() {}
            ),
        );
        assert_eq!(found.len(), 3, "{found:?}");
    }

    #[test]
    fn the_first_paragraph_documents() {
        let docs = |item| build(quote!("1_a"), item).1.unwrap().documentation;
        assert_eq!(
            docs(quote!(
                #[doc = ""]
                #[doc = " The accounts"]
                #[doc(hidden)]
                #[doc = " of people."]
                #[doc = ""]
                #[doc = " More."]
                struct X;
            ))
            .as_deref(),
            Some("The accounts of people.")
        );
        assert_eq!(
            docs(quote!(
                #[doc = "\n * One\n * two.\n\n * Three.\n"]
                struct X;
            ))
            .as_deref(),
            Some("One two.")
        );
        assert_eq!(
            docs(quote!(
                struct X;
            )),
            None
        );
        assert_eq!(
            docs(quote!(
                #[doc = include_str!("a.md")]
                struct X;
            )),
            None
        );
    }

    #[test]
    fn conditions_are_kept() {
        let item = parse::item(quote!(
            #[cfg(unix)]
            #[allow(a)]
            #[cfg(test)]
            struct X;
        ));
        assert_eq!(conditions(&item).len(), 2);
    }
}
