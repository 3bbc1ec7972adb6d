//! Create tables.

use migrate_core::prelude::*;

/// The migration `20261120_create_tables`.
pub struct CreateTables;

#[migration("20261120_create_tables")]
impl Migration for CreateTables {
    fn up(&self, steps: &mut Steps) {
        // table authors: added
        // table books: added
        steps.sql(sql!(
            r#"
CREATE TABLE authors (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT UNIQUE,
    created_at TEXT DEFAULT CURRENT_TIMESTAMP,
    updated_at TEXT DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE books (
    id TEXT NOT NULL PRIMARY KEY,
    title TEXT NOT NULL,
    state TEXT DEFAULT 'draft' CHECK ("state" IN ('draft', 'printed')),
    pages INTEGER DEFAULT 0,
    authorId TEXT NOT NULL REFERENCES authors (id) ON DELETE RESTRICT,
    created_at TEXT DEFAULT CURRENT_TIMESTAMP,
    updated_at TEXT DEFAULT CURRENT_TIMESTAMP
);
"#
        ));
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!(
            r#"
DROP TABLE books;

DROP TABLE authors;
"#
        ));
    }
}
