//! Free ports of the loopback.

use std::{
    collections::BTreeSet,
    net::TcpListener,
    process,
    sync::{Mutex, PoisonError},
};

/// Below those that the system gives to outgoing connections: so a server that is started again gets its own.
const FIRST: u16 = 12_000;
const COUNT: u32 = 20_000;

static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());

/// A port on which nobody listens, and that this process has not given away. Processes begin at different ones.
pub(crate) fn free_port() -> u16 {
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    let begin = process::id().wrapping_mul(7919);
    (0..COUNT)
        .filter_map(|n| u16::try_from(begin.wrapping_add(n) % COUNT).ok())
        .map(|offset| FIRST + offset)
        .find(|port| !given.contains(port) && TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .inspect(|port| {
            given.insert(*port);
        })
        .expect("a free port")
}
