//! One session by way of the simulation.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};

use super::{
    cockroach::{Fault, Plan},
    dialect::{VERSION, as_postgres, commits},
    listener::Ends,
    messages::{Message, start},
};
use crate::servers::Database;

/// The version of PostgreSQL that CockroachDB says it is like.
const LIKE: &str = "13.0.0";

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

pub(crate) struct Session {
    ends: Ends,
    plan: Arc<Plan>,
    database: Database,
    progress: Mutex<Progress>,
}

impl Session {
    pub(crate) fn new(ends: Ends, plan: Arc<Plan>, database: Database) -> Arc<Self> {
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

    pub(crate) fn run(self: Arc<Self>) {
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
