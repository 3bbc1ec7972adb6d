use crate::{
    Code, Finding,
    lint::{Check, Context, Defined, Example, Lint, NewColumn, POSTGRES, Page, walk},
    tree::{Expression, ExpressionKind, Literal},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::VolatileDefaultRewrites,
        products: POSTGRES,
        summary: "A column is added whose default is computed for each row, and the whole table is written anew.",
        why: "A constant default (since PostgreSQL 11) takes a moment: it is kept in the catalog. With `random()`, `gen_random_uuid()` or `clock_timestamp()` every row is written again under an \
              ACCESS EXCLUSIVE lock. (`now()` is the same for all rows, and takes a moment too.)",
        instead: "Add the column without a default, set the default with `ALTER COLUMN … SET DEFAULT`, and fill the old rows in batches.",
        examples: &[Example::new(
            "postgres",
            &["CREATE TABLE users (id bigint PRIMARY KEY, email text, team bigint)"],
            "ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid()",
            "ALTER TABLE users ADD COLUMN token uuid;\nALTER TABLE users ALTER COLUMN token SET DEFAULT gen_random_uuid()",
        )],
    },
    down: false,
    check: Check::Column(check),
};

fn check(context: &Context<'_>, new: NewColumn<'_>, findings: &mut Vec<Finding>) {
    let (Defined::Add, Some(default)) = (new.how, &new.column.default) else {
        return;
    };
    let Some(table) = context.existing(new.table) else {
        return;
    };
    let old_engine = context.target().older_than(11, 0) && !is_null(default);
    if !old_engine && !is_volatile(default) {
        return;
    }
    findings.push(
        Finding::new(
            Code::VolatileDefaultRewrites,
            format!("nobody can read or write `{}` while every row is written anew with its own `{}`", table.name, new.column.name),
            default.range.clone(),
        )
        .help("add the column without a default, set the default afterwards, and fill the old rows in batches"),
    );
}

fn is_null(default: &Expression) -> bool {
    matches!(default.kind, ExpressionKind::Literal(Literal::Null))
}

/// Functions of PostgreSQL that give another value at each call.
const VOLATILE: &[&str] = &[
    "random",
    "random_normal",
    "gen_random_uuid",
    "uuidv4",
    "uuidv7",
    "gen_random_bytes",
    "uuid_generate_v1",
    "uuid_generate_v1mc",
    "uuid_generate_v4",
    "clock_timestamp",
    "timeofday",
    "nextval",
    "setval",
    "gen_salt",
    "nanoid",
    "gen_ulid",
];

fn is_volatile(default: &Expression) -> bool {
    let mut found = false;
    walk::inside(default, |part| {
        if let ExpressionKind::Call { name, .. } = &part.kind {
            found |= VOLATILE.contains(&name.name.text.as_str());
        }
    });
    found
}
