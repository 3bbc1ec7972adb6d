//! The thread beside the compiler: it parses the SQL of migrations while their files are still being read, and replays
//! them when all are known. Nothing of the compiler's own goes there, only texts.

use std::{
    sync::{Arc, Condvar, Mutex, PoisonError, mpsc},
    thread,
};

use migrate_schema::{
    settings::Settings,
    source::{Migration, Step, What},
};

use crate::{parsed::parsed, pass::Pass};

/// The texts that are still to be parsed.
#[derive(Default)]
struct Queue {
    list: Mutex<List>,
    more: Condvar,
}

#[derive(Default)]
struct List {
    texts: Vec<String>,
    is_whole: bool,
    /// The thread sleeps until there is more.
    is_awaited: bool,
}

/// How many texts a thread is woken for: to wake it takes as long as to parse some.
const WORTH_WAKING: usize = 32;

/// What is done ahead.
pub(crate) struct Ahead {
    settings: Arc<Settings>,
    queue: Arc<Queue>,
    pass: mpsc::Sender<Arc<Pass>>,
    is_beside: bool,
}

/// Unoptimised code needs more of it than the threads of the standard library have.
const STACK: usize = 64 << 20;

impl Ahead {
    pub(crate) fn new(settings: &Arc<Settings>) -> Self {
        let queue = Arc::new(Queue::default());
        let (sender, receiver) = mpsc::channel::<Arc<Pass>>();
        let (texts, own) = (Arc::clone(&queue), Arc::clone(settings));
        let work = move || {
            texts.parse(&own, true);
            if let Ok(pass) = receiver.recv() {
                pass.judge();
            }
        };
        let builder = thread::Builder::new().stack_size(STACK);
        Self {
            settings: Arc::clone(settings),
            queue,
            pass: sender,
            is_beside: builder.spawn(work).is_ok(),
        }
    }

    /// A migration was found, and its SQL is going to be asked for.
    pub(crate) fn found(&self, migration: &Migration) {
        let mut list = self.queue.lock();
        let steps = migration.up.iter();
        for step in steps.chain(migration.down.iter().flatten()) {
            if let Step {
                what: What::Sql(text),
                ..
            } = step
            {
                list.texts.push(text.sql.clone());
            }
        }
        let wakes = list.is_awaited && list.texts.len() >= WORTH_WAKING;
        if wakes {
            list.is_awaited = false;
        }
        drop(list);
        if wakes {
            self.queue.more.notify_one();
        }
    }

    /// All were found. Helps with what is still to be parsed, because whoever comes next waits for it.
    pub(crate) fn finish(&self) {
        self.queue.lock().is_whole = true;
        self.queue.more.notify_one();
        if self.is_beside {
            self.queue.parse(&self.settings, false);
        }
    }

    /// Replays the history.
    pub(crate) fn judge(self, pass: &Arc<Pass>) {
        if !self.is_beside || self.pass.send(Arc::clone(pass)).is_err() {
            pass.judge();
        }
    }
}

impl Queue {
    fn lock(&self) -> std::sync::MutexGuard<'_, List> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Parses what there is, and with patience also what comes later.
    fn parse(&self, settings: &Settings, patient: bool) {
        while let Some(text) = self.next(patient) {
            for target in &settings.targets {
                parsed(&text, target);
            }
        }
    }

    fn next(&self, patient: bool) -> Option<String> {
        let mut list = self.lock();
        loop {
            if let Some(text) = list.texts.pop() {
                return Some(text);
            }
            if list.is_whole || !patient {
                return None;
            }
            list.is_awaited = true;
            let waited = self.more.wait(list);
            list = waited.unwrap_or_else(PoisonError::into_inner);
        }
    }
}
