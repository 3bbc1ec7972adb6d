//! The connection of a session: the application's, or one of its own.

use std::time::Duration;

use tokio::{runtime::Handle, task::JoinHandle};
use tokio_postgres::{CancelToken, Client};

use crate::engine::driver::DriverError;

use super::{error::unconnected, lent::Lent, tls::Tls, url::Target};

/// How long a connection may take to end in good order.
const FAREWELL: Duration = Duration::from_secs(1);

pub(super) enum Link {
    Given(Lent),
    Own(Own),
}

/// A connection by URL.
pub(super) struct Own {
    client: Client,
    task: JoinHandle<()>,
    target: Target,
}

impl Own {
    pub(super) async fn connect(target: &Target) -> Result<Self, DriverError> {
        let (client, connection) = target
            .config
            .connect(target.tls.clone())
            .await
            .map_err(|failed| unconnected(failed, &target.name))?;
        // What ends it is told to whoever waits for an answer.
        let task = tokio::spawn(async move { drop(connection.await) });
        Ok(Self {
            client,
            task,
            target: target.clone(),
        })
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// Ends the connection in good order, so that the server has nothing to complain of.
    pub(super) async fn close(self) {
        drop(self.client);
        // Where the server does not answer, it is dropped.
        let _ = tokio::time::timeout(FAREWELL, self.task).await;
    }
}

impl Link {
    pub(super) fn client(&self) -> &Client {
        match self {
            Self::Given(lent) => &lent.client,
            Self::Own(own) => &own.client,
        }
    }

    pub(super) fn client_mut(&mut self) -> &mut Client {
        match self {
            Self::Given(lent) => &mut lent.client,
            Self::Own(own) => &mut own.client,
        }
    }

    pub(super) fn target(&self) -> Option<&Target> {
        match self {
            Self::Given(_) => None,
            Self::Own(own) => Some(&own.target),
        }
    }

    /// Connects anew, where it can.
    pub(super) async fn reconnect(&mut self) -> Result<bool, DriverError> {
        let Self::Own(own) = self else {
            return Ok(false);
        };
        *own = Own::connect(&own.target).await?;
        Ok(true)
    }

    pub(super) fn canceller(&self) -> Canceller {
        let tls = self.target().map(|target| target.tls.clone());
        Canceller {
            token: self.client().cancel_token(),
            tls: tls.or_else(Tls::unverified),
        }
    }
}

/// Ends what a session is at.
#[derive(Clone)]
pub(super) struct Canceller {
    token: CancelToken,
    tls: Option<Tls>,
}

impl Canceller {
    /// Waits for something that the server does. Where the waiting is given up, the server is told to stop it.
    pub(super) async fn guard<F: Future>(&self, work: F) -> F::Output {
        let mut guard = Guard { of: Some(self) };
        let output = work.await;
        guard.of = None;
        output
    }

    pub(super) async fn cancel(&self) {
        if let Some(tls) = self.tls.clone() {
            // Where it fails, the statement ends by itself, and is rolled back then.
            let _ = self.token.cancel_query(tls).await;
        }
    }
}

struct Guard<'a> {
    of: Option<&'a Canceller>,
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        if let (Some(canceller), Ok(runtime)) = (self.of, Handle::try_current()) {
            let canceller = canceller.clone();
            runtime.spawn(async move { canceller.cancel().await });
        }
    }
}
