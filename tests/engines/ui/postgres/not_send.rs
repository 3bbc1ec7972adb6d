use std::rc::Rc;

use migrate_core::{postgres::tokio_postgres::Transaction, prelude::*};

pub struct Fill;

#[migration("20260101_fill", irreversible = "it is not needed")]
impl Migration for Fill {
    fn up(&self, steps: &mut Steps) {
        steps.run("fill", async |tx: &Transaction<'_>| {
            let kept = Rc::new(1);
            tx.batch_execute("SELECT 1").await?;
            drop(kept);
            Ok(())
        });
    }
}

fn main() {}
