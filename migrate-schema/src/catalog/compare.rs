//! What has changed since a migration began.

use std::{fmt::Debug, sync::Arc};

use super::{
    Catalog, Class, Column, Constraint, ConstraintKind, Function, Index, Key, Node, Relation,
    Trigger, Type, store::Fact,
};
use crate::{Dialect, hash::HashSet, tree::TypeName};

/// How something has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Change {
    /// It was not there before.
    Left,
    /// It is not there any more.
    Lost,
    /// It is not as it was.
    Other,
}

type Changes = Vec<(Change, String)>;

impl Catalog {
    /// What is not as it was when the migration began; none where nobody knows.
    pub(crate) fn changes(&self) -> Option<Changes> {
        let mut changes = Changes::new();
        let mut seen: HashSet<Node> = HashSet::default();
        for fact in self.store.since(0) {
            match fact {
                Fact::Relation(key, before) => {
                    if seen.insert(Node::new(Class::Relation, key.clone())) {
                        let now = self.store.relations().get(key);
                        self.relation_changes(before.as_ref(), now, &mut changes);
                    }
                }
                Fact::Type(key, before) => {
                    if seen.insert(Node::new(Class::Type, key.clone())) {
                        type_changes(
                            before.as_deref(),
                            self.store.types().get(key).map(Arc::as_ref),
                            &mut changes,
                        );
                    }
                }
                Fact::Functions(key, before) => {
                    if seen.insert(Node::new(Class::Function, key.clone())) {
                        let now = self.store.functions().get(key);
                        function_changes(
                            key,
                            before.as_deref(),
                            now.map(Arc::as_ref),
                            &mut changes,
                        );
                    }
                }
                Fact::Named(node, before) => {
                    if seen.insert(node.clone()) {
                        let now = self.store.named().get(node);
                        let title = format!("{} {}", class_title(node.class), node.key.1);
                        match (before, now) {
                            (None, Some(_)) => changes.push((Change::Left, title)),
                            (Some(_), None) => changes.push((Change::Lost, title)),
                            _ => {}
                        }
                    }
                }
                Fact::Poisoned(name, _) if self.store.poisoned_since(name) == 0 => {}
                Fact::Poisoned(_, _) | Fact::UnknownSince(_) => return None,
                Fact::Grave(..) | Fact::Session(_) => {}
            }
        }
        Some(changes)
    }

    fn relation_changes(
        &self,
        before: Option<&Arc<Relation>>,
        now: Option<&Arc<Relation>>,
        changes: &mut Changes,
    ) {
        let title = |one: &Relation| format!("{} {}", one.kind.noun(), one.name);
        let (before, now) = match (before, now) {
            (None, None) => return,
            // What belongs to a column comes and goes with it.
            (None, Some(now)) if now.owned_by.is_some() => return,
            (Some(before), None) if before.owned_by.is_some() => return,
            (None, Some(now)) => {
                if !now.open {
                    changes.push((Change::Left, title(now)));
                }
                return;
            }
            (Some(before), None) => {
                changes.push((Change::Lost, title(before)));
                return;
            }
            (Some(before), Some(now)) => (before, now),
        };
        if Arc::ptr_eq(before, now) || before.open || now.open {
            return;
        }
        if before.kind != now.kind {
            changes.push((Change::Lost, title(before)));
            changes.push((Change::Left, title(now)));
            return;
        }
        if before.kind.is_view() {
            if shape(&before.query) != shape(&now.query) && self.dialect() != Dialect::Sqlite {
                changes.push((Change::Other, title(now)));
            }
            return;
        }
        self.column_changes(before, now, changes);
        self.part_changes(before, now, changes);
        if before.comment != now.comment {
            changes.push((Change::Other, format!("comment of {}", now.name)));
        }
    }

    fn column_changes(&self, before: &Relation, now: &Relation, changes: &mut Changes) {
        for column in &before.columns {
            let title = format!("column {}.{}", before.name, column.name);
            match self.column(now, &column.name) {
                None => changes.push((Change::Lost, title)),
                Some(other) if Arc::ptr_eq(column, other) => {}
                Some(other) => {
                    for what in self.column_differences(column, other) {
                        changes.push((
                            Change::Other,
                            format!("{what} of {}.{}", before.name, column.name),
                        ));
                    }
                }
            }
        }
        for column in &now.columns {
            if self.column(before, &column.name).is_none() {
                changes.push((Change::Left, format!("column {}.{}", now.name, column.name)));
            }
        }
    }

    fn column_differences(&self, before: &Column, now: &Column) -> Vec<&'static str> {
        let mut differences = Vec::new();
        if self.type_shape(before) != self.type_shape(now) {
            differences.push("type");
        }
        if before.not_null != now.not_null {
            differences.push("NOT NULL");
        }
        if before.sequence.is_some() == now.sequence.is_some()
            && shape(&before.default) != shape(&now.default)
        {
            differences.push("default");
        }
        if before.generated.is_some() != now.generated.is_some() {
            differences.push("generated expression");
        }
        if before.collation != now.collation {
            differences.push("collation");
        }
        differences
    }

    fn type_shape(&self, column: &Column) -> String {
        let Some(ty) = &column.ty else {
            return String::new();
        };
        let TypeName {
            path,
            arguments,
            words,
            array,
            ..
        } = ty;
        let name = path.name.text.to_lowercase();
        let name = match self.dialect() {
            Dialect::Postgres => match name.as_str() {
                "serial" | "serial4" => "integer",
                "bigserial" | "serial8" => "bigint",
                "smallserial" | "serial2" => "smallint",
                name => super::apply::plain_type(name),
            },
            Dialect::Mysql => match name.as_str() {
                "integer" => "int",
                "boolean" | "bool" => "tinyint",
                "dec" | "numeric" | "fixed" => "decimal",
                name => name,
            },
            Dialect::Sqlite => &name,
        }
        .to_owned();
        // A display width is no part of a type of integers on MySQL.
        let is_integer = self.dialect() == Dialect::Mysql && name.ends_with("int");
        let arguments = if is_integer { "" } else { &arguments.join(",") };
        format!("{name}({arguments}){words:?}{array}").to_lowercase()
    }

    fn part_changes(&self, before: &Relation, now: &Relation, changes: &mut Changes) {
        let constraint = |one: &Arc<Constraint>| {
            let name = if one.generated_name { "" } else { &one.name };
            let title = if one.name.is_empty() {
                format!("a {} of {}", kind_title(&one.kind), now.name)
            } else {
                format!("{} {} of {}", kind_title(&one.kind), one.name, now.name)
            };
            (format!("{name} {}", self.constraint_shape(one)), title)
        };
        parts(&before.constraints, &now.constraints, constraint, changes);
        let index = |one: &Arc<Index>| {
            let shape = format!(
                "{} {} {:?} {} {:?}",
                self.fold(&one.name),
                one.unique,
                one.method.as_deref().unwrap_or("btree"),
                shape(&one.parts),
                shape(&one.predicate)
            );
            (shape, format!("index {}", one.name))
        };
        let explicit = |all: &[Arc<Index>]| -> Vec<Arc<Index>> {
            all.iter().filter(|one| !one.implicit).cloned().collect()
        };
        parts(
            &explicit(&before.indexes),
            &explicit(&now.indexes),
            index,
            changes,
        );
        let trigger = |one: &Arc<Trigger>| (self.fold(&one.name), format!("trigger {}", one.name));
        parts(&before.triggers, &now.triggers, trigger, changes);
        let other = |one: &(crate::tree::ObjectKind, String)| {
            (
                format!("{} {}", one.0.noun(), one.1),
                format!("{} {}", one.0.noun(), one.1),
            )
        };
        for one in &before.others {
            if !now.others.contains(one) {
                changes.push((Change::Lost, other(one).1));
            }
        }
        for one in &now.others {
            if !before.others.contains(one) {
                changes.push((Change::Left, other(one).1));
            }
        }
    }

    fn constraint_shape(&self, one: &Constraint) -> String {
        let fold = |names: &[String]| -> Vec<String> {
            names.iter().map(|name| self.fold(name)).collect()
        };
        match &one.kind {
            ConstraintKind::PrimaryKey(columns) => format!("primary {:?}", fold(columns)),
            ConstraintKind::Unique(columns) => format!("unique {:?}", fold(columns)),
            ConstraintKind::ForeignKey {
                columns,
                table,
                on_delete,
                ..
            } => format!("foreign {:?} {table:?} {on_delete:?}", fold(columns)),
            ConstraintKind::Check(expression) => format!("check {}", shape(expression)),
            ConstraintKind::Exclude(parts) => format!("exclude {}", shape(parts)),
        }
    }
}

/// What is only on one side.
fn parts<T>(
    before: &[Arc<T>],
    now: &[Arc<T>],
    describe: impl Fn(&Arc<T>) -> (String, String),
    changes: &mut Changes,
) {
    let is_in = |one: &Arc<T>, all: &[Arc<T>]| {
        all.iter().any(|other| Arc::ptr_eq(one, other)) || {
            let own = describe(one).0;
            all.iter().any(|other| describe(other).0 == own)
        }
    };
    for one in before {
        if !is_in(one, now) {
            changes.push((Change::Lost, describe(one).1));
        }
    }
    for one in now {
        if !is_in(one, before) {
            changes.push((Change::Left, describe(one).1));
        }
    }
}

fn type_changes(before: Option<&Type>, now: Option<&Type>, changes: &mut Changes) {
    match (before, now) {
        (None, Some(now)) => changes.push((Change::Left, format!("type {}", now.name))),
        (Some(before), None) => changes.push((Change::Lost, format!("type {}", before.name))),
        (Some(before), Some(now))
            if !before.open && !now.open && shape(&before.shape) != shape(&now.shape) =>
        {
            changes.push((Change::Other, format!("type {}", now.name)));
        }
        _ => {}
    }
}

fn function_changes(
    key: &Key,
    before: Option<&Vec<Function>>,
    now: Option<&Vec<Function>>,
    changes: &mut Changes,
) {
    let count = |all: Option<&Vec<Function>>| all.map_or(0, Vec::len);
    match count(before).cmp(&count(now)) {
        std::cmp::Ordering::Less => changes.push((Change::Left, format!("function {}", key.1))),
        std::cmp::Ordering::Greater => changes.push((Change::Lost, format!("function {}", key.1))),
        std::cmp::Ordering::Equal => {}
    }
}

const fn class_title(class: Class) -> &'static str {
    match class {
        Class::Schema => "schema",
        Class::Other(kind) => kind.noun(),
        _ => "",
    }
}

const fn kind_title(kind: &ConstraintKind) -> &'static str {
    match kind {
        ConstraintKind::PrimaryKey(_) => "primary key",
        ConstraintKind::Unique(_) => "unique constraint",
        ConstraintKind::ForeignKey { .. } => "foreign key",
        ConstraintKind::Check(_) => "check",
        ConstraintKind::Exclude(_) => "exclusion constraint",
    }
}

/// A part of the tree without its places in the text.
fn shape(part: &impl Debug) -> String {
    let text = format!("{part:?}");
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find("range: ") {
        out.push_str(&rest[..at]);
        rest = &rest[at + "range: ".len()..];
        let end = rest
            .find(|c: char| !(c.is_ascii_digit() || c == '.'))
            .unwrap_or(rest.len());
        rest = &rest[end..];
    }
    out.push_str(rest);
    out.replace("quoted: true", "quoted: false")
}
