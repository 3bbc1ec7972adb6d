//! The histories of these tests.

use std::sync::Once;

use migrate_core::{Migrator, Sql, Steps};
use migrate_test_engines::Histories;
use tokio_postgres::{Client, Transaction};

/// SQL of PostgreSQL; the package as a whole is checked for another dialect.
fn sql(steps: &mut Steps, text: &'static str) {
    steps.sql(Sql::unchecked(text));
}

fn nothing(_: &mut Steps) {}

/// A migrator of one of them.
pub(crate) fn of(set: &str) -> Migrator {
    static MADE: Once = Once::new();
    MADE.call_once(|| {
        migrate_test_engines::conformance::register::<crate::conformance::OnServer15>();
        crate::seeds::register();
        make();
    });
    Migrator::of(set).applied_by("tests")
}

fn make() {
    let _ = Histories::new()
        .with("blog", |history| {
            history.add(
                "001_users",
                |steps| sql(steps, "CREATE TABLE users (id BIGINT PRIMARY KEY, email TEXT NOT NULL)"),
                |steps| sql(steps, "DROP TABLE users"),
            );
            history.add(
                "002_ann",
                |steps| {
                    steps.run("ann", async |tx: &Transaction<'_>| {
                        let (id, email) = (1_i64, "ann");
                        tx.execute("INSERT INTO users VALUES ($1, $2)", &[&id, &email]).await?;
                        Ok(Sql::unchecked("INSERT INTO users VALUES (2, 'bob')"))
                    });
                },
                |steps| sql(steps, "DELETE FROM users"),
            );
        })
        .with("outside", |history| {
            history.add(
                "001_users",
                |steps| {
                    sql(steps, "CREATE TABLE users (id BIGINT, email TEXT NOT NULL)");
                    sql(steps, "INSERT INTO users SELECT n, 'user ' || n FROM generate_series(1, 1000) n");
                },
                |steps| sql(steps, "DROP TABLE users"),
            );
            history.add_outside(
                "002_index",
                |steps| {
                    sql(steps, "CREATE UNIQUE INDEX CONCURRENTLY users_id ON users (id)");
                    sql(steps, "UPDATE users SET email = upper(email)");
                    steps.run("vacuum", async |client: &Client| {
                        client.batch_execute("VACUUM users").await?;
                        Ok(())
                    });
                },
                |steps| sql(steps, "DROP INDEX CONCURRENTLY users_id"),
            );
        })
        .with("indexed", |history| {
            history.add(
                "001_users",
                |steps| {
                    sql(steps, "CREATE TABLE users (id BIGINT, email TEXT NOT NULL)");
                    sql(steps, "INSERT INTO users VALUES (1, 'ann'), (2, 'bob')");
                },
                |steps| sql(steps, "DROP TABLE users"),
            );
            history.add_outside(
                "002_index",
                |steps| {
                    sql(steps, "CREATE UNIQUE INDEX CONCURRENTLY users_id ON users (id)");
                    sql(steps, "UPDATE users SET email = email || '!'");
                    sql(steps, "VACUUM users");
                    sql(steps, "DROP INDEX CONCURRENTLY users_id");
                },
                nothing,
            );
        })
        .with("if not exists", |history| {
            history.add_outside(
                "001_index",
                |steps| sql(steps, "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS users_id ON users (id)"),
                |steps| sql(steps, "DROP INDEX CONCURRENTLY IF EXISTS users_id"),
            );
        })
        .with("detached", |history| {
            history.add_outside(
                "001_detach",
                |steps| sql(steps, "ALTER TABLE parted DETACH PARTITION part CONCURRENTLY"),
                nothing,
            );
        })
        .with("sleeping", |history| {
            history.add(
                "001_sleep",
                |steps| {
                    sql(steps, "CREATE TABLE slept (a INT)");
                    sql(steps, "SELECT pg_sleep(0) FROM gate");
                },
                |steps| sql(steps, "DROP TABLE slept"),
            );
        })
        .with("waiting", |history| {
            history.add(
                "001_alter",
                |steps| sql(steps, "ALTER TABLE busy ADD COLUMN b INT"),
                |steps| sql(steps, "ALTER TABLE busy DROP COLUMN b"),
            );
        })
        .with("slow", |history| {
            history.add("001_slow", |steps| sql(steps, "SELECT pg_sleep(1000)"), nothing);
        })
        .with("dumped", |history| {
            history.add(
                "001_dump",
                |steps| {
                    sql(steps, "SELECT pg_catalog.set_config('search_path', '', false)");
                    sql(steps, "CREATE TABLE public.dumped (a INT)");
                },
                |steps| sql(steps, "DROP TABLE dumped"),
            );
            history.add(
                "002_after",
                |steps| sql(steps, "CREATE TABLE after_it (a INT)"),
                |steps| sql(steps, "DROP TABLE after_it"),
            );
        })
        .with("committing", |history| {
            history.add(
                "001_commits",
                |steps| {
                    sql(steps, "CREATE TABLE committed (a INT)");
                    steps.run("commit", async |tx: &Transaction<'_>| {
                        tx.batch_execute("COMMIT").await?;
                        Ok(())
                    });
                },
                nothing,
            );
        })
        .with("swallowing", |history| {
            history.add(
                "001_swallows",
                |steps| {
                    steps.run("swallow", async |tx: &Transaction<'_>| {
                        let _ = tx.batch_execute("SELECT nonsense").await;
                        Ok(())
                    });
                },
                nothing,
            );
        })
        .with("left open", |history| {
            history.add_outside(
                "001_begins",
                |steps| {
                    steps.run("begin", async |client: &Client| {
                        client.batch_execute("BEGIN").await?;
                        Ok(())
                    });
                },
                nothing,
            );
        })
        .with("misplaced", |history| {
            history.add("001_vacuum", |steps| {
                sql(steps, "SELECT 1");
                sql(steps, "VACUUM");
            }, nothing);
        })
        .with("wrong closure", |history| {
            history.add("001_client", |steps| {
                steps.run("client", async |_: &Client| Ok(()));
            }, nothing);
        })
        .with("new value", |history| {
            history.add("001_mood", |steps| {
                sql(steps, "CREATE TYPE mood AS ENUM ('old')");
            }, nothing);
            history.add("002_uses", |steps| {
                sql(steps, "ALTER TYPE mood ADD VALUE 'new'");
                sql(steps, "CREATE TABLE moods (m mood DEFAULT 'new')");
            }, nothing);
        })
        .with("ddl", |history| {
            history.add(
                "001_users",
                |steps| {
                    sql(steps, "CREATE TABLE users (id BIGINT PRIMARY KEY)");
                    sql(steps, "ALTER TABLE users ADD COLUMN email TEXT");
                    sql(steps, "INSERT INTO users VALUES (1, 'ann')");
                },
                |steps| sql(steps, "DROP TABLE users"),
            );
            history.add(
                "002_index",
                |steps| sql(steps, "CREATE INDEX users_email ON users (email)"),
                |steps| sql(steps, "DROP INDEX users_email"),
            );
        })
        .with("deferred", |history| {
            history.add("001_deferred", |steps| {
                sql(steps, "CREATE TABLE parents (id INT PRIMARY KEY)");
                sql(steps, "CREATE TABLE children (p INT REFERENCES parents DEFERRABLE INITIALLY DEFERRED)");
                sql(steps, "INSERT INTO children VALUES (7)");
            }, nothing);
        });
}
