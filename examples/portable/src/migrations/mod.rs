//! The history of the database, whichever it is.

mod m20260105_create_parts;
mod m20260112_create_movements;
mod m20260119_create_stock;
mod m20260126_search_parts;
