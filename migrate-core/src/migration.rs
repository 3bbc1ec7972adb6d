//! What a migration is, and what the macro says of it to the program.

use std::panic::Location;

use crate::{
    sql::{Origin, Sql},
    steps::Steps,
};

/// A change of a database, and the way back.
///
/// Both methods only *say* what is to be done, by pushing steps; the runner does it. So one migration can be
/// planned, shown, checked and run, and nothing happens while `up` itself runs. They must be deterministic:
/// a run that was cut off calls them again.
///
/// ```
/// use migrate_core::prelude::*;
///
/// pub struct CreateUsers;
///
/// #[migration("20260215_create_users")]
/// impl Migration for CreateUsers {
///     fn up(&self, steps: &mut Steps) {
///         steps.sql(sql!("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE)"));
///     }
///     fn down(&self, steps: &mut Steps) {
///         steps.sql(sql!("DROP TABLE users"));
///     }
/// }
/// # fn main() -> Result<(), migrate_core::Error> {
/// let mut connection = rusqlite::Connection::open_in_memory().unwrap();
/// let report = Migrator::new().up(&mut connection)?;
/// assert_eq!(report.names(), ["20260215_create_users"]);
/// # Ok(())
/// # }
/// ```
pub trait Migration: Send + Sync + 'static {
    /// The steps that make the change.
    fn up(&self, steps: &mut Steps);

    /// The steps that take it back. Leave it out only where the attribute says `irreversible = "why"`.
    fn down(&self, steps: &mut Steps) {
        steps.no_down();
    }
}

/// What `#[migration]` registers. Not public API.
#[allow(
    missing_docs,
    reason = "the fields are the options of the attribute, which documents them"
)]
#[derive(Clone, Copy)]
pub(crate) struct Registration {
    pub(crate) set: &'static str,
    pub(crate) id: &'static str,
    pub(crate) description: &'static str,
    /// None: computed from the steps when it is needed.
    pub(crate) checksum: Option<&'static str>,
    /// The checksum of the Rust code of `up`, where it has a Rust step.
    pub(crate) body: Option<&'static str>,
    pub(crate) irreversible: Option<&'static str>,
    pub(crate) transaction: bool,
    /// Whether they are enforced around it; None: unless it rebuilds a table.
    pub(crate) foreign_keys: Option<bool>,
    /// Empty: every environment.
    pub(crate) environments: &'static [&'static str],
    pub(crate) renamed_from: Option<&'static str>,
    pub(crate) after: &'static [&'static str],
    /// The name of a feature, and whether it is on.
    pub(crate) feature: Option<(&'static str, bool)>,
    pub(crate) file: &'static str,
    pub(crate) line: u32,
    pub(crate) program_version: &'static str,
    /// Why its history was not replayed while it was compiled; None: it was.
    pub(crate) unchecked: Option<&'static str>,
    /// All words in the Rust steps of `up`; None: they have none, or may do anything.
    #[cfg_attr(not(feature = "schema"), allow(dead_code))]
    pub(crate) words: Option<&'static str>,
    /// `down` was left out, and the macro has derived it.
    pub(crate) derived_down: bool,
    pub(crate) migration: &'static dyn Migration,
}

impl Registration {
    /// A registration without options.
    pub(crate) const fn new(
        set: &'static str,
        id: &'static str,
        file: &'static str,
        line: u32,
        migration: &'static dyn Migration,
    ) -> Self {
        Self {
            set,
            id,
            description: "",
            checksum: None,
            body: None,
            irreversible: None,
            transaction: true,
            foreign_keys: None,
            environments: &[],
            renamed_from: None,
            after: &[],
            feature: None,
            file,
            line,
            program_version: "",
            unchecked: None,
            words: None,
            derived_down: false,
            migration,
        }
    }
}

/// What `sql!` expands to, where it stands.
#[track_caller]
pub const fn sql(text: &'static str, statements: &'static str) -> Sql {
    let place = Location::caller();
    sql_at(text, statements, place.file(), place.line())
}

/// What `sql!` expands to where it has a text for each dialect.
#[track_caller]
pub const fn sql_each(texts: &'static [(&'static str, &'static str)]) -> Sql {
    let place = Location::caller();
    let (file, line) = (place.file(), place.line());
    Sql::checked_each(texts, Origin { file, line })
}

/// The same as [`sql`] for what stands in another file.
pub(crate) const fn sql_at(
    text: &'static str,
    statements: &'static str,
    file: &'static str,
    line: u32,
) -> Sql {
    Sql::checked(text, statements, Origin { file, line })
}
