//! What a migration tool of a database with a schema of its own promises, line by line: migrations, and schemas that are
//! exported, validated and applied.
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows that a test may panic, but not its helpers"
)]

use jiff::civil::date;
use migrate_cli::project::{Location, MakeOptions, locate, make};
use migrate_core::{
    Dialect, Migrator, State,
    prelude::*,
    schema::{self, document::Document},
};
use migrate_tests::Folder;
use rusqlite::Connection;
use serde_json::json;

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

const PEOPLE: &str = "CREATE TABLE teams (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
    CREATE TABLE people (
        id INTEGER PRIMARY KEY,
        email TEXT NOT NULL DEFAULT 'none' CHECK (email <> ''),
        team_id INTEGER REFERENCES teams (id) ON DELETE CASCADE
    );
    CREATE INDEX people_email ON people (lower(email)) WHERE id > 1;
    CREATE VIEW emails AS SELECT email FROM people;
    CREATE TRIGGER touch AFTER INSERT ON people BEGIN SELECT 1; END;
    INSERT INTO teams VALUES (1, 'one');
    INSERT INTO people (team_id) VALUES (1)";

/// As the description of the seed writes it.
const SEED: &str = r#"{
    "version": "1.0",
    "exported_at": "2024-01-15T10:30:00.123456",
    "databases": {
        "shop": {
            "tables": {
                "users": {
                    "columns": [
                        {"name": "id", "type": "integer", "nullable": false},
                        "name",
                        {"name": "created_at", "type": "timestamp", "nullable": false}
                    ],
                    "indexes": ["name", {"name": "users_created", "columns": ["created_at", "name"], "unique": true}],
                    "constraints": [{"name": "pk_constraint", "type": "primary_key", "columns": ["id"]}]
                }
            }
        }
    }
}"#;

#[test]
fn s0_3_export_writes_the_schema_that_is_there() {
    let here = Folder::new();
    here.sql("a.db", PEOPLE);
    here.run(
        CARGO_MIGRATE,
        "schema export --output schema.json --database-url a.db",
    )
    .ends(0)
    .has("wrote schema.json: 2 tables");
    let document: serde_json::Value = serde_json::from_str(&here.read("schema.json")).unwrap();
    let main = &document["databases"]["main"];
    assert_eq!(
        main["tables"]["people"]["columns"][1],
        json!({"name": "email", "type": "TEXT", "nullable": false, "default": "'none'"})
    );
    assert_eq!(
        main["tables"]["people"]["indexes"][0],
        json!({
            "name": "people_email", "columns": [{"expression": "lower(email)"}], "unique": false, "where": "id > 1",
        })
    );
    let kinds = main["tables"]["people"]["constraints"].as_array().unwrap();
    let kinds: Vec<_> = kinds.iter().map(|one| &one["type"]).collect();
    assert_eq!(kinds, ["primary_key", "foreign_key", "check"]);
    assert_eq!(main["tables"]["people"]["triggers"][0]["name"], "touch");
    assert_eq!(main["views"]["emails"]["query"], "SELECT email FROM people");
    here.run(CARGO_MIGRATE, "schema validate schema.json")
        .ends(0);
    // Without a file it goes to standard output, and is the same but for the time.
    let printed = here
        .run(CARGO_MIGRATE, "schema export --database-url a.db")
        .json();
    assert_eq!(printed["databases"], document["databases"]);
}

#[test]
fn s0_3_what_was_exported_makes_the_same_database_elsewhere() {
    let here = Folder::new();
    here.sql("a.db", PEOPLE);
    here.run(
        CARGO_MIGRATE,
        "schema export --output a.json --database-url a.db",
    )
    .ends(0);
    here.run(CARGO_MIGRATE, "schema apply a.json --database-url b.db")
        .ends(0);
    here.run(
        CARGO_MIGRATE,
        "schema export --output b.json --database-url b.db",
    )
    .ends(0);
    let databases = |file: &str| {
        let document: serde_json::Value = serde_json::from_str(&here.read(file)).unwrap();
        document["databases"].clone()
    };
    assert_eq!(databases("a.json"), databases("b.json"));
    let before = here.read_bytes("b.db");
    here.run(CARGO_MIGRATE, "schema apply a.json --database-url b.db")
        .ends(0)
        .has("Nothing to do: b.db has this schema already");
    assert!(here.read_bytes("b.db") == before);
}

#[test]
fn s0_4_the_document_of_the_seed_is_read_in_full() {
    let here = Folder::new();
    here.write("schema.json", SEED);
    here.run(CARGO_MIGRATE, "schema validate schema.json")
        .ends(0);
    here.run(
        CARGO_MIGRATE,
        "schema apply schema.json --database-url a.db",
    )
    .ends(0);
    let db = here.open("a.db");
    assert_eq!(columns(&db, "users"), ["id", "name", "created_at"]);
    db.execute("INSERT INTO users VALUES (1, 'Ann', 'now')", [])
        .unwrap();
    for refused in [
        "INSERT INTO users VALUES (1, 'Bob', 'now')",
        "INSERT INTO users VALUES (2, 'Bob', NULL)",
        "INSERT INTO users VALUES (2, 'Ann', 'now')",
    ] {
        assert!(db.execute(refused, []).is_err(), "{refused}");
    }
    let indexes: i64 = db
        .query_row(
            "SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(indexes, 2);
}

#[test]
fn s0_5_the_same_through_the_library() {
    let migrator = Migrator::new();
    let mut from = Connection::open_in_memory().unwrap();
    migrator.up(&mut from).unwrap();
    let document = schema::export(&migrator, &mut from).unwrap();
    // The history itself is no part of it.
    assert!(!document.to_string().contains("_migrations"));
    let read = Document::read(&document.to_string()).unwrap();

    let mut to = Connection::open_in_memory().unwrap();
    let main = read.database("main").unwrap();
    let done = schema::apply(&migrator, &mut to, main, false).unwrap();
    assert_eq!(done.changes()[0].to_string(), "table people: added");
    assert!(
        schema::apply(&migrator, &mut to, main, false)
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        schema::live(&migrator, &mut to).unwrap(),
        schema::live(&migrator, &mut from).unwrap()
    );

    let empty = Document::new().with("main", &schema::Schema::empty(Dialect::Sqlite));
    let empty = empty.database("main").unwrap();
    let refused = schema::apply(&migrator, &mut to, empty, false).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "data would be lost, and nothing was done: all rows of people"
    );
    schema::apply(&migrator, &mut to, empty, true).unwrap();
    assert_eq!(columns(&to, "people"), [""; 0]);
}

#[test]
fn s0_broken_there_an_invalid_document_fails_with_everything_that_is_wrong() {
    let here = Folder::new();
    here.write(
        "schema.json",
        r#"{"version": 1, "databases": {"main": {"tables": {
            "users": {
                "columns": [{"name": "id", "type": "integer", "nullabel": false}, "email", "email"],
                "constraints": ["UNIQUE (emial)"]
            },
            "orders": {
                "columns": ["id", "user_id"],
                "constraints": [
                    {"type": "primary_key", "columns": ["ident"]},
                    "FOREIGN KEY (user_id) REFERENCES usres (id)"
                ]
            }
        }}}}"#,
    );
    let before = here.files();
    let validated = here.run(CARGO_MIGRATE, "schema validate schema.json");
    validated.ends(1);
    assert_eq!(
        validated.out,
        "databases.main.tables.users.columns[0].nullabel: unknown key, did you mean `nullable`?\n\
         databases.main.tables.users.columns[2]: there is a column `email` already, at databases.main.tables.users.columns[1]\n\
         databases.main.tables.orders.constraints[0]: `orders` has no column `ident`\n\
         databases.main.tables.orders.constraints[1]: there is no table `usres`: did you mean `users`?\n"
    );
    here.run(
        CARGO_MIGRATE,
        "schema apply schema.json --database-url a.db",
    )
    .ends(1);
    assert!(here.files() == before);
    // What could not be looked at is something else.
    here.run(CARGO_MIGRATE, "schema validate nothing.json")
        .ends(2);
    here.write("schema.json", "{");
    here.run(CARGO_MIGRATE, "schema validate schema.json")
        .ends(1)
        .has("this is no JSON");
}

#[test]
fn s0_broken_there_apply_stops_at_the_first_error_and_leaves_nothing() {
    let here = Folder::new();
    // Two rows that a unique constraint cannot take.
    here.sql(
        "a.db",
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)",
    );
    here.sql("a.db", "INSERT INTO users (email) VALUES ('a'), ('a')");
    here.write(
        "schema.json",
        r#"{"version": 1, "databases": {"main": {"tables": {
            "teams": {"columns": [{"name": "id", "type": "integer", "primary_key": true}]},
            "users": {
                "columns": [{"name": "id", "type": "integer", "primary_key": true}, {"name": "email", "type": "text"}],
                "constraints": ["UNIQUE (email)"]
            }
        }}}}"#,
    );
    here.run(
        CARGO_MIGRATE,
        "schema apply schema.json --database-url a.db",
    )
    .ends(1)
    .has("UNIQUE constraint failed")
    .has("Nothing was changed");
    let db = here.open("a.db");
    assert_eq!(columns(&db, "teams"), [""; 0]);
    assert_eq!(columns(&db, "users"), ["id", "email"]);
    db.execute("DELETE FROM users WHERE id = 2", []).unwrap();
    here.run(
        CARGO_MIGRATE,
        "schema apply schema.json --database-url a.db",
    )
    .ends(0);
    assert!(
        db.execute("INSERT INTO users (email) VALUES ('a')", [])
            .is_err()
    );
}

#[test]
fn s0_broken_there_data_is_lost_only_when_asked_for() {
    let here = Folder::new();
    here.sql("a.db", PEOPLE);
    here.write(
        "schema.json",
        r#"{"version": 1, "databases": {"main": {"tables": {}}}}"#,
    );
    let before = here.read_bytes("a.db");
    here.run(
        CARGO_MIGRATE,
        "schema apply schema.json --database-url a.db",
    )
    .ends(4)
    .has("This loses data in a.db")
    .has("all rows of people")
    .has("Nothing was done");
    assert!(here.read_bytes("a.db") == before);
    here.run(
        CARGO_MIGRATE,
        "schema apply schema.json --dry-run --database-url a.db",
    )
    .ends(0)
    .has("DROP TABLE people");
    assert!(here.read_bytes("a.db") == before);
    here.run(
        CARGO_MIGRATE,
        "schema apply schema.json --allow-drop --database-url a.db",
    )
    .ends(0);
    assert_eq!(columns(&here.open("a.db"), "people"), [""; 0]);
}
