use migrate_core::prelude::*;

// The attribute may also stand on the struct, with an ordinary `impl` beside it.
#[migration(
    "20251103_02_backfill_published_at",
    description = "Published posts get the date of their writing."
)]
struct BackfillPublishedAt;

impl Migration for BackfillPublishedAt {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(
            "UPDATE posts SET published_at = created_at WHERE status = 'published' AND published_at IS NULL"
        ));
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("UPDATE posts SET published_at = NULL"));
    }
}
