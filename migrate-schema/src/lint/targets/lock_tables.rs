use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, Page, text},
    replay::Placed,
    settings::Product,
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::LockTables,
        products: &[Product::Galera],
        summary: "`LOCK TABLES` on a cluster that does not have it.",
        why: "Galera locks the table on one node only: writes on the others go on, and come in afterwards.",
        instead: "Leave it out, or use a transaction.",
        examples: &[Example::new(
            "galera",
            &["CREATE TABLE users (id bigint PRIMARY KEY, name text)"],
            "LOCK TABLES users WRITE;\nUPDATE users SET name = 'a' WHERE id = 1;\nUNLOCK TABLES",
            "UPDATE users SET name = 'a' WHERE id = 1",
        )],
    },
    down: true,
    check: Check::End(check),
};

fn check(context: &Context<'_>, placed: &mut Vec<Placed>) {
    for (at, place) in context.method.statements.iter().enumerate() {
        let here = Context { at, ..*context };
        let tokens = text::tokens(&here);
        let is = |at: usize, words: &[&str]| {
            tokens
                .get(at)
                .is_some_and(|token| words.iter().any(|word| token.is_word(place.sql, word)))
        };
        if is(0, &["lock"]) && is(1, &["table", "tables"]) {
            placed.push(
                context.placed(
                    place,
                    Finding::new(
                        Code::LockTables,
                        "Galera locks this on one node only: the others go on writing",
                        place.tree.range.clone(),
                    )
                    .help("leave it out, or use a transaction"),
                ),
            );
        }
    }
}
