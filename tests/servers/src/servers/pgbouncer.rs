//! `PgBouncer`, a pool of connections in front of PostgreSQL.

use std::net::TcpStream;

use super::{
    database::{Address, Database},
    folder::Folder,
    installed::{Engine, program},
    node::Node,
    ports::free_port,
    postgres::Postgres,
    process::Launch,
};

const ENGINE: Engine = Engine {
    name: "PgBouncer",
    install: "Debian: apt install pgbouncer",
};

/// A pool in transaction mode: each transaction of a client may be on another connection to the server, and what a
/// session keeps (settings, advisory locks, prepared statements) is some other client's next.
pub struct PgBouncer {
    address: Address,
    node: Node,
    _folder: Folder,
}

impl PgBouncer {
    /// A pool in front of a server. Nothing where `PgBouncer` is not installed, after having said so.
    pub fn in_front_of(server: &Postgres) -> Option<Self> {
        let program = ENGINE.demand(program("pgbouncer"))?;
        let folder = Folder::new();
        let port = free_port();
        let settings = format!(
            "[databases]\n* = host=127.0.0.1 port={} user=postgres\n\
             [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir = {}\nauth_type = any\n\
             pool_mode = transaction\nserver_round_robin = 1\ndefault_pool_size = 20\nmax_client_conn = 500\n",
            server.named("postgres").port(),
            folder.path().display(),
        );
        let launch = Launch {
            program,
            arguments: vec![
                folder
                    .write("settings.ini", &settings)
                    .display()
                    .to_string(),
            ],
            log: folder.path().join("log"),
            signal: "KILL",
        };
        let node = Node::new(launch, move || {
            TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
        node.start(&[]);
        Some(Self {
            address: Address {
                port,
                socket: folder.path().to_owned(),
            },
            node,
            _folder: folder,
        })
    }

    /// A database of the server's, by way of the pool.
    pub fn of(&self, database: &Database) -> Database {
        database.at(vec![self.address.clone()])
    }

    /// The number of the pool's process.
    pub fn process_id(&self) -> Option<u32> {
        self.node.id()
    }
}
