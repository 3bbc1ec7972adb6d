//! The entrance: what an application calls.

mod asynchronous;
mod connection;
#[cfg(all(feature = "tokio", any(feature = "sqlite", feature = "rqlite")))]
mod offload;
#[cfg(any(feature = "sqlite", feature = "rqlite"))]
mod ready;
#[cfg(any(feature = "sqlite", feature = "rqlite"))]
mod stop;

use std::{sync::Arc, time::Duration};

#[cfg(any(
    feature = "mysql",
    feature = "postgres",
    feature = "rqlite",
    feature = "sqlite"
))]
pub(crate) use connection::Session;
use connection::Task;
#[cfg(any(feature = "sqlite", feature = "rqlite", feature = "tokio"))]
pub(crate) use connection::sealed;
#[cfg(any(feature = "mysql", feature = "postgres"))]
pub(crate) use connection::sealed::{AsyncSealed, Sealed};
pub(crate) use connection::{Answer, Job};
pub use connection::{AsyncConnection, Connection};
#[cfg(all(feature = "tokio", any(feature = "sqlite", feature = "rqlite")))]
pub(crate) use offload::offload;
#[cfg(feature = "sqlite")]
pub(crate) use stop::Open;
#[cfg(any(feature = "sqlite", feature = "rqlite"))]
pub(crate) use {ready::ready, stop::Stop};

use crate::{
    error::Error,
    history::Applied,
    observer::{Observer, Report, Silent},
    plan::{Down, Plan, Policy, Request, Settings, Up},
    registry::Registry,
    status::Status,
};

/// Runs migrations on a connection that the application has.
///
/// ```
/// use migrate_core::prelude::*;
/// # pub struct CreateUsers;
/// # #[migration("20260215_create_users", up = "CREATE TABLE users (id INTEGER PRIMARY KEY)", down = "DROP TABLE users")]
/// # pub struct CreateUsers2;
/// # fn main() -> Result<(), migrate_core::Error> {
/// let mut connection = rusqlite::Connection::open_in_memory().unwrap();
/// let migrator = Migrator::new().environment("production");
///
/// assert_eq!(migrator.pending(&mut connection)?, ["20260215_create_users"]);
/// migrator.up(&mut connection)?;
/// assert!(migrator.is_applied(&mut connection, "20260215_create_users")?);
/// migrator.down(&mut connection)?;
/// assert_eq!(migrator.current_version(&mut connection)?, None);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Migrator {
    set: Option<String>,
    table: String,
    schema: Option<String>,
    timeout: Duration,
    lock_timeout: Option<Duration>,
    statement_timeout: Option<Duration>,
    lock_ttl: Duration,
    applied_by: Option<String>,
    settings: Settings,
    observer: Arc<dyn Observer>,
}

impl Default for Migrator {
    fn default() -> Self {
        Self::new()
    }
}

impl Migrator {
    /// All migrations that are linked into the program.
    pub fn new() -> Self {
        Self {
            set: None,
            table: "_migrations".to_owned(),
            schema: None,
            timeout: Duration::from_secs(60),
            lock_timeout: None,
            statement_timeout: None,
            lock_ttl: Duration::from_secs(15),
            applied_by: None,
            settings: Settings {
                environment: "development".to_owned(),
                changed: Policy::Error,
                missing: Policy::Error,
                out_of_order: Policy::Error,
                stored_down: false,
            },
            observer: Arc::new(Silent),
        }
    }

    /// The migrations of one set, which is mostly named after the crate that has them. Those of other sets
    /// in the program and in the history are left alone.
    pub fn of(set: impl Into<String>) -> Self {
        Self {
            set: Some(set.into()),
            ..Self::new()
        }
    }

    /// The environment, which `environments = […]` and [`Steps::environment`](crate::Steps::environment) see.
    ///
    /// **It is `development` unless it is set**, so an application that is deployed has to set it, or else it gets
    /// what is only meant for development.
    #[must_use]
    pub fn environment(mut self, environment: impl Into<String>) -> Self {
        self.settings.environment = environment.into();
        self
    }

    /// The table of the history, `_migrations` unless it is set.
    #[must_use]
    pub fn table(mut self, table: impl Into<String>) -> Self {
        self.table = table.into();
        self
    }

    /// How long to wait for a database that somebody else holds, counted anew whenever the history moves.
    /// A minute unless it is set.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The schema in which migrations run, and in which the table of the history is. On PostgreSQL it is the first of the
    /// search path of the run, and must be there; other databases have none, and refuse it.
    #[must_use]
    pub fn schema(mut self, schema: impl Into<String>) -> Self {
        self.schema = Some(schema.into());
        self
    }

    /// How long a statement of a migration waits for a lock that the application holds before the migration is taken
    /// back and tried again, until the [`timeout`](Self::timeout) is over. On servers only; what is set there counts
    /// unless it is set here.
    #[must_use]
    pub fn lock_timeout(mut self, timeout: Duration) -> Self {
        self.lock_timeout = Some(timeout);
        self
    }

    /// How long a statement of a migration may take before it fails. On servers only; what is set there counts unless
    /// it is set here.
    #[must_use]
    pub fn statement_timeout(mut self, timeout: Duration) -> Self {
        self.statement_timeout = Some(timeout);
        self
    }

    /// How long a run that works outside a transaction may show no sign of life before another one takes over from it: 15
    /// seconds unless it is set. On servers only; where a run can see that the other's session is at an end, it does not
    /// wait for that.
    #[must_use]
    pub fn lock_ttl(mut self, time_to_live: Duration) -> Self {
        self.lock_ttl = time_to_live;
        self
    }

    /// Who is recorded as having applied a migration; `user@host` unless it is set.
    #[must_use]
    pub fn applied_by(mut self, who: impl Into<String>) -> Self {
        self.applied_by = Some(who.into());
        self
    }

    /// What to do where the SQL of an applied migration has changed. [`Policy::Error`] unless it is set.
    /// Where only the Rust code of a step has changed, it is at most a warning.
    #[must_use]
    pub fn changed(mut self, policy: Policy) -> Self {
        self.settings.changed = policy;
        self
    }

    /// What to do where the program does not have an applied migration: it is older than the database, or the
    /// migration was removed. [`Policy::Error`] unless it is set. With [`Policy::Warn`], a way down takes such
    /// a migration out of the history.
    #[must_use]
    pub fn missing(mut self, policy: Policy) -> Self {
        self.settings.missing = policy;
        self
    }

    /// What to do where a pending migration comes before one of its set that is applied. [`Policy::Error`] unless
    /// it is set, because the migrations were checked in their order.
    #[must_use]
    pub fn out_of_order(mut self, policy: Policy) -> Self {
        self.settings.out_of_order = policy;
        self
    }

    /// On a way down, take back what the program no longer has by the SQL that was stored when it was applied.
    #[must_use]
    pub fn stored_down(mut self, stored_down: bool) -> Self {
        self.settings.stored_down = stored_down;
        self
    }

    /// Who is told what happens.
    #[must_use]
    pub fn observer(mut self, observer: impl Observer) -> Self {
        self.observer = Arc::new(observer);
        self
    }

    /// Applies everything that is pending, in one batch.
    ///
    /// # Errors
    ///
    /// Where the request is refused, or a migration fails: that one is rolled back whole, and
    /// [`Error::report`] has what was applied before it.
    pub fn up<C: Connection>(&self, connection: &mut C) -> Result<Report, Error> {
        self.run(connection, &Request::Up(Up::All))
    }

    /// Takes back the last batch.
    ///
    /// # Errors
    ///
    /// As [`up`](Self::up); also where one of the migrations cannot be taken back, and then nothing is done.
    pub fn down<C: Connection>(&self, connection: &mut C) -> Result<Report, Error> {
        self.run(connection, &Request::Down(Down::Batches(1)))
    }

    /// Does what a [`Request`] says.
    ///
    /// # Errors
    ///
    /// As [`up`](Self::up).
    pub fn run<C: Connection>(
        &self,
        connection: &mut C,
        request: &Request,
    ) -> Result<Report, Error> {
        match self.perform(connection, Task::Run(request))? {
            Answer::Report(report) => Ok(report),
            _ => Err(Error::unanswered()),
        }
    }

    /// What a request would do. Writes nothing, not even the table of the history.
    ///
    /// # Errors
    ///
    /// Where the request would be refused.
    pub fn plan<C: Connection>(
        &self,
        connection: &mut C,
        request: &Request,
    ) -> Result<Plan, Error> {
        match self.perform(connection, Task::Plan(request))? {
            Answer::Plan(plan) => Ok(plan),
            _ => Err(Error::unanswered()),
        }
    }

    /// The state of every migration. Writes nothing.
    ///
    /// # Errors
    ///
    /// Where no migration is linked, or the history cannot be read.
    pub fn status<C: Connection>(&self, connection: &mut C) -> Result<Status, Error> {
        match self.perform(connection, Task::Status)? {
            Answer::Status(status) => Ok(status),
            _ => Err(Error::unanswered()),
        }
    }

    /// What is applied, in the order in which it was.
    ///
    /// # Errors
    ///
    /// As [`status`](Self::status).
    pub fn applied<C: Connection>(&self, connection: &mut C) -> Result<Vec<Applied>, Error> {
        match self.perform(connection, Task::Applied)? {
            Answer::Applied(applied) => Ok(applied),
            _ => Err(Error::unanswered()),
        }
    }

    /// The ids of what is pending, in the order in which it would run.
    ///
    /// # Errors
    ///
    /// As [`status`](Self::status).
    pub fn pending<C: Connection>(&self, connection: &mut C) -> Result<Vec<String>, Error> {
        Ok(self
            .status(connection)?
            .pending()
            .map(|one| one.id.clone())
            .collect())
    }

    /// The id of the migration that was applied last.
    ///
    /// # Errors
    ///
    /// As [`status`](Self::status).
    pub fn current_version<C: Connection>(
        &self,
        connection: &mut C,
    ) -> Result<Option<String>, Error> {
        Ok(self.status(connection)?.current().map(|one| one.id.clone()))
    }

    /// Whether a migration is applied; it may be named as anywhere: by id, `set/id`, version or name.
    ///
    /// # Errors
    ///
    /// As [`status`](Self::status); and where there is no such migration.
    pub fn is_applied<C: Connection>(&self, connection: &mut C, id: &str) -> Result<bool, Error> {
        self.status(connection)?.is_applied(id)
    }

    /// The migrations in the order in which they run.
    ///
    /// # Errors
    ///
    /// Where none is linked, or two of them claim one version.
    pub fn registry(&self) -> Result<Registry, Error> {
        Ok(Registry::linked(self.set.as_deref())?)
    }

    /// What of a database belongs to somebody else: the tables of the history.
    #[cfg(feature = "schema")]
    pub(crate) fn scope(&self) -> migrate_schema::schema::live::Scope {
        let own = |table: &str| [table.to_owned(), format!("{table}_lock")];
        let mut left_out = own(&self.table).to_vec();
        left_out.extend(own("_migrations"));
        migrate_schema::schema::live::Scope { left_out }
    }

    #[cfg(feature = "schema")]
    pub(crate) fn environment_name(&self) -> &str {
        &self.settings.environment
    }

    #[cfg(feature = "schema")]
    pub(crate) fn definitions<C: Connection>(&self, connection: &mut C) -> Result<Answer, Error> {
        self.perform_with(connection, &Registry::none(), Task::Definitions)
    }

    #[cfg(feature = "schema")]
    pub(crate) fn alter<C: Connection>(
        &self,
        connection: &mut C,
        alter: &crate::engine::alter::Alter,
    ) -> Result<Answer, Error> {
        self.perform_with(connection, &Registry::none(), Task::Alter(alter))
    }

    fn perform<C: Connection>(&self, connection: &mut C, task: Task<'_>) -> Result<Answer, Error> {
        let registry = self.registry()?;
        self.perform_with(connection, &registry, task)
    }

    fn perform_with<C: Connection>(
        &self,
        connection: &mut C,
        registry: &Registry,
        task: Task<'_>,
    ) -> Result<Answer, Error> {
        connection.perform(&Job {
            migrator: self,
            registry,
            task,
        })
    }
}
