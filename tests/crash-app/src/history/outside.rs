//! Migrations outside a transaction.

use migrate_core::prelude::*;

use super::marks;
use crate::reach;

/// The write-ahead log, which is switched on outside a transaction.
#[migration("000_write_ahead_log", transaction = false, environments = ["switch"])]
struct WriteAheadLog;

impl Migration for WriteAheadLog {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!("PRAGMA journal_mode = WAL"));
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("PRAGMA journal_mode = DELETE"));
    }
}

/// Statements that are recorded one by one, two that only work outside a transaction, and sums that are wrong
/// when one of them runs twice.
#[migration("011_outside", transaction = false, environments = ["outside", "rust"], allow(pragma_of_connection, reason = "a step that only works outside a transaction"))]
struct Outside;

impl Migration for Outside {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(
            "CREATE TABLE outside (step INTEGER NOT NULL);
             INSERT INTO outside (step) VALUES (2);
             UPDATE counter SET n = n + 1 WHERE name = 'outside';
             VACUUM;
             INSERT INTO outside (step) VALUES (5);
             PRAGMA synchronous = FULL;
             UPDATE counter SET n = n * 3 + 1 WHERE name = 'outside'"
        ));
        steps.sql(marks("up", "011_outside"));
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(marks("down", "011_outside"));
        steps.sql(sql!(
            "UPDATE counter SET n = n - 4 WHERE name = 'outside';
             VACUUM;
             DROP TABLE outside"
        ));
    }
}

/// One row, after so much counting that a kill meets it.
const WRITE: &str = "
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers LIMIT (SELECT 10 * rows FROM size))
    INSERT INTO note (text) SELECT 'written' WHERE (SELECT count(*) FROM numbers) > 0";
const REMOVE: &str = "
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers LIMIT (SELECT 10 * rows FROM size))
    DELETE FROM note WHERE (SELECT count(*) FROM numbers) > 0";

/// A Rust step of which nobody but the database can say whether it was done when it was cut off.
#[migration("016_note", transaction = false, environments = ["rust"])]
struct Note;

impl Migration for Note {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!("CREATE TABLE note (text TEXT NOT NULL)"));
        steps.run("write the note", |connection: &rusqlite::Connection| {
            reach("note before");
            let timeout: i64 = connection.query_row("PRAGMA busy_timeout", [], |row| row.get(0))?;
            println!("busy timeout {timeout}");
            connection.execute(WRITE, [])?;
            reach("note after");
            Ok(())
        });
        steps.sql(sql!("UPDATE counter SET n = n + 1 WHERE name = 'note'"));
        steps.sql(marks("up", "016_note"));
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(marks("down", "016_note"));
        steps.run("remove the note", |connection: &rusqlite::Connection| {
            reach("removal before");
            connection.execute(REMOVE, [])?;
            reach("removal after");
            Ok(())
        });
        steps.sql(sql!(
            "UPDATE counter SET n = n - 1 WHERE name = 'note'; DROP TABLE note"
        ));
    }
}
