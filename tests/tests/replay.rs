//! The history is replayed while a crate compiles: wherever its migrations stand, however it is compiled, and whatever
//! is edited. Each test is a package that the real Cargo checks.
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows that a test may panic, but not its helpers"
)]

#[path = "replay/configured.rs"]
mod configured;
#[path = "replay/dialects.rs"]
mod dialects;
#[path = "replay/edited.rs"]
mod edited;
#[path = "replay/layout.rs"]
mod layout;
#[path = "replay/places.rs"]
mod places;
#[path = "replay/plain.rs"]
mod plain;

use migrate_tests::{Application, Ran};

/// A package whose migrations the tests write.
struct Crate(Application);

impl Crate {
    fn new(name: &str) -> Self {
        let new = Self(Application::new(name));
        new.configure("");
        new
    }

    /// Writes the Cargo.toml with more lines at its end.
    fn configure(&self, more: &str) {
        self.0.write(
            "Cargo.toml",
            &manifest(self.0.path("").file_name().unwrap().to_str().unwrap(), more),
        );
    }

    fn write(&self, name: &str, text: &str) -> &Self {
        let text = format!("#[allow(unused_imports)] use migrate_core::prelude::*;\n{text}\n");
        self.0.write(name, &text);
        self
    }

    fn check(&self) -> Ran {
        self.cargo("check")
    }

    fn cargo(&self, arguments: &str) -> Ran {
        self.0.cargo(&format!("{arguments} --quiet"))
    }

    /// It compiles.
    #[track_caller]
    fn is_right(&self) {
        self.check().ends(0);
    }

    /// It does not compile: all of this is said.
    #[track_caller]
    fn is_wrong(&self, texts: &[&str]) {
        let ran = self.check();
        ran.ends(101);
        for text in texts {
            ran.has(text);
        }
    }
}

fn manifest(name: &str, more: &str) -> String {
    let library = concat!(env!("CARGO_MANIFEST_DIR"), "/../migrate-core");
    let (workspace, more) = match more.contains("[workspace]") {
        true => ("", more.to_owned()),
        false => ("[workspace]\n", more.to_owned()),
    };
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n\
         migrate-core = {{ path = '{library}', default-features = false, features = [\"check-sqlite\"] }}\n\n\
         {workspace}\n{more}\n"
    )
}

/// A migration in the short form, under a name of its own.
fn migration(id: &str, up: &str) -> String {
    let name: String = id
        .split('_')
        .skip(1)
        .map(|word| word[..1].to_uppercase() + &word[1..])
        .collect();
    format!(
        "#[migration(\"{id}\", up = \"{up}\", irreversible = \"a test\")]\npub struct {name};\n"
    )
}

/// A table, whose column `email` the next two use, one of them wrongly.
fn users() -> String {
    migration(
        "1_create_users",
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)",
    )
}

fn right() -> String {
    migration("2_index_emails", "CREATE INDEX emails ON users (email)")
}

fn wrong() -> String {
    migration("3_index_again", "CREATE INDEX again ON users (emial)")
}
