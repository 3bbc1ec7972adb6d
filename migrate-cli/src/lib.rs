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
//! | 1 | a migration or the database failed; or `check` or `verify` found something |
//! | 2 | wrong use: a flag, a name, a URL |
//! | 3 | the database was locked until the timeout |
//! | 4 | not confirmed |
//!
//! # Where the database comes from
//!
//! `--database-url`, else the variable `DATABASE_URL`, else the file that `DATABASE_URL_FILE` names, else the
//! `default_database_url` of the program. A file `.env` in the current folder or one above it is read first; it
//! never replaces a variable that is set.

mod args;
mod cargo;
mod command;
mod fault;
mod output;
mod program;
pub mod project;
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
