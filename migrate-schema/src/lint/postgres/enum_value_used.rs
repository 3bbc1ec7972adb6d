use crate::{
    Code, Finding,
    catalog::Relation,
    lint::{Check, Context, Example, Lint, POSTGRES, Page},
    tree::{
        Action, Alter, Body, Column, ColumnChange, Expression, ExpressionKind, Insert, Literal,
        Path, Query, Source, TypeName,
    },
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::EnumValueUsed,
        products: POSTGRES,
        summary: "A value is added to an enum and used in the same transaction.",
        why: "PostgreSQL refuses it with \"unsafe use of new value\" (55P04): the value is there for others only after the transaction has committed. \
              (An enum that the same migration makes can be used at once.)",
        instead: "Add the value in a migration of its own, before the one that uses it.",
        examples: &[
            Example::new(
                "postgres",
                &[
                    "CREATE TYPE mood AS ENUM ('good')",
                    "CREATE TABLE days (day date, mood mood)",
                ],
                "ALTER TYPE mood ADD VALUE 'bad';\nALTER TABLE days ALTER COLUMN mood SET DEFAULT 'bad'",
                "ALTER TYPE mood ADD VALUE 'bad'",
            ),
            Example::new(
                "postgres",
                &[
                    "CREATE TYPE mood AS ENUM ('good')",
                    "CREATE TABLE days (day date, mood mood)",
                ],
                "ALTER TYPE mood ADD VALUE 'bad';\nINSERT INTO days (day, mood) VALUES ('2024-02-30', 'bad')",
                "ALTER TYPE mood ADD VALUE 'bad';\nINSERT INTO days (day, mood) VALUES ('2024-02-28', 'good')",
            ),
            Example::new(
                "postgres",
                &[
                    "CREATE TYPE mood AS ENUM ('good', 'bad')",
                    "CREATE TABLE days (day date, mood mood)",
                ],
                "ALTER TYPE mood ADD VALUE 'fair';\nUPDATE days SET mood = 'good' WHERE mood = 'fair'",
                "ALTER TYPE mood ADD VALUE IF NOT EXISTS 'bad';\nUPDATE days SET mood = 'good' WHERE mood = 'bad'",
            ),
        ],
    },
    down: true,
    check: Check::Action(check),
};

fn check(context: &Context<'_>, action: &Action, findings: &mut Vec<Finding>) {
    if !context.method.transaction {
        return;
    }
    let added = context.memory.labels.as_slice();
    if added.is_empty() {
        return;
    }
    let mut seen = Seen {
        context,
        added,
        findings,
    };
    match action {
        Action::CreateTable(create) => create.columns.iter().for_each(|column| seen.column(column)),
        Action::AlterTable(alter) => seen.changes(&alter.name, &alter.changes),
        Action::Insert(insert) => seen.insert(insert),
        Action::Update(update) => {
            if let Source::Table { name, .. } = &update.target
                && let Some(table) = context.relation(name)
            {
                for (targets, value) in &update.assignments {
                    if let [target] = targets.as_slice() {
                        seen.assigned(table, &target.name.text, value);
                    }
                }
                seen.compared(table, update.filter.as_ref());
            }
        }
        Action::Delete(delete) => {
            if let Some(Source::Table { name, .. }) = delete.targets.first()
                && let Some(table) = context.relation(name)
            {
                seen.compared(table, delete.filter.as_ref());
            }
        }
        _ => {}
    }
}

struct Seen<'s, 'a> {
    context: &'s Context<'a>,
    /// The values that were added: the enum, the value.
    added: &'s [(Path, String)],
    findings: &'s mut Vec<Finding>,
}

impl Seen<'_, '_> {
    fn column(&mut self, column: &Column) {
        if let (Some(ty), Some(default)) = (&column.ty, &column.default) {
            self.value(ty, default);
        }
    }

    fn changes(&mut self, table: &Path, changes: &[Alter]) {
        for change in changes {
            match change {
                Alter::AddColumn { column, .. } => self.column(column),
                Alter::AlterColumn {
                    name,
                    change: ColumnChange::SetDefault(value),
                } => {
                    if let Some(table) = self.context.relation(table) {
                        self.assigned(table, &name.text, value);
                    }
                }
                _ => {}
            }
        }
    }

    fn insert(&mut self, insert: &Insert) {
        let (
            Some(table),
            Some(Query {
                body: Body::Values(rows),
                ..
            }),
        ) = (self.context.relation(&insert.table), &insert.rows)
        else {
            return;
        };
        if table.open && insert.columns.is_empty() {
            return;
        }
        let columns: Vec<&str> = if insert.columns.is_empty() {
            table
                .columns
                .iter()
                .map(|column| column.name.as_str())
                .collect()
        } else {
            insert
                .columns
                .iter()
                .map(|name| name.text.as_str())
                .collect()
        };
        for row in rows {
            for (column, value) in columns.iter().zip(row) {
                self.assigned(table, column, value);
            }
        }
    }

    /// `column = 'label'` at the top of a condition.
    fn compared(&mut self, table: &Relation, filter: Option<&Expression>) {
        let Some(Expression {
            kind: ExpressionKind::Operation { operator, operands },
            ..
        }) = filter
        else {
            return;
        };
        if let ("=", [left, right]) = (operator.as_str(), operands.as_slice())
            && let Some(column) = left.as_column()
        {
            self.assigned(table, &column.text, right);
        }
    }

    fn assigned(&mut self, table: &Relation, column: &str, value: &Expression) {
        if let Some(ty) = self
            .context
            .column(table, column)
            .and_then(|column| column.ty.as_ref())
        {
            self.value(ty, value);
        }
    }

    /// A value of a column of this type.
    fn value(&mut self, ty: &TypeName, value: &Expression) {
        let literal = match &value.kind {
            ExpressionKind::Cast {
                expression,
                ty: cast,
            } if cast.path.name.text == ty.path.name.text => expression,
            _ => value,
        };
        let ExpressionKind::Literal(Literal::Text(text)) = &literal.kind else {
            return;
        };
        let used = self
            .added
            .iter()
            .find(|(name, label)| label == text && self.is_one(name, &ty.path));
        if let Some((name, _)) = used.filter(|_| !ty.array) {
            self.findings.push(
                Finding::new(
                    Code::EnumValueUsed,
                    format!("'{text}' was added to `{}` in this transaction, and cannot be used before it has committed", name),
                    literal.range.clone(),
                )
                .help("add the value in a migration of its own, before this one"),
            );
        }
    }

    /// Whether two names mean one enum.
    fn is_one(&self, one: &Path, other: &Path) -> bool {
        let catalog = self.context.catalog;
        match (catalog.type_(one).known(), catalog.type_(other).known()) {
            (Some(one), Some(other)) => one.schema == other.schema && one.name == other.name,
            _ => false,
        }
    }
}
