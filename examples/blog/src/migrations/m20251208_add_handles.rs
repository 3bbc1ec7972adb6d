use std::collections::HashSet;

use migrate_core::prelude::*;
use rusqlite::Transaction;

struct AddHandles;

/// An address for everybody, such as `/@ann-lee`.
///
/// Rust code makes it from the name, inside the same transaction.
#[migration("20251208_add_handles")]
impl Migration for AddHandles {
    fn up(&self, steps: &mut Steps) {
        steps.add_column("users", |c| c.text("handle"));
        steps.run("make a handle from every name", |tx: &Transaction<'_>| {
            let mut taken = HashSet::new();
            let mut select = tx.prepare("SELECT id, name FROM users ORDER BY id")?;
            let mut update = tx.prepare("UPDATE users SET handle = ?2 WHERE id = ?1")?;
            let mut users = select.query([])?;
            while let Some(user) = users.next()? {
                let (id, name): (i64, String) = (user.get(0)?, user.get(1)?);
                let mut handle = handle(&name);
                while !taken.insert(handle.clone()) {
                    handle = format!("{handle}-{id}");
                }
                update.execute((id, handle))?;
            }
            Ok(())
        });
        steps.create_index("users_handle", "users", |i| i.column("handle").unique());
    }

    fn down(&self, steps: &mut Steps) {
        steps.drop_index("users_handle", "users");
        steps.drop_column("users", "handle");
    }
}

/// A copy of what the library did at the time: the library may change, the history may not.
fn handle(name: &str) -> String {
    let words: Vec<String> = name
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    words.join("-")
}
