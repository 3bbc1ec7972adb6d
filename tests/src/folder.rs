//! A folder in which programs run.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use rusqlite::Connection;
use tempfile::TempDir;

use crate::Ran;

/// What a developer may have set, and no test must see.
const VARIABLES: [&str; 8] = [
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "DATABASE_URL",
    "DATABASE_URL_FILE",
    "LAB_COMPACT",
    "MIGRATE_ENV",
    "NO_COLOR",
    "TERM",
];

/// An empty folder, which goes away at the end. Programs run in it, and find nothing of the machine's.
#[derive(Debug)]
pub struct Folder {
    /// Held, because the folder goes away with it.
    _temporary: TempDir,
    path: PathBuf,
}

impl Default for Folder {
    fn default() -> Self {
        Self::new()
    }
}

impl Folder {
    /// A new one.
    pub fn new() -> Self {
        let temporary = tempfile::tempdir().unwrap();
        // macOS reaches its temporary folder through a link.
        let path = temporary.path().canonicalize().unwrap();
        Self {
            _temporary: temporary,
            path,
        }
    }

    /// The folder, or something in it.
    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.path.join(name)
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

    /// Reads a file that is no text.
    pub fn read_bytes(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    /// Everything in the folder, with its contents.
    pub fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        bytes(&self.path)
    }

    /// A connection to a database in the folder.
    pub fn open(&self, name: &str) -> Connection {
        Connection::open(self.path(name)).unwrap()
    }

    /// Runs SQL on a database in the folder.
    pub fn sql(&self, name: &str, sql: &str) {
        self.open(name).execute_batch(sql).unwrap();
    }

    /// The names of the tables of a database in the folder, in order.
    pub fn tables(&self, name: &str) -> Vec<String> {
        let connection = self.open(name);
        let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
        let mut statement = connection.prepare(sql).unwrap();
        let names = statement.query_map([], |row| row.get(0)).unwrap();
        names.map(Result::unwrap).collect()
    }

    /// A program, ready to run in the folder.
    pub fn command(&self, program: &str, arguments: &str) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments.split_whitespace())
            .current_dir(&self.path)
            .stdin(Stdio::null());
        for name in VARIABLES {
            command.env_remove(name);
        }
        command
    }

    /// Runs a program in the folder.
    pub fn run(&self, program: &str, arguments: &str) -> Ran {
        self.finish(&mut self.command(program, arguments))
    }

    /// Runs a command to its end.
    pub fn finish(&self, command: &mut Command) -> Ran {
        Ran::new(&command.output().unwrap(), &self.path)
    }
}

/// Every file under a path, with its contents.
pub fn bytes(path: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(path).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(bytes(&path));
        } else {
            let contents = fs::read(&path).unwrap();
            found.insert(path, contents);
        }
    }
    found
}
