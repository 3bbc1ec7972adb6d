//! `transaction = false`.

use std::time::Duration;

use migrate_core::{Request, Up};
use migrate_test_servers::Rqlite;

use crate::{connection, of, rows};

#[test]
fn each_statement_is_done_once() {
    let Some(cluster) = Rqlite::single() else {
        return;
    };
    let (migrator, mut connection) = (of("outside"), connection(&cluster));
    let text = migrator.up(&mut connection).unwrap_err().to_string();
    assert!(
        text.contains("no such table: missing") && text.contains("step 4 of 5"),
        "{text}"
    );
    assert_eq!(
        rows(
            &cluster,
            "SELECT state, steps_done, steps_begun FROM _migrations"
        ),
        [r#""applying",3,3"#]
    );
    assert_eq!(
        rows(&cluster, "SELECT holder FROM _migrations_lock"),
        ["null"]
    );
    cluster.run(&[
        "CREATE TABLE missing (a TEXT)",
        "INSERT INTO missing VALUES ('found')",
    ]);
    migrator.up(&mut connection).unwrap();
    assert_eq!(
        rows(&cluster, "SELECT line FROM logs"),
        [r#""first""#, r#""found""#, r#""last""#]
    );
    migrator.down(&mut connection).unwrap();
    assert_eq!(rows(&cluster, "SELECT count(*) FROM _migrations"), ["0"]);
}

/// A run that was killed leaves its name behind. It is taken over from when it does not beat.
#[test]
fn a_dead_holder_is_taken_over_from() {
    let Some(cluster) = Rqlite::single() else {
        return;
    };
    cluster.run(&["CREATE TABLE missing (a TEXT)"]);
    let migrator = of("outside").lock_ttl(Duration::from_millis(50));
    let mut connection = connection(&cluster);
    let none = Request::Up(Up::Count(1));
    cluster.run(&["CREATE TABLE other (a TEXT)"]);
    migrator.run(&mut connection, &none).unwrap();
    migrator.down(&mut connection).unwrap();
    cluster.run(&["UPDATE _migrations_lock SET holder = 'somebody'"]);
    // Who is not waited for long enough counts as alive.
    let impatient = of("outside").timeout(Duration::ZERO);
    let error = impatient.up(&mut connection).unwrap_err();
    assert!(error.is_locked(), "{error}");
    migrator.up(&mut connection).unwrap();
    assert_eq!(
        rows(&cluster, "SELECT holder FROM _migrations_lock"),
        ["null"]
    );
}
