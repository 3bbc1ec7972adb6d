use migrate_core::{mysql::mysql_async::Conn, prelude::*};

pub struct Fill;

#[migration("20260101000000_fill", irreversible = "it is not needed")]
impl Migration for Fill {
    fn up(&self, steps: &mut Steps) {
        steps.run("fill", |connection: &mut Conn| {
            connection.id();
            Ok(())
        });
    }
}

fn main() {}
