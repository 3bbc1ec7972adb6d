use migrate_core::prelude::*;

struct IndexPublishedPosts;

/// An index for the front page.
///
/// It reads published posts, newest first, and no others.
#[migration("20251110_index_published_posts")]
impl Migration for IndexPublishedPosts {
    fn up(&self, steps: &mut Steps) {
        steps.create_index("posts_published", "posts", |i| {
            i.descending("published_at").filter("status = 'published'")
        });
    }

    fn down(&self, steps: &mut Steps) {
        steps.drop_index("posts_published", "posts");
    }
}
