use migrate_core::prelude::*;

struct CreateParts;

/// What the workshop has on its shelves.
///
/// The builder writes the SQL of each database: `id` is `INTEGER PRIMARY KEY` on one, an identity column on the other.
#[migration("20260105_create_parts")]
impl Migration for CreateParts {
    fn up(&self, steps: &mut Steps) {
        steps.create_table("parts", |t| {
            t.big_id();
            t.text("name").not_null().unique();
            t.boolean("is_spare").not_null().default(false);
            t.timestamptz("created_at").not_null().default_now();
        });
    }

    fn down(&self, steps: &mut Steps) {
        steps.drop_table("parts");
    }
}
