//! SQLite without blocking: the same methods with `_async`, on a connection that others use too.
#![cfg(all(feature = "sqlite", feature = "tokio"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test panics where it fails"
)]

use std::{
    future::Future,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Waker},
};

use migrate_core::{
    AsyncConnection, Event, Observer, Request, Up, prelude::*, rusqlite::Connection,
};
use tokio::sync::Notify;

#[migration(
    "20260101_create_users",
    up = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)",
    down = "DROP TABLE users"
)]
struct CreateUsers;

#[migration(
    "20260102_create_posts",
    up = "CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT)",
    down = "DROP TABLE posts"
)]
struct CreatePosts;

struct Slow;

/// For ever, unless it is interrupted.
const FOR_EVER: &str = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) \
                        INSERT INTO half SELECT max(i) FROM n";

#[migration("20260103_slow", environments = ["slow"])]
impl Migration for Slow {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!("CREATE TABLE half (a INTEGER)"));
        steps.sql(Sql::unchecked(FOR_EVER));
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP TABLE half"));
    }
}

struct SlowStep;

static AT_WORK: Notify = Notify::const_new();

#[migration("20260104_slow_step", transaction = false, environments = ["slow step"])]
impl Migration for SlowStep {
    fn up(&self, steps: &mut Steps) {
        steps.run("for ever", |connection: &Connection| {
            connection.execute_batch("BEGIN; CREATE TABLE half (a INTEGER)")?;
            AT_WORK.notify_one();
            connection.execute_batch(FOR_EVER)?;
            Ok(())
        });
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("SELECT 1"));
    }
}

type Shared = Arc<Mutex<Connection>>;

fn shared(connection: Connection) -> Shared {
    Arc::new(Mutex::new(connection))
}

fn memory() -> Shared {
    shared(Connection::open_in_memory().unwrap())
}

fn tables(shared: &Shared) -> Vec<String> {
    let connection = shared.lock().unwrap();
    let mut statement = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        .unwrap();
    let names = statement.query_map([], |row| row.get(0)).unwrap();
    names.collect::<Result<_, _>>().unwrap()
}

/// What a program does with a migrator, written once for `up` and once for `up_async`.
macro_rules! same_api {
    ($connection:expr, $up:ident, $run:ident, $plan:ident, $status:ident, $applied:ident, $pending:ident,
     $current:ident, $is_applied:ident, $down:ident $(, $await:tt)?) => {{
        let (migrator, connection) = (Migrator::new().environment("production"), $connection);
        let first = Request::Up(Up::To("20260101".to_owned()));
        assert_eq!(migrator.$plan(connection, &first)$(.$await)?.unwrap().migrations.len(), 1);
        assert_eq!(migrator.$pending(connection)$(.$await)?.unwrap().len(), 2);
        assert_eq!(migrator.$run(connection, &first)$(.$await)?.unwrap().done.len(), 1);
        assert!(migrator.$is_applied(connection, "20260101")$(.$await)?.unwrap());
        assert!(!migrator.$is_applied(connection, "20260102")$(.$await)?.unwrap());
        assert!(migrator.$is_applied(connection, "20990101")$(.$await)?.unwrap_err().is_usage());
        assert_eq!(migrator.$up(connection)$(.$await)?.unwrap().done.len(), 1);
        assert_eq!(
            migrator.$current(connection)$(.$await)?.unwrap().as_deref(),
            Some("20260102_create_posts")
        );
        let applied = migrator.$applied(connection)$(.$await)?.unwrap();
        assert_eq!(applied.len(), 2);
        assert_eq!(applied[0].description, "create users");
        assert!(!applied[0].applied_at.is_empty());
        assert_eq!(migrator.$down(connection)$(.$await)?.unwrap().done.len(), 1);
        assert_eq!(migrator.$status(connection)$(.$await)?.unwrap().pending().count(), 1);
    }};
}

#[test]
fn blocking() {
    let mut connection = Connection::open_in_memory().unwrap();
    same_api!(
        &mut connection,
        up,
        run,
        plan,
        status,
        applied,
        pending,
        current_version,
        is_applied,
        down
    );
    let mut shared = memory();
    same_api!(
        &mut shared,
        up,
        run,
        plan,
        status,
        applied,
        pending,
        current_version,
        is_applied,
        down
    );
}

#[tokio::test]
async fn asynchronous() {
    let mut shared = memory();
    same_api!(
        &mut shared,
        up_async,
        run_async,
        plan_async,
        status_async,
        applied_async,
        pending_async,
        current_version_async,
        is_applied_async,
        down_async,
        await
    );
}

#[tokio::test]
async fn by_url() {
    let mut database = migrate_core::Database::open("sqlite::memory:").unwrap();
    same_api!(
        &mut database,
        up_async,
        run_async,
        plan_async,
        status_async,
        applied_async,
        pending_async,
        current_version_async,
        is_applied_async,
        down_async,
        await
    );
}

/// Futures may go to another thread, and live as long as they like.
#[tokio::test(flavor = "multi_thread")]
async fn futures_spawn() {
    let shared = memory();
    let mut own = Arc::clone(&shared);
    let migrator = Migrator::new().environment("production");
    let runs = (0..4).map(|_| {
        let (migrator, mut own) = (migrator.clone(), Arc::clone(&own));
        tokio::spawn(async move { migrator.up_async(&mut own).await.unwrap().done.len() })
    });
    let mut done = 0;
    for run in runs.collect::<Vec<_>>() {
        done += run.await.unwrap();
    }
    assert_eq!(done, 2);
    assert_eq!(tables(&shared), ["_migrations", "posts", "users"]);
    let by_name: &mut dyn AsyncConnection = &mut own;
    assert!(migrator.pending_async(by_name).await.unwrap().is_empty());
}

/// Tells when a step has begun.
#[derive(Clone, Debug, Default)]
struct Begun(Arc<Notify>);

impl Observer for Begun {
    fn event(&self, event: &Event<'_>) {
        if let Event::StepStarted { what, .. } = event
            && what.contains("RECURSIVE")
        {
            self.0.notify_one();
        }
    }
}

/// A future that is dropped interrupts the statement and takes its migration back; the next run goes on.
#[tokio::test]
async fn dropped_in_a_transaction() {
    let folder = tempfile::tempdir().unwrap();
    for mut shared in [
        memory(),
        shared(Connection::open(folder.path().join("app.db")).unwrap()),
    ] {
        let begun = Begun::default();
        let migrator = Migrator::new().environment("slow").observer(begun.clone());
        tokio::select! {
            result = migrator.up_async(&mut shared) => panic!("it has ended: {result:?}"),
            () = begun.0.notified() => {}
        }
        // It waits for the connection, which is had when all was rolled back.
        let next = Migrator::new().environment("production");
        assert!(next.up_async(&mut shared).await.unwrap().done.is_empty());
        assert_eq!(tables(&shared), ["_migrations", "posts", "users"]);
        assert!(shared.lock().unwrap().is_autocommit());
    }
}

#[tokio::test]
async fn dropped_outside_a_transaction() {
    let mut shared = memory();
    let migrator = Migrator::new().environment("slow step");
    tokio::select! {
        result = migrator.up_async(&mut shared) => panic!("it has ended: {result:?}"),
        () = AT_WORK.notified() => {}
    }
    assert_eq!(tables(&shared), ["_migrations", "posts", "users"]);
    assert!(shared.lock().unwrap().is_autocommit());
    // Nobody can know what a Rust step has done.
    let error = migrator.up_async(&mut shared).await.unwrap_err();
    assert!(error.to_string().contains("resolve"), "{error}");
}

/// One who waits for the connection and gives up does nothing when he gets it.
#[tokio::test]
async fn dropped_before_it_has_begun() {
    let shared = memory();
    let held = shared.lock().unwrap();
    let asked = Arc::new(AtomicBool::new(false));
    {
        let (mut own, asked) = (Arc::clone(&shared), Arc::clone(&asked));
        let migrator = Migrator::new().environment("production");
        let mut run = Box::pin(async move {
            asked.store(true, Ordering::SeqCst);
            migrator.up_async(&mut own).await
        });
        let first = run.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(first, Poll::Pending));
    }
    drop(held);
    assert!(asked.load(Ordering::SeqCst));
    // Whoever works has a handle of the connection until he has given up.
    while Arc::strong_count(&shared) > 1 {
        tokio::task::yield_now().await;
    }
    assert_eq!(tables(&shared), [""; 0]);
}

#[test]
fn a_runtime_is_asked_for() {
    let mut shared = memory();
    let migrator = Migrator::new();
    let mut run = Box::pin(migrator.up_async(&mut shared));
    match run.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Err(error)) => {
            assert!(
                error.to_string().contains("in a runtime of tokio"),
                "{error}"
            );
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_panic_is_a_panic_and_leaves_nothing() {
    #[derive(Debug)]
    struct Panics;
    impl Observer for Panics {
        fn event(&self, event: &Event<'_>) {
            assert!(!matches!(event, Event::StepStarted { .. }), "on purpose");
        }
    }
    let shared = memory();
    let mut own = Arc::clone(&shared);
    let run = tokio::spawn(async move {
        let migrator = Migrator::new().observer(Panics);
        migrator.up_async(&mut own).await
    });
    assert!(run.await.unwrap_err().is_panic());
    let mut again = Arc::clone(&shared);
    Migrator::new()
        .environment("production")
        .up_async(&mut again)
        .await
        .unwrap();
}
