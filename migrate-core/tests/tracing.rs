//! The events of a run, as `tracing` sees them.
#![cfg(all(feature = "tracing", feature = "sqlite"))]
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows that a test may panic, but not its helpers"
)]

use std::{
    fmt::{Debug, Write},
    sync::{Arc, Mutex},
};

use migrate_core::{TracingObserver, prelude::*};
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

#[migration(
    "1_create_users",
    up = "CREATE TABLE users (id INTEGER PRIMARY KEY)",
    down = "DROP TABLE users"
)]
struct CreateUsers;

struct Greet;

#[migration(
    "2_greet",
    irreversible = "it is said",
    allow(undeclared_name, reason = "it has to fail")
)]
impl Migration for Greet {
    fn up(&self, steps: &mut Steps) {
        steps.log("hello");
        steps.sql(sql!("INSERT INTO nobody VALUES (1)"));
    }
}

/// Keeps each event as one line.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        match field.name() {
            "message" => write!(self.0, " {value:?}").unwrap(),
            "duration_ms" => {}
            name => write!(self.0, " {name}={value:?}").unwrap(),
        }
    }
}

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "migrate"
    }
    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }
    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

#[test]
fn every_event_is_sent_with_its_level() {
    let lines = Lines::default();
    let mut connection = rusqlite::Connection::open_in_memory().unwrap();
    tracing::subscriber::with_default(lines.clone(), || {
        let migrator = Migrator::new().observer(TracingObserver);
        assert!(migrator.up(&mut connection).is_err());
    });
    let set = "set=\"migrate-core\"";
    let expected = [
        "INFO run started migrations=2 steps=3".to_owned(),
        format!("INFO apply started {set} id=\"1_create_users\" steps=1"),
        "DEBUG CREATE TABLE users (id INTEGER PRIMARY KEY) step=1 of=1".to_owned(),
        format!("INFO apply done {set} id=\"1_create_users\""),
        format!("INFO apply started {set} id=\"2_greet\" steps=2"),
        format!("INFO hello {set} id=\"2_greet\""),
        "DEBUG INSERT INTO nobody VALUES (1) step=2 of=2".to_owned(),
        format!(
            "ERROR `2_greet` up failed at step 2 of 2: no such table: nobody {set} id=\"2_greet\""
        ),
    ];
    let sorted = |line: &str| {
        let mut words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        words.sort();
        words
    };
    let seen = lines.0.lock().unwrap();
    let seen: Vec<_> = seen.iter().map(|line| sorted(line)).collect();
    assert_eq!(
        seen,
        expected.iter().map(|line| sorted(line)).collect::<Vec<_>>()
    );
}
