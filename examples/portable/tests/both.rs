//! The same history on both databases.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test ends where something fails")]

use migrate_core::{Database, Dialect, Down, Migrator, Request};
use migrate_test_servers::Postgres;
use rusqlite::Connection;

const ROWS: &str = "INSERT INTO parts (name) VALUES ('bolt'), ('nut');
    INSERT INTO movements (part_id, amount) SELECT id, 5 FROM parts WHERE name = 'bolt';
    INSERT INTO movements (part_id, amount) SELECT id, -2 FROM parts WHERE name = 'bolt'";
const STOCK: &str = "SELECT name || ' ' || amount FROM stock ORDER BY name";

/// Applies everything, has it looked at, and takes everything back.
fn there_and_back(url: &str, dialect: Dialect, stock: impl FnOnce() -> Vec<String>) {
    assert_eq!(portable::migrate(url).unwrap().done.len(), 4);
    assert!(portable::migrate(url).unwrap().is_empty());
    assert_eq!(stock(), ["bolt 3", "nut 0"]);
    let mut database = Database::open(url).unwrap();
    assert_eq!(database.dialect(), dialect);
    let all = Request::Down(Down::All);
    let report = Migrator::new().run(&mut database, &all).unwrap();
    assert_eq!(report.done.len(), 4);
}

#[test]
fn on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("portable.db");
    there_and_back(&path.display().to_string(), Dialect::Sqlite, || {
        let connection = Connection::open(&path).unwrap();
        connection.execute_batch(ROWS).unwrap();
        let mut statement = connection.prepare(STOCK).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    });
}

#[test]
fn on_postgresql() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let database = server.database();
    there_and_back(&database.url(), Dialect::Postgres, || {
        database.run(ROWS);
        database.run(STOCK).lines().map(str::to_owned).collect()
    });
    // Nothing is left but the history, which is empty.
    let tables = "SELECT string_agg(tablename, ' ' ORDER BY tablename) FROM pg_tables WHERE schemaname = 'public'";
    assert_eq!(database.run(tables), "_migrations _migrations_lock");
}
