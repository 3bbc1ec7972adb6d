//! A folder of each layout.

use super::*;

fn folder(files: &[(&str, &str)]) -> Folder {
    let files: Vec<File<'_>> = files
        .iter()
        .map(|(path, text)| File { path, text })
        .collect();
    read(&files, Dialect::Postgres)
}

/// Each migration as `name: up | down`, and after them the findings.
fn told(files: &[(&str, &str)]) -> Vec<String> {
    let read = folder(files);
    let text = |part: &Part| {
        let text = files[part.file].1[part.range.clone()].trim().to_owned();
        if part.is_sql {
            text
        } else {
            format!("({text})")
        }
    };
    let mut told: Vec<String> = read
        .migrations
        .iter()
        .map(|migration| {
            let mut line = format!("{}: {}", migration.name, text(&migration.up));
            if let Some(down) = &migration.down {
                line += &format!(" | {}", text(down));
            }
            match migration.transaction {
                None => line,
                Some(true) => line + " | in a transaction",
                Some(false) => line + " | without a transaction",
            }
        })
        .collect();
    told.extend(read.findings.iter().map(|placed| {
        let Finding { code, message, .. } = &placed.finding;
        format!("{}: {message} [{code}]", files[placed.file].0)
    }));
    told
}

#[test]
fn pairs_run_in_the_order_of_their_numbers() {
    assert_eq!(
        told(&[
            ("10_c.up.sql", "C"),
            ("10_c.down.sql", "-C"),
            ("2_b.up.sql", "B"),
            ("2_renamed.down.sql", "-B"),
            ("1_a.up.sql", "A"),
            ("7_gap.up.sql", "-- no-transaction\nG"),
        ]),
        [
            "1_a: A",
            "2_b: B | -B",
            "7_gap: -- no-transaction\nG | without a transaction",
            "10_c: C | -C"
        ]
    );
}

#[test]
fn files_of_one_part() {
    assert_eq!(
        told(&[
            ("20240506_02_b.sql", "B"),
            ("20240506_a.sql", "A"),
            ("20240505235959_z.sql", "Z")
        ]),
        ["20240506_a: A", "20240506_02_b: B", "20240505235959_z: Z"]
    );
    // sqlx reads both kinds in one folder.
    assert_eq!(
        told(&[
            ("1_a.sql", "A"),
            ("2_b.up.sql", "B"),
            ("2_b.down.sql", "-B")
        ]),
        ["1_a: A", "2_b: B | -B"]
    );
}

#[test]
fn goose() {
    assert_eq!(
        told(&[
            (
                "00010_c.sql",
                "-- +goose NO TRANSACTION\n-- +goose Up\nC;\n"
            ),
            ("00002_b.go", "package x // users"),
            ("00001_a.sql", "-- +goose Up\nA;\n-- +goose Down\nB;"),
            (
                "00011_d.sql",
                "-- +goose ENVSUB ON\n-- +goose Up\nSELECT ${D};\n"
            ),
        ]),
        [
            "00001_a: A; | B; | in a transaction",
            "00002_b: (package x // users)",
            "00010_c: C; | without a transaction",
            "00011_d: (SELECT ${D};) | in a transaction",
        ]
    );
    assert_eq!(
        told(&[
            ("1_a.sql", "-- +goose Up\nA;\n"),
            ("2_b.sql", "B;"),
            ("3_c.sql", "-- nothing")
        ]),
        [
            "1_a: A; | in a transaction",
            "2_b: B;",
            "3_c: -- nothing",
            "2_b.sql: this file has no `-- +goose Up`, which goose asks for [marker]",
        ]
    );
}

#[test]
fn dbmate_sorts_by_names() {
    assert_eq!(
        told(&[
            (
                "9_b.sql",
                "-- migrate:up\nB;\n-- migrate:down transaction:false\n-B;"
            ),
            ("10_a.sql", "-- migrate:up\nA;\n-- migrate:down\n"),
        ]),
        [
            "10_a: A; |  | in a transaction",
            "9_b: B; | -B; | without a transaction"
        ]
    );
}

#[test]
fn undo_markers() {
    assert_eq!(
        told(&[
            ("20240506192337_a.sql", "A;\n-- @UNDO\n-A;"),
            ("20240506192338_b.sql", "B;"),
        ]),
        ["20240506192337_a: A; | -A;", "20240506192338_b: B;"]
    );
}

#[test]
fn markers_of_two_tools() {
    let told = told(&[
        ("1_a.sql", "-- migrate:up\nA;\n"),
        ("2_b.sql", "-- migrate:up\nB;\n"),
        ("3_c.sql", "-- +goose Up\nC;\n"),
    ]);
    assert_eq!(
        told[3..],
        [
            "3_c.sql: this file has the markers of goose, and most others have those of dbmate [marker]"
        ]
    );
}

#[test]
fn diesel() {
    assert_eq!(
        told(&[
            ("2024-05-06-192337_b/up.sql", "B"),
            ("2024-05-06-192337_b/down.sql", "-B"),
            (
                "2024-05-06-192337_b/metadata.toml",
                "# why\nrun_in_transaction = false # here\n"
            ),
            ("00000000000000_diesel_initial_setup/up.sql", "A"),
            (
                "00000000000000_diesel_initial_setup/metadata.toml",
                "run_in_transaction = maybe"
            ),
        ]),
        [
            "00000000000000_diesel_initial_setup: A",
            "2024-05-06-192337_b: B | -B | without a transaction",
            "00000000000000_diesel_initial_setup/metadata.toml: `run_in_transaction` is `true` or `false`, and not `maybe` [marker]",
        ]
    );
}

#[test]
fn other_folders() {
    assert_eq!(
        told(&[
            ("10-c/up.sql", "C"),
            ("9-b/up.sql", "B"),
            ("9-b/down.sql", "-B")
        ]),
        ["9-b: B | -B", "10-c: C"]
    );
    assert_eq!(
        told(&[("20240506192337_a/migration.sql", "A")]),
        ["20240506192337_a: A"]
    );
}

#[test]
fn refinery_and_flyway() {
    // refinery: `U` is a migration.
    assert_eq!(
        told(&[
            ("V1__a.sql", "A"),
            ("U2__b.sql", "B"),
            ("V3__c.rs", "fn c() {}")
        ]),
        ["V1__a: A", "U2__b: B", "V3__c: (fn c() {})"]
    );
    // Flyway: it undoes the migration of its version.
    assert_eq!(
        told(&[
            ("R__views.sql", "R"),
            ("one/V1.10__c.sql", "C"),
            ("one/V1.9__b.sql", "B"),
            ("U1.9__b.sql", "-B"),
            ("V1__a.sql", "SELECT ${schema}"),
        ]),
        [
            "V1__a: (SELECT ${schema})",
            "V1.9__b: B | -B",
            "V1.10__c: C",
            "R__views: R"
        ]
    );
}

#[test]
fn what_is_wrong_with_the_files_is_said() {
    assert_eq!(
        told(&[
            ("1_a.up.sql", "A"),
            ("1_b.up.sql", "B"),
            ("2_c.down.sql", "-C"),
            ("schema.sql", "S"),
            ("3_d/up.sql", "D"),
            ("4_e/ups.sql", "E"),
            ("V5_e.sql", "F"),
        ]),
        [
            "1_a: A",
            "1_b: B",
            "3_d: D",
            "1_b.up.sql: `up` of a version that 1_a.up.sql has already [duplicate_id]",
            "2_c.down.sql: there is no `up` to this `down` [down_without_up]",
            "schema.sql: this file belongs to no migration [stray_file]",
            "3_d/up.sql: this file is called `NUMBER_name/up.sql` and most others `NUMBER_name.sql`: a tool that reads one passes over the other [mixed_layouts]",
            "4_e/ups.sql: this file belongs to no migration [stray_file]",
            "V5_e.sql: this file belongs to no migration [stray_file]",
        ]
    );
}

#[test]
fn strays_are_told_what_they_may_be() {
    let help = |path: &str| {
        let folder = folder(&[(path, "")]);
        folder.findings[0].finding.help.clone().unwrap()
    };
    assert_eq!(
        help("V5_e.sql"),
        "did you mean `V5__e.sql`, with two underscores?"
    );
    assert_eq!(help("4_e/ups.sql"), "did you mean `4_e/up.sql`?");
    assert_eq!(
        help("schema.sql"),
        "begin its name with a number, as in `0001_schema.sql`, or move it away"
    );
}

#[test]
fn only_what_can_belong_is_wanted() {
    for path in [
        "1_a.sql",
        "x.SQL",
        "1_a/metadata.toml",
        "1_a.go",
        "V1__a.rs",
    ] {
        assert!(is_wanted(path), "{path}");
    }
    for path in [
        ".hidden.sql",
        ".git/1_a.sql",
        "README.md",
        "metadata.toml",
        "embed.go",
        "sql",
    ] {
        assert!(!is_wanted(path), "{path}");
    }
}

#[test]
fn many_files_are_no_trouble() {
    let paths: Vec<String> = (0..20_000).map(|n| format!("{n}_a.sql")).collect();
    let files: Vec<File<'_>> = paths
        .iter()
        .map(|path| File {
            path,
            text: "-- +goose Up\nA;",
        })
        .collect();
    assert_eq!(read(&files, Dialect::Sqlite).migrations.len(), 20_000);
}
