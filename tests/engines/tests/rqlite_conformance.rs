//! What is asked of every database, on rqlite: a single node, and three of which any may be asked; blocking and async.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test panics where it fails"
)]

use std::sync::Once;

use migrate_core::{
    Applied, Error, Migrator, Plan, Report, Request, Sql, Status, Steps,
    rqlite::{Connection, Reader, Value, connect},
};
use migrate_test_engines::{conformance, conformance::Subject};
use migrate_test_servers::Rqlite;

fn known<S: Subject>() {
    static KNOWN: Once = Once::new();
    KNOWN.call_once(conformance::register::<S>);
}

/// A step only reads, and all that it writes it returns.
fn rust_step(steps: &mut Steps, sql: &'static str, returned: &'static str) {
    steps.run("in Rust", move |_: &Reader<'_>| {
        Ok(vec![Sql::unchecked(sql), Sql::unchecked(returned)])
    });
}

fn connection(cluster: &Rqlite) -> Connection {
    let nodes = cluster.urls().join(",").replace("http://", "");
    connect(&format!("rqlite://{nodes}")).unwrap()
}

fn rows(cluster: &Rqlite, sql: &str) -> String {
    let answer: Value = serde_json::from_str(&cluster.run(&[sql])).unwrap();
    let rows = answer["results"][0]["values"].as_array().cloned();
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let line = |row: &Value| -> String {
        let values: Vec<String> = row.as_array().unwrap().iter().map(text).collect();
        values.join("|")
    };
    let lines: Vec<String> = rows.unwrap_or_default().iter().map(line).collect();
    lines.join("\n")
}

fn names(cluster: &Rqlite, own: bool) -> Vec<String> {
    let names = rows(
        cluster,
        "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name",
    );
    let is_own = |name: &&str| name.starts_with("_migrations") || name.starts_with("own_history");
    let names = names.lines().filter(|name| is_own(name) == own);
    names.map(str::to_owned).collect()
}

/// Blocking.
macro_rules! blocking {
    ($name:ident, $new:expr) => {
        struct $name(Rqlite);

        impl Subject for $name {
            fn new() -> Option<Self> {
                known::<Self>();
                $new.map(Self)
            }
            fn rust_step(steps: &mut Steps, sql: &'static str, returned: &'static str) {
                rust_step(steps, sql, returned);
            }
            fn run(&self, migrator: &Migrator, request: &Request) -> Result<Report, Error> {
                migrator.run(&mut connection(&self.0), request)
            }
            fn plan(&self, migrator: &Migrator, request: &Request) -> Result<Plan, Error> {
                migrator.plan(&mut connection(&self.0), request)
            }
            fn status(&self, migrator: &Migrator) -> Result<Status, Error> {
                migrator.status(&mut connection(&self.0))
            }
            fn applied(&self, migrator: &Migrator) -> Result<Vec<Applied>, Error> {
                migrator.applied(&mut connection(&self.0))
            }
            fn sql(&self, sql: &str) -> String {
                rows(&self.0, sql)
            }
            fn tables(&self) -> Vec<String> {
                names(&self.0, false)
            }
            fn own_tables(&self) -> Vec<String> {
                names(&self.0, true)
            }
        }
    };
}

blocking!(OnNode, Rqlite::single());
blocking!(OnThree, Rqlite::start());

/// Async.
struct Spawned(OnNode);

/// In a task, for which the future has to be `Send`.
fn spawned<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .unwrap();
    runtime.block_on(runtime.spawn(future)).unwrap()
}

impl Subject for Spawned {
    fn new() -> Option<Self> {
        OnNode::new().map(Self)
    }
    fn rust_step(steps: &mut Steps, sql: &'static str, returned: &'static str) {
        rust_step(steps, sql, returned);
    }
    fn run(&self, migrator: &Migrator, request: &Request) -> Result<Report, Error> {
        let (mut connection, migrator) = (connection(&self.0.0), migrator.clone());
        let request = request.clone();
        spawned(async move { migrator.run_async(&mut connection, &request).await })
    }
    fn plan(&self, migrator: &Migrator, request: &Request) -> Result<Plan, Error> {
        let (mut connection, migrator) = (connection(&self.0.0), migrator.clone());
        let request = request.clone();
        spawned(async move { migrator.plan_async(&mut connection, &request).await })
    }
    fn status(&self, migrator: &Migrator) -> Result<Status, Error> {
        let (mut connection, migrator) = (connection(&self.0.0), migrator.clone());
        spawned(async move { migrator.status_async(&mut connection).await })
    }
    fn applied(&self, migrator: &Migrator) -> Result<Vec<Applied>, Error> {
        let (mut connection, migrator) = (connection(&self.0.0), migrator.clone());
        spawned(async move { migrator.applied_async(&mut connection).await })
    }
    fn sql(&self, sql: &str) -> String {
        self.0.sql(sql)
    }
    fn tables(&self) -> Vec<String> {
        self.0.tables()
    }
    fn own_tables(&self) -> Vec<String> {
        self.0.own_tables()
    }
}

conformance!(single, super::OnNode);
conformance!(three, super::OnThree, up_and_down in_parts a_failure many_at_once);
conformance!(asynchronous, super::Spawned);
