use migrate_core::prelude::*;

struct CreateMovements;

/// What came in, and what went out.
#[migration("20260112_create_movements")]
impl Migration for CreateMovements {
    fn up(&self, steps: &mut Steps) {
        steps.create_table("movements", |t| {
            t.big_id();
            t.bigint("part_id")
                .not_null()
                .references("parts", "id")
                .on_delete(Action::Cascade);
            t.bigint("amount").not_null().check("amount <> 0");
            t.timestamptz("moved_at").not_null().default_now();
        });
        steps.create_index("movements_part", "movements", |i| i.column("part_id"));
    }

    fn down(&self, steps: &mut Steps) {
        steps.drop_table("movements");
    }
}
