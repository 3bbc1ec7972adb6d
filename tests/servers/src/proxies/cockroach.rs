//! A *simulation* of CockroachDB: a proxy in front of PostgreSQL, that speaks as CockroachDB does where a migration runner
//! notices. It is not CockroachDB, and what passes here was not tested on CockroachDB.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::{
    dialect::commits,
    listener::{Listener, Open},
    session::Session,
};
use crate::servers::Database;

/// What goes wrong with a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 40001: nothing was done, and it may be tried again.
    Retry,
    /// XXA00: it was committed, but the change of the schema was taken back later, by this SQL.
    SchemaChangeAborted {
        /// What undoes the change of the schema.
        undo: String,
    },
    /// The connection is lost before the statement has reached the server.
    LostBefore,
    /// The connection is lost when the server has done it, before the client hears of that.
    LostAfter,
}

/// PostgreSQL behind a proxy that simulates CockroachDB:
///
/// - `version()`, `SHOW crdb_version` and the parameters of the session are like CockroachDB's;
/// - there are no functions for advisory locks (42883), by either protocol;
/// - a `COMMIT`, or any statement that the test names, meets a [`Fault`].
#[derive(Debug)]
pub struct CockroachLike {
    listener: Listener,
    database: Database,
    plan: Arc<Plan>,
}

/// What will go wrong.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    faults: Mutex<VecDeque<(Place, Fault)>>,
    happened: AtomicUsize,
}

#[derive(Debug)]
enum Place {
    Commit,
    /// A statement with this text, in capitals.
    Statement(String),
}

impl CockroachLike {
    /// A proxy in front of PostgreSQL, for this database.
    pub fn in_front_of(database: &Database) -> Self {
        let plan = Arc::new(Plan::default());
        let (serving, behind) = (plan.clone(), database.clone());
        let serve = move |ends| {
            Session::new(ends, serving.clone(), behind.clone()).run();
        };
        Self {
            listener: Listener::new(database.port(), Open::default(), || true, serve),
            database: database.clone(),
            plan,
        }
    }

    /// The URL of the database by way of the proxy.
    pub fn url(&self) -> String {
        self.database.url_at(self.listener.port())
    }

    /// What happens to the next `COMMIT`. Several come one after the other.
    pub fn next_commit(&self, fault: Fault) {
        self.plan.faults().push_back((Place::Commit, fault));
    }

    /// What happens to the next statement with this text in it, in whatever case.
    pub fn next(&self, text: &str, fault: Fault) {
        let place = Place::Statement(text.to_uppercase());
        self.plan.faults().push_back((place, fault));
    }

    /// How many faults have happened.
    pub fn happened(&self) -> usize {
        self.plan.happened.load(Ordering::SeqCst)
    }
}

impl Plan {
    fn faults(&self) -> MutexGuard<'_, VecDeque<(Place, Fault)>> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What happens to this statement.
    pub(crate) fn take(&self, sql: &str) -> Option<Fault> {
        let mut faults = self.faults();
        let here = faults.iter().position(|(place, _)| match place {
            Place::Commit => commits(sql).is_some(),
            Place::Statement(text) => sql.to_uppercase().contains(text),
        })?;
        self.happened.fetch_add(1, Ordering::SeqCst);
        faults.remove(here).map(|(_, fault)| fault)
    }
}
