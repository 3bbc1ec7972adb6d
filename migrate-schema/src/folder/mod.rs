//! A folder of SQL files as a history, in the layout of whatever tool it is for.
//!
//! Nothing is opened here: it is given paths and texts, and says which migrations they are, in the order in which the
//! tool runs them, and where in which file each `up` and `down` stands.
//!
//! | files | tools |
//! |---|---|
//! | `1_a.up.sql`, `1_a.down.sql` | golang-migrate, sqlx |
//! | `1_a.sql` | sqlx, Atlas, Drizzle and others |
//! | `1_a.sql` with `-- +goose Up`, `-- +goose Down` | goose |
//! | `1_a.sql` with `-- migrate:up`, `-- migrate:down` | dbmate |
//! | `1_a.sql` with a line `-- @UNDO` | manticore |
//! | `2026-02-15-093000_a/up.sql`, `down.sql`, `metadata.toml` | diesel |
//! | `01-a/up.sql`, `down.sql` | rusqlite_migration |
//! | `20260215093000_a/migration.sql` | Prisma |
//! | `V1__a.sql`, `U1__a.sql`, `R__a.sql`, also in folders | refinery, Flyway |

mod check;
mod gather;
mod goose;
mod id;
mod marker;
mod name;
mod section;
mod text;
mod transaction;

use std::ops::Range;

pub use check::{Found, Runner, check, check_in_history};
pub use id::{id, identify};
pub use text::{NoText, decode, with_line_feeds};
pub use transaction::in_transaction;

use crate::{Dialect, Finding};

/// A file of the folder.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// Its path below the folder, with `/` between its parts.
    pub path: &'a str,
    /// Its text.
    pub text: &'a str,
}

/// What a folder holds.
#[derive(Clone, Debug, Default)]
pub struct Folder {
    /// The migrations, in the order in which they run.
    pub migrations: Vec<Migration>,
    /// What is wrong with the files, as far as names and markers tell, in the order of the files.
    pub findings: Vec<Placed>,
}

/// A migration in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migration {
    /// Its name: that of its file without the endings, or that of its folder.
    pub name: String,
    /// Where `up` stands.
    pub up: Part,
    /// Where `down` stands.
    pub down: Option<Part>,
    /// Whether it runs in a transaction; none where the files leave it open.
    pub transaction: Option<bool>,
}

/// A part of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Which file, as an index into those that were given.
    pub file: usize,
    /// The bytes of it; they begin at the start of a line.
    pub range: Range<usize>,
    /// Whether it is SQL. A program that stands in the place of SQL is not, nor is SQL with variables in it that are
    /// replaced before it runs.
    pub is_sql: bool,
}

impl Part {
    /// Its text, in the files that the folder was read from.
    pub fn text<'a>(&self, files: &[File<'a>]) -> &'a str {
        let file = files.get(self.file);
        file.and_then(|file| file.text.get(self.range.clone()))
            .unwrap_or_default()
    }
}

/// A finding, and the file that its range is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Which file, as an index into those that were given.
    pub file: usize,
    /// What was found.
    pub finding: Finding,
}

/// Whether a file of this path can say something about a history, so that its text is needed.
pub fn is_wanted(path: &str) -> bool {
    let hidden = path.split('/').any(|part| part.starts_with('.'));
    !hidden && (is_sql(path) || name::named(path).is_some())
}

/// Reads a folder. The dialect says what is a string and what a comment in its files.
///
/// ```
/// use migrate_schema::{Dialect, folder::{File, read}};
/// let text = "-- +goose Up\nCREATE TABLE a (b int);\n-- +goose Down\nDROP TABLE a;\n";
/// let folder = read(&[File { path: "00001_a.sql", text }], Dialect::Postgres);
/// let down = folder.migrations[0].down.as_ref().unwrap();
/// assert_eq!(&text[down.range.clone()], "DROP TABLE a;\n");
/// ```
pub fn read(files: &[File<'_>], dialect: Dialect) -> Folder {
    let mut folder = gather::gather(files, dialect);
    folder
        .findings
        .sort_by_key(|placed| (placed.file, placed.finding.range.start));
    folder
}

fn is_sql(path: &str) -> bool {
    path.get(path.len().saturating_sub(4)..)
        .is_some_and(|ending| ending.eq_ignore_ascii_case(".sql"))
}

#[cfg(test)]
mod tests;
