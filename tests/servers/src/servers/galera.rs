//! Galera: three nodes of MariaDB, each of which takes writes.

use std::{path::PathBuf, sync::LazyLock};

use super::{
    database::{Address, Database, new_name},
    folder::Folder,
    installed::{Engine, program},
    mariadb::{greets, install, named, options_of, users},
    node::Node,
    ports::free_port,
    process::Launch,
};

const ENGINE: Engine = Engine {
    name: "Galera",
    install: "Debian: apt install mariadb-server galera-4 rsync",
};
const NODES: usize = 3;
const LIBRARIES: [&str; 3] = [
    "/usr/lib/galera/libgalera_smm.so",
    "/usr/lib64/galera-4/libgalera_smm.so",
    "/usr/lib/galera-4/libgalera_smm.so",
];
/// A node that is gone is noticed after two seconds instead of five.
const PATIENCE: &str =
    "evs.keepalive_period=PT0.5S;evs.suspect_timeout=PT2S;evs.inactive_timeout=PT6S";

/// A cluster of three nodes. What one has committed is on all of them, and DDL runs on all of them at the same place.
pub struct Galera {
    nodes: Vec<(Address, Node)>,
    _folder: Folder,
}

impl Galera {
    /// The cluster that the tests of one process share. Nothing where Galera is not installed, after having said so.
    pub fn shared() -> Option<&'static Self> {
        static SHARED: LazyLock<Option<Galera>> = LazyLock::new(Galera::start);
        SHARED.as_ref().or_else(|| ENGINE.demand(None))
    }

    /// A cluster of the test's own, whose nodes may be killed and stalled.
    pub fn start() -> Option<Self> {
        let library = LIBRARIES
            .map(PathBuf::from)
            .into_iter()
            .find(|file| file.is_file());
        let found = library
            .zip(program("mariadbd"))
            .filter(|_| program("rsync").is_some());
        let (library, server) = ENGINE.demand(found)?;
        let folder = Folder::new();
        let group: [u16; NODES] = std::array::from_fn(|_| free_port());
        let members = group.map(|port| format!("127.0.0.1:{port}")).join(",");
        let nodes = group.map(|port| {
            let name = format!("node-{port}");
            install(&folder, &name);
            let address = Address {
                port: free_port(),
                socket: folder.path().join(format!("{name}.socket")),
            };
            let mut arguments = options_of(&folder, &name, &address);
            arguments.extend(replication(&library.display().to_string(), port, &members));
            let launch = Launch {
                program: server.clone(),
                arguments,
                log: folder.path().join(format!("{name}.log")),
                signal: "KILL",
            };
            let database = named("mysql", vec![address.clone()]);
            let socket = address.socket.clone();
            let ready = move || greets(&socket) && is_synced(&database);
            (address, Node::new(launch, ready))
        });
        let [(first, founder), ..] = &nodes;
        founder.start(&["--wsrep-new-cluster"]);
        named("mysql", vec![first.clone()]).run(&users());
        for (_, node) in &nodes[1..] {
            node.launch(&[]);
        }
        for (_, node) in &nodes[1..] {
            node.wait();
        }
        Some(Self {
            nodes: nodes.into(),
            _folder: folder,
        })
    }

    /// A new database, empty. Its `urls()` are those of the three nodes; it is there on all of them.
    pub fn database(&self) -> Database {
        let name = new_name();
        let addresses = self.nodes.iter().map(|(address, _)| address.clone());
        let database = named(&name, addresses.collect());
        named("mysql", vec![self.nodes[0].0.clone()]).run(&format!("CREATE DATABASE {name}"));
        for node in database.each() {
            // A node may be behind by a moment, unless it is asked to wait.
            node.run("SET wsrep_sync_wait = 15; SELECT 1");
        }
        database
    }

    /// Ends a node as a crash would. Returns when it is gone; the others notice some seconds later.
    pub fn kill(&self, node: usize) {
        self.nodes[node].1.kill();
    }

    /// Ends a node in good order.
    pub fn stop(&self, node: usize) {
        self.nodes[node].1.stop();
    }

    /// Starts a node again, and waits until it has what the others have.
    pub fn restart(&self, node: usize) {
        self.nodes[node].1.start(&[]);
    }

    /// Nothing of a node moves until [`Galera::resume`]. The others put it out of the cluster after some seconds.
    pub fn pause(&self, node: usize) {
        self.nodes[node].1.pause();
    }

    /// Lets a stalled node go on.
    pub fn resume(&self, node: usize) {
        self.nodes[node].1.resume();
    }

    /// Waits until a node has what the others have, and takes writes.
    pub fn wait(&self, node: usize) {
        self.nodes[node].1.wait();
    }

    /// The number of a node's process, while it runs.
    pub fn process_id(&self, node: usize) -> Option<u32> {
        self.nodes[node].1.id()
    }
}

fn replication(library: &str, port: u16, members: &str) -> [String; 8] {
    let (ist, sst) = (free_port(), free_port());
    [
        "--binlog-format=ROW".into(),
        "--innodb-autoinc-lock-mode=2".into(),
        "--wsrep-on=ON".into(),
        format!("--wsrep-provider={library}"),
        format!("--wsrep-cluster-address=gcomm://{members}"),
        format!(
            "--wsrep-provider-options=gmcast.listen_addr=tcp://127.0.0.1:{port};\
             ist.recv_addr=127.0.0.1:{ist};pc.recovery=no;gcache.size=16M;{PATIENCE}"
        ),
        "--wsrep-sst-method=rsync".into(),
        format!("--wsrep-sst-receive-address=127.0.0.1:{sst}"),
    ]
}

/// Asked so that a node has to hear of the others first: one that was stalled believes what it knew.
fn is_synced(database: &Database) -> bool {
    let state =
        database.try_run("SET wsrep_sync_wait = 15; SHOW STATUS LIKE 'wsrep_local_state_comment'");
    state.is_ok_and(|state| state.ends_with("|Synced"))
}
