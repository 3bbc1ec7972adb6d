use migrate_core::prelude::*;

mod migrations {
    use super::*;

    #[migration("20260215_shrink", irreversible = "the free pages are gone")]
    pub struct Shrink;

    impl Migration for Shrink {
        fn up(&self, steps: &mut Steps) {
            steps.sql(sql!("DELETE FROM logs; VACUUM"));
        }
    }
}

fn main() {}
