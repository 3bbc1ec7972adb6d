//! However a crate is compiled.

use super::{Crate, migration, users, wrong};

#[test]
fn documentation_and_its_examples() {
    let new = Crate::new("replay_documented");
    let example = |sql: &str| {
        format!(
            "/// ```\n/// use migrate_core::prelude::*;\n/// #[migration(\"7_example\", up = \"{sql}\", irreversible = \"x\")]\n/// pub struct Example;\n/// ```\npub fn example() {{}}\n"
        )
    };
    // An example has a history of its own, which is not that of the crate.
    new.write(
        "src/lib.rs",
        &format!("{}{}", users(), example("CREATE TABLE users (id INTEGER)")),
    );
    new.cargo("doc --no-deps").ends(0);
    new.cargo("test --doc").ends(0);
    new.write("src/lib.rs", &format!("{}{}", users(), wrong()));
    new.cargo("doc --no-deps").ends(101).has("users.emial");
}

/// Cargo caps the lints of what it takes from a registry or from git: a stricter release of migrate breaks nobody's
/// build, and `status` can tell what nobody has replayed.
#[cfg(unix)]
#[test]
fn dependencies_from_elsewhere_are_left_alone() {
    let new = Crate::new("replay_dependency");
    new.write(
        "src/lib.rs",
        &format!("{}{}{}", users(), wrong(), migration("4_syntax", "SELEC 1")),
    );
    wrapped(&new, "--cap-lints allow")
        .ends(101)
        .has("[sql_syntax]")
        .lacks("users.emial");
    new.write("src/lib.rs", &format!("{}{}", users(), wrong()));
    wrapped(&new, "--cap-lints allow").ends(0);
    new.is_wrong(&["users.emial"]);
}

#[cfg(unix)]
#[test]
fn names_of_paths_are_changed() {
    let new = Crate::new("replay_remapped");
    new.write("src/lib.rs", "mod a; mod b;");
    new.write("src/a.rs", &users());
    new.write("src/b.rs", &wrong());
    let folder = new.0.path("src").display().to_string();
    let remap =
        format!("--remap-path-prefix {folder}=/elsewhere --remap-path-prefix src=/elsewhere");
    wrapped(&new, &remap)
        .ends(101)
        .has("--> /elsewhere/b.rs:")
        .has("users.emial");
}

/// Runs `cargo check` with arguments that only the package's own crates get.
#[cfg(unix)]
fn wrapped(new: &Crate, arguments: &str) -> migrate_tests::Ran {
    use std::{fs, os::unix::fs::PermissionsExt};

    new.0
        .write("wrapper", &format!("#!/bin/sh\nexec \"$@\" {arguments}\n"));
    let wrapper = new.0.path("wrapper");
    fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o755)).unwrap();
    let config = format!(
        "[build]\nrustc-workspace-wrapper = '{}'\n",
        wrapper.display()
    );
    new.0.write(".cargo/config.toml", &config);
    let ran = new.check();
    fs::remove_file(new.0.path(".cargo/config.toml")).unwrap();
    ran
}

/// The same for a dependency that Cargo has really taken from git.
#[test]
fn a_dependency_from_git() {
    let new = Crate::new("replay_git");
    let git = |arguments: &str| {
        let folder = new.0.path("library");
        let mut command = std::process::Command::new("git");
        command.args([
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@b.c",
            "-c",
            "init.defaultBranch=main",
        ]);
        command
            .args(arguments.split(' '))
            .current_dir(folder)
            .env("GIT_CONFIG_GLOBAL", "/dev/null");
        assert!(
            command.output().unwrap().status.success(),
            "git {arguments}"
        );
    };
    new.0
        .write("library/Cargo.toml", &super::manifest("library", ""));
    new.write("library/src/lib.rs", &format!("{}{}", users(), wrong()));
    git("init --quiet");
    git("add .");
    git("commit --quiet --message first");
    let url = new.0.path("library").display().to_string();
    new.configure(&format!("[dependencies.library]\ngit = 'file://{url}'"));
    new.write("src/lib.rs", "pub use library::CreateUsers;");
    // Only the repository beside it is fetched: all else is in the lock file.
    new.0.cargo("fetch --config net.offline=false").ends(0);
    new.check().ends(0);
    // The same mistake in the package itself is refused, so what is left alone is the dependency.
    new.write("src/lib.rs", &format!("{}{}", users(), wrong()));
    new.is_wrong(&["no such column: users.emial [no_such_column]"]);
}
