//! Tables.

use super::{
    Path, Reader, elements, members,
    parts::{deferrable, flag, optional, text, texts},
    triggers,
};
use crate::{
    Dialect,
    schema::{
        Check, Column, Exclusion, ForeignKey, Generated, Identity, Index, IndexPart, Key,
        ObjectName, Table, TableKind,
        document::{
            short::{self, Constraint},
            types::own,
        },
        json::Json,
    },
};

/// Where the parts of a table stand, in the order in which the table has them.
#[derive(Debug, Default)]
pub(in crate::schema::document) struct Places {
    pub(in crate::schema::document) table: String,
    /// Its form is wrong, so that nothing is concluded of what it has not.
    pub(in crate::schema::document) broken: bool,
    pub(in crate::schema::document) columns: Vec<String>,
    pub(in crate::schema::document) primary_key: String,
    pub(in crate::schema::document) uniques: Vec<String>,
    /// And whether it says itself that it dangles.
    pub(in crate::schema::document) foreign_keys: Vec<(String, bool)>,
    pub(in crate::schema::document) checks: Vec<String>,
    pub(in crate::schema::document) indexes: Vec<String>,
}

impl Reader<'_> {
    pub(super) fn table(&mut self, name: &str, json: &Json, path: &Path<'_>) -> (Table, Places) {
        let place = path.to_string();
        let mut places = Places {
            broken: self.is_broken(&place),
            table: place,
            ..Places::default()
        };
        let mut table = Table::new(self.name(name, path));
        table.kind = self.kind(json, path, &mut places);
        for (column, place) in self.columns(json, path) {
            table.columns.push(column);
            places.columns.push(place);
        }
        self.short_keys(json, path, &mut table, &mut places);
        let here = path.key("constraints");
        for (at, one) in elements(json, "constraints").iter().enumerate() {
            self.constraint(one, &here.element(at), &mut table, &mut places);
        }
        (table.indexes, places.indexes) = self.indexes(&table.name, json, path);
        table.triggers = triggers(json);
        table.strict = flag(json, "strict");
        table.without_rowid = flag(json, "without_rowid");
        let options = members(json, "options");
        table.options = options
            .map(|(name, value)| {
                (
                    name.to_owned(),
                    value.as_text().unwrap_or_default().to_owned(),
                )
            })
            .collect();
        table.comment = optional(json, "comment");
        table.open = flag(json, "open");
        self.not_null_by_key(&mut table);
        (table, places)
    }

    fn kind(&mut self, json: &Json, path: &Path<'_>, places: &mut Places) -> TableKind {
        let parents = self.names(json, "parents", path);
        let (definition, partitioned) =
            (optional(json, "definition"), optional(json, "partition_by"));
        match (definition, partitioned, parents.is_empty()) {
            (None, None, true) if json.get("columns").is_none() => {
                if !places.broken {
                    self.fault(path, "the key `columns` is missing");
                }
                places.broken = true;
                TableKind::Plain
            }
            (None, None, true) => TableKind::Plain,
            (Some(sql), None, true) => TableKind::Other(sql),
            (None, Some(by), true) => TableKind::Partitioned(by),
            (None, None, false) => TableKind::Child {
                parents,
                bounds: optional(json, "bounds"),
            },
            _ => {
                self.fault(
                    path,
                    "a table has one of `definition`, `partition_by` and `parents`, not several",
                );
                TableKind::Plain
            }
        }
    }

    /// The columns and where they stand. What has no name is left out.
    pub(super) fn columns(&mut self, json: &Json, path: &Path<'_>) -> Vec<(Column, String)> {
        let here = path.key("columns");
        let mut columns = Vec::new();
        for (at, one) in elements(json, "columns").iter().enumerate() {
            let path = here.element(at);
            if let Some(column) = self.column(one, &path) {
                columns.push((column, path.to_string()));
            }
        }
        columns
    }

    fn column(&mut self, json: &Json, path: &Path<'_>) -> Option<Column> {
        if let Json::Text(text) = json {
            let name = self.short_column(text, path);
            return Some(Column::new(name, own("string", self.dialect)));
        }
        let name = optional(json, "name")?;
        if name.is_empty() {
            self.fault(&path.key("name"), "a name is empty");
        }
        let mut column = Column::new(name, self.data_type(json, path));
        column.nullable = json.get("nullable") != Some(&Json::Boolean(false));
        column.default = self.default(json, path);
        column.generated = json
            .get("generated")
            .filter(|one| **one != Json::Null)
            .map(|one| Generated {
                expression: text(one, "expression"),
                stored: flag(one, "stored"),
            });
        column.identity = match json.get("identity").and_then(Json::as_text) {
            Some("always") => Some(Identity::Always),
            Some(_) => Some(Identity::ByDefault),
            None => None,
        };
        column.auto_increment = flag(json, "auto_increment");
        column.on_update = optional(json, "on_update");
        column.invisible = flag(json, "invisible");
        column.collation = optional(json, "collation");
        column.comment = optional(json, "comment");
        let valued = [
            column.default.is_some(),
            column.generated.is_some(),
            column.identity.is_some(),
            column.auto_increment,
        ];
        if valued.into_iter().filter(|given| *given).count() > 1 {
            let message = "a column has one of `default`, `generated`, `identity` and `auto_increment`, not several";
            self.fault(path, message);
        }
        Some(column)
    }

    fn data_type(&mut self, json: &Json, path: &Path<'_>) -> String {
        match (optional(json, "type"), optional(json, "sql_type")) {
            (Some(_), Some(own)) => {
                self.fault(path, "a column has one of `type` and `sql_type`, not both");
                own
            }
            (Some(word), None) => own(&word, self.dialect),
            (None, Some(own)) => own,
            (None, None) => {
                if !self.is_broken(&path.to_string()) {
                    self.fault(path, "the key `type` is missing");
                }
                String::new()
            }
        }
    }

    fn default(&mut self, json: &Json, path: &Path<'_>) -> Option<String> {
        match json.get("default")? {
            Json::Text(text) if text.trim().is_empty() => {
                self.fault(
                    &path.key("default"),
                    "this is no expression; for an empty text write `\"''\"`",
                );
                None
            }
            Json::Text(text) => Some(text.clone()),
            Json::Number(number) => Some(number.to_string()),
            Json::Boolean(true) => Some("TRUE".to_owned()),
            Json::Boolean(false) => Some("FALSE".to_owned()),
            _ => None,
        }
    }

    /// What columns say of keys themselves.
    fn short_keys(&mut self, json: &Json, path: &Path<'_>, table: &mut Table, places: &mut Places) {
        let here = path.key("columns");
        for (at, one) in elements(json, "columns").iter().enumerate() {
            let Some(name) = optional(one, "name") else {
                continue;
            };
            let path = here.element(at);
            if flag(one, "primary_key") {
                self.primary_key(
                    Key::on([name.clone()]),
                    &path.key("primary_key"),
                    table,
                    places,
                );
            }
            if flag(one, "unique") {
                table.uniques.push(Key::on([name]));
                places.uniques.push(path.key("unique").to_string());
            }
        }
    }

    fn primary_key(&mut self, key: Key, path: &Path<'_>, table: &mut Table, places: &mut Places) {
        if table.primary_key.is_some() {
            let message = format!(
                "a table has one primary key, and there is one already at {}. For a key on several columns write \
                 {{\"type\": \"primary_key\", \"columns\": […]}}",
                places.primary_key
            );
            self.fault(path, message);
            return;
        }
        table.primary_key = Some(key);
        places.primary_key = path.to_string();
    }

    fn constraint(&mut self, json: &Json, path: &Path<'_>, table: &mut Table, places: &mut Places) {
        let read = match json {
            Json::Text(text) => match short::constraint(text, self.dialect) {
                Ok(constraint) => constraint,
                Err(message) => return self.fault(path, message),
            },
            _ => match self.long_constraint(json, path, table) {
                Some(constraint) => constraint,
                None => return,
            },
        };
        match read {
            Constraint::Primary(key) => self.primary_key(key, path, table, places),
            Constraint::Unique(key) => {
                table.uniques.push(key);
                places.uniques.push(path.to_string());
            }
            Constraint::Foreign(key) => {
                table.foreign_keys.push(key);
                places
                    .foreign_keys
                    .push((path.to_string(), flag(json, "dangling")));
            }
            Constraint::Check(check) => {
                table.checks.push(check);
                places.checks.push(path.to_string());
            }
        }
    }

    fn long_constraint(
        &mut self,
        json: &Json,
        path: &Path<'_>,
        table: &mut Table,
    ) -> Option<Constraint> {
        let kind = text(json, "type");
        let needs: &[&str] = match kind.as_str() {
            "primary_key" | "unique" => &["columns"],
            "foreign_key" => &["columns", "references"],
            "check" => &["expression"],
            "exclude" => &["definition"],
            _ => return None,
        };
        self.belongs(json, &kind, path);
        if let Some(missing) = needs.iter().find(|key| json.get(key).is_none()) {
            self.fault(path, format!("the key `{missing}` is missing"));
            return None;
        }
        match kind.as_str() {
            "primary_key" => Some(Constraint::Primary(self.key(json, path))),
            "unique" => Some(Constraint::Unique(self.key(json, path))),
            "foreign_key" => self.foreign_key(json, path).map(Constraint::Foreign),
            "check" => Some(Constraint::Check(Check {
                name: optional(json, "name"),
                expression: text(json, "expression"),
                column: optional(json, "column"),
                no_inherit: flag(json, "no_inherit"),
                not_valid: flag(json, "not_valid"),
            })),
            _ => {
                table.exclusions.push(Exclusion {
                    name: optional(json, "name"),
                    definition: text(json, "definition"),
                });
                None
            }
        }
    }

    /// The keys that a constraint of this type does not have.
    fn belongs(&mut self, json: &Json, kind: &str, path: &Path<'_>) {
        let allowed: &[&str] = match kind {
            "primary_key" => &["columns", "deferrable", "include", "on_conflict"],
            "unique" => &[
                "columns",
                "deferrable",
                "include",
                "nulls_not_distinct",
                "on_conflict",
            ],
            "foreign_key" => &[
                "columns",
                "references",
                "on_delete",
                "on_update",
                "dangling",
                "deferrable",
                "not_valid",
            ],
            "check" => &["expression", "column", "no_inherit", "not_valid"],
            _ => &["definition"],
        };
        for (key, _) in json.members() {
            let here = path.key(key);
            if matches!(key.as_str(), "name" | "type")
                || allowed.contains(&key.as_str())
                || self.is_broken(&here.to_string())
            {
                continue;
            }
            let message = format!("a constraint of the type `{kind}` has no such key");
            self.fault(&here, message);
        }
    }

    fn foreign_key(&mut self, json: &Json, path: &Path<'_>) -> Option<ForeignKey> {
        let columns = self.plain_columns(json, path);
        let here = path.key("references");
        let references = json.get("references")?;
        let (table, referred) = match references {
            Json::Text(text) => match short::reference(text, self.dialect) {
                Ok(reference) => reference,
                Err(message) => {
                    self.fault(&here, message);
                    return None;
                }
            },
            _ => (
                self.name(&optional(references, "table")?, &here.key("table")),
                texts(references, "columns"),
            ),
        };
        let action = |key| optional(json, key).filter(|action| action != "NO ACTION");
        Some(ForeignKey {
            name: optional(json, "name"),
            columns,
            table,
            referred,
            on_delete: action("on_delete"),
            on_update: action("on_update"),
            deferrable: deferrable(json),
            not_valid: flag(json, "not_valid"),
        })
    }

    /// The indexes and where they stand.
    pub(super) fn indexes(
        &mut self,
        table: &ObjectName,
        json: &Json,
        path: &Path<'_>,
    ) -> (Vec<Index>, Vec<String>) {
        let here = path.key("indexes");
        let all = elements(json, "indexes").iter().enumerate();
        all.map(|(at, one)| {
            let path = here.element(at);
            (self.index(table, one, &path), path.to_string())
        })
        .unzip()
    }

    fn index(&mut self, table: &ObjectName, json: &Json, path: &Path<'_>) -> Index {
        let parts = match json {
            Json::Text(text) => vec![IndexPart::column(self.short_column(text, path))],
            _ => self.parts(json, path),
        };
        let name = optional(json, "name").unwrap_or_else(|| made_name(table, &parts));
        Index {
            name,
            unique: flag(json, "unique"),
            method: optional(json, "method"),
            parts,
            include: texts(json, "include"),
            nulls_not_distinct: flag(json, "nulls_not_distinct"),
            predicate: optional(json, "where"),
            comment: optional(json, "comment"),
        }
    }

    /// The columns of a primary key take no NULL, where the engine says so. On SQLite it does of what is the rowid.
    fn not_null_by_key(&self, table: &mut Table) {
        let Some(key) = &table.primary_key else {
            return;
        };
        let key: Vec<&str> = short::columns_of(&key.parts);
        let engine_says = self.dialect != Dialect::Sqlite || table.without_rowid;
        let is_alone = key.len() == 1;
        for column in &mut table.columns {
            let is_rowid = is_alone && column.data_type.eq_ignore_ascii_case("integer");
            let of_key = key
                .iter()
                .any(|name| name.eq_ignore_ascii_case(&column.name));
            if of_key && (engine_says || is_rowid) {
                column.nullable = false;
            }
        }
    }
}

/// A name for an index that has none: no longer than every engine takes.
fn made_name(table: &ObjectName, parts: &[IndexPart]) -> String {
    let columns = short::columns_of(parts).join("_");
    let columns = if columns.is_empty() {
        "expression".to_owned()
    } else {
        columns
    };
    let mut name = format!("{}_{columns}", table.name);
    while name.len() > 59 {
        name.pop();
    }
    name + "_idx"
}
