//! A file as a definition.

use super::{Definition, Definitions, Fault, Faults, Field, Kind, Reference};
use crate::{
    near::{listed, nearest},
    schema::json::Json,
};

/// What a file may have beside its fields.
const FILE_KEYS: [&str; 4] = ["fields", "permissions", "description", "renamedFrom"];
const FIELD_KEYS: [&str; 13] = [
    "type",
    "required",
    "unique",
    "default",
    "target",
    "onDelete",
    "enum",
    "values",
    "format",
    "description",
    "primaryKey",
    "foreignKey",
    "renamedFrom",
];
const REFERENCE_KEYS: [&str; 3] = ["table", "column", "onDelete"];
const TYPES: [&str; 17] = [
    "string",
    "email",
    "text",
    "json",
    "number",
    "decimal",
    "integer",
    "biginteger",
    "boolean",
    "date",
    "time",
    "datetime",
    "timestamp",
    "uuid",
    "blob",
    "enum",
    "relation",
];
const ON_DELETE: [&str; 5] = [
    "CASCADE",
    "SET NULL",
    "RESTRICT",
    "NO ACTION",
    "SET DEFAULT",
];

impl Definitions {
    /// Reads files: their names, and what is in them. Keys that are to be ignored are given by name.
    ///
    /// # Errors
    ///
    /// All that is wrong in any of them: no JSON, an unknown key or type, a value that does not fit.
    pub fn read<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
        ignored: &[&str],
    ) -> Result<Self, Faults> {
        let mut faults = Vec::new();
        let mut tables: Vec<Definition> = Vec::new();
        for (file, text) in files {
            let mut reader = Reader {
                file,
                ignored,
                faults: &mut faults,
            };
            let Some(definition) = reader.file(text) else {
                continue;
            };
            let twin = tables
                .iter()
                .find(|other| other.table.eq_ignore_ascii_case(&definition.table));
            if let Some(twin) = twin {
                let message = format!("`{}` defines this table too", twin.file);
                faults.push(definition.fault("", message));
            }
            tables.push(definition);
        }
        if !faults.is_empty() {
            return Err(Faults(faults));
        }
        tables.sort_by(|a, b| a.table.cmp(&b.table));
        Ok(Self { tables })
    }
}

struct Reader<'a> {
    file: &'a str,
    ignored: &'a [&'a str],
    faults: &'a mut Vec<Fault>,
}

impl Reader<'_> {
    fn fault(&mut self, path: &str, message: impl Into<String>) {
        self.faults.push(Fault {
            file: self.file.to_owned(),
            path: path.to_owned(),
            message: message.into(),
        });
    }

    fn file(&mut self, text: &str) -> Option<Definition> {
        let value = match Json::read(text) {
            Ok(value) => value,
            Err(error) => {
                self.fault("", format!("this is no JSON: {error}"));
                return None;
            }
        };
        let members = self.object("", &value)?;
        self.unknown("", members, &FILE_KEYS);
        let name = self.file.rsplit(['/', '\\']).next().unwrap_or_default();
        let table = name.strip_suffix(".json").unwrap_or(name);
        if !is_name(table) {
            self.fault(
                "",
                "the name of the file is that of the table: letters, digits and `_`, no digit first",
            );
        }
        let mut definition = Definition {
            file: self.file.to_owned(),
            table: table.to_owned(),
            description: self.text("", members, "description"),
            renamed_from: self.text("", members, "renamedFrom"),
            fields: Vec::new(),
            whole: true,
            partial: false,
        };
        match get(members, "fields") {
            None => self.fault("", "`fields` is missing"),
            Some(fields) => {
                for (name, field) in self.object("fields", fields).unwrap_or_default() {
                    let field = self.field(name, field);
                    definition.fields.extend(field);
                }
            }
        }
        self.columns(&definition.fields);
        Some(definition)
    }

    fn field(&mut self, name: &str, value: &Json) -> Option<Field> {
        let path = format!("fields.{name}");
        if !is_name(name) {
            self.fault(
                &path,
                "the name of a field has letters, digits and `_`, and no digit first",
            );
        }
        // `"name": "string"` is short for `{"type": "string"}`.
        let short = [("type".to_owned(), value.clone())];
        let members = match value {
            Json::Text(_) => &short,
            _ => self.object(&path, value)?,
        };
        self.unknown(&path, members, &FIELD_KEYS);
        let kind = self.kind(&path, members)?;
        let references = match kind {
            Kind::Relation => self.relation(&path, members),
            _ => self.foreign_key(&path, members),
        };
        // What a text looks like inside is the application's business, not the column's.
        self.text(&path, members, "format");
        Some(Field {
            name: name.to_owned(),
            kind,
            required: self.flag(&path, members, "required"),
            unique: self.flag(&path, members, "unique"),
            primary_key: self.flag(&path, members, "primaryKey"),
            default: get(members, "default").cloned(),
            references,
            description: self.text(&path, members, "description"),
            renamed_from: self.text(&path, members, "renamedFrom"),
        })
    }

    fn kind(&mut self, path: &str, members: &[(String, Json)]) -> Option<Kind> {
        let words = self.words(path, members);
        let Some(word) = get(members, "type") else {
            if let Some(words) = words {
                return Some(Kind::Enum(words));
            }
            self.fault(path, "`type` is missing");
            return None;
        };
        let path = &format!("{path}.type");
        let Json::Text(word) = word else {
            self.fault(
                path,
                format!("this is {}, and has to be a string", word.noun()),
            );
            return None;
        };
        let kind = match (word.as_str(), Kind::of(word)) {
            (_, Some(kind)) => kind,
            ("relation", _) => Kind::Relation,
            ("enum", _) => {
                if words.is_none() {
                    let message = "an enum needs its words: write `\"values\": [\"…\"]` beside it";
                    self.fault(path, message);
                }
                return Some(Kind::Enum(words.unwrap_or_default()));
            }
            (other, None) => {
                let mut message = format!("there is no type `{other}`");
                match nearest(other, TYPES) {
                    Some(near) => message += &format!("; did you mean `{near}`?"),
                    None => message += &format!("; there are {}", listed(&TYPES)),
                }
                self.fault(path, message);
                return None;
            }
        };
        match (words, &kind) {
            // Words beside a type of text make it an enum.
            (Some(words), Kind::String | Kind::Text) => Some(Kind::Enum(words)),
            (Some(_), _) => {
                self.fault(
                    path,
                    format!("only an enum has words, and this is `{word}`"),
                );
                Some(kind)
            }
            (None, _) => Some(kind),
        }
    }

    /// `enum` and `values`, which mean the same.
    fn words(&mut self, path: &str, members: &[(String, Json)]) -> Option<Vec<String>> {
        let (key, value) = match (get(members, "enum"), get(members, "values")) {
            (Some(value), None) => ("enum", value),
            (None, Some(value)) => ("values", value),
            (None, None) => return None,
            (Some(_), Some(_)) => {
                self.fault(path, "`enum` and `values` mean the same: take one out");
                return None;
            }
        };
        let path = &format!("{path}.{key}");
        let Json::Array(elements) = value else {
            self.fault(
                path,
                format!("this is {}, and has to be an array", value.noun()),
            );
            return Some(Vec::new());
        };
        let mut words: Vec<String> = Vec::new();
        for (at, element) in elements.iter().enumerate() {
            let path = format!("{path}[{at}]");
            match element {
                Json::Text(word) if words.contains(word) => {
                    self.fault(&path, format!("`{word}` stands there twice"));
                }
                Json::Text(word) => words.push(word.clone()),
                other => self.fault(
                    &path,
                    format!("this is {}, and has to be a string", other.noun()),
                ),
            }
        }
        if elements.is_empty() {
            self.fault(path, "an enum without words can hold nothing");
        }
        Some(words)
    }

    fn relation(&mut self, path: &str, members: &[(String, Json)]) -> Option<Reference> {
        if get(members, "foreignKey").is_some() {
            self.fault(
                &format!("{path}.foreignKey"),
                "a relation has `target` and `onDelete`: `foreignKey` is for fields of other types",
            );
        }
        let Some(table) = self.text(path, members, "target") else {
            if get(members, "target").is_none() {
                self.fault(
                    path,
                    "a relation needs its table: write `\"target\": \"…\"` beside it",
                );
            }
            return None;
        };
        let on_delete = self.on_delete(path, members);
        Some(Reference {
            table,
            column: None,
            on_delete: on_delete.unwrap_or_else(|| Some("SET NULL".to_owned())),
        })
    }

    fn foreign_key(&mut self, path: &str, members: &[(String, Json)]) -> Option<Reference> {
        for key in ["target", "onDelete"] {
            if get(members, key).is_some() {
                self.fault(
                    &format!("{path}.{key}"),
                    "only a relation has it: write `\"type\": \"relation\"`, or `foreignKey` with `table`",
                );
            }
        }
        let path = &format!("{path}.foreignKey");
        let value = get(members, "foreignKey")?;
        let members = self.object(path, value)?;
        self.unknown(path, members, &REFERENCE_KEYS);
        if get(members, "table").is_none() {
            self.fault(path, "`table` is missing");
        }
        Some(Reference {
            table: self.text(path, members, "table")?,
            column: self.text(path, members, "column"),
            on_delete: self.on_delete(path, members).unwrap_or_default(),
        })
    }

    /// None where nothing is written.
    fn on_delete(&mut self, path: &str, members: &[(String, Json)]) -> Option<Option<String>> {
        let word = self.text(path, members, "onDelete")?;
        let plain: String = word.chars().filter(char::is_ascii_alphabetic).collect();
        let known = ON_DELETE
            .iter()
            .find(|known| known.replace(' ', "").eq_ignore_ascii_case(&plain));
        let Some(known) = known else {
            let message = format!("`{word}` is none of {}", listed(&ON_DELETE));
            self.fault(&format!("{path}.onDelete"), message);
            return Some(None);
        };
        Some(Some((*known).to_owned()).filter(|known| known != "NO ACTION"))
    }

    /// Two fields may come to one column: a relation `team`, and `teamId`.
    fn columns(&mut self, fields: &[Field]) {
        for (at, field) in fields.iter().enumerate() {
            let column = field.column();
            let twin = fields[..at]
                .iter()
                .find(|other| other.column().eq_ignore_ascii_case(&column));
            if let Some(twin) = twin {
                self.fault(
                    &format!("fields.{}", field.name),
                    format!("its column `{column}` is also that of `{}`", twin.name),
                );
            }
        }
    }

    fn object<'j>(&mut self, path: &str, value: &'j Json) -> Option<&'j [(String, Json)]> {
        if let Json::Object(members) = value {
            return Some(members);
        }
        self.fault(
            path,
            format!("this is {}, and has to be an object", value.noun()),
        );
        None
    }

    fn unknown(&mut self, path: &str, members: &[(String, Json)], known: &[&str]) {
        for (key, _) in members {
            if known.contains(&key.as_str()) || self.ignored.contains(&key.as_str()) {
                continue;
            }
            let path = if path.is_empty() {
                key.clone()
            } else {
                format!("{path}.{key}")
            };
            let message = match nearest(key, known.iter().copied()) {
                Some(near) => format!("unknown key; did you mean `{near}`?"),
                None => format!("unknown key; there are {}", listed(known)),
            };
            self.fault(&path, message);
        }
    }

    fn text(&mut self, path: &str, members: &[(String, Json)], key: &str) -> Option<String> {
        match get(members, key)? {
            Json::Text(text) => Some(text.clone()),
            other => {
                let message = format!("this is {}, and has to be a string", other.noun());
                self.fault(&join(path, key), message);
                None
            }
        }
    }

    fn flag(&mut self, path: &str, members: &[(String, Json)], key: &str) -> bool {
        match get(members, key) {
            None => false,
            Some(Json::Boolean(value)) => *value,
            Some(other) => {
                let message = format!("this is {}, and has to be true or false", other.noun());
                self.fault(&join(path, key), message);
                false
            }
        }
    }
}

fn join(path: &str, key: &str) -> String {
    match path {
        "" => key.to_owned(),
        _ => format!("{path}.{key}"),
    }
}

fn get<'a>(members: &'a [(String, Json)], key: &str) -> Option<&'a Json> {
    let mut members = members.iter();
    members
        .find(|(name, _)| name == key)
        .map(|(_, value)| value)
}

/// A name that is one on every database, quoted or not.
fn is_name(text: &str) -> bool {
    let mut letters = text.chars();
    letters
        .next()
        .is_some_and(|first| first.is_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_alphanumeric() || letter == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<String> {
        let read = Definitions::read([("meta/users.json", text)], &[]);
        read.unwrap_err()
            .0
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn all_keys_are_read() {
        let text = r#"{"description": "People", "permissions": {"read": []}, "renamedFrom": "persons", "fields": {
            "nick": "string",
            "email": {"type": "email", "required": true, "unique": true, "format": "email", "description": "d", "renamedFrom": "mail"},
            "role": {"type": "enum", "values": ["admin", "user"], "default": "user"},
            "team": {"type": "relation", "target": "teams"},
            "boss": {"type": "relation", "target": "users", "onDelete": "noAction"},
            "plan": {"type": "integer", "foreignKey": {"table": "plans", "column": "number", "onDelete": "set null"}}
        }}"#;
        let read = Definitions::read([("meta/users.json", text)], &[]).unwrap();
        let users = read.table("Users").unwrap();
        assert_eq!(users.renamed_from.as_deref(), Some("persons"));
        let columns: Vec<String> = users.fields.iter().map(Field::column).collect();
        assert_eq!(
            columns,
            ["nick", "email", "role", "teamId", "bossId", "plan"]
        );
        let email = &users.fields[1];
        assert!(email.required && email.unique && !email.primary_key);
        assert_eq!(email.renamed_from.as_deref(), Some("mail"));
        assert_eq!(
            users.fields[2].kind,
            Kind::Enum(vec!["admin".to_owned(), "user".to_owned()])
        );
        let deletes: Vec<Option<&str>> = users.fields[3..]
            .iter()
            .map(|field| field.references.as_ref().unwrap().on_delete.as_deref())
            .collect();
        assert_eq!(deletes, [Some("SET NULL"), None, Some("SET NULL")]);
    }

    #[test]
    fn mistakes_say_where_and_what() {
        for (text, expected) in [
            (
                r#"{"fields": {"a": {"type": "string", "uniqe": true}}}"#,
                "meta/users.json: fields.a.uniqe: unknown key; did you mean `unique`?",
            ),
            (
                r#"{"fields": {}, "hooks": {}}"#,
                "meta/users.json: hooks: unknown key; there are `fields`, `permissions`, `description` and `renamedFrom`",
            ),
            (
                r#"{"fields": {"a": {"type": "strin"}}}"#,
                "meta/users.json: fields.a.type: there is no type `strin`; did you mean `string`?",
            ),
            (
                r#"{"fields": {"a": {"type": "string", "required": "yes"}}}"#,
                "meta/users.json: fields.a.required: this is a string, and has to be true or false",
            ),
            (
                r#"{"fields": {"a": {"type": "relation"}}}"#,
                "meta/users.json: fields.a: a relation needs its table: write `\"target\": \"…\"` beside it",
            ),
            (
                r#"{"fields": {"a": {"type": "relation", "target": "b", "onDelete": "explode"}}}"#,
                "meta/users.json: fields.a.onDelete: `explode` is none of `CASCADE`, `SET NULL`, `RESTRICT`, `NO ACTION` and `SET DEFAULT`",
            ),
            (
                r#"{"fields": {"a": {"type": "enum"}}}"#,
                "meta/users.json: fields.a.type: an enum needs its words: write `\"values\": [\"…\"]` beside it",
            ),
            (
                r#"{"fields": {"a": {"type": "relation", "target": "b"}, "aId": "string"}}"#,
                "meta/users.json: fields.aId: its column `aId` is also that of `a`",
            ),
            (
                r#"{"fields": {"a b": "string"}}"#,
                "meta/users.json: fields.a b: the name of a field has letters, digits and `_`, and no digit first",
            ),
            (
                r#"[]"#,
                "meta/users.json: this is an array, and has to be an object",
            ),
            (r#"{}"#, "meta/users.json: `fields` is missing"),
            (
                "{",
                "meta/users.json: this is no JSON: EOF while parsing an object at line 1 column 1",
            ),
        ] {
            assert_eq!(faults(text), [expected], "{text}");
        }
    }

    #[test]
    fn all_mistakes_are_told_at_once_and_keys_can_be_ignored() {
        let text = r#"{"hooks": {}, "fields": {"a": {"type": "x1"}, "b": {"type": "x2"}}}"#;
        assert_eq!(faults(text).len(), 3);
        let text = r#"{"hooks": {}, "fields": {"a": {"type": "string", "ui": {}}}}"#;
        assert!(Definitions::read([("a.json", text)], &["hooks", "ui"]).is_ok());
    }

    #[test]
    fn one_table_has_one_file_and_a_name_that_is_one() {
        let text = r#"{"fields": {}}"#;
        let read = Definitions::read([("a/users.json", text), ("b/Users.json", text)], &[]);
        assert_eq!(
            read.unwrap_err().to_string(),
            "b/Users.json: `a/users.json` defines this table too"
        );
        let read = Definitions::read([("../x-y.json", text)], &[]);
        assert!(read.unwrap_err().to_string().contains("letters, digits"));
    }
}
