//! `log`: what a database has, in the order in which it got it.
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows that a test may panic, but not its helpers"
)]

use migrate_tests::Folder;
use serde_json::Value;

const SHOP: &str = env!("CARGO_BIN_EXE_fixture-shop");
const LAB: &str = env!("CARGO_BIN_EXE_fixture-lab");
const BOTH: &str = env!("CARGO_BIN_EXE_fixture-both");

/// The ids, in the order in which they are told.
fn ids(here: &Folder, program: &str, arguments: &str) -> Vec<String> {
    let told = here.run(program, &format!("log {arguments} --format json"));
    let rows = told.ends(0).json();
    let rows = rows.as_array().unwrap().iter();
    rows.map(|row| row["id"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn nothing_has_happened() {
    let here = Folder::new();
    here.run(SHOP, "log --database-url absent.db")
        .shows(snapbox::str![[r#"
Nothing is applied
--- standard error
note: absent.db does not exist yet

"#]]);
    assert!(here.files().is_empty());
    assert!(ids(&here, SHOP, "--database-url absent.db").is_empty());
}

#[test]
fn the_newest_first() {
    let here = Folder::new();
    let url = "--database-url app.db";
    here.run(SHOP, &format!("up -n 1 {url}")).ends(0);
    here.run(SHOP, &format!("up {url}")).ends(0);
    let all = ids(&here, SHOP, url);
    assert_eq!(all.len(), 4);
    assert_eq!(all[3], "20260215_create_users");

    let told = here.run(SHOP, &format!("log {url}"));
    let lines: Vec<&str> = told.ends(0).out.lines().collect();
    assert_eq!(lines.len(), 5, "{lines:?}");
    let head: Vec<&str> = lines[0]
        .split("  ")
        .map(str::trim)
        .filter(|word| !word.is_empty())
        .collect();
    assert_eq!(
        head,
        ["Batch", "Applied at (UTC)", "Took", "By", "Migration"]
    );
    for (line, id) in lines[1..].iter().zip(&all) {
        assert!(line.ends_with(id.as_str()), "{line}");
        assert!(line.contains(" ms ") && line.contains('@'), "{line}");
    }
    assert!(lines[1].starts_with('2') && lines[4].starts_with('1'));

    assert_eq!(ids(&here, SHOP, &format!("-n 2 {url}")), all[..2]);
    here.run(SHOP, &format!("log --limit 3 {url}"))
        .has("… and 1 migration before")
        .lacks("create_users");
    here.run(SHOP, &format!("log --limit 0 {url}")).ends(2);
}

/// What was taken back is not told: the history does not keep it.
#[test]
fn what_was_taken_back_is_gone() {
    let here = Folder::new();
    let url = "--database-url app.db";
    here.run(SHOP, &format!("up {url}")).ends(0);
    let all = ids(&here, SHOP, url);
    here.run(SHOP, &format!("down -n 1 {url}")).ends(0);
    assert_eq!(ids(&here, SHOP, url), all[1..]);
}

#[test]
fn the_environment_and_the_sets() {
    let here = Folder::new();
    here.run(BOTH, "up --env production --database-url app.db")
        .ends(0);
    let told = here.run(BOTH, "log --database-url app.db");
    told.ends(0)
        .has("(production)")
        .has("shop/20260215_create_users");
}

/// Of one that was cut off, the history says how far it came, and why.
#[test]
fn a_migration_that_was_cut_off() {
    let here = Folder::new();
    let mut up = here.command(LAB, "up --database-url app.db");
    here.finish(up.env("LAB_COMPACT", "fail")).ends(1);
    let told = here.run(LAB, "log --limit 1 --database-url app.db");
    told.ends(0)
        .has("011_compact  up: 1 of 3 steps")
        .has("error: 011_compact: ");
    let row: Value = here
        .run(LAB, "log -n 1 --format json --database-url app.db")
        .json();
    assert_eq!(row[0]["progress"]["applying"]["done"], 1);
}
