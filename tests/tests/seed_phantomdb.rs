//! What a migration tool of a database with a schema of its own promises, line by line: as far as it is about
//! migrations.
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows that a test may panic, but not its helpers"
)]

use jiff::civil::date;
use migrate_cli::project::{Location, MakeOptions, locate, make};
use migrate_core::{Migrator, State, prelude::*};
use migrate_tests::Folder;
use rusqlite::Connection;

const SHOP: &str = env!("CARGO_BIN_EXE_fixture-shop");
const EDITED: &str = env!("CARGO_BIN_EXE_fixture-shop-edited");
const CARGO_MIGRATE: &str = env!("CARGO_BIN_EXE_fixture-cargo-migrate");
const DB: &str = "--database-url app.db";

struct CreateUsers;

#[migration("20240115093000_create_users")]
impl Migration for CreateUsers {
    fn up(&self, steps: &mut Steps) {
        steps.create_table("users", |t| {
            t.id();
            t.text("name").not_null();
            t.integer("age").check("age >= 0");
            t.timestamp("joined").default_now();
        });
        steps.create_index("users_name", "users", |i| i.column("name").unique());
    }

    fn down(&self, steps: &mut Steps) {
        steps.drop_table("users");
    }
}

struct RenamePeople;

#[migration("20240116093000_rename_people")]
impl Migration for RenamePeople {
    fn up(&self, steps: &mut Steps) {
        steps.rename_table("users", "people");
        steps.add_column("people", |c| c.text("email"));
        steps.rename_column("people", "name", "full_name");
    }

    fn down(&self, steps: &mut Steps) {
        steps.rename_column("people", "full_name", "name");
        steps.drop_column("people", "email");
        steps.rename_table("people", "users");
    }
}

fn columns(db: &Connection, table: &str) -> Vec<String> {
    let mut statement = db
        .prepare("SELECT name FROM pragma_table_info(?1)")
        .unwrap();
    let names = statement.query_map([table], |row| row.get(0)).unwrap();
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

#[test]
fn s0_1_create_writes_a_migration_with_its_description() {
    let here = package();
    let created = here.run(
        CARGO_MIGRATE,
        "migrate create create_users --description People --format json",
    );
    // `--format` stands before the command of `cargo migrate`.
    created.ends(2);
    let created = here.run(
        CARGO_MIGRATE,
        "migrate --format json create create_users --description People",
    );
    let file = created.json()["file"].as_str().unwrap().to_owned();
    let text = std::fs::read_to_string(file).unwrap();
    assert!(
        text.contains("description = \"People\"") && text.contains("CREATE TABLE users"),
        "{text}"
    );
}

#[test]
fn s0_1_migrate_rollback_and_status_with_a_word_on_each_line() {
    let here = Folder::new();
    let shop = |arguments: &str| here.run(SHOP, &format!("{arguments} {DB}"));
    shop("migrate --target 20260215_02").ends(0);
    let status = shop("status").out;
    let words: Vec<&str> = status
        .lines()
        .skip(1)
        .take(4)
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert_eq!(words, ["APPLIED", "APPLIED", "PENDING", "PENDING"]);
    shop("rollback").ends(0);
    assert!(!shop("status").out.contains("APPLIED"));
}

#[test]
fn s0_2_tables_are_made_and_dropped_without_sql() {
    let mut db = Connection::open_in_memory().unwrap();
    let migrator = Migrator::new();
    migrator.up(&mut db).unwrap();
    assert_eq!(
        columns(&db, "people"),
        ["id", "full_name", "age", "joined", "email"]
    );
    db.execute("INSERT INTO people (full_name, age) VALUES ('Ann', 7)", [])
        .unwrap();
    for refused in [
        "INSERT INTO people (full_name) VALUES ('Ann')",
        "INSERT INTO people (full_name) VALUES (NULL)",
        "INSERT INTO people (full_name, age) VALUES ('Bob', -1)",
    ] {
        assert!(db.execute(refused, []).is_err(), "{refused}");
    }
    migrator.down(&mut db).unwrap();
    assert_eq!(columns(&db, "people"), [""; 0]);
    assert_eq!(columns(&db, "users"), [""; 0]);
}

#[test]
fn s0_broken_there_the_target_counts() {
    let here = Folder::new();
    here.run(SHOP, &format!("migrate --target 20260215 {DB}"))
        .has("1 migration applied");
    here.run(SHOP, &format!("migrate --target 20991231 {DB}"))
        .ends(2);
}

#[test]
fn s0_broken_there_rollback_works_and_reverted_is_pending_again() {
    let mut db = Connection::open_in_memory().unwrap();
    let migrator = Migrator::new();
    for _ in 0..3 {
        assert_eq!(migrator.up(&mut db).unwrap().names().len(), 2);
        assert_eq!(migrator.down(&mut db).unwrap().names().len(), 2);
        let status = migrator.status(&mut db).unwrap();
        assert!(
            status
                .migrations
                .iter()
                .all(|one| one.state == State::Pending)
        );
        assert_eq!(migrator.current_version(&mut db).unwrap(), None);
    }
}

#[test]
fn s0_broken_there_the_stored_checksum_is_checked() {
    let here = Folder::new();
    here.run(SHOP, &format!("up {DB}")).ends(0);
    here.run(EDITED, &format!("up {DB}"))
        .ends(1)
        .has("changed since applied: `20260215_create_users`");
    here.run(EDITED, &format!("verify {DB}"))
        .ends(1)
        .has("has changed since it was applied");
    here.sql(
        "app.db",
        "UPDATE _migrations SET checksum = 'v1:0' WHERE id = '20260216_add_age'",
    );
    here.run(SHOP, &format!("up {DB}"))
        .ends(1)
        .has("changed since applied: `20260216_add_age`");
}

#[test]
fn s0_broken_there_a_damaged_history_is_not_read_as_an_empty_one() {
    for damage in [
        "UPDATE _migrations SET state = 'perhaps' WHERE seq = 2",
        "UPDATE _migrations SET state = 'applying', steps_done = -1 WHERE seq = 2",
        "UPDATE _migrations SET id = x'ff' WHERE seq = 2",
        "UPDATE _migrations SET batch = 'last' WHERE seq = 2",
        "ALTER TABLE _migrations DROP COLUMN checksum",
    ] {
        let here = Folder::new();
        here.run(SHOP, &format!("up {DB}")).ends(0);
        here.sql("app.db", damage);
        let before = here.files();
        for command in ["migrate", "rollback", "status", "reset --yes", "check"] {
            let ran = here.run(SHOP, &format!("{command} {DB}"));
            ran.ends(1).has("_migrations");
            if damage.ends_with("seq = 2") {
                ran.has("row 2");
            }
        }
        assert!(here.files() == before, "{damage}");
    }
}

/// There two migrations of the same second had the same file.
#[test]
fn s0_broken_there_the_same_second_does_not_overwrite() {
    let here = package();
    here.write("src/lib.rs", "//! An application.\n\nmod migrations;\n");
    here.write("src/migrations/mod.rs", "mod m20240101000000_first;\n");
    here.write(
        "src/migrations/m20240101000000_first.rs",
        "use migrate_core::prelude::*;\n\n#[migration(\"20240101000000_first\", up = \"SELECT 1\", irreversible = \"no\")]\npub struct First;\n",
    );
    let package = locate(&Location {
        directory: here.path(""),
        ..Location::default()
    })
    .unwrap();
    let options = MakeOptions {
        now: Some(date(2026, 2, 15).at(9, 30, 0, 0)),
        ..MakeOptions::default()
    };
    let ids: Vec<String> = (0..3)
        .map(|_| make(&package, "again", &options).unwrap().id.to_string())
        .collect();
    assert_eq!(
        ids,
        [
            "20260215093000_again",
            "20260215093001_again",
            "20260215093002_again"
        ]
    );
    assert_eq!(
        here.files()
            .keys()
            .filter(
                |path| path.ends_with("src/migrations") || path.to_string_lossy().contains("again")
            )
            .count(),
        3
    );
}
