//! Migrations in modules, in functions, under conditions, and with every lint of rustc's that users turn on.
#![deny(warnings, missing_docs, unreachable_pub, unused, nonstandard_style, rust_2018_idioms, let_underscore)]
#![forbid(unsafe_code)]

/// The migrations.
pub mod migrations {
    /// Users.
    pub mod m20260215_create_users {
        use migrate_core::prelude::*;

        /// Creates them.
        pub struct CreateUsers;

        #[migration("20260215_create_users")]
        impl Migration for CreateUsers {
            fn up(&self, steps: &mut Steps) {
                steps.sql(sql!("CREATE TABLE users (id INTEGER PRIMARY KEY)"));
            }
            fn down(&self, steps: &mut Steps) {
                steps.sql(sql!("DROP TABLE users"));
            }
        }
    }

    /// Without any import.
    pub mod m20260216_create_posts {
        /// Creates posts.
        #[migrate_core::migration("20260216_create_posts", up = "CREATE TABLE posts (id)", down = "DROP TABLE posts")]
        pub struct CreatePosts;
    }

    mod conditional {
        use migrate_core::prelude::*;

        // The condition stands behind the attribute, so the attribute is what sees it first.
        #[migration("20260217_never", up = "SELECT 1", irreversible = "an example")]
        #[cfg(any())]
        struct Never;

        #[cfg(any())]
        #[migration("not even an id")]
        struct NotEither;

        // Faults of what is not compiled are no errors.
        #[migration("nor this")]
        #[cfg(any())]
        struct NorThis;

        #[migration("20260218_by_condition")]
        struct ByCondition;

        #[cfg(not(any()))]
        impl Migration for ByCondition {
            fn up(&self, _: &mut Steps) {}
            fn down(&self, _: &mut Steps) {}
        }

        #[cfg(any())]
        impl Migration for ByCondition {
            fn up(&self, _: &mut Steps) {}
        }
    }
}

fn main() {
    use migrate_core::prelude::*;

    #[migration("20260219_in_a_function", up = "SELECT 1", irreversible = "an example")]
    struct InAFunction;

    let registry = migrate_core::Registry::linked(None).unwrap();
    let ids: Vec<&str> = registry.iter().map(|m| m.id().as_str()).collect();
    assert_eq!(
        ids,
        ["20260215_create_users", "20260216_create_posts", "20260218_by_condition", "20260219_in_a_function"]
    );
}
