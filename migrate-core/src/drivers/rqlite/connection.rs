//! A cluster as a connection.

use std::fmt;

use migrate_schema::Dialect;

#[cfg(feature = "tokio")]
use std::{future::Future, pin::Pin};

#[cfg(feature = "tokio")]
use crate::migrator::{AsyncConnection, offload};
use crate::{
    error::Error,
    migrator::{Answer, Connection as Performs, Job, Stop, ready, sealed},
    url::fault,
};

use super::{driver::Rqlite, http::Cluster, target::Target};

/// A cluster of rqlite. Each question is a request of its own, so there is nothing that could break.
#[derive(Clone)]
pub struct Connection {
    pub(super) cluster: Cluster,
}

/// Names a cluster. Nothing is sent until something is asked of it.
///
/// # Errors
///
/// Where the URL is not one of rqlite; [`Error::is_usage`] is true.
///
/// ```
/// assert!(migrate_core::rqlite::connect("rqlite://ann:secret@node1:4001,node2").is_ok());
/// assert!(migrate_core::rqlite::connect("postgres://localhost/app").is_err());
/// ```
pub fn connect(url: &str) -> Result<Connection, Error> {
    let cluster = Cluster::new(Target::parse(url)?).map_err(|reason| fault(url, reason))?;
    Ok(Connection { cluster })
}

/// Without the password.
impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nodes = self.cluster.name();
        f.debug_struct("Connection").field("nodes", &nodes).finish()
    }
}

impl sealed::Sealed for Connection {}
#[cfg(feature = "tokio")]
impl sealed::AsyncSealed for Connection {}

impl Performs for Connection {
    fn perform(&mut self, job: &Job<'_>) -> Result<Answer, Error> {
        perform(self, job, None)
    }
}

/// The work is done on a thread of tokio's that may block. Where the future is dropped, what was not sent yet is not
/// sent.
#[cfg(feature = "tokio")]
impl AsyncConnection for Connection {
    fn perform_async<'a>(
        &'a mut self,
        job: &'a Job<'a>,
    ) -> Pin<Box<dyn Future<Output = Result<Answer, Error>> + Send + 'a>> {
        let connection = self.clone();
        offload(job, move |job, stop| perform(&connection, job, Some(stop)))
    }
}

fn perform(connection: &Connection, job: &Job<'_>, stop: Option<&Stop>) -> Result<Answer, Error> {
    let mut driver = Rqlite::new(connection, &job.session(), stop)
        .map_err(|error| Error::driver("cannot use this connection", error))?;
    ready(job.perform(&mut driver, Dialect::Sqlite))
}
