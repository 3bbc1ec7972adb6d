use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, Page, SQLITE},
    tree::Action,
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::PragmaNeedsVacuum,
        products: SQLITE,
        summary: "A `PRAGMA` that changes nothing in a database that has tables.",
        why: "`page_size`, `encoding` and (from or to `NONE`) `auto_vacuum` are fixed when the first table is made. Later only `VACUUM` brings the first and the last about, and it cannot run in a transaction.",
        instead: "Set it before the first migration, where the program opens the database. Or write `VACUUM` behind it in a migration with `transaction = false`.",
        examples: &[Example::new(
            "sqlite",
            &["CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, team INTEGER)"],
            "PRAGMA auto_vacuum = INCREMENTAL",
            "PRAGMA auto_vacuum = INCREMENTAL;\nVACUUM",
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
    if !matches!(name.as_str(), "page_size" | "encoding" | "auto_vacuum")
        || context.method.origin.0 == 0
    {
        return;
    }
    let behind = context
        .method
        .statements
        .get(context.at..)
        .unwrap_or_default();
    let vacuum = behind.iter().any(|place| {
        place.sql.get(place.tree.range.clone()).is_some_and(|text| {
            text.get(..6)
                .is_some_and(|word| word.eq_ignore_ascii_case("vacuum"))
        })
    });
    if name == "encoding" || !vacuum {
        findings.push(
            Finding::new(
                Code::PragmaNeedsVacuum,
                format!("`PRAGMA {name}` changes nothing any more: the database has tables"),
                context.statement(),
            )
            .help("set it where the program makes the database"),
        );
    }
}
