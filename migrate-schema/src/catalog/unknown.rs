//! What nobody knows: names that opaque statements use, names that come from elsewhere, the engine's own.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use super::builtin::postgres;
use super::{
    Catalog, Class, Key, Node,
    store::{Fact, Grave},
};
use crate::{Dialect, tree::Path};

/// Names that were told once as nobody's, and count as somebody else's from then on.
#[derive(Debug, Default)]
pub struct Assumed(Mutex<HashSet<(Class, String)>>);

impl Clone for Assumed {
    fn clone(&self) -> Self {
        let names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Self(Mutex::new(names.clone()))
    }
}

impl Assumed {
    pub(super) fn has(&self, class: Class, name: &str) -> bool {
        let names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        !names.is_empty() && names.contains(&(class, name.to_owned()))
    }

    /// Whether the name is told for the first time.
    pub(super) fn tell(&self, class: Class, name: String) -> bool {
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        names.insert((class, name))
    }
}

/// Tables in which other tools keep what they have done.
const TOOLS: [&str; 17] = [
    "__diesel_schema_migrations",
    "__efmigrationshistory",
    "_migrations",
    "_prisma_migrations",
    "_sqlx_migrations",
    "alembic_version",
    "atlas_schema_revisions",
    "databasechangelog",
    "databasechangeloglock",
    "django_migrations",
    "flyway_schema_history",
    "gorp_migrations",
    "goose_db_version",
    "gopg_migrations",
    "refinery_schema_history",
    "schema_migration",
    "schema_migrations",
];

impl Catalog {
    /// Whether what was known of a name at this time still holds.
    pub(super) fn is_certain(&self, name: &str, known_since: u32) -> bool {
        let since = self.store.poisoned_since(name);
        since == 0 || known_since > since
    }

    /// Whether something that is not here may be there all the same.
    pub(super) fn is_poisoned(&self, node: &Node) -> bool {
        let since = self.store.poisoned_since(&node.key.1);
        since > 0 && (self.store.grave(node)).is_none_or(|grave: &Grave| grave.since <= since)
    }

    /// Nobody knows any more what these names mean.
    pub(crate) fn poison(&mut self, words: &[String]) {
        let now = self.tick();
        for word in words {
            let folded = self.fold(word);
            // The names of MySQL's tables keep their case.
            if folded != *word && self.dialect() == Dialect::Mysql {
                self.set(Fact::Poisoned(word.clone(), Some(now)));
            }
            self.set(Fact::Poisoned(folded, Some(now)));
        }
    }

    /// The same for a statement that could not be read: what it drops with CASCADE takes others along.
    pub(super) fn poison_statement(&mut self, words: &[String]) {
        if words
            .iter()
            .any(|word| word.eq_ignore_ascii_case("cascade"))
        {
            let others = self.dependents_of_words(words);
            self.poison(&others);
        }
        self.poison(words);
    }

    /// The names of what needs a thing of one of these names: `CASCADE` may have taken it along.
    fn dependents_of_words(&self, words: &[String]) -> Vec<String> {
        let schemas = self.search_path().iter().chain(words);
        let schemas: Vec<String> = schemas.map(|schema| self.fold(schema)).collect();
        let mut waiting: Vec<Node> = Vec::new();
        for word in words {
            let name = self.fold(word);
            for schema in &schemas {
                let key = (schema.clone(), name.clone());
                let classes = [Class::Relation, Class::Type, Class::Function];
                waiting.extend(classes.map(|class| Node::new(class, key.clone())));
            }
        }
        let mut found: crate::hash::HashSet<Node> = crate::hash::HashSet::default();
        while let Some(node) = waiting.pop() {
            for dependent in self.store.dependents(&node) {
                if found.insert(dependent.clone()) {
                    waiting.push(dependent.clone());
                }
            }
        }
        found.into_iter().map(|node| node.key.1).collect()
    }

    /// Nobody knows anything any more.
    pub(crate) fn poison_everything(&mut self) {
        let now = self.tick();
        self.set(Fact::UnknownSince(now));
    }

    /// A search path that an earlier migration has set may hold or not: another one may run on another connection.
    pub(super) fn doubt_search_path(&mut self) {
        let usual = &self.home;
        let session = self.store.session();
        if session.path.as_slice() != std::slice::from_ref(usual) && !session.path_is_uncertain {
            let mut session = session.as_ref().clone();
            if !session.path.contains(usual) {
                session.path.push(usual.clone());
            }
            session.path_is_uncertain = true;
            self.set(Fact::Session(std::sync::Arc::new(session)));
        }
    }

    /// Whether a statement that could not be read may have made something of this sort.
    pub(super) fn may_have_made(&self, word: &str) -> bool {
        self.store.poisoned_since(word) > 0
    }

    /// The time of the next change.
    pub(super) fn tick(&mut self) -> u32 {
        self.clock = self.clock.saturating_add(1);
        self.clock
    }

    pub(super) fn is_unknown_relation(&self, path: &Path, candidates: &[Key]) -> bool {
        let name = &path.name.text;
        let schema = path.schema.as_ref().map(|schema| schema.text.as_str());
        if self.is_system_relation(schema, name)
            || matches_any(&self.external.tables, schema, name)
            || (self.assumed).has(Class::Relation, &self.fold_for(Class::Relation, name))
        {
            return true;
        }
        candidates.iter().any(|key| {
            self.is_poisoned(&Node::new(Class::Relation, key.clone()))
                || (path.schema.is_some() && self.is_foreign_schema(&key.0))
        })
    }

    /// A schema that no migration makes, and in which none has made a table: where one has, migrations know what is there.
    fn is_foreign_schema(&self, name: &str) -> bool {
        let is_ours = self.dialect() == Dialect::Postgres
            && !name.starts_with("pg_")
            && name != "information_schema"
            && name != "crdb_internal"
            && !self.is_external_schema(name)
            && (self.store.relations().iter())
                .any(|(key, relation)| key.0 == name && relation.is_surely_its_kind());
        self.is_unknown_schema(name) && !is_ours
    }

    /// A schema that no migration makes: whatever is in it belongs to somebody else, until migrations say otherwise.
    pub(super) fn is_unknown_schema(&self, name: &str) -> bool {
        let node = Node::new(Class::Schema, (String::new(), name.to_owned()));
        if self.store.named().contains_key(&node) {
            return false;
        }
        match self.dialect() {
            // ATTACH brings others.
            Dialect::Sqlite => name != "main" && name != "temp",
            Dialect::Postgres => {
                name.starts_with("pg_")
                    || name == "information_schema"
                    || name == "crdb_internal"
                    || self.is_poisoned(&node)
                    || self.assumed.has(Class::Schema, name)
                    || self.is_external_schema(name)
            }
            Dialect::Mysql => !name.is_empty(),
        }
    }

    pub(super) fn is_external_schema(&self, name: &str) -> bool {
        let all = [
            &self.external.tables,
            &self.external.functions,
            &self.external.types,
        ];
        all.into_iter().flatten().any(|pattern| {
            pattern
                .split_once('.')
                .is_some_and(|(schema, _)| schema.eq_ignore_ascii_case(name))
        })
    }

    pub(super) fn is_external_type(&self, path: &Path) -> bool {
        self.is_external(Class::Type, &self.external.types, path)
    }

    pub(super) fn is_external_function(&self, path: &Path) -> bool {
        self.is_external(Class::Function, &self.external.functions, path)
    }

    /// Whether a migration has made an extension of which nobody knows what it brings.
    pub(super) fn has_unknown_extension(&self) -> bool {
        self.extensions()
            .any(|name| name != "plpgsql" && postgres::extension(name).is_none())
    }

    /// Whether something that was read names a type that is not known for certain.
    pub(super) fn is_type_doubted(&self, path: &Path) -> bool {
        let candidates = self.candidates(Class::Type, path);
        self.is_external_type(path)
            || candidates.iter().any(|key| {
                self.store.is_poisoned_by_name(&key.1)
                    || self.store.types().contains_key(key)
                    || self.store.relations().contains_key(key)
            })
    }

    /// Whether something that was read names a function that is not known for certain: a statement that could not be
    /// read, the settings, a migration that made one.
    pub(super) fn is_function_doubted(&self, path: &Path) -> bool {
        let candidates = self.candidates(Class::Function, path);
        self.is_external_function(path)
            || candidates.iter().any(|key| {
                self.store.is_poisoned_by_name(&key.1) || self.store.functions().contains_key(key)
            })
    }

    fn is_external(&self, class: Class, patterns: &[String], path: &Path) -> bool {
        let name = &path.name.text;
        let schema = path.schema.as_ref().map(|schema| schema.text.as_str());
        matches_any(patterns, schema, name)
            || self.assumed.has(class, &self.fold(name))
            || schema
                .is_some_and(|schema| self.is_unknown_schema(&self.fold_for(Class::Schema, schema)))
    }

    fn is_system_relation(&self, schema: Option<&str>, name: &str) -> bool {
        let lower = name.to_ascii_lowercase();
        if TOOLS.contains(&lower.as_str()) {
            return true;
        }
        match self.dialect() {
            Dialect::Sqlite => {
                lower.starts_with("sqlite_")
                    || lower.starts_with("pragma_")
                    || lower == "dbstat"
                    || self.is_shadow_table(&lower)
            }
            Dialect::Postgres => {
                lower.starts_with("pg_")
                    || schema.is_some_and(|schema| {
                        schema.starts_with("pg_") || schema == "information_schema"
                    })
            }
            Dialect::Mysql => lower == "dual",
        }
    }

    /// The tables that a virtual table keeps its data in: `docs_content` of `docs`.
    fn is_shadow_table(&self, name: &str) -> bool {
        name.rmatch_indices('_').any(|(at, _)| {
            let key = ("main".to_owned(), name[..at].to_owned());
            self.store
                .relations()
                .get(&key)
                .is_some_and(|relation| relation.module.is_some())
        })
    }
}

/// Whether a pattern of the settings means this name: `users`, `auth.users`, `auth.*`, `cron_*`.
fn matches_any(patterns: &[String], schema: Option<&str>, name: &str) -> bool {
    patterns.iter().any(|pattern| {
        let (wanted_schema, wanted) = match pattern.split_once('.') {
            Some((schema, name)) => (Some(schema), name),
            None => (None, pattern.as_str()),
        };
        let same_schema = match (wanted_schema, schema) {
            (Some(wanted), Some(schema)) => wanted.eq_ignore_ascii_case(schema),
            (Some(_), None) => wanted != "*",
            (None, _) => true,
        };
        let same_name = match wanted.strip_suffix('*') {
            Some(start) => name
                .get(..start.len())
                .is_some_and(|own| own.eq_ignore_ascii_case(start)),
            None => wanted.eq_ignore_ascii_case(name),
        };
        same_schema && same_name
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        let matches =
            |pattern: &str, schema, name| matches_any(&[pattern.to_owned()], schema, name);
        assert!(matches("users", None, "Users"));
        assert!(matches("users", Some("auth"), "users"));
        assert!(matches("auth.*", Some("auth"), "users"));
        assert!(!matches("auth.*", None, "users"));
        assert!(!matches("auth.*", Some("other"), "users"));
        assert!(matches("cron_*", None, "cron_job"));
        assert!(!matches("cron_*", None, "cro"));
        assert!(matches("*", None, "anything"));
    }
}
