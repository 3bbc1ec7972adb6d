//! What a dialect does not let a name be.

use super::{RenderError, error::unsupported};
use crate::{
    Dialect,
    model::{Change, ForeignKey, Table},
};

/// The names a change brings into the database: those it only refers to are for the engine to know.
pub(super) fn names(change: &Change, dialect: Dialect) -> Result<(), RenderError> {
    match change {
        Change::CreateTable(table) => whole(table, dialect),
        Change::RebuildTable(rebuild) => whole(&rebuild.table, dialect),
        Change::AddColumn { table, definition } => {
            length(&definition.column.name, dialect)?;
            foreign_keys(table, &definition.foreign_keys, dialect)
        }
        Change::RenameTable { to, .. } => object(to, dialect),
        Change::RenameColumn { to, .. } => length(to, dialect),
        Change::CreateIndex(index) => object(&index.name, dialect),
        Change::DropTable { .. } | Change::DropColumn { .. } | Change::DropIndex { .. } => Ok(()),
    }
}

fn whole(table: &Table, dialect: Dialect) -> Result<(), RenderError> {
    object(&table.name, dialect)?;
    constraints(table, dialect)?;
    (table.columns.iter()).try_for_each(|column| length(&column.name, dialect))
}

/// The name of a table or an index.
fn object(name: &str, dialect: Dialect) -> Result<(), RenderError> {
    let reserved = name
        .get(..7)
        .is_some_and(|start| start.eq_ignore_ascii_case("sqlite_"));
    if dialect == Dialect::Sqlite && reserved {
        return unsupported(
            dialect,
            format!("keeps names like `{name}` for itself"),
            "write one that does not begin with `sqlite_`",
        );
    }
    length(name, dialect)
}

fn constraints(table: &Table, dialect: Dialect) -> Result<(), RenderError> {
    let uniques = table
        .uniques
        .iter()
        .filter_map(|unique| unique.name.as_deref());
    let checks = table
        .checks
        .iter()
        .filter_map(|check| check.name.as_deref());
    uniques
        .chain(checks)
        .try_for_each(|name| length(name, dialect))?;
    foreign_keys(&table.name, &table.foreign_keys, dialect)
}

fn foreign_keys(table: &str, keys: &[ForeignKey], dialect: Dialect) -> Result<(), RenderError> {
    let names: Vec<String> = keys.iter().map(|key| key.constraint_name(table)).collect();
    let twice = names
        .iter()
        .enumerate()
        .find(|(at, name)| names[..*at].contains(name));
    if dialect == Dialect::Mysql
        && let Some((_, name)) = twice
    {
        return unsupported(
            dialect,
            format!("has no two foreign keys named `{name}`"),
            "write one of them with `t.foreign_key(…).named(…)`",
        );
    }
    keys.iter().try_for_each(|key| match (&key.name, dialect) {
        (Some(name), _) => length(name, dialect),
        // Only on MySQL is the name made by us: the others make one that fits.
        (None, Dialect::Mysql) => length(&key.constraint_name(table), dialect),
        (None, _) => Ok(()),
    })
}

fn length(name: &str, dialect: Dialect) -> Result<(), RenderError> {
    match dialect {
        Dialect::Postgres if name.len() > 63 => unsupported(
            dialect,
            format!("cuts the name `{name}` after 63 bytes"),
            "write a shorter one",
        ),
        Dialect::Mysql if name.chars().count() > 64 => unsupported(
            dialect,
            format!("takes no name of more than 64 characters, such as `{name}`"),
            "write a shorter one; a foreign key gets one with `t.foreign_key(…).named(…)`",
        ),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(change: &Change, dialect: Dialect) -> String {
        match names(change, dialect) {
            Ok(()) => "none".into(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn sqlite_keeps_its_own_names() {
        let reserved = [
            Change::create_table("SQLITE_stats", |t| {
                t.id();
            }),
            Change::rename_table("a", "SQLITE_stats"),
            Change::create_index("SQLITE_stats", "t", |i| i.column("a")),
        ];
        for change in reserved {
            assert_eq!(
                message(&change, Dialect::Sqlite),
                "SQLite keeps names like `SQLITE_stats` for itself: write one that does not begin with `sqlite_`"
            );
            assert_eq!(message(&change, Dialect::Postgres), "none");
        }
        assert_eq!(
            message(
                &Change::rename_column("t", "a", "sqlite_a"),
                Dialect::Sqlite
            ),
            "none"
        );
        assert_eq!(
            message(&Change::rename_table("a", "sqlité_a"), Dialect::Sqlite),
            "none"
        );
    }

    #[test]
    fn every_new_name_fits() {
        let long = "é".repeat(33);
        let changes = [
            Change::create_table(&long, |t| {
                t.id();
            }),
            Change::create_table("t", |t| {
                t.text(&long);
            }),
            Change::create_table("t", |t| {
                t.id();
                t.unique(["id"]).named(&long);
            }),
            Change::create_table("t", |t| {
                t.id();
                t.check(&long, "id > 0");
            }),
            Change::create_table("t", |t| {
                t.id();
                t.foreign_key(["id"], "p", ["id"]).named(&long);
            }),
            Change::add_column("t", |c| c.text(&long)),
            Change::rename_table("a", &long),
            Change::rename_column("t", "a", &long),
            Change::create_index(&long, "t", |i| i.column("a")),
        ];
        for change in changes {
            assert_eq!(
                message(&change, Dialect::Postgres),
                format!("PostgreSQL cuts the name `{long}` after 63 bytes: write a shorter one")
            );
            assert_eq!(message(&change, Dialect::Mysql), "none");
            assert_eq!(message(&change, Dialect::Sqlite), "none");
        }
    }

    #[test]
    fn mysql_is_given_names_that_differ() {
        let twice = Change::create_table("t", |t| {
            t.integer("a").references("p", "x");
            t.foreign_key(["a"], "q", ["y"]);
        });
        assert_eq!(
            message(&twice, Dialect::Mysql),
            "MySQL has no two foreign keys named `t_a_fkey`: write one of them with `t.foreign_key(…).named(…)`"
        );
        assert_eq!(message(&twice, Dialect::Postgres), "none");
    }

    #[test]
    fn mysql_counts_characters_also_of_the_names_made_for_it() {
        let long = "é".repeat(65);
        assert!(
            message(&Change::rename_table("a", &long), Dialect::Mysql)
                .contains("more than 64 characters")
        );
        let made = Change::add_column("t".repeat(50), |c| {
            c.integer("c".repeat(10)).references("p", "id")
        });
        assert!(message(&made, Dialect::Mysql).contains("_cccccccccc_fkey`: write a shorter one"));
        assert_eq!(message(&made, Dialect::Postgres), "none");
    }
}
