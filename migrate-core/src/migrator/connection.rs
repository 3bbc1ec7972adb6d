//! The connections that a migrator runs on, and what it asks of them.

use std::{
    future::Future,
    pin::{Pin, pin},
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
    observer::Report,
    plan::{Plan, Request},
    registry::Registry,
    status::Status,
};

use super::Migrator;

/// A connection that a [`Migrator`] runs on: `rusqlite::Connection`, `rqlite::Connection`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a connection that migrations can run on",
    note = "`&mut rusqlite::Connection` is one, with the feature `sqlite`",
    note = "`&mut migrate_core::rqlite::Connection` is one, with the feature `rqlite`"
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
    note = "`rusqlite::Connection` is one for `up`, `run` and their kin, without `_async`"
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
    #[cfg(feature = "sqlite")]
    impl Sealed for rusqlite::Connection {}
    impl Sealed for crate::Database {}
    #[cfg(feature = "rqlite")]
    impl Sealed for crate::rqlite::Connection {}
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
        })
    }
}

#[cfg(feature = "sqlite")]
impl Connection for rusqlite::Connection {
    fn perform(&mut self, job: &Job<'_>) -> Result<Answer, Error> {
        let mut driver = crate::drivers::sqlite::Sqlite::new(self, &job.session())
            .map_err(|error| Error::driver("cannot use this connection", error))?;
        ready(job.perform(&mut driver, Dialect::Sqlite))
    }
}

#[cfg(feature = "rqlite")]
impl Connection for crate::rqlite::Connection {
    fn perform(&mut self, job: &Job<'_>) -> Result<Answer, Error> {
        let mut driver = crate::drivers::rqlite::Rqlite::new(self, &job.session())
            .map_err(|error| Error::driver("cannot use this connection", error))?;
        ready(job.perform(&mut driver, Dialect::Sqlite))
    }
}

/// Every future of a blocking driver is ready at its first poll.
#[allow(dead_code, reason = "not every driver blocks")]
fn ready<T>(future: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    match pin!(future).poll(&mut TaskContext::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => {
            let error = DriverError::new(DriverErrorKind::Unfit, "a blocking driver has waited");
            Err(Error::driver("cannot run here", error))
        }
    }
}
