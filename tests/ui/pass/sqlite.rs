//! SQL that SQLite takes, whatever other parsers say of it.
use migrate_core::prelude::*;

#[migration("20260215_everything", irreversible = "an example")]
struct Everything;

impl Migration for Everything {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(
            r"CREATE TABLE a (b PRIMARY KEY, c AS (b + 1) STORED, UNIQUE (b) ON CONFLICT REPLACE);
              CREATE VIRTUAL TABLE f USING fts5(b, content='a', content_rowid='b');
              CREATE TRIGGER t AFTER INSERT ON a BEGIN
                  INSERT INTO f (rowid, b) VALUES (new.b, new.b);
                  SELECT CASE WHEN new.b < 0 THEN RAISE(ABORT, 'negative; not good') END;
              END;
              INSERT INTO a (b) VALUES (1) ON CONFLICT DO NOTHING;
              WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 3)
              INSERT OR IGNORE INTO a (b) SELECT i FROM n;
              REINDEX;
              PRAGMA user_version = 7"
        ));
    }
}

fn main() {
    let mut connection = rusqlite::Connection::open_in_memory().unwrap();
    Migrator::new().up(&mut connection).unwrap();
    let rows: i64 = connection.query_row("SELECT count(*) FROM f", [], |row| row.get(0)).unwrap();
    assert_eq!(rows, 3);
}
