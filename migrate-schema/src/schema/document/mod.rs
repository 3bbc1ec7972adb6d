//! A schema as a JSON document: what is exported, validated, compared and applied.
//!
//! ```json
//! {
//!   "version": 1,
//!   "exported_at": "2026-02-15T09:30:00Z",
//!   "databases": {
//!     "main": {
//!       "dialect": "sqlite",
//!       "tables": {
//!         "users": {
//!           "columns": [
//!             {"name": "id", "type": "integer", "nullable": false},
//!             "email"
//!           ],
//!           "indexes": [{"name": "users_email", "columns": ["email"], "unique": true}],
//!           "constraints": [{"type": "primary_key", "columns": ["id"]}]
//!         }
//!       }
//!     }
//!   }
//! }
//! ```
//!
//! A document that was exported says everything, in the words of its dialect. One that is written by hand may leave out
//! what is as usual, and may be for any database: without `dialect`, with types that all have (`integer`, `string`,
//! `timestamp`, …). `docs/schema.json` is its JSON Schema.
//!
//! ```
//! use migrate_schema::{Dialect, schema::document::{Document, validate}};
//! let text = r#"{"version": 1, "databases": {"main": {"tables": {"users": {"columns": ["email"]}}}}}"#;
//! let document = Document::read(text).unwrap();
//! let schema = document.database("main").unwrap().schema(Dialect::Postgres).unwrap();
//! assert_eq!(schema.tables[0].columns[0].data_type, "varchar");
//!
//! let faults = validate(&text.replace("columns", "colums"), None);
//! assert_eq!(
//!     faults[0].to_string(),
//!     "databases.main.tables.users.colums: unknown key, did you mean `columns`?"
//! );
//! ```

mod check;
mod form;
mod layout;
mod meaning;
mod order;
mod read;
mod shape;
mod short;
#[cfg(test)]
mod tests;
mod types;
mod write;

pub use form::json_schema;

use std::{collections::HashSet, fmt};

use check::Path;

use super::{Schema, json::Json};
use crate::Dialect;

/// Something that is wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Fault {
    /// Where: `databases.main.tables.users.columns[2]`. Empty for what is wrong with the document as a whole.
    pub path: String,
    /// What, and what to write instead.
    pub message: String,
}

impl Fault {
    fn new(path: &Path<'_>, message: impl Into<String>) -> Self {
        Self::at(path.to_string(), message)
    }

    fn at(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            message: message.into(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "" => f.write_str(&self.message),
            path => write!(f, "{path}: {}", self.message),
        }
    }
}

/// What is wrong with a document, all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults(pub Vec<Fault>);

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, fault) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            fault.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}

/// A document: the schemas of one or more databases.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    exported_at: Option<String>,
    databases: Vec<Database>,
}

/// One of the databases of a document.
#[derive(Clone, Debug, PartialEq)]
pub struct Database {
    name: String,
    dialect: Option<Dialect>,
    json: Json,
}

impl Document {
    /// A document without a database.
    pub const fn new() -> Self {
        Self {
            exported_at: None,
            databases: Vec::new(),
        }
    }

    /// When it was exported: RFC 3339.
    #[must_use]
    pub fn exported_at(mut self, timestamp: impl Into<String>) -> Self {
        self.exported_at = Some(timestamp.into());
        self
    }

    /// The same with the schema of one more database. Of two with one name the second one stays.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, schema: &Schema) -> Self {
        let name = name.into();
        self.databases.retain(|database| database.name != name);
        self.databases.push(Database {
            name,
            dialect: Some(schema.dialect),
            json: write::database(schema),
        });
        self.databases.sort_by(|a, b| a.name.cmp(&b.name));
        self
    }

    /// Reads a document. What it means is looked at when a [`schema`](Database::schema) is asked of it.
    ///
    /// # Errors
    ///
    /// Everything that is not as a document has to be: text that is no JSON, unknown and missing keys, wrong types, keys
    /// that stand there twice.
    pub fn read(text: &str) -> Result<Self, Faults> {
        let (document, faults) = Self::read_with_faults(text);
        match (document, faults.is_empty()) {
            (Some(document), true) => Ok(document),
            (_, _) => Err(Faults(faults)),
        }
    }

    /// The document as far as there is one, and what is wrong with its form.
    fn read_with_faults(text: &str) -> (Option<Self>, Vec<Fault>) {
        let json = match Json::read_all(text) {
            Ok(json) => json,
            Err(error) => {
                let message = format!("this is no JSON: {error}");
                return (None, vec![Fault::new(&Path::ROOT, message)]);
            }
        };
        let mut faults = Vec::new();
        check::object(&json, &shape::DOCUMENT, None, &Path::ROOT, &mut faults);
        let timestamp = json.get("exported_at").and_then(Json::as_text);
        if let Some(timestamp) = timestamp
            && timestamp.parse::<jiff::Timestamp>().is_err()
            && timestamp.parse::<jiff::civil::DateTime>().is_err()
        {
            let message = format!("`{timestamp}` is no time: write one as `2026-02-15T09:30:00Z`");
            faults.push(Fault::new(&Path::ROOT.key("exported_at"), message));
        }
        let databases = json.get("databases").map(Json::members).unwrap_or_default();
        let document = Self {
            exported_at: timestamp.map(str::to_owned),
            databases: databases.iter().map(Database::new).collect(),
        };
        (Some(document), faults)
    }

    /// When it was exported, where it says so.
    pub fn when(&self) -> Option<&str> {
        self.exported_at.as_deref()
    }

    /// The databases, in their order.
    pub fn databases(&self) -> &[Database] {
        &self.databases
    }

    /// The database of this name.
    pub fn database(&self, name: &str) -> Option<&Database> {
        self.databases.iter().find(|database| database.name == name)
    }

    /// The document as JSON.
    pub fn json(&self) -> Json {
        let mut members = vec![("version".to_owned(), Json::Number(1.into()))];
        if let Some(timestamp) = &self.exported_at {
            members.push(("exported_at".to_owned(), Json::Text(timestamp.clone())));
        }
        let databases = self.databases.iter();
        let databases = databases.map(|database| (database.name.clone(), database.json.clone()));
        members.push(("databases".to_owned(), Json::Object(databases.collect())));
        Json::Object(members)
    }
}

impl Default for Document {
    fn default() -> Self {
        Self::new()
    }
}

/// The document as text, on lines of its own. Two exports of one schema differ in nothing but the time.
impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&layout::text(&self.json()))
    }
}

impl Database {
    fn new((name, json): &(String, Json)) -> Self {
        let dialect = json.get("dialect").and_then(Json::as_text);
        Self {
            name: name.clone(),
            dialect: dialect.and_then(|dialect| dialect.parse().ok()),
            json: json.clone(),
        }
    }

    /// Its name in the document.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The dialect that its types and expressions are in; none where it is for any database.
    pub const fn dialect(&self) -> Option<Dialect> {
        self.dialect
    }

    /// The schema that it says, in a dialect.
    ///
    /// # Errors
    ///
    /// Where it is of another dialect; and everything that it cannot mean: a key on a column that is not there, two
    /// columns of one name, a type that the dialect does not have.
    pub fn schema(&self, dialect: Dialect) -> Result<Schema, Faults> {
        let databases = Path::ROOT.key("databases");
        let path = databases.key(&self.name);
        if let Some(own) = self.dialect.filter(|own| *own != dialect) {
            let message = format!(
                "this is the schema of a database of {}, and the database is one of {}. Leave out `dialect`, and take types \
                 that both have, in a document that is for both",
                check::product(own),
                check::product(dialect)
            );
            return Err(Faults(vec![Fault::new(&path.key("dialect"), message)]));
        }
        let mut faults = Vec::new();
        let schema = read::database(&self.json, dialect, &path, &mut faults);
        match faults.is_empty() {
            true => Ok(schema),
            false => Err(Faults(faults)),
        }
    }

    /// What is wrong with it; where it is for any database, as that one sees it which has least to say.
    fn faults(&self, dialect: Option<Dialect>) -> Vec<Fault> {
        let faults = |dialect| match self.schema(dialect) {
            Ok(_) => Vec::new(),
            Err(Faults(faults)) => faults,
        };
        match self.dialect.or(dialect) {
            Some(dialect) => faults(dialect),
            None => {
                let all = Dialect::ALL.into_iter().map(faults);
                all.min_by_key(Vec::len).unwrap_or_default()
            }
        }
    }
}

/// Everything that is wrong with a document. The dialect is for databases that do not say theirs.
pub fn validate(text: &str, dialect: Option<Dialect>) -> Vec<Fault> {
    let (document, mut faults) = Document::read_with_faults(text);
    // What is wrong with the form is found again with each database.
    let mut told: HashSet<Fault> = faults.iter().cloned().collect();
    let databases = document.iter().flat_map(|document| &document.databases);
    for fault in databases.flat_map(|database| database.faults(dialect)) {
        if told.insert(fault.clone()) {
            faults.push(fault);
        }
    }
    faults
}
