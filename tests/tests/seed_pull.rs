//! Migrations that are generated from resource definitions, as a user meets them: `migrate pull`.
//!
//! Each test is called after what it shows; an application is built by Cargo and its database is a file.
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows that a test may panic, but not its helpers"
)]

use migrate_tests::Application;
use rusqlite::Connection;
use snapbox::{assert_data_eq, str};

const CARGO_MIGRATE: &str = env!("CARGO_BIN_EXE_fixture-cargo-migrate");

fn application(name: &str) -> Application {
    let application = Application::new(name);
    application.install(CARGO_MIGRATE);
    application.write(
        "src/bin/migrate.rs",
        &format!("migrate_cli::main!({name}; default_database_url = \"sqlite:app.db\");\n"),
    );
    application.write("src/lib.rs", "//! Nothing yet.\npub mod migrations;\n");
    application.write(
        "src/migrations/mod.rs",
        "//! The migrations.\npub mod m0001_start;\n",
    );
    application.write(
        "src/migrations/m0001_start.rs",
        "use migrate_core::prelude::*;\n#[migration(\"0001_start\", up = \"CREATE TABLE other (id INTEGER PRIMARY KEY)\", down = \"DROP TABLE other\")]\npub struct Start;\n",
    );
    application.cargo("migrate up").ends(0);
    application
}

fn sql(app: &Application, table: &str) -> String {
    let connection = Connection::open(app.path("app.db")).unwrap();
    let query = "SELECT sql FROM sqlite_schema WHERE name = ?";
    connection
        .query_row(query, [table], |row| row.get(0))
        .unwrap()
}

fn files(app: &Application) -> usize {
    std::fs::read_dir(app.path("src/migrations"))
        .unwrap()
        .count()
}

const USERS: &str = r#"{
    "fields": {
        "name": {"type": "string", "required": true, "description": "What people call them"},
        "email": {"type": "email", "required": true, "unique": true, "format": "email"},
        "age": {"type": "integer", "default": 18},
        "state": {"type": "enum", "values": ["new", "old"], "default": "new"},
        "team": {"type": "relation", "target": "teams", "onDelete": "cascade"}
    },
    "permissions": {"read": ["everybody"]}
}"#;

/// 1 to 5: a file is a table, every key of a field counts, the migration goes both ways, and a second pull writes nothing.
#[test]
fn definitions_become_a_migration_and_then_nothing() {
    let app = application("pull_start");
    app.write("meta/users.json", USERS);
    app.write("meta/teams.json", r#"{"fields": {"name": "string"}}"#);
    app.cargo("migrate pull").shows(str![[r#"
  table teams: added
  table users: added
created src/migrations/m0002_create_tables.rs (`CreateTables`)
added   `pub mod m0002_create_tables;` to src/migrations/mod.rs
Read it, and apply it: `up`

"#]]);
    // It is not built yet, then not applied: neither writes a second file.
    let before = files(&app);
    app.cargo("migrate pull").shows(str![[r#"
--- standard error
error: the migration `0002_create_tables` is pending: apply it first (`up`), and pull then
--- exit code 2

"#]]);
    assert_eq!(files(&app), before);
    app.cargo("migrate up").ends(0);
    assert_data_eq!(
        sql(&app, "users"),
        str![[r#"
CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE,
    age INTEGER DEFAULT 18,
    state TEXT DEFAULT 'new' CHECK ("state" IN ('new', 'old')),
    teamId TEXT REFERENCES teams (id) ON DELETE CASCADE,
    created_at TEXT DEFAULT CURRENT_TIMESTAMP,
    updated_at TEXT DEFAULT CURRENT_TIMESTAMP
)
"#]]
    );
    app.cargo("migrate pull").shows(str![[r#"
the database is as the definitions say: nothing to write

"#]]);
    assert_eq!(files(&app), before);

    // What has rows is changed, and they stay.
    let connection = Connection::open(app.path("app.db")).unwrap();
    connection
        .execute_batch(
            "INSERT INTO teams (id, name) VALUES ('t', 'Team');
             INSERT INTO users (id, name, email, teamId) VALUES ('u', 'N', 'e', 't')",
        )
        .unwrap();
    drop(connection);
    let changed = USERS
        .replace("\"required\": true, \"unique\": true", "\"unique\": false")
        .replace("\"default\": 18", "\"default\": 21")
        .replace("cascade", "restrict")
        .replace("\"name\": {\"type\": \"string\", \"required\": true, \"description\": \"What people call them\"},", "\"nick\": {\"type\": \"string\"},");
    app.write("meta/users.json", &changed);
    app.cargo("migrate pull").shows(str![[r#"
kept    column users.name is no longer in meta/users.json, and stays: `--allow-drop` writes its removal, and its values are lost
  table users: foreign key (teamId) to teams (id) ON DELETE CASCADE removed
  table users: unique constraint (email) removed
  column users.email: NOT NULL removed
  column users.age: default changed from 18 to 21
  column users.nick: added (TEXT)
  table users: foreign key (teamId) to teams (id) ON DELETE RESTRICT added
created src/migrations/m0003_alter_users.rs (`AlterUsers`)
added   `pub mod m0003_alter_users;` to src/migrations/mod.rs
Read it, and apply it: `up`

"#]]);
    app.cargo("migrate up").ends(0);
    assert_data_eq!(
        sql(&app, "users"),
        str![[r#"
CREATE TABLE "users" (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT,
    age INTEGER DEFAULT 21,
    state TEXT DEFAULT 'new' CHECK ("state" IN ('new', 'old')),
    teamId TEXT REFERENCES teams (id) ON DELETE RESTRICT,
    created_at TEXT DEFAULT CURRENT_TIMESTAMP,
    updated_at TEXT DEFAULT CURRENT_TIMESTAMP,
    nick TEXT
)
"#]]
    );
    app.cargo("migrate pull").shows(str![[r#"
kept    column users.name is no longer in meta/users.json, and stays: `--allow-drop` writes its removal, and its values are lost
the database is as the definitions say: nothing to write

"#]]);
    app.cargo("migrate pull --allow-drop --name forget_names")
        .shows(str![[r#"
  column users.name: removed
created src/migrations/m0004_forget_names.rs (`ForgetNames`)
added   `pub mod m0004_forget_names;` to src/migrations/mod.rs
Read it, and apply it: `up`

"#]]);
    app.cargo("migrate up").ends(0);
    let connection = Connection::open(app.path("app.db")).unwrap();
    let left: (String, i64) = connection
        .query_row("SELECT email, age FROM users", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap();
    assert_eq!(left, ("e".to_owned(), 18));
    drop(connection);
    app.cargo("migrate pull").ends(0).has("nothing to write");
    // What is lost does not come back; all before goes back.
    app.cargo("migrate down")
        .ends(1)
        .has("the values of users.name are gone");
}

/// 2: what nobody knows is told with its place, and nothing is written.
#[test]
fn mistakes_in_definitions() {
    let app = application("pull_mistakes");
    let before = files(&app);
    app.cargo("migrate pull").shows(str![[r#"
--- standard error
error: there is no folder meta: write a definition for each table there, such as `users.json`, or give another one (`--definitions`)
--- exit code 2

"#]]);
    app.write("meta/users.json", r#"{"fields": {"a": {"type": "strng"}, "b": {"type": "relation", "onDelete": "x"}}, "hooks": 1}"#);
    app.cargo("migrate pull").shows(str![[r#"
--- standard error
error: meta/users.json: hooks: unknown key; there are `fields`, `permissions`, `description` and `renamedFrom`
meta/users.json: fields.a.type: there is no type `strng`; did you mean `string`?
meta/users.json: fields.b: a relation needs its table: write `"target": "…"` beside it
--- exit code 2

"#]]);
    app.write(
        "meta/users.json",
        r#"{"fields": {"a": {"type": "relation", "target": "otter"}}, "hooks": 1}"#,
    );
    app.cargo("migrate pull --ignore hooks")
        .shows(str![[r#"
--- standard error
error: meta/users.json: fields.a: no file defines `otter`, and the database has no such table; did you mean `other`?
--- exit code 2

"#]]);
    assert_eq!(files(&app), before);
}

/// 6: one migration by its name, and near ones where there is none.
#[test]
fn one_migration_is_applied_by_name() {
    let app = application("pull_apply");
    app.write("meta/teams.json", r#"{"fields": {"name": "string"}}"#);
    app.cargo("migrate pull").ends(0);
    app.cargo("migrate apply create_team")
        .ends(2)
        .has("create_teams");
    app.cargo("migrate apply create_teams").ends(0);
    app.cargo("migrate apply ../create_teams").ends(2);
}

/// A renamed field is renamed where the definition says so, and never by guessing.
#[test]
fn what_is_renamed_keeps_its_values() {
    let app = application("pull_renamed");
    app.write("meta/teams.json", r#"{"fields": {"name": "string"}}"#);
    app.cargo("migrate pull").ends(0);
    app.cargo("migrate up").ends(0);
    let connection = Connection::open(app.path("app.db")).unwrap();
    connection
        .execute("INSERT INTO teams (id, name) VALUES ('t', 'Team')", [])
        .unwrap();
    drop(connection);
    app.write(
        "meta/teams.json",
        r#"{"fields": {"title": {"type": "string", "renamedFrom": "name"}}}"#,
    );
    app.cargo("migrate pull").shows(str![[r#"
  column teams.name: renamed to title
created src/migrations/m0003_alter_teams.rs (`AlterTeams`)
added   `pub mod m0003_alter_teams;` to src/migrations/mod.rs
Read it, and apply it: `up`

"#]]);
    app.cargo("migrate up").ends(0);
    let connection = Connection::open(app.path("app.db")).unwrap();
    let title: String = connection
        .query_row("SELECT title FROM teams", [], |row| row.get(0))
        .unwrap();
    assert_eq!(title, "Team");
    // The hint may stay.
    app.cargo("migrate pull").ends(0).has("nothing to write");
}

/// The other way round: a database that is there already is adopted by a first migration.
#[test]
fn a_database_is_adopted() {
    let app = application("pull_adopt");
    let connection = Connection::open(app.path("app.db")).unwrap();
    connection
        .execute_batch(
            "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL CHECK (name <> ''));
             CREATE INDEX people_name ON people (lower(name)) WHERE id > 5;
             CREATE VIEW names AS SELECT name FROM people;
             CREATE TRIGGER t AFTER DELETE ON people BEGIN DELETE FROM other; END;
             INSERT INTO people (name) VALUES ('Ada');",
        )
        .unwrap();
    drop(connection);
    app.cargo("migrate pull --from-database --name adopt")
        .shows(str![[r#"
  table people: added
  view names: added
  table people: trigger t added
created src/migrations/m0002_adopt.rs (`Adopt`)
added   `pub mod m0002_adopt;` to src/migrations/mod.rs
Build it, and say that this database has it: `baseline 0002_adopt`

"#]]);
    app.cargo("migrate baseline adopt").ends(0);
    app.cargo("migrate check").ends(0);
    app.cargo("migrate pull --from-database").shows(str![[r#"
the migrations make all that the database has: nothing to write

"#]]);
    // And it makes the same elsewhere.
    app.cargo("migrate up --database-url other.db").ends(0);
    app.cargo("migrate pull --from-database --database-url other.db")
        .ends(0)
        .has("nothing to write");
}

/// Structs in the place of definitions.
#[test]
fn structs_say_what_their_tables_have_to_be() {
    let app = application("pull_models");
    app.cargo("migrate pull --models").shows(str![[r#"
--- standard error
error: no struct with `#[derive(Table)]` is linked into this program: derive it, and name its crate in `migrate_cli::main!`
--- exit code 2

"#]]);
    app.write(
        "src/lib.rs",
        "//! Models.\npub mod migrations;\n\n#[derive(migrate_core::Table)]\n#[table(name = \"users\")]\npub struct User {\n    #[column(primary_key)]\n    pub id: i64,\n    #[column(unique)]\n    pub email: String,\n    pub nick: Option<String>,\n    #[column(skip)]\n    pub cached: Vec<String>,\n}\n",
    );
    let manifest = app.read("Cargo.toml");
    let manifest = manifest.replace("migrate-core' }", "migrate-core', features = ['models'] }");
    app.write("Cargo.toml", &manifest);
    app.cargo("migrate pull --models").shows(str![[r#"
  table users: added
created src/migrations/m0002_create_users.rs (`CreateUsers`)
added   `pub mod m0002_create_users;` to src/migrations/mod.rs
Read it, and apply it: `up`

"#]]);
    app.cargo("migrate up").ends(0);
    assert_data_eq!(
        sql(&app, "users"),
        str![[r#"
CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    nick TEXT
)
"#]]
    );
    app.cargo("migrate pull --models")
        .ends(0)
        .has("nothing to write");
}
