//! Schemas that are planned and changed on a database, blocking and async.
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows that a test may panic, but not its helpers"
)]

use std::sync::{Arc, Mutex};

use migrate_core::{
    Dialect, Migrator,
    rusqlite::Connection,
    schema::{self, Schema, document::Document},
};

fn wanted(tables: &str) -> Schema {
    let text = format!(r#"{{"version": 1, "databases": {{"main": {{"tables": {{{tables}}}}}}}}}"#);
    let document = Document::read(&text).unwrap();
    document.databases()[0].schema(Dialect::Sqlite).unwrap()
}

const TWO: &str = r#"
    "teams": {"columns": [{"name": "id", "type": "integer", "primary_key": true}, "name"]},
    "people": {
        "columns": [{"name": "id", "type": "integer", "primary_key": true}, {"name": "team_id", "type": "integer"}],
        "constraints": ["FOREIGN KEY (team_id) REFERENCES teams (id) ON DELETE CASCADE"]
    }"#;

fn count(connection: &Connection, table: &str) -> i64 {
    let sql = format!("SELECT count(*) FROM {table}");
    connection.query_row(&sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn what_was_planned_is_done_on_what_it_was_planned_for_or_not_at_all() {
    let mut connection = Connection::open_in_memory().unwrap();
    let migrator = Migrator::new();
    let alteration = schema::plan(&migrator, &mut connection, &wanted(TWO)).unwrap();
    connection
        .execute_batch("CREATE TABLE meanwhile (x)")
        .unwrap();
    let error = schema::alter(&migrator, &mut connection, &alteration).unwrap_err();
    assert_eq!(
        error.to_string(),
        "somebody has changed the schema of the in-memory database since the changes were planned: plan them again. \
         Nothing was done"
    );
    let tables = "(SELECT 1 FROM sqlite_schema WHERE name IN ('teams', 'people'))";
    assert_eq!(count(&connection, tables), 0);
}

#[test]
fn a_table_that_is_made_again_keeps_its_rows_and_those_that_refer_to_it() {
    let mut connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch("PRAGMA foreign_keys = ON")
        .unwrap();
    let migrator = Migrator::new();
    let first = schema::plan(&migrator, &mut connection, &wanted(TWO)).unwrap();
    schema::alter(&migrator, &mut connection, &first).unwrap();
    connection
        .execute_batch(
            "INSERT INTO teams VALUES (1, 'one'); INSERT INTO people VALUES (1, 1), (2, 1)",
        )
        .unwrap();
    let stricter = TWO.replace(
        r#""primary_key": true}, "name"]"#,
        r#""primary_key": true}, {"name": "name", "type": "string", "nullable": false}], "constraints": ["CHECK (name <> '')"]"#,
    );
    let second = schema::plan(&migrator, &mut connection, &wanted(&stricter)).unwrap();
    assert_eq!(second.losses(), [""; 0]);
    schema::alter(&migrator, &mut connection, &second).unwrap();
    assert_eq!(
        (count(&connection, "teams"), count(&connection, "people")),
        (1, 2)
    );
    assert!(
        connection
            .execute("UPDATE teams SET name = ''", [])
            .is_err()
    );
    // Enforcement is on again.
    connection.execute("DELETE FROM teams", []).unwrap();
    assert_eq!(count(&connection, "people"), 0);
}

#[test]
fn a_failure_says_which_statement_and_leaves_nothing() {
    let mut connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch("CREATE TABLE teams (id INTEGER PRIMARY KEY, name varchar); INSERT INTO teams VALUES (1, NULL)")
        .unwrap();
    let stricter = TWO.replace(
        r#""name"]"#,
        r#"{"name": "name", "type": "string", "nullable": false}]"#,
    );
    let migrator = Migrator::new();
    let alteration = schema::plan(&migrator, &mut connection, &wanted(&stricter)).unwrap();
    let error = schema::alter(&migrator, &mut connection, &alteration)
        .unwrap_err()
        .to_string();
    assert!(error.contains("NOT NULL constraint failed"), "{error}");
    assert!(error.ends_with("Nothing was changed"), "{error}");
    let people = "(SELECT 1 FROM sqlite_schema WHERE name = 'people')";
    assert_eq!(count(&connection, people), 0);
}

#[tokio::test]
async fn the_same_without_blocking() {
    let mut shared = Arc::new(Mutex::new(Connection::open_in_memory().unwrap()));
    let migrator = Migrator::new();
    let alteration = schema::plan_async(&migrator, &mut shared, &wanted(TWO))
        .await
        .unwrap();
    schema::alter_async(&migrator, &mut shared, &alteration)
        .await
        .unwrap();
    let document = schema::export_async(&migrator, &mut shared).await.unwrap();
    let main = document.database("main").unwrap();
    let again = schema::apply_async(&migrator, &mut shared, main, false)
        .await
        .unwrap();
    assert!(again.is_empty());
}
