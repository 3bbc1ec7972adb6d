//! PostgreSQL, its standby, and the pool in front of it.

use migrate_test_servers::{Database, PgBouncer, Postgres};
use tokio_postgres::NoTls;

use crate::is_alive;

/// What this driver reads where it connects by this URL.
async fn read(url: &str, sql: &str) -> String {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    let rows = client.simple_query(sql).await.unwrap();
    drop(client);
    connection.await.unwrap().unwrap();
    let row = rows.iter().find_map(|message| match message {
        tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    });
    row.unwrap().to_owned()
}

#[tokio::test]
async fn answers_by_each_way() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let database = server.database();
    for url in [
        database.url(),
        database.socket_url(),
        database.password_url(),
    ] {
        assert_eq!(
            read(&url, "SELECT current_database()").await,
            database.name()
        );
    }
    let refused = tokio_postgres::connect(&database.tls_url(), NoTls).await;
    assert!(refused.is_err(), "without TLS");
    assert_eq!(database.run("SELECT 1, 'a'; SELECT 2"), "1|a\n2");
    assert!(
        database
            .try_run("SELECT nothing")
            .unwrap_err()
            .contains("nothing")
    );
}

#[test]
fn tls_is_on() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let url = server.database().tls_url();
    let authority = server.authority().display();
    let url = format!("{url}?sslmode=verify-full&sslrootcert={authority}");
    let psql = |url: &str| {
        let sql = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
        let mut command = std::process::Command::new("psql");
        command.args(["-XAtc", sql, url]).output().unwrap()
    };
    assert_eq!(psql(&url).stdout, b"t\n", "{:?}", psql(&url));
}

#[test]
fn databases_are_of_each_test_alone() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let (one, other) = (server.database(), server.database());
    one.run("CREATE TABLE t (a integer)");
    other.run("CREATE TABLE t (a text)");
    assert_ne!(one.dump(), other.dump());
    other.run("DROP TABLE t; CREATE TABLE t (a integer)");
    assert_eq!(one.dump(), other.dump());
}

#[test]
fn is_gone_when_dropped() {
    let Some(server) = Postgres::start() else {
        return;
    };
    let id = server.process_id();
    let socket = server.named("postgres").socket_url();
    assert!(is_alive(id));
    drop(server);
    assert!(!is_alive(id));
    let folder = socket
        .split("host=")
        .nth(1)
        .unwrap()
        .split('&')
        .next()
        .unwrap();
    assert!(!std::path::Path::new(folder).exists());
}

#[test]
fn keeps_what_was_committed_when_killed() {
    let Some(server) = Postgres::start() else {
        return;
    };
    let database = server.database();
    database.run("CREATE TABLE t (a integer)");
    let id = server.process_id();
    server.kill();
    assert!(!is_alive(id));
    server.restart();
    assert_eq!(database.run("SELECT count(*) FROM t"), "0");
    server.stop();
    assert!(database.try_run("SELECT 1").is_err());
    server.restart();
    assert_eq!(database.run("SELECT 1"), "1");
}

#[test]
fn a_stalled_one_answers_later() {
    let Some(server) = Postgres::start() else {
        return;
    };
    let database = server.database();
    server.pause();
    let waiting = {
        let database = database.clone();
        std::thread::spawn(move || database.run("SELECT 1"))
    };
    server.resume();
    assert_eq!(waiting.join().unwrap(), "1");
    // Whoever stalls one need not let it go on.
    server.pause();
    let id = server.process_id();
    drop(server);
    assert!(!is_alive(id));
}

#[test]
fn version_18() {
    let Some(server) = Postgres::shared_18() else {
        return;
    };
    let version = server.database().run("SHOW server_version_num");
    assert!(version.starts_with("18"), "{version}");
}

#[test]
fn a_standby_follows_and_refuses_to_write() {
    let Some(server) = Postgres::start() else {
        return;
    };
    let standby = server.standby();
    let database = server.database();
    database.run("CREATE TABLE t (a integer)");
    let replica: Database = standby.of(&database);
    assert_eq!(
        replica.run("SELECT pg_is_in_recovery(), count(*) FROM t"),
        "t|0"
    );
    let refused = replica.try_run("INSERT INTO t VALUES (1)").unwrap_err();
    assert!(refused.contains("read-only"), "{refused}");
}

/// What a session keeps is not the same session's in the next transaction.
#[tokio::test]
async fn a_pool_hands_sessions_around() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let Some(pool) = PgBouncer::in_front_of(server) else {
        return;
    };
    let database = pool.of(&server.database());
    let connect = async || {
        let connected = tokio_postgres::connect(&database.url(), NoTls).await;
        let (client, connection) = connected.unwrap();
        tokio::spawn(connection);
        client
    };
    let (one, other) = (connect().await, connect().await);
    one.batch_execute("BEGIN").await.unwrap();
    other
        .batch_execute("SET search_path = nowhere")
        .await
        .unwrap();
    one.batch_execute("COMMIT").await.unwrap();
    let mut seen = Vec::new();
    for _ in 0..4 {
        let rows = one.simple_query("SHOW search_path").await.unwrap();
        seen.extend(rows.iter().filter_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        }));
    }
    assert!(seen.contains(&"nowhere".to_owned()), "{seen:?}");
}
