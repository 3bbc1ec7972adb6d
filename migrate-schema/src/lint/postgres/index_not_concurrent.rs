use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, POSTGRES, Page, text},
    tree::Action,
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::IndexNotConcurrent,
        products: POSTGRES,
        summary: "An index is made on a table that is in use, and blocks every write until it is done.",
        why: "`CREATE INDEX` takes a SHARE lock: nobody can insert, update or delete while the whole table is read. With `CONCURRENTLY` they can.",
        instead: "Write `CREATE INDEX CONCURRENTLY` in a migration of its own. Nothing is said of a table that the same migration makes.",
        examples: &[Example::new(
            "postgres",
            &["CREATE TABLE users (id bigint PRIMARY KEY, email text, team bigint)"],
            "CREATE INDEX users_email ON users (email)",
            "CREATE INDEX CONCURRENTLY users_email ON users (email)",
        )
        .without_transaction()],
    },
    down: false,
    check: Check::Action(check),
};

fn check(context: &Context<'_>, action: &Action, findings: &mut Vec<Finding>) {
    let Action::CreateIndex(index) = action else {
        return;
    };
    if index.concurrently {
        return;
    }
    let Some(table) = context.existing(&index.table) else {
        return;
    };
    // A partitioned table has no index that is made concurrently.
    if table.partitioned {
        return;
    }
    let range = index
        .name
        .as_ref()
        .map_or_else(|| index.table.range(), |name| name.range());
    let mut finding = Finding::new(
        Code::IndexNotConcurrent,
        format!(
            "nobody can write to `{}` while this index is made",
            table.name
        ),
        range,
    );
    finding = if context.method.transaction {
        finding.help("write `CREATE INDEX CONCURRENTLY` in a migration of its own")
    } else {
        let word = text::word(context, "index");
        let finding = finding.help("write `CREATE INDEX CONCURRENTLY`");
        match word {
            Some(word) => finding.fix(word.end..word.end, " CONCURRENTLY"),
            None => finding,
        }
    };
    findings.push(finding);
}
