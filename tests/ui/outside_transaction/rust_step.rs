use migrate_core::prelude::*;

struct Shrink;

#[migration("20260215_shrink", irreversible = "the free pages are gone")]
impl Migration for Shrink {
    fn up(&self, steps: &mut Steps) {
        steps.run("shrink", |_: &rusqlite::Transaction<'_>| Ok(sql!("VACUUM")));
    }
}

fn main() {}
