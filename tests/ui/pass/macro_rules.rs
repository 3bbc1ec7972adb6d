//! Migrations that `macro_rules!` makes, from every kind of fragment.
use migrate_core::{Registry, prelude::*};

macro_rules! table {
    ($vis:vis $name:ident, $id:literal, $up:expr, $down:literal $(, $option:ident = $value:expr)*) => {
        #[migration($id, up = $up, down = $down $(, $option = $value)*)]
        $vis struct $name;
    };
}

table!(pub CreateUsers, "20260215_create_users", "CREATE TABLE users (id)", "DROP TABLE users");
table!(CreatePosts, "20260216_create_posts", "CREATE TABLE posts (id)", "DROP TABLE posts", transaction = true, description = "p");

macro_rules! steps {
    ($type:ty, $id:literal, $steps:ident, [$($sql:expr),*], $down:block) => {
        #[migration($id)]
        impl Migration for $type {
            fn up(&self, $steps: &mut Steps) {
                $($steps.sql(sql!($sql));)*
            }
            fn down(&self, $steps: &mut Steps) $down
        }
    };
}

mod inner {
    pub struct CreateTags;
}

steps!(inner::CreateTags, "20260217_create_tags", s, ["CREATE TABLE tags (id)", "CREATE INDEX i ON tags (id)"], {
    s.sql(sql!("DROP TABLE tags"))
});

macro_rules! both {
    ($($function:item)*) => { $($function)* };
}

struct CreateNotes;

// What the macro makes cannot be seen from here, and may well be `down`.
#[migration("20260218_create_notes")]
impl Migration for CreateNotes {
    both! {
        fn up(&self, steps: &mut Steps) {
            steps.sql(sql!("CREATE TABLE notes (id)"));
        }
        fn down(&self, steps: &mut Steps) {
            steps.sql(sql!("DROP TABLE notes"));
        }
    }
}

macro_rules! beside {
    ($name:ident, $id:literal) => {
        #[migration($id)]
        struct $name;
        impl Migration for $name {
            fn up(&self, steps: &mut Steps) {
                steps.sql(sql!("SELECT 1"));
            }
            fn down(&self, _: &mut Steps) {}
        }
    };
}
beside!(Beside, "20260219_beside");

fn main() {
    let registry = Registry::linked(None).unwrap();
    assert_eq!(registry.iter().count(), 5);
    let mut connection = rusqlite::Connection::open_in_memory().unwrap();
    Migrator::new().up(&mut connection).unwrap();
    Migrator::new().down(&mut connection).unwrap();
}
