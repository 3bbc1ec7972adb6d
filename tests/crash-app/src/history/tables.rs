//! Plain SQL in a transaction.

use migrate_core::prelude::*;

use super::{mark, rows};

/// The tables that tell what has run. The size is data and not part of the SQL, so a test can choose it and the
/// checksums stay the same.
#[migration("001_trace")]
struct Trace;

impl Migration for Trace {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(
            "CREATE TABLE trace (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, way TEXT NOT NULL);
             CREATE TABLE counter (name TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;
             INSERT INTO counter (name, n) VALUES ('up', 0), ('down', 0), ('outside', 0), ('note', 0), ('filled', 0);
             CREATE TABLE size (rows INTEGER NOT NULL)"
        ));
        steps.run("size", |tx: &rusqlite::Transaction<'_>| {
            tx.execute("INSERT INTO size (rows) VALUES (?1)", [rows()])?;
            Ok(())
        });
        mark(steps, "up", "001_trace");
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!(
            "DROP TABLE size; DROP TABLE counter; DROP TABLE trace"
        ));
    }
}

/// A table with many rows.
#[migration("002_create_users")]
struct CreateUsers;

impl Migration for CreateUsers {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL);
             WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers LIMIT (SELECT rows FROM size))
             INSERT INTO users (id, email, name) SELECT n, 'user' || n || '@example.org', 'User ' || (n * 7919 % 1000)
             FROM numbers"
        ));
        mark(steps, "up", "002_create_users");
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP TABLE users"));
        mark(steps, "down", "002_create_users");
    }
}

/// A table that refers to another one and loses its rows with it.
#[migration("003_create_orders")]
struct CreateOrders;

impl Migration for CreateOrders {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(
            "CREATE TABLE orders (
                 id INTEGER PRIMARY KEY,
                 user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
                 amount INTEGER NOT NULL
             );
             WITH RECURSIVE numbers (n) AS
                 (SELECT 1 UNION ALL SELECT n + 1 FROM numbers LIMIT (SELECT 2 * rows FROM size))
             INSERT INTO orders (id, user_id, amount) SELECT n, 1 + n % (SELECT rows FROM size), n * 31 % 500
             FROM numbers;
             CREATE INDEX orders_user ON orders (user_id)"
        ));
        mark(steps, "up", "003_create_orders");
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP TABLE orders"));
        mark(steps, "down", "003_create_orders");
    }
}

/// A column, and its values.
#[migration("004_add_total")]
struct AddTotal;

impl Migration for AddTotal {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(
            "ALTER TABLE users ADD COLUMN total INTEGER NOT NULL DEFAULT 0;
             UPDATE users SET total = (SELECT coalesce(sum(amount), 0) FROM orders WHERE orders.user_id = users.id)"
        ));
        mark(steps, "up", "004_add_total");
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("ALTER TABLE users DROP COLUMN total"));
        mark(steps, "down", "004_add_total");
    }
}

/// Data that would be wrong if this ran twice.
#[migration("005_double_amounts")]
struct DoubleAmounts;

impl Migration for DoubleAmounts {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!("UPDATE orders SET amount = amount * 2"));
        mark(steps, "up", "005_double_amounts");
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("UPDATE orders SET amount = amount / 2"));
        mark(steps, "down", "005_double_amounts");
    }
}

/// A view and a trigger that writes for every row that is changed.
#[migration("008_audit")]
struct Audit;

impl Migration for Audit {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(
            "CREATE TABLE audit (id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL, difference INTEGER NOT NULL);
             CREATE TRIGGER orders_audit AFTER UPDATE OF amount ON orders BEGIN
                 INSERT INTO audit (order_id, difference) VALUES (new.id, new.amount - old.amount);
             END;
             CREATE VIEW balances AS SELECT user_id, sum(amount) AS amount FROM orders GROUP BY user_id"
        ));
        mark(steps, "up", "008_audit");
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!(
            "DROP VIEW balances; DROP TRIGGER orders_audit; DROP TABLE audit"
        ));
        mark(steps, "down", "008_audit");
    }
}

/// Data that would be wrong if this ran twice, and the trigger with it.
#[migration("009_shift_amounts")]
struct ShiftAmounts;

impl Migration for ShiftAmounts {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!("UPDATE orders SET amount = amount + 1"));
        mark(steps, "up", "009_shift_amounts");
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("UPDATE orders SET amount = amount - 1"));
        mark(steps, "down", "009_shift_amounts");
    }
}

/// Rows that move from one table to another.
#[migration("013_archive_orders")]
struct ArchiveOrders;

impl Migration for ArchiveOrders {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(
            "CREATE TABLE archive (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, amount INTEGER NOT NULL);
             INSERT INTO archive (id, user_id, amount) SELECT id, user_id, amount FROM orders WHERE id % 2 = 1;
             DELETE FROM orders WHERE id % 2 = 1"
        ));
        mark(steps, "up", "013_archive_orders");
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!(
            "INSERT INTO orders (id, user_id, amount) SELECT id, user_id, amount FROM archive;
             DROP TABLE archive"
        ));
        mark(steps, "down", "013_archive_orders");
    }
}

/// A virtual table, which has tables of its own.
#[migration("014_search")]
struct Search;

impl Migration for Search {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(
            "CREATE VIRTUAL TABLE search USING fts5 (email, name, content = 'users', content_rowid = 'id');
             INSERT INTO search (search) VALUES ('rebuild')"
        ));
        mark(steps, "up", "014_search");
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP TABLE search"));
        mark(steps, "down", "014_search");
    }
}
