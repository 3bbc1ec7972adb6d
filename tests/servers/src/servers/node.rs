//! One server of a cluster, or the only one: started, killed, stalled, started again.

use std::{
    fs,
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use nix::sys::signal::Signal;

use super::process::{Launch, Process};

/// A server that is not ready by then never will be.
const LIMIT: Duration = Duration::from_secs(120);
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// Whether the server answers.
type Ready = Box<dyn Fn() -> bool + Send + Sync>;

pub(crate) struct Node {
    launch: Launch,
    ready: Ready,
    process: Mutex<Option<Process>>,
}

impl Node {
    /// A server that is not started yet.
    pub(crate) fn new(launch: Launch, ready: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self {
            launch,
            ready: Box::new(ready),
            process: Mutex::new(None),
        }
    }

    /// Starts it, and waits until it is ready.
    pub(crate) fn start(&self, more: &[&str]) {
        let started = Instant::now();
        self.launch(more);
        while self.meets_its_predecessor(started) {
            self.process().take();
            thread::sleep(LOOK_AGAIN);
            self.launch(more);
        }
        self.wait();
    }

    /// Whether it has ended because what was killed before it is not quite gone: PostgreSQL's memory stays until the last of its
    /// processes does.
    fn meets_its_predecessor(&self, started: Instant) -> bool {
        while started.elapsed() < LIMIT && !(self.ready)() {
            if !self.is_running() {
                let said = fs::read_to_string(&self.launch.log).unwrap_or_default();
                let mut last = said.lines().rev().take(2);
                return last.any(|line| line.contains("pre-existing shared memory block"));
            }
            thread::sleep(LOOK_AGAIN);
        }
        false
    }

    /// Starts it.
    pub(crate) fn launch(&self, more: &[&str]) {
        let mut process = self.process();
        assert!(process.is_none(), "it runs: {:?}", self.launch.program);
        *process = Some(Process::start(&self.launch, more));
    }

    /// Waits until it is ready.
    pub(crate) fn wait(&self) {
        let started = Instant::now();
        while !(self.ready)() {
            if !self.is_running() || started.elapsed() > LIMIT {
                let said = fs::read_to_string(&self.launch.log).unwrap_or_default();
                panic!("it does not start: {:?}\n{said}", self.launch);
            }
            thread::sleep(LOOK_AGAIN);
        }
    }

    /// Ends it as a crash would, with all its processes. Returns when it is gone.
    pub(crate) fn kill(&self) {
        let process = self.process().take().expect("a server that runs");
        process.signal_all(Signal::SIGKILL);
    }

    /// Asks it to end, waits for that.
    pub(crate) fn stop(&self) {
        let process = self.process().take().expect("a server that runs");
        process.signal(Signal::SIGTERM);
        let started = Instant::now();
        while process.is_running() && started.elapsed() < LIMIT {
            thread::sleep(LOOK_AGAIN);
        }
    }

    /// Nothing of it moves until [`Node::resume`].
    pub(crate) fn pause(&self) {
        self.signal(Signal::SIGSTOP);
    }

    pub(crate) fn resume(&self) {
        self.signal(Signal::SIGCONT);
    }

    pub(crate) fn id(&self) -> Option<u32> {
        self.process().as_ref().map(Process::id)
    }

    fn signal(&self, signal: Signal) {
        let process = self.process();
        process
            .as_ref()
            .expect("a server that runs")
            .signal_all(signal);
    }

    fn is_running(&self) -> bool {
        self.process().as_ref().is_some_and(Process::is_running)
    }

    fn process(&self) -> MutexGuard<'_, Option<Process>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
