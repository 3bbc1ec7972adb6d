//! What `#[migration]` and the settings can be told wrongly.

use crate::{
    Code,
    lint::{ALL, Example, Page},
};

const fn page(
    code: Code,
    summary: &'static str,
    why: &'static str,
    instead: &'static str,
    examples: &'static [Example],
) -> Page {
    Page {
        code,
        products: ALL,
        summary,
        why,
        instead,
        examples,
    }
}

const GOOD: &str = "#[migration(\"20260215_create_users\", up = \"CREATE TABLE users (id INTEGER)\", down = \"DROP TABLE users\")]\nstruct CreateUsers;";

pub(super) const PAGES: &[Page] = &[
    page(
        Code::IdShape,
        "An identifier with none of the four shapes, or without a name.",
        "The identifier is the order of the migrations: a day, a day and a number, a moment, or a number; and behind it what the migration does.",
        "Write `YYYYMMDD_name`, `YYYYMMDD_NN_name`, `YYYYMMDDHHMMSS_name` or `NNN_name`, such as `20260215_create_users`.",
        &[Example::rust(
            "#[migration(\"create_users\", up = \"CREATE TABLE users (id INTEGER)\", down = \"DROP TABLE users\")]\nstruct CreateUsers;",
            GOOD,
        )],
    ),
    page(
        Code::IdDate,
        "An identifier whose date is not in the calendar.",
        "A date that does not exist cannot be put in order, and is a slip of the keys.",
        "Write a day that exists: the first eight digits are YYYYMMDD; with fourteen digits the last six are a time of that day, HHMMSS.",
        &[Example::rust(
            "#[migration(\"20260230_create_users\", up = \"CREATE TABLE users (id INTEGER)\", down = \"DROP TABLE users\")]\nstruct CreateUsers;",
            GOOD,
        )],
    ),
    page(
        Code::IdCharacter,
        "An identifier with a character that cannot stand in one.",
        "The identifier stands in the history table, in file names and on the command line.",
        "Write ASCII letters, digits and `_`.",
        &[Example::rust(
            "#[migration(\"20260215_create-users\", up = \"CREATE TABLE users (id INTEGER)\", down = \"DROP TABLE users\")]\nstruct CreateUsers;",
            GOOD,
        )],
    ),
    page(
        Code::DuplicateId,
        "Two migrations of a crate claim the same version.",
        "Which of them comes first would be left to chance. rustc reports it itself, as E0428, with both places.",
        "Give one of them another version.",
        &[Example::rust(
            "#[migration(\"20260215_create_users\")]\npub struct CreateUsers;\n\n#[migration(\"20260215_create_posts\")]\npub struct CreatePosts;",
            "#[migration(\"20260215_01_create_users\")]\npub struct CreateUsers;\n\n#[migration(\"20260215_02_create_posts\")]\npub struct CreatePosts;",
        )],
    ),
    page(
        Code::SqlNotLiteral,
        "`sql!` was given something other than one string literal.",
        "`sql!` checks the SQL while the program is compiled, so it has to see it.",
        "Write the text itself, or `Sql::unchecked(text)` for one that is made while the program runs.",
        &[Example::rust(
            "steps.sql(sql!(format!(\"CREATE TABLE {} (id INTEGER)\", \"users\")));",
            "steps.sql(sql!(\"CREATE TABLE users (id INTEGER)\"));",
        )],
    ),
    page(
        Code::SqlDialects,
        "The texts of `sql!` for the dialects are not those of the databases that the migrations are for.",
        "Where `sql!(sqlite: \"…\", postgres: \"…\")` or `up(sqlite = \"…\", postgres = \"…\")` has a text for each dialect, the migration can run on those databases alone.",
        "Write one text for each dialect in `dialects = […]` of `[package.metadata.migrate]`, by its name there, and an empty one where nothing is to be done.",
        &[Example::rust(
            "// dialects = [\"sqlite\", \"postgres\"]\nsteps.sql(sql!(sqlite: \"CREATE TABLE users (id INTEGER PRIMARY KEY)\"));",
            "// dialects = [\"sqlite\", \"postgres\"]\nsteps.sql(sql!(\n    sqlite: \"CREATE TABLE users (id INTEGER PRIMARY KEY)\",\n    postgres: \"CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY)\",\n));",
        )],
    ),
    page(
        Code::SqlUnchecked,
        "Text was given where checked SQL is taken.",
        "Text that nobody has read can be anything, and the checks would be silent about it.",
        "Write `sql!(\"…\")`, or `Sql::unchecked(…)` where the text is made while the program runs.",
        &[Example::rust(
            "steps.sql(\"DROP TABLE users\");",
            "steps.sql(sql!(\"DROP TABLE users\"));",
        )],
    ),
    page(
        Code::TransactionControl,
        "`BEGIN`, `COMMIT` and their kin inside a migration.",
        "The runner opens the transaction, and writes into it that the migration is done. A `COMMIT` of one's own would tear the two apart.",
        "Leave it out. A migration that must not run in a transaction says `#[migration(\"…\", transaction = false)]`.",
        &[Example::rust(
            "steps.sql(sql!(\"BEGIN; CREATE TABLE a (b INTEGER); COMMIT\"));",
            "steps.sql(sql!(\"CREATE TABLE a (b INTEGER)\"));",
        )],
    ),
    page(
        Code::ForeignKeysPragma,
        "`PRAGMA foreign_keys = …` in a migration that runs in a transaction, where it does nothing.",
        "SQLite ignores it inside a transaction, without a word.",
        "Leave it out: around the rebuild of a table the runner switches foreign keys off by itself. For other statements write `#[migration(\"…\", foreign_keys = false)]`.",
        &[Example::rust(
            "steps.sql(sql!(\"PRAGMA foreign_keys = OFF\"));",
            "#[migration(\"20260215_rebuild_users\", foreign_keys = false)]",
        )],
    ),
    page(
        Code::OutsideTransaction,
        "A statement that cannot run in a transaction, in a migration that runs in one.",
        "`VACUUM`, `CREATE INDEX CONCURRENTLY` and their kin are refused inside a transaction. A migration that consists of them alone runs outside one by itself; one that does something else too runs in a transaction. MySQL and CockroachDB run every migration statement by statement, and this is never found there.",
        "Put it into a migration of its own. Where both have to be in one, `#[migration(\"…\", transaction = false)]` runs all of it step by step: what ran before a failure stays, and the next run goes on behind it.",
        &[Example::rust(
            "#[migration(\"20260215_shrink\", up = \"DELETE FROM logs WHERE day < '2026-01-01'; VACUUM\", irreversible = \"the logs are gone\")]\npub struct Shrink;",
            "#[migration(\"20260215_01_delete_logs\", up = \"DELETE FROM logs WHERE day < '2026-01-01'\", irreversible = \"the logs are gone\")]\npub struct DeleteLogs;\n\n#[migration(\"20260215_02_shrink\", up = \"VACUUM\", irreversible = \"nothing has changed\")]\npub struct Shrink;",
        )],
    ),
    page(
        Code::MissingDown,
        "Neither `down` nor `irreversible`.",
        "Where `down` can be told from `up` without loss, it may be left out. Here it cannot.",
        "Write `down`, or `#[migration(\"…\", irreversible = \"…\")]`.",
        &[Example::rust(
            "#[migration(\"20260215_fill_names\", up = \"UPDATE users SET name = \'a\' WHERE name IS NULL\")]\npub struct FillNames;",
            "#[migration(\"20260215_fill_names\", up = \"UPDATE users SET name = \'a\' WHERE name IS NULL\", irreversible = \"which names were missing is gone\")]\npub struct FillNames;",
        )],
    ),
    page(
        Code::UnknownOption,
        "An option that does not exist.",
        "It would change nothing, and nobody would notice.",
        "Write it as the message proposes.",
        &[Example::rust(
            "#[migration(\"20260215_shrink\", transactoin = false)]",
            "#[migration(\"20260215_shrink\", transaction = false)]",
        )],
    ),
    page(
        Code::RepeatedOption,
        "An option that was given twice.",
        "Only one of them could hold.",
        "Leave one out.",
        &[Example::rust(
            "#[migration(\"20260215_shrink\", transaction = false, transaction = true)]",
            "#[migration(\"20260215_shrink\", transaction = false)]",
        )],
    ),
    page(
        Code::OptionValue,
        "An option with a value that it cannot take.",
        "It would have to be guessed what is meant.",
        "Write a value that the message names.",
        &[Example::rust(
            "#[migration(\"20260215_shrink\", transaction = \"false\")]",
            "#[migration(\"20260215_shrink\", transaction = false)]",
        )],
    ),
    page(
        Code::OptionConflict,
        "Options that contradict each other, or the item they stand on.",
        "Both cannot hold.",
        "Leave one of them out.",
        &[Example::rust(
            "#[migration(\"20260215_rebuild_users\", transaction = false, foreign_keys = false)]",
            "#[migration(\"20260215_rebuild_users\", foreign_keys = false)]",
        )],
    ),
    page(
        Code::WrongPlace,
        "`#[migration]` on something that is no migration.",
        "It stands on a unit struct, or on its `impl Migration`.",
        "Move it.",
        &[Example::rust(
            "#[migration(\"20260215_create_users\")]\nenum CreateUsers {\n    All,\n}",
            GOOD,
        )],
    ),
    page(
        Code::GenericMigration,
        "`#[migration]` on a type with parameters.",
        "Each type would be a migration of its own, with the same identifier.",
        "Leave the parameters out.",
        &[Example::rust(
            "#[migration(\"20260215_create_users\")]\nimpl<const N: usize> Migration for CreateUsers<N> { … }",
            "#[migration(\"20260215_create_users\")]\nimpl Migration for CreateUsers { … }",
        )],
    ),
    page(
        Code::Configuration,
        "`[package.metadata.migrate]` that cannot be read.",
        "The checks would look at the wrong dialect, or at nothing.",
        "Write it as the message says.",
        &[Example::rust(
            "# Cargo.toml\n[package.metadata.migrate]\ndialects = [\"sqlight\"]",
            "# Cargo.toml\n[package.metadata.migrate]\ndialects = [\"sqlite\"]",
        )],
    ),
];
