//! `cargo migrate`, on an application that Cargo builds.
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows that a test may panic, but not its helpers"
)]

use std::fs;

use migrate_tests::{Application, Folder};
use serde_json::{Value, json};
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

/// What the compiler says of a migration is what `cargo migrate up` says.
#[test]
fn a_migration_that_does_not_compile() {
    let app = application("not_compiling");
    app.cargo("migrate new create_users").ends(0);
    app.write("src/bin/migrate.rs", "migrate_cli::main!(not_compiling);\n");
    let file = app.read("src/migrations/mod.rs");
    let module = file
        .split("pub mod ")
        .nth(1)
        .unwrap()
        .trim_end_matches(";\n");
    let file = format!("src/migrations/{module}.rs");
    app.write(
        &file,
        &app.read(&file)
            .replace("CREATE TABLE users", "CRATE TABLE users"),
    );
    app.cargo("migrate up")
        .ends(101)
        .has("[sql_syntax]")
        .has(&file);
}

/// A program that is away from its sources cannot write into them.
#[test]
fn the_sources_are_not_where_they_were() {
    let app = application("moved");
    app.write("src/bin/migrate.rs", "migrate_cli::main!(moved);\n");
    app.cargo("build --quiet --bin migrate").ends(0);
    let program = app.path("target/debug/migrate").display().to_string();
    fs::remove_file(app.path("Cargo.toml")).unwrap();
    let here = Folder::new();
    let run = here.run(&program, "new create_users").ends(2).clone();
    let expected = format!(
        "error: the sources of this program are not at {}: run this where it was built, or use `cargo migrate`\n",
        app.path("").display().to_string().trim_end_matches('/')
    );
    assert_eq!(run.err, expected);
    here.run(&program, "status").ends(2).has("which database?");
    here.run(&program, "status --database-url app.db")
        .ends(1)
        .has("no migration is linked into this program");
}

/// Into a folder that is no package, which needs no Cargo.
#[test]
fn import_into_a_folder() {
    let here = Folder::new();
    here.write("sql/1_notes.up.sql", "CREATE TABLE notes (id INTEGER);\n");
    here.write("sql/2_typo.up.sql", "CRATE TABLE typos (id INTEGER);\n");
    here.write("sql/README.md", "Notes.\n");
    here.run(CARGO_MIGRATE, "migrate import sql --output migrations")
        .shows(str![[r#"
--- standard error
error: nothing was imported: 1 fault

near "CRATE": syntax error [sql_syntax]
  --> sql/2_typo.up.sql:1:1
   |
 1 | CRATE TABLE typos (id INTEGER);
   | ^^^^^
   = help: did you mean `CREATE`?

SQL that is refused can be imported as it is, unchecked (1 of 1 here): use `--keep-going`
--- exit code 2

"#]]);
    assert!(!here.path("migrations").exists());
    here.run(
        CARGO_MIGRATE,
        "migrate import sql --output migrations --keep-going",
    )
    .shows(str![[r#"
created migrations/m1_notes.rs
created migrations/m2_typo.rs
unchecked: near "CRATE": syntax error [sql_syntax]
  --> sql/2_typo.up.sql:1:1
   |
 1 | CRATE TABLE typos (id INTEGER);
   | ^^^^^
   = help: did you mean `CREATE`?
added   2 modules to migrations/mod.rs
warning: sql/README.md is no SQL file of a migration, and was left out
2 migrations imported

"#]]);
    let again = here.run(
        CARGO_MIGRATE,
        "migrate --format json import sql --output migrations --keep-going",
    );
    assert!(again.ends(2).json()["error"].is_string());
    let imported = here
        .run(
            CARGO_MIGRATE,
            "migrate --format json import sql --output more --keep-going",
        )
        .json();
    assert_eq!(imported[0]["id"], "1_notes");
    assert_eq!(
        (&imported[0]["down"], &imported[0]["unchecked"]),
        (&Value::Null, &json!(0))
    );
    assert_eq!(imported[1]["unchecked"], 1);
}

#[test]
fn help() {
    let app = application("helpful");
    app.cargo("migrate --help").shows(str![[r#"
Database migrations, checked while they compile

Usage: cargo migrate [OPTIONS] <COMMAND>

Commands:
  new          Write a new migration, and the line that makes it a module [aliases: make, create]
  completions  Write a script that completes commands and flags in a shell
  import       Turn a folder of SQL migrations, whatever tool they are for, into Rust migrations
  lint         Check a folder of SQL migrations, whatever tool runs them, or the migrations of a package

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
`schema` is done here for documents and for databases that are named by `--database-url`.

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
