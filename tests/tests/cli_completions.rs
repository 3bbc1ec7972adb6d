//! Completion scripts: each shell that is there takes its own.
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows that a test may panic, but not its helpers"
)]

use std::process::Command;

use migrate_tests::Folder;

const SHOP: &str = env!("CARGO_BIN_EXE_fixture-shop");
const CARGO: &str = env!("CARGO_BIN_EXE_fixture-cargo-migrate");

/// What a shell says; none where it is not installed.
fn ask(here: &Folder, shell: &str, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new(shell);
    command.args(arguments).current_dir(here.path(""));
    let output = command.output().ok()?;
    let (out, err) = (
        output.stdout,
        String::from_utf8_lossy(&output.stderr).into_owned(),
    );
    assert!(output.status.success() && err.is_empty(), "{shell}: {err}");
    Some(String::from_utf8(out).unwrap())
}

#[test]
fn every_shell_has_a_script_of_either_program() {
    let here = Folder::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let own = here.run(SHOP, &format!("completions {shell}"));
        own.ends(0)
            .has("fixture-shop")
            .has("baseline")
            .has("dry-run");
        let cargo = here.run(CARGO, &format!("migrate completions {shell}"));
        // The commands of the application's program too, which cargo-migrate itself does not know.
        cargo
            .ends(0)
            .has("cargo-migrate")
            .has("lint")
            .has("baseline")
            .has("database-url");
    }
    here.run(SHOP, "completions tcsh")
        .ends(2)
        .has("invalid value 'tcsh'");
    here.run(SHOP, "completions --help")
        .has("~/.config/fish/completions/migrate.fish");
    assert!(here.files().is_empty(), "no database is made");
}

#[test]
fn a_script_is_a_member_in_json() {
    let here = Folder::new();
    let text = here.run(SHOP, "completions bash").out;
    let json = here.run(SHOP, "completions bash --format json").json();
    assert_eq!(json["script"], text);
}

#[test]
fn bash_completes() {
    let here = Folder::new();
    for (program, arguments, name) in [
        (SHOP, "completions bash", "fixture-shop"),
        (CARGO, "migrate completions bash", "cargo-migrate"),
    ] {
        here.write("script", &here.run(program, arguments).out);
        // As bash itself would: by the function that the script has given to the name.
        let complete = format!(
            "set -e; source ./script; function=$(complete -p {name} | sed 's/.*-F \\([^ ]*\\).*/\\1/'); \
             COMP_WORDS=({name} bas); COMP_CWORD=1; $function {name} bas {name}; echo \"${{COMPREPLY[@]}}\""
        );
        if let Some(answer) = ask(&here, "bash", &["--norc", "-c", &complete]) {
            assert_eq!(answer.trim(), "baseline");
        }
    }
}

#[test]
fn zsh_and_fish_take_theirs() {
    let here = Folder::new();
    for program in [SHOP, CARGO] {
        for shell in ["zsh", "fish"] {
            here.write(
                shell,
                &here.run(program, &format!("completions {shell}")).out,
            );
            // Read, and not run.
            ask(&here, shell, &["-n", shell]);
        }
    }
}
