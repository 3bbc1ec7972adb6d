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

#[cfg(test)]
mod tests {
    use std::{env, process::Command};

    use super::{DEMANDED, Engine};

    const NOTHING: Engine = Engine {
        name: "NothingSQL",
        install: "Debian: apt install nothing",
    };
    /// Set where the test has started itself.
    const ITSELF: &str = "MIGRATE_TEST_MISSING";

    /// As a process of its own, whose output is seen as a user sees it.
    #[test]
    fn a_missing_engine_is_told_once_or_fails() {
        if env::var_os(ITSELF).is_some() {
            assert_eq!(NOTHING.demand::<()>(None), None);
            assert_eq!(NOTHING.demand::<()>(None), None);
            return;
        }
        let mut itself = Command::new(env::current_exe().unwrap());
        itself
            .args(["a_missing_engine_is_told_once_or_fails"])
            .env(ITSELF, "1");
        let told = itself.env_remove(DEMANDED).output().unwrap();
        assert!(told.status.success());
        let text = String::from_utf8(told.stderr).unwrap();
        let line = "not tested: NothingSQL is not installed (Debian: apt install nothing; .ci/engines installs all engines)";
        assert_eq!(text.trim(), line);
        let failed = itself.env(DEMANDED, "all").output().unwrap();
        assert!(!failed.status.success());
        let text = String::from_utf8(failed.stdout).unwrap();
        assert!(
            text.contains("NothingSQL is not installed, and MIGRATE_TEST_ENGINES=all demands it"),
            "{text}"
        );
    }
}
