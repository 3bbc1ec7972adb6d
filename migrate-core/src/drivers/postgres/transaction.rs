//! A transaction that holds the lock: its row, which nobody else can lock while this one is open. Where the session
//! ends, however that happens, the server rolls back, and the lock is free.

use std::time::Duration;

use tokio_postgres::Transaction as Native;

use crate::{
    drivers::record::Reader,
    engine::driver::{DriverError, DriverErrorKind, Snapshot, Transaction},
    history::Change,
    sql::Sql,
};

use super::{
    claim::fenced,
    error::{At, code, error, step_error},
    facts::Server,
    link::{Canceller, Link},
    session::{Postgres, State, jittered},
    table::{Answers, ask, quote, read, text},
    wipe,
};

/// How long a run waits, at most, for the transaction in which another one makes the lock's table.
const MAKING: &str = "200ms";
/// How many columns the row of the lock has, and the row behind it.
const LOCK_COLUMNS: usize = 5;
const THERE_COLUMNS: usize = 3;
/// How often the server looks whether the client is still there, while it is at a statement.
const LOOK_AFTER_CLIENT: &str = "2s";

pub(crate) struct PgTransaction<'a> {
    /// Nothing behind a commit.
    transaction: Option<Native<'a>>,
    shared: Shared<'a>,
    locked: Locked,
    /// How often this transaction has moved the stamp.
    moved: i64,
}

struct Shared<'a> {
    name: String,
    started: std::time::Instant,
    canceller: Canceller,
    tables: &'a super::table::Tables,
    registry: &'a crate::registry::Registry,
    server: Server,
    moved: &'a mut i64,
    lock_made: &'a mut bool,
}

/// What was found when the lock was taken.
#[derive(Debug, Default)]
struct Locked {
    stamp: i64,
    holder: Option<String>,
    /// Whether the history is there.
    exists: bool,
    /// By which it can be seen that it is still this transaction.
    id: Option<String>,
    /// What is put back before the end.
    path: Option<String>,
    path_within: Option<String>,
    role: Option<String>,
}

impl<'a> PgTransaction<'a> {
    pub(super) async fn begin(driver: &'a mut Postgres) -> Result<Self, DriverError> {
        let canceller = driver.link.canceller();
        let Postgres { link, state } = driver;
        let (transaction, locked) = lock(link, state).await?;
        if state.lease.is_lost_to(locked.holder.as_deref()) {
            // It is rolled back when it is dropped.
            return Err(fenced());
        }
        Ok(Self {
            transaction: Some(transaction),
            shared: Shared {
                name: state.name(),
                started: state.started,
                canceller,
                tables: &state.tables,
                registry: &state.settings.registry,
                server: state.server(),
                moved: &mut state.moved,
                lock_made: &mut state.lock_made,
            },
            locked,
            moved: 0,
        })
    }

    fn open(&self) -> Result<&Native<'a>, DriverError> {
        self.transaction.as_ref().ok_or_else(|| {
            DriverError::new(DriverErrorKind::TransactionEnded, "the transaction is over")
        })
    }

    /// Fails where a step has ended the transaction.
    fn guard(&self) -> String {
        match &self.locked.id {
            Some(id) => format!(
                "SELECT 1 / (CASE WHEN txid_current_if_assigned() = {id} THEN 1 ELSE 0 END); "
            ),
            None => String::new(),
        }
    }

    /// Puts back what a migration has set beyond its end, such as the search path that `pg_dump` empties.
    fn restore(&self) -> String {
        let Locked {
            path: Some(path),
            path_within: Some(within),
            role: Some(role),
            ..
        } = &self.locked
        else {
            return String::new();
        };
        let (path, within, role) = (text(path), text(within), text(role));
        format!(
            "SELECT set_config('role', {role}, false) WHERE current_setting('role') <> {role}; \
             SELECT set_config('search_path', {path}, false) WHERE current_setting('search_path') <> {within}; "
        )
    }

    /// Sends what belongs to the history, if this is still the transaction.
    async fn write(&self, sql: &str) -> Result<Answers, DriverError> {
        let sql = format!("{}{}{sql}", self.guard(), self.restore());
        let answers = ask(self.open()?.client(), &sql).await;
        answers
            .and_then(Answers::whole)
            .map_err(|failed| match code(&failed) {
                Some("22012") => ended(),
                _ => self.shared.tables.error(failed),
            })
    }

    /// Whether it is still this transaction; a transaction that has failed is.
    async fn still_open(&self) -> Result<(), DriverError> {
        let guard = self.guard();
        if guard.is_empty() {
            return Ok(());
        }
        let answers = ask(self.open()?.client(), &guard).await;
        match answers.and_then(Answers::whole) {
            Ok(answers) if answers.get(0, 0).is_some() => Ok(()),
            // Nothing is compared where no number is assigned: then it is another transaction, or none.
            Ok(_) => Err(ended()),
            Err(failed) if code(&failed) == Some("22012") => Err(ended()),
            Err(failed) => Err(error(failed, At::Undone)),
        }
    }
}

fn ended() -> DriverError {
    DriverError::new(
        DriverErrorKind::TransactionEnded,
        "the transaction is over after this step",
    )
}

/// The search path with this schema before the others.
pub(super) fn search_path(schema: &str, local: bool) -> String {
    format!(
        "SELECT set_config('search_path', concat_ws(', ', {}, nullif(current_setting('search_path'), '')), {local})",
        text(&quote(schema))
    )
}

/// The settings of a transaction, as statements with an answer each.
fn settings(state: &State, own: bool) -> String {
    let session = &state.settings;
    let mut sql = String::new();
    // The connection is nobody else's, so what an earlier migration has set can go.
    if own && state.server() == Server::Postgres {
        sql += "RESET ALL; ";
    }
    sql += "SELECT current_setting('search_path'), current_setting('role'); ";
    let limits = [
        ("lock_timeout", session.lock_timeout),
        ("statement_timeout", session.statement_timeout),
    ];
    for (name, limit) in limits {
        if let Some(limit) = limit {
            // 0 would be no limit at all.
            let milliseconds = limit.as_millis().clamp(1, 2_147_483_647);
            sql += &format!("SET LOCAL {name} = {milliseconds}; ");
        }
    }
    if state
        .facts
        .as_ref()
        .is_some_and(|facts| facts.sees_lost_clients)
    {
        sql += &format!("SET LOCAL client_connection_check_interval = '{LOOK_AFTER_CLIENT}'; ");
    }
    if let Some(schema) = &session.schema {
        sql += &format!("{}; ", search_path(schema, true));
    }
    sql
}

/// What takes the lock, and says what is there.
fn question(state: &State) -> String {
    let tables = &state.tables;
    let id = match state.server() {
        Server::Cockroach => "NULL",
        _ => "txid_current_if_assigned()",
    };
    format!(
        "{}; SELECT to_regclass({}) IS NOT NULL, {id}, current_setting('search_path')",
        tables.select_lock(),
        text(&tables.history())
    )
}

/// Begins, and takes the lock. Where its table is not there, it is made in the same transaction.
async fn lock<'a>(
    link: &'a mut Link,
    state: &mut State,
) -> Result<(Native<'a>, Locked), DriverError> {
    let own = matches!(link, Link::Own(_));
    let mut sql = settings(state, own);
    let making = !state.lock_made;
    if making {
        sql += &format!(
            "SELECT set_config('migrate.lock_timeout', current_setting('lock_timeout'), true); \
             SET LOCAL lock_timeout = '{MAKING}'; {}; ",
            state.tables.create_lock()
        );
    }
    sql += &question(state);
    if making {
        sql += "; SELECT set_config('lock_timeout', current_setting('migrate.lock_timeout'), true)";
    }
    let transaction = link
        .client_mut()
        .transaction()
        .await
        .map_err(|failed| error(failed, At::Undone))?;
    let answers = ask(transaction.client(), &sql)
        .await
        .map_err(|failed| error(failed, At::Undone))?;
    let at = usize::from(own && state.server() == Server::Postgres);
    match Locked::of(answers, at, state) {
        Ok(locked) => Ok((transaction, locked)),
        Err(failed) => {
            // Only then it can be tried again at once.
            transaction
                .rollback()
                .await
                .map_err(|failed| error(failed, At::Undone))?;
            Err(failed)
        }
    }
}

impl Locked {
    /// Reads the answers: one says how it was before, at `before`; the row of the lock is the one that has most columns.
    fn of(answers: Answers, before: usize, state: &mut State) -> Result<Self, DriverError> {
        if let Some(failed) = answers.failed {
            return Err(match code(&failed) {
                // It was dropped meanwhile, or somebody else has just made it: try again.
                Some("42P01" | "23505" | "42P07" | "42710" | "XX000") => {
                    state.lock_made = false;
                    DriverError {
                        kind: DriverErrorKind::Busy,
                        ..error(failed, At::Undone)
                    }
                }
                _ => state.tables.error(failed),
            });
        }
        let get = |row: Option<&tokio_postgres::SimpleQueryRow>, column: usize| {
            let text = row.and_then(|row| row.try_get(column).ok().flatten());
            text.map(str::to_owned)
        };
        let row = |columns: usize| {
            let mut rows = answers.rows.iter().flatten();
            rows.find(|row| row.columns().len() == columns)
        };
        let Some(lock) = row(LOCK_COLUMNS) else {
            state.lock_made = false;
            return Err(DriverError::new(
                DriverErrorKind::Busy,
                "the lock has lost its row",
            ));
        };
        let first = answers.rows.get(before).and_then(|rows| rows.first());
        let there = row(THERE_COLUMNS);
        let stamp = get(Some(lock), 0).and_then(|stamp| stamp.parse().ok());
        Ok(Self {
            stamp: stamp.unwrap_or_default(),
            holder: get(Some(lock), 3),
            exists: get(there, 0).as_deref() == Some("t"),
            id: get(there, 1),
            path: get(first, 0),
            role: get(first, 1),
            path_within: get(there, 2),
        })
    }
}

impl Transaction for PgTransaction<'_> {
    fn name(&self) -> String {
        self.shared.name.clone()
    }

    fn now(&self) -> Duration {
        self.shared.started.elapsed()
    }

    async fn pause(&mut self, duration: Duration) {
        tokio::time::sleep(jittered(duration)).await;
    }

    async fn changed_since(&mut self, stamp: Option<i64>) -> Result<Option<Snapshot>, DriverError> {
        // What this session has written itself is no change.
        let now = self.locked.stamp - *self.shared.moved;
        if stamp == Some(now) {
            return Ok(None);
        }
        let stamp = Some(now);
        if !self.locked.exists {
            return Ok(Some(Snapshot {
                stamp,
                ..Snapshot::default()
            }));
        }
        let tables = self.shared.tables;
        let answers = ask(self.open()?.client(), &tables.select(false))
            .await
            .and_then(Answers::whole)
            .map_err(|failed| tables.error(failed))?;
        let rows = answers.rows.first().map(Vec::as_slice).unwrap_or_default();
        let (history, _) = read(tables, rows, Reader::new(self.shared.registry))?;
        Ok(Some(Snapshot {
            history,
            stamp,
            exists: true,
        }))
    }

    async fn create_history(&mut self) -> Result<(), DriverError> {
        let tables = self.shared.tables;
        self.moved += 1;
        let sql = format!("{}; {}", tables.create_history(), tables.move_stamp());
        self.write(&sql).await.map(drop)
    }

    async fn execute(&mut self, sql: &str) -> Result<(), DriverError> {
        let work = self.open()?.batch_execute(sql);
        let result = self.shared.canceller.guard(work).await;
        result.map_err(|failed| error(failed, At::Undone))
    }

    async fn run(&mut self, step: crate::native::Native) -> Result<Vec<Sql>, DriverError> {
        let Some(closure) = step.postgres else {
            return Err(DriverError::new(
                DriverErrorKind::Step,
                "the closure does not take `&tokio_postgres::Transaction<'_>`",
            ));
        };
        let work = closure(self.open()?);
        match self.shared.canceller.guard(work).await {
            Ok(sqls) => {
                self.still_open().await?;
                Ok(sqls)
            }
            Err(failed) => Err(match self.still_open().await {
                Err(ended) if ended.kind == DriverErrorKind::TransactionEnded => ended,
                _ => step_error(failed),
            }),
        }
    }

    async fn record(&mut self, change: &Change) -> Result<(), DriverError> {
        let answers = self.write(&self.shared.tables.record(change)).await?;
        self.moved += 1;
        match answers.counts.as_slice() {
            [.., 1, 1] => Ok(()),
            [.., rows, 1] => Err(self
                .shared
                .tables
                .corrupt(&format!("a change of one row has changed {rows}"))),
            _ => Err(self.shared.tables.corrupt(&"the lock has lost its row")),
        }
    }

    async fn wipe(&mut self) -> Result<(), DriverError> {
        let tables = self.shared.tables;
        let work = wipe::wipe(self.open()?.client(), tables, self.shared.server);
        self.shared.canceller.guard(work).await
    }

    async fn commit(&mut self) -> Result<(), DriverError> {
        self.open()?;
        if let Some(transaction) = self.transaction.take() {
            transaction
                .commit()
                .await
                .map_err(|failed| error(failed, At::Effect))?;
        }
        *self.shared.moved += self.moved;
        *self.shared.lock_made = true;
        Ok(())
    }

    fn is_open(&self) -> bool {
        self.transaction.is_some()
    }

    async fn rollback(mut self) -> Result<(), DriverError> {
        match self.transaction.take() {
            Some(transaction) => transaction
                .rollback()
                .await
                .map_err(|failed| error(failed, At::Undone)),
            None => Ok(()),
        }
    }
}
