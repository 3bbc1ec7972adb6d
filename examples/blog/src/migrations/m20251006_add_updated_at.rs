use migrate_core::prelude::*;

struct AddUpdatedAt;

/// When a post was last edited.
///
/// The posts that are there get the time of their writing; from then on a trigger keeps it.
#[migration("20251006_add_updated_at")]
impl Migration for AddUpdatedAt {
    fn up(&self, steps: &mut Steps) {
        steps.add_column("posts", |c| c.text("updated_at"));
        steps.sql(sql!("UPDATE posts SET updated_at = created_at"));
        steps.sql(sql!(
            "CREATE TRIGGER posts_updated_at AFTER UPDATE OF title, body ON posts
            BEGIN
                UPDATE posts SET updated_at = CURRENT_TIMESTAMP WHERE id = new.id;
            END"
        ));
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP TRIGGER posts_updated_at"));
        steps.drop_column("posts", "updated_at");
    }
}
