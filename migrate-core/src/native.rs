//! Rust steps: closures over the native connection of a driver.

#[cfg(feature = "mysql")]
pub(crate) mod mysql;

use std::fmt;

use crate::sql::Sql;

#[cfg(feature = "postgres")]
pub(crate) mod postgres;

/// The error of a Rust step: any error at all, by `?`.
///
/// ```
/// use migrate_core::StepResult;
/// fn parse(text: &str) -> StepResult<i64> {
///     if text.is_empty() {
///         return Err("an empty text".into());
///     }
///     Ok(text.parse()?)
/// }
/// assert_eq!(parse("").unwrap_err().to_string(), "an empty text");
/// assert!(parse("x").is_err());
/// ```
pub struct StepError(Box<dyn std::error::Error + Send + Sync>);

/// What a Rust step returns: `Ok(())`, `Ok(sql)` or `Ok(vec![sql, …])`; that SQL is run next.
pub type StepResult<T = ()> = Result<T, StepError>;

impl StepError {
    pub(crate) fn into_inner(self) -> Box<dyn std::error::Error + Send + Sync> {
        self.0
    }
}

/// Everything that can become a boxed error: errors, and texts.
impl<E: Into<Box<dyn std::error::Error + Send + Sync>>> From<E> for StepError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl fmt::Debug for StepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for StepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a Rust step may return: nothing, or SQL that the runner executes next.
pub trait Outcome: Send + 'static {
    /// The SQL to run next.
    fn into_sql(self) -> Vec<Sql>;
}

impl Outcome for () {
    fn into_sql(self) -> Vec<Sql> {
        Vec::new()
    }
}

impl Outcome for Sql {
    fn into_sql(self) -> Vec<Sql> {
        vec![self]
    }
}

impl Outcome for Vec<Sql> {
    fn into_sql(self) -> Vec<Sql> {
        self
    }
}

/// A Rust step, ready for the driver that it was written for.
#[derive(Default)]
pub struct Native {
    #[cfg(feature = "sqlite")]
    pub(crate) sqlite: Option<SqliteStep>,
    #[cfg(feature = "sqlite")]
    pub(crate) sqlite_connection: Option<SqliteConnectionStep>,
    #[cfg(feature = "rqlite")]
    pub(crate) rqlite: Option<RqliteStep>,
    #[cfg(feature = "mysql")]
    pub(crate) mysql: Option<mysql::MySqlStep>,
    #[cfg(feature = "postgres")]
    pub(crate) postgres: Option<postgres::TransactionStep>,
    #[cfg(feature = "postgres")]
    pub(crate) postgres_client: Option<postgres::ClientStep>,
    /// For the engine's tests, which have no database.
    #[cfg(test)]
    pub(crate) fake: Option<FakeStep>,
}

/// A step that only leaves its effects in a list.
#[cfg(test)]
pub(crate) type FakeStep = Box<dyn FnOnce(&mut Vec<String>) -> StepResult<Vec<Sql>> + Send>;

#[cfg(feature = "sqlite")]
pub(crate) type SqliteStep =
    Box<dyn for<'t> FnOnce(&rusqlite::Transaction<'t>) -> StepResult<Vec<Sql>> + Send>;
#[cfg(feature = "sqlite")]
pub(crate) type SqliteConnectionStep =
    Box<dyn FnOnce(&rusqlite::Connection) -> StepResult<Vec<Sql>> + Send>;
#[cfg(feature = "rqlite")]
pub(crate) type RqliteStep =
    Box<dyn for<'r> FnOnce(&crate::rqlite::Reader<'r>) -> StepResult<Vec<Sql>> + Send>;

impl fmt::Debug for Native {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Native(..)")
    }
}

/// A closure that can be a Rust step. `M` only tells the kinds of closures apart and is always inferred.
#[diagnostic::on_unimplemented(
    message = "this closure cannot be a step of a migration",
    label = "not a step",
    note = "on SQLite, in the migration's transaction: `|tx: &rusqlite::Transaction<'_>| {{ …; Ok(()) }}`",
    note = "on SQLite, with `transaction = false`: `|connection: &rusqlite::Connection| {{ …; Ok(()) }}`",
    note = "on rqlite: `|database: &rqlite::Reader| {{ …; Ok(vec![sql, …]) }}`",
    note = "on MySQL and MariaDB: `async |connection: &mut mysql_async::Conn| {{ …; Ok(()) }}`",
    note = "on PostgreSQL, in the migration's transaction: `async |tx: &tokio_postgres::Transaction<'_>| {{ …; Ok(()) }}`",
    note = "on PostgreSQL, with `transaction = false`: `async |client: &tokio_postgres::Client| {{ …; Ok(()) }}`",
    note = "it returns `Ok(())`, `Ok(sql)` or `Ok(vec![sql, …])`; what it captures must be owned and `Send`: write `move` and clone; so must be what it holds across an `.await`"
)]
pub trait IntoNative<M>: Send + 'static {
    /// The boxed closure.
    fn into_native(self) -> Native;
}

/// Marks closures over `&rusqlite::Transaction<'_>`.
#[cfg(feature = "sqlite")]
#[derive(Debug)]
pub struct OnSqliteTransaction;

/// Marks closures over `&rusqlite::Connection`.
#[cfg(feature = "sqlite")]
#[derive(Debug)]
pub struct OnSqliteConnection;

#[cfg(feature = "sqlite")]
impl<F, O> IntoNative<(OnSqliteTransaction, O)> for F
where
    F: for<'a, 't> FnOnce(&'a rusqlite::Transaction<'t>) -> StepResult<O> + Send + 'static,
    O: Outcome,
{
    fn into_native(self) -> Native {
        Native {
            sqlite: Some(Box::new(move |tx| self(tx).map(Outcome::into_sql))),
            ..Native::default()
        }
    }
}

#[cfg(feature = "sqlite")]
impl<F, O> IntoNative<(OnSqliteConnection, O)> for F
where
    F: for<'a> FnOnce(&'a rusqlite::Connection) -> StepResult<O> + Send + 'static,
    O: Outcome,
{
    fn into_native(self) -> Native {
        Native {
            sqlite_connection: Some(Box::new(move |connection| {
                self(connection).map(Outcome::into_sql)
            })),
            ..Native::default()
        }
    }
}

/// Marks closures over `&rqlite::Reader`.
#[cfg(feature = "rqlite")]
#[derive(Debug)]
pub struct OnRqlite;

#[cfg(feature = "rqlite")]
#[allow(clippy::needless_update, reason = "it may be the only driver")]
impl<F, O> IntoNative<(OnRqlite, O)> for F
where
    F: for<'a, 'r> FnOnce(&'a crate::rqlite::Reader<'r>) -> StepResult<O> + Send + 'static,
    O: Outcome,
{
    fn into_native(self) -> Native {
        Native {
            rqlite: Some(Box::new(move |reader| self(reader).map(Outcome::into_sql))),
            ..Native::default()
        }
    }
}
