use migrate_core::prelude::*;

macro_rules! table {
    ($name:ident, $id:literal, $up:expr) => {
        #[migration($id, irreversible = "an example")]
        impl Migration for $name {
            fn up(&self, steps: &mut Steps) {
                steps.sql(sql!($up));
            }
        }
    };
}

struct CreateUsers;
table!(CreateUsers, "20260215_create_users", "CREATE TABLE users (id INTEGER PRIMARY KEY,)");

fn main() {}
