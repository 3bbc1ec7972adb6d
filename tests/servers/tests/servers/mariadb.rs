//! MariaDB.

use migrate_test_servers::MariaDb;
use mysql_async::{Conn, Opts, prelude::Queryable};

use crate::is_alive;

async fn read(url: &str, sql: &str) -> String {
    let mut connection = Conn::new(Opts::from_url(url).unwrap()).await.unwrap();
    let row: Option<String> = connection.query_first(sql).await.unwrap();
    connection.disconnect().await.unwrap();
    row.unwrap()
}

#[tokio::test]
async fn answers_by_each_way() {
    let Some(server) = MariaDb::shared() else {
        return;
    };
    let database = server.database();
    for url in [
        database.url(),
        database.socket_url(),
        database.password_url(),
    ] {
        assert_eq!(read(&url, "SELECT database()").await, database.name());
    }
    assert!(
        Conn::new(Opts::from_url(&database.tls_url()).unwrap())
            .await
            .is_err(),
        "without TLS"
    );
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
    let Some(server) = MariaDb::shared() else {
        return;
    };
    let mut command = std::process::Command::new("mariadb");
    command.args([
        "--no-defaults",
        "--host=127.0.0.1",
        "--user=tls_only",
        "--ssl-verify-server-cert",
    ]);
    command.arg(format!("--port={}", server.named("mysql").port()));
    command.arg(format!("--ssl-ca={}", server.authority().display()));
    command.args([
        "--skip-column-names",
        "--execute",
        "SHOW STATUS LIKE 'Ssl_version'",
    ]);
    let output = command.output().unwrap();
    assert!(
        String::from_utf8_lossy(&output.stdout).contains("TLS"),
        "{output:?}"
    );
}

#[test]
fn is_gone_when_dropped() {
    let Some(server) = MariaDb::start() else {
        return;
    };
    let id = server.process_id();
    assert!(is_alive(id));
    drop(server);
    assert!(!is_alive(id));
}

#[test]
fn keeps_what_was_committed_when_killed() {
    let Some(server) = MariaDb::start_with(&["--lower-case-table-names=1"]) else {
        return;
    };
    let database = server.database();
    database.run("CREATE TABLE T (a integer); INSERT INTO T VALUES (7)");
    let id = server.process_id();
    server.kill();
    assert!(!is_alive(id));
    server.restart();
    assert_eq!(database.run("SELECT a FROM t"), "7");
    server.stop();
    server.restart();
    assert_eq!(database.run("SELECT a FROM t"), "7");
    assert!(database.dump().contains("CREATE TABLE `t`"));
}
