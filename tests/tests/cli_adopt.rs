//! `baseline --from`: a database that another tool has migrated so far.
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows that a test may panic, but not its helpers"
)]

use migrate_tests::Folder;
use snapbox::str;

const LAB: &str = env!("CARGO_BIN_EXE_fixture-lab");
const REFINERY: &str =
    "CREATE TABLE refinery_schema_history (version INT4 PRIMARY KEY, name VARCHAR(255),
    applied_on VARCHAR(255), checksum VARCHAR(255));
    INSERT INTO refinery_schema_history (version, name) VALUES (1, 'create_samples'), (4, 'runs');";

#[test]
fn what_refinery_has_applied() {
    let here = Folder::new();
    here.sql("lab.db", REFINERY);
    let before = here.files();
    here.run(LAB, "baseline --from refinery --dry-run")
        .shows(str![[r#"
warning: `004_create_runs` (4 runs) has another name in the history of the other tool
record as applied 001_create_samples  create samples
record as applied 004_create_runs  create runs
2 migrations would be recorded as applied. Nothing was done: this was a dry run
5 migrations left pending, because refinery has not applied them: 005_create_results, 9_index_results, 010_unique_samples, 011_compact, 012_drop_runs

"#]]);
    assert!(here.files() == before);
    here.run(LAB, "baseline --from refinery").shows(str![[r#"
recorded 001_create_samples [TIME]
recorded 004_create_runs [TIME]
2 migrations recorded as applied
5 migrations left pending, because refinery has not applied them: 005_create_results, 9_index_results, 010_unique_samples, 011_compact, 012_drop_runs
--- standard error
warning: `004_create_runs` (4 runs) has another name in the history of the other tool

"#]]);
    here.run(LAB, "baseline --from refinery").shows(str![[r#"
--- standard error
error: this database already has a history of 2 migrations: a baseline is for one that was made without this program
--- exit code 1

"#]]);
}

#[test]
fn what_this_program_does_not_have() {
    let here = Folder::new();
    here.sql("lab.db", REFINERY);
    here.sql(
        "lab.db",
        "INSERT INTO refinery_schema_history (version, name) VALUES (6, 'add_age')",
    );
    here.run(LAB, "baseline --from refinery").shows(str![[r#"
--- standard error
error: applied by the other tool, but not in this program: `6 add_age`. `import` its folder first; or, where they are gone for good, leave them out with `--missing warn`. Nothing was done
--- exit code 1

"#]]);
    here.run(LAB, "baseline --from refinery --missing warn")
        .ends(0)
        .has("warning: `6 add_age` was applied by the other tool");
}

#[test]
fn another_table_or_none() {
    let here = Folder::new();
    here.sql(
        "lab.db",
        &REFINERY.replace("refinery_schema_history", "done"),
    );
    here.run(LAB, "baseline --from refinery").shows(str![[r#"
--- standard error
error: cannot read the history of refinery in the table `refinery_schema_history` of `[FOLDER]/lab.db`: no such table: refinery_schema_history
--- exit code 1

"#]]);
    here.run(LAB, "baseline --from refinery --from-table done")
        .ends(0)
        .has("2 migrations recorded as applied");
}

#[test]
fn wrong_use() {
    let here = Folder::new();
    here.run(LAB, "baseline --from alembic").shows(str![[r#"
--- standard error
error: invalid value 'alembic' for '--from <TOOL>': `alembic` is none of sqlx, diesel, refinery, sea-orm, golang-migrate, flyway, rusqlite_migration, goose, dbmate, prisma

For more information, try '--help'.
--- exit code 2

"#]]);
    here.run(LAB, "baseline --from sqlx --all").ends(2);
    here.run(LAB, "baseline --all --from-table done").ends(2);
}
