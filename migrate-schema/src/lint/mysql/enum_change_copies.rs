use crate::{
    Code, Finding,
    lint::{Check, Context, Defined, Example, Lint, MYSQL, NewColumn, Page},
    tree::TypeName,
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::EnumChangeCopies,
        products: MYSQL,
        summary: "An enum or set is changed in a way that copies the table.",
        why: "MySQL adds labels at the end in a moment. Any other change — a label removed, put between others, or renamed, or so many that the number needs another byte — copies the whole table, and no row can be written \
              meanwhile. A label that is removed also loses the rows that have it.",
        instead: "Add labels at the end only.",
        examples: &[Example::new(
            "mysql",
            &["CREATE TABLE days (id bigint PRIMARY KEY, mood enum('good'))"],
            "ALTER TABLE days MODIFY COLUMN mood enum('bad', 'good')",
            "ALTER TABLE days MODIFY COLUMN mood enum('good', 'bad')",
        )],
    },
    down: false,
    check: Check::Column(check),
};

fn check(context: &Context<'_>, new: NewColumn<'_>, findings: &mut Vec<Finding>) {
    if new.how != Defined::Redefine {
        return;
    }
    let (Some(table), Some(ty)) = (context.existing(new.table), &new.column.ty) else {
        return;
    };
    let Some(old) = context
        .column(table, &new.column.name.text)
        .and_then(|column| column.ty.as_ref())
    else {
        return;
    };
    let name = |ty: &TypeName| ty.path.name.text.to_ascii_lowercase();
    let kind = name(ty);
    if name(old) != kind || !matches!(kind.as_str(), "enum" | "set") || old.words.is_empty() {
        return;
    }
    if ty.words.starts_with(&old.words)
        && bytes(&kind, old.words.len()) == bytes(&kind, ty.words.len())
    {
        return;
    }
    let message = match old.words.iter().find(|label| !ty.words.contains(label)) {
        Some(label) => format!(
            "`{}` is copied, and fails on (or loses) rows that have '{label}'",
            table.name
        ),
        None => format!(
            "`{}` is copied as a whole: its labels have other numbers now",
            table.name
        ),
    };
    findings.push(
        Finding::new(Code::EnumChangeCopies, message, ty.range.clone())
            .help("add labels at the end only"),
    );
}

/// How many bytes a value takes.
fn bytes(kind: &str, labels: usize) -> usize {
    if kind == "enum" {
        1 + usize::from(labels > 255)
    } else {
        match labels.div_ceil(8) {
            bytes @ 0..=4 => bytes.max(1),
            _ => 8,
        }
    }
}
