//! The commands about what is applied already, and databases that have another history than the program.
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows that a test may panic, but not its helpers"
)]

use migrate_tests::{Folder, Ran};
use snapbox::str;

const SHOP: &str = env!("CARGO_BIN_EXE_fixture-shop");
const NEXT: &str = env!("CARGO_BIN_EXE_fixture-shop-next");
const EDITED: &str = env!("CARGO_BIN_EXE_fixture-shop-edited");
const BOTH: &str = env!("CARGO_BIN_EXE_fixture-both");
const TWICE: &str = env!("CARGO_BIN_EXE_fixture-twice");
const EMPTY: &str = env!("CARGO_BIN_EXE_fixture-empty");
const LAB: &str = env!("CARGO_BIN_EXE_fixture-lab");

fn run(here: &Folder, program: &str, arguments: &str) -> Ran {
    here.run(program, &format!("{arguments} --database-url app.db"))
}

#[test]
fn check_and_verify_of_a_database_that_is_behind() {
    let here = Folder::new();
    run(&here, SHOP, "check").shows(str![[r#"
20260215_create_users is pending: run `up`
20260215_02_create_orders is pending: run `up`
20260216_add_age is pending: run `up`
20260301_seed_people is pending: run `up`
--- standard error
note: app.db does not exist yet
--- exit code 1

"#]]);
    run(&here, SHOP, "verify").shows(str![[r#"
ok: what is applied is the same as in this program
--- standard error
note: app.db does not exist yet

"#]]);
    run(&here, SHOP, "up").ends(0);
    run(&here, SHOP, "check").shows(str![[r#"
ok: every migration is applied, and the same as in this program; the database is as they have made it
note: not compared, because what a migration does with it cannot be read: users

"#]]);
    run(&here, SHOP, "verify").shows(str![[r#"
ok: what is applied is the same as in this program

"#]]);
}

#[test]
fn a_history_that_was_tampered_with_is_told_in_full() {
    let here = Folder::new();
    run(&here, SHOP, "up").ends(0);
    run(&here, EDITED, "status").shows(str![[r#"
State         Migration                  Batch  Applied at (UTC)     Description
OUT OF ORDER  20260214_create_settings                               create settings
CHANGED       20260215_create_users      1      YYYY-MM-DD hh:mm:ss  create users
APPLIED       20260216_add_age           1      YYYY-MM-DD hh:mm:ss  How old people are
APPLIED       20260301_seed_people       1      YYYY-MM-DD hh:mm:ss  seed people
MISSING       20260215_02_create_orders  1      YYYY-MM-DD hh:mm:ss  create orders

4 applied, 1 pending, 3 to look at: `verify` says more

"#]]);
    run(&here, EDITED, "check").shows(str![[r#"
20260214_create_settings is pending, and comes before one that is applied: give it a later version, or allow it with `--out-of-order warn`
20260215_create_users has changed since it was applied: restore it, or accept it with `repair`
20260215_02_create_orders is applied, but not in this program: run a newer program, or take it out with `forget`
note: not compared, because what a migration does with it cannot be read: users
--- exit code 1

"#]]);
    run(&here, EDITED, "verify")
        .ends(1)
        .has("has changed since it was applied");
    let before = here.files();
    run(&here, EDITED, "up").shows(str![[r#"
--- standard error
error: changed since applied: `20260215_create_users`. An applied migration cannot be edited: restore it and write a new one; or accept what it is now with `repair`
--- exit code 1

"#]]);
    run(&here, EDITED, "up --changed warn").shows(str![[r#"
--- standard error
error: applied, but not in this program: `20260215_02_create_orders`. Is the program older than the database? Run the one that has it; or, where it is gone for good, take it out of the history with `forget`
--- exit code 1

"#]]);
    run(&here, EDITED, "up --changed ignore --missing ignore").shows(str![[r#"
--- standard error
error: out of order: `20260214_create_settings` would run after a later one that is already applied. Give it a new version behind that one; or allow it with the policy for it (`--out-of-order warn`)
--- exit code 1

"#]]);
    run(&here, EDITED, "down").shows(str![[r#"
--- standard error
error: changed since applied: `20260215_create_users`. An applied migration cannot be edited: restore it and write a new one; or accept what it is now with `repair`
--- exit code 1

"#]]);
    run(&here, EDITED, "plan").ends(1);
    assert!(here.files() == before, "what is refused changes nothing");
    run(
        &here,
        EDITED,
        "up --changed warn --missing warn --out-of-order warn",
    )
    .shows(str![[r#"
applied 20260214_create_settings [TIME]
1 migration applied
--- standard error
warning: `20260215_create_users` has changed since it was applied
warning: `20260215_02_create_orders` is applied, but not in this program
warning: `20260214_create_settings` runs after a later one that is already applied

"#]]);
}

#[test]
fn repair_accepts_by_name_and_shows_both_checksums() {
    let here = Folder::new();
    run(&here, SHOP, "up").ends(0);
    let before = here.files();
    run(&here, EDITED, "repair create_users --dry-run").shows(str![[r#"
accept the changed checksum of 20260215_create_users  create users
1 migration would be accepted as changed. Nothing was done: this was a dry run

"#]]);
    run(&here, EDITED, "repair create_users add_age").shows(str![[r#"
--- standard error
error: `20260216_add_age` is not changed: there is nothing to accept
--- exit code 1

"#]]);
    run(&here, EDITED, "repair creat_users").shows(str![[r#"
--- standard error
error: there is no migration `creat_users`: did you mean `20260215_create_users`?
--- exit code 2

"#]]);
    run(&here, EDITED, "repair 20260214").shows(str![[r#"
--- standard error
error: `20260214` is not applied, so there is nothing of it in the history
--- exit code 1

"#]]);
    assert!(here.files() == before);
    run(&here, EDITED, "repair create_users create_users").shows(str![[r#"
accepted 20260215_create_users [TIME]
20260215_create_users: v1:8548751d99957a87844331c025659345 → v1:c67431cd511603de5c6a29f63de2d1b2
1 migration accepted as changed

"#]]);
    run(&here, EDITED, "status").has("APPLIED       20260215_create_users");
}

#[test]
fn forget_takes_out_what_the_program_no_longer_has() {
    let here = Folder::new();
    run(&here, NEXT, "up").ends(0);
    let before = here.files();
    run(&here, SHOP, "forget create_invoices --dry-run").shows(str![[r#"
warning: `20260310_create_invoices` is taken out of the history; its `down` does not run, and what it made stays
forget 20260310_create_invoices
1 migration would be taken out of the history. Nothing was done: this was a dry run

"#]]);
    run(&here, SHOP, "forget create_users").shows(str![[r#"
--- standard error
error: `20260215_create_users` is in this program: take it back with `down` instead of forgetting it
--- exit code 1

"#]]);
    run(&here, SHOP, "forget create_invoice").shows(str![[r#"
--- standard error
error: there is no migration `create_invoice`: did you mean `20260310_create_invoices`, `20260311_write_invoices`?
--- exit code 2

"#]]);
    assert!(here.files() == before);
    run(&here, SHOP, "forget create_invoices 20260311").shows(str![[r#"
forgotten 20260310_create_invoices [TIME]
forgotten 20260311_write_invoices [TIME]
2 migrations taken out of the history
--- standard error
warning: `20260310_create_invoices` is taken out of the history; its `down` does not run, and what it made stays
warning: `20260311_write_invoices` is taken out of the history; its `down` does not run, and what it made stays

"#]]);
    run(&here, SHOP, "check").ends(0);
    assert!(here.tables("app.db").contains(&"invoices".to_owned()));
}

#[test]
fn a_program_that_is_older_than_the_database() {
    let here = Folder::new();
    run(&here, NEXT, "up -t create_invoices").ends(0);
    run(&here, SHOP, "status").shows(str![[r#"
State    Migration                  Batch  Applied at (UTC)     Description
APPLIED  20260215_create_users      1      YYYY-MM-DD hh:mm:ss  create users
APPLIED  20260215_02_create_orders  1      YYYY-MM-DD hh:mm:ss  create orders
APPLIED  20260216_add_age           1      YYYY-MM-DD hh:mm:ss  How old people are
APPLIED  20260301_seed_people       1      YYYY-MM-DD hh:mm:ss  seed people
MISSING  20260310_create_invoices   1      YYYY-MM-DD hh:mm:ss  create invoices

5 applied, 0 pending, 1 to look at: `verify` says more

"#]]);
    run(&here, SHOP, "check").shows(str![[r#"
20260310_create_invoices is applied, but not in this program: run a newer program, or take it out with `forget`
note: not compared, because what a migration does with it cannot be read: users, orders
--- exit code 1

"#]]);
    run(&here, SHOP, "up").shows(str![[r#"
--- standard error
error: applied, but not in this program: `20260310_create_invoices`. Is the program older than the database? Run the one that has it; or, where it is gone for good, take it out of the history with `forget`
--- exit code 1

"#]]);
    run(&here, SHOP, "up --missing warn").shows(str![[r#"
Nothing to do: no migration is pending
--- standard error
warning: `20260310_create_invoices` is applied, but not in this program

"#]]);
    run(&here, SHOP, "up --missing ignore").shows(str![[r#"
Nothing to do: no migration is pending

"#]]);
    run(&here, SHOP, "down -n 1").shows(str![[r#"
--- standard error
error: applied, but not in this program: `20260310_create_invoices`. Is the program older than the database? Run the one that has it; or, where it is gone for good, take it out of the history with `forget`
--- exit code 1

"#]]);
    run(&here, SHOP, "down -n 1 --stored-down").shows(str![[r#"
--- standard error
stopped: `down` takes back 1 migration in app.db (development): what was made is dropped, with all data. Give --yes to do it where nobody can be asked. Nothing was done
--- exit code 4

"#]]);
    run(&here, SHOP, "down -n 1 --stored-down --dry-run").shows(str![[r#"
revert by its stored down 20260310_create_invoices
    DROP TABLE invoices;
1 migration would be reverted. Nothing was done: this was a dry run

"#]]);
    run(&here, SHOP, "down -n 1 --stored-down --yes").shows(str![[r#"
reverted 20260310_create_invoices [TIME]
1 migration reverted

"#]]);
    assert!(!here.tables("app.db").contains(&"invoices".to_owned()));
    run(&here, SHOP, "check").ends(0);
}

#[test]
fn a_way_back_in_rust_code_is_not_stored() {
    let here = Folder::new();
    run(&here, NEXT, "up").ends(0);
    let before = here.files();
    run(&here, SHOP, "down --stored-down --yes").shows(str![[r#"
--- standard error
error: no SQL is stored that takes back `20260311_write_invoices`: its way back has Rust code or needs to run outside a transaction, or there is none. Run the program that has it; or, where it is gone for good, take it out of the history with `forget`. Nothing was done
--- exit code 1

"#]]);
    assert!(here.files() == before);
    run(&here, NEXT, "reset --yes").ends(0);
}

#[test]
fn a_baseline_adopts_a_database_that_is_there() {
    let here = Folder::new();
    here.sql(
        "app.db",
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE);
         CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id));
         CREATE INDEX orders_user ON orders (user_id)",
    );
    let before = here.files();
    run(&here, SHOP, "baseline create_orders --dry-run").shows(str![[r#"
record as applied 20260215_create_users  create users
record as applied 20260215_02_create_orders  create orders
2 migrations would be recorded as applied. Nothing was done: this was a dry run

"#]]);
    run(&here, SHOP, "baseline create_order").ends(2);
    assert!(here.files() == before);
    run(&here, SHOP, "baseline create_orders").shows(str![[r#"
recorded 20260215_create_users [TIME]
recorded 20260215_02_create_orders [TIME]
2 migrations recorded as applied

"#]]);
    run(&here, SHOP, "baseline create_orders").shows(str![[r#"
--- standard error
error: this database already has a history of 2 migrations: a baseline is for one that was made without this program
--- exit code 1

"#]]);
    run(&here, SHOP, "up").shows(str![[r#"
applied 20260216_add_age [TIME]
applied 20260301_seed_people [TIME]
2 migrations applied
--- standard error
20260301_seed_people: ann@example.org is there to play with

"#]]);
    run(&here, SHOP, "check").ends(0);
    here.run(SHOP, "baseline --all --database-url other.db")
        .has("4 migrations recorded as applied");
}

#[test]
fn a_step_that_was_cut_off_is_resolved() {
    let here = Folder::new();
    let compact = |arguments: &str, how: &str| {
        here.finish(here.command(LAB, arguments).env("LAB_COMPACT", how))
    };
    here.run(LAB, "up -t 010").ends(0);
    assert_ne!(compact("up", "abort").code, Some(0));
    here.run(LAB, "status").shows(str![[r#"
State           Migration           Batch  Applied at (UTC)     Description
APPLIED         001_create_samples  1      YYYY-MM-DD hh:mm:ss  create samples
APPLIED         004_create_runs     1      YYYY-MM-DD hh:mm:ss  create runs
APPLIED         005_create_results  1      YYYY-MM-DD hh:mm:ss  create results
APPLIED         9_index_results     1      YYYY-MM-DD hh:mm:ss  index results
APPLIED         010_unique_samples  1      YYYY-MM-DD hh:mm:ss  unique samples
INCOMPLETE 1/3  011_compact         2      YYYY-MM-DD hh:mm:ss  compact
PENDING         012_drop_runs                                   drop runs

5 applied, 1 pending, 1 to look at: `verify` says more

"#]]);
    here.run(LAB, "check").shows(str![[r#"
011_compact was cut off in step 2 of 3, and it cannot be seen whether that was done: look at the database, then say so with `resolve`
012_drop_runs is pending: run `up`
note: not compared, because what a migration does with it cannot be read: samples, runs, results, archive
--- exit code 1

"#]]);
    let before = here.read_bytes("lab.db");
    here.run(LAB, "up").shows(str![[r#"
--- standard error
error: step 2 of `011_compact` (fill the archive) was cut off, and it cannot be seen whether it was done. Look at the database, then say so: `resolve 011_compact --done` or `resolve 011_compact --not-done`
--- exit code 1

"#]]);
    here.run(LAB, "down").shows(str![[r#"
--- standard error
error: step 2 of `011_compact` (fill the archive) was cut off, and it cannot be seen whether it was done. Look at the database, then say so: `resolve 011_compact --done` or `resolve 011_compact --not-done`
--- exit code 1

"#]]);
    here.run(LAB, "resolve 012 --done").shows(str![[r#"
--- standard error
error: no step of `012_drop_runs` was cut off: there is nothing to resolve
--- exit code 1

"#]]);
    assert!(here.read_bytes("lab.db") == before);
    here.run(LAB, "resolve compact --not-done").shows(str![[r#"
resolved 011_compact [TIME]
1 migration resolved
Now run again what was cut off

"#]]);
    here.run(LAB, "check").shows(str![[r#"
011_compact was cut off after 1 of 3 steps: run `up` to finish it
012_drop_runs is pending: run `up`
note: not compared, because what a migration does with it cannot be read: samples, runs, results, archive
--- exit code 1

"#]]);
    here.run(LAB, "down").shows(str![[r#"
--- standard error
error: `011_compact` was cut off while it was being applied: run `up` again to finish it first
--- exit code 1

"#]]);
    assert_ne!(compact("up", "abort").code, Some(0));
    here.run(LAB, "resolve compact --done").ends(0);
    here.run(LAB, "up").shows(str![[r#"
applied 011_compact [TIME]
applied 012_drop_runs [TIME]
2 migrations applied

"#]]);
    let archived: i64 = here
        .open("lab.db")
        .query_row("SELECT count(*) FROM archive", [], |row| row.get(0))
        .unwrap();
    assert_eq!(
        archived, 0,
        "the step was said to be done, so it did not run"
    );
}

#[test]
fn two_crates_have_a_set_each() {
    let here = Folder::new();
    run(&here, BOTH, "status").shows(str![[r#"
State        Migration                          Batch  Applied at (UTC)  Description
PENDING      accounts/20260215_create_accounts                           create accounts
PENDING      shop/20260215_create_users                                  create users
PENDING      shop/20260215_02_create_orders                              create orders
PENDING      shop/20260216_add_age                                       How old people are
PENDING      accounts/20260220_link_users                                link users
FEATURE OFF  accounts/20260225_create_audit                              create audit
PENDING      shop/20260301_seed_people                                   seed people

0 applied, 6 pending
--- standard error
note: app.db does not exist yet

"#]]);
    run(&here, BOTH, "up --set shop -n 2").shows(str![[r#"
applied 20260215_create_users [TIME]
applied 20260215_02_create_orders [TIME]
2 migrations applied

"#]]);
    run(&here, BOTH, "check").shows(str![[r#"
accounts/20260215_create_accounts is pending: run `up`
shop/20260216_add_age is pending: run `up`
accounts/20260220_link_users is pending: run `up`
shop/20260301_seed_people is pending: run `up`
--- exit code 1

"#]]);
    run(&here, BOTH, "up").shows(str![[r#"
applied 20260215_create_accounts [TIME]
applied 20260216_add_age [TIME]
applied 20260220_link_users [TIME]
applied 20260301_seed_people [TIME]
4 migrations applied
--- standard error
20260301_seed_people: ann@example.org is there to play with

"#]]);
    run(&here, BOTH, "down -n 1 --set accounts").shows(str![[r#"
reverted 20260220_link_users [TIME]
1 migration reverted

"#]]);
    run(&here, BOTH, "status --set accounts").shows(str![[r#"
State        Migration                          Batch  Applied at (UTC)     Description
APPLIED      accounts/20260215_create_accounts  2      YYYY-MM-DD hh:mm:ss  create accounts
PENDING      accounts/20260220_link_users                                   link users
FEATURE OFF  accounts/20260225_create_audit                                 create audit
FOREIGN      shop/20260215_create_users         1      YYYY-MM-DD hh:mm:ss  create users
FOREIGN      shop/20260215_02_create_orders     1      YYYY-MM-DD hh:mm:ss  create orders
FOREIGN      shop/20260216_add_age              2      YYYY-MM-DD hh:mm:ss  How old people are
FOREIGN      shop/20260301_seed_people          2      YYYY-MM-DD hh:mm:ss  seed people

1 applied, 1 pending

"#]]);
    run(&here, BOTH, "down -t 20260215").shows(str![[r#"
--- standard error
error: `20260215` may be any of `accounts/20260215_create_accounts`, `shop/20260215_create_users`: write one of them in full
--- exit code 2

"#]]);
    run(&here, BOTH, "down -t accounts/20260215").ends(0);
    run(&here, BOTH, "status --set account").shows(str![[r#"
--- standard error
error: this program has no migrations of a set `account`, only of `accounts`, `shop`
--- exit code 2

"#]]);
    // A program with one of the crates leaves the other's migrations alone.
    run(&here, BOTH, "up").ends(0);
    run(&here, SHOP, "check").ends(0);
    run(&here, SHOP, "reset --yes").has("4 migrations reverted");
}

#[test]
fn programs_that_cannot_be_right() {
    let here = Folder::new();
    run(&here, EMPTY, "status").shows(str![[r#"
--- standard error
error: no migration is linked into this program. The linker leaves out a crate that the program never names: write `migrate_cli::main!(your_crate)` in src/bin/migrate.rs, or `migrate_core::link!(your_crate);` in the program that runs them, and see that the crate declares the modules (`mod migrations;`)
--- exit code 1

"#]]);
    run(&here, EMPTY, "up").ends(1);
    run(&here, TWICE, "up").shows(str![[r#"
--- standard error
error: two migrations of the set `shop` have the version 20260215_01: `20260215_create_users` (tests/fixtures/shop-edited/src/migrations/m20260215_create_users.rs:5) and `20260215_create_users` (tests/fixtures/shop/src/migrations/m20260215_create_users.rs:8); give one of them another version
--- exit code 1

"#]]);
    assert!(here.files().is_empty());
}

#[test]
fn a_migration_that_was_renamed_keeps_its_row() {
    let here = Folder::new();
    run(&here, BOTH, "up").ends(0);
    let old = "UPDATE _migrations SET id = '20260215_create_logins' WHERE id = '20260215_create_accounts'";
    here.sql("app.db", old);
    run(&here, BOTH, "check").ends(0);
    run(&here, BOTH, "plan").shows(str![[r#"
rename 20260215_create_accounts  create accounts
1 migration would be renamed in the history

"#]]);
    run(&here, BOTH, "up").shows(str![[r#"
renamed 20260215_create_accounts [TIME]
1 migration renamed in the history

"#]]);
    run(&here, BOTH, "up").has("Nothing to do");
}

#[test]
fn a_migration_behind_a_feature_that_is_off() {
    let here = Folder::new();
    run(&here, BOTH, "up").ends(0);
    run(&here, BOTH, "status").has("FEATURE OFF  accounts/20260225_create_audit");
    run(&here, BOTH, "check").ends(0);
    run(&here, BOTH, "apply create_audit").shows(str![[r#"
--- standard error
error: `20260225_create_audit` is behind the feature `audit`, which is off in this program
--- exit code 1

"#]]);
}

#[test]
fn rust_code_that_has_changed_is_only_a_warning() {
    let here = Folder::new();
    run(&here, SHOP, "up").ends(0);
    let edit = "UPDATE _migrations SET body_checksum = 'v1:0' WHERE id = '20260301_seed_people'";
    here.sql("app.db", edit);
    run(&here, SHOP, "status").shows(str![[r#"
State     Migration                  Batch  Applied at (UTC)     Description
APPLIED   20260215_create_users      1      YYYY-MM-DD hh:mm:ss  create users
APPLIED   20260215_02_create_orders  1      YYYY-MM-DD hh:mm:ss  create orders
APPLIED   20260216_add_age           1      YYYY-MM-DD hh:mm:ss  How old people are
APPLIED*  20260301_seed_people       1      YYYY-MM-DD hh:mm:ss  seed people

4 applied, 0 pending
* The Rust code of its steps has changed since it was applied.

"#]]);
    run(&here, SHOP, "check").ends(0);
    run(&here, SHOP, "up").shows(str![[r#"
Nothing to do: no migration is pending
--- standard error
warning: the Rust code of `20260301_seed_people` has changed since it was applied

"#]]);
    run(&here, SHOP, "repair seed_people").ends(0);
    run(&here, SHOP, "status").lacks("APPLIED*");
}
