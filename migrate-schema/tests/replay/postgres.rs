//! PostgreSQL. Whatever is refused here was refused by the engine, and whatever is taken was taken.

use super::only;
use migrate_schema::Dialect;

const BLOG: &str = "CREATE TYPE mood AS ENUM ('sad', 'happy'); \
     CREATE TABLE users (id serial PRIMARY KEY, email text UNIQUE, age int CHECK (age > 0), feeling mood); \
     CREATE TABLE posts (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, author int REFERENCES users, title text NOT NULL); \
     CREATE INDEX ON posts (title); \
     CREATE VIEW titles AS SELECT title FROM posts; \
     CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$; \
     CREATE TRIGGER touched BEFORE UPDATE ON posts FOR EACH ROW EXECUTE FUNCTION touch()";

fn says(sql: &str) -> String {
    only(Dialect::Postgres, [BLOG, sql])
}

#[test]
fn the_names_that_the_engine_gives() {
    for sql in [
        "ALTER TABLE users DROP CONSTRAINT users_email_key",
        "ALTER TABLE users DROP CONSTRAINT users_age_check",
        "ALTER TABLE posts DROP CONSTRAINT posts_author_fkey",
        "DROP INDEX posts_title_idx",
        "ALTER TABLE posts DROP CONSTRAINT posts_pkey",
        "ALTER TABLE users ADD UNIQUE (email); ALTER TABLE users DROP CONSTRAINT users_email_key1",
        "SELECT nextval('users_id_seq')",
        "ALTER SEQUENCE posts_id_seq RENAME TO numbers",
        "ALTER TABLE users DROP CONSTRAINT users_email_key, ADD CONSTRAINT users_email_key UNIQUE (email, age)",
    ] {
        assert_eq!(says(sql), "", "{sql}");
    }
    assert_eq!(
        says("DROP INDEX posts_title_key"),
        "[posts_title_key] no such index: posts_title_key | did you mean `posts_title_idx`?"
    );
    assert_eq!(
        says("ALTER TABLE users DROP CONSTRAINT users_emial_key"),
        "[users_emial_key] no such constraint: users_emial_key on `users` | did you mean `users_email_key`?"
    );
}

#[test]
fn what_is_still_used() {
    let cascade = "drop that first, or write CASCADE";
    let table = [
        ("DROP TABLE users", format!("[users] the table `users` is still used by the foreign key `posts_author_fkey` of `posts` | {cascade}")),
        ("DROP TABLE posts", format!("[posts] the table `posts` is still used by the view `titles` | {cascade}")),
        ("DROP TYPE mood", format!("[mood] the type `mood` is still used by the column `users.feeling` | {cascade} to drop it too")),
        ("DROP FUNCTION touch", format!("[touch] the function `touch` is still used by the trigger `touched` of `posts` | {cascade} to drop it too")),
        (
            "ALTER TABLE posts DROP COLUMN title",
            "[title] the column `posts.title` is still used by the view `titles` | drop or change the view first, or write CASCADE to drop it too".into(),
        ),
        (
            "ALTER TABLE posts ALTER COLUMN title TYPE varchar(9)",
            "[title] the type of `posts.title` cannot change: the view `titles` uses it | drop the view first, and make it again afterwards".into(),
        ),
        (
            "ALTER TABLE users DROP CONSTRAINT users_pkey",
            "[users_pkey] the key `users_pkey` is still used by the foreign key `posts_author_fkey` of `posts` | drop that foreign key first, or write CASCADE to drop it too".into(),
        ),
        ("DROP SEQUENCE users_id_seq", "[users_id_seq] the sequence `users_id_seq` is still used by the column `users.id` | drop the column's default first, or write CASCADE".to_owned()),
        ("DROP INDEX users_email_key", "[users_email_key] the index `users_email_key` belongs to a constraint of `users` | drop the constraint: `ALTER TABLE users DROP CONSTRAINT users_email_key`".into()),
        ("DROP TABLE posts, users CASCADE", String::new()),
        ("DROP VIEW titles; DROP TABLE posts, users; DROP TYPE mood; DROP FUNCTION touch()", String::new()),
        ("DROP TYPE mood CASCADE; ALTER TABLE users ADD COLUMN feeling text", String::new()),
        ("DROP FUNCTION touch CASCADE; CREATE FUNCTION touch() RETURNS trigger LANGUAGE sql AS ''", String::new()),
    ];
    for (sql, message) in table {
        assert_eq!(says(sql), message, "{sql}");
    }
}

#[test]
fn what_is_not_there() {
    let table = [
        (
            "CREATE TABLE t (a uudi)",
            "[uudi] no such type: uudi | did you mean `uuid`?",
        ),
        (
            "ALTER TABLE users ALTER COLUMN age TYPE bigserial",
            "[bigserial] `bigserial` is no type: only a new column can be `bigserial` | write `bigint`, and make a sequence for its default: `nextval('…')`",
        ),
        (
            "CREATE TABLE t (a int REFERENCES user_s)",
            "[user_s] no such table: user_s | did you mean `users`?",
        ),
        (
            "CREATE TABLE t (a int REFERENCES posts (author))",
            "[author] nothing makes `posts` (author) unique, so no foreign key can refer to it | add UNIQUE (author) to `posts` first, or refer to its primary key",
        ),
        (
            "DROP TRIGGER touchd ON posts",
            "[touchd] no such trigger: touchd on `posts` | did you mean `touched`?",
        ),
        (
            "ALTER TYPE mood ADD VALUE 'happy'",
            "['happy'] the type `mood` already has the label `happy` | write `IF NOT EXISTS` if it may be there already",
        ),
        (
            "ALTER TYPE mood RENAME VALUE 'hapy' TO 'glad'",
            "['hapy'] the type `mood` has no label `hapy` | did you mean `happy`?",
        ),
        (
            "DROP SEQUENCE numbers",
            "[numbers] no such sequence: numbers | write `IF EXISTS` if it may not be there",
        ),
        (
            "DROP TYPE moods",
            "[moods] no such type: moods | did you mean `mood`?",
        ),
        (
            "COMMENT ON COLUMN users.nam IS 'x'",
            "[nam] no such column: users.nam",
        ),
    ];
    for (sql, message) in table {
        assert_eq!(says(sql), message, "{sql}");
    }
}

#[test]
fn schemas_and_search_paths() {
    let taken = [
        "CREATE SCHEMA app; CREATE TABLE app.a (x int); SET search_path TO app; CREATE TABLE b (y int); ALTER TABLE a ADD COLUMN z int",
        "ALTER TABLE app.b ADD COLUMN z int; DROP TABLE app.a; ALTER TABLE app.b SET SCHEMA public; DROP SCHEMA app",
    ];
    assert_eq!(only(Dialect::Postgres, taken), "");
    assert_eq!(
        only(
            Dialect::Postgres,
            ["CREATE SCHEMA app", "CREATE TABLE apps.a (x int)"]
        ),
        "[apps] no such schema: apps | did you mean `app`?"
    );
    assert_eq!(
        only(
            Dialect::Postgres,
            [
                "CREATE SCHEMA app; CREATE TABLE app.a (x int)",
                "DROP SCHEMA app"
            ]
        ),
        "[app] the schema `app` still holds the table `a` | drop what is in it first, or write CASCADE to drop it too"
    );
}

#[test]
fn partitions_and_inheritance() {
    let taken = [
        "CREATE TABLE events (id bigint, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at)",
        "CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01'); \
         CREATE INDEX ON events_1 (id); ALTER TABLE events_1 DROP CONSTRAINT IF EXISTS other",
        "ALTER TABLE events DETACH PARTITION events_1; DROP TABLE events; INSERT INTO events_1 (id, at) VALUES (1, now())",
    ];
    assert_eq!(only(Dialect::Postgres, taken), "");
}
