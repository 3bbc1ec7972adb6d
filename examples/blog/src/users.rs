//! People, and what they have written.

use rusqlite::params;

use crate::{Blog, Error, slug::slug};

/// What an author has published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorStatistics {
    /// The author's handle.
    pub handle: String,
    /// How many posts are published.
    pub posts: u32,
    /// How many comments these have.
    pub comments: u32,
}

impl Blog {
    /// Adds somebody, and returns their id. Their handle is made from the name.
    ///
    /// # Errors
    ///
    /// Where the email is taken.
    pub fn create_user(&self, name: &str, email: &str) -> Result<i64, Error> {
        let handle = self.first_free("SELECT 1 FROM users WHERE handle = ?1", &slug(name))?;
        self.connection.execute(
            "INSERT INTO users (name, email, handle) VALUES (?1, ?2, ?3)",
            params![name, email, handle],
        )?;
        Ok(self.connection.last_insert_rowid())
    }

    /// What everybody has published, who has published most first.
    ///
    /// # Errors
    ///
    /// Where the database cannot be read.
    pub fn statistics(&self) -> Result<Vec<AuthorStatistics>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT handle, posts, comments FROM author_statistics ORDER BY posts DESC, handle",
        )?;
        let rows = statement.query_map([], |row| {
            Ok(AuthorStatistics {
                handle: row.get(0)?,
                posts: row.get(1)?,
                comments: row.get(2)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

#[cfg(test)]
mod tests {
    use crate::{AuthorStatistics, NewPost, tests::blog};

    #[test]
    fn an_email_is_taken_once_whatever_its_case() {
        let blog = blog();
        blog.create_user("Mia Park", "mia@park.example").unwrap();
        let error = blog.create_user("Mia", "MIA@park.example").unwrap_err();
        assert!(error.to_string().contains("users.email"), "{error}");
    }

    #[test]
    fn statistics_count_what_is_published() {
        let mut blog = blog();
        let mia = blog.create_user("Mia Park", "mia@park.example").unwrap();
        blog.create_user("Mia Park", "another@park.example")
            .unwrap();
        for title in ["One", "Two", "Three"] {
            let post = NewPost {
                title,
                ..NewPost::default()
            };
            let post = blog.write_post(mia, &post).unwrap();
            blog.comment(post, mia, "Well?", None).unwrap();
            if title != "Three" {
                blog.publish(post).unwrap();
            }
        }
        let statistics = blog.statistics().unwrap();
        let of = |handle: &str, posts, comments| AuthorStatistics {
            handle: handle.to_owned(),
            posts,
            comments,
        };
        assert!(statistics.contains(&of("mia-park", 2, 2)), "{statistics:?}");
        assert!(
            statistics.contains(&of("mia-park-2", 0, 0)),
            "{statistics:?}"
        );
    }
}
