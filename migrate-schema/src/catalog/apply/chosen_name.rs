//! The names of constraints and indexes: those that are taken, and those that the engine chooses.

use crate::{
    Dialect, Finding,
    catalog::{Catalog, Class, ConstraintKind, Origin, Relation},
    tree::{self, Name},
};

impl Catalog {
    /// What to say where the name of a constraint is taken.
    pub(super) fn constraint_name_taken(
        &self,
        draft: &Relation,
        name: &Name,
        kind: &tree::ConstraintKind,
    ) -> Option<Finding> {
        if draft.open {
            return None;
        }
        let by = match self.dialect() {
            Dialect::Sqlite => return None,
            Dialect::Postgres => {
                let own = self.constraint(draft, &name.text);
                let own = own.map(|own| ("a constraint", own.origin));
                let is_index = matches!(
                    kind,
                    tree::ConstraintKind::PrimaryKey(_)
                        | tree::ConstraintKind::Unique(_)
                        | tree::ConstraintKind::Exclude(_)
                );
                let taken = || {
                    let key = (
                        self.fold_for(Class::Schema, &draft.schema),
                        self.fold(&name.text),
                    );
                    let own = self.key_of(draft);
                    if own == key {
                        return Some(("a table", draft.origin));
                    }
                    let index = self.index_of(draft, &name.text);
                    let index = index.map(|index| ("an index", index.origin));
                    index.or_else(|| self.name_beside(&key, Some(&own)))
                };
                own.or_else(|| if is_index { taken() } else { None })?
            }
            Dialect::Mysql => match kind {
                tree::ConstraintKind::Unique(_) | tree::ConstraintKind::Index { .. } => {
                    self.key_on_mysql(draft, &name.text)?
                }
                tree::ConstraintKind::PrimaryKey(_) => return None,
                _ => {
                    let is_foreign = matches!(kind, tree::ConstraintKind::ForeignKey(_));
                    let own = draft.constraints.iter().find(|one| {
                        matches!(one.kind, ConstraintKind::ForeignKey { .. }) == is_foreign
                            && matches!(
                                one.kind,
                                ConstraintKind::ForeignKey { .. } | ConstraintKind::Check(_)
                            )
                            && self.same(&one.name, &name.text)
                    })?;
                    ("a constraint", own.origin)
                }
            },
        };
        Some(self.already(by, name, ""))
    }

    /// A key or index of this name on a table (MySQL), unless the engine made it for a foreign key.
    pub(super) fn key_on_mysql(
        &self,
        draft: &Relation,
        name: &str,
    ) -> Option<(&'static str, Origin)> {
        let index = self.index_of(draft, name).filter(|index| !index.implicit);
        if let Some(index) = index {
            return Some(("an index", index.origin));
        }
        let own = draft.constraints.iter().find(|one| {
            matches!(one.kind, ConstraintKind::Unique(_)) && self.same(&one.name, name)
        })?;
        Some(("a unique key", own.origin))
    }

    pub(super) fn name_or(
        &self,
        name: Option<String>,
        draft: &Relation,
        columns: &[String],
        label: &str,
    ) -> (String, bool) {
        match name {
            Some(name) => (name, false),
            None => (self.choose_name(draft, &addition(columns), label), true),
        }
    }

    /// The name that PostgreSQL gives to an index, constraint or sequence of a table.
    pub(in crate::catalog) fn choose_name(
        &self,
        draft: &Relation,
        addition: &str,
        label: &str,
    ) -> String {
        let schema = self.fold_for(Class::Schema, &draft.schema);
        let own = self.key_of(draft);
        let is_constraint = label != "idx" && label != "seq";
        let is_relation = !matches!(label, "check" | "fkey");
        for pass in 0..1000_u32 {
            let label = match pass {
                0 => label.to_owned(),
                _ => format!("{label}{pass}"),
            };
            let name = object_name(&draft.name, addition, &label);
            let key = (schema.clone(), name.clone());
            // A constraint that the statement drops frees its name.
            let dropped = |key: &crate::catalog::Key| {
                self.relation_by_key(&own)
                    .is_some_and(|own| self.constraint(own, &key.1).is_some())
            };
            let taken = (is_relation
                && (self.name_beside(&key, Some(&own)).is_some()
                    || draft.indexes.iter().any(|index| index.name == name)
                    || draft
                        .columns
                        .iter()
                        .any(|column| column.sequence.as_ref() == Some(&key))))
                || draft.constraints.iter().any(|one| one.name == name)
                || (is_constraint && self.store.has_constraint_name(&key) && !dropped(&key));
            if !taken {
                return name;
            }
        }
        String::new()
    }

    /// The name that MySQL gives to a key: its first column, with a number where that is taken.
    pub(super) fn choose_key_name(&self, draft: &Relation, first: Option<&String>) -> String {
        let first = match first {
            Some(first) if !first.is_empty() => first.as_str(),
            _ => "functional_index",
        };
        let taken = |name: &str| {
            self.index_of(draft, name).is_some() || self.key_on_mysql(draft, name).is_some()
        };
        if !taken(first) {
            return first.to_owned();
        }
        let numbered = (2..1000_u32).map(|number| format!("{first}_{number}"));
        let mut free = numbered.filter(|name| !taken(name));
        free.next().unwrap_or_default()
    }
}

/// `t_ibfk_1`: one more than the highest number of the table's own.
pub(super) fn choose_ibfk(draft: &Relation) -> String {
    let start = format!("{}_ibfk_", draft.name);
    let numbers = draft
        .constraints
        .iter()
        .filter_map(|one| one.name.strip_prefix(&start)?.parse::<u32>().ok());
    format!("{start}{}", numbers.max().unwrap_or(0).saturating_add(1))
}

/// The middle of the name that PostgreSQL gives to an index: its columns, `expr` for an expression.
pub(crate) fn addition(columns: &[String]) -> String {
    let mut parts: Vec<String> = Vec::new();
    for column in columns {
        let column = if column.is_empty() { "expr" } else { column };
        let mut name = column.to_owned();
        let mut number = 1;
        while parts.contains(&name) {
            name = format!("{column}{number}");
            number += 1;
        }
        parts.push(name);
    }
    parts.join("_")
}

/// PostgreSQL's `makeObjectName`: the longer of the two parts loses bytes until all fits into 63.
pub(crate) fn object_name(first: &str, second: &str, label: &str) -> String {
    let mut overhead = label.len() + 1;
    if !second.is_empty() {
        overhead += 1;
    }
    let room = 63_usize.saturating_sub(overhead);
    let (mut one, mut two) = (first.len(), second.len());
    while one + two > room {
        if one > two {
            one -= 1;
        } else {
            two -= 1;
        }
    }
    let one = clip(first, one);
    let two = clip(second, two);
    if second.is_empty() {
        format!("{one}_{label}")
    } else {
        format!("{one}_{two}_{label}")
    }
}

fn clip(text: &str, mut length: usize) -> &str {
    while !text.is_char_boundary(length) {
        length -= 1;
    }
    &text[..length]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_postgres_chooses() {
        assert_eq!(object_name("users", "email", "key"), "users_email_key");
        assert_eq!(object_name("users", "", "pkey"), "users_pkey");
        let long = "a".repeat(60);
        assert_eq!(object_name(&long, "b", "key").len(), 63);
        assert_eq!(
            object_name(
                "a_table_with_a_rather_long_name_here",
                "a_column_with_a_rather_long_name_too",
                "fkey"
            ),
            "a_table_with_a_rather_long_na_a_column_with_a_rather_long__fkey"
        );
        assert_eq!(
            addition(&["a".into(), String::new(), String::new()]),
            "a_expr_expr1"
        );
    }
}
