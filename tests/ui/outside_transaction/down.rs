use migrate_core::prelude::*;

struct Journal;

#[migration("20260215_journal", environments = ["production"])]
impl Migration for Journal {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!("PRAGMA journal_mode = WAL"));
    }
    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("PRAGMA journal_mode = DELETE"));
        steps.sql(sql!("SELECT 1"));
    }
}

fn main() {}
