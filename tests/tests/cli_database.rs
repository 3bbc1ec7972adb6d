//! Which database a command works on, and databases that it cannot work on.
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows that a test may panic, but not its helpers"
)]

use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use migrate_tests::Folder;
use snapbox::str;

const SHOP: &str = env!("CARGO_BIN_EXE_fixture-shop");
const LAB: &str = env!("CARGO_BIN_EXE_fixture-lab");

/// The databases in a folder.
fn databases(here: &Folder) -> Vec<String> {
    let names = here.files().into_keys();
    let names = names.map(|path| path.file_name().unwrap().to_str().unwrap().to_owned());
    names.filter(|name| name.ends_with(".db")).collect()
}

#[test]
fn no_database_is_given() {
    let here = Folder::new();
    here.run(SHOP, "up").shows(str![[r#"
--- standard error
error: which database? Give `--database-url sqlite:app.db`, or set DATABASE_URL or DATABASE_URL_FILE
--- exit code 2

"#]]);
    here.run(SHOP, "up --database-url=").shows(str![[r#"
--- standard error
error: cannot open ``: the path is empty: write `sqlite:path` or `sqlite::memory:`
--- exit code 2

"#]]);
    assert!(here.files().is_empty());
}

/// A URL with a typing error is not simply up to date.
#[test]
fn nothing_to_do_in_a_database_that_is_not_there() {
    let here = Folder::new();
    for command in ["down", "redo", "reset --yes"] {
        here.run(SHOP, &format!("{command} --database-url absent.db"))
            .ends(0)
            .has("Nothing to do")
            .has("note: absent.db does not exist yet");
    }
    assert!(here.files().is_empty());
}

#[test]
fn the_flag_goes_before_the_variable_before_the_file_before_the_default() {
    let here = Folder::new();
    here.write("url", " sqlite:file.db\n");
    let up = |flag: &str, variable: &str, file: &str| {
        let mut command = here.command(LAB, &format!("up -n 1 {flag}"));
        command
            .env("DATABASE_URL", variable)
            .env("DATABASE_URL_FILE", file);
        here.finish(&mut command).ends(0).has("1 migration applied");
        databases(&here)
    };
    assert_eq!(
        up("--database-url sqlite:flag.db", "sqlite:variable.db", "url"),
        ["flag.db"]
    );
    assert_eq!(
        up("", "sqlite:variable.db", "url"),
        ["flag.db", "variable.db"]
    );
    // An empty variable is as good as none.
    assert_eq!(up("", "", "url"), ["file.db", "flag.db", "variable.db"]);
    assert_eq!(
        up("", "", ""),
        ["file.db", "flag.db", "lab.db", "variable.db"]
    );
}

#[test]
fn a_file_with_the_url_that_cannot_be_used() {
    let here = Folder::new();
    here.write("empty", "\n");
    let up = |file: &str| here.finish(here.command(LAB, "up").env("DATABASE_URL_FILE", file));
    up("empty").shows(str![[r#"
--- standard error
error: DATABASE_URL_FILE names `empty`, which is empty
--- exit code 2

"#]]);
    up("nowhere").shows(str![[r#"
--- standard error
error: cannot read `nowhere`, which DATABASE_URL_FILE names: No such file or directory (os error 2)
--- exit code 2

"#]]);
    assert!(databases(&here).is_empty());
}

#[test]
fn a_file_env_is_read_and_replaces_nothing() {
    let here = Folder::new();
    here.write(
        ".env",
        "# where\nDATABASE_URL=sqlite:env.db\nMIGRATE_ENV=production\n",
    );
    here.run(SHOP, "up").has("3 migrations applied");
    assert_eq!(databases(&here), ["env.db"]);
    let mut other = here.command(SHOP, "up");
    other
        .env("DATABASE_URL", "sqlite:variable.db")
        .env("MIGRATE_ENV", "development");
    here.finish(&mut other).has("4 migrations applied");
    assert_eq!(databases(&here), ["env.db", "variable.db"]);
    // From a folder below it too.
    fs::create_dir(here.path("below")).unwrap();
    let mut below = here.command(SHOP, "status");
    here.finish(below.current_dir(here.path("below")))
        .ends(0)
        .has("OTHER ENV");
    here.run(SHOP, "up --database-url sqlite:flag.db --env development")
        .has("4 migrations applied");
}

#[test]
fn a_file_env_that_cannot_be_read_keeps_its_secrets() {
    let here = Folder::new();
    here.write(".env", "A=b\nDATABASE_URL=\"postgres://ann:secret@db\n");
    here.run(SHOP, "status").shows(str![[r#"
--- standard error
error: [FOLDER]/.env:2: this line is no `NAME=value`; a value with spaces or `#` stands in quotes
--- exit code 2

"#]]);
}

#[test]
fn secrets_in_urls_are_never_printed() {
    let here = Folder::new();
    here.run(
        SHOP,
        "up --database-url sqlserver://ann:secret@db.example/app?sslkey=secret",
    )
    .shows(str![[r#"
--- standard error
error: cannot open `sqlserver://ann:***@db.example/app`: `sqlserver` is not a database that migrations can run on: write `sqlite:`, `postgres://`, `mysql://` or `rqlite://`
--- exit code 2

"#]]);
    for url in [
        "mysql://root:secret@127.0.0.1:1/app",
        "postgresql://ann:se:secret@127.0.0.1:1/app",
        "rqlite://ann:secret@127.0.0.1:1",
        "sqlserver://db;password=secret",
        "sqlite:app.db?key=secret",
        "file:/nowhere/app.db?key=secret",
        "sqlite:none/app.db?mode=secret",
    ] {
        for command in [
            "up",
            "status",
            "reset",
            "up --dry-run",
            "up --format json",
            "up -v",
        ] {
            here.run(SHOP, &format!("{command} --database-url {url}"))
                .lacks("secret");
        }
    }
    assert!(here.files().is_empty());
}

#[test]
fn what_is_no_database() {
    let here = Folder::new();
    fs::create_dir(here.path("folder")).unwrap();
    here.write("notes.txt", &"Remember the milk. ".repeat(50));
    here.run(SHOP, "up --database-url folder").shows(str![[r#"
--- standard error
error: cannot open `folder`: it is a folder
--- exit code 2

"#]]);
    here.run(SHOP, "status --database-url sqlite:folder")
        .ends(2);
    here.run(SHOP, "up --database-url sqlite:nowhere/app.db")
        .shows(str![[r#"
--- standard error
error: cannot open `sqlite:nowhere/app.db`: the folder `nowhere` does not exist
--- exit code 2

"#]]);
    here.run(SHOP, "up --database-url notes.txt").shows(str![[r#"
--- standard error
error: cannot read the history of `[FOLDER]/notes.txt`: file is not a database: it is no SQLite file, is damaged or is encrypted
--- exit code 1

"#]]);
    here.run(SHOP, "status --database-url sqlite:notes.txt")
        .ends(1)
        .has("notes.txt");
    here.run(SHOP, "up --database-url sqlite:app.db?cache=shared")
        .shows(str![[r#"
--- standard error
error: cannot open `sqlite:app.db`: `?cache` cannot stand here: only `?mode=ro`, `?mode=rw` and `?mode=rwc` can
--- exit code 2

"#]]);
    here.run(SHOP, "up --database-url sqlite:app.db?mode=rw")
        .shows(str![[r#"
--- standard error
error: cannot open `sqlite:app.db`: the file does not exist
--- exit code 2

"#]]);
    assert_eq!(here.files().len(), 1, "nothing was made");
}

#[test]
fn every_way_to_write_where_it_is() {
    let here = Folder::new();
    let absolute = here.path("absolute.db").display().to_string();
    for url in [
        "plain.db".to_owned(),
        "sqlite:short.db".to_owned(),
        "sqlite://slashes.db".to_owned(),
        format!("sqlite://{absolute}"),
        "file:uri%20.db".to_owned(),
        "sqlite:made.db?mode=rwc".to_owned(),
    ] {
        here.run(SHOP, &format!("status --database-url {url}"))
            .has("does not exist yet");
        here.run(SHOP, &format!("up --database-url {url}")).ends(0);
        here.run(SHOP, &format!("check --database-url {url}"))
            .ends(0)
            .lacks("does not exist");
    }
    assert_eq!(
        databases(&here),
        [
            "absolute.db",
            "made.db",
            "plain.db",
            "short.db",
            "slashes.db",
            "uri .db"
        ]
    );
    here.run(SHOP, "up --database-url sqlite::memory:").ends(0);
    assert_eq!(databases(&here).len(), 6);
}

#[test]
fn a_database_that_may_only_be_read() {
    let here = Folder::new();
    here.run(SHOP, "up -n 1 --database-url app.db").ends(0);
    let before = here.files();
    let url = "--database-url sqlite:app.db?mode=ro";
    here.run(SHOP, &format!("status {url}")).ends(0);
    here.run(SHOP, &format!("up --dry-run {url}")).ends(0);
    here.run(SHOP, &format!("up {url}")).shows(str![[r#"
failed 20260215_02_create_orders
--- standard error
error: `20260215_02_create_orders` up failed at step 1 of 2: attempt to write a readonly database: the file, its folder or the connection is read-only
  at tests/fixtures/shop/src/migrations/m20260215_02_create_orders.rs:5
  | CREATE TABLE orders (
  |         id INTEGER PRIMARY KEY,
  |         user_id INTEGER NOT NULL REFERENCES users (id)
  |     )
  It was rolled back whole; the migrations before it stay applied
--- exit code 1

"#]]);
    assert!(here.files() == before);
}

/// Root may write everything, so it runs the program as somebody else.
#[cfg(unix)]
#[test]
fn a_file_that_may_only_be_read() {
    use std::os::unix::{fs::PermissionsExt, process::CommandExt};
    let here = Folder::new();
    here.run(SHOP, "up -n 1 --database-url app.db").ends(0);
    let allow = |name: &str, mode| {
        fs::set_permissions(here.path(name), fs::Permissions::from_mode(mode)).unwrap();
    };
    allow("app.db", 0o444);
    allow("", 0o755);
    let program = here.path("program");
    // By another process: a test beside this one could start a program while this one has the file open, and
    // what somebody writes to cannot be run.
    let copied = Command::new("cp").arg(SHOP).arg(&program).status();
    assert!(copied.unwrap().success());
    let run = |arguments: &str| {
        let mut command = here.command(program.to_str().unwrap(), arguments);
        if fs::OpenOptions::new()
            .write(true)
            .open(here.path("app.db"))
            .is_ok()
        {
            command.uid(65534);
        }
        here.finish(&mut command)
    };
    let before = here.read_bytes("app.db");
    run("status --database-url app.db")
        .ends(0)
        .has("1 applied, 3 pending");
    run("up --database-url app.db")
        .ends(1)
        .has("the file, its folder or the connection is read-only");
    assert!(here.read_bytes("app.db") == before);
}

#[test]
fn a_table_that_is_no_history() {
    let here = Folder::new();
    here.sql("app.db", "CREATE TABLE _migrations (version TEXT)");
    let before = here.files();
    for command in ["up", "status", "reset --yes", "check"] {
        here.run(SHOP, &format!("{command} --database-url app.db"))
            .ends(1);
    }
    here.run(SHOP, "up --database-url app.db").shows(str![[r#"
--- standard error
error: cannot read the history of `[FOLDER]/app.db`: the table `_migrations` is not a history of this tool (no such column: seq): name another table for the history
--- exit code 1

"#]]);
    assert!(here.files() == before);
    here.run(SHOP, "up --database-url app.db --table history")
        .ends(0);
    here.run(SHOP, "check --database-url app.db --table history")
        .ends(0);
    assert!(here.tables("app.db").contains(&"history".to_owned()));
}

#[test]
fn somebody_else_holds_the_database() {
    let here = Folder::new();
    here.run(SHOP, "up -n 1 --database-url app.db").ends(0);
    let other = here.open("app.db");
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    here.run(SHOP, "up --timeout 1 --database-url app.db")
        .ends(3)
        .has("error: waited [TIME] for the write lock of");
    here.run(SHOP, "up --timeout 0 --database-url app.db")
        .shows(str![[r#"
--- standard error
error: waited [TIME] for the write lock of `[FOLDER]/app.db`, which another connection holds (database is locked). End the program that holds it, or wait longer with a higher timeout
--- exit code 3

"#]]);
    here.run(SHOP, "status --timeout 0 --database-url app.db")
        .ends(0);
    other.execute_batch("ROLLBACK; BEGIN EXCLUSIVE").unwrap();
    here.run(SHOP, "status --timeout 0 --database-url app.db")
        .shows(str![[r#"
--- standard error
error: waited [TIME] for a lock of `[FOLDER]/app.db`, which another connection holds (database is locked). End the program that holds it, or wait longer with a higher timeout
--- exit code 3

"#]]);
    other.execute_batch("ROLLBACK").unwrap();
    here.run(SHOP, "status --timeout 0 --database-url app.db")
        .has("1 applied, 3 pending");
}

#[test]
fn a_waiter_goes_on_when_the_other_has_finished() {
    let here = Folder::new();
    let other = here.open("app.db");
    other
        .execute_batch("BEGIN IMMEDIATE; CREATE TABLE theirs (a)")
        .unwrap();
    let mut up = here.command(SHOP, "up --database-url app.db");
    up.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut up = up.spawn().unwrap();
    let mut told = String::new();
    let mut errors = BufReader::new(up.stderr.take().unwrap());
    errors.read_line(&mut told).unwrap();
    let expected = format!(
        "waiting for the write lock of `{}`, which another connection holds (",
        here.path("app.db").display()
    );
    assert!(told.starts_with(&expected), "{told}");
    other.execute_batch("COMMIT").unwrap();
    assert!(up.wait().unwrap().success());
    here.run(SHOP, "check --database-url app.db").ends(0);
    assert!(here.tables("app.db").contains(&"theirs".to_owned()));
}
