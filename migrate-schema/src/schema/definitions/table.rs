//! A definition as a table of a dialect.

use super::{Definition, Definitions, Fault, Faults, Field, Kind, Reference};
use crate::{
    Dialect,
    near::nearest,
    quote::quoted,
    schema::{
        Check, Column, Deferrable, ForeignKey, IndexOn, IndexPart, Key, ObjectName, Schema, Table,
        json::Json,
    },
};

/// The columns that every table has, whether its file names them or not.
const CREATED: &str = "created_at";
const UPDATED: &str = "updated_at";
const ID: &str = "id";

impl Definitions {
    /// The tables, as they are on a database that holds nothing else.
    ///
    /// # Errors
    ///
    /// What cannot be on this database: a relation to a table that nobody defines, a default that is no value of its type.
    pub fn schema(&self, dialect: Dialect) -> Result<Schema, Faults> {
        let mut schema = Schema::empty(dialect);
        schema.tables = self.tables_for(dialect, &[])?;
        Ok(schema)
    }

    /// What the database takes, and is most likely not meant.
    pub fn warnings(&self) -> Vec<Fault> {
        let mut warnings = Vec::new();
        for definition in &self.tables {
            for field in &definition.fields {
                let on_delete = field
                    .references
                    .as_ref()
                    .and_then(|reference| reference.on_delete.as_deref());
                if on_delete == Some("SET NULL") && (field.required || field.primary_key) {
                    warnings.push(definition.fault(format!("fields.{}", field.name), NEVER_NULL));
                }
            }
        }
        warnings
    }

    /// The same beside tables that are there already.
    pub(super) fn tables_for(
        &self,
        dialect: Dialect,
        there: &[Table],
    ) -> Result<Vec<Table>, Faults> {
        let mut faults = Vec::new();
        let mut tables = Vec::new();
        for definition in &self.tables {
            let maker = Maker {
                definitions: self,
                definition,
                dialect,
                there,
            };
            tables.push(maker.table(&mut faults));
        }
        match faults.is_empty() {
            true => Ok(tables),
            false => Err(Faults(faults)),
        }
    }
}

struct Maker<'a> {
    definitions: &'a Definitions,
    definition: &'a Definition,
    dialect: Dialect,
    there: &'a [Table],
}

impl Maker<'_> {
    fn table(&self, faults: &mut Vec<Fault>) -> Table {
        let own = &self.definition.fields;
        let mut table = Table::new(ObjectName::bare(&self.definition.table));
        if self.dialect != Dialect::Sqlite {
            table.comment.clone_from(&self.definition.description);
        }
        let names = |name: &str| {
            own.iter()
                .any(|field| field.column().eq_ignore_ascii_case(name))
        };
        let mut key: Vec<String> = own
            .iter()
            .filter(|field| field.primary_key)
            .map(Field::column)
            .collect();
        let whole = self.definition.whole;
        if key.is_empty() && whole {
            if !names(ID) {
                let mut id = Column::new(ID, self.data_type(&Kind::String, true));
                id.nullable = false;
                table.columns.push(id);
            }
            let id = own
                .iter()
                .map(Field::column)
                .find(|name| name.eq_ignore_ascii_case(ID));
            key.push(id.unwrap_or_else(|| ID.to_owned()));
        }
        for field in own {
            self.field(field, &key, &mut table, faults);
        }
        for name in [CREATED, UPDATED] {
            if whole && !names(name) {
                let mut column = Column::new(name, self.data_type(&Kind::DateTime, false));
                column.default = Some("CURRENT_TIMESTAMP".to_owned());
                table.columns.push(column);
            }
        }
        table.primary_key = (!key.is_empty()).then(|| Key::on(key));
        table
    }

    fn field(&self, field: &Field, key: &[String], table: &mut Table, faults: &mut Vec<Fault>) {
        let name = field.column();
        let path = format!("fields.{}", field.name);
        let is_key = key.contains(&name);
        let data_type = match &field.references {
            Some(reference) if field.kind == Kind::Relation => self
                .type_of_key(reference)
                .unwrap_or_else(|| self.data_type(&Kind::String, true)),
            // MySQL has no index on a text without an end.
            _ => self.data_type(
                &field.kind,
                is_key || field.unique || field.references.is_some(),
            ),
        };
        let mut column = Column::new(&name, data_type);
        column.nullable = !(field.required || is_key);
        if self.dialect != Dialect::Sqlite {
            column.comment.clone_from(&field.description);
        }
        if let Some(value) = &field.default {
            match self.default(&field.kind, value) {
                Ok(default) => column.default = default,
                Err(message) => {
                    faults.push(self.definition.fault(format!("{path}.default"), message))
                }
            }
        }
        table.columns.push(column);
        if field.unique && key != [name.clone()] {
            table.uniques.push(Key::on([&name]));
        }
        if let Kind::Enum(words) = &field.kind {
            let words: Vec<String> = words.iter().map(|word| text(word, self.dialect)).collect();
            table.checks.push(Check {
                name: None,
                expression: format!("{} IN ({})", quoted(&name, self.dialect), words.join(", ")),
                column: Some(name.clone()),
                no_inherit: false,
                not_valid: false,
            });
        }
        if let Some(reference) = &field.references {
            let sets_null = reference.on_delete.as_deref() == Some("SET NULL");
            // The others take it, and refuse to delete the row.
            if sets_null && !table_takes_null(&table.columns) && self.dialect == Dialect::Mysql {
                faults.push(self.definition.fault(&path, NEVER_NULL));
            }
            table
                .foreign_keys
                .extend(self.reference(&path, &name, reference, faults));
        }
    }

    fn reference(
        &self,
        path: &str,
        column: &str,
        reference: &Reference,
        faults: &mut Vec<Fault>,
    ) -> Option<ForeignKey> {
        let defined = self.definitions.table(&reference.table);
        let there = self
            .there
            .iter()
            .find(|table| table.name.name.eq_ignore_ascii_case(&reference.table));
        let (table, referred) = match (defined, there) {
            (Some(other), _) => (
                &other.table,
                other.key().map_or_else(|| ID.to_owned(), Field::column),
            ),
            (None, Some(table)) => (&table.name.name, key_of(table).unwrap_or(ID).to_owned()),
            (None, None) => {
                let known = self.definitions.tables.iter().map(|one| one.table.as_str());
                let known = known.chain(self.there.iter().map(|table| table.name.name.as_str()));
                let mut message = format!(
                    "no file defines `{}`, and the database has no such table",
                    reference.table
                );
                if let Some(near) = nearest(&reference.table, known) {
                    message += &format!("; did you mean `{near}`?");
                }
                faults.push(self.definition.fault(path, message));
                return None;
            }
        };
        let referred = match &reference.column {
            None => referred,
            Some(name) => self.column_of(path, name, defined, there, faults)?,
        };
        Some(ForeignKey {
            name: None,
            columns: vec![column.to_owned()],
            table: ObjectName::bare(table),
            referred: vec![referred],
            on_delete: reference.on_delete.clone(),
            on_update: None,
            deferrable: Deferrable::No,
            not_valid: false,
        })
    }

    /// The column of another table that a `foreignKey` names.
    fn column_of(
        &self,
        path: &str,
        name: &str,
        defined: Option<&Definition>,
        there: Option<&Table>,
        faults: &mut Vec<Fault>,
    ) -> Option<String> {
        let mut columns: Vec<String> = match (defined, there) {
            (Some(other), _) => other.fields.iter().map(Field::column).collect(),
            (None, Some(table)) => table
                .columns
                .iter()
                .map(|column| column.name.clone())
                .collect(),
            (None, None) => Vec::new(),
        };
        if defined.is_some() {
            columns.extend([ID, CREATED, UPDATED].map(str::to_owned));
        }
        let found = columns
            .iter()
            .find(|column| column.eq_ignore_ascii_case(name));
        if found.is_none() {
            let mut message = format!("the table has no column `{name}`");
            if let Some(near) = nearest(name, columns.iter().map(String::as_str)) {
                message += &format!("; did you mean `{near}`?");
            }
            faults.push(
                self.definition
                    .fault(format!("{path}.foreignKey.column"), message),
            );
        }
        found.cloned()
    }

    /// The type of the key that a relation is about.
    fn type_of_key(&self, reference: &Reference) -> Option<String> {
        if let Some(other) = self.definitions.table(&reference.table) {
            let key = other.key().or_else(|| {
                let mut fields = other.fields.iter();
                fields.find(|field| field.name.eq_ignore_ascii_case(ID))
            })?;
            return match key.kind {
                // A key that is itself a relation has the type of the one behind it, which may come back to this one.
                Kind::Relation => None,
                _ => Some(self.data_type(&key.kind, true)),
            };
        }
        let mut there = self.there.iter();
        let table = there.find(|table| table.name.name.eq_ignore_ascii_case(&reference.table))?;
        let key = key_of(table)?;
        let column = table
            .columns
            .iter()
            .find(|column| column.name.eq_ignore_ascii_case(key))?;
        Some(column.data_type.clone())
    }

    fn data_type(&self, kind: &Kind, indexed: bool) -> String {
        if let Kind::Written(text) = kind {
            return text.clone();
        }
        let word = match self.dialect {
            Dialect::Sqlite => match kind {
                Kind::Number | Kind::Decimal => "REAL",
                Kind::Integer | Kind::BigInteger | Kind::Boolean => "INTEGER",
                Kind::Blob => "BLOB",
                _ => "TEXT",
            },
            Dialect::Postgres => match kind {
                Kind::String | Kind::Email => "VARCHAR(255)",
                Kind::Number | Kind::Decimal => "DECIMAL",
                Kind::Integer => "INTEGER",
                Kind::BigInteger => "BIGINT",
                Kind::Boolean => "BOOLEAN",
                Kind::Date => "DATE",
                Kind::Time => "TIME",
                Kind::DateTime => "TIMESTAMP",
                Kind::Timestamp => "TIMESTAMPTZ",
                Kind::Uuid => "UUID",
                Kind::Blob => "BYTEA",
                _ => "TEXT",
            },
            Dialect::Mysql => match kind {
                Kind::Text | Kind::Json if !indexed => "TEXT",
                Kind::Number => "DOUBLE",
                Kind::Decimal => "DECIMAL(38, 10)",
                Kind::Integer => "INT",
                Kind::BigInteger => "BIGINT",
                Kind::Boolean => "BOOLEAN",
                Kind::Date => "DATE",
                Kind::Time => "TIME",
                Kind::DateTime => "DATETIME",
                Kind::Timestamp => "TIMESTAMP",
                Kind::Uuid => "CHAR(36)",
                Kind::Blob => "BLOB",
                _ => "VARCHAR(255)",
            },
        };
        word.to_owned()
    }

    /// The default in SQL; none for `null`.
    fn default(&self, kind: &Kind, value: &Json) -> Result<Option<String>, String> {
        let wrong = |what: &str| {
            Err(format!(
                "this is {}, and the type asks for {what}",
                value.noun()
            ))
        };
        let literal = match (kind, value) {
            (_, Json::Null) => return Ok(None),
            // The attribute of a struct has it as SQL.
            (_, Json::Text(expression)) if !self.definition.whole => expression.clone(),
            (Kind::Boolean, Json::Boolean(value)) => match self.dialect {
                Dialect::Sqlite => if *value { "1" } else { "0" }.to_owned(),
                _ => if *value { "TRUE" } else { "FALSE" }.to_owned(),
            },
            (Kind::Boolean, _) => return wrong("true or false"),
            (Kind::Integer | Kind::BigInteger, Json::Number(number))
                if number.is_i64() || number.is_u64() =>
            {
                number.to_string()
            }
            (Kind::Integer | Kind::BigInteger, _) => return wrong("a whole number"),
            (Kind::Number | Kind::Decimal, Json::Number(number)) => number.to_string(),
            (Kind::Number | Kind::Decimal, _) => return wrong("a number"),
            (Kind::Date | Kind::DateTime | Kind::Timestamp, Json::Text(word)) if is_now(word) => {
                match (kind, self.dialect) {
                    (Kind::Date, Dialect::Mysql) => "(CURRENT_DATE)".to_owned(),
                    (Kind::Date, _) => "CURRENT_DATE".to_owned(),
                    _ => "CURRENT_TIMESTAMP".to_owned(),
                }
            }
            (Kind::Enum(words), Json::Text(word)) if !words.contains(word) => {
                return Err(format!("`{word}` is none of the enum's words"));
            }
            (Kind::Json, value @ (Json::Object(_) | Json::Array(_))) => {
                self.long(&value.to_string())
            }
            (Kind::Blob, _) => return Err("bytes have no default here".to_owned()),
            (Kind::Text | Kind::Json, Json::Text(word)) => self.long(word),
            (_, Json::Text(word)) => text(word, self.dialect),
            _ => return wrong("a string"),
        };
        Ok(Some(literal))
    }

    /// A default of a long text, which MySQL takes as an expression alone.
    fn long(&self, word: &str) -> String {
        let literal = text(word, self.dialect);
        match self.dialect {
            Dialect::Mysql => format!("({literal})"),
            _ => literal,
        }
    }
}

const NEVER_NULL: &str = "where the row it names is deleted, this would become NULL, which it may not (`required`): write `onDelete` as `cascade` or `restrict`";

fn table_takes_null(columns: &[Column]) -> bool {
    columns.last().is_some_and(|column| column.nullable)
}

fn key_of(table: &Table) -> Option<&str> {
    let key = table.primary_key.as_ref()?;
    match key.parts.as_slice() {
        [
            IndexPart {
                on: IndexOn::Column(name),
                ..
            },
        ] => Some(name),
        _ => None,
    }
}

fn is_now(word: &str) -> bool {
    let plain: String = word.to_ascii_lowercase();
    matches!(
        plain.trim_end_matches("()"),
        "now" | "current_timestamp" | "current_date"
    )
}

/// A text as an SQL literal.
fn text(word: &str, dialect: Dialect) -> String {
    let word = word.replace('\'', "''");
    match dialect {
        Dialect::Mysql => format!("'{}'", word.replace('\\', "\\\\")),
        _ => format!("'{word}'"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"{"fields": {
        "title": {"type": "string", "required": true, "default": "it's"},
        "mail": {"type": "email", "unique": true},
        "body": "text", "extra": {"type": "json", "default": {"a": 1}}, "price": {"type": "number", "default": 1.5}, "cost": "decimal",
        "stock": {"type": "integer", "default": -3}, "open": {"type": "boolean", "default": true}, "day": "date",
        "at": {"type": "datetime", "default": "now"},
        "state": {"type": "enum", "values": ["new", "old"], "default": "new"},
        "owner": {"type": "relation", "target": "users", "onDelete": "cascade"}, "other": {"type": "relation", "target": "users"}
    }}"#;

    fn table(dialect: Dialect) -> Table {
        let users = r#"{"fields": {"id": {"type": "integer", "primaryKey": true}}}"#;
        let definitions =
            Definitions::read([("items.json", FILE), ("users.json", users)], &[]).unwrap();
        definitions.schema(dialect).unwrap().tables.remove(0)
    }

    fn columns(dialect: Dialect) -> Vec<String> {
        let table = table(dialect);
        let columns = table.columns.iter().map(|column| {
            let null = if column.nullable { "" } else { " NOT NULL" };
            let default = column
                .default
                .as_ref()
                .map(|text| format!(" DEFAULT {text}"));
            format!(
                "{} {}{null}{}",
                column.name,
                column.data_type,
                default.unwrap_or_default()
            )
        });
        columns.collect()
    }

    #[test]
    fn types_on_sqlite() {
        assert_eq!(
            columns(Dialect::Sqlite),
            [
                "id TEXT NOT NULL",
                "title TEXT NOT NULL DEFAULT 'it''s'",
                "mail TEXT",
                "body TEXT",
                "extra TEXT DEFAULT '{\"a\":1}'",
                "price REAL DEFAULT 1.5",
                "cost REAL",
                "stock INTEGER DEFAULT -3",
                "open INTEGER DEFAULT 1",
                "day TEXT",
                "at TEXT DEFAULT CURRENT_TIMESTAMP",
                "state TEXT DEFAULT 'new'",
                "ownerId INTEGER",
                "otherId INTEGER",
                "created_at TEXT DEFAULT CURRENT_TIMESTAMP",
                "updated_at TEXT DEFAULT CURRENT_TIMESTAMP",
            ]
        );
    }

    #[test]
    fn types_on_postgres_and_mysql() {
        let types = |dialect| -> Vec<String> {
            table(dialect)
                .columns
                .iter()
                .map(|column| column.data_type.clone())
                .collect()
        };
        let postgres = [
            "VARCHAR(255)",
            "VARCHAR(255)",
            "VARCHAR(255)",
            "TEXT",
            "TEXT",
            "DECIMAL",
            "DECIMAL",
            "INTEGER",
            "BOOLEAN",
            "DATE",
            "TIMESTAMP",
            "TEXT",
            "INTEGER",
            "INTEGER",
            "TIMESTAMP",
            "TIMESTAMP",
        ];
        assert_eq!(types(Dialect::Postgres), postgres);
        let mysql = [
            "VARCHAR(255)",
            "VARCHAR(255)",
            "VARCHAR(255)",
            "TEXT",
            "TEXT",
            "DOUBLE",
            "DECIMAL(38, 10)",
            "INT",
            "BOOLEAN",
            "DATE",
            "DATETIME",
            "VARCHAR(255)",
            "INT",
            "INT",
            "DATETIME",
            "DATETIME",
        ];
        assert_eq!(types(Dialect::Mysql), mysql);
    }

    #[test]
    fn keys_checks_and_references() {
        let table = table(Dialect::Sqlite);
        assert_eq!(table.primary_key, Some(Key::on(["id"])));
        assert_eq!(table.uniques, [Key::on(["mail"])]);
        assert_eq!(table.checks[0].expression, "\"state\" IN ('new', 'old')");
        let keys: Vec<String> = table
            .foreign_keys
            .iter()
            .map(|key| {
                format!(
                    "{:?} {} {:?} {:?}",
                    key.columns, key.table, key.referred, key.on_delete
                )
            })
            .collect();
        assert_eq!(
            keys,
            [
                "[\"ownerId\"] users [\"id\"] Some(\"CASCADE\")",
                "[\"otherId\"] users [\"id\"] Some(\"SET NULL\")"
            ]
        );
    }

    #[test]
    fn a_reference_that_can_never_become_null() {
        let text = r#"{"fields": {"a": {"type": "relation", "target": "t", "required": true}}}"#;
        let definitions = Definitions::read([("t.json", text)], &[]).unwrap();
        let expected = format!("t.json: fields.a: {NEVER_NULL}");
        let warnings: Vec<String> = definitions
            .warnings()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(warnings, std::slice::from_ref(&expected));
        assert!(definitions.schema(Dialect::Postgres).is_ok());
        let refused = definitions.schema(Dialect::Mysql).unwrap_err();
        assert_eq!(refused.to_string(), expected);
    }

    #[test]
    fn what_no_database_could_have_is_told() {
        for (field, expected) in [
            (
                r#"{"type": "relation", "target": "user"}"#,
                "fields.a: no file defines `user`, and the database has no such table; did you mean `users`?",
            ),
            (
                r#"{"type": "integer", "default": "x"}"#,
                "fields.a.default: this is a string, and the type asks for a whole number",
            ),
            (
                r#"{"type": "integer", "default": 1.5}"#,
                "fields.a.default: this is a number, and the type asks for a whole number",
            ),
            (
                r#"{"type": "boolean", "default": 1}"#,
                "fields.a.default: this is a number, and the type asks for true or false",
            ),
            (
                r#"{"type": "enum", "values": ["x"], "default": "y"}"#,
                "fields.a.default: `y` is none of the enum's words",
            ),
            (
                r#"{"type": "string", "foreignKey": {"table": "users", "column": "idd"}}"#,
                "fields.a.foreignKey.column: the table has no column `idd`; did you mean `id`?",
            ),
        ] {
            let text = format!(r#"{{"fields": {{"a": {field}}}}}"#);
            let files = [
                ("t.json", text.as_str()),
                ("users.json", r#"{"fields": {}}"#),
            ];
            let definitions = Definitions::read(files, &[]).unwrap();
            let faults = definitions.schema(Dialect::Sqlite).unwrap_err();
            assert_eq!(faults.to_string(), format!("t.json: {expected}"));
        }
    }
}
