//! The signs of life of a lease: on a connection and a thread of their own, so that neither a long statement nor a
//! step that keeps the runtime busy can hold them up.

use std::{thread, time::Duration};

use mysql_async::{Conn, Opts, prelude::Queryable};
use tokio::{runtime::Builder, sync::oneshot, time::timeout};

/// Beats while this lives.
pub(super) struct Heartbeat {
    /// The thread ends when this is dropped.
    _stop: oneshot::Sender<()>,
}

impl Heartbeat {
    /// The first beat comes after one interval, so a short run needs no second connection. Without a thread there is
    /// no beat, and another run may take over when it has to wait for longer than the time to live.
    pub(super) fn start(opts: Opts, beat: String, every: Duration) -> Self {
        let (stop, stopped) = oneshot::channel();
        let _ = thread::Builder::new()
            .name("migrate-heartbeat".to_owned())
            .spawn(move || {
                let runtime = Builder::new_current_thread().enable_all().build();
                if let Ok(runtime) = runtime {
                    runtime.block_on(run(opts, beat, every, stopped));
                }
            });
        Self { _stop: stop }
    }
}

async fn run(opts: Opts, beat: String, every: Duration, mut stopped: oneshot::Receiver<()>) {
    let mut connection = None;
    while timeout(every, &mut stopped).await.is_err() {
        // One that does not get through is tried again on a new connection.
        connection = timeout(every, once(connection, &opts, &beat))
            .await
            .unwrap_or_default();
    }
    if let Some(connection) = connection {
        let _ = timeout(every, connection.disconnect()).await;
    }
}

async fn once(connection: Option<Conn>, opts: &Opts, beat: &str) -> Option<Conn> {
    let mut connection = match connection {
        Some(connection) => connection,
        None => Conn::new(opts.clone()).await.ok()?,
    };
    match connection.query_drop(beat).await {
        Ok(()) => Some(connection),
        // A conflict or a lock says nothing of the connection.
        Err(failed) if !failed.is_fatal() => Some(connection),
        Err(_) => None,
    }
}
