use std::collections::BTreeMap;

use migrate_core::prelude::*;
use rusqlite::Transaction;

struct AddReadingMinutes;

/// How long a post takes to read.
///
/// Rust code counts the words, and returns the SQL that is run next.
#[migration("20260126_add_reading_minutes")]
impl Migration for AddReadingMinutes {
    fn up(&self, steps: &mut Steps) {
        steps.add_column("posts", |c| {
            c.integer("reading_minutes").not_null().default(1)
        });
        steps.run("count the words of every post", |tx: &Transaction<'_>| {
            let mut posts_by_minutes: BTreeMap<usize, Vec<String>> = BTreeMap::new();
            let mut select = tx.prepare("SELECT id, body FROM posts ORDER BY id")?;
            let mut posts = select.query([])?;
            while let Some(post) = posts.next()? {
                let (id, body): (i64, String) = (post.get(0)?, post.get(1)?);
                let minutes = body.split_whitespace().count().div_ceil(200);
                if minutes > 1 {
                    let posts = posts_by_minutes.entry(minutes).or_default();
                    posts.push(id.to_string());
                }
            }
            let update = |(minutes, posts): (usize, Vec<String>)| {
                let posts = posts.join(", ");
                // Only numbers are put into the text.
                Sql::unchecked(format!(
                    "UPDATE posts SET reading_minutes = {minutes} WHERE id IN ({posts})"
                ))
            };
            Ok(posts_by_minutes.into_iter().map(update).collect::<Vec<_>>())
        });
    }

    fn down(&self, steps: &mut Steps) {
        steps.drop_column("posts", "reading_minutes");
    }
}
