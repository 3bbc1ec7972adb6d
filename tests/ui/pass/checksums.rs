//! However a migration is written, the same SQL has the same checksum: the macro computes it where it sees everything,
//! and the runner makes it from the steps otherwise.
use migrate_core::prelude::*;

#[migration(
    "1_short",
    up = "CREATE TABLE IF NOT EXISTS a (b); INSERT INTO a VALUES ('x')",
    down = "DROP TABLE IF EXISTS a"
)]
struct Short;

struct Plain;

#[migration("2_plain", irreversible = "an example")]
impl Migration for Plain {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!("create table if not exists a(b); -- why"));
        steps.log("in between");
        if !steps.environment().is_empty() {
            steps.sql(sql!("INSERT INTO a\n  VALUES ('x');"));
        }
    }
}

#[migration("3_beside", irreversible = "an example")]
struct Beside;

impl Migration for Beside {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!("CREATE TABLE IF NOT EXISTS a (b)"));
        steps.sql(sql!("INSERT INTO a VALUES ('x')"));
    }
}

struct Helper;

fn helper(steps: &mut Steps) {
    steps.sql(sql!("CREATE TABLE IF NOT EXISTS a (b); INSERT INTO a VALUES ('x')"));
}

#[migration("4_helper", irreversible = "an example")]
impl Migration for Helper {
    fn up(&self, steps: &mut Steps) {
        helper(steps);
    }
}

struct Unchecked;

#[migration("5_unchecked", irreversible = "an example")]
impl Migration for Unchecked {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!("CREATE TABLE IF NOT EXISTS a (b)"));
        steps.sql(Sql::unchecked(format!("INSERT INTO a VALUES ('{}')", "x")));
    }
}

struct Other;

#[migration("6_other", irreversible = "an example")]
impl Migration for Other {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!("CREATE TABLE IF NOT EXISTS a (b); INSERT INTO a VALUES ('y')"));
    }
}

fn main() {
    let mut connection = rusqlite::Connection::open_in_memory().unwrap();
    Migrator::new().up(&mut connection).unwrap();
    let checksums: Vec<String> = connection
        .prepare("SELECT checksum FROM _migrations ORDER BY seq")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(checksums.len(), 6);
    assert!(checksums[..5].iter().all(|checksum| *checksum == checksums[0]), "{checksums:?}");
    assert_ne!(checksums[5], checksums[0]);
}
