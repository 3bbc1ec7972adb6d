//! A database on a server: its URLs, and a way to look at it that is not the one under test.

use std::{
    io::Write,
    path::PathBuf,
    process::{Command, Output, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
};

/// The user whose password is [`PASSWORD`].
pub(crate) const WITH_PASSWORD: &str = "with_password";
pub(crate) const PASSWORD: &str = "p@ss:w/rd";
/// [`PASSWORD`] in a URL.
const PASSWORD_ENCODED: &str = "p%40ss%3Aw%2Frd";
/// The user who is let in by TLS only.
pub(crate) const TLS_ONLY: &str = "tls_only";

/// Whose protocol is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Postgres,
    MariaDb,
}

/// Where a server listens.
#[derive(Clone, Debug)]
pub(crate) struct Address {
    pub(crate) port: u16,
    /// PostgreSQL: the folder of its socket; MariaDB: the socket.
    pub(crate) socket: PathBuf,
}

/// A database on a server of PostgreSQL's or MariaDB's protocol.
#[derive(Clone, Debug)]
pub struct Database {
    name: String,
    protocol: Protocol,
    /// One, or one of each node.
    addresses: Vec<Address>,
    /// The folder of the engine's own programs.
    programs: PathBuf,
}

static NEXT: AtomicUsize = AtomicUsize::new(1);

/// A name that no other database has.
pub(crate) fn new_name() -> String {
    format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

impl Database {
    pub(crate) fn new(
        name: &str,
        protocol: Protocol,
        addresses: Vec<Address>,
        programs: PathBuf,
    ) -> Self {
        Self {
            name: name.to_owned(),
            protocol,
            addresses,
            programs,
        }
    }

    /// The same database on other servers.
    pub(crate) fn at(&self, addresses: Vec<Address>) -> Self {
        Self {
            addresses,
            ..self.clone()
        }
    }

    /// The same database, as each node alone has it.
    pub fn each(&self) -> Vec<Self> {
        let nodes = self.addresses.iter();
        nodes.map(|node| self.at(vec![node.clone()])).collect()
    }

    /// Its name on the server.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The URL of the superuser, who needs no password, by TCP. Of a cluster, the first node's.
    pub fn url(&self) -> String {
        self.url_of(self.superuser(), &self.addresses[0])
    }

    /// The URLs of all nodes.
    pub fn urls(&self) -> Vec<String> {
        let nodes = self.addresses.iter();
        nodes
            .map(|node| self.url_of(self.superuser(), node))
            .collect()
    }

    /// The same database at another port of the loopback, such as a proxy's.
    pub fn url_at(&self, port: u16) -> String {
        let address = Address {
            port,
            ..self.addresses[0].clone()
        };
        self.url_of(self.superuser(), &address)
    }

    /// The URL of its Unix socket: `postgres:///name?host=…&port=…&user=postgres`, `mysql://root@localhost/name?socket=…`.
    pub fn socket_url(&self) -> String {
        let Self { name, .. } = self;
        let Address { port, socket } = &self.addresses[0];
        let socket = socket.display();
        match self.protocol {
            Protocol::Postgres => {
                format!("postgres:///{name}?host={socket}&port={port}&user=postgres")
            }
            Protocol::MariaDb => format!("mysql://root@localhost/{name}?socket={socket}"),
        }
    }

    /// The URL of a user with a password, in which there is what a URL has to encode.
    pub fn password_url(&self) -> String {
        self.url_of(
            &format!("{WITH_PASSWORD}:{PASSWORD_ENCODED}"),
            &self.addresses[0],
        )
    }

    /// The URL of a user who is let in by TLS only. It says nothing of TLS: that is for the driver under test.
    pub fn tls_url(&self) -> String {
        self.url_of(TLS_ONLY, &self.addresses[0])
    }

    /// The port of the loopback at which the server listens.
    pub fn port(&self) -> u16 {
        self.addresses[0].port
    }

    /// Runs SQL with the engine's own client, each statement in its own transaction unless it says otherwise. Gives the
    /// rows: values separated by `|`.
    #[track_caller]
    pub fn run(&self, sql: &str) -> String {
        match self.try_run(sql) {
            Ok(rows) => rows,
            Err(errors) => panic!("{sql}\n{errors}"),
        }
    }

    /// The same, where an error is an answer.
    pub fn try_run(&self, sql: &str) -> Result<String, String> {
        let mut client = match self.protocol {
            Protocol::Postgres => {
                let mut client = self.client("psql");
                client.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-f", "-"]);
                client.args(["-d", &self.name]);
                client
            }
            Protocol::MariaDb => {
                let mut client = self.client("mariadb");
                client.args(["--batch", "--skip-column-names", &self.name]);
                client
            }
        };
        let output = fed(&mut client, sql);
        let rows = String::from_utf8_lossy(&output.stdout);
        let rows = rows.trim_end_matches('\n');
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        Ok(match self.protocol {
            Protocol::Postgres => rows.to_owned(),
            Protocol::MariaDb => rows.replace('\t', "|"),
        })
    }

    /// The definitions of everything in it, as the engine's own program writes them, without what differs between
    /// two databases of the same content.
    pub fn dump(&self) -> String {
        let mut client = match self.protocol {
            Protocol::Postgres => {
                let mut client = self.client("pg_dump");
                client.args(["--schema-only", "--no-owner", &self.name]);
                client
            }
            Protocol::MariaDb => {
                let mut client = self.client("mariadb-dump");
                client.args(["--no-data", "--routines", "--triggers", "--skip-comments"]);
                client.arg(&self.name);
                client
            }
        };
        let text = super::process::run(&mut client);
        let same =
            |line: &&str| !line.starts_with("\\restrict") && !line.starts_with("\\unrestrict");
        text.lines().filter(same).collect::<Vec<_>>().join("\n")
    }

    /// A program of the engine's, told where the server is.
    fn client(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        let Address { port, socket } = &self.addresses[0];
        match self.protocol {
            Protocol::Postgres => command
                .env("PGTZ", "UTC")
                .env("PGCLIENTENCODING", "UTF8")
                .args(["-h", "127.0.0.1", "-U", "postgres", "-p"])
                .arg(port.to_string()),
            Protocol::MariaDb => command
                .args(["--no-defaults", "--user=root"])
                .arg("--default-character-set=utf8mb4")
                .arg(format!("--socket={}", socket.display())),
        };
        command
    }

    fn superuser(&self) -> &'static str {
        match self.protocol {
            Protocol::Postgres => "postgres",
            Protocol::MariaDb => "root",
        }
    }

    fn url_of(&self, user: &str, node: &Address) -> String {
        let scheme = match self.protocol {
            Protocol::Postgres => "postgres",
            Protocol::MariaDb => "mysql",
        };
        format!("{scheme}://{user}@127.0.0.1:{}/{}", node.port, self.name)
    }
}

/// Runs a client with this as its input.
fn fed(client: &mut Command, input: &str) -> Output {
    let mut child = client
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{client:?}: {error}"));
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    // A client that stops at an error reads no further, which is no error of ours.
    let writer = std::thread::spawn(move || drop(stdin.write_all(input.as_bytes())));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}
