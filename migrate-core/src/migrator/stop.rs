//! How work that blocks is told that nobody waits for it any more.
#![cfg_attr(
    not(all(feature = "tokio", feature = "sqlite")),
    allow(
        dead_code,
        reason = "who blocks cannot be told anything, and only SQLite can be interrupted"
    )
)]

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use crate::engine::driver::{DriverError, DriverErrorKind};

/// How often what is to end is interrupted again, if it has begun something new at the very moment.
const AGAIN: Duration = Duration::from_millis(5);

/// By what those who no longer want the work tell those who do it.
#[derive(Clone, Default)]
pub(crate) struct Stop(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    wanted: bool,
    /// Whoever works has seen it, or is done.
    seen: bool,
    /// Whether what is at work now may be interrupted: a rollback may not.
    open: bool,
    interrupt: Option<Interrupt>,
}

type Interrupt = Box<dyn Fn() + Send>;

impl Stop {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How what is at work can be interrupted.
    pub(crate) fn interrupts(&self, interrupt: impl Fn() + Send + 'static) {
        self.state().interrupt = Some(Box::new(interrupt));
    }

    /// Fails where the work is not wanted any more.
    pub(crate) fn check(&self) -> Result<(), DriverError> {
        let mut state = self.state();
        if !state.wanted {
            return Ok(());
        }
        state.seen = true;
        Err(DriverError::new(
            DriverErrorKind::Other,
            "it is not waited for any more",
        ))
    }

    pub(super) fn over(&self) {
        self.state().seen = true;
    }

    /// What is at work may be interrupted until the value is dropped.
    pub(crate) fn open(&self) -> Open<'_> {
        self.state().open = true;
        Open(self)
    }

    /// Interrupts once. Says whether it has to be done again.
    fn interrupt(&self) -> bool {
        let state = self.state();
        if state.seen {
            return false;
        }
        if let Some(interrupt) = state.interrupt.as_ref().filter(|_| state.open) {
            interrupt();
        }
        true
    }

    pub(super) fn want(&self) {
        self.state().wanted = true;
        if !self.interrupt() {
            return;
        }
        // It may have been between two statements.
        let stop = self.clone();
        let again = move || {
            while stop.interrupt() {
                thread::sleep(AGAIN);
            }
        };
        // Without the thread, the statement that has just begun runs to its end.
        let _ = thread::Builder::new()
            .name("migrate stop".to_owned())
            .spawn(again);
    }
}

impl fmt::Debug for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let State { wanted, seen, .. } = &*self.state();
        f.debug_struct("Stop")
            .field("wanted", wanted)
            .field("seen", seen)
            .finish()
    }
}

/// While it lives, what is at work may be interrupted.
pub(crate) struct Open<'s>(&'s Stop);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.state().open = false;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn only_what_may_be_is_interrupted_until_it_is_seen() {
        let stop = Stop::default();
        let count = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&count);
        stop.interrupts(move || {
            counter.fetch_add(1, Ordering::SeqCst);
        });
        assert!(stop.check().is_ok());
        // A rollback, say.
        assert!(stop.interrupt());
        assert_eq!(count.load(Ordering::SeqCst), 0);
        let open = stop.open();
        stop.want();
        while count.load(Ordering::SeqCst) < 2 {
            thread::yield_now();
        }
        drop(open);
        assert!(stop.check().is_err() && !stop.interrupt());
    }
}
