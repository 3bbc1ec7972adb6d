use migrate_core::prelude::*;

struct CountComments;

/// How many comments a post has.
///
/// Those that are there are counted once, and triggers go on.
#[migration("20251124_count_comments")]
impl Migration for CountComments {
    fn up(&self, steps: &mut Steps) {
        steps.add_column("posts", |c| {
            c.integer("comment_count").not_null().default(0)
        });
        steps.sql(sql!(
            "UPDATE posts SET comment_count = (SELECT count(*) FROM comments WHERE post_id = posts.id);
            CREATE TRIGGER comments_counted AFTER INSERT ON comments
            BEGIN
                UPDATE posts SET comment_count = comment_count + 1 WHERE id = new.post_id;
            END;
            CREATE TRIGGER comments_uncounted AFTER DELETE ON comments
            BEGIN
                UPDATE posts SET comment_count = comment_count - 1 WHERE id = old.post_id;
            END;"
        ));
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!(
            "DROP TRIGGER comments_counted; DROP TRIGGER comments_uncounted"
        ));
        steps.drop_column("posts", "comment_count");
    }
}
