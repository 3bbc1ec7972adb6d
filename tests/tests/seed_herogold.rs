//! What a migration tool in the manner of Laravel and Django promises, line by line: migrations made by day and
//! number, batches, and a history that survives what is removed from the program.
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows that a test may panic, but not its helpers"
)]

use jiff::civil::{DateTime, date};
use migrate_cli::project::{Created, Location, MakeOptions, ProjectError, locate, make};
use migrate_core::{Down, Migrator, Request, State, Up, prelude::*};
use migrate_tests::Folder;
use rusqlite::Connection;

const SHOP: &str = env!("CARGO_BIN_EXE_fixture-shop");
const NEXT: &str = env!("CARGO_BIN_EXE_fixture-shop-next");

// Written in no order, and `_02` before the unnumbered one, as an alphabet would have them.
#[migration(
    "20260215_02_add_age",
    up = "ALTER TABLE users ADD COLUMN age INTEGER",
    down = "ALTER TABLE users DROP COLUMN age"
)]
struct AddAge;

#[migration(
    "20260215_10_create_posts",
    up = "CREATE TABLE posts (id INTEGER PRIMARY KEY)",
    down = "DROP TABLE posts"
)]
struct CreatePosts;

#[migration(
    "20260215_create_users",
    up = "CREATE TABLE users (id INTEGER PRIMARY KEY)",
    down = "DROP TABLE users"
)]
struct CreateUsers;

#[migration(
    "20260216_create_comments",
    up = "CREATE TABLE comments (id INTEGER PRIMARY KEY)",
    down = "DROP TABLE comments"
)]
struct CreateComments;

/// Fails where two people are of the same age, when its first step is done already.
#[migration(
    "20260217_unique_ages",
    up = "CREATE TABLE ages (age INTEGER); CREATE UNIQUE INDEX users_age ON users (age)",
    down = "DROP INDEX users_age; DROP TABLE ages"
)]
struct UniqueAges;

#[migration(
    "20260218_create_likes",
    up = "CREATE TABLE likes (id INTEGER PRIMARY KEY)",
    down = "DROP TABLE likes"
)]
struct CreateLikes;

const ALL: [&str; 6] = [
    "20260215_create_users",
    "20260215_02_add_age",
    "20260215_10_create_posts",
    "20260216_create_comments",
    "20260217_unique_ages",
    "20260218_create_likes",
];

fn memory() -> Connection {
    Connection::open_in_memory().unwrap()
}

/// Runs a request, and gives the names of what was done.
fn run(connection: &mut Connection, request: Request) -> Vec<String> {
    let report = Migrator::new().run(connection, &request).unwrap();
    report.names().into_iter().map(str::to_owned).collect()
}

fn up_to(target: &str) -> Request {
    Request::Up(Up::To(target.to_owned()))
}

fn batches(connection: &mut Connection) -> Vec<(String, i64)> {
    let applied = Migrator::new().applied(connection).unwrap();
    applied.into_iter().map(|one| (one.id, one.batch)).collect()
}

fn tables(connection: &Connection) -> Vec<String> {
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\' ORDER BY name";
    let mut statement = connection.prepare(sql).unwrap();
    let names = statement.query_map([], |row| row.get(0)).unwrap();
    names.map(Result::unwrap).collect()
}

/// A package without migrations.
fn package() -> Folder {
    let folder = Folder::new();
    folder.write(
        "Cargo.toml",
        "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
    );
    folder.write("src/lib.rs", "//! An application.\n");
    folder
}

fn make_at(folder: &Folder, name: &str, now: DateTime) -> Result<Created, ProjectError> {
    let location = Location {
        directory: folder.path(""),
        ..Location::default()
    };
    let options = MakeOptions {
        now: Some(now),
        ..MakeOptions::default()
    };
    make(&locate(&location).unwrap(), name, &options)
}

const MORNING: DateTime = date(2026, 2, 15).at(9, 30, 0, 0);

#[test]
fn s2_1_make_numbers_the_second_and_later_of_a_day() {
    let folder = package();
    for (name, id, struct_name) in [
        ("create_users", "20260215_create_users", "CreateUsers"),
        ("add_age", "20260215_02_add_age", "AddAge"),
        ("CreatePosts", "20260215_03_create_posts", "CreatePosts"),
    ] {
        let created = make_at(&folder, name, MORNING).unwrap();
        assert_eq!(
            (created.id.as_str(), &*created.struct_name),
            (id, struct_name)
        );
        let file = format!("src/migrations/m{id}.rs");
        assert_eq!(created.file, folder.path(&file));
        assert!(
            folder
                .read(&file)
                .contains(&format!("pub struct {struct_name};"))
        );
    }
    let tomorrow = make_at(&folder, "create_likes", date(2026, 2, 16).at(0, 0, 0, 0)).unwrap();
    assert_eq!(tomorrow.id.as_str(), "20260216_create_likes");
}

#[test]
fn s2_1_names_that_are_no_identifier_are_made_into_one_or_refused() {
    let folder = package();
    let first = make_at(&folder, "add users", MORNING).unwrap();
    assert_eq!(
        (first.id.as_str(), &*first.struct_name),
        ("20260215_add_users", "AddUsers")
    );
    let second = make_at(&folder, "2fa-table", MORNING).unwrap();
    assert_eq!(
        (second.id.as_str(), &*second.struct_name),
        ("20260215_02_2fa_table", "M2faTable")
    );
    let before = folder.files();
    for (name, why) in [
        ("a/b", "`/` stands for a folder"),
        ("..", "`..` stands for a folder"),
        ("", "it has no letter and no digit"),
        ("größe", "'ö' is no ASCII letter"),
    ] {
        let error = make_at(&folder, name, MORNING).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
    assert!(folder.files() == before);
}

/// There the number was a count of files, so that it came again when a file was gone.
#[test]
fn s2_broken_there_the_number_is_never_one_that_is_taken() {
    let folder = package();
    for name in ["one", "two", "three"] {
        make_at(&folder, name, MORNING).unwrap();
    }
    std::fs::remove_file(folder.path("src/migrations/m20260215_02_two.rs")).unwrap();
    let three = folder.read("src/migrations/m20260215_03_three.rs");
    let modules = folder.read("src/migrations/mod.rs");
    let modules = modules.replace("pub mod m20260215_02_two;\n", "");
    folder.write("src/migrations/mod.rs", &modules);
    let created = make_at(&folder, "three", MORNING).unwrap();
    assert_eq!(created.id.as_str(), "20260215_04_three");
    assert_eq!(folder.read("src/migrations/m20260215_03_three.rs"), three);
}

#[test]
fn s2_2_migrate_goes_up_to_and_with_the_target() {
    let mut db = memory();
    assert_eq!(run(&mut db, up_to("add_age")), &ALL[..2]);
    assert_eq!(run(&mut db, up_to("20260216_create_comments")), &ALL[2..4]);
    assert_eq!(Migrator::new().pending(&mut db).unwrap(), &ALL[4..]);
}

#[test]
fn s2_2_what_one_run_applies_shares_the_next_batch() {
    let mut db = memory();
    run(&mut db, Request::Up(Up::Count(2)));
    run(&mut db, Request::Up(Up::Count(1)));
    run(&mut db, Request::Up(Up::All));
    let numbers: Vec<i64> = batches(&mut db)
        .into_iter()
        .map(|(_, batch)| batch)
        .collect();
    assert_eq!(numbers, [1, 1, 2, 3, 3, 3]);
    // The last batch plus one: a number that was taken back is free again, one below it never is.
    run(&mut db, Request::Down(Down::Batches(2)));
    run(&mut db, Request::Up(Up::Count(1)));
    assert_eq!(
        batches(&mut db)[2],
        ("20260215_10_create_posts".to_owned(), 2)
    );
}

#[test]
fn s2_3_rollback_takes_batches_newest_first_in_reverse_order() {
    let mut db = memory();
    run(&mut db, Request::Up(Up::Count(2)));
    run(&mut db, Request::Up(Up::Count(3)));
    run(&mut db, Request::Up(Up::Count(1)));
    assert_eq!(Migrator::new().down(&mut db).unwrap().names(), [ALL[5]]);
    assert_eq!(
        run(&mut db, Request::Down(Down::Batches(2))),
        [ALL[4], ALL[3], ALL[2], ALL[1], ALL[0]]
    );
    assert_eq!(tables(&db), [""; 0]);
}

#[test]
fn s2_3_reset_takes_back_all() {
    let mut db = memory();
    run(&mut db, Request::Up(Up::Count(2)));
    run(&mut db, Request::Up(Up::All));
    let mut reversed = ALL;
    reversed.reverse();
    assert_eq!(run(&mut db, Request::Down(Down::All)), reversed);
    assert_eq!(batches(&mut db), []);
}

#[test]
fn s2_3_status_tells_applied_and_pending() {
    let mut db = memory();
    run(&mut db, Request::Up(Up::Count(2)));
    let status = Migrator::new().status(&mut db).unwrap();
    let states: Vec<State> = status
        .migrations
        .iter()
        .map(|one| one.state.clone())
        .collect();
    let expected = [vec![State::Applied; 2], vec![State::Pending; 4]].concat();
    assert_eq!(states, expected);
}

#[test]
fn s2_4_a_failure_is_rolled_back_whole_between_what_stays_and_what_does_not_run() {
    let mut db = memory();
    run(&mut db, up_to("create_posts"));
    db.execute_batch("INSERT INTO users (age) VALUES (7), (7)")
        .unwrap();
    let error = Migrator::new().up(&mut db).unwrap_err();
    assert_eq!(error.migration(), Some("20260217_unique_ages"));
    assert_eq!(error.report().names(), ["20260216_create_comments"]);
    let names: Vec<String> = batches(&mut db).into_iter().map(|(id, _)| id).collect();
    assert_eq!(names, &ALL[..4]);
    // Neither the first step of the one that failed, nor the one behind it.
    assert_eq!(tables(&db), ["comments", "posts", "users"]);
    db.execute_batch("DELETE FROM users").unwrap();
    assert_eq!(Migrator::new().up(&mut db).unwrap().names(), &ALL[4..]);
}

#[test]
fn s2_5_what_is_gone_from_the_program_is_named_and_taken_out() {
    let here = Folder::new();
    here.run(NEXT, "up --database-url app.db").ends(0);
    // Nothing is lost unless somebody has said that it may be.
    let before = here.files();
    here.run(SHOP, "rollback -n 2 --database-url app.db")
        .ends(1)
        .has("`20260311_write_invoices`");
    assert!(here.files() == before);
    here.run(SHOP, "rollback -n 2 --missing warn --database-url app.db")
        .ends(0)
        .has("warning: `20260311_write_invoices` is taken out of the history; its `down` does not run")
        .has("warning: `20260310_create_invoices` is taken out of the history; its `down` does not run")
        .has("2 migrations taken out of the history");
    here.run(SHOP, "check --database-url app.db").ends(0);
    here.run(SHOP, "rollback --database-url app.db")
        .ends(0)
        .has("4 migrations reverted");
}

#[test]
fn s2_6_all_of_it_is_a_library() {
    let mut db = memory();
    let migrator = Migrator::new();
    assert_eq!(migrator.pending(&mut db).unwrap(), ALL);
    assert_eq!(
        migrator.run(&mut db, &up_to("add_age")).unwrap().names(),
        &ALL[..2]
    );
    let status = migrator.status(&mut db).unwrap();
    assert_eq!(status.applied().count(), 2);
    assert_eq!(status.pending().count(), 4);
    assert_eq!(
        migrator
            .run(&mut db, &Request::Down(Down::Batches(1)))
            .unwrap()
            .names(),
        [ALL[1], ALL[0]]
    );
    assert_eq!(migrator.pending(&mut db).unwrap(), ALL);
}

#[test]
fn s2_broken_there_the_unnumbered_one_of_a_day_comes_first_and_ten_after_two() {
    let registry = Migrator::new().registry().unwrap();
    let ids: Vec<&str> = registry.iter().map(|one| one.id().as_str()).collect();
    assert_eq!(ids, ALL);
    let mut db = memory();
    assert_eq!(Migrator::new().up(&mut db).unwrap().names(), ALL);
}

#[test]
fn s2_broken_there_an_unknown_target_runs_nothing() {
    let mut db = memory();
    let error = Migrator::new()
        .run(&mut db, &up_to("20260219_nothing"))
        .unwrap_err();
    assert!(error.is_usage(), "{error}");
    assert_eq!(tables(&db), [""; 0]);
    assert_eq!(Migrator::new().applied(&mut db).unwrap(), []);
}

#[test]
fn s2_broken_there_a_negative_number_of_steps_is_refused() {
    let here = Folder::new();
    here.run(SHOP, "up --database-url app.db").ends(0);
    let before = here.files();
    for count in ["-1", "0", "1.5", "all"] {
        here.run(
            SHOP,
            &format!("rollback --steps {count} --database-url app.db"),
        )
        .ends(2)
        .has("write a whole number, from 1 on");
    }
    assert!(here.files() == before);
    let error = Migrator::new()
        .run(&mut memory(), &Request::Down(Down::Batches(0)))
        .unwrap_err();
    assert!(error.is_usage(), "{error}");
}

#[test]
fn s2_broken_there_status_prints() {
    let here = Folder::new();
    here.run(SHOP, "up -n 1 --database-url app.db").ends(0);
    let shown = here.run(SHOP, "status --database-url app.db").out;
    assert!(shown.contains("APPLIED  20260215_create_users"), "{shown}");
    assert!(shown.contains("PENDING  20260216_add_age"), "{shown}");
}
