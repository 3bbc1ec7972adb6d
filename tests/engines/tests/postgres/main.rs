//! Migrations on real servers of PostgreSQL.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test panics where it fails"
)]

use std::sync::Once;

use migrate_core::{Migrator, Sql, postgres};
use migrate_test_engines::Histories;
use migrate_test_servers::Postgres;
use tokio_postgres::Transaction;

fn migrator(set: &str) -> Migrator {
    static MADE: Once = Once::new();
    MADE.call_once(|| {
        let _ = Histories::new().with("blog", |history| {
            history.add(
                "001_users",
                |steps| {
                    steps.sql(Sql::unchecked(
                        "CREATE TABLE users (id BIGINT PRIMARY KEY, email TEXT NOT NULL)",
                    ))
                },
                |steps| steps.sql(Sql::unchecked("DROP TABLE users")),
            );
            history.add(
                "002_ann",
                |steps| {
                    steps.run("ann", async |tx: &Transaction<'_>| {
                        tx.execute("INSERT INTO users VALUES (1, $1)", &[&"ann"])
                            .await?;
                        Ok(())
                    });
                },
                |steps| steps.sql(Sql::unchecked("DELETE FROM users")),
            );
        });
    });
    Migrator::of(set)
}

#[test]
fn smoke() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let database = server.database();
    let mut connection = postgres::open(&database.url()).unwrap();
    let migrator = migrator("blog");
    assert_eq!(
        migrator.pending(&mut connection).unwrap(),
        ["001_users", "002_ann"]
    );
    assert_eq!(
        database.run("SELECT count(*) FROM pg_class WHERE relname LIKE '\\_migrations%'"),
        "0"
    );
    migrator.up(&mut connection).unwrap();
    assert_eq!(database.run("SELECT * FROM users"), "1|ann");
    migrator.up(&mut connection).unwrap();
    eprintln!(
        "{}",
        database.run("SELECT * FROM _migrations; SELECT * FROM _migrations_lock")
    );
    migrator.down(&mut connection).unwrap();
    assert_eq!(database.run("SELECT count(*) FROM _migrations"), "0");
}
