use migrate_core::{postgres::tokio_postgres, prelude::*};

struct PinNotes;

/// Some notes come first, one from the start.
///
/// What a step does in Rust, it does on the client of tokio-postgres, in the transaction of its migration.
#[migration("20260308_pin_notes")]
impl Migration for PinNotes {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(
            "ALTER TABLE notes ADD COLUMN is_pinned boolean NOT NULL DEFAULT false"
        ));
        steps.run(
            "a note to begin with",
            async |tx: &tokio_postgres::Transaction<'_>| {
                let body = format!("Hello from migrate {}", env!("CARGO_PKG_VERSION"));
                tx.execute(
                    "INSERT INTO notes (body, is_pinned) VALUES ($1, true)",
                    &[&body],
                )
                .await?;
                Ok(())
            },
        );
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("ALTER TABLE notes DROP COLUMN is_pinned"));
    }
}
