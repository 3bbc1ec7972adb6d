//! `migrations!`: a folder of SQL files becomes migrations of the crate.

use std::{env, path::Path, sync::Arc};

use migrate_schema::{
    Checksum, Code, Dialect, Level, MigrationId,
    folder::{self, Folder, Found, Migration, Part, Runner, identify},
    settings::{Settings, Target},
    source::Verdict,
    statement,
};
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::LitStr;

use crate::{
    config::{self, Config, Loaded},
    folder_files::Files,
    invocation, literal,
    registered::{self, Description, V1},
    replay,
    report::Report,
};

/// The whole of `migrations!`.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    const HELP: &str =
        "write the folder, as it is called from where Cargo.toml is: `migrations!(\"migrations\")`";
    let mut report = Report::default();
    let Loaded { config, tracking } = config::load(&mut report);
    let made = match literal::only(input.clone()) {
        Some(folder) => {
            let package = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
            if Path::new(&package).join(folder.value()).is_dir() {
                watched(&folder, Path::new(&package), &mut report);
            }
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
    let warnings = report.warnings(&[]);
    let errors = report.into_compile_errors(&[]);
    quote!(#tracking #made #warnings #errors)
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
    let (verdicts, only) = verdicts(&folder, &ids, &files, settings, config).unzip();
    let verdicts = verdicts.as_deref();
    let mut found =
        folder::check_in_history(&texts, &folder, settings, Runner::Ours, since, verdicts);
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
        report.leveled(literal.span(), one.finding.code, text, one.level);
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
    };
    let migrations = folder.migrations.iter().zip(&ids);
    let migrations = migrations.filter_map(|(migration, id)| Some((migration, id.as_ref()?)));
    let table = embedding.table(migrations);
    // Where the replay knows all migrations, it tells which have one version.
    let only = only.unwrap_or_default();
    let twins = ids.iter().enumerate().filter_map(|(index, id)| {
        let id = id.as_ref().filter(|_| only.get(index) != Some(&true))?;
        Some(crate::expand::version(id, &config.set(), literal.span()))
    });
    quote!(#tracking #table #(#twins)*)
}

/// What the replay of the whole crate says of each migration, and whether no other has its version.
fn verdicts(
    folder: &Folder,
    ids: &[Option<MigrationId>],
    files: &Files,
    settings: &Arc<Settings>,
    config: &Config,
) -> Option<(Vec<Verdict>, Vec<bool>)> {
    let migrations = folder.migrations.iter().zip(ids);
    let wanted = migrations.map(|(migration, id)| {
        let id = id.as_ref().map(ToString::to_string).unwrap_or_default();
        (id, files.files[migration.up.file].path.clone())
    });
    replay::of_files(settings, config, &wanted.collect::<Vec<_>>())
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
}

impl Embedding<'_> {
    /// All of them are data, in one table: a compiler is done with that in a tenth of the time that functions take.
    fn table<'m>(
        &self,
        migrations: impl Iterator<Item = (&'m Migration, &'m MigrationId)>,
    ) -> TokenStream {
        let (mut values, mut rows, mut length) = (String::new(), String::new(), 0);
        for (migration, id) in migrations {
            let up = self.part(Some(&migration.up));
            let down = self.part(migration.down.as_ref());
            let has_down = migration.down.is_some();
            values.push_str(&format!("{V1}::Embedded({up}, {down}, {has_down}),"));
            let row = self.description(migration, id);
            rows.push_str(&row.row(&format!("&MIGRATIONS[{length}]")));
            length += 1;
        }
        if length == 0 {
            return TokenStream::new();
        }
        let table = registered::table(&rows, length, invocation::current().format);
        let text = format!(
            "const _: () = {{ static MIGRATIONS: [{V1}::Embedded; {length}] = [{values}]; {table} }};"
        );
        // It is our own text, so it has no errors.
        text.parse().unwrap_or_else(|error: proc_macro2::LexError| {
            let error = error.to_string();
            quote!(::core::compile_error!(#error);)
        })
    }

    fn description(&self, migration: &Migration, id: &MigrationId) -> Description {
        let (file, line, sql) = self.place(&migration.up);
        let mut checksum = Checksum::new();
        checksum.sql(sql, self.dialect);
        let description = id.name().replace('_', " ");
        let mut all = Description::new(&self.config.set(), id.as_str(), &description);
        all.push('c', &checksum.finish());
        if migration.down.is_none() {
            all.push('i', &format!("{file} has no `down`"));
        }
        if migration.transaction == Some(false) {
            all.push('t', "");
        }
        all.push('f', file);
        all.push('l', &line.to_string());
        all.some('p', std::env::var("CARGO_PKG_VERSION").ok());
        all
    }

    /// The text, its statements, its file and its line.
    fn part(&self, part: Option<&Part>) -> String {
        let Some(part) = part else {
            return "(\"\", \"\", \"\", 0)".to_owned();
        };
        let (file, line, text) = self.place(part);
        let statements = statement::split(text, self.dialect);
        let statements = statement::encode(self.dialect, &statements);
        format!("({text:?}, {statements:?}, {file:?}, {line})")
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

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn embedded(files: &[(&str, &str)]) -> (String, Vec<String>) {
        let package = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = package.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let mut report = Report::default();
        let literal: LitStr = syn::parse_quote!("migrations");
        let made = embed(&literal, package.path(), &Config::default(), &mut report);
        let root = package.path().display().to_string();
        let messages = report.messages();
        let messages = messages
            .iter()
            .map(|text| text.replace(&root, ""))
            .collect();
        (made.to_string().replace(' ', ""), messages)
    }

    fn refused(files: &[(&str, &str)]) -> Vec<String> {
        let (made, messages) = embedded(files);
        assert!(!made.contains("register("), "{made}");
        messages
    }

    #[test]
    fn files_become_migrations() {
        let (made, messages) = embedded(&[
            (
                "migrations/1_create_users.up.sql",
                "CREATE TABLE users (id);\r\n",
            ),
            ("migrations/1_create_users.down.sql", "DROP TABLE users;\n"),
            ("migrations/2_nothing.up.sql", "-- Later.\n"),
            (
                "migrations/3_compact.up.sql",
                "-- no-transaction\nVACUUM;\n",
            ),
        ]);
        assert_eq!(messages, [] as [String; 0]);
        assert_eq!(made.matches("staticREGISTER").count(), 1, "{made}");
        assert_eq!(made.matches("::Embedded((").count(), 3, "{made}");
        for part in [
            "[::core::include_bytes!(\"",
            "/migrations/1_create_users.up.sql\"),",
            "\"CREATETABLEusers(id);\\n\"",
            "\"s0-23c\",",
            "\\u{1f}1_create_users\\u{1f}createusers\\u{1f}",
            "\\u{1f}fmigrations/1_create_users.up.sql\\u{1f}l1\\u{1f}",
            "\\u{1f}imigrations/2_nothing.up.sqlhasno`down`\\u{1f}",
            "::Embedded((\"--Later.\\n\",\"s\",",
            "\\u{1f}t\\u{1f}",
            "macro_rules!__migration_version_3_of_migrate_macros{",
        ] {
            assert!(made.contains(part), "{part} in {made}");
        }
    }

    #[test]
    fn a_part_of_a_file_has_its_own_line() {
        let text = "-- +goose Up\nCREATE TABLE a (b);\n-- +goose Down\nDROP TABLE a;\n";
        let (made, messages) = embedded(&[("migrations/00001_a.sql", text)]);
        assert_eq!(messages, [] as [String; 0]);
        assert!(
            made.contains("\\u{1f}fmigrations/00001_a.sql\\u{1f}l2\\u{1f}"),
            "{made}"
        );
        assert!(made.contains("\"DROPTABLEa;\\n\",\"s0-12d\""), "{made}");
        assert!(made.contains("\"migrations/00001_a.sql\",4)"), "{made}");
    }

    #[test]
    fn what_is_wrong_has_its_place_in_the_file() {
        let messages = refused(&[(
            "migrations/1_a.sql",
            "-- +goose Up\nCREATE TABEL a (b);\n-- +goose Down\nDROP TABLE;\n",
        )]);
        assert_eq!(messages.len(), 2, "{messages:#?}");
        assert!(
            messages[0].contains("--> /migrations/1_a.sql:2:8\n"),
            "{}",
            messages[0]
        );
        assert!(
            messages[1].contains("/migrations/1_a.sql:"),
            "{}",
            messages[1]
        );
        let begin = refused(&[("migrations/1_a.sql", "BEGIN;\nSELECT 1;\nVACUUM;")]);
        assert!(begin[0].contains("[transaction_control]"), "{}", begin[0]);
        assert!(begin[1].contains("[outside_transaction]"), "{}", begin[1]);
        assert!(
            begin[1].contains("write `-- no-transaction` in the first line"),
            "{}",
            begin[1]
        );
    }

    #[test]
    fn names_and_markers_are_checked() {
        for (files, expected) in [
            (&[("migrations/users.up.sql", "")][..], "[id_shape]"),
            (&[("migrations/1_é.sql", "")], "[id_character]"),
            (
                &[("migrations/1_a.sql", ""), ("migrations/01_b.sql", "")],
                "[duplicate_id]",
            ),
            (
                &[("migrations/1_a.sql", "SELECT 1;\n-- migrate:up")],
                "[marker]",
            ),
            (
                &[("migrations/V1__a.sql", "SELECT ${a}")],
                "write this migration in Rust",
            ),
            (
                &[("migrations/README.md", "")],
                "there is no migration in `migrations`",
            ),
            (
                &[("other/1_a.sql", "")],
                "the folder `migrations` does not exist [folder]",
            ),
            (
                &[("migrations", "")],
                "the folder `migrations` is no folder [folder]",
            ),
        ] {
            let messages = refused(files);
            assert!(
                messages[0].contains(expected),
                "{expected} in {messages:#?}"
            );
        }
        let (_, none) = embedded(&[
            ("migrations/1_a.sql", "SELECT 1;"),
            ("migrations/notes.sql", ""),
        ]);
        assert_eq!(none, [] as [String; 0]);
    }
}
