//! A text for each dialect.

use super::{Crate, manifest};

/// A crate for several databases.
fn portable(name: &str, dialects: &str) -> Crate {
    let new = Crate::new(name);
    let more = format!("[package.metadata.migrate]\ndialects = [{dialects}]");
    let all = "[\"check-sqlite\", \"check-postgres\", \"check-mysql\"]";
    let text = manifest(name, &more).replace("[\"check-sqlite\"]", all);
    new.0.write("Cargo.toml", &text);
    new
}

const USERS: &str = "
pub struct CreateUsers;
#[migration(\"1_create_users\")]
impl Migration for CreateUsers {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(
            sqlite: \"CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)\",
            postgres: \"CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text, name citext)\",
        ));
    }
    fn down(&self, steps: &mut Steps) { steps.sql(sql!(\"DROP TABLE users\")); }
}
";

#[test]
fn each_is_checked_and_replayed_for_its_own_database() {
    let new = portable("dialects_each", "\"sqlite\", \"postgres\"");
    let second = |up: &str, down: &str| {
        format!("{USERS}\n#[migration(\"2_second\", {up}, {down})]\npub struct Second;")
    };
    let right = second(
        "up(sqlite = \"CREATE INDEX users_email ON users (email)\", postgres = \"CREATE INDEX users_name ON users (name)\")",
        "down(sqlite = \"DROP INDEX users_email\", postgres = \"DROP INDEX users_name\")",
    );
    new.write("src/lib.rs", &right).is_right();
    // What only the text for PostgreSQL makes is not there on SQLite.
    let wrong = second(
        "up(sqlite = \"CREATE INDEX a ON users (nam)\", postgres = \"CREATE INDEX a ON users (nam)\")",
        "down = \"DROP INDEX a\"",
    );
    new.write("src/lib.rs", &wrong);
    new.check()
        .ends(101)
        .has("--> src/lib.rs:15:63")
        .has("--> src/lib.rs:15:107")
        .has("did you mean `name`?")
        .lacks("on SQLite");
    // One text is replayed on what each of the two has made.
    let wrong = second(
        "up = \"CREATE INDEX a ON users (name)\"",
        "down = \"DROP INDEX a\"",
    );
    new.write("src/lib.rs", &wrong);
    new.is_wrong(&["no such column: users.name", "on SQLite"]);
    let wrong = USERS.replace("name citext)", "name citext");
    new.write("src/lib.rs", &wrong);
    new.is_wrong(&["[sql_syntax]", "--> src/lib.rs:9:"]);
    let (short, long) = (
        "#[migration(\"1_a\", up(sqlite = \"SELECT 1\"), irreversible = \"a test\")] pub struct A;",
        USERS.replace("postgres: ", "mysql: "),
    );
    new.write("src/lib.rs", short);
    new.is_wrong(&[
        "there is no text for PostgreSQL, which the migrations are for [sql_dialects]",
        "write `postgres = \"…\"` too",
    ]);
    new.write("src/lib.rs", &long);
    new.is_wrong(&[
        "the migrations are not for MySQL [sql_dialects]",
        "`dialects = [\"sqlite\", \"postgres\", \"mysql\"]`",
    ]);
}

#[test]
fn nothing_may_have_to_be_done_on_some_of_them() {
    let new = portable("dialects_nothing", "\"sqlite\", \"postgres\", \"mariadb\"");
    let text = "#[migration(\"1_a\", up(sqlite = \"\", mariadb = \"\", postgres = \"CREATE EXTENSION citext\"), \
                down(sqlite = \"\", mariadb = \"\", postgres = \"DROP EXTENSION citext\"))] pub struct A;";
    new.write("src/lib.rs", text).is_right();
    new.write("src/lib.rs", &text.replace("CREATE EXTENSION citext", " "));
    new.is_wrong(&["[sql_empty]"]);
}

/// The way back is told for each of them.
#[test]
fn a_down_that_was_left_out_is_derived_for_each() {
    let new = portable("dialects_derived", "\"sqlite\", \"mysql\"");
    let index = "#[migration(\"2_index\", up = \"CREATE INDEX users_email ON users (email)\")]\npub struct Index;";
    let users = "#[migration(\"1_users\", up = \"CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(99))\")]\npub struct Users;";
    new.write("src/lib.rs", &format!("{users}\n{index}"))
        .is_right();
    // On MySQL the values of the column would be lost, which nobody has to derive.
    let kept =
        "#[migration(\"2_drop\", up = \"ALTER TABLE users DROP COLUMN email\")]\npub struct Drop;";
    new.write("src/lib.rs", &format!("{users}\n{kept}"));
    new.is_wrong(&["[missing_down]"]);
}

/// Beside a struct, only the file shows them.
#[test]
fn the_impl_beside_a_struct_may_have_them_too() {
    let new = portable("dialects_beside", "\"sqlite\", \"postgres\"");
    let text = USERS
        .replace("pub struct CreateUsers;\n", "")
        .replace("impl Migration", "pub struct CreateUsers;\nimpl Migration");
    new.write("src/lib.rs", &text).is_right();
    let wrong = text.replace(
        "steps.sql(sql!(\"DROP TABLE users\"))",
        "steps.sql(sql!(sqlite: \"DROP TABLE users\", postgres: \"DROP TABLE usrs\"))",
    );
    new.write("src/lib.rs", &wrong);
    new.check()
        .ends(101)
        .has("[no_such_table]")
        .has("did you mean `users`?")
        .has("src/lib.rs:12:");
}

/// What has to stand alone does so by itself; on MySQL it is nothing special.
#[test]
fn each_database_says_what_works_in_a_transaction() {
    let new = portable("dialects_alone", "\"postgres\", \"mysql\"");
    let second = |up: &str| {
        format!(
            "{}\n#[migration(\"2_second\", {up}, irreversible = \"a test\")]\npub struct Second;",
            "#[migration(\"1_users\", up = \"CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(99))\")]\npub struct Users;"
        )
    };
    let concurrently = "up(postgres = \"CREATE INDEX CONCURRENTLY i ON users (email)\", mysql = \"CREATE INDEX i ON users (email)\")";
    new.write("src/lib.rs", &second(concurrently)).is_right();
    let mixed = concurrently.replace("(email)\", mysql", "(email); DROP TABLE users\", mysql");
    new.write("src/lib.rs", &second(&mixed));
    new.is_wrong(&[
        "[outside_transaction]",
        "put it into a migration of its own",
    ]);
    new.write(
        "src/lib.rs",
        &second(&format!(
            "{mixed}, transaction = false, allow(drop_table, reason = \"a test\")"
        )),
    );
    new.is_right();
}
