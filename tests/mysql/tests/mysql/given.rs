//! The application's own connection, async; what is put back on it, and what becomes of it.

use std::time::Duration;

use migrate_core::{
    AsyncConnection, Migrator, mysql,
    mysql::mysql_async::{Conn, Opts, OptsBuilder, Pool, prelude::Queryable},
};
use migrate_test_mysql::{COUNT, RUST, SMALL, WORK};
use migrate_test_servers::{Database, Wire, times};

use crate::ground::{fresh, is_done_once, migrator};

/// By TCP, and not by the socket, so that a wire sees all of it.
fn opts(url: &str) -> Opts {
    let opts = OptsBuilder::from_opts(Opts::from_url(url).unwrap());
    opts.prefer_socket(false).into()
}

async fn connect(database: &Database) -> Conn {
    Conn::new(opts(&database.url())).await.unwrap()
}

#[tokio::test]
async fn a_connection_of_a_pool_is_one() {
    let Some(database) = fresh() else { return };
    let pool = Pool::new(opts(&database.url()));
    let mut connection = pool.get_conn().await.unwrap();
    migrator(WORK).up_async(&mut connection).await.unwrap();
    is_done_once(&database);
    assert_eq!(
        migrator(WORK)
            .applied_async(&mut connection)
            .await
            .unwrap()
            .len(),
        COUNT
    );
    drop(connection);
    pool.disconnect().await.unwrap();
}

#[tokio::test]
async fn a_url_is_one_and_the_future_can_be_spawned() {
    let Some(database) = fresh() else { return };
    let mut target = mysql::open(&database.url()).unwrap();
    let run = async move { migrator(RUST).up_async(&mut target).await };
    tokio::spawn(run).await.unwrap().unwrap();
    assert_eq!(database.run("SELECT SUM(n) FROM numbers"), "115");
}

/// Every setting that matters, the wrong way round.
#[tokio::test]
async fn what_is_set_for_the_run_is_put_back() {
    let Some(database) = fresh() else { return };
    let mut connection = connect(&database).await;
    connection
        .query_drop(
            "SET autocommit = 0, sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES', completion_type = 1, \
             lock_wait_timeout = 7, innodb_lock_wait_timeout = 8, max_statement_time = 90, wsrep_sync_wait = 1; \
             SET NAMES latin1 COLLATE latin1_german1_ci",
        )
        .await
        .unwrap();
    let settings = "SELECT CONCAT_WS(' ', @@autocommit, @@sql_mode, @@completion_type, @@lock_wait_timeout, \
        @@innodb_lock_wait_timeout, @@max_statement_time, @@wsrep_sync_wait, @@character_set_client, \
        @@character_set_results, @@collation_connection, @@in_transaction, DATABASE())";
    let before: Option<String> = connection.query_first(settings).await.unwrap();
    connection
        .query_drop("ROLLBACK AND NO CHAIN")
        .await
        .unwrap();
    let migrator = migrator(WORK)
        .lock_timeout(Duration::from_secs(20))
        .statement_timeout(Duration::from_secs(30));
    migrator.up_async(&mut connection).await.unwrap();
    assert_eq!(
        migrator.pending_async(&mut connection).await.unwrap().len(),
        0
    );
    let after: Option<String> = connection.query_first(settings).await.unwrap();
    assert_eq!(before, after);
    let locks: Option<i64> = connection
        .query_first("SELECT COUNT(*) FROM information_schema.METADATA_LOCK_INFO WHERE LOCK_TYPE = 'User lock'")
        .await
        .unwrap_or(Some(0));
    assert_eq!(locks, Some(0));
    is_done_once(&database);
}

#[tokio::test]
async fn a_connection_inside_a_transaction_is_refused() {
    let Some(database) = fresh() else { return };
    let mut connection = connect(&database).await;
    connection
        .query_drop("CREATE TABLE t (a INT); BEGIN; INSERT INTO t VALUES (1)")
        .await
        .unwrap();
    let error = migrator(SMALL).up_async(&mut connection).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("inside a transaction: commit it or roll it back first"),
        "{error}"
    );
    connection.query_drop("COMMIT").await.unwrap();
    assert_eq!(database.run("SELECT COUNT(*) FROM t"), "1");
    migrator(SMALL).up_async(&mut connection).await.unwrap();
}

#[tokio::test]
async fn blocking_inside_a_runtime_says_what_to_call() {
    let Some(database) = fresh() else { return };
    let error = migrator(SMALL)
        .up(&mut mysql::open(&database.url()).unwrap())
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("call `up_async`, `run_async` or their kin"),
        "{error}"
    );
}

/// A future that is dropped anywhere ends its session if it was at something, and the next run goes on at once.
#[tokio::test]
async fn a_future_that_is_dropped_leaves_nothing_in_the_way() {
    let Some(database) = fresh() else { return };
    let mut connection = connect(&database).await;
    let began = std::time::Instant::now();
    migrator(WORK).up_async(&mut connection).await.unwrap();
    let length = began.elapsed();
    let parts = u32::try_from(times(3, 20)).unwrap();
    for part in 1..=parts {
        let Some(database) = fresh() else { return };
        let mut connection = connect(&database).await;
        let work = migrator(WORK).lock_ttl(Duration::from_secs(600));
        let cut =
            tokio::time::timeout(length * part / (parts + 1), work.up_async(&mut connection)).await;
        // The connection is still there, and nobody uses it.
        let mut other = mysql::open(&database.url()).unwrap();
        work.up_async(&mut other).await.unwrap();
        is_done_once(&database);
        drop((cut, connection));
    }
}

/// One that is not in use any more goes on being so after a run that was refused.
#[tokio::test]
async fn nothing_pending_costs_one_round_trip() {
    let Some(database) = fresh() else { return };
    let wire = Wire::to(database.port());
    let mut connection = Conn::new(opts(&database.url_at(wire.port())))
        .await
        .unwrap();
    let trips = async |migrator: &Migrator, connection: &mut Conn| {
        let before = wire.round_trips();
        migrator.up_async(connection).await.unwrap();
        wire.round_trips() - before
    };
    let migrator = migrator(WORK);
    assert!(trips(&migrator, &mut connection).await > 100);
    assert_eq!(trips(&migrator, &mut connection).await, 1);
    assert_eq!(trips(&migrator, &mut connection).await, 1);
}

/// By URL, too: what making a connection costs, and one. (The farewell is not waited for, and may not be counted yet.)
#[test]
fn nothing_pending_costs_one_round_trip_by_url() {
    let Some(database) = fresh() else { return };
    let wire = Wire::to(database.port());
    let url = database.url_at(wire.port());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let connection = runtime.block_on(mysql::connect(&url)).unwrap();
    let connecting = wire.round_trips();
    drop(connection);
    migrator(WORK).up(&mut mysql::open(&url).unwrap()).unwrap();
    let another = Wire::to(database.port());
    let url = database.url_at(another.port());
    migrator(WORK).up(&mut mysql::open(&url).unwrap()).unwrap();
    let trips = another.round_trips();
    assert!([connecting + 1, connecting + 2].contains(&trips), "{trips}");
}

/// What a step leaves is put in order, and said.
#[tokio::test]
async fn a_step_that_leaves_a_transaction_open_fails() {
    let Some(database) = fresh() else { return };
    let mut connection = connect(&database).await;
    let error = migrator(migrate_test_mysql::OPEN)
        .up_async(&mut connection)
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("the step left a transaction open; it was rolled back"),
        "{error}"
    );
    assert_eq!(database.run("SELECT COUNT(*) FROM numbers"), "0");
    fn is_a_connection<C: AsyncConnection>() {}
    is_a_connection::<Conn>();
    is_a_connection::<mysql::Database>();
}
