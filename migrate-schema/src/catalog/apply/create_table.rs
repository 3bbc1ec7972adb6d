//! `CREATE TABLE`.

use std::sync::Arc;

use super::{Findings, names::SERIAL};
use crate::{
    Code, Dialect, Finding,
    catalog::{
        Catalog, Class, Column, ConstraintKind, Key, Relation, RelationKind, Use,
        query::{self, Context},
        store::Fact,
    },
    tree::{self, Constraint, CreateTable, IndexPart, Name, Terms},
};

impl Catalog {
    pub(super) fn create_table(&mut self, table: &CreateTable, findings: &mut Findings) {
        let key = self.new_key(Class::Relation, &table.name, table.temporary);
        self.check_schema(&table.name, findings);
        let mut uncertain = false;
        if let Some(by) = self.name_in_schema(&key) {
            if table.if_not_exists && (by.0 != "an index" || self.dialect() == Dialect::Postgres) {
                return;
            }
            let replaces = table.or_replace && self.dialect() == Dialect::Mysql;
            if table.temporary && self.dialect() == Dialect::Mysql {
                // It hides the other table for as long as the session lives, which nobody knows.
                self.open(&table.name);
                return;
            }
            if !replaces && !self.path_is_uncertain(&table.name) {
                let same = "write `IF NOT EXISTS` if it may be there already, or another name";
                findings.push(self.already(by, &table.name.name, same));
                return;
            }
        } else if table.if_not_exists {
            uncertain = self.store.relations().contains_key(&key)
                || self.is_unknown_relation(&table.name, std::slice::from_ref(&key));
        }
        if !uncertain {
            findings.extend(table.faults.iter().cloned());
        }
        let mut draft = self.new_relation(&key, &table.name.name);
        draft.definition = self.definition(&table.name, None);
        draft.open |= uncertain;
        self.fill_table(&mut draft, table, findings);
        draft.open |= findings.refuse();
        self.put_new(key, draft);
    }

    /// Nobody knows whether the schema that is meant is the one that has this name.
    pub(super) fn path_is_uncertain(&self, path: &tree::Path) -> bool {
        path.schema.is_none() && self.store.session().path_is_uncertain
    }

    /// A relation without anything.
    pub(super) fn new_relation(&self, key: &Key, name: &Name) -> Relation {
        Relation {
            kind: RelationKind::Table,
            schema: key.0.clone(),
            name: name.text.clone(),
            columns: Vec::new(),
            open: false,
            had: None,
            constraints: Vec::new(),
            indexes: Vec::new(),
            triggers: Vec::new(),
            strict: false,
            without_rowid: false,
            module: None,
            temporary: key.0 == "temp" || key.0 == "pg_temp",
            partitioned: false,
            partition: None,
            bounds: None,
            parents: Vec::new(),
            doubtful: false,
            options: Vec::new(),
            query: None,
            column_names: Vec::new(),
            uses: Vec::new(),
            owned_by: None,
            others: Vec::new(),
            former: Vec::new(),
            comment: None,
            has_rows: false,
            definition: None,
            origin: self.origin(),
            made: self.clock,
            known_since: 0,
        }
    }

    /// Puts a relation that was made just now, with the sequences of its columns.
    pub(super) fn put_new(&mut self, key: Key, mut relation: Relation) {
        relation.known_since = self.tick();
        let sequences: Vec<(Key, String)> = (relation.columns.iter())
            .filter_map(|column| Some((column.sequence.clone()?, column.name.clone())))
            .collect();
        self.bury(&relation, None);
        self.set(Fact::Relation(key.clone(), Some(Arc::new(relation))));
        for (sequence, column) in sequences {
            self.put_sequence(sequence, key.clone(), &column);
        }
        self.refresh_views(&key);
    }

    /// The sequence that a column brings.
    pub(super) fn put_sequence(&mut self, key: Key, table: Key, column: &str) {
        let name = Name {
            text: key.1.clone(),
            quoted: false,
            range: 0..0,
        };
        let mut sequence = self.new_relation(&key, &name);
        sequence.kind = RelationKind::Sequence;
        sequence.owned_by = Some((table, self.fold(column)));
        sequence.known_since = self.tick();
        self.set(Fact::Relation(key, Some(Arc::new(sequence))));
    }

    pub(super) fn fill_table(
        &self,
        draft: &mut Relation,
        table: &CreateTable,
        findings: &mut Findings,
    ) {
        draft.kind = match (&table.virtual_table, table.foreign) {
            (Some(_), _) => RelationKind::VirtualTable,
            (None, true) => RelationKind::ForeignTable,
            (None, false) => RelationKind::Table,
        };
        draft.strict = table.strict;
        draft.without_rowid = table.without_rowid;
        draft.partitioned = table.partitioned || !table.partition_by.is_empty();
        draft.options.clone_from(&table.options);
        if let Some(range) = &table.partition_range
            && self.keeps_texts
        {
            draft.partition = Some(Arc::new((range.clone(), table.partition_by.clone())));
        }
        draft.bounds = self.bounds(table.bounds.as_ref());
        if let Some(module) = &table.virtual_table {
            draft.module = Some(module.module.text.to_lowercase());
            // What columns it has is the module's affair.
            match super::virtual_table::columns(module) {
                Some(names) => {
                    let columns = names.into_iter().map(|name| self.plain_column(name, None));
                    draft.columns.extend(columns.map(Arc::new));
                }
                None => draft.open |= table.columns.is_empty(),
            }
        }
        self.inherit(draft, table, findings);
        for column in &table.columns {
            self.add_new_column(draft, column, findings);
        }
        if let Some(query) = &table.query {
            self.columns_of_query(draft, query, findings);
        }
        self.add_constraints(draft, table, findings);
        for part in &table.partition_by {
            self.check_expression(Some(draft), part, Context::Partition, findings);
        }
        findings.extend(key_without_partition(draft, table));
        self.check_table(draft, table, findings);
    }

    /// The columns that come from other tables.
    fn inherit(&self, draft: &mut Relation, table: &CreateTable, findings: &mut Findings) {
        for like in &table.like {
            self.copy_like(draft, like, findings);
        }
        let parents = table.inherits.iter().chain(&table.partition_of);
        for path in parents {
            let parent = self.existing(path, "table", findings);
            let Some(parent) = parent else {
                draft.open = true;
                if let Some(key) = self.relation_key(path) {
                    draft.parents.push(key);
                }
                continue;
            };
            if table.partition_of.is_some() && !parent.partitioned && !parent.open {
                let message = format!("the table `{}` is not partitioned", parent.name);
                findings.push(
                    Finding::new(Code::InvalidDefinition, message, path.range())
                        .help("only a table made with `PARTITION BY` has partitions"),
                );
            }
            draft.open |= parent.open;
            draft.parents.push(self.key_of(&parent));
            for column in &parent.columns {
                if self.column(draft, &column.name).is_none() {
                    let mut column = column.as_ref().clone();
                    column.sequence = None;
                    draft.columns.push(Arc::new(column));
                }
            }
            for constraint in &parent.constraints {
                match constraint.kind {
                    ConstraintKind::Check(_) => draft.constraints.push(constraint.clone()),
                    _ if table.partition_of.is_some() => self.copy_constraint(draft, constraint),
                    _ => {}
                }
            }
            if table.partition_of.is_some() {
                self.copy_indexes(draft, &parent);
            }
        }
        if table.of_type.is_some() {
            draft.open = true;
        }
    }

    fn copy_like(&self, draft: &mut Relation, like: &tree::Like, findings: &mut Findings) {
        let Some(source) = self.existing(&like.table, "table", findings) else {
            draft.open = true;
            return;
        };
        let all = self.dialect() == Dialect::Mysql || like.including.iter().any(|one| one == "all");
        let with = |what: &str| all || like.including.iter().any(|one| one == what);
        draft.open |= source.open;
        if self.dialect() == Dialect::Mysql && source.kind.is_view() && source.is_surely_its_kind()
        {
            let message = format!("`{}` is a view: LIKE copies tables", source.name);
            findings.push(
                Finding::new(Code::InvalidDefinition, message, like.table.range())
                    .help("write `CREATE TABLE … AS SELECT * FROM …`"),
            );
        }
        for column in &source.columns {
            let mut column = column.as_ref().clone();
            column.origin = self.origin();
            column.sequence = None;
            if !with("defaults") {
                column.default = None;
                column.uses = column.ty.iter().flat_map(|ty| self.type_uses(ty)).collect();
            }
            if !with("identity") {
                column.identity = None;
            }
            if !with("generated") {
                column.generated = None;
            }
            draft.columns.push(Arc::new(column));
        }
        for constraint in &source.constraints {
            let copied = match constraint.kind {
                ConstraintKind::Check(_) => with("constraints"),
                ConstraintKind::ForeignKey { .. } => false,
                _ => with("indexes"),
            };
            if copied && self.dialect() == Dialect::Mysql {
                draft.constraints.push(constraint.clone());
            } else if copied {
                self.copy_constraint(draft, constraint);
            }
        }
        if with("indexes") {
            self.copy_indexes(draft, &source);
        }
    }

    fn copy_indexes(&self, draft: &mut Relation, source: &Relation) {
        for index in &source.indexes {
            let mut index = index.as_ref().clone();
            index.origin = self.origin();
            if self.dialect() == Dialect::Postgres {
                index.name = self.choose_index_name(draft, &index.parts);
            }
            draft.indexes.push(Arc::new(index));
        }
    }

    /// The name that PostgreSQL gives to an index.
    pub(super) fn choose_index_name(&self, draft: &Relation, parts: &[IndexPart]) -> String {
        let columns: Vec<String> = (parts.iter())
            .map(|part| column_title(&part.expression).unwrap_or_default())
            .collect();
        self.choose_name(draft, &super::chosen_name::addition(&columns), "idx")
    }

    fn copy_constraint(&self, draft: &mut Relation, constraint: &crate::catalog::Constraint) {
        let mut copy = constraint.clone();
        copy.origin = self.origin();
        copy.name = match &constraint.kind {
            ConstraintKind::PrimaryKey(_) => self.choose_name(draft, "", "pkey"),
            ConstraintKind::Unique(columns) => {
                self.choose_name(draft, &super::chosen_name::addition(columns), "key")
            }
            _ => constraint.name.clone(),
        };
        draft.constraints.push(Arc::new(copy));
    }

    fn columns_of_query(&self, draft: &mut Relation, query: &tree::Query, findings: &mut Findings) {
        self.check_query(query, findings);
        // What type they come to is nobody's business but who wants the whole schema's.
        draft.open |=
            self.keeps_texts && self.dialect() == Dialect::Sqlite && !has_plain_outputs(query);
        match self.outputs_of(query) {
            Some(columns) => {
                for mut column in columns {
                    if self.dialect() == Dialect::Sqlite {
                        column.ty = column.ty.as_ref().and_then(stored_type);
                        match self.free_name(draft, &column.name) {
                            Some(name) => column.name = name,
                            None => {
                                draft.open = true;
                                continue;
                            }
                        }
                    }
                    if self.column(draft, &column.name).is_none() {
                        draft.columns.push(Arc::new(column));
                    }
                }
            }
            None => draft.open = true,
        }
    }

    /// What SQLite calls a column of a query when others have its name already: `a`, `a:1`, `a:2`; after that it rolls dice.
    fn free_name(&self, draft: &Relation, name: &str) -> Option<String> {
        let stem = match name.rsplit_once(':') {
            Some((stem, digits)) if digits.bytes().all(|byte| byte.is_ascii_digit()) => stem,
            _ => name,
        };
        let numbered = (1..4).map(|number| format!("{stem}:{number}"));
        std::iter::once(name.to_owned())
            .chain(numbered)
            .find(|name| self.column(draft, name).is_none())
    }

    /// Adds a column to a table that is being made or altered, without its constraints.
    pub(super) fn add_new_column(
        &self,
        draft: &mut Relation,
        column: &tree::Column,
        findings: &mut Findings,
    ) {
        if let Some(own) = self.column(draft, &column.name.text) {
            let inherited = !draft.parents.is_empty() && own.origin != self.origin();
            if !inherited {
                let message = format!(
                    "the table `{}` already has a column `{}`",
                    draft.name, own.name
                );
                findings.push(
                    Finding::new(Code::DuplicateColumn, message, column.name.range.clone())
                        .help("write another name, or leave the second one out"),
                );
            }
            return;
        }
        let built = self.build_column(draft, column, findings);
        draft.columns.push(Arc::new(built));
    }

    /// What a column becomes, without its constraints.
    pub(super) fn build_column(
        &self,
        draft: &Relation,
        column: &tree::Column,
        findings: &mut Findings,
    ) -> Column {
        let mut uses: Vec<Use> = Vec::new();
        let mut serial = false;
        if let Some(ty) = &column.ty {
            self.check_type(ty, true, findings);
            uses.extend(self.type_uses(ty));
            serial = self.dialect() == Dialect::Postgres
                && ty.path.schema.is_none()
                && SERIAL.contains(&ty.path.name.text.as_str());
        }
        if self.dialect() == Dialect::Postgres {
            findings.extend(makes_its_numbers(column, serial));
        }
        if let Some(default) = &column.default {
            // MySQL's may name the other columns, which are not all there yet.
            if self.dialect() != Dialect::Mysql {
                self.check_expression(None, default, Context::Default, findings);
            }
            if let Some(ty) = &column.ty {
                findings.extend(query::fit::default(self, ty, default));
            }
            uses.extend(self.uses_of(default));
        }
        if let Some(generated) = &column.generated {
            uses.extend(self.uses_of(&generated.expression));
        }
        let sequence = (serial || column.identity.is_some()).then(|| {
            let name = self.choose_name(draft, &column.name.text, "seq");
            (self.fold_for(Class::Schema, &draft.schema), name)
        });
        let autoincrement = column
            .primary_key
            .as_ref()
            .is_some_and(|key| key.autoincrement);
        Column {
            name: column.name.text.clone(),
            ty: column.ty.clone(),
            not_null: column.not_null == Some(true) || serial || column.identity.is_some(),
            default: column.default.clone(),
            generated: column.generated.clone(),
            identity: column.identity,
            auto_increment: column.auto_increment || autoincrement,
            invisible: column.invisible,
            collation: column.collation.as_ref().map(ToString::to_string),
            comment: column.comment.clone(),
            on_update: column.on_update.clone(),
            uses,
            sequence,
            texts: self.texts(),
            origin: self.origin(),
        }
    }

    /// The constraints of a table in the order in which the engine makes them.
    fn add_constraints(&self, draft: &mut Relation, table: &CreateTable, findings: &mut Findings) {
        let mut all: Vec<(Option<&Name>, Constraint)> = Vec::new();
        for column in &table.columns {
            let own = constraints_of(column);
            all.extend(own.into_iter().map(|one| (Some(&column.name), one)));
        }
        all.extend(table.constraints.iter().map(|one| (None, one.clone())));
        if self.dialect() == Dialect::Postgres {
            all.sort_by_key(|(_, constraint)| phase(constraint));
        }
        for (column, constraint) in &all {
            self.add_constraint(draft, constraint, *column, findings);
        }
        for column in &table.columns {
            self.check_computed(draft, column, findings);
        }
    }

    /// The expressions of a column that may name others.
    pub(super) fn check_computed(
        &self,
        draft: &Relation,
        column: &tree::Column,
        findings: &mut Findings,
    ) {
        if let Some(generated) = &column.generated {
            let expression = &generated.expression;
            self.check_expression(Some(draft), expression, Context::Generated, findings);
        }
        if let (Some(default), Dialect::Mysql) = (&column.default, self.dialect()) {
            self.check_expression(Some(draft), default, Context::Default, findings);
        }
    }

    /// What the engine refuses of a table as a whole.
    fn check_table(&self, draft: &Relation, table: &CreateTable, findings: &mut Findings) {
        if self.dialect() != Dialect::Sqlite || draft.kind == RelationKind::VirtualTable {
            return;
        }
        let name = &table.name.name;
        if name.text.to_ascii_lowercase().starts_with("sqlite_") {
            let message = format!("the name `{name}` is SQLite's own");
            findings.push(
                Finding::new(Code::InvalidDefinition, message, name.range.clone())
                    .help("names that begin with `sqlite_` are reserved: write another name"),
            );
        }
        if table.without_rowid && draft.primary_key().is_none() {
            let message = format!("the table `{name}` is WITHOUT ROWID and has no primary key");
            findings.push(
                Finding::new(Code::InvalidDefinition, message, name.range.clone())
                    .help("add a primary key, or leave WITHOUT ROWID out"),
            );
        }
    }
}

/// Whether it is plain what types a query gives.
fn has_plain_outputs(query: &tree::Query) -> bool {
    let tree::Body::Select(select) = &query.body else {
        return false;
    };
    select.outputs.iter().all(|output| match output {
        tree::Output::Expression { expression, .. } => !matches!(
            expression.kind,
            tree::ExpressionKind::Subquery(_)
                | tree::ExpressionKind::Collate { .. }
                | tree::ExpressionKind::Row(_)
                | tree::ExpressionKind::Opaque
        ),
        tree::Output::All(_) | tree::Output::AllOf(_) => true,
    })
}

/// What SQLite declares a column as that comes from one of this type: the affinity alone is kept.
fn stored_type(ty: &tree::TypeName) -> Option<tree::TypeName> {
    let name = ty.path.name.text.to_ascii_uppercase();
    let has = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    let word = if has(&["INT"]) {
        "INT"
    } else if has(&["CHAR", "CLOB", "TEXT"]) {
        "TEXT"
    } else if has(&["BLOB"]) || name.is_empty() {
        return None;
    } else if has(&["REAL", "FLOA", "DOUB"]) {
        "REAL"
    } else {
        "NUM"
    };
    Some(tree::TypeName {
        path: tree::Path::bare(Name {
            text: word.to_owned(),
            quoted: false,
            range: 0..0,
        }),
        arguments: Vec::new(),
        words: Vec::new(),
        array: false,
        special: false,
        range: 0..0,
    })
}

/// The constraints that stand behind a column, as constraints of the table.
pub(super) fn constraints_of(column: &tree::Column) -> Vec<Constraint> {
    let constraint = |name: &Option<Name>, kind, terms: &Option<Box<Terms>>| Constraint {
        name: name.clone(),
        kind,
        terms: terms.clone(),
        not_valid: false,
        if_not_exists: false,
        range: column.range.clone(),
    };
    let mut all = Vec::new();
    if let Some(mark) = &column.primary_key {
        let kind = tree::ConstraintKind::PrimaryKey(vec![IndexPart {
            descending: mark.descending,
            ..own_part(column)
        }]);
        all.push(constraint(&mark.name, kind, &mark.terms));
    }
    if let Some(mark) = &column.unique {
        let kind = tree::ConstraintKind::Unique(vec![own_part(column)]);
        all.push(constraint(&mark.name, kind, &mark.terms));
    }
    for (name, expression) in &column.checks {
        all.push(constraint(
            name,
            tree::ConstraintKind::Check(expression.clone()),
            &None,
        ));
    }
    for key in &column.references {
        all.push(constraint(
            &key.name,
            tree::ConstraintKind::ForeignKey(key.clone()),
            &None,
        ));
    }
    all
}

fn own_part(column: &tree::Column) -> IndexPart {
    let mut part = super::constraint::part(&column.name.text);
    part.expression.range = column.name.range.clone();
    if let tree::ExpressionKind::Column { name, .. } = &mut part.expression.kind {
        *name = column.name.clone();
    }
    part
}

/// When PostgreSQL makes a constraint of a new table, and so chooses its name.
const fn phase(constraint: &Constraint) -> u8 {
    match constraint.kind {
        tree::ConstraintKind::Check(_) | tree::ConstraintKind::NotNull(_) => 0,
        tree::ConstraintKind::PrimaryKey(_) => 1,
        tree::ConstraintKind::ForeignKey(_) => 3,
        _ => 2,
    }
}

/// What PostgreSQL calls an expression in the name of an index.
fn column_title(expression: &tree::Expression) -> Option<String> {
    match &expression.kind {
        tree::ExpressionKind::Column { name, .. } => Some(name.text.clone()),
        tree::ExpressionKind::Call { name, .. } => Some(name.name.text.clone()),
        tree::ExpressionKind::Cast { expression, ty } => {
            column_title(expression).or_else(|| Some(ty.path.name.text.clone()))
        }
        tree::ExpressionKind::Collate { expression, .. } => column_title(expression),
        tree::ExpressionKind::Operation { operator, .. } if operator == "CASE" => {
            Some("case".to_owned())
        }
        _ => None,
    }
}

/// The keys of a partitioned table hold its partition key: each partition keeps its own (PostgreSQL).
fn key_without_partition(draft: &Relation, table: &CreateTable) -> Option<Finding> {
    let columns: Option<Vec<&Name>> = (table.partition_by.iter())
        .map(tree::Expression::as_column)
        .collect();
    let columns = columns?;
    let keys = draft.constraints.iter().filter_map(|one| match &one.kind {
        ConstraintKind::PrimaryKey(key) => Some(("primary key", key)),
        ConstraintKind::Unique(key) => Some(("UNIQUE", key)),
        _ => None,
    });
    let (what, missing) = keys
        .filter_map(|(what, key)| {
            let mut columns = columns.iter();
            let missing = columns.find(|column| !key.contains(&column.text))?;
            Some((what, *missing))
        })
        .next()?;
    let message = format!(
        "the {what} of the partitioned table `{}` lacks `{missing}`",
        draft.name
    );
    Some(
        Finding::new(Code::InvalidDefinition, message, missing.range.clone()).help(format!(
            "add `{missing}` to it: each partition looks only into itself"
        )),
    )
}

/// A column that numbers its rows has no default, and its type is one of whole numbers (PostgreSQL).
fn makes_its_numbers(column: &tree::Column, serial: bool) -> Option<Finding> {
    let name = &column.name;
    let twice = serial && (column.default.is_some() || column.identity.is_some())
        || column.identity.is_some() && column.default.is_some();
    if twice {
        let message = format!("the column `{name}` numbers its rows, and has a default besides");
        return Some(Finding::new(
            Code::InvalidDefinition,
            message,
            name.range.clone(),
        ));
    }
    let ty = column.ty.as_ref().filter(|_| column.identity.is_some())?;
    not_a_number(ty, &name.text)
}

/// Types that surely are none of whole numbers.
pub(super) fn not_a_number(ty: &tree::TypeName, column: &str) -> Option<Finding> {
    const OTHERS: [&str; 12] = [
        "boolean",
        "bool",
        "character varying",
        "date",
        "json",
        "jsonb",
        "numeric",
        "real",
        "text",
        "timestamptz",
        "uuid",
        "varchar",
    ];
    let is_other = ty.path.schema.is_none() && OTHERS.contains(&ty.path.name.text.as_str());
    (is_other || ty.array).then(|| {
        let message = format!(
            "`{column}` cannot be an identity column: it is `{}`",
            ty.path
        );
        Finding::new(Code::InvalidDefinition, message, ty.path.range())
            .help("write `smallint`, `integer` or `bigint`")
    })
}
