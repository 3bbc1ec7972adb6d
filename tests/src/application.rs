//! Applications that Cargo builds.

use std::{
    env,
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::Ran;

const WORKSPACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// A package that uses migrate, outside the workspace, as a user has one. It is built offline with the versions
/// and from the dependencies of the workspace, so a build takes seconds.
///
/// It stands where it stood in the last run, or Cargo would keep a build for each run.
#[derive(Debug)]
pub struct Application {
    path: PathBuf,
    build: PathBuf,
    _lock: File,
}

impl Application {
    /// A package with an empty library and no program.
    pub fn new(name: &str) -> Self {
        // …/target/debug/deps/test
        let program = env::current_exe().unwrap();
        let build = program.ancestors().nth(3).unwrap().to_owned();
        let all = build.join("tmp/applications");
        fs::create_dir_all(&all).unwrap();
        let lock = File::create(all.join(format!("{name}.lock"))).unwrap();
        lock.lock().unwrap();
        let path = all.join(name);
        if path.exists() {
            fs::remove_dir_all(&path).unwrap();
        }
        let application = Self {
            path,
            build,
            _lock: lock,
        };
        application.write("Cargo.toml", &manifest(name));
        application.write("src/lib.rs", "//! An application.\n");
        let versions = Path::new(WORKSPACE).join("Cargo.lock");
        fs::copy(versions, application.path("Cargo.lock")).unwrap();
        application
    }

    /// Something in the package.
    pub fn path(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Where Cargo builds, which is shared with the workspace.
    pub fn build(&self) -> &Path {
        &self.build
    }

    /// Writes a file, with the folders that it needs.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Reads a file.
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// The program that `cargo migrate` runs from now on.
    pub fn install(&self, cargo_migrate: &str) {
        let installed = self.path("bin/cargo-migrate");
        fs::create_dir_all(installed.parent().unwrap()).unwrap();
        // A copy could not be run while a test beside this one starts a program, and so inherits the open file.
        #[cfg(unix)]
        std::os::unix::fs::symlink(cargo_migrate, installed).unwrap();
        #[cfg(not(unix))]
        fs::copy(cargo_migrate, installed.with_extension("exe")).unwrap();
    }

    /// Runs Cargo in the package.
    pub fn cargo(&self, arguments: &str) -> Ran {
        self.cargo_in("", arguments)
    }

    /// Runs Cargo in a folder of the package.
    pub fn cargo_in(&self, folder: &str, arguments: &str) -> Ran {
        let mut path = vec![self.path("bin")];
        path.extend(env::split_paths(&env::var_os("PATH").unwrap()));
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command
            .args(arguments.split_whitespace())
            .current_dir(self.path(folder))
            .stdin(Stdio::null())
            .env("PATH", env::join_paths(path).unwrap())
            .env("CARGO_NET_OFFLINE", "true")
            .env("CARGO_TERM_COLOR", "never")
            // What is built is shared with the workspace; the programs, whose names may be the same, are not.
            .env("CARGO_BUILD_BUILD_DIR", &self.build)
            .env("CARGO_TARGET_DIR", self.path("target"))
            .env_remove("DATABASE_URL")
            .env_remove("DATABASE_URL_FILE")
            .env_remove("MIGRATE_ENV");
        Ran::new(&command.output().unwrap(), &self.path)
    }
}

fn manifest(name: &str) -> String {
    let workspace = Path::new(WORKSPACE).canonicalize().unwrap();
    let workspace = workspace.display();
    format!(
        "[package]
name = \"{name}\"
version = \"0.1.0\"
edition = \"2024\"

[dependencies]
migrate-cli = {{ path = '{workspace}/migrate-cli', default-features = false, features = [\"bundled\", \"sqlite\"] }}
migrate-core = {{ path = '{workspace}/migrate-core' }}
rusqlite = {{ version = \"*\", default-features = false, features = [\"bundled\"] }}

[workspace]

[profile.dev]
debug = \"line-tables-only\"
"
    )
}
