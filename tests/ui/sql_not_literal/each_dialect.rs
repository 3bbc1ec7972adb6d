use migrate_core::{Sql, sql};

const NAME: &str = "DROP TABLE a";

fn main() {
    let _: Sql = sql!(sqlite: NAME);
    let _: Sql = sql!(sqlite = "DROP TABLE a");
    let _: Sql = sql!(sqlite: "DROP TABLE a", "DROP TABLE b");
}
