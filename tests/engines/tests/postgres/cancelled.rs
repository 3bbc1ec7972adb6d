//! Futures that are dropped half way.

use std::time::Duration;

use migrate_core::postgres;
use migrate_test_servers::{Database, Postgres};

use crate::{histories::of, runtime, up};

/// Waits until a session is at this statement, or none is.
async fn until_at(database: &Database, text: &str, wanted: bool) {
    let client = postgres::connect(&database.url()).await.unwrap();
    let sql = "SELECT count(*) > 0 FROM pg_stat_activity WHERE state = 'active' AND datname = current_database() \
               AND pid <> pg_backend_pid() AND query LIKE '%' || $1 || '%'";
    while client
        .query_one(sql, &[&text])
        .await
        .unwrap()
        .get::<_, bool>(0)
        != wanted
    {
        tokio::task::yield_now().await;
    }
}

/// The statement is stopped, its transaction taken back, and the next run does it all.
#[test]
fn a_run_that_is_given_up_leaves_nothing() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    for own in [true, false] {
        let database = server.database();
        database.run("CREATE TABLE gate (a INT); INSERT INTO gate VALUES (1)");
        database.run("CREATE FUNCTION pg_temp.nothing() RETURNS INT LANGUAGE sql AS 'SELECT 1'");
        runtime().block_on(async {
            let mut holder = postgres::connect(&database.url()).await.unwrap();
            let held = holder.transaction().await.unwrap();
            held.batch_execute("LOCK TABLE gate").await.unwrap();
            let mut client = postgres::connect(&database.url()).await.unwrap();
            let mut by_url = postgres::open(&database.url()).unwrap();
            let migrator = of("sleeping");
            {
                let run = async {
                    if own {
                        migrator.up_async(&mut client).await
                    } else {
                        migrator.up_async(&mut by_url).await
                    }
                };
                tokio::select! {
                    done = run => panic!("{done:?}"),
                    () = until_at(&database, "FROM gate", true) => {}
                }
            }
            // The lock that it waits for is not given back before it is gone.
            until_at(&database, "FROM gate", false).await;
            held.rollback().await.unwrap();
            let gone = client
                .query_one("SELECT to_regclass('slept') IS NULL", &[])
                .await
                .unwrap();
            assert!(gone.get::<_, bool>(0));
            migrator.up_async(&mut client).await.unwrap();
        });
        assert_eq!(
            database.run("SELECT count(*) FROM _migrations; SELECT count(*) FROM slept"),
            "1\n0"
        );
    }
}

/// Outside a transaction, the claim of a run that was given up does not stand in the way.
#[test]
fn a_claim_that_is_given_up_is_free() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let database = server.database();
    database.run("CREATE TABLE users (id BIGINT)");
    runtime().block_on(async {
        let mut holder = postgres::connect(&database.url()).await.unwrap();
        let held = holder.transaction().await.unwrap();
        held.batch_execute("INSERT INTO users VALUES (1)")
            .await
            .unwrap();
        let mut client = postgres::connect(&database.url()).await.unwrap();
        let long = Duration::from_secs(1000);
        let migrator = of("if not exists").lock_ttl(long);
        tokio::select! {
            done = migrator.up_async(&mut client) => panic!("{done:?}"),
            () = until_at(&database, "CREATE UNIQUE INDEX CONCURRENTLY", true) => {}
        }
        until_at(&database, "CREATE UNIQUE INDEX CONCURRENTLY", false).await;
        held.rollback().await.unwrap();
        let migrator = migrator.timeout(Duration::from_secs(30));
        migrator.up_async(&mut client).await.unwrap();
    });
    assert_eq!(
        database.run("SELECT indisvalid FROM pg_index WHERE indexrelid = 'users_id'::regclass"),
        "t"
    );
    up("if not exists", &database).unwrap();
}
