//! Up, down, status, and what is in the tables then.

use migrate_core::{Down, Request, mysql};
use migrate_test_mysql::{COUNT, RUST, SMALL, WORK};

use crate::ground::{fresh, migrator};

#[test]
fn applies_and_takes_back() {
    let Some(database) = fresh() else { return };
    let mut connection = mysql::open(&database.url()).unwrap();
    let migrator = migrator(WORK);
    let report = migrator.up(&mut connection).unwrap();
    assert_eq!(report.done.len(), COUNT);
    assert_eq!(database.run("SELECT value FROM counter"), "9");
    assert_eq!(database.run("SELECT COUNT(*) FROM trace"), "18");
    assert_eq!(
        database.run(
            "SELECT COUNT(*), COUNT(DISTINCT batch), GROUP_CONCAT(DISTINCT state) FROM _migrations"
        ),
        "10|1|applied"
    );
    assert_eq!(migrator.up(&mut connection).unwrap().done.len(), 0);
    let status = migrator.status(&mut connection).unwrap();
    assert_eq!(status.pending().count(), 0);
    migrator
        .run(&mut connection, &Request::Down(Down::All))
        .unwrap();
    assert_eq!(
        database.run("SELECT GROUP_CONCAT(TABLE_NAME ORDER BY 1) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()"),
        "_migrations,_migrations_lock"
    );
    assert_eq!(database.run("SELECT COUNT(*) FROM _migrations"), "0");
    assert_eq!(
        database.run("SELECT COUNT(holder), MIN(token) > 1 FROM _migrations_lock"),
        "0|1"
    );
}

#[test]
fn rows_change_in_one_transaction_with_their_record() {
    let Some(database) = fresh() else { return };
    let mut connection = mysql::open(&database.url()).unwrap();
    let migrator = migrator(SMALL);
    migrator.up(&mut connection).unwrap();
    migrator.down(&mut connection).unwrap();
    migrator.up(&mut connection).unwrap();
    assert_eq!(database.run("SELECT COUNT(*) FROM users"), "3");
}

#[test]
fn rust_steps_get_the_connection() {
    let Some(database) = fresh() else { return };
    let mut connection = mysql::open(&database.url()).unwrap();
    migrator(RUST).up(&mut connection).unwrap();
    assert_eq!(database.run("SELECT SUM(n) FROM numbers"), "115");
}

#[test]
fn looking_writes_nothing() {
    let Some(database) = fresh() else { return };
    let mut connection = mysql::open(&database.url()).unwrap();
    let migrator = migrator(WORK);
    assert_eq!(migrator.pending(&mut connection).unwrap().len(), COUNT);
    migrator
        .plan(&mut connection, &Request::Up(migrate_core::Up::All))
        .unwrap();
    assert_eq!(database.run("SHOW TABLES"), "");
}

#[test]
fn everything_is_dropped_and_made_again() {
    let Some(database) = fresh() else { return };
    database.run(
        "CREATE TABLE parent (id INT PRIMARY KEY); CREATE TABLE child (id INT, FOREIGN KEY (id) REFERENCES parent (id));
         CREATE VIEW v AS SELECT * FROM parent; CREATE SEQUENCE s; CREATE FUNCTION f() RETURNS INT RETURN 1;
         CREATE PROCEDURE p() SELECT 1; CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1",
    );
    let mut connection = mysql::open(&database.url()).unwrap();
    let migrator = migrator(SMALL);
    migrator.up(&mut connection).unwrap();
    migrator.run(&mut connection, &Request::Fresh).unwrap();
    assert_eq!(
        database.run("SHOW TABLES").replace('\n', ","),
        "_migrations,_migrations_lock,users"
    );
    assert_eq!(
        database.run(
            "SELECT COUNT(*) FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE()"
        ),
        "0"
    );
    assert_eq!(database.run("SHOW EVENTS"), "");
}
