//! The sign of life of a run that works outside a transaction.

use std::{
    sync::mpsc::{self, RecvTimeoutError, Sender},
    thread,
    time::Duration,
};

use super::{http::Cluster, lock::Lock, wire::touch};

/// Beats from a thread of its own until it is dropped. A beat that is under way then does nothing to a row that has
/// another holder, or none.
#[derive(Debug)]
pub(super) struct Beats {
    _end: Sender<()>,
}

impl Beats {
    pub(super) fn start(cluster: &Cluster, lock: &Lock, me: &str, every: Duration) -> Self {
        let (end, ended) = mpsc::channel();
        let (cluster, beat) = (cluster.clone(), lock.beat(me));
        let body = move || {
            while ended.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
                // One that fails is made up for by the next.
                let _ = touch(&cluster, beat.clone());
            }
        };
        // Without the thread the run is taken for dead when a step takes long, and its next change is refused.
        let builder = thread::Builder::new().name("rqlite beats".to_owned());
        let _ = builder.spawn(body);
        Self { _end: end }
    }
}
