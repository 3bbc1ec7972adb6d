//! Each scenario is an environment, and has its own migrations.

use migrate_core::{prelude::*, rqlite::Reader};

struct CreateUsers;

#[migration("20260101_create_users", environments = ["plain", "reading", "wiped"])]
impl Migration for CreateUsers {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, name TEXT);
             INSERT INTO users (email) VALUES ('ann@example.org'), ('bob?''@example.org')"
        ));
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP TABLE users"));
    }
}

#[migration(
    "20260102_create_posts",
    up = "CREATE TABLE posts (id INTEGER PRIMARY KEY, user INTEGER NOT NULL REFERENCES users (id), title TEXT);
          CREATE TRIGGER posts_titled AFTER INSERT ON posts BEGIN
              UPDATE posts SET title = coalesce(title, 'none; yet') WHERE id = new.id;
          END",
    down = "DROP TABLE posts",
    environments = ["plain", "wiped"]
)]
struct CreatePosts;

struct FillInNames;

#[migration("20260103_fill_in_names", environments = ["reading"])]
impl Migration for FillInNames {
    fn up(&self, steps: &mut Steps) {
        steps.run("names from addresses", |database: &Reader<'_>| {
            let rows = database.query(
                "SELECT id, email FROM users WHERE name IS NULL AND id > ? ORDER BY id",
                &[0.into()],
            )?;
            let updates = rows.iter().map(|row| {
                let (id, email) = (row[0].as_i64().unwrap(), row[1].as_str().unwrap());
                let name = email.split('@').next().unwrap().replace('\'', "''");
                Sql::unchecked(format!("UPDATE users SET name = '{name}' WHERE id = {id}"))
            });
            Ok(updates.collect::<Vec<Sql>>())
        });
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("UPDATE users SET name = NULL"));
    }
}

struct ReadsWhatIsNotThere;

#[migration("20260104_reads_nothing", environments = ["misreading"])]
impl Migration for ReadsWhatIsNotThere {
    fn up(&self, steps: &mut Steps) {
        steps.run("read", |database: &Reader<'_>| {
            database.query("SELECT * FROM nowhere", &[])?;
            Ok(())
        });
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("SELECT 1"));
    }
}

#[migration("20260201_before", up = "CREATE TABLE before (a INTEGER)", down = "DROP TABLE before", environments = ["failing"])]
struct Before;

struct Fails;

#[migration("20260202_fails", environments = ["failing"])]
impl Migration for Fails {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!("CREATE TABLE half (a INTEGER)"));
        steps.sql(Sql::unchecked("INSERT INTO nowhere VALUES (1)"));
        steps.sql(sql!("CREATE TABLE other_half (a INTEGER)"));
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("SELECT 1"));
    }
}

struct Commits;

#[migration("20260301_commits", environments = ["committing"])]
impl Migration for Commits {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!("CREATE TABLE half (a INTEGER)"));
        steps.run("ends the batch", |_: &Reader<'_>| {
            Ok(Sql::unchecked("COMMIT"))
        });
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("SELECT 1"));
    }
}

struct Outside;

#[migration("20260401_outside", transaction = false, environments = ["outside"])]
impl Migration for Outside {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(
            "CREATE TABLE logs (id INTEGER PRIMARY KEY, line TEXT)"
        ));
        steps.sql(sql!("INSERT INTO logs (line) VALUES ('first')"));
        steps.sql(sql!("VACUUM"));
        steps.sql(sql!("INSERT INTO logs (line) SELECT a FROM missing"));
        steps.sql(sql!("INSERT INTO logs (line) VALUES ('last')"));
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP TABLE logs"));
    }
}

struct Pragma;

#[migration("20260501_pragma", transaction = false, environments = ["pragma"])]
impl Migration for Pragma {
    fn up(&self, steps: &mut Steps) {
        steps.sql(Sql::unchecked("PRAGMA foreign_keys = OFF"));
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("SELECT 1"));
    }
}

struct StepOutside;

#[migration("20260502_step_outside", transaction = false, environments = ["step outside"])]
impl Migration for StepOutside {
    fn up(&self, steps: &mut Steps) {
        steps.run("reads", |_: &Reader<'_>| Ok(()));
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("SELECT 1"));
    }
}

#[migration(
    "20260601_families",
    up = "CREATE TABLE parents (id INTEGER PRIMARY KEY, name TEXT);
          CREATE TABLE children (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parents (id) ON DELETE CASCADE);
          INSERT INTO parents (id, name) VALUES (1, 'ann'), (2, 'bob');
          INSERT INTO children (parent) VALUES (1), (1), (2)",
    down = "DROP TABLE children; DROP TABLE parents",
    environments = ["rebuilding", "orphaning"]
)]
struct Families;

#[migration(
    "20260602_rebuild_parents",
    up = "CREATE TABLE new_parents (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
          INSERT INTO new_parents SELECT id, name FROM parents;
          DROP TABLE parents;
          ALTER TABLE new_parents RENAME TO parents",
    irreversible = "names are not forgotten",
    environments = ["rebuilding"]
)]
struct RebuildParents;

#[migration(
    "20260603_lose_parents",
    up = "CREATE TABLE new_parents (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
          INSERT INTO new_parents SELECT id, name FROM parents WHERE id > 1;
          DROP TABLE parents;
          ALTER TABLE new_parents RENAME TO parents",
    irreversible = "names are not forgotten",
    environments = ["orphaning"]
)]
struct LoseParents;

struct Random;

#[migration("20260701_random", environments = ["random"])]
impl Migration for Random {
    fn up(&self, steps: &mut Steps) {
        steps.sql(Sql::unchecked(
            "CREATE TABLE dice (id INTEGER PRIMARY KEY, eyes INTEGER DEFAULT (random()))",
        ));
        steps.sql(Sql::unchecked(
            "CREATE VIEW thrown AS SELECT random() AS eyes",
        ));
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP VIEW thrown"));
        steps.sql(sql!("DROP TABLE dice"));
    }
}

struct RandomTwice;

#[migration("20260702_random_twice", environments = ["random"])]
impl Migration for RandomTwice {
    fn up(&self, steps: &mut Steps) {
        steps.sql(Sql::unchecked("INSERT INTO dice (eyes) VALUES (random())"));
        steps.sql(Sql::unchecked(
            "CREATE VIEW again AS SELECT random() AS eyes",
        ));
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("SELECT 1"));
    }
}
