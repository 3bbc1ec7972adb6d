//! MySQL, MariaDB and Galera, by mysql_async: a database by its URL, and the connection that the application has.
//!
//! ```no_run
//! use migrate_core::{Migrator, mysql};
//!
//! # fn main() -> Result<(), migrate_core::Error> {
//! // Without a runtime; inside one, `up_async` does the same.
//! let mut database = mysql::open("mysql://app:secret@db.example/app?ssl-mode=verify_identity")?;
//! Migrator::new().up(&mut database)?;
//! # Ok(())
//! # }
//! ```
//!
//! An application's own connection, from a pool or not, is a `&mut mysql_async::Conn`:
//!
//! ```no_run
//! # use migrate_core::{Migrator, mysql::mysql_async};
//! # async fn run(pool: &mysql_async::Pool) -> Result<(), Box<dyn std::error::Error>> {
//! let mut connection = pool.get_conn().await?;
//! Migrator::new().up_async(&mut connection).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # What is different here
//!
//! These databases commit before and after every statement that changes the schema, so a migration is not one
//! transaction. It is done statement by statement: what changes rows is in a transaction together with its record;
//! what changes the schema is announced with a fingerprint of what it is about, and recorded behind. After a crash the
//! schema tells whether the statement ran, and the next run goes on there.
//!
//! A run that is at work has a lease in the table `_migrations_lock`, and renews it on a connection of its own. Who has
//! lost it changes nothing any more: each statement goes to the server together with the question whether the lease is
//! still the same. That holds between the nodes of a Galera cluster, too.
//!
//! Tables have to be of InnoDB; what changes rows of another engine takes effect by itself, and may do so twice.
//! `statement_timeout` ends any statement of MariaDB; MySQL itself knows one only for `SELECT`. What a step sets of the
//! session (`SET FOREIGN_KEY_CHECKS = 0`) is set again where the migration goes on in another session.
//!
//! A Rust step takes the connection: `steps.run("label", async |connection: &mut Line| { …; Ok(()) })`.

mod claim;
mod database;
mod error;
mod heartbeat;
mod link;
mod lock;
mod look;
mod server;
mod statement;
mod table;
mod transaction;
mod url;
mod wipe;

use std::time::{Duration, Instant};

use migrate_schema::StatementKind;
use mysql_async::Opts;

pub use database::{Database, connect, open};
pub use mysql_async;

use self::{
    heartbeat::Heartbeat,
    link::{Line, literal, number, text},
    lock::ROLLBACK,
    server::Variables,
    statement::Words,
    table::Table,
    transaction::MySqlTransaction,
};
use crate::{
    drivers::lease::Watch,
    engine::driver::{
        Claim, Driver, DriverError, DriverErrorKind, ForeignKeys, Look, Settled, Snapshot,
    },
    history::Applied,
    migrator::Session,
    native::Native,
    sql::Sql,
};

/// A subquery that has found more than one row: what the guard of a statement fails with.
const TWO_ROWS: u16 = 1242;

/// A session on somebody's connection, or on one of its own.
pub(crate) struct MySql {
    link: Line,
    /// Whether it can be opened anew: it is nobody else's.
    is_own: bool,
    table: Table,
    started: Instant,
    lock_ttl: Duration,
    lock_timeout: Option<Duration>,
    statement_timeout: Option<Duration>,
    /// By which this session is known in the lock; another one after every reconnection.
    holder: String,
    /// On which server the session is, since it is set up for writing.
    server: Option<String>,
    /// What puts the settings of the connection back.
    back: Vec<String>,
    /// The database of the connection, once it is known.
    database: Option<String>,
    /// What the steps have set of the session, in order.
    set_by_steps: Vec<String>,
    /// Whether both tables were there when this session last looked.
    has_tables: bool,
    /// Whether a transaction was left that has to be rolled back.
    left_open: bool,
    /// How many changes of the history are this session's own.
    mine: i64,
    lease: Option<Held>,
    watch: Watch,
    is_closed: bool,
}

/// The lease, while this session has it.
struct Held {
    token: i64,
    _heartbeat: Heartbeat,
}

impl MySql {
    pub(crate) fn new(
        link: Line,
        is_own: bool,
        session: &Session<'_>,
    ) -> Result<Self, DriverError> {
        if session.schema.is_some() {
            return Err(DriverError::new(
                DriverErrorKind::Unfit,
                "MySQL's schemas are its databases: leave `schema` out, and name the database in the URL",
            ));
        }
        if link.is_in_transaction() {
            return Err(inside_a_transaction());
        }
        Ok(Self {
            link,
            is_own,
            table: Table::new(session.table, session.registry)?,
            started: Instant::now(),
            lock_ttl: session.lock_ttl,
            lock_timeout: session.lock_timeout,
            statement_timeout: session.statement_timeout,
            holder: new_holder(),
            server: None,
            back: Vec::new(),
            database: None,
            set_by_steps: Vec::new(),
            has_tables: false,
            left_open: false,
            mine: 0,
            lease: None,
            watch: Watch::new(session.lock_ttl),
            is_closed: false,
        })
    }

    fn opts(&self) -> Opts {
        self.link.opts().clone()
    }

    /// What stands in front of the first statement, in its packet: what has to be known of the connection.
    fn first(&self) -> &'static str {
        if self.database.is_some() {
            ""
        } else {
            "SELECT DATABASE(), @@autocommit /*M!100000 , @@in_transaction */; "
        }
    }

    fn take_first(&mut self, rows: &[mysql_async::Row]) -> Result<(), DriverError> {
        let Some(row) = rows.first() else {
            return Ok(());
        };
        if !self.is_own && number(row, 2) == Some(1) {
            return Err(inside_a_transaction());
        }
        let database = text(row, 0).ok_or_else(no_database)?;
        self.table.set_database(database.clone());
        self.database = Some(database);
        if number(row, 1) == Some(0) {
            // What was read has begun a transaction, and it would be read in it ever again.
            self.left_open = true;
        }
        Ok(())
    }

    /// Rolls back what a transaction that was dropped has left.
    async fn tidy(&mut self) -> Result<(), DriverError> {
        if self.left_open && !self.link.is_lost() {
            self.link.tell(ROLLBACK).await.map_err(error::error)?;
        }
        self.left_open = false;
        Ok(())
    }

    /// Makes the session fit for writing: settings, the mark by which others see it, and the tables.
    async fn ready(&mut self) -> Result<(), DriverError> {
        self.tidy().await?;
        if self.is_to_be_replaced() {
            self.reconnect().await?;
        }
        if self.server.is_none() {
            self.set_up().await?;
        }
        if !self.has_tables {
            self.make_tables().await?;
        }
        Ok(())
    }

    async fn set_up(&mut self) -> Result<(), DriverError> {
        if self.database.is_none() {
            let first = self.first().trim_end_matches("; ");
            let rows = self.link.rows(first).await;
            self.take_first(&rows.map_err(error::error)?)?;
            self.tidy().await?;
        }
        let variables = Variables::read(&mut self.link).await;
        let variables = variables.map_err(error::error)?;
        variables.refuse_read_only()?;
        let (mut set, back) = variables.changes(self.lock_timeout, self.statement_timeout);
        let mark = literal(&lock::mark(&self.holder));
        set.push(format!("DO GET_LOCK({mark}, 0)"));
        self.back = back;
        server::set(&mut self.link, &set)
            .await
            .map_err(error::error)?;
        self.server = Some(variables.identity());
        Ok(())
    }

    async fn make_tables(&mut self) -> Result<(), DriverError> {
        let sql = format!(
            "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = {} AND TABLE_NAME IN {}",
            literal(self.table.database().unwrap_or_default()),
            link::list(&self.table.names()),
        );
        let rows = self.link.rows(&sql).await;
        let rows = rows.map_err(error::error)?;
        if rows.first().and_then(|row| number(row, 0)) != Some(2) {
            let made = async {
                lock::create(&mut self.link, &self.table).await?;
                self.table.create(&mut self.link).await
            };
            made.await.map_err(error::error)?;
        }
        self.has_tables = true;
        Ok(())
    }

    /// Opens the connection anew. What the old session was at is at an end then, and cannot go on.
    async fn reconnect(&mut self) -> Result<(), DriverError> {
        let opts = self.opts();
        let since = Instant::now();
        let connection = loop {
            match url::open(&opts).await {
                Ok(connection) => break connection,
                // A server that starts again takes some time.
                Err(_) if since.elapsed() < self.lock_ttl => {
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
                Err(failed) => {
                    let message = format!(
                        "the connection to the server is lost, and {} cannot be connected to any more: {}",
                        self.name(),
                        failed.message
                    );
                    return Err(DriverError { message, ..failed });
                }
            }
        };
        self.link.replace(connection);
        self.left_open = false;
        let was_set_up = self.server.take().is_some();
        let old = std::mem::replace(&mut self.holder, new_holder());
        if !was_set_up {
            return Ok(());
        }
        self.set_up().await?;
        for sql in &self.set_by_steps {
            self.link.tell(sql).await.map_err(error::error)?;
        }
        self.renew(&old).await
    }

    /// Whether the connection is lost, and another one can take its place.
    fn is_to_be_replaced(&self) -> bool {
        self.is_own && self.link.is_lost()
    }

    /// A step outside a transaction must leave none open, and the session as it was.
    async fn put_in_order(&mut self) -> Result<(), DriverError> {
        self.link.tell("SELECT 1").await.map_err(error::error)?;
        let open = self.link.is_in_transaction();
        if !self.link.is_autocommit() {
            if open {
                self.link.tell(ROLLBACK).await.map_err(error::error)?;
            }
            let set = self.link.tell("SET SESSION autocommit = 1").await;
            set.map_err(error::error)?;
        } else if open {
            self.link.tell(ROLLBACK).await.map_err(error::error)?;
        }
        if open {
            return Err(DriverError::new(
                DriverErrorKind::Step,
                "the step left a transaction open; it was rolled back",
            ));
        }
        Ok(())
    }

    /// What goes before a statement in its packet, so that it does not run once another run has the lease.
    fn guarded(&self, sql: &str) -> String {
        match &self.lease {
            Some(held) => format!("{}; {sql}", lock::guard(&self.table, held.token)),
            None => sql.to_owned(),
        }
    }

    /// Runs a statement that commits by itself.
    async fn alone(&mut self, sql: &str) -> Result<(), DriverError> {
        let packet = self.guarded(sql);
        let answer = self.link.ask(&packet).await;
        let Some(failed) = answer.error else {
            return Ok(());
        };
        if self.lease.is_some() && answer.sets.is_empty() && error::code(&failed) == Some(TWO_ROWS)
        {
            return Err(lock::fenced());
        }
        Err(error::unheard(failed))
    }

    /// Puts everything back, and ends the session if it is this driver's own.
    pub(crate) async fn close(mut self) {
        self.is_closed = true;
        let mut back = std::mem::take(&mut self.back);
        if self.server.is_some() {
            let mark = literal(&lock::mark(&self.holder));
            back.push(format!("DO RELEASE_LOCK({mark})"));
            // Only a step can have chosen another one.
            if let Some(database) = &self.database {
                back.push(format!("USE {}", link::quote(database)));
            }
        }
        // With a session of one's own all of it ends.
        if !self.is_own && !self.link.is_lost() {
            let _ = self.tidy().await;
            let _ = server::set(&mut self.link, &back).await;
        }
    }
}

impl Drop for MySql {
    /// A future that was dropped: nothing can be awaited here.
    fn drop(&mut self) {
        if self.is_closed || self.server.is_none() {
            return;
        }
        let interrupted = self.left_open || self.link.is_lost();
        if interrupted || self.lease.is_some() {
            claim::leave(
                self.opts(),
                interrupted.then(|| lock::mark(&self.holder)),
                lock::give_back(&self.table, &self.holder),
            );
        }
    }
}

impl Driver for MySql {
    type Transaction<'a>
        = MySqlTransaction<'a>
    where
        Self: 'a;

    fn name(&self) -> String {
        url::name(self.link.opts(), self.database.as_deref())
    }

    fn now(&self) -> Duration {
        self.started.elapsed()
    }

    async fn pause(&mut self, duration: Duration) {
        pause(duration).await;
    }

    fn stands_alone(&self, sql: &str, _: StatementKind) -> bool {
        Words::new(sql).commits()
    }

    /// All that changes a schema is of this kind.
    fn asks_for_option(&self) -> bool {
        false
    }

    fn sets_session(&self, sql: &str) -> bool {
        Words::new(sql).sets_session()
    }

    fn wrong_closure(&self, step: &Native, _: bool) -> Option<&'static str> {
        step.mysql
            .is_none()
            .then_some("`&mut mysql_async::Conn`, as an async closure")
    }

    async fn history(&mut self) -> Result<Snapshot, DriverError> {
        self.tidy().await?;
        let first = self.first();
        let mut read = self.table.read(&mut self.link, first, None).await;
        if read.is_err() && self.is_to_be_replaced() {
            self.reconnect().await?;
            read = self.table.read(&mut self.link, first, None).await;
        }
        let (rows, snapshot) = read?;
        self.take_first(&rows)?;
        Ok(snapshot)
    }

    async fn pulse(&mut self) -> Option<i64> {
        self.tidy().await.ok()?;
        if self.link.is_lost() {
            return None;
        }
        let row = lock::read(&mut self.link, &self.table).await.ok()?;
        Some(row.map_or(0, |row| row.changes))
    }

    async fn applied(&mut self) -> Result<(Snapshot, Vec<Applied>), DriverError> {
        self.tidy().await?;
        let first = self.first();
        let (rows, snapshot, applied) = self.table.applied(&mut self.link, first).await?;
        self.take_first(&rows)?;
        Ok((snapshot, applied))
    }

    async fn stored_down(&mut self, seq: i64) -> Result<Vec<String>, DriverError> {
        self.tidy().await?;
        let found = self.table.stored_down(&mut self.link, seq).await;
        if found.is_err() && self.is_to_be_replaced() {
            self.reconnect().await?;
            return self.table.stored_down(&mut self.link, seq).await;
        }
        found
    }

    async fn rows(&mut self, sql: &str) -> Result<Vec<Vec<Option<String>>>, DriverError> {
        self.tidy().await?;
        let rows = self.link.rows(sql).await.map_err(error::error)?;
        let cell = |value: Option<mysql_async::Value>| match value {
            Some(mysql_async::Value::Bytes(bytes)) => {
                Some(String::from_utf8_lossy(&bytes).into_owned())
            }
            // The text protocol has nothing else.
            _ => None,
        };
        let cells = |row: mysql_async::Row| row.unwrap_raw().into_iter().map(cell).collect();
        Ok(rows.into_iter().map(cells).collect())
    }

    async fn begin(&mut self, _: ForeignKeys) -> Result<MySqlTransaction<'_>, DriverError> {
        self.ready().await?;
        MySqlTransaction::begin(self.parts()).await
    }

    async fn execute(&mut self, sql: &str) -> Result<(), DriverError> {
        self.ready().await?;
        self.alone(sql).await?;
        if self.sets_session(sql) {
            self.set_by_steps.push(sql.to_owned());
        }
        if !self.link.is_autocommit() {
            let set = self.link.tell("SET SESSION autocommit = 1").await;
            set.map_err(error::error)?;
        }
        Ok(())
    }

    async fn run(&mut self, step: Native) -> Result<Vec<Sql>, DriverError> {
        let Some(closure) = step.mysql else {
            return Err(DriverError::new(
                DriverErrorKind::Step,
                "the closure does not take `&mut mysql_async::Conn`",
            ));
        };
        self.ready().await?;
        self.alone("DO 0").await?;
        let result = self.link.run(closure).await;
        // A closure that has failed may have left one open too.
        let order = self.put_in_order().await;
        let sqls = result.map_err(error::of_step)?;
        order.map(|()| sqls)
    }

    async fn look(&mut self, sql: &str) -> Result<Look, DriverError> {
        self.ready().await?;
        let found = look::look(&mut self.link, sql).await;
        if found.is_err() && self.is_to_be_replaced() {
            self.reconnect().await?;
            return look::look(&mut self.link, sql).await;
        }
        found
    }

    async fn settle(&mut self, sql: &str, before: &str) -> Result<Settled, DriverError> {
        self.ready().await?;
        match look::settle(&mut self.link, sql, before).await? {
            look::Found::Settled(settled) => Ok(settled),
            look::Found::Partly(rest) => {
                self.alone(&rest).await?;
                Ok(Settled::Done)
            }
        }
    }

    async fn recover(&mut self) -> Result<bool, DriverError> {
        if !self.is_own {
            return Ok(false);
        }
        self.reconnect().await?;
        Ok(true)
    }

    async fn claim(&mut self) -> Result<Claim, DriverError> {
        self.ready().await?;
        self.try_claim().await
    }

    async fn release(&mut self) {
        let _ = self.tidy().await;
        if self.lease.take().is_none() {
            return;
        }
        let back = lock::give_back(&self.table, &self.holder);
        if self.link.tell(&back).await.is_err() && self.is_to_be_replaced() {
            // Those on other nodes would wait until the lease runs out.
            if let Ok(connection) = url::open(self.link.opts()).await {
                self.link.replace(connection);
                let _ = self.link.tell(&back).await;
            }
        }
    }
}

/// A little longer or shorter each time, so that those who wait do not come back together.
async fn pause(duration: Duration) {
    let jitter = 0.75 + fastrand::f64() / 2.0;
    tokio::time::sleep(duration.mul_f64(jitter)).await;
}

fn new_holder() -> String {
    format!("{:032x}", fastrand::u128(..))
}

fn inside_a_transaction() -> DriverError {
    DriverError::new(
        DriverErrorKind::Unfit,
        "the connection is inside a transaction: commit it or roll it back first",
    )
}

fn no_database() -> DriverError {
    DriverError::new(
        DriverErrorKind::Unfit,
        "no database is chosen: name it in the URL, mysql://host/database",
    )
}
