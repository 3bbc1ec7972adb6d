//! Texts that are nearly SQL.

use proptest::prelude::*;

/// Words and marks of all dialects, in any order.
pub(crate) fn words() -> impl Strategy<Value = String> {
    let word = prop::sample::select(
        "CREATE TABLE IF NOT EXISTS VIEW INDEX UNIQUE TRIGGER FUNCTION TYPE AS ENUM DOMAIN SEQUENCE SCHEMA ALTER ADD COLUMN DROP RENAME TO \
         CONSTRAINT PRIMARY KEY FOREIGN REFERENCES CHECK DEFAULT NULL ON DELETE CASCADE UPDATE SET INSERT INTO VALUES SELECT FROM WHERE JOIN \
         LEFT USING GROUP BY ORDER HAVING LIMIT UNION ALL WITH RECURSIVE CASE WHEN THEN ELSE END BEGIN COMMIT RETURNING CONFLICT DO NOTHING \
         AFTER BEFORE FOR EACH ROW EXECUTE CAST COLLATE OVER PARTITION INHERITS LIKE IN BETWEEN IS AND OR DISTINCT EXCLUDE GENERATED ALWAYS \
         STORED IDENTITY ENGINE AUTO_INCREMENT INT INTEGER TEXT VARCHAR a b t users id é \"q\" `q` [q] 'text' E'\\\\' $$ $x$ 1 1.5 x'00' \
         ( ) ( ) , , ; . * = < > + - / || :: -> ->> @ @@ ? $1 :name # -- /* */ /*! { } [ ] \\ ! ~ & | % ^ DELIMITER // \n"
            .split(' ')
            .collect::<Vec<_>>(),
    );
    let separator = prop::sample::select(vec![" ", " ", " ", "", "\n"]);
    prop::collection::vec((word, separator), 0..40).prop_map(|words| {
        words
            .into_iter()
            .flat_map(|(word, separator)| [word, separator])
            .collect()
    })
}

const GOOD: [&str; 24] = [
    "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, age INT DEFAULT 0 CHECK (age >= 0))",
    "CREATE TABLE posts (id INTEGER PRIMARY KEY, author INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE, body TEXT)",
    "ALTER TABLE users ADD COLUMN name TEXT",
    "ALTER TABLE users RENAME COLUMN name TO title",
    "ALTER TABLE users DROP COLUMN age",
    "ALTER TABLE users RENAME TO people",
    "ALTER TABLE users ALTER COLUMN age TYPE bigint USING age::bigint, ALTER COLUMN age SET NOT NULL",
    "ALTER TABLE users MODIFY COLUMN age BIGINT UNSIGNED NOT NULL AFTER email, ADD KEY ages (age)",
    "ALTER TABLE users ADD CONSTRAINT positive CHECK (age > 0), DROP CONSTRAINT IF EXISTS positive",
    "CREATE UNIQUE INDEX users_email ON users (lower(email)) WHERE age > 18",
    "CREATE INDEX users_age ON users (age DESC, email)",
    "DROP INDEX users_age",
    "DROP TABLE IF EXISTS users, posts CASCADE",
    "CREATE VIEW adults AS SELECT u.id, count(*) AS n FROM users AS u LEFT JOIN posts p ON p.author = u.id WHERE u.age > 18 GROUP BY u.id ORDER BY 2",
    "CREATE TRIGGER touch AFTER UPDATE ON users FOR EACH ROW WHEN (NEW.age <> OLD.age) BEGIN UPDATE users SET age = 1 WHERE id = NEW.id; DELETE FROM posts; END",
    "CREATE TRIGGER touch BEFORE UPDATE OF age ON users FOR EACH ROW EXECUTE FUNCTION touch()",
    "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.age := 1; RETURN NEW; END $$",
    "CREATE TYPE mood AS ENUM ('sad', 'happy'); ALTER TYPE mood ADD VALUE 'fine' BEFORE 'happy'",
    "DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'mood') THEN CREATE TYPE mood AS ENUM ('sad'); END IF; END $$",
    "INSERT INTO users (id, email) VALUES (1, 'a'), (2, 'b') ON CONFLICT (email) DO UPDATE SET age = excluded.age + 1 RETURNING id",
    "INSERT INTO users (id, email) SELECT id, body FROM posts WHERE EXISTS (SELECT 1 FROM users u WHERE u.id = posts.author)",
    "UPDATE users SET age = (SELECT max(age) FROM users), email = CASE WHEN age IN (1, 2) THEN 'x' ELSE email END WHERE id BETWEEN 1 AND 9",
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9) DELETE FROM users WHERE id IN (SELECT i FROM n)",
    "CREATE TABLE t (a ENUM('x', 'y') NOT NULL DEFAULT 'x' COMMENT 'what', b INT AUTO_INCREMENT, KEY k (b), UNIQUE KEY u (a(3))) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4",
];

/// Good statements one behind the other, in which a word is dropped, doubled, swapped or put in the place of another.
pub(crate) fn damaged() -> impl Strategy<Value = String> {
    let statements = prop::collection::vec(prop::sample::select(&GOOD[..]), 1..8);
    let damage = prop::collection::vec(
        (
            any::<prop::sample::Index>(),
            any::<prop::sample::Index>(),
            0_u8..5,
        ),
        0..6,
    );
    (statements, damage).prop_map(|(statements, damage)| {
        let text = statements.join(";\n");
        let mut pieces = pieces(&text);
        for (at, other, how) in damage {
            if pieces.is_empty() {
                break;
            }
            let (at, other) = (at.index(pieces.len()), other.index(pieces.len()));
            match how {
                0 => drop(pieces.remove(at)),
                1 => pieces.insert(at, pieces[at].clone()),
                2 => pieces.swap(at, other),
                3 => pieces[at] = pieces[other].clone(),
                _ => pieces.truncate(at),
            }
        }
        pieces.concat()
    })
}

/// Words and marks, each with the white space behind it.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut last = ' ';
    for c in text.chars() {
        let joins = (c.is_alphanumeric() || c == '_') && (last.is_alphanumeric() || last == '_');
        match pieces.last_mut() {
            Some(piece) if joins || c.is_whitespace() => piece.push(c),
            _ => pieces.push(c.to_string()),
        }
        last = c;
    }
    pieces
}

/// One text for each way in which SQL nests.
pub(crate) fn deep(depth: usize) -> Vec<String> {
    let around = |before: &str, middle: &str, after: &str| {
        format!("{}{middle}{}", before.repeat(depth), after.repeat(depth))
    };
    let select = |expression: String| format!("SELECT {expression}");
    vec![
        select(around("(", "1", ")")),
        select(around("(", "", "")),
        select(around("", "", ")")),
        select(around("NOT ", "1", "")),
        select(around("- ", "1", "")),
        select(around("1 + ", "1", "")),
        select(around("a AND ", "b", "")),
        select(around("a OR b AND ", "c", "")),
        select(around("'a' || ", "'b'", "")),
        select(around("1", "", "::int")),
        select(around("a", "", " COLLATE nocase")),
        select(around("a", "", "[1]")),
        select(around("f(", "1", ")")),
        select(around("CASE WHEN 1 THEN ", "1", " END")),
        select(around("CAST(", "1", " AS int)")),
        select(around("(SELECT ", "1", ")")),
        select(around("EXISTS (SELECT ", "1", ")")),
        select(around("1 IN (", "1", ")")),
        select(around("ARRAY[", "1", "]")),
        around("SELECT * FROM (", "SELECT 1", ") AS t"),
        format!("SELECT * FROM {}", around("(", "t", ")")),
        format!("SELECT * FROM t {}", "JOIN t ON 1 ".repeat(depth)),
        around("SELECT 1 UNION ", "SELECT 1", ""),
        around("(", "SELECT 1", ")"),
        around("WITH t AS (", "SELECT 1", ") SELECT 1"),
        format!("CREATE TABLE t (a INT DEFAULT {})", around("(", "1", ")")),
        format!(
            "CREATE TABLE t (a INT, CHECK ({}))",
            around("(", "a > 1", ")")
        ),
        format!(
            "CREATE VIEW v AS {}",
            around("SELECT * FROM (", "SELECT 1", ") AS t")
        ),
        around(
            "CREATE TRIGGER t AFTER INSERT ON t BEGIN ",
            "SELECT 1;",
            " END;",
        ),
        around("BEGIN ", "", " END;"),
        around("EXPLAIN ", "SELECT 1", ""),
        around("/*", "", "*/"),
        around("/*! ", "SELECT 1", " */"),
        around("[", "", "]"),
        around("{", "", "}"),
        around("$a$", "", "$b$"),
    ]
}
