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

const GOOD: &str = "#[migration]\nstruct M20240131_120000_CreateUsers;";

pub(super) const PAGES: &[Page] = &[
    page(
        Code::IdShape,
        "An identifier with none of the four shapes, or without a name.",
        "The identifier is the order of the migrations. It is `M`, a date and a time, `_`, and a name.",
        "Write the date, the time and a name: `M20240131_120000_CreateUsers`.",
        &[Example::rust("#[migration]\nstruct CreateUsers;", GOOD)],
    ),
    page(
        Code::IdDate,
        "An identifier whose date is not in the calendar.",
        "A date that does not exist cannot be put in order, and is a slip of the keys.",
        "Write a date that exists.",
        &[Example::rust(
            "#[migration]\nstruct M20240231_120000_CreateUsers;",
            GOOD,
        )],
    ),
    page(
        Code::IdCharacter,
        "An identifier with a character that cannot stand in one.",
        "The identifier becomes a name in the history table, a file and a word on the command line.",
        "Write letters, digits and `_`.",
        &[Example::rust(
            "#[migration(id = \"20240131_120000_créer\")]\nstruct CreateUsers;",
            GOOD,
        )],
    ),
    page(
        Code::DuplicateId,
        "Two migrations of a crate claim the same version.",
        "Which of them comes first would be left to chance. rustc reports it itself, as E0428, with both places.",
        "Give one of them another time.",
        &[Example::rust(
            "#[migration]\nstruct M20240131_120000_CreateUsers;\n\n#[migration]\nstruct M20240131_120000_CreatePosts;",
            "#[migration]\nstruct M20240131_120000_CreateUsers;\n\n#[migration]\nstruct M20240131_120001_CreatePosts;",
        )],
    ),
    page(
        Code::SqlNotLiteral,
        "`sql!` was given something other than one string literal.",
        "`sql!` checks the SQL while the program is compiled, so it has to see it.",
        "Write the text itself, or `steps.sql_unchecked(text)` for one that is made while the program runs.",
        &[Example::rust(
            "steps.sql(sql!(TEXT));",
            "steps.sql(sql!(\"CREATE TABLE users (id INTEGER PRIMARY KEY)\"));",
        )],
    ),
    page(
        Code::SqlUnchecked,
        "Text was given where checked SQL is taken.",
        "Text that nobody has read can be anything, and the checks would be silent about it.",
        "Write `sql!(\"…\")`, or `sql_unchecked` where the text is made while the program runs.",
        &[Example::rust(
            "steps.sql(\"DROP TABLE users\");",
            "steps.sql(sql!(\"DROP TABLE users\"));",
        )],
    ),
    page(
        Code::TransactionControl,
        "`BEGIN`, `COMMIT` and their kin inside a migration.",
        "The runner opens the transaction, and writes into it that the migration is done. A `COMMIT` of one's own would tear the two apart.",
        "Leave it out. A migration that must not run in a transaction says `#[migration(transaction = false)]`.",
        &[Example::rust(
            "steps.sql(sql!(\"BEGIN; CREATE TABLE a (b INTEGER); COMMIT\"));",
            "steps.sql(sql!(\"CREATE TABLE a (b INTEGER)\"));",
        )],
    ),
    page(
        Code::ForeignKeysPragma,
        "`PRAGMA foreign_keys = …` in a migration that runs in a transaction, where it does nothing.",
        "SQLite ignores it inside a transaction, without a word.",
        "Leave it out: around the rebuild of a table the runner switches foreign keys off by itself. For other statements write `#[migration(foreign_keys = false)]`.",
        &[Example::rust(
            "steps.sql(sql!(\"PRAGMA foreign_keys = OFF\"));",
            "#[migration(foreign_keys = false)]\nstruct M20240131_120000_CreateUsers;",
        )],
    ),
    page(
        Code::OutsideTransaction,
        "A statement that cannot run in a transaction, in a migration that runs in one.",
        "`VACUUM`, `CREATE INDEX CONCURRENTLY` and their kin are refused inside a transaction.",
        "Put it into a migration of its own, with `#[migration(transaction = false)]`.",
        &[Example::rust(
            "steps.sql(sql!(\"VACUUM\"));",
            "#[migration(transaction = false)]\nstruct M20240131_120000_Vacuum;",
        )],
    ),
    page(
        Code::MissingDown,
        "Neither `down` nor `irreversible`.",
        "Where `down` can be told from `up` without loss, it may be left out. Here it cannot.",
        "Write `down`, or `#[migration(irreversible)]`.",
        &[Example::rust(
            "fn up(&self, steps: &mut Steps) {\n    steps.sql(sql!(\"UPDATE users SET name = 'a' WHERE id = 1\"));\n}",
            "#[migration(irreversible)]",
        )],
    ),
    page(
        Code::UnknownOption,
        "An option that does not exist.",
        "It would change nothing, and nobody would notice.",
        "Write it as the message proposes.",
        &[Example::rust(
            "#[migration(transactoin = false)]",
            "#[migration(transaction = false)]",
        )],
    ),
    page(
        Code::RepeatedOption,
        "An option that was given twice.",
        "Only one of them could hold.",
        "Leave one out.",
        &[Example::rust(
            "#[migration(irreversible, irreversible)]",
            "#[migration(irreversible)]",
        )],
    ),
    page(
        Code::OptionValue,
        "An option with a value that it cannot take.",
        "It would have to be guessed what is meant.",
        "Write a value that the message names.",
        &[Example::rust(
            "#[migration(transaction = \"no\")]",
            "#[migration(transaction = false)]",
        )],
    ),
    page(
        Code::OptionConflict,
        "Options that contradict each other, or the item they stand on.",
        "Both cannot hold.",
        "Leave one of them out.",
        &[Example::rust(
            "#[migration(transaction = false, foreign_keys = false)]",
            "#[migration(foreign_keys = false)]",
        )],
    ),
    page(
        Code::WrongPlace,
        "`#[migration]` on something that is no migration.",
        "It stands on a unit struct, or on its `impl Migration`.",
        "Move it.",
        &[Example::rust("#[migration]\nfn create_users() {}", GOOD)],
    ),
    page(
        Code::GenericMigration,
        "`#[migration]` on a type with parameters.",
        "Each type would be a migration of its own, with the same identifier.",
        "Leave the parameters out.",
        &[Example::rust(
            "#[migration]\nstruct M20240131_120000_CreateUsers<T>(T);",
            GOOD,
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
