//! A database of any engine, by its URL.
#![cfg_attr(
    not(any(
        feature = "mysql",
        feature = "postgres",
        feature = "rqlite",
        feature = "sqlite"
    )),
    allow(
        unreachable_code,
        unused_variables,
        reason = "without a driver there is none"
    )
)]

use std::fmt;
#[cfg(feature = "sqlite")]
use std::sync::{Arc, Mutex};
#[cfg(feature = "tokio")]
use std::{future::Future, pin::Pin};

use migrate_schema::Dialect;

#[cfg(feature = "mysql")]
use crate::drivers::mysql;
#[cfg(feature = "postgres")]
use crate::drivers::postgres;
#[cfg(feature = "rqlite")]
use crate::drivers::rqlite;
#[cfg(feature = "sqlite")]
use crate::drivers::sqlite;
#[cfg(feature = "tokio")]
use crate::migrator::{AsyncConnection, sealed};
use crate::{
    error::Error,
    migrator::{Answer, Connection, Job},
    url::{fault, shown},
};

/// A database of any engine for which this program has a driver, by its URL: for programs that learn only when they run
/// where their database is.
///
/// | URL | engine | feature |
/// |---|---|---|
/// | `sqlite:app.db`, `sqlite::memory:`, `file:app.db?…`, or a path | SQLite | `sqlite` |
/// | `mysql://user:password@host/database?…`, `mariadb://…` | [MySQL, MariaDB, Galera](crate::mysql) | `mysql` |
/// | `rqlite://user:password@host:4001,host`, `rqlites://…` for TLS | [rqlite](crate::rqlite) | `rqlite`, `rqlite-tls` |
/// | `postgres://user:password@host:port/database?…` ([`postgres::open`](crate::postgres::open)) | PostgreSQL, CockroachDB, YugabyteDB | `postgres` |
///
/// ```
/// use migrate_core::{Database, Dialect};
/// let mut database = Database::open("sqlite::memory:")?;
/// assert_eq!(database.dialect(), Dialect::Sqlite);
/// # use migrate_core::prelude::*;
/// # #[migration("20260215_create_users", up = "CREATE TABLE users (id INTEGER PRIMARY KEY)", down = "DROP TABLE users")]
/// # pub struct CreateUsers;
/// migrate_core::Migrator::new().up(&mut database)?;
/// # Ok::<(), migrate_core::Error>(())
/// ```
///
/// With the feature `tokio` the methods with `_async` take it too.
pub struct Database {
    name: String,
    engine: Engine,
}

enum Engine {
    #[cfg(feature = "sqlite")]
    Sqlite(Arc<Mutex<rusqlite::Connection>>),
    #[cfg(feature = "mysql")]
    Mysql(Box<mysql::Database>),
    #[cfg(feature = "rqlite")]
    Rqlite(rqlite::Connection),
    #[cfg(feature = "postgres")]
    Postgres(postgres::Database),
}

/// What a URL can be of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum System {
    Sqlite,
    Postgres,
    Mysql,
    Rqlite,
}

impl Database {
    /// Opens a database. A file of SQLite is made where there is none; a server, and the database on it, have to be
    /// there, and are first spoken to when something is asked of them.
    ///
    /// # Errors
    ///
    /// Where the URL is not one, or of an engine for which this program has no driver; where the file cannot be opened.
    /// [`Error::is_usage`] is true.
    pub fn open(url: &str) -> Result<Self, Error> {
        let engine = match System::of(url)? {
            #[cfg(feature = "sqlite")]
            System::Sqlite => Engine::Sqlite(Arc::new(Mutex::new(sqlite::open(url)?))),
            #[cfg(feature = "mysql")]
            System::Mysql => Engine::Mysql(Box::new(mysql::open(url)?)),
            #[cfg(feature = "rqlite")]
            System::Rqlite => Engine::Rqlite(rqlite::connect(url)?),
            #[cfg(feature = "postgres")]
            System::Postgres => Engine::Postgres(postgres::open(url)?),
            #[allow(unreachable_patterns, reason = "with every feature there is none")]
            other => return Err(other.switched_off(url)),
        };
        Ok(Self {
            name: shown(url),
            engine,
        })
    }

    /// Opens a database that is there; `None` where there is no file. A server is taken to be there.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub fn open_existing(url: &str) -> Result<Option<Self>, Error> {
        match System::of(url)? {
            #[cfg(feature = "sqlite")]
            System::Sqlite => Ok(sqlite::open_existing(url)?.map(|connection| Self {
                name: shown(url),
                engine: Engine::Sqlite(Arc::new(Mutex::new(connection))),
            })),
            #[allow(unreachable_patterns, reason = "with SQLite alone there is none")]
            _ => Self::open(url).map(Some),
        }
    }

    /// The dialect of its SQL.
    pub fn dialect(&self) -> Dialect {
        match self.engine {
            #[cfg(feature = "sqlite")]
            Engine::Sqlite(_) => Dialect::Sqlite,
            #[cfg(feature = "mysql")]
            Engine::Mysql(_) => Dialect::Mysql,
            #[cfg(feature = "rqlite")]
            Engine::Rqlite(_) => Dialect::Sqlite,
            #[cfg(feature = "postgres")]
            Engine::Postgres(_) => Dialect::Postgres,
        }
    }

    /// The URL as it may be shown: without password and options.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What [`name`](Self::name) of a database of this URL would be.
    pub fn name_of(url: &str) -> String {
        shown(url)
    }
}

impl Connection for Database {
    fn perform(&mut self, job: &Job<'_>) -> Result<Answer, Error> {
        match self.engine {
            #[cfg(feature = "sqlite")]
            Engine::Sqlite(ref mut connection) => connection.perform(job),
            #[cfg(feature = "mysql")]
            Engine::Mysql(ref mut database) => database.perform(job),
            #[cfg(feature = "rqlite")]
            Engine::Rqlite(ref mut connection) => connection.perform(job),
            #[cfg(feature = "postgres")]
            Engine::Postgres(ref mut database) => database.perform(job),
        }
    }
}

#[cfg(feature = "tokio")]
impl sealed::AsyncSealed for Database {}

#[cfg(feature = "tokio")]
impl AsyncConnection for Database {
    fn perform_async<'a>(
        &'a mut self,
        job: &'a Job<'a>,
    ) -> Pin<Box<dyn Future<Output = Result<Answer, Error>> + Send + 'a>> {
        match self.engine {
            #[cfg(feature = "sqlite")]
            Engine::Sqlite(ref mut connection) => connection.perform_async(job),
            #[cfg(feature = "mysql")]
            Engine::Mysql(ref mut database) => database.perform_async(job),
            #[cfg(feature = "rqlite")]
            Engine::Rqlite(ref mut connection) => connection.perform_async(job),
            #[cfg(feature = "postgres")]
            Engine::Postgres(ref mut database) => database.perform_async(job),
        }
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        f.debug_struct("Database").field("name", name).finish()
    }
}

impl System {
    /// By the scheme. What has none is a path of SQLite.
    fn of(url: &str) -> Result<Self, Error> {
        let (scheme, rest) = url.split_once(':').unwrap_or(("", url));
        match &*scheme.to_ascii_lowercase() {
            "sqlite" | "sqlite3" | "file" => Ok(Self::Sqlite),
            "postgres" | "postgresql" => Ok(Self::Postgres),
            "mysql" | "mariadb" => Ok(Self::Mysql),
            "rqlite" | "rqlites" => Ok(Self::Rqlite),
            _ if scheme.is_empty() || !rest.starts_with("//") => Ok(Self::Sqlite),
            _ => Err(fault(
                url,
                format!(
                    "`{scheme}` is not a database that migrations can run on: write `sqlite:`, `postgres://`, `mysql://` or \
                     `rqlite://`"
                ),
            )),
        }
    }

    fn switched_off(self, url: &str) -> Error {
        let (name, feature) = match self {
            Self::Sqlite => ("SQLite", "sqlite"),
            Self::Postgres => ("PostgreSQL", "postgres"),
            Self::Mysql => ("MySQL and MariaDB", "mysql"),
            Self::Rqlite => ("rqlite", "rqlite"),
        };
        fault(
            url,
            format!(
                "this program was built without the driver of {name}: in Cargo.toml, give `migrate-core`, and `migrate-cli` \
                 where it is used, the feature `{feature}`"
            ),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_tells_the_engine() {
        for (url, system) in [
            ("app.db", System::Sqlite),
            ("", System::Sqlite),
            (":memory:", System::Sqlite),
            ("C:\\app.db", System::Sqlite),
            ("a:b.db", System::Sqlite),
            ("sqlite::memory:", System::Sqlite),
            ("file:app.db", System::Sqlite),
            ("postgres://db/app", System::Postgres),
            ("PostgreSQL://db/app", System::Postgres),
            ("mysql://db/app", System::Mysql),
            ("mariadb://db/app", System::Mysql),
            ("rqlite://db:4001", System::Rqlite),
        ] {
            assert_eq!(System::of(url).unwrap(), system, "{url}");
        }
    }

    #[test]
    fn another_database_is_named() {
        let error = System::of("sqlserver://sa:secret@db/app").unwrap_err();
        assert!(error.is_usage());
        assert_eq!(
            error.to_string(),
            "cannot open `sqlserver://sa:***@db/app`: `sqlserver` is not a database that migrations can run on: write \
             `sqlite:`, `postgres://`, `mysql://` or `rqlite://`"
        );
    }

    #[test]
    fn a_feature_that_is_off_is_named() {
        let error = System::Mysql.switched_off("mysql://root:secret@db/app");
        assert_eq!(
            error.to_string(),
            "cannot open `mysql://root:***@db/app`: this program was built without the driver of MySQL and MariaDB: in \
             Cargo.toml, give `migrate-core`, and `migrate-cli` where it is used, the feature `mysql`"
        );
    }

    #[cfg(feature = "sqlite")]
    #[test]
    fn looking_makes_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.db").display().to_string();
        assert!(Database::open_existing(&path).unwrap().is_none());
        assert!(!folder.path().join("app.db").exists());
        let database = Database::open(&path).unwrap();
        assert_eq!(
            (database.name(), database.dialect()),
            (&*path, Dialect::Sqlite)
        );
        assert!(Database::open_existing(&path).unwrap().is_some());
    }
}
