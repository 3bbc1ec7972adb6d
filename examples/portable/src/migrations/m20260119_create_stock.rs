use migrate_core::prelude::*;

struct CreateStock;

/// How many there are.
///
/// This SQL is the same on both, and is checked by the grammar and the catalog of both.
#[migration("20260119_create_stock")]
impl Migration for CreateStock {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(
            "CREATE VIEW stock AS
                SELECT parts.id, parts.name, coalesce(sum(movements.amount), 0) AS amount
                FROM parts LEFT JOIN movements ON movements.part_id = parts.id
                GROUP BY parts.id, parts.name"
        ));
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP VIEW stock"));
    }
}
