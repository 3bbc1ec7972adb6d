//! A live schema as the definitions would have it.
//!
//! Definitions speak of columns and of what hangs on one of them; everything else of a table (its indexes, triggers, keys of
//! several columns, collations) stays as it is, and so do tables that no file defines.

use super::{Definition, Definitions, Faults, fits::fits};
use crate::{
    Dialect,
    lex::{TokenKind, tokens},
    schema::{
        Check, Column, ForeignKey, IndexOn, IndexPart, Key, ObjectName, Schema, Table,
        diff::{Change, Hints, TableChange},
    },
};

/// What the definitions make of a schema.
#[derive(Clone, Debug, PartialEq)]
pub struct Merged {
    /// The schema as it is to be.
    pub schema: Schema,
    /// What was renamed on the way.
    pub hints: Hints,
    /// Columns that are there and in no file. They are gone in `schema` where that was allowed, and else still there.
    pub removals: Vec<Removal>,
}

/// A column that no file names any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removal {
    /// The file of its table.
    pub file: String,
    /// The table.
    pub table: ObjectName,
    /// The column.
    pub column: String,
}

impl Definitions {
    /// What the definitions make of a schema. A column that is there and in no file stays, unless `allow_drop` says otherwise.
    ///
    /// # Errors
    ///
    /// What cannot be on this database, as for [`Definitions::schema`].
    pub fn merge(&self, live: &Schema, allow_drop: bool) -> Result<Merged, Faults> {
        let mut merged = Merged {
            schema: live.clone(),
            hints: Hints::default(),
            removals: Vec::new(),
        };
        self.rename_tables(&mut merged);
        self.rename_columns(&mut merged);
        let wanted = self.tables_for(live.dialect, &merged.schema.tables)?;
        for (definition, wanted) in self.tables.iter().zip(wanted) {
            let found = find(&merged.schema, &definition.table);
            let Some(at) = found else {
                merged.schema.tables.push(wanted);
                continue;
            };
            let mut table = merged.schema.tables[at].clone();
            let removed = update(&mut table, wanted, definition, live.dialect, allow_drop);
            let removed = removed.into_iter().filter(|_| !definition.partial);
            merged.removals.extend(removed.map(|column| Removal {
                file: definition.file.clone(),
                table: table.name.clone(),
                column,
            }));
            merged.schema.tables[at] = table;
        }
        Ok(merged)
    }

    fn rename_tables(&self, merged: &mut Merged) {
        for definition in &self.tables {
            let Some(before) = &definition.renamed_from else {
                continue;
            };
            let (Some(at), None) = (
                find(&merged.schema, before),
                find(&merged.schema, &definition.table),
            ) else {
                continue;
            };
            let from = merged.schema.tables[at].name.clone();
            let to = ObjectName::bare(&definition.table);
            merged.schema = merged.schema.after(&[Change::RenameTable {
                from: from.clone(),
                to: to.clone(),
            }]);
            merged.hints.tables.push((from, to));
        }
    }

    fn rename_columns(&self, merged: &mut Merged) {
        for definition in &self.tables {
            let renamed = definition.fields.iter().filter_map(|field| {
                let before = field.renamed_from.as_ref()?;
                Some((super::column_of(&field.kind, before), field.column()))
            });
            for (from, to) in renamed {
                let Some(at) = find(&merged.schema, &definition.table) else {
                    continue;
                };
                let table = &merged.schema.tables[at];
                let dialect = merged.schema.dialect;
                let has = |name: &str| {
                    table
                        .columns
                        .iter()
                        .any(|column| same(&column.name, name, dialect))
                };
                if !has(&from) || has(&to) {
                    continue;
                }
                let name = table.name.clone();
                let change = TableChange::RenameColumn {
                    from: from.clone(),
                    to: to.clone(),
                };
                merged.schema = merged.schema.after(&[Change::alter(name.clone(), change)]);
                merged.hints.columns.push((name, from, to));
            }
        }
    }
}

fn find(schema: &Schema, name: &str) -> Option<usize> {
    let mut tables = schema.tables.iter();
    tables.position(|table| {
        table.name.schema.is_none() && same(&table.name.name, name, schema.dialect)
    })
}

/// Whether two names are one for the engine. PostgreSQL has those of `live` as they are stored.
fn same(a: &str, b: &str, dialect: Dialect) -> bool {
    match dialect {
        Dialect::Postgres => a == b,
        _ => a.eq_ignore_ascii_case(b),
    }
}

/// Makes the table what is wanted, and says which columns nobody wants.
fn update(
    table: &mut Table,
    wanted: Table,
    definition: &Definition,
    dialect: Dialect,
    allow_drop: bool,
) -> Vec<String> {
    let is_wanted = |name: &str| {
        let mut columns = wanted.columns.iter();
        columns.any(|column| same(&column.name, name, dialect))
    };
    let removed: Vec<String> = (table.columns.iter())
        .filter(|column| !is_wanted(&column.name))
        .map(|column| column.name.clone())
        .collect();
    if allow_drop && !definition.partial {
        removed
            .iter()
            .for_each(|name| remove_column(table, name, dialect));
    }
    for column in &wanted.columns {
        let mut own = table.columns.iter_mut();
        match own.find(|own| same(&own.name, &column.name, dialect)) {
            Some(own) => update_column(own, column, definition, dialect),
            None => table.columns.push(column.clone()),
        }
    }
    if let Some(key) = wanted.primary_key {
        let is_same = table
            .primary_key
            .as_ref()
            .is_some_and(|own| columns_of(own) == columns_of(&key));
        if !is_same {
            table.primary_key = Some(key);
        }
    }
    for column in &wanted.columns {
        let name = column.name.as_str();
        let says = |said: bool| said || definition.whole;
        if says(
            wanted
                .uniques
                .iter()
                .any(|key| is_on_only(&key.parts, name, dialect)),
        ) {
            update_uniques(table, &wanted.uniques, name, dialect);
        }
        if says(wanted.foreign_keys.iter().any(|key| key.columns == [name])) {
            update_foreign_keys(table, &wanted.foreign_keys, name, dialect);
        }
        if says(
            wanted
                .checks
                .iter()
                .any(|check| check.column.as_deref() == Some(name)),
        ) {
            update_checks(table, &wanted.checks, name, dialect);
        }
    }
    if wanted.comment.is_some() {
        table.comment = wanted.comment;
    }
    removed
}

fn update_column(own: &mut Column, wanted: &Column, definition: &Definition, dialect: Dialect) {
    let mut fields = definition.fields.iter();
    let field = fields.find(|field| same(&field.column(), &wanted.name, dialect));
    let fits = field.is_some_and(|field| fits(&field.kind, &own.data_type, dialect));
    if definition.whole || !fits {
        own.data_type.clone_from(&wanted.data_type);
    }
    own.nullable = wanted.nullable;
    // What numbers the rows, or computes them, is no default that a file could name.
    let has_other = own.generated.is_some() || own.auto_increment || own.identity.is_some();
    if wanted.default.is_some() || definition.whole && !has_other {
        own.default.clone_from(&wanted.default);
    }
    if wanted.comment.is_some() {
        own.comment.clone_from(&wanted.comment);
    }
}

fn remove_column(table: &mut Table, name: &str, dialect: Dialect) {
    let is_it = |other: &String| same(other, name, dialect);
    table.columns.retain(|column| !is_it(&column.name));
    table
        .foreign_keys
        .retain(|key| !key.columns.iter().any(is_it));
    let is_on = |parts: &[IndexPart]| {
        let mut parts = parts.iter();
        parts.any(|part| matches!(&part.on, IndexOn::Column(column) if is_it(column)))
    };
    table.uniques.retain(|key| !is_on(&key.parts));
    table.indexes.retain(|index| !is_on(&index.parts));
    if table
        .primary_key
        .as_ref()
        .is_some_and(|key| is_on(&key.parts))
    {
        table.primary_key = None;
    }
    (table.checks).retain(|check| !check.column.as_ref().is_some_and(is_it));
}

fn columns_of(key: &Key) -> Vec<String> {
    let columns = key.parts.iter().map(|part| match &part.on {
        IndexOn::Column(name) => name.to_lowercase(),
        IndexOn::Expression(expression) => format!("({expression})"),
    });
    columns.collect()
}

fn is_on_only(parts: &[IndexPart], name: &str, dialect: Dialect) -> bool {
    matches!(parts, [IndexPart { on: IndexOn::Column(column), .. }] if same(column, name, dialect))
}

fn update_uniques(table: &mut Table, wanted: &[Key], name: &str, dialect: Dialect) {
    let wanted = wanted
        .iter()
        .find(|key| is_on_only(&key.parts, name, dialect));
    let mut uniques = table.uniques.iter();
    let has = uniques.any(|key| is_on_only(&key.parts, name, dialect));
    // An index that is unique does the same.
    let by_index = table.indexes.iter().any(|index| {
        index.unique && index.predicate.is_none() && is_on_only(&index.parts, name, dialect)
    });
    match wanted {
        Some(key) if !has && !by_index => table.uniques.push(key.clone()),
        Some(_) => {}
        None => {
            table
                .uniques
                .retain(|key| !is_on_only(&key.parts, name, dialect));
        }
    }
}

fn update_foreign_keys(table: &mut Table, wanted: &[ForeignKey], name: &str, dialect: Dialect) {
    let is_its = |key: &ForeignKey| matches!(key.columns.as_slice(), [column] if same(column, name, dialect));
    let wanted = wanted.iter().find(|key| is_its(key));
    match wanted {
        None => table.foreign_keys.retain(|key| !is_its(key)),
        Some(wanted) => {
            let is_wanted = |key: &ForeignKey| {
                is_its(key)
                    && same(&key.table.name, &wanted.table.name, dialect)
                    && key.referred.len() <= 1
                    && key
                        .referred
                        .iter()
                        .all(|one| same(one, &wanted.referred[0], dialect))
                    && action(key.on_delete.as_deref()) == action(wanted.on_delete.as_deref())
            };
            if table.foreign_keys.iter().any(is_wanted) {
                return;
            }
            table.foreign_keys.retain(|key| !is_its(key));
            table.foreign_keys.push(wanted.clone());
        }
    }
}

/// `RESTRICT` and nothing differ in when they refuse alone.
fn action(on_delete: Option<&str>) -> &str {
    on_delete.unwrap_or("NO ACTION")
}

/// The check of an enum is that of its column with a list of words; every other check is none of ours.
fn update_checks(table: &mut Table, wanted: &[Check], name: &str, dialect: Dialect) {
    let wanted = wanted.iter().find(|check| {
        let column = check.column.as_ref();
        column.is_some_and(|column| same(column, name, dialect))
    });
    let lists = |check: &Check| listed_words(&check.expression, name, dialect);
    match wanted {
        None => table.checks.retain(|check| lists(check).is_none()),
        Some(wanted) => {
            let words = lists(wanted);
            if table.checks.iter().any(|check| lists(check) == words) {
                return;
            }
            table.checks.retain(|check| lists(check).is_none());
            table.checks.push(wanted.clone());
        }
    }
}

/// The words of `column IN ('a', 'b')`, also as PostgreSQL and MySQL write it; none for every other condition.
fn listed_words(expression: &str, name: &str, dialect: Dialect) -> Option<Vec<String>> {
    let mut names = 0;
    let mut words = Vec::new();
    for token in tokens(expression, dialect) {
        let text = token.text(expression);
        match token.kind {
            // Without the introducer that MySQL puts before it.
            TokenKind::Text => words.push(text[text.find('\'')?..].to_owned()),
            TokenKind::QuotedName if names == 0 => {
                let inner = text.trim_matches(['"', '`', '[', ']']);
                names += usize::from(same(inner, name, dialect));
            }
            TokenKind::Word => match text.to_ascii_lowercase().as_str() {
                // A cast, an array, an introducer: what engines put around words.
                "in" | "any" | "array" | "text" | "character" | "varying" | "varchar" => {}
                word if word.starts_with("_utf8") || word.starts_with("_latin1") => {}
                _ if names == 0 && same(text, name, dialect) => names += 1,
                _ => return None,
            },
            _ if matches!(text, "(" | ")" | "," | "::" | ":" | "=" | "[" | "]") => {}
            _ => return None,
        }
    }
    words.sort();
    (names == 1 && !words.is_empty()).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Deferrable, Index, Trigger};

    fn definitions(files: &[(&str, &str)]) -> Definitions {
        Definitions::read(files.iter().copied(), &[]).unwrap()
    }

    const USERS: &str = r#"{"fields": {
        "email": {"type": "email", "required": true, "unique": true},
        "state": {"type": "enum", "values": ["on", "off"], "default": "on"},
        "team": {"type": "relation", "target": "teams", "onDelete": "cascade"}
    }}"#;
    const TEAMS: &str = r#"{"fields": {"name": "string"}}"#;

    fn live(dialect: Dialect) -> Schema {
        definitions(&[("users.json", USERS), ("teams.json", TEAMS)])
            .schema(dialect)
            .unwrap()
    }

    fn merged(live: &Schema, users: &str, allow_drop: bool) -> Merged {
        definitions(&[("users.json", users), ("teams.json", TEAMS)])
            .merge(live, allow_drop)
            .unwrap()
    }

    #[test]
    fn what_agrees_stays_as_it_is() {
        for dialect in [Dialect::Sqlite, Dialect::Postgres, Dialect::Mysql] {
            let mut live = live(dialect);
            live.tables.push(Table::new(ObjectName::bare("foreign")));
            let users = &mut live.tables[1];
            users.indexes.push(Index {
                name: "i".to_owned(),
                unique: false,
                method: None,
                parts: vec![IndexPart::column("state")],
                include: Vec::new(),
                nulls_not_distinct: false,
                predicate: Some("state = 'on'".to_owned()),
                comment: None,
            });
            users.triggers.push(Trigger {
                name: "t".to_owned(),
                sql: "…".to_owned(),
            });
            users.checks.push(Check {
                name: None,
                expression: "length(email) > 3".to_owned(),
                column: None,
                no_inherit: false,
                not_valid: false,
            });
            let merged = merged(&live, USERS, true);
            assert_eq!(merged.schema, live, "{dialect}");
            assert_eq!(merged.removals, []);
        }
    }

    #[test]
    fn an_engine_writes_an_enum_in_its_own_way() {
        for (expression, dialect) in [
            ("state IN ('on', 'off')", Dialect::Sqlite),
            (
                "((state)::text = ANY ((ARRAY['off'::character varying, 'on'::character varying])::text[]))",
                Dialect::Postgres,
            ),
            ("`state` in (_utf8mb4'on',_utf8mb4'off')", Dialect::Mysql),
        ] {
            let mut live = live(dialect);
            live.tables[1].checks[0].expression = expression.to_owned();
            assert_eq!(merged(&live, USERS, false).schema, live, "{dialect}");
        }
    }

    #[test]
    fn what_has_changed_is_seen() {
        let live = live(Dialect::Sqlite);
        let text = r#"{"fields": {
            "email": {"type": "email"},
            "state": {"type": "enum", "values": ["on", "off", "new"], "default": "off"},
            "team": {"type": "relation", "target": "teams"}, "age": {"type": "integer", "unique": true}
        }}"#;
        let merged = merged(&live, text, false);
        let users = &merged.schema.tables[1];
        assert!(users.columns[1].nullable);
        assert_eq!(users.columns[2].default.as_deref(), Some("'off'"));
        assert_eq!(users.columns[6].name, "age");
        assert_eq!(users.uniques, [Key::on(["age"])]);
        assert_eq!(users.checks.len(), 1);
        assert!(users.checks[0].expression.contains("'new'"));
        assert_eq!(users.foreign_keys.len(), 1);
        assert_eq!(users.foreign_keys[0].on_delete.as_deref(), Some("SET NULL"));
    }

    #[test]
    fn removals_are_made_only_when_allowed() {
        let live = live(Dialect::Sqlite);
        let text =
            r#"{"fields": {"state": {"type": "enum", "values": ["on", "off"], "default": "on"}}}"#;
        let kept = merged(&live, text, false);
        let columns: Vec<&str> = kept
            .removals
            .iter()
            .map(|one| one.column.as_str())
            .collect();
        assert_eq!(columns, ["email", "teamId"]);
        assert_eq!(kept.schema, live);
        let dropped = merged(&live, text, true);
        assert_eq!(dropped.removals, kept.removals);
        let users = &dropped.schema.tables[1];
        assert_eq!(users.columns.len(), 4);
        assert_eq!((users.uniques.len(), users.foreign_keys.len()), (0, 0));
    }

    #[test]
    fn a_struct_says_nothing_of_what_it_leaves_out() {
        let live = live(Dialect::Sqlite);
        let mut definitions = definitions(&[(
            "users.json",
            r#"{"fields": {"id": "string", "email": {"type": "text", "required": true},
            "state": "string", "team": {"type": "integer", "renamedFrom": "teamId"}}}"#,
        )]);
        definitions.tables[0].whole = false;
        let merged = definitions.merge(&live, false).unwrap();
        let columns: Vec<&str> = merged
            .removals
            .iter()
            .map(|one| one.column.as_str())
            .collect();
        assert_eq!(columns, ["created_at", "updated_at"]);
        let users = &merged.schema.tables[1];
        let mut expected = live.tables[1].clone();
        expected.columns[0].nullable = true;
        // The one field that does not fit its column, under its new name.
        expected.columns[3].name = "team".to_owned();
        expected.columns[3].data_type = "INTEGER".to_owned();
        expected.foreign_keys[0].columns = vec!["team".to_owned()];
        assert_eq!(users, &expected);
    }

    #[test]
    fn another_name_is_given_by_hint_alone() {
        let mut live = live(Dialect::Sqlite);
        live.tables[0].foreign_keys.push(ForeignKey {
            name: None,
            columns: vec!["name".to_owned()],
            table: ObjectName::bare("users"),
            referred: vec!["id".to_owned()],
            on_delete: None,
            on_update: None,
            deferrable: Deferrable::No,
            not_valid: false,
        });
        let teams =
            r#"{"fields": {"name": {"type": "string", "foreignKey": {"table": "people"}}}}"#;
        let people = r#"{"renamedFrom": "users", "fields": {
            "mail": {"type": "email", "required": true, "unique": true, "renamedFrom": "email"},
            "power": {"type": "enum", "values": ["on", "off"], "default": "on", "renamedFrom": "state"},
            "group": {"type": "relation", "target": "teams", "onDelete": "cascade", "renamedFrom": "team"}
        }}"#;
        let definitions = definitions(&[("people.json", people), ("teams.json", teams)]);
        let merged = definitions.merge(&live, false).unwrap();
        assert_eq!(merged.removals, []);
        assert_eq!(
            merged.hints.tables,
            [(ObjectName::bare("users"), ObjectName::bare("people"))]
        );
        let columns: Vec<(&str, &str)> = merged
            .hints
            .columns
            .iter()
            .map(|(_, from, to)| (from.as_str(), to.as_str()))
            .collect();
        assert_eq!(
            columns,
            [("email", "mail"), ("state", "power"), ("teamId", "groupId")]
        );
        let people = &merged.schema.tables[1];
        assert_eq!(people.name.name, "people");
        assert_eq!(people.uniques, [Key::on(["mail"])]);
        let checks: Vec<&str> = people
            .checks
            .iter()
            .map(|check| check.expression.as_str())
            .collect();
        assert_eq!(checks, ["\"power\" IN ('on', 'off')"]);
        assert_eq!(people.foreign_keys[0].columns, ["groupId"]);
        assert_eq!(merged.schema.tables[0].foreign_keys[0].table.name, "people");
        // When it has happened, the hint says nothing more.
        let again = definitions.merge(&merged.schema, false).unwrap();
        assert_eq!(again.schema, merged.schema);
        assert!(again.hints == Hints::default());
    }
}
