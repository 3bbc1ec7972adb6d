//! `cargo migrate`, on an application that Cargo builds.
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows that a test may panic, but not its helpers"
)]

use migrate_tests::{Application, Folder};
use snapbox::str;

const CARGO_MIGRATE: &str = env!("CARGO_BIN_EXE_fixture-cargo-migrate");

fn application(name: &str) -> Application {
    let application = Application::new(name);
    application.install(CARGO_MIGRATE);
    application
}

/// From nothing to a migrated database, as somebody would who has just found this.
#[test]
fn new_then_import_then_up() {
    let app = application("fresh_start");
    app.cargo("migrate up").shows(str![[r#"
--- standard error
error: the package `fresh_start` has no program `migrate`: run `cargo add migrate-cli`, and write `migrate_cli::main!(fresh_start);` in [FOLDER]/src/bin/migrate.rs
--- exit code 2

"#]]);
    app.cargo("migrate import sql").shows(str![[r#"
--- standard error
error: cannot read sql: No such file or directory (os error 2)
--- exit code 2

"#]]);

    app.write(
        "sql/001_create_notes.up.sql",
        "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT);\n",
    );
    app.write("sql/001_create_notes.down.sql", "DROP TABLE notes;\n");
    app.write(
        "sql/002_add_author.up.sql",
        "ALTER TABLE notes ADD COLUMN author TEXT;\n",
    );
    app.write(
        "sql/002_add_author.down.sql",
        "ALTER TABLE notes DROP COLUMN author;\n",
    );
    app.cargo("migrate import sql").shows(str![[r#"
created src/migrations/m001_create_notes.rs
created src/migrations/m002_add_author.rs
added   `pub mod migrations;` to src/lib.rs
added   2 modules to src/migrations/mod.rs
2 migrations imported

"#]]);
    app.cargo("migrate new create_tags").shows(str![[r#"
created src/migrations/m003_create_tags.rs (`CreateTags`)
added   `pub mod m003_create_tags;` to src/migrations/mod.rs

"#]]);
    app.cargo("migrate --format json make add_colour_to_notes")
        .shows(str![[r#"
{
  "id": "004_add_colour_to_notes",
  "file": "[FOLDER]/src/migrations/m004_add_colour_to_notes.rs",
  "module": "[FOLDER]/src/migrations/mod.rs",
  "struct_name": "AddColourToNotes"
}

"#]]);
    app.cargo("migrate new a/b").shows(str![[r#"
--- standard error
error: `a/b` cannot be the name of a migration: `/` stands for a folder; write what it does in words, such as `create_users`
--- exit code 2

"#]]);

    app.write(
        "src/bin/migrate.rs",
        "migrate_cli::main!(fresh_start; default_database_url = \"sqlite:app.db\");\n",
    );
    app.cargo("migrate status").shows(str![[r#"
State    Migration                Batch  Applied at (UTC)  Description
PENDING  001_create_notes                                  create notes
PENDING  002_add_author                                    add author
PENDING  003_create_tags                                   create tags
PENDING  004_add_colour_to_notes                           add colour to notes

0 applied, 4 pending
--- standard error
note: sqlite:app.db does not exist yet

"#]]);
    app.cargo("migrate up --target 2").shows(str![[r#"
applied 001_create_notes [TIME]
applied 002_add_author [TIME]
2 migrations applied

"#]]);
    app.cargo("migrate up nonsense")
        .ends(2)
        .has("unexpected argument 'nonsense' found");
    let up = app.cargo_in("src", "migrate --format json up --database-url ../app.db");
    let done = &up.json()["done"];
    assert_eq!(done[0]["id"], "003_create_tags");
    assert_eq!(done[1]["id"], "004_add_colour_to_notes");
    // The program itself knows where its sources are.
    app.cargo("run --quiet --bin migrate -- create second_thoughts -d Undo")
        .shows(str![[r#"
created src/migrations/m005_second_thoughts.rs (`SecondThoughts`)
added   `pub mod m005_second_thoughts;` to src/migrations/mod.rs

"#]]);
    app.cargo("migrate check")
        .ends(1)
        .has("005_second_thoughts is pending: run `up`");
}

#[test]
fn help() {
    let app = application("helpful");
    app.cargo("migrate --help").shows(str![[r#"
Database migrations, checked while they compile

Usage: cargo migrate [OPTIONS] <COMMAND>

Commands:
  new     Write a new migration, and the line that makes it a module [aliases: make, create]
  import  Turn a folder of NAME.up.sql and NAME.down.sql into Rust migrations

Options:
  -p, --package <NAME>
          The package, where there are several

      --manifest-path <PATH>
          The Cargo.toml of the package or of its workspace

  -F, --features <FEATURE>
          Build with this feature of the package; may be given several times

  -r, --release
          Build with optimisations

      --format <FORMAT>
          What to print

          Possible values:
          - text: For people
          - json: One JSON document on standard output
          
          [default: text]

  -h, --help
          Print help (see a summary with '-h')

  -V, --version
          Print version

Every other command (up, down, status, plan, …) is run by the application's own program, as
`cargo run --bin migrate -- COMMAND` would. `cargo migrate up --help` shows the flags of one.

"#]]);
    app.cargo("migrate new --help").shows(str![[r#"
Write a new migration, and the line that makes it a module

Usage: cargo migrate new [OPTIONS] <NAME>

Arguments:
  <NAME>  What it does: create_users

Options:
  -d, --description <DESCRIPTION>  A sentence for `status`
  -h, --help                       Print help

"#]]);
    app.cargo("migrate import --help").ends(0);
    app.cargo("migrate").ends(2).has("Usage: cargo migrate");
    app.cargo("migrate new").ends(2).has("<NAME>");
}

#[test]
fn outside_of_a_package() {
    let app = application("outside");
    let here = Folder::new();
    let cargo = |arguments: &str| app.cargo_in(here.path("").to_str().unwrap(), arguments);
    cargo("migrate new create_users")
        .ends(2)
        .has("run this inside a Cargo package");
    cargo("migrate up")
        .ends(2)
        .has("run this inside a Cargo package");
    cargo("migrate --format json up").ends(2).has("\"error\": ");
    cargo("migrate --manifest-path nowhere/Cargo.toml new x")
        .ends(2)
        .has("nowhere/Cargo.toml");
    let manifest = app.path("Cargo.toml");
    cargo(&format!(
        "migrate -p nobody --manifest-path {} new x",
        manifest.display()
    ))
    .ends(2)
    .has("the workspace has no package `nobody`; it has `outside`");
    assert!(here.files().is_empty());
}
