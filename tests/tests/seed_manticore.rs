//! What a migration tool with versions of 14 digits, used as a library, promises, line by line: as far as it is
//! about blocking calls, SQLite, and migrations that come from SQL files.
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows that a test may panic, but not its helpers"
)]

use std::{
    collections::BTreeMap,
    sync::{Arc, Barrier},
    thread,
};

use migrate_cli::project::{Destination, ImportOptions, import};
use migrate_core::{Dialect, Down, Migrator, Policy, Request, Up, prelude::*};
use migrate_tests::Folder;
use rusqlite::Connection;

const SHOP: &str = env!("CARGO_BIN_EXE_fixture-shop");
const NEXT: &str = env!("CARGO_BIN_EXE_fixture-shop-next");

#[migration(
    "20240115093000_create_users",
    up = "CREATE TABLE users (id INTEGER PRIMARY KEY)",
    down = "DROP TABLE users",
    description = "People"
)]
struct CreateUsers;

#[migration(
    "20240115093001_create_posts",
    up = "CREATE TABLE posts (id INTEGER PRIMARY KEY)",
    down = "DROP TABLE posts"
)]
struct CreatePosts;

#[migration(
    "20240229235959_create_likes",
    up = "CREATE TABLE likes (id INTEGER PRIMARY KEY)",
    down = "DROP TABLE likes"
)]
struct CreateLikes;

#[migration(
    "99991231235959_create_ends",
    up = "CREATE TABLE ends (id INTEGER PRIMARY KEY)",
    down = "DROP TABLE ends"
)]
struct CreateEnds;

const ALL: [&str; 4] = [
    "20240115093000_create_users",
    "20240115093001_create_posts",
    "20240229235959_create_likes",
    "99991231235959_create_ends",
];

fn memory() -> Connection {
    Connection::open_in_memory().unwrap()
}

fn to(target: &str) -> Request {
    Request::Down(Down::To(target.to_owned()))
}

fn up_to(target: &str) -> Request {
    Request::Up(Up::To(target.to_owned()))
}

/// Runs a request, and gives the names of what was done.
fn run(db: &mut Connection, request: &Request) -> Vec<String> {
    let report = Migrator::new().run(db, request).unwrap();
    report.names().into_iter().map(str::to_owned).collect()
}

fn has_table(db: &Connection, name: &str) -> bool {
    db.table_exists(None, name).unwrap()
}

#[test]
fn s3_1_migrations_are_objects_with_version_and_description() {
    let registry = Migrator::new().registry().unwrap();
    let objects: Vec<(String, &str)> = registry
        .iter()
        .map(|one| (one.id().version().to_string(), one.description()))
        .collect();
    let object = |version: &str, description: &'static str| (version.to_owned(), description);
    assert_eq!(
        objects,
        [
            object("20240115093000", "People"),
            object("20240115093001", "create posts"),
            object("20240229235959", "create likes"),
            object("99991231235959", "create ends"),
        ]
    );
}

/// Made from a description and the SQL of both ways, which here means to write the two files and import them.
#[test]
fn s3_1_a_migration_is_made_of_sql_for_both_ways() {
    let here = Folder::new();
    here.write(
        "sql/20240115093000_create_users.up.sql",
        "CREATE TABLE users (id INTEGER);\n",
    );
    here.write(
        "sql/20240115093000_create_users.down.sql",
        "DROP TABLE users;\n",
    );
    let imported = import_sql(&here).unwrap();
    assert_eq!(imported, ["20240115093000_create_users"]);
    let file = here.read("migrations/m20240115093000_create_users.rs");
    let (up, down) = file.split_once("fn down").unwrap();
    assert!(
        up.contains("CREATE TABLE users (id INTEGER)") && !up.contains("DROP"),
        "{file}"
    );
    assert!(
        down.contains("DROP TABLE users") && !down.contains("CREATE"),
        "{file}"
    );
}

fn import_sql(here: &Folder) -> Result<Vec<String>, String> {
    let destination = Destination::Directory {
        path: here.path("migrations"),
        dialect: Dialect::Sqlite,
    };
    let imported = import(&here.path("sql"), &destination, &ImportOptions::default());
    let imported = imported.map_err(|error| error.to_string())?;
    let ids = imported.migrations.iter().map(|one| one.id.to_string());
    Ok(ids.collect())
}

#[test]
fn s3_2_migrate_all_and_migrate_to_a_version() {
    let mut db = memory();
    assert_eq!(run(&mut db, &up_to("20240115093001")), &ALL[..2]);
    assert_eq!(Migrator::new().up(&mut db).unwrap().names(), &ALL[2..]);
    assert_eq!(run(&mut db, &up_to("20240115093001")), [""; 0]);
}

#[test]
fn s3_2_rollback_the_last_by_count_and_to_a_version() {
    let mut db = memory();
    run(&mut db, &Request::Up(Up::All));
    assert_eq!(
        run(&mut db, &Request::Down(Down::Count(3))),
        [ALL[3], ALL[2], ALL[1]]
    );
    run(&mut db, &Request::Up(Up::All));
    assert_eq!(run(&mut db, &to("20240115093001")), [ALL[3], ALL[2]]);
    assert_eq!(run(&mut db, &Request::Down(Down::Count(1))), [ALL[1]]);
    run(&mut db, &Request::Up(Up::Count(1)));
    // Without a number it is the last batch.
    assert_eq!(Migrator::new().down(&mut db).unwrap().names(), [ALL[1]]);
    assert!(has_table(&db, "users") && !has_table(&db, "posts"));
}

#[test]
fn s3_3_current_version_is_applied_and_applied() {
    let mut db = memory();
    let migrator = Migrator::new();
    assert_eq!(migrator.current_version(&mut db).unwrap(), None);
    assert_eq!(migrator.applied(&mut db).unwrap(), []);
    let before = jiff::Timestamp::now();
    run(&mut db, &up_to("20240115093001"));
    assert_eq!(
        migrator.current_version(&mut db).unwrap().as_deref(),
        Some(ALL[1])
    );
    assert!(migrator.is_applied(&mut db, "20240115093000").unwrap());
    assert!(migrator.is_applied(&mut db, "create_posts").unwrap());
    assert!(!migrator.is_applied(&mut db, "20240229235959").unwrap());
    let error = migrator.is_applied(&mut db, "20240301000000").unwrap_err();
    assert!(error.is_usage(), "{error}");
    let applied = migrator.applied(&mut db).unwrap();
    let rows: Vec<(&str, &str)> = applied
        .iter()
        .map(|one| (&*one.id, &*one.description))
        .collect();
    assert_eq!(rows, [(ALL[0], "People"), (ALL[1], "create posts")]);
    for one in &applied {
        let at: jiff::Timestamp = one.applied_at.parse().unwrap();
        // It is kept to the millisecond.
        assert!(at.as_millisecond() >= before.as_millisecond() && at <= jiff::Timestamp::now());
    }
}

#[test]
fn s3_4_pairs_of_sql_files_become_migrations_in_the_order_of_their_versions() {
    let here = Folder::new();
    for (name, up, down) in [
        ("20240229235959_b", "CREATE TABLE b (a);", "DROP TABLE b;"),
        (
            "20240115093000_a",
            "CREATE TABLE a (a TEXT DEFAULT '-- @UNDO');\n-- @UNDO in a comment",
            "DROP TABLE a;",
        ),
    ] {
        here.write(&format!("sql/{name}.up.sql"), up);
        here.write(&format!("sql/{name}.down.sql"), down);
    }
    assert_eq!(
        import_sql(&here).unwrap(),
        ["20240115093000_a", "20240229235959_b"]
    );
    assert!(
        here.read("migrations/m20240115093000_a.rs")
            .contains("DEFAULT '-- @UNDO'")
    );
}

/// A version is a moment that exists, and two files cannot have the same.
#[test]
fn s3_4_files_with_impossible_versions_are_refused_and_nothing_is_written() {
    let here = Folder::new();
    here.write("sql/20240230000000_a.up.sql", "CREATE TABLE a (a);");
    here.write("sql/20240115093000_b.up.sql", "CREATE TABLE b (a);");
    here.write("sql/20240115093000_c.up.sql", "CREATE TABLE c (a);");
    let error = import_sql(&here).unwrap_err();
    assert!(error.contains("20240230000000_a.up.sql"), "{error}");
    assert!(error.contains("20240115093000"), "{error}");
    assert!(!here.path("migrations").exists());
}

#[test]
fn s3_broken_there_versions_of_14_digits_fit() {
    let mut db = memory();
    assert_eq!(Migrator::new().up(&mut db).unwrap().names(), ALL);
    assert_eq!(
        Migrator::new().current_version(&mut db).unwrap().as_deref(),
        Some(ALL[3])
    );
    assert_eq!(run(&mut db, &to("20240229235959")), [ALL[3]]);
}

/// There a lower version that came late was never applied, and yet its way back ran.
#[test]
fn s3_broken_there_a_late_lower_version_is_told_and_never_taken_back_unapplied() {
    let mut db = memory();
    run(&mut db, &up_to(ALL[0]));
    run(&mut db, &Request::Apply(ALL[2].to_owned()));
    let error = Migrator::new().up(&mut db).unwrap_err().to_string();
    assert!(
        error.contains("out of order: `20240115093001_create_posts`"),
        "{error}"
    );
    assert!(!has_table(&db, "ends"), "nothing was done");
    assert_eq!(
        run(&mut db, &to(ALL[0])),
        [ALL[2]],
        "the late one was not applied"
    );
    run(&mut db, &Request::Apply(ALL[2].to_owned()));
    let migrator = Migrator::new().out_of_order(Policy::Warn);
    let report = migrator.up(&mut db).unwrap();
    assert_eq!(report.names(), [ALL[1], ALL[3]]);
    assert_eq!(report.warnings.len(), 1);
    // The way back goes by what was applied last, not by the highest version.
    assert_eq!(
        run(&mut db, &Request::Down(Down::All)),
        [ALL[3], ALL[1], ALL[2], ALL[0]]
    );
}

#[test]
fn s3_broken_there_a_missing_migration_is_no_successful_rollback() {
    let here = Folder::new();
    here.run(NEXT, "up --database-url app.db").ends(0);
    let before = here.files();
    here.run(SHOP, "down -n 1 --database-url app.db")
        .ends(1)
        .has("`20260311_write_invoices`");
    here.run(SHOP, "reset --yes --database-url app.db").ends(1);
    assert!(here.files() == before);
}

#[test]
fn s3_broken_there_runners_do_not_collide() {
    let here = Folder::new();
    let path = here.path("app.db");
    for round in 0..5 {
        let start = Arc::new(Barrier::new(8));
        let runner = |_| {
            let (start, path) = (Arc::clone(&start), path.clone());
            thread::spawn(move || {
                let mut db = Connection::open(path).unwrap();
                start.wait();
                let report = Migrator::new().up(&mut db).unwrap();
                report
                    .names()
                    .into_iter()
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            })
        };
        let runners: Vec<_> = (0..8).map(runner).collect();
        let mut times: BTreeMap<String, usize> = BTreeMap::new();
        for name in runners
            .into_iter()
            .flat_map(|runner| runner.join().unwrap())
        {
            *times.entry(name).or_default() += 1;
        }
        let once = ALL.map(|id| (id.to_owned(), 1));
        assert_eq!(times, BTreeMap::from(once), "round {round}");
        let mut db = here.open("app.db");
        assert_eq!(Migrator::new().applied(&mut db).unwrap().len(), ALL.len());
        run(&mut db, &Request::Down(Down::All));
    }
}
