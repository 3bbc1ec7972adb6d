//! A program that is stalled and killed: `rqlite-program URL`. Exit codes: 0, 1 for a failure, 3 for a lock.

#[cfg(not(unix))]
fn main() {}

#[cfg(unix)]
fn main() -> std::process::ExitCode {
    use std::{env, process::ExitCode, time::Duration};

    use migrate_core::{Migrator, rqlite};

    let url = env::args().nth(1).unwrap_or_default();
    let migrator = Migrator::new()
        .observer(unix::Tell)
        .lock_ttl(Duration::from_secs(2));
    match rqlite::connect(&url).and_then(|mut cluster| migrator.up(&mut cluster)) {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(if error.is_locked() { 3 } else { 1 })
        }
    }
}

#[cfg(unix)]
mod unix {
    use migrate_core::{Event, Observer, prelude::*, rqlite::Reader};

    /// Says what is done.
    #[derive(Debug)]
    pub(super) struct Tell;

    impl Observer for Tell {
        fn event(&self, event: &Event<'_>) {
            if let Event::MigrationDone { action, id, .. } = event {
                println!("done: {} {id}", action.word());
            }
        }
    }

    struct CreateTrace;

    #[migration("20260101_create_trace")]
    impl Migration for CreateTrace {
        fn up(&self, steps: &mut Steps) {
            steps.sql(sql!(
                "CREATE TABLE trace (id INTEGER PRIMARY KEY, migration INTEGER NOT NULL, step INTEGER NOT NULL);
                 CREATE TABLE counter (id INTEGER PRIMARY KEY, value INTEGER NOT NULL);
                 INSERT INTO counter VALUES (1, 0)"
            ));
        }

        fn down(&self, steps: &mut Steps) {
            steps.sql(sql!("DROP TABLE counter; DROP TABLE trace"));
        }
    }

    /// Every statement does harm when it is done twice.
    fn work(steps: &mut Steps, number: usize) {
        steps.sql(Sql::unchecked(format!(
            "CREATE TABLE work_{number} (id INTEGER PRIMARY KEY, a INTEGER NOT NULL);
             INSERT INTO trace (migration, step) VALUES ({number}, 1);
             ALTER TABLE work_{number} ADD COLUMN b TEXT;
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
                 INSERT INTO work_{number} (a) SELECT i FROM n;
             UPDATE counter SET value = value + 1;
             ALTER TABLE work_{number} RENAME TO done_{number};
             INSERT INTO trace (migration, step) VALUES ({number}, 2)"
        )));
    }

    macro_rules! numbered {
        ($($name:ident $id:literal $number:literal $($option:ident)?),+ $(,)?) => {
            $(
                struct $name;

                #[migration($id, irreversible = "nobody goes back" $(, $option = false)?)]
                impl Migration for $name {
                    fn up(&self, steps: &mut Steps) {
                        work(steps, $number);
                    }
                }
            )+
        };
    }

    numbered!(
        One "20260102_one" 1,
        Two "20260103_two" 2 transaction,
        Three "20260104_three" 3,
        Four "20260105_four" 4,
        Five "20260106_five" 5 transaction,
        Seven "20260108_seven" 7 transaction,
        Eight "20260109_eight" 8,
    );

    struct Six;

    #[migration("20260107_six", irreversible = "nobody goes back")]
    impl Migration for Six {
        fn up(&self, steps: &mut Steps) {
            steps.run("counted", |database: &Reader<'_>| {
                let rows = database.query("SELECT value FROM counter WHERE id = ?", &[1.into()])?;
                let value = rows[0][0].as_i64().ok_or("no number")?;
                Ok(Sql::unchecked(format!(
                    "UPDATE counter SET value = {}",
                    value + 1
                )))
            });
            steps.sql(sql!(
                "INSERT INTO trace (migration, step) VALUES (6, 1), (6, 2)"
            ));
        }
    }
}
