use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, Page, SQLITE},
    tree::Action,
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::PragmaOfConnection,
        products: SQLITE,
        summary: "A `PRAGMA` that is gone as soon as the migration is done.",
        why: "It holds for the connection that runs the migration, and no other. The program’s own connections do not hear of it.",
        instead: "Set it where the program opens its connections.",
        examples: &[Example::new(
            "sqlite",
            &[],
            "PRAGMA busy_timeout = 5000",
            "PRAGMA user_version = 3",
        )],
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
    let of_connection = [
        "busy_timeout",
        "cache_size",
        "cache_spill",
        "case_sensitive_like",
        "locking_mode",
        "mmap_size",
        "read_uncommitted",
        "recursive_triggers",
        "synchronous",
        "temp_store",
        "threads",
        "trusted_schema",
        "wal_autocheckpoint",
        "automatic_index",
        "journal_size_limit",
        "query_only",
    ];
    if of_connection.contains(&name.as_str()) {
        findings.push(
            Finding::new(
                Code::PragmaOfConnection,
                format!("`PRAGMA {name}` holds for the connection of the migration only"),
                context.statement(),
            )
            .help("set it where the program opens its connections"),
        );
    }
}
