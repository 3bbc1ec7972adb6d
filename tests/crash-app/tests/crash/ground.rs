//! A database in a folder of its own, and programs that run on it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use crash_app::ROWS;
use migrate_test_servers::{Ended, Program};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::looked_at::{self, Seen};

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_crash-program");

/// How SQLite makes a commit atomic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Journal {
    Delete,
    Wal,
    /// As the migrations set it.
    Own,
}

/// A folder with a database that may not be there yet.
pub(crate) struct Ground {
    folder: PathBuf,
    /// Removes the folder in the end, where it is a temporary one.
    _temporary: Option<TempDir>,
    journal: Journal,
    environment: &'static str,
    rows: usize,
}

impl Ground {
    pub(crate) fn new(journal: Journal, environment: &'static str, rows: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            folder: folder.path().to_owned(),
            _temporary: Some(folder),
            journal,
            environment,
            rows,
        }
    }

    pub(crate) fn in_folder(
        folder: &Path,
        journal: Journal,
        environment: &'static str,
        rows: usize,
    ) -> Self {
        Self {
            folder: folder.to_owned(),
            _temporary: None,
            journal,
            environment,
            rows,
        }
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.folder.join("app.db")
    }

    /// A command on the database: `up`, `down --to 001_a`.
    pub(crate) fn program(&self, command: &str) -> Program {
        self.program_by(Command::new(PROGRAM), command)
    }

    /// The same, where the program is started by another one.
    pub(crate) fn program_by(&self, mut starter: Command, command: &str) -> Program {
        starter
            .arg(self.database())
            .args(command.split(' '))
            .args(["--env", self.environment]);
        match self.journal {
            Journal::Own => {}
            Journal::Delete => {
                starter.args(["--journal", "delete"]);
            }
            Journal::Wal => {
                starter.args(["--journal", "wal"]);
            }
        }
        starter.env(ROWS, self.rows.to_string());
        Program::new(starter)
    }

    /// Runs a command to its end, which is a good one.
    #[track_caller]
    pub(crate) fn run(&self, command: &str) -> Ended {
        let ended = self.program(command).run();
        ended.ok();
        ended
    }

    /// How long an undisturbed run takes.
    pub(crate) fn measure(&self, command: &str) -> Duration {
        let started = Instant::now();
        self.run(command);
        started.elapsed()
    }

    /// The same database in another folder. Everything but the shared memory is copied: that is not part of what
    /// a killed process leaves to the next one.
    pub(crate) fn copy(&self) -> Self {
        let copy = Self::new(self.journal, self.environment, self.rows);
        for suffix in ["", "-journal", "-wal"] {
            let (from, to) = (self.file(suffix), copy.file(suffix));
            if from.exists() {
                fs::copy(from, to).unwrap();
            }
        }
        copy
    }

    fn file(&self, suffix: &str) -> PathBuf {
        self.folder.join(format!("app.db{suffix}"))
    }

    /// Whether a killed process has left something for the next one to recover.
    pub(crate) fn is_to_be_recovered(&self) -> bool {
        let filled =
            |suffix: &str| fs::metadata(self.file(suffix)).is_ok_and(|file| file.len() > 0);
        filled("-journal") || filled("-wal")
    }

    /// Whether the sign of a run outside a transaction is there. A killed one leaves it, and it does no harm.
    pub(crate) fn is_claimed(&self) -> bool {
        self.file("-migrate-lock").exists()
    }

    /// Opens the database in this process. Nobody may be killed or copied while it is open.
    pub(crate) fn open(&self) -> Connection {
        Connection::open(self.database()).unwrap()
    }

    /// Looks at a copy, so that it is the next program that has to recover the database, and demands that
    /// everything agrees.
    #[track_caller]
    pub(crate) fn check(&self) -> Seen {
        looked_at::check(&self.copy().open(), self.environment)
    }

    /// Everything in the database, as text.
    pub(crate) fn dump(&self) -> String {
        looked_at::dump(&self.copy().open())
    }

    /// What somebody does who reads that a step was cut off: looks whether it was done, and says so.
    #[track_caller]
    pub(crate) fn resolve(&self) {
        let answer = if self.check().cut_off_step_is_done {
            "done"
        } else {
            "not-done"
        };
        self.run(&format!("resolve --id 016_note --answer {answer}"));
    }
}

/// It has refused, because a Rust step outside a transaction was cut off.
pub(crate) fn is_unresolved(ended: &Ended) -> bool {
    ended.status.code() == Some(1)
        && ended
            .errors
            .contains("it cannot be seen whether it was done")
}
