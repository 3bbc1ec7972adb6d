use migrate_core::Table;

#[derive(Table)]
#[table(nam = "users")]
struct User {
    #[column(primary)]
    id: i64,
}

fn main() {}
