//! The program: `mysql-program URL COMMAND ENVIRONMENT`, to be killed. Commands: `up`, `down`, `fresh`. Exit codes: 0, 1 for a
//! failure, 3 for a lock.

use std::{env, process::ExitCode, time::Duration};

use migrate_core::{Down, Migrator, Request, Up, mysql};
use migrate_test_mysql as _;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [url, command, environment] = &arguments[..] else {
        eprintln!("mysql-program URL COMMAND ENVIRONMENT");
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
        .lock_ttl(milliseconds("LOCK_TTL_MS", 15_000))
        .timeout(milliseconds("TIMEOUT_MS", 60_000));
    let done = mysql::open(url).and_then(|mut database| migrator.run(&mut database, &request));
    match done {
        Ok(report) => {
            for one in report.done {
                println!("{}", one.id);
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(if error.is_locked() { 3 } else { 1 })
        }
    }
}
