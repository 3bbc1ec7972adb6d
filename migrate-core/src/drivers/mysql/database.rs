//! A database by its URL, and the connections that migrations run on.

use std::{fmt, pin::Pin};

use migrate_schema::Dialect;
use mysql_async::Conn;

use super::{
    MySql,
    link::{line, serve, together},
    url::{Target, name},
};
use crate::{
    drivers::blocking::{self, unusable},
    error::Error,
    migrator::{Answer, AsyncConnection, AsyncSealed, Connection, Job, Sealed},
};

/// A database by its URL. Each request makes a connection of its own, blocking or async.
#[derive(Clone)]
pub struct Database {
    target: Target,
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Database").field(&self.name()).finish()
    }
}

/// A database by its URL: `mysql://user:password@host:port/database?…`, or the same with `mariadb://`. Nothing connects
/// yet.
///
/// Parameters are those of [`mysql_async::Opts`], and
///
/// - `ssl-mode`: `disabled`, the default; `preferred` and `required` encrypt, and trust whoever answers;
///   `verify_ca` and `verify_identity` ask for a certificate that an authority has signed, the latter for the name of
///   the host; `require_ssl=true` is `verify_identity`;
/// - `ssl-ca`: a file in PEM with the authorities that are trusted, instead of those that browsers trust;
/// - `ssl-cert`, `ssl-key`: files in PEM with which the client shows who it is;
/// - `socket`: the path of a Unix socket.
///
/// # Errors
///
/// Where the URL cannot be read; [`Error::is_usage`] is true. No error shows what could be a secret.
///
/// ```
/// let database = migrate_core::mysql::open("mysql://app:secret@db.example/app?ssl-mode=required")?;
/// assert_eq!(format!("{database:?}"), r#"Database("`app` on db.example:3306")"#);
/// assert!(migrate_core::mysql::open("postgres://localhost/app").is_err());
/// # Ok::<(), migrate_core::Error>(())
/// ```
pub fn open(url: &str) -> Result<Database, Error> {
    let target = Target::parse(url)?;
    Ok(Database { target })
}

/// Connects, as [`open`] reads the URL: for the application's own use, and for migrations on that connection.
///
/// # Errors
///
/// Where the URL cannot be read, or there is no connection.
pub async fn connect(url: &str) -> Result<Conn, Error> {
    open(url)?.connect().await
}

impl Database {
    fn name(&self) -> String {
        name(&self.target.opts, None)
    }

    async fn connect(&self) -> Result<Conn, Error> {
        let opened = self.target.open().await;
        opened.map_err(|failed| Error::driver(format!("cannot connect to {}", self.name()), failed))
    }

    async fn perform_here(&self, job: &Job<'_>) -> Result<Answer, Error> {
        let mut connection = self.connect().await?;
        let answer = perform(&mut connection, true, job).await;
        if !connection.is_disconnected() {
            let _ = connection.disconnect().await;
        }
        answer
    }
}

async fn perform(connection: &mut Conn, is_own: bool, job: &Job<'_>) -> Result<Answer, Error> {
    let (line, requests) = line(connection);
    let work = async {
        let mut driver = MySql::new(line, is_own, &job.session()).map_err(unusable)?;
        let answer = job.perform(&mut driver, Dialect::Mysql).await;
        driver.close().await;
        answer
    };
    together(serve(connection, requests), work).await
}

impl Sealed for Database {}
impl AsyncSealed for Database {}
impl AsyncSealed for Conn {}

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

/// The application's connection, from a pool or not. What the run sets is put back behind it; where its future is dropped
/// while it is at work, the session ends.
impl AsyncConnection for Conn {
    fn perform_async<'a>(
        &'a mut self,
        job: &'a Job<'a>,
    ) -> Pin<Box<dyn Future<Output = Result<Answer, Error>> + Send + 'a>> {
        Box::pin(perform(self, false, job))
    }
}
