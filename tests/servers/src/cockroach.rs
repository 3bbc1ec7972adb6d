//! A *simulation* of CockroachDB: a proxy in front of PostgreSQL, that speaks as CockroachDB does where a migration runner
//! notices. It is not CockroachDB, and what passes here was not tested on CockroachDB.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use crate::{
    database::Database,
    listener::{Ends, Listener, Open},
    messages::{Message, start},
};

/// What it says that it is.
pub(crate) const VERSION: &str = "CockroachDB CCL v25.2.1 (x86_64-pc-linux-gnu, simulated)";
/// The version of PostgreSQL that CockroachDB says it is like.
const LIKE: &str = "13.0.0";

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
struct Plan {
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
    fn take(&self, sql: &str) -> Option<Fault> {
        let mut faults = self.faults();
        let here = faults.iter().position(|(place, _)| match place {
            Place::Commit => commits(sql).is_some(),
            Place::Statement(text) => sql.to_uppercase().contains(text),
        })?;
        self.happened.fetch_add(1, Ordering::SeqCst);
        faults.remove(here).map(|(_, fault)| fault)
    }
}

/// What the answer to a request is turned into.
#[derive(Debug)]
struct Turned {
    /// The number of the request.
    request: usize,
    into: Into,
}

#[derive(Debug)]
enum Into {
    Error {
        code: &'static str,
        message: String,
        undo: Option<String>,
    },
    Lost,
}

/// How far a session is: requests that were sent, answers that have come, and what becomes of one of them.
#[derive(Debug, Default)]
struct Progress {
    requests: usize,
    answers: usize,
    turned: Option<Turned>,
}

struct Session {
    ends: Ends,
    plan: Arc<Plan>,
    database: Database,
    progress: Mutex<Progress>,
}

impl Session {
    fn new(ends: Ends, plan: Arc<Plan>, database: Database) -> Arc<Self> {
        let progress = Mutex::new(Progress {
            requests: 1,
            ..Progress::default()
        });
        Arc::new(Self {
            ends,
            plan,
            database,
            progress,
        })
    }

    fn run(self: Arc<Self>) {
        let started = start(&mut &self.ends.client, &mut &self.ends.server);
        if matches!(started, Ok(true)) {
            let back = self.clone();
            thread::spawn(move || {
                let _ = back.toward_client();
                back.ends.cut();
            });
            let _ = self.toward_server();
        }
        self.ends.cut();
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn toward_server(&self) -> std::io::Result<()> {
        loop {
            let mut message = Message::read(&mut &self.ends.client)?;
            let mut progress = self.progress();
            if let Some(sql) = message.sql() {
                let (sql, into) = match self.plan.take(&sql) {
                    None => (as_postgres(&sql), None),
                    Some(Fault::LostBefore) => return Ok(()),
                    Some(Fault::LostAfter) => (sql, Some(Into::Lost)),
                    Some(Fault::SchemaChangeAborted { undo }) => (sql, Some(aborted(undo))),
                    Some(Fault::Retry) => retried(&sql),
                };
                message.set_sql(&sql);
                let request = progress.requests + 1;
                if let Some(into) = into {
                    progress.turned = Some(Turned { request, into });
                }
            }
            // A query, a function call, the end of an extended query: each is answered by «ready».
            if matches!(message.kind, b'Q' | b'F' | b'S') {
                progress.requests += 1;
            }
            drop(progress);
            message.write(&mut &self.ends.server)?;
        }
    }

    fn toward_client(&self) -> std::io::Result<()> {
        let mut kept = Vec::new();
        loop {
            let message = Message::read(&mut &self.ends.server)?;
            let (to_keep, is_ready) = {
                let mut progress = self.progress();
                let request = progress.answers + 1;
                let is_ready = message.kind == b'Z';
                progress.answers += usize::from(is_ready);
                let turned = progress.turned.as_ref();
                (turned.is_some_and(|one| one.request <= request), is_ready)
            };
            if to_keep {
                kept.push(message);
                if is_ready && self.turn(&mut kept) {
                    return Ok(());
                }
                if is_ready {
                    for message in kept.drain(..) {
                        message.write(&mut &self.ends.client)?;
                    }
                }
                continue;
            }
            self.like_cockroach(message)?;
        }
    }

    /// Turns a whole answer into what it is to be. Says whether the connection is lost instead.
    fn turn(&self, answer: &mut [Message]) -> bool {
        // What prepares a statement has not done it yet.
        let Some(done) = answer.iter_mut().rfind(|message| message.kind == b'C') else {
            return false;
        };
        match self.progress().turned.take().map(|turned| turned.into) {
            Some(Into::Error {
                code,
                message,
                undo,
            }) => {
                if let Some(undo) = undo {
                    self.database.run(&undo);
                }
                *done = Message::error(code, &message);
                false
            }
            Some(Into::Lost) => true,
            None => false,
        }
    }

    /// Hands a message to the client, and says what CockroachDB says of itself.
    fn like_cockroach(&self, message: Message) -> std::io::Result<()> {
        let client = &mut &self.ends.client;
        if message.kind == b'S' && message.body.starts_with(b"server_version\0") {
            return Message::parameter("server_version", LIKE).write(client);
        }
        message.write(client)?;
        if message.kind == b'R' && message.body == [0; 4] {
            Message::parameter("crdb_version", VERSION).write(client)?;
        }
        Ok(())
    }
}

fn aborted(undo: String) -> Into {
    Into::Error {
        code: "XXA00",
        message: "transaction committed but schema change aborted with error: simulated\n\
                  HINT: Some of the non-DDL statements may have committed successfully, but some of the DDL statements failed."
            .into(),
        undo: Some(undo),
    }
}

/// A statement that fails on the server in its place, or a commit that does not, and is turned into an error.
fn retried(sql: &str) -> (String, Option<Into>) {
    const MESSAGE: &str = "restart transaction: TransactionRetryWithProtoRefreshError: simulated";
    match commits(sql) {
        Some(before) => (
            format!("{before} ROLLBACK"),
            Some(Into::Error {
                code: "40001",
                message: MESSAGE.into(),
                undo: None,
            }),
        ),
        None => (
            format!("DO $$ BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = '40001'; END $$"),
            None,
        ),
    }
}

/// What stands before the commit, where the last of some statements is one.
fn commits(sql: &str) -> Option<&str> {
    let all = sql.trim_end().trim_end_matches(';').trim_end();
    let (before, last) = all.rfind(';').map_or(("", all), |at| all.split_at(at + 1));
    let words = last.to_uppercase();
    let mut words = words.split_whitespace();
    let is_commit = matches!(words.next(), Some("COMMIT" | "END"))
        && words.all(|word| matches!(word, "WORK" | "TRANSACTION"));
    is_commit.then_some(before)
}

/// SQL that PostgreSQL answers as CockroachDB would answer the original.
fn as_postgres(sql: &str) -> String {
    let plain = sql.trim().trim_end_matches(';').to_lowercase();
    if plain == "show crdb_version" {
        return format!("SELECT '{VERSION}'::text AS crdb_version");
    }
    let version = format!("(SELECT '{VERSION}'::text AS version)");
    let sql = replace_word(sql, "pg_catalog.version()", &version);
    let sql = replace_word(&sql, "version()", &version);
    let sql = replace_word(&sql, "pg_advisory_", "absent_pg_advisory_");
    replace_word(&sql, "pg_try_advisory_", "absent_pg_try_advisory_")
}

/// Replaces a text, in whatever case, where it does not stand within a longer name.
fn replace_word(sql: &str, word: &str, by: &str) -> String {
    let lower = sql.to_ascii_lowercase();
    let mut replaced = String::new();
    let mut from = 0;
    for (at, _) in lower.match_indices(word) {
        let before = lower[..at].chars().next_back();
        if before.is_some_and(|one| one.is_alphanumeric() || one == '_') {
            continue;
        }
        replaced.push_str(&sql[from..at]);
        replaced.push_str(by);
        from = at + word.len();
    }
    replaced + &sql[from..]
}

#[cfg(test)]
mod tests {
    use super::{as_postgres, commits};

    #[test]
    fn a_commit_is_known_in_each_form() {
        for sql in [
            "COMMIT",
            "commit ;",
            "END",
            "COMMIT WORK",
            "end transaction;",
        ] {
            assert_eq!(commits(sql), Some(""), "{sql}");
        }
        assert_eq!(
            commits("UPDATE t SET a = 1; COMMIT"),
            Some("UPDATE t SET a = 1;")
        );
        for sql in [
            "COMMIT PREPARED 'a'",
            "BEGIN",
            "SELECT 'COMMIT'",
            "COMMIT; SELECT 1",
            "",
        ] {
            assert_eq!(commits(sql), None, "{sql}");
        }
    }

    #[test]
    fn names_are_replaced_whole() {
        assert_eq!(
            as_postgres("SELECT PG_ADVISORY_LOCK(1)"),
            "SELECT absent_pg_advisory_LOCK(1)"
        );
        for sql in [
            "SELECT my_pg_advisory_lock(1)",
            "SELECT server_version()",
            "SELECT 'ü'",
        ] {
            assert_eq!(as_postgres(sql), sql);
        }
        assert!(as_postgres("SELECT version()").contains("CockroachDB"));
        assert!(!as_postgres("SELECT pg_catalog.version()").contains("pg_catalog"));
    }
}
