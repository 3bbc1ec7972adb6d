//! The same without blocking.

use std::sync::Arc;

use migrate_core::{Event, Observer, Request, Up};
use migrate_test_servers::Rqlite;
use tokio::sync::Notify;

use crate::{connection, objects, of, url};

#[tokio::test]
async fn the_same_api() {
    let Some(cluster) = Rqlite::single() else {
        return;
    };
    let mut database = migrate_core::Database::open(&url(&cluster)).unwrap();
    let migrator = of("plain");
    let first = Request::Up(Up::To("20260101".to_owned()));
    migrator.run_async(&mut database, &first).await.unwrap();
    assert_eq!(
        migrator.pending_async(&mut database).await.unwrap(),
        ["20260102_create_posts"]
    );
    let mut connection = connection(&cluster);
    let up = async move { migrator.up_async(&mut connection).await.unwrap().done.len() };
    assert_eq!(tokio::spawn(up).await.unwrap(), 1);
    assert_eq!(
        of("plain")
            .applied_async(&mut database)
            .await
            .unwrap()
            .len(),
        2
    );
    of("plain").down_async(&mut database).await.unwrap();
}

#[derive(Debug)]
struct Begun(Arc<Notify>);

impl Observer for Begun {
    fn event(&self, event: &Event<'_>) {
        if let Event::StepStarted { .. } = event {
            self.0.notify_one();
        }
    }
}

/// What was not sent is not sent, and what was is there whole.
#[tokio::test]
async fn dropped() {
    let Some(cluster) = Rqlite::single() else {
        return;
    };
    let (begun, mut connection) = (Arc::new(Notify::new()), connection(&cluster));
    let migrator = of("plain").observer(Begun(Arc::clone(&begun)));
    tokio::select! {
        _ = migrator.up_async(&mut connection) => {}
        () = begun.notified() => {}
    }
    of("plain").up_async(&mut connection).await.unwrap();
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
}
