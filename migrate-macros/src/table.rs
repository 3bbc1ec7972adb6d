//! `#[derive(Table)]`: a struct as what its table has to be.

use migrate_schema::{Code, listed, nearest_or_longer};
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{
    Attribute, Field, Fields, GenericArgument, Ident, ItemStruct, LitStr, PathArguments, Type,
    meta::ParseNestedMeta, spanned::Spanned,
};

use crate::{
    registered::{V1, section_here},
    report::Report,
};

const TABLE: [&str; 3] = ["name", "partial", "renamed_from"];
const COLUMN: [&str; 9] = [
    "name",
    "type",
    "primary_key",
    "unique",
    "default",
    "references",
    "on_delete",
    "renamed_from",
    "skip",
];
const FORM: &str = "write it on a struct with named fields: `#[derive(Table)] struct User { id: i64, email: String }`";

/// What is said of a column.
#[derive(Default)]
struct Column {
    name: Option<LitStr>,
    data_type: Option<LitStr>,
    primary_key: bool,
    unique: bool,
    default: Option<LitStr>,
    references: Option<LitStr>,
    on_delete: Option<LitStr>,
    renamed_from: Option<LitStr>,
    skip: bool,
}

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let mut report = Report::default();
    let expanded = table(input, &mut report);
    match report.is_empty() {
        true => expanded,
        false => report.into_compile_errors(&[]),
    }
}

fn table(input: TokenStream, report: &mut Report) -> TokenStream {
    let Ok(item) = syn::parse2::<ItemStruct>(input.clone()) else {
        report.on(
            input,
            Code::WrongPlace,
            "only a struct has the columns of a table",
            FORM,
        );
        return TokenStream::new();
    };
    let Fields::Named(fields) = &item.fields else {
        report.on(
            &item.ident,
            Code::WrongPlace,
            "the fields of a table's struct have names",
            FORM,
        );
        return TokenStream::new();
    };
    let (name, partial, renamed_from) = of_table(&item.attrs, report);
    let name = name.unwrap_or_else(|| snake_case(&plain(&item.ident)));
    let columns: Vec<TokenStream> = fields
        .named
        .iter()
        .filter_map(|field| column(field, report))
        .collect();
    let ident = &item.ident;
    let (implementation, types, conditions) = item.generics.split_for_impl();
    let renamed_from = option(renamed_from.as_deref());
    let v1: TokenStream = V1.parse().unwrap_or_default();
    let model = quote! {
        #[automatically_derived]
        impl #implementation #v1::Table for #ident #types #conditions {
            const MODEL: #v1::Model = #v1::Model {
                struct_name: ::core::concat!(::core::module_path!(), "::", ::core::stringify!(#ident)),
                table: #name,
                partial: #partial,
                renamed_from: #renamed_from,
                columns: &[#(#columns),*],
            };
        }
    };
    // What has parameters is many types, or none: whoever wants one in the list names it.
    if !item.generics.params.is_empty() {
        return model;
    }
    let section = section_here();
    quote! {
        #model
        const _: () = {
            static MODEL: #v1::Model = <#ident as #v1::Table>::MODEL;
            extern "C" fn register() {
                #v1::register_model(&MODEL)
            }
            #[used]
            #section
            static REGISTER: extern "C" fn() = register;
        };
    }
}

fn of_table(
    attributes: &[Attribute],
    report: &mut Report,
) -> (Option<String>, bool, Option<String>) {
    let (mut name, mut partial, mut renamed_from) = (None, false, None);
    each(attributes, "table", &TABLE, report, |word, meta| {
        match word {
            "name" => name = Some(value(meta)?.value()),
            "renamed_from" => renamed_from = Some(value(meta)?.value()),
            _ => partial = true,
        }
        Ok(())
    });
    (name, partial, renamed_from)
}

/// Hands each option of the attribute over; what is wrong with one is reported.
fn each(
    attributes: &[Attribute],
    path: &str,
    known: &[&str],
    report: &mut Report,
    mut take: impl FnMut(&str, &ParseNestedMeta<'_>) -> syn::Result<()>,
) {
    let mut seen: Vec<String> = Vec::new();
    for attribute in attributes.iter().filter(|one| one.path().is_ident(path)) {
        let parsed = attribute.parse_nested_meta(|meta| {
            let word = meta.path.get_ident().map(plain).unwrap_or_default();
            if !known.contains(&word.as_str()) {
                let help = match nearest_or_longer(&word, known) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("there are {}", listed(known)),
                };
                let message = format!("`{word}` is no option of `#[{path}]`");
                report.on(&meta.path, Code::UnknownOption, message, &help);
                // Its value, so that the options behind it are read too.
                if meta.input.peek(syn::Token![=]) {
                    meta.value()?.parse::<syn::Expr>()?;
                }
                return Ok(());
            }
            if seen.contains(&word) {
                let message = format!("`{word}` is given twice");
                report.on(
                    &meta.path,
                    Code::RepeatedOption,
                    message,
                    "take one of them out",
                );
            }
            seen.push(word.clone());
            take(&word, &meta)
        });
        if let Err(error) = parsed {
            let message = format!("this option cannot be read: {error}");
            let help = "write a name alone, or `name = \"value\"`";
            report.at(error.span(), Code::OptionValue, message, help);
        }
    }
}

fn value(meta: &ParseNestedMeta<'_>) -> syn::Result<LitStr> {
    meta.value()?.parse()
}

fn column(field: &Field, report: &mut Report) -> Option<TokenStream> {
    let ident = field.ident.as_ref()?;
    let mut said = Column::default();
    each(&field.attrs, "column", &COLUMN, report, |word, meta| {
        match word {
            "name" => said.name = Some(value(meta)?),
            "type" => said.data_type = Some(value(meta)?),
            "default" => said.default = Some(value(meta)?),
            "references" => said.references = Some(value(meta)?),
            "on_delete" => said.on_delete = Some(value(meta)?),
            "renamed_from" => said.renamed_from = Some(value(meta)?),
            "primary_key" => said.primary_key = true,
            "unique" => said.unique = true,
            _ => said.skip = true,
        }
        Ok(())
    });
    if said.skip {
        return None;
    }
    if let (Some(on_delete), None) = (&said.on_delete, &said.references) {
        let message = "`on_delete` says what happens to a row whose `references` goes";
        report.at(
            on_delete.span(),
            Code::OptionValue,
            message,
            "write `references = \"table\"` beside it",
        );
    }
    let on_delete = said
        .on_delete
        .as_ref()
        .and_then(|word| action(word, report));
    let (inner, nullable) = match only_argument(&field.ty, "Option") {
        Some(inner) => (inner, true),
        None => (&field.ty, false),
    };
    let kind = match (&said.data_type, kind(inner)) {
        (Some(_), _) => "written",
        (None, Some(kind)) => kind,
        (None, None) => {
            let message = format!("what column holds a `{}` is not known", quote!(#inner));
            let help =
                "say it: `#[column(type = \"TEXT\")]`, or `#[column(skip)]` where it is no column";
            report.at(inner.span(), Code::OptionValue, message, help);
            return None;
        }
    };
    let name = said.name.map_or_else(|| plain(ident), |name| name.value());
    let (primary_key, unique) = (said.primary_key, said.unique);
    let text = |literal: &Option<LitStr>| option(literal.as_ref().map(LitStr::value).as_deref());
    let (data_type, default) = (text(&said.data_type), text(&said.default));
    let (references, renamed_from) = (text(&said.references), text(&said.renamed_from));
    let on_delete = option(on_delete);
    let v1: TokenStream = V1.parse().unwrap_or_default();
    Some(quote! {
        #v1::ModelColumn {
            name: #name,
            kind: #kind,
            data_type: #data_type,
            nullable: #nullable,
            primary_key: #primary_key,
            unique: #unique,
            default: #default,
            references: #references,
            on_delete: #on_delete,
            renamed_from: #renamed_from,
        }
    })
}

/// The word for what a type holds, by its name alone: a macro sees no more.
fn kind(ty: &Type) -> Option<&'static str> {
    match ty {
        Type::Reference(reference) => return kind(&reference.elem),
        Type::Array(array) => return is_byte(&array.elem).then_some("blob"),
        Type::Slice(slice) => return is_byte(&slice.elem).then_some("blob"),
        _ => {}
    }
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    let is_civil = path.path.segments.iter().any(|one| one.ident == "civil");
    Some(match last.ident.to_string().as_str() {
        "String" | "str" => "text",
        "Box" | "Cow" | "Arc" | "Rc" => return kind(last_argument(&last.arguments)?),
        "i8" | "i16" | "i32" | "u8" | "u16" => "integer",
        "i64" | "u64" | "u32" | "isize" | "usize" => "biginteger",
        "bool" => "boolean",
        "f32" | "f64" => "number",
        "Decimal" | "BigDecimal" => "decimal",
        "NaiveDate" | "Date" => "date",
        "NaiveTime" | "Time" => "time",
        "NaiveDateTime" | "PrimitiveDateTime" => "datetime",
        "DateTime" if is_civil => "datetime",
        "DateTime" | "OffsetDateTime" | "Timestamp" | "Zoned" | "SystemTime" => "timestamp",
        "Uuid" => "uuid",
        "Value" | "Json" => "json",
        "Bytes" => "blob",
        "Vec" => return is_byte(last_argument(&last.arguments)?).then_some("blob"),
        _ => return None,
    })
}

fn is_byte(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.is_ident("u8"))
}

/// `T` of `Option<T>`.
fn only_argument<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    (last.ident == name).then(|| last_argument(&last.arguments))?
}

fn last_argument(arguments: &PathArguments) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = arguments else {
        return None;
    };
    match arguments.args.last()? {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    }
}

const ACTIONS: [(&str, &str); 5] = [
    ("cascade", "CASCADE"),
    ("set null", "SET NULL"),
    ("restrict", "RESTRICT"),
    ("set default", "SET DEFAULT"),
    ("no action", "NO ACTION"),
];

fn action(word: &LitStr, report: &mut Report) -> Option<&'static str> {
    let text = word.value().to_ascii_lowercase().replace('_', " ");
    let found = ACTIONS.iter().find(|(name, _)| *name == text);
    if found.is_none() {
        let message = format!("`{}` is nothing that can happen to a row", word.value());
        let names: Vec<&str> = ACTIONS.iter().map(|(name, _)| *name).collect();
        let help = format!("there are {}", listed(&names));
        report.at(word.span(), Code::OptionValue, message, &help);
    }
    found.map(|(_, sql)| *sql)
}

fn option(text: Option<&str>) -> TokenStream {
    match text {
        Some(text) => {
            let text = LitStr::new(text, Span::call_site());
            quote!(::core::option::Option::Some(#text))
        }
        None => quote!(::core::option::Option::None),
    }
}

/// A name without `r#`.
fn plain(ident: &Ident) -> String {
    let text = ident.to_string();
    text.strip_prefix("r#").map_or(text.clone(), str::to_owned)
}

/// `HTTPRequest2` as `http_request2`.
fn snake_case(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| letters[before]);
        let behind = letters.get(at + 1);
        let begins = letter.is_uppercase()
            && before.is_some_and(|before| {
                !before.is_uppercase() && before != '_'
                    || behind.is_some_and(|next| next.is_lowercase())
            });
        if begins && !out.ends_with('_') {
            out.push('_');
        }
        out.extend(letter.to_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_structs_as_names_of_tables() {
        for (name, table) in [
            ("User", "user"),
            ("UserGroup", "user_group"),
            ("HTTPRequest2", "http_request2"),
            ("Already_So", "already_so"),
            ("A", "a"),
        ] {
            assert_eq!(snake_case(name), table);
        }
    }

    #[test]
    fn types_by_their_names() {
        for (ty, expected) in [
            ("String", Some("text")),
            ("&'a str", Some("text")),
            ("Cow<'a, str>", Some("text")),
            ("std::vec::Vec<u8>", Some("blob")),
            ("[u8; 32]", Some("blob")),
            ("Vec<String>", None),
            ("chrono::DateTime<Utc>", Some("timestamp")),
            ("jiff::civil::DateTime", Some("datetime")),
            ("uuid::Uuid", Some("uuid")),
            ("Money", None),
            ("(i32, i32)", None),
            ("u32", Some("biginteger")),
        ] {
            let parsed: Type = syn::parse_str(ty).unwrap();
            assert_eq!(kind(&parsed), expected, "{ty}");
        }
    }

    #[test]
    fn mistakes_are_told_all_at_once() {
        let mut report = Report::default();
        let input = r#"#[table(nam = "users", partial, partial)] struct User {
            #[column(primary)] id: i64, #[column(name = 1)] a: i64, money: Money, #[column(on_delete = "explode")] b: i64, c: Option<Vec<u8>>
        }"#;
        table(input.parse().unwrap(), &mut report);
        let messages: Vec<String> = report
            .messages()
            .iter()
            .map(|message| message.lines().next().unwrap_or_default().to_owned())
            .collect();
        assert_eq!(
            messages,
            [
                "`nam` is no option of `#[table]` [unknown_option]",
                "`partial` is given twice [repeated_option]",
                "`primary` is no option of `#[column]` [unknown_option]",
                "this option cannot be read: expected string literal [option_value]",
                "what column holds a `Money` is not known [option_value]",
                "`on_delete` says what happens to a row whose `references` goes [option_value]",
                "`explode` is nothing that can happen to a row [option_value]",
            ]
        );
    }

    #[test]
    fn no_struct_no_table() {
        for input in [
            "enum E { A }",
            "struct S(i32);",
            "union U { a: i32 }",
            "fn f() {}",
        ] {
            let mut report = Report::default();
            table(input.parse().unwrap(), &mut report);
            assert_eq!(report.messages().len(), 1, "{input}");
        }
    }
}
