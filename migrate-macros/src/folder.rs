//! `migrations!`: a folder of SQL files becomes migrations of the crate.

mod read;

use std::{env, path::Path};

use migrate_schema::{
    Checksum, Code, Dialect, Level, MigrationId, Statement,
    folder::{self, Found, Migration, Part, Runner, identify},
    settings::{Settings, Target},
    statement,
};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::LitStr;

use crate::{
    config::{self, Config, Loaded},
    literal,
    report::Report,
};
use read::Files;

/// The whole of `migrations!`.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    const HELP: &str =
        "write the folder, as it is called from where Cargo.toml is: `migrations!(\"migrations\")`";
    let mut report = Report::default();
    let Loaded { config, tracking } = config::load(&mut report);
    let made = match literal::only(input.clone()) {
        Some(folder) => {
            let package = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
            watched(&folder, Path::new(&package), &mut report);
            embed(&folder, Path::new(&package), &config, &mut report)
        }
        None => {
            let message = "`migrations!` takes the path of a folder, as one string literal";
            match input.is_empty() {
                true => report.at(Span::call_site(), Code::Folder, message, HELP),
                false => report.on(input, Code::Folder, message, HELP),
            }
            TokenStream::new()
        }
    };
    let errors = report.into_compile_errors(&[]);
    quote!(#tracking #made #errors)
}

/// Cargo compiles a crate again when a file changes that it was made of, but not when one is added to a folder. It
/// does so for what a build script asks it to watch.
fn watched(folder: &LitStr, package: &Path, report: &mut Report) {
    let name = folder.value();
    let line = format!("println!(\"cargo::rerun-if-changed={name}\");");
    let script = std::fs::read_to_string(package.join("build.rs"));
    let (message, help) = match (env::var_os("OUT_DIR"), script) {
        (None, _) => (
            format!(
                "this crate has no build script, so nobody would see a migration that is added to `{name}`"
            ),
            format!(
                "write a file `build.rs` beside Cargo.toml:\n\n        fn main() {{\n            {line}\n        }}\n"
            ),
        ),
        // A script that watches nothing in particular runs when anything in the package changes.
        (Some(_), Ok(script)) if script.contains("rerun-if-") && !script.contains(&name) => (
            format!(
                "build.rs does not watch `{name}`, so nobody would see a migration that is added to it"
            ),
            format!("write into its `main`: {line}"),
        ),
        _ => return,
    };
    report.at(folder.span(), Code::Folder, message, &help);
}

/// The migrations of a folder of the package, checked.
fn embed(literal: &LitStr, package: &Path, config: &Config, report: &mut Report) -> TokenStream {
    let Some(settings) = config.settings() else {
        return TokenStream::new();
    };
    let name = literal.value();
    let first = settings.targets.first();
    let dialect = first.map_or_else(Dialect::default, Target::dialect);
    let files = match Files::read(package, &name, dialect) {
        Ok(files) => files,
        Err(error) => {
            let help =
                "write the folder of the SQL files, as it is called from where Cargo.toml is";
            report.at(literal.span(), Code::Folder, error, help);
            return TokenStream::new();
        }
    };
    for unreadable in &files.errors {
        report.rendered(literal.span(), format!("{unreadable} [{}]", Code::Folder));
    }
    let texts = files.texts();
    let folder = folder::read(&texts, dialect);
    if folder.migrations.is_empty() && files.errors.is_empty() {
        let message = format!("there is no migration in `{name}`");
        let help = "call its files 0001_create_users.sql, or 0001_create_users.up.sql and 0001_create_users.down.sql";
        report.at(literal.span(), Code::Folder, message, help);
    }
    let (ids, faults) = identify(&folder, &texts);
    let since = older(&ids, settings);
    let mut found = folder::check(&texts, &folder, settings, Runner::Ours, since);
    found.extend(faults.into_iter().map(|placed| Found {
        file: placed.file,
        migration: None,
        level: Level::Deny,
        finding: placed.finding,
    }));
    for one in &found {
        let file = &files.files[one.file];
        let text = one.finding.render(&file.text, |line, column| {
            format!("{}:{line}:{column}", file.shown)
        });
        if one.level == Level::Deny {
            report.rendered(literal.span(), text);
        }
    }
    let no_sql = |part: &&Part| !part.is_sql;
    let parts = folder
        .migrations
        .iter()
        .flat_map(|one| [Some(&one.up), one.down.as_ref()]);
    for part in parts.flatten().filter(no_sql) {
        let message = format!(
            "{} is a program, or SQL with variables in it",
            files.files[part.file].shown
        );
        let help = "write this migration in Rust, with `#[migration]`";
        report.at(literal.span(), Code::Folder, message, help);
    }
    let tracking = files.tracking(&name);
    if !report.is_empty() {
        return tracking;
    }
    let embedding = Embedding {
        files: &files,
        dialect,
        config,
        span: literal.span(),
    };
    let migrations = folder.migrations.iter().zip(ids);
    let made = migrations.filter_map(|(migration, id)| Some(embedding.migration(migration, &id?)));
    quote!(#tracking #(#made)*)
}

/// How many of the first migrations are only warned about.
fn older(ids: &[Option<MigrationId>], settings: &Settings) -> usize {
    let Some(since) = &settings.checked_since else {
        return 0;
    };
    let older =
        |id: &&Option<MigrationId>| id.as_ref().is_some_and(|id| id.version() < since.version());
    ids.iter().take_while(older).count()
}

/// What is written for each migration. Nothing can fail here.
struct Embedding<'a> {
    files: &'a Files,
    dialect: Dialect,
    config: &'a Config,
    span: Span,
}

impl Embedding<'_> {
    fn migration(&self, migration: &Migration, id: &MigrationId) -> TokenStream {
        let up = self.function("up", &migration.up);
        let down = migration
            .down
            .as_ref()
            .map(|part| self.function("down", part));
        let set = self.config.set();
        let text = id.as_str();
        let (file, line, sql) = self.place(&migration.up);
        let mut checksum = Checksum::new();
        checksum.sql(sql, self.dialect);
        let checksum = checksum.finish();
        let description = id.name().replace('_', " ");
        let irreversible = migration.down.is_none().then(|| {
            let reason = format!("{file} has no `down`");
            quote!(irreversible: ::core::option::Option::Some(#reason),)
        });
        let transaction =
            (migration.transaction == Some(false)).then(|| quote!(transaction: false,));
        let version = std::env::var("CARGO_PKG_VERSION").unwrap_or_default();
        let duplicate = crate::expand::version(id, &set, self.span);
        quote! {
            const _: () = {
                struct Embedded;
                impl ::migrate_core::__private::v1::Migration for Embedded { #up #down }
                ::migrate_core::__private::v1::inventory::submit! {
                    ::migrate_core::__private::v1::Registration {
                        description: #description,
                        checksum: ::core::option::Option::Some(#checksum),
                        #irreversible
                        #transaction
                        program_version: #version,
                        ..::migrate_core::__private::v1::Registration::new(#set, #text, #file, #line, &Embedded)
                    }
                }
            };
            #duplicate
        }
    }

    fn function(&self, name: &str, part: &Part) -> TokenStream {
        let name = Ident::new(name, Span::call_site());
        let (file, line, text) = self.place(part);
        let statements = statement::split(text, self.dialect);
        if statements.is_empty() {
            return quote! {
                fn #name(&self, _: &mut ::migrate_core::__private::v1::Steps) {}
            };
        }
        let dialect = variant(self.dialect);
        let statements = statements.iter().map(|Statement { start, end, kind }| {
            let kind = variant(kind);
            quote!(::migrate_core::__private::v1::statement(
                #start, #end, ::migrate_core::__private::v1::StatementKind::#kind
            ))
        });
        quote! {
            fn #name(&self, steps: &mut ::migrate_core::__private::v1::Steps) {
                steps.sql(::migrate_core::__private::v1::sql(
                    ::migrate_core::__private::v1::Dialect::#dialect,
                    #text,
                    const { &[#(#statements),*] },
                    #file,
                    #line,
                ));
            }
        }
    }

    /// The file of a part, its first line, and its text.
    fn place(&self, part: &Part) -> (&str, u32, &str) {
        let file = &self.files.files[part.file];
        let before = file.text.get(..part.range.start).unwrap_or_default();
        let line = u32::try_from(before.matches('\n').count() + 1).unwrap_or(u32::MAX);
        let text = file.text.get(part.range.clone()).unwrap_or_default();
        (&file.in_package, line, text)
    }
}

/// The name of a variant, which is what `Debug` is derived to write.
fn variant(value: impl std::fmt::Debug) -> Ident {
    Ident::new(&format!("{value:?}"), Span::call_site())
}

#[cfg(test)]
mod tests;
