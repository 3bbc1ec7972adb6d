//! Which engines are installed, and what is said of one that is not.

use std::{
    collections::BTreeSet,
    env,
    io::Write,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

/// Where `.ci/engines` puts what is no package of Debian's.
pub(crate) const ENGINES: &str = "MIGRATE_ENGINES";
/// `all`: a missing engine is a failure.
const DEMANDED: &str = "MIGRATE_TEST_ENGINES";

/// What brings an engine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Engine {
    pub(crate) name: &'static str,
    /// A command that installs it.
    pub(crate) install: &'static str,
}

static TOLD: Mutex<BTreeSet<&str>> = Mutex::new(BTreeSet::new());

impl Engine {
    /// What was looked for, or nothing after having said so: once per engine and process, past the tests' own
    /// capture of what they print.
    pub(crate) fn demand<T>(self, found: Option<T>) -> Option<T> {
        if found.is_some() {
            return found;
        }
        let Self { name, install } = self;
        if env::var_os(DEMANDED).is_some_and(|which| which == "all") {
            panic!(
                "{name} is not installed, and {DEMANDED}=all demands it: .ci/engines installs all engines ({install})"
            );
        }
        let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
        if told.insert(name) {
            let line = format!(
                "\nnot tested: {name} is not installed ({install}; .ci/engines installs all engines)\n"
            );
            let _ = std::io::stderr().write_all(line.as_bytes());
        }
        None
    }
}

/// A program on the path, or where distributions put servers.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let servers = ["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from);
    env::split_paths(&path)
        .chain(servers)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

/// The folders in which engines are that are no package of Debian's.
pub(crate) fn engine_folders() -> impl Iterator<Item = PathBuf> {
    let given = env::var_os(ENGINES).map(PathBuf::from);
    let of_root = PathBuf::from("/opt/migrate-engines");
    let of_user = env::var_os("HOME").map(|home| Path::new(&home).join(".cache/migrate-engines"));
    given.into_iter().chain([of_root]).chain(of_user)
}
