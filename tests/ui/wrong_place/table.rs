use migrate_core::Table;

#[derive(Table)]
enum User {
    Known,
}

#[derive(Table)]
struct Pair(i64, i64);

fn main() {}
