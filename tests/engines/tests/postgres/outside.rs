//! `transaction = false`: what was cut off half way is found out by the schema.

use migrate_core::{Down, Request, postgres};
use migrate_test_servers::{Database, Postgres};

use crate::{histories::of, up};

fn index(database: &Database) -> String {
    database.run("SELECT relname, indisvalid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE relname LIKE 'users_id%' ORDER BY relname")
}

#[test]
fn steps_are_done_and_undone() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let database = server.database();
    up("outside", &database).unwrap();
    assert_eq!(index(&database), "users_id|t");
    assert_eq!(
        database.run("SELECT email FROM users WHERE id = 7"),
        "USER 7"
    );
    assert_eq!(
        database.run("SELECT state, steps_done, steps_begun FROM _migrations WHERE seq = 2"),
        "applied|3|3"
    );
    assert_eq!(
        database.run("SELECT holder, session FROM _migrations_lock"),
        "|"
    );
    let mut connection = postgres::open(&database.url()).unwrap();
    of("outside")
        .run(&mut connection, &Request::Down(Down::Count(1)))
        .unwrap();
    assert_eq!(index(&database), "");
}

/// A statement that fails by itself leaves an invalid index, which must not be taken for the one that is wanted.
#[test]
fn an_index_that_fails_leaves_nothing() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    for set in ["outside", "if not exists"] {
        let database = server.database();
        let twice = "INSERT INTO users SELECT 1, 'twice'";
        if set == "outside" {
            let mut connection = postgres::open(&database.url()).unwrap();
            of(set)
                .run(&mut connection, &Request::Apply("001_users".into()))
                .unwrap();
        } else {
            database.run("CREATE TABLE users (id BIGINT, email TEXT)");
            database.run(twice);
        }
        database.run(twice);
        let text = up(set, &database).unwrap_err().to_string();
        assert!(
            text.contains("could not create unique index") && text.contains("Key (id)=(1)"),
            "{text}"
        );
        assert_eq!(index(&database), "");
        database.run("DELETE FROM users WHERE email = 'twice'");
        up(set, &database).unwrap();
        assert_eq!(index(&database), "users_id|t");
    }
}

/// What a run has left that was killed while its index was half made.
fn killed(database: &Database) {
    database.run(
        "CREATE TABLE users (id BIGINT, email TEXT); INSERT INTO users VALUES (1, 'a'), (1, 'b')",
    );
    let _ = up("if not exists", database).unwrap_err();
    database.run("UPDATE _migrations SET steps_begun = 1, step_before = 'indexes ', error = NULL");
    database
        .run("UPDATE _migrations_lock SET token = token + 1, holder = 'dead', session = '1 1.5'");
    let _ = database.try_run("CREATE UNIQUE INDEX CONCURRENTLY users_id ON users (id)");
    assert_eq!(index(database), "users_id|f");
    database.run("DELETE FROM users WHERE email = 'b'");
}

#[test]
fn an_invalid_index_is_dropped_and_made_again() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let database = server.database();
    killed(&database);
    up("if not exists", &database).unwrap();
    assert_eq!(index(&database), "users_id|t");
    assert_eq!(database.run("SELECT state FROM _migrations"), "applied");
}

#[test]
fn an_index_that_was_made_is_not_made_again() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let database = server.database();
    killed(&database);
    database.run("DROP INDEX users_id");
    database.run("CREATE UNIQUE INDEX users_id ON users (id)");
    let before = database.run("SELECT 'users_id'::regclass::oid");
    up("if not exists", &database).unwrap();
    assert_eq!(database.run("SELECT 'users_id'::regclass::oid"), before);
}

/// An index that was invalid before is nobody's business.
#[test]
fn an_index_of_somebody_else_stays() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let database = server.database();
    database.run(
        "CREATE TABLE users (id BIGINT, email TEXT); INSERT INTO users VALUES (1, 'a'), (2, 'a')",
    );
    let _ = database.try_run("CREATE UNIQUE INDEX CONCURRENTLY users_id_other ON users (email)");
    up("if not exists", &database).unwrap();
    assert_eq!(index(&database), "users_id|t\nusers_id_other|f");
}

#[test]
fn a_drop_that_was_cut_off_goes_on() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let database = server.database();
    database.run("CREATE TABLE users (id BIGINT)");
    up("if not exists", &database).unwrap();
    let oid = database.run("SELECT 'users_id'::regclass::oid");
    database.run(&format!(
        "UPDATE _migrations SET state = 'reverting', steps_done = 0, steps_begun = 1, step_before = 'indexes {oid}'"
    ));
    database.run("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'users_id'::regclass");
    let mut connection = postgres::open(&database.url()).unwrap();
    of("if not exists")
        .run(&mut connection, &Request::Down(Down::All))
        .unwrap();
    assert_eq!(index(&database), "");
    assert_eq!(database.run("SELECT count(*) FROM _migrations"), "0");
}

#[test]
fn a_detachment_that_was_begun_is_ended() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    for pending in [true, false] {
        let database = server.database();
        database.run("CREATE TABLE parted (a INT) PARTITION BY LIST (a); CREATE TABLE part PARTITION OF parted FOR VALUES IN (1)");
        if pending {
            let error = up("misplaced", &database).unwrap_err();
            assert!(error.to_string().contains("transaction = false"), "{error}");
            database.run(
                "UPDATE pg_inherits SET inhdetachpending = true WHERE inhrelid = 'part'::regclass",
            );
            let mut connection = postgres::open(&database.url()).unwrap();
            of("detached")
                .run(&mut connection, &Request::Baseline(None))
                .unwrap();
            database.run("UPDATE _migrations SET state = 'applying', steps_done = 0, steps_begun = 1, step_before = 'attached'");
        }
        up("detached", &database).unwrap();
        assert_eq!(database.run("SELECT count(*) FROM pg_inherits"), "0");
    }
}

/// Who shows signs of life is waited for; who shows none for the whole time is not.
#[test]
fn a_dead_holder_is_taken_over_from() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let database = server.database();
    database.run("CREATE TABLE users (id BIGINT)");
    let mut connection = postgres::open(&database.url()).unwrap();
    of("blog").plan(&mut connection, &Request::Fresh).unwrap();
    of("if not exists")
        .run(&mut connection, &Request::Baseline(None))
        .unwrap();
    database.run(
        "DELETE FROM _migrations; UPDATE _migrations_lock SET holder = 'somebody', session = NULL",
    );
    let none = std::time::Duration::ZERO;
    let error = of("if not exists")
        .timeout(none)
        .up(&mut connection)
        .unwrap_err();
    assert!(error.is_locked(), "{error}");
    assert!(error.to_string().contains("another run on"), "{error}");
    let short = std::time::Duration::from_millis(50);
    of("if not exists")
        .lock_ttl(short)
        .up(&mut connection)
        .unwrap();
    assert_eq!(index(&database), "users_id|t");
}
