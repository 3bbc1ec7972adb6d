use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, Page, SQLITE},
    tree::Action,
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::PragmaInTransaction,
        products: SQLITE,
        summary: "A `PRAGMA` that does nothing inside a transaction stands inside one.",
        why: "SQLite ignores `PRAGMA foreign_keys` between `BEGIN` and `COMMIT`, without a word: foreign keys stay on, and a table that is dropped takes rows of others along.",
        instead: "Write it before `BEGIN` and behind `COMMIT`. In a migration of this project leave all three out: the runner does it.",
        examples: &[Example::new(
            "sqlite",
            &["CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, team INTEGER)"],
            "BEGIN;\nPRAGMA foreign_keys = OFF;\nDELETE FROM users WHERE team IS NULL;\nCOMMIT",
            "PRAGMA foreign_keys = OFF;\nBEGIN;\nDELETE FROM users WHERE team IS NULL;\nCOMMIT",
        )
        .without_transaction()],
    },
    down: false,
    check: Check::Action(check),
};

fn check(context: &Context<'_>, action: &Action, findings: &mut Vec<Finding>) {
    let Action::Setting {
        name,
        value: Some(_),
    } = action
    else {
        return;
    };
    if name == "foreign_keys" && is_open(context) {
        findings.push(
            Finding::new(
                Code::PragmaInTransaction,
                format!("`PRAGMA {name}` does nothing inside a transaction"),
                context.statement(),
            )
            .help("write it before `BEGIN`, and again behind `COMMIT`"),
        );
    }
}

/// Whether the last statement that begins or ends a transaction begins one.
fn is_open(context: &Context<'_>) -> bool {
    let before = context
        .method
        .statements
        .get(..context.at)
        .unwrap_or_default();
    let mut words = before.iter().rev().map(|place| {
        let text = place.sql.get(place.tree.range.clone()).unwrap_or_default();
        text.split(|c: char| !c.is_ascii_alphabetic())
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase()
    });
    words
        .find(|word| matches!(word.as_str(), "begin" | "commit" | "end" | "rollback"))
        .is_some_and(|word| word == "begin")
}
