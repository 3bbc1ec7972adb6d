use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, MYSQL, Page, text},
    tree::Action,
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::LockingAlter,
        products: MYSQL,
        summary: "`ALTER TABLE` asks for a copy of the table or a lock on it.",
        why: "With `ALGORITHM=COPY` the whole table is copied and nobody can write; with `LOCK=EXCLUSIVE` nobody can read either.",
        instead: "Leave it to the server, or ask for `ALGORITHM=INPLACE, LOCK=NONE`: then it fails instead of blocking where it cannot.",
        examples: &[Example::new(
            "mysql",
            &["CREATE TABLE users (id bigint PRIMARY KEY, email varchar(100))"],
            "ALTER TABLE users ADD COLUMN born date, ALGORITHM=COPY",
            "ALTER TABLE users ADD COLUMN born date, ALGORITHM=INPLACE, LOCK=NONE",
        )],
    },
    down: false,
    check: Check::Action(check),
};

fn check(context: &Context<'_>, action: &Action, findings: &mut Vec<Finding>) {
    let Action::AlterTable(alter) = action else {
        return;
    };
    if context.existing(&alter.name).is_none() {
        return;
    }
    for (name, value) in &alter.options {
        let value = value.to_ascii_uppercase();
        let blocks = match (name.as_str(), value.as_str()) {
            ("algorithm", "COPY") | ("lock", "SHARED") => "write to",
            ("lock", "EXCLUSIVE") => "read or write",
            _ => continue,
        };
        let range = text::word(context, name).unwrap_or_else(|| context.statement());
        findings.push(
            Finding::new(
                Code::LockingAlter,
                format!("nobody can {blocks} `{}` while this runs", alter.name),
                range,
            )
            .help("leave it to the server, or ask for `ALGORITHM=INPLACE, LOCK=NONE`"),
        );
    }
}
