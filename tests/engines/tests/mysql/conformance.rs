//! What is asked of every database: on MariaDB, blocking and async, and on different nodes of Galera.

use std::sync::{
    Once,
    atomic::{AtomicUsize, Ordering},
};

use migrate_core::{
    Applied, Error, Migrator, Plan, Report, Request, Sql, Status, Steps, mysql,
    mysql::mysql_async::{Conn, prelude::Queryable},
};
use migrate_test_engines::{
    conformance,
    conformance::{Subject, register},
};
use migrate_test_servers::{Database, Galera, MariaDb};

/// A backslash in a text is one only if there are two.
fn rust_step(steps: &mut Steps, sql: &'static str, returned: &'static str) {
    let sql = sql.replace('\\', "\\\\");
    steps.run("in Rust", async move |connection: &mut Conn| {
        connection.query_drop(sql).await?;
        Ok(Sql::unchecked(returned))
    });
}

fn names(database: &Database, own: bool) -> Vec<String> {
    let not = if own { "" } else { "NOT" };
    let names = database.run(&format!(
        "SET wsrep_sync_wait = 15; SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() \
         AND TABLE_NAME {not} LIKE '\\_migrations%' AND TABLE_NAME NOT LIKE 'own%' ORDER BY 1"
    ));
    names.lines().map(str::to_owned).collect()
}

/// Blocking, by URL; of a cluster, each time on the next node.
pub(crate) struct ByUrl<const GALERA: bool> {
    database: Database,
    next: AtomicUsize,
}

pub(crate) type OnMariaDb = ByUrl<false>;
pub(crate) type OnGalera = ByUrl<true>;

impl<const GALERA: bool> ByUrl<GALERA> {
    fn open(&self) -> Result<mysql::Database, Error> {
        let urls = self.database.urls();
        let next = self.next.fetch_add(1, Ordering::Relaxed);
        mysql::open(&urls[next % urls.len()])
    }
}

impl<const GALERA: bool> Subject for ByUrl<GALERA> {
    const IS_TRANSACTIONAL: bool = false;
    fn new() -> Option<Self> {
        static KNOWN: Once = Once::new();
        KNOWN.call_once(register::<OnMariaDb>);
        let database = if GALERA {
            Galera::shared()?.database()
        } else {
            MariaDb::shared()?.database()
        };
        let next = AtomicUsize::new(0);
        Some(Self { database, next })
    }
    fn rust_step(steps: &mut Steps, sql: &'static str, returned: &'static str) {
        rust_step(steps, sql, returned);
    }
    fn run(&self, migrator: &Migrator, request: &Request) -> Result<Report, Error> {
        migrator.run(&mut self.open()?, request)
    }
    fn plan(&self, migrator: &Migrator, request: &Request) -> Result<Plan, Error> {
        migrator.plan(&mut self.open()?, request)
    }
    fn status(&self, migrator: &Migrator) -> Result<Status, Error> {
        migrator.status(&mut self.open()?)
    }
    fn applied(&self, migrator: &Migrator) -> Result<Vec<Applied>, Error> {
        migrator.applied(&mut self.open()?)
    }
    fn sql(&self, sql: &str) -> String {
        let rows = self
            .database
            .run(&format!("SET wsrep_sync_wait = 15; {sql}"));
        // The program writes two.
        rows.replace("\\\\", "\\")
    }
    fn tables(&self) -> Vec<String> {
        names(&self.database, false)
    }
    fn own_tables(&self) -> Vec<String> {
        names(&self.database, true)
    }
}

/// Async, on the application's own connection.
pub(crate) struct OnConnection(OnMariaDb);

impl OnConnection {
    /// In a task, for which the future has to be `Send`.
    fn within<T: Send + 'static, F>(&self, work: impl FnOnce(Conn) -> F) -> T
    where
        F: Future<Output = T> + Send + 'static,
    {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let connection = runtime
            .block_on(mysql::connect(&self.0.database.url()))
            .unwrap();
        runtime.block_on(runtime.spawn(work(connection))).unwrap()
    }
}

impl Subject for OnConnection {
    const IS_TRANSACTIONAL: bool = false;
    fn new() -> Option<Self> {
        OnMariaDb::new().map(Self)
    }
    fn rust_step(steps: &mut Steps, sql: &'static str, returned: &'static str) {
        rust_step(steps, sql, returned);
    }
    fn run(&self, migrator: &Migrator, request: &Request) -> Result<Report, Error> {
        let (migrator, request) = (migrator.clone(), request.clone());
        self.within(|mut one| async move { migrator.run_async(&mut one, &request).await })
    }
    fn plan(&self, migrator: &Migrator, request: &Request) -> Result<Plan, Error> {
        let (migrator, request) = (migrator.clone(), request.clone());
        self.within(|mut one| async move { migrator.plan_async(&mut one, &request).await })
    }
    fn status(&self, migrator: &Migrator) -> Result<Status, Error> {
        let migrator = migrator.clone();
        self.within(|mut one| async move { migrator.status_async(&mut one).await })
    }
    fn applied(&self, migrator: &Migrator) -> Result<Vec<Applied>, Error> {
        let migrator = migrator.clone();
        self.within(|mut one| async move { migrator.applied_async(&mut one).await })
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

conformance!(mariadb, super::OnMariaDb);
conformance!(galera, super::OnGalera);
conformance!(connection, super::OnConnection);
