//! A temporary folder that goes when the test's process has ended, however that was.

use std::{
    env, fs,
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use super::process::servant;

/// Servers may still be writing while they are being ended, so it is tried again.
const KEEPER: &str = r#"
cat
tries=0
until rm -rf "$1" || [ $tries -gt 250 ]; do
    sleep 0.02
    tries=$((tries + 1))
done
"#;

/// A folder of a server's.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    keeper: Child,
}

impl Folder {
    /// The name is short, because a socket's path may not be long.
    pub(crate) fn new() -> Self {
        let path = tempfile::Builder::new()
            .prefix("migrate-")
            .tempdir()
            .unwrap()
            .keep();
        // What servers keep there is of no use to anybody, and whoever runs a test may look.
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        give(&path);
        let keeper = Command::new("sh")
            .args(["-c", KEEPER, "sh"])
            .arg(&path)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("a shell");
        Self { path, keeper }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// A file that the server owns, and nobody else may read: otherwise keys are refused.
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path.join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        give(&path);
        path
    }

    /// A folder in it, that the server owns.
    pub(crate) fn folder(&self, name: &str) -> PathBuf {
        let path = self.path.join(name);
        fs::create_dir(&path).unwrap();
        give(&path);
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// Makes the servers' user the owner.
fn give(path: &Path) {
    if let Some(user) = servant() {
        std::os::unix::fs::chown(path, Some(user.uid.as_raw()), Some(user.gid.as_raw())).unwrap();
        assert!(
            super::process::try_run(
                super::process::command(Path::new("test"))
                    .arg("-w")
                    .arg(path)
            )
            .is_ok(),
            "servers run as `{}`, who cannot come to {}: set TMPDIR to a folder that is open to all",
            user.name,
            env::temp_dir().display(),
        );
    }
}
