use migrate_core::prelude::*;

struct CreateComments;

/// Comments on posts, and on comments.
///
/// The builder knows the SQL of every database.
#[migration("20250922_create_comments")]
impl Migration for CreateComments {
    fn up(&self, steps: &mut Steps) {
        steps.create_table("comments", |t| {
            t.id();
            t.integer("post_id")
                .not_null()
                .references("posts", "id")
                .on_delete(Action::Cascade);
            t.integer("author_id")
                .not_null()
                .references("users", "id")
                .on_delete(Action::Cascade);
            t.integer("reply_to")
                .references("comments", "id")
                .on_delete(Action::Cascade);
            t.text("body").not_null().check("body <> ''");
            t.timestamp("created_at").not_null().default_now();
        });
        steps.create_index("comments_post", "comments", |i| i.column("post_id"));
        steps.create_index("comments_author", "comments", |i| i.column("author_id"));
        steps.create_index("comments_reply_to", "comments", |i| {
            i.column("reply_to").filter("reply_to IS NOT NULL")
        });
    }

    fn down(&self, steps: &mut Steps) {
        steps.drop_table("comments");
    }
}
