//! The migrations.

pub mod m20261120_02_add_price_to_books;
pub mod m20261120_create_tables;
