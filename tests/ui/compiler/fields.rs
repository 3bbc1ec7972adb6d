use migrate_core::prelude::*;

struct CreateUsers {
    table: String,
}

#[migration("20260215_create_users", irreversible = "an example")]
impl Migration for CreateUsers {
    fn up(&self, steps: &mut Steps) {
        steps.sql(Sql::unchecked(format!("CREATE TABLE {} (id)", self.table)));
    }
}

fn main() {}
