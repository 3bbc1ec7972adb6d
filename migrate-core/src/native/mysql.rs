//! Rust steps on MySQL and MariaDB: async closures over the connection of mysql_async.

use std::pin::Pin;

use mysql_async::Conn;

use super::{IntoNative, Native, Outcome, StepResult};
use crate::sql::Sql;

type Boxed<'a> = Pin<Box<dyn Future<Output = StepResult<Vec<Sql>>> + Send + 'a>>;

/// A step on the connection of the run.
pub(crate) type MySqlStep = Box<dyn for<'a> FnOnce(&'a mut Conn) -> Boxed<'a> + Send>;

/// An async closure over `&mut mysql_async::Conn`. It only gives its future a name, so that this can be asked to be
/// `Send`; nobody has to implement it.
#[diagnostic::on_unimplemented(
    message = "this closure cannot be a step of a migration on MySQL",
    label = "not a step",
    note = "write `async |connection: &mut mysql_async::Conn| {{ …; Ok(()) }}`; what it holds across an `.await` must be `Send`"
)]
pub trait ConnClosure<'a>: FnOnce(&'a mut Conn) -> Self::Future {
    /// What it returns, to be awaited.
    type Future: Future<Output = StepResult<Self::Outcome>> + Send + 'a;
    /// What comes of that.
    type Outcome: Outcome;
}

impl<'a, F, R, O> ConnClosure<'a> for F
where
    F: FnOnce(&'a mut Conn) -> R,
    R: Future<Output = StepResult<O>> + Send + 'a,
    O: Outcome,
{
    type Future = R;
    type Outcome = O;
}

/// Marks async closures over `&mut mysql_async::Conn`.
#[derive(Debug)]
pub struct OnMySql;

impl<F> IntoNative<OnMySql> for F
where
    F: for<'a> ConnClosure<'a> + Send + 'static,
{
    fn into_native(self) -> Native {
        let step: MySqlStep = Box::new(move |connection| {
            let future = self(connection);
            Box::pin(async move { Ok(future.await?.into_sql()) })
        });
        #[allow(clippy::needless_update, reason = "other drivers have other fields")]
        Native {
            mysql: Some(step),
            ..Native::default()
        }
    }
}
