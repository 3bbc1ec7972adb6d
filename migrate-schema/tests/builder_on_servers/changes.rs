//! The changes, in an order in which each can be made.

use migrate_schema::{
    Dialect,
    model::{Action, Change, ColumnType},
};

/// Rows that fit what the changes have made, and so are what it was meant to be.
pub(crate) const ROWS: &str = "
INSERT INTO crews (name) VALUES ('red');
INSERT INTO people (mail, crew_id, logins) SELECT 'a', id, 1 FROM crews;
INSERT INTO every_type (a_smallint, an_integer, a_bigint, a_double, a_decimal, a_boolean, a_string, a_text, a_date, a_time, a_timestamp, a_timestamptz, a_json, a_uuid)
  VALUES (1, 2, 9223372036854775807, 0.5, 12345678.25, TRUE, 'x', 'y', '2026-02-15', '12:30:00', '2026-02-15 12:30:00', '2026-02-15 12:30:00', '{}', '6b0f6d4e-7c2c-4d22-9c5e-0a1b2c3d4e5f');
DELETE FROM crews;
";

/// All changes that there are for a dialect.
pub(crate) fn all(dialect: Dialect) -> Vec<Change> {
    let mut all = tables(dialect);
    all.extend(columns());
    all.extend(indexes(dialect));
    all
}

fn tables(dialect: Dialect) -> Vec<Change> {
    vec![
        Change::create_table("every_type", |t| {
            t.id();
            t.smallint("a_smallint").not_null();
            t.integer("an_integer");
            t.bigint("a_bigint");
            t.double("a_double");
            t.decimal("a_decimal", 10, 2);
            t.boolean("a_boolean");
            t.string("a_string", 40);
            t.text("a_text");
            t.date("a_date");
            t.time("a_time");
            t.timestamp("a_timestamp");
            t.timestamptz("a_timestamptz");
            t.json("a_json");
            t.uuid("a_uuid");
            t.blob("a_blob");
            t.column("any_length", ColumnType::String(None));
            // MySQL would cut what stands behind the point, and `render` says so.
            if dialect == Dialect::Postgres {
                t.column("any_decimal", ColumnType::Decimal(None));
            }
            t.timestamps();
        }),
        Change::create_table("every_default", |t| {
            t.big_id().auto_increment();
            t.string("quotes", 40).default("it's \"x\"\n\\ ? $1");
            t.bigint("least").default(i64::MIN);
            t.double("half").default(-0.5);
            t.boolean("yes").default(true);
            t.boolean("no").not_null().default(false);
            t.decimal("exact", 4, 2).default("0.25");
            t.string("made", 40).default_expression("lower('A')");
            t.date("today").default_now();
            t.timestamp("now").default_now();
            t.timestamptz("moment").not_null().default_now();
        }),
        Change::create_table("teams", |t| {
            t.id();
            t.string("name", 40).not_null().unique();
        }),
        Change::create_table("users", |t| {
            t.id();
            t.string("email", 100).not_null().unique();
            t.string("nick", 40).default("anon");
            t.integer("age").check("age >= 0").check("age < 150");
            t.integer("team_id")
                .references("teams", "id")
                .on_delete(Action::Cascade);
        }),
        Change::create_table("pairs", |t| {
            t.integer("a");
            t.integer("b");
            t.string("c", 20);
            t.string("d", 20);
            t.primary_key(["b", "a"]);
            t.unique(["c", "d"]).named("c_d");
            t.check("a_below_b", "a < b AND c <> '?'");
        }),
        Change::create_table("uses_pairs", |t| {
            t.uuid("id").primary_key();
            t.integer("x");
            t.integer("y");
            t.foreign_key(["y", "x"], "pairs", ["b", "a"])
                .named("kept by the others")
                .on_delete(Action::SetNull)
                .on_update(Action::Cascade);
        }),
        Change::create_table("order", |t| {
            t.string("Mixed Case", 20).primary_key();
            t.integer("group").not_null().default(1);
        }),
    ]
}

fn columns() -> Vec<Change> {
    vec![
        Change::add_column("users", |c| {
            c.integer("logins")
                .not_null()
                .default(7)
                .check("logins >= 0")
        }),
        Change::add_column("users", |c| c.string("it's \"odd\"", 10).default("x")),
        Change::add_column("users", |c| {
            c.integer("parent")
                .references("users", "id")
                .on_delete(Action::SetNull)
        }),
        Change::add_column("users", |c| c.json("settings")),
        Change::rename_column("users", "it's \"odd\"", "even"),
        Change::rename_column("users", "email", "mail"),
        Change::rename_column("users", "team_id", "crew_id"),
        Change::rename_column("order", "group", "select"),
        Change::rename_table("teams", "crews"),
        Change::rename_table("users", "people"),
        Change::drop_column("people", "settings"),
        Change::drop_table("uses_pairs"),
    ]
}

fn indexes(dialect: Dialect) -> Vec<Change> {
    let mut all = vec![
        Change::create_index("people_nick", "people", |i| i.column("nick")),
        Change::create_index("several", "people", |i| {
            i.columns(["nick", "age"]).descending("logins")
        }),
        Change::create_index("once", "people", |i| i.columns(["nick", "mail"]).unique()),
        Change::create_index("odd \"name`", "order", |i| i.column("select")),
    ];
    // MariaDB has neither.
    if dialect == Dialect::Postgres {
        all.extend([
            Change::create_index("adults", "people", |i| {
                i.column("nick").unique().filter("age > 17")
            }),
            Change::create_index("lower", "people", |i| {
                i.expression("lower(nick)")
                    .descending_expression("age + 1")
                    .unique()
            }),
        ]);
    }
    all.push(Change::drop_index("people_nick", "people"));
    all
}
