//! The program: `mysql-program COMMAND ENVIRONMENT URL`, to be killed. Commands: `up`, `down`, `fresh`. Exit codes: 0, 1 for a
//! failure, 3 for a lock.

use std::{env, process::ExitCode, time::Duration};

use migrate_core::{Down, Event, Migrator, Observer, Request, Up, mysql};
use migrate_test_mysql as _;
use migrate_test_servers::reach;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [command, environment, url] = &arguments[..] else {
        eprintln!("mysql-program COMMAND ENVIRONMENT URL");
        return ExitCode::from(2);
    };
    let request = match command.as_str() {
        "down" => Request::Down(Down::All),
        "fresh" => Request::Fresh,
        _ => Request::Up(Up::All),
    };
    let milliseconds = |name: &str, otherwise: u64| {
        let given = env::var(name).ok().and_then(|value| value.parse().ok());
        Duration::from_millis(given.unwrap_or(otherwise))
    };
    let migrator = Migrator::new()
        .environment(environment)
        .observer(Tell)
        .lock_ttl(milliseconds("LOCK_TTL_MS", 15_000))
        .timeout(milliseconds("TIMEOUT_MS", 60_000));
    let done = mysql::open(url).and_then(|mut database| migrator.run(&mut database, &request));
    match done {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(if error.is_locked() { 3 } else { 1 })
        }
    }
}

/// Says what is done, and stops where it is told to.
struct Tell;

impl Observer for Tell {
    fn event(&self, event: &Event<'_>) {
        match event {
            Event::MigrationDone { action, id, .. } => println!("done: {} {id}", action.word()),
            Event::StepStarted { step, what, .. } => {
                let first: Vec<&str> = what.split_whitespace().take(3).collect();
                reach(&format!("{step} {}", first.join(" ")));
            }
            Event::Waiting { what, .. } => println!("waiting for {what}"),
            _ => {}
        }
    }
}
