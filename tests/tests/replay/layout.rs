//! Wherever the migrations stand.

use super::{Crate, migration, right, users, wrong};

#[test]
fn modules_inside_of_one_file() {
    let new = Crate::new("replay_one_file");
    let modules = |last: &str| {
        let module =
            |name: &str, text: &str| format!("pub mod {name} {{ use super::*;\n{text} }}\n");
        let inner = module("inner", &right());
        format!(
            "{}{}",
            module("first", &users()),
            module("outer", &format!("{inner}{last}"))
        )
    };
    new.write("src/lib.rs", &modules(""));
    new.is_right();
    new.write("src/lib.rs", &modules(&wrong()));
    new.is_wrong(&[
        "no such column: users.emial [no_such_column]",
        "CREATE INDEX again ON users (emial)",
        "did you mean `email`?",
        "src/lib.rs:",
    ]);
}

#[test]
fn a_file_each_in_modules_and_at_paths() {
    let new = Crate::new("replay_files");
    new.write(
        "src/lib.rs",
        "pub mod migrations;\n#[path = \"far/away.rs\"] pub mod near;\npub mod deep { pub mod deeper; }\ninclude!(\"included.in.rs\");",
    );
    new.write("src/migrations/mod.rs", "pub mod users;\nmod emails;");
    new.write("src/migrations/users.rs", &users());
    new.write("src/migrations/emails.rs", &right());
    // Files that are no part of the crate have no say.
    new.write(
        "src/migrations/orphan.rs",
        &migration("1_orphan", "CREATE TABLE users (x)"),
    );
    new.write("src/far/away.rs", &wrong());
    new.write(
        "src/deep/deeper.rs",
        &migration("4_deep", "ALTER TABLE users DROP COLUMN nick"),
    );
    new.0.write(
        "src/included.in.rs",
        &format!(
            "pub mod included {{ use migrate_core::prelude::*; {} }}",
            migration("5_included", "ALTER TABLE users ADD COLUMN email TEXT")
        ),
    );
    new.is_wrong(&[
        "--> src/far/away.rs:",
        "no such column: users.emial",
        "--> src/deep/deeper.rs:",
        "users.nick",
        "--> src/included.in.rs:",
        "[duplicate_column]",
    ]);
}

/// The first form, and the `impl` beside a struct: an error is at the step that it is about.
#[test]
fn the_forms_with_functions() {
    let new = Crate::new("replay_forms");
    new.write(
        "src/lib.rs",
        &format!(
            "{}
#[migration(\"2_on_the_impl\", irreversible = \"a test\")]
impl Migration for OnTheImpl {{
    fn up(&self, steps: &mut Steps) {{
        steps.create_table(\"posts\", |t| {{
            t.id();
            t.integer(\"user_id\").references(\"users\", \"id\");
        }});
        steps.sql(sql!(\"CREATE INDEX posts_user ON posts (user)\"));
        if steps.environment() == \"development\" {{
            steps.sql(sql!(\"DROP TABLE nothing_at_all\"));
        }}
    }}
}}
pub struct OnTheImpl;
#[migration(\"3_beside\")]
pub struct Beside;
impl Migration for Beside {{
    fn up(&self, steps: &mut Steps) {{
        steps.sql(sql!(\"CREATE INDEX users_mail ON users (mail)\"));
    }}
    fn down(&self, steps: &mut Steps) {{
        steps.sql(sql!(\"DROP INDEX users_mail\"));
    }}
}}",
            users()
        ),
    );
    new.configure("");
    let manifest = new
        .0
        .read("Cargo.toml")
        .replace("[\"check-sqlite\"]", "[\"check-sqlite\", \"builder\"]");
    new.0.write("Cargo.toml", &manifest);
    new.check()
        .ends(101)
        .has("no such column: posts.user [no_such_column]")
        .has("src/lib.rs:12:59")
        .has("no such column: users.mail [no_such_column]")
        .has("src/lib.rs:23:59")
        .has("[undeclared_name]");
}

/// What a macro makes is checked for its syntax, and of what it may have done nothing is said.
#[test]
fn macros_that_produce_migrations() {
    let new = Crate::new("replay_macros");
    let definition = "macro_rules! table { ($name:ident, $id:literal, $sql:literal) => {
        pub struct $name;
        #[migration($id, irreversible = \"a test\")]
        impl Migration for $name { fn up(&self, steps: &mut Steps) { steps.sql(sql!($sql)); } }
    } }";
    let text = |sql: &str| {
        format!(
            "{definition}\ntable!(Users, \"1_create_users\", \"{sql}\");\n{}{}{}",
            right(),
            migration("3_drop_users", "DROP TABLE users"),
            migration("4_posts", "CREATE TABLE posts (id INTEGER)"),
        )
    };
    new.write("src/lib.rs", &text("CREATE TABLE users (email TEXT)"));
    new.is_right();
    new.write("src/lib.rs", &text("CREATE TABEL users (email TEXT)"));
    new.is_wrong(&["[sql_syntax]"]);
    // Beside it, what is certain is told.
    let text = text("CREATE TABLE users (email TEXT)");
    new.write(
        "src/lib.rs",
        &format!(
            "{text}{}",
            migration("5_more", "ALTER TABLE posts DROP COLUMN x")
        ),
    );
    new.is_wrong(&["posts.x"]);
}

#[test]
fn a_library_and_a_program_have_a_history_each() {
    let new = Crate::new("replay_both");
    new.write("src/lib.rs", &users());
    new.write("src/main.rs", &format!("{}\nfn main() {{}}", users()));
    new.is_right();
    new.write(
        "src/main.rs",
        &format!("{}{}\nfn main() {{}}", users(), wrong()),
    );
    new.is_wrong(&["--> src/main.rs:", "users.emial"]);
    new.write("src/main.rs", "fn main() {}");
    new.write("tests/some.rs", &format!("{}{}", users(), wrong()));
    new.is_right();
    new.cargo("check --tests")
        .ends(101)
        .has("--> tests/some.rs:");
}

#[test]
fn members_of_a_workspace_and_path_dependencies() {
    let new = Crate::new("replay_workspace");
    new.configure("[workspace]\nmembers = [\"inner\"]\nexclude = [\"outer\"]\n[dependencies.inner]\npath = \"inner\"\n[dependencies.outer]\npath = \"outer\"");
    let outer = super::manifest("outer", "");
    new.0.write("outer/Cargo.toml", &outer);
    new.0.write(
        "inner/Cargo.toml",
        &super::manifest("inner", "").replace("[workspace]", ""),
    );
    new.write("src/lib.rs", &users());
    new.write("inner/src/lib.rs", &users());
    new.write("outer/src/lib.rs", &users());
    new.is_right();
    new.write("inner/src/lib.rs", &format!("{}{}", users(), wrong()));
    new.is_wrong(&["inner/src/lib.rs:", "users.emial"]);
    new.write("inner/src/lib.rs", "");
    new.write("outer/src/lib.rs", &format!("{}{}", users(), wrong()));
    new.is_wrong(&["src/lib.rs:", "users.emial"]);
}
