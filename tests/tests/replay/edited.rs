//! What is edited is seen by the next check, though only one file was touched.

use super::{Crate, migration, right, users};

#[test]
fn an_edit_of_another_migration_is_seen() {
    let new = Crate::new("replay_edited");
    new.write("src/lib.rs", "mod a; mod b;");
    new.write("src/a.rs", &users());
    new.write("src/b.rs", &right());
    new.is_right();
    new.write("src/a.rs", &users().replace("email TEXT", "mail TEXT"));
    new.is_wrong(&["--> src/b.rs:", "users.email"]);
    new.write("src/a.rs", &users());
    new.is_right();
    // The order is that of the ids.
    new.write(
        "src/a.rs",
        &users().replace("1_create_users", "9_create_users"),
    );
    new.is_wrong(&["--> src/b.rs:", "9_create_users"]);
}

#[test]
fn an_edit_of_the_module_lines_is_seen() {
    let new = Crate::new("replay_modules");
    new.write("src/lib.rs", "mod a; mod b;");
    new.write("src/a.rs", &users());
    new.write(
        "src/b.rs",
        &migration("2_more_users", "CREATE TABLE users (x)"),
    );
    new.is_wrong(&["[already_exists]"]);
    new.write("src/lib.rs", "mod b;");
    new.is_right();
    new.write("src/lib.rs", "#[path = \"a.rs\"] mod other; mod b;");
    new.is_wrong(&["[already_exists]"]);
}
