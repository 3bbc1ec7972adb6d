//! What every picture shows: boxes of rows, and the relations between them.

use std::collections::HashMap;

use crate::{
    Dialect,
    schema::{Column, ForeignKey, IndexOn, IndexPart, Key, ObjectName, Schema, Table, TableKind},
};

/// A schema as boxes and lines: tables first, in the order of the schema, then views.
#[derive(Debug)]
pub(super) struct Diagram<'a> {
    pub(super) entities: Vec<Entity<'a>>,
    pub(super) relations: Vec<Relation<'a>>,
}

/// A table or a view.
#[derive(Debug)]
pub(super) struct Entity<'a> {
    pub(super) name: &'a ObjectName,
    pub(super) is_view: bool,
    pub(super) rows: Vec<Row<'a>>,
    pub(super) comment: Option<&'a str>,
    /// It may have columns that nobody knows of.
    pub(super) is_open: bool,
}

/// A column.
#[derive(Debug)]
pub(super) struct Row<'a> {
    pub(super) column: &'a Column,
    pub(super) is_primary: bool,
    pub(super) is_foreign: bool,
    /// It alone is unique.
    pub(super) is_unique: bool,
}

/// A line from what refers to what is referred to: places in [`Diagram::entities`].
#[derive(Debug)]
pub(super) struct Relation<'a> {
    pub(super) from: usize,
    pub(super) to: usize,
    /// The first column of either side, as a place among the rows.
    pub(super) from_row: Option<usize>,
    pub(super) to_row: Option<usize>,
    pub(super) kind: Kind<'a>,
}

/// Why there is a line.
#[derive(Debug)]
pub(super) enum Kind<'a> {
    ForeignKey {
        key: &'a ForeignKey,
        /// A row may refer to nothing.
        is_optional: bool,
        /// At most one row refers to another.
        is_single: bool,
    },
    /// It is a partition, or inherits.
    Child,
    /// A view reads it.
    Reads,
}

impl<'a> Diagram<'a> {
    pub(super) fn new(schema: &'a Schema) -> Self {
        let tables = schema.tables.iter().map(Entity::table);
        let views = schema.views.iter().map(|view| Entity {
            name: &view.name,
            is_view: true,
            rows: view.columns.iter().map(Row::plain).collect(),
            comment: view.comment.as_deref(),
            is_open: view.columns.is_empty(),
        });
        let entities: Vec<Entity<'a>> = tables.chain(views).collect();
        let names = Names::new(schema.dialect, &entities);
        let mut relations = Vec::new();
        for (from, table) in schema.tables.iter().enumerate() {
            for key in &table.foreign_keys {
                relations.extend(names.foreign_key(&entities, from, table, key));
            }
            if let TableKind::Child { parents, .. } = &table.kind {
                relations.extend(names.plain(from, parents, || Kind::Child));
            }
        }
        for (at, view) in schema.views.iter().enumerate() {
            let from = schema.tables.len() + at;
            relations.extend(names.plain(from, &view.reads, || Kind::Reads));
        }
        Self {
            entities,
            relations,
        }
        .with_foreign_rows(schema)
    }

    fn with_foreign_rows(mut self, schema: &Schema) -> Self {
        for (entity, table) in self.entities.iter_mut().zip(&schema.tables) {
            let keys = table.foreign_keys.iter();
            for name in keys.flat_map(|key| &key.columns) {
                if let Some(row) = row(schema.dialect, &entity.rows, name)
                    && let Some(row) = entity.rows.get_mut(row)
                {
                    row.is_foreign = true;
                }
            }
        }
        self
    }
}

impl<'a> Entity<'a> {
    fn table(table: &'a Table) -> Self {
        let mut rows: Vec<Row<'a>> = table.columns.iter().map(Row::plain).collect();
        let primary = table.primary_key.as_ref();
        let alone = uniques(table).filter(|columns| columns.len() == 1);
        let alone: Vec<&str> = alone.flatten().collect();
        for row in &mut rows {
            let name = row.column.name.as_str();
            row.is_primary = primary.is_some_and(|key| columns(&key.parts).any(|one| one == name));
            row.is_unique = alone.contains(&name);
        }
        Self {
            name: &table.name,
            is_view: false,
            rows,
            comment: table.comment.as_deref(),
            is_open: table.open,
        }
    }
}

impl<'a> Row<'a> {
    const fn plain(column: &'a Column) -> Self {
        Self {
            column,
            is_primary: false,
            is_foreign: false,
            is_unique: false,
        }
    }

    /// `PK`, `FK`, `UK`, as diagrams have them. What is a primary key need not be called unique.
    pub(super) fn marks(&self) -> Vec<&'static str> {
        let unique = self.is_unique && !self.is_primary;
        let all = [
            (self.is_primary, "PK"),
            (self.is_foreign, "FK"),
            (unique, "UK"),
        ];
        let set = all.into_iter().filter(|(is_set, _)| *is_set);
        set.map(|(_, mark)| mark).collect()
    }
}

impl Relation<'_> {
    /// Its columns, or what else it is.
    pub(super) fn label(&self) -> String {
        match &self.kind {
            Kind::ForeignKey { key, .. } => key.columns.join(", "),
            Kind::Child => "part of".to_owned(),
            Kind::Reads => "reads".to_owned(),
        }
    }
}

/// The names of plain columns.
pub(super) fn columns(parts: &[IndexPart]) -> impl Iterator<Item = &str> {
    parts.iter().filter_map(|part| match &part.on {
        IndexOn::Column(name) => Some(name.as_str()),
        IndexOn::Expression(_) => None,
    })
}

/// What no two rows have alike: of keys, and of unique indexes on plain columns of all rows.
fn uniques(table: &Table) -> impl Iterator<Item = Vec<&str>> {
    let keys = table.primary_key.iter().chain(&table.uniques);
    let keys = keys.map(|key: &Key| &key.parts);
    let indexes = table.indexes.iter();
    let indexes = indexes.filter(|index| index.unique && index.predicate.is_none());
    let all = keys.chain(indexes.map(|index| &index.parts));
    let whole = all.filter(|parts| parts.iter().all(|part| part.length.is_none()));
    let named = whole.map(|parts| (parts.len(), columns(parts).collect::<Vec<_>>()));
    named
        .filter(|(parts, names)| *parts > 0 && *parts == names.len())
        .map(|(_, names)| names)
}

/// Where the entities of a name are.
struct Names<'a> {
    dialect: Dialect,
    exact: HashMap<&'a ObjectName, usize>,
    /// For the engines that take a name in any case.
    folded: HashMap<(Option<String>, String), usize>,
}

impl<'a> Names<'a> {
    fn new(dialect: Dialect, entities: &[Entity<'a>]) -> Self {
        let (mut exact, mut folded) = (HashMap::new(), HashMap::new());
        for (at, entity) in entities.iter().enumerate() {
            exact.entry(entity.name).or_insert(at);
            folded.entry(fold(entity.name)).or_insert(at);
        }
        Self {
            dialect,
            exact,
            folded,
        }
    }

    fn find(&self, name: &ObjectName) -> Option<usize> {
        let any_case = || match self.dialect {
            Dialect::Postgres => None,
            _ => self.folded.get(&fold(name)),
        };
        self.exact.get(name).or_else(any_case).copied()
    }

    fn foreign_key(
        &self,
        entities: &[Entity<'a>],
        from: usize,
        table: &'a Table,
        key: &'a ForeignKey,
    ) -> Option<Relation<'a>> {
        let to = self.find(&key.table)?;
        let own = |name: &String| row(self.dialect, &entities.get(from)?.rows, name);
        let columns = key.columns.iter().filter_map(|name| {
            let at = own(name)?;
            table.columns.get(at)
        });
        let is_optional = columns.into_iter().any(|column| column.nullable);
        let referring = |name: &&str| {
            let mut all = key.columns.iter();
            all.any(|one| same(self.dialect, one, name))
        };
        let is_single = uniques(table).any(|unique| unique.iter().all(referring));
        let theirs = &entities.get(to)?.rows;
        let to_row = match key.referred.first() {
            Some(name) => row(self.dialect, theirs, name),
            None => theirs.iter().position(|row| row.is_primary),
        };
        Some(Relation {
            from,
            to,
            from_row: key.columns.first().and_then(own),
            to_row,
            kind: Kind::ForeignKey {
                key,
                is_optional,
                is_single,
            },
        })
    }

    fn plain(
        &self,
        from: usize,
        to: &[ObjectName],
        kind: impl Fn() -> Kind<'a>,
    ) -> Vec<Relation<'a>> {
        let found = to.iter().filter_map(|name| self.find(name));
        let line = |to| Relation {
            from,
            to,
            from_row: None,
            to_row: None,
            kind: kind(),
        };
        found.map(line).collect()
    }
}

fn fold(name: &ObjectName) -> (Option<String>, String) {
    let schema = name.schema.as_ref().map(|schema| schema.to_lowercase());
    (schema, name.name.to_lowercase())
}

fn same(dialect: Dialect, left: &str, right: &str) -> bool {
    left == right || (dialect != Dialect::Postgres && left.to_lowercase() == right.to_lowercase())
}

fn row(dialect: Dialect, rows: &[Row<'_>], name: &str) -> Option<usize> {
    let exact = rows.iter().position(|row| row.column.name == name);
    exact.or_else(|| {
        rows.iter()
            .position(|row| same(dialect, &row.column.name, name))
    })
}
