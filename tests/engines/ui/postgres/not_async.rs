use migrate_core::{postgres::tokio_postgres::Transaction, prelude::*};

pub struct Fill;

#[migration("20260101_fill", irreversible = "it is not needed")]
impl Migration for Fill {
    fn up(&self, steps: &mut Steps) {
        steps.run("fill", |tx: &Transaction<'_>| {
            tx.cancel_token();
            Ok(())
        });
    }
}

fn main() {}
