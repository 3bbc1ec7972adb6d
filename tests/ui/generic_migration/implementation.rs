use migrate_core::prelude::*;

struct CreateTable<const N: usize>;

#[migration("20260215_create_users", irreversible = "an example")]
impl<const N: usize> Migration for CreateTable<N> {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!("CREATE TABLE users (id INTEGER PRIMARY KEY)"));
    }
}

#[migration("20260216_create_posts", irreversible = "an example")]
impl Migration for CreateTable<7> {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!("CREATE TABLE users (id INTEGER PRIMARY KEY)"));
    }
}

fn main() {}
