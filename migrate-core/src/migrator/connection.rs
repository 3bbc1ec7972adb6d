//! The connections that a migrator runs on, and what it asks of them.

use std::{future::Future, pin::Pin, time::Duration};

use migrate_schema::Dialect;

#[cfg(feature = "schema")]
use crate::engine::alter::Alter;
use crate::{
    engine::{self, AppliedBy, Context, driver::Driver},
    error::Error,
    history::Applied,
    observer::Report,
    plan::{Plan, Request},
    registry::Registry,
    status::Status,
};

use super::Migrator;

/// A connection that a [`Migrator`] runs on: `rusqlite::Connection`, also as `Arc<Mutex<rusqlite::Connection>>`,
/// `rqlite::Connection`, and databases by URL.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a connection that migrations can run on",
    note = "`&mut rusqlite::Connection` is one, with the feature `sqlite`",
    note = "`&mut migrate_core::rqlite::Connection` is one, with the feature `rqlite`",
    note = "one that does not block, as that of tokio-postgres, is for `up_async`, `run_async` and their kin"
)]
pub trait Connection: sealed::Sealed {
    #[doc(hidden)]
    fn perform(&mut self, job: &Job<'_>) -> Result<Answer, Error>;
}

/// A connection that a [`Migrator`] runs on without blocking the thread: by [`Migrator::up_async`] and its kin. The
/// futures are `Send`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a connection that migrations can run on asynchronously",
    note = "`&mut mysql_async::Conn` is one, with the feature `mysql`",
    note = "`&mut tokio_postgres::Client` is one, with the feature `postgres`; of one that a pool has given, write `&mut **client`",
    note = "SQLite blocks, and what is borrowed cannot go to a thread that may: wrap it as `Arc<Mutex<rusqlite::Connection>>` (of std), with the feature `tokio`; or call `up`, `run` and their kin, without `_async`, inside `tokio::task::spawn_blocking`",
    note = "`&mut migrate_core::rqlite::Connection` is one, with the features `rqlite` and `tokio`"
)]
pub trait AsyncConnection: sealed::AsyncSealed {
    #[doc(hidden)]
    fn perform_async<'a>(
        &'a mut self,
        job: &'a Job<'a>,
    ) -> Pin<Box<dyn Future<Output = Result<Answer, Error>> + Send + 'a>>;
}

pub(crate) mod sealed {
    pub trait Sealed {}
    pub trait AsyncSealed {}
    impl Sealed for crate::Database {}
}

/// What a migrator asks of a connection. Not public API.
#[derive(Debug)]
pub struct Job<'a> {
    pub(super) migrator: &'a Migrator,
    pub(super) registry: &'a Registry,
    pub(super) task: Task<'a>,
}

/// What a driver is told of the session that it is to make.
#[allow(dead_code, reason = "the drivers of servers say all of it")]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Session<'a> {
    pub(crate) registry: &'a Registry,
    /// The table of the history.
    pub(crate) table: &'a str,
    pub(crate) schema: Option<&'a str>,
    pub(crate) lock_timeout: Option<Duration>,
    pub(crate) statement_timeout: Option<Duration>,
    /// How long another run's sign of life may be missing.
    pub(crate) lock_ttl: Duration,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Task<'a> {
    Run(&'a Request),
    Plan(&'a Request),
    Status,
    Applied,
    #[cfg(feature = "schema")]
    Definitions,
    #[cfg(feature = "schema")]
    Alter(&'a Alter),
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
    #[cfg(feature = "schema")]
    #[doc(hidden)]
    Definitions(Dialect, migrate_schema::schema::live::Definitions),
    #[cfg(feature = "schema")]
    #[doc(hidden)]
    Done,
}

impl Job<'_> {
    pub(crate) fn session(&self) -> Session<'_> {
        Session {
            registry: self.registry,
            table: &self.migrator.table,
            schema: self.migrator.schema.as_deref(),
            lock_timeout: self.migrator.lock_timeout,
            statement_timeout: self.migrator.statement_timeout,
            lock_ttl: self.migrator.lock_ttl,
        }
    }

    /// Does it on a driver.
    pub(crate) async fn perform<D: Driver>(
        &self,
        driver: &mut D,
        dialect: Dialect,
    ) -> Result<Answer, Error> {
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
            #[cfg(feature = "schema")]
            Task::Definitions => {
                let scope = self.migrator.scope();
                let definitions = engine::definitions(driver, context, &scope).await?;
                Answer::Definitions(dialect, definitions)
            }
            #[cfg(feature = "schema")]
            Task::Alter(alter) => {
                engine::alter::alter(driver, context, &self.migrator.scope(), alter).await?;
                Answer::Done
            }
        })
    }
}
