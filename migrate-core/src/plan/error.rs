//! Why a request is refused.

use crate::adopt::Tool;

/// Why a request cannot be planned, or not be gone on with because another run has come in between. In the first
/// case nothing was done; in the other one [`Error::report`](crate::Error::report) has what was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// A name that no migration has.
    #[error("there is no migration `{wanted}`{}", did_you_mean(.near))]
    Unknown {
        /// What was asked for.
        wanted: String,
        /// At most three ids that are like it.
        near: Vec<String>,
    },
    /// A name that several migrations have.
    #[error("`{wanted}` may be any of {}: write one of them in full", list(.matches))]
    Ambiguous {
        /// What was asked for.
        wanted: String,
        /// All `set/id` that it may be.
        matches: Vec<String>,
    },
    /// A count of zero.
    #[error("a count of 0 does nothing: write 1 or more")]
    Zero,
    /// Applied migrations whose SQL is another one in the program now.
    #[error(
        "changed since applied: {}. An applied migration cannot be edited: restore it and write a new one; or accept what it \
         is now with `repair`",
        list(.0)
    )]
    Changed(Vec<String>),
    /// Applied migrations that the program does not have.
    #[error(
        "applied, but not in this program: {}. Is the program older than the database? Run the one that has it; or, where it \
         is gone for good, take it out of the history with `forget`",
        list(.0)
    )]
    Missing(Vec<String>),
    /// Pending migrations that come before one that is applied.
    #[error(
        "out of order: {} would run after a later one that is already applied. Give it a new version behind that one; or \
         allow it with the policy for it (`--out-of-order warn`)",
        list(.0)
    )]
    OutOfOrder(Vec<String>),
    /// Migrations that cannot be taken back.
    #[error("cannot be taken back: {}. Nothing was done", explained(.0))]
    Irreversible(Vec<String>),
    /// Migrations that have neither `down` nor a reason why not.
    #[error("no `down`: {}. Write one, or `irreversible = \"why\"` in the attribute. Nothing was done", explained(.0))]
    NoDown(Vec<String>),
    /// Migrations that the program no longer has, and whose way back is not in the database.
    #[error(
        "no SQL is stored that takes back {}: its way back has Rust code or needs to run outside a transaction, or there is \
         none. Run the program that has it; or, where it is gone for good, take it out of the history with `forget`. Nothing \
         was done",
        list(.0)
    )]
    NoStoredDown(Vec<String>),
    /// A migration outside a transaction that was cut off, where something else is asked for.
    #[error("`{id}` was cut off while it was {}: run `{}` again to finish it first", doing(*.up), verb(*.up))]
    Incomplete {
        /// The migration.
        id: String,
        /// Whether it was being applied.
        up: bool,
    },
    /// A step that may or may not have been done.
    #[error(
        "step {step} of `{id}`{} was cut off, and it cannot be seen whether it was done. Look at the database, then say so: \
         `resolve {id} --done` or `resolve {id} --not-done`",
        .what.as_ref().map_or_else(String::new, |what| format!(" ({what})"))
    )]
    Unresolved {
        /// The migration.
        id: String,
        /// The step, from 1.
        step: u32,
        /// Its label or its statement, where the program has it.
        what: Option<String>,
    },
    /// A target that is not applied, for a way down.
    #[error("`{0}` is not applied, so there is no way down to it")]
    NotApplied(String),
    /// A migration that is not applied, where its row is asked for.
    #[error("`{0}` is not applied, so there is nothing of it in the history")]
    NotInHistory(String),
    /// A migration that is applied already.
    #[error("`{0}` is already applied")]
    AlreadyApplied(String),
    /// A migration for other environments.
    #[error("`{id}` is only for {}, and the environment of this run is `{environment}`", list(.environments))]
    OtherEnvironment {
        /// The migration.
        id: String,
        /// Its environments.
        environments: Vec<String>,
        /// The environment of the run.
        environment: String,
    },
    /// A migration behind a feature that is off.
    #[error("`{id}` is behind the feature `{feature}`, which is off in this program")]
    FeatureOff {
        /// The migration.
        id: String,
        /// The feature.
        feature: String,
    },
    /// A baseline for a database that has a history.
    #[error(
        "this database already has a history of {0} migrations: a baseline is for one that was made without this program"
    )]
    HasHistory(usize),
    /// What another tool has applied, and the program does not have.
    #[error(
        "applied by the other tool, but not in this program: {}. `import` its folder first; or, where they are gone for good, \
         leave them out with `--missing warn`. Nothing was done",
        list(.0)
    )]
    NotInProgram(Vec<String>),
    /// What another tool has begun and not ended.
    #[error("{tool} has failed at, or not finished, {}: repair that with {tool} first. Nothing was done", list(.migrations))]
    Unfinished {
        /// The tool.
        tool: Tool,
        /// Its migrations.
        migrations: Vec<String>,
    },
    /// A repair of what is not changed.
    #[error("`{0}` is not changed: there is nothing to accept")]
    NotChanged(String),
    /// A migration that is still in the program and so cannot be forgotten.
    #[error("`{0}` is in this program: take it back with `down` instead of forgetting it")]
    NotMissing(String),
    /// A migration that nothing has cut off.
    #[error("no step of `{0}` was cut off: there is nothing to resolve")]
    NothingToResolve(String),
    /// A migration that is in the history under its old and its new id.
    #[error("`{id}` says that it was renamed from `{old}`, but the history has both")]
    BothNames {
        /// The new id.
        id: String,
        /// The old id.
        old: String,
    },
    /// The history is that of another set with the same migrations.
    #[error(
        "the history has these migrations under the set `{was}`, and the program has them under `{now}`: was the package renamed? \
         Write `set = \"{was}\"` under [package.metadata.migrate] in its Cargo.toml"
    )]
    SetRenamed {
        /// The set in the history.
        was: String,
        /// The set in the program.
        now: String,
    },
    /// Another run has changed the history while this one was on its way down.
    #[error("another run has applied `{0}` meanwhile: look at the status, and run again")]
    Interference(String),
    /// Another run has taken back what a migration of this one may rely on.
    #[error("another run has taken back `{0}` meanwhile: look at the status, and run again")]
    TakenBack(String),
}

impl PlanError {
    /// Whether a name or a number that was given is wrong, as opposed to a state of the database.
    pub fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::Unknown { .. } | Self::Ambiguous { .. } | Self::Zero
        )
    }
}

fn list(names: &[String]) -> String {
    names
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Ids, each with the reason or the place that stands behind it.
pub(super) fn explained(names: &[String]) -> String {
    let explained = names.iter().map(|name| match name.split_once(' ') {
        Some((id, rest)) => format!("`{id}` {rest}"),
        None => format!("`{name}`"),
    });
    explained.collect::<Vec<_>>().join(", ")
}

fn did_you_mean(near: &[String]) -> String {
    if near.is_empty() {
        "; `status` lists them all".to_owned()
    } else {
        format!(": did you mean {}?", list(near))
    }
}

fn doing(up: bool) -> &'static str {
    if up {
        "being applied"
    } else {
        "being taken back"
    }
}

fn verb(up: bool) -> &'static str {
    if up { "up" } else { "down" }
}
