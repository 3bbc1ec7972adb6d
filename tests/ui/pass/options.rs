//! Every option, in every form that takes it.
use migrate_core::{Registry, prelude::*};

#[migration(
    "20260215_drop_legacy",
    up = "DROP TABLE IF EXISTS legacy",
    irreversible = "nobody knows what was in it",
    description = "the tables of the first version",
    renamed_from = "20260214_drop_legacy",
    environments = ["development", "test"],
)]
struct DropLegacy;

struct Shrink;

#[migration("20260216_shrink", transaction = false, irreversible = "the free pages are gone")]
impl Migration for Shrink {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!("VACUUM"));
        steps.sql(sql!("PRAGMA foreign_keys = ON; PRAGMA journal_mode = DELETE"));
    }
}

#[migration("20260217_delete_orphans", foreign_keys = false, irreversible = "they are gone")]
struct DeleteOrphans;

impl Migration for DeleteOrphans {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!("CREATE TABLE orphans (id)"));
        steps.sql(sql!("DELETE FROM orphans"));
    }
}

#[migration("20260218_on", up = "SELECT 1", down = "SELECT 1", transaction = true, foreign_keys = true)]
struct On;

#[migration("20260219_after", up = "SELECT 1", down = "SELECT 1", renamed_from = "old/20260219_after", after = [])]
#[cfg(any())]
struct NotThere;

fn main() {
    let registry = Registry::linked(None).unwrap();
    let all: Vec<_> = registry.iter().collect();
    assert_eq!(all.len(), 4);
    assert_eq!(all[0].description(), "the tables of the first version");
    assert_eq!(all[0].irreversible(), Some("nobody knows what was in it"));
    assert!(all[0].file().ends_with("options.rs"));
    assert_eq!(all[0].line(), 4);

    let mut connection = rusqlite::Connection::open_in_memory().unwrap();
    let report = Migrator::new().environment("production").up(&mut connection).unwrap();
    assert_eq!(report.names(), ["20260216_shrink", "20260217_delete_orphans", "20260218_on"]);
}
