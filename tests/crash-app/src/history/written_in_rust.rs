//! Rust steps in a transaction.

use migrate_core::prelude::*;

use super::mark;

/// Values that only Rust can compute.
#[migration("006_hash_emails")]
struct HashEmails;

impl Migration for HashEmails {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(
            "CREATE TABLE email_hash (user_id INTEGER PRIMARY KEY, hash INTEGER NOT NULL)"
        ));
        steps.run("hash the emails", |tx: &rusqlite::Transaction<'_>| {
            let mut users = tx.prepare("SELECT id, email FROM users ORDER BY id")?;
            let mut insert =
                tx.prepare("INSERT INTO email_hash (user_id, hash) VALUES (?1, ?2)")?;
            let mut rows = users.query([])?;
            while let Some(row) = rows.next()? {
                let (id, email): (i64, String) = (row.get(0)?, row.get(1)?);
                let hash = email.bytes().fold(5381_u32, |hash, byte| {
                    hash.wrapping_mul(33) ^ u32::from(byte)
                });
                insert.execute([id, i64::from(hash)])?;
            }
            Ok(())
        });
        mark(steps, "up", "006_hash_emails");
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP TABLE email_hash"));
        mark(steps, "down", "006_hash_emails");
    }
}

/// SQL that depends on data, which a Rust step returns.
#[migration("012_best_users")]
struct BestUsers;

impl Migration for BestUsers {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(
            "CREATE TABLE best (user_id INTEGER NOT NULL, total INTEGER NOT NULL)"
        ));
        steps.run("the five best", |tx: &rusqlite::Transaction<'_>| {
            let mut best =
                tx.prepare("SELECT id, total FROM users ORDER BY total DESC, id LIMIT 5")?;
            let list: Vec<(i64, i64)> = best
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<Result<_, _>>()?;
            let insert = |(id, total)| {
                Sql::unchecked(format!(
                    "INSERT INTO best (user_id, total) VALUES ({id}, {total})"
                ))
            };
            Ok(list.into_iter().map(insert).collect::<Vec<_>>())
        });
        mark(steps, "up", "012_best_users");
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP TABLE best"));
        mark(steps, "down", "012_best_users");
    }
}
