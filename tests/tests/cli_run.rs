//! The commands that run migrations, as real processes on a database file.
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows that a test may panic, but not its helpers"
)]

use std::fs;

use migrate_tests::Folder;
use snapbox::str;

const SHOP: &str = env!("CARGO_BIN_EXE_fixture-shop");
const LAB: &str = env!("CARGO_BIN_EXE_fixture-lab");
const DB: &str = "--database-url app.db";

fn shop(here: &Folder, arguments: &str) -> migrate_tests::Ran {
    here.run(SHOP, &format!("{arguments} {DB}"))
}

#[test]
fn up_applies_what_is_pending_and_status_shows_it() {
    let here = Folder::new();
    shop(&here, "status").shows(str![[r#"
State    Migration                  Batch  Applied at (UTC)  Description
PENDING  20260215_create_users                               create users
PENDING  20260215_02_create_orders                           create orders
PENDING  20260216_add_age                                    How old people are
PENDING  20260301_seed_people                                seed people

0 applied, 4 pending
--- standard error
note: app.db does not exist yet

"#]]);
    assert!(here.files().is_empty(), "looking makes no file");
    shop(&here, "up --count 1").shows(str![[r#"
applied 20260215_create_users [TIME]
1 migration applied

"#]]);
    shop(&here, "up").shows(str![[r#"
applied 20260215_02_create_orders [TIME]
applied 20260216_add_age [TIME]
applied 20260301_seed_people [TIME]
3 migrations applied
--- standard error
20260301_seed_people: ann@example.org is there to play with

"#]]);
    shop(&here, "up").shows(str![[r#"
Nothing to do: no migration is pending

"#]]);
    shop(&here, "status").shows(str![[r#"
State    Migration                  Batch  Applied at (UTC)     Description
APPLIED  20260215_create_users      1      YYYY-MM-DD hh:mm:ss  create users
APPLIED  20260215_02_create_orders  2      YYYY-MM-DD hh:mm:ss  create orders
APPLIED  20260216_add_age           2      YYYY-MM-DD hh:mm:ss  How old people are
APPLIED  20260301_seed_people       2      YYYY-MM-DD hh:mm:ss  seed people

4 applied, 0 pending

"#]]);
}

#[test]
fn up_goes_as_far_as_it_is_told() {
    let here = Folder::new();
    shop(&here, "up --target 20260215_02").shows(str![[r#"
applied 20260215_create_users [TIME]
applied 20260215_02_create_orders [TIME]
2 migrations applied

"#]]);
    shop(&here, "up --target create_orders").shows(str![[r#"
Nothing to do: no migration up to `create_orders` is pending

"#]]);
    shop(&here, "up -n 1").shows(str![[r#"
applied 20260216_add_age [TIME]
1 migration applied

"#]]);
    shop(&here, "up -t 20260301_seed_people").shows(str![[r#"
applied 20260301_seed_people [TIME]
1 migration applied
--- standard error
20260301_seed_people: ann@example.org is there to play with

"#]]);
}

#[test]
fn down_takes_the_last_batch_unless_it_is_told_more() {
    let here = Folder::new();
    for _ in 0..4 {
        shop(&here, "up -n 1").ends(0);
    }
    shop(&here, "down").shows(str![[r#"
reverted 20260301_seed_people [TIME]
1 migration reverted: the last batch

"#]]);
    shop(&here, "down --steps 2").shows(str![[r#"
reverted 20260216_add_age [TIME]
reverted 20260215_02_create_orders [TIME]
2 migrations reverted

"#]]);
    shop(&here, "down -n 5").shows(str![[r#"
reverted 20260215_create_users [TIME]
1 migration reverted

"#]]);
    shop(&here, "down").shows(str![[r#"
Nothing to do: no migration is applied

"#]]);
    shop(&here, "up").ends(0);
    shop(&here, "down --target create_users").shows(str![[r#"
reverted 20260301_seed_people [TIME]
reverted 20260216_add_age [TIME]
reverted 20260215_02_create_orders [TIME]
3 migrations reverted

"#]]);
    shop(&here, "down --target create_users").shows(str![[r#"
Nothing to do: no migration was applied after `create_users`

"#]]);
    shop(&here, "down --target create_orders").shows(str![[r#"
--- standard error
error: `20260215_02_create_orders` is not applied, so there is no way down to it
--- exit code 1

"#]]);
}

#[test]
fn redo_keeps_the_batches() {
    let here = Folder::new();
    shop(&here, "up -n 2").ends(0);
    shop(&here, "up").ends(0);
    shop(&here, "redo").shows(str![[r#"
reverted 20260301_seed_people [TIME]
reverted 20260216_add_age [TIME]
applied 20260216_add_age [TIME]
applied 20260301_seed_people [TIME]
2 migrations reverted, 2 migrations applied
--- standard error
20260301_seed_people: ann@example.org is there to play with

"#]]);
    shop(&here, "redo --steps 2 --dry-run").shows(str![[r#"
revert 20260301_seed_people  seed people
    DELETE FROM users WHERE email = 'ann@example.org';
revert 20260216_add_age  How old people are
    ALTER TABLE "users" DROP COLUMN "age";
revert 20260215_02_create_orders  create orders
    DROP TABLE orders;
revert 20260215_create_users  create users
    DROP TABLE users;
apply 20260215_create_users  create users
    CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE);
apply 20260215_02_create_orders  create orders
    CREATE TABLE orders (
        id INTEGER PRIMARY KEY,
        user_id INTEGER NOT NULL REFERENCES users (id)
    );
    CREATE INDEX orders_user ON orders (user_id);
apply 20260216_add_age  How old people are
    ALTER TABLE "users" ADD COLUMN "age" integer;
apply 20260301_seed_people  seed people
    run: make people
    log: ann@example.org is there to play with
4 migrations would be reverted, 4 migrations would be applied. Nothing was done: this was a dry run

"#]]);
    shop(&here, "redo -n 1").shows(str![[r#"
reverted 20260301_seed_people [TIME]
applied 20260301_seed_people [TIME]
1 migration reverted, 1 migration applied
--- standard error
20260301_seed_people: ann@example.org is there to play with

"#]]);
    let batches: Vec<i64> = {
        let database = here.open("app.db");
        let mut statement = database
            .prepare("SELECT batch FROM _migrations ORDER BY seq")
            .unwrap();
        let batches = statement.query_map([], |row| row.get(0)).unwrap();
        batches.map(Result::unwrap).collect()
    };
    assert_eq!(batches, [1, 1, 2, 2]);
    shop(&here, "redo --target create_users").ends(0);
}

#[test]
fn reset_and_fresh() {
    let here = Folder::new();
    shop(&here, "up").ends(0);
    here.sql(
        "app.db",
        "CREATE TABLE by_hand (a); CREATE VIEW v AS SELECT * FROM users",
    );
    shop(&here, "fresh --yes").shows(str![[r#"
dropped everything in the database [TIME]
applied 20260215_create_users [TIME]
applied 20260215_02_create_orders [TIME]
applied 20260216_add_age [TIME]
applied 20260301_seed_people [TIME]
4 migrations applied
--- standard error
20260301_seed_people: ann@example.org is there to play with

"#]]);
    assert_eq!(here.tables("app.db"), ["_migrations", "orders", "users"]);
    shop(&here, "reset --yes").shows(str![[r#"
reverted 20260301_seed_people [TIME]
reverted 20260216_add_age [TIME]
reverted 20260215_02_create_orders [TIME]
reverted 20260215_create_users [TIME]
4 migrations reverted

"#]]);
    assert_eq!(here.tables("app.db"), ["_migrations"]);
    shop(&here, "reset --yes").shows(str![[r#"
Nothing to do: no migration is applied

"#]]);
}

#[test]
fn apply_runs_one_whatever_else_is_pending() {
    let here = Folder::new();
    shop(&here, "apply create_orders").shows(str![[r#"
applied 20260215_02_create_orders [TIME]
1 migration applied

"#]]);
    shop(&here, "apply create_orders").shows(str![[r#"
--- standard error
error: `20260215_02_create_orders` is already applied
--- exit code 1

"#]]);
    shop(&here, "apply create_order").shows(str![[r#"
--- standard error
error: there is no migration `create_order`: did you mean `20260215_02_create_orders`, `20260215_create_users`?
--- exit code 2

"#]]);
    shop(&here, "apply seed_people --env production").shows(str![[r#"
--- standard error
error: `20260301_seed_people` is only for `development`, and the environment of this run is `production`
--- exit code 1

"#]]);
    shop(&here, "status").shows(str![[r#"
State         Migration                  Batch  Applied at (UTC)     Description
OUT OF ORDER  20260215_create_users                                  create users
APPLIED       20260215_02_create_orders  1      YYYY-MM-DD hh:mm:ss  create orders
PENDING       20260216_add_age                                       How old people are
PENDING       20260301_seed_people                                   seed people

1 applied, 3 pending, 1 to look at: `verify` says more

"#]]);
}

#[test]
fn a_plan_has_every_statement_and_every_rust_step() {
    let here = Folder::new();
    shop(&here, "plan").shows(str![[r#"
apply 20260215_create_users  create users
    CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE);
apply 20260215_02_create_orders  create orders
    CREATE TABLE orders (
        id INTEGER PRIMARY KEY,
        user_id INTEGER NOT NULL REFERENCES users (id)
    );
    CREATE INDEX orders_user ON orders (user_id);
apply 20260216_add_age  How old people are
    ALTER TABLE "users" ADD COLUMN "age" integer;
apply 20260301_seed_people  seed people
    run: make people
    log: ann@example.org is there to play with
4 migrations would be applied
--- standard error
note: app.db does not exist yet

"#]]);
    shop(&here, "plan --env production --target add_age").has("3 migrations would be applied");
    shop(&here, "plan -n 1").has("1 migration would be applied");
    shop(&here, "up").ends(0);
    shop(&here, "plan").shows(str![[r#"
Nothing to do: no migration is pending

"#]]);
    here.run(LAB, "plan --target 011").shows(str![[r#"
apply 001_create_samples  create samples
    CREATE TABLE samples (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
apply 004_create_runs  create runs
    CREATE TABLE runs (id INTEGER PRIMARY KEY, started TEXT);
apply 005_create_results  create results
    CREATE TABLE results (id INTEGER PRIMARY KEY, sample INTEGER, value REAL);
    INSERT INTO results (sample, value) VALUES (1, 36.6);
    log: results are ready for development
apply 9_index_results  index results
    CREATE INDEX results_sample ON results (sample);
apply 010_unique_samples  unique samples
    ALTER TABLE samples ADD COLUMN label TEXT;
    CREATE UNIQUE INDEX samples_name ON samples (name);
apply 011_compact  compact (outside a transaction)
    CREATE TABLE archive (id INTEGER PRIMARY KEY);
    run: fill the archive
    VACUUM;
6 migrations would be applied
--- standard error
note: sqlite:lab.db does not exist yet

"#]]);
}

#[test]
fn a_dry_run_writes_nothing() {
    let here = Folder::new();
    for command in [
        "up",
        "apply create_users",
        "baseline --all",
        "fresh",
        "down",
        "reset",
        "redo",
    ] {
        shop(&here, &format!("{command} --dry-run")).ends(0);
        assert!(here.files().is_empty(), "{command}");
    }
    shop(&here, "up --count 3").ends(0);
    let before = fs::read(here.path("app.db")).unwrap();
    for command in [
        "up",
        "apply seed_people",
        "fresh",
        "down",
        "reset",
        "redo -n 2",
        "down -t create_users",
    ] {
        shop(&here, &format!("{command} --dry-run"))
            .ends(0)
            .has("Nothing was done");
        assert_eq!(here.files().len(), 1, "{command}");
        assert!(
            fs::read(here.path("app.db")).unwrap() == before,
            "{command}"
        );
    }
    shop(&here, "down --dry-run").shows(str![[r#"
revert 20260216_add_age  How old people are
    ALTER TABLE "users" DROP COLUMN "age";
revert 20260215_02_create_orders  create orders
    DROP TABLE orders;
revert 20260215_create_users  create users
    DROP TABLE users;
3 migrations would be reverted: the last batch. Nothing was done: this was a dry run

"#]]);
    shop(&here, "fresh --dry-run --env production").shows(str![[r#"
drop everything in the database (foreign keys off, checked before the commit)
apply 20260215_create_users  create users
    CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE);
apply 20260215_02_create_orders  create orders
    CREATE TABLE orders (
        id INTEGER PRIMARY KEY,
        user_id INTEGER NOT NULL REFERENCES users (id)
    );
    CREATE INDEX orders_user ON orders (user_id);
apply 20260216_add_age  How old people are
    ALTER TABLE "users" ADD COLUMN "age" integer;
3 migrations would be applied. Nothing was done: this was a dry run

"#]]);
    shop(&here, "up --dry-run -t add_age").shows(str![[r#"
Nothing to do: no migration up to `add_age` is pending. Nothing was done: this was a dry run

"#]]);
}

#[test]
fn the_names_that_other_tools_gave_work_too() {
    let here = Folder::new();
    shop(&here, "migrate").has("4 migrations applied");
    shop(&here, "rollback --batches 1").has("4 migrations reverted");
}

#[test]
fn every_statement_is_shown_on_request() {
    let here = Folder::new();
    shop(&here, "up -v").shows(str![[r#"
applied 20260215_create_users [TIME]
applied 20260215_02_create_orders [TIME]
applied 20260216_add_age [TIME]
applied 20260301_seed_people [TIME]
4 migrations applied
--- standard error
apply 20260215_create_users
step 1 of 1
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE)
apply 20260215_02_create_orders
step 1 of 2
CREATE TABLE orders (
        id INTEGER PRIMARY KEY,
        user_id INTEGER NOT NULL REFERENCES users (id)
    )
step 2 of 2
CREATE INDEX orders_user ON orders (user_id)
apply 20260216_add_age
step 1 of 1
ALTER TABLE "users" ADD COLUMN "age" integer
apply 20260301_seed_people
step 1 of 2
make people
20260301_seed_people: ann@example.org is there to play with

"#]]);
}

#[test]
fn a_failure_is_told_with_the_place_and_the_statement() {
    let here = Folder::new();
    here.run(LAB, "up --target 9").ends(0);
    here.sql("lab.db", "INSERT INTO samples (name) VALUES ('a'), ('a')");
    here.run(LAB, "up").shows(str![[r#"
failed 010_unique_samples
--- standard error
error: `010_unique_samples` up failed at step 2 of 2: UNIQUE constraint failed: samples.name
  at tests/fixtures/lab/src/migrations/m010_unique_samples.rs:14
  | CREATE UNIQUE INDEX samples_name ON samples (name)
  It was rolled back whole; the migrations before it stay applied
--- exit code 1

"#]]);
    here.run(LAB, "status").shows(str![[r#"
State    Migration           Batch  Applied at (UTC)     Description
APPLIED  001_create_samples  1      YYYY-MM-DD hh:mm:ss  create samples
APPLIED  004_create_runs     1      YYYY-MM-DD hh:mm:ss  create runs
APPLIED  005_create_results  1      YYYY-MM-DD hh:mm:ss  create results
APPLIED  9_index_results     1      YYYY-MM-DD hh:mm:ss  index results
PENDING  010_unique_samples                              unique samples
PENDING  011_compact                                     compact
PENDING  012_drop_runs                                   drop runs

4 applied, 3 pending

"#]]);
    here.sql("lab.db", "DELETE FROM samples");
    here.run(LAB, "down --target 1").ends(0);
    let mut failing = here.command(LAB, "up");
    here.finish(failing.env("LAB_COMPACT", "fail"))
        .shows(str![[r#"
applied 004_create_runs [TIME]
applied 005_create_results [TIME]
applied 9_index_results [TIME]
applied 010_unique_samples [TIME]
failed 011_compact
--- standard error
005_create_results: results are ready for development
4 migrations done before the failure
error: `011_compact` up failed at step 2 of 3: the archive is closed today
  at tests/fixtures/lab/src/migrations/m011_compact.rs:10
  | fill the archive
  It runs outside a transaction: the steps before stay, and the next run goes on with this step
--- exit code 1

"#]]);
    here.run(LAB, "status").shows(str![[r#"
State           Migration           Batch  Applied at (UTC)     Description
APPLIED         001_create_samples  1      YYYY-MM-DD hh:mm:ss  create samples
APPLIED         004_create_runs     2      YYYY-MM-DD hh:mm:ss  create runs
APPLIED         005_create_results  2      YYYY-MM-DD hh:mm:ss  create results
APPLIED         9_index_results     2      YYYY-MM-DD hh:mm:ss  index results
APPLIED         010_unique_samples  2      YYYY-MM-DD hh:mm:ss  unique samples
INCOMPLETE 1/3  011_compact         2      YYYY-MM-DD hh:mm:ss  compact
PENDING         012_drop_runs                                   drop runs

5 applied, 1 pending, 1 to look at: `verify` says more

error: `011_compact` up failed at step 2 of 3: the archive is closed today
  at tests/fixtures/lab/src/migrations/m011_compact.rs:10
  | fill the archive
  It runs outside a transaction: the steps before stay, and the next run goes on with this step

"#]]);
    here.run(LAB, "up").shows(str![[r#"
applied 011_compact [TIME]
applied 012_drop_runs [TIME]
2 migrations applied

"#]]);
}

#[test]
fn what_cannot_be_taken_back_stops_before_anything_is_done() {
    let here = Folder::new();
    here.run(LAB, "up").ends(0);
    let before = here.files();
    here.run(LAB, "down").shows(str![[r#"
--- standard error
error: cannot be taken back: `012_drop_runs` (the runs are gone). Nothing was done
--- exit code 1

"#]]);
    here.run(LAB, "reset --yes").ends(1);
    here.run(LAB, "redo -n 2").ends(1);
    assert!(here.files() == before);
    here.run(LAB, "down -n 1 --dry-run").shows(str![[r#"
--- standard error
error: cannot be taken back: `012_drop_runs` (the runs are gone). Nothing was done
--- exit code 1

"#]]);
}
