//! `sql!` in constants, statics, arrays, helper functions, closures and every kind of brackets.
use migrate_core::{Registry, prelude::*};

const CREATE: Sql = sql!("CREATE TABLE users (id INTEGER PRIMARY KEY)");
static DROP: Sql = migrate_core::sql!["DROP TABLE users"];
const BOTH: [Sql; 2] = [sql!("SELECT 1; SELECT 2"), sql! { r##"SELECT '"#' "##, }];

const fn constant() -> Sql {
    sql!("SELECT 3")
}

fn index(steps: &mut Steps, unique: bool) {
    steps.sql(if unique {
        sql!("CREATE UNIQUE INDEX users_id ON users (id)")
    } else {
        sql!("CREATE INDEX users_id ON users (id)")
    });
}

struct CreateUsers;

#[migration("20260215_create_users")]
impl Migration for CreateUsers {
    fn up(&self, steps: &mut Steps) {
        steps.sql(CREATE);
        index(steps, true);
        steps.sql(Vec::from(BOTH));
        steps.sql(constant());
        let rows = ["a", "b"].map(|_| sql!("INSERT INTO users DEFAULT VALUES"));
        steps.sql(rows.to_vec());
        steps.run("count", |tx: &rusqlite::Transaction<'_>| {
            let count: i64 = tx.query_row("SELECT count(*) FROM users", [], |row| row.get(0))?;
            assert_eq!(count, 2);
            Ok(sql!("DELETE FROM users"))
        });
        match steps.environment() {
            "production" => steps.sql(sql!("SELECT 4")),
            _ => steps.log("not in production"),
        }
    }
    fn down(&self, steps: &mut Steps) {
        steps.sql(DROP.clone());
    }
}

fn main() {
    assert_eq!(BOTH[0].statements().collect::<Vec<_>>(), ["SELECT 1", "SELECT 2"]);
    assert_eq!(BOTH[1].statements().collect::<Vec<_>>(), ["SELECT '\"#'"]);
    assert_eq!(Registry::linked(None).unwrap().iter().count(), 1);
    let mut connection = rusqlite::Connection::open_in_memory().unwrap();
    Migrator::new().up(&mut connection).unwrap();
    Migrator::new().down(&mut connection).unwrap();
}
