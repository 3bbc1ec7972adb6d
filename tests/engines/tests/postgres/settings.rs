//! Schemas, limits, and what a migration leaves set.

use std::time::Duration;

use migrate_core::{Request, postgres};
use migrate_test_servers::Postgres;

use crate::{histories::of, runtime, up};

#[test]
fn a_schema_of_its_own() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let database = server.database();
    let mut connection = postgres::open(&database.url()).unwrap();
    let migrator = of("outside").schema("Ten\"ant");
    let error = migrator.up(&mut connection).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("has no schema `Ten\"ant`: CREATE SCHEMA \"Ten\"\"ant\""),
        "{error}"
    );
    database.run("CREATE SCHEMA \"Ten\"\"ant\"");
    migrator.up(&mut connection).unwrap();
    let all = "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT LIKE 'pg\\_%' AND schemaname <> 'information_schema' ORDER BY 2";
    assert_eq!(
        database.run(all),
        "Ten\"ant|_migrations\nTen\"ant|_migrations_lock\nTen\"ant|users"
    );
    assert_eq!(
        database.run("SELECT schemaname FROM pg_indexes WHERE indexname = 'users_id'"),
        "Ten\"ant"
    );
    assert!(migrator.up(&mut connection).unwrap().done.is_empty());
    // Another one beside it knows nothing of that, and `fresh` leaves it alone.
    up("outside", &database).unwrap();
    let beside = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";
    assert_eq!(database.run(beside), "3");
}

#[test]
fn without_a_schema_there_is_no_place() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let database = server.database();
    database.run("DROP SCHEMA public");
    let error = up("blog", &database).unwrap_err();
    assert!(
        error.to_string().contains("no schema of the search path"),
        "{error}"
    );
}

/// What `pg_dump` writes empties the search path, for the session.
#[test]
fn the_search_path_is_put_back() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let database = server.database();
    up("dumped", &database).unwrap();
    assert_eq!(
        database.run("SELECT 'public.after_it'::regclass, count(*) FROM _migrations"),
        "after_it|2"
    );
    let database = server.database();
    runtime().block_on(async {
        let mut client = postgres::connect(&database.url()).await.unwrap();
        client
            .batch_execute("SET search_path = public; SET work_mem = '5MB'")
            .await
            .unwrap();
        of("dumped").up_async(&mut client).await.unwrap();
        let row = client
            .query_one(
                "SELECT current_setting('search_path'), current_setting('work_mem')",
                &[],
            )
            .await
            .unwrap();
        assert_eq!((row.get(0), row.get(1)), ("public", "5MB"));
    });
}

#[test]
fn a_lock_of_the_application_is_waited_for_in_short_tries() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let database = server.database();
    database.run("CREATE TABLE busy (a INT)");
    let runtime = runtime();
    let mut holder = runtime
        .block_on(postgres::connect(&database.url()))
        .unwrap();
    let transaction = runtime.block_on(holder.transaction()).unwrap();
    runtime
        .block_on(transaction.batch_execute("SELECT * FROM busy"))
        .unwrap();
    let migrator = of("waiting").lock_timeout(Duration::from_millis(20));
    let mut connection = postgres::open(&database.url()).unwrap();
    let error = migrator
        .clone()
        .timeout(Duration::from_millis(100))
        .up(&mut connection)
        .unwrap_err();
    assert!(error.is_locked(), "{error}");
    assert!(error.to_string().contains("lock timeout"), "{error}");
    std::thread::scope(|scope| {
        let run = scope.spawn(|| migrator.up(&mut postgres::open(&database.url()).unwrap()));
        runtime.block_on(transaction.rollback()).unwrap();
        run.join().unwrap().unwrap();
    });
    assert_eq!(database.run("SELECT count(b) FROM busy"), "0");
}

#[test]
fn a_statement_that_takes_too_long_fails() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let database = server.database();
    let migrator = of("slow").statement_timeout(Duration::from_millis(50));
    let error = migrator
        .up(&mut postgres::open(&database.url()).unwrap())
        .unwrap_err();
    assert!(
        error.to_string().contains("statement timeout")
            && error.to_string().contains("Raise `statement_timeout`"),
        "{error}"
    );
}

/// Everything goes but what belongs to an extension.
#[test]
fn fresh_drops_what_there_is() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let database = server.database();
    up("blog", &database).unwrap();
    database.run(
        "CREATE EXTENSION IF NOT EXISTS plpgsql;
         CREATE TYPE mood AS ENUM ('a'); CREATE DOMAIN short AS VARCHAR(3); CREATE TYPE span AS RANGE (subtype = int);
         CREATE TYPE pair AS (a INT, b mood); CREATE SEQUENCE counter; CREATE TABLE \"Odd name\" (m mood, i SERIAL);
         CREATE VIEW seen AS SELECT * FROM users; CREATE MATERIALIZED VIEW kept AS SELECT * FROM seen;
         CREATE FUNCTION f(a INT) RETURNS INT LANGUAGE sql AS 'SELECT a'; CREATE FUNCTION f() RETURNS INT LANGUAGE sql AS 'SELECT 1';
         CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1'; CREATE AGGREGATE total (INT) (SFUNC = int4pl, STYPE = INT);
         CREATE OPERATOR === (LEFTARG = INT, RIGHTARG = INT, FUNCTION = int4eq);
         CREATE COLLATION plain FROM \"C\"; CREATE TEXT SEARCH CONFIGURATION words (COPY = simple);
         CREATE TABLE parted (a INT) PARTITION BY LIST (a); CREATE TABLE part PARTITION OF parted FOR VALUES IN (1);
         CREATE STATISTICS pairs ON id, email FROM users;",
    );
    of("blog")
        .run(
            &mut postgres::open(&database.url()).unwrap(),
            &Request::Fresh,
        )
        .unwrap();
    let other = server.database();
    up("blog", &other).unwrap();
    assert_eq!(database.dump(), other.dump());
    assert_eq!(
        database.run("SELECT email FROM users ORDER BY id"),
        "ann\nbob"
    );
}
