//! Whole schemas on the command line, and what was done behind the back of the migrations.
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows that a test may panic, but not its helpers"
)]

use migrate_tests::Folder;
use serde_json::json;
use snapbox::str;

const SHOP: &str = env!("CARGO_BIN_EXE_fixture-shop");
const CARGO_MIGRATE: &str = env!("CARGO_BIN_EXE_fixture-cargo-migrate");

/// A migrated database on which somebody was at work by hand.
fn drifted() -> Folder {
    let here = Folder::new();
    here.run(SHOP, "up --database-url app.db").ends(0);
    here.sql("app.db", "ALTER TABLE orders ADD COLUMN note TEXT");
    here.sql("app.db", "DROP INDEX orders_user");
    here.sql("app.db", "CREATE TABLE scratch (x)");
    here.sql(
        "app.db",
        "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY)",
    );
    here
}

#[test]
fn check_tells_drift_and_status_does_when_asked() {
    let here = drifted();
    let shop = |arguments: &str| here.run(SHOP, &format!("{arguments} --database-url app.db"));
    shop("check").shows(str![[r#"
drift table orders: index orders_user (user_id) removed
drift column orders.note: added (TEXT)
note: not made by any migration of this program: table scratch
note: the table _sqlx_migrations is of sqlx
note: not compared, because what a migration does with it cannot be read: users
--- standard error
help: `schema apply applied` takes this back; `pull --from-database` writes the migration that keeps it, and `baseline` records that one here
--- exit code 1

"#]]);
    shop("status").ends(0).lacks("drift");
    shop("status --drift")
        .ends(0)
        .has("column orders.note: added (TEXT)");
    shop("verify").ends(0);
    let found = shop("check --format json");
    found.ends(1);
    assert_eq!(found.json()[0]["state"], "drift");
    assert_eq!(found.json()[0]["change"]["change"], "drop_index");
    let status = shop("status --drift --format json").json();
    assert_eq!(status["drift"]["changes"].as_array().unwrap().len(), 2);
    assert_eq!(status["drift"]["others"], json!(["table scratch"]));
    assert_eq!(
        status["drift"]["foreign"],
        json!([{"table": "_sqlx_migrations", "tool": "sqlx"}])
    );
}

#[test]
fn drift_is_taken_back() {
    let here = drifted();
    let shop = |arguments: &str| here.run(SHOP, &format!("{arguments} --database-url app.db"));
    shop("schema apply applied")
        .ends(4)
        .has("the values of orders.note");
    shop("schema apply applied --allow-drop")
        .ends(0)
        .has("2 changes made in app.db");
    shop("check")
        .ends(0)
        .has("not made by any migration of this program: table scratch");
    shop("schema apply applied").ends(0).has("Nothing to do");
    shop("schema apply history").ends(2);
}

#[test]
fn what_is_different_between_two_schemas() {
    let here = drifted();
    let shop = |arguments: &str| here.run(SHOP, &format!("{arguments} --database-url app.db"));
    shop("schema diff applied").shows(str![[r#"
table orders: index orders_user (user_id) removed
table scratch: added
column orders.note: added (TEXT)

"#]]);
    shop("schema diff applied --exit-code").ends(1);
    shop("schema diff applied --format sql").shows(str![[r#"
DROP INDEX orders_user;
CREATE TABLE scratch (
    x
);
ALTER TABLE orders ADD COLUMN note TEXT;

"#]]);
    shop("schema diff history applied").shows(str![[r#"
Nothing is different

"#]]);
    let changes = shop("schema diff applied --format json").json();
    assert_eq!(changes[0]["change"], "drop_index");
    shop("schema export --output now.json").ends(0);
    shop("schema diff now.json --exit-code").ends(0);
    here.run(CARGO_MIGRATE, "schema diff now.json app.db --exit-code")
        .ends(0);
    shop("schema diff nothing.json")
        .ends(2)
        .has("cannot read `nothing.json`");
    here.write("wrong.json", "{}");
    shop("schema diff wrong.json")
        .ends(1)
        .has("the key `version` is missing");
}

#[test]
fn several_databases_are_one_document() {
    let here = Folder::new();
    here.sql("a.db", "CREATE TABLE a (id INTEGER PRIMARY KEY)");
    here.sql("b.db", "CREATE TABLE b (id INTEGER PRIMARY KEY)");
    let both = "--database-url a.db --database-url b.db";
    here.run(CARGO_MIGRATE, &format!("schema export {both}"))
        .ends(2)
        .has("2 databases and 0 names");
    here.run(
        CARGO_MIGRATE,
        &format!("schema export --name first --name second -o both.json {both}"),
    )
    .ends(0);
    here.run(
        CARGO_MIGRATE,
        "schema diff both.json#first a.db --exit-code",
    )
    .ends(0);
    here.run(
        CARGO_MIGRATE,
        "schema diff both.json#second a.db --exit-code",
    )
    .ends(1);
    here.run(CARGO_MIGRATE, "schema diff both.json a.db")
        .ends(2)
        .has("has several databases, `first` and `second`");
    here.run(CARGO_MIGRATE, "schema diff both.json#third a.db")
        .ends(2)
        .has("has no database `third`");
    here.run(
        CARGO_MIGRATE,
        &format!("schema apply both.json#first --allow-drop {both}"),
    )
    .ends(0)
    .has("Nothing to do: a.db")
    .has("2 changes made in b.db");
}

#[test]
fn validate_says_what_is_wrong_and_where() {
    let here = Folder::new();
    here.write(
        "schema.json",
        r#"{"version": 1, "databases": {"main": {"dialect": "postgres", "tables": {
            "users": {"columns": [{"name": "id", "type": "intger"}, "email"], "indexes": ["emial"]},
            "teams": {"columns": "id", "strict": true}
        }}}}"#,
    );
    here.run(CARGO_MIGRATE, "schema validate schema.json")
        .shows(str![[r#"
databases.main.tables.teams.columns: this is a string, where an array stands
databases.main.tables.teams.strict: PostgreSQL has no such thing, only SQLite
databases.main.tables.users.columns[0].type: there is no type `intger`: did you mean `integer`?
databases.main.tables.users.indexes[0]: `users` has no column `emial`: did you mean `email`?
--- standard error
4 faults in `schema.json`
--- exit code 1

"#]]);
    let faults = here.run(CARGO_MIGRATE, "schema validate schema.json --format json");
    faults.ends(1);
    assert_eq!(
        faults.json()[0]["path"],
        "databases.main.tables.teams.columns"
    );
}

#[test]
fn a_database_that_is_not_there_is_not_made_by_looking() {
    let here = Folder::new();
    here.run(CARGO_MIGRATE, "schema export --database-url a.db")
        .ends(2)
        .has("there is no database a.db");
    here.write(
        "a.json",
        r#"{"version": 1, "databases": {"main": {"tables": {"t": {"columns": ["x"]}}}}}"#,
    );
    here.run(
        CARGO_MIGRATE,
        "schema apply a.json --dry-run --database-url a.db",
    )
    .shows(str![[r#"
table t: added

CREATE TABLE t (
    x varchar
);

1 change would be made. Nothing was done: this was a dry run

"#]]);
    assert!(!here.path("a.db").exists());
}
