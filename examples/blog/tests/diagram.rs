//! The diagram in the README is that of the history.

#![allow(clippy::unwrap_used, reason = "a test ends where something fails")]

use std::process::Command;

#[test]
fn the_diagram_in_the_readme() {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_migrate"))
        .args(["schema", "show", "--format", "mermaid"])
        .current_dir(folder.path())
        .env_remove("DATABASE_URL")
        .env_remove("DATABASE_URL_FILE")
        .env_remove("MIGRATE_ENV")
        .output()
        .unwrap();
    let diagram = String::from_utf8(output.stdout).unwrap();
    assert!(diagram.starts_with("erDiagram\n"), "{diagram}");
    let shown = format!("```mermaid\n{diagram}```\n");
    let readme = include_str!("../README.md");
    assert!(readme.contains(&shown), "the README should have:\n{shown}");
}
