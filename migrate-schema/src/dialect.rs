use std::{fmt, str::FromStr};

/// A dialect of SQL: what a statement is parsed as and what the builder steps are written in.
///
/// ```
/// use migrate_schema::Dialect;
/// assert_eq!("postgresql".parse(), Ok(Dialect::Postgres));
/// assert_eq!(Dialect::Sqlite.to_string(), "sqlite");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "lowercase")
)]
#[non_exhaustive]
pub enum Dialect {
    /// SQLite 3, and what speaks it (rqlite, SQLCipher).
    #[default]
    Sqlite,
    /// PostgreSQL, and what speaks it (CockroachDB, YugabyteDB).
    Postgres,
    /// MySQL and MariaDB.
    Mysql,
}

impl Dialect {
    /// Every dialect, in the order in which help texts list them.
    pub const ALL: [Self; 3] = [Self::Sqlite, Self::Postgres, Self::Mysql];

    /// The name used in configuration and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
            Self::Mysql => "mysql",
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The word is not the name of a dialect.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown SQL dialect `{0}`: write `sqlite`, `postgres` or `mysql`")]
pub struct UnknownDialect(pub String);

impl FromStr for Dialect {
    type Err = UnknownDialect;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name.to_ascii_lowercase().as_str() {
            "sqlite" | "sqlite3" => Ok(Self::Sqlite),
            "postgres" | "postgresql" => Ok(Self::Postgres),
            "mysql" | "mariadb" => Ok(Self::Mysql),
            _ => Err(UnknownDialect(name.to_owned())),
        }
    }
}
