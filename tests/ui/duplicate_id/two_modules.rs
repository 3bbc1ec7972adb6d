use migrate_core::prelude::*;

mod first {
    use super::*;

    #[migration("20260215_create_users", up = "CREATE TABLE users (id)", down = "DROP TABLE users")]
    struct CreateUsers;
}

mod second {
    use super::*;

    #[migration("20260215_01_create_ages", irreversible = "an example")]
    impl Migration for CreateAges {
        fn up(&self, steps: &mut Steps) {
            steps.sql(sql!("CREATE TABLE ages (age INTEGER)"));
        }
    }

    struct CreateAges;
}

fn main() {}
