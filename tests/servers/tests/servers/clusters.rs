//! Galera and rqlite: a node dies, the others go on, and it comes back.

use migrate_test_servers::{Database, Galera, Rqlite};

use crate::is_alive;

#[test]
fn galera() {
    let Some(cluster) = Galera::start() else {
        return;
    };
    let database = cluster.database();
    database.run("CREATE TABLE t (a integer PRIMARY KEY); INSERT INTO t VALUES (1)");
    let nodes = database.each();
    assert_eq!(nodes.len(), database.urls().len());
    let count = |node: &Database| node.run("SET wsrep_sync_wait = 15; SELECT count(*) FROM t");
    for node in &nodes {
        assert_eq!(count(node), "1");
    }

    let id = cluster.process_id(2);
    cluster.kill(2);
    assert!(!is_alive(id));
    // The two that are left are a majority, once they have noticed.
    while nodes[0].try_run("INSERT INTO t VALUES (2)").is_err() {}
    assert_eq!(count(&nodes[1]), "2");
    cluster.restart(2);
    assert_eq!(count(&nodes[2]), "2");

    // One that is stalled is put out, and comes back by itself.
    cluster.pause(1);
    while nodes[0].try_run("INSERT INTO t VALUES (3)").is_err() {}
    cluster.resume(1);
    cluster.wait(1);
    assert_eq!(count(&nodes[1]), "3");
    let ids = [0, 1, 2].map(|node| cluster.process_id(node));
    drop(cluster);
    assert!(!ids.into_iter().any(is_alive));
}

#[test]
fn rqlite() {
    let Some(cluster) = Rqlite::start() else {
        return;
    };
    assert_eq!(cluster.urls().len(), 3);
    cluster.run(&["CREATE TABLE t (a TEXT)", "INSERT INTO t VALUES ('\"1\"')"]);
    let leader = cluster.leader();
    cluster.kill(leader);
    assert_ne!(cluster.leader(), leader);
    cluster.restart(leader);
    let rows = cluster.run(&["SELECT a FROM t"]);
    assert!(rows.contains(r#""values":[["\"1\""]]"#), "{rows}");

    let next = cluster.leader();
    cluster.pause(next);
    let ids = [0, 1, 2].map(|node| cluster.process_id(node));
    drop(cluster);
    assert!(!ids.into_iter().any(is_alive));
}

#[test]
fn rqlite_of_one_node() {
    let Some(server) = Rqlite::single() else {
        return;
    };
    server.run(&["CREATE TABLE t (a TEXT)"]);
    assert_eq!(server.leader(), 0);
}
