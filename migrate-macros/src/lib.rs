//! The macros of `migrate`: [`#[migration]`](macro@migration) and [`sql!`](macro@sql).
//!
//! Depend on `migrate-core`, which exports both and has what they expand to; its documentation has examples that
//! run. This crate reads SQL and Rust while a program compiles, and nothing of it is in the program.
//!
//! # Configuration
//!
//! A crate with migrations may say in its Cargo.toml:
//!
//! ```toml
//! [package.metadata.migrate]
//! set = "accounts"                # the name of its migrations; the name of the package unless it is said
//! dialect = "sqlite"              # or "postgres" or "mysql": what SQL is checked as
//! directory = "src/migrations"    # where the command line's `new` writes
//! ```
//!
//! # Errors
//!
//! Each message ends its first line with a code, and says what to write instead. All errors of a migration are
//! reported at once.
//!
//! | code | what is wrong |
//! |---|---|
//! | `id_shape` | the identifier is missing, or has none of the four shapes |
//! | `id_date` | it begins with a date or a time that does not exist |
//! | `id_character` | it has something other than ASCII letters, digits and `_` |
//! | `sql_syntax` | the database could not parse the SQL |
//! | `sql_empty` | there is no statement in the SQL |
//! | `sql_not_literal` | `sql!` has something other than one string literal |
//! | `sql_dialects` | the texts for each dialect are not those of the databases in the settings |
//! | `sql_unchecked` | `steps.sql` was given a text instead of `sql!("…")` |
//! | `transaction_control` | `BEGIN`, `COMMIT` or their like: the runner's business |
//! | `foreign_keys_pragma` | `PRAGMA foreign_keys` in a migration that runs in a transaction, where it does nothing |
//! | `outside_transaction` | `VACUUM` or its like beside steps that run in a transaction |
//! | `missing_down` | neither `down` nor `irreversible` |
//! | `unknown_option`, `repeated_option`, `option_value`, `option_conflict` | an option of the attribute |
//! | `wrong_place` | the attribute stands on something that is no migration |
//! | `generic_migration` | the type of the migration has parameters |
//! | `folder` | the folder of [`migrations!`](macro@migrations): not there, empty, or watched by nobody |
//! | `marker` | a marker such as `-- +goose Up` in one of its files: missing, misspelt, or there twice |
//! | `configuration` | `[package.metadata.migrate]` cannot be read |
//!
//! Two migrations of a crate with the same version are rustc's error E0428, which shows both: each migration defines
//! a hidden macro with its version in the name.

mod ahead;
mod attribute;
mod beside;
mod body;
mod cache;
mod check;
mod config;
mod expand;
mod fallback;
mod folder;
mod folder_files;
mod invocation;
mod levels;
mod literal;
mod model;
mod options;
mod parse;
mod parsed;
mod pass;
mod quick;
mod registered;
mod replay;
mod report;
mod sql;
#[cfg(feature = "models")]
mod table;
mod tokens;
mod verdict;
mod warned;
mod written;

use proc_macro::TokenStream;

/// Makes a type a migration: checks it, and registers it with the program that it is linked into.
///
/// # Forms
///
/// On the `impl`, where the macro sees all of it:
///
/// ```text
/// use migrate_core::prelude::*;
///
/// pub struct CreateUsers;
///
/// #[migration("20260215_create_users")]
/// impl Migration for CreateUsers {
///     fn up(&self, steps: &mut Steps) {
///         steps.sql(sql!("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL)"));
///     }
///     fn down(&self, steps: &mut Steps) {
///         steps.sql(sql!("DROP TABLE users"));
///     }
/// }
/// ```
///
/// On the struct, where the migration is SQL and nothing else:
///
/// ```text
/// #[migration(
///     "20260216_add_age",
///     up = "ALTER TABLE users ADD COLUMN age INTEGER",
///     down = "ALTER TABLE users DROP COLUMN age",
/// )]
/// pub struct AddAge;
/// ```
///
/// On the struct, with an ordinary `impl Migration for …` in the same file, which is checked as far as the file shows
/// it:
///
/// ```text
/// #[migration("20260217_index_emails")]
/// pub struct IndexEmails;
///
/// impl Migration for IndexEmails {
///     fn up(&self, steps: &mut Steps) {
///         steps.sql(sql!("CREATE UNIQUE INDEX users_email ON users (email)"));
///     }
///     fn down(&self, steps: &mut Steps) {
///         steps.sql(sql!("DROP INDEX users_email"));
///     }
/// }
/// ```
///
/// The struct is a unit struct without parameters. `macro_rules!` may make any of the three.
///
/// # The identifier
///
/// It comes first and is a string literal: `YYYYMMDD_name`, `YYYYMMDD_NN_name` for the second (`02`) and later ones of a
/// day, `YYYYMMDDHHMMSS_name`, or `NNN_name` with up to seven digits. Its order follows from what it means and not from
/// its text. Two migrations of a crate with the same version are an error that shows both.
///
/// # Options
///
/// | option | meaning |
/// |---|---|
/// | `up = "SQL"`, `down = "SQL"` | the SQL of the short form; where each dialect has its own, `up(sqlite = "SQL", postgres = "SQL")` |
/// | `irreversible = "why"` | there is no `down`; the reason is shown to whoever asks for one |
/// | `transaction = false` | runs without a transaction around it, and records every step; for `VACUUM` and its like beside other steps. Alone they run so by themselves, and so does, on MySQL, MariaDB and CockroachDB, every migration that changes the schema: there a change of the schema commits whatever is open, and the option says nothing new |
/// | `foreign_keys = false` | on SQLite, switches foreign keys off around it and checks them before the commit; where a table is rebuilt, this happens by itself, and `foreign_keys = true` keeps it from happening |
/// | `environments = ["development"]` | runs in these environments only |
/// | `description = "text"` | what it does; without it the first paragraph of the documentation above the attribute, or the name in words |
/// | `renamed_from = "20260214_create_people"` | the identifier that it had when it was applied; `"set/id"` where the set has changed too |
/// | `after = "accounts/20260215_create_users"` | runs behind a migration of another set; or a list of them |
/// | `feature = "name"` | counts as there only if this feature of the crate is on |
///
/// # What is checked
///
/// Every literal by its database's grammar, as [`sql!`](macro@sql) does; that there is a `down`, or a reason why not; that what
/// cannot run inside a transaction is not in a migration that does. Steps in other functions are checked when the
/// migration is planned.
#[proc_macro_attribute]
pub fn migration(arguments: TokenStream, item: TokenStream) -> TokenStream {
    match quick::migration(&arguments, &item) {
        Some(expanded) => expanded,
        None => attribute::migration(arguments.into(), item.into()).into(),
    }
}

/// SQL that is checked while the program compiles: a value of the type `Sql`.
///
/// ```text
/// steps.sql(sql!(
///     r#"
///     CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL);
///     CREATE UNIQUE INDEX users_email ON users (email);
///     "#
/// ));
/// const DROP: Sql = sql!("DROP TABLE users");
/// ```
///
/// It takes one string literal with one or more statements. The verdict is that of the dialect's own grammar, so what the
/// database takes is never refused. The value holds the text, the place of each statement in it, and what the runner has
/// to know of it; no parser is in the program. It can stand in a `const` and anywhere else an expression can.
///
/// # A text for each dialect
///
/// Where databases need different SQL, each dialect has its own text:
///
/// ```text
/// // Cargo.toml: dialects = ["sqlite", "postgres"]
/// steps.sql(sql!(
///     sqlite: "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)",
///     postgres: "CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text)",
/// ));
/// ```
///
/// Each is checked, and replayed, for its own database alone. The names are those in the settings; all of `dialects` have to be
/// there, and no other. `""` says that nothing is to be done on a database. A run takes the text of its database, and is refused
/// when it is planned where there is none. The checksum is that of the text that runs: an edit of another one changes nothing there.
///
/// Text that exists only at run time is `Sql::unchecked(text)`, or `Sql::unchecked_each([(Dialect::Sqlite, text), …])`.
///
/// # Mistakes
///
/// A mistake is shown with its line:
///
/// ```text
/// error: near "TABEL": syntax error [sql_syntax]
///          --> src/migrations/m20260215_create_users.rs:8:32
///           |
///         1 | CREATE TABEL users (id INTEGER PRIMARY KEY)
///           |        ^^^^^
///           = help: did you mean `TABLE`?
///  --> src/migrations/m20260215_create_users.rs:8:24
///   |
/// 8 |         steps.sql(sql!("CREATE TABEL users (id INTEGER PRIMARY KEY)"));
///   |                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
/// ```
#[proc_macro]
pub fn sql(input: TokenStream) -> TokenStream {
    match quick::sql(&input) {
        Some(expanded) => expanded,
        None => sql::expand(input.into()).into(),
    }
}

/// Registers the migrations that wait for it. Not public API.
#[doc(hidden)]
#[proc_macro]
pub fn registered(_: TokenStream) -> TokenStream {
    quick::registered()
}

/// Makes the SQL files of a folder migrations of the crate.
///
/// ```text
/// migrate_core::migrations!("migrations");
/// ```
///
/// The path is that of a folder, from where Cargo.toml is. Its files may be in the layout of any tool that the module
/// `migrate_schema::folder` lists: pairs `0001_a.up.sql` and `0001_a.down.sql`, single files with or without markers,
/// folders with `up.sql` and `down.sql`, `V1__a.sql`. The identifier of a migration is the name of its file or folder,
/// with `_` for `-`, `.` and spaces. What was imported, built by hand with `#[migration]` or embedded may be mixed in
/// one crate, as long as no two have the same version.
///
/// All of it is checked while the program compiles, as `#[migration]` is, and every message has the file, the line and
/// the column. A migration without `down` is irreversible. One whose file begins with `-- no-transaction`, or says it
/// in the way of its tool, runs without a transaction.
///
/// # A build script
///
/// The crate is compiled again when one of the files changes. A file that is *added* is seen only by a build script, so
/// the crate needs one, and the macro asks for it:
///
/// ```text
/// // build.rs
/// fn main() {
///     println!("cargo::rerun-if-changed=migrations");
/// }
/// ```
#[proc_macro]
pub fn migrations(input: TokenStream) -> TokenStream {
    folder::expand(input.into()).into()
}

/// Says what the table of a struct has to be: a column for each field.
///
/// ```text
/// use migrate_core::Table;
///
/// #[derive(Table)]
/// #[table(name = "users")]
/// struct User {
///     #[column(primary_key)]
///     id: i64,
///     #[column(unique)]
///     email: String,
///     nickname: Option<String>,
///     #[column(references = "teams", on_delete = "cascade")]
///     team_id: i64,
/// }
/// ```
///
/// A field that is no `Option` is `NOT NULL`. A struct says nothing of what it leaves out: keys, defaults, checks and indexes of the table
/// may be any, and so may be the type, as long as it holds what the field does (`i64` fits `BIGINT`, and on SQLite `INTEGER` too).
///
/// # Options
///
/// | `#[table(…)]` | meaning |
/// |---|---|
/// | `name = "users"` | the table; without it the name of the struct in `snake_case` |
/// | `partial` | the table may have columns that are in no field |
/// | `renamed_from = "people"` | the name that the table had before, for `pull` |
///
/// | `#[column(…)]` | meaning |
/// |---|---|
/// | `name = "mail"` | the column; without it the name of the field |
/// | `type = "NUMERIC(10, 2)"` | its type, as the database writes it: for types of Rust that say nothing of it |
/// | `primary_key`, `unique` | it is (a part of) the primary key; no two rows have the same |
/// | `default = "0"` | its default, in SQL |
/// | `references = "teams"`, `"teams.id"` | the row of another table that it names |
/// | `on_delete = "cascade"` | what happens when that row goes: also `set null`, `restrict`, `set default`, `no action` |
/// | `renamed_from = "mail"` | the name that the column had before, for `pull` |
/// | `skip` | the field is no column |
#[cfg(feature = "models")]
#[proc_macro_derive(Table, attributes(table, column))]
pub fn table(input: TokenStream) -> TokenStream {
    table::expand(input.into()).into()
}
