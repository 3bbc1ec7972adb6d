use migrate_core::prelude::*;

#[migration("20260215_create_users", up = "CREATE TABLE users (id)", down = "DROP TABLE users")]
struct CreateUsers<T>(std::marker::PhantomData<T>);

fn main() {}
