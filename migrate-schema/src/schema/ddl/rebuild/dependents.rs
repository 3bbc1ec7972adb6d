//! The views and triggers that name a table: they make way while it is made again.

use std::collections::BTreeSet;

use crate::{
    Dialect,
    schema::{Schema, View, diff::words},
};

const DIALECT: Dialect = Dialect::Sqlite;

/// What makes way.
#[derive(Clone, Debug, Default)]
pub(in crate::schema::ddl) struct Dependents {
    /// The names of the views, in lower case.
    pub(in crate::schema::ddl) views: BTreeSet<String>,
    /// The names of the triggers on tables, in lower case.
    pub(in crate::schema::ddl) triggers: BTreeSet<String>,
}

impl Dependents {
    /// All that names one of these (in lower case). A name that stands there for something else is no
    /// harm: what is dropped is made again as it was.
    pub(in crate::schema::ddl) fn of(schema: &Schema, names: &BTreeSet<String>) -> Self {
        let mut named = names.clone();
        let is_one_of = |words: &BTreeSet<String>, named: &BTreeSet<String>| {
            words.iter().any(|word| named.contains(word))
        };
        let mut dependents = Self::default();
        let texts: Vec<BTreeSet<String>> = schema.views.iter().map(of_view).collect();
        // In their order each reads only what is before it; but who knows what somebody has put together.
        loop {
            let count = named.len();
            for (one, words) in schema.views.iter().zip(&texts) {
                if is_one_of(words, &named) {
                    named.insert(one.name.name.to_lowercase());
                }
            }
            if named.len() == count {
                break;
            }
        }
        let views = schema.views.iter().map(|one| one.name.name.to_lowercase());
        dependents
            .views
            .extend(views.filter(|one| named.contains(one)));
        for table in &schema.tables {
            let first = (table.triggers.iter())
                .position(|one| is_one_of(&words(&one.sql, DIALECT), &named));
            // Those behind it come too, so that they stay in their order.
            let triggers = first.map_or(&[][..], |first| &table.triggers[first..]);
            let triggers = triggers.iter().map(|one| one.name.to_lowercase());
            dependents.triggers.extend(triggers);
        }
        dependents
    }
}

/// All words in the texts of a view and its triggers.
fn of_view(view: &View) -> BTreeSet<String> {
    let mut all = words(&view.query, DIALECT);
    all.extend(view.reads.iter().map(|read| read.name.to_lowercase()));
    let triggers = view.triggers.iter();
    all.extend(triggers.flat_map(|one| words(&one.sql, DIALECT)));
    all
}
