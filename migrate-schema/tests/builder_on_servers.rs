//! Every change of the builder on a real PostgreSQL and a real MariaDB: what is rendered runs and can be taken back, and the
//! catalog, which is what migrations are replayed on, says of the tables what the server says, and what SQLite's says.

#![cfg(all(
    unix,
    feature = "render",
    feature = "sqlite",
    feature = "postgres",
    feature = "mysql"
))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy takes the helpers of a test for the program"
)]

#[path = "builder_on_servers/changes.rs"]
mod changes;

use std::collections::BTreeSet;

use migrate_schema::{
    Dialect, Level,
    catalog::{Catalog, ConstraintKind, Relation},
    model::Change,
    render::render,
    settings::{Settings, Target},
    tree::{self, ExpressionKind},
};
use migrate_test_servers::{Database, MariaDb, Postgres};

#[test]
fn postgres_holds_what_the_builder_says() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    on(Dialect::Postgres, &server.database());
}

#[test]
fn mariadb_holds_what_the_builder_says() {
    let Some(server) = MariaDb::shared() else {
        return;
    };
    on(Dialect::Mysql, &server.database());
}

fn on(dialect: Dialect, database: &Database) {
    let (mut catalog, mut sqlite) = (empty(dialect), empty(Dialect::Sqlite));
    for change in changes::all(dialect) {
        let before = (database.dump(), catalog.clone(), sqlite.clone());
        make(&change, dialect, database, &mut catalog);
        apply(&mut sqlite, &change);
        // There and back, and there again.
        if let Some(inverse) = change.inverse() {
            make(&inverse, dialect, database, &mut catalog);
            assert_eq!(summary(&catalog), summary(&before.1), "{change}");
            assert_eq!(
                definitions(&database.dump()),
                definitions(&before.0),
                "{change}"
            );
            make(&change, dialect, database, &mut catalog);
        }
        assert_eq!(summary(&catalog), summary(&sqlite), "{change}");
    }
    if dialect == Dialect::Postgres {
        database.run(changes::ROWS);
    }
}

/// A column that came back may stand at another place, and MariaDB keeps the number of the next row.
fn definitions(dump: &str) -> BTreeSet<&str> {
    dump.lines()
        .map(|line| line.trim().trim_end_matches(','))
        .filter(|line| !line.starts_with("--") && !line.starts_with(") ENGINE"))
        .collect()
}

/// Makes a change on the server and in the catalog, and compares the two.
fn make(change: &Change, dialect: Dialect, database: &Database, catalog: &mut Catalog) {
    apply(catalog, change);
    for statement in render(change, dialect).unwrap() {
        database.run(&statement);
    }
    let told = match dialect {
        Dialect::Postgres => database.run(POSTGRES),
        _ => database.run(MARIADB),
    };
    let told: BTreeSet<String> = told.lines().map(str::to_owned).collect();
    assert_eq!(told, summary(catalog), "{change}");
}

fn empty(dialect: Dialect) -> Catalog {
    let settings = Settings {
        closed: true,
        ..Settings::default()
    };
    Catalog::new(&Target::from(dialect), &settings)
}

fn apply(catalog: &mut Catalog, change: &Change) {
    change.validate().unwrap();
    for action in tree::from_change(change, catalog.target()) {
        let findings = catalog.apply(&action, "");
        let refused: Vec<_> = findings
            .iter()
            .filter(|finding| finding.code.level() == Level::Deny)
            .collect();
        assert!(refused.is_empty(), "{change}: {refused:?}");
    }
}

/// What the catalog knows of the tables, a line for each thing.
fn summary(catalog: &Catalog) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for table in catalog.relations().filter(|one| !one.columns.is_empty()) {
        let name = &table.name;
        for column in &table.columns {
            let is_key = table
                .primary_key()
                .is_some_and(|key| key.contains(&column.name));
            let null = if column.not_null || is_key {
                "NO"
            } else {
                "YES"
            };
            let default = column.default.is_some();
            lines.insert(format!("column {name} {} {null} {default}", column.name));
        }
        if let Some(key) = table.primary_key() {
            lines.insert(format!("primary {name} {}", key.join(",")));
        }
        for one in &table.constraints {
            match &one.kind {
                ConstraintKind::Unique(columns) => {
                    lines.insert(format!("index {name} once {}", columns.join(",")));
                }
                ConstraintKind::ForeignKey {
                    columns,
                    table,
                    referred,
                    ..
                } => {
                    let to = catalog.relation_by_key(table).unwrap();
                    let (own, other) = (columns.join(","), referred.join(","));
                    lines.insert(format!("foreign {name} {own} {} {other}", to.name));
                }
                _ => {}
            }
        }
        lines.extend(indexes(table));
    }
    lines
}

/// The indexes that somebody has made. Those of constraints are told with these.
fn indexes(table: &Relation) -> impl Iterator<Item = String> {
    let own = table.indexes.iter().filter(|index| {
        let of_constraint = table.constraints.iter().any(|one| one.name == index.name);
        !index.implicit && !of_constraint
    });
    own.map(|index| {
        let parts = index.parts.iter().map(|part| match &part.expression.kind {
            ExpressionKind::Column { name, .. } => name.text.clone(),
            _ => "?".to_owned(),
        });
        let parts: Vec<String> = parts.collect();
        let unique = if index.unique { "once" } else { "often" };
        format!("index {} {unique} {}", table.name, parts.join(","))
    })
}

const POSTGRES: &str = "
SELECT concat_ws(' ', 'column', table_name, column_name, is_nullable, CASE WHEN column_default IS NULL THEN 'false' ELSE 'true' END)
  FROM information_schema.columns WHERE table_schema = 'public';
SELECT concat_ws(' ', CASE contype WHEN 'p' THEN 'primary' ELSE 'foreign' END,
    (SELECT relname FROM pg_class WHERE oid = conrelid),
    (SELECT string_agg(attname, ',' ORDER BY at) FROM unnest(conkey) WITH ORDINALITY AS k(number, at) JOIN pg_attribute ON attrelid = conrelid AND attnum = number),
    (SELECT relname FROM pg_class WHERE oid = confrelid),
    (SELECT string_agg(attname, ',' ORDER BY at) FROM unnest(confkey) WITH ORDINALITY AS k(number, at) JOIN pg_attribute ON attrelid = confrelid AND attnum = number))
  FROM pg_constraint WHERE contype IN ('p', 'f') AND connamespace = 'public'::regnamespace;
SELECT concat_ws(' ', 'index', t.relname, CASE WHEN indisunique THEN 'once' ELSE 'often' END,
    (SELECT string_agg(coalesce(attname, '?'), ',' ORDER BY at) FROM unnest(indkey) WITH ORDINALITY AS k(number, at) LEFT JOIN pg_attribute ON attrelid = indrelid AND attnum = number AND number > 0))
  FROM pg_index JOIN pg_class i ON i.oid = indexrelid JOIN pg_class t ON t.oid = indrelid
  WHERE i.relnamespace = 'public'::regnamespace AND NOT indisprimary;
";

/// A foreign key makes an index there that nobody has asked for.
const MARIADB: &str = "
SELECT concat_ws(' ', 'column', table_name, column_name, is_nullable, IF(column_default IS NULL OR column_default = 'NULL', 'false', 'true'))
  FROM information_schema.columns WHERE table_schema = database();
SELECT concat_ws(' ', 'primary', table_name, group_concat(column_name ORDER BY seq_in_index))
  FROM information_schema.statistics WHERE table_schema = database() AND index_name = 'PRIMARY' GROUP BY table_name;
SELECT concat_ws(' ', 'foreign', table_name, group_concat(column_name ORDER BY ordinal_position), max(referenced_table_name), group_concat(referenced_column_name ORDER BY ordinal_position))
  FROM information_schema.key_column_usage WHERE table_schema = database() AND referenced_table_name IS NOT NULL GROUP BY table_name, constraint_name;
SELECT concat_ws(' ', 'index', s.table_name, IF(max(non_unique), 'often', 'once'), group_concat(coalesce(column_name, '?') ORDER BY seq_in_index))
  FROM information_schema.statistics s WHERE s.table_schema = database() AND index_name <> 'PRIMARY'
   AND NOT EXISTS (SELECT 1 FROM information_schema.table_constraints c WHERE c.table_schema = s.table_schema AND c.table_name = s.table_name AND c.constraint_name = s.index_name AND c.constraint_type = 'FOREIGN KEY')
  GROUP BY s.table_name, index_name;
";
