//! The program: `crash-program DATABASE COMMAND [--option value …]`.
//!
//! Commands: `up`, `down`, `reset`, `fresh`, `resolve --id ID --answer done|not-done`, `status`, and `watch`, which looks
//! at the status until nothing is pending. Exit codes are those of the command line: 0, 1 for a failure, 2 for wrong
//! use, 3 for a lock.

use std::{
    collections::HashMap,
    env,
    process::ExitCode,
    sync::{Mutex, PoisonError},
    thread::sleep,
    time::Duration,
};

use crash_app::{GATE, PLAIN, reach};
use migrate_core::{
    Down, Event, MigrationStatus, Migrator, Observer, Progress, Request, State, Up, sqlite,
};
use rusqlite::{Connection, ErrorCode};

fn main() -> ExitCode {
    reach(GATE);
    match Asked::from_arguments(env::args().skip(1)) {
        Ok(asked) => match asked.run() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("error: {error}");
                ExitCode::from(if error.is_locked() { 3 } else { 1 })
            }
        },
        Err(wrong) => {
            eprintln!("error: {wrong}");
            ExitCode::from(2)
        }
    }
}

/// What the arguments ask for.
struct Asked {
    database: String,
    command: Command,
    journal: Option<String>,
    migrator: Migrator,
}

enum Command {
    Run(Request),
    Status,
    Watch,
}

impl Asked {
    fn from_arguments(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let database = arguments.next().ok_or("no database")?;
        let command = arguments.next().ok_or("no command")?;
        let mut options: HashMap<String, String> = HashMap::new();
        while let Some(name) = arguments.next() {
            let value = arguments
                .next()
                .ok_or(format!("`{name}` without a value"))?;
            options.insert(name, value);
        }
        let mut take = |name: &str| options.remove(name);
        let to = take("--to");
        let id = take("--id");
        let done = take("--answer").map(|answer| answer == "done");
        let command = match (command.as_str(), to, id, done) {
            ("up", None, ..) => Command::Run(Request::Up(Up::All)),
            ("up", Some(to), ..) => Command::Run(Request::Up(Up::To(to))),
            ("down", None, ..) => Command::Run(Request::Down(Down::Batches(1))),
            ("down", Some(to), ..) => Command::Run(Request::Down(Down::To(to))),
            ("reset", ..) => Command::Run(Request::Down(Down::All)),
            ("fresh", ..) => Command::Run(Request::Fresh),
            ("resolve", _, Some(id), Some(done)) => Command::Run(Request::Resolve { id, done }),
            ("status", ..) => Command::Status,
            ("watch", ..) => Command::Watch,
            (other, ..) => return Err(format!("`{other}` is no command")),
        };
        let mut migrator = Migrator::new()
            .environment(take("--env").unwrap_or_else(|| PLAIN.to_owned()))
            .observer(Tell::default());
        if let Some(timeout) = take("--timeout-ms") {
            let milliseconds = timeout
                .parse()
                .map_err(|_| format!("`{timeout}` is no number"))?;
            migrator = migrator.timeout(Duration::from_millis(milliseconds));
        }
        let journal = take("--journal");
        match options.keys().next() {
            Some(unknown) => Err(format!("`{unknown}` is no option")),
            None => Ok(Self {
                database,
                command,
                journal,
                migrator,
            }),
        }
    }

    fn run(&self) -> Result<(), migrate_core::Error> {
        let mut connection = sqlite::open(&self.database)?;
        if let Some(journal) = &self.journal {
            set_journal(&connection, journal);
        }
        match &self.command {
            Command::Run(request) => {
                self.migrator.run(&mut connection, request)?;
            }
            Command::Status => {
                self.nothing_is_pending(&mut connection)?;
            }
            Command::Watch => while !self.nothing_is_pending(&mut connection)? {},
        }
        Ok(())
    }

    fn nothing_is_pending(&self, connection: &mut Connection) -> Result<bool, migrate_core::Error> {
        let status = self.migrator.status(connection)?;
        for one in &status.migrations {
            let row = one
                .applied
                .as_ref()
                .map(|row| row.progress == Progress::Applied);
            let expected = match one.state {
                State::Applied => Some(true),
                State::Incomplete => Some(false),
                _ => None,
            };
            // The state and the row are of one moment, however fast the other programs are.
            if row != expected {
                println!(
                    "contradiction: {} is {:?}, applied: {row:?}",
                    one.id, one.state
                );
            }
        }
        let unfinished = |one: &MigrationStatus| one.is_pending() || one.state == State::Incomplete;
        Ok(!status.migrations.iter().any(unfinished))
    }
}

/// What an application does to its database before it migrates. SQLite does not wait for this change by itself.
fn set_journal(connection: &Connection, mode: &str) {
    let busy = |error: &rusqlite::Error| error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy);
    while let Err(error) =
        connection.pragma_update_and_check(None, "journal_mode", mode, |_| Ok(()))
    {
        if !busy(&error) {
            eprintln!("error: journal_mode: {error}");
            return;
        }
        sleep(Duration::from_millis(1));
    }
}

/// Prints what is done, and stops where it is told to.
#[derive(Default)]
struct Tell {
    /// What is being done, for the name of a place.
    doing: Mutex<String>,
}

impl Observer for Tell {
    fn event(&self, event: &Event<'_>) {
        let mut doing = self.doing.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Waiting { what, .. } => println!("waiting for {what}"),
            Event::Warned(warning) => eprintln!("warning: {warning}"),
            Event::MigrationStarted { action, id, .. } => {
                *doing = format!("{} {id}", action.word());
                reach(&format!("{doing} begin"));
            }
            Event::StepStarted { step, .. } => reach(&format!("{doing} {step}")),
            Event::MigrationDone { action, id, .. } => {
                println!("done: {} {id}", action.word());
                reach(&format!("{} {id} end", action.word()));
            }
            Event::Skipped { id, .. } => println!("skipped: {id}"),
            _ => {}
        }
    }
}
