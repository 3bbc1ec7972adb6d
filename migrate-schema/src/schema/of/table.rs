//! Tables with all that is on them.

use super::{
    super::{
        Check, Column, Deferrable, Exclusion, ForeignKey, Generated, Identity, Index, IndexOn,
        IndexPart, Key, Table, TableKind, Trigger,
    },
    Of,
    names::given,
    text::{Cut, statement},
};
use crate::{
    Dialect,
    catalog::{self, Constraint, ConstraintKind, Relation, RelationKind, Text},
    lex,
    tree::{self, Expression, ExpressionKind, Literal, Terms, TriggerBody, TriggerEvent},
};

/// PostgreSQL's words for an integer column with a sequence, and the type that it gets.
const SERIAL: [(&str, &str); 6] = [
    ("serial", "integer"),
    ("serial4", "integer"),
    ("bigserial", "bigint"),
    ("serial8", "bigint"),
    ("smallserial", "smallint"),
    ("serial2", "smallint"),
];

impl<'a> Of<'a> {
    pub(super) fn cut<'t>(&self, text: &'t Text) -> Cut<'t>
    where
        'a: 't,
    {
        Cut::new(text, self.catalog.dialect(), self.catalog.home())
    }

    pub(super) fn table(&mut self, relation: &Relation) -> Table {
        let mut table = Table::new(self.name(&relation.schema, &relation.name));
        table.open = relation.open;
        table.strict = relation.strict;
        table.without_rowid = relation.without_rowid;
        table.made_by = self.made_by(relation.origin);
        table.comment.clone_from(&relation.comment);
        for (name, value) in &relation.options {
            match name.as_str() {
                "comment" => table.comment = Some(value.clone()).filter(|text| !text.is_empty()),
                _ => table.options.push((name.clone(), value.clone())),
            }
        }
        match self.kind(relation) {
            Some(kind) => table.kind = kind,
            None => table.open = true,
        }
        for column in &relation.columns {
            match self.column(relation, column) {
                Some(column) => table.columns.push(column),
                None => table.open = true,
            }
        }
        for constraint in self.in_order(relation) {
            if self.constraint(relation, constraint, &mut table).is_none() {
                table.open = true;
            }
        }
        for index in &relation.indexes {
            if self.is_of_a_foreign_key(relation, index) {
                continue;
            }
            match self.index(index) {
                Some(index) if self.is_unique_key(&index) => table.uniques.push(Key {
                    name: Some(index.name),
                    parts: index.parts,
                    ..Key::on(Vec::<String>::new())
                }),
                Some(index) => table.indexes.push(index),
                None => table.open = true,
            }
        }
        table.triggers = self.triggers(relation);
        table
    }

    /// The constraints in the order in which they would stand in one statement: SQLite puts those of a column that was added
    /// behind that column.
    fn in_order<'r>(&self, relation: &'r Relation) -> Vec<&'r Constraint> {
        let mut all: Vec<&Constraint> = relation.constraints.iter().map(AsRef::as_ref).collect();
        if self.catalog.dialect() == Dialect::Sqlite {
            all.sort_by_key(|one| {
                let column = one.column.as_ref();
                let mut columns = relation.columns.iter();
                let place = column
                    .and_then(|name| columns.position(|own| self.catalog.same(&own.name, name)));
                place.unwrap_or(usize::MAX)
            });
        }
        all
    }

    fn kind(&self, relation: &Relation) -> Option<TableKind> {
        if relation.kind == RelationKind::VirtualTable {
            return Some(TableKind::Other(
                self.definition("CREATE VIRTUAL TABLE", relation)?,
            ));
        }
        if relation.kind == RelationKind::ForeignTable {
            return Some(TableKind::Other(
                self.definition("CREATE FOREIGN TABLE", relation)?,
            ));
        }
        if !relation.parents.is_empty() {
            let parents = relation.parents.iter();
            return Some(TableKind::Child {
                parents: parents.map(|key| self.name_of_key(key)).collect(),
                bounds: relation
                    .bounds
                    .as_deref()
                    .map(|text| text.trim().to_owned()),
            });
        }
        if let Some(partition) = &relation.partition {
            let (range, parts) = partition.as_ref();
            let mut cut = self.cut(&relation.definition.as_ref()?.text);
            parts.iter().for_each(|part| cut.note_expression(part));
            return Some(TableKind::Partitioned(cut.cut(range)?.trim().to_owned()));
        }
        (!relation.partitioned).then_some(TableKind::Plain)
    }

    /// The statement that made a relation.
    pub(super) fn definition(&self, words: &str, relation: &Relation) -> Option<String> {
        let definition = relation.definition.as_deref()?;
        let name = (relation.schema.as_str(), relation.name.as_str());
        statement(definition, words, self.cut(&definition.text), name)
    }

    fn column(&self, relation: &Relation, column: &catalog::Column) -> Option<Column> {
        let dialect = self.catalog.dialect();
        let texts = &column.texts;
        let written = match &column.ty {
            Some(ty) => self
                .cut(&texts.ty)
                .type_name(ty)
                .unwrap_or_else(|| ty.to_string()),
            None => String::new(),
        };
        let mut made = Column::new(column.name.clone(), written);
        made.nullable = !column.not_null && !self.refuses_null(relation, column);
        if let Some(default) = &column.default {
            made.default = Some(self.default(&texts.default, default)?);
        }
        if let Some(generated) = &column.generated {
            made.generated = Some(Generated {
                expression: self
                    .cut(&texts.generated)
                    .expression(&generated.expression)?,
                stored: generated.stored,
            });
        }
        if let Some(on_update) = &column.on_update {
            made.on_update = Some(self.cut(&texts.on_update).expression(on_update)?);
        }
        made.identity = column.identity.map(|identity| match identity {
            tree::Identity::Always => Identity::Always,
            tree::Identity::ByDefault => Identity::ByDefault,
        });
        made.auto_increment = column.auto_increment;
        // MySQL numbers no column that could be without a number.
        if dialect == Dialect::Mysql && column.auto_increment {
            made.nullable = false;
        }
        if dialect == Dialect::Postgres {
            self.number(relation, column, &mut made);
        }
        made.invisible = column.invisible;
        made.collation.clone_from(&column.collation);
        made.comment = column.comment.clone().filter(|text| !text.is_empty());
        Some(made)
    }

    /// `serial`, and the same by hand: a sequence that belongs to the column, and a default that asks it.
    fn number(&self, relation: &Relation, column: &catalog::Column, made: &mut Column) {
        let word = made.data_type.to_ascii_lowercase();
        if let Some((_, ty)) = SERIAL.iter().find(|(serial, _)| *serial == word) {
            (*ty).clone_into(&mut made.data_type);
            made.auto_increment = column.default.is_none();
            return;
        }
        // Its type may have been changed since.
        if column.default.is_none() && column.identity.is_none() {
            made.auto_increment = column.sequence.is_some();
            return;
        }
        let Some(default) = &column.default else {
            return;
        };
        let is_call = matches!(&default.kind, ExpressionKind::Call { name, .. } if name.name.text == "nextval");
        let own = (self.catalog.key_of(relation), column.name.clone());
        let owns = |one: &catalog::Use| {
            let sequence = self.catalog.relation_by_key(&one.node.key);
            sequence.is_some_and(|sequence| sequence.owned_by.as_ref() == Some(&own))
        };
        if is_call && column.uses.iter().any(owns) {
            made.auto_increment = true;
            made.default = None;
        }
    }

    /// A column of the primary key takes no NULL where the engine says so. SQLite's may, but not where the key is what the
    /// table is sorted by.
    fn refuses_null(&self, relation: &Relation, column: &catalog::Column) -> bool {
        let mut constraints = relation.constraints.iter();
        let key = constraints.find_map(|one| match &one.kind {
            ConstraintKind::PrimaryKey(columns) => Some((one, columns)),
            _ => None,
        });
        let Some((key, columns)) = key else {
            return false;
        };
        if !self.catalog.contains(columns, &column.name) {
            return false;
        }
        let is_rowid = || {
            let ty = column.ty.as_ref();
            columns.len() == 1
                && key
                    .parts
                    .iter()
                    .all(|part| !part.descending || key.column.is_none())
                && ty.is_some_and(|ty| {
                    ty.arguments.is_empty() && ty.path.name.text.eq_ignore_ascii_case("integer")
                })
        };
        self.catalog.dialect() != Dialect::Sqlite
            || relation.without_rowid
            || relation.strict
            || is_rowid()
    }

    /// SQLite takes a bare word and a word in double quotes for text.
    fn default(&self, text: &Text, default: &Expression) -> Option<String> {
        let written = self.cut(text).expression(default)?;
        match &default.kind {
            ExpressionKind::Literal(Literal::Text(value))
                if self.catalog.dialect() == Dialect::Sqlite
                    && !written.starts_with(['\'', '(']) =>
            {
                Some(format!("'{}'", value.replace('\'', "''")))
            }
            _ => Some(written),
        }
    }

    fn constraint(
        &self,
        relation: &Relation,
        constraint: &Constraint,
        table: &mut Table,
    ) -> Option<()> {
        let name = given(self.catalog.dialect(), relation, constraint);
        match &constraint.kind {
            ConstraintKind::PrimaryKey(columns) => {
                table.primary_key = Some(self.key(name, constraint, columns)?);
            }
            ConstraintKind::Unique(columns) => {
                table.uniques.push(self.key(name, constraint, columns)?);
            }
            ConstraintKind::ForeignKey {
                columns,
                table: to,
                referred,
                on_delete,
                on_update,
            } => {
                let action =
                    |action: &Option<String>| action.clone().filter(|action| action != "NO ACTION");
                table.foreign_keys.push(ForeignKey {
                    name,
                    columns: columns.clone(),
                    table: self.name_of_key(to),
                    referred: self.referred(to, referred, columns.len()),
                    on_delete: action(on_delete),
                    on_update: action(on_update),
                    deferrable: deferrable(constraint.terms.as_deref()),
                    not_valid: constraint.not_valid,
                });
            }
            ConstraintKind::Check(expression) => table.checks.push(Check {
                name,
                expression: self.cut(&constraint.text).expression(expression)?,
                column: constraint.column.clone(),
                no_inherit: (constraint.terms.as_ref()).is_some_and(|terms| terms.no_inherit),
                not_valid: constraint.not_valid,
            }),
            ConstraintKind::Exclude(parts) => table.exclusions.push(Exclusion {
                name,
                definition: self.exclusion(constraint, parts)?,
            }),
        }
        Some(())
    }

    /// The columns that a foreign key refers to: where they were left out, those of the primary key.
    fn referred(&self, to: &catalog::Key, referred: &[String], width: usize) -> Vec<String> {
        if !referred.is_empty() {
            return referred.to_vec();
        }
        let relation = self.catalog.relation_by_key(to);
        let key = relation.and_then(|relation| relation.primary_key());
        key.filter(|key| key.len() == width)
            .map(<[String]>::to_vec)
            .unwrap_or_default()
    }

    /// All that stands behind `EXCLUDE`.
    fn exclusion(&self, constraint: &Constraint, parts: &[tree::IndexPart]) -> Option<String> {
        let mut cut = self.cut(&constraint.text);
        for part in parts {
            cut.note_expression(&part.expression);
        }
        let written = cut.cut(&constraint.range)?;
        let mut tokens = lex::tokens(&written, self.catalog.dialect());
        let exclude = tokens.find(|token| token.text(&written).eq_ignore_ascii_case("exclude"))?;
        Some(written.get(exclude.end..)?.trim().to_owned())
    }

    fn key(&self, name: Option<String>, one: &Constraint, columns: &[String]) -> Option<Key> {
        let mut key = Key::on(columns.iter().cloned());
        key.name = name;
        key.deferrable = deferrable(one.terms.as_deref());
        if let Some(terms) = &one.terms {
            key.include = terms.include.iter().map(|name| name.text.clone()).collect();
            key.nulls_not_distinct = terms.nulls_not_distinct;
            key.on_conflict = (terms.on_conflict.clone()).filter(|action| action != "ABORT");
        }
        if !one.parts.is_empty() {
            let parts = one.parts.iter();
            key.parts = parts
                .map(|part| self.part(&one.text, part))
                .collect::<Option<_>>()?;
        }
        Some(key)
    }

    pub(super) fn index(&self, index: &catalog::Index) -> Option<Index> {
        let parts = index.parts.iter();
        let predicate = match &index.predicate {
            Some(predicate) => Some(self.cut(&index.text).expression(predicate)?),
            None => None,
        };
        Some(Index {
            name: index.name.clone(),
            unique: index.unique,
            method: index.method.clone().filter(|method| method != "btree"),
            parts: parts
                .map(|part| self.part(&index.text, part))
                .collect::<Option<_>>()?,
            include: index.include.clone(),
            nulls_not_distinct: index.nulls_not_distinct,
            predicate,
            comment: index.comment.clone().filter(|text| !text.is_empty()),
        })
    }

    fn part(&self, text: &Text, part: &tree::IndexPart) -> Option<IndexPart> {
        let mut collation = part.collation.as_ref().map(ToString::to_string);
        let mut expression = &part.expression;
        if let ExpressionKind::Collate {
            expression: inner,
            collation: own,
        } = &expression.kind
            && inner.as_column().is_some()
        {
            collation = collation.or_else(|| Some(own.to_string()));
            expression = inner;
        }
        let on = match expression.as_column() {
            Some(name) => IndexOn::Column(name.text.clone()),
            None => IndexOn::Expression(self.cut(text).expression(expression)?),
        };
        Some(IndexPart {
            on,
            collation,
            operator_class: part.operator_class.as_ref().map(ToString::to_string),
            descending: part.descending,
            // Where nothing is said, NULL counts as the greatest.
            nulls_first: part.nulls_first.filter(|first| *first != part.descending),
            length: part.length,
        })
    }

    /// On MySQL a unique index and a unique constraint are one thing, and both are shown as `UNIQUE KEY`.
    fn is_unique_key(&self, index: &Index) -> bool {
        self.catalog.dialect() == Dialect::Mysql
            && index.unique
            && index.method.is_none()
            && index.comment.is_none()
    }

    /// MySQL makes an index for a foreign key, under its name or that of its first column, and shows it like one that was
    /// asked for.
    fn is_of_a_foreign_key(&self, relation: &Relation, index: &catalog::Index) -> bool {
        if self.catalog.dialect() != Dialect::Mysql || index.unique || index.method.is_some() {
            return index.implicit;
        }
        let parts: Option<Vec<&str>> = (index.parts.iter())
            .map(|part| {
                let is_plain = !part.descending && part.length.is_none();
                let name = part.expression.as_column().filter(|_| is_plain)?;
                Some(name.text.as_str())
            })
            .collect();
        let Some(parts) = parts else {
            return index.implicit;
        };
        index.implicit
            || relation.constraints.iter().any(|one| match &one.kind {
                ConstraintKind::ForeignKey { columns, .. } => {
                    columns.len() == parts.len()
                        && columns
                            .iter()
                            .zip(&parts)
                            .all(|(a, b)| self.catalog.same(a, b))
                        && (self.catalog.same(&index.name, &one.name)
                            || columns
                                .first()
                                .is_some_and(|first| self.catalog.same(first, &index.name)))
                }
                _ => false,
            })
    }

    /// The triggers of a relation; one whose text is lost is told by its name.
    pub(super) fn triggers(&mut self, relation: &Relation) -> Vec<Trigger> {
        let mut made = Vec::new();
        for trigger in &relation.triggers {
            match self.trigger(relation, trigger) {
                Some(sql) => made.push(Trigger {
                    name: trigger.name.clone(),
                    sql,
                }),
                None => self.unknown.push(trigger.name.clone()),
            }
        }
        made
    }

    fn trigger(&self, relation: &Relation, trigger: &catalog::Trigger) -> Option<String> {
        let definition = trigger.definition.as_deref()?;
        let mut cut = self.cut(&definition.text);
        if let Some(on) = &definition.on {
            cut.note_object(on, &relation.schema, &relation.name);
        }
        for event in &trigger.events {
            if let TriggerEvent::Update(columns) = event {
                columns.iter().for_each(|name| cut.note_name(name));
            }
        }
        if let Some(when) = &trigger.when {
            cut.note_expression(when);
        }
        match &trigger.body {
            TriggerBody::Statements(actions) => {
                actions.iter().for_each(|action| cut.note_action(action));
            }
            // What a renaming has done to it, nobody knows.
            TriggerBody::Opaque { words, .. }
                if words.is_empty() && self.catalog.dialect() == Dialect::Sqlite =>
            {
                return None;
            }
            TriggerBody::Function(name) => cut.note_name(&name.name),
            TriggerBody::Opaque { .. } => {}
        }
        let own = self.catalog.home();
        statement(definition, "CREATE TRIGGER", cut, (own, &trigger.name))
    }
}

fn deferrable(terms: Option<&Terms>) -> Deferrable {
    match terms.map(|terms| terms.deferrable).unwrap_or_default() {
        tree::Deferrable::No => Deferrable::No,
        tree::Deferrable::Immediate => Deferrable::Immediate,
        tree::Deferrable::Deferred => Deferrable::Deferred,
    }
}
