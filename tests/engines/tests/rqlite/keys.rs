//! Foreign keys, which only a node's options switch.

use migrate_test_servers::Rqlite;

use crate::{connection, of, rows};

#[test]
fn a_table_is_made_again() {
    let Some(cluster) = Rqlite::single() else {
        return;
    };
    of("rebuilding").up(&mut connection(&cluster)).unwrap();
    assert_eq!(rows(&cluster, "SELECT count(*) FROM children"), ["3"]);
    assert_eq!(rows(&cluster, "PRAGMA foreign_key_check"), [""; 0]);
    assert_eq!(
        rows(&cluster, "SELECT violations FROM _migrations_lock"),
        ["null"]
    );
}

#[test]
fn rows_that_would_refer_to_nothing_stop_it() {
    let Some(cluster) = Rqlite::single() else {
        return;
    };
    let text = of("orphaning")
        .up(&mut connection(&cluster))
        .unwrap_err()
        .to_string();
    assert!(
        text.contains("2 rows of `children` to `parents` refer to what is not there"),
        "{text}"
    );
    assert_eq!(rows(&cluster, "SELECT count(*) FROM parents"), ["2"]);
    // What was wrong before is nobody's fault.
    cluster.run(&[
        "DELETE FROM children",
        "INSERT INTO children (parent) VALUES (7)",
    ]);
    of("orphaning").up(&mut connection(&cluster)).unwrap();
}

#[test]
fn where_they_are_enforced_children_are_not_lost() {
    let Some(cluster) = Rqlite::single_with(&["-fk"]) else {
        return;
    };
    let text = of("rebuilding")
        .up(&mut connection(&cluster))
        .unwrap_err()
        .to_string();
    assert!(text.contains("enforces foreign keys (`-fk`)"), "{text}");
    assert_eq!(rows(&cluster, "SELECT count(*) FROM children"), ["3"]);
}
