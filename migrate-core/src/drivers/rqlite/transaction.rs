//! A migration, collected until it is sent.

use std::time::Duration;

use migrate_schema::{
    Dialect, StatementKind,
    statement::{names, split},
};

use crate::{
    drivers::sqlite_sql::{OBJECTS, quote},
    engine::driver::{Deferred, DriverError, DriverErrorKind, ForeignKeys, Snapshot, Transaction},
    history::Change,
    native::{Native, StepError},
    sql::Sql,
};

use super::{
    computed::mode,
    driver::{Ended, Rqlite, name, other, pause},
    reader::{QueryError, Reader},
    wire::{Outcome, Statement},
};

/// What is to be sent at the commit.
pub(crate) struct RqliteTransaction<'a, 's> {
    run: &'a mut Rqlite<'s>,
    collected: Vec<(Statement, Part)>,
    /// The statements of the migration.
    texts: Vec<String>,
    checks_foreign_keys: bool,
}

/// What a statement is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// It is the migration's, behind so many others of it.
    Migration(usize),
    /// It writes the history.
    Record,
    /// It sees that one row was written.
    Written,
    /// It sees whether foreign keys let a table be dropped.
    Enforcement,
    /// It compares the violations of foreign keys.
    Violations,
}

impl<'a, 's> RqliteTransaction<'a, 's> {
    pub(super) fn new(run: &'a mut Rqlite<'s>, foreign_keys: ForeignKeys) -> Self {
        Self {
            run,
            collected: Vec::new(),
            texts: Vec::new(),
            checks_foreign_keys: foreign_keys == ForeignKeys::CheckedAtCommit,
        }
    }

    fn push(&mut self, statement: Statement, part: Part) {
        self.collected.push((statement, part));
    }

    /// Everything that is sent, with the checks around it.
    fn whole(&mut self) -> Vec<(Statement, Part)> {
        let collected = std::mem::take(&mut self.collected);
        if !self.checks_foreign_keys {
            return collected;
        }
        let lock = &self.run.lock;
        let dropped = dropped_tables(&self.texts);
        let mut all = vec![(lock.note_violations(), Part::Violations)];
        if !dropped.is_empty() {
            all.push((lock.refuse_enforcement(&dropped), Part::Enforcement));
        }
        all.extend(collected);
        all.push((lock.refuse_violations(), Part::Violations));
        all
    }

    fn failure(&self, part: Option<Part>, text: String) -> DriverError {
        match part {
            Some(Part::Migration(at)) => {
                let statement = self.texts.get(at).cloned().unwrap_or_default();
                DriverError {
                    deferred: Some(Box::new(Deferred {
                        at,
                        text: statement,
                    })),
                    ..other(text)
                }
            }
            Some(Part::Written) => self
                .run
                .table
                .corrupt("a change of one row has changed none, or several"),
            Some(Part::Enforcement) => DriverError::new(
                DriverErrorKind::ForeignKeys,
                "this cluster enforces foreign keys (`-fk`), so dropping a table to which others refer would delete \
                 their rows, or fail, and rqlite cannot do without for one migration. Start the nodes without `-fk` for \
                 this migration; or, where nothing can be lost by it, write `foreign_keys = true` in its attribute",
            ),
            Some(Part::Violations) => {
                DriverError::new(DriverErrorKind::ForeignKeys, violation(&text))
            }
            Some(Part::Record) | None => other(text),
        }
    }
}

impl Transaction for RqliteTransaction<'_, '_> {
    fn name(&self) -> String {
        name(&self.run.cluster)
    }

    fn now(&self) -> Duration {
        self.run.elapsed()
    }

    async fn pause(&mut self, duration: Duration) {
        pause(duration);
    }

    /// Nobody is kept from writing: the commit fails where somebody has.
    async fn changed_since(&mut self, stamp: Option<i64>) -> Result<Option<Snapshot>, DriverError> {
        if self.run.known.is_some() && stamp == Some(self.run.stamp) {
            return Ok(None);
        }
        self.run.snapshot().map(Some)
    }

    async fn create_history(&mut self) -> Result<(), DriverError> {
        let create = self.run.table.create();
        self.push(create, Part::Record);
        Ok(())
    }

    async fn execute(&mut self, sql: &str) -> Result<(), DriverError> {
        let at = self.texts.len();
        self.push(Statement::plain(sql), Part::Migration(at));
        self.texts.push(sql.to_owned());
        Ok(())
    }

    async fn run(&mut self, step: Native) -> Result<Vec<Sql>, DriverError> {
        let Some(closure) = step.rqlite else {
            return Err(DriverError::new(
                DriverErrorKind::Step,
                "the closure does not take `&migrate_core::rqlite::Reader`",
            ));
        };
        let reader = Reader::new(&self.run.cluster, self.run.reach);
        closure(&reader).map_err(step_error)
    }

    async fn record(&mut self, change: &Change) -> Result<(), DriverError> {
        let (record, written) = (self.run.table.record(change), self.run.lock.one_changed());
        self.push(record, Part::Record);
        self.push(written, Part::Written);
        Ok(())
    }

    async fn wipe(&mut self) -> Result<(), DriverError> {
        let outcomes = self.run.query(&[Statement::plain(OBJECTS)])?;
        let rows = match outcomes.into_iter().next() {
            Some(Outcome::Rows(rows)) => rows,
            Some(Outcome::Error(text)) => return Err(other(text)),
            None => Vec::new(),
        };
        // All is gone at the end, so no row refers to nothing then, whatever goes first.
        self.checks_foreign_keys = false;
        self.push(
            Statement::plain("PRAGMA defer_foreign_keys = ON"),
            Part::Record,
        );
        for row in rows {
            let text = |at: usize| row.get(at)?.as_str();
            if let (Some(kind), Some(name)) = (text(0), text(1))
                // Without the lock, a run that has stalled since before could not be told.
                && name != self.run.lock.name()
            {
                let drop = format!("DROP {kind} main.{}", quote(name));
                self.push(Statement::plain(&drop), Part::Record);
            }
        }
        Ok(())
    }

    async fn commit(&mut self) -> Result<(), DriverError> {
        let mode = mode(&self.texts)?;
        let (statements, parts): (Vec<Statement>, Vec<Part>) = self.whole().into_iter().unzip();
        match self.run.guarded(statements, mode, None)? {
            Ended::Done => Ok(()),
            Ended::Failed { at, text } => Err(self.failure(parts.get(at).copied(), text)),
        }
    }

    /// It is sent once, and begun anew.
    fn is_open(&self) -> bool {
        false
    }

    async fn rollback(self) -> Result<(), DriverError> {
        Ok(())
    }
}

/// The tables that a migration drops.
fn dropped_tables(texts: &[String]) -> Vec<String> {
    let drops = |text: &&String| {
        let kinds = split(text, Dialect::Sqlite);
        kinds.iter().any(|one| one.kind == StatementKind::DropTable)
    };
    let dropped = texts.iter().filter(drops);
    dropped
        .flat_map(|text| names(text, Dialect::Sqlite))
        .collect()
}

/// The words in an error of `json_extract`, which is how a statement can say something.
fn violation(text: &str) -> String {
    let told = text.split_once('\'');
    match told.and_then(|(_, told)| told.rsplit_once('\'')) {
        Some((told, _)) => format!("foreign keys are violated: {told} refer to what is not there"),
        None => text.to_owned(),
    }
}

/// The error of a closure. One of a cluster that does not answer now may be tried again.
fn step_error(failed: StepError) -> DriverError {
    match failed.into_inner().downcast::<QueryError>() {
        Ok(error) => error.0,
        Err(other) => DriverError::new(DriverErrorKind::Step, other.to_string()).with_source(other),
    }
}
