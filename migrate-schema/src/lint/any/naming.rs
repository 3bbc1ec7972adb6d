use crate::{
    Code, Finding,
    lint::{ALL, Check, Context, Example, Lint, Page, names},
    settings::Pattern,
    tree::{Action, ObjectKind},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::Naming,
        products: ALL,
        summary: "A name that does not follow the pattern in the settings.",
        why: "Names that follow a rule can be guessed. Nothing is said unless the settings have a pattern:\n\n\
              ```toml\n[package.metadata.migrate.naming]\ntable = \"snake_case\"\nindex = \"{table}_{columns}_idx\"\n```\n\n\
              `table`, `column`, `index`, `unique_index`, `constraint`, `view` and `trigger` can have one: `snake_case`, or text with `*` for anything, `{table}` and `{columns}`.",
        instead: "Write the name as the pattern has it.",
        // Without settings there is nothing to show; the test of this file has them.
        examples: &[Example::rust(
            "-- with: index = \"{table}_{columns}_idx\"\nCREATE INDEX by_email ON users (email);",
            "CREATE INDEX users_email_idx ON users (email);",
        )],
    },
    down: false,
    check: Check::Action(check),
};

fn check(context: &Context<'_>, action: &Action, findings: &mut Vec<Finding>) {
    let naming = &context.method.settings.naming;
    if naming.is_empty() {
        return;
    }
    let (table, columns, unique) = subject(action);
    for given in names::given(action) {
        let (pattern, noun): (&Option<Pattern>, &str) = match given.kind {
            ObjectKind::Table => (&naming.table, "table"),
            ObjectKind::Column => (&naming.column, "column"),
            ObjectKind::Index if unique && naming.unique_index.is_some() => {
                (&naming.unique_index, "unique index")
            }
            ObjectKind::Index => (&naming.index, "index"),
            ObjectKind::Constraint => (&naming.constraint, "constraint"),
            ObjectKind::View | ObjectKind::MaterializedView => (&naming.view, "view"),
            ObjectKind::Trigger => (&naming.trigger, "trigger"),
            _ => continue,
        };
        let Some(pattern) = pattern else { continue };
        if !pattern.matches(&given.name.text, table, &columns) {
            let help = match pattern.to_string() {
                all if all == "snake_case" => {
                    "write it in small letters, with `_` between words".to_owned()
                }
                _ => format!("write it as `{}`", pattern.example(table, &columns)),
            };
            findings.push(
                Finding::new(
                    Code::Naming,
                    format!(
                        "{noun} `{}` does not follow the pattern `{pattern}` of the settings",
                        given.name
                    ),
                    given.name.range.clone(),
                )
                .help(help),
            );
        }
    }
}

/// The table and the columns that an action is about, and whether it makes a unique index.
fn subject(action: &Action) -> (&str, Vec<&str>, bool) {
    match action {
        Action::CreateIndex(index) => {
            let columns = index
                .parts
                .iter()
                .filter_map(|part| part.expression.as_column());
            (
                &index.table.name.text,
                columns.map(|name| name.text.as_str()).collect(),
                index.unique,
            )
        }
        Action::CreateTable(create) => (&create.name.name.text, Vec::new(), false),
        Action::AlterTable(alter) => (&alter.name.name.text, Vec::new(), false),
        Action::CreateTrigger(trigger) => (&trigger.table.name.text, Vec::new(), false),
        _ => ("", Vec::new(), false),
    }
}
