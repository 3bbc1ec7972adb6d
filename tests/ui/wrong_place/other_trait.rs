use migrate_core::prelude::*;

struct CreateUsers;

#[migration("20260215_create_users")]
impl Clone for CreateUsers {
    fn clone(&self) -> Self {
        CreateUsers
    }
}

fn main() {}
