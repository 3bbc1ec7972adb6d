//! Constraints: what they need, and the names that the engine gives them.

use std::sync::Arc;

use super::Findings;
use crate::{
    Code, Dialect, Finding,
    catalog::{
        Catalog, Class, Constraint, ConstraintKind, Index, Lookup, Node, Relation, Use,
        query::Context, store::fold,
    },
    nearest,
    tree::{self, Expression, ExpressionKind, ForeignKey, IndexPart, Name, ObjectKind},
};

impl Catalog {
    /// Adds a constraint to a table that is being made or altered, with whatever the engine makes for it.
    pub(super) fn add_constraint(
        &self,
        draft: &mut Relation,
        constraint: &tree::Constraint,
        column: Option<&Name>,
        findings: &mut Findings,
    ) {
        if let Some(name) = &constraint.name {
            match self.constraint_name_taken(draft, name, &constraint.kind) {
                Some(_) if constraint.if_not_exists => return,
                Some(finding) => findings.push(finding),
                None => {}
            }
        }
        let name = constraint.name.as_ref().map(|name| name.text.clone());
        match &constraint.kind {
            tree::ConstraintKind::PrimaryKey(parts) => {
                self.add_primary_key(draft, name, parts, &constraint.range, findings);
            }
            tree::ConstraintKind::Unique(parts) => self.add_unique(draft, name, parts, findings),
            tree::ConstraintKind::ForeignKey(key) => {
                let name = key.name.as_ref().map(|name| name.text.clone()).or(name);
                self.add_foreign_key(draft, name, key, column, findings);
            }
            tree::ConstraintKind::Check(expression) => {
                self.add_check(draft, name, expression, column, findings);
            }
            tree::ConstraintKind::Exclude(parts) => {
                let columns = self.part_columns(draft, parts, findings);
                let kind = ConstraintKind::Exclude(parts.clone());
                let name = self.name_or(name, draft, &columns, "excl");
                draft.constraints.push(self.constraint_of(name, kind));
            }
            tree::ConstraintKind::Index { parts, method } => {
                self.add_key(draft, name, parts, method.as_deref(), findings);
            }
            tree::ConstraintKind::UsingIndex { primary_key, index } => {
                self.promote_index(draft, name, *primary_key, index, findings);
            }
            tree::ConstraintKind::NotNull(name) => {
                self.set_not_null(draft, name, true, findings);
            }
        }
    }

    fn constraint_of(&self, name: (String, bool), kind: ConstraintKind) -> Arc<Constraint> {
        Arc::new(Constraint {
            name: name.0,
            generated_name: name.1,
            kind,
            column: None,
            uses: Vec::new(),
            origin: self.origin(),
        })
    }

    fn add_primary_key(
        &self,
        draft: &mut Relation,
        name: Option<String>,
        parts: &[IndexPart],
        range: &std::ops::Range<usize>,
        findings: &mut Findings,
    ) {
        if let Some(key) = draft.primary_key().filter(|_| !draft.open) {
            let message = format!(
                "the table `{}` has a primary key already: ({})",
                draft.name,
                key.join(", ")
            );
            findings.push(
                Finding::new(Code::InvalidDefinition, message, range.clone())
                    .help("a table has one primary key; it may have several columns: `PRIMARY KEY (a, b)`"),
            );
            return;
        }
        let columns = self.part_columns(draft, parts, findings);
        let name = match (self.dialect(), name) {
            (Dialect::Mysql, _) => ("PRIMARY".to_owned(), true),
            (Dialect::Sqlite, name) => (name.unwrap_or_default(), false),
            (Dialect::Postgres, Some(name)) => (name, false),
            (Dialect::Postgres, None) => (self.choose_name(draft, "", "pkey"), true),
        };
        if self.dialect() != Dialect::Sqlite {
            for column in &mut draft.columns {
                if self.contains(&columns, &column.name) && !column.not_null {
                    Arc::make_mut(column).not_null = true;
                }
            }
        }
        let kind = ConstraintKind::PrimaryKey(columns);
        draft.constraints.push(self.constraint_of(name, kind));
    }

    fn add_unique(
        &self,
        draft: &mut Relation,
        name: Option<String>,
        parts: &[IndexPart],
        findings: &mut Findings,
    ) {
        let columns = self.part_columns(draft, parts, findings);
        let name = match self.dialect() {
            Dialect::Sqlite => (name.unwrap_or_default(), false),
            Dialect::Postgres => self.name_or(name, draft, &columns, "key"),
            Dialect::Mysql => match name {
                Some(name) => (name, false),
                None => (self.choose_key_name(draft, columns.first()), true),
            },
        };
        if self.dialect() == Dialect::Mysql {
            drop_implicit_index(self, draft, &columns);
        }
        let kind = ConstraintKind::Unique(columns);
        draft.constraints.push(self.constraint_of(name, kind));
    }

    fn add_check(
        &self,
        draft: &mut Relation,
        name: Option<String>,
        expression: &Expression,
        column: Option<&Name>,
        findings: &mut Findings,
    ) {
        let before = findings.len();
        self.check_expression(Some(draft), expression, Context::Check, findings);
        let used = self.columns_in(draft, expression);
        let name = match (self.dialect(), name) {
            (_, Some(name)) => (name, false),
            (Dialect::Postgres, None) => {
                let one = match used.as_slice() {
                    [one] if findings.len() == before => one.as_str(),
                    _ => "",
                };
                (self.choose_name(draft, one, "check"), true)
            }
            (Dialect::Sqlite | Dialect::Mysql, None) => (String::new(), true),
        };
        let mut uses = self.uses_of(expression);
        let own = self.key_of(draft);
        uses.extend(
            used.into_iter()
                .map(|column| Use::column(own.clone(), column)),
        );
        draft.constraints.push(Arc::new(Constraint {
            name: name.0,
            generated_name: name.1,
            kind: ConstraintKind::Check(expression.clone()),
            column: column.map(|column| column.text.clone()),
            uses,
            origin: self.origin(),
        }));
    }

    /// `KEY`, `INDEX` of MySQL.
    fn add_key(
        &self,
        draft: &mut Relation,
        name: Option<String>,
        parts: &[IndexPart],
        method: Option<&str>,
        findings: &mut Findings,
    ) {
        let columns = self.part_columns(draft, parts, findings);
        let name = name.unwrap_or_else(|| self.choose_key_name(draft, columns.first()));
        drop_implicit_index(self, draft, &columns);
        draft.indexes.push(Arc::new(Index {
            name,
            unique: false,
            implicit: false,
            method: method.map(str::to_owned),
            parts: parts.to_vec(),
            include: Vec::new(),
            predicate: None,
            uses: Vec::new(),
            origin: self.origin(),
        }));
    }

    fn add_foreign_key(
        &self,
        draft: &mut Relation,
        name: Option<String>,
        key: &ForeignKey,
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
                predicate: None,
                uses: Vec::new(),
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
            uses: Vec::new(),
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
        let referred = self.check_referred(target, key, columns, findings);
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
        let begins = |key: &[String]| {
            key.len() >= columns.len()
                && key
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

    /// `ADD CONSTRAINT … USING INDEX`.
    fn promote_index(
        &self,
        draft: &mut Relation,
        name: Option<String>,
        primary_key: bool,
        index: &Name,
        findings: &mut Findings,
    ) {
        let at = (draft.indexes.iter()).position(|one| self.same(&one.name, &index.text));
        let Some(at) = at else {
            if !draft.open && !self.is_poisoned(&self.index_node(draft, &index.text)) {
                findings.push(self.no_such_index_on(draft, index));
            }
            return;
        };
        let found = draft.indexes.remove(at);
        let columns = index_columns(&found).unwrap_or_default();
        if primary_key {
            for column in &mut draft.columns {
                if self.contains(&columns, &column.name) {
                    Arc::make_mut(column).not_null = true;
                }
            }
        }
        let kind = if primary_key {
            ConstraintKind::PrimaryKey(columns)
        } else {
            ConstraintKind::Unique(columns)
        };
        let name = name.unwrap_or_else(|| found.name.clone());
        draft
            .constraints
            .push(self.constraint_of((name, false), kind));
    }

    pub(super) fn index_node(&self, relation: &Relation, name: &str) -> Node {
        let schema = self.fold_for(Class::Schema, &relation.schema);
        Node::new(Class::Index, (schema, self.fold(name)))
    }

    pub(super) fn no_such_index_on(&self, relation: &Relation, name: &Name) -> Finding {
        let names = relation.indexes.iter().map(|index| index.name.as_str());
        let keys = relation.constraints.iter().filter(|one| one.has_index());
        let near = nearest(&name.text, names.chain(keys.map(|one| one.name.as_str())));
        let message = format!("no such index: {name} on `{}`", relation.name);
        self.no_such_part(
            Code::NoSuchIndex,
            ObjectKind::Index,
            relation,
            name,
            message,
            near,
        )
    }

    /// The columns of a key; each must be there.
    fn part_columns(
        &self,
        draft: &Relation,
        parts: &[IndexPart],
        findings: &mut Findings,
    ) -> Vec<String> {
        let mut columns: Vec<String> = Vec::new();
        for part in parts {
            match column_of(part) {
                Some(name) => {
                    let column = self.own_column(draft, name, findings);
                    if self.contains(&columns, &column) && self.dialect() != Dialect::Sqlite {
                        let message = format!("the column `{column}` stands in the key twice");
                        findings.push(Finding::new(
                            Code::DuplicateColumn,
                            message,
                            name.range.clone(),
                        ));
                    }
                    columns.push(column);
                }
                None => {
                    self.check_expression(Some(draft), &part.expression, Context::Index, findings);
                    columns.push(String::new());
                }
            }
        }
        columns
    }

    /// The name of a column of the table itself, as the table writes it.
    pub(super) fn own_column(
        &self,
        draft: &Relation,
        name: &Name,
        findings: &mut Findings,
    ) -> String {
        match self.column(draft, &name.text) {
            Some(column) => column.name.clone(),
            None => {
                if !draft.open && !self.is_system_column(name) {
                    findings.push(self.no_such_column(draft, name));
                }
                name.text.clone()
            }
        }
    }

    /// What to say where the name of a constraint is taken.
    fn constraint_name_taken(
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
    ) -> Option<(&'static str, crate::catalog::Origin)> {
        let index = self.index_of(draft, name).filter(|index| !index.implicit);
        if let Some(index) = index {
            return Some(("an index", index.origin));
        }
        let own = draft.constraints.iter().find(|one| {
            matches!(one.kind, ConstraintKind::Unique(_)) && self.same(&one.name, name)
        })?;
        Some(("a unique key", own.origin))
    }

    fn name_or(
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
fn choose_ibfk(draft: &Relation) -> String {
    let start = format!("{}_ibfk_", draft.name);
    let numbers = draft
        .constraints
        .iter()
        .filter_map(|one| one.name.strip_prefix(&start)?.parse::<u32>().ok());
    format!("{start}{}", numbers.max().unwrap_or(0).saturating_add(1))
}

/// The index that MySQL made for a foreign key goes when another can do its work.
fn drop_implicit_index(catalog: &Catalog, draft: &mut Relation, columns: &[String]) {
    draft.indexes.retain(|index| {
        !index.implicit
            || index_columns(index).is_none_or(|key| {
                key.len() > columns.len()
                    || !key
                        .iter()
                        .zip(columns)
                        .all(|(left, right)| catalog.same(left, right))
            })
    });
}

/// The column that a part of a key is, if it is one.
pub(super) fn column_of(part: &IndexPart) -> Option<&Name> {
    match &part.expression.kind {
        ExpressionKind::Column { table: None, name } => Some(name),
        ExpressionKind::Collate { expression, .. } => expression.as_column(),
        _ => None,
    }
}

/// The columns of an index, unless it is over expressions.
pub(super) fn index_columns(index: &Index) -> Option<Vec<String>> {
    let names = index
        .parts
        .iter()
        .map(|part| column_of(part).map(|name| name.text.clone()));
    names.collect()
}

/// A part of an index that is nothing but a column.
pub(super) fn part(name: &str) -> IndexPart {
    let name = Name {
        text: name.to_owned(),
        quoted: false,
        range: 0..0,
    };
    IndexPart {
        expression: Expression {
            range: name.range.clone(),
            kind: ExpressionKind::Column { table: None, name },
        },
        collation: None,
        operator_class: None,
        descending: false,
        length: None,
    }
}

fn count(columns: usize) -> String {
    match columns {
        1 => "1 column".to_owned(),
        n => format!("{n} columns"),
    }
}

/// The middle of the name that PostgreSQL gives to an index: its columns, `expr` for an expression.
pub(super) fn addition(columns: &[String]) -> String {
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
pub(in crate::catalog) fn object_name(first: &str, second: &str, label: &str) -> String {
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

/// The columns of a relation that an expression names, each once, folded.
pub(super) fn columns_in(
    dialect: Dialect,
    relation: &Relation,
    expression: &Expression,
    columns: &mut Vec<String>,
) {
    if let ExpressionKind::Column { name, .. } = &expression.kind {
        let folded = fold(dialect, &name.text);
        let mut own = relation.columns.iter();
        if !columns.contains(&folded) && own.any(|column| fold(dialect, &column.name) == folded) {
            columns.push(folded);
        }
    }
    expression.children(|child| columns_in(dialect, relation, child, columns));
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
            "a_table_with_a_rather_long_na_a_column_with_a_rather_long_n_fkey"[..]
                .to_owned()
                .chars()
                .take(63)
                .collect::<String>()
        );
        assert_eq!(
            addition(&["a".into(), String::new(), String::new()]),
            "a_expr_expr1"
        );
    }
}
