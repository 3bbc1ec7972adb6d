//! What the tests share. Each of them is a program with migrations of its own.
#![allow(dead_code, reason = "no test needs all of it")]

use std::path::PathBuf;

use migrate_core::{
    Error, MigrationStatus, Migrator, Request, State,
    rusqlite::{Connection, types::FromSql},
};
use tempfile::TempDir;

/// A database file in a folder that goes with it.
pub(crate) struct Database {
    pub(crate) folder: TempDir,
    pub(crate) path: PathBuf,
}

impl Database {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.db");
        Self { folder, path }
    }

    pub(crate) fn open(&self) -> Connection {
        Connection::open(&self.path).unwrap()
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        std::fs::read(&self.path).unwrap_or_default()
    }

    /// The files in the folder.
    pub(crate) fn files(&self) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

pub(crate) fn one<T: FromSql>(connection: &Connection, sql: &str) -> T {
    connection.query_row(sql, [], |row| row.get(0)).unwrap()
}

pub(crate) fn all<T: FromSql>(connection: &Connection, sql: &str) -> Vec<T> {
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

/// The names of everything that the migrations have made.
pub(crate) fn objects(connection: &Connection) -> Vec<String> {
    all(
        connection,
        "SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
         AND name <> '_migrations' ORDER BY name",
    )
}

/// Whether the history has any table.
pub(crate) fn has_history(connection: &Connection) -> bool {
    one(
        connection,
        "SELECT count(*) > 0 FROM sqlite_schema WHERE name LIKE '\\_migrations%' ESCAPE '\\'",
    )
}

pub(crate) fn states(migrator: &Migrator, connection: &mut Connection) -> Vec<(String, State)> {
    let status = migrator.status(connection).unwrap();
    let state = |one: MigrationStatus| (one.id, one.state);
    status.migrations.into_iter().map(state).collect()
}

/// The text of the error of a request, which leaves everything as it was.
pub(crate) fn refused(
    migrator: &Migrator,
    connection: &mut Connection,
    request: &Request,
) -> Error {
    let before = dump(connection);
    let planned = migrator.plan(connection, request).unwrap_err();
    let error = migrator.run(connection, request).unwrap_err();
    assert_eq!(planned.to_string(), error.to_string());
    assert!(error.report().is_empty());
    assert_eq!(dump(connection), before);
    error
}

/// Everything in the database, as text.
pub(crate) fn dump(connection: &Connection) -> String {
    let mut text = String::new();
    let mut tables = connection
        .prepare("SELECT name, coalesce(sql, '') FROM sqlite_schema ORDER BY type = 'index', name")
        .unwrap();
    let objects: Vec<(String, String)> = tables
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    for (name, sql) in objects {
        text.push_str(&format!("{name}: {sql}\n"));
        let is_table = sql.starts_with("CREATE TABLE");
        let rows = is_table.then(|| {
            connection.prepare(&format!("SELECT * FROM \"{}\"", name.replace('"', "\"\"")))
        });
        let Some(Ok(mut rows)) = rows else { continue };
        let columns = rows.column_count();
        let mut rows = rows.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let values = (0..columns).map(|at| format!("{:?}", row.get_ref(at).unwrap()));
            text.push_str(&format!("  {}\n", values.collect::<Vec<_>>().join(", ")));
        }
    }
    text
}
