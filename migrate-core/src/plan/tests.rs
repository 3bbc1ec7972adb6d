//! Any migrations, any history, any request: what must hold of what is decided.

mod decisions;
mod meanwhile;
mod random;
mod refusals;

use std::sync::Arc;

use migrate_schema::Dialect;

use crate::{
    history::{History, Progress, Row},
    migration::{Migration, Registration},
    registry::Registry,
    sql::Sql,
    steps::Steps,
};

use super::{Decision, PlanError, Policy, Request, Settings, Survey, decide};

/// A migration with one statement.
struct One;

impl Migration for One {
    fn up(&self, steps: &mut Steps) {
        steps.sql(Sql::unchecked("CREATE TABLE a (b)"));
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(Sql::unchecked("DROP TABLE a"));
    }
}

fn registration(set: &'static str, id: &'static str) -> Registration {
    Registration {
        checksum: Some("v1:now"),
        ..Registration::new(set, id, "src/a.rs", 7, &One)
    }
}

fn registry(registrations: impl IntoIterator<Item = Registration>) -> Registry {
    let leaked = registrations
        .into_iter()
        .map(|one| &*Box::leak(Box::new(one)));
    Registry::new(leaked, None).unwrap()
}

fn row(seq: i64, set: &str, id: &str) -> Row {
    Row {
        seq,
        set: Arc::from(set),
        id: id.to_owned().into(),
        checksum: "v1:now".into(),
        body: None,
        environment: Arc::from("test"),
        batch: 1,
        progress: Progress::Applied,
        before: None,
    }
}

fn settings() -> Settings {
    Settings {
        environment: "test".to_owned(),
        changed: Policy::Error,
        missing: Policy::Error,
        out_of_order: Policy::Error,
        stored_down: false,
    }
}

fn decided(
    registry: &Registry,
    history: &History,
    request: &Request,
    settings: &Settings,
) -> Result<Decision, PlanError> {
    let survey = Survey::new(registry, history, &settings.environment, Dialect::Sqlite);
    decide(&survey, request, settings)
}
