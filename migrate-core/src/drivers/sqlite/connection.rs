//! The connections of SQLite that an application has.

use std::sync::{Arc, Mutex, PoisonError};

use migrate_schema::Dialect;
use rusqlite::Connection as Native;

#[cfg(feature = "tokio")]
use std::{future::Future, pin::Pin};

#[cfg(feature = "tokio")]
use crate::migrator::{AsyncConnection, offload};
use crate::{
    error::Error,
    migrator::{Answer, Connection, Job, Stop, ready, sealed},
};

use super::Sqlite;

impl sealed::Sealed for Native {}
impl sealed::Sealed for Arc<Mutex<Native>> {}
#[cfg(feature = "tokio")]
impl sealed::AsyncSealed for Arc<Mutex<Native>> {}

impl Connection for Native {
    fn perform(&mut self, job: &Job<'_>) -> Result<Answer, Error> {
        perform(self, job, None)
    }
}

/// One that others use too. It is theirs again when the run is over.
impl Connection for Arc<Mutex<Native>> {
    fn perform(&mut self, job: &Job<'_>) -> Result<Answer, Error> {
        perform(&mut lock(self), job, None)
    }
}

/// The work is done on a thread of tokio's that may block, so nobody waits for the disk or a lock. Where the future is
/// dropped, the statement at work is interrupted, and its migration rolled back.
#[cfg(feature = "tokio")]
impl AsyncConnection for Arc<Mutex<Native>> {
    fn perform_async<'a>(
        &'a mut self,
        job: &'a Job<'a>,
    ) -> Pin<Box<dyn Future<Output = Result<Answer, Error>> + Send + 'a>> {
        let shared = Self::clone(self);
        offload(job, move |job, stop| {
            perform(&mut lock(&shared), job, Some(stop))
        })
    }
}

/// A panic of somebody else has left no transaction open: those of rusqlite end with the stack.
fn lock(shared: &Mutex<Native>) -> std::sync::MutexGuard<'_, Native> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn perform(connection: &mut Native, job: &Job<'_>, stop: Option<&Stop>) -> Result<Answer, Error> {
    let driver = Sqlite::new(connection, &job.session())
        .map_err(|error| Error::driver("cannot use this connection", error))?;
    let mut driver = driver.stopped_by(stop);
    ready(job.perform(&mut driver, Dialect::Sqlite))
}
