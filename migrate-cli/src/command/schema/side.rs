//! A schema that is named on the command line.

use std::{fs::File, io::Read, path::PathBuf};

use migrate_core::{
    Database, Dialect,
    schema::{
        self, Schema,
        document::{Database as DocumentOf, Document, Faults},
    },
};

use super::{Ground, existing, text};
use crate::fault::Fault;

/// Where a schema is to be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// What all migrations of the program build.
    History,
    /// What those build that are applied to the database.
    Applied,
    /// The database of the flags.
    Database,
    /// A database by its URL.
    Url(String),
    /// A document, and the database in it.
    Document(PathBuf, Option<String>),
}

/// What is known of a side before the dialect of both is.
enum Half {
    Whole(Schema),
    Document(DocumentOf),
    History,
}

impl Side {
    pub(super) fn of(word: &str) -> Result<Self, Fault> {
        Ok(match word {
            "history" | "migrations" => Self::History,
            "applied" => Self::Applied,
            "database" => Self::Database,
            _ if has_scheme(word) || is_sqlite(word) => Self::Url(word.to_owned()),
            _ if PathBuf::from(word).exists() => Self::Document(PathBuf::from(word), None),
            _ => match word.rsplit_once('#') {
                Some((file, name)) => Self::Document(PathBuf::from(file), Some(name.to_owned())),
                None => Self::Document(PathBuf::from(word), None),
            },
        })
    }

    /// The schema in the dialect of a database.
    pub(super) fn schema(
        &self,
        ground: &Ground<'_>,
        url: &str,
        dialect: Dialect,
    ) -> Result<Schema, Fault> {
        match self.half(ground, Some(url))? {
            Half::Whole(schema) => Ok(schema),
            half => half.schema(ground, dialect),
        }
    }

    fn half(&self, ground: &Ground<'_>, url: Option<&str>) -> Result<Half, Fault> {
        let only = || match url {
            Some(url) => Ok(url.to_owned()),
            None => match &ground.urls()?[..] {
                [url] => Ok(url.clone()),
                _ => Err(Fault::Usage(
                    "several databases are given, and this compares with one: name it by its URL"
                        .to_owned(),
                )),
            },
        };
        Ok(match self {
            Self::History => Half::History,
            Self::Database => Half::Whole(ground.live(&only()?)?),
            Self::Url(url) => Half::Whole(ground.live(url)?),
            Self::Applied => {
                let mut database = existing(&only()?)?;
                let status = ground.migrator.status(&mut database)?;
                let dialect = database.dialect();
                Half::Whole(schema::applied(&ground.migrator, &status, dialect)?)
            }
            Self::Document(file, name) => {
                let document =
                    Document::read(&text(file)?).map_err(|faults| not_right(file, &faults))?;
                Half::Document(database_of(&document, file, name.as_deref())?)
            }
        })
    }
}

impl Half {
    fn dialect(&self) -> Option<Dialect> {
        match self {
            Self::Whole(schema) => Some(schema.dialect),
            Self::Document(database) => database.dialect(),
            Self::History => None,
        }
    }

    fn schema(self, ground: &Ground<'_>, dialect: Dialect) -> Result<Schema, Fault> {
        match self {
            Self::Whole(schema) => Ok(schema),
            Self::Document(database) => database
                .schema(dialect)
                .map_err(|faults| not_right(database.name(), &faults)),
            Self::History => Ok(schema::expected(&ground.migrator, dialect)?),
        }
    }
}

/// The schema of a side in its own dialect, or else in the one that is found.
pub(super) fn of_one(
    ground: &Ground<'_>,
    side: &Side,
    dialect: impl FnOnce() -> Result<Dialect, Fault>,
) -> Result<Schema, Fault> {
    let half = side.half(ground, None)?;
    let dialect = half.dialect().map_or_else(dialect, Ok)?;
    half.schema(ground, dialect)
}

/// The schemas of two sides, in one dialect.
pub(super) fn of_two(
    ground: &Ground<'_>,
    sides: [Side; 2],
    dialect: Option<Dialect>,
) -> Result<[Schema; 2], Fault> {
    let [from, to] = sides;
    let (from, to) = (from.half(ground, None)?, to.half(ground, None)?);
    let dialect = match (from.dialect(), to.dialect(), dialect) {
        (Some(from), Some(to), _) if from != to => {
            return Err(Fault::Usage(format!(
                "these are a schema of {from} and one of {to}, which have no types and expressions in common"
            )));
        }
        (Some(dialect), ..) | (None, Some(dialect), _) | (None, None, Some(dialect)) => dialect,
        (None, None, None) => {
            let urls = ground.urls().unwrap_or_default();
            let database = urls.first().map(|url| Database::open_existing(url));
            match database {
                Some(Ok(Some(database))) => database.dialect(),
                _ => {
                    return Err(Fault::Usage(
                        "neither side says of which database it is: give `--dialect sqlite`, `postgres` or `mysql`".to_owned(),
                    ));
                }
            }
        }
    };
    Ok([from.schema(ground, dialect)?, to.schema(ground, dialect)?])
}

fn has_scheme(word: &str) -> bool {
    let (scheme, rest) = word.split_once(':').unwrap_or_default();
    matches!(scheme, "sqlite" | "sqlite3" | "file")
        || (!scheme.is_empty() && rest.starts_with("//"))
}

/// Whether this is a file of SQLite. An empty one is an empty database.
fn is_sqlite(path: &str) -> bool {
    let mut start = [0; 16];
    match File::open(path).map(|mut file| file.read(&mut start)) {
        Ok(Ok(0)) => !path.ends_with(".json"),
        Ok(Ok(_)) => start.starts_with(b"SQLite format 3"),
        _ => false,
    }
}

/// The database of a document that is meant: by its name, or the only one.
fn database_of(
    document: &Document,
    file: &std::path::Path,
    name: Option<&str>,
) -> Result<DocumentOf, Fault> {
    let known: Vec<&str> = document.databases().iter().map(DocumentOf::name).collect();
    let file = file.display();
    match (document.databases(), name) {
        (_, Some(name)) => document.database(name).cloned().ok_or_else(|| {
            Fault::Usage(format!(
                "`{file}` has no database `{name}`, only {}",
                migrate_schema::listed(&known)
            ))
        }),
        ([one], None) => Ok(one.clone()),
        ([], None) => Err(Fault::Usage(format!("`{file}` has no database"))),
        (_, None) => Err(Fault::Usage(format!(
            "`{file}` has several databases, {}: write `{file}#{}` for one of them",
            migrate_schema::listed(&known),
            known.first().copied().unwrap_or_default()
        ))),
    }
}

fn not_right(what: impl AsRef<std::ffi::OsStr>, faults: &Faults) -> Fault {
    let what = what.as_ref().display();
    Fault::Document(format!(
        "the schema document `{what}` is not right:\n{faults}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides() {
        let side = |word: &str| Side::of(word).unwrap();
        assert_eq!(side("history"), Side::History);
        assert_eq!(side("applied"), Side::Applied);
        assert_eq!(side("database"), Side::Database);
        assert_eq!(
            side("postgres://db/app"),
            Side::Url("postgres://db/app".to_owned())
        );
        assert_eq!(
            side("sqlite::memory:"),
            Side::Url("sqlite::memory:".to_owned())
        );
        assert_eq!(side("a.json"), Side::Document("a.json".into(), None));
        assert_eq!(
            side("a.json#b"),
            Side::Document("a.json".into(), Some("b".to_owned()))
        );
    }
}
