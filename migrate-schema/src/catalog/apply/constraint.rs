//! Constraints: what they need, and the names that the engine gives them.

use std::sync::Arc;

use super::Findings;
use crate::{
    Code, Dialect, Finding,
    catalog::{
        Catalog, Class, Constraint, ConstraintKind, Index, Node, Relation, Use, query::Context,
        store::fold,
    },
    nearest,
    tree::{self, Expression, ExpressionKind, IndexPart, Name, ObjectKind},
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
                self.add_primary_key(draft, name, parts, constraint, findings);
            }
            tree::ConstraintKind::Unique(parts) => {
                self.add_unique(draft, name, parts, constraint, findings);
            }
            tree::ConstraintKind::ForeignKey(key) => {
                let name = key.name.as_ref().map(|name| name.text.clone()).or(name);
                self.add_foreign_key(draft, name, (key, constraint), column, findings);
            }
            tree::ConstraintKind::Check(expression) => {
                self.add_check(draft, name, (expression, constraint), column, findings);
            }
            tree::ConstraintKind::Exclude(parts) => {
                let columns = self.part_columns(draft, parts, findings);
                let kind = ConstraintKind::Exclude(parts.clone());
                let name = self.name_or(name, draft, &columns, "excl");
                draft
                    .constraints
                    .push(self.constraint_of(name, kind, &[], constraint));
            }
            tree::ConstraintKind::Index { parts, method } => {
                let comment = constraint
                    .terms
                    .as_ref()
                    .and_then(|terms| terms.comment.clone());
                self.add_key(draft, name, parts, (method.as_deref(), comment), findings);
            }
            tree::ConstraintKind::UsingIndex { primary_key, index } => {
                self.promote_index(draft, name, (*primary_key, constraint), index, findings);
            }
            tree::ConstraintKind::NotNull(name) => {
                self.set_not_null(draft, name, true, findings);
            }
        }
    }

    fn constraint_of(
        &self,
        name: (String, bool),
        kind: ConstraintKind,
        parts: &[IndexPart],
        written: &tree::Constraint,
    ) -> Arc<Constraint> {
        let is_more = |part: &IndexPart| {
            part.descending
                || part.nulls_first.is_some()
                || part.length.is_some()
                || part.collation.is_some()
                || part.operator_class.is_some()
                || part.expression.as_column().is_none()
        };
        let is_more = parts.iter().any(is_more);
        Arc::new(Constraint {
            name: name.0,
            generated_name: name.1,
            kind,
            column: None,
            parts: if is_more { parts.to_vec() } else { Vec::new() },
            terms: written.terms.clone(),
            not_valid: written.not_valid,
            range: written.range.clone(),
            uses: Vec::new(),
            text: self.text(),
            origin: self.origin(),
        })
    }

    fn add_primary_key(
        &self,
        draft: &mut Relation,
        name: Option<String>,
        parts: &[IndexPart],
        written: &tree::Constraint,
        findings: &mut Findings,
    ) {
        if let Some(key) = draft.primary_key().filter(|_| !draft.open) {
            let message = format!(
                "the table `{}` has a primary key already: ({})",
                draft.name,
                key.join(", ")
            );
            findings.push(
                Finding::new(Code::InvalidDefinition, message, written.range.clone())
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
        draft
            .constraints
            .push(self.constraint_of(name, kind, parts, written));
    }

    fn add_unique(
        &self,
        draft: &mut Relation,
        name: Option<String>,
        parts: &[IndexPart],
        written: &tree::Constraint,
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
        draft
            .constraints
            .push(self.constraint_of(name, kind, parts, written));
    }

    fn add_check(
        &self,
        draft: &mut Relation,
        name: Option<String>,
        (expression, written): (&Expression, &tree::Constraint),
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
            parts: Vec::new(),
            terms: written.terms.clone(),
            not_valid: written.not_valid,
            range: written.range.clone(),
            uses,
            text: self.text(),
            origin: self.origin(),
        }));
    }

    /// `KEY`, `INDEX` of MySQL.
    fn add_key(
        &self,
        draft: &mut Relation,
        name: Option<String>,
        parts: &[IndexPart],
        (method, comment): (Option<&str>, Option<String>),
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
            nulls_not_distinct: false,
            comment,
            predicate: None,
            uses: Vec::new(),
            text: self.text(),
            origin: self.origin(),
        }));
    }

    /// `ADD CONSTRAINT … USING INDEX`.
    fn promote_index(
        &self,
        draft: &mut Relation,
        name: Option<String>,
        (primary_key, written): (bool, &tree::Constraint),
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
            .push(self.constraint_of((name, false), kind, &found.parts, written));
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
        nulls_first: None,
        length: None,
    }
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
