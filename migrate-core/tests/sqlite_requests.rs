//! Every request, status and policy, on a real database.
#![cfg(feature = "sqlite")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test panics where it fails"
)]

mod common;

use std::collections::BTreeSet;

use common::{Database, all, dump, has_history, objects, one, refused, states};
use migrate_core::{
    ActionKind, Down, PlannedStep, Policy, Request, State, Up, Warning, prelude::*,
    rusqlite::Connection,
};

struct CreateUsers;

#[migration(
    "20260101_create_users",
    allow(duplicate_index, reason = "a statement more")
)]
impl Migration for CreateUsers {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE);
             CREATE INDEX users_email ON users (email)"
        ));
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP TABLE users"));
    }
}

/// Everybody writes posts.
struct CreatePosts;

#[migration("20260101_02_create_posts", description = "the posts of the users")]
impl Migration for CreatePosts {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(
            "CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT NOT NULL)"
        ));
        steps.run("the first post", |tx: &rusqlite::Transaction<'_>| {
            tx.execute("INSERT INTO posts (title) VALUES ('Hello')", [])?;
            Ok(sql!("INSERT INTO posts (title) VALUES ('World')"))
        });
        steps.log("the posts are there");
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP TABLE posts"));
    }
}

/// How old they are.
#[migration(
    "20260102_add_age",
    up = "ALTER TABLE users ADD COLUMN age INTEGER",
    down = "ALTER TABLE users DROP COLUMN age"
)]
struct AddAge;

#[migration(
    "20260103_seed_development",
    up = "INSERT INTO users (email) VALUES ('ann@example.org')",
    down = "DELETE FROM users WHERE email = 'ann@example.org'",
    environments = ["development"]
)]
struct SeedDevelopment;

#[migration(
    "20260104_analyze_production",
    up = "ANALYZE",
    irreversible = "statistics are not worth it",
    environments = ["production", "staging"]
)]
struct AnalyzeProduction;

const USERS: &str = "20260101_create_users";
const POSTS: &str = "20260101_02_create_posts";
const AGE: &str = "20260102_add_age";
const SEED: &str = "20260103_seed_development";
const ANALYZE: &str = "20260104_analyze_production";

fn to(id: &str) -> Request {
    Request::Up(Up::To(id.to_owned()))
}

fn down_to(id: &str) -> Request {
    Request::Down(Down::To(id.to_owned()))
}

const UP: Request = Request::Up(Up::All);

fn memory() -> Connection {
    Connection::open_in_memory().unwrap()
}

fn batches(connection: &Connection) -> Vec<i64> {
    all(connection, "SELECT batch FROM _migrations ORDER BY seq")
}

fn ids(connection: &Connection) -> Vec<String> {
    all(connection, "SELECT id FROM _migrations ORDER BY seq")
}

#[test]
fn up_applies_what_is_pending_and_then_nothing() {
    let (migrator, mut connection) = (Migrator::new(), memory());
    assert_eq!(
        migrator.pending(&mut connection).unwrap(),
        [USERS, POSTS, AGE, SEED]
    );
    let report = migrator.up(&mut connection).unwrap();
    assert_eq!(report.names(), [USERS, POSTS, AGE, SEED]);
    assert!(report.warnings.is_empty());
    assert_eq!(
        all::<String>(&connection, "SELECT title FROM posts ORDER BY id"),
        ["Hello", "World"]
    );
    assert_eq!(
        one::<String>(&connection, "SELECT email FROM users"),
        "ann@example.org"
    );
    let before = dump(&connection);
    assert!(migrator.up(&mut connection).unwrap().is_empty());
    assert_eq!(dump(&connection), before);
}

#[test]
fn a_target_is_taken_along_on_the_way_up_and_left_on_the_way_down() {
    let (migrator, mut connection) = (Migrator::new(), memory());
    for (target, names) in [
        ("20260101_02", vec![USERS, POSTS]),
        ("add_age", vec![AGE]),
        (SEED, vec![SEED]),
    ] {
        assert_eq!(
            migrator.run(&mut connection, &to(target)).unwrap().names(),
            names
        );
    }
    assert_eq!(batches(&connection), [1, 1, 2, 3]);
    let report = migrator
        .run(
            &mut connection,
            &down_to("migrate-core/20260101_create_users"),
        )
        .unwrap();
    assert_eq!(report.names(), [SEED, AGE, POSTS]);
    assert!(
        report
            .done
            .iter()
            .all(|done| done.action == ActionKind::Revert)
    );
    assert_eq!(objects(&connection), ["users", "users_email"]);
}

#[test]
fn counts_and_batches() {
    let (migrator, mut connection) = (Migrator::new(), memory());
    let mut run = |request: Request| {
        let report = migrator.run(&mut connection, &request).unwrap();
        report
            .done
            .into_iter()
            .map(|done| done.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(run(Request::Up(Up::Count(1))), [USERS]);
    assert_eq!(run(Request::Up(Up::Count(2))), [POSTS, AGE]);
    assert_eq!(run(UP), [SEED]);
    assert_eq!(run(Request::Down(Down::Batches(2))), [SEED, AGE, POSTS]);
    // The number is taken again.
    assert_eq!(run(Request::Up(Up::Count(9))), [POSTS, AGE, SEED]);
    assert_eq!(run(Request::Down(Down::Count(2))), [SEED, AGE]);
    assert_eq!(run(Request::Down(Down::Batches(1))), [POSTS]);
    assert_eq!(run(Request::Down(Down::All)), [USERS]);
    assert_eq!(run(Request::Down(Down::All)), [""; 0]);
    assert!(objects(&connection).is_empty() && has_history(&connection));
}

#[test]
fn redo_keeps_the_batches() {
    let (migrator, mut connection) = (Migrator::new(), memory());
    for target in [USERS, POSTS, SEED] {
        migrator.run(&mut connection, &to(target)).unwrap();
    }
    let before = batches(&connection);
    let report = migrator
        .run(&mut connection, &Request::Redo(Down::Batches(2)))
        .unwrap();
    assert_eq!(report.names(), [SEED, AGE, POSTS, POSTS, AGE, SEED]);
    assert_eq!(batches(&connection), before);
    assert_eq!(ids(&connection), [USERS, POSTS, AGE, SEED]);
}

#[test]
fn rows_say_what_was_done() {
    let migrator = Migrator::new()
        .applied_by("ann@host")
        .environment("development");
    let mut connection = memory();
    migrator.up(&mut connection).unwrap();
    let applied = migrator.applied(&mut connection).unwrap();
    let posts = &applied[1];
    assert_eq!(
        (posts.seq, &*posts.set, &*posts.id),
        (2, "migrate-core", POSTS)
    );
    assert_eq!(posts.description, "the posts of the users");
    assert_eq!(applied[2].description, "How old they are.");
    assert!(posts.checksum.starts_with("v1:"));
    assert_eq!((posts.batch, posts.steps, &posts.error), (1, 3, &None));
    assert_eq!(
        (&*posts.environment, &*posts.applied_by),
        ("development", "ann@host")
    );
    assert_eq!(posts.program_version, env!("CARGO_PKG_VERSION"));
    let at = &posts.applied_at;
    assert!(
        at.len() == 24 && at.starts_with("20") && at.ends_with('Z') && &at[19..20] == ".",
        "{at}"
    );
    let text = "SELECT down FROM _migrations WHERE seq = 2";
    assert_eq!(one::<String>(&connection, text), "DROP TABLE posts");
    assert_eq!(
        applied
            .iter()
            .map(|row| &row.checksum)
            .collect::<BTreeSet<_>>()
            .len(),
        4
    );
}

#[test]
fn looking_writes_nothing() {
    let database = Database::new();
    std::fs::write(&database.path, "").unwrap();
    let (migrator, mut connection) = (Migrator::new(), database.open());
    assert_eq!(
        migrator.status(&mut connection).unwrap().pending().count(),
        4
    );
    assert_eq!(migrator.applied(&mut connection).unwrap(), []);
    assert_eq!(migrator.current_version(&mut connection).unwrap(), None);
    assert!(!migrator.is_applied(&mut connection, USERS).unwrap());
    for request in [
        UP,
        Request::Fresh,
        Request::Baseline(None),
        to(AGE),
        Request::Apply(AGE.to_owned()),
    ] {
        assert!(!migrator.plan(&mut connection, &request).unwrap().is_empty());
    }
    for request in [Request::Down(Down::All), Request::Redo(Down::Batches(1))] {
        assert!(migrator.plan(&mut connection, &request).unwrap().is_empty());
        assert!(migrator.run(&mut connection, &request).unwrap().is_empty());
    }
    assert_eq!(database.bytes(), b"");
    assert_eq!(database.files(), ["app.db"]);
    drop(connection);

    let mut connection = database.open();
    migrator.up(&mut connection).unwrap();
    let before = (database.bytes(), dump(&connection));
    migrator
        .plan(&mut connection, &Request::Down(Down::All))
        .unwrap();
    migrator.plan(&mut connection, &Request::Fresh).unwrap();
    migrator.status(&mut connection).unwrap();
    migrator.up(&mut connection).unwrap();
    assert_eq!((database.bytes(), dump(&connection)), before);
}

#[test]
fn a_plan_has_every_statement() {
    let (migrator, mut connection) = (Migrator::new(), memory());
    let plan = migrator.plan(&mut connection, &to(POSTS)).unwrap();
    assert_eq!((&*plan.request, &*plan.environment), ("up", "development"));
    assert_eq!(plan.names(), [USERS, POSTS]);
    let [users, posts] = &plan.migrations[..] else {
        panic!("{plan:?}")
    };
    assert!(users.transaction && !users.foreign_keys_off);
    let sql = |text: &str| PlannedStep::Sql {
        sql: text.to_owned(),
    };
    assert_eq!(
        users.steps,
        [
            sql("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE)"),
            sql("CREATE INDEX users_email ON users (email)"),
        ]
    );
    assert_eq!(posts.description, "the posts of the users");
    assert_eq!(
        posts.steps[1..],
        [
            PlannedStep::Run {
                label: "the first post".to_owned()
            },
            PlannedStep::Log {
                message: "the posts are there".to_owned()
            },
        ]
    );
    assert!(!has_history(&connection));
}

#[test]
fn environments_are_neither_pending_nor_missing() {
    let mut connection = memory();
    let production = Migrator::new().environment("production");
    assert_eq!(
        production.up(&mut connection).unwrap().names(),
        [USERS, POSTS, AGE, ANALYZE]
    );
    assert_eq!(
        states(&production, &mut connection)[3],
        (SEED.to_owned(), State::OtherEnvironment)
    );
    // What was applied elsewhere stays applied.
    let development = Migrator::new();
    assert_eq!(
        states(&development, &mut connection)[4],
        (ANALYZE.to_owned(), State::Applied)
    );
    assert_eq!(
        states(&development, &mut connection)[3],
        (SEED.to_owned(), State::OutOfOrder)
    );
    let error = refused(
        &production,
        &mut connection,
        &Request::Apply(SEED.to_owned()),
    );
    assert_eq!(
        error.to_string(),
        format!(
            "`{SEED}` is only for `development`, and the environment of this run is `production`"
        )
    );
}

#[test]
fn irreversible_ones_are_seen_before_the_first_statement() {
    let mut connection = memory();
    let migrator = Migrator::new().environment("staging");
    migrator.up(&mut connection).unwrap();
    let error = refused(&migrator, &mut connection, &Request::Down(Down::All));
    assert_eq!(
        error.to_string(),
        format!(
            "cannot be taken back: `{ANALYZE}` (statistics are not worth it). Nothing was done"
        )
    );
}

#[test]
fn one_by_name() {
    let (migrator, mut connection) = (Migrator::new(), memory());
    let apply = |name: &str| Request::Apply(name.to_owned());
    assert_eq!(
        migrator
            .run(&mut connection, &apply("create_posts"))
            .unwrap()
            .names(),
        [POSTS]
    );
    assert!(migrator.is_applied(&mut connection, POSTS).unwrap());
    assert_eq!(
        migrator
            .current_version(&mut connection)
            .unwrap()
            .as_deref(),
        Some(POSTS)
    );
    let error = refused(&migrator, &mut connection, &apply(POSTS));
    assert_eq!(error.to_string(), format!("`{POSTS}` is already applied"));
    let error = refused(&migrator, &mut connection, &apply("create_user"));
    assert!(error.is_usage());
    assert_eq!(
        error.to_string(),
        format!("there is no migration `create_user`: did you mean `{USERS}`?")
    );
    let error = refused(&migrator, &mut connection, &UP);
    assert!(error.to_string().starts_with(&format!(
        "out of order: `{USERS}` would run after a later one"
    )));
    let lenient = Migrator::new().out_of_order(Policy::Warn);
    let report = lenient.up(&mut connection).unwrap();
    assert_eq!(report.names(), [USERS, AGE, SEED]);
    assert_eq!(report.warnings, [Warning::OutOfOrder(USERS.to_owned())]);
    // The way back is the way it came.
    let report = migrator
        .run(&mut connection, &Request::Down(Down::All))
        .unwrap();
    assert_eq!(report.names(), [SEED, AGE, USERS, POSTS]);
}

#[test]
fn a_baseline_adopts_a_database() {
    let (migrator, mut connection) = (Migrator::new(), memory());
    connection
        .execute_batch("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE); CREATE TABLE posts (id)")
        .unwrap();
    let baseline = Request::Baseline(Some(POSTS.to_owned()));
    let report = migrator.run(&mut connection, &baseline).unwrap();
    assert_eq!(report.names(), [USERS, POSTS]);
    assert_eq!(migrator.up(&mut connection).unwrap().names(), [AGE, SEED]);
    assert_eq!(batches(&connection), [1, 1, 2, 2]);
    let error = refused(&migrator, &mut connection, &baseline);
    assert!(
        error
            .to_string()
            .starts_with("this database already has a history of 4 migrations")
    );
    // It can be taken back as if it had been applied.
    assert_eq!(
        migrator
            .run(&mut connection, &Request::Down(Down::All))
            .unwrap()
            .done
            .len(),
        4
    );
}
