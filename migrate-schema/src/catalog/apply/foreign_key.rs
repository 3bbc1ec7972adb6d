//! Foreign keys: what they may refer to, and what the engine makes for them.

use std::sync::Arc;

use super::{
    Findings,
    chosen_name::choose_ibfk,
    constraint::{index_columns, part},
};
use crate::{
    Code, Dialect, Finding,
    catalog::{Catalog, Class, Constraint, ConstraintKind, Index, Lookup, Relation},
    tree::{ForeignKey, Name, Terms},
};

impl Catalog {
    pub(super) fn add_foreign_key(
        &self,
        draft: &mut Relation,
        name: Option<String>,
        (key, written): (&ForeignKey, &crate::tree::Constraint),
        column: Option<&Name>,
        findings: &mut Findings,
    ) {
        // MySQL reads REFERENCES behind a column and forgets it; MariaDB makes the key.
        let columns: Vec<String> = if key.columns.is_empty() {
            column
                .into_iter()
                .map(|column| column.text.clone())
                .collect()
        } else {
            let own = key.columns.iter();
            own.map(|name| self.own_column(draft, name, findings))
                .collect()
        };
        if !key.referred.is_empty() && key.referred.len() != columns.len() {
            let message = format!(
                "the foreign key has {} and refers to {}",
                count(columns.len()),
                count(key.referred.len())
            );
            findings.push(
                Finding::new(Code::ColumnCount, message, key.table.range())
                    .help("write as many columns on both sides"),
            );
            return;
        }
        let (table, referred) = self.referred(draft, key, &columns, findings);
        if self.dialect() == Dialect::Mysql && self.store.session().foreign_keys {
            let itself = table == self.key_of(draft);
            let target = match itself {
                true => Some(&*draft),
                false => self.relation_by_key(&table).map(|one| &**one),
            };
            if let Some(target) = target {
                let range = key.table.range();
                self.check_types_of_foreign_key(
                    draft,
                    target,
                    (&columns, &referred),
                    &range,
                    findings,
                );
            }
        }
        let name = match (self.dialect(), name) {
            (_, Some(name)) => (name, false),
            (Dialect::Sqlite, None) => (String::new(), true),
            (Dialect::Postgres, None) => {
                (self.choose_name(draft, &columns.join("_"), "fkey"), true)
            }
            (Dialect::Mysql, None) => (choose_ibfk(draft), true),
        };
        if self.dialect() == Dialect::Mysql && !self.begins_an_index(draft, &columns) {
            let index = if name.1
                || draft
                    .indexes
                    .iter()
                    .any(|index| self.same(&index.name, &name.0))
            {
                self.choose_key_name(draft, columns.first())
            } else {
                name.0.clone()
            };
            draft.indexes.push(Arc::new(Index {
                name: index,
                unique: false,
                implicit: true,
                method: None,
                parts: columns.iter().map(|name| part(name)).collect(),
                include: Vec::new(),
                nulls_not_distinct: false,
                comment: None,
                predicate: None,
                uses: Vec::new(),
                text: self.text(),
                origin: self.origin(),
            }));
        }
        draft.constraints.push(Arc::new(Constraint {
            name: name.0,
            generated_name: name.1,
            kind: ConstraintKind::ForeignKey {
                columns,
                table,
                referred,
                on_delete: key.on_delete.clone(),
                on_update: key.on_update.clone(),
            },
            column: column.map(|column| column.text.clone()),
            parts: Vec::new(),
            terms: Terms {
                deferrable: key.deferrable,
                ..Terms::default()
            }
            .boxed(),
            not_valid: written.not_valid,
            range: written.range.clone(),
            uses: Vec::new(),
            text: self.text(),
            origin: self.origin(),
        }));
    }

    /// The table and the columns that a foreign key refers to. SQLite asks for neither before rows are written.
    fn referred(
        &self,
        draft: &Relation,
        key: &ForeignKey,
        columns: &[String],
        findings: &mut Findings,
    ) -> ((String, String), Vec<String>) {
        let own = self.key_of(draft);
        let written: Vec<String> = key.referred.iter().map(|name| name.text.clone()).collect();
        if self.dialect() == Dialect::Sqlite {
            let name = self.fold(&key.table.name.text);
            return ((own.0, name), written);
        }
        let candidates = self.candidates(Class::Relation, &key.table);
        let fallback = || {
            let found = self.relation_key(&key.table);
            found.unwrap_or_else(|| self.new_key(Class::Relation, &key.table, false))
        };
        let refers_to_itself = candidates.contains(&own);
        let known;
        let target = if refers_to_itself {
            draft
        } else {
            match self.relation(&key.table) {
                Lookup::Known(relation) => {
                    known = relation;
                    known
                }
                Lookup::Unknown => return (fallback(), written),
                Lookup::Absent => {
                    if self.dialect() != Dialect::Mysql || self.store.session().foreign_keys {
                        findings.extend(self.no_such_relation(&key.table, "table"));
                    }
                    return (fallback(), written);
                }
            }
        };
        let table = if refers_to_itself {
            own
        } else {
            self.key_of(target)
        };
        if target.open || !self.is_strict_about_keys() {
            return (table, written);
        }
        let before = findings.len();
        let referred = self.check_referred(target, key, columns, findings);
        if findings.len() == before {
            findings.extend(self.type_clash(draft, target, key, (columns, &referred)));
        }
        (table, referred)
    }

    fn is_strict_about_keys(&self) -> bool {
        self.dialect() == Dialect::Postgres || self.store.session().foreign_keys
    }

    fn check_referred(
        &self,
        target: &Relation,
        key: &ForeignKey,
        columns: &[String],
        findings: &mut Findings,
    ) -> Vec<String> {
        let range = key.table.range();
        if !target.kind.is_table() {
            let message = format!(
                "a foreign key cannot refer to the {} `{}`",
                target.kind.noun(),
                target.name
            );
            findings.push(
                Finding::new(Code::InvalidDefinition, message, range).help("refer to a table"),
            );
            return Vec::new();
        }
        // InnoDB takes the columns of the same names then, where it takes the statement at all.
        if key.referred.is_empty() && self.dialect() == Dialect::Mysql {
            return Vec::new();
        }
        if key.referred.is_empty() {
            let Some(primary) = target.primary_key() else {
                let message = format!("the table `{}` has no primary key to refer to", target.name);
                findings.push(
                    Finding::new(Code::InvalidDefinition, message, range)
                        .help("name the columns that the key refers to, and make them unique"),
                );
                return Vec::new();
            };
            if primary.len() != columns.len() {
                let message = format!(
                    "the foreign key has {}, the primary key of `{}` has {}: ({})",
                    count(columns.len()),
                    target.name,
                    primary.len(),
                    primary.join(", ")
                );
                findings.push(Finding::new(Code::ColumnCount, message, range));
            }
            return primary.to_vec();
        }
        let before = findings.len();
        for name in &key.referred {
            if self.column(target, &name.text).is_none() {
                findings.push(self.no_such_column(target, name));
            }
        }
        let referred: Vec<String> = key.referred.iter().map(|name| name.text.clone()).collect();
        if findings.len() == before && !self.is_key(target, &referred) {
            findings.push(self.not_a_key(target, key, &referred));
        }
        referred
    }

    fn not_a_key(&self, target: &Relation, key: &ForeignKey, referred: &[String]) -> Finding {
        let start = key.referred.first().map_or(0, |name| name.range.start);
        let end = key.referred.last().map_or(0, |name| name.range.end);
        let columns = referred.join(", ");
        let (message, help) = if self.dialect() == Dialect::Postgres {
            (
                format!(
                    "nothing makes `{}` ({columns}) unique, so no foreign key can refer to it",
                    target.name
                ),
                format!(
                    "add UNIQUE ({columns}) to `{}` first, or refer to its primary key",
                    target.name
                ),
            )
        } else {
            (
                format!(
                    "`{}` has no index that begins with ({columns}), so no foreign key can refer to it",
                    target.name
                ),
                format!(
                    "add a unique key over ({columns}) to `{}` first, or refer to its primary key",
                    target.name
                ),
            )
        };
        Finding::new(Code::InvalidDefinition, message, start..end).help(help)
    }

    /// Whether a foreign key may refer to these columns.
    pub(super) fn is_key(&self, target: &Relation, columns: &[String]) -> bool {
        if self.dialect() == Dialect::Mysql {
            return self.begins_an_index(target, columns);
        }
        let same = |key: &[String]| {
            key.len() == columns.len() && key.iter().all(|name| self.contains(columns, name))
        };
        let constraints = target.constraints.iter().any(|one| match &one.kind {
            ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) => same(key),
            _ => false,
        });
        constraints
            || target.indexes.iter().any(|index| {
                index.unique
                    && index.predicate.is_none()
                    && index_columns(index).is_some_and(|key| same(&key))
            })
    }

    /// Whether an index or key begins with these columns, in this order.
    pub(super) fn begins_an_index(&self, target: &Relation, columns: &[String]) -> bool {
        // InnoDB keeps the primary key behind the columns of every other key.
        let primary = target.primary_key().unwrap_or_default();
        let begins = |key: &[String]| {
            let rest = primary.iter().filter(|name| !self.contains(key, name));
            let all: Vec<&String> = key.iter().chain(rest).collect();
            all.len() >= columns.len()
                && all
                    .iter()
                    .zip(columns)
                    .all(|(left, right)| self.same(left, right))
        };
        target.constraints.iter().any(|one| match &one.kind {
            ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) => begins(key),
            _ => false,
        }) || target
            .indexes
            .iter()
            .any(|index| index_columns(index).is_some_and(|key| begins(&key)))
    }
}

fn count(columns: usize) -> String {
    match columns {
        1 => "1 column".to_owned(),
        n => format!("{n} columns"),
    }
}
