//! A history of SQL files: imported, compiled, applied, and then the same as what plain SQLite makes of the files.
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows that a test may panic, but not its helpers"
)]

use std::{fs, path::Path};

use migrate_tests::Application;
use rusqlite::{Connection, types::Value};

const HISTORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/history");

#[test]
fn an_imported_history_makes_what_its_files_make() {
    let app = Application::new("imported_library");
    app.install(env!("CARGO_BIN_EXE_fixture-cargo-migrate"));
    app.write(
        "src/bin/migrate.rs",
        "migrate_cli::main!(imported_library; default_database_url = \"sqlite:app.db\");\n",
    );
    let import = format!("migrate import {HISTORY}");
    app.cargo(&import).ends(0).has("8 migrations imported");
    app.cargo("migrate up").ends(0).has("8 migrations applied");

    let plain = Connection::open_in_memory().unwrap();
    plain.execute_batch("PRAGMA foreign_keys = ON").unwrap();
    for file in up_files() {
        plain.execute_batch(&file).unwrap();
    }
    let ours = Connection::open(app.path("app.db")).unwrap();
    let schema = "SELECT type, name, tbl_name, replace(sql, char(13), '') FROM sqlite_schema
                  WHERE tbl_name <> '_migrations' ORDER BY type, name";
    let made = rows(&ours, schema);
    assert_eq!(made, rows(&plain, schema));
    assert_eq!(made.len(), 13);
    for table in [
        "shelf",
        "book",
        "titles",
        "book_text",
        "\"order\"",
        "sqlite_sequence",
    ] {
        let all = format!("SELECT * FROM {table}");
        assert_eq!(rows(&ours, &all), rows(&plain, &all), "{table}");
    }
    let children = "SELECT count(*) FROM book JOIN shelf ON shelf.id = shelf_id";
    assert_eq!(rows(&ours, children), [[Value::Integer(2)]]);

    // The way back goes as far as there are scripts for it.
    app.cargo("migrate reset --yes")
        .ends(1)
        .has("20241001000000_shrink")
        .has("imported without a down script");
}

fn up_files() -> Vec<String> {
    let mut files: Vec<_> = fs::read_dir(Path::new(HISTORY))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().ends_with(".up.sql"))
        .collect();
    files.sort();
    files
        .iter()
        .map(|path| fs::read_to_string(path).unwrap())
        .collect()
}

fn rows(connection: &Connection, sql: &str) -> Vec<Vec<Value>> {
    let mut statement = connection.prepare(sql).unwrap();
    let columns = statement.column_count();
    let rows = statement
        .query_map([], |row| (0..columns).map(|at| row.get(at)).collect())
        .unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}
