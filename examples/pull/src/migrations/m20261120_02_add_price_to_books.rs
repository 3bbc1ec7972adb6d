//! Add price to books.

use migrate_core::prelude::*;

/// The migration `20261120_02_add_price_to_books`.
pub struct AddPriceToBooks;

#[migration("20261120_02_add_price_to_books")]
impl Migration for AddPriceToBooks {
    fn up(&self, steps: &mut Steps) {
        // column books.price: added (REAL)
        steps.sql(sql!(r#"ALTER TABLE books ADD COLUMN price REAL DEFAULT 0"#));
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!(r#"ALTER TABLE books DROP COLUMN price"#));
    }
}
