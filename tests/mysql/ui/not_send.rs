use std::rc::Rc;

use migrate_core::{
    mysql::mysql_async::{Conn, prelude::Queryable},
    prelude::*,
};

pub struct Fill;

#[migration("20260101000000_fill", irreversible = "it is not needed")]
impl Migration for Fill {
    fn up(&self, steps: &mut Steps) {
        steps.run("fill", async |connection: &mut Conn| {
            let kept = Rc::new(1);
            connection.query_drop("DO 0").await?;
            drop(kept);
            Ok(())
        });
    }
}

fn main() {}
