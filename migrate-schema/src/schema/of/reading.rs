//! From SQL text to a schema.

use super::super::Schema;
use crate::{
    Finding,
    catalog::Catalog,
    grammar,
    replay::words,
    settings::{Settings, Target},
};

/// A history that is read as a schema, text by text.
///
/// ```
/// use migrate_schema::{Dialect, schema::Reading, settings::Settings};
/// # #[cfg(feature = "sqlite")] {
/// let mut reading = Reading::new(&Dialect::Sqlite.into(), &Settings::default());
/// reading.begin("0001_create_users");
/// reading.apply("CREATE TABLE users (id INTEGER PRIMARY KEY, mail TEXT CHECK (mail <> ''))");
/// reading.begin("0002_rename");
/// reading.apply("ALTER TABLE users RENAME COLUMN mail TO email");
/// let schema = reading.schema();
/// assert_eq!(schema.tables[0].checks[0].expression, "email <> ''");
/// assert_eq!(schema.tables[0].made_by.as_deref(), Some("0001_create_users"));
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Reading {
    catalog: Catalog,
    target: Target,
}

impl Reading {
    /// An empty database.
    pub fn new(target: &Target, settings: &Settings) -> Self {
        let mut catalog = Catalog::new(target, settings);
        catalog.keep_texts();
        Self {
            catalog,
            target: target.clone(),
        }
    }

    /// Names without a schema are in this one (PostgreSQL).
    pub fn set_home(&mut self, schema: &str) {
        self.catalog.set_home(schema);
    }

    /// What follows belongs to this migration.
    pub fn begin(&mut self, id: &str) {
        self.catalog.begin(id);
    }

    /// Applies the statements of a text. Of what is refused or cannot be read, nothing is known afterwards.
    pub fn apply(&mut self, sql: &str) -> Vec<Finding> {
        self.each(sql, false)
    }

    /// The same for statements that may have run or not.
    pub fn apply_perhaps(&mut self, sql: &str) -> Vec<Finding> {
        self.each(sql, true)
    }

    fn each(&mut self, sql: &str, perhaps: bool) -> Vec<Finding> {
        let parsed = grammar::parse(sql, &self.target);
        let mut findings = parsed.findings.clone();
        for statement in &parsed.statements {
            let Some(tree) = &statement.tree else {
                let words = words(sql, statement, &self.catalog);
                self.unknown(&words);
                continue;
            };
            let range = statement.statement.start..statement.statement.end;
            self.catalog.read(sql, &range);
            for action in &tree.actions {
                findings.extend(if perhaps {
                    self.catalog.apply_perhaps(action, sql)
                } else {
                    self.catalog.apply(action, sql)
                });
            }
        }
        findings
    }

    /// Something was done that nobody can read: what has one of these names may be anything.
    pub fn unknown(&mut self, names: &[String]) {
        self.catalog.poison(names);
    }

    /// Something was done that may be anything.
    pub fn unknown_everything(&mut self) {
        self.catalog.poison_everything();
    }

    /// What the database holds now.
    pub const fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The same as a schema.
    pub fn schema(&self) -> Schema {
        Schema::of(&self.catalog)
    }
}

impl Schema {
    /// The schema that these statements build, each text for itself, and what is wrong with them.
    ///
    /// ```
    /// use migrate_schema::{Dialect, schema::Schema, settings::Settings};
    /// # #[cfg(feature = "sqlite")] {
    /// let texts = ["CREATE TABLE t (a INT DEFAULT 1)", "CREATE INDEX i ON t (lower(a))"];
    /// let (schema, findings) = Schema::from_sql(&Dialect::Sqlite.into(), &Settings::default(), texts);
    /// assert!(findings.is_empty());
    /// assert_eq!(schema.tables[0].columns[0].default.as_deref(), Some("1"));
    /// # }
    /// ```
    pub fn from_sql<'a>(
        target: &Target,
        settings: &Settings,
        statements: impl IntoIterator<Item = &'a str>,
    ) -> (Self, Vec<Finding>) {
        let mut reading = Reading::new(target, settings);
        let mut findings = Vec::new();
        for sql in statements {
            findings.extend(reading.apply(sql));
        }
        (reading.schema(), findings)
    }
}
