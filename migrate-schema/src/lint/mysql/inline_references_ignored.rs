use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, MYSQL, NewColumn, Page},
    settings::Product,
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::InlineReferencesIgnored,
        products: MYSQL,
        summary: "`REFERENCES` behind a column makes no foreign key.",
        why: "MySQL before 9.0 and MariaDB before 10.5 read it and forget it, without a word: nothing keeps the relation.",
        instead: "Write `FOREIGN KEY (c) REFERENCES t (c)` as a constraint of the table.",
        examples: &[Example::new(
            "mysql>=8",
            &["CREATE TABLE users (id bigint PRIMARY KEY, email varchar(100))"],
            "CREATE TABLE posts (id bigint PRIMARY KEY, author bigint REFERENCES users (id))",
            "CREATE TABLE posts (id bigint PRIMARY KEY, author bigint, FOREIGN KEY (author) REFERENCES users (id))",
        )],
    },
    down: false,
    check: Check::Column(check),
};

fn check(context: &Context<'_>, new: NewColumn<'_>, findings: &mut Vec<Finding>) {
    let kept = match context.target().product {
        Product::Mysql => context.target().at_least(9, 0),
        _ => !context.target().older_than(10, 5),
    };
    if kept {
        return;
    }
    for key in &new.column.references {
        findings.push(
            Finding::new(
                Code::InlineReferencesIgnored,
                format!(
                    "MySQL forgets this: `{}` gets no foreign key to `{}`",
                    new.column.name, key.table
                ),
                key.table.range(),
            )
            .help(format!(
                "write `FOREIGN KEY ({}) REFERENCES {} (…)` behind the columns",
                new.column.name, key.table
            )),
        );
    }
}
