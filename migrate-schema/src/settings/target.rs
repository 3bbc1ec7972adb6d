//! The database that migrations are written for: `sqlite`, `postgres>=15`, `cockroach`, ….

use std::{fmt, str::FromStr};

use crate::Dialect;

/// A database product.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Product {
    /// SQLite.
    #[default]
    Sqlite,
    /// rqlite: SQLite's dialect, replicated by statement.
    Rqlite,
    /// PostgreSQL.
    Postgres,
    /// CockroachDB: PostgreSQL's dialect.
    Cockroach,
    /// MySQL or MariaDB, and what both take.
    Mysql,
    /// MariaDB.
    Mariadb,
    /// MariaDB or MySQL in a Galera cluster.
    Galera,
}

impl Product {
    /// Every product.
    pub const ALL: [Self; 7] = [
        Self::Sqlite,
        Self::Rqlite,
        Self::Postgres,
        Self::Cockroach,
        Self::Mysql,
        Self::Mariadb,
        Self::Galera,
    ];

    /// The product that has this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|product| product.name() == name)
    }

    /// The name used in settings and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Rqlite => "rqlite",
            Self::Postgres => "postgres",
            Self::Cockroach => "cockroach",
            Self::Mysql => "mysql",
            Self::Mariadb => "mariadb",
            Self::Galera => "galera",
        }
    }

    /// The dialect that it speaks.
    pub const fn dialect(self) -> Dialect {
        match self {
            Self::Sqlite | Self::Rqlite => Dialect::Sqlite,
            Self::Postgres | Self::Cockroach => Dialect::Postgres,
            Self::Mysql | Self::Mariadb | Self::Galera => Dialect::Mysql,
        }
    }

    /// What people call it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Rqlite => "rqlite",
            Self::Postgres => "PostgreSQL",
            Self::Cockroach => "CockroachDB",
            Self::Mysql => "MySQL",
            Self::Mariadb => "MariaDB",
            Self::Galera => "Galera",
        }
    }
}

/// A product, and the oldest version of it that the migrations have to work on.
///
/// ```
/// use migrate_schema::settings::{Product, Target};
/// let target: Target = "postgres >= 15".parse()?;
/// assert_eq!(target.product, Product::Postgres);
/// assert!(target.at_least(14, 0) && !target.at_least(16, 0));
/// # Ok::<(), migrate_schema::settings::TargetError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Target {
    /// The product.
    pub product: Product,
    /// The oldest version, major and minor; none says nothing about versions.
    pub version: Option<(u32, u32)>,
}

impl Target {
    /// The dialect that it speaks.
    pub const fn dialect(&self) -> Dialect {
        self.product.dialect()
    }

    /// Whether the oldest version is known to be this one or a newer one.
    pub fn at_least(&self, major: u32, minor: u32) -> bool {
        self.version
            .is_some_and(|version| version >= (major, minor))
    }

    /// Whether the oldest version is known to be older than this one.
    pub fn older_than(&self, major: u32, minor: u32) -> bool {
        self.version.is_some_and(|version| version < (major, minor))
    }
}

impl From<Product> for Target {
    fn from(product: Product) -> Self {
        Self {
            product,
            version: None,
        }
    }
}

impl From<Dialect> for Target {
    fn from(dialect: Dialect) -> Self {
        Self::from(match dialect {
            Dialect::Sqlite => Product::Sqlite,
            Dialect::Postgres => Product::Postgres,
            Dialect::Mysql => Product::Mysql,
        })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.product.name())?;
        match self.version {
            Some((major, 0)) => write!(f, ">={major}"),
            Some((major, minor)) => write!(f, ">={major}.{minor}"),
            None => Ok(()),
        }
    }
}

/// The text does not name a database.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// No such product.
    #[error(
        "unknown database `{0}`: write one of sqlite, rqlite, postgres, cockroach, mysql, mariadb, galera"
    )]
    Product(String),
    /// Not a version.
    #[error("`{0}` is not a version: write it as in `postgres>=15` or `mariadb>=10.6`")]
    Version(String),
}

impl FromStr for Target {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, version) = match text.split_once(">=") {
            Some((name, version)) => (name.trim(), Some(version.trim())),
            None => (text.trim(), None),
        };
        let product = match name.to_ascii_lowercase().as_str() {
            "sqlite" | "sqlite3" => Product::Sqlite,
            "rqlite" => Product::Rqlite,
            "postgres" | "postgresql" => Product::Postgres,
            "cockroach" | "cockroachdb" => Product::Cockroach,
            "mysql" => Product::Mysql,
            "mariadb" => Product::Mariadb,
            "galera" => Product::Galera,
            _ => return Err(TargetError::Product(name.to_owned())),
        };
        let version = version.map(|version| {
            parse_version(version).ok_or_else(|| TargetError::Version(version.to_owned()))
        });
        Ok(Self {
            product,
            version: version.transpose()?,
        })
    }
}

fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.splitn(3, '.');
    let major = parts.next()?.parse().ok()?;
    let minor = parts.next().map_or(Some(0), |minor| minor.parse().ok())?;
    parts
        .next()
        .is_none_or(|patch| patch.parse::<u32>().is_ok())
        .then_some((major, minor))
}
