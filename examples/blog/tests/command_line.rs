//! `cargo run --bin migrate`, as a developer runs it.

#![allow(clippy::unwrap_used, reason = "a test ends where something fails")]

use std::{path::Path, process::Command};

/// Runs the program in a folder, and returns its exit code and what it has printed.
fn migrate(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_migrate"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("DATABASE_URL")
        .env_remove("DATABASE_URL_FILE")
        .env_remove("MIGRATE_ENV")
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(text).unwrap())
}

#[test]
fn up_makes_the_database_and_down_takes_the_batch_back() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| migrate(folder.path(), arguments);

    let (code, status) = run(&["status"]);
    assert_eq!(code, Some(0), "{status}");
    assert!(
        status.contains("The people who write and comment."),
        "{status}"
    );
    assert!(
        !folder.path().join("blog.db").exists(),
        "looking makes nothing"
    );
    assert_eq!(run(&["check"]).0, Some(1), "something is pending");

    let (code, first) = run(&["up", "--target", "create_comments"]);
    assert_eq!(code, Some(0), "{first}");
    assert!(folder.path().join("blog.db").exists());
    let (code, rest) = run(&["up"]);
    assert_eq!(code, Some(0), "{rest}");
    assert_eq!(run(&["check"]).0, Some(0));

    let (code, down) = run(&["down"]);
    assert_eq!(code, Some(0), "{down}");
    assert!(down.contains("20251001_write_ahead_log"), "{down}");
    assert!(
        !down.contains("20250922_create_comments"),
        "an earlier batch"
    );
}

#[test]
fn both_ways_of_every_migration_are_shown() {
    let folder = tempfile::tempdir().unwrap();
    let (code, ways) = migrate(folder.path(), &["status", "--sql"]);
    assert_eq!(code, Some(0), "{ways}");
    assert!(ways.contains("make a handle from every name"), "{ways}");
}

#[test]
fn production_cannot_be_reset() {
    let folder = tempfile::tempdir().unwrap();
    let run = |command: &str| migrate(folder.path(), &[command, "--env", "production", "--yes"]);
    assert_eq!(run("up").0, Some(0));
    let (code, reset) = run("reset");
    assert_eq!(code, Some(1), "{reset}");
    assert!(reset.contains("the accounts are gone"), "{reset}");
    assert_eq!(run("check").0, Some(0), "nothing was done");
}
