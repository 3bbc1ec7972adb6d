//! Tables and their columns.

use sea_query::{
    Check as SeaCheck, ColumnDef, ForeignKeyAction, ForeignKeyCreateStatement, Index,
    Table as SeaTable,
};

use super::{
    RenderError, column,
    limits::{check_actions, check_added_on_sqlite, check_keys},
    mentions::mentions,
    sql,
    text::{check_expression, expression},
};
use crate::{
    Dialect,
    model::{Action, Check, Column, ColumnDefinition, ForeignKey, Table, Unique},
    quote::{escaped, quoted},
};

pub(super) fn create(table: &Table, dialect: Dialect) -> Result<String, RenderError> {
    check_keys(table, dialect)?;
    let mut statement = SeaTable::create();
    statement.table(table.name.clone());
    for column in &table.columns {
        let mut definition = column::definition(column, dialect)?;
        if is_alone(&table.primary_key, &column.name) {
            definition.primary_key();
        }
        if table
            .uniques
            .iter()
            .any(|unique| is_plain(unique, &column.name))
        {
            definition.unique_key();
        }
        let checks = table.checks.iter().filter(|check| {
            column_of(check, table, dialect).is_some_and(|own| own.name == column.name)
        });
        let keys = table
            .foreign_keys
            .iter()
            .filter(|key| dialect == Dialect::Sqlite && is_alone(&key.columns, &column.name));
        write_on_column(&mut definition, checks, keys, dialect)?;
        statement.col(definition);
    }
    if table.primary_key.len() > 1 {
        statement.primary_key(columns_of(&mut Index::create(), &table.primary_key));
    }
    for unique in &table.uniques {
        if unique.name.is_some() || unique.columns.len() > 1 {
            let mut index = Index::create();
            if let Some(name) = &unique.name {
                index.name(escaped(name, dialect));
            }
            statement.index(columns_of(index.unique(), &unique.columns));
        }
    }
    for key in &table.foreign_keys {
        check_actions(key, dialect)?;
        if dialect != Dialect::Sqlite || key.columns.len() > 1 {
            statement.foreign_key(&mut foreign_key(&table.name, key, dialect));
        }
    }
    for check in &table.checks {
        if column_of(check, table, dialect).is_none() {
            let condition = expression(&check.expression, dialect)?;
            statement.check(match &check.name {
                Some(name) => SeaCheck::named(name.clone(), condition),
                None => SeaCheck::unnamed(condition),
            });
        }
    }
    Ok(sql(dialect, &statement))
}

pub(super) fn add_column(
    table: &str,
    definition: &ColumnDefinition,
    dialect: Dialect,
) -> Result<String, RenderError> {
    match dialect {
        Dialect::Sqlite => check_added_on_sqlite(table, definition)?,
        Dialect::Mysql => {
            let mut alone = Table::new(table);
            alone.push(definition.clone());
            check_keys(&alone, dialect)?;
        }
        Dialect::Postgres => {}
    }
    let mut column = column::definition(&definition.column, dialect)?;
    if definition.primary_key {
        column.not_null().primary_key();
    }
    if definition.unique {
        column.unique_key();
    }
    let checks: Vec<Check> = definition.checks.iter().map(Check::new).collect();
    let keys = definition
        .foreign_keys
        .iter()
        .filter(|_| dialect == Dialect::Sqlite);
    write_on_column(&mut column, checks.iter(), keys, dialect)?;
    let mut statement = SeaTable::alter();
    statement.table(table.to_owned()).add_column(column);
    for key in &definition.foreign_keys {
        check_actions(key, dialect)?;
        if dialect != Dialect::Sqlite {
            statement.add_foreign_key(foreign_key(table, key, dialect).get_foreign_key());
        }
    }
    Ok(sql(dialect, &statement))
}

pub(super) fn drop_column(
    table: &str,
    column: &str,
    foreign_keys: &[String],
    dialect: Dialect,
) -> String {
    let mut statement = SeaTable::alter();
    statement.table(table.to_owned());
    // The others drop a column's foreign keys with it.
    if dialect == Dialect::Mysql {
        for key in foreign_keys {
            statement.drop_foreign_key(escaped(key, dialect));
        }
    }
    statement.drop_column(column.to_owned());
    sql(dialect, &statement)
}

fn is_alone(columns: &[String], name: &str) -> bool {
    matches!(columns, [column] if column.eq_ignore_ascii_case(name))
}

/// Whether the constraint can be written as `UNIQUE` on the column.
fn is_plain(unique: &Unique, column: &str) -> bool {
    unique.name.is_none() && is_alone(&unique.columns, column)
}

/// The column that a check is written on. MySQL lets such a check name no other column, so there that one is the table's.
fn column_of<'a>(check: &Check, table: &'a Table, dialect: Dialect) -> Option<&'a Column> {
    let own = table.column(check.column.as_ref()?)?;
    let mut others = table
        .columns
        .iter()
        .filter(|column| column.name != own.name);
    let names_another = others.any(|other| mentions(&check.expression, &other.name, dialect));
    (dialect != Dialect::Mysql || !names_another).then_some(own)
}

fn columns_of<'a>(
    index: &'a mut sea_query::IndexCreateStatement,
    columns: &[String],
) -> &'a mut sea_query::IndexCreateStatement {
    for column in columns {
        index.col(column.clone());
    }
    index
}

/// The checks and foreign keys that stand on a column. SQLite drops these with the column, and those of the table never.
fn write_on_column<'a>(
    column: &mut ColumnDef,
    checks: impl Iterator<Item = &'a Check>,
    keys: impl Iterator<Item = &'a ForeignKey>,
    dialect: Dialect,
) -> Result<(), RenderError> {
    let mut extra = Vec::new();
    // MariaDB takes one on a column.
    let (together, checks): (Vec<&Check>, Vec<&Check>) =
        checks.partition(|check| dialect == Dialect::Mysql && check.name.is_none());
    for check in together.iter().chain(&checks) {
        check_expression(&check.expression, dialect)?;
    }
    match together.as_slice() {
        [] => {}
        [one] => extra.push(format!("CHECK ({})", one.expression)),
        several => {
            let all = several
                .iter()
                .map(|check| format!("({})", check.expression));
            let all: Vec<String> = all.collect();
            extra.push(format!("CHECK ({})", all.join(" AND ")));
        }
    }
    for check in checks {
        let name = check
            .name
            .as_ref()
            .map(|name| format!("CONSTRAINT {} ", quoted(name, dialect)));
        extra.push(format!(
            "{}CHECK ({})",
            name.unwrap_or_default(),
            check.expression
        ));
    }
    extra.extend(keys.map(|key| reference(key, dialect)));
    if !extra.is_empty() {
        column.extra(extra.join(" "));
    }
    Ok(())
}

/// A foreign key as it is written on a column.
fn reference(key: &ForeignKey, dialect: Dialect) -> String {
    let columns: Vec<String> = key
        .referenced_columns
        .iter()
        .map(|name| quoted(name, dialect))
        .collect();
    let mut text = format!(
        "REFERENCES {} ({})",
        quoted(&key.table, dialect),
        columns.join(", ")
    );
    for (when, action) in [("DELETE", key.on_delete), ("UPDATE", key.on_update)] {
        let action = match action {
            Action::NoAction => continue,
            Action::Restrict => "RESTRICT",
            Action::Cascade => "CASCADE",
            Action::SetNull => "SET NULL",
            Action::SetDefault => "SET DEFAULT",
        };
        text.push_str(&format!(" ON {when} {action}"));
    }
    text
}

fn foreign_key(table: &str, key: &ForeignKey, dialect: Dialect) -> ForeignKeyCreateStatement {
    let mut statement = sea_query::ForeignKey::create();
    // PostgreSQL makes this name itself. MySQL would make one that only the server knows, and dropping asks for it.
    let name = match dialect {
        Dialect::Mysql => Some(key.constraint_name(table)),
        Dialect::Sqlite | Dialect::Postgres => key.name.clone(),
    };
    if let Some(name) = name {
        statement.name(escaped(&name, dialect));
    }
    statement
        .from_tbl(table.to_owned())
        .to_tbl(key.table.clone());
    for column in &key.columns {
        statement.from_col(column.clone());
    }
    for column in &key.referenced_columns {
        statement.to_col(column.clone());
    }
    if let Some(action) = action(key.on_delete) {
        statement.on_delete(action);
    }
    if let Some(action) = action(key.on_update) {
        statement.on_update(action);
    }
    statement
}

const fn action(action: Action) -> Option<ForeignKeyAction> {
    match action {
        Action::NoAction => None,
        Action::Restrict => Some(ForeignKeyAction::Restrict),
        Action::Cascade => Some(ForeignKeyAction::Cascade),
        Action::SetNull => Some(ForeignKeyAction::SetNull),
        Action::SetDefault => Some(ForeignKeyAction::SetDefault),
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        Dialect,
        builder::TableBuilder,
        model::{Action, Change, Column, ColumnDefinition, ColumnType},
        render::render,
    };

    /// The statement of each dialect: SQLite, PostgreSQL, MySQL.
    fn all(change: &Change) -> [String; 3] {
        Dialect::ALL.map(|dialect| match render(change, dialect) {
            Ok(statements) => statements.join(";"),
            Err(error) => error.to_string(),
        })
    }

    fn table(define: impl FnOnce(&mut TableBuilder)) -> [String; 3] {
        all(&Change::create_table("t", define))
    }

    #[test]
    fn a_table_as_people_write_it() {
        let users = Change::create_table("users", |t| {
            t.id();
            t.string("email", 255).not_null().unique();
            t.integer("age").check("age >= 0");
            t.timestamp("created_at").not_null().default_now();
            t.integer("team_id")
                .references("teams", "id")
                .on_delete(Action::Cascade);
        });
        assert_eq!(
            all(&users),
            [
                "CREATE TABLE \"users\" ( \"id\" integer NOT NULL PRIMARY KEY, \
                 \"email\" varchar(255) NOT NULL UNIQUE, \"age\" integer CHECK (age >= 0), \
                 \"created_at\" text NOT NULL DEFAULT CURRENT_TIMESTAMP, \
                 \"team_id\" integer REFERENCES \"teams\" (\"id\") ON DELETE CASCADE )",
                "CREATE TABLE \"users\" ( \"id\" integer GENERATED BY DEFAULT AS IDENTITY NOT NULL PRIMARY KEY, \
                 \"email\" varchar(255) NOT NULL UNIQUE, \"age\" integer CHECK (age >= 0), \
                 \"created_at\" timestamp without time zone NOT NULL DEFAULT CURRENT_TIMESTAMP, \
                 \"team_id\" integer, FOREIGN KEY (\"team_id\") REFERENCES \"teams\" (\"id\") ON DELETE CASCADE )",
                "CREATE TABLE `users` ( `id` int NOT NULL PRIMARY KEY AUTO_INCREMENT, \
                 `email` varchar(255) NOT NULL UNIQUE, `age` int CHECK (age >= 0), \
                 `created_at` datetime NOT NULL DEFAULT CURRENT_TIMESTAMP, \
                 `team_id` int, CONSTRAINT `users_team_id_fkey` FOREIGN KEY (`team_id`) \
                 REFERENCES `teams` (`id`) ON DELETE CASCADE )",
            ]
        );
    }

    #[test]
    fn constraints_of_the_table() {
        let statements = table(|t| {
            t.integer("a");
            t.integer("b");
            t.primary_key(["b", "a"]);
            t.unique(["a", "b"]);
            t.unique(["a"]).named("only_a");
            t.check("a_below_b", "a < b");
            t.foreign_key(["a", "b"], "p", ["x", "y"])
                .named("pair")
                .on_delete(Action::Restrict)
                .on_update(Action::SetDefault);
        });
        assert_eq!(
            statements[..2],
            [
                "CREATE TABLE \"t\" ( \"a\" integer NOT NULL, \"b\" integer NOT NULL, PRIMARY KEY (\"b\", \"a\"), \
                 UNIQUE (\"a\", \"b\"), CONSTRAINT \"only_a\" UNIQUE (\"a\"), \
                 FOREIGN KEY (\"a\", \"b\") REFERENCES \"p\" (\"x\", \"y\") ON DELETE RESTRICT ON UPDATE SET DEFAULT, \
                 CONSTRAINT \"a_below_b\" CHECK (a < b) )",
                "CREATE TABLE \"t\" ( \"a\" integer NOT NULL, \"b\" integer NOT NULL, PRIMARY KEY (\"b\", \"a\"), \
                 UNIQUE (\"a\", \"b\"), CONSTRAINT \"only_a\" UNIQUE (\"a\"), \
                 CONSTRAINT \"pair\" FOREIGN KEY (\"a\", \"b\") REFERENCES \"p\" (\"x\", \"y\") \
                 ON DELETE RESTRICT ON UPDATE SET DEFAULT, CONSTRAINT \"a_below_b\" CHECK (a < b) )",
            ]
        );
        assert_eq!(
            statements[2],
            "MySQL cannot set `a, b` to its default when the row it references goes: \
             take `Action::SetNull`, `Action::Cascade` or `Action::Restrict`"
        );
        let mysql = table(|t| {
            t.integer("a");
            t.integer("b");
            t.primary_key(["b", "a"]);
            t.unique(["a", "b"]);
            t.unique(["a"]).named("only_a");
            t.check("a_below_b", "a < b");
            t.foreign_key(["a", "b"], "p", ["x", "y"])
                .on_update(Action::Cascade);
        });
        assert_eq!(
            mysql[2],
            "CREATE TABLE `t` ( `a` int NOT NULL, `b` int NOT NULL, PRIMARY KEY (`b`, `a`), UNIQUE KEY (`a`, `b`), \
             UNIQUE KEY `only_a` (`a`), CONSTRAINT `t_a_b_fkey` FOREIGN KEY (`a`, `b`) REFERENCES `p` (`x`, `y`) \
             ON UPDATE CASCADE, CONSTRAINT `a_below_b` CHECK (a < b) )"
        );
    }

    #[test]
    fn a_check_on_a_column_keeps_its_name_and_on_mysql_its_column() {
        let change = Change::create_table("t", |t| {
            t.integer("a").check("a > 0");
            t.integer("b").check("b > a");
        });
        let Change::CreateTable(mut table) = change else {
            panic!("not a table")
        };
        table.checks[0].name = Some("positive".into());
        assert_eq!(
            all(&Change::CreateTable(table)),
            [
                "CREATE TABLE \"t\" ( \"a\" integer CONSTRAINT \"positive\" CHECK (a > 0), \
                 \"b\" integer CHECK (b > a) )",
                "CREATE TABLE \"t\" ( \"a\" integer CONSTRAINT \"positive\" CHECK (a > 0), \
                 \"b\" integer CHECK (b > a) )",
                "CREATE TABLE `t` ( `a` int CONSTRAINT `positive` CHECK (a > 0), `b` int, CHECK (b > a) )",
            ]
        );
    }

    #[test]
    fn quotes_in_names_cannot_end_them() {
        let change = Change::create_table("t\"`", |t| {
            t.integer("a\"`").references("p\"`", "x\"`");
            t.unique(["a\"`"]).named("u\"`");
            t.check("c\"`", "TRUE");
        });
        assert_eq!(
            all(&change),
            [
                "CREATE TABLE \"t\"\"`\" ( \"a\"\"`\" integer REFERENCES \"p\"\"`\" (\"x\"\"`\"), \
                 CONSTRAINT \"u\"\"`\" UNIQUE (\"a\"\"`\"), CONSTRAINT \"c\"\"`\" CHECK (TRUE) )",
                "CREATE TABLE \"t\"\"`\" ( \"a\"\"`\" integer, CONSTRAINT \"u\"\"`\" UNIQUE (\"a\"\"`\"), \
                 FOREIGN KEY (\"a\"\"`\") REFERENCES \"p\"\"`\" (\"x\"\"`\"), CONSTRAINT \"c\"\"`\" CHECK (TRUE) )",
                "CREATE TABLE `t\"``` ( `a\"``` int, UNIQUE KEY `u\"``` (`a\"```), \
                 CONSTRAINT `t\"``_a\"``_fkey` FOREIGN KEY (`a\"```) REFERENCES `p\"``` (`x\"```), \
                 CONSTRAINT `c\"``` CHECK (TRUE) )",
            ]
        );
    }

    #[test]
    fn what_looks_like_a_placeholder_is_left_alone() {
        for statement in table(|t| {
            t.text("a")
                .check("a <> '?' || ?")
                .check("a <> $1")
                .default_expression("'$1' || ?");
            t.check("b", "a <> '??' || $2");
        }) {
            for text in [
                "(a <> '?' || ?)",
                "(a <> $1)",
                "('$1' || ?)",
                "(a <> '??' || $2)",
            ] {
                assert!(statement.contains(text), "{text}: {statement}");
            }
        }
    }

    #[test]
    fn added_columns() {
        let change = Change::add_column("users", |c| {
            c.integer("team_id")
                .check("team_id > 0")
                .references("teams", "id")
                .on_update(Action::SetNull)
        });
        assert_eq!(
            all(&change),
            [
                "ALTER TABLE \"users\" ADD COLUMN \"team_id\" integer CHECK (team_id > 0) \
                 REFERENCES \"teams\" (\"id\") ON UPDATE SET NULL",
                "ALTER TABLE \"users\" ADD COLUMN \"team_id\" integer CHECK (team_id > 0), \
                 ADD FOREIGN KEY (\"team_id\") REFERENCES \"teams\" (\"id\") ON UPDATE SET NULL",
                "ALTER TABLE `users` ADD COLUMN `team_id` int CHECK (team_id > 0), \
                 ADD CONSTRAINT `users_team_id_fkey` FOREIGN KEY (`team_id`) REFERENCES `teams` (`id`) ON UPDATE SET NULL",
            ]
        );
        let inverse = change.inverse().unwrap();
        assert_eq!(
            all(&inverse),
            [
                "ALTER TABLE \"users\" DROP COLUMN \"team_id\"",
                "ALTER TABLE \"users\" DROP COLUMN \"team_id\"",
                "ALTER TABLE `users` DROP FOREIGN KEY `users_team_id_fkey`, DROP COLUMN `team_id`",
            ]
        );
        // Also where the model was not made by the builder.
        let mut definition = ColumnDefinition::from(Column::new("n", ColumnType::BigInteger));
        definition.primary_key = true;
        let table = "users".to_owned();
        let change = Change::AddColumn { table, definition };
        assert_eq!(
            all(&change)[1..],
            [
                "ALTER TABLE \"users\" ADD COLUMN \"n\" bigint NOT NULL PRIMARY KEY",
                "ALTER TABLE `users` ADD COLUMN `n` bigint NOT NULL PRIMARY KEY",
            ]
        );
    }

    #[test]
    fn mysql_has_no_keys_over_text() {
        let message = |define: fn(&mut TableBuilder)| table(define)[2].clone();
        assert_eq!(
            message(|t| {
                t.text("email").unique();
            }),
            "MySQL has no keys over a column of type `text`, such as `email`: write `string(\"email\", 255)`"
        );
        assert!(
            message(|t| {
                t.blob("b").primary_key();
            })
            .contains("write `ColumnType::custom(\"varbinary(255)\")`")
        );
        assert!(
            message(|t| {
                t.json("j").references("t", "j");
            })
            .ends_with("leave it out of keys")
        );
        let added = Change::add_column("t", |c| c.text("a").unique());
        assert!(all(&added)[2].contains("has no keys over a column of type `text`"));
    }

    #[test]
    fn an_expression_that_leaves_its_place_is_refused() {
        let wrong = "a > 0), b integer CHECK (b > 0";
        let changes = [
            Change::create_table("t", |t| {
                t.integer("a").check(wrong);
            }),
            Change::create_table("t", |t| {
                t.integer("a");
                t.check("c", wrong);
            }),
            Change::create_table("t", |t| {
                t.integer("a").default_expression(wrong);
            }),
            Change::create_table("t", |t| {
                t.column("a", ColumnType::custom(wrong));
            }),
            Change::add_column("t", |c| c.integer("a").check(wrong)),
            Change::create_index("i", "t", |i| i.expression(wrong)),
            Change::create_index("i", "t", |i| i.column("a").filter(wrong)),
        ];
        for (change, dialect) in changes
            .iter()
            .flat_map(|change| Dialect::ALL.map(|dialect| (change, dialect)))
        {
            let message = render(change, dialect).unwrap_err().to_string();
            assert!(
                message.contains("that it did not open") || message.contains("no partial indexes"),
                "{message}"
            );
        }
    }
}
