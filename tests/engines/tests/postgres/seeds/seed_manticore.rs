//! A library with versions of 14 digits, for CockroachDB and PostgreSQL.

use std::thread;

use migrate_core::{Down, Request, Sql, Up};
use migrate_test_engines::{Histories, conformance::Subject};
use migrate_test_servers::{CockroachLike, Fault, Postgres};

use super::both_ways;
use crate::histories::of;

// SQL files, with a marker line between forth and back.
migrate_core::migrations!("tests/postgres/undo");

pub(crate) fn register() {
    let _ = Histories::new().with("manticore", |history| {
        history.add(
            "20240115093000_create_users",
            |steps| steps.sql(Sql::unchecked("CREATE TABLE users (id BIGINT PRIMARY KEY)")),
            |steps| steps.sql(Sql::unchecked("DROP TABLE users")),
        );
        history.add(
            "20240115093001_create_posts",
            |steps| steps.sql(Sql::unchecked("CREATE TABLE posts (id BIGINT PRIMARY KEY)")),
            |steps| steps.sql(Sql::unchecked("DROP TABLE posts")),
        );
        history.add(
            "20240229235959_create_likes",
            |steps| steps.sql(Sql::unchecked("CREATE TABLE likes (id BIGINT PRIMARY KEY)")),
            |steps| steps.sql(Sql::unchecked("DROP TABLE likes")),
        );
        history.add(
            "99991231235959_create_ends",
            |steps| steps.sql(Sql::unchecked("CREATE TABLE ends (id BIGINT PRIMARY KEY)")),
            |steps| steps.sql(Sql::unchecked("DROP TABLE ends")),
        );
    });
}

const ALL: [&str; 4] = [
    "20240115093000_create_users",
    "20240115093001_create_posts",
    "20240229235959_create_likes",
    "99991231235959_create_ends",
];

both_ways! {
    s3_1_migrations_are_objects_with_version_and_description
    s3_2_migrate_all_and_to_a_version
    s3_2_rollback_the_last_by_count_and_to_a_version
    s3_2_a_late_lower_version_is_applied
    s3_3_current_version_is_applied_and_applied
    s3_4_files_with_a_marker_line
    s3_5_a_migration_and_its_row_are_one
    s3_of_two_at_once_each_is_done_by_one
}

fn done<S: Subject>(it: &S, request: &Request) -> Vec<String> {
    let report = it.run(&of("manticore"), request).unwrap();
    report.names().into_iter().map(str::to_owned).collect()
}

fn up_to(version: &str) -> Request {
    Request::Up(Up::To(version.to_owned()))
}

fn s3_1_migrations_are_objects_with_version_and_description<S: Subject>() {
    let registry = of("manticore").registry().unwrap();
    let one = registry.iter().next().unwrap();
    assert_eq!(
        (one.id().version().to_string(), one.description()),
        ("20240115093000".to_owned(), "create users")
    );
    let Some(it) = S::new() else { return };
    let status = it.status(&of("manticore")).unwrap();
    assert_eq!(status.migrations[1].description, "create posts");
}

fn s3_2_migrate_all_and_to_a_version<S: Subject>() {
    let Some(it) = S::new() else { return };
    assert_eq!(done(&it, &up_to("20240115093001")), &ALL[..2]);
    assert_eq!(done(&it, &Request::Up(Up::All)), &ALL[2..]);
    assert_eq!(
        it.sql("SELECT id FROM _migrations ORDER BY seq DESC LIMIT 1"),
        ALL[3]
    );
}

fn s3_2_rollback_the_last_by_count_and_to_a_version<S: Subject>() {
    let Some(it) = S::new() else { return };
    done(&it, &Request::Up(Up::All));
    assert_eq!(
        done(&it, &Request::Down(Down::Count(3))),
        [ALL[3], ALL[2], ALL[1]]
    );
    done(&it, &Request::Up(Up::All));
    assert_eq!(
        done(&it, &Request::Down(Down::To("20240115093001".into()))),
        [ALL[3], ALL[2]]
    );
    assert_eq!(done(&it, &Request::Down(Down::Batches(1))), [ALL[1]]);
    assert_eq!(it.tables(), ["users"]);
}

/// It runs where that is asked for, and only then; what never ran is never taken back.
fn s3_2_a_late_lower_version_is_applied<S: Subject>() {
    let Some(it) = S::new() else { return };
    done(&it, &Request::Apply(ALL[2].into()));
    let error = it.run(&of("manticore"), &Request::Up(Up::All)).unwrap_err();
    assert!(error.to_string().contains(ALL[0]), "{error}");
    assert_eq!(done(&it, &Request::Down(Down::All)), [ALL[2]]);
    done(&it, &Request::Apply(ALL[2].into()));
    let late = of("manticore").out_of_order(migrate_core::Policy::Ignore);
    assert_eq!(
        it.run(&late, &Request::Up(Up::All)).unwrap().names(),
        [ALL[0], ALL[1], ALL[3]]
    );
}

fn s3_3_current_version_is_applied_and_applied<S: Subject>() {
    let Some(it) = S::new() else { return };
    let status = || it.status(&of("manticore")).unwrap();
    assert!(status().current().is_none());
    done(&it, &up_to("20240115093001"));
    assert_eq!(status().current().unwrap().id, ALL[1]);
    assert!(status().is_applied("20240115093000").unwrap());
    assert!(!status().is_applied("20240229235959").unwrap());
    assert!(
        status()
            .is_applied("20240301000000")
            .unwrap_err()
            .is_usage()
    );
    let applied = it.applied(&of("manticore")).unwrap();
    assert_eq!(
        (&*applied[0].id, &*applied[0].description),
        (ALL[0], "create users")
    );
    assert!(applied[0].applied_at.starts_with("20") && applied[0].applied_at.ends_with('Z'));
}

fn s3_4_files_with_a_marker_line<S: Subject>() {
    let Some(it) = S::new() else { return };
    let files = of(env!("CARGO_PKG_NAME"));
    it.run(&files, &Request::Up(Up::All)).unwrap();
    assert_eq!(it.tables(), ["labels", "notes"]);
    it.sql("INSERT INTO notes (id) VALUES (1)");
    assert_eq!(it.sql("SELECT body FROM notes"), "\n-- @UNDO");
    it.run(&files, &Request::Down(Down::All)).unwrap();
    assert!(it.tables().is_empty());
}

fn s3_5_a_migration_and_its_row_are_one<S: Subject>() {
    let Some(it) = S::new() else { return };
    done(&it, &up_to("20240115093000"));
    // The row cannot be written, so the table is not made.
    it.sql("ALTER TABLE _migrations ADD CHECK (seq < 2)");
    let error = it.run(&of("manticore"), &Request::Up(Up::All)).unwrap_err();
    assert!(
        error.to_string().contains("and so it was rolled back"),
        "{error}"
    );
    assert_eq!(it.tables(), ["users"]);
}

fn s3_of_two_at_once_each_is_done_by_one<S: Subject>() {
    let Some(it) = S::new() else { return };
    let both: Vec<Vec<String>> = thread::scope(|scope| {
        let run = || done(&it, &Request::Up(Up::All));
        let (one, two) = (scope.spawn(run), scope.spawn(run));
        vec![one.join().unwrap(), two.join().unwrap()]
    });
    let mut all = both.concat();
    all.sort();
    assert_eq!(all, ALL);
}

/// S3.5 and S3.6, *simulated*: conflicts are tried again, and there are no advisory locks.
#[test]
fn s3_6_simulated_cockroachdb() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let database = server.database();
    let cockroach = CockroachLike::in_front_of(&database);
    for _ in 0..3 {
        cockroach.next_commit(Fault::Retry);
    }
    let mut connection = migrate_core::postgres::open(&cockroach.url()).unwrap();
    assert_eq!(of("manticore").up(&mut connection).unwrap().names(), ALL);
    assert_eq!(cockroach.happened(), 3);
    assert_eq!(database.run("SELECT count(*) FROM _migrations"), "4");
}
