//! The entrance: what an application calls.

use std::{
    future::Future,
    pin::pin,
    sync::Arc,
    task::{Context as TaskContext, Poll, Waker},
    time::Duration,
};

use migrate_schema::Dialect;

use crate::{
    engine::{
        self, AppliedBy, Context,
        driver::{Driver, DriverError, DriverErrorKind},
    },
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
    timeout: Duration,
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
            timeout: Duration::from_secs(60),
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

/// A connection that a [`Migrator`] runs on: `rusqlite::Connection`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a connection that migrations can run on",
    note = "`&mut rusqlite::Connection` is one, with the feature `sqlite`"
)]
pub trait Connection: sealed::Sealed {
    #[doc(hidden)]
    fn perform(&mut self, job: &Job<'_>) -> Result<Answer, Error>;
}

mod sealed {
    pub trait Sealed {}
    #[cfg(feature = "sqlite")]
    impl Sealed for rusqlite::Connection {}
}

/// What a migrator asks of a connection. Not public API.
#[derive(Debug)]
pub struct Job<'a> {
    migrator: &'a Migrator,
    registry: &'a Registry,
    task: Task<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Task<'a> {
    Run(&'a Request),
    Plan(&'a Request),
    Status,
    Applied,
}

/// What a connection answers. Not public API.
#[derive(Debug)]
pub enum Answer {
    #[doc(hidden)]
    Report(Report),
    #[doc(hidden)]
    Plan(Plan),
    #[doc(hidden)]
    Status(Status),
    #[doc(hidden)]
    Applied(Vec<Applied>),
}

impl Job<'_> {
    async fn perform<D: Driver>(&self, driver: &mut D, dialect: Dialect) -> Result<Answer, Error> {
        let applied_by = AppliedBy::new(self.migrator.applied_by.as_deref());
        let context = Context {
            registry: self.registry,
            settings: &self.migrator.settings,
            dialect,
            timeout: self.migrator.timeout,
            observer: &*self.migrator.observer,
            applied_by: &applied_by,
        };
        Ok(match self.task {
            Task::Run(request) => Answer::Report(engine::run(driver, context, request).await?),
            Task::Plan(request) => Answer::Plan(engine::plan(driver, context, request).await?),
            Task::Status => {
                let (snapshot, applied) = engine::applied(driver, context).await?;
                Answer::Status(Status::new(&context.survey(&snapshot), applied))
            }
            Task::Applied => Answer::Applied(engine::applied(driver, context).await?.1),
        })
    }
}

#[cfg(feature = "sqlite")]
impl Connection for rusqlite::Connection {
    fn perform(&mut self, job: &Job<'_>) -> Result<Answer, Error> {
        let mut driver =
            crate::drivers::sqlite::Sqlite::new(self, &job.migrator.table, job.registry)
                .map_err(|error| Error::driver("cannot use this connection", error))?;
        ready(job.perform(&mut driver, Dialect::Sqlite))
    }
}

/// Every future of a blocking driver is ready at its first poll.
fn ready<T>(future: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    match pin!(future).poll(&mut TaskContext::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => {
            let error = DriverError::new(DriverErrorKind::Unfit, "a blocking driver has waited");
            Err(Error::driver("cannot run here", error))
        }
    }
}
