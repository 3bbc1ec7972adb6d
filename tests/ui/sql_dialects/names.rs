use migrate_core::prelude::*;

pub struct Misspelt;

#[migration("1_misspelt")]
impl Migration for Misspelt {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(sqlight: "CREATE TABLE a (b INTEGER)"));
    }
    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP TABLE a"));
    }
}

pub struct Twice;

#[migration("2_twice")]
impl Migration for Twice {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(sqlite: "CREATE TABLE c (d INTEGER)", sqlite: "CREATE TABLE c (d TEXT)"));
    }
    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP TABLE c"));
    }
}

#[migration(
    "3_not_meant",
    up(sqlite = "CREATE TABLE e (f INTEGER)", postgres = "CREATE TABLE e (f bigint)"),
    down = "DROP TABLE e"
)]
pub struct NotMeant;

pub struct Missing;

#[migration("4_missing")]
impl Migration for Missing {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(mysql: "CREATE TABLE g (h INTEGER)"));
    }
    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP TABLE g"));
    }
}

fn main() {}
