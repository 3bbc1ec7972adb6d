//! What a database holds after a series of statements, without a database.
//!
//! A [`Catalog`] is fed with [`tree::Action`](crate::tree::Action)s and answers what a name means. Of what it cannot know it says so
//! ([`Lookup::Unknown`]), and nothing is concluded from that.
//!
//! - `object`: the things. Their parts are behind `Arc`, so that a changed table is a cheap copy.
//! - `store`: where they are kept; one door for all changes, an undo journal, who needs what.
//! - `lookup`: what a name means here. `unknown`: what nobody knows. `absent`: what to say of a name that means nothing,
//!   and `slip` of one that most likely does.
//! - `text`: the SQL that things were made by, for who asks for it.
//! - `apply`: what each statement does, and when the engine refuses it.

mod absent;
mod apply;
pub mod builtin;
mod compare;
mod lookup;
mod object;
pub mod query;
mod slip;
mod store;
mod text;
mod unknown;
#[cfg(feature = "schema")]
mod whole;

use std::sync::Arc;

#[cfg(feature = "schema")]
pub(crate) use apply::{chosen_name, rewrite};
pub(crate) use compare::Change;
pub use object::{
    Class, Column, Constraint, ConstraintKind, Former, Function, Index, Key, Lookup, Named, Node,
    Origin, Relation, RelationKind, Trigger, Type, Use,
};
pub use text::{ColumnTexts, Definition, Text};
pub use unknown::Assumed;

use crate::{
    Dialect,
    hash::HashMap,
    settings::{External, Settings, Target},
    tree::Action,
    tree::ObjectKind,
};
use store::{Fact, Store};

/// What a database holds.
#[derive(Clone, Debug)]
pub struct Catalog {
    target: Target,
    external: External,
    closed: bool,
    store: Store,
    /// Counts statements, so that "made after it became unknown" can be told.
    clock: u32,
    /// The ids of the migrations so far; the last is the one that is being applied.
    migrations: Vec<Arc<str>>,
    /// What migrations make that come later, by class and bare name, folded: their ids, in order.
    expected: HashMap<(Class, String), Vec<Arc<str>>>,
    assumed: Assumed,
    /// Functions that change the schema when they are called, and what they do (PostgreSQL).
    acting: Arc<Vec<(String, Action)>>,
    /// The schema where names without one are, unless the search path is another.
    home: String,
    keeps_texts: bool,
    /// The statement that is being applied, where texts are kept.
    text: Text,
}

impl Catalog {
    /// An empty database.
    pub fn new(target: &Target, settings: &Settings) -> Self {
        let path = match target.dialect() {
            Dialect::Sqlite => "main",
            Dialect::Postgres => "public",
            Dialect::Mysql => "",
        };
        Self {
            target: target.clone(),
            external: settings.external.clone(),
            closed: settings.closed,
            store: Store::new(target.dialect(), vec![path.to_owned()]),
            clock: 0,
            migrations: Vec::new(),
            expected: HashMap::default(),
            assumed: Assumed::default(),
            acting: Arc::default(),
            home: path.to_owned(),
            keeps_texts: false,
            text: Text::default(),
        }
    }

    /// The database that it is meant for.
    pub const fn target(&self) -> &Target {
        &self.target
    }

    /// The dialect that it speaks.
    pub const fn dialect(&self) -> Dialect {
        self.target.dialect()
    }

    /// The schema where names without one are, unless a statement sets another search path.
    pub fn home(&self) -> &str {
        &self.home
    }

    /// Names without a schema are in this one.
    pub fn set_home(&mut self, schema: &str) {
        schema.clone_into(&mut self.home);
        let mut session = self.store.session().as_ref().clone();
        session.path = vec![schema.to_owned()];
        self.set(Fact::Session(Arc::new(session)));
    }

    /// What follows belongs to this migration.
    pub fn begin(&mut self, id: &str) -> Origin {
        self.migrations.push(id.into());
        self.store.forget();
        self.doubt_search_path();
        self.origin()
    }

    /// The migration that is being applied.
    pub fn origin(&self) -> Origin {
        Origin(u32::try_from(self.migrations.len().saturating_sub(1)).unwrap_or(u32::MAX))
    }

    /// The id of a migration.
    pub fn migration(&self, origin: Origin) -> Option<&str> {
        let at = usize::try_from(origin.0).ok()?;
        self.migrations.get(at).map(AsRef::as_ref)
    }

    /// A migration that comes later makes this.
    pub(crate) fn expect(&mut self, class: Class, name: &str, id: &Arc<str>) {
        let name = self.fold_for(class, name);
        let ids = self.expected.entry((class, name)).or_default();
        if ids.last() != Some(id) {
            ids.push(id.clone());
        }
    }

    /// The same for a part of a table.
    pub(crate) fn expect_part(&mut self, kind: ObjectKind, table: &str, name: &str, id: &Arc<str>) {
        let name = format!(
            "{}.{}",
            self.fold_for(Class::Relation, table),
            self.fold(name)
        );
        let ids = self.expected.entry((Class::Other(kind), name)).or_default();
        if ids.last() != Some(id) {
            ids.push(id.clone());
        }
    }

    /// A place to come back to.
    pub(crate) fn mark(&self) -> usize {
        self.store.mark()
    }

    /// Undoes everything since the mark.
    pub(crate) fn roll_back(&mut self, mark: usize) {
        self.store.roll_back(mark);
    }
}
