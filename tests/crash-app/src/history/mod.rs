//! The migrations, by what is special about them.

mod bulk;
mod outside;
mod rebuilt;
mod tables;
mod written_in_rust;

use std::env;

use migrate_core::{Sql, Steps};

/// Leaves the mark of a migration: what has run is counted, and a second time would count twice.
fn mark(steps: &mut Steps, way: &str, id: &str) {
    steps.sql(marks(way, id));
}

fn marks(way: &str, id: &str) -> Vec<Sql> {
    vec![
        Sql::unchecked(format!(
            "INSERT INTO trace (id, way) VALUES ('{id}', '{way}')"
        )),
        Sql::unchecked(format!("UPDATE counter SET n = n + 1 WHERE name = '{way}'")),
    ]
}

/// How many rows the larger steps write.
fn rows() -> i64 {
    let given = env::var(crate::ROWS)
        .ok()
        .and_then(|rows| rows.parse().ok());
    given.unwrap_or(300)
}
