//! `[package.metadata.migrate]`, in crates of their own that the real Cargo compiles.
//!
//! A case of `ui/configuration` is the part of a Cargo.toml, with the compiler's output beside it.

use std::{
    env, fs,
    path::Path,
    process::{Command, Output},
};

use tempfile::TempDir;

/// Two migrations, so that a mistake that is reported by each of them is seen.
const LIBRARY: &str = r#"//! A crate with migrations.
use migrate_core::prelude::*;

/// Users.
#[migration("20260215_create_users", up = "CREATE TABLE users (id INTEGER)", down = "DROP TABLE users")]
pub struct CreateUsers;

/// Posts.
#[migration("20260216_create_posts", up = "CREATE TABLE posts (id INTEGER)", down = "DROP TABLE posts")]
pub struct CreatePosts;
"#;

#[test]
fn mistakes_are_reported_once_at_their_place() {
    let project = Project::new("configured");
    project.write("src/lib.rs", LIBRARY);
    for case in super::files("configuration", "toml") {
        project.configure(&fs::read_to_string(&case).unwrap());
        let output = project.cargo("check");
        assert!(!output.status.success(), "{} compiled", case.display());
        let errors = project.errors(&output);
        let expected = case.with_extension("stderr");
        if env::var_os("TRYBUILD").is_some_and(|value| value == "overwrite") {
            fs::write(&expected, &errors).unwrap();
        }
        let expected = fs::read_to_string(expected).unwrap_or_default();
        assert_eq!(errors, expected, "{}", case.display());
    }
}

// Cargo itself does not compile a crate again when only its metadata changes. The first macro that runs in a crate
// sees to it, whichever of the two that is.

#[test]
fn an_edit_is_seen_where_sql_comes_first() {
    an_edit_is_seen(&Project::new("sql-first"), &format!("{CREATE}{MIGRATION}"));
}

#[test]
fn an_edit_is_seen_where_the_attribute_comes_first() {
    an_edit_is_seen(
        &Project::new("attribute-first"),
        &format!("{MIGRATION}{CREATE}"),
    );
}

/// PostgreSQL takes it, and SQLite does not.
const CREATE: &str = r#"
const CREATE: Sql = sql!("CREATE TYPE mood AS ENUM ('good', 'bad')");
"#;

const MIGRATION: &str = r#"
struct CreateMood;

#[migration("20260215_create_mood", irreversible = "an example")]
impl Migration for CreateMood {
    fn up(&self, steps: &mut Steps) {
        steps.sql(CREATE);
    }
}
"#;

fn an_edit_is_seen(project: &Project, items: &str) {
    let main =
        r#"fn main() { println!("{:?}", migrate_core::Registry::linked(None).unwrap().sets()); }"#;
    let source = format!("use migrate_core::prelude::*;\n{items}\n{main}\n");
    project.write("src/main.rs", &source);

    project.configure("dialect = \"postgres\"");
    assert_eq!(project.shown(), format!("{{{:?}}}\n", project.name));
    project.configure("dialect = \"postgres\"\nset = \"accounts\"");
    assert_eq!(project.shown(), "{\"accounts\"}\n");
    project.configure("dialect = \"sqlite\"");
    let output = project.cargo("run");
    assert!(
        project.errors(&output).contains("[wrong_dialect]"),
        "{output:?}"
    );
    project.configure("directory = \"src/migrations\"\ndialect = \"postgresql\"");
    assert_eq!(project.shown(), format!("{{{:?}}}\n", project.name));
}

/// A crate in a folder of its own.
struct Project {
    name: &'static str,
    folder: TempDir,
}

impl Project {
    fn new(name: &'static str) -> Self {
        let project = Self {
            name,
            folder: tempfile::tempdir().unwrap(),
        };
        // With the workspace's lock file, Cargo needs nothing that is not there already.
        let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock");
        fs::copy(lock, project.folder.path().join("Cargo.lock")).unwrap();
        project
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn configure(&self, section: &str) {
        let library = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrate-core");
        let manifest = format!(
            "[package]\nname = \"{}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n\
             migrate-core = {{ path = {:?}, default-features = false, \
             features = [\"check-sqlite\", \"check-postgres\"] }}\n\n[workspace]\n\n\
             [package.metadata.migrate]\n{section}\n",
            self.name,
            library.canonicalize().unwrap(),
        );
        self.write("Cargo.toml", &manifest);
    }

    /// The crates it depends on are compiled once for all projects.
    fn cargo(&self, command: &str) -> Output {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("projects");
        Command::new(env!("CARGO"))
            .args([command, "--offline", "--quiet", "--color", "never"])
            .current_dir(self.folder.path())
            .env("CARGO_TARGET_DIR", target)
            // Without its features the library has code that nobody calls.
            .env("RUSTFLAGS", "-Awarnings")
            .output()
            .unwrap()
    }

    /// What the program prints.
    fn shown(&self) -> String {
        let output = self.cargo("run");
        assert!(output.status.success(), "{}", self.errors(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    /// The errors of the project's own crate.
    fn errors(&self, output: &Output) -> String {
        let text = String::from_utf8_lossy(&output.stderr);
        let end = text.find("error: could not compile").unwrap_or(text.len());
        text[..end].trim_end().to_owned() + "\n"
    }
}
