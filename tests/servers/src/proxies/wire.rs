//! A proxy for any protocol: it counts round trips, and cuts, holds or refuses connections.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpStream},
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

use super::listener::{Ends, Listener, Open};

/// Where bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Toward {
    /// From the client to the server.
    Server,
    /// From the server to the client.
    Client,
}

/// A line to a server, that a test can disturb.
///
/// (mysql_async goes over to the server's socket where the server is on the loopback, and past any proxy, unless it is
/// told `prefer_socket=false`.)
///
/// ```ignore
/// let wire = Wire::to(database.port());
/// migrate(&database.url_at(wire.port()));
/// let all = wire.passed(Toward::Server);
/// for bytes in 0..all {
///     wire.cut_after(Toward::Server, bytes);
///     // …
/// }
/// ```
#[derive(Debug)]
pub struct Wire {
    listener: Listener,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    open: Open,
    refusing: AtomicBool,
    held: Mutex<bool>,
    released: Condvar,
    connections: AtomicUsize,
    round_trips: AtomicUsize,
    counted: Mutex<Counted>,
}

/// Of all connections together.
#[derive(Debug, Default)]
struct Counted {
    passed: [usize; 2],
    /// How many more bytes may pass until all is cut.
    left: [Option<usize>; 2],
}

impl Wire {
    /// A line to the server that listens at this port of the loopback.
    pub fn to(server: u16) -> Self {
        let shared = Arc::new(Shared::default());
        let (admitting, serving) = (shared.clone(), shared.clone());
        let listener = Listener::new(
            server,
            shared.open.clone(),
            move || !admitting.refusing.load(Ordering::SeqCst),
            move |ends| serving.serve(ends),
        );
        Self { listener, shared }
    }

    /// The port at which it listens.
    pub fn port(&self) -> u16 {
        self.listener.port()
    }

    /// Cuts all connections that are open.
    pub fn cut(&self) {
        self.shared.open.cut();
    }

    /// Cuts all connections once so many bytes more have passed, of all connections together. Once: those that come later
    /// are not cut.
    pub fn cut_after(&self, toward: Toward, bytes: usize) {
        self.shared.counted().left[toward as usize] = Some(bytes);
    }

    /// From now on, connections are closed as soon as they are made.
    pub fn refuse(&self) {
        self.shared.refusing.store(true, Ordering::SeqCst);
    }

    /// Undoes [`Wire::refuse`].
    pub fn accept(&self) {
        self.shared.refusing.store(false, Ordering::SeqCst);
    }

    /// From now on, nothing passes; connections stay open and get no answer.
    pub fn hold(&self) {
        *self
            .shared
            .held
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = true;
    }

    /// What was held passes.
    pub fn release(&self) {
        *self
            .shared
            .held
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = false;
        self.shared.released.notify_all();
    }

    /// How many bytes have passed.
    pub fn passed(&self, toward: Toward) -> usize {
        self.shared.counted().passed[toward as usize]
    }

    /// How many connections there were.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// How often a client has said something after its server had, or at first: so often somebody has waited for an
    /// answer. Those by which a connection is made count too.
    pub fn round_trips(&self) -> usize {
        self.shared.round_trips.load(Ordering::SeqCst)
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        // Threads that hold something have to see that their connection is cut.
        self.release();
    }
}

impl Shared {
    fn serve(self: &Arc<Self>, ends: Ends) {
        self.connections.fetch_add(1, Ordering::SeqCst);
        let asked = Arc::new(AtomicBool::new(false));
        let back = ends.again();
        let (shared, answered) = (self.clone(), asked.clone());
        thread::spawn(move || {
            shared.pump(Toward::Client, &back.server, &back.client, &answered);
        });
        self.pump(Toward::Server, &ends.client, &ends.server, &asked);
    }

    /// Carries what comes until one end is closed.
    fn pump(&self, toward: Toward, mut from: &TcpStream, mut to: &TcpStream, asked: &AtomicBool) {
        let mut buffer = [0; 16 * 1024];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            let is_question = toward == Toward::Server;
            if !asked.swap(is_question, Ordering::SeqCst) && is_question {
                self.round_trips.fetch_add(1, Ordering::SeqCst);
            }
            self.wait_while_held();
            let (passing, is_cut) = self.count(toward, length);
            let written = to.write_all(&buffer[..passing]);
            if is_cut {
                self.open.cut();
            }
            if written.is_err() || is_cut {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Write);
    }

    fn wait_while_held(&self) {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.released.wait_while(held, |held| *held));
    }

    /// How many of these bytes may pass, and whether all is cut then.
    fn count(&self, toward: Toward, length: usize) -> (usize, bool) {
        let mut counted = self.counted();
        let left = &mut counted.left[toward as usize];
        let (passing, is_cut) = match left {
            Some(few) if *few <= length => (left.take().unwrap_or_default(), true),
            Some(many) => {
                *many -= length;
                (length, false)
            }
            None => (length, false),
        };
        counted.passed[toward as usize] += passing;
        (passing, is_cut)
    }

    fn counted(&self) -> std::sync::MutexGuard<'_, Counted> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
