//! The migrations as a whole: every way down leads back, and nothing is left behind.

#![allow(clippy::unwrap_used, reason = "a test ends where something fails")]

use migrate_core::{Down, Migrator, Request, Up};
use rusqlite::Connection;

migrate_core::link!(blog);

/// Every object of the database with its SQL, without what makes no difference: quotes, case, white space.
fn schema(connection: &Connection) -> Vec<(String, String)> {
    let mut statement = connection
        .prepare(
            "SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_schema
             WHERE tbl_name <> '_migrations' ORDER BY name",
        )
        .unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)));
    rows.unwrap()
        .map(|row| {
            let (name, sql) = row.unwrap();
            let bare = sql.replace(|c: char| c.is_whitespace() || c == '"', "");
            (name, bare.to_lowercase())
        })
        .collect()
}

#[test]
fn every_down_undoes_its_up() {
    let mut connection = Connection::open_in_memory().unwrap();
    let migrator = Migrator::new();
    let all = migrator.pending(&mut connection).unwrap();
    assert!(!all.is_empty());
    for id in all {
        let up = Request::Up(Up::Count(1));
        let before = schema(&connection);
        assert_eq!(migrator.run(&mut connection, &up).unwrap().names(), [&id]);
        let after = schema(&connection);
        let down = Request::Down(Down::Count(1));
        assert_eq!(migrator.run(&mut connection, &down).unwrap().names(), [&id]);
        assert_eq!(schema(&connection), before, "down of {id}");
        migrator.run(&mut connection, &up).unwrap();
        assert_eq!(schema(&connection), after, "second up of {id}");
    }
}

#[test]
fn reset_leaves_nothing_and_up_makes_the_same_again() {
    let mut connection = migrate_core::migrated_memory().unwrap();
    let migrator = Migrator::new();
    let full = schema(&connection);
    let reset = Request::Down(Down::All);
    migrator.run(&mut connection, &reset).unwrap();
    assert_eq!(schema(&connection), []);
    assert_eq!(migrator.applied(&mut connection).unwrap(), []);
    migrator.up(&mut connection).unwrap();
    assert_eq!(schema(&connection), full);
}

#[test]
fn the_database_is_sound() {
    let connection = migrate_core::migrated_memory().unwrap();
    let check: String = connection
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(check, "ok");
    let mut keys = connection.prepare("PRAGMA foreign_key_check").unwrap();
    assert!(!keys.exists([]).unwrap());
}

#[test]
fn every_foreign_key_has_an_index() {
    let connection = migrate_core::migrated_memory().unwrap();
    let missing: Vec<String> = connection
        .prepare(
            "SELECT tables.name || '.' || keys.\"from\"
             FROM pragma_table_list AS tables, pragma_foreign_key_list(tables.name) AS keys
             WHERE NOT EXISTS (
                 SELECT 1 FROM pragma_index_list(tables.name) AS indexes, pragma_index_info(indexes.name) AS columns
                 WHERE columns.seqno = 0 AND columns.name = keys.\"from\"
             )",
        )
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(missing, [""; 0]);
}
