use crate::{
    Code, Finding,
    catalog::Relation,
    lint::{Check, Context, Example, Lint, POSTGRES, Page},
    tree::{
        Action, Alter, AlterType, Body, Column, ColumnChange, Expression, ExpressionKind, Insert,
        Literal, Path, Query, Source, TypeName,
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
        ],
    },
    down: true,
    check: Check::Action(check),
};

/// A value that an earlier statement of the method added to an enum that is older than the method.
struct Added<'a> {
    ty: &'a Path,
    label: &'a str,
}

fn check(context: &Context<'_>, action: &Action, findings: &mut Vec<Finding>) {
    if !context.method.transaction {
        return;
    }
    let added: Vec<Added<'_>> = context
        .earlier_labels()
        .filter_map(|earlier| match earlier {
            Action::AlterType(AlterType::AddValue { name, label, .. }) => Some(Added {
                ty: name,
                label: &label.text,
            }),
            _ => None,
        })
        .filter(|added| {
            !context
                .earlier_about(added.ty)
                .any(|earlier| makes(earlier, added.ty))
        })
        .collect();
    if added.is_empty() {
        return;
    }
    let mut seen = Seen {
        context,
        added: &added,
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

fn makes(action: &Action, ty: &Path) -> bool {
    match action {
        Action::CreateType(create) => create.name.name.text == ty.name.text,
        // Who knows what was made: then nothing is said.
        Action::Opaque { .. } => true,
        Action::Rename(rename) => rename.to.name.text == ty.name.text,
        _ => false,
    }
}

struct Seen<'s, 'a> {
    context: &'s Context<'a>,
    added: &'s [Added<'a>],
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
            .find(|added| added.ty.name.text == ty.path.name.text && added.label == text);
        if let Some(added) = used.filter(|_| !ty.array) {
            self.findings.push(
                Finding::new(
                    Code::EnumValueUsed,
                    format!("'{text}' was added to `{}` in this transaction, and cannot be used before it has committed", added.ty),
                    literal.range.clone(),
                )
                .help("add the value in a migration of its own, before this one"),
            );
        }
    }
}
