use migrate_core::prelude::*;

mod first {
    use super::*;

    #[migration("20260215_create_users", up = "CREATE TABLE users (id)", down = "DROP TABLE users")]
    struct CreateUsers;
}

mod second {
    use super::*;

    #[migration("20260215_01_add_age", irreversible = "an example")]
    impl Migration for AddAge {
        fn up(&self, steps: &mut Steps) {
            steps.sql(sql!("ALTER TABLE users ADD COLUMN age INTEGER"));
        }
    }

    struct AddAge;
}

fn main() {}
