//! SQLite. Whatever is refused here was refused by the engine, and whatever is taken was taken.

use super::only;
use migrate_schema::Dialect;

const BLOG: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE, age INT CHECK (age > 0), name TEXT); \
     CREATE TABLE posts (id INTEGER PRIMARY KEY, author INT REFERENCES users(id), title TEXT, CHECK (title <> '')); \
     CREATE INDEX posts_title ON posts (title); \
     CREATE VIEW titles AS SELECT title FROM posts; \
     CREATE TRIGGER on_post AFTER INSERT ON posts BEGIN UPDATE users SET age = age + 1 WHERE id = NEW.author; END";

fn says(sql: &str) -> String {
    only(Dialect::Sqlite, [BLOG, sql])
}

#[test]
fn what_is_not_there() {
    let table = [
        (
            "ALTER TABLE user ADD COLUMN a",
            "[user] no such table: user | did you mean `users`?",
        ),
        (
            "DROP INDEX posts_titel",
            "[posts_titel] no such index: posts_titel | did you mean `posts_title`?",
        ),
        (
            "DROP TRIGGER on_pots",
            "[on_pots] no such trigger: on_pots | did you mean `on_post`?",
        ),
        (
            "DROP VIEW title",
            "[title] no such view: title | did you mean `titles`?",
        ),
        (
            "CREATE INDEX i ON users (emial)",
            "[emial] no such column: users.emial | did you mean `email`?",
        ),
        (
            "ALTER TABLE users RENAME COLUMN nam TO n",
            "[nam] no such column: users.nam | did you mean `name`?",
        ),
        (
            "ALTER TABLE users DROP COLUMN zzzz",
            "[zzzz] no such column: users.zzzz",
        ),
        (
            "CREATE TABLE c (a, PRIMARY KEY (b))",
            "[b] no such column: c.b",
        ),
        (
            "CREATE TABLE c (a, FOREIGN KEY (b) REFERENCES users (id))",
            "[b] no such column: c.b",
        ),
    ];
    for (sql, message) in table {
        assert_eq!(says(sql), message, "{sql}");
    }
}

#[test]
fn what_is_there_already() {
    let again = "write `IF NOT EXISTS` if it may be there already, or another name";
    let table = [
        (
            "CREATE TABLE USERS (a)",
            format!("[USERS] there is already a table named `USERS`, made by m1 | {again}"),
        ),
        (
            "CREATE INDEX posts_title ON users (email)",
            "[posts_title] there is already an index named `posts_title`, made by m1 | write another name".into(),
        ),
        (
            "CREATE INDEX users ON users (email)",
            "[users] there is already a table named `users`, made by m1 | write another name".into(),
        ),
        (
            "ALTER TABLE posts RENAME TO users",
            "[users] there is already a table named `users`, made by m1 | write another name".into(),
        ),
        (
            "ALTER TABLE users ADD COLUMN EMAIL",
            "[EMAIL] the table `users` already has a column `email` | write another name, or leave the second one out".into(),
        ),
        (
            "ALTER TABLE users RENAME COLUMN name TO email",
            "[email] the table `users` already has a column `email` | write another name".into(),
        ),
        ("CREATE TABLE IF NOT EXISTS users (a)", String::new()),
        ("CREATE INDEX IF NOT EXISTS posts_title ON posts (id)", String::new()),
    ];
    for (sql, message) in table {
        assert_eq!(says(sql), message, "{sql}");
    }
}

#[test]
fn columns_that_cannot_go() {
    let drop =
        |table: &str, column: &str| says(&format!("ALTER TABLE {table} DROP COLUMN {column}"));
    assert_eq!(
        drop("users", "id"),
        "[id] the column `users.id` is still used by the primary key | build the table anew without it"
    );
    assert_eq!(
        drop("users", "email"),
        "[email] the column `users.email` is still used by the unique constraint over (email) | build the table anew without it"
    );
    assert_eq!(
        only(
            Dialect::Sqlite,
            [
                BLOG,
                "DROP VIEW titles",
                "ALTER TABLE posts DROP COLUMN title"
            ]
        ),
        "[title] the column `posts.title` is still used by a CHECK of the table | build the table anew without it"
    );
    // The column's own check goes with it, but the trigger still names it.
    assert!(drop("users", "age").contains("the trigger `on_post` would not work any more"));
    assert_eq!(drop("users", "name"), "");
    // Its own foreign key goes with it; the trigger names it.
    assert!(drop("posts", "author").contains("trigger `on_post`"));
}

#[test]
fn what_is_refused_when_a_column_is_added() {
    let add = |column: &str| says(&format!("ALTER TABLE users ADD COLUMN {column}"));
    assert!(add("a UNIQUE").starts_with("[a UNIQUE] a column that is added cannot be UNIQUE: `a`"));
    assert!(add("a PRIMARY KEY").contains("cannot be a primary key"));
    assert_eq!(add("a NOT NULL"), "");
    let rows = only(
        Dialect::Sqlite,
        [
            BLOG,
            "INSERT INTO users (name) VALUES ('a')",
            "ALTER TABLE users ADD COLUMN a NOT NULL",
        ],
    );
    assert!(rows.contains("because the table has rows"), "{rows}");
    let emptied = [
        BLOG,
        "INSERT INTO users (name) VALUES ('a')",
        "DELETE FROM users",
        "ALTER TABLE users ADD COLUMN a NOT NULL",
    ];
    assert_eq!(only(Dialect::Sqlite, emptied), "");
}

#[test]
fn a_rename_takes_along_what_names_the_thing() {
    let renamed = [
        BLOG,
        "ALTER TABLE users RENAME TO people; ALTER TABLE people RENAME COLUMN age TO years; ALTER TABLE posts RENAME COLUMN title TO heading",
        "INSERT INTO posts (author, heading) VALUES (1, 'a'); SELECT heading FROM titles; DROP INDEX posts_title",
    ];
    assert_eq!(only(Dialect::Sqlite, renamed), "");
    assert_eq!(
        only(
            Dialect::Sqlite,
            [
                BLOG,
                "ALTER TABLE users RENAME TO people",
                "DROP TABLE users"
            ]
        ),
        "[users] no such table: users; it was renamed to `people` by m2 | write `people`"
    );
    assert_eq!(
        only(
            Dialect::Sqlite,
            [
                BLOG,
                "ALTER TABLE users RENAME COLUMN name TO nick",
                "CREATE INDEX i ON users (name)"
            ]
        ),
        "[name] no such column: users.name; it was renamed to `nick` by m2 | write `nick`"
    );
}

#[test]
fn a_broken_view_stops_a_rename() {
    let broken = [
        "CREATE TABLE a (x); CREATE VIEW v AS SELECT x FROM a; CREATE TABLE b (y)",
        "DROP TABLE a",
        "ALTER TABLE b RENAME TO c",
    ];
    assert!(only(Dialect::Sqlite, broken).contains("view `v`"));
    let legacy = [
        "CREATE TABLE a (x); CREATE VIEW v AS SELECT x FROM a; CREATE TABLE b (y)",
        "DROP TABLE a",
        "PRAGMA legacy_alter_table = ON; ALTER TABLE b RENAME TO c",
    ];
    assert_eq!(only(Dialect::Sqlite, legacy), "");
    // The usual rebuild.
    let rebuild = [
        "CREATE TABLE a (x); CREATE VIEW v AS SELECT x FROM a",
        "CREATE TABLE new_a (x, y); INSERT INTO new_a (x) SELECT x FROM a; DROP VIEW v; DROP TABLE a; ALTER TABLE new_a RENAME TO a; CREATE VIEW v AS SELECT x, y FROM a",
    ];
    assert_eq!(only(Dialect::Sqlite, rebuild), "");
}

#[test]
fn the_order_of_migrations() {
    assert_eq!(
        only(
            Dialect::Sqlite,
            [BLOG, "CREATE INDEX i ON tags (a)", "CREATE TABLE tags (a)"]
        ),
        "[tags] no such table: tags; m3 makes it, and that comes later | give this migration an id behind m3"
    );
    assert_eq!(
        only(
            Dialect::Sqlite,
            [
                BLOG,
                "CREATE INDEX i ON users (a)",
                "ALTER TABLE users ADD COLUMN a"
            ]
        ),
        "[a] no such column: users.a; m3 makes it, and that comes later | give this migration an id behind m3"
    );
    assert_eq!(
        only(
            Dialect::Sqlite,
            [BLOG, "DROP TABLE posts", "ALTER TABLE posts ADD COLUMN a"]
        ),
        "[posts] no such table: posts; it was dropped by m2"
    );
}
