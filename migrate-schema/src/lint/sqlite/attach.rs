use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, Page, SQLITE},
    replay::Placed,
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::Attach,
        products: SQLITE,
        summary: "A migration attaches another database.",
        why: "The other file may be elsewhere, or not there, where the migration runs; a commit over several files is not atomic in WAL mode; and what is in it cannot be checked here.",
        instead: "Copy the rows in a Rust step, which knows where the file is.",
        examples: &[Example::new(
            "sqlite",
            &["CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, team INTEGER)"],
            "ATTACH 'old.db' AS old;\nINSERT INTO users SELECT id, name, team FROM old.users",
            "INSERT INTO users (name) VALUES ('first')",
        )],
    },
    down: false,
    check: Check::End(check),
};

fn check(context: &Context<'_>, placed: &mut Vec<Placed>) {
    for place in &context.method.statements {
        let range = place.tree.range.clone();
        let text = place.sql.get(range.clone()).unwrap_or_default();
        if text
            .get(..6)
            .is_some_and(|word| word.eq_ignore_ascii_case("attach"))
        {
            placed.push(context.placed(
                place,
                Finding::new(Code::Attach, "the file that this attaches may be elsewhere, or not there, where the migration runs", range)
                    .help("copy the rows in a Rust step, which knows where the file is"),
            ));
        }
    }
}
