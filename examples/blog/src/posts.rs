//! Posts: writing, publishing, reading, finding.

use rusqlite::{
    OptionalExtension, Row, ToSql, params,
    types::{FromSql, FromSqlError, FromSqlResult, ValueRef},
};

use crate::{Blog, Error, slug::slug};

/// A post to be written.
#[derive(Clone, Copy, Debug, Default)]
pub struct NewPost<'a> {
    /// The title, from which the slug is made.
    pub title: &'a str,
    /// The text.
    pub body: &'a str,
    /// What it is about.
    pub tags: &'a [&'a str],
}

/// A post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// The id.
    pub id: i64,
    /// Its name in addresses.
    pub slug: String,
    /// The title.
    pub title: String,
    /// The text.
    pub body: String,
    /// Who sees it.
    pub status: Status,
    /// Since when it is published, in UTC.
    pub published_at: Option<String>,
    /// How long it takes to read.
    pub reading_minutes: u32,
    /// How many comments it has.
    pub comment_count: u32,
    /// What it is about, in alphabetical order.
    pub tags: Vec<String>,
}

/// Who sees a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Its author.
    Draft,
    /// Everybody.
    Published,
    /// Who knows its address.
    Archived,
}

impl Blog {
    /// Writes a draft, and returns its id.
    ///
    /// # Errors
    ///
    /// Where there is no such author, or the title is longer than 200 characters.
    pub fn write_post(&mut self, author: i64, post: &NewPost<'_>) -> Result<i64, Error> {
        let slug = self.first_free("SELECT 1 FROM posts WHERE slug = ?1", &slug(post.title))?;
        let transaction = self.connection.transaction()?;
        transaction.execute(
            "INSERT INTO posts (author_id, slug, title, body, reading_minutes) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![author, slug, post.title, post.body, reading_minutes(post.body)],
        )?;
        let id = transaction.last_insert_rowid();
        for tag in post.tags {
            transaction.execute("INSERT OR IGNORE INTO tags (name) VALUES (?1)", [tag])?;
            transaction.execute(
                "INSERT OR IGNORE INTO post_tags (post_id, tag_id) SELECT ?1, id FROM tags WHERE name = ?2",
                params![id, tag],
            )?;
        }
        transaction.commit()?;
        Ok(id)
    }

    /// Shows a post to everybody. One that was published before keeps its date.
    ///
    /// # Errors
    ///
    /// Where there is no such post.
    pub fn publish(&self, post: i64) -> Result<(), Error> {
        self.change_post(
            "UPDATE posts SET status = 'published', published_at = coalesce(published_at, CURRENT_TIMESTAMP) WHERE id = ?1",
            post,
        )
    }

    /// Takes a post out of the lists.
    ///
    /// # Errors
    ///
    /// Where there is no such post.
    pub fn archive(&self, post: i64) -> Result<(), Error> {
        self.change_post("UPDATE posts SET status = 'archived' WHERE id = ?1", post)
    }

    /// Deletes a post with its comments.
    ///
    /// # Errors
    ///
    /// Where there is no such post.
    pub fn delete_post(&self, post: i64) -> Result<(), Error> {
        self.change_post("DELETE FROM posts WHERE id = ?1", post)
    }

    fn change_post(&self, statement: &str, post: i64) -> Result<(), Error> {
        match self.connection.execute(statement, [post])? {
            0 => Err(Error::NoSuchPost(post)),
            _ => Ok(()),
        }
    }

    /// The post with a slug.
    ///
    /// # Errors
    ///
    /// Where the database cannot be read.
    pub fn post(&self, slug: &str) -> Result<Option<Post>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id, slug, title, body, status, published_at, reading_minutes, comment_count
             FROM posts WHERE slug = ?1",
        )?;
        let Some(post) = statement.query_row([slug], read).optional()? else {
            return Ok(None);
        };
        let tags = self.texts(
            "SELECT name FROM tags JOIN post_tags ON tag_id = tags.id WHERE post_id = ?1 ORDER BY name",
            &post.id,
        )?;
        Ok(Some(Post { tags, ..post }))
    }

    /// The slugs of what is published, newest first.
    ///
    /// # Errors
    ///
    /// Where the database cannot be read.
    pub fn newest(&self, count: u32) -> Result<Vec<String>, Error> {
        self.texts(
            "SELECT slug FROM posts WHERE status = 'published' ORDER BY published_at DESC, id DESC LIMIT ?1",
            &count,
        )
    }

    /// The slugs of the published posts that have all of these words, the best first.
    ///
    /// # Errors
    ///
    /// Where the database cannot be read.
    pub fn search(&self, words: &str) -> Result<Vec<String>, Error> {
        // In quotes a word is a word, whatever it means to FTS5.
        let quoted = |word: &str| format!("\"{}\"", word.replace('"', "\"\""));
        let query: Vec<String> = words.split_whitespace().map(quoted).collect();
        if query.is_empty() {
            return Ok(Vec::new());
        }
        self.texts(
            "SELECT slug FROM posts_search JOIN posts ON posts.id = posts_search.rowid
             WHERE posts_search MATCH ?1 AND status = 'published' ORDER BY rank",
            &query.join(" "),
        )
    }

    fn texts(&self, query: &str, parameter: &dyn ToSql) -> Result<Vec<String>, Error> {
        let mut statement = self.connection.prepare_cached(query)?;
        let rows = statement.query_map([parameter], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Post> {
    Ok(Post {
        id: row.get(0)?,
        slug: row.get(1)?,
        title: row.get(2)?,
        body: row.get(3)?,
        status: row.get(4)?,
        published_at: row.get(5)?,
        reading_minutes: row.get(6)?,
        comment_count: row.get(7)?,
        tags: Vec::new(),
    })
}

/// At 200 words a minute, and never less than one.
fn reading_minutes(body: &str) -> u32 {
    let minutes = body.split_whitespace().count().div_ceil(200).max(1);
    u32::try_from(minutes).unwrap_or(u32::MAX)
}

impl FromSql for Status {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value.as_str()? {
            "draft" => Ok(Self::Draft),
            "published" => Ok(Self::Published),
            "archived" => Ok(Self::Archived),
            other => Err(FromSqlError::Other(
                format!("`{other}` is not the status of a post").into(),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::blog;

    const HARBOUR: NewPost<'_> = NewPost {
        title: "The Old Harbour",
        body: "Fog over the quay, and a \"zeppelin\".",
        tags: &["sea", "Fog", "fog"],
    };

    #[test]
    fn a_post_from_draft_to_archive() {
        let mut blog = blog();
        let zoe = blog.create_user("Zoe", "zoe@harbour.example").unwrap();
        let id = blog.write_post(zoe, &HARBOUR).unwrap();
        let draft = blog.post("the-old-harbour").unwrap().unwrap();
        assert_eq!((draft.id, draft.status), (id, Status::Draft));
        assert_eq!((draft.reading_minutes, draft.comment_count), (1, 0));
        assert_eq!(draft.published_at, None);
        assert_eq!(draft.tags, ["Fog", "sea"]);

        blog.publish(id).unwrap();
        let published = blog.post("the-old-harbour").unwrap().unwrap();
        assert_eq!(published.status, Status::Published);
        assert!(published.published_at.is_some());
        assert_eq!(blog.newest(1).unwrap(), ["the-old-harbour"]);

        blog.archive(id).unwrap();
        assert!(!blog.newest(100).unwrap().contains(&published.slug));
        let archived = blog.post("the-old-harbour").unwrap().unwrap();
        assert_eq!(archived.published_at, published.published_at);

        blog.delete_post(id).unwrap();
        assert_eq!(blog.post("the-old-harbour").unwrap(), None);
        let error = blog.publish(id).unwrap_err();
        assert_eq!(error.to_string(), format!("there is no post {id}"));
    }

    #[test]
    fn posts_of_one_title_have_slugs_of_their_own() {
        let mut blog = blog();
        let zoe = blog.create_user("Zoe", "zoe@harbour.example").unwrap();
        for _ in 0..3 {
            blog.write_post(zoe, &HARBOUR).unwrap();
        }
        for slug in ["the-old-harbour", "the-old-harbour-2", "the-old-harbour-3"] {
            assert!(blog.post(slug).unwrap().is_some(), "{slug}");
        }
    }

    #[test]
    fn search_takes_any_text() {
        let mut blog = blog();
        let zoe = blog.create_user("Zoe", "zoe@harbour.example").unwrap();
        let id = blog.write_post(zoe, &HARBOUR).unwrap();
        assert_eq!(blog.search("zeppelin").unwrap(), [""; 0], "a draft");
        blog.publish(id).unwrap();
        for (words, found) in [
            ("zeppelin", true),
            ("ZEPPELIN harbour", true),
            ("\"zeppelin", true),
            ("zeppelin lighthouse", false),
            ("zeppelin OR", false),
            ("zeppelin NOT (quay", false),
            (" ", false),
        ] {
            assert_eq!(!blog.search(words).unwrap().is_empty(), found, "{words}");
        }
        blog.delete_post(id).unwrap();
        assert_eq!(blog.search("zeppelin").unwrap(), [""; 0]);
    }

    #[test]
    fn a_long_post_takes_longer() {
        assert_eq!(reading_minutes(""), 1);
        assert_eq!(reading_minutes(&"word ".repeat(200)), 1);
        assert_eq!(reading_minutes(&"word ".repeat(201)), 2);
    }
}
