//! The command line of migrate.
//!
//! An application gets a `migrate` program of its own by one line in `src/bin/migrate.rs`:
//!
//! ```
//! # mod blog {}
//! # use std as blog_crate;
//! migrate_cli::main!(std; default_database_url = "sqlite:blog.db");
//! ```
//!
//! with the name of the crate that holds the migrations in the place of `std`, and then
//!
//! ```text
//! cargo run --bin migrate -- up
//! ```
//!
//! # Exit codes
//!
//! | code | meaning |
//! |---|---|
//! | 0 | done, or nothing to do |
//! | 1 | a migration or the database failed; or `check`, `verify` or `schema validate` found something |
//! | 2 | wrong use: a flag, a name, a URL |
//! | 3 | the database was locked until the timeout |
//! | 4 | not confirmed |
//! | 130 | interrupted by Ctrl-C (with a driver for a server; else the system ends the process) |
//!
//! # Where the database comes from
//!
//! `--database-url`, else the variable `DATABASE_URL`, else the file that `DATABASE_URL_FILE` names, else the
//! `default_database_url` of the program. A file `.env` in the current folder or one above it is read first; it
//! never replaces a variable that is set.
//!
//! `--database-url` may be given several times, and the file may have several lines: then the command works on one database after
//! the other, and stops at the first one that fails, unless `--keep-going` is given. Questions are asked before the first one is
//! touched. The exit code is that of the first database where it is not 0.
//!
//! # JSON
//!
//! With `--format json`, standard output is one JSON document, also where a command fails; what a run says on its
//! way goes to standard error. Keys may be added in later releases.
//!
//! | command | document |
//! |---|---|
//! | `status` | `current` (an id or null), `applied` and `pending` (numbers), `migrations`: a list of `set`, `id`, `description`, `state`, `place` (the source file and line, or null), `applied` (its row in the history, or null) |
//! | `log` | a list of rows of the history, the newest first |
//! | `plan`, `--dry-run` | `request`, `environment`, `migrations`: a list of `action`, `set`, `id`, `description`, `transaction`, `foreign_keys_off`, `steps`; `warnings` |
//! | a run | `done`: a list of `action`, `set`, `id`, `duration_ms`, and `checksums` (the old and the new) where one was accepted; `warnings` |
//! | `check`, `verify` | a list of `set`, `id`, `state`, `message`; for what was done behind the back of the migrations, of `state` (`drift`), `message` and `change` |
//! | `status --drift` | and `drift`: `changes`, `others` (what no migration has named), `foreign` (a list of `table` and `tool`) |
//! | `schema export` | the document; with `--output`, `file` and `tables` (their number) |
//! | `schema validate` | a list of `path` and `message` |
//! | `schema apply` | `changes`, `losses`, `statements`, `foreign` (as above), `done` |
//! | `schema diff` | a list of changes: `change` (one word), `object`, `part`, `from`, `to`, `words`, `loses`, as far as there is something to say |
//! | `completions` | `script` |
//! | `new` | `id`, `file`, `module`, `struct_name` |
//! | `import` | a list of `id`, `file`, `up`, `down`, `unchecked` |
//! | `cargo migrate lint` | a list of `level`, `code`, `file`, `line`, `column`, `end_line`, `end_column`, `message`, `help`, `notes`, `migration`; nothing where it could not run |
//! | an error | `error` (the text), `migration` (the id of the one that failed, or null), `done` (what was done before, as above) |
//!
//! For several databases the document is a list of `database`, `exit_code` and `answer`: the document of each; both are null for
//! those whose turn did not come.
//!
//! A row has `seq`, `set`, `id`, `description`, `checksum`, `batch`, `progress`, `applied_at` (RFC 3339, UTC),
//! `duration_ms`, `steps`, `error`, `environment`, `applied_by` and `program_version`. A step has `kind` (`sql`,
//! `run` or `log`) and `sql`, `label` or `message`. A warning has `kind` and `id`. The states are `applied`,
//! `pending`, `out_of_order`, `changed`, `body_changed`, `missing`, `incomplete`, `other_environment`, `feature_off`
//! and `foreign`. What has only the text of another tool (`not_in_program`, `named_otherwise`, `repeatable`) stands in `id` of a warning.
//!
//! # Completion
//!
//! `migrate completions SHELL` writes a script for the name by which the program was called; `cargo migrate completions SHELL` one for
//! `cargo-migrate`, with the commands of the application's program. Once:
//!
//! ```text
//! migrate completions bash > ~/.local/share/bash-completion/completions/migrate
//! migrate completions zsh > ~/.zfunc/_migrate           # with `fpath+=~/.zfunc` before `compinit` in ~/.zshrc
//! migrate completions fish > ~/.config/fish/completions/migrate.fish
//! migrate completions powershell >> $PROFILE
//! migrate completions elvish >> ~/.config/elvish/rc.elv
//! ```
//!
//! # Pictures
//!
//! `schema show` draws what the migrations build (`history`), what a database holds (`database`, or its URL), or a schema document, as `--format text`,
//! `mermaid`, `dot`, `svg` or `html`. What they say is written in [`migrate_schema::schema::picture`]. The history needs no database; its dialect is that of the URL, or
//! `--dialect`. What a step in Rust makes is not in it: a database shows that.
//!
//! # Features
//!
//! - `bundled` (default): SQLite is compiled in. Take `sqlite` in its place to link another one.
//! - `sqlite` (by `bundled`), `postgres`, `mysql`, `rqlite`: the databases on which the program can run.
//! - `interrupt` (by the three servers): Ctrl-C ends a run in good order, and what it has left is told.
//! - `check-sqlite`, `check-postgres`, `check-mysql` (default): the grammars by which `lint` and `import` read SQL. An application of
//!   one database compiles faster with one of them: `default-features = false, features = ["bundled"]`.

mod args;
mod cargo;
mod command;
mod fault;
mod lint;
mod output;
mod program;
pub mod project;
mod sources;
mod url;

pub use cargo::cargo_migrate;
pub use program::Program;

/// Makes the `main` of an application's `migrate` program.
///
/// It names the crates that hold the migrations, so that the linker keeps them. Settings follow behind a `;`.
///
/// ```
/// # mod app {
/// migrate_cli::main!(std, core; default_database_url = "sqlite:app.db");
/// # }
/// ```
///
/// - `default_database_url`: the database where neither a flag nor the environment names one.
#[macro_export]
macro_rules! main {
    ($($crate_name:ident),* $(,)? $(; $($setting:ident = $value:expr),* $(,)?)?) => {
        fn main() -> ::std::process::ExitCode {
            $(#[allow(unused_imports, reason = "naming the crate is what keeps it linked")] use $crate_name as _;)*
            $crate::Program::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"), env!("CARGO_MANIFEST_DIR"))
                $($(.$setting($value))*)?
                .run()
        }
    };
}
