use std::fs;

use jiff::{Timestamp, tz::TimeZone};
use migrate_cli::project::{Created, MakeOptions, ProjectError, make};

use crate::support::{Tree, manifest, options};

fn made(tree: &Tree, name: &str) -> Created {
    let created = make(&tree.package(), name, &options()).unwrap();
    syn::parse_file(&fs::read_to_string(&created.file).unwrap()).unwrap();
    created
}

/// Makes a migration where it cannot be made, and looks that nothing was changed.
fn refused(tree: &Tree, name: &str) -> ProjectError {
    let before = tree.contents();
    let error = make(&tree.package(), name, &options()).unwrap_err();
    assert_eq!(tree.contents(), before, "{error}");
    error
}

#[test]
fn the_first_migration_of_a_crate() {
    let tree = Tree::library(&[]);
    let created = made(&tree, "create users");
    assert_eq!(created.id.as_str(), "20260215_create_users");
    assert_eq!(created.struct_name, "CreateUsers");
    assert_eq!(
        created.file,
        tree.path("src/migrations/m20260215_create_users.rs")
    );
    assert_eq!(created.module.file, tree.path("src/migrations/mod.rs"));
    assert!(created.module.created);
    assert_eq!(created.module.lines, ["pub mod m20260215_create_users;"]);
    let declaration = created.module.declaration.unwrap();
    assert_eq!(declaration.file, tree.path("src/lib.rs"));
    assert_eq!(declaration.line, "pub mod migrations;");
    assert_eq!(created.behind, None);
    assert_eq!(
        tree.read("src/lib.rs"),
        "//! A blog.\n\npub mod migrations;\n\nuse std::fmt;\n"
    );
    assert_eq!(
        tree.read("src/migrations/mod.rs"),
        "//! The migrations.\n\npub mod m20260215_create_users;\n"
    );
    assert_eq!(
        tree.read("src/migrations/m20260215_create_users.rs"),
        r#"//! Create users.

use migrate_core::prelude::*;

/// The migration `20260215_create_users`.
pub struct CreateUsers;

#[migration("20260215_create_users")]
impl Migration for CreateUsers {
    fn up(&self, steps: &mut Steps) {
        // A first draft, made from the name: change it.
        steps.sql(sql!(
            "CREATE TABLE users (
                id INTEGER PRIMARY KEY
            )"
        ));
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP TABLE users"));
    }
}
"#
    );
}

#[test]
fn the_second_and_third_of_a_day() {
    let tree = Tree::library(&[]);
    let lib = "//! A blog.\n\npub mod migrations;\n\nuse std::fmt;\n";
    for (name, expected) in [
        ("CreateUsers", "20260215_create_users"),
        ("add-age-to-users", "20260215_02_add_age_to_users"),
        ("2fa-table", "20260215_03_2fa_table"),
        ("2fa-table", "20260215_04_2fa_table"),
    ] {
        let created = made(&tree, name);
        assert_eq!(created.id.as_str(), expected);
        assert_eq!(tree.read("src/lib.rs"), lib);
    }
    assert_eq!(
        tree.read("src/migrations/mod.rs"),
        "//! The migrations.\n\npub mod m20260215_create_users;\npub mod m20260215_02_add_age_to_users;\npub mod m20260215_03_2fa_table;\npub mod m20260215_04_2fa_table;\n"
    );
    assert!(
        tree.read("src/migrations/m20260215_04_2fa_table.rs")
            .contains("pub struct M2faTable;")
    );
}

#[test]
fn the_number_follows_from_what_the_files_declare() {
    let tree = Tree::library(&[
        (
            "src/migrations/mod.rs",
            "mod all;\nmod m20260215_09_by_path;\n",
        ),
        (
            "src/migrations/all.rs",
            "#[migration(\"20260215_11_in_a_file_of_another_name\")]\nstruct A;\n",
        ),
        ("src/migrations/older/m20260215_10_orphan.rs", ""),
    ]);
    assert_eq!(made(&tree, "x").id.as_str(), "20260215_12_x");
    let only_line = Tree::library(&[("src/migrations.rs", "mod m20260215_09_by_path;\n")]);
    assert_eq!(made(&only_line, "x").id.as_str(), "20260215_10_x");
    let full = Tree::library(&[("src/migrations/m20260215_99_x.rs", "")]);
    assert!(matches!(refused(&full, "x"), ProjectError::DayFull(_)));
}

#[test]
fn another_shape_of_all_ids_is_continued() {
    let tree = Tree::library(&[
        ("src/migrations/m009_a.rs", ""),
        ("src/migrations/mod.rs", "mod m009_a;\n"),
    ]);
    assert_eq!(made(&tree, "add users").id.as_str(), "010_add_users");
    assert_eq!(
        tree.read("src/migrations/mod.rs"),
        "mod m009_a;\nmod m010_add_users;\n"
    );
    let moments = Tree::library(&[("src/migrations/m20250101000000_a.rs", "")]);
    assert_eq!(made(&moments, "b").id.as_str(), "20260215093000_b");
}

#[test]
fn one_that_does_not_come_last_is_told() {
    let tree = Tree::library(&[("src/migrations/m20270101_later.rs", "")]);
    assert_eq!(made(&tree, "x").behind.unwrap().as_str(), "20270101_later");
}

#[test]
fn without_a_date_it_is_today_in_utc() {
    let tree = Tree::library(&[]);
    let day = || {
        Timestamp::now()
            .to_zoned(TimeZone::UTC)
            .strftime("%Y%m%d")
            .to_string()
    };
    let before = day();
    let created = make(&tree.package(), "x", &MakeOptions::default()).unwrap();
    let id = created.id.as_str();
    assert!(
        id == format!("{before}_x") || id == format!("{}_x", day()),
        "{id}"
    );
}

#[test]
fn a_description_is_written_down() {
    let tree = Tree::library(&[]);
    let options = MakeOptions {
        description: Some(" Who may \"log in\".\n\nAnd how. ".to_owned()),
        ..options()
    };
    let created = make(&tree.package(), "drop users", &options).unwrap();
    let text = fs::read_to_string(created.file).unwrap();
    syn::parse_file(&text).unwrap();
    assert!(
        text.starts_with("//! Who may \"log in\".\n//!\n//! And how.\n\nuse"),
        "{text}"
    );
    assert!(
        text.contains("#[migration(\n    \"20260215_drop_users\",\n    irreversible = \"the rows of users are gone\",\n    description = \"Who may \\\"log in\\\".\\n\\nAnd how.\"\n)]"),
        "{text}"
    );
    assert!(!text.contains("fn down("), "{text}");
}

#[test]
fn a_name_that_says_nothing_gives_empty_methods() {
    let tree = Tree::library(&[]);
    let created = made(&tree, "tidy up");
    let text = fs::read_to_string(created.file).unwrap();
    let body = text.split_once("impl Migration for TidyUp ").unwrap().1;
    assert_eq!(
        body,
        "{
    fn up(&self, _steps: &mut Steps) {
        // What the migration does. Take the `_` off `_steps`, and write for example:
        // steps.sql(sql!(\"…\"));
    }

    fn down(&self, _steps: &mut Steps) {
        // What takes it back. Take the `_` off `_steps`, and write for example:
        // steps.sql(sql!(\"…\"));
    }
}
"
    );
}

#[test]
fn names_that_are_none_are_refused() {
    let tree = Tree::library(&[]);
    for name in [
        "",
        "..",
        "a/b",
        "../../x",
        "/etc/passwd",
        "a\\b",
        "---",
        "größe",
        "a\0",
    ] {
        assert!(
            matches!(refused(&tree, name), ProjectError::Name { .. }),
            "{name}"
        );
    }
}

#[test]
fn a_binary_without_a_library_declares_in_main() {
    let tree = Tree::new(&[
        ("Cargo.toml", &manifest("blog", "")),
        ("src/main.rs", "fn main() {}\n"),
    ]);
    let created = made(&tree, "x");
    assert_eq!(
        created.module.declaration.unwrap().file,
        tree.path("src/main.rs")
    );
    assert_eq!(
        tree.read("src/main.rs"),
        "pub mod migrations;\n\nfn main() {}\n"
    );
}

#[test]
fn module_files_of_every_kind_are_edited_in_place() {
    let beside = Tree::library(&[
        ("src/migrations.rs", "mod m1_a;\n"),
        ("src/migrations/m1_a.rs", ""),
    ]);
    let lib = beside.read("src/lib.rs");
    let created = made(&beside, "x");
    assert_eq!(created.module.file, beside.path("src/migrations.rs"));
    assert!(!created.module.created && created.module.declaration.is_none());
    assert_eq!(beside.read("src/migrations.rs"), "mod m1_a;\nmod m2_x;\n");
    assert_eq!(beside.read("src/lib.rs"), lib);

    let windows = "//! All.\r\n\r\n// Oldest first.\r\n#[cfg(all())]\r\npub(crate) mod m20260101_a;\r\n\r\npub fn f() {}\r\n";
    let crlf = Tree::library(&[("src/migrations/mod.rs", windows)]);
    made(&crlf, "x");
    assert_eq!(
        crlf.read("src/migrations/mod.rs"),
        windows.replace("_a;\r\n", "_a;\r\npub(crate) mod m20260215_x;\r\n")
    );

    let made_by_macro =
        "macro_rules! list { ($($m:ident)*) => { $(pub mod $m;)* } }\n\nlist! { m20260101_a }\n";
    let odd = Tree::library(&[
        ("src/migrations/mod.rs", made_by_macro),
        ("src/migrations/m20260101_a.rs", ""),
    ]);
    made(&odd, "x");
    assert_eq!(
        odd.read("src/migrations/mod.rs"),
        format!("pub mod m20260215_x;\n\n{made_by_macro}")
    );
}

#[test]
fn a_folder_in_another_place() {
    let settings = "[package.metadata.migrate]\ndirectory = \"src/db/steps\"\n";
    let nested = Tree::library(&[
        ("Cargo.toml", &manifest("blog", settings)),
        ("src/db/mod.rs", "pub mod pool;\n"),
    ]);
    let created = made(&nested, "x");
    assert_eq!(
        created.module.declaration.unwrap().file,
        nested.path("src/db/mod.rs")
    );
    assert_eq!(
        nested.read("src/db/mod.rs"),
        "pub mod pool;\npub mod steps;\n"
    );

    let settings = "[package.metadata.migrate]\ndirectory = \"db-steps\"\n";
    let outside = Tree::library(&[("Cargo.toml", &manifest("blog", settings))]);
    let error = refused(&outside, "x").to_string();
    assert!(
        error.contains("`db-steps` cannot be the name of a module; create"),
        "{error}"
    );
    outside.write("Cargo.toml", manifest("blog", &settings.replace('-', "_")));
    let error = refused(&outside, "x").to_string();
    assert!(error.contains("no lib.rs, main.rs or mod.rs"), "{error}");
    outside.write("db_steps/mod.rs", "");
    assert_eq!(made(&outside, "x").module.lines, ["pub mod m20260215_x;"]);
}

#[test]
fn a_declaration_that_is_there_is_not_added_again() {
    let lib = "mod migrations;\nfn f() {}\n";
    let tree = Tree::library(&[("src/lib.rs", lib)]);
    assert_eq!(made(&tree, "x").module.declaration, None);
    assert_eq!(tree.read("src/lib.rs"), lib);
    let inline = Tree::library(&[("src/lib.rs", "pub mod migrations { pub struct A; }\n")]);
    let error = refused(&inline, "x").to_string();
    assert!(
        error.contains("has its own `mod migrations { … }`"),
        "{error}"
    );
}

#[test]
fn a_file_that_is_no_rust_is_left_alone() {
    let lib = Tree::library(&[("src/lib.rs", "fn f() {\n")]);
    let error = refused(&lib, "x").to_string();
    assert!(
        error.contains("lib.rs:1: ") && error.contains("write `pub mod migrations;` into it"),
        "{error}"
    );
    let modules = Tree::library(&[("src/migrations/mod.rs", "mod m1_a;\n}\n")]);
    let error = refused(&modules, "x").to_string();
    assert!(
        error.contains("mod.rs:2: ") && error.contains("write `pub mod m2"),
        "{error}"
    );
}

#[test]
fn what_is_there_is_never_overwritten() {
    // A folder of that name is no migration, so that its number is free; its name is not.
    let tree = Tree::library(&[("src/migrations/m20260215_x.rs/keep", "mine")]);
    assert!(
        matches!(refused(&tree, "x"), ProjectError::Exists(paths) if paths == [tree.path("src/migrations/m20260215_x.rs")])
    );
}

#[test]
fn where_the_module_line_cannot_be_written_the_file_goes_too() {
    let tree = Tree::library(&[("src/migrations/mod.rs", "")]);
    // It stands where the new contents of mod.rs are prepared, and stops even the administrator.
    let taken = format!("src/migrations/.mod.rs.{}.tmp/x", std::process::id());
    tree.write(&taken, "");
    assert!(matches!(refused(&tree, "x"), ProjectError::Write { .. }));
}

#[cfg(unix)]
#[test]
fn in_a_read_only_folder_nothing_is_changed() {
    use std::os::unix::fs::PermissionsExt as _;
    let tree = Tree::library(&[("src/migrations/mod.rs", "")]);
    let folder = tree.path("src/migrations");
    let before = tree.contents();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).unwrap();
    let result = make(&tree.package(), "x", &options());
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    match result {
        Err(error) => {
            assert!(matches!(error, ProjectError::Write { .. }), "{error}");
            assert_eq!(tree.contents(), before);
        }
        // Permissions do not bind the administrator.
        Ok(created) => assert!(created.file.is_file()),
    }
}
