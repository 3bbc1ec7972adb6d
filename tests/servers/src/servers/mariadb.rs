//! MariaDB.

use std::{
    io::Read,
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    sync::LazyLock,
    time::Duration,
};

use super::{
    authority::Certificates,
    database::{Address, Database, PASSWORD, Protocol, TLS_ONLY, WITH_PASSWORD, new_name},
    folder::Folder,
    installed::{Engine, program},
    node::Node,
    ports::free_port,
    process::{Launch, command, run},
};

pub(crate) const ENGINE: Engine = Engine {
    name: "MariaDB",
    install: "Debian: apt install mariadb-server",
};

/// What makes a server small, and spares it the disk.
pub(crate) const SMALL: [&str; 8] = [
    "--debug-no-sync",
    "--innodb-buffer-pool-size=32M",
    "--innodb-log-file-size=8M",
    "--innodb-flush-method=nosync",
    "--innodb-use-native-aio=0",
    "--performance-schema=OFF",
    "--skip-name-resolve",
    "--bind-address=127.0.0.1",
];

/// A server of MariaDB. It lets in `root` without a password, one user by a password, one by TLS only.
///
/// What is written is not forced to the disk: a crash of the server loses nothing, one of the machine does.
pub struct MariaDb {
    address: Address,
    certificates: Certificates,
    node: Node,
    // Goes last: the server writes there.
    _folder: Folder,
}

impl MariaDb {
    /// The server that the tests of one process share. Nothing where MariaDB is not installed, after having said so.
    pub fn shared() -> Option<&'static Self> {
        static SHARED: LazyLock<Option<MariaDb>> = LazyLock::new(MariaDb::start);
        SHARED.as_ref().or_else(|| ENGINE.demand(None))
    }

    /// A server of the test's own, to be killed, stalled or set up differently.
    pub fn start() -> Option<Self> {
        Self::start_with(&[])
    }

    /// The same with options of `mariadbd`, such as `--lower-case-table-names=1`.
    pub fn start_with(options: &[&str]) -> Option<Self> {
        let server = ENGINE.demand(program("mariadbd"))?;
        let folder = Folder::new();
        install(&folder, "data");
        let certificates = Certificates::new(&folder);
        let address = Address {
            port: free_port(),
            socket: folder.path().join("socket"),
        };
        let mut arguments = options_of(&folder, "data", &address);
        arguments.extend([
            format!(
                "--init-file={}",
                folder.write("users.sql", &users()).display()
            ),
            format!("--ssl-cert={}", certificates.certificate.display()),
            format!("--ssl-key={}", certificates.key.display()),
            format!("--ssl-ca={}", certificates.authority.display()),
        ]);
        arguments.extend(options.iter().map(|&option| option.to_owned()));
        let launch = Launch {
            program: server,
            arguments,
            log: folder.path().join("log"),
            signal: "KILL",
        };
        let socket = address.socket.clone();
        let node = Node::new(launch, move || greets(&socket));
        node.start(&[]);
        Some(Self {
            address,
            certificates,
            node,
            _folder: folder,
        })
    }

    /// A new database, empty.
    pub fn database(&self) -> Database {
        let name = new_name();
        self.named("mysql").run(&format!("CREATE DATABASE {name}"));
        self.named(&name)
    }

    /// A database that exists, such as `mysql`.
    pub fn named(&self, name: &str) -> Database {
        named(name, vec![self.address.clone()])
    }

    /// The certificate authority that a client has to trust, in PEM.
    pub fn authority(&self) -> &Path {
        &self.certificates.authority
    }

    /// Ends the server as a crash would. Returns when it is gone.
    pub fn kill(&self) {
        self.node.kill();
    }

    /// Ends the server in good order.
    pub fn stop(&self) {
        self.node.stop();
    }

    /// Starts the server again, on the same port with the same data.
    pub fn restart(&self) {
        self.node.start(&[]);
    }

    /// Nothing of the server moves until [`MariaDb::resume`]. Connections stay, and get no answer.
    pub fn pause(&self) {
        self.node.pause();
    }

    /// Lets a stalled server go on.
    pub fn resume(&self) {
        self.node.resume();
    }

    /// The number of the server's process, while it runs.
    pub fn process_id(&self) -> Option<u32> {
        self.node.id()
    }
}

pub(crate) fn named(name: &str, addresses: Vec<Address>) -> Database {
    let programs = program("mariadb").and_then(|file| Some(file.parent()?.to_owned()));
    Database::new(
        name,
        Protocol::MariaDb,
        addresses,
        programs.unwrap_or_else(|| PathBuf::from("/usr/bin")),
    )
}

/// Makes the system's own tables, in this folder of the folder.
pub(crate) fn install(folder: &Folder, data: &str) {
    let temporary = folder.folder(&format!("{data}-temporary"));
    let program = program("mariadb-install-db").expect("`mariadb-install-db` beside `mariadbd`");
    run(command(&program)
        .arg("--no-defaults")
        .arg(format!("--datadir={}", folder.path().join(data).display()))
        // The names of temporary tables are not as unique as a folder that all use would need.
        .arg(format!("--tmpdir={}", temporary.display()))
        .arg("--auth-root-authentication-method=normal")
        .args(["--skip-test-db", "--innodb-log-file-size=8M"])
        .args(["--innodb-flush-method=nosync", "--debug-no-sync"]));
}

/// The options that every server needs, whose tables are in this folder of the folder.
pub(crate) fn options_of(folder: &Folder, name: &str, address: &Address) -> Vec<String> {
    let data = folder.path().join(name);
    let temporary = folder.path().join(format!("{name}-temporary"));
    let own = [
        "--no-defaults".to_owned(),
        format!("--datadir={}", data.display()),
        format!("--tmpdir={}", temporary.display()),
        format!("--port={}", address.port),
        format!("--socket={}", address.socket.display()),
        format!("--pid-file={}", data.join("pid").display()),
    ];
    own.into_iter().chain(SMALL.map(str::to_owned)).collect()
}

/// Whether the server sends its greeting, which it does when it is ready.
pub(crate) fn greets(socket: &Path) -> bool {
    let greeting = || -> std::io::Result<()> {
        let mut stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.read_exact(&mut [0; 5])
    };
    greeting().is_ok()
}

/// The users: SQL that a server can run again, each statement on a line, as `--init-file` wants it.
pub(crate) fn users() -> String {
    let by_password = format!("IDENTIFIED BY '{PASSWORD}'");
    let users = [
        ("root", ""),
        (WITH_PASSWORD, &by_password),
        (TLS_ONLY, "REQUIRE SSL"),
    ];
    let statements = users.map(|(user, how)| {
        format!(
            "CREATE USER IF NOT EXISTS {user}@'127.0.0.1' {how};\n\
             GRANT ALL ON *.* TO {user}@'127.0.0.1' WITH GRANT OPTION;\n"
        )
    });
    statements.concat()
}
