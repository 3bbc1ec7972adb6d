//! Changes in words.

use std::fmt::{Display, Formatter, Result};

use super::{Change, ColumnChange, TableChange, TypeChange, ViewChange};
use crate::schema::{
    Deferrable, ForeignKey, Identity, Index, IndexOn, IndexPart, Key, RoutineKind, TableKind,
};

/// Such as `column users.email: NOT NULL added`.
impl Display for Change {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::CreateNamespace(name) => write!(f, "schema {name}: added"),
            Self::DropNamespace(name) => write!(f, "schema {name}: removed"),
            Self::CreateExtension(name) => write!(f, "extension {name}: added"),
            Self::DropExtension(name) => write!(f, "extension {name}: removed"),
            Self::CreateType(one) => write!(f, "type {}: added", one.name),
            Self::DropType(one) => write!(f, "type {}: removed", one.name),
            Self::AlterType { name, change } => {
                write!(f, "type {name}: ")?;
                of_type(f, change)
            }
            Self::CreateSequence(one) => write!(f, "sequence {}: added", one.name),
            Self::DropSequence(one) => write!(f, "sequence {}: removed", one.name),
            Self::AlterSequence { to, .. } => write!(f, "sequence {}: changed", to.name),
            Self::CreateRoutine(one) => write!(f, "{}: added", routine(one)),
            Self::DropRoutine(one) => write!(f, "{}: removed", routine(one)),
            Self::ReplaceRoutine { to, .. } => write!(f, "{}: changed", routine(to)),
            Self::CreateTable(table) => write!(f, "table {}: added", table.name),
            Self::DropTable(table) => write!(f, "table {}: removed", table.name),
            Self::RenameTable { from, to } => write!(f, "table {from}: renamed to {to}"),
            Self::AlterTable { table, change } => of_table(f, &table.to_string(), change),
            Self::CreateView(view) => write!(f, "view {}: added", view.name),
            Self::DropView(view) => write!(f, "view {}: removed", view.name),
            Self::AlterView { view, change, .. } => of_view(f, &view.to_string(), change),
        }
    }
}

fn of_table(f: &mut Formatter<'_>, table: &str, change: &TableChange) -> Result {
    use TableChange as T;
    match change {
        T::AddColumn(column) => {
            write!(f, "column {table}.{}: added", column.name)?;
            let ty = column.data_type.trim();
            if ty.is_empty() {
                Ok(())
            } else {
                write!(f, " ({ty})")
            }
        }
        T::DropColumn(column) => write!(f, "column {table}.{}: removed", column.name),
        T::RenameColumn { from, to } => write!(f, "column {table}.{from}: renamed to {to}"),
        T::AlterColumn { column, change } => {
            write!(f, "column {table}.{column}: ")?;
            of_column(f, change)
        }
        T::AddPrimaryKey(key) => write!(f, "table {table}: primary key {} added", on(key)),
        T::DropPrimaryKey(key) => write!(f, "table {table}: primary key {} removed", on(key)),
        T::AddUnique(key) => write!(f, "table {table}: {} added", unique(key)),
        T::DropUnique(key) => write!(f, "table {table}: {} removed", unique(key)),
        T::AddForeignKey(key) => write!(f, "table {table}: {} added", foreign_key(key)),
        T::DropForeignKey(key) => write!(f, "table {table}: {} removed", foreign_key(key)),
        T::AddCheck(one) => {
            write!(f, "table {table}: check{} ", named(one.name.as_ref()))?;
            write!(f, "({}) added", brief(&one.expression))
        }
        T::DropCheck(one) => {
            write!(f, "table {table}: check{} ", named(one.name.as_ref()))?;
            write!(f, "({}) removed", brief(&one.expression))
        }
        T::AddExclusion(one) => {
            let name = named(one.name.as_ref());
            write!(f, "table {table}: exclusion constraint{name} added")
        }
        T::DropExclusion(one) => {
            let name = named(one.name.as_ref());
            write!(f, "table {table}: exclusion constraint{name} removed")
        }
        T::RenameConstraint { from, to } => {
            write!(f, "table {table}: constraint {from} renamed to {to}")
        }
        T::ValidateConstraint { name } => {
            write!(f, "table {table}: constraint {name} proven for all rows")
        }
        T::CreateIndex(one) => write!(f, "table {table}: {} added", index(one)),
        T::DropIndex(one) => write!(f, "table {table}: {} removed", index(one)),
        T::IndexComment { index, from, to } => {
            write!(f, "index {index}: ")?;
            value(f, "comment", from.as_ref(), to.as_ref())
        }
        T::CreateTrigger(one) => write!(f, "table {table}: trigger {} added", one.name),
        T::DropTrigger(one) => write!(f, "table {table}: trigger {} removed", one.name),
        T::Option { name, from, to } => {
            write!(f, "table {table}: ")?;
            value(f, &format!("option {name}"), from.as_ref(), to.as_ref())
        }
        T::Strict(now) => write!(f, "table {table}: STRICT {}", added(*now)),
        T::WithoutRowid(now) => write!(f, "table {table}: WITHOUT ROWID {}", added(*now)),
        T::Kind { from, to } => {
            write!(f, "table {table}: {} is now {}", kind(from), kind(to))
        }
        T::Comment { from, to } => {
            write!(f, "table {table}: ")?;
            value(f, "comment", from.as_ref(), to.as_ref())
        }
    }
}

fn of_column(f: &mut Formatter<'_>, change: &ColumnChange) -> Result {
    use ColumnChange as C;
    match change {
        C::Type { from, to } => write!(f, "type changed from {} to {}", ty(from), ty(to)),
        C::Nullable(nullable) => write!(f, "NOT NULL {}", added(!nullable)),
        C::Default { from, to } => value(f, "default", from.as_ref(), to.as_ref()),
        C::Generated { from, to } => {
            let text = |one: &crate::schema::Generated| {
                let stored = if one.stored { "STORED" } else { "VIRTUAL" };
                format!("({}) {stored}", one.expression)
            };
            let (from, to) = (from.as_ref().map(text), to.as_ref().map(text));
            value(f, "generated value", from.as_ref(), to.as_ref())
        }
        C::Identity { from, to } => {
            let text = |one: &Identity| {
                let words = match one {
                    Identity::Always => "ALWAYS",
                    Identity::ByDefault => "BY DEFAULT",
                };
                words.to_owned()
            };
            let (from, to) = (from.as_ref().map(text), to.as_ref().map(text));
            value(f, "identity", from.as_ref(), to.as_ref())
        }
        C::AutoIncrement(now) => write!(f, "automatic numbers {}", added(*now)),
        C::OnUpdate { from, to } => value(f, "ON UPDATE", from.as_ref(), to.as_ref()),
        C::Invisible(now) => write!(f, "{}", if *now { "now invisible" } else { "now visible" }),
        C::Collation { from, to } => value(f, "collation", from.as_ref(), to.as_ref()),
        C::Comment { from, to } => value(f, "comment", from.as_ref(), to.as_ref()),
    }
}

fn of_type(f: &mut Formatter<'_>, change: &TypeChange) -> Result {
    use TypeChange as T;
    match change {
        T::AddLabel { label, before } => {
            write!(f, "value '{label}' added")?;
            before
                .as_ref()
                .map_or(Ok(()), |before| write!(f, " before '{before}'"))
        }
        T::Labels { from, to } => {
            let removed: Vec<String> = (from.iter())
                .filter(|label| !to.contains(label))
                .map(|label| format!("'{label}'"))
                .collect();
            if removed.is_empty() {
                return f.write_str("order of its values changed");
            }
            write!(f, "values removed: {}", removed.join(", "))
        }
        T::AddAttribute { name, data_type } => write!(f, "attribute {name} ({data_type}) added"),
        T::DropAttribute { name, .. } => write!(f, "attribute {name} removed"),
        T::AttributeType { name, from, to } => {
            write!(f, "type of attribute {name} changed from {from} to {to}")
        }
        T::NotNull(now) => write!(f, "NOT NULL {}", added(*now)),
        T::Default { from, to } => value(f, "default", from.as_ref(), to.as_ref()),
        T::AddCheck { name, expression } => {
            write!(
                f,
                "check{} ({}) added",
                named(name.as_ref()),
                brief(expression)
            )
        }
        T::DropCheck { name, expression } => {
            write!(
                f,
                "check{} ({}) removed",
                named(name.as_ref()),
                brief(expression)
            )
        }
        T::Shape { .. } => f.write_str("changed altogether"),
    }
}

fn of_view(f: &mut Formatter<'_>, view: &str, change: &ViewChange) -> Result {
    write!(f, "view {view}: ")?;
    match change {
        ViewChange::CreateIndex(one) => write!(f, "{} added", index(one)),
        ViewChange::DropIndex(one) => write!(f, "{} removed", index(one)),
        ViewChange::CreateTrigger(one) => write!(f, "trigger {} added", one.name),
        ViewChange::DropTrigger(one) => write!(f, "trigger {} removed", one.name),
        ViewChange::Comment { from, to } => value(f, "comment", from.as_ref(), to.as_ref()),
    }
}

/// What may be said or not, before and afterwards.
fn value(f: &mut Formatter<'_>, what: &str, from: Option<&String>, to: Option<&String>) -> Result {
    match (from, to) {
        (Some(from), Some(to)) => {
            write!(f, "{what} changed from {} to {}", brief(from), brief(to))
        }
        (None, Some(to)) => write!(f, "{what} {} added", brief(to)),
        (Some(from), None) => write!(f, "{what} {} removed", brief(from)),
        (None, None) => write!(f, "{what} unchanged"),
    }
}

const fn added(now: bool) -> &'static str {
    if now { "added" } else { "removed" }
}

fn ty(text: &str) -> &str {
    if text.trim().is_empty() { "none" } else { text }
}

fn named(name: Option<&String>) -> String {
    name.map_or_else(String::new, |name| format!(" {name}"))
}

/// One line, and not a long one.
fn brief(text: &str) -> String {
    const LONGEST: usize = 80;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

fn on(key: &Key) -> String {
    parts(&key.parts)
}

fn parts(parts: &[IndexPart]) -> String {
    let one = |part: &IndexPart| {
        let on = match &part.on {
            IndexOn::Column(name) => name.clone(),
            IndexOn::Expression(text) => brief(text),
        };
        format!("{on}{}", if part.descending { " DESC" } else { "" })
    };
    let all: Vec<String> = parts.iter().map(one).collect();
    format!("({})", all.join(", "))
}

fn unique(key: &Key) -> String {
    let later = match key.deferrable {
        Deferrable::No => "",
        Deferrable::Immediate | Deferrable::Deferred => " deferrable",
    };
    let name = named(key.name.as_ref());
    format!("unique constraint{name} {}{later}", on(key))
}

fn foreign_key(key: &ForeignKey) -> String {
    let mut text = format!(
        "foreign key{} ({}) to {}",
        named(key.name.as_ref()),
        key.columns.join(", "),
        key.table
    );
    if !key.referred.is_empty() {
        text += &format!(" ({})", key.referred.join(", "));
    }
    for (word, action) in [("DELETE", &key.on_delete), ("UPDATE", &key.on_update)] {
        if let Some(action) = action {
            text += &format!(" ON {word} {action}");
        }
    }
    text
}

fn index(index: &Index) -> String {
    let unique = if index.unique { "unique " } else { "" };
    format!("{unique}index {} {}", index.name, parts(&index.parts))
}

fn routine(routine: &crate::schema::Routine) -> String {
    let kind = match routine.kind {
        RoutineKind::Function => "function",
        RoutineKind::Procedure => "procedure",
        RoutineKind::Aggregate => "aggregate",
    };
    format!("{kind} {}({})", routine.name, routine.arguments.join(", "))
}

fn kind(kind: &TableKind) -> String {
    match kind {
        TableKind::Plain => "an ordinary table".to_owned(),
        TableKind::Other(_) => "a virtual or foreign table".to_owned(),
        TableKind::Partitioned(by) => format!("a table partitioned by {by}"),
        TableKind::Child { parents, bounds } => {
            let parents: Vec<String> = parents.iter().map(ToString::to_string).collect();
            let what = bounds.as_ref().map_or("a child", |_| "a partition");
            format!("{what} of {}", parents.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Check, Column, ObjectName, Table};

    #[test]
    fn what_people_read() {
        let users = || ObjectName::bare("users");
        let column = |change| {
            Change::alter(
                users(),
                TableChange::AlterColumn {
                    column: "email".into(),
                    change,
                },
            )
        };
        let told = [
            (
                column(ColumnChange::Nullable(false)),
                "column users.email: NOT NULL added",
            ),
            (
                column(ColumnChange::Type {
                    from: String::new(),
                    to: "TEXT".into(),
                }),
                "column users.email: type changed from none to TEXT",
            ),
            (
                column(ColumnChange::Default {
                    from: None,
                    to: Some("'x'".into()),
                }),
                "column users.email: default 'x' added",
            ),
            (
                Change::alter(
                    users(),
                    TableChange::AddColumn(Column::new("age", "INTEGER")),
                ),
                "column users.age: added (INTEGER)",
            ),
            (
                Change::alter(users(), TableChange::AddUnique(Key::on(["a", "b"]))),
                "table users: unique constraint (a, b) added",
            ),
            (
                Change::alter(
                    users(),
                    TableChange::DropCheck(Check {
                        name: Some("old".into()),
                        expression: "age\n  > 18".into(),
                        column: None,
                        no_inherit: false,
                        not_valid: false,
                    }),
                ),
                "table users: check old (age > 18) removed",
            ),
            (
                Change::DropTable(Box::new(Table::new(users()))),
                "table users: removed",
            ),
        ];
        for (change, words) in told {
            assert_eq!(change.to_string(), words);
        }
    }

    #[test]
    fn a_long_text_is_cut_between_letters() {
        assert_eq!(brief(&"é".repeat(81)), "é".repeat(80) + "…");
    }
}
