//! What can be asked of the runner.

use crate::adopt::Tool;

/// What is to be done. Make one with its functions, or use the methods of [`Migrator`](crate::Migrator).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Request {
    /// Apply what is pending.
    Up(Up),
    /// Take back what was applied, newest first.
    Down(Down),
    /// Take back, and apply again in the same batches.
    Redo(Down),
    /// Drop everything in the database, then apply everything.
    Fresh,
    /// Apply this one migration, whatever else is pending.
    Apply(String),
    /// Record as applied, without running it, everything up to and with this migration, or everything; on a database that has a
    /// history, only the one that is next.
    Baseline(Option<String>),
    /// Record as applied, without running it, what another tool has applied, by its own history in the database. Migrations
    /// are recognised by their versions, which `import` keeps.
    Adopt {
        /// The tool.
        tool: Tool,
        /// The table of its history, where it is not the usual one: `name` or `schema.name`.
        table: Option<String>,
    },
    /// Accept the checksums that these migrations have in the program.
    Repair(Vec<String>),
    /// Take these migrations, which the program no longer has, out of the history.
    Forget(Vec<String>),
    /// Say of a migration whose step was cut off whether that step was done.
    Resolve {
        /// The migration.
        id: String,
        /// Whether the step was done.
        done: bool,
    },
}

/// How far up.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Up {
    /// Everything that is pending.
    All,
    /// Everything up to and with this migration.
    To(String),
    /// The next so many.
    Count(u32),
}

/// How far down.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Down {
    /// The last so many batches; a batch is what one run applied.
    Batches(u32),
    /// The last so many migrations.
    Count(u32),
    /// Everything that was applied after this migration, which itself stays.
    To(String),
    /// Everything.
    All,
}

impl Request {
    /// The word for it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Up(_) => "up",
            Self::Down(Down::All) => "reset",
            Self::Down(_) => "down",
            Self::Redo(_) => "redo",
            Self::Fresh => "fresh",
            Self::Apply(_) => "apply",
            Self::Baseline(_) | Self::Adopt { .. } => "baseline",
            Self::Repair(_) => "repair",
            Self::Forget(_) => "forget",
            Self::Resolve { .. } => "resolve",
        }
    }
}

/// What to do about something doubtful.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Policy {
    /// Refuse, before anything is done.
    #[default]
    Error,
    /// Say so, and go on.
    Warn,
    /// Go on.
    Ignore,
}

impl std::str::FromStr for Policy {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "error" => Ok(Self::Error),
            "warn" => Ok(Self::Warn),
            "ignore" => Ok(Self::Ignore),
            _ => Err(format!(
                "`{word}` is not one of `error`, `warn` and `ignore`"
            )),
        }
    }
}

/// What planning decides about doubtful things, and for whom.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) environment: String,
    pub(crate) changed: Policy,
    pub(crate) missing: Policy,
    pub(crate) out_of_order: Policy,
    /// Take back a migration that the program no longer has by the SQL that was stored with it.
    pub(crate) stored_down: bool,
}
