//! The other tools, and where each keeps its history.

use std::{fmt, str::FromStr};

use migrate_schema::Dialect;

/// A tool whose history can be taken over, by [`Request::Adopt`](crate::Request::Adopt).
///
/// ```
/// use migrate_core::Tool;
/// assert_eq!("sqlx".parse(), Ok(Tool::Sqlx));
/// assert_eq!(Tool::Sqlx.table(), Some("_sqlx_migrations"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Tool {
    /// sqlx.
    Sqlx,
    /// diesel.
    Diesel,
    /// refinery.
    Refinery,
    /// SeaORM.
    SeaOrm,
    /// golang-migrate.
    GolangMigrate,
    /// Flyway.
    Flyway,
    /// rusqlite_migration, which counts in SQLite's `user_version`.
    RusqliteMigration,
    /// goose.
    Goose,
    /// dbmate.
    Dbmate,
    /// Prisma.
    Prisma,
}

impl Tool {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Sqlx,
        Self::Diesel,
        Self::Refinery,
        Self::SeaOrm,
        Self::GolangMigrate,
        Self::Flyway,
        Self::RusqliteMigration,
        Self::Goose,
        Self::Dbmate,
        Self::Prisma,
    ];

    /// The name by which it is asked for.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlx => "sqlx",
            Self::Diesel => "diesel",
            Self::Refinery => "refinery",
            Self::SeaOrm => "sea-orm",
            Self::GolangMigrate => "golang-migrate",
            Self::Flyway => "flyway",
            Self::RusqliteMigration => "rusqlite_migration",
            Self::Goose => "goose",
            Self::Dbmate => "dbmate",
            Self::Prisma => "prisma",
        }
    }

    /// The table of its history, unless it was set up differently.
    pub const fn table(self) -> Option<&'static str> {
        match self {
            Self::Sqlx => Some("_sqlx_migrations"),
            Self::Diesel => Some("__diesel_schema_migrations"),
            Self::Refinery => Some("refinery_schema_history"),
            Self::SeaOrm => Some("seaql_migrations"),
            Self::GolangMigrate | Self::Dbmate => Some("schema_migrations"),
            Self::Flyway => Some("flyway_schema_history"),
            Self::Goose => Some("goose_db_version"),
            Self::Prisma => Some("_prisma_migrations"),
            Self::RusqliteMigration => None,
        }
    }

    /// The query for its history, in the order in which it was written. What is true is 1, and what is not is 0.
    pub(super) fn query(self, table: &str) -> String {
        let columns = match self {
            Self::RusqliteMigration => return "PRAGMA user_version".to_owned(),
            Self::Sqlx => "version, description, CASE WHEN success THEN 1 ELSE 0 END",
            Self::Refinery => "version, name",
            Self::Diesel | Self::SeaOrm | Self::Dbmate => "version",
            Self::GolangMigrate => "version, CASE WHEN dirty THEN 1 ELSE 0 END",
            Self::Flyway => {
                "version, description, CASE WHEN success THEN 1 ELSE 0 END, type, script"
            }
            Self::Goose => "version_id, CASE WHEN is_applied THEN 1 ELSE 0 END",
            Self::Prisma => {
                "migration_name, CASE WHEN finished_at IS NULL THEN 0 ELSE 1 END, \
                 CASE WHEN rolled_back_at IS NULL THEN 0 ELSE 1 END"
            }
        };
        let order = match self {
            Self::Flyway => "installed_rank",
            Self::Goose => "id",
            Self::Prisma => "started_at",
            _ => "version",
        };
        format!("SELECT {columns} FROM {table} ORDER BY {order}")
    }
}

/// The name of a table, maybe behind that of its schema, in quotes.
pub(super) fn quoted(table: &str, dialect: Dialect) -> String {
    let quote = match dialect {
        Dialect::Mysql => '`',
        _ => '"',
    };
    let one = |name: &str| {
        let doubled = name.replace(quote, &format!("{quote}{quote}"));
        format!("{quote}{doubled}{quote}")
    };
    let names: Vec<String> = table.split('.').map(one).collect();
    names.join(".")
}

impl fmt::Display for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Tool {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let same = |tool: &Self| tool.name().replace('_', "-") == word.replace('_', "-");
        Self::ALL.into_iter().find(same).ok_or_else(|| {
            let names = Self::ALL.map(Self::name);
            format!("`{word}` is none of {}", names.join(", "))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for tool in Tool::ALL {
            assert_eq!(tool.to_string().parse(), Ok(tool));
        }
        assert_eq!("rusqlite-migration".parse(), Ok(Tool::RusqliteMigration));
        let error = "alembic".parse::<Tool>().unwrap_err();
        assert!(
            error.starts_with("`alembic` is none of sqlx, diesel, "),
            "{error}"
        );
    }

    #[test]
    fn tables_are_quoted() {
        assert_eq!(quoted("a\"b", Dialect::Sqlite), "\"a\"\"b\"");
        assert_eq!(quoted("app.done", Dialect::Postgres), "\"app\".\"done\"");
        assert_eq!(quoted("a`b", Dialect::Mysql), "`a``b`");
    }
}
