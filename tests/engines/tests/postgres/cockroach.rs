//! What CockroachDB does otherwise, *simulated* in front of PostgreSQL. Nothing here ran on CockroachDB.

use migrate_core::{Down, Request, postgres};
use migrate_test_servers::{CockroachLike, Database, Fault, Postgres};

use crate::histories::of;

fn simulated() -> Option<(Database, CockroachLike)> {
    let database = Postgres::shared()?.database();
    let cockroach = CockroachLike::in_front_of(&database);
    Some((database, cockroach))
}

fn once(database: &Database) {
    assert_eq!(
        database.run("SELECT id, state, steps_done FROM _migrations ORDER BY seq"),
        "001_users|applied|3\n002_index|applied|1"
    );
    assert_eq!(database.run("SELECT id, email FROM users"), "1|ann");
    assert_eq!(
        database.run("SELECT count(*) FROM pg_indexes WHERE indexname = 'users_email'"),
        "1"
    );
}

#[test]
fn simulated_every_change_of_the_schema_is_a_step() {
    let Some((database, cockroach)) = simulated() else {
        return;
    };
    let mut connection = postgres::open(&cockroach.url()).unwrap();
    let plan = of("ddl")
        .plan(&mut connection, &Request::Up(migrate_core::Up::All))
        .unwrap();
    assert!(plan.migrations.iter().all(|one| !one.transaction));
    of("ddl").up(&mut connection).unwrap();
    once(&database);
    assert!(of("ddl").up(&mut connection).unwrap().done.is_empty());
    of("ddl")
        .run(&mut connection, &Request::Down(Down::All))
        .unwrap();
    assert_eq!(database.run("SELECT count(*) FROM _migrations"), "0");
}

#[test]
fn simulated_conflicts_are_tried_again() {
    let Some((database, cockroach)) = simulated() else {
        return;
    };
    for _ in 0..4 {
        cockroach.next_commit(Fault::Retry);
    }
    of("ddl")
        .up(&mut postgres::open(&cockroach.url()).unwrap())
        .unwrap();
    assert_eq!(cockroach.happened(), 4);
    once(&database);
}

/// Committed, but the change was taken back: it is seen, and made again.
#[test]
fn simulated_a_schema_change_that_is_taken_back_is_made_again() {
    let Some((database, cockroach)) = simulated() else {
        return;
    };
    cockroach.next(
        "create index",
        Fault::SchemaChangeAborted {
            undo: "DROP INDEX users_email".into(),
        },
    );
    of("ddl")
        .up(&mut postgres::open(&cockroach.url()).unwrap())
        .unwrap();
    assert_eq!(cockroach.happened(), 1);
    once(&database);
}

#[test]
fn simulated_lost_answers_are_looked_up() {
    for text in [
        "create table users",
        "alter table users",
        "create index",
        "insert into users",
    ] {
        for before in [true, false] {
            let Some((database, cockroach)) = simulated() else {
                return;
            };
            let fault = if before {
                Fault::LostBefore
            } else {
                Fault::LostAfter
            };
            cockroach.next(text, fault);
            let mut connection = postgres::open(&cockroach.url()).unwrap();
            if let Err(error) = of("ddl").up(&mut connection) {
                assert!(error.to_string().contains("lost"), "{error}");
                of("ddl").up(&mut connection).unwrap();
            }
            assert_eq!(cockroach.happened(), 1, "{text}");
            once(&database);
        }
    }
    for nth in [0, 1, 3, 6] {
        for before in [true, false] {
            let Some((database, cockroach)) = simulated() else {
                return;
            };
            for _ in 0..nth {
                cockroach.next_commit(Fault::Retry);
            }
            cockroach.next_commit(if before {
                Fault::LostBefore
            } else {
                Fault::LostAfter
            });
            let mut connection = postgres::open(&cockroach.url()).unwrap();
            if of("ddl").up(&mut connection).is_err() {
                of("ddl").up(&mut connection).unwrap();
            }
            once(&database);
        }
    }
}
