//! Servers that are set up in other ways.

use migrate_core::{Down, Request, mysql};
use migrate_test_mysql::{SMALL, WORK};
use migrate_test_servers::MariaDb;

use crate::ground::{is_done_once, migrator};

#[test]
fn every_default_of_a_server_that_could_be_in_the_way() {
    let Some(server) = MariaDb::start_with(&[
        "--lower-case-table-names=1",
        "--sql-mode=ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT,NO_ZERO_DATE,STRICT_ALL_TABLES",
        "--character-set-server=latin1",
        "--collation-server=latin1_swedish_ci",
        "--default-storage-engine=MyISAM",
        "--innodb-force-primary-key=ON",
        "--autocommit=0",
        "--completion-type=CHAIN",
        "--transaction-isolation=SERIALIZABLE",
        "--explicit-defaults-for-timestamp=OFF",
    ]) else {
        return;
    };
    let database = server.database();
    let mut connection = mysql::open(&database.url()).unwrap();
    let migrator = migrator(SMALL).table("App_Migrations").applied_by("Zoë ☃");
    migrator.up(&mut connection).unwrap();
    migrator.down(&mut connection).unwrap();
    migrator.up(&mut connection).unwrap();
    assert_eq!(
        migrator.applied(&mut connection).unwrap()[0].applied_by,
        "Zoë ☃"
    );
    let engines = "SELECT GROUP_CONCAT(DISTINCT CONCAT(ENGINE, ' ', TABLE_COLLATION)) FROM information_schema.TABLES \
        WHERE TABLE_NAME LIKE 'app%' AND TABLE_SCHEMA = DATABASE()";
    assert_eq!(database.run(engines), "InnoDB utf8mb4_bin");
    migrator.run(&mut connection, &Request::Fresh).unwrap();
    assert_eq!(migrator.pending(&mut connection).unwrap().len(), 0);
}

#[test]
fn no_strictness_at_all() {
    let Some(server) = MariaDb::start_with(&["--sql-mode="]) else {
        return;
    };
    let database = server.database();
    let mut connection = mysql::open(&database.url()).unwrap();
    migrator(WORK).up(&mut connection).unwrap();
    is_done_once(&database);
    migrator(WORK)
        .run(&mut connection, &Request::Down(Down::All))
        .unwrap();
}
