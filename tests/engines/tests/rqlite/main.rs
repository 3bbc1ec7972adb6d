//! Migrations on real nodes of rqlite.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test panics where it fails"
)]

mod asynchronous;
mod contenders;
mod failures;
mod history;
mod keys;
mod lost;
mod migrations;
mod nodes;
mod outside;

use migrate_core::{
    Migrator,
    rqlite::{Connection, connect},
};
use migrate_test_servers::Rqlite;
use serde_json::Value;

/// The cluster as the URL of the driver names it.
fn url(cluster: &Rqlite) -> String {
    let nodes = cluster.urls();
    let hosts: Vec<&str> = nodes
        .iter()
        .map(|url| url.trim_start_matches("http://"))
        .collect();
    format!("rqlite://{}", hosts.join(","))
}

fn connection(cluster: &Rqlite) -> Connection {
    connect(&url(cluster)).unwrap()
}

/// The migrations that are of a scenario.
fn of(scenario: &str) -> Migrator {
    Migrator::new().environment(scenario).applied_by("tests")
}

/// The rows of a query, each as JSON writes it.
fn rows(cluster: &Rqlite, sql: &str) -> Vec<String> {
    let answer: Value = serde_json::from_str(&cluster.run(&[sql])).unwrap();
    let rows = answer["results"][0]["values"].as_array().cloned();
    let rows = rows.unwrap_or_default().into_iter();
    rows.map(|row| {
        let row = row.to_string();
        row.trim_matches(['[', ']']).to_owned()
    })
    .collect()
}

/// The names of everything in the database.
fn objects(cluster: &Rqlite) -> Vec<String> {
    let names = "SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name";
    let names = rows(cluster, names).into_iter();
    names.map(|name| name.replace('"', "")).collect()
}
