//! `#[cfg(…)]`, and what the Cargo.toml says.

use super::{Crate, migration, users, wrong};

#[test]
fn conditions_that_the_compiler_was_told() {
    let new = Crate::new("replay_features");
    new.configure("[features]\naccounts = []");
    let text = format!(
        "#[cfg(feature = \"accounts\")]\n{}{}",
        users(),
        migration("2_more_users", "CREATE TABLE users (x)")
    );
    new.write("src/lib.rs", &text);
    new.is_right();
    new.cargo("check --features accounts")
        .ends(101)
        .has("[already_exists]")
        .has("1_create_users");
    let text = format!(
        "#[cfg(not(test))] mod real {{ use super::*; {} }} #[cfg(test)] mod tests {{ use super::*; {}{} }}",
        users(),
        users(),
        wrong()
    );
    new.write("src/lib.rs", &text);
    new.is_right();
    new.cargo("check --tests").ends(101).has("users.emial");
}

/// Nobody tells a macro whether these hold. What stands under them may be there, and is checked all the same.
#[test]
fn conditions_that_nobody_knows() {
    let new = Crate::new("replay_conditions");
    let unknown = format!(
        "#[cfg(not(target_os = \"none\"))] pub mod some {{ use super::*; {} }}",
        users()
    );
    new.write(
        "src/lib.rs",
        &format!(
            "{unknown}{}",
            migration("2_more", "ALTER TABLE users ADD COLUMN nick TEXT")
        ),
    );
    new.is_right();
    // One that is being compiled proves the conditions around it.
    let unknown = format!(
        "#[cfg(not(target_os = \"none\"))] pub mod some {{ use super::*; {}{} }}",
        users(),
        wrong()
    );
    new.write("src/lib.rs", &unknown);
    new.is_wrong(&["users.emial"]);
    let step = "#[migration(\"2_step\", irreversible = \"a test\")]
        impl Migration for Step { fn up(&self, steps: &mut Steps) {
            #[cfg(target_os = \"none\")] steps.sql(sql!(\"DROP TABLE users\"));
            steps.sql(sql!(\"CREATE INDEX i ON users (email)\"));
        } }
        pub struct Step;";
    new.write("src/lib.rs", &format!("{}{step}", users()));
    new.is_right();
}

#[test]
fn levels_are_those_of_the_settings_and_of_the_migration() {
    let new = Crate::new("replay_levels");
    new.write("src/lib.rs", &format!("{}{}", users(), wrong()));
    new.configure("[package.metadata.migrate.lints]\nno_such_column = \"warn\"");
    new.check()
        .ends(0)
        .has("warning: use of deprecated constant `_::no_such_column`: no such column: users.emial [no_such_column]")
        .has("--> src/lib.rs:4:65");
    let silent = wrong().replace("#[migration", "#[allow(deprecated)]\n#[migration");
    new.write("src/lib.rs", &format!("{}{silent}", users()));
    new.is_right();
    new.configure("");
    let allowed = wrong().replace(
        "irreversible",
        "allow(no_such_column, reason = \"a test\"), irreversible",
    );
    new.write("src/lib.rs", &format!("{}{allowed}", users()));
    new.is_right();
    // What has been applied cannot be edited any more.
    new.configure("[package.metadata.migrate]\nchecked_since = \"4_later\"");
    new.write(
        "src/lib.rs",
        &format!(
            "{}{}{}",
            users(),
            wrong(),
            migration("5_new", "ALTER TABLE users DROP COLUMN x")
        ),
    );
    new.check()
        .ends(101)
        .has("warning: use of deprecated constant `_::no_such_column`")
        .has("error: no such column: users.x");
}

#[test]
fn an_edit_of_the_settings_is_seen() {
    let new = Crate::new("replay_settings");
    new.write(
        "src/lib.rs",
        &migration("1_index", "CREATE INDEX i ON audit (x)"),
    );
    new.configure("[package.metadata.migrate]\nclosed = true");
    new.is_wrong(&["no such table: audit [no_such_table]"]);
    new.configure("[package.metadata.migrate]\nclosed = true\nexternal = { tables = [\"audit\"] }");
    new.is_right();
    new.configure("[package.metadata.migrate.lints]\nunknown_functoin = \"allow\"");
    new.is_wrong(&[
        "there is no lint `unknown_functoin`",
        "did you mean `unknown_function`?",
    ]);
}

#[test]
fn every_database_is_replayed() {
    let new = Crate::new("replay_databases");
    let manifest = |dialects: &str| {
        new.configure(&format!(
            "[package.metadata.migrate]\ndialects = {dialects}"
        ));
        let text = new.0.read("Cargo.toml").replace(
            "[\"check-sqlite\"]",
            "[\"check-sqlite\", \"check-postgres\"]",
        );
        new.0.write("Cargo.toml", &text);
    };
    let text = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)";
    let strange = migration("2_strange", "CREATE TABLE moods (mood mood)");
    new.write(
        "src/lib.rs",
        &format!("{}{strange}", migration("1_create_users", text)),
    );
    manifest("[\"sqlite\"]");
    new.is_right();
    manifest("[\"sqlite\", \"postgres>=15\"]");
    let ran = new.check();
    ran.has("mood").has("on PostgreSQL");
    new.write("src/lib.rs", &format!("{}{}", users(), wrong()));
    new.check()
        .ends(101)
        .lacks("on PostgreSQL")
        .lacks("on SQLite");
}
