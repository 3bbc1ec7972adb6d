//! Documents there and back, what is wrong with them, and their JSON Schema.

use super::*;
use crate::schema::{
    Check, Column, Deferrable, Exclusion, ForeignKey, Generated, Identity, Index, IndexOn,
    IndexPart, Key, ObjectName, Routine, RoutineKind, Sequence, Table, TableKind, Trigger, Type,
    TypeShape, View,
};

/// The faults of a document with these tables.
fn faults_in(dialect: &str, tables: &str) -> Vec<String> {
    let text = format!(
        r#"{{"version": 1, "databases": {{"main": {{"dialect": "{dialect}", "tables": {{{tables}}}}}}}}}"#
    );
    let faults = validate(&text, None);
    faults
        .iter()
        .map(|fault| fault.to_string().replace("databases.main.tables.", "… "))
        .collect()
}

fn of_sqlite(tables: &str) -> Vec<String> {
    faults_in("sqlite", tables)
}

fn named(name: &str) -> Option<String> {
    Some(name.to_owned())
}

fn part(on: IndexOn) -> IndexPart {
    IndexPart {
        on,
        ..IndexPart::column("")
    }
}

/// Every field of every part has something that it has not by itself.
fn everything() -> Schema {
    let mut orders = Table::new(ObjectName {
        schema: named("shop.old"),
        name: "orders".to_owned(),
    });
    let mut id = Column::new("id", "bigint");
    id.nullable = false;
    id.identity = Some(Identity::ByDefault);
    let mut total = Column::new("total", "numeric(10, 2)");
    total.generated = Some(Generated {
        expression: "price * 2".to_owned(),
        stored: true,
    });
    let mut price = Column::new("price", "json");
    price.default = named("'{}'");
    price.collation = named("C");
    price.comment = named("in €\n");
    let mut number = Column::new("number", "integer");
    number.auto_increment = true;
    orders.columns = vec![id, total, price, number];
    orders.primary_key = Some(Key {
        name: named("orders_key"),
        include: vec!["price".to_owned()],
        ..Key::on(["id"])
    });
    orders.uniques = vec![
        Key {
            deferrable: Deferrable::Deferred,
            nulls_not_distinct: true,
            ..Key::on(["number", "id"])
        },
        Key::on(["number"]),
    ];
    orders.foreign_keys = vec![ForeignKey {
        name: named("again"),
        columns: vec!["number".to_owned()],
        table: orders.name.clone(),
        referred: vec!["id".to_owned()],
        on_delete: named("SET NULL"),
        on_update: named("CASCADE"),
        deferrable: Deferrable::Immediate,
        not_valid: true,
    }];
    orders.checks = vec![Check {
        name: named("positive"),
        expression: "id > 0".to_owned(),
        column: named("id"),
        no_inherit: true,
        not_valid: true,
    }];
    orders.exclusions = vec![Exclusion {
        name: None,
        definition: "USING gist (id WITH =)".to_owned(),
    }];
    let mut first = part(IndexOn::Expression("lower(price)".to_owned()));
    (first.collation, first.operator_class) = (named("C"), named("text_ops"));
    (first.descending, first.nulls_first) = (true, Some(false));
    orders.indexes = vec![Index {
        name: "orders_price".to_owned(),
        unique: true,
        method: named("gin"),
        parts: vec![first, IndexPart::column("number")],
        include: vec!["id".to_owned()],
        nulls_not_distinct: true,
        predicate: named("number > 1"),
        comment: named("fast"),
    }];
    orders.triggers = vec![Trigger {
        name: "touch".to_owned(),
        sql: "CREATE TRIGGER touch …".to_owned(),
    }];
    orders.options = vec![("fillfactor".to_owned(), "70".to_owned())];
    orders.comment = named("what was sold");
    let mut events = Table::new(ObjectName::bare("events"));
    events.kind = TableKind::Partitioned("RANGE (at)".to_owned());
    events.columns = vec![Column::new("at", "timestamp")];
    let mut old = Table::new(ObjectName::bare("events_old"));
    old.kind = TableKind::Child {
        parents: vec![ObjectName::bare("events")],
        bounds: named("DEFAULT"),
    };
    old.open = true;
    let mut far = Table::new(ObjectName::bare("far"));
    far.kind = TableKind::Other("CREATE FOREIGN TABLE far () SERVER s".to_owned());
    let made = |name: &str, shape| Type {
        name: ObjectName::bare(name),
        shape,
        made_by: None,
    };
    let view = |name: &str, reads: &str| View {
        name: ObjectName::bare(name),
        materialized: true,
        columns: vec![Column::new("at", "timestamp")],
        column_names: vec!["at".to_owned()],
        query: format!("SELECT at FROM {reads}"),
        reads: vec![ObjectName::bare(reads)],
        indexes: Vec::new(),
        triggers: Vec::new(),
        comment: named("seen"),
        made_by: None,
    };
    Schema {
        dialect: Dialect::Postgres,
        namespaces: vec!["shop.old".to_owned()],
        extensions: vec!["btree_gist".to_owned()],
        tables: vec![orders, events, old, far],
        views: vec![view("first", "events"), view("also", "first")],
        types: vec![
            made(
                "cents",
                TypeShape::Domain {
                    base: "integer".to_owned(),
                    not_null: true,
                    default: named("0"),
                    checks: vec![(named("c"), "VALUE >= 0".to_owned())],
                },
            ),
            made(
                "mood",
                TypeShape::Enum(vec!["sad".to_owned(), "ok".to_owned()]),
            ),
            made(
                "pair",
                TypeShape::Composite(vec![("a".to_owned(), "integer".to_owned())]),
            ),
            made(
                "span",
                TypeShape::Other(named("CREATE TYPE span AS RANGE (subtype = date)")),
            ),
        ],
        sequences: vec![Sequence {
            name: ObjectName::bare("numbers"),
            sql: named("CREATE SEQUENCE numbers"),
        }],
        routines: vec![Routine {
            name: ObjectName::bare("twice"),
            kind: RoutineKind::Function,
            arguments: vec!["integer".to_owned()],
            sql: "CREATE FUNCTION twice(integer) …".to_owned(),
            made_by: None,
        }],
        unknown: vec!["perhaps".to_owned()],
    }
}

/// The other dialects have what PostgreSQL has not.
fn of_mysql() -> Schema {
    let mut table = Table::new(ObjectName::bare("notes"));
    let mut id = Column::new("id", "int(10) unsigned");
    id.nullable = false;
    id.auto_increment = true;
    let mut at = Column::new("at", "timestamp");
    at.default = named("current_timestamp()");
    at.on_update = named("current_timestamp()");
    at.invisible = true;
    table.columns = vec![id, at, Column::new("text", "longtext")];
    table.primary_key = Some(Key::on(["id"]));
    let mut text = IndexPart::column("text");
    text.length = Some(20);
    table.indexes = vec![Index {
        name: "notes_text".to_owned(),
        unique: false,
        method: None,
        parts: vec![text],
        include: Vec::new(),
        nulls_not_distinct: false,
        predicate: None,
        comment: None,
    }];
    table.options = vec![("engine".to_owned(), "InnoDB".to_owned())];
    Schema {
        tables: vec![table],
        ..Schema::empty(Dialect::Mysql)
    }
}

fn of_three() -> [Schema; 3] {
    let mut table = Table::new(ObjectName::bare("a table"));
    table.columns = vec![
        Column::new("id", "INTEGER"),
        Column::new("any", "any"),
        Column::new("string", "text"),
    ];
    table.primary_key = Some(Key {
        on_conflict: named("IGNORE"),
        ..Key::on(["id"])
    });
    table.columns[0].nullable = false;
    table.foreign_keys = vec![ForeignKey {
        name: None,
        columns: vec!["any".to_owned()],
        table: ObjectName::bare("gone"),
        referred: Vec::new(),
        on_delete: None,
        on_update: None,
        deferrable: Deferrable::No,
        not_valid: false,
    }];
    table.strict = true;
    table.without_rowid = true;
    let mut untyped = Table::new(ObjectName::bare("untyped"));
    untyped.columns = vec![
        Column::new("x", ""),
        Column::new("y", "string"),
        Column::new("z", "timestamp"),
    ];
    let sqlite = Schema {
        tables: vec![table, untyped],
        ..Schema::empty(Dialect::Sqlite)
    };
    [everything(), of_mysql(), sqlite]
}

#[test]
fn a_schema_goes_into_a_document_and_comes_back() {
    for schema in of_three() {
        let document = Document::new()
            .exported_at("2026-02-15T09:30:00Z")
            .with("main", &schema);
        let text = document.to_string();
        let read = Document::read(&text).unwrap();
        assert_eq!(read.to_string(), text);
        let back = read.database("main").unwrap().schema(schema.dialect);
        assert_eq!(
            back.unwrap_or_else(|faults| panic!("{faults}\n{text}")),
            schema
        );
    }
}

#[test]
fn the_order_in_which_things_were_made_does_not_show() {
    let schema = everything();
    let mut other = schema.clone();
    other.tables.reverse();
    other.types.reverse();
    for table in &mut other.tables {
        table.uniques.reverse();
    }
    let text = |schema: &Schema| Document::new().with("main", schema).to_string();
    assert!(text(&schema) == text(&other));
    // That of columns does.
    other.tables[3].columns.reverse();
    assert!(text(&schema) != text(&other));
}

#[test]
fn short_forms_mean_what_the_long_ones_do() {
    let read = |tables: &str| {
        let text =
            format!(r#"{{"version": "1.0", "databases": {{"main": {{"tables": {{{tables}}}}}}}}}"#);
        let document = Document::read(&text).unwrap();
        document.databases()[0]
            .schema(Dialect::Postgres)
            .unwrap()
            .tables
    };
    let short = read(
        r#""teams": {"columns": [{"name": "id", "type": "integer", "primary_key": true}]},
           "users": {
               "columns": ["email", {"name": "team", "type": "integer", "unique": true}, {"name": "old", "type": "boolean", "default": false}],
               "indexes": ["email"],
               "constraints": ["PRIMARY KEY (email)", "FOREIGN KEY (team) REFERENCES teams ON DELETE CASCADE", "CHECK (team > 0)"]
           }"#,
    );
    let long = read(
        r#""teams": {
               "columns": [{"name": "id", "type": "integer", "nullable": false}],
               "indexes": null,
               "constraints": [{"type": "primary_key", "columns": ["id"]}]
           },
           "users": {
               "columns": [
                   {"name": "email", "type": "string", "nullable": false},
                   {"name": "team", "type": "integer", "default": null},
                   {"name": "old", "type": "boolean", "default": "FALSE"}
               ],
               "indexes": [{"name": "users_email_idx", "columns": [{"column": "email"}], "unique": false}],
               "constraints": [
                   {"type": "primary_key", "columns": ["email"]},
                   {"type": "unique", "columns": ["team"]},
                   {"type": "foreign_key", "columns": ["team"], "references": "teams", "on_delete": "CASCADE"},
                   {"type": "check", "expression": "team > 0"}
               ]
           }"#,
    );
    assert_eq!(short, long);
}

#[test]
fn many_faults_of_the_form_are_told_at_once_with_their_places() {
    let text = r#"{
        "version": 2,
        "exported": "now",
        "databases": {
            "main": {
                "dialect": "sqlit",
                "tables": {
                    "users": {
                        "columns": [
                            "id",
                            {"name": "email", "type": "text"},
                            {"name": "age", "type": 7, "nullabel": false, "name": "years"},
                            4
                        ],
                        "indexes": {"users_email": ["email"]},
                        "constraints": [{"type": "primary", "columns": ["id"]}, {"columns": ["id"]}]
                    },
                    "a b": null,
                    "users": {"columns": []}
                }
            }
        }
    }"#;
    let found: Vec<String> = validate(text, None)
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        found,
        [
            "version: this version of the format is not known: this program reads version 1",
            "exported: unknown key, did you mean `exported_at`?",
            "databases.main.dialect: `sqlit` is none of the words here, did you mean `sqlite`?",
            "databases.main.tables.users: this key stands there twice",
            "databases.main.tables.users.columns[2].name: this key stands there twice",
            "databases.main.tables.users.columns[2].type: this is a number, where a string stands",
            "databases.main.tables.users.columns[2].nullabel: unknown key, did you mean `nullable`?",
            "databases.main.tables.users.columns[3]: this is a number, where a string or an object (a column) stands",
            "databases.main.tables.users.indexes: this is an object, where an array stands",
            "databases.main.tables.users.constraints[0].type: `primary` is none of the words here, did you mean \
             `primary_key`?",
            "databases.main.tables.users.constraints[1]: the key `type` is missing",
            "databases.main.tables[\"a b\"]: this is null, where an object (a table) stands",
        ]
    );
}

#[test]
fn what_is_no_document_at_all() {
    let only = |text: &str| {
        let faults = validate(text, None);
        faults.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(
        only("{"),
        ["this is no JSON: EOF while parsing an object at line 1 column 1"]
    );
    assert_eq!(
        only("[]"),
        ["this is an array, where an object (a document) stands"]
    );
    assert_eq!(
        only("{}"),
        [
            "the key `version` is missing",
            "the key `databases` is missing"
        ]
    );
    assert_eq!(
        only(r#"{"version": 1, "databases": {"main": {}}}"#),
        ["databases.main: the key `tables` is missing"]
    );
    assert_eq!(
        only(r#"{"version": 1, "exported_at": "yesterday", "databases": {}}"#),
        ["exported_at: `yesterday` is no time: write one as `2026-02-15T09:30:00Z`"]
    );
    for fine in [
        "2026-02-15T09:30:00Z",
        "2026-02-15T09:30:00.123456",
        "2026-02-15T09:30:00+01:00",
    ] {
        let text = format!(r#"{{"version": "1.0", "exported_at": "{fine}", "databases": {{}}}}"#);
        assert_eq!(only(&text), [""; 0]);
    }
    let deep = format!(r#"{{"version": {}}}"#, "[".repeat(100_000));
    assert_eq!(only(&deep).len(), 1);
}

#[test]
fn keys_on_columns_that_are_not_there() {
    assert_eq!(
        of_sqlite(
            r#""users": {
                "columns": ["email", "age", "Email"],
                "indexes": ["emial", {"columns": ["agee", {"expression": "lower(x)"}]}, {"columns": []}],
                "constraints": [
                    {"type": "primary_key", "columns": ["id"]}, "PRIMARY KEY (age)", "UNIQUE (emai)",
                    {"type": "foreign_key", "columns": ["agge"], "references": "users(email)"},
                    {"type": "unique", "columns": ["age"], "expression": "x"},
                    {"type": "check"}, "nothing"
                ]
            }"#
        ),
        [
            "… users.constraints[1]: a table has one primary key, and there is one already at \
             databases.main.tables.users.constraints[0]. For a key on several columns write {\"type\": \"primary_key\", \
             \"columns\": […]}"
                .replace("databases.main.tables.", "… "),
            "… users.constraints[4].expression: a constraint of the type `unique` has no such key".to_owned(),
            "… users.constraints[5]: the key `expression` is missing".to_owned(),
            "… users.constraints[6]: `nothing` is no constraint: write `PRIMARY KEY (id)`, `UNIQUE (email)`, `FOREIGN KEY \
             (team) REFERENCES teams (id)`, `CHECK (age > 0)`, or an object"
                .to_owned(),
            "… users.indexes[2].columns: this is on no column".to_owned(),
            "… users.columns[2]: there is a column `Email` already, at … users.columns[0]".to_owned(),
            "… users.constraints[0]: `users` has no column `id`".to_owned(),
            "… users.constraints[2]: `users` has no column `emai`: did you mean `email`?".to_owned(),
            "… users.indexes[0]: `users` has no column `emial`: did you mean `email`?".to_owned(),
            "… users.indexes[1]: `users` has no column `agee`: did you mean `age`?".to_owned(),
            "… users.constraints[3]: `users` has no column `agge`: did you mean `age`?".to_owned(),
            "… users.constraints[3]: the columns that this refers to, email of `users`, are neither the primary key nor \
             unique"
                .to_owned(),
        ]
    );
}

#[test]
fn foreign_keys_that_refer_to_nothing() {
    let teams = r#""teams": {"columns": ["id", "name"], "indexes": [{"name": "u", "columns": ["name"], "unique": true, "where": "name > 'a'"}]}"#;
    let users =
        |key: &str| format!(r#""users": {{"columns": ["team", "other"], "constraints": [{key}]}}"#);
    for (key, message) in [
        (
            r#""FOREIGN KEY (team) REFERENCES temas (id)""#,
            "there is no table `temas`: did you mean `teams`?",
        ),
        (
            r#""FOREIGN KEY (team) REFERENCES teams (idd)""#,
            "`teams` has no column `idd`: did you mean `id`?",
        ),
        (
            r#""FOREIGN KEY (team) REFERENCES teams (name)""#,
            "the columns that this refers to, name of `teams`, are neither the primary key nor unique",
        ),
        (
            r#""FOREIGN KEY (team) REFERENCES teams""#,
            "`teams` has no primary key: say which of its columns are meant",
        ),
        (
            r#""FOREIGN KEY (team, other) REFERENCES teams (id)""#,
            "2 columns and 1 column referred to: as many columns have to stand on both sides",
        ),
    ] {
        let tables = format!("{teams}, {}", users(key));
        assert_eq!(
            of_sqlite(&tables),
            [format!("… users.constraints[0]: {message}")]
        );
    }
    let dangling = r#"{"type": "foreign_key", "columns": ["team"], "references": "gone(id)", "dangling": true}"#;
    assert_eq!(of_sqlite(&users(dangling)), [""; 0]);
    assert_eq!(
        faults_in("postgres", &users(dangling)),
        [
            "… users.constraints[0].dangling: PostgreSQL has no such thing, only MySQL and SQLite",
            "… users.constraints[0]: there is no table `gone`"
        ][..1]
    );
}

#[test]
fn what_the_dialect_does_not_have() {
    assert_eq!(
        faults_in(
            "postgres",
            r#""users": {"columns": [{"name": "id", "type": "intger"}, {"name": "a", "type": "string(40)"}, {"name": "b", "type": "varchar(9)[]"}], "strict": true}"#
        ),
        [
            "… users.strict: PostgreSQL has no such thing, only SQLite",
            "… users.columns[0].type: there is no type `intger`: did you mean `integer`?",
        ]
    );
    assert_eq!(
        of_sqlite(
            r#""users": {"columns": [{"name": "id", "type": "boolean"}], "strict": true, "without_rowid": true}"#
        ),
        [
            "… users.columns[0]: a STRICT table has no type `boolean`: write int, integer, real, text, blob or any",
            "… users: a table WITHOUT ROWID has a primary key",
        ]
    );
    assert_eq!(
        of_sqlite(
            r#""users": {"columns": [{"name": "id"}, {"name": "a", "type": "text", "sql_type": "x"}, {"name": "b", "type": "text", "default": "", "nullable": 1}]}"#
        ),
        [
            "… users.columns[2].nullable: this is a number, where true or false stands",
            "… users.columns[0]: the key `type` is missing",
            "… users.columns[1]: a column has one of `type` and `sql_type`, not both",
            "… users.columns[2].default: this is no expression; for an empty text write `\"''\"`",
        ]
    );
    assert_eq!(
        of_sqlite(r#""users": {}"#),
        ["… users: the key `columns` is missing"]
    );
    assert_eq!(
        of_sqlite(r#""users": {"columns": []}"#),
        ["… users: a table has at least one column"]
    );
}

#[test]
fn names_that_stand_twice() {
    assert_eq!(
        of_sqlite(
            r#""a": {"columns": ["x"], "indexes": [{"name": "i", "columns": ["x"]}, {"name": "b", "columns": ["x"]}]},
               "b": {"columns": ["x"], "indexes": [{"name": "I", "columns": ["x"]}]},
               "A": {"columns": ["x"]}"#
        ),
        [
            "… A: there is a table `a` already, and case does not count",
            "… a.indexes[1]: there is a table `b` already, so an index cannot be called so",
            "… b.indexes[0]: there is an index `I` already, at … a.indexes[0]",
        ]
    );
    let per_table = r#""a": {"columns": ["x"], "indexes": [{"name": "i", "columns": ["x"]}]},
                       "b": {"columns": ["x"], "indexes": [{"name": "i", "columns": ["x"]}]}"#;
    assert_eq!(faults_in("mysql", per_table), [""; 0]);
    assert_eq!(faults_in("postgres", per_table).len(), 1);
}

#[test]
fn a_document_for_any_database_is_right_where_one_of_them_takes_it() {
    let with = |of: &str| {
        let text = format!(
            r#"{{"version": 1, "databases": {{"main": {{"tables": {{"t": {{"columns": [{{"name": "a", "type": "{of}"}}]}}}}}}}}}}"#
        );
        (
            validate(&text, None).len(),
            validate(&text, Some(Dialect::Postgres)).len(),
        )
    };
    assert_eq!(with("string"), (0, 0));
    assert_eq!(with("mediumtext"), (0, 1));
}

#[test]
fn a_document_of_another_dialect_is_refused() {
    let document = Document::new().with("main", &Schema::empty(Dialect::Sqlite));
    let faults = document.databases()[0].schema(Dialect::Mysql).unwrap_err();
    assert!(
        faults.to_string().starts_with(
            "databases.main.dialect: this is the schema of a database of SQLite, and the database is one of MySQL."
        ),
        "{faults}"
    );
}

/// `docs/schema.json` is what the reader knows. `SNAPSHOTS=overwrite` writes it.
#[test]
fn the_json_schema_is_the_one_of_this_reader() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/schema.json");
    let schema = json_schema().pretty();
    if std::env::var("SNAPSHOTS").is_ok_and(|value| value == "overwrite") {
        std::fs::write(path, &schema).unwrap();
    }
    assert!(
        std::fs::read_to_string(path).unwrap() == schema,
        "run with SNAPSHOTS=overwrite"
    );
}

#[test]
fn the_example_of_the_page_is_right() {
    let page = include_str!("../../../../docs/schema-documents.md");
    let example = page
        .split("```json\n")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap();
    assert_eq!(validate(example, None), []);
}

#[test]
fn what_is_exported_is_as_the_json_schema_says() {
    let schema = json_schema();
    for one in of_three() {
        let document = Document::new()
            .exported_at("2026-02-15T09:30:00Z")
            .with("main", &one);
        assert_eq!(invalid(&document.json(), &schema, &schema, ""), None);
    }
    let wrong =
        Json::read(r#"{"version": 1, "databases": {"main": {"tables": {"t": {"colums": []}}}}}"#)
            .unwrap();
    assert_eq!(
        invalid(&wrong, &schema, &schema, "").as_deref(),
        Some("/databases/main/tables/t: no `colums`")
    );
}

/// Where a value is not as a JSON Schema says, as far as ours use what there is.
fn invalid(value: &Json, schema: &Json, root: &Json, path: &str) -> Option<String> {
    if let Some(reference) = schema.get("$ref").and_then(Json::as_text) {
        let name = reference.strip_prefix("#/$defs/").unwrap();
        return invalid(
            value,
            root.get("$defs").unwrap().get(name).unwrap(),
            root,
            path,
        );
    }
    if let Some(Json::Array(any)) = schema.get("anyOf") {
        let found: Vec<_> = any
            .iter()
            .map(|one| invalid(value, one, root, path))
            .collect();
        let deepest = found
            .iter()
            .flatten()
            .max_by_key(|path| path.matches('/').count());
        return if found.contains(&None) {
            None
        } else {
            deepest.cloned()
        };
    }
    if let Some(Json::Array(words)) = schema.get("enum") {
        return (!words.contains(value)).then(|| format!("{path}: {value}"));
    }
    let types = match schema.get("type") {
        Some(Json::Array(types)) => types.clone(),
        Some(one) => vec![one.clone()],
        None => panic!("{schema} says nothing"),
    };
    let its = match value {
        Json::Null => "null",
        Json::Boolean(_) => "boolean",
        Json::Number(_) => "number",
        Json::Text(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    };
    let fits = |one: &Json| {
        one.as_text() == Some(its) || (one.as_text() == Some("integer") && its == "number")
    };
    if !types.iter().any(fits) {
        return Some(format!("{path}: {its}"));
    }
    for required in schema
        .get("required")
        .map(Json::elements)
        .unwrap_or_default()
    {
        let name = required.as_text().unwrap();
        if value.get(name).is_none() {
            return Some(format!("{path}: `{name}` is missing"));
        }
    }
    for (at, element) in value.elements().iter().enumerate() {
        let found = invalid(
            element,
            schema.get("items").unwrap(),
            root,
            &format!("{path}/{at}"),
        );
        if found.is_some() {
            return found;
        }
    }
    for (name, member) in value.members() {
        let known = schema
            .get("properties")
            .and_then(|properties| properties.get(name));
        let here = format!("{path}/{name}");
        let found = match (known, schema.get("additionalProperties")) {
            (Some(known), _) => invalid(member, known, root, &here),
            (None, Some(Json::Boolean(false))) => Some(format!("{path}: no `{name}`")),
            (None, Some(other)) => invalid(member, other, root, &here),
            (None, None) => None,
        };
        if found.is_some() {
            return found;
        }
    }
    None
}
