//! A run on a cluster.

use std::{
    thread::sleep,
    time::{Duration, Instant},
};

use migrate_schema::StatementKind;

use crate::{
    drivers::lease::{Verdict, Watch, beat_every},
    engine::driver::{
        Claim, Driver, DriverError, DriverErrorKind, ForeignKeys, Look, Settled, Snapshot,
    },
    history::Applied,
    migrator::{Session, Stop},
    native::Native,
    sql::Sql,
    steps::is_outside,
};

use super::{
    Connection,
    beats::Beats,
    http::{Cluster, Failed},
    lock::{Found, Holding, Lock},
    table::Table,
    transaction::RqliteTransaction,
    wire::{Mode, Outcome, Statement, change, glance, query, touch},
};

/// Whether a node has answered in this run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Reach {
    #[default]
    Not,
    Reached,
}

/// A run.
pub(crate) struct Rqlite<'s> {
    pub(super) cluster: Cluster,
    pub(super) table: Table<'s>,
    pub(super) lock: Lock,
    pub(super) reach: Reach,
    /// The row of the lock as it was read with the history of `stamp`, or as this run has made it since.
    pub(super) known: Option<Found>,
    /// Which reading it was.
    pub(super) stamp: i64,
    claim: Option<Held>,
    watch: Watch,
    time_to_live: Duration,
    started: Instant,
    /// Who may want no more of it.
    stop: Option<Stop>,
}

struct Held {
    me: String,
    _beats: Beats,
}

/// How a change that goes by the lock has ended.
#[derive(Debug)]
pub(super) enum Ended {
    Done,
    /// The statement at this place, behind the guard, has failed.
    Failed {
        at: usize,
        text: String,
    },
}

impl<'s> Rqlite<'s> {
    pub(crate) fn new(
        connection: &Connection,
        session: &Session<'s>,
        stop: Option<&Stop>,
    ) -> Result<Self, DriverError> {
        let refused = |what: &str| Err(DriverError::new(DriverErrorKind::Unfit, what));
        if session.schema.is_some() {
            return refused("rqlite has no schemas: leave `schema` out");
        }
        if session.statement_timeout.is_some() {
            return refused(
                "rqlite has no `statement_timeout` that all nodes would agree on, because each runs the statement for \
                 itself: leave it out",
            );
        }
        Ok(Self {
            cluster: connection.cluster.clone(),
            table: Table::new(session.table, session.registry)?,
            lock: Lock::new(session.table),
            reach: Reach::Not,
            known: None,
            stamp: 0,
            claim: None,
            watch: Watch::new(session.lock_ttl),
            time_to_live: session.lock_ttl,
            started: Instant::now(),
            stop: stop.cloned(),
        })
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    fn wanted(&self) -> Result<(), DriverError> {
        self.stop.as_ref().map_or(Ok(()), Stop::check)
    }

    pub(super) fn query(&mut self, statements: &[Statement]) -> Result<Vec<Outcome>, DriverError> {
        self.wanted()?;
        let result = query(&self.cluster, statements);
        let outcomes = result.map_err(|failed| read_error(&self.cluster, &failed, self.reach))?;
        self.reach = Reach::Reached;
        Ok(outcomes)
    }

    /// Reads the lock, and the history by its statement, of the same moment.
    fn read(&mut self, history: Statement) -> Result<Option<Outcome>, DriverError> {
        self.known = None;
        let outcomes = self.query(&[self.lock.read(), history])?;
        let found = self.lock.found(outcomes.first())?;
        self.known = Some(found);
        self.stamp += 1;
        Ok(outcomes.into_iter().nth(1))
    }

    /// The history of now.
    pub(super) fn snapshot(&mut self) -> Result<Snapshot, DriverError> {
        let outcome = self.read(self.table.select())?;
        let (exists, history) = self.table.read(outcome.as_ref())?;
        Ok(Snapshot {
            history,
            stamp: Some(self.stamp),
            exists,
        })
    }

    fn me(&self) -> Option<&str> {
        self.claim.as_ref().map(|held| &*held.me)
    }

    /// Sends a change that takes place only where the lock is as it was read. `takes` takes the claim with it.
    pub(super) fn guarded(
        &mut self,
        statements: Vec<Statement>,
        mode: Mode,
        takes: Option<&str>,
    ) -> Result<Ended, DriverError> {
        self.wanted()?;
        let Some(found) = self.known.clone() else {
            return Err(busy("the history has moved"));
        };
        let writer = format!("{:016x}", fastrand::u64(..));
        let me = self.me().map(str::to_owned);
        let holding = match (takes, me.as_deref()) {
            (Some(me), _) => Holding::Takes(me),
            (None, Some(me)) => Holding::Has(me),
            (None, None) => Holding::None,
        };
        let mut all = self.lock.guard(&found, &writer, holding);
        let guards = all.len();
        all.extend(statements);
        // Until the answer is there, nobody knows the token.
        self.known = None;
        let outcomes = change(&self.cluster, mode, &all)
            .map_err(|failed| change_error(&self.cluster, &failed, self.reach))?;
        self.reach = Reach::Reached;
        let failed = outcomes
            .iter()
            .zip(0..)
            .find_map(|(outcome, at)| match outcome {
                Outcome::Error(text) => Some((at, text.clone())),
                Outcome::Rows(_) => None,
            });
        match failed {
            None => {
                self.known = after(&found, holding);
                Ok(Ended::Done)
            }
            Some((at, text)) if at < guards => self.refused(&writer, &text),
            Some((at, text)) => {
                // Nothing has changed.
                self.known = Some(found);
                let at = at - guards;
                Ok(Ended::Failed { at, text })
            }
        }
    }

    /// The guard has failed: another run was faster, or this very change has come twice by way of two nodes.
    fn refused(&mut self, writer: &str, text: &str) -> Result<Ended, DriverError> {
        let expected = [
            "NOT NULL constraint failed",
            "UNIQUE constraint failed",
            "no such table",
        ];
        if !expected.iter().any(|words| text.starts_with(words)) && !text.contains("already exists")
        {
            return Err(other(text));
        }
        let outcomes = self.query(&[self.lock.read()])?;
        let now = self.lock.found(outcomes.first())?;
        if now.writer() == Some(writer) {
            self.known = Some(now);
            return Ok(Ended::Done);
        }
        match self.me() {
            Some(me) if now.holder() != Some(me) => Err(DriverError::new(
                DriverErrorKind::Fenced,
                "another run has taken over, because this one showed no sign of life for too long",
            )),
            _ => Err(busy("another run has changed the history")),
        }
    }

    fn take_claim(&mut self) -> Result<Claim, DriverError> {
        let outcomes = self.query(&[self.lock.read()])?;
        let found = self.lock.found(outcomes.first())?;
        if let Found::Row { lease, .. } = &found
            && self.watch.judge(lease, self.started.elapsed()) == Verdict::Held
        {
            return Ok(Claim::HeldByAnother);
        }
        let me = format!("{:016x}", fastrand::u64(..));
        self.known = Some(found);
        let taken = self.guarded(Vec::new(), Mode::Together, Some(&me));
        // What was read of the history before may have moved.
        self.known = None;
        match taken {
            Ok(_) => {
                let every = beat_every(self.time_to_live);
                let beats = Beats::start(&self.cluster, &self.lock, &me, every);
                self.claim = Some(Held { me, _beats: beats });
                Ok(Claim::Taken)
            }
            // Whoever has it now, or this run itself, shows no sign of life then.
            Err(error) if error.kind == DriverErrorKind::Unknown => Ok(Claim::HeldByAnother),
            Err(error) => Err(error),
        }
    }
}

impl<'s> Driver for Rqlite<'s> {
    type Transaction<'a>
        = RqliteTransaction<'a, 's>
    where
        Self: 'a;

    fn name(&self) -> String {
        name(&self.cluster)
    }

    fn now(&self) -> Duration {
        self.started.elapsed()
    }

    async fn pause(&mut self, duration: Duration) {
        pause(duration);
    }

    fn stands_alone(&self, _: &str, kind: StatementKind) -> bool {
        is_outside(kind)
    }

    fn wrong_closure(&self, step: &Native, transaction: bool) -> Option<&'static str> {
        if !transaction {
            // What it returns could not be sent together with the record that it is done.
            return Some(
                "its place in a migration without `transaction = false`, because on rqlite only what is sent together \
                 is done together",
            );
        }
        match step.rqlite {
            None => Some("`&migrate_core::rqlite::Reader`"),
            Some(_) => None,
        }
    }

    async fn history(&mut self) -> Result<Snapshot, DriverError> {
        self.snapshot()
    }

    async fn pulse(&mut self) -> Option<i64> {
        let outcomes = glance(&self.cluster, &[self.lock.read()]).ok()?;
        let found = self.lock.found(outcomes.first()).ok()?;
        Some(found.token().unwrap_or(0))
    }

    async fn applied(&mut self) -> Result<(Snapshot, Vec<Applied>), DriverError> {
        let outcome = self.read(self.table.select_whole())?;
        let (exists, history, applied) = self.table.read_whole(outcome.as_ref())?;
        let snapshot = Snapshot {
            history,
            stamp: Some(self.stamp),
            exists,
        };
        Ok((snapshot, applied))
    }

    async fn stored_down(&mut self, seq: i64) -> Result<Vec<String>, DriverError> {
        let outcomes = self.query(&[self.table.select_down(seq)])?;
        self.table.read_down(outcomes.first())
    }

    async fn rows(&mut self, sql: &str) -> Result<Vec<Vec<Option<String>>>, DriverError> {
        let outcomes = self.query(&[Statement::plain(sql)])?;
        match outcomes.into_iter().next() {
            Some(Outcome::Rows(rows)) => Ok(rows
                .iter()
                .map(|row| row.iter().map(as_text).collect())
                .collect()),
            Some(Outcome::Error(text)) => Err(other(text)),
            None => Ok(Vec::new()),
        }
    }

    async fn begin(
        &mut self,
        foreign_keys: ForeignKeys,
    ) -> Result<RqliteTransaction<'_, 's>, DriverError> {
        Ok(RqliteTransaction::new(self, foreign_keys))
    }

    /// `VACUUM`, which does no harm twice.
    async fn execute(&mut self, sql: &str) -> Result<(), DriverError> {
        if is_pragma(sql) {
            return Err(other(
                "on rqlite this would change the connection or the file of each node for itself, and rqlite needs them as \
                 they are: set it where the nodes are started, or leave it out",
            ));
        }
        if let Some(me) = self.claim.as_ref().map(|held| held.me.clone()) {
            let outcomes = self.query(&[self.lock.read()])?;
            if self.lock.found(outcomes.first())?.holder() != Some(&*me) {
                return Err(DriverError::new(
                    DriverErrorKind::Fenced,
                    "another run has taken over, because this one showed no sign of life for too long",
                ));
            }
        }
        let outcomes = change(&self.cluster, Mode::Alone, &[Statement::plain(sql)])
            .map_err(|failed| change_error(&self.cluster, &failed, self.reach))?;
        match outcomes.into_iter().next() {
            Some(Outcome::Error(text)) => Err(other(text)),
            _ => Ok(()),
        }
    }

    async fn run(&mut self, _: Native) -> Result<Vec<Sql>, DriverError> {
        Err(DriverError::new(
            DriverErrorKind::Step,
            "a Rust step runs in a transaction on rqlite",
        ))
    }

    async fn look(&mut self, _: &str) -> Result<Look, DriverError> {
        Ok(Look::Repeatable)
    }

    async fn settle(&mut self, _: &str, _: &str) -> Result<Settled, DriverError> {
        Ok(Settled::Unknown)
    }

    /// Each request has a connection of its own, and goes to a node that answers.
    async fn recover(&mut self) -> Result<bool, DriverError> {
        self.known = None;
        Ok(true)
    }

    async fn claim(&mut self) -> Result<Claim, DriverError> {
        if self.claim.is_some() {
            return Ok(Claim::Taken);
        }
        self.take_claim()
    }

    async fn release(&mut self) {
        let Some(Held { me, _beats }) = self.claim.take() else {
            return;
        };
        drop(_beats);
        // Where nobody hears it, the claim ends with its time to live.
        let _ = touch(&self.cluster, self.lock.release(&me));
    }
}

pub(super) fn name(cluster: &Cluster) -> String {
    format!("rqlite at `{}`", cluster.name())
}

/// The lock behind a change of this run.
fn after(found: &Found, holding: Holding<'_>) -> Option<Found> {
    let Found::Row { lease, writer } = found else {
        return None;
    };
    let mut lease = lease.clone();
    lease.token += 1;
    if let Holding::Takes(me) = holding {
        lease.holder = Some(me.to_owned());
    }
    Some(Found::Row {
        lease,
        writer: writer.clone(),
    })
}

/// Those who wait for the same thing should not all ask at the same moment.
pub(super) fn pause(duration: Duration) {
    sleep(duration.mul_f64(0.5 + fastrand::f64()));
}

fn as_text(value: &serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::Null => None,
        serde_json::Value::Bool(is) => Some(u8::from(*is).to_string()),
        serde_json::Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

fn is_pragma(sql: &str) -> bool {
    let word: String = sql.chars().take_while(char::is_ascii_alphabetic).collect();
    word.eq_ignore_ascii_case("pragma")
}

pub(super) fn busy(text: &str) -> DriverError {
    DriverError::new(DriverErrorKind::Busy, text)
}

pub(super) fn other(text: impl Into<String>) -> DriverError {
    DriverError::new(DriverErrorKind::Other, text)
}

/// The error of a question that changes nothing. A cluster that has answered before will do so again.
pub(super) fn read_error(cluster: &Cluster, failed: &Failed, reach: Reach) -> DriverError {
    let text = failed.text();
    match failed {
        Failed::Refused(_) => DriverError::new(DriverErrorKind::Unfit, text),
        Failed::NotNow(_) => DriverError::new(DriverErrorKind::Away, text),
        _ if reach == Reach::Reached => DriverError::new(DriverErrorKind::Away, text),
        _ => DriverError::new(
            DriverErrorKind::Unfit,
            format!(
                "{} does not answer ({text}): see whether it runs, and whether host and port are right",
                name(cluster)
            ),
        ),
    }
}

/// The error of a change.
fn change_error(cluster: &Cluster, failed: &Failed, reach: Reach) -> DriverError {
    match failed {
        Failed::Lost(text) => DriverError::new(DriverErrorKind::Unknown, text.clone()),
        _ => read_error(cluster, failed, reach),
    }
}
