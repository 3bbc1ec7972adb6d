//! Comments, and comments on these.

use rusqlite::params;

use crate::{Blog, Error};

/// A comment where it stands under its post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// The id.
    pub id: i64,
    /// The handle of who wrote it.
    pub author: String,
    /// The text.
    pub body: String,
    /// How deep it stands: 0 for a comment on the post, 1 for a reply to one, and so on.
    pub depth: u32,
}

impl Blog {
    /// Comments on a post, or on a comment under it, and returns the id.
    ///
    /// # Errors
    ///
    /// Where the text is empty, or one of the ids is that of nothing.
    pub fn comment(
        &self,
        post: i64,
        author: i64,
        body: &str,
        reply_to: Option<i64>,
    ) -> Result<i64, Error> {
        self.connection.execute(
            "INSERT INTO comments (post_id, author_id, body, reply_to) VALUES (?1, ?2, ?3, ?4)",
            params![post, author, body, reply_to],
        )?;
        Ok(self.connection.last_insert_rowid())
    }

    /// The comments under a post, each before its replies, the oldest first.
    ///
    /// # Errors
    ///
    /// Where the database cannot be read.
    pub fn comments(&self, post: i64) -> Result<Vec<Comment>, Error> {
        let mut statement = self.connection.prepare_cached(
            "WITH RECURSIVE thread (id, author_id, body, depth, path) AS (
                 SELECT id, author_id, body, 0, format('%010d', id)
                 FROM comments WHERE post_id = ?1 AND reply_to IS NULL
                 UNION ALL
                 SELECT reply.id, reply.author_id, reply.body, depth + 1, path || format('/%010d', reply.id)
                 FROM comments AS reply JOIN thread ON reply.reply_to = thread.id
             )
             SELECT thread.id, users.handle, body, depth
             FROM thread JOIN users ON users.id = author_id ORDER BY path",
        )?;
        let rows = statement.query_map([post], |row| {
            Ok(Comment {
                id: row.get(0)?,
                author: row.get(1)?,
                body: row.get(2)?,
                depth: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

#[cfg(test)]
mod tests {
    use crate::{NewPost, tests::blog};

    #[test]
    fn replies_stand_under_their_comment() {
        let mut blog = blog();
        let kim = blog.create_user("Kim", "kim@thread.example").unwrap();
        let post = NewPost {
            title: "Threads",
            ..NewPost::default()
        };
        let post = blog.write_post(kim, &post).unwrap();
        let first = blog.comment(post, kim, "first", None).unwrap();
        blog.comment(post, kim, "second", None).unwrap();
        let reply = blog.comment(post, kim, "reply", Some(first)).unwrap();
        blog.comment(post, kim, "deeper", Some(reply)).unwrap();

        let comments = blog.comments(post).unwrap();
        let shown: Vec<(&str, u32)> = comments
            .iter()
            .map(|comment| (comment.body.as_str(), comment.depth))
            .collect();
        assert_eq!(
            shown,
            [("first", 0), ("reply", 1), ("deeper", 2), ("second", 0)]
        );
        assert_eq!(comments[0].author, "kim");
        let count = || blog.post("threads").unwrap().unwrap().comment_count;
        assert_eq!(count(), 4);

        let delete = "DELETE FROM comments WHERE id = ?1";
        blog.connection.execute(delete, [first]).unwrap();
        assert_eq!(count(), 1, "the replies go with their comment");
    }

    #[test]
    fn what_is_wrong_is_refused() {
        let mut blog = blog();
        let kim = blog.create_user("Kim", "kim@thread.example").unwrap();
        let post = blog
            .write_post(
                kim,
                &NewPost {
                    title: "Threads",
                    ..NewPost::default()
                },
            )
            .unwrap();
        assert!(blog.comment(post, kim, "", None).is_err(), "no text");
        assert!(blog.comment(post + 1000, kim, "text", None).is_err());
        assert!(blog.comment(post, kim, "text", Some(-1)).is_err());
    }
}
