//! A database in memory that can fail, lose and interrupt every action, and forgets nothing that was committed.

use std::{
    collections::{BTreeMap, HashMap},
    future::pending,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Poll,
    time::Duration,
};

use crate::{
    engine::driver::{
        Claim, Driver, DriverError, DriverErrorKind, ForeignKeys, Look, Settled, Snapshot,
        Transaction,
    },
    history::{Applied, Change, History, Progress, Row},
    native::Native,
    sql::Sql,
    steps::is_outside,
};
use migrate_schema::StatementKind;

/// What happens to an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It has no effect and returns an error of this kind.
    Fail(DriverErrorKind),
    /// It finds the lock taken, so many times. An action that cannot find that is left alone.
    Busy(usize),
    /// From here on the database does not answer.
    Away,
    /// It has its effect, and returns an error all the same.
    Lost,
    /// The connection is gone, and nobody knows whether it had its effect, which it had or had not.
    Unheard(bool),
    /// It never happens: the run is gone.
    Kill,
}

/// A row as the database holds it.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) row: Row,
    pub(super) error: Option<String>,
    /// The session that has made it.
    pub(super) by: usize,
}

/// What is committed.
#[derive(Clone, Debug, Default)]
pub(super) struct Database {
    /// What every statement and every Rust step has left.
    pub(super) effects: Vec<String>,
    pub(super) rows: BTreeMap<i64, Held>,
    pub(super) downs: BTreeMap<i64, Vec<String>>,
    pub(super) exists: bool,
    /// Whether its statements take effect by themselves, as those that change the schema do on MySQL.
    pub(super) implicit: bool,
}

impl Database {
    pub(super) fn row(&self, id: &str) -> Option<&Held> {
        self.rows.values().find(|held| held.row.id == id)
    }

    /// The ids in the order of the history, with a mark behind what is not whole.
    pub(super) fn ids(&self) -> Vec<String> {
        let shown = |held: &Held| match held.row.progress {
            Progress::Applied => held.row.id.to_string(),
            other => format!("{} {other:?}", held.row.id),
        };
        self.rows.values().map(shown).collect()
    }

    pub(super) fn batches(&self) -> Vec<i64> {
        self.rows.values().map(|held| held.row.batch).collect()
    }

    fn apply(&mut self, change: &Change, by: usize) -> Result<(), DriverError> {
        if !self.exists {
            return Err(other("no such table"));
        }
        match change {
            Change::Insert(new) => {
                let row = new.row.clone();
                let twin =
                    self.rows.values().map(|held| &held.row).any(|one| {
                        one.seq == row.seq || (&one.set, &one.id) == (&row.set, &row.id)
                    });
                if twin {
                    return Err(other("UNIQUE constraint failed"));
                }
                let held = Held {
                    row,
                    error: None,
                    by,
                };
                if let Some(down) = &new.down {
                    self.downs.insert(held.row.seq, down.clone());
                }
                self.rows.insert(held.row.seq, held);
            }
            Change::Progress {
                seq,
                progress,
                before,
                error,
            } => {
                let held = self.edit(*seq)?;
                held.row.progress = *progress;
                held.row.before.clone_from(before);
                held.error.clone_from(error);
            }
            Change::Finish {
                seq,
                checksum,
                body,
                ..
            } => {
                let held = self.edit(*seq)?;
                held.row.progress = Progress::Applied;
                held.row.checksum.clone_from(checksum);
                held.row.body.clone_from(body);
                held.row.before = None;
                held.error = None;
            }
            Change::Rename { seq, set, id } => {
                let held = self.edit(*seq)?;
                held.row.set = Arc::from(set.as_str());
                held.row.id = id.clone().into();
            }
            Change::Delete { seq } => {
                self.edit(*seq)?;
                self.rows.remove(seq);
                self.downs.remove(seq);
            }
        }
        Ok(())
    }

    fn edit(&mut self, seq: i64) -> Result<&mut Held, DriverError> {
        self.rows
            .get_mut(&seq)
            .ok_or_else(|| other("a change of one row has changed 0"))
    }
}

#[derive(Default)]
pub(super) struct State {
    pub(super) database: Database,
    /// What sessions have asked for, from the last arming on.
    pub(super) log: Vec<String>,
    /// What has become of migrations, by session: `Insert 001_a`, ….
    pub(super) recorded: Vec<(usize, String)>,
    /// Whether the fault has taken place.
    pub(super) disturbed: bool,
    pub(super) killed: bool,
    /// Whether a claim is seen by others.
    pub(super) claims_are_seen: bool,
    pub(super) now: Duration,
    /// How often somebody else moves the history, and until when.
    pub(super) moves: Option<(Duration, Duration)>,
    fault: Option<(usize, Fault)>,
    sessions: usize,
    pub(super) commits: i64,
    commits_of: HashMap<usize, i64>,
    lock: Option<usize>,
    /// The session that tells others that it is alive.
    pub(super) claim: Option<usize>,
    /// After so many refusals a claim is taken over, as if its holder had stalled for too long.
    pub(super) patience: Option<usize>,
    refusals: usize,
}

/// The database, which survives its sessions.
#[derive(Clone, Default)]
pub(super) struct World(Arc<Mutex<State>>);

impl World {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A database that holds this already.
    pub(super) fn with(database: Database) -> Self {
        let world = Self::default();
        {
            let mut state = world.state();
            let sessions = database.rows.values().map(|held| held.by);
            state.sessions = sessions.max().unwrap_or(0);
            state.database = database;
            state.claims_are_seen = true;
        }
        world
    }

    pub(super) fn database(&self) -> Database {
        self.state().database.clone()
    }

    /// From now on the n-th action, from 0, has this fault.
    pub(super) fn arm(&self, fault: Option<(usize, Fault)>) {
        let mut state = self.state();
        state.log.clear();
        state.killed = false;
        state.disturbed = false;
        state.fault = fault;
    }

    pub(super) fn connect(&self) -> Fake {
        let mut state = self.state();
        state.sessions += 1;
        Fake {
            world: self.clone(),
            session: state.sessions,
            claimed: false,
        }
    }
}

impl State {
    /// Whether and how the action that is about to happen is disturbed.
    fn next(&mut self, session: usize, what: &str, may_be_busy: bool) -> Option<Fault> {
        let n = self.log.len();
        self.log.push(format!("{session} {what}"));
        let (at, fault) = self.fault?;
        let disturbed = match fault {
            Fault::Busy(times) => may_be_busy && (at..at.saturating_add(times)).contains(&n),
            Fault::Away => may_be_busy && at <= n,
            // A closure gives its answer itself: either it has had its effect, or it says that it failed. And a
            // driver knows of a statement that stands alone whether its answer was lost.
            Fault::Lost => at == n && what != "run" && !what.starts_with("execute INSERT"),
            Fault::Unheard(_) => at == n && (what == "commit" || what.starts_with("execute")),
            Fault::Fail(_) | Fault::Kill => at == n,
        };
        self.disturbed |= disturbed;
        disturbed.then_some(fault)
    }

    /// What a session sees change: the commits of all others.
    fn stamp(&self, session: usize) -> i64 {
        self.commits - self.commits_of.get(&session).copied().unwrap_or(0)
    }

    fn snapshot(&self, stamp: Option<i64>) -> Snapshot {
        let rows = self.database.rows.values().map(|held| held.row.clone());
        Snapshot {
            history: History::new(rows.collect()),
            stamp,
            exists: self.database.exists,
        }
    }

    fn committed(&mut self, session: usize) {
        self.commits += 1;
        *self.commits_of.entry(session).or_default() += 1;
    }

    fn note(&mut self, session: usize, change: &Change) {
        let id = |seq: i64| {
            let row = self.database.rows.get(&seq);
            row.map(|held| held.row.id.to_string()).unwrap_or_default()
        };
        let text = match change {
            Change::Insert(new) if new.row.progress == Progress::Applied => {
                format!("apply {}", new.row.id)
            }
            Change::Finish { seq, .. } => format!("apply {}", id(*seq)),
            Change::Delete { seq } => format!("revert {}", id(*seq)),
            Change::Rename { id, .. } => format!("rename {id}"),
            _ => return,
        };
        self.recorded.push((session, text));
    }
}

pub(super) fn other(message: &str) -> DriverError {
    DriverError::new(DriverErrorKind::Other, message)
}

fn busy() -> DriverError {
    DriverError::new(DriverErrorKind::Busy, "database is locked")
}

fn unheard() -> DriverError {
    DriverError::new(DriverErrorKind::Unknown, "the connection was lost")
}

/// Gives every other run the chance to go first.
async fn step_aside() {
    let mut first = true;
    std::future::poll_fn(move |_| {
        if std::mem::take(&mut first) {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    })
    .await;
}

/// A session.
pub(super) struct Fake {
    world: World,
    pub(super) session: usize,
    /// Whether it has the claim, as far as it knows.
    claimed: bool,
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.world.state().release(self.session);
    }
}

impl State {
    /// Nothing may be done any more by a session whose claim was taken over.
    fn fence(&self, session: usize, claimed: bool) -> Result<(), DriverError> {
        if claimed && self.claim != Some(session) {
            let message = "another run has taken over";
            return Err(DriverError::new(DriverErrorKind::Fenced, message));
        }
        Ok(())
    }

    /// How often somebody else has moved the history.
    fn moved(&self) -> i64 {
        let times = |(every, until): (Duration, Duration)| {
            self.now.min(until).as_millis() / every.as_millis()
        };
        i64::try_from(self.moves.map_or(0, times)).unwrap()
    }

    fn release(&mut self, session: usize) {
        if self.claim == Some(session) {
            self.claim = None;
        }
    }
}

/// One action: others may go first, the fault takes place, the effect happens.
async fn act<T>(
    world: &World,
    session: usize,
    what: &str,
    may_be_busy: bool,
    effect: impl FnOnce(&mut State) -> Result<T, DriverError>,
) -> Result<T, DriverError> {
    step_aside().await;
    let fault = world.state().next(session, what, may_be_busy);
    match fault {
        Some(Fault::Fail(kind)) => return Err(DriverError::new(kind, "it was made to fail")),
        Some(Fault::Busy(_)) => return Err(busy()),
        Some(Fault::Away) => {
            return Err(DriverError::new(DriverErrorKind::Away, "no node answers"));
        }
        Some(Fault::Kill) => {
            world.state().killed = true;
            return pending().await;
        }
        Some(Fault::Unheard(false)) => return Err(unheard()),
        Some(Fault::Lost | Fault::Unheard(true)) | None => {}
    }
    let answer = effect(&mut world.state())?;
    match fault {
        Some(Fault::Lost) => Err(other("the answer was lost")),
        Some(Fault::Unheard(_)) => Err(unheard()),
        _ => Ok(answer),
    }
}

/// What a statement leaves: the text between its first and its last quote, or all of it.
fn effect_of(sql: &str) -> String {
    let quoted = sql
        .split_once('\'')
        .and_then(|(_, rest)| rest.rsplit_once('\''));
    quoted.map_or(sql, |(text, _)| text).to_owned()
}

fn run(step: Native, effects: &mut Vec<String>) -> Result<Vec<Sql>, DriverError> {
    let closure = step.fake.ok_or_else(|| other("not a step of this fake"))?;
    closure(effects).map_err(|error| DriverError::new(DriverErrorKind::Step, error.to_string()))
}

impl Driver for Fake {
    type Transaction<'a> = FakeTransaction<'a>;

    fn name(&self) -> String {
        "`fake`".to_owned()
    }

    fn now(&self) -> Duration {
        self.world.state().now
    }

    async fn pause(&mut self, duration: Duration) {
        step_aside().await;
        self.world.state().now += duration;
    }

    fn stands_alone(&self, sql: &str, kind: StatementKind) -> bool {
        is_outside(kind) || (self.world.state().database.implicit && sql.starts_with("INSERT"))
    }

    fn asks_for_option(&self) -> bool {
        !self.world.state().database.implicit
    }

    fn wrong_closure(&self, step: &Native, _: bool) -> Option<&'static str> {
        step.fake.is_none().then_some("a list")
    }

    async fn look(&mut self, sql: &str) -> Result<Look, DriverError> {
        act(&self.world, self.session, "look", false, |state| {
            if sql.starts_with("VACUUM") {
                return Ok(Look::Repeatable);
            }
            Ok(Look::Trace(state.database.effects.len().to_string()))
        })
        .await
    }

    async fn settle(&mut self, _: &str, before: &str) -> Result<Settled, DriverError> {
        act(&self.world, self.session, "settle", false, |state| {
            if state.database.effects.len().to_string() == before {
                return Ok(Settled::NotDone);
            }
            Ok(Settled::Done)
        })
        .await
    }

    async fn recover(&mut self) -> Result<bool, DriverError> {
        act(&self.world, self.session, "recover", false, |_| Ok(true)).await
    }

    async fn history(&mut self) -> Result<Snapshot, DriverError> {
        act(&self.world, self.session, "history", true, |state| {
            Ok(state.snapshot(None))
        })
        .await
    }

    async fn pulse(&mut self) -> Option<i64> {
        act(&self.world, self.session, "pulse", false, |state| {
            Ok(state.commits + state.moved())
        })
        .await
        .ok()
    }

    async fn applied(&mut self) -> Result<(Snapshot, Vec<Applied>), DriverError> {
        act(&self.world, self.session, "applied", true, |state| {
            Ok((state.snapshot(None), Vec::new()))
        })
        .await
    }

    async fn stored_down(&mut self, seq: i64) -> Result<Vec<String>, DriverError> {
        act(&self.world, self.session, "stored_down", false, |state| {
            Ok(state.database.downs.get(&seq).cloned().unwrap_or_default())
        })
        .await
    }

    async fn begin(
        &mut self,
        foreign_keys: ForeignKeys,
    ) -> Result<FakeTransaction<'_>, DriverError> {
        let what = format!("begin {foreign_keys:?}");
        let (world, session, claimed) = (self.world.clone(), self.session, self.claimed);
        act(&self.world, session, &what, true, move |state| {
            state.fence(session, claimed)?;
            if state.lock.is_some() {
                return Err(busy());
            }
            state.lock = Some(session);
            Ok(FakeTransaction {
                world,
                session,
                changes: Vec::new(),
                effects: Vec::new(),
                creates: false,
                wipes: false,
                claimed,
                _driver: std::marker::PhantomData,
            })
        })
        .await
    }

    async fn execute(&mut self, sql: &str) -> Result<(), DriverError> {
        let (session, claimed) = (self.session, self.claimed);
        act(
            &self.world,
            session,
            &format!("execute {sql}"),
            true,
            |state| {
                state.fence(session, claimed)?;
                if state.lock.is_some() {
                    return Err(busy());
                }
                state.database.effects.push(effect_of(sql));
                state.committed(session);
                Ok(())
            },
        )
        .await
    }

    async fn run(&mut self, step: Native) -> Result<Vec<Sql>, DriverError> {
        let (session, claimed) = (self.session, self.claimed);
        act(&self.world, session, "run", false, |state| {
            state.fence(session, claimed)?;
            let sqls = run(step, &mut state.database.effects)?;
            state.committed(session);
            Ok(sqls)
        })
        .await
    }

    async fn claim(&mut self) -> Result<Claim, DriverError> {
        let session = self.session;
        let claim = act(&self.world, session, "claim", false, |state| {
            if !state.claims_are_seen {
                return Ok(Claim::Unknown);
            }
            if state.claim.is_some_and(|holder| holder != session) {
                state.refusals += 1;
                if state.patience.is_none_or(|most| state.refusals <= most) {
                    return Ok(Claim::HeldByAnother);
                }
            }
            state.refusals = 0;
            state.claim = Some(session);
            Ok(Claim::Taken)
        })
        .await?;
        self.claimed = claim == Claim::Taken;
        Ok(claim)
    }

    async fn release(&mut self) {
        self.claimed = false;
        self.world.state().release(self.session);
    }
}

pub(super) struct FakeTransaction<'a> {
    world: World,
    session: usize,
    changes: Vec<Change>,
    effects: Vec<String>,
    creates: bool,
    wipes: bool,
    claimed: bool,
    _driver: std::marker::PhantomData<&'a mut Fake>,
}

impl Drop for FakeTransaction<'_> {
    fn drop(&mut self) {
        self.world.state().lock = None;
    }
}

impl FakeTransaction<'_> {
    async fn act<T>(
        &mut self,
        what: &str,
        effect: impl FnOnce(&mut Self, &mut State) -> Result<T, DriverError>,
    ) -> Result<T, DriverError> {
        let (world, session) = (self.world.clone(), self.session);
        act(&world, session, what, true, |state| effect(self, state)).await
    }
}

impl Transaction for FakeTransaction<'_> {
    fn name(&self) -> String {
        "`fake`".to_owned()
    }

    fn now(&self) -> Duration {
        self.world.state().now
    }

    async fn pause(&mut self, duration: Duration) {
        step_aside().await;
        self.world.state().now += duration;
    }

    async fn changed_since(&mut self, stamp: Option<i64>) -> Result<Option<Snapshot>, DriverError> {
        self.act("changed_since", |tx, state| {
            let now = state.stamp(tx.session);
            Ok((stamp != Some(now)).then(|| state.snapshot(Some(now))))
        })
        .await
    }

    async fn create_history(&mut self) -> Result<(), DriverError> {
        self.act("create_history", |tx, _| {
            tx.creates = true;
            Ok(())
        })
        .await
    }

    async fn execute(&mut self, sql: &str) -> Result<(), DriverError> {
        self.act(&format!("tx execute {sql}"), |tx, _| {
            tx.effects.push(effect_of(sql));
            Ok(())
        })
        .await
    }

    async fn run(&mut self, step: Native) -> Result<Vec<Sql>, DriverError> {
        self.act("tx run", |tx, _| run(step, &mut tx.effects)).await
    }

    async fn record(&mut self, change: &Change) -> Result<(), DriverError> {
        self.act("record", |tx, state| {
            // A change that the table would refuse is refused here, not at the commit.
            let mut trial = tx.outcome(&state.database)?;
            trial.apply(change, tx.session)?;
            tx.changes.push(change.clone());
            Ok(())
        })
        .await
    }

    async fn wipe(&mut self) -> Result<(), DriverError> {
        self.act("wipe", |tx, _| {
            tx.wipes = true;
            Ok(())
        })
        .await
    }

    async fn commit(&mut self) -> Result<(), DriverError> {
        self.act("commit", |tx, state| {
            state.fence(tx.session, tx.claimed)?;
            for change in &tx.changes {
                state.note(tx.session, change);
            }
            state.database = tx.outcome(&state.database)?;
            state.committed(tx.session);
            Ok(())
        })
        .await
    }

    fn is_open(&self) -> bool {
        true
    }

    async fn rollback(mut self) -> Result<(), DriverError> {
        self.act("rollback", |_, _| Ok(())).await
    }
}

impl FakeTransaction<'_> {
    /// What the database would hold after a commit.
    fn outcome(&self, now: &Database) -> Result<Database, DriverError> {
        let mut database = if self.wipes {
            Database {
                implicit: now.implicit,
                ..Database::default()
            }
        } else {
            now.clone()
        };
        database.exists |= self.creates;
        database.effects.extend_from_slice(&self.effects);
        for change in &self.changes {
            database.apply(change, self.session)?;
        }
        Ok(database)
    }
}
