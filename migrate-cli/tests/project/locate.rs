use migrate_cli::project::{Location, Package, ProjectError, locate};
use migrate_schema::Dialect;

use crate::support::{Tree, manifest};

fn from(tree: &Tree, directory: &str) -> Result<Package, ProjectError> {
    locate(&Location {
        directory: tree.path(directory),
        ..Location::default()
    })
}

fn message(result: Result<Package, ProjectError>) -> String {
    result.unwrap_err().to_string()
}

const PLAIN: &str = "[package]\nname = \"plain\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";

/// A workspace without a package at its root.
fn workspace(members: &[(&str, &str)]) -> Tree {
    let tree = Tree::new(&[(
        "Cargo.toml",
        "[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\n",
    )]);
    for (name, manifest) in members {
        tree.write(&format!("crates/{name}/Cargo.toml"), manifest);
        tree.write(&format!("crates/{name}/src/lib.rs"), "");
    }
    tree
}

#[test]
fn a_package_is_described() {
    let tree = Tree::library(&[
        ("src/main.rs", "fn main() {}"),
        ("src/bin/migrate.rs", "fn main() {}"),
    ]);
    let package = from(&tree, "src/bin").unwrap();
    assert_eq!(package.name, "blog");
    assert_eq!(package.directory, tree.path("").components().as_path());
    assert_eq!(package.manifest, tree.path("Cargo.toml"));
    assert_eq!(
        package.library.as_ref().unwrap().root,
        tree.path("src/lib.rs")
    );
    let binaries: Vec<_> = package.binaries.iter().map(|b| b.name.as_str()).collect();
    assert_eq!(binaries, ["blog", "migrate"]);
    assert!(package.has_migrate_binary() && package.uses_migrate);
    assert_eq!(package.dialect, Dialect::Sqlite);
    assert_eq!(package.migrations, tree.path("src/migrations"));
}

#[test]
fn a_package_without_anything_is_described_too() {
    let tree = Tree::new(&[("Cargo.toml", PLAIN), ("src/main.rs", "fn main() {}")]);
    let package = tree.package();
    assert!(!package.has_migrate_binary() && !package.uses_migrate);
    assert_eq!(package.library, None);
}

#[test]
fn settings_are_read() {
    let settings =
        "[package.metadata.migrate]\ndirectory = \"src/db/steps\"\ndialect = \"postgres\"\n";
    let tree = Tree::library(&[("Cargo.toml", &manifest("blog", settings))]);
    let package = tree.package();
    assert_eq!(package.migrations, tree.path("src/db/steps"));
    assert_eq!(package.dialect, Dialect::Postgres);
}

#[test]
fn settings_that_cannot_be_used_are_refused() {
    for (setting, expected) in [
        (
            "dialect = \"oracle\"",
            "unknown database `oracle`: write one of sqlite",
        ),
        (
            "dialect = 3",
            "`dialect` takes a string: write `dialect = \"sqlite\"`",
        ),
        (
            "directory = \"../other\"",
            "directory = \"../other\" leads out of the package",
        ),
        (
            "directory = \"/etc\"",
            "directory = \"/etc\" leads out of the package",
        ),
        ("directory = \"\"", "leads out of the package"),
    ] {
        let settings = format!("[package.metadata.migrate]\n{setting}\n");
        let tree = Tree::library(&[("Cargo.toml", &manifest("blog", &settings))]);
        let message = message(tree.locate());
        assert!(message.contains(expected), "{message}");
        assert!(
            message.contains("Cargo.toml: [package.metadata.migrate]"),
            "{message}"
        );
    }
}

#[test]
fn the_package_that_holds_the_directory_is_meant() {
    let tree = workspace(&[("one", &manifest("one", "")), ("two", &manifest("two", ""))]);
    assert_eq!(from(&tree, "crates/two/src").unwrap().name, "two");
    tree.write("Cargo.toml", "[workspace]\nmembers = [\"crates/*\"]\n\n[package]\nname = \"root\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
    tree.write("src/lib.rs", "");
    assert_eq!(from(&tree, "").unwrap().name, "root");
    assert_eq!(from(&tree, "crates/two").unwrap().name, "two");
}

#[test]
fn the_only_one_that_uses_migrate_is_meant() {
    let tree = workspace(&[("plain", PLAIN), ("db", &manifest("db", ""))]);
    assert_eq!(from(&tree, "").unwrap().name, "db");
    assert_eq!(from(&tree, "crates").unwrap().name, "db");
    let binary = workspace(&[
        ("plain", PLAIN),
        ("other", &PLAIN.replace("plain", "other")),
    ]);
    binary.write("crates/other/src/bin/migrate.rs", "fn main() {}");
    assert_eq!(from(&binary, "").unwrap().name, "other");
}

#[test]
fn where_several_may_be_meant_they_are_listed() {
    let tree = workspace(&[
        ("one", &manifest("one", "")),
        ("plain", PLAIN),
        ("two", &manifest("two", "")),
    ]);
    let text = message(from(&tree, ""));
    assert!(
        text.ends_with(
            "several of its packages use migrate-core: choose a package with `-p`: `one`, `two`"
        ),
        "{text}"
    );
    let none = workspace(&[
        ("plain", PLAIN),
        ("other", &PLAIN.replace("plain", "other")),
    ]);
    let text = message(from(&none, ""));
    assert!(
        text.ends_with(
            "none of its packages uses migrate-core: choose a package with `-p`: `other`, `plain`"
        ),
        "{text}"
    );
}

#[test]
fn a_package_can_be_named() {
    let tree = workspace(&[("one", &manifest("one", "")), ("two", &manifest("two", ""))]);
    let named = |name: &str| {
        locate(&Location {
            directory: tree.path("crates/one"),
            package: Some(name.to_owned()),
            ..Location::default()
        })
    };
    assert_eq!(named("two").unwrap().name, "two");
    assert_eq!(
        message(named("three")),
        "the workspace has no package `three`; it has `one`, `two`"
    );
}

#[test]
fn a_manifest_can_be_named() {
    let tree = workspace(&[("one", &manifest("one", "")), ("plain", PLAIN)]);
    let at = |path: &str| {
        locate(&Location {
            directory: tree.path("crates"),
            manifest_path: Some(path.into()),
            ..Location::default()
        })
    };
    assert_eq!(at("plain/Cargo.toml").unwrap().name, "plain");
    assert_eq!(at("../Cargo.toml").unwrap().name, "one");
    assert!(message(at("nowhere/Cargo.toml")).contains("nowhere"));
}

#[test]
fn outside_of_a_package_cargo_says_so() {
    let tree = Tree::new(&[("notes.txt", "")]);
    let text = message(tree.locate());
    assert!(text.contains("could not find `Cargo.toml`"), "{text}");
    assert!(text.contains("--manifest-path"), "{text}");
    let text = message(from(&tree, "nowhere"));
    assert!(
        text.starts_with("cannot read") && text.contains("nowhere"),
        "{text}"
    );
}

#[cfg(unix)]
#[test]
fn a_directory_may_be_reached_through_a_link() {
    let tree = workspace(&[("one", &manifest("one", "")), ("two", &manifest("two", ""))]);
    std::os::unix::fs::symlink(tree.path("crates/two"), tree.path("link")).unwrap();
    assert_eq!(from(&tree, "link/src").unwrap().name, "two");
}
