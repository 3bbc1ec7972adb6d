//! Histories for MySQL and MariaDB. The environment says which one is run.
//!
//! - [`WORK`]: migrations of many statements each, of all kinds, that leave a trace of every step: a row for each,
//!   and a count that is wrong as soon as one runs twice.
//! - [`SMALL`]: two migrations, for tests that look at one thing.
//! - [`RUST`]: one with a Rust step.

#![allow(
    missing_docs,
    reason = "the migrations say what they are by their names"
)]

use std::sync::{Mutex, PoisonError};

use migrate_core::{
    mysql::mysql_async::{Conn, prelude::Queryable},
    prelude::*,
};
use migrate_test_servers::reach;

/// Migrations of many statements.
pub const WORK: &str = "work";
/// Two migrations.
pub const SMALL: &str = "small";
/// Migrations with Rust steps.
pub const RUST: &str = "rust";
/// One that changes a table that is there.
pub const IN_USE: &str = "in use";
/// One whose Rust step leaves a transaction open.
pub const OPEN: &str = "open";
/// One whose Rust step is for another database.
pub const OTHER_DRIVER: &str = "other driver";
/// How many migrations there are in [`WORK`].
pub const COUNT: usize = 10;

pub struct CreateTrace;

#[migration("20260101000000_create_trace", environments = ["work"])]
impl Migration for CreateTrace {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(
            "CREATE TABLE trace (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, migration INT NOT NULL, step INT NOT NULL);
             CREATE TABLE counter (id INT NOT NULL PRIMARY KEY, value INT NOT NULL);
             INSERT INTO counter VALUES (1, 0)"
        ));
    }
    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP TABLE counter, trace"));
    }
}

/// What each of the others does.
fn up(steps: &mut Steps, n: usize) {
    steps.sql(Sql::unchecked(format!(
        "CREATE TABLE work_{n} (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, a INT NOT NULL);
         INSERT INTO trace (migration, step) VALUES ({n}, 1);
         ALTER TABLE work_{n} ADD COLUMN b VARCHAR(20) NOT NULL DEFAULT 'b';
         INSERT INTO work_{n} (a) VALUES (1), (2), (3);
         UPDATE counter SET value = value + 1;
         CREATE INDEX work_{n}_a ON work_{n} (a);
         CREATE TABLE gone_{n}_a (id INT NOT NULL PRIMARY KEY);
         CREATE TABLE gone_{n}_b (id INT NOT NULL PRIMARY KEY);
         DROP TABLE gone_{n}_a, gone_{n}_b;
         CREATE VIEW shown_{n} AS SELECT a, b FROM work_{n};
         CREATE TRIGGER on_{n} BEFORE INSERT ON work_{n} FOR EACH ROW SET NEW.b = 'c';
         ALTER TABLE work_{n} RENAME TO done_{n};
         INSERT INTO trace (migration, step) VALUES ({n}, 2)"
    )));
}

fn down(steps: &mut Steps, n: usize) {
    steps.sql(Sql::unchecked(format!(
        "DELETE FROM trace WHERE migration = {n}; UPDATE counter SET value = value - 1; DROP VIEW shown_{n}; DROP TABLE done_{n}"
    )));
}

macro_rules! numbered {
    ($($name:ident $id:literal $number:literal),+ $(,)?) => {
        $(
            pub struct $name;

            #[migration($id, environments = ["work"])]
            impl Migration for $name {
                fn up(&self, steps: &mut Steps) {
                    up(steps, $number);
                }
                fn down(&self, steps: &mut Steps) {
                    down(steps, $number);
                }
            }
        )+
    };
}

numbered! {
    Work1 "20260101000001_work" 1,
    Work2 "20260101000002_work" 2,
    Work3 "20260101000003_work" 3,
    Work4 "20260101000004_work" 4,
    Work5 "20260101000005_work" 5,
    Work6 "20260101000006_work" 6,
    Work7 "20260101000007_work" 7,
    Work8 "20260101000008_work" 8,
    Work9 "20260101000009_work" 9,
}

pub struct CreateUsers;

#[migration("20260201000000_create_users", environments = ["small"])]
impl Migration for CreateUsers {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(
            "CREATE TABLE users (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, email VARCHAR(190) NOT NULL UNIQUE);
             INSERT INTO users (email) VALUES ('ann@example.org'), ('bob@example.org')"
        ));
    }
    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP TABLE users"));
    }
}

pub struct FillUsers;

#[migration("20260202000000_fill_users", environments = ["small"])]
impl Migration for FillUsers {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!("INSERT INTO users (email) VALUES ('eve@example.org')"));
    }
    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DELETE FROM users WHERE email = 'eve@example.org'"));
    }
}

pub struct InRust;

#[migration("20260301000000_in_rust", environments = ["rust"])]
impl Migration for InRust {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!("CREATE TABLE numbers (n INT NOT NULL PRIMARY KEY)"));
        let most = 5;
        steps.run("fill", async move |connection: &mut Conn| {
            for n in 1..=most {
                connection
                    .exec_drop("INSERT INTO numbers VALUES (?)", (n,))
                    .await?;
            }
            reach("in rust");
            let rows: Vec<i64> = connection.query("SELECT n FROM numbers").await?;
            if rows.len() != most {
                return Err("not all of them are there".into());
            }
            Ok(Sql::unchecked("INSERT INTO numbers VALUES (100)"))
        });
    }
    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP TABLE numbers"));
    }
}

pub struct ChangeUsers;

#[migration("20260401000000_change_users", environments = ["in use"], irreversible = "it is not needed")]
impl Migration for ChangeUsers {
    fn up(&self, steps: &mut Steps) {
        steps.sql(Sql::unchecked("ALTER TABLE users ADD COLUMN name TEXT"));
    }
}

pub struct LeaveOpen;

#[migration("20260402000000_leave_open", environments = ["open"], irreversible = "it is not needed")]
impl Migration for LeaveOpen {
    fn up(&self, steps: &mut Steps) {
        steps.sql(Sql::unchecked(
            "CREATE TABLE numbers (n INT NOT NULL PRIMARY KEY)",
        ));
        steps.run("begin", async |connection: &mut Conn| {
            connection
                .query_drop("SET autocommit = 0; INSERT INTO numbers VALUES (1)")
                .await?;
            Ok(())
        });
    }
}

pub struct ForSqlite;

#[migration("20260403000000_for_sqlite", environments = ["other driver"], irreversible = "it is not needed")]
impl Migration for ForSqlite {
    fn up(&self, steps: &mut Steps) {
        steps.run("sqlite", |_: &rusqlite::Transaction<'_>| Ok(()));
    }
}

/// One with the statement that [`set_statement`] was given.
pub const ANY: &str = "any";

static STATEMENT: Mutex<String> = Mutex::new(String::new());

/// Says what the migration of [`ANY`] does.
pub fn set_statement(sql: &str) {
    let mut statement = STATEMENT.lock().unwrap_or_else(PoisonError::into_inner);
    sql.clone_into(&mut statement);
}

pub struct AnyStatement;

#[migration("20260404000000_any_statement", environments = ["any"], irreversible = "it is not needed")]
impl Migration for AnyStatement {
    fn up(&self, steps: &mut Steps) {
        let statement = STATEMENT.lock().unwrap_or_else(PoisonError::into_inner);
        steps.sql(Sql::unchecked(statement.clone()));
    }
}

/// One whose statement takes some seconds.
pub const SLOW: &str = "slow";

pub struct SlowStatement;

#[migration("20260405000000_slow_statement", environments = ["slow"], irreversible = "it is not needed")]
impl Migration for SlowStatement {
    fn up(&self, steps: &mut Steps) {
        steps.sql(Sql::unchecked(
            "CREATE TABLE slow (PRIMARY KEY (a)) AS SELECT SLEEP(3) + 1 AS a",
        ));
    }
}
