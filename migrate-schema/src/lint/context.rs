//! What a lint may ask.

use std::cell::OnceCell;

use crate::{
    Dialect, Finding,
    catalog::{Catalog, Column, Origin, Relation, RelationKind},
    replay::{Direction, Placed},
    settings::{Settings, Target},
    tree::{self, Action, Path},
};

use super::{Memory, about::About};

/// A method of a migration, as far as its text is known.
#[derive(Clone, Debug)]
pub struct Method<'a> {
    /// The target.
    pub target: &'a Target,
    /// The settings.
    pub settings: &'a Settings,
    /// The identifier of the migration.
    pub id: &'a str,
    /// Its place in the history.
    pub origin: Origin,
    /// `up` or `down`.
    pub direction: Direction,
    /// It runs in a transaction.
    pub transaction: bool,
    /// It says that it cannot be undone.
    pub irreversible: bool,
    /// Its statements, in order.
    pub statements: Vec<Place<'a>>,
    /// The same by what they are about, once somebody asks.
    pub(super) about: OnceCell<About>,
}

/// A statement of a method.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The step that it belongs to.
    pub step: usize,
    /// The text of that step.
    pub sql: &'a str,
    /// What the statement says.
    pub tree: &'a tree::Statement,
    /// It may not run.
    pub conditional: bool,
}

/// What a lint may ask while it looks at something.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The method.
    pub method: &'a Method<'a>,
    /// What has happened in it so far.
    pub memory: &'a Memory,
    /// What the database holds before the action; at the end, after all.
    pub catalog: &'a Catalog,
    /// The statement: its place in [`Method::statements`].
    pub at: usize,
}

impl<'a> Context<'a> {
    /// The target.
    pub const fn target(&self) -> &'a Target {
        self.method.target
    }

    /// The text of the step.
    pub fn sql(&self) -> &'a str {
        self.method
            .statements
            .get(self.at)
            .map_or("", |place| place.sql)
    }

    /// The bytes of the statement.
    pub fn statement(&self) -> std::ops::Range<usize> {
        self.method
            .statements
            .get(self.at)
            .map_or(0..0, |place| place.tree.range.clone())
    }

    /// The table of this name, if an earlier migration made it: one that may have rows, and that others use.
    pub fn existing(&self, path: &Path) -> Option<&'a Relation> {
        self.catalog.relation(path).known().filter(|relation| {
            relation.kind == RelationKind::Table
                && relation.origin != self.method.origin
                && !relation.temporary
        })
    }

    /// The relation of this name.
    pub fn relation(&self, path: &Path) -> Option<&'a Relation> {
        self.catalog.relation(path).known()
    }

    /// A column of a relation.
    pub fn column<'r>(&self, relation: &'r Relation, name: &str) -> Option<&'r Column> {
        relation
            .columns
            .iter()
            .find(|column| self.same(&column.name, name))
            .map(AsRef::as_ref)
    }

    /// Whether the engine takes two names for one.
    pub fn same(&self, one: &str, other: &str) -> bool {
        same(self.target().dialect(), one, other)
    }

    /// Whether two names of tables are one, as far as both tell their schema.
    pub fn same_path(&self, one: &Path, other: &Path) -> bool {
        self.same(&one.name.text, &other.name.text)
            && match (&one.schema, &other.schema) {
                (Some(one), Some(other)) => self.same(&one.text, &other.text),
                _ => true,
            }
    }

    /// A finding in a statement of the method.
    pub fn placed(&self, place: &Place<'_>, finding: Finding) -> Placed {
        Placed {
            direction: self.method.direction,
            step: Some(place.step),
            dialect: None,
            finding,
        }
    }

    /// What the statements before this one do.
    pub fn earlier(&self) -> impl Iterator<Item = &'a Action> {
        let places = self.method.statements.get(..self.at).unwrap_or_default();
        places.iter().flat_map(|place| &place.tree.actions)
    }

    fn about(&self) -> &'a About {
        let method = self.method;
        method.about.get_or_init(|| About::of(&method.statements))
    }

    fn actions(&self, at: impl Iterator<Item = usize>) -> impl Iterator<Item = &'a Action> {
        let method = self.method;
        at.filter_map(|at| method.statements.get(at))
            .flat_map(|place| &place.tree.actions)
    }

    /// What the statements before this one do that are about this name, or may be about anything.
    pub fn earlier_about(&self, path: &Path) -> impl Iterator<Item = &'a Action> {
        let here = self.at;
        let about = self.about().name(&path.name.text);
        self.actions(about.filter(move |at| *at < here))
    }

    /// What the statements behind this one do that are about this name, or may be about anything.
    pub fn later_about(&self, path: &Path) -> impl Iterator<Item = &'a Action> {
        self.later_about_name(&path.name.text)
    }

    /// The same for a name that is no path.
    pub fn later_about_name(&self, name: &str) -> impl Iterator<Item = &'a Action> {
        let here = self.at;
        let about = self.about().name(name);
        self.actions(about.filter(move |at| *at > here))
    }

    /// Whether a statement before this one drops an index or a constraint by itself.
    pub fn has_dropped_an_index(&self) -> bool {
        self.about()
            .first_index_drop()
            .is_some_and(|at| at < self.at)
    }
}

pub(super) fn same(dialect: Dialect, one: &str, other: &str) -> bool {
    match dialect {
        Dialect::Postgres => one == other,
        Dialect::Sqlite => one.eq_ignore_ascii_case(other),
        Dialect::Mysql => one == other || one.to_lowercase() == other.to_lowercase(),
    }
}
