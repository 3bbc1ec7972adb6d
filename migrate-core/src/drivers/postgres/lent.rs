//! The application's connection, lent to a run.
//!
//! An async future of the engine can be known to be `Send` only where the driver's type has no lifetime, so a driver
//! cannot borrow. It owns the connection while it lives: in the application's hands is a dead one as long, which nobody
//! can see because it is borrowed.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::{Client, Config, Error, NoTls, config::SslMode};

/// Where a driver puts the connection when it is dropped.
type Slot = Arc<Mutex<Option<Client>>>;

/// Puts the connection back into the application's hands. It has to be dropped behind the driver.
pub(super) struct Lender<'c> {
    hands: &'c mut Client,
    slot: Slot,
}

/// The connection, in the driver's hands.
pub(super) struct Lent {
    pub(super) client: Client,
    /// What takes its place when it is given back.
    dead: Option<Client>,
    slot: Slot,
}

/// The first is to be dropped last.
pub(super) async fn lend(hands: &mut Client) -> Result<(Lender<'_>, Lent), Error> {
    let (one, other) = (dead().await?, dead().await?);
    let client = std::mem::replace(hands, one);
    let slot = Slot::default();
    let lent = Lent {
        client,
        dead: Some(other),
        slot: Arc::clone(&slot),
    };
    Ok((Lender { hands, slot }, lent))
}

/// A connection to nothing.
async fn dead() -> Result<Client, Error> {
    let mut config = Config::new();
    config.user("nobody").ssl_mode(SslMode::Disable);
    let (client, _) = config.connect_raw(Nothing(WELCOME), NoTls).await?;
    Ok(client)
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(dead) = self.dead.take() {
            let mut slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
            *slot = Some(std::mem::replace(&mut self.client, dead));
        }
    }
}

impl Drop for Lender<'_> {
    fn drop(&mut self) {
        let mut slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = slot.take() {
            *self.hands = client;
        }
    }
}

/// What a server says that lets a client in: that it does, and that it is ready.
const WELCOME: &[u8] = b"R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I";

/// Says this, and hears nothing.
struct Nothing(&'static [u8]);

impl AsyncRead for Nothing {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let (now, later) = self.0.split_at(self.0.len().min(buffer.remaining()));
        buffer.put_slice(now);
        self.0 = later;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Nothing {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
