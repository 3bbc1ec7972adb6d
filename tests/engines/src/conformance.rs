//! What is asked of every database, written once.
//!
//! A driver's test program has a [`Subject`] for each way to its servers, calls [`register`] before anything else, and
//! takes all tests by [`conformance!`](crate::conformance!).

use std::thread;

use migrate_core::{
    Applied, Down, Error, Migrator, Plan, Policy, Report, Request, Sql, State, Status, Steps, Up,
};

use crate::Histories;

/// A new, empty database, and a way to it.
pub trait Subject: Sized + Sync {
    /// Whether a migration that fails leaves nothing.
    const IS_TRANSACTIONAL: bool = true;
    /// Makes one. Nothing where the server is not installed, after that was said.
    fn new() -> Option<Self>;
    /// A step in Rust that runs this SQL, and returns more of it.
    fn rust_step(steps: &mut Steps, sql: &'static str, returned: &'static str);
    /// Does what is asked for.
    fn run(&self, migrator: &Migrator, request: &Request) -> Result<Report, Error>;
    /// What it would do.
    fn plan(&self, migrator: &Migrator, request: &Request) -> Result<Plan, Error>;
    /// How it stands.
    fn status(&self, migrator: &Migrator) -> Result<Status, Error>;
    /// What is applied.
    fn applied(&self, migrator: &Migrator) -> Result<Vec<Applied>, Error>;
    /// Runs SQL past the driver: the rows, one a line, with values separated by `|`.
    fn sql(&self, sql: &str) -> String;
    /// The names of all tables but those of the runner, in order.
    fn tables(&self) -> Vec<String>;
    /// The names of the runner's own tables.
    fn own_tables(&self) -> Vec<String>;
}

fn sql(steps: &mut Steps, text: &'static str) {
    steps.sql(Sql::unchecked(text));
}

/// Makes the histories known. Once in a process, before the first of them is asked for.
pub fn register<S: Subject>() {
    let _ = Histories::new()
        .with("conformance", |history| {
            history.add(
                "001_users",
                |steps| {
                    sql(
                        steps,
                        "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(50) NOT NULL)",
                    )
                },
                |steps| sql(steps, "DROP TABLE users"),
            );
            history.add(
                "002_rows",
                |steps| {
                    S::rust_step(
                        steps,
                        "INSERT INTO users (id, name) VALUES (1, 'it''s \\ ann')",
                        "INSERT INTO users (id, name) VALUES (2, 'bob; bob')",
                    );
                },
                |steps| sql(steps, "DELETE FROM users"),
            );
            history.add(
                "003_posts",
                |steps| {
                    sql(steps, "CREATE TABLE posts (id INTEGER PRIMARY KEY)");
                    sql(steps, "CREATE TABLE tags (id INTEGER PRIMARY KEY)");
                },
                |steps| {
                    sql(steps, "DROP TABLE tags");
                    sql(steps, "DROP TABLE posts");
                },
            );
        })
        .with("conformance_failing", |history| {
            history.add(
                "001_first",
                |steps| sql(steps, "CREATE TABLE first_one (id INTEGER PRIMARY KEY)"),
                |steps| sql(steps, "DROP TABLE first_one"),
            );
            history.add(
                "002_fails",
                |steps| {
                    sql(steps, "CREATE TABLE second_one (id INTEGER PRIMARY KEY)");
                    sql(steps, "INSERT INTO nowhere VALUES (1)");
                },
                |steps| sql(steps, "DROP TABLE second_one"),
            );
            history.add(
                "003_never",
                |steps| sql(steps, "CREATE TABLE third_one (id INTEGER PRIMARY KEY)"),
                |steps| sql(steps, "DROP TABLE third_one"),
            );
        })
        .with("conformance_failing_rust", |history| {
            history.add(
                "001_fails",
                |steps| S::rust_step(steps, "INSERT INTO nowhere VALUES (1)", "SELECT 1"),
                |steps| sql(steps, "SELECT 1"),
            );
        });
}

const ALL: [&str; 3] = ["001_users", "002_rows", "003_posts"];

fn migrator() -> Migrator {
    Migrator::of("conformance").applied_by("tests")
}

fn up() -> Request {
    Request::Up(Up::All)
}

fn ids(report: &Report) -> Vec<&str> {
    report.done.iter().map(|done| &*done.id).collect()
}

/// Who only looks, writes nothing.
pub fn looking_writes_nothing<S: Subject>() {
    let Some(it) = S::new() else { return };
    let pending: Vec<String> = it
        .status(&migrator())
        .unwrap()
        .pending()
        .map(|one| one.id.clone())
        .collect();
    assert_eq!(pending, ALL);
    assert_eq!(it.plan(&migrator(), &up()).unwrap().migrations.len(), 3);
    assert!(it.applied(&migrator()).unwrap().is_empty());
    let error = it
        .run(&migrator(), &Request::Up(Up::To("009".into())))
        .unwrap_err();
    assert!(error.is_usage(), "{error}");
    assert!(it.tables().is_empty() && it.own_tables().is_empty());
    assert!(
        it.run(&migrator(), &Request::Down(Down::Batches(1)))
            .unwrap()
            .done
            .is_empty()
    );
    assert!(it.own_tables().is_empty());
}

/// Everything up, and everything down.
pub fn up_and_down<S: Subject>() {
    let Some(it) = S::new() else { return };
    let report = it.run(&migrator(), &up()).unwrap();
    assert_eq!(ids(&report), ALL);
    assert_eq!(it.tables(), ["posts", "tags", "users"]);
    assert_eq!(
        it.sql("SELECT id, name FROM users ORDER BY id"),
        "1|it's \\ ann\n2|bob; bob"
    );
    let applied = it.applied(&migrator()).unwrap();
    let seen: Vec<_> = applied
        .iter()
        .map(|one| (one.seq, &*one.id, one.batch, one.steps))
        .collect();
    assert_eq!(
        seen,
        [(1, ALL[0], 1, 1), (2, ALL[1], 1, 1), (3, ALL[2], 1, 2)]
    );
    assert_eq!(
        (&*applied[0].applied_by, &*applied[0].program_version),
        ("tests", "1.0.0")
    );
    assert!(it.run(&migrator(), &up()).unwrap().done.is_empty());
    let report = it.run(&migrator(), &Request::Down(Down::All)).unwrap();
    assert_eq!(ids(&report), [ALL[2], ALL[1], ALL[0]]);
    assert!(it.tables().is_empty());
    assert!(it.applied(&migrator()).unwrap().is_empty());
}

/// Part of it, by count and by name, in batches.
pub fn in_parts<S: Subject>() {
    let Some(it) = S::new() else { return };
    it.run(&migrator(), &Request::Up(Up::Count(1))).unwrap();
    it.run(&migrator(), &Request::Up(Up::To("2".into())))
        .unwrap();
    it.run(&migrator(), &up()).unwrap();
    let batches = |it: &S| -> Vec<i64> {
        it.applied(&migrator())
            .unwrap()
            .iter()
            .map(|one| one.batch)
            .collect()
    };
    assert_eq!(batches(&it), [1, 2, 3]);
    let redone = it.run(&migrator(), &Request::Redo(Down::Count(2))).unwrap();
    assert_eq!(ids(&redone), [ALL[2], ALL[1], ALL[1], ALL[2]]);
    assert_eq!(batches(&it), [1, 2, 3]);
    it.run(&migrator(), &Request::Down(Down::Batches(1)))
        .unwrap();
    it.run(&migrator(), &Request::Down(Down::To("001".into())))
        .unwrap();
    assert_eq!(
        it.status(&migrator()).unwrap().current().unwrap().id,
        ALL[0]
    );
    it.run(&migrator(), &Request::Apply("003_posts".into()))
        .unwrap();
    assert_eq!(it.tables(), ["posts", "tags", "users"]);
    assert_eq!(it.sql("SELECT count(*) FROM users"), "0");
}

/// What fails names itself. What was before it stays, and what comes behind does not run.
pub fn a_failure<S: Subject>() {
    let Some(it) = S::new() else { return };
    let failing = Migrator::of("conformance_failing");
    let error = it.run(&failing, &up()).unwrap_err();
    let text = error.to_string();
    for words in [
        "`002_fails` up failed at step 2 of 2",
        "nowhere",
        "| INSERT INTO nowhere VALUES (1)",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert_eq!(ids(error.report()), ["001_first"]);
    if S::IS_TRANSACTIONAL {
        assert_eq!(it.tables(), ["first_one"]);
        assert!(text.contains("rolled back whole"), "{text}");
        assert_eq!(it.applied(&failing).unwrap().len(), 1);
    } else {
        assert_eq!(it.tables(), ["first_one", "second_one"]);
        assert!(
            text.contains("the next run goes on with this step"),
            "{text}"
        );
    }
    // Made right from outside, it goes on.
    it.sql("CREATE TABLE nowhere (id INTEGER PRIMARY KEY)");
    let report = it.run(&failing, &up()).unwrap();
    assert_eq!(ids(&report), ["002_fails", "003_never"]);
    assert_eq!(it.sql("SELECT count(*) FROM nowhere"), "1");
}

/// The same in Rust.
pub fn a_failure_in_rust<S: Subject>() {
    let Some(it) = S::new() else { return };
    let text = it
        .run(&Migrator::of("conformance_failing_rust"), &up())
        .unwrap_err()
        .to_string();
    assert!(
        text.contains("`001_fails` up failed at step 1 of 1") && text.contains("nowhere"),
        "{text}"
    );
    assert!(it.tables().is_empty());
}

/// Everything is dropped, and made again.
pub fn fresh<S: Subject>() {
    let Some(it) = S::new() else { return };
    it.sql("CREATE TABLE stray (id INTEGER PRIMARY KEY)");
    it.run(&migrator(), &up()).unwrap();
    let report = it.run(&migrator(), &Request::Fresh).unwrap();
    assert_eq!(report.done.len(), 4, "{report:?}");
    assert_eq!(it.tables(), ["posts", "tags", "users"]);
    assert_eq!(it.applied(&migrator()).unwrap().len(), 3);
}

/// What is there already is recorded without being run.
pub fn baseline<S: Subject>() {
    let Some(it) = S::new() else { return };
    it.sql("CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(50) NOT NULL)");
    it.run(&migrator(), &Request::Baseline(Some("002_rows".into())))
        .unwrap();
    assert_eq!(it.applied(&migrator()).unwrap().len(), 2);
    let report = it.run(&migrator(), &up()).unwrap();
    assert_eq!(ids(&report), ["003_posts"]);
    assert_eq!(it.sql("SELECT count(*) FROM users"), "0");
}

/// A migration that the program no longer has: refused, taken back by the SQL that was kept, or forgotten.
pub fn what_is_gone<S: Subject>() {
    for stored in [true, false] {
        let Some(it) = S::new() else { return };
        it.run(&migrator(), &up()).unwrap();
        it.sql("UPDATE _migrations SET id = '004_gone' WHERE seq = 3");
        let error = it.run(&migrator(), &up()).unwrap_err();
        assert!(error.to_string().contains("004_gone"), "{error}");
        let status = it.status(&migrator()).unwrap();
        assert!(
            status
                .problems()
                .any(|one| matches!(one.state, State::Missing)),
            "{status:?}"
        );
        let lenient = migrator().missing(Policy::Warn);
        if stored {
            it.run(&lenient.stored_down(true), &Request::Down(Down::Count(1)))
                .unwrap();
            assert_eq!(it.tables(), ["users"]);
        } else {
            it.run(&lenient, &Request::Forget(vec!["004_gone".into()]))
                .unwrap();
            assert_eq!(it.tables(), ["posts", "tags", "users"]);
        }
        assert_eq!(it.applied(&migrator()).unwrap().len(), 2);
    }
}

/// A checksum that is another one is refused, or accepted where that is asked for.
pub fn what_has_changed<S: Subject>() {
    let Some(it) = S::new() else { return };
    it.run(&migrator(), &Request::Up(Up::Count(1))).unwrap();
    it.sql("UPDATE _migrations SET checksum = 'v1:other'");
    let error = it.run(&migrator(), &up()).unwrap_err();
    assert!(error.to_string().contains("001_users"), "{error}");
    assert_eq!(it.tables(), ["users"]);
    it.run(&migrator(), &Request::Repair(vec!["001_users".into()]))
        .unwrap();
    assert_eq!(it.run(&migrator(), &up()).unwrap().done.len(), 2);
}

/// A table of this name that is another's, and a history that was damaged.
pub fn what_is_no_history<S: Subject>() {
    let Some(it) = S::new() else { return };
    it.sql("CREATE TABLE _migrations (version INTEGER PRIMARY KEY)");
    let error = it.run(&migrator(), &up()).unwrap_err();
    assert!(
        error.to_string().contains("is not a history of this tool"),
        "{error}"
    );
    let elsewhere = migrator().table("own_history");
    it.run(&elsewhere, &up()).unwrap();
    assert_eq!(it.sql("SELECT count(*) FROM own_history"), "3");
    it.sql("UPDATE own_history SET state = 'half' WHERE seq = 2");
    let error = it.run(&elsewhere, &up()).unwrap_err();
    assert!(
        error.to_string().contains("row 2 has the state \"half\""),
        "{error}"
    );
    assert_eq!(it.sql("SELECT count(*) FROM own_history"), "3");
}

/// Each is done by one of many.
pub fn many_at_once<S: Subject>() {
    for request in [up(), Request::Down(Down::All)] {
        let Some(it) = S::new() else { return };
        if request != up() {
            it.run(&migrator(), &up()).unwrap();
        }
        let reports: Vec<Report> = thread::scope(|scope| {
            let one = || it.run(&migrator(), &request).unwrap();
            let threads: Vec<_> = (0..6).map(|_| scope.spawn(one)).collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        let mut done: Vec<&str> = reports.iter().flat_map(ids).collect();
        done.sort_unstable();
        assert_eq!(done, ALL);
        let left = if request == up() { 3 } else { 0 };
        assert_eq!(it.applied(&migrator()).unwrap().len(), left);
        assert_eq!(it.tables().len(), left);
    }
}

/// All of it, as tests of a subject.
#[macro_export]
macro_rules! conformance {
    ($module:ident, $subject:ty) => {
        $crate::conformance!($module, $subject,
            looking_writes_nothing up_and_down in_parts a_failure a_failure_in_rust fresh baseline what_is_gone
            what_has_changed what_is_no_history many_at_once);
    };
    ($module:ident, $subject:ty, $($test:ident)+) => {
        mod $module {
            $(#[test]
            fn $test() {
                $crate::conformance::$test::<$subject>();
            })+
        }
    };
}
