use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, MYSQL, Page, text},
    tree::Action,
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::StorageEngine,
        products: MYSQL,
        summary: "A table has a storage engine without transactions.",
        why: "MyISAM, Aria, MEMORY and their kin have no transactions, no foreign keys, and lock the whole table for each write; after a crash rows may be missing. Galera does not replicate them.",
        instead: "Write `ENGINE=InnoDB`, or leave `ENGINE` out.",
        examples: &[Example::new(
            "mysql",
            &[],
            "CREATE TABLE posts (id bigint PRIMARY KEY) ENGINE=MyISAM",
            "CREATE TABLE posts (id bigint PRIMARY KEY) ENGINE=InnoDB",
        )],
    },
    down: false,
    check: Check::Action(check),
};

fn check(context: &Context<'_>, action: &Action, findings: &mut Vec<Finding>) {
    let Action::CreateTable(create) = action else {
        return;
    };
    for (name, value) in &create.options {
        let lower = value.trim_matches(['\'', '"', '`']).to_ascii_lowercase();
        if name == "engine"
            && !create.temporary
            && [
                "myisam",
                "aria",
                "memory",
                "heap",
                "merge",
                "mrg_myisam",
                "csv",
                "archive",
                "blackhole",
            ]
            .contains(&lower.as_str())
        {
            let range = text::word(context, &lower).unwrap_or_else(|| create.name.range());
            findings.push(
                Finding::new(
                    Code::StorageEngine,
                    format!(
                        "`{}` gets no transactions, and loses rows in a crash",
                        create.name
                    ),
                    range,
                )
                .help("write `ENGINE=InnoDB`"),
            );
        }
    }
}
