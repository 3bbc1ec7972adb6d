//! What is asked of every database, on PostgreSQL 15 and 18, blocking and async, and through a pool.

use std::sync::Once;

use migrate_core::{Applied, Error, Migrator, Plan, Report, Request, Sql, Status, Steps, postgres};
use migrate_test_engines::{conformance, conformance::Subject};
use migrate_test_servers::{Database, PgBouncer, Postgres};
use tokio_postgres::Transaction;

use crate::histories::of;

fn known() {
    static KNOWN: Once = Once::new();
    KNOWN.call_once(|| drop(of("blog")));
}

fn rust_step(steps: &mut Steps, sql: &'static str, returned: &'static str) {
    steps.run("in Rust", async move |tx: &Transaction<'_>| {
        tx.batch_execute(sql).await?;
        Ok(Sql::unchecked(returned))
    });
}

fn names(database: &Database, own: bool) -> Vec<String> {
    let not = if own { "" } else { "NOT" };
    let names = database.run(&format!(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename {not} LIKE '\\_migrations%' ORDER BY 1"
    ));
    names.lines().map(str::to_owned).collect()
}

/// Blocking, by URL.
macro_rules! by_url {
    ($name:ident, $new:expr) => {
        pub(crate) struct $name(Database, String);

        impl Subject for $name {
            fn new() -> Option<Self> {
                known();
                let (database, url) = $new?;
                Some(Self(database, url))
            }
            fn rust_step(steps: &mut Steps, sql: &'static str, returned: &'static str) {
                rust_step(steps, sql, returned);
            }
            fn run(&self, migrator: &Migrator, request: &Request) -> Result<Report, Error> {
                migrator.run(&mut postgres::open(&self.1)?, request)
            }
            fn plan(&self, migrator: &Migrator, request: &Request) -> Result<Plan, Error> {
                migrator.plan(&mut postgres::open(&self.1)?, request)
            }
            fn status(&self, migrator: &Migrator) -> Result<Status, Error> {
                migrator.status(&mut postgres::open(&self.1)?)
            }
            fn applied(&self, migrator: &Migrator) -> Result<Vec<Applied>, Error> {
                migrator.applied(&mut postgres::open(&self.1)?)
            }
            fn sql(&self, sql: &str) -> String {
                self.0.run(sql)
            }
            fn tables(&self) -> Vec<String> {
                let mut names = names(&self.0, false);
                names.retain(|name| !name.starts_with("own_history"));
                names
            }
            fn own_tables(&self) -> Vec<String> {
                names(&self.0, true)
            }
        }
    };
}

fn of_15() -> Option<(Database, String)> {
    let database = Postgres::shared()?.database();
    let url = database.url();
    Some((database, url))
}

fn of_18() -> Option<(Database, String)> {
    let database = Postgres::shared_18()?.database();
    let url = database.url();
    Some((database, url))
}

/// One pool for all tests.
fn pooled() -> Option<(Database, String)> {
    static POOL: std::sync::OnceLock<Option<PgBouncer>> = std::sync::OnceLock::new();
    let server = Postgres::shared()?;
    let pool = POOL
        .get_or_init(|| PgBouncer::in_front_of(server))
        .as_ref()?;
    let database = server.database();
    let url = pool.of(&database).url();
    Some((database, url))
}

by_url!(OnServer15, of_15());
by_url!(OnServer18, of_18());
by_url!(ThroughPool, pooled());

/// Async, on the application's own connection.
pub(crate) struct OnClient(OnServer15);

impl OnClient {
    /// In a task, for which the future has to be `Send`.
    fn within<T: Send + 'static, F>(&self, work: impl FnOnce(tokio_postgres::Client) -> F) -> T
    where
        F: Future<Output = T> + Send + 'static,
    {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let client = runtime.block_on(postgres::connect(&self.0.1)).unwrap();
        runtime.block_on(runtime.spawn(work(client))).unwrap()
    }
}

impl Subject for OnClient {
    fn new() -> Option<Self> {
        OnServer15::new().map(Self)
    }
    fn rust_step(steps: &mut Steps, sql: &'static str, returned: &'static str) {
        rust_step(steps, sql, returned);
    }
    fn run(&self, migrator: &Migrator, request: &Request) -> Result<Report, Error> {
        let (migrator, request) = (migrator.clone(), request.clone());
        self.within(|mut client| async move { migrator.run_async(&mut client, &request).await })
    }
    fn plan(&self, migrator: &Migrator, request: &Request) -> Result<Plan, Error> {
        let (migrator, request) = (migrator.clone(), request.clone());
        self.within(|mut client| async move { migrator.plan_async(&mut client, &request).await })
    }
    fn status(&self, migrator: &Migrator) -> Result<Status, Error> {
        let migrator = migrator.clone();
        self.within(|mut client| async move { migrator.status_async(&mut client).await })
    }
    fn applied(&self, migrator: &Migrator) -> Result<Vec<Applied>, Error> {
        let migrator = migrator.clone();
        self.within(|mut client| async move { migrator.applied_async(&mut client).await })
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

conformance!(version_15, super::OnServer15);
conformance!(version_18, super::OnServer18);
conformance!(pgbouncer, super::ThroughPool);
conformance!(client, super::OnClient);
