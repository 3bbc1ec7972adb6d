//! `cargo migrate lint`: folders in the layouts of every tool, what is printed, and how it ends.
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows that a test may panic, but not its helpers"
)]

use std::{fs, path::Path};

use migrate_tests::{Folder, Ran, bytes};
use serde_json::Value;
use snapbox::str;

const FOLDERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/folders");

/// A folder with `sql`, which is a copy of a fixture.
fn fixture(name: &str) -> Folder {
    let folder = Folder::new();
    let from = Path::new(FOLDERS).join(name);
    for (path, contents) in bytes(&from) {
        let to = folder.path("sql").join(path.strip_prefix(&from).unwrap());
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::write(to, contents).unwrap();
    }
    folder
}

fn folder(files: &[(&str, &str)]) -> Folder {
    let folder = Folder::new();
    for (path, text) in files {
        folder.write(path, text);
    }
    folder
}

fn lint(folder: &Folder, arguments: &str) -> Ran {
    let program = env!("CARGO_BIN_EXE_fixture-cargo-migrate");
    folder.run(program, &format!("lint {arguments}"))
}

/// What is found in the folder `sql`, each as `file:line:column code`, and the exit code.
fn found(folder: &Folder, arguments: &str) -> (Vec<String>, Option<i32>) {
    let ran = lint(folder, &format!("sql --format json {arguments}"));
    let json = ran.json();
    let line = |one: &Value| {
        let text = |key: &str| one[key].as_str().unwrap().replace('\\', "/");
        let (line, column) = (&one["line"], &one["column"]);
        format!(
            "{} {}:{line}:{column} {}",
            text("level"),
            text("file"),
            text("code")
        )
    };
    (
        json.as_array().unwrap().iter().map(line).collect(),
        ran.code,
    )
}

#[test]
fn what_is_found_is_shown_in_its_line() {
    lint(&fixture("pairs"), "sql --dialect sqlite").shows(str![[r#"
error: no such column: users.agee [no_such_column]
  --> sql/10_index_ages.up.sql:1:34
   |
 1 | CREATE INDEX users_age ON users (agee);
   |                                  ^^^^
   = help: did you mean `age`? (added by 2_add_age)

1 error in 3 migrations
--- exit code 1

"#]]);
}

#[test]
fn json_is_an_array() {
    lint(&fixture("pairs"), "sql --dialect sqlite --format json").shows(str![[r#"
[
  {
    "level": "error",
    "code": "no_such_column",
    "file": "sql/10_index_ages.up.sql",
    "line": 1,
    "column": 34,
    "end_line": 1,
    "end_column": 38,
    "message": "no such column: users.agee",
    "help": "did you mean `age`? (added by 2_add_age)",
    "notes": [],
    "migration": "10_index_ages"
  }
]
--- exit code 1

"#]]);
}

#[test]
fn sarif_is_what_code_hosts_read() {
    lint(&fixture("goose"), "sql --dialect sqlite --format sarif").shows(str![[r#"
{
  "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
  "runs": [
    {
      "columnKind": "unicodeCodePoints",
      "results": [
        {
          "level": "error",
          "locations": [
            {
              "physicalLocation": {
                "artifactLocation": {
                  "uri": "sql/00010_index_ages.sql"
                },
                "region": {
                  "endColumn": 38,
                  "endLine": 2,
                  "startColumn": 34,
                  "startLine": 2
                }
              }
            }
          ],
          "message": {
            "text": "no such column: users.agee\ndid you mean `age`? (added by 00002_add_age)"
          },
          "ruleId": "no_such_column",
          "ruleIndex": 0
        }
      ],
      "tool": {
        "driver": {
          "name": "cargo-migrate",
          "rules": [
            {
              "defaultConfiguration": {
                "level": "error"
              },
              "helpUri": "docs/lints/no_such_column.md",
              "id": "no_such_column",
              "shortDescription": {
                "text": "A column that is not there."
              }
            }
          ],
          "semanticVersion": "0.1.0"
        }
      }
    }
  ],
  "version": "2.1.0"
}
--- exit code 1

"#]]);
}

#[test]
fn every_layout_is_read_in_the_order_of_its_tool() {
    for (layout, place) in [
        ("pairs", "10_index_ages.up.sql:1:34"),
        ("plain", "10_index_ages.sql:1:34"),
        ("goose", "00010_index_ages.sql:2:34"),
        ("dbmate", "20260215093010_index_ages.sql:2:34"),
        ("undo", "20260215093010_index_ages.sql:1:34"),
        ("diesel", "2026-02-15-093010_index_ages/up.sql:1:34"),
        ("rusqlite", "10-index_ages/up.sql:1:34"),
        ("refinery", "V10__index_ages.sql:1:34"),
        ("flyway", "V10__index_ages.sql:1:34"),
        ("prisma", "20260215093010_index_ages/migration.sql:1:34"),
        ("crlf", "00010_index_ages.sql:2:34"),
    ] {
        let folder = fixture(layout);
        let (all, code) = found(&folder, "--dialect sqlite");
        let errors: Vec<_> = all.iter().filter(|one| one.starts_with("error ")).collect();
        assert_eq!(
            errors,
            [&format!("error sql/{place} no_such_column")],
            "{layout}"
        );
        assert_eq!(code, Some(1));
    }
}

#[test]
fn a_history_without_a_fault_ends_well() {
    let folder = fixture("plain");
    folder.write(
        "sql/10_index_ages.sql",
        "CREATE INDEX users_age ON users (age);\n",
    );
    lint(&folder, "sql --dialect sqlite")
        .ends(0)
        .shows(str![[r#"
ok: nothing found in 3 migrations

"#]]);
    let json = lint(&folder, "sql --dialect sqlite --format json");
    assert_eq!(json.ends(0).out, "[]\n");
    // As Cargo calls it.
    let program = env!("CARGO_BIN_EXE_fixture-cargo-migrate");
    folder
        .run(program, "migrate lint sql --dialect sqlite")
        .ends(0);
    folder
        .run(program, "migrate --format json lint sql --dialect sqlite")
        .ends(0)
        .json();
}

#[test]
fn warnings_end_well() {
    let folder = folder(&[
        (
            "sql/1_a.up.sql",
            "CREATE TABLE a (id INTEGER PRIMARY KEY);\n",
        ),
        ("sql/1_a.down.sql", "SELECT 1;\n"),
        ("sql/notes.sql", "SELECT 2;\n"),
    ]);
    let (all, code) = found(&folder, "--dialect sqlite");
    assert_eq!(
        all,
        [
            "warning sql/notes.sql:1:1 stray_file",
            "warning sql/1_a.down.sql:1:1 down_does_not_undo"
        ]
    );
    assert_eq!(code, Some(0));
    let (all, code) = found(
        &folder,
        "--dialect sqlite --deny down_does_not_undo --allow stray_file",
    );
    assert_eq!(all, ["error sql/1_a.down.sql:1:1 down_does_not_undo"]);
    assert_eq!(code, Some(1));
}

#[test]
fn older_migrations_are_only_warned_about() {
    let folder = fixture("pairs");
    folder.write(
        "sql/11_more.up.sql",
        "CREATE TABLE more (a INTEGER);\nCREATE INDEX more_b ON more (b);\n",
    );
    let all = |arguments: &str| found(&folder, &format!("--dialect sqlite {arguments}")).0;
    let wanted = |level: &str| {
        vec![
            format!("{level} sql/10_index_ages.up.sql:1:34 no_such_column"),
            "error sql/11_more.up.sql:2:30 no_such_column".to_owned(),
        ]
    };
    assert_eq!(all(""), wanted("error"));
    assert_eq!(all("--since 11"), wanted("warning"));
    assert_eq!(all("--since 11_more"), wanted("warning"));
    lint(&folder, "sql --dialect sqlite --since 11_mroe")
        .ends(2)
        .has("`--since`: there is no migration `11_mroe`: did you mean `11_more`?");
}

/// Who makes all else that he names has not altered somebody else's table by chance.
#[test]
fn a_table_that_nobody_makes_is_not_altered_in_passing() {
    let folder = folder(&[
        ("sql/1_a.sql", "CREATE TABLE a (id INTEGER PRIMARY KEY);\n"),
        (
            "sql/2_b.sql",
            "SELECT * FROM elsewhere;\nALTER TABLE whatever ADD COLUMN b INTEGER;\n",
        ),
    ]);
    let all = |arguments: &str| found(&folder, &format!("--dialect sqlite {arguments}")).0;
    let reads = "warning sql/2_b.sql:1:15 undeclared_name";
    assert_eq!(all(""), [reads, "error sql/2_b.sql:2:13 no_such_table"]);
    assert_eq!(all("--external whatever"), [reads]);
    let warned = [reads, "warning sql/2_b.sql:2:13 undeclared_name"];
    assert_eq!(all("--warn undeclared_name"), warned);
    // Two migrations that name one know it, and the first finds what was there before.
    folder.write("sql/3_c.sql", "DELETE FROM other_than_these;\n");
    assert_eq!(all("")[1], warned[1]);
    folder.write("sql/3_c.sql", "CREATE TABLE c (id INTEGER PRIMARY KEY);\n");
    folder.write("sql/1_a.sql", "ALTER TABLE before ADD COLUMN b INTEGER;\n");
    assert_eq!(all("")[0], "warning sql/1_a.sql:1:13 undeclared_name");
}

/// Nor does one who has made many tables lean on somebody else's; but programs look into the tables of their tools.
#[test]
fn a_history_of_many_tables_leans_on_nobody() {
    let tables = |count: usize| -> String {
        let one = |at: usize| format!("CREATE TABLE t{at} (id INTEGER PRIMARY KEY);\n");
        (0..count).map(one).collect()
    };
    let refers = "CREATE TABLE b (a INTEGER REFERENCES whatever(id));\n";
    let last = |folder: &Folder| found(folder, "--dialect postgres").0.pop();
    for (count, sql, level) in [
        (10, refers, "error"),
        (8, refers, "warning"),
        (10, "INSERT INTO whatever (a) VALUES (1);\n", "error"),
        (10, "INSERT INTO t1 SELECT id FROM whatever;\n", "warning"),
    ] {
        let folder = folder(&[("sql/1_a.sql", &tables(count)), ("sql/2_b.sql", sql)]);
        let all = found(&folder, "--dialect postgres").0;
        let about = |line: &&String| line.contains("_table") || line.contains("undeclared");
        let mut told = all.iter().filter(about);
        let told = told.find(|line| line.contains("2_b.sql")).unwrap();
        assert!(told.starts_with(level), "{count} {sql} {all:?}");
    }
    // The first migration finds what was there before, unless it begins with everything.
    for (count, level) in [(2, "warning"), (3, "error")] {
        let text = format!("{}COMMENT ON TABLE whatever IS 'a';\n", tables(count));
        let folder = folder(&[("sql/1_a.sql", &text)]);
        assert!(last(&folder).unwrap().starts_with(level), "{count}");
    }
}

#[test]
fn settings_come_from_the_manifest_above() {
    let folder = fixture("pairs");
    let package = "[package]\nname = \"a\"\nversion = \"0.1.0\"\n";
    folder.write("Cargo.toml", package);
    lint(&folder, "sql")
        .ends(2)
        .has("it is not said which database the SQL is for");
    let settings = "[package.metadata.migrate]\ndialects = [\"sqlite\"]\n\n[package.metadata.migrate.lints]\nno_such_column = \"warn\"\n";
    folder.write("Cargo.toml", &format!("{package}\n{settings}"));
    let (all, code) = found(&folder, "");
    assert_eq!(
        all,
        ["warning sql/10_index_ages.up.sql:1:34 no_such_column"]
    );
    assert_eq!(code, Some(0));
    folder.write("Cargo.toml", &format!("{package}\n{settings}colour = 1\n"));
    lint(&folder, "sql")
        .ends(2)
        .has("Cargo.toml:")
        .has("`colour`");
}

#[test]
fn several_databases_are_checked_at_once() {
    let folder = folder(&[(
        "sql/1_a.sql",
        "CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT);\n",
    )]);
    let (all, code) = found(&folder, "--dialect sqlite --dialect postgres>=15");
    assert_eq!(code, Some(1));
    assert!(
        all.iter().all(|one| one.contains("sql/1_a.sql:1:")),
        "{all:?}"
    );
    let (all, _) = found(&folder, "--dialect sqlite --dialect rqlite");
    assert_eq!(all, [] as [String; 0]);
    // The same is told once.
    let (all, _) = found(&fixture("pairs"), "--dialect sqlite --dialect rqlite");
    assert_eq!(all.len(), 1, "{all:?}");
}

#[test]
fn what_comes_from_elsewhere_is_declared() {
    let folder = folder(&[(
        "sql/1_a.sql",
        "CREATE TABLE a (id INTEGER PRIMARY KEY);\nINSERT INTO a SELECT owner FROM people;\n",
    )]);
    let (all, code) = found(&folder, "--dialect sqlite --external people");
    assert_eq!((all, code), (Vec::new(), Some(0)));
    let (_, code) = found(&folder, "--dialect sqlite --closed");
    assert_eq!(code, Some(1));
}

#[test]
fn the_transaction_of_the_tool_counts() {
    let folder = folder(&[
        (
            "sql/00001_a.sql",
            "-- +goose Up\nCREATE TABLE a (b INTEGER);\nVACUUM;\n",
        ),
        (
            "sql/00002_b.sql",
            "-- +goose NO TRANSACTION\n-- +goose Up\nVACUUM;\n",
        ),
        (
            "sql/00003_c.sql",
            "-- +goose Up\nPRAGMA foreign_keys = OFF;\n",
        ),
    ]);
    let (all, _) = found(&folder, "--dialect sqlite");
    assert_eq!(
        all,
        [
            "error sql/00001_a.sql:3:1 outside_transaction",
            "warning sql/00003_c.sql:2:1 foreign_keys_pragma"
        ]
    );
}

#[test]
fn markers_and_names_that_are_wrong() {
    let folder = folder(&[
        (
            "sql/00001_a.sql",
            "-- +goose Up\nCREATE TABLE a (b INTEGER);\n-- +goose Dwon\nDROP TABLE a;\n",
        ),
        ("sql/00002_b.sql", "CREATE TABLE b (b INTEGER);\n"),
        (
            "sql/00003_c.sql",
            "-- migrate:up\nCREATE TABLE c (b INTEGER);\n",
        ),
        ("sql/00003_d.sql", "-- +goose Up\nSELECT 1;\n-- +goose Up\n"),
        ("sql/00009_z.down.sql", "DROP TABLE a;\n"),
        ("sql/4_e/up.sql", "SELECT 1;\n"),
    ]);
    lint(&folder, "sql --dialect sqlite")
        .ends(1)
        .shows(str![[r#"
error: goose knows no `-- +goose Dwon` [marker]
  --> sql/00001_a.sql:3:1
   |
 3 | -- +goose Dwon
   | ^^^^^^^^^^^^^^
   = help: did you mean `-- +goose Down`?

error: this file has no `-- +goose Up`, which goose asks for [marker]
  --> sql/00002_b.sql:1:1
   |
 1 | CREATE TABLE b (b INTEGER);
   | ^
   = help: write `-- +goose Up` above its SQL

error: this file has the markers of dbmate, and most others have those of goose [marker]
  --> sql/00003_c.sql:1:1
   |
 1 | -- migrate:up
   | ^
   = help: write `-- +goose Up`

error: `up` of a version that 00003_c.sql has already [duplicate_id]
  --> sql/00003_d.sql:1:1
   |
 1 | -- +goose Up
   | ^
   = help: give one of the two another version: a tool runs one of them, or stops

error: `-- +goose Up` stands twice in this file [marker]
  --> sql/00003_d.sql:3:1
   |
 3 | -- +goose Up
   | ^^^^^^^^^^^^
   = help: keep one `up`, or make two files of it

warning: there is no `up` to this `down` [down_without_up]
  --> sql/00009_z.down.sql:1:1
   |
 1 | DROP TABLE a;
   | ^
   = help: add it, or move this file away: nothing ever runs 00009_z.down.sql

warning: this file is called `NUMBER_name/up.sql` and most others `NUMBER_name.sql`: a tool that reads one passes over the other [mixed_layouts]
  --> sql/4_e/up.sql:1:1
   |
 1 | SELECT 1;
   | ^
   = help: move one kind into a folder of its own, or rename it

5 errors, 2 warnings in 5 migrations
--- exit code 1

"#]]);
}

#[test]
fn a_file_that_is_not_utf_8() {
    let folder = folder(&[("sql/2_b.sql", "CREATE INDEX i ON a (b);\n")]);
    fs::write(
        folder.path("sql/1_a.sql"),
        b"-- caf\xe9\nCREATE TABLE a (b INTEGER);\n",
    )
    .unwrap();
    let (all, code) = found(&folder, "--dialect sqlite");
    assert_eq!(all, ["warning sql/1_a.sql:1:7 not_utf8"]);
    assert_eq!(code, Some(0));
    let (all, code) = found(&folder, "--dialect postgres");
    assert_eq!(all[0], "error sql/1_a.sql:1:7 not_utf8");
    assert_eq!(code, Some(1));
}

#[test]
fn what_cannot_be_checked_says_why() {
    let folder = folder(&[
        ("text/notes.txt", "CREATE TABLE a (b INTEGER);\n"),
        ("named/schema.sql", "CREATE TABLE a (b INTEGER);\n"),
    ]);
    fs::create_dir(folder.path("empty")).unwrap();
    lint(&folder, "nowhere --dialect sqlite").shows(str![[r#"
--- standard error
error: `nowhere` does not exist: name the folder that holds the SQL files
--- exit code 2

"#]]);
    lint(&folder, "empty --dialect sqlite").shows(str![[r#"
--- standard error
error: the folder `empty` is empty: name the one that holds the SQL files
--- exit code 2

"#]]);
    lint(&folder, "text --dialect sqlite --format json").shows(str![[r#"
--- standard error
error: the folder `text` holds no migration, such as 0001_create_users.sql, 0001_create_users.up.sql or 0001_create_users/up.sql
--- exit code 2

"#]]);
    lint(&folder, "text/notes.txt --dialect sqlite").shows(str![[r#"
--- standard error
error: `text/notes.txt` is no folder: name the folder that holds the SQL files
--- exit code 2

"#]]);
    lint(&folder, "named --dialect sqlite").shows(str![[r#"
--- standard error
error: the folder `named` holds no migration, such as 0001_create_users.sql, 0001_create_users.up.sql or 0001_create_users/up.sql; named/schema.sql: this file belongs to no migration: begin its name with a number, as in `0001_schema.sql`, or move it away
--- exit code 2

"#]]);
    lint(&folder, "text --dialect postgers")
        .ends(2)
        .has("did you mean `postgres`?");
    lint(&folder, "text --dialect postgres>=new")
        .ends(2)
        .has("`new` is not a version");
    lint(&folder, "text --dialect sqlite --deny no_such_colum")
        .ends(2)
        .has("there is no lint `no_such_colum`: did you mean `no_such_column`?");
    lint(&folder, "--dialect sqlite").ends(2);
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_read() {
    let folder = folder(&[("sql/1_a.sql", "CREATE TABLE a (b INTEGER);\n")]);
    // A link to nothing, which nobody can read whoever runs the test.
    std::os::unix::fs::symlink("nothing", folder.path("sql/2_b.sql")).unwrap();
    lint(&folder, "sql --dialect sqlite")
        .ends(2)
        .has("cannot read sql/2_b.sql: ");
}

const PACKAGE: &str = "[package]\nname = \"blog\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\nmigrate-core = \"0.1\"\n";

/// A package with a migration in Rust, in a module of its own, and a folder that it embeds.
fn package() -> Folder {
    folder(&[
        ("Cargo.toml", PACKAGE),
        (
            "src/lib.rs",
            "//! A blog.\nmod m1_create_users;\nmigrate_core::migrations!(\"sql\");\n",
        ),
        (
            "src/m1_create_users.rs",
            "use migrate_core::prelude::*;\n\npub struct CreateUsers;\n\n#[migration(\"1_create_users\")]\nimpl Migration for CreateUsers {\n    \
             fn up(&self, steps: &mut Steps) {\n        steps.sql(sql!(\"CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)\"));\n    }\n    \
             fn down(&self, steps: &mut Steps) {\n        steps.sql(sql!(\"DROP TABLE user\"));\n    }\n}\n",
        ),
        (
            "sql/2_index_emails.up.sql",
            "CREATE INDEX emails ON users (emial);\n",
        ),
    ])
}

#[test]
fn migrations_in_rust_are_checked_too() {
    let folder = package();
    lint(&folder, "").shows(str![[r#"
error: no such table: user [no_such_table]
   --> src/m1_create_users.rs:11:36
    |
 11 |         steps.sql(sql!("DROP TABLE user"));
    |                                    ^^^^
    = help: did you mean `users`?

error: no such column: users.emial [no_such_column]
  --> sql/2_index_emails.up.sql:1:31
   |
 1 | CREATE INDEX emails ON users (emial);
   |                               ^^^^^
   = help: did you mean `email`? (added by 1_create_users)

2 errors in 2 migrations
--- exit code 1

"#]]);
    // From elsewhere, and as what it is not.
    lint(&folder, ". --allow no_such_table --warn no_such_column")
        .ends(0)
        .has("1 warning in 2 migrations");
    let json = lint(&folder, "--format json").json();
    assert_eq!(json[0]["file"], "src/m1_create_users.rs");
    assert_eq!(json[0]["line"], 11);
    lint(&folder, "--since 2")
        .ends(1)
        .has("1 error, 1 warning in 2 migrations");
}

#[test]
fn what_a_migration_in_rust_contains_and_may_not() {
    let folder = folder(&[
        ("Cargo.toml", PACKAGE),
        (
            "src/lib.rs",
            "#[migration(\"1_a\", up = \"VACUUM; BEGIN\", irreversible = \"why not\")]\npub struct A;\n\
             #[migration(\"01_b\", up = \"CREATE TABEL b (c)\", down = \"\")]\npub struct B;\n",
        ),
    ]);
    let (all, code) = {
        let ran = lint(&folder, "--format json");
        let json = ran.json();
        let codes = json
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["code"].as_str().unwrap().to_owned());
        (codes.collect::<Vec<_>>(), ran.code)
    };
    assert_eq!(code, Some(1));
    for code in [
        "outside_transaction",
        "transaction_control",
        "duplicate_id",
        "sql_syntax",
        "sql_empty",
    ] {
        assert!(all.iter().any(|one| one == code), "{code} in {all:?}");
    }
}

#[test]
fn a_package_without_migrations() {
    let folder = folder(&[("Cargo.toml", PACKAGE), ("src/lib.rs", "//! Nothing.\n")]);
    lint(&folder, "")
        .ends(2)
        .has("the package `blog` has no migration: write one with `cargo migrate new`");
    fs::remove_file(folder.path("Cargo.toml")).unwrap();
    lint(&folder, "").ends(2);
}
