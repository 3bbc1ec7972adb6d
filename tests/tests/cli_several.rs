//! A command on several databases.
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows that a test may panic, but not its helpers"
)]

use migrate_tests::Folder;
use snapbox::str;

const SHOP: &str = env!("CARGO_BIN_EXE_fixture-shop");

const ALL: &str =
    "--database-url sqlite:one.db --database-url sqlite:two.db --database-url sqlite:three.db";

#[test]
fn one_after_the_other() {
    let here = Folder::new();
    here.run(SHOP, &format!("up -n 1 {ALL}")).shows(str![[r#"
sqlite:one.db
applied 20260215_create_users [TIME]
1 migration applied

sqlite:two.db
applied 20260215_create_users [TIME]
1 migration applied

sqlite:three.db
applied 20260215_create_users [TIME]
1 migration applied

"#]]);
    here.run(SHOP, &format!("check {ALL}")).shows(str![[r#"
sqlite:one.db
20260215_02_create_orders is pending: run `up`
20260216_add_age is pending: run `up`
20260301_seed_people is pending: run `up`

sqlite:two.db
20260215_02_create_orders is pending: run `up`
20260216_add_age is pending: run `up`
20260301_seed_people is pending: run `up`

sqlite:three.db
20260215_02_create_orders is pending: run `up`
20260216_add_age is pending: run `up`
20260301_seed_people is pending: run `up`
--- exit code 1

"#]]);
    here.run(SHOP, "up --database-url sqlite:one.db").ends(0);
    here.run(SHOP, &format!("check {ALL}"))
        .ends(1)
        .has("two.db");
}

#[test]
fn the_first_failure_is_the_last_one() {
    let here = Folder::new();
    here.run(SHOP, "up -n 1 --database-url two.db").ends(0);
    here.sql("two.db", "CREATE TABLE orders (id)");
    here.run(SHOP, &format!("up {ALL}")).shows(str![[r#"
sqlite:one.db
applied 20260215_create_users [TIME]
applied 20260215_02_create_orders [TIME]
applied 20260216_add_age [TIME]
applied 20260301_seed_people [TIME]
4 migrations applied

sqlite:two.db
failed 20260215_02_create_orders
--- standard error
20260301_seed_people: ann@example.org is there to play with
error: sqlite:two.db: `20260215_02_create_orders` up failed at step 1 of 2: table orders already exists
  at tests/fixtures/shop/src/migrations/m20260215_02_create_orders.rs:5
  | CREATE TABLE orders (
  |         id INTEGER PRIMARY KEY,
  |         user_id INTEGER NOT NULL REFERENCES users (id)
  |     )
  It was rolled back whole; the migrations before it stay applied

failed: sqlite:two.db
untouched: sqlite:three.db
--- exit code 1

"#]]);
    assert!(!here.path("three.db").exists());
    here.run(SHOP, &format!("up --keep-going {ALL}"))
        .shows(str![[r#"
sqlite:one.db
Nothing to do: no migration is pending

sqlite:two.db
failed 20260215_02_create_orders

sqlite:three.db
applied 20260215_create_users [TIME]
applied 20260215_02_create_orders [TIME]
applied 20260216_add_age [TIME]
applied 20260301_seed_people [TIME]
4 migrations applied
--- standard error
error: sqlite:two.db: `20260215_02_create_orders` up failed at step 1 of 2: table orders already exists
  at tests/fixtures/shop/src/migrations/m20260215_02_create_orders.rs:5
  | CREATE TABLE orders (
  |         id INTEGER PRIMARY KEY,
  |         user_id INTEGER NOT NULL REFERENCES users (id)
  |     )
  It was rolled back whole; the migrations before it stay applied
20260301_seed_people: ann@example.org is there to play with

failed: sqlite:two.db
--- exit code 1

"#]]);
}

#[test]
fn as_json() {
    let here = Folder::new();
    here.sql("two.db", "CREATE TABLE users (id)");
    let ran = here.run(SHOP, &format!("up --format json -n 1 {ALL}"));
    let answer = ran.ends(1).json();
    assert_eq!(answer[0]["database"], "sqlite:one.db");
    assert_eq!(answer[0]["exit_code"], 0);
    assert_eq!(
        answer[0]["answer"]["done"][0]["id"],
        "20260215_create_users"
    );
    assert_eq!(answer[1]["exit_code"], 1);
    let error = answer[1]["answer"]["error"].as_str().unwrap();
    assert!(error.contains("table users already exists"), "{error}");
    assert_eq!(answer[2]["exit_code"], serde_json::Value::Null);
    assert_eq!(answer[2]["answer"], serde_json::Value::Null);
    let ran = here.run(SHOP, &format!("check --format json {ALL}"));
    let answer = ran.ends(1).json();
    assert_eq!(answer[2]["exit_code"], 1);
    assert_eq!(answer[2]["answer"].as_array().unwrap().len(), 4);
}

#[test]
fn a_file_with_a_line_for_each() {
    let here = Folder::new();
    here.write("urls", "sqlite:one.db\n\n  sqlite:two.db\n");
    let mut up = here.command(SHOP, "up");
    here.finish(up.env("DATABASE_URL_FILE", "urls")).ends(0);
    here.run(SHOP, "check --database-url one.db --database-url two.db")
        .ends(0);
}

/// Who is not allowed to go on with the last one has lost nothing in the first one.
#[test]
fn questions_come_first() {
    let here = Folder::new();
    here.run(SHOP, "up --database-url one.db").ends(0);
    let before = here.files();
    here.run(SHOP, "fresh --database-url one.db --database-url two.db")
        .shows(str![[r#"
--- standard error
stopped: `fresh` drops every table in one.db (development), with all data. Give --yes to do it where nobody can be asked. Nothing was done
--- exit code 4

"#]]);
    assert!(here.files() == before);
    here.run(
        SHOP,
        "fresh --yes --database-url one.db --database-url two.db",
    )
    .ends(0);
}
