//! A run on a driver that blocks.

use std::{
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
};

use crate::{
    engine::driver::{DriverError, DriverErrorKind},
    error::Error,
};

/// Every future of a blocking driver is ready at its first poll.
pub(crate) fn ready<T>(future: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => {
            let error = DriverError::new(DriverErrorKind::Unfit, "a blocking driver has waited");
            Err(Error::driver("cannot run here", error))
        }
    }
}
