use migrate_core::Table;

#[derive(Table)]
struct User {
    balance: Money,
    #[column(references = "teams", on_delete = "explode")]
    team: i64,
    #[column(name = 1)]
    nick: String,
}

struct Money;

fn main() {}
