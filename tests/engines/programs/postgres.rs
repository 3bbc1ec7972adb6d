//! `postgres-program URL`: applies migrations of many statements, to be killed. Each leaves a trace, and counts.

#[cfg(unix)]
fn main() -> std::process::ExitCode {
    program::main()
}

#[cfg(not(unix))]
fn main() {}

#[cfg(unix)]
mod program {
    use std::{env, process::ExitCode, time::Duration};

    use migrate_core::{Migrator, Sql, Steps, postgres};
    use migrate_test_engines::Histories;
    use tokio_postgres::Transaction;

    fn sql(steps: &mut Steps, text: String) {
        steps.sql(Sql::unchecked(text));
    }

    fn work<const N: usize>(steps: &mut Steps) {
        sql(
            steps,
            format!(
                "CREATE TABLE work_{N} (id BIGINT PRIMARY KEY, a TEXT);
                 INSERT INTO work_{N} SELECT n, repeat('x', 50) FROM generate_series(1, 2000) n;
                 ALTER TABLE work_{N} ADD COLUMN b INT NOT NULL DEFAULT 7;
                 CREATE INDEX ON work_{N} (a);
                 INSERT INTO trace VALUES ({N});
                 UPDATE counter SET value = value + 1"
            ),
        );
        steps.run("in Rust", async |tx: &Transaction<'_>| {
            tx.execute("UPDATE counter SET rust = rust + 1", &[])
                .await?;
            Ok(())
        });
    }

    fn outside<const N: usize>(steps: &mut Steps) {
        sql(
            steps,
            format!(
                "CREATE UNIQUE INDEX CONCURRENTLY outside_{N} ON work_{N} (id, b);
                 INSERT INTO trace VALUES (100 + {N});
                 VACUUM work_{N};
                 DROP INDEX CONCURRENTLY outside_{N};
                 CREATE INDEX CONCURRENTLY IF NOT EXISTS kept_{N} ON work_{N} (b);
                 UPDATE counter SET value = value + 1"
            ),
        );
    }

    fn nothing(_: &mut Steps) {}

    fn make() {
        let _ = Histories::new().with("work", |history| {
            history.add(
                "000_trace",
                |steps| {
                    let text = "CREATE TABLE trace (n INT); CREATE TABLE counter (value INT, rust INT); \
                                INSERT INTO counter VALUES (0, 0)";
                    sql(steps, text.to_owned());
                },
                nothing,
            );
            history.add("001_work", work::<1>, nothing);
            history.add("002_work", work::<2>, nothing);
            history.add_outside("003_outside", outside::<1>, nothing);
            history.add("004_work", work::<3>, nothing);
            history.add("005_work", work::<4>, nothing);
            history.add_outside("006_outside", outside::<4>, nothing);
            history.add("007_work", work::<5>, nothing);
        });
    }

    pub(super) fn main() -> ExitCode {
        let Some(url) = env::args().nth(1) else {
            eprintln!("postgres-program URL");
            return ExitCode::from(2);
        };
        make();
        let given = env::var("LOCK_TTL_MS").ok();
        let given = given.and_then(|value| value.parse().ok());
        let migrator =
            Migrator::of("work").lock_ttl(Duration::from_millis(given.unwrap_or(15_000)));
        match postgres::open(&url).and_then(|mut database| migrator.up(&mut database)) {
            Ok(report) => {
                for one in report.done {
                    println!("apply {}", one.id);
                }
                ExitCode::SUCCESS
            }
            Err(error) => {
                eprintln!("error: {error}");
                ExitCode::from(if error.is_locked() { 3 } else { 1 })
            }
        }
    }
}
