//! A port of the loopback on which a proxy listens.

use std::{
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
};

/// The two ends of a connection that a proxy has in its hands.
#[derive(Debug)]
pub(crate) struct Ends {
    pub(crate) client: TcpStream,
    pub(crate) server: TcpStream,
}

impl Ends {
    /// Another handle of the same connection.
    pub(crate) fn again(&self) -> Self {
        Self {
            client: self.client.try_clone().unwrap(),
            server: self.server.try_clone().unwrap(),
        }
    }

    pub(crate) fn cut(&self) {
        // One that has ended before is cut as well.
        let _ = self.client.shutdown(Shutdown::Both);
        let _ = self.server.shutdown(Shutdown::Both);
    }
}

/// The connections that are open.
#[derive(Clone, Debug, Default)]
pub(crate) struct Open(Arc<Mutex<Vec<Ends>>>);

impl Open {
    pub(crate) fn cut(&self) {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.drain(..).for_each(|ends| ends.cut());
    }

    fn add(&self, ends: Ends) {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.push(ends);
    }
}

/// Takes connections until it is dropped, and then cuts them all.
#[derive(Debug)]
pub(crate) struct Listener {
    port: u16,
    stopped: Arc<AtomicBool>,
    open: Open,
    thread: Option<JoinHandle<()>>,
}

impl Listener {
    /// Connects each client to the server that listens there, and hands both to a thread of their own.
    pub(crate) fn new(
        server: u16,
        open: Open,
        admit: impl Fn() -> bool + Send + 'static,
        serve: impl Fn(Ends) + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let stopped = Arc::new(AtomicBool::new(false));
        let (stop, serve, all) = (stopped.clone(), Arc::new(serve), open.clone());
        let thread = thread::spawn(move || {
            for client in listener.incoming() {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                let server = TcpStream::connect(("127.0.0.1", server));
                let (true, Ok(client), Ok(server)) = (admit(), client, server) else {
                    continue;
                };
                // What is asked and answered is small, and nobody is to wait for more of it.
                client.set_nodelay(true).unwrap();
                server.set_nodelay(true).unwrap();
                let ends = Ends { client, server };
                all.add(ends.again());
                let serve = serve.clone();
                thread::spawn(move || serve(ends));
            }
        });
        Self {
            port,
            stopped,
            open,
            thread: Some(thread),
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // It waits for a connection: this one.
        drop(TcpStream::connect(("127.0.0.1", self.port)));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        self.open.cut();
    }
}
