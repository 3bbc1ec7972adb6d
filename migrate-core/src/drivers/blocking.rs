//! Waiting for what is async, where there is no runtime.

use tokio::runtime::{Builder, Handle};

use crate::{
    engine::driver::{DriverError, DriverErrorKind},
    error::Error,
};

/// Waits on a runtime of its own, in this thread.
pub(crate) fn wait<T>(work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    if Handle::try_current().is_ok() {
        return Err(unusable(DriverError::new(
            DriverErrorKind::Unfit,
            "this thread belongs to a tokio runtime, and must not block: call `up_async`, `run_async` or their kin, \
             and await them",
        )));
    }
    let runtime = Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .build();
    let runtime = runtime.map_err(|failed| {
        let message = format!("cannot start a runtime: {failed}");
        unusable(DriverError::new(DriverErrorKind::Other, message).with_source(failed))
    })?;
    runtime.block_on(work)
}

/// The error of a connection on which nothing can be done.
pub(crate) fn unusable(error: DriverError) -> Error {
    Error::driver("cannot use this connection", error)
}
