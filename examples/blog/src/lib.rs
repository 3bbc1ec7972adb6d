//! A small blog on SQLite. The library is ordinary; `src/migrations` is what the example is about.
//!
//! ```
//! use blog::{Blog, NewPost};
//!
//! let mut blog = Blog::open(":memory:", "test")?;
//! let ann = blog.create_user("Ann Lee", "ann@example.org")?;
//! let post = blog.write_post(ann, &NewPost { title: "Hello", body: "The first words.", tags: &["news"] })?;
//! blog.publish(post)?;
//! assert_eq!(blog.search("first words")?, ["hello"]);
//! # Ok::<(), blog::Error>(())
//! ```

use std::path::Path;

use migrate_core::Migrator;
use rusqlite::Connection;

mod comments;
mod migrations;
mod posts;
mod slug;
mod users;

pub use comments::Comment;
pub use posts::{NewPost, Post, Status};
pub use users::AuthorStatistics;

/// A blog, which is a database.
#[derive(Debug)]
pub struct Blog {
    connection: Connection,
}

impl Blog {
    /// Opens a blog, and applies what its database has not had yet. The environment, `production` or
    /// `development`, decides which migrations that includes.
    ///
    /// # Errors
    ///
    /// Where the file cannot be opened, or a migration fails.
    pub fn open(path: impl AsRef<Path>, environment: &str) -> Result<Self, Error> {
        let mut connection = Connection::open(path)?;
        Migrator::new()
            .environment(environment)
            .up(&mut connection)?;
        Self::on(connection)
    }

    /// A blog on a connection whose database is up to date.
    ///
    /// # Errors
    ///
    /// Where the connection cannot be used.
    pub fn on(connection: Connection) -> Result<Self, Error> {
        // SQLite's own default is off.
        connection.pragma_update(None, "foreign_keys", true)?;
        Ok(Self { connection })
    }

    /// The first of `wanted`, `wanted-2`, `wanted-3` … that the query does not find.
    fn first_free(&self, query: &str, wanted: &str) -> Result<String, Error> {
        let mut taken = self.connection.prepare_cached(query)?;
        let mut candidate = wanted.to_owned();
        let mut number = 1;
        while taken.exists([&candidate])? {
            number += 1;
            candidate = format!("{wanted}-{number}");
        }
        Ok(candidate)
    }
}

/// Why the blog could not do it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The database could not be brought up to date.
    #[error("cannot bring the database up to date: {0}")]
    Migration(#[from] migrate_core::Error),
    /// SQLite refused a statement.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// A post that is not there.
    #[error("there is no post {0}")]
    NoSuchPost(i64),
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A blog of its own for every test, with all migrations applied.
    pub(crate) fn blog() -> Blog {
        Blog::on(migrate_core::migrated_memory().unwrap()).unwrap()
    }
}
