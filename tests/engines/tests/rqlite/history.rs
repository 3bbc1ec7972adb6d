//! Requests, and what is in the database behind them.

use migrate_core::{Down, Request, Tool, Up};

use migrate_test_servers::{Rqlite, Wire};

use crate::{connection, objects, of, rows};

#[test]
fn up_and_down() {
    let Some(cluster) = Rqlite::single() else {
        return;
    };
    let (migrator, mut connection) = (of("plain"), connection(&cluster));
    assert_eq!(
        migrator.pending(&mut connection).unwrap(),
        ["20260101_create_users", "20260102_create_posts"]
    );
    let plan = migrator
        .plan(&mut connection, &Request::Up(Up::All))
        .unwrap();
    assert_eq!(plan.migrations.len(), 2);
    // Who only reads makes nothing.
    assert_eq!(objects(&cluster), [""; 0]);

    migrator.up(&mut connection).unwrap();
    assert_eq!(
        objects(&cluster),
        [
            "_migrations",
            "_migrations_lock",
            "posts",
            "posts_titled",
            "users"
        ]
    );
    assert_eq!(
        rows(
            &cluster,
            "SELECT seq, id, state, steps, batch, applied_by FROM _migrations"
        ),
        [
            r#"1,"20260101_create_users","applied",2,1,"tests""#,
            r#"2,"20260102_create_posts","applied",2,1,"tests""#,
        ]
    );
    cluster.run(&["INSERT INTO posts (user) VALUES (1)"]);
    assert_eq!(
        rows(&cluster, "SELECT title FROM posts"),
        [r#""none; yet""#]
    );
    assert!(migrator.up(&mut connection).unwrap().done.is_empty());
    let applied = migrator.applied(&mut connection).unwrap();
    assert_eq!(
        (applied.len(), &*applied[1].id),
        (2, "20260102_create_posts")
    );

    let one = Request::Down(Down::Count(1));
    migrator.run(&mut connection, &one).unwrap();
    assert_eq!(
        migrator
            .current_version(&mut connection)
            .unwrap()
            .as_deref(),
        Some("20260101_create_users")
    );
    migrator.down(&mut connection).unwrap();
    assert_eq!(objects(&cluster), ["_migrations", "_migrations_lock"]);
}

#[test]
fn a_fresh_start_drops_everything_but_the_lock() {
    for options in [&[][..], &["-fk"]] {
        let Some(cluster) = Rqlite::single_with(options) else {
            return;
        };
        let (migrator, mut connection) = (of("wiped"), connection(&cluster));
        migrator.up(&mut connection).unwrap();
        cluster.run(&[
            "CREATE TABLE a_foreign (user INTEGER REFERENCES users (id))",
            "INSERT INTO a_foreign VALUES (1)",
            "CREATE VIEW v AS SELECT * FROM posts",
            "INSERT INTO posts (user) VALUES (2)",
        ]);
        let token = rows(&cluster, "SELECT token FROM _migrations_lock");
        migrator.run(&mut connection, &Request::Fresh).unwrap();
        assert_eq!(
            objects(&cluster),
            [
                "_migrations",
                "_migrations_lock",
                "posts",
                "posts_titled",
                "users"
            ]
        );
        assert_eq!(rows(&cluster, "SELECT count(*) FROM posts"), ["0"]);
        assert_ne!(rows(&cluster, "SELECT token FROM _migrations_lock"), token);
    }
}

/// One request, where nothing is to be done; and one more for each migration that is.
#[test]
fn requests_are_few() {
    let Some(cluster) = Rqlite::single() else {
        return;
    };
    let wire = Wire::to(port(&cluster));
    let mut connection =
        migrate_core::rqlite::connect(&format!("rqlite://127.0.0.1:{}", wire.port())).unwrap();
    let migrator = of("plain");
    migrator.up(&mut connection).unwrap();
    assert_eq!(
        wire.connections(),
        4,
        "one to read, one each, and one to read the token that was made"
    );
    migrator.up(&mut connection).unwrap();
    assert_eq!(wire.connections(), 5);
    migrator.status(&mut connection).unwrap();
    assert_eq!(wire.connections(), 6);
    migrator.down(&mut connection).unwrap();
    assert_eq!(wire.connections(), 9);
}

pub(crate) fn port(cluster: &Rqlite) -> u16 {
    let url = cluster.url();
    url.rsplit(':').next().unwrap().parse().unwrap()
}

#[test]
fn a_history_that_a_file_had_before_goes_on() {
    let Some(cluster) = Rqlite::single() else {
        return;
    };
    let (migrator, mut connection) = (of("plain"), connection(&cluster));
    let to = Request::Up(Up::To("20260101".to_owned()));
    migrator.run(&mut connection, &to).unwrap();
    // As SQLite's driver leaves it.
    cluster.run(&["DROP TABLE _migrations_lock"]);
    migrator.up(&mut connection).unwrap();
    // Somebody has emptied it.
    cluster.run(&["DELETE FROM _migrations_lock"]);
    migrator.down(&mut connection).unwrap();
    assert_eq!(
        rows(&cluster, "SELECT count(*) FROM _migrations_lock"),
        ["1"]
    );
}

#[test]
fn steps_read_and_return_what_is_to_be_written() {
    let Some(cluster) = Rqlite::single() else {
        return;
    };
    let (migrator, mut connection) = (of("reading"), connection(&cluster));
    migrator.up(&mut connection).unwrap();
    assert_eq!(
        rows(&cluster, "SELECT id, name FROM users"),
        [r#"1,"ann""#, r#"2,"bob?'""#]
    );
}

/// rqlite would put a number in its place, for ever.
#[test]
fn random_stays_in_definitions() {
    let Some(cluster) = Rqlite::single() else {
        return;
    };
    let (migrator, mut connection) = (of("random"), connection(&cluster));
    let to = Request::Up(Up::To("20260701".to_owned()));
    migrator.run(&mut connection, &to).unwrap();
    let written = rows(
        &cluster,
        "SELECT sql FROM sqlite_schema WHERE sql LIKE '%random()%'",
    );
    assert_eq!(written.len(), 2);
    let error = migrator.up(&mut connection).unwrap_err().to_string();
    assert!(
        error.contains("INSERT INTO dice") && error.contains("into a migration of its own"),
        "{error}"
    );
}

/// Booleans and times have types of their own in answers.
#[test]
fn the_history_of_another_tool_is_taken_over() {
    let Some(cluster) = Rqlite::single() else {
        return;
    };
    cluster.run(&[
        "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, \
         installed_on TIMESTAMP NOT NULL, success BOOLEAN NOT NULL, checksum BLOB NOT NULL, execution_time BIGINT NOT NULL)",
        "INSERT INTO _sqlx_migrations VALUES (20260101, 'create users', '2026-01-01 00:00:00', TRUE, x'8515', 1)",
    ]);
    let (migrator, mut connection) = (of("plain"), connection(&cluster));
    let adopt = Request::Adopt {
        tool: Tool::Sqlx,
        table: None,
    };
    migrator.run(&mut connection, &adopt).unwrap();
    assert_eq!(
        migrator.pending(&mut connection).unwrap(),
        ["20260102_create_posts"]
    );
}
