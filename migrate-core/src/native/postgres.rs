//! Rust steps on PostgreSQL: async closures over the types of tokio-postgres.

use std::pin::Pin;

use tokio_postgres::{Client, Transaction};

use super::{IntoNative, Native, Outcome, StepResult};
use crate::sql::Sql;

type Boxed<'a> = Pin<Box<dyn Future<Output = StepResult<Vec<Sql>>> + Send + 'a>>;

/// A step in the transaction of its migration.
pub(crate) type TransactionStep = Box<dyn for<'a> FnOnce(&'a Transaction<'a>) -> Boxed<'a> + Send>;
/// A step outside a transaction.
pub(crate) type ClientStep = Box<dyn for<'a> FnOnce(&'a Client) -> Boxed<'a> + Send>;

/// An async closure over `&tokio_postgres::Transaction<'_>`. It only gives its future a name, so that this can be asked to
/// be `Send`; nobody has to implement it.
#[diagnostic::on_unimplemented(
    message = "this closure cannot be a step of a migration on PostgreSQL",
    label = "not a step",
    note = "write `async |tx: &tokio_postgres::Transaction<'_>| {{ …; Ok(()) }}`; what it holds across an `.await` must be `Send`"
)]
pub trait TransactionClosure<'a>: FnOnce(&'a Transaction<'a>) -> Self::Future {
    /// What it returns, to be awaited.
    type Future: Future<Output = StepResult<Self::Outcome>> + Send + 'a;
    /// What comes of that.
    type Outcome: Outcome;
}

impl<'a, F, R, O> TransactionClosure<'a> for F
where
    F: FnOnce(&'a Transaction<'a>) -> R,
    R: Future<Output = StepResult<O>> + Send + 'a,
    O: Outcome,
{
    type Future = R;
    type Outcome = O;
}

/// The same over `&tokio_postgres::Client`, for migrations that say `transaction = false`.
#[diagnostic::on_unimplemented(
    message = "this closure cannot be a step of a migration on PostgreSQL",
    label = "not a step",
    note = "write `async |client: &tokio_postgres::Client| {{ …; Ok(()) }}`; what it holds across an `.await` must be `Send`"
)]
pub trait ClientClosure<'a>: FnOnce(&'a Client) -> Self::Future {
    /// What it returns, to be awaited.
    type Future: Future<Output = StepResult<Self::Outcome>> + Send + 'a;
    /// What comes of that.
    type Outcome: Outcome;
}

impl<'a, F, R, O> ClientClosure<'a> for F
where
    F: FnOnce(&'a Client) -> R,
    R: Future<Output = StepResult<O>> + Send + 'a,
    O: Outcome,
{
    type Future = R;
    type Outcome = O;
}

/// Marks async closures over `&tokio_postgres::Transaction<'_>`.
#[derive(Debug)]
pub struct OnPostgresTransaction;

/// Marks async closures over `&tokio_postgres::Client`.
#[derive(Debug)]
pub struct OnPostgresClient;

impl<F> IntoNative<OnPostgresTransaction> for F
where
    F: for<'a> TransactionClosure<'a> + Send + 'static,
{
    fn into_native(self) -> Native {
        let step: TransactionStep = Box::new(move |tx| {
            let future = self(tx);
            Box::pin(async move { Ok(future.await?.into_sql()) })
        });
        Native {
            postgres: Some(step),
            ..Native::default()
        }
    }
}

impl<F> IntoNative<OnPostgresClient> for F
where
    F: for<'a> ClientClosure<'a> + Send + 'static,
{
    fn into_native(self) -> Native {
        let step: ClientStep = Box::new(move |client| {
            let future = self(client);
            Box::pin(async move { Ok(future.await?.into_sql()) })
        });
        Native {
            postgres_client: Some(step),
            ..Native::default()
        }
    }
}
