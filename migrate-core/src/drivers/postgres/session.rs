//! A session: the driver itself.

use std::time::{Duration, Instant};

use migrate_schema::StatementKind;
use tokio_postgres::SimpleQueryRow;

use crate::{
    drivers::record::Reader,
    engine::driver::{
        Claim, Driver, DriverError, DriverErrorKind, ForeignKeys, Look, Settled, Snapshot,
    },
    history::Applied,
    migrator::Session,
    native::Native,
    registry::Registry,
    sql::Sql,
    steps::is_outside,
};

use super::{
    claim::Lease,
    error::{At, code, error, step_error},
    facts::{self, Facts, Server},
    lent::Lent,
    link::{Link, Own},
    table::{Answers, Tables, ask, quote, read},
    trace,
    transaction::PgTransaction,
    url::Target,
};

/// A session on the application's connection, or on one of its own.
pub(crate) struct Postgres {
    pub(super) link: Link,
    pub(super) state: State,
}

/// What the migrator wants.
pub(super) struct Settings {
    pub(super) registry: Registry,
    pub(super) schema: Option<String>,
    pub(super) lock_timeout: Option<Duration>,
    pub(super) statement_timeout: Option<Duration>,
    pub(super) lock_ttl: Duration,
}

/// What is known of a session, beside its connection.
pub(super) struct State {
    pub(super) settings: Settings,
    pub(super) tables: Tables,
    pub(super) facts: Option<Facts>,
    pub(super) started: Instant,
    name: Option<String>,
    /// How often this session has moved the stamp: what is left without that are the others.
    pub(super) moved: i64,
    /// Whether the table of the lock is there.
    pub(super) lock_made: bool,
    pub(super) lease: Lease,
    /// What was there before the statement that was looked at last.
    pub(super) looked: Option<String>,
}

impl State {
    pub(super) fn name(&self) -> String {
        match (&self.name, &self.facts) {
            (Some(name), _) => name.clone(),
            (None, Some(facts)) => format!("`{}`", facts.database),
            (None, None) => "the PostgreSQL database".to_owned(),
        }
    }

    pub(super) fn server(&self) -> Server {
        self.facts
            .as_ref()
            .map_or(Server::Postgres, |facts| facts.server)
    }

    /// Refuses what can only be read.
    fn writable(&self) -> Result<(), DriverError> {
        let facts = self.facts.as_ref();
        if let Some(why) = facts.and_then(|facts| facts.read_only) {
            let message = format!("cannot write to {}: {why}", self.name());
            return Err(DriverError::new(DriverErrorKind::Unfit, message));
        }
        if self.tables.schema.is_none() {
            return Err(DriverError::new(
                DriverErrorKind::Unfit,
                format!(
                    "no schema of the search path of {} exists: create one (CREATE SCHEMA …), or choose another one",
                    self.name()
                ),
            ));
        }
        Ok(())
    }
}

impl Postgres {
    /// On the application's connection.
    pub(super) fn given(lent: Lent, session: &Session<'_>) -> Result<Self, DriverError> {
        Self::new(Link::Given(lent), session, None)
    }

    /// On a connection of its own.
    pub(super) async fn connect(
        target: &Target,
        session: &Session<'_>,
    ) -> Result<Self, DriverError> {
        let name = target.name.clone();
        Self::new(Link::Own(Own::connect(target).await?), session, Some(name))
    }

    fn new(link: Link, session: &Session<'_>, name: Option<String>) -> Result<Self, DriverError> {
        let state = State {
            tables: Tables::new(session.table, session.schema)?,
            facts: None,
            started: Instant::now(),
            name,
            moved: 0,
            lock_made: false,
            lease: Lease::new(session.lock_ttl),
            looked: None,
            settings: Settings {
                registry: session.registry.clone(),
                schema: session.schema.map(str::to_owned),
                lock_timeout: session.lock_timeout,
                statement_timeout: session.statement_timeout,
                lock_ttl: session.lock_ttl,
            },
        };
        Ok(Self { link, state })
    }

    /// Ends a connection of its own in good order.
    pub(crate) async fn close(self) {
        if let Link::Own(own) = self.link {
            own.close().await;
        }
    }

    /// Asks, together with what has to be known first.
    async fn ask(&mut self, sql: &str) -> Result<Answers, DriverError> {
        let known = self.state.facts.is_some();
        let sql = match known {
            true => sql.to_owned(),
            false => format!("{}; {sql}", facts::question(&self.state.tables)),
        };
        let mut answers = ask(self.link.client(), &sql)
            .await
            .map_err(|failed| error(failed, At::Undone))?;
        if known {
            return Ok(answers);
        }
        if answers.rows.is_empty() {
            return Err(match answers.failed.take() {
                Some(failed) if code(&failed) == Some("25P02") => DriverError::new(
                    DriverErrorKind::Unfit,
                    "the connection is inside a transaction that has failed: roll it back first",
                )
                .with_source(failed),
                Some(failed) => error(failed, At::Undone),
                None => DriverError::new(DriverErrorKind::Other, "the server has not answered"),
            });
        }
        self.state.lock_made = answers.get(0, 8) == Some("t");
        self.state.facts = Some(facts::taken(&answers, &mut self.state.tables)?);
        answers.rows.remove(0);
        answers.counts.remove(0);
        Ok(answers)
    }

    /// Knows what has to be known, and that something can be written.
    pub(super) async fn ready(&mut self) -> Result<(), DriverError> {
        if self.state.facts.is_none() {
            let answers = self.ask("SELECT 1").await?;
            answers
                .whole()
                .map_err(|failed| error(failed, At::Undone))?;
        }
        self.state.writable()
    }

    async fn snapshot(&mut self, whole: bool) -> Result<(Snapshot, Vec<Applied>), DriverError> {
        let select = self.state.tables.select(whole);
        let mut answers = self.ask(&select).await?;
        if let Some(failed) = answers.failed.take() {
            return match code(&failed) {
                Some("42P01" | "3F000") => Ok(<_>::default()),
                _ => Err(self.state.tables.error(failed)),
            };
        }
        let registry = &self.state.settings.registry;
        let reader = if whole {
            Reader::whole(registry)
        } else {
            Reader::new(registry)
        };
        let rows = answers.rows.first().map(Vec::as_slice).unwrap_or_default();
        let (history, applied) = read(&self.state.tables, rows, reader)?;
        let snapshot = Snapshot {
            history,
            stamp: None,
            exists: true,
        };
        Ok((snapshot, applied))
    }

    /// The connection is there, and the claim is still its own. A session that was stalled for long is one that somebody else
    /// has ended, who has taken over.
    async fn at_hand(&mut self) -> Result<(), DriverError> {
        let mine = self.still_mine().await;
        if !self.link.client().is_closed() {
            return mine;
        }
        match self.recover().await? {
            true => Ok(()),
            false => mine,
        }
    }

    /// The search path of what runs outside a transaction. Gives what undoes it.
    async fn enter_schema(&self) -> Result<Option<String>, DriverError> {
        let Some(schema) = &self.state.settings.schema else {
            return Ok(None);
        };
        let sql = format!(
            "SELECT current_setting('search_path'); {}",
            super::transaction::search_path(schema, false)
        );
        let answers = ask(self.link.client(), &sql)
            .await
            .and_then(Answers::whole)
            .map_err(|failed| error(failed, At::Undone))?;
        let before = answers.get(0, 0).unwrap_or_default();
        Ok(Some(format!(
            "SELECT set_config('search_path', {}, false)",
            super::table::text(before)
        )))
    }

    async fn leave_schema(&self, undo: Option<String>) {
        if let Some(undo) = undo {
            // Only a lost connection is in its way, and what has been done counts for more.
            let _ = ask(self.link.client(), &undo).await;
        }
    }

    /// Sends a statement that is not in a transaction, and stops it when it takes too long.
    async fn send(&self, sql: &str) -> Result<(), DriverError> {
        let canceller = self.link.canceller();
        let work = canceller.guard(self.link.client().batch_execute(sql));
        let mut work = std::pin::pin!(work);
        let result = match self.state.settings.statement_timeout {
            None => work.await,
            Some(limit) => match tokio::time::timeout(limit, &mut work).await {
                Ok(result) => result,
                Err(_) => {
                    canceller.cancel().await;
                    work.await
                }
            },
        };
        result.map_err(|failed| error(failed, At::Effect))
    }

    /// A step outside a transaction must not leave one open.
    async fn in_autocommit(&self) -> Result<(), DriverError> {
        let client = self.link.client();
        let sql = "SELECT transaction_timestamp() = statement_timestamp()";
        let answers = ask(client, sql)
            .await
            .map_err(|failed| error(failed, At::Undone))?;
        let aborted = answers.failed.is_some();
        if !aborted && (answers.get(0, 0) == Some("t") || self.state.server() == Server::Cockroach)
        {
            return Ok(());
        }
        client
            .batch_execute("ROLLBACK")
            .await
            .map_err(|failed| error(failed, At::Undone))?;
        Err(DriverError::new(
            DriverErrorKind::Step,
            "the step left a transaction open; it was rolled back",
        ))
    }
}

/// How often, and after how long, it is tried to connect anew.
const RECONNECTS: usize = 20;
const RECONNECT_AFTER: Duration = Duration::from_millis(250);

/// Pauses of many that wait for one are not of the same length.
pub(super) fn jittered(pause: Duration) -> Duration {
    pause.mul_f64(0.5 + fastrand::f64())
}

/// What a statement is, by its first word, where every change of a schema is a transaction of its own.
fn changes_schema(sql: &str) -> bool {
    let names = migrate_schema::statement::names(sql, migrate_schema::Dialect::Postgres);
    let first = names.first().map(|word| word.to_ascii_lowercase());
    matches!(
        first.as_deref(),
        Some(
            "alter"
                | "analyze"
                | "backup"
                | "comment"
                | "create"
                | "drop"
                | "grant"
                | "import"
                | "reassign"
                | "refresh"
                | "reindex"
                | "restore"
                | "revoke"
                | "security"
                | "truncate"
        )
    )
}

impl Driver for Postgres {
    type Transaction<'a>
        = PgTransaction<'a>
    where
        Self: 'a;

    fn name(&self) -> String {
        self.state.name()
    }

    fn now(&self) -> Duration {
        self.state.started.elapsed()
    }

    async fn pause(&mut self, duration: Duration) {
        tokio::time::sleep(jittered(duration)).await;
    }

    fn stands_alone(&self, sql: &str, kind: StatementKind) -> bool {
        is_outside(kind) || (!self.asks_for_option() && changes_schema(sql))
    }

    fn asks_for_option(&self) -> bool {
        self.state.server() == Server::Postgres
    }

    fn wrong_closure(&self, step: &Native, transaction: bool) -> Option<&'static str> {
        match transaction {
            true if step.postgres.is_none() => {
                Some("`async |tx: &tokio_postgres::Transaction<'_>|`")
            }
            false if step.postgres_client.is_none() && self.asks_for_option() => Some(
                "`async |client: &tokio_postgres::Client|`, because the migration says `transaction = false`",
            ),
            false if step.postgres_client.is_none() => Some(
                "`async |client: &tokio_postgres::Client|`, because this database changes its schema outside of transactions",
            ),
            _ => None,
        }
    }

    async fn history(&mut self) -> Result<Snapshot, DriverError> {
        Ok(self.snapshot(false).await?.0)
    }

    async fn pulse(&mut self) -> Option<i64> {
        let sql = format!("SELECT stamp FROM {}", self.state.tables.lock());
        let answers = ask(self.link.client(), &sql).await.ok()?;
        match &answers.failed {
            None => answers.get(0, 0)?.parse().ok(),
            Some(failed) if code(failed) == Some("42P01") => Some(-1),
            Some(_) => None,
        }
    }

    async fn applied(&mut self) -> Result<(Snapshot, Vec<Applied>), DriverError> {
        self.snapshot(true).await
    }

    async fn rows(&mut self, sql: &str) -> Result<Vec<Vec<Option<String>>>, DriverError> {
        // The statements of one packet are one transaction.
        let sql = match &self.state.settings.schema {
            Some(schema) => format!("SET LOCAL search_path = {}; {sql}", quote(schema)),
            None => sql.to_owned(),
        };
        let answers = self.ask(&sql).await?.whole();
        let answers = answers.map_err(|failed| error(failed, At::Undone))?;
        let rows = answers.rows.last().map(Vec::as_slice).unwrap_or_default();
        let cell = |row: &SimpleQueryRow, at| row.get(at).map(str::to_owned);
        let cells = |row| {
            (0..SimpleQueryRow::len(row))
                .map(|at| cell(row, at))
                .collect()
        };
        Ok(rows.iter().map(cells).collect())
    }

    async fn stored_down(&mut self, seq: i64) -> Result<Vec<String>, DriverError> {
        let tables = &self.state.tables;
        let sql = format!("SELECT down FROM {} WHERE seq = {seq}", tables.history());
        let answers = ask(self.link.client(), &sql)
            .await
            .and_then(Answers::whole)
            .map_err(|failed| tables.error(failed))?;
        let text = answers.get(0, 0).unwrap_or_default();
        let statements = migrate_schema::statement::split(text, migrate_schema::Dialect::Postgres);
        let statements = statements.iter();
        Ok(statements
            .map(|statement| statement.text(text).to_owned())
            .collect())
    }

    async fn begin(&mut self, _: ForeignKeys) -> Result<PgTransaction<'_>, DriverError> {
        if self.state.lease.is_held() {
            self.at_hand().await?;
        }
        self.ready().await?;
        PgTransaction::begin(self).await
    }

    async fn execute(&mut self, sql: &str) -> Result<(), DriverError> {
        self.at_hand().await?;
        let undo = self.enter_schema().await?;
        let mut result = self.send(sql).await;
        if let Err(failed) = &mut result {
            trace::clean_up(self, sql, failed).await;
        }
        self.leave_schema(undo).await;
        result
    }

    async fn run(&mut self, step: Native) -> Result<Vec<Sql>, DriverError> {
        let Some(closure) = step.postgres_client else {
            return Err(DriverError::new(
                DriverErrorKind::Step,
                "the closure does not take `&tokio_postgres::Client`",
            ));
        };
        self.at_hand().await?;
        let undo = self.enter_schema().await?;
        let canceller = self.link.canceller();
        let result = canceller.guard(closure(self.link.client())).await;
        let result = result.map_err(step_error);
        // A closure that has failed may have left one open too.
        let closed = self.in_autocommit().await;
        self.leave_schema(undo).await;
        let sqls = result?;
        closed.map(|()| sqls)
    }

    async fn look(&mut self, sql: &str) -> Result<Look, DriverError> {
        match trace::look(self, sql).await {
            // Nothing was done yet, so it can be asked again.
            Err(failed) if self.link.client().is_closed() => match self.recover().await? {
                true => trace::look(self, sql).await,
                false => Err(failed),
            },
            look => look,
        }
    }

    async fn settle(&mut self, sql: &str, before: &str) -> Result<Settled, DriverError> {
        trace::settle(self, sql, before).await
    }

    async fn recover(&mut self) -> Result<bool, DriverError> {
        // An error that is no loss of the connection leaves it as it is.
        let client = self.link.client();
        if !client.is_closed() && client.check_connection().await.is_ok() {
            return Ok(true);
        }
        for _ in 0..RECONNECTS {
            if self.link.reconnect().await.is_ok() {
                break;
            }
            tokio::time::sleep(jittered(RECONNECT_AFTER)).await;
        }
        if self.link.client().is_closed() && !self.link.reconnect().await? {
            return Ok(false);
        }
        self.move_lease().await?;
        Ok(true)
    }

    async fn claim(&mut self) -> Result<Claim, DriverError> {
        self.ready().await?;
        self.take_lease().await
    }

    async fn release(&mut self) {
        self.give_lease_back().await;
    }
}
