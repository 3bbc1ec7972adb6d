use crate::{
    Code, Dialect, Finding,
    lint::{
        Check, Context, Defined, Example, Lint, MYSQL, NewColumn, Page,
        types::{Holds, holds},
    },
    tree::Column,
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::ImplicitValue,
        products: MYSQL,
        summary: "A column that refuses NULL is added without a default, and MySQL fills it with a value of its own.",
        why: "Every row that is there gets the first label of an enum, or the day `0000-00-00`: values that nobody chose, and that look like real ones. (An empty text and a 0 often are what is meant: nothing is said of them.)",
        instead: "Write the `DEFAULT` that is meant. Or add the column without `NOT NULL`, fill it, and make it `NOT NULL` afterwards.",
        examples: &[Example::new(
            "mysql",
            &["CREATE TABLE users (id bigint PRIMARY KEY, email varchar(100))"],
            "ALTER TABLE users ADD COLUMN role enum('admin', 'member') NOT NULL",
            "ALTER TABLE users ADD COLUMN role enum('admin', 'member') NOT NULL DEFAULT 'member'",
        )],
    },
    down: false,
    check: Check::Column(check),
};

fn check(context: &Context<'_>, new: NewColumn<'_>, findings: &mut Vec<Finding>) {
    let column = new.column;
    if new.how != Defined::Add
        || column.not_null != Some(true)
        || column.default.is_some()
        || column.auto_increment
        || column.generated.is_some()
    {
        return;
    }
    let Some(what) = unwanted(new.column) else {
        return;
    };
    let Some(table) = context.existing(new.table) else {
        return;
    };
    findings.push(
        Finding::new(
            Code::ImplicitValue,
            format!(
                "in every row of `{}`, MySQL fills `{}` with {what}",
                table.name, column.name
            ),
            column.range.clone(),
        )
        .help("write the `DEFAULT` that is meant"),
    );
}

/// The value that MySQL puts in, where nobody can have meant it. (An empty text or a 0 often is what is meant.)
fn unwanted(column: &Column) -> Option<String> {
    let ty = column.ty.as_ref()?;
    if !column.references.is_empty() {
        return Some("`0` or an empty text, which refers to nothing".to_owned());
    }
    match holds(ty, Dialect::Mysql) {
        Some(Holds::Date | Holds::Timestamp { .. }) => {
            Some("the day `0000-00-00` (or, in strict mode, fails)".to_owned())
        }
        Some(Holds::Json) => Some("`null`".to_owned()),
        _ if ty.path.name.text.eq_ignore_ascii_case("enum") => {
            let first = ty.words.first()?;
            Some(format!("its first label, '{first}'"))
        }
        _ => None,
    }
}
