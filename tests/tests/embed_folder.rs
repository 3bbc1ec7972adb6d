//! A folder of SQL files in a crate: `migrations!` makes migrations of them, checks them, and sees every change.
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows that a test may panic, but not its helpers"
)]

use std::fs;

use migrate_tests::{Application, Ran};
use rusqlite::Connection;

fn application(name: &str) -> Application {
    let app = Application::new(name);
    app.install(env!("CARGO_BIN_EXE_fixture-cargo-migrate"));
    app.write(
        "src/lib.rs",
        "//! An application.\n\nmigrate_core::migrations!(\"migrations\");\n",
    );
    app.write(
        "build.rs",
        "fn main() {\n    println!(\"cargo::rerun-if-changed=migrations\");\n}\n",
    );
    app.write(
        "src/bin/migrate.rs",
        &format!("migrate_cli::main!({name}; default_database_url = \"sqlite:app.db\");\n"),
    );
    app
}

fn tables(app: &Application) -> Vec<String> {
    let connection = Connection::open(app.path("app.db")).unwrap();
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> '_migrations' ORDER BY name";
    let mut statement = connection.prepare(sql).unwrap();
    let names = statement.query_map([], |row| row.get(0)).unwrap();
    names.map(Result::unwrap).collect()
}

fn up(app: &Application) -> Ran {
    app.cargo("migrate up")
}

#[test]
fn a_folder_is_embedded_and_every_change_of_it_is_seen() {
    let app = application("embedded_folder");
    app.write(
        "migrations/0001_create_users.up.sql",
        "CREATE TABLE users (id INTEGER PRIMARY KEY);\n",
    );
    app.write(
        "migrations/0001_create_users.down.sql",
        "DROP TABLE users;\n",
    );
    up(&app).ends(0).has("1 migration applied");
    assert_eq!(tables(&app), ["users"]);

    // A file appears, and nothing else changes.
    app.write(
        "migrations/0002_create_posts.up.sql",
        "CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id));\n",
    );
    up(&app).ends(0).has("1 migration applied");
    assert_eq!(tables(&app), ["posts", "users"]);

    // Without a `down` there is no way back.
    app.cargo("migrate down --yes")
        .ends(1)
        .has("migrations/0002_create_posts.up.sql has no `down`");
    app.write(
        "migrations/0002_create_posts.down.sql",
        "DROP TABLE posts;\n",
    );
    app.cargo("migrate down --yes").ends(0);
    assert_eq!(tables(&app), ["users"]);

    // A file changes.
    app.write(
        "migrations/0002_create_posts.up.sql",
        "CREATE TABLE posts (id INTEGER PRIMARY KEY);\nCREATE TABLE tags (id INTEGER PRIMARY KEY);\n",
    );
    app.write(
        "migrations/0002_create_posts.down.sql",
        "DROP TABLE tags;\nDROP TABLE posts;\n",
    );
    up(&app).ends(0);
    assert_eq!(tables(&app), ["posts", "tags", "users"]);
    app.cargo("migrate plan --help").ends(0);
    app.cargo("migrate status --format json")
        .ends(0)
        .has("migrations/0001_create_users.up.sql");

    // What was applied has changed, and is gone.
    app.write(
        "migrations/0001_create_users.up.sql",
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);\n",
    );
    app.cargo("migrate verify").ends(1).has("0001_create_users");
    for half in ["up", "down"] {
        fs::remove_file(app.path(&format!("migrations/0001_create_users.{half}.sql"))).unwrap();
    }
    app.cargo("migrate status").ends(0).has("MISSING");
}

#[test]
fn mistakes_have_their_place_in_the_file() {
    let app = application("embedded_mistakes");
    app.write(
        "migrations/00001_create_users.sql",
        "-- +goose Up\nCREATE TABEL users (id INTEGER);\n-- +goose Down\nDROP TABLE users;\n",
    );
    app.cargo("check")
        .ends(101)
        .has("near \"TABEL\": syntax error [sql_syntax]")
        .has("migrations/00001_create_users.sql:2:8");
    app.write(
        "migrations/00001_create_users.sql",
        "-- +goose Up\nCREATE TABLE users (id INTEGER);\n-- +goose Down\nDROP TABLE users;\n",
    );
    app.cargo("check").ends(0);

    // Two of one version, in a file and in Rust.
    app.write(
        "src/lib.rs",
        "//! An application.\nuse migrate_core::prelude::*;\n\nmigrate_core::migrations!(\"migrations\");\n\n\
         #[migration(\"1_other\", up = \"CREATE TABLE a (b)\", down = \"DROP TABLE a\")]\npub struct Other;\n",
    );
    app.cargo("check").ends(101).has("[duplicate_id]");
}

#[test]
fn a_folder_that_nobody_watches_is_refused() {
    let app = application("embedded_unwatched");
    app.write("migrations/1_a.sql", "CREATE TABLE a (b);\n");
    fs::remove_file(app.path("build.rs")).unwrap();
    app.cargo("check")
        .ends(101)
        .has("this crate has no build script, so nobody would see a migration that is added to `migrations` [folder]")
        .has("println!(\"cargo::rerun-if-changed=migrations\");");
    app.write(
        "build.rs",
        "fn main() {\n    println!(\"cargo::rerun-if-changed=proto\");\n}\n",
    );
    app.cargo("check")
        .ends(101)
        .has("build.rs does not watch `migrations`");
    app.write("build.rs", "fn main() {}\n");
    app.cargo("check").ends(0);
}

#[test]
fn files_and_rust_are_one_history() {
    let app = application("embedded_beside_rust");
    app.write(
        "migrations/1_create_users.sql",
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);\n",
    );
    app.write(
        "migrations/3_index_posts.sql",
        "CREATE INDEX posts_title ON posts (title);\n",
    );
    let lib = |column: &str| {
        format!(
            "//! An application.\nuse migrate_core::prelude::*;\n\nmigrate_core::migrations!(\"migrations\");\n\n\
             #[migration(\"2_create_posts\", up = \"CREATE TABLE posts (title TEXT); CREATE INDEX emails ON users ({column})\", \
             down = \"DROP INDEX emails; DROP TABLE posts\")]\npub struct CreatePosts;\n"
        )
    };
    app.write("src/lib.rs", &lib("emial"));
    app.cargo("check")
        .ends(101)
        .has("no such column: users.emial [no_such_column]")
        .has("did you mean `email`?")
        .lacks("[no_such_table]");
    app.write("src/lib.rs", &lib("email"));
    app.cargo("check").ends(0);
    app.write(
        "migrations/3_index_posts.sql",
        "CREATE INDEX posts_title ON posts (titel);\n",
    );
    app.cargo("check")
        .ends(101)
        .has("no such column: posts.titel [no_such_column]")
        .has("migrations/3_index_posts.sql:1:36");
}
