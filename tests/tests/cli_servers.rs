//! The command line on servers: what is done, and what is said of what goes wrong.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows that a test may panic, but not its helpers"
)]

use std::{
    io::{BufRead, BufReader, Read},
    process::Stdio,
};

use migrate_test_servers::{Database, MariaDb, Postgres};
use migrate_tests::{Folder, Ran};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

const FLEET: &str = env!("CARGO_BIN_EXE_fixture-fleet");

fn run(url: &str, arguments: &str) -> Ran {
    Folder::new().run(FLEET, &format!("{arguments} --database-url {url}"))
}

/// A database on each server that is installed.
fn databases() -> Vec<Database> {
    let postgres = Postgres::shared().map(Postgres::database);
    let mariadb = MariaDb::shared().map(MariaDb::database);
    postgres.into_iter().chain(mariadb).collect()
}

#[test]
fn there_and_back() {
    for database in databases() {
        let url = database.url();
        run(&url, "check").ends(1).has("is pending: run `up`");
        run(&url, "up --dry-run").ends(0).has("CREATE TABLE");
        assert!(
            database.try_run("SELECT 1 FROM _migrations").is_err(),
            "looking has made a table"
        );
        run(&url, "up").ends(0).has("2 migrations applied");
        run(&url, "up").ends(0).has("Nothing to do");
        run(&url, "status").ends(0).has("2 applied, 0 pending");
        run(&url, "check").ends(0);
        run(&url, "log -n 1")
            .ends(0)
            .has("… and 1 migration before");
        run(&url, "schema show --format mermaid")
            .ends(0)
            .has("erDiagram\n    ");
        run(&url, "down -n 1").ends(0).has("1 migration reverted");
        run(&url, "redo -n 1").ends(0);
        run(&url, "fresh")
            .ends(4)
            .has(&format!("drops every table in {url} (development)"));
        run(&url, "fresh --yes").ends(0).has("2 migrations applied");
        run(&url, "status --sql").ends(0).has("voyages");
        assert_eq!(database.run("SELECT count(*) FROM _migrations"), "2");
    }
}

/// What a database holds, as a document and a picture; what somebody has done to it by hand, and how it goes back.
#[test]
fn whole_schemas() {
    for database in databases() {
        let here = Folder::new();
        let url = database.url();
        let fleet = |arguments: &str| here.run(FLEET, &format!("{arguments} --database-url {url}"));
        fleet("up").ends(0);
        fleet("schema show database --format mermaid")
            .ends(0)
            .has("    voyages {");
        fleet("schema show database --format html")
            .ends(0)
            .has("UTC by ");
        fleet("schema export --output before.json").ends(0);
        here.run(FLEET, "schema validate before.json").ends(0);
        fleet("schema diff before.json database")
            .ends(0)
            .has("Nothing is different");
        database.run("ALTER TABLE ships ADD COLUMN note VARCHAR(20) DEFAULT 'x'");
        fleet("check").ends(1).has("drift column ships.note: added");
        fleet("schema apply before.json").ends(4);
        fleet("schema apply before.json --allow-drop")
            .ends(0)
            .has("1 change made in");
        fleet("schema apply before.json")
            .ends(0)
            .has("Nothing to do");
        fleet("check").ends(0);
    }
}

#[test]
fn several_databases_of_several_kinds() {
    let here = Folder::new();
    let urls: Vec<String> = databases().iter().map(Database::url).collect();
    let flags: Vec<String> = urls
        .iter()
        .map(|url| format!("--database-url {url}"))
        .collect();
    let flags = format!("--database-url sqlite:app.db {}", flags.join(" "));
    let ran = here.run(FLEET, &format!("up {flags}"));
    ran.ends(0);
    for url in &urls {
        ran.has(url);
    }
    assert_eq!(
        ran.out.matches("2 migrations applied").count(),
        urls.len() + 1
    );
    let json = here
        .run(FLEET, &format!("status --format json {flags}"))
        .json();
    assert_eq!(json.as_array().unwrap().len(), urls.len() + 1);
    assert_eq!(json[urls.len()]["answer"]["applied"], 2);
}

/// What is said has to name what and where, and no secret.
#[test]
fn what_is_wrong_is_said() {
    for database in databases() {
        let (url, name) = (database.url(), database.name());
        let address = format!("127.0.0.1:{}", database.port());
        let wrong = |url: &str, words: &[&str]| {
            for command in ["up", "status"] {
                let ran = run(url, command);
                eprintln!("{}", ran.shown());
                ran.ends(1).lacks("wrong_password").lacks("panicked");
                for word in words {
                    ran.has(word);
                }
            }
        };
        wrong(
            &format!("{url}_absent"),
            &[&format!("{name}_absent"), "first, or "],
        );
        let password = database
            .password_url()
            .replace("p%40ss%3Aw%2Frd", "wrong_password");
        wrong(&password, &[&address, "password"]);
        wrong(&database.url_at(1), &["127.0.0.1:1", "server"]);
        wrong(
            &url.replace("127.0.0.1", "no-such-host.invalid"),
            &["no-such-host.invalid"],
        );
        run(&database.password_url(), "up").ends(0);
    }
}

#[test]
fn a_schema_of_its_own() {
    let Some(database) = Postgres::shared().map(Postgres::database) else {
        return;
    };
    let url = database.url();
    run(&url, "up --schema harbour")
        .ends(1)
        .has("has no schema `harbour`");
    database.run("CREATE SCHEMA harbour");
    run(
        &url,
        "up --schema harbour --lock-timeout 500ms --statement-timeout 30s --lock-ttl 5s",
    )
    .ends(0)
    .has("2 migrations applied");
    run(&url, "status --schema harbour")
        .ends(0)
        .has("2 applied, 0 pending");
    run(&url, "status").ends(0).has("0 applied, 2 pending");
    assert_eq!(database.run("SELECT count(*) FROM harbour.ships"), "0");
}

/// Starts a run, and interrupts it when it is at the step that takes long.
fn interrupted(database: &Database, environment: &str) -> (Option<i32>, String) {
    let here = Folder::new();
    let url = database.url();
    let mut command = here.command(
        FLEET,
        &format!("up --env {environment} --database-url {url}"),
    );
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = command.spawn().unwrap();
    let mut errors = BufReader::new(process.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("asleep") {
        line.clear();
        assert!(errors.read_line(&mut line).unwrap() > 0, "it has ended");
    }
    let asleep = match environment {
        "sleep_on_postgres" => {
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)%' AND pid <> pg_backend_pid()"
        }
        _ => {
            "SELECT count(*) FROM information_schema.processlist WHERE info LIKE '%SLEEP(600)%' AND id <> connection_id()"
        }
    };
    while database.run(asleep) == "0" {}
    let id = Pid::from_raw(i32::try_from(process.id()).unwrap());
    kill(id, Signal::SIGINT).unwrap();
    let mut text = String::new();
    errors.read_to_string(&mut text).unwrap();
    let code = process.wait().unwrap().code();
    // The server does not go on with it.
    while database.run(asleep) != "0" {}
    (code, text)
}

#[test]
fn an_interrupted_run_says_what_it_has_left() {
    if let Some(database) = Postgres::shared().map(Postgres::database) {
        let (code, text) = interrupted(&database, "sleep_on_postgres");
        assert_eq!(code, Some(130), "{text}");
        assert!(
            text.ends_with(
                "stopped: interrupted at step 3 of 3 of `20260403_sleep_on_postgres`: it was rolled back whole. The 2 \
                 migrations before it stay as they are\n"
            ),
            "{text}"
        );
        assert_eq!(database.run("SELECT count(*) FROM ships"), "0");
        // Nothing is in the way of the next run.
        run(&database.url(), "up --timeout 5").ends(0);
    }
    if let Some(database) = MariaDb::shared().map(MariaDb::database) {
        let (code, text) = interrupted(&database, "sleep_on_mariadb");
        assert_eq!(code, Some(130), "{text}");
        assert!(
            text.contains("of `20260404_sleep_on_mariadb`: it was cut off"),
            "{text}"
        );
        run(&database.url(), "status --env sleep_on_mariadb").ends(0);
    }
}

#[test]
fn what_other_tools_have_applied() {
    for database in databases() {
        database.run(
            "CREATE TABLE refinery_schema_history (version INT PRIMARY KEY, name VARCHAR(255), applied_on VARCHAR(255),
                 checksum VARCHAR(255));
             INSERT INTO refinery_schema_history VALUES (20260401, 'create_ships', '', '1');
             CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, success BOOLEAN NOT NULL);
             INSERT INTO _sqlx_migrations VALUES (20260401, 'create ships', TRUE), (20260402, 'create voyages', TRUE);
             CREATE TABLE schema_migrations (version BIGINT NOT NULL PRIMARY KEY, dirty BOOLEAN NOT NULL);
             INSERT INTO schema_migrations VALUES (20260402, TRUE)",
        );
        let url = database.url();
        run(&url, "baseline --from refinery --dry-run")
            .ends(0)
            .has("1 migration would be recorded as applied")
            .has("1 migration left pending, because refinery has not applied them: 20260402_create_voyages");
        run(&url, "baseline --from golang-migrate")
            .ends(1)
            .has("`20260402`");
        run(&url, "baseline --from diesel")
            .ends(1)
            .has("__diesel_schema_migrations");
        run(&url, "baseline --from rusqlite_migration")
            .ends(1)
            .has("it runs on SQLite alone");
        run(&url, "baseline --from sqlx")
            .ends(0)
            .has("2 migrations recorded as applied");
        // The tables that they speak of are not there.
        run(&url, "check")
            .ends(1)
            .has("drift table ships: removed")
            .has("the table _sqlx_migrations is of sqlx");
        run(&url, "schema apply applied")
            .ends(0)
            .has("table ships: added");
        run(&url, "check").ends(0);
    }
}
