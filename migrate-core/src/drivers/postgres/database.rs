//! A database by its URL, and the connections that migrations run on.

use std::{fmt, pin::Pin};

use migrate_schema::Dialect;
use tokio_postgres::Client;

use crate::{
    drivers::blocking::{self, unusable},
    error::Error,
    migrator::{Answer, AsyncConnection, AsyncSealed, Connection, Job, Sealed},
};

use super::{
    error::{At, error, unconnected},
    lent::lend,
    session::Postgres,
    url::Target,
};

/// A database by its URL. Each request makes a connection of its own, blocking or async.
#[derive(Clone)]
pub struct Database {
    target: Box<Target>,
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Database").field(&self.target.name).finish()
    }
}

/// A database by its URL: `postgres://user:password@host:port/database?…`, or `host=… user=…` in pairs. Nothing connects yet.
///
/// Parameters are those of [`tokio_postgres::Config`], and
///
/// - `sslmode`: `disable`; `prefer`, the default, and `require` encrypt, and trust whoever answers, as they do for
///   `psql`; `verify-ca` and `verify-full` ask for a certificate that an authority of the system has signed, the latter for
///   the name of the host;
/// - `sslrootcert`: a file in PEM with the authorities that are trusted instead; with it, `require` is `verify-ca`;
/// - `sslcert`, `sslkey`: files in PEM with which the client shows who it is.
///
/// A Unix socket is a folder in place of the host: `postgres:///app?host=/var/run/postgresql`.
///
/// # Errors
///
/// Where the URL cannot be read; [`Error::is_usage`] is true. No error shows what could be a secret.
///
/// ```
/// let database = migrate_core::postgres::open("postgres://app:secret@db.example/app?sslmode=verify-full");
/// # let Ok(database) = database else { return };
/// assert_eq!(format!("{database:?}"), r#"Database("`app` on db.example:5432")"#);
/// assert!(migrate_core::postgres::open("mysql://localhost/app").is_err());
/// ```
pub fn open(url: &str) -> Result<Database, Error> {
    let target = Target::parse(url)?;
    Ok(Database {
        target: Box::new(target),
    })
}

/// Connects, as [`open`] reads the URL, and drives the connection in a task of the runtime. For the application's own use, and for
/// migrations on that connection.
///
/// # Errors
///
/// Where the URL cannot be read, or there is no connection.
pub async fn connect(url: &str) -> Result<Client, Error> {
    let target = Target::parse(url)?;
    let connected = target.config.connect(target.tls.clone()).await;
    let (client, connection) = connected.map_err(|failed| {
        Error::driver("there is no database", unconnected(failed, &target.name))
    })?;
    tokio::spawn(async move { drop(connection.await) });
    Ok(client)
}

impl Database {
    async fn perform_here(&self, job: &Job<'_>) -> Result<Answer, Error> {
        let connected = Postgres::connect(&self.target, &job.session()).await;
        let mut driver = connected.map_err(|failed| Error::driver("no connection", failed))?;
        let answer = job.perform(&mut driver, Dialect::Postgres).await;
        driver.close().await;
        answer
    }
}

impl Sealed for Database {}
impl AsyncSealed for Database {}
impl AsyncSealed for Client {}

/// On a runtime of its own, in this thread.
impl Connection for Database {
    fn perform(&mut self, job: &Job<'_>) -> Result<Answer, Error> {
        blocking::wait(self.perform_here(job))
    }
}

impl AsyncConnection for Database {
    fn perform_async<'a>(
        &'a mut self,
        job: &'a Job<'a>,
    ) -> Pin<Box<dyn Future<Output = Result<Answer, Error>> + Send + 'a>> {
        Box::pin(self.perform_here(job))
    }
}

/// The application's connection, however it was made: what the session has set stays as it is.
impl AsyncConnection for Client {
    fn perform_async<'a>(
        &'a mut self,
        job: &'a Job<'a>,
    ) -> Pin<Box<dyn Future<Output = Result<Answer, Error>> + Send + 'a>> {
        Box::pin(async move {
            let lent = lend(self).await;
            let (_lender, lent) = lent.map_err(|failed| unusable(error(failed, At::Undone)))?;
            let mut driver = Postgres::given(lent, &job.session()).map_err(unusable)?;
            job.perform(&mut driver, Dialect::Postgres).await
        })
    }
}
