//! What fails, and what is said of it.

use std::time::Duration;

use migrate_core::{Error, rqlite::connect};
use migrate_test_servers::Rqlite;

use crate::{connection, objects, of, rows};

fn failure(scenario: &str, cluster: &Rqlite) -> Error {
    of(scenario).up(&mut connection(cluster)).unwrap_err()
}

#[test]
fn the_statement_that_failed_is_named_and_nothing_is_left() {
    let Some(cluster) = Rqlite::single() else {
        return;
    };
    let error = failure("failing", &cluster);
    let text = error.to_string();
    for words in [
        "20260202_fails",
        "step 2 of 3",
        "INSERT INTO nowhere VALUES (1)",
        "no such table: nowhere",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert_eq!(error.report().done.len(), 1);
    assert_eq!(
        objects(&cluster),
        ["_migrations", "_migrations_lock", "before"]
    );
    assert_eq!(
        rows(&cluster, "SELECT id FROM _migrations"),
        [r#""20260201_before""#]
    );
}

#[test]
fn a_step_that_cannot_read_says_why() {
    let Some(cluster) = Rqlite::single() else {
        return;
    };
    let text = failure("misreading", &cluster).to_string();
    assert!(
        text.contains("no such table: nowhere") && text.contains("| read"),
        "{text}"
    );
    assert_eq!(objects(&cluster), [""; 0]);
}

/// A raw COMMIT would tear the batch in two.
#[test]
fn nobody_ends_the_batch() {
    let Some(cluster) = Rqlite::single() else {
        return;
    };
    let text = failure("committing", &cluster).to_string();
    assert!(text.contains("COMMIT"), "{text}");
    assert_eq!(objects(&cluster), [""; 0]);
}

#[test]
fn pragmas_of_the_nodes_are_refused() {
    let Some(cluster) = Rqlite::single() else {
        return;
    };
    let text = failure("pragma", &cluster).to_string();
    assert!(text.contains("where the nodes are started"), "{text}");
    let text = failure("step outside", &cluster).to_string();
    assert!(text.contains("without `transaction = false`"), "{text}");
}

#[test]
fn another_table_is_not_taken_for_the_history() {
    let Some(cluster) = Rqlite::single() else {
        return;
    };
    cluster.run(&["CREATE TABLE _migrations (version TEXT)"]);
    let text = failure("plain", &cluster).to_string();
    assert!(text.contains("is not a history of this tool"), "{text}");
    cluster.run(&[
        "DROP TABLE _migrations",
        "CREATE TABLE _migrations_lock (pid TEXT)",
    ]);
    let text = failure("plain", &cluster).to_string();
    assert!(text.contains("is not the lock of this tool"), "{text}");
}

#[test]
fn who_does_not_answer_is_named() {
    let failure = |url: &str| {
        of("plain")
            .up(&mut connect(url).unwrap())
            .unwrap_err()
            .to_string()
    };
    // Nobody listens there.
    let text = failure("rqlite://ann:s3cret@127.0.0.1:1");
    assert!(
        text.contains(
            "rqlite at `127.0.0.1:1` does not answer (http://127.0.0.1:1: connection refused)"
        ),
        "{text}"
    );
    assert!(!text.contains("s3cret"), "{text}");
    let text = failure("rqlite://no-such-host.invalid");
    assert!(text.contains("no-such-host.invalid:4001"), "{text}");
    let schema = of("plain")
        .schema("app")
        .up(&mut connect("rqlite://127.0.0.1:1").unwrap());
    assert!(
        schema
            .unwrap_err()
            .to_string()
            .contains("rqlite has no schemas")
    );
}

#[test]
fn users_need_their_password() {
    let folder = std::env::temp_dir().join(format!("rqlite-users-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("users.json");
    let users = r#"[{"username": "ann", "password": "p@ss:w/rd", "perms": ["all"]}, {"username": "*", "perms": ["ready"]}]"#;
    std::fs::write(&file, users).unwrap();
    let Some(cluster) = Rqlite::single_with(&["-auth", file.to_str().unwrap()]) else {
        return;
    };
    std::fs::remove_dir_all(&folder).unwrap();
    let at = cluster.url().replace("http://", "");
    let up = |user: &str| of("plain").up(&mut connect(&format!("rqlite://{user}{at}")).unwrap());
    for user in ["", "ann:wrong@", "eve:p%40ss%3Aw%2Frd@"] {
        let text = up(user).unwrap_err().to_string();
        assert!(text.contains("refuses the user or the password"), "{text}");
    }
    assert_eq!(up("ann:p%40ss%3Aw%2Frd@").unwrap().done.len(), 2);
}

#[test]
fn a_cluster_without_a_leader_is_waited_for() {
    let Some(cluster) = Rqlite::start() else {
        return;
    };
    let leader = cluster.leader();
    let others: Vec<usize> = (0..3).filter(|node| *node != leader).collect();
    others.iter().for_each(|node| cluster.kill(*node));
    let migrator = of("plain").timeout(Duration::from_millis(1));
    let text = migrator
        .up(&mut connection(&cluster))
        .unwrap_err()
        .to_string();
    assert!(text.contains("for an answer"), "{text}");
    // One comes back while it is waited for.
    std::thread::scope(|scope| {
        let run = scope.spawn(|| of("plain").up(&mut connection(&cluster)).unwrap());
        cluster.restart(others[0]);
        assert_eq!(run.join().unwrap().done.len(), 2);
    });
}
