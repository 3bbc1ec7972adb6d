//! Folders that become migrations, and folders that do not.

use std::fs;

use super::*;

fn embedded(files: &[(&str, &str)]) -> (String, Vec<String>) {
    let package = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = package.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let mut report = Report::default();
    let literal: LitStr = syn::parse_quote!("migrations");
    let made = embed(&literal, package.path(), &Config::default(), &mut report);
    let root = package.path().display().to_string();
    let messages = report.messages();
    let messages = messages
        .iter()
        .map(|text| text.replace(&root, ""))
        .collect();
    (made.to_string().replace(' ', ""), messages)
}

fn refused(files: &[(&str, &str)]) -> Vec<String> {
    let (made, messages) = embedded(files);
    assert!(!made.contains("submit!"), "{made}");
    messages
}

#[test]
fn files_become_migrations() {
    let (made, messages) = embedded(&[
        (
            "migrations/1_create_users.up.sql",
            "CREATE TABLE users (id);\r\n",
        ),
        ("migrations/1_create_users.down.sql", "DROP TABLE users;\n"),
        ("migrations/2_nothing.up.sql", "-- Later.\n"),
        (
            "migrations/3_compact.up.sql",
            "-- no-transaction\nVACUUM;\n",
        ),
    ]);
    assert_eq!(messages, [] as [String; 0]);
    assert_eq!(made.matches("submit!").count(), 3, "{made}");
    for part in [
        "include_bytes!(::core::concat!(::core::env!(\"CARGO_MANIFEST_DIR\"),\"/migrations/1_create_users.up.sql\"))",
        "\"CREATETABLEusers(id);\\n\"",
        "statement(0usize,23usize,",
        "description:\"createusers\",",
        "\"1_create_users\",\"migrations/1_create_users.up.sql\",1u32,&Embedded)",
        "irreversible:::core::option::Option::Some(\"migrations/2_nothing.up.sqlhasno`down`\"),",
        "fnup(&self,_:&mut::migrate_core::__private::v1::Steps){}",
        "transaction:false,",
        "macro_rules!__migration_version_3_of_migrate_macros{",
    ] {
        assert!(made.contains(part), "{part} in {made}");
    }
}

#[test]
fn a_part_of_a_file_has_its_own_line() {
    let text = "-- +goose Up\nCREATE TABLE a (b);\n-- +goose Down\nDROP TABLE a;\n";
    let (made, messages) = embedded(&[("migrations/00001_a.sql", text)]);
    assert_eq!(messages, [] as [String; 0]);
    assert!(
        made.contains("\"migrations/00001_a.sql\",2u32,&Embedded)"),
        "{made}"
    );
    assert!(made.contains("\"DROPTABLEa;\\n\",const{&["), "{made}");
    assert!(made.contains("\"migrations/00001_a.sql\",4u32,)"), "{made}");
}

#[test]
fn what_is_wrong_has_its_place_in_the_file() {
    let messages = refused(&[(
        "migrations/1_a.sql",
        "-- +goose Up\nCREATE TABEL a (b);\n-- +goose Down\nDROP TABLE\n",
    )]);
    assert_eq!(messages.len(), 2, "{messages:#?}");
    assert!(
        messages[0].contains("--> /migrations/1_a.sql:2:8\n"),
        "{}",
        messages[0]
    );
    assert!(
        messages[1].contains("/migrations/1_a.sql:"),
        "{}",
        messages[1]
    );
    let begin = refused(&[("migrations/1_a.sql", "BEGIN;\nSELECT 1;\nVACUUM;")]);
    assert!(begin[0].contains("[transaction_control]"), "{}", begin[0]);
    assert!(begin[1].contains("[outside_transaction]"), "{}", begin[1]);
    assert!(
        begin[1].contains("write `-- no-transaction` in the first line"),
        "{}",
        begin[1]
    );
}

#[test]
fn names_and_markers_are_checked() {
    for (files, expected) in [
        (&[("migrations/users.up.sql", "")][..], "[id_shape]"),
        (&[("migrations/1_é.sql", "")], "[id_character]"),
        (
            &[("migrations/1_a.sql", ""), ("migrations/01_b.sql", "")],
            "[duplicate_id]",
        ),
        (
            &[("migrations/1_a.sql", "SELECT 1;\n-- migrate:up")],
            "[marker]",
        ),
        (
            &[("migrations/V1__a.sql", "SELECT ${a}")],
            "write this migration in Rust",
        ),
        (
            &[("migrations/README.md", "")],
            "there is no migration in `migrations`",
        ),
        (
            &[("other/1_a.sql", "")],
            "the folder `migrations` does not exist [folder]",
        ),
        (
            &[("migrations", "")],
            "the folder `migrations` is no folder [folder]",
        ),
    ] {
        let messages = refused(files);
        assert!(
            messages[0].contains(expected),
            "{expected} in {messages:#?}"
        );
    }
    let (_, none) = embedded(&[
        ("migrations/1_a.sql", "SELECT 1;"),
        ("migrations/notes.sql", ""),
    ]);
    assert_eq!(none, [] as [String; 0]);
}
