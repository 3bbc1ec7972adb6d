use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, NewColumn, Page, SQLITE},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::TypeAffinity,
        products: SQLITE,
        summary: "A type that SQLite reads otherwise than it is meant.",
        why: "SQLite looks only for parts of the word: `STRING` has none of them and is numeric, so `007` becomes 7 and `1e3` becomes 1000; a word with `INT` in it is an integer.",
        instead: "Write `TEXT`, `INTEGER`, `REAL`, `BLOB` or `NUMERIC`.",
        examples: &[Example::new(
            "sqlite",
            &[],
            "CREATE TABLE users (id INTEGER PRIMARY KEY, phone STRING)",
            "CREATE TABLE users (id INTEGER PRIMARY KEY, phone TEXT)",
        )],
    },
    down: false,
    check: Check::Column(check),
};

fn check(_: &Context<'_>, new: NewColumn<'_>, findings: &mut Vec<Finding>) {
    let Some(ty) = &new.column.ty else { return };
    let lower = ty.path.name.text.to_ascii_lowercase();
    let (what, instead) = match lower.as_str() {
        "string" | "str" => ("a number: `007` becomes 7", "TEXT"),
        "point" | "multipoint" | "linestring point" | "floating point" | "interval" | "hint"
        | "print" | "fingerprint" => ("an integer, for it has `INT` in it", "TEXT` or `BLOB"),
        _ => return,
    };
    findings.push(
        Finding::new(
            Code::TypeAffinity,
            format!("SQLite takes `{}` for {what}", ty.path),
            ty.range.clone(),
        )
        .help(format!("write `{instead}`")),
    );
}
