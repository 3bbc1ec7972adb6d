use std::{fs, path::PathBuf};

use migrate_cli::project::{Destination, ImportOptions, Imported, ProjectError, import};
use migrate_schema::Dialect;

use crate::support::Tree;

const STRICT: ImportOptions = ImportOptions { keep_going: false };

/// Imports the folder `sql` of a package into its migrations.
fn imported(tree: &Tree) -> Imported {
    let imported = import(
        &tree.path("sql"),
        &Destination::Package(&tree.package()),
        &STRICT,
    )
    .unwrap();
    for migration in &imported.migrations {
        syn::parse_file(&fs::read_to_string(&migration.file).unwrap()).unwrap();
    }
    imported
}

/// Imports what cannot be imported, and looks that nothing was changed.
fn refused(tree: &Tree) -> String {
    let before = tree.contents();
    let error = import(
        &tree.path("sql"),
        &Destination::Package(&tree.package()),
        &STRICT,
    )
    .unwrap_err();
    assert_eq!(tree.contents(), before, "{error}");
    error
        .to_string()
        .replace(&tree.path("").display().to_string(), "")
}

/// The implementation in the file that is made of a pair.
fn implementation(up: &str, down: Option<&str>) -> String {
    let tree = Tree::library(&[("sql/1_a.up.sql", up)]);
    if let Some(down) = down {
        tree.write("sql/1_a.down.sql", down);
    }
    imported(&tree);
    let text = tree.read("src/migrations/m1_a.rs");
    text.split_once("pub struct A;\n\n").unwrap().1.to_owned()
}

#[test]
fn a_history_becomes_migrations() {
    let tree = Tree::library(&[
        (
            "sql/2024-05-06-192337_create-users/up.sql",
            "CREATE TABLE users (id INTEGER PRIMARY KEY);\n",
        ),
        (
            "sql/2024-05-06-192337_create-users/down.sql",
            "DROP TABLE users;\n",
        ),
        (
            "sql/002_add.posts.up.sql",
            "-- Posts.\n\nCREATE TABLE posts (\n\tid INTEGER PRIMARY KEY,\n\t\"title\" TEXT\n);\nCREATE INDEX posts_title ON posts (\"title\");\n",
        ),
        ("sql/002_add.posts.down.sql", "DROP TABLE posts;\n"),
        ("sql/README.md", ""),
    ]);
    let imported = imported(&tree);
    let ids: Vec<_> = imported.migrations.iter().map(|m| m.id.as_str()).collect();
    assert_eq!(ids, ["002_add_posts", "20240506192337_create_users"]);
    assert_eq!(imported.migrations[0].struct_name, "AddPosts");
    assert_eq!(
        imported.migrations[0].down,
        Some(tree.path("sql/002_add.posts.down.sql"))
    );
    assert_eq!(imported.ignored, [tree.path("sql/README.md")]);
    assert_eq!(
        imported.module.declaration.unwrap().line,
        "pub mod migrations;"
    );
    assert_eq!(
        tree.read("src/migrations/mod.rs"),
        "//! The migrations.\n\npub mod m002_add_posts;\npub mod m20240506192337_create_users;\n"
    );
    assert!(tree.read("src/lib.rs").contains("pub mod migrations;"));
    assert_eq!(
        tree.read("src/migrations/m002_add_posts.rs"),
        r##"//! Imported from `002_add.posts.up.sql` and `002_add.posts.down.sql`.

use migrate_core::prelude::*;

/// The migration `002_add_posts`.
pub struct AddPosts;

#[migration("002_add_posts")]
impl Migration for AddPosts {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(
            r#"
-- Posts.

CREATE TABLE posts (
	id INTEGER PRIMARY KEY,
	"title" TEXT
);
CREATE INDEX posts_title ON posts ("title");
"#
        ));
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!(r#"DROP TABLE posts;"#));
    }
}
"##
    );
}

#[test]
fn what_the_runner_does_is_taken_out() {
    let up = "-- Rebuild.\nPRAGMA foreign_keys = off;\n\nBEGIN TRANSACTION;\nDROP TABLE a;\nCREATE TABLE a (b);\nCOMMIT;\nPRAGMA foreign_keys = on;\n";
    assert_eq!(
        implementation(up, Some("BEGIN; DROP TABLE a; END")),
        r##"#[migration("1_a", foreign_keys = false)]
impl Migration for A {
    fn up(&self, steps: &mut Steps) {
        // Taken out of `1_a.up.sql`:
        //   line 2: PRAGMA foreign_keys = off
        //   line 4: BEGIN TRANSACTION
        //   line 7: COMMIT
        //   line 8: PRAGMA foreign_keys = on
        // The runner opens and commits the transaction.
        // `foreign_keys = false` has the runner switch foreign keys off and check them before it commits.
        steps.sql(sql!(
            r#"
-- Rebuild.

DROP TABLE a;
CREATE TABLE a (b);
"#
        ));
    }

    fn down(&self, steps: &mut Steps) {
        // Taken out of `1_a.down.sql`:
        //   line 1: BEGIN
        //   line 1: END
        // The runner opens and commits the transaction.
        steps.sql(sql!(r#" DROP TABLE a;"#));
    }
}
"##
    );
}

#[test]
fn several_transactions_become_one() {
    let two = implementation(
        "BEGIN;\nSELECT 1;\nCOMMIT;\nBEGIN;\nSELECT 2;\nCOMMIT;\n",
        Some(""),
    );
    assert!(
        two.contains("// The runner opens one transaction around everything; the file had 2.\n"),
        "{two}"
    );
    assert!(two.contains("r#\"\nSELECT 1;\nSELECT 2;\n\"#"), "{two}");
    let part = implementation("SELECT 1;\nBEGIN;\nSELECT 2;\nCOMMIT;\n", Some(""));
    assert!(part.contains("the file had one around a part."), "{part}");
    let on = implementation("PRAGMA foreign_keys = on;\nSELECT 1;", Some(""));
    assert!(
        on.contains("// SQLite does not switch foreign keys inside a transaction.\n"),
        "{on}"
    );
    assert!(on.starts_with("#[migration(\"1_a\")]\n"), "{on}");
}

#[test]
fn what_cannot_run_in_a_transaction_runs_without_one() {
    assert_eq!(
        implementation("PRAGMA foreign_keys = off;\nVACUUM;", None),
        r##"#[migration(
    "1_a",
    irreversible = "imported without a down script",
    transaction = false
)]
impl Migration for A {
    fn up(&self, steps: &mut Steps) {
        // `transaction = false`, because line 2 cannot run in a transaction: VACUUM
        steps.sql(sql!(
            r#"
PRAGMA foreign_keys = off;
VACUUM;
"#
        ));
    }
}
"##
    );
    let tree = Tree::library(&[
        ("sql/1_a.up.sql", "VACUUM;"),
        ("sql/1_a.down.sql", "BEGIN;\nSELECT 1;\nCOMMIT;"),
    ]);
    let error = refused(&tree);
    assert!(error.contains("--> sql/1_a.down.sql:1:1\n"), "{error}");
    assert!(
        error.contains("has to run without one, because of `VACUUM`"),
        "{error}"
    );
    assert!(error.contains("make two migrations of it"), "{error}");
}

#[test]
fn scripts_without_statements() {
    assert_eq!(
        implementation("-- Left empty\n-- on purpose.\n", Some(" \n")),
        "#[migration(\"1_a\")]
impl Migration for A {
    fn up(&self, _steps: &mut Steps) {
        // -- Left empty
        // -- on purpose.
    }

    fn down(&self, _steps: &mut Steps) {}
}
"
    );
    assert_eq!(
        implementation("", Some("/* Nothing\n   to do. */")),
        "#[migration(\"1_a\")]
impl Migration for A {
    fn up(&self, _steps: &mut Steps) {}

    fn down(&self, _steps: &mut Steps) {
        // /* Nothing
        //    to do. */
    }
}
"
    );
    let emptied = implementation("BEGIN;\n-- Nothing.\nCOMMIT;\n", Some(""));
    assert!(
        emptied.contains("fn up(&self, _steps: &mut Steps) {\n        // Taken out"),
        "{emptied}"
    );
    assert!(
        emptied.contains("        // -- Nothing.\n    }\n"),
        "{emptied}"
    );
}

#[test]
fn every_text_arrives_as_it_was() {
    let literal = |sql: &str| {
        let text = implementation(sql, None);
        let (_, rest) = text.split_once("sql!(").unwrap();
        let end = rest.rfind("));").unwrap();
        syn::parse_str::<syn::LitStr>(rest[..end].trim())
            .unwrap()
            .value()
    };
    for sql in [
        "INSERT INTO a VALUES ('\"#', \"##\");",
        "INSERT INTO a VALUES ('é\\n', '\r\n');",
        "INSERT INTO a VALUES ('\u{202e}');",
    ] {
        assert_eq!(literal(sql).trim(), sql);
    }
    assert_eq!(
        literal("\u{feff}SELECT 1;\r\nSELECT 2;\r\n").trim(),
        "SELECT 1;\nSELECT 2;"
    );
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let tree = Tree::library(&[
        ("sql/1_a.up.sql", "CREATE TABEL a (b);\n"),
        ("sql/2_b.up.sql", "SELECT 1;"),
        ("sql/2_b.down.sql", "SELECT 1;\nDROP TABLE b c;\n"),
        ("sql/3_c.up.sql", "BEGIN;\nSAVEPOINT x;\nCOMMIT;\n"),
        ("sql/7_d.down.sql", ""),
        ("sql/04_e.up.sql", ""),
        ("sql/4_f.up.sql", ""),
        ("sql/users.up.sql", ""),
    ]);
    tree.write("sql/5_g.up.sql", b"SELECT '\xe9';");
    tree.write("sql/6_h.up.sql", "SELECT 1;\n\0");
    let error = refused(&tree);
    assert!(
        error.starts_with("nothing was imported: 8 faults\n\n"),
        "{error}"
    );
    for expected in [
        "near \"TABEL\": syntax error [sql_syntax]\n  --> sql/1_a.up.sql:1:8\n",
        "--> sql/2_b.down.sql:2:14\n",
        "--> sql/3_c.up.sql:2:1\n",
        "sql/7_d.down.sql: there is no `up` to this `down`: add it, or move this file away: nothing ever runs 7_d.down.sql",
        "sql/4_f.up.sql: it comes to the version 4, and so does sql/04_e.up.sql: rename one of them",
        "sql/users.up.sql: `users` is not a migration id",
        "sql/5_g.up.sql:1:9: the byte 0xE9 is not UTF-8",
        "sql/6_h.up.sql:2:1: a NUL character",
    ] {
        assert!(error.contains(expected), "{expected}\n\n{error}");
    }
    assert!(
        error.ends_with("unchecked (2 of 8 here): use `--keep-going`"),
        "{error}"
    );
}

#[test]
fn refused_sql_can_be_kept_unchecked() {
    let tree = Tree::library(&[
        ("sql/1_a.up.sql", "BEGIN;\nDELETE COLUMN x;\nCOMMIT;"),
        ("sql/2_b.up.sql", "SELECT 1;"),
    ]);
    let options = ImportOptions { keep_going: true };
    let package = tree.package();
    let imported = import(&tree.path("sql"), &Destination::Package(&package), &options).unwrap();
    let unchecked: Vec<_> = imported
        .migrations
        .iter()
        .map(|m| m.unchecked.len())
        .collect();
    assert_eq!(unchecked, [1, 0]);
    assert_eq!(imported.migrations[0].unchecked[0].place, Some((2, 8)));
    let text = tree.read("src/migrations/m1_a.rs");
    syn::parse_file(&text).unwrap();
    assert!(
        text.contains(
            "// Not checked: line 2, column 8 of `1_a.up.sql`: near \"COLUMN\": syntax error\n"
        ),
        "{text}"
    );
    assert!(
        text.contains("steps.sql(Sql::unchecked(r#\"DELETE COLUMN x;\"#));"),
        "{text}"
    );
    assert!(tree.read("src/migrations/m2_b.rs").contains("sql!("));
}

#[test]
fn migrations_that_are_there_are_respected() {
    let tree = Tree::library(&[
        ("sql/2_b.up.sql", "SELECT 1;"),
        ("src/migrations/mod.rs", "mod m1_a;\nmod m3_c;\n"),
    ]);
    assert_eq!(imported(&tree).module.lines, ["mod m2_b;"]);
    assert_eq!(
        tree.read("src/migrations/mod.rs"),
        "mod m1_a;\nmod m2_b;\nmod m3_c;\n"
    );
    let error = refused(&tree);
    assert_eq!(
        error,
        "1 file is already there, and is never overwritten: src/migrations/m2_b.rs"
    );
    tree.write("sql/02_other.up.sql", "SELECT 1;");
    tree.write("sql/3_x.up.sql", "SELECT 1;");
    let error = refused(&tree);
    assert!(
        error.contains(
            "sql/3_x.up.sql: it comes to the version 3, and so does src/migrations/mod.rs"
        ),
        "{error}"
    );
    assert!(
        error
            .contains("sql/2_b.up.sql: it comes to the version 2, and so does sql/02_other.up.sql"),
        "{error}"
    );
}

/// The implementations in the files that are made of these.
fn from_other_tools(files: &[(&str, &str)]) -> Vec<String> {
    let tree = Tree::library(&[]);
    for (path, text) in files {
        tree.write(&format!("sql/{path}"), text);
    }
    let read = |migration: &migrate_cli::project::ImportedMigration| {
        let text = fs::read_to_string(&migration.file).unwrap();
        text.split_once("\n#[migration").unwrap().1.to_owned()
    };
    imported(&tree).migrations.iter().map(read).collect()
}

#[test]
fn files_with_markers_become_migrations() {
    let made = from_other_tools(&[
        (
            "00001_a.sql",
            "-- +goose Up\n-- +goose StatementBegin\nCREATE TRIGGER t AFTER INSERT ON a BEGIN\n  DELETE FROM b;\nEND;\n-- +goose StatementEnd\n-- +goose Down\nDROP TRIGGER t;\n",
        ),
        (
            "00002_b.sql",
            "-- +goose NO TRANSACTION\n-- +goose Up\nPRAGMA foreign_keys = off;\n",
        ),
    ]);
    assert_eq!(
        made[0],
        r##"("00001_a")]
impl Migration for A {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(
            r#"
CREATE TRIGGER t AFTER INSERT ON a BEGIN
  DELETE FROM b;
END;
"#
        ));
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!(r#"DROP TRIGGER t;"#));
    }
}
"##
    );
    assert!(made[1].contains("transaction = false"), "{}", made[1]);
    assert!(
        made[1].contains("PRAGMA foreign_keys = off;"),
        "{}",
        made[1]
    );
}

#[test]
fn every_layout_becomes_migrations() {
    let down =
        "    fn down(&self, steps: &mut Steps) {\n        steps.sql(sql!(r#\"DROP TABLE a;\"#));";
    let (up, undo) = ("CREATE TABLE a (b);\n", "DROP TABLE a;\n");
    let one = |head: &str, middle: &str| format!("{head}{up}{middle}{undo}");
    let in_parts = [
        ("1_a.sql", one("-- migrate:up\n", "-- migrate:down\n")),
        ("20240506192337_a.sql", one("", "-- @UNDO\n")),
        ("1_a.sql", one("-- +goose Up\r\n", "-- +goose Down\r\n")),
    ];
    for (path, text) in &in_parts {
        let made = from_other_tools(&[(path, text)]);
        assert!(
            made[0].contains("sql!(r#\"CREATE TABLE a (b);\"#)"),
            "{}",
            made[0]
        );
        assert!(made[0].contains(down), "{}", made[0]);
    }
    for [up_path, down_path] in [
        ["1_a.up.sql", "1_a.down.sql"],
        ["2024-05-06-192337_a/up.sql", "2024-05-06-192337_a/down.sql"],
        ["01-a/up.sql", "01-a/down.sql"],
        ["V1__a.sql", "U1__a.sql"],
    ] {
        let made = from_other_tools(&[(up_path, up), (down_path, undo)]);
        assert!(made[0].contains(down), "{}", made[0]);
    }
    let plain = from_other_tools(&[("1_a.sql", up), ("2_b.sql", undo)]);
    assert!(
        plain[1].starts_with("(\"2_b\", irreversible = "),
        "{}",
        plain[1]
    );
}

#[test]
fn what_cannot_be_a_migration_says_why() {
    let tree = Tree::library(&[
        ("sql/V1.1__a.sql", "SELECT 1;"),
        ("sql/V2__b.sql", "SELECT ${x};"),
        ("sql/V1.2__b.sql", "SELECT 1;"),
        ("sql/R__d.sql", "SELECT 1;"),
        ("sql/schema.sql", "SELECT 1;"),
    ]);
    let error = refused(&tree);
    for expected in [
        "nothing was imported: 4 faults",
        "sql/V1.2__b.sql: it comes to the version 1, and so does sql/V1.1__a.sql: rename one of them",
        "sql/V2__b.sql: it is a program, or SQL with variables in it: write this migration by hand",
        "sql/R__d.sql: `R__d` is not a migration id",
        "sql/schema.sql: this file belongs to no migration: begin its name with a number, as in `0001_schema.sql`, or move it away",
    ] {
        assert!(error.contains(expected), "{expected}\n\n{error}");
    }
    let tree = Tree::library(&[("sql/1_a.sql", "-- +goose Up\nSELECT 1;\n-- +goose Dwon\n")]);
    let error = refused(&tree);
    assert!(
        error.contains("goose knows no `-- +goose Dwon` [marker]\n  --> sql/1_a.sql:3:1\n"),
        "{error}"
    );
}

#[test]
fn a_folder_that_stands_alone() {
    let tree = Tree::new(&[
        ("sql/0001_V1__a.up.sql", "CREATE TABLE a (b int);\n"),
        ("out.rs", "not Rust ("),
    ]);
    let destination = |path: PathBuf| Destination::Directory {
        path,
        dialect: Dialect::Postgres,
    };
    let imported = import(&tree.path("sql"), &destination(tree.path("out")), &STRICT).unwrap();
    assert_eq!(imported.module.declaration, None);
    assert_eq!(
        tree.read("out/mod.rs"),
        "//! The migrations.\n\npub mod m0001_V1__a;\n"
    );
    let text = tree.read("out/m0001_V1__a.rs");
    assert!(text.contains("#![allow(non_snake_case)]\n"), "{text}");
    let before = tree.contents();
    let error = import(
        &tree.path("sql"),
        &destination(tree.path("out.rs/x")),
        &STRICT,
    )
    .unwrap_err();
    assert!(
        matches!(
            error,
            ProjectError::Write { .. } | ProjectError::Read { .. }
        ),
        "{error}"
    );
    assert_eq!(tree.contents(), before);
}

#[test]
fn a_folder_without_pairs_is_no_history() {
    let tree = Tree::library(&[("sql/README.md", "")]);
    assert!(refused(&tree).starts_with("sql holds no migration: name the folder"));
    fs::remove_dir_all(tree.path("sql")).unwrap();
    assert!(refused(&tree).starts_with("cannot read sql: "));
}
