//! What is sent over a connection, and what comes back.
//!
//! The driver does not hold the connection itself, but a line to it: whoever has the connection serves the requests that
//! come over it, in the same task. So the driver borrows nothing, without which a future that is generic over it
//! could not be `Send`, and knows when it is dropped whether an answer was still to come.

use std::{future::poll_fn, pin::pin, task::Poll};

use mysql_async::{
    Conn, DriverError as ClientError, Error, Opts, Row, Value, consts::StatusFlags,
    prelude::Queryable,
};
use tokio::sync::{mpsc, oneshot};

use crate::{
    native::{StepResult, mysql::MySqlStep},
    sql::Sql,
};

/// What one statement of a packet has given.
#[derive(Debug, Default)]
pub(super) struct Set {
    pub(super) rows: Vec<Row>,
    /// How many rows an `UPDATE` has found; how many rows anything else has changed.
    pub(super) matched: u64,
}

/// What a packet of statements has given, up to the first that failed.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub(super) sets: Vec<Set>,
    pub(super) error: Option<Error>,
}

impl Answer {
    /// All sets, where no statement has failed.
    pub(super) fn whole(self) -> Result<Vec<Set>, Error> {
        match self.error {
            None => Ok(self.sets),
            Some(error) => Err(error),
        }
    }
}

/// What the server last said of a session.
#[derive(Clone, Copy, Debug)]
struct State {
    is_in_transaction: bool,
    is_autocommit: bool,
    is_lost: bool,
}

impl State {
    fn of(connection: &Conn) -> Self {
        let last = connection.last_ok_packet();
        let has = |flag| last.is_some_and(|last| last.status_flags().contains(flag));
        Self {
            is_in_transaction: has(StatusFlags::SERVER_STATUS_IN_TRANS),
            is_autocommit: last.is_none() || has(StatusFlags::SERVER_STATUS_AUTOCOMMIT),
            is_lost: connection.is_disconnected(),
        }
    }
}

enum Request {
    Ask(String, oneshot::Sender<(Answer, State)>),
    Run(MySqlStep, oneshot::Sender<(StepResult<Vec<Sql>>, State)>),
    Replace(Box<Conn>),
}

/// A line to a connection.
pub(crate) struct Line {
    requests: mpsc::UnboundedSender<Request>,
    opts: Opts,
    session: u32,
    major_version: u16,
    state: State,
    /// Whether an answer is still to come.
    is_waiting: bool,
}

/// The other end of a line.
pub(super) struct Requests(mpsc::UnboundedReceiver<Request>);

/// A line to a connection, and what its owner has to [`serve`].
pub(super) fn line(connection: &Conn) -> (Line, Requests) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let line = Line {
        requests: sender,
        opts: connection.opts().clone(),
        session: connection.id(),
        major_version: connection.server_version().0,
        state: State::of(connection),
        is_waiting: false,
    };
    (line, Requests(receiver))
}

/// Does what is asked until nobody can ask any more.
pub(super) async fn serve(connection: &mut Conn, mut requests: Requests) {
    while let Some(request) = requests.0.recv().await {
        // Who has asked may be gone, and then nobody wants the answer.
        match request {
            Request::Ask(packet, reply) => {
                let answer = send(connection, &packet).await;
                let _ = reply.send((answer, State::of(connection)));
            }
            Request::Run(step, reply) => {
                let result = step(connection).await;
                let _ = reply.send((result, State::of(connection)));
            }
            Request::Replace(new) => *connection = *new,
        }
    }
}

/// Works with a line, and serves it until the work is done.
pub(super) async fn together<T>(
    serve: impl Future<Output = ()>,
    work: impl Future<Output = T>,
) -> T {
    let mut serve = pin!(serve);
    let mut work = pin!(work);
    let mut is_served = true;
    poll_fn(|context| {
        if let Poll::Ready(done) = work.as_mut().poll(context) {
            return Poll::Ready(done);
        }
        if is_served && serve.as_mut().poll(context).is_ready() {
            is_served = false;
        }
        Poll::Pending
    })
    .await
}

impl Line {
    /// Sends statements in one packet. The server stops at the first that fails.
    pub(super) async fn ask(&mut self, packet: &str) -> Answer {
        let (reply, answer) = oneshot::channel();
        match self
            .request(Request::Ask(packet.to_owned(), reply), answer)
            .await
        {
            Some(answer) => answer,
            None => Answer {
                sets: Vec::new(),
                error: Some(Error::Driver(ClientError::ConnectionClosed)),
            },
        }
    }

    /// The same, with nothing to be read from the answer.
    pub(super) async fn tell(&mut self, packet: &str) -> Result<(), Error> {
        self.ask(packet).await.whole().map(drop)
    }

    /// The rows of the last statement of a packet.
    pub(super) async fn rows(&mut self, packet: &str) -> Result<Vec<Row>, Error> {
        let sets = self.ask(packet).await.whole()?;
        Ok(sets.into_iter().next_back().unwrap_or_default().rows)
    }

    /// Runs a closure on the connection itself.
    pub(super) async fn run(&mut self, step: MySqlStep) -> StepResult<Vec<Sql>> {
        let (reply, answer) = oneshot::channel();
        match self.request(Request::Run(step, reply), answer).await {
            Some(result) => result,
            None => Err(Error::Driver(ClientError::ConnectionClosed).into()),
        }
    }

    async fn request<T>(
        &mut self,
        request: Request,
        answer: oneshot::Receiver<(T, State)>,
    ) -> Option<T> {
        self.is_waiting = true;
        let _ = self.requests.send(request);
        let (answer, state) = answer.await.ok()?;
        self.is_waiting = false;
        self.state = state;
        Some(answer)
    }

    /// Puts another connection in the place of the one that is lost.
    pub(super) fn replace(&mut self, connection: Conn) {
        self.session = connection.id();
        self.state = State::of(&connection);
        self.is_waiting = false;
        let _ = self.requests.send(Request::Replace(Box::new(connection)));
    }

    pub(super) fn opts(&self) -> &Opts {
        &self.opts
    }

    /// The number of the session on its server.
    pub(super) fn session(&self) -> u32 {
        self.session
    }

    pub(super) fn major_version(&self) -> u16 {
        self.major_version
    }

    /// Whether the session was inside a transaction when the server last said so.
    pub(super) fn is_in_transaction(&self) -> bool {
        self.state.is_in_transaction
    }

    /// Whether the session commits every statement by itself, as far as the server has said.
    pub(super) fn is_autocommit(&self) -> bool {
        self.state.is_autocommit
    }

    /// Whether the connection cannot be used any more.
    pub(super) fn is_lost(&self) -> bool {
        self.state.is_lost || self.is_waiting
    }
}

async fn send(connection: &mut Conn, packet: &str) -> Answer {
    let mut answer = Answer::default();
    let mut result = match connection.query_iter(packet).await {
        Ok(result) => result,
        Err(error) => {
            answer.error = Some(error);
            return answer;
        }
    };
    loop {
        let mut set = Set {
            rows: Vec::new(),
            matched: matched(&result.info()).unwrap_or_else(|| result.affected_rows()),
        };
        if let Err(error) = result.for_each(|row| set.rows.push(row)).await {
            answer.error = Some(error);
            return answer;
        }
        answer.sets.push(set);
        if result.is_empty() {
            // The error of a later statement is kept for whoever asks for the next row.
            answer.error = result.drop_result().await.err();
            return answer;
        }
    }
}

/// How many rows an `UPDATE` has found, which says more than how many it has changed.
fn matched(info: &str) -> Option<u64> {
    let rest = info.strip_prefix("Rows matched: ")?;
    rest.split_whitespace().next()?.parse().ok()
}

/// A text of a row, none where it is NULL.
pub(super) fn text(row: &Row, at: usize) -> Option<String> {
    match row.as_ref(at)? {
        Value::Bytes(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        Value::Int(number) => Some(number.to_string()),
        Value::UInt(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A number of a row, none where it is NULL.
pub(super) fn number(row: &Row, at: usize) -> Option<i64> {
    match row.as_ref(at)? {
        Value::Bytes(bytes) => std::str::from_utf8(bytes).ok()?.parse().ok(),
        Value::Int(number) => Some(*number),
        Value::UInt(number) => i64::try_from(*number).ok(),
        _ => None,
    }
}

/// A name in quotes, which mean the same whatever `sql_mode` says.
pub(super) fn quote(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// A text as a literal in which nothing has to be escaped, whatever `sql_mode` and character sets say.
pub(super) fn literal(text: &str) -> String {
    use std::fmt::Write;
    let mut literal = String::with_capacity(12 + 2 * text.len());
    literal.push_str("_utf8mb4 X'");
    for byte in text.bytes() {
        let _ = write!(literal, "{byte:02X}");
    }
    literal.push('\'');
    literal
}

/// Texts as a list in brackets.
pub(super) fn list<T: AsRef<str>>(texts: &[T]) -> String {
    let literals: Vec<String> = texts.iter().map(|text| literal(text.as_ref())).collect();
    format!("({})", literals.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_need_no_escape() {
        assert_eq!(literal("a'\\"), "_utf8mb4 X'61275C'");
        assert_eq!(literal(""), "_utf8mb4 X''");
        assert_eq!(list(&["a", "b"]), "(_utf8mb4 X'61', _utf8mb4 X'62')");
        assert_eq!(quote("a`b"), "`a``b`");
    }

    #[test]
    fn rows_that_were_found_are_counted_though_they_stay_the_same() {
        assert_eq!(matched("Rows matched: 1  Changed: 0  Warnings: 0"), Some(1));
        assert_eq!(matched(""), None);
    }
}
