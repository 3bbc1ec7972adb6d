//! What does not run in a transaction: what the text tells is what the server says.

use migrate_core::Dialect;
use migrate_schema::{StatementKind, statement::split};
use migrate_test_servers::Postgres;

/// Statements, with whether the server refuses them in a transaction.
const STATEMENTS: &[(&str, bool)] = &[
    ("VACUUM", true),
    ("VACUUM (FULL) t", true),
    ("ANALYZE t", false),
    ("CREATE INDEX CONCURRENTLY i ON t (a)", true),
    (
        "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a)",
        true,
    ),
    ("CREATE INDEX i ON t (a)", false),
    (
        "CREATE FUNCTION concurrently() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        false,
    ),
    ("DROP INDEX CONCURRENTLY t_a", true),
    ("DROP INDEX t_a", false),
    ("REINDEX TABLE CONCURRENTLY t", true),
    ("REINDEX (CONCURRENTLY) INDEX t_a", true),
    ("REINDEX TABLE t", false),
    ("REINDEX INDEX t_a", false),
    ("REINDEX SCHEMA public", true),
    ("CREATE DATABASE d", true),
    ("DROP DATABASE d", true),
    ("CREATE TABLESPACE s LOCATION '/none'", true),
    ("DROP TABLESPACE s", true),
    ("ALTER DATABASE postgres SET TABLESPACE pg_default", true),
    ("ALTER DATABASE postgres SET work_mem = '5MB'", false),
    ("ALTER SYSTEM SET work_mem = '5MB'", true),
    ("REFRESH MATERIALIZED VIEW CONCURRENTLY m", false),
    (
        "ALTER TABLE parted DETACH PARTITION part CONCURRENTLY",
        true,
    ),
    ("ALTER TABLE parted DETACH PARTITION part", false),
    ("ALTER TABLE t RENAME TO u", false),
    ("CLUSTER", true),
    ("CLUSTER VERBOSE", true),
    ("CLUSTER t USING t_a", false),
    (
        "CREATE SUBSCRIPTION s CONNECTION 'dbname=none' PUBLICATION p",
        true,
    ),
    (
        "CREATE SUBSCRIPTION s CONNECTION 'dbname=none' PUBLICATION p WITH (connect = false)",
        false,
    ),
    ("ALTER SUBSCRIPTION quiet REFRESH PUBLICATION", true),
    (
        "ALTER SUBSCRIPTION quiet SET PUBLICATION q WITH (refresh = false)",
        false,
    ),
    ("DISCARD ALL", true),
    ("CHECKPOINT", false),
    ("ALTER TYPE mood ADD VALUE 'new'", false),
    ("COMMENT ON TABLE t IS 'concurrently'", false),
];

#[test]
fn the_server_agrees() {
    for server in [Postgres::shared(), Postgres::shared_18()] {
        let Some(server) = server else { return };
        let database = server.database();
        database.run(
            "CREATE TABLE t (a INT); CREATE INDEX t_a ON t (a); CREATE TYPE mood AS ENUM ('old');
             CREATE MATERIALIZED VIEW m AS SELECT a FROM t; CREATE UNIQUE INDEX ON m (a);
             CREATE TABLE parted (a INT) PARTITION BY LIST (a); CREATE TABLE part PARTITION OF parted FOR VALUES IN (1);",
        );
        let subscription = format!("quiet_{}", database.name());
        database.run(&format!(
            "CREATE SUBSCRIPTION {subscription} CONNECTION 'dbname=none' PUBLICATION p WITH (connect = false)"
        ));
        for (sql, refused) in STATEMENTS {
            let kind = split(sql, Dialect::Postgres)[0].kind;
            assert_eq!(kind == StatementKind::OutsideTransaction, *refused, "{sql}");
            let said = database.try_run(&format!("BEGIN; {}", sql.replace("quiet", &subscription)));
            let said = said.err().unwrap_or_default();
            let by_server = said.contains("cannot run inside a transaction block");
            // One that is switched off is refused before that.
            let by_state = said.contains("is not allowed for disabled subscriptions");
            assert_eq!(by_server || by_state, *refused, "{sql}: {said}");
        }
        database.run(&format!(
            "ALTER SUBSCRIPTION {subscription} SET (slot_name = NONE); DROP SUBSCRIPTION {subscription}"
        ));
    }
}
