//! Every change of the builder on a real SQLite: what is rendered runs, and what the catalog says is what the engine says.

#![cfg(all(feature = "render", feature = "sqlite"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy takes the helpers of a test for the program"
)]

#[path = "builder_on_sqlite/engine.rs"]
mod engine;
#[path = "builder_on_sqlite/random.rs"]
mod random;

use engine::Engine;
use migrate_schema::{
    Dialect,
    catalog::ConstraintKind,
    model::{Action, Change, ColumnType},
    render::{RenderError, render},
};
use rusqlite::types::Value;

fn people() -> [Change; 2] {
    let teams = Change::create_table("teams", |t| {
        t.id();
        t.string("name", 40).not_null().unique();
    });
    let users = Change::create_table("users", |t| {
        t.id();
        t.text("email").not_null().unique();
        t.string("nick", 40).default("anon");
        t.integer("age").check("age >= 0").check("age < 150");
        t.integer("team_id")
            .references("teams", "id")
            .on_delete(Action::Cascade);
    });
    [teams, users]
}

#[test]
fn a_table_of_every_type_holds_what_is_put_into_it() {
    let mut engine = Engine::new();
    engine.make(&Change::create_table("every", |t| {
        t.id();
        t.smallint("smallint");
        t.integer("integer");
        t.bigint("bigint");
        t.double("double");
        t.decimal("decimal", 10, 2);
        t.boolean("boolean");
        t.string("string", 40);
        t.text("text");
        t.date("date");
        t.time("time");
        t.timestamp("timestamp");
        t.timestamptz("timestamptz");
        t.json("json");
        t.uuid("uuid");
        t.blob("blob");
        t.column("any length", ColumnType::String(None));
        t.column("any decimal", ColumnType::Decimal(None));
        t.column("own", ColumnType::custom("NUMERIC(3)"));
        t.timestamps();
    }));
    // What looks like a number stays text where text was meant.
    engine.run(
        "INSERT INTO every (smallint, integer, bigint, double, decimal, boolean, string, text, date, time, timestamp, \
         timestamptz, json, uuid, blob, own) VALUES (1, 2, 9223372036854775807, 1, 0.5, TRUE, '1', '1', '20260215', '1', \
         '1', '1', '1', '12345678901234567890123456789012', x'00', '7')",
    );
    let types = engine.row(
        "SELECT typeof(smallint), typeof(integer), typeof(bigint), typeof(double), typeof(decimal), typeof(boolean), \
         typeof(string), typeof(text), typeof(date), typeof(time), typeof(timestamp), typeof(timestamptz), typeof(json), \
         typeof(uuid), typeof(blob), typeof(own), typeof(created_at), length(updated_at) FROM every",
    );
    let expected = [
        "integer", "integer", "integer", "real", "real", "integer", "text", "text", "text", "text",
        "text", "text", "text", "text", "blob", "integer", "text",
    ];
    let mut expected: Vec<Value> = expected.map(|word| Value::Text(word.into())).to_vec();
    expected.push(Value::Integer("2026-02-15 00:00:00".len() as i64));
    assert_eq!(types, expected);
}

#[test]
fn defaults_are_what_was_written() {
    let mut engine = Engine::new();
    engine.make(&Change::create_table("d", |t| {
        t.id();
        t.text("quotes").default("it's \"x\"\n\\ ? $1");
        t.bigint("least").default(i64::MIN);
        t.double("half").default(-0.5);
        t.double("huge").default(f64::MAX);
        t.boolean("yes").default(true);
        t.text("empty").default(None::<&str>);
        t.blob("bytes").default(vec![0, 255]);
        t.json("json").default("{}");
        t.decimal("exact", 4, 2).default("0.25");
        t.text("made")
            .default_expression("lower('A') || '?' || (1 + 1)");
        t.date("today").default_now();
        t.time("clock").default_now();
        t.timestamp("now").default_now();
    }));
    engine.run("INSERT INTO d (id) VALUES (1)");
    assert_eq!(
        engine.row("SELECT quotes, least, half, huge, yes, empty, bytes, json, exact, made FROM d"),
        [
            Value::Text("it's \"x\"\n\\ ? $1".into()),
            Value::Integer(i64::MIN),
            Value::Real(-0.5),
            Value::Real(f64::MAX),
            Value::Integer(1),
            Value::Null,
            Value::Blob(vec![0, 255]),
            Value::Text("{}".into()),
            Value::Real(0.25),
            Value::Text("a?2".into()),
        ]
    );
    assert_eq!(
        engine.row("SELECT today = date(today), clock = time(clock), now = datetime(now) FROM d"),
        [Value::Integer(1), Value::Integer(1), Value::Integer(1)]
    );
}

#[test]
fn rows_are_numbered() {
    let mut engine = Engine::new();
    engine.make(&Change::create_table("reusing", |t| {
        t.id();
        t.text("a");
    }));
    engine.make(&Change::create_table("strict", |t| {
        t.big_id().auto_increment();
        t.text("a");
    }));
    for (table, last) in [("reusing", 2), ("strict", 3)] {
        engine.run(&format!("INSERT INTO {table} (a) VALUES ('x'), ('y')"));
        engine.run(&format!("DELETE FROM {table} WHERE id = 2"));
        engine.run(&format!("INSERT INTO {table} (a) VALUES ('z')"));
        let max = engine.row(&format!("SELECT max(id) FROM {table}"));
        assert_eq!(max, [Value::Integer(last)], "{table}");
    }
}

#[test]
fn constraints_hold() {
    let mut engine = Engine::new();
    people().iter().for_each(|change| engine.make(change));
    engine.make(&Change::create_table("pairs", |t| {
        t.integer("a");
        t.integer("b");
        t.text("c");
        t.text("d");
        t.primary_key(["b", "a"]);
        t.unique(["c", "d"]).named("c_d");
        t.check("a_below_b", "a < b AND c <> '?'");
    }));
    engine.make(&Change::create_table("uses_pairs", |t| {
        t.integer("x");
        t.integer("y");
        t.foreign_key(["y", "x"], "pairs", ["b", "a"])
            .named("kept by the others")
            .on_delete(Action::SetNull)
            .on_update(Action::Cascade);
    }));
    engine.run("INSERT INTO teams VALUES (1, 'red')");
    engine.run("INSERT INTO users (email, age, team_id) VALUES ('a', 1, 1)");
    engine.run("INSERT INTO pairs VALUES (1, 2, 'c', 'd')");
    engine.run("INSERT INTO uses_pairs VALUES (1, 2)");
    for wrong in [
        "INSERT INTO users (email) VALUES ('a')",
        "INSERT INTO users (email) VALUES (NULL)",
        "INSERT INTO users (email, age) VALUES ('b', -1)",
        "INSERT INTO users (email, age) VALUES ('b', 150)",
        "INSERT INTO users (email, team_id) VALUES ('b', 2)",
        "INSERT INTO pairs VALUES (1, 2, 'e', 'f')",
        "INSERT INTO pairs VALUES (1, 3, 'c', 'd')",
        "INSERT INTO pairs VALUES (3, 2, 'e', 'f')",
        "INSERT INTO pairs VALUES (1, NULL, 'e', 'f')",
        "INSERT INTO uses_pairs VALUES (2, 1)",
    ] {
        assert!(engine.refuses(wrong), "{wrong}");
    }
    engine.run("DELETE FROM teams");
    assert_eq!(
        engine.row("SELECT count(*) FROM users"),
        [Value::Integer(0)]
    );
    engine.run("UPDATE pairs SET a = 0");
    assert_eq!(engine.row("SELECT x FROM uses_pairs"), [Value::Integer(0)]);
    engine.run("DELETE FROM pairs");
    assert_eq!(
        engine.row("SELECT x, y FROM uses_pairs"),
        [Value::Null, Value::Null]
    );
}

#[test]
fn columns_come_go_and_are_renamed() {
    let mut engine = Engine::new();
    people().iter().for_each(|change| engine.make(change));
    engine.run("INSERT INTO users (email) VALUES ('a')");
    let changes = [
        Change::add_column("users", |c| {
            c.integer("logins")
                .not_null()
                .default(7)
                .check("logins >= 0")
        }),
        Change::add_column("users", |c| c.text("it's \"odd\"").default("x")),
        Change::add_column("users", |c| {
            c.integer("parent")
                .references("users", "id")
                .on_delete(Action::SetNull)
        }),
        Change::create_index("users_age", "users", |i| i.column("age").filter("age > 17")),
        Change::rename_column("users", "age", "years"),
        Change::rename_column("users", "it's \"odd\"", "even"),
        Change::rename_column("users", "even", "EVEN"),
        Change::rename_column("teams", "id", "team"),
        Change::rename_table("teams", "groups of people"),
    ];
    changes.iter().for_each(|change| engine.make(change));
    assert_eq!(
        engine.row("SELECT logins, EVEN, parent, years FROM users"),
        [
            Value::Integer(7),
            Value::Text("x".into()),
            Value::Null,
            Value::Null
        ]
    );
    let users = engine::table(&engine.catalog, "users").unwrap();
    let checks = users.constraints.iter().filter_map(|one| match &one.kind {
        ConstraintKind::Check(expression) => Some(engine::names(expression).join(" ")),
        _ => None,
    });
    let checks: Vec<String> = checks.collect();
    assert_eq!(checks, ["years", "years", "logins"]);
    engine.make(&Change::drop_index("users_age", "users"));
    for column in ["years", "logins", "EVEN", "parent", "team_id"] {
        engine.make(&Change::drop_column("users", column));
    }
    engine.make(&Change::drop_table("groups of people"));
    engine.make(&Change::drop_table("users"));
    assert_eq!(
        engine.row("SELECT count(*) FROM sqlite_schema"),
        [Value::Integer(0)]
    );
}

#[test]
fn indexes_of_every_kind() {
    let mut engine = Engine::new();
    people().iter().for_each(|change| engine.make(change));
    let indexes = [
        Change::create_index("plain", "users", |i| i.column("nick")),
        Change::create_index("several", "users", |i| {
            i.columns(["nick", "age"]).descending("team_id")
        }),
        Change::create_index("once", "users", |i| {
            i.column("nick").unique().filter("age > 17 OR nick = '?'")
        }),
        Change::create_index("lower\"nick`", "users", |i| {
            i.expression("lower(nick)")
                .descending_expression("age + 1")
                .column("email")
                .unique()
        }),
        Change::create_index("adults", "users", |i| {
            i.expression("upper(nick)").filter("age > 17")
        }),
    ];
    indexes.iter().for_each(|change| engine.make(change));
    engine.run("INSERT INTO users (email, nick, age) VALUES ('a', 'n', 1), ('b', 'n', 18)");
    assert!(engine.refuses("INSERT INTO users (email, nick, age) VALUES ('c', 'n', 18)"));
    engine.make(&Change::rename_column("users", "nick", "name"));
    engine.make(&Change::rename_table("users", "people"));
    let people = engine::table(&engine.catalog, "people").unwrap().clone();
    for index in people.indexes {
        engine.make(&Change::drop_index(index.name.as_str(), "people"));
    }
}

#[test]
fn the_inverse_restores_the_schema() {
    let mut engine = Engine::new();
    people().iter().for_each(|change| engine.make(change));
    let changes = [
        Change::create_table("more", |t| {
            t.id();
            t.text("a").unique();
        }),
        Change::add_column("users", |c| {
            c.integer("parent")
                .references("users", "id")
                .check("parent > 0")
        }),
        Change::rename_table("teams", "groups"),
        Change::rename_column("users", "email", "mail"),
        Change::rename_column("teams", "id", "ident"),
        Change::create_index("i", "users", |i| {
            i.column("age").expression("lower(nick)").unique()
        }),
    ];
    for change in changes {
        let (schema, catalog) = (engine.schema(), engine::text(&engine.catalog));
        engine.make(&change);
        assert_ne!(engine.schema(), schema, "{change}");
        engine.make(&change.inverse().unwrap());
        assert_eq!(engine.schema(), schema, "{change}");
        assert_eq!(engine::text(&engine.catalog), catalog, "{change}");
    }
}

/// What is refused here is refused by the engine as soon as there are rows; the text says what to write instead.
#[test]
fn what_sqlite_cannot_add_to_a_table_with_rows() {
    let cases = [
        (
            Change::add_column("t", |c| c.integer("c").primary_key()),
            "c integer PRIMARY KEY",
            "SQLite cannot add the column `c` as the primary key: \
             write it into `create_table`, or build the table anew in SQL steps",
        ),
        (
            Change::add_column("t", |c| c.text("c").unique()),
            "c text UNIQUE",
            "SQLite cannot add the column `c` with `unique()`: leave it out and write \
             `create_index(\"t_c\", \"t\", |i| i.column(\"c\").unique())` behind it",
        ),
        (
            Change::add_column("t", |c| c.timestamp("c").default_now()),
            "c text DEFAULT CURRENT_TIMESTAMP",
            "SQLite cannot add the column `c` with a default that is not constant: \
             write a constant default, or none and an SQL step that fills the column",
        ),
        (
            Change::add_column("t", |c| c.text("c").default_expression("lower('A')")),
            "c text DEFAULT (lower('A'))",
            "SQLite cannot add the column `c` with a default that is not constant: \
             write a constant default, or none and an SQL step that fills the column",
        ),
        (
            Change::add_column("t", |c| c.text("c").not_null()),
            "c text NOT NULL",
            "SQLite cannot add the column `c` with `not_null()` and without a default: \
             write a default, or leave `not_null()` out",
        ),
        (
            Change::add_column("t", |c| c.integer("c").default(1).references("t", "a")),
            "c integer DEFAULT 1 REFERENCES t (a)",
            "SQLite cannot add the column `c` with a reference and a value in the rows that are there: \
             leave `not_null()` and the default out, and fill the column in an SQL step",
        ),
        (
            Change::add_column("t", |c| c.integer("c").not_null().references("t", "a")),
            "c integer NOT NULL REFERENCES t (a)",
            "SQLite cannot add the column `c` with a reference and a value in the rows that are there: \
             leave `not_null()` and the default out, and fill the column in an SQL step",
        ),
    ];
    let engine = Engine::new();
    engine.run("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
    for (change, column, message) in cases {
        let error = render(&change, Dialect::Sqlite).unwrap_err();
        assert!(matches!(error, RenderError::Unsupported { .. }));
        assert_eq!(error.to_string(), message);
        assert!(
            engine.refuses(&format!("ALTER TABLE t ADD COLUMN {column}")),
            "{column}"
        );
        assert!(render(&change, Dialect::Postgres).is_ok(), "{column}");
    }
    for name in ["sqlite_t", "SQLITE_t"] {
        assert!(engine.refuses(&format!("CREATE TABLE {name} (a)")));
        assert!(
            render(
                &Change::create_table(name, |t| {
                    t.id();
                }),
                Dialect::Sqlite
            )
            .is_err()
        );
    }
}
