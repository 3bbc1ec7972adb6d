//! What is changed, missing or of another set, and an older program on a newer database.
#![cfg(feature = "sqlite")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test panics where it fails"
)]

mod common;

use common::{all, objects, one, refused, states};
use migrate_core::{
    ActionKind, Down, PlannedStep, Policy, Request, State, Up, Warning, prelude::*,
    rusqlite::Connection,
};

const USERS: &str = "001_create_users";
const POSTS: &str = "002_create_posts";
const AGE: &str = "003_add_age";

#[migration(
    "001_create_users",
    up = "CREATE TABLE users (id INTEGER PRIMARY KEY)",
    down = "DROP TABLE users"
)]
struct CreateUsers;

#[migration(
    "002_create_posts",
    up = "CREATE TABLE posts (id INTEGER PRIMARY KEY)",
    down = "DROP TABLE posts"
)]
struct CreatePosts;

#[migration(
    "003_add_age",
    up = "ALTER TABLE users ADD COLUMN age INTEGER",
    down = "ALTER TABLE users DROP COLUMN age"
)]
struct AddAge;

#[migration(
    "004_create_tags",
    up = "CREATE TABLE tags (id INTEGER PRIMARY KEY)",
    down = "DROP TABLE tags"
)]
struct CreateTags;

const UP: Request = Request::Up(Up::All);

fn migrated() -> (Migrator, Connection) {
    let (migrator, mut connection) = (Migrator::new(), Connection::open_in_memory().unwrap());
    migrator.up(&mut connection).unwrap();
    (migrator, connection)
}

fn ids(connection: &Connection) -> Vec<String> {
    all(connection, "SELECT id FROM _migrations ORDER BY seq")
}

#[test]
fn a_changed_one_is_refused_until_it_is_accepted() {
    let (migrator, mut connection) = migrated();
    let now: String = one(
        &connection,
        "SELECT checksum FROM _migrations WHERE seq = 3",
    );
    connection
        .execute_batch("UPDATE _migrations SET checksum = 'v1:other' WHERE seq = 3")
        .unwrap();
    assert_eq!(states(&migrator, &mut connection)[2].1, State::Changed);
    for request in [UP, Request::Down(Down::All), Request::Redo(Down::Count(2))] {
        let error = refused(&migrator, &mut connection, &request);
        assert!(
            error
                .to_string()
                .starts_with(&format!("changed since applied: `{AGE}`.")),
            "{error}"
        );
    }
    let lenient = Migrator::new().changed(Policy::Warn);
    assert_eq!(
        lenient.up(&mut connection).unwrap().warnings,
        [Warning::Changed(AGE.to_owned())]
    );
    let ignorant = Migrator::new().changed(Policy::Ignore);
    assert!(ignorant.up(&mut connection).unwrap().warnings.is_empty());

    let repair = Request::Repair(vec!["add_age".to_owned()]);
    let report = migrator.run(&mut connection, &repair).unwrap();
    assert_eq!(
        report.done[0].checksums,
        Some(("v1:other".to_owned(), now.clone()))
    );
    assert_eq!(
        one::<String>(
            &connection,
            "SELECT checksum FROM _migrations WHERE seq = 3"
        ),
        now
    );
    assert!(migrator.up(&mut connection).unwrap().is_empty());
    let error = refused(&migrator, &mut connection, &repair);
    assert_eq!(
        error.to_string(),
        format!("`{AGE}` is not changed: there is nothing to accept")
    );
}

fn newer(connection: &Connection) {
    connection
        .execute_batch(
            "INSERT INTO _migrations (seq, set_name, id, checksum, batch, state, steps_done, steps_begun, environment,
                 steps, description, applied_at, duration_ms, applied_by, program_version, down)
             VALUES (5, 'migrate-core', '005_newer', 'v1:x', 2, 'applied', 1, 1, 'development',
                 1, 'of a newer program', '2026-01-05T00:00:00.000Z', 1, 'bob', '2.0.0', 'DROP TABLE newer');
             CREATE TABLE newer (a)",
        )
        .unwrap();
}

#[test]
fn a_missing_one_is_refused_until_it_is_forgotten() {
    let (migrator, mut connection) = migrated();
    newer(&connection);
    let status = migrator.status(&mut connection).unwrap();
    let missing = status.problems().next().unwrap();
    assert_eq!(
        (&*missing.id, &missing.state, &missing.place),
        ("005_newer", &State::Missing, &None)
    );
    assert_eq!(missing.description, "of a newer program");
    for request in [
        UP,
        Request::Down(Down::Batches(1)),
        Request::Redo(Down::Batches(1)),
    ] {
        let error = refused(&migrator, &mut connection, &request);
        assert!(
            error
                .to_string()
                .starts_with("applied, but not in this program: `005_newer`."),
            "{error}"
        );
    }
    let lenient = Migrator::new().missing(Policy::Warn);
    assert_eq!(
        lenient.up(&mut connection).unwrap().warnings,
        [Warning::Missing("005_newer".to_owned())]
    );
    let report = migrator
        .run(&mut connection, &Request::Forget(vec!["005".to_owned()]))
        .unwrap();
    assert_eq!(
        report.warnings,
        [Warning::Forgotten("005_newer".to_owned())]
    );
    assert_eq!(ids(&connection).len(), 4);
    assert_eq!(
        one::<i64>(
            &connection,
            "SELECT count(*) FROM _migrations WHERE seq = 5"
        ),
        0
    );
    assert!(migrator.up(&mut connection).unwrap().is_empty());
    let error = refused(
        &migrator,
        &mut connection,
        &Request::Forget(vec![AGE.to_owned()]),
    );
    assert!(
        error
            .to_string()
            .ends_with("take it back with `down` instead of forgetting it")
    );
}

/// An older program takes back what a newer one has applied: by the policy without its `down`, or by what was
/// stored.
#[test]
fn an_older_program_rolls_a_newer_one_back() {
    let (_, mut connection) = migrated();
    newer(&connection);
    let lenient = Migrator::new().missing(Policy::Warn);
    let report = lenient.down(&mut connection).unwrap();
    assert_eq!(report.done[0].action, ActionKind::Forget);
    assert_eq!(
        report.warnings,
        [Warning::Forgotten("005_newer".to_owned())]
    );
    assert!(objects(&connection).contains(&"newer".to_owned()));

    let (_, mut connection) = migrated();
    newer(&connection);
    let stored = Migrator::new().stored_down(true);
    let plan = stored
        .plan(&mut connection, &Request::Down(Down::Batches(1)))
        .unwrap();
    assert_eq!(plan.migrations[0].action, ActionKind::RevertStored);
    assert_eq!(
        plan.migrations[0].steps,
        [PlannedStep::Sql {
            sql: "DROP TABLE newer".to_owned()
        }]
    );
    let report = stored.down(&mut connection).unwrap();
    assert_eq!(report.names(), ["005_newer"]);
    assert!(!objects(&connection).contains(&"newer".to_owned()));
    assert_eq!(
        one::<i64>(
            &connection,
            "SELECT count(*) FROM _migrations WHERE seq = 5"
        ),
        0
    );

    newer(&connection);
    connection
        .execute_batch("UPDATE _migrations SET down = NULL WHERE seq = 5")
        .unwrap();
    let error = refused(&stored, &mut connection, &Request::Down(Down::Batches(1)));
    assert!(
        error
            .to_string()
            .starts_with("no SQL is stored that takes back `005_newer`"),
        "{error}"
    );
}

#[test]
fn sets_leave_each_other_alone() {
    let (migrator, mut connection) = migrated();
    connection
        .execute_batch("UPDATE _migrations SET set_name = 'other', id = '007_other' WHERE seq = 4")
        .unwrap();
    assert_eq!(
        states(&migrator, &mut connection)[4],
        ("007_other".to_owned(), State::Foreign)
    );
    let report = migrator
        .run(&mut connection, &Request::Down(Down::All))
        .unwrap();
    assert_eq!(report.names(), [AGE, POSTS, USERS]);
    assert_eq!(ids(&connection), ["007_other"]);
    let error = Migrator::of("other").up(&mut connection).unwrap_err();
    assert!(error.is_nothing_registered(), "{error}");
}
