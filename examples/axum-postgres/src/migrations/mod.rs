//! The history of the database.

mod m20260301_create_notes;
mod m20260308_02_index_notes;
mod m20260308_pin_notes;
