//! The proxies: each fault shows, and nothing else does.

use migrate_test_servers::{CockroachLike, Database, Fault, MariaDb, Postgres, Toward, Wire};
use mysql_async::{Conn, Opts, OptsBuilder, prelude::Queryable};
use tokio_postgres::{Client, Error, NoTls, SimpleQueryMessage, error::SqlState};

async fn connect(url: &str) -> Result<Client, Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

async fn first(client: &Client, sql: &str) -> String {
    let rows = client.simple_query(sql).await.unwrap();
    let value = rows.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    });
    value.unwrap().to_owned()
}

fn code<T>(result: Result<T, Error>) -> String {
    match result.err().expect("an error").code() {
        Some(code) => code.code().to_owned(),
        None => "lost".to_owned(),
    }
}

#[tokio::test]
async fn round_trips_are_counted() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let database = server.database();
    let wire = Wire::to(database.port());
    let client = connect(&database.url_at(wire.port())).await.unwrap();
    let before = wire.round_trips();
    client.batch_execute("SELECT 1").await.unwrap();
    assert_eq!(wire.round_trips() - before, 1);
    // A statement is prepared first.
    client.execute("SELECT 1", &[]).await.unwrap();
    assert_eq!(wire.round_trips() - before, 3);
    let (one, other) = (
        client.batch_execute("SELECT 1"),
        client.batch_execute("SELECT 2"),
    );
    let (one, other) = tokio::join!(one, other);
    one.and(other).unwrap();
    assert_eq!(wire.round_trips() - before, 4, "both at once");
    assert_eq!(wire.connections(), 1);
}

#[tokio::test]
async fn connections_are_cut_and_refused() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let database = server.database();
    let wire = Wire::to(database.port());
    let url = database.url_at(wire.port());
    let client = connect(&url).await.unwrap();
    wire.cut();
    assert_eq!(code(client.batch_execute("SELECT 1").await), "lost");
    wire.refuse();
    assert!(connect(&url).await.is_err());
    wire.accept();
    connect(&url)
        .await
        .unwrap()
        .batch_execute("SELECT 1")
        .await
        .unwrap();
}

/// The same statement is cut here and there in the question, and in the answer.
#[tokio::test]
async fn a_connection_is_cut_after_any_byte() {
    const SQL: &str = "INSERT INTO t VALUES (1)";
    let Some(server) = Postgres::shared() else {
        return;
    };
    let database = server.database();
    database.run("CREATE TABLE t (a integer)");
    let wire = Wire::to(database.port());
    let url = database.url_at(wire.port());
    for toward in [Toward::Server, Toward::Client] {
        let client = connect(&url).await.unwrap();
        let before = wire.passed(toward);
        client.batch_execute(SQL).await.unwrap();
        let length = wire.passed(toward) - before;
        for bytes in (0..length).step_by(3) {
            database.run("TRUNCATE t");
            let client = connect(&url).await.unwrap();
            wire.cut_after(toward, bytes);
            assert_eq!(
                code(client.batch_execute(SQL).await),
                "lost",
                "{toward:?} {bytes}"
            );
            // A question that was cut has not been asked; an answer that was cut may be to anything.
            let rows = database.run("SELECT count(*) FROM t");
            assert_eq!(rows == "1", toward == Toward::Client, "{toward:?} {bytes}");
        }
    }
}

#[tokio::test]
async fn what_is_held_comes_later() {
    let Some(server) = MariaDb::shared() else {
        return;
    };
    let database = server.database();
    let wire = Wire::to(database.port());
    let options = Opts::from_url(&database.url_at(wire.port())).unwrap();
    // Otherwise it goes over to the server's socket, past the proxy.
    let options = OptsBuilder::from_opts(options).prefer_socket(false);
    let mut connection = Conn::new(options).await.unwrap();
    wire.hold();
    let passed = wire.passed(Toward::Server);
    let query =
        tokio::spawn(async move { connection.query_drop("CREATE TABLE t (a integer)").await });
    tokio::task::yield_now().await;
    assert_eq!(wire.passed(Toward::Server), passed);
    assert_eq!(database.run("SHOW TABLES"), "");
    wire.release();
    query.await.unwrap().unwrap();
    assert_eq!(database.run("SHOW TABLES"), "t");
}

/// A database with the table `t`, behind the simulation.
fn simulated() -> Option<(Database, CockroachLike)> {
    let database = Postgres::shared()?.database();
    database.run("CREATE TABLE t (a integer)");
    let proxy = CockroachLike::in_front_of(&database);
    Some((database, proxy))
}

#[tokio::test]
async fn simulated_cockroachdb_says_what_it_is() {
    let Some((_, proxy)) = simulated() else {
        return;
    };
    let client = connect(&proxy.url()).await.unwrap();
    for sql in [
        "SELECT version()",
        "SHOW crdb_version",
        "SELECT pg_catalog.version();",
    ] {
        assert!(
            first(&client, sql).await.starts_with("CockroachDB"),
            "{sql}"
        );
        let row = client
            .query_one(sql.trim_end_matches(';'), &[])
            .await
            .unwrap();
        assert!(row.get::<_, &str>(0).starts_with("CockroachDB"), "{sql}");
    }
    for sql in [
        "SELECT pg_advisory_lock(1)",
        "SELECT pg_try_advisory_xact_lock(1)",
    ] {
        let undefined = SqlState::UNDEFINED_FUNCTION.code();
        assert_eq!(code(client.simple_query(sql).await), undefined);
        assert_eq!(code(client.query(sql, &[]).await), undefined);
    }
    assert_eq!(first(&client, "SELECT 1 + 1").await, "2");
    let row = client.query_one("SELECT $1 || 'b'", &[&"a"]).await.unwrap();
    assert_eq!(row.get::<_, &str>(0), "ab");
}

/// `COMMIT` by the simple protocol and by the extended one.
async fn commit(client: &Client, simple: bool) -> Result<(), Error> {
    if simple {
        client.batch_execute("COMMIT").await
    } else {
        client.execute("COMMIT", &[]).await.map(drop)
    }
}

#[tokio::test]
async fn simulated_commits_fail() {
    let Some((database, proxy)) = simulated() else {
        return;
    };
    let undo = "DROP INDEX i".to_owned();
    let aborted = Fault::SchemaChangeAborted { undo };
    let faults = [
        (Fault::Retry, "40001", "0"),
        (aborted, "XXA00", "1"),
        (Fault::LostBefore, "lost", "0"),
        (Fault::LostAfter, "lost", "1"),
    ];
    for (fault, expected, rows) in &faults {
        for simple in [true, false] {
            database.run("TRUNCATE t; DROP INDEX IF EXISTS i");
            let client = connect(&proxy.url()).await.unwrap();
            client
                .batch_execute("BEGIN; CREATE INDEX i ON t (a); INSERT INTO t VALUES (1)")
                .await
                .unwrap();
            proxy.next_commit(fault.clone());
            let failed = code(commit(&client, simple).await);
            assert_eq!(failed, *expected, "{fault:?} {simple}");
            assert_eq!(
                database.run("SELECT count(*) FROM t"),
                *rows,
                "{fault:?} {simple}"
            );
            let index = database.run("SELECT count(*) FROM pg_indexes WHERE indexname = 'i'");
            assert_eq!(
                index == "1",
                *fault == Fault::LostAfter,
                "{fault:?} {simple}"
            );
            if failed != "lost" {
                // The session goes on, outside any transaction.
                client
                    .batch_execute("BEGIN; INSERT INTO t VALUES (2); COMMIT")
                    .await
                    .unwrap();
            }
        }
    }
    assert_eq!(proxy.happened(), 8);
}

#[tokio::test]
async fn simulated_statements_fail() {
    let Some((database, proxy)) = simulated() else {
        return;
    };
    let client = connect(&proxy.url()).await.unwrap();
    proxy.next("create index", Fault::Retry);
    proxy.next("create index", Fault::LostAfter);
    let sql = "CREATE INDEX i ON t (a)";
    assert_eq!(code(client.batch_execute(sql).await), "40001");
    assert_eq!(first(&client, "SELECT 1").await, "1");
    assert_eq!(code(client.batch_execute(sql).await), "lost");
    assert_eq!(
        database.run("SELECT count(*) FROM pg_indexes WHERE indexname = 'i'"),
        "1"
    );
}
