//! In which order objects are made: each behind what it needs.
//!
//! Most of what an object needs is said by names in its texts. A word that only looks like the name of another object
//! costs nothing but another order, which is as good.

use std::collections::HashMap;

use crate::{
    Dialect,
    lex::{self, TokenKind},
    schema::{ObjectName, Routine, Schema, Sequence, Table, TableKind, Type, TypeShape, View},
};

/// A thing that is made by a statement of its own.
#[derive(Clone, Copy, Debug)]
pub(super) enum Object<'a> {
    Type(&'a Type),
    Sequence(&'a Sequence),
    Routine(&'a Routine),
    Table(&'a Table),
    View(&'a View),
}

/// All objects of a schema, each behind those that it needs where that is possible.
pub(super) fn objects(schema: &Schema) -> Vec<Object<'_>> {
    let all: Vec<Object<'_>> = (schema.types.iter().map(Object::Type))
        .chain(schema.sequences.iter().map(Object::Sequence))
        .chain(schema.tables.iter().map(Object::Table))
        .chain(schema.routines.iter().map(Object::Routine))
        .chain(schema.views.iter().map(Object::View))
        .collect();
    let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, object) in all.iter().enumerate() {
        let name = object.name().name.to_lowercase();
        by_name.entry(name).or_default().push(at);
    }
    let needs: Vec<Vec<usize>> = (all.iter().enumerate())
        .map(|(own, object)| {
            let mut words = Words::new(schema.dialect);
            words.of(object);
            let mut needs: Vec<usize> = (words.words.iter())
                .filter_map(|word| by_name.get(word))
                .flatten()
                .copied()
                .filter(|at| *at != own)
                .collect();
            needs.sort_unstable();
            needs.dedup();
            needs
        })
        .collect();
    visited(&needs).into_iter().map(|at| all[at]).collect()
}

/// The places in an order in which each stands behind those that it needs. In a circle the one that came first is left
/// before what it needs.
fn visited(needs: &[Vec<usize>]) -> Vec<usize> {
    let mut order = Vec::with_capacity(needs.len());
    let mut seen = vec![false; needs.len()];
    // Of each object that is being looked at, how many of its needs have been. A stack of our own: a chain of objects
    // may be as long as the schema.
    let mut open: Vec<(usize, usize)> = Vec::new();
    for start in 0..needs.len() {
        if seen[start] {
            continue;
        }
        seen[start] = true;
        open.push((start, 0));
        while let Some((at, next)) = open.last_mut() {
            match needs[*at].get(*next) {
                Some(&need) => {
                    *next += 1;
                    if !seen[need] {
                        seen[need] = true;
                        open.push((need, 0));
                    }
                }
                None => {
                    order.push(*at);
                    open.pop();
                }
            }
        }
    }
    order
}

impl Object<'_> {
    fn name(&self) -> &ObjectName {
        match self {
            Self::Type(one) => &one.name,
            Self::Sequence(one) => &one.name,
            Self::Routine(one) => &one.name,
            Self::Table(one) => &one.name,
            Self::View(one) => &one.name,
        }
    }
}

/// The words that may be names of other objects.
struct Words {
    dialect: Dialect,
    words: Vec<String>,
}

impl Words {
    const fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            words: Vec::new(),
        }
    }

    fn of(&mut self, object: &Object<'_>) {
        match object {
            Object::Type(one) => self.of_type(one),
            Object::Sequence(one) => self.of_texts(&one.sql),
            Object::Routine(one) => self.of_routine(&one.sql),
            Object::Table(one) => self.of_table(one),
            Object::View(one) => {
                self.of_text(&one.query);
                self.words
                    .extend(one.reads.iter().map(|one| one.name.to_lowercase()));
            }
        }
    }

    fn of_type(&mut self, one: &Type) {
        match &one.shape {
            TypeShape::Enum(_) => {}
            TypeShape::Composite(attributes) => {
                attributes
                    .iter()
                    .for_each(|(_, data_type)| self.of_text(data_type));
            }
            TypeShape::Domain {
                base,
                default,
                checks,
                ..
            } => {
                self.of_text(base);
                self.of_texts(default);
                checks
                    .iter()
                    .for_each(|(_, condition)| self.of_text(condition));
            }
            TypeShape::Other(sql) => self.of_texts(sql),
        }
    }

    fn of_table(&mut self, table: &Table) {
        for column in &table.columns {
            self.of_text(&column.data_type);
            self.of_texts(&column.default);
            let generated = column.generated.as_ref();
            self.of_texts(generated.map(|generated| &generated.expression));
        }
        table
            .checks
            .iter()
            .for_each(|check| self.of_text(&check.expression));
        for index in &table.indexes {
            self.of_texts(&index.predicate);
            for part in &index.parts {
                if let crate::schema::IndexOn::Expression(expression) = &part.on {
                    self.of_text(expression);
                }
            }
        }
        table
            .exclusions
            .iter()
            .for_each(|one| self.of_text(&one.definition));
        let referred = table.foreign_keys.iter().map(|key| &key.table);
        let parents = match &table.kind {
            TableKind::Child { parents, .. } => parents.as_slice(),
            _ => &[],
        };
        // SQLite does not look for the table that a foreign key refers to, so the order in which they were made stays.
        let is_sqlite = self.dialect == Dialect::Sqlite;
        let referred = referred.filter(|_| !is_sqlite).chain(parents);
        self.words
            .extend(referred.map(|one| one.name.to_lowercase()));
    }

    /// The body of a function is looked at where the function is made: in SQL all of it, in other languages what it declares.
    fn of_routine(&mut self, sql: &str) {
        self.of_text(sql);
        if self.dialect != Dialect::Postgres {
            return;
        }
        for token in lex::tokens(sql, self.dialect) {
            if token.kind == TokenKind::Text {
                let words = token
                    .text(sql)
                    .split(|c: char| !(c.is_alphanumeric() || c == '_'));
                self.words
                    .extend(words.filter(|word| !word.is_empty()).map(str::to_lowercase));
            }
        }
    }

    fn of_texts<'a>(&mut self, texts: impl IntoIterator<Item = &'a String>) {
        texts.into_iter().for_each(|text| self.of_text(text));
    }

    fn of_text(&mut self, sql: &str) {
        for token in lex::tokens(sql, self.dialect) {
            let text = token.text(sql);
            match token.kind {
                TokenKind::Word => self.words.push(text.to_lowercase()),
                TokenKind::QuotedName => {
                    let inner = text.trim_matches(['"', '`', '[', ']']);
                    self.words.push(inner.to_lowercase());
                }
                // `nextval('s')`
                TokenKind::Text if text.len() < 200 => {
                    let words = text.split(|c: char| !(c.is_alphanumeric() || c == '_'));
                    let words = words.filter(|word| !word.is_empty());
                    self.words.extend(words.map(str::to_lowercase));
                }
                _ => {}
            }
        }
    }
}
