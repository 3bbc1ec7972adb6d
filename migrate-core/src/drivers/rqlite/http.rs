//! Asking the nodes: which of them answers, where the leader is, and what is known where none has answered.

use std::{
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

use super::target::Target;

/// Who cannot be connected to within this time is taken for dead.
const CONNECT: Duration = Duration::from_secs(5);
/// A node that has not answered to a short question by then is taken for stalled.
const ANSWER: Duration = Duration::from_secs(10);
/// How often the node at work on something long is asked whether it is alive.
const ALIVE: Duration = Duration::from_secs(5);
/// How long a node waits for the leader to which it hands something on.
const HAND_ON: &str = "&timeout=5m";
/// How often a question is sent on from one node to another.
const HOPS: usize = 4;

/// The nodes of a cluster, shared by all who ask on behalf of one connection.
#[derive(Clone)]
pub(super) struct Cluster {
    agent: ureq::Agent,
    target: Arc<Target>,
    /// The node that answered last, which mostly is the leader.
    answered: Arc<Mutex<Option<String>>>,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failed {
    /// Nothing was sent: no node could be connected to.
    Unreachable(String),
    /// Nothing was done: the nodes have no leader now, or are in another trouble.
    NotNow(String),
    /// Nothing was done: it is not allowed, or it is not rqlite that answers.
    Refused(String),
    /// Nobody knows: it was sent, and the answer was lost.
    Lost(String),
}

impl Failed {
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Unreachable(text)
            | Self::NotNow(text)
            | Self::Refused(text)
            | Self::Lost(text) => text,
        }
    }
}

/// What is asked.
#[derive(Clone, Debug)]
pub(super) struct Question {
    pub(super) path: &'static str,
    pub(super) body: String,
    /// Whether it may be asked twice, and has to be answered soon.
    pub(super) reads: bool,
}

/// What one node has said.
enum Said {
    Answer(Value),
    /// The leader is there.
    Elsewhere(String),
    Failed(Failed),
}

impl Cluster {
    /// Fails where the authorities cannot be read that are to be trusted.
    pub(super) fn new(target: Target) -> Result<Self, String> {
        // A connection that was kept open could be dead, and then a change that was never sent would count as one whose
        // answer was lost.
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_idle_connections(0)
            .proxy(None)
            .timeout_connect(Some(CONNECT))
            .timeout_resolve(Some(CONNECT));
        #[cfg(feature = "rqlite-tls")]
        let config = if target.is_encrypted() {
            config.tls_config(super::tls::config(target.authorities.as_deref())?)
        } else {
            config
        };
        Ok(Self {
            agent: config.build().into(),
            target: Arc::new(target),
            answered: Arc::default(),
        })
    }

    /// The nodes as messages name them.
    pub(super) fn name(&self) -> &str {
        &self.target.name
    }

    /// Asks until a node answers.
    pub(super) fn ask(&self, question: &Question) -> Result<Value, Failed> {
        let mut nodes = self.target.nodes.clone();
        if let Some(first) = self.answered() {
            nodes.retain(|node| *node != first);
            nodes.insert(0, first);
        }
        let mut last = None;
        for node in nodes {
            match self.ask_by(&node, question) {
                Ok(answer) => return Ok(answer),
                Err(failed @ Failed::Refused(_)) => return Err(failed),
                // Whoever asks again begins with another node.
                Err(failed @ Failed::Lost(_)) if !question.reads => {
                    self.remember(None);
                    return Err(failed);
                }
                // What a node says counts for more than that another one is gone.
                Err(Failed::Unreachable(_)) if last.is_some() => {}
                Err(failed) => last = Some(failed),
            }
        }
        self.remember(None);
        Err(last.unwrap_or_else(|| Failed::Unreachable("there is no node".to_owned())))
    }

    /// Asks one node, and the leader where it names one.
    fn ask_by(&self, node: &str, question: &Question) -> Result<Value, Failed> {
        let mut at = node.to_owned();
        for _ in 0..HOPS {
            match self.say(&at, question, true) {
                Said::Answer(answer) => {
                    self.remember(Some(at));
                    return Ok(answer);
                }
                // The password is not sent in the clear because a node says so.
                Said::Elsewhere(leader)
                    if node.starts_with("https:") && !leader.starts_with("https:") =>
                {
                    return self.hand_on(node, question);
                }
                Said::Elsewhere(leader) => at = leader,
                // Between this program and the cluster may stand what only lets some addresses through.
                Said::Failed(Failed::Unreachable(_)) if at != node => {
                    return self.hand_on(node, question);
                }
                Said::Failed(failed) => return Err(failed),
            }
        }
        Err(no_leader(node))
    }

    /// Lets a node ask the leader, which it does by itself, if not for as long as one likes.
    fn hand_on(&self, node: &str, question: &Question) -> Result<Value, Failed> {
        match self.say(node, question, false) {
            Said::Answer(answer) => Ok(answer),
            Said::Failed(failed) => Err(failed),
            Said::Elsewhere(_) => Err(no_leader(node)),
        }
    }

    /// Says it to one node.
    fn say(&self, node: &str, question: &Question, redirect: bool) -> Said {
        let result = if question.reads {
            self.post(node, question, redirect, Some(ANSWER))
        } else {
            self.post_and_watch(node, question, redirect)
        };
        match result {
            Ok(answer) => understood(node, answer, question.reads),
            Err(failed) => Said::Failed(failed),
        }
    }

    /// Sends a change, however long it takes, as long as the node shows that it is alive.
    fn post_and_watch(
        &self,
        node: &str,
        question: &Question,
        redirect: bool,
    ) -> Result<Answered, Failed> {
        let (sender, receiver) = mpsc::channel();
        let (cluster, at, sent) = (self.clone(), node.to_owned(), question.clone());
        let worker = move || {
            // Nobody listens any more where the node was taken for dead.
            let _ = sender.send(cluster.post(&at, &sent, redirect, None));
        };
        let spawned = thread::Builder::new()
            .name("rqlite".to_owned())
            .spawn(worker);
        if let Err(error) = spawned {
            return Err(Failed::Unreachable(error.to_string()));
        }
        let mut missed = 0;
        loop {
            match receiver.recv_timeout(ALIVE) {
                Ok(result) => return result,
                Err(mpsc::RecvTimeoutError::Disconnected) => {
                    return Err(Failed::Lost(format!("{node}: the answer was lost")));
                }
                Err(mpsc::RecvTimeoutError::Timeout) if self.is_alive(node) => missed = 0,
                Err(mpsc::RecvTimeoutError::Timeout) if missed == 0 => missed = 1,
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    return Err(Failed::Lost(format!("{node} shows no sign of life")));
                }
            }
        }
    }

    fn is_alive(&self, node: &str) -> bool {
        let mut request = self.agent.get(format!("{node}/readyz?noleader"));
        if let Some(authority) = self.authority() {
            request = request.header("Authorization", authority);
        }
        let config = request.config().timeout_global(Some(ALIVE));
        config.build().call().is_ok()
    }

    fn post(
        &self,
        node: &str,
        question: &Question,
        redirect: bool,
        within: Option<Duration>,
    ) -> Result<Answered, Failed> {
        let redirect = if redirect { "&redirect" } else { HAND_ON };
        let url = format!("{node}{}{redirect}", question.path);
        let mut request = self
            .agent
            .post(url)
            .header("Content-Type", "application/json");
        if let Some(authority) = self.authority() {
            request = request.header("Authorization", authority);
        }
        let request = request.config().timeout_global(within).build();
        let mut response = request
            .send(&*question.body)
            .map_err(|error| failed(node, &error))?;
        let status = response.status().as_u16();
        let leader = response.headers().get("Location");
        let leader = leader.and_then(|leader| leader.to_str().ok()).map(origin);
        let body = response.body_mut().with_config().limit(u64::MAX);
        Ok(Answered {
            status,
            leader,
            body: body
                .read_to_string()
                .map_err(|error| Failed::Lost(format!("{node}: the answer broke off ({error})")))?,
        })
    }

    fn authority(&self) -> Option<String> {
        let Target { user, password, .. } = &*self.target;
        let user = user.as_deref()?;
        let password = password.as_deref().unwrap_or_default();
        let text = STANDARD.encode(format!("{user}:{password}"));
        Some(format!("Basic {text}"))
    }

    fn answered(&self) -> Option<String> {
        let answered = self.answered.lock();
        answered.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn remember(&self, node: Option<String>) {
        *self.answered.lock().unwrap_or_else(PoisonError::into_inner) = node;
    }
}

struct Answered {
    status: u16,
    leader: Option<String>,
    body: String,
}

fn no_leader(node: &str) -> Failed {
    Failed::NotNow(format!("{node}: the nodes do not agree who leads"))
}

fn understood(node: &str, answered: Answered, reads: bool) -> Said {
    let Answered {
        status,
        leader,
        body,
    } = answered;
    let said = || {
        let line = body.trim().lines().next().unwrap_or_default();
        let line: String = line.chars().take(200).collect();
        format!("{node}: {line} (status {status})")
    };
    // A question that changes nothing has changed nothing.
    let lost = |text| {
        if reads {
            Failed::NotNow(text)
        } else {
            Failed::Lost(text)
        }
    };
    Said::Failed(match (status, leader) {
        (301 | 302 | 307 | 308, Some(leader)) => return Said::Elsewhere(leader),
        (200, _) => match serde_json::from_str::<Value>(&body) {
            Ok(answer) => match answer.get("error").and_then(Value::as_str) {
                None if answer.get("results").is_some() => return Said::Answer(answer),
                None => Failed::Refused(format!("what answers at {node} is not rqlite")),
                Some(text) if has_no_leader(text) => Failed::NotNow(format!("{node}: {text}")),
                Some(text) => lost(format!("{node}: {text}")),
            },
            Err(_) => Failed::Refused(format!("what answers at {node} is not rqlite")),
        },
        (401, _) => Failed::Refused(format!(
            "{node} refuses the user or the password, or the user may not do this: write `rqlite://user:password@…` \
             (a `@` in the password is `%40`, a `/` is `%2F`)"
        )),
        (500.., _) if has_no_leader(&body) => Failed::NotNow(said()),
        (500.., _) => lost(said()),
        _ => Failed::Refused(said()),
    })
}

/// Whether a node says that it did nothing, because there is no leader.
fn has_no_leader(text: &str) -> bool {
    let text = text.trim();
    text.starts_with("leader not found")
        || text.starts_with("not leader")
        // The node has not even reached the leader of before.
        || (text.contains("pool get: dial") && text.contains("connection refused"))
}

/// Whether an error of the connection says that nothing was sent.
fn failed(node: &str, error: &ureq::Error) -> Failed {
    use std::io::ErrorKind;
    let unsent = match error {
        ureq::Error::HostNotFound | ureq::Error::ConnectionFailed | ureq::Error::BadUri(_) => true,
        ureq::Error::Timeout(what) => {
            matches!(what, ureq::Timeout::Resolve | ureq::Timeout::Connect)
        }
        ureq::Error::Io(error) => matches!(
            error.kind(),
            ErrorKind::ConnectionRefused
                | ErrorKind::HostUnreachable
                | ErrorKind::NetworkUnreachable
                | ErrorKind::AddrNotAvailable
        ),
        _ => false,
    };
    let text = match error {
        ureq::Error::Io(error) if error.kind() == ErrorKind::ConnectionRefused => {
            format!("{node}: connection refused")
        }
        other => format!("{node}: {other}"),
    };
    if unsent {
        Failed::Unreachable(text)
    } else {
        Failed::Lost(text)
    }
}

/// `http://host:port` of a URL.
fn origin(url: &str) -> String {
    let from = url.find("://").map_or(0, |at| at + 3);
    let end = url[from..].find('/').map_or(url.len(), |at| from + at);
    url[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_origin_of_a_url() {
        assert_eq!(
            origin("http://127.0.0.1:4001/db/query?level=strong"),
            "http://127.0.0.1:4001"
        );
        assert_eq!(origin("https://db:4001"), "https://db:4001");
        assert_eq!(origin("/db/query"), "");
    }

    #[test]
    fn what_a_node_says_is_understood() {
        let said = |status, body: &str| match understood(
            "node",
            Answered {
                status,
                leader: None,
                body: body.to_owned(),
            },
            false,
        ) {
            Said::Failed(failed) => failed,
            _ => panic!("{body} is an answer"),
        };
        assert!(matches!(said(500, "leader not found\n"), Failed::NotNow(_)));
        assert!(matches!(said(503, "leader not found\n"), Failed::NotNow(_)));
        assert!(matches!(said(500, "json: unsupported"), Failed::Lost(_)));
        assert!(matches!(said(401, "Unauthorized"), Failed::Refused(_)));
        assert!(matches!(said(404, ""), Failed::Refused(_)));
        assert!(matches!(said(200, "<html>"), Failed::Refused(_)));
        assert!(matches!(said(200, "{}"), Failed::Refused(_)));
        let top = |text: &str| format!(r#"{{"results":[],"error":"{text}"}}"#);
        assert!(matches!(said(200, &top("not leader")), Failed::NotNow(_)));
        // It was sent to the leader, and nobody knows what became of it.
        assert!(matches!(
            said(200, &top("leadership lost while committing log")),
            Failed::Lost(_)
        ));
        assert!(matches!(
            said(
                200,
                &top(
                    "node failed to process Execute on remote node at a: read: connection reset by peer"
                )
            ),
            Failed::Lost(_)
        ));
        assert!(matches!(
            said(
                200,
                &top(
                    "node failed to process Execute on remote node at a: pool get: dial tcp a: connect: connection refused"
                )
            ),
            Failed::NotNow(_)
        ));
    }
}
