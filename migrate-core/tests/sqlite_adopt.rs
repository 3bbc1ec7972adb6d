//! Histories of other tools, in tables as those tools make them on SQLite.
#![cfg(feature = "sqlite")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test panics where it fails"
)]
#![allow(missing_docs, reason = "the migrations of a test")]

mod common;

use common::{Database, has_history};
use migrate_core::{
    ActionKind, Error, Migrator, Plan, PlanError, Policy, Report, Request, Tool, migration,
    rusqlite::Connection,
};

#[migration(
    "20240506192337_create_users",
    up = "CREATE TABLE users (id INTEGER PRIMARY KEY)",
    down = "DROP TABLE users"
)]
pub struct CreateUsers;

#[migration(
    "20240507080000_add_age",
    up = "ALTER TABLE users ADD COLUMN age INTEGER",
    down = "ALTER TABLE users DROP COLUMN age"
)]
pub struct AddAge;

#[migration(
    "20240601101010_create_posts",
    up = "CREATE TABLE posts (id INTEGER PRIMARY KEY)",
    down = "DROP TABLE posts"
)]
pub struct CreatePosts;

const ALL: [&str; 3] = [
    "20240506192337_create_users",
    "20240507080000_add_age",
    "20240601101010_create_posts",
];

const SQLX: &str = "CREATE TABLE _sqlx_migrations (
        version BIGINT PRIMARY KEY,
        description TEXT NOT NULL,
        installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
        success BOOLEAN NOT NULL,
        checksum BLOB NOT NULL,
        execution_time BIGINT NOT NULL
    );
    INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES
        (20240506192337, 'create users', TRUE, x'8515', 44544922),
        (20240507080000, 'add age', TRUE, x'e9ec', 12345);";

/// What each tool has left after its first two migrations.
const TOOLS: [(Tool, &str); 10] = [
    (Tool::Sqlx, SQLX),
    (
        Tool::Diesel,
        "CREATE TABLE __diesel_schema_migrations (
            version VARCHAR(50) PRIMARY KEY NOT NULL,
            run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
        );
        INSERT INTO __diesel_schema_migrations (version) VALUES ('20240507080000'), ('20240506192337');",
    ),
    (
        Tool::Refinery,
        "CREATE TABLE refinery_schema_history (
            version INT8 PRIMARY KEY,
            name VARCHAR(255),
            applied_on VARCHAR(255),
            checksum VARCHAR(255)
        );
        INSERT INTO refinery_schema_history VALUES
            (20240506192337, 'create_users', '2024-05-06T19:23:37Z', '123'),
            (20240507080000, 'add_age', '2024-05-07T08:00:00Z', '456');",
    ),
    (
        Tool::SeaOrm,
        "CREATE TABLE \"seaql_migrations\" (
            \"version\" varchar NOT NULL PRIMARY KEY,
            \"applied_at\" bigint NOT NULL
        );
        INSERT INTO seaql_migrations VALUES
            ('m20240506_192337_create_users', 1715023417), ('m20240507_080000_add_age', 1715068800);",
    ),
    (
        Tool::GolangMigrate,
        "CREATE TABLE schema_migrations (version uint64, dirty bool);
        CREATE UNIQUE INDEX version_unique ON schema_migrations (version);
        INSERT INTO schema_migrations VALUES (20240507080000, false);",
    ),
    (
        Tool::Flyway,
        "CREATE TABLE \"flyway_schema_history\" (
            \"installed_rank\" INT NOT NULL PRIMARY KEY,
            \"version\" VARCHAR(50),
            \"description\" VARCHAR(200) NOT NULL,
            \"type\" VARCHAR(20) NOT NULL,
            \"script\" VARCHAR(1000) NOT NULL,
            \"checksum\" INT,
            \"installed_by\" VARCHAR(100) NOT NULL,
            \"installed_on\" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')),
            \"execution_time\" INT NOT NULL,
            \"success\" BOOLEAN NOT NULL
        );
        INSERT INTO flyway_schema_history
            (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
        VALUES
            (1, '20240506192337', 'create users', 'SQL', 'V20240506192337__create_users.sql', 1, '', 5, 1),
            (2, '20240507080000', 'add age', 'SQL', 'V20240507080000__add_age.sql', 2, '', 5, 1);",
    ),
    (Tool::RusqliteMigration, "PRAGMA user_version = 2;"),
    (
        Tool::Goose,
        "CREATE TABLE goose_db_version (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            version_id INTEGER NOT NULL,
            is_applied INTEGER NOT NULL,
            tstamp TIMESTAMP DEFAULT (datetime('now'))
        );
        INSERT INTO goose_db_version (version_id, is_applied) VALUES
            (0, 1), (20240506192337, 1), (20240507080000, 1), (20240601101010, 1), (20240601101010, 0);",
    ),
    (
        Tool::Dbmate,
        "CREATE TABLE IF NOT EXISTS \"schema_migrations\" (version varchar(128) primary key);
        INSERT INTO schema_migrations VALUES ('20240506192337'), ('20240507080000');",
    ),
    (
        Tool::Prisma,
        "CREATE TABLE \"_prisma_migrations\" (
            \"id\" TEXT PRIMARY KEY NOT NULL,
            \"checksum\" TEXT NOT NULL,
            \"finished_at\" DATETIME,
            \"migration_name\" TEXT NOT NULL,
            \"logs\" TEXT,
            \"rolled_back_at\" DATETIME,
            \"started_at\" DATETIME NOT NULL DEFAULT current_timestamp,
            \"applied_steps_count\" INTEGER UNSIGNED NOT NULL DEFAULT 0
        );
        INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, started_at) VALUES
            ('a', '', 1715023417000, '20240506192337_create_users', 1715023416000),
            ('b', '', 1715068800000, '20240507080000_add_age', 1715068799000);",
    ),
];

fn adopt(tool: Tool) -> Request {
    Request::Adopt { tool, table: None }
}

fn opened(sql: &str) -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(sql).unwrap();
    connection
}

fn planned(tool: Tool, sql: &str) -> Result<Plan, Error> {
    Migrator::new().plan(&mut opened(sql), &adopt(tool))
}

fn refused(tool: Tool, sql: &str) -> PlanError {
    planned(tool, sql)
        .unwrap_err()
        .plan_error()
        .unwrap()
        .clone()
}

#[test]
fn what_each_tool_has_applied_is_recorded() {
    for (tool, sql) in TOOLS {
        let mut connection = opened(sql);
        let report: Report = Migrator::new()
            .run(&mut connection, &adopt(tool))
            .unwrap_or_else(|error| panic!("{tool}: {error}"));
        assert_eq!(report.names(), ALL[..2], "{tool}");
        assert!(report.warnings.is_empty(), "{tool}");
        assert_eq!(report.done[0].action, ActionKind::Record);
        let pending = Migrator::new().pending(&mut connection).unwrap();
        assert_eq!(pending, ALL[2..], "{tool}");
        // It is a history now, and is not taken over once more.
        let again = Migrator::new().run(&mut connection, &adopt(tool));
        assert_eq!(
            again.unwrap_err().plan_error(),
            Some(&PlanError::HasHistory(2))
        );
    }
}

#[test]
fn a_dry_run_writes_nothing() {
    let file = Database::new();
    file.open().execute_batch(SQLX).unwrap();
    let before = file.bytes();
    let mut connection = file.open();
    let plan = Migrator::new()
        .plan(&mut connection, &adopt(Tool::Sqlx))
        .unwrap();
    assert_eq!(
        (plan.request.as_str(), plan.names()),
        ("baseline", ALL[..2].to_vec())
    );
    assert!(!has_history(&connection));
    assert!(file.bytes() == before);
}

#[test]
fn what_was_not_finished_is_refused() {
    let failed = format!(
        "{SQLX} INSERT INTO _sqlx_migrations VALUES (20240601101010, 'create posts', 0, FALSE, x'00', -1);"
    );
    let error = refused(Tool::Sqlx, &failed).to_string();
    assert_eq!(
        error,
        "sqlx has failed at, or not finished, `20240601101010 create posts`: repair that with sqlx first. Nothing was done"
    );
    let dirty = "CREATE TABLE schema_migrations (version uint64, dirty bool);
                 INSERT INTO schema_migrations VALUES (20240507080000, true);";
    let error = refused(Tool::GolangMigrate, dirty).to_string();
    assert!(error.contains("`20240507080000`"), "{error}");
}

#[test]
fn what_the_program_does_not_have_is_refused_or_left_out() {
    let more = format!(
        "{SQLX} INSERT INTO _sqlx_migrations VALUES (20240508000000, 'drop all', 0, TRUE, x'00', 1);"
    );
    let error = refused(Tool::Sqlx, &more).to_string();
    assert_eq!(
        error,
        "applied by the other tool, but not in this program: `20240508000000 drop all`. `import` its folder first; or, where \
         they are gone for good, leave them out with `--missing warn`. Nothing was done"
    );
    let plan = Migrator::new()
        .missing(Policy::Warn)
        .plan(&mut opened(&more), &adopt(Tool::Sqlx))
        .unwrap();
    assert_eq!(plan.names(), ALL[..2]);
    assert_eq!(
        plan.warnings[0].to_string(),
        "`20240508000000 drop all` was applied by the other tool, but is not in this program"
    );
    let error = refused(Tool::RusqliteMigration, "PRAGMA user_version = 4;").to_string();
    assert!(error.contains("`the 4. migration`"), "{error}");
    let error = refused(
        Tool::GolangMigrate,
        "CREATE TABLE schema_migrations (version uint64, dirty bool);
         INSERT INTO schema_migrations VALUES (8, false);",
    );
    assert_eq!(error, PlanError::NotInProgram(vec!["8".to_owned()]));
}

#[test]
fn another_name_is_told() {
    let renamed = SQLX.replace("'add age'", "'Add-Birthday'");
    let plan = planned(Tool::Sqlx, &renamed).unwrap();
    assert_eq!(plan.names(), ALL[..2]);
    assert_eq!(
        plan.warnings[0].to_string(),
        "`20240507080000_add_age` (20240507080000 Add-Birthday) has another name in the history of the other tool"
    );
}

#[test]
fn nothing_was_applied() {
    let empty = "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL,
                 run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);";
    assert!(planned(Tool::Diesel, empty).unwrap().is_empty());
    assert!(planned(Tool::RusqliteMigration, "").unwrap().is_empty());
}

#[test]
fn the_table_is_not_there_or_another_one() {
    let error = planned(Tool::Sqlx, "").unwrap_err().to_string();
    assert_eq!(
        error,
        "cannot read the history of sqlx in the table `_sqlx_migrations` of the in-memory database: no such table: \
         _sqlx_migrations"
    );
    let own = SQLX.replace("_sqlx_migrations", "\"my \"\"table\"");
    let request = Request::Adopt {
        tool: Tool::Sqlx,
        table: Some("main.my \"table".to_owned()),
    };
    let plan = Migrator::new().plan(&mut opened(&own), &request).unwrap();
    assert_eq!(plan.names(), ALL[..2]);
}
