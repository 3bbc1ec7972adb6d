//! What the migrations do to rows: each test stops before one, writes rows of that time, and goes on.

#![allow(clippy::unwrap_used, reason = "a test ends where something fails")]

use migrate_core::{Down, Migrator, Request, Up};
use rusqlite::{Connection, types::FromSql};

migrate_core::link!(blog);

/// A database as it was after a migration, with some rows.
fn at(id: &str, rows: &str) -> Connection {
    let mut connection = Connection::open_in_memory().unwrap();
    up_to(&mut connection, id);
    connection.execute_batch(rows).unwrap();
    connection
}

fn up_to(connection: &mut Connection, id: &str) {
    Migrator::new()
        .run(connection, &Request::Up(Up::To(id.to_owned())))
        .unwrap();
}

fn down_to(connection: &mut Connection, id: &str) {
    Migrator::new()
        .run(connection, &Request::Down(Down::To(id.to_owned())))
        .unwrap();
}

/// The first column of all rows.
fn column<T: FromSql>(connection: &Connection, query: &str) -> Vec<T> {
    let mut statement = connection.prepare(query).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

const ROWS: &str = "
    INSERT INTO users (id, name, email) VALUES (1, 'Cleo', 'a@x.example'), (2, 'Dan', 'b@x.example');
    INSERT INTO posts (id, author_id, slug, title, body, status, created_at) VALUES
        (1, 1, 'one', 'One', 'A walk to the lighthouse', 'published', '2025-09-13 08:00:00'),
        (2, 2, 'two', 'Two', 'A draft', 'draft', '2025-09-14 08:00:00');
    INSERT INTO tags (id, name) VALUES (1, 'sea');
    INSERT INTO post_tags (post_id, tag_id) VALUES (1, 1);
    INSERT INTO comments (id, post_id, author_id, reply_to, body) VALUES
        (1, 1, 2, NULL, 'Where?'), (2, 1, 1, 1, 'There.');";

#[test]
fn the_rebuild_of_posts_loses_no_row() {
    let mut connection = at("20250922_create_comments", ROWS);
    up_to(&mut connection, "20251006_add_updated_at");
    // Before the rebuild nothing forbids it.
    connection
        .execute("UPDATE posts SET updated_at = NULL WHERE id = 2", [])
        .unwrap();
    let archive = "UPDATE posts SET status = 'archived' WHERE id = 2";
    assert!(connection.execute(archive, []).is_err());

    up_to(&mut connection, "20251020_archive_posts");
    assert_eq!(connection.execute(archive, []).unwrap(), 1);
    let rows = |connection: &Connection| {
        column::<i64>(
            connection,
            "SELECT count(*) FROM posts UNION ALL SELECT count(*) FROM post_tags UNION ALL SELECT count(*) FROM comments",
        )
    };
    assert_eq!(rows(&connection), [2, 1, 2]);
    assert_eq!(
        column::<String>(&connection, "SELECT updated_at FROM posts ORDER BY id"),
        ["2025-09-13 08:00:00", "2025-09-14 08:00:00"]
    );
    let enforced: Vec<bool> = column(&connection, "PRAGMA foreign_keys");
    assert_eq!(enforced, [true], "foreign keys are on again");

    down_to(&mut connection, "20251006_add_updated_at");
    assert_eq!(rows(&connection), [2, 1, 2]);
    assert_eq!(
        column::<String>(&connection, "SELECT status FROM posts ORDER BY id"),
        ["published", "draft"]
    );
    connection
        .execute("DELETE FROM posts WHERE id = 1", [])
        .unwrap();
    assert_eq!(
        rows(&connection),
        [1, 0, 0],
        "the children still belong to it"
    );
}

#[test]
fn an_edit_is_dated_by_the_trigger() {
    for id in ["20251006_add_updated_at", "20251020_archive_posts"] {
        let mut connection = at("20250922_create_comments", ROWS);
        up_to(&mut connection, id);
        connection
            .execute("UPDATE posts SET title = 'New' WHERE id = 1", [])
            .unwrap();
        let edited = "SELECT updated_at > created_at FROM posts ORDER BY id";
        assert_eq!(column::<bool>(&connection, edited), [true, false], "{id}");
    }
}

#[test]
fn published_posts_get_a_date() {
    let mut connection = at("20250922_create_comments", ROWS);
    up_to(&mut connection, "20251103_02_backfill_published_at");
    assert_eq!(
        column::<Option<String>>(&connection, "SELECT published_at FROM posts ORDER BY id"),
        [Some("2025-09-13 08:00:00".to_owned()), None]
    );
}

#[test]
fn comments_that_were_there_are_counted() {
    let mut connection = at("20250922_create_comments", ROWS);
    up_to(&mut connection, "20251124_count_comments");
    let counts = "SELECT comment_count FROM posts ORDER BY id";
    assert_eq!(column::<i64>(&connection, counts), [2, 0]);
    connection
        .execute_batch(
            "INSERT INTO comments (post_id, author_id, body) VALUES (2, 1, 'Go on!');
             DELETE FROM comments WHERE id = 1;",
        )
        .unwrap();
    assert_eq!(column::<i64>(&connection, counts), [0, 1]);
}

#[test]
fn everybody_gets_a_handle() {
    let mut connection = at(
        "20251124_count_comments",
        "INSERT INTO users (name, email) VALUES
            ('Ann Lee', '1'), ('Bob', '2'), ('ann  LEE', '3'), ('Bob 5', '4'), ('Bob', '5');",
    );
    up_to(&mut connection, "20251208_add_handles");
    assert_eq!(
        column::<String>(&connection, "SELECT handle FROM users ORDER BY id"),
        ["ann-lee", "bob", "ann-lee-3", "bob-5", "bob-5-5"]
    );
}

#[test]
fn posts_that_were_there_are_found() {
    let mut connection = at("20250922_create_comments", ROWS);
    up_to(&mut connection, "20260112_create_posts_search");
    let found = |connection: &Connection, word: &str| {
        let query = format!("SELECT rowid FROM posts_search WHERE posts_search MATCH '{word}'");
        column::<i64>(connection, &query)
    };
    assert_eq!(found(&connection, "lighthouse"), [1]);
    connection
        .execute_batch(
            "UPDATE posts SET body = 'A walk to the pier' WHERE id = 1; DELETE FROM posts WHERE id = 2;",
        )
        .unwrap();
    assert_eq!(found(&connection, "lighthouse"), [0; 0]);
    assert_eq!(found(&connection, "pier"), [1]);
    assert_eq!(found(&connection, "draft"), [0; 0]);
}

#[test]
fn the_words_of_posts_that_were_there_are_counted() {
    let mut connection = at("20250922_create_comments", ROWS);
    connection
        .execute(
            "UPDATE posts SET body = ?1 WHERE id = 2",
            ["word ".repeat(401)],
        )
        .unwrap();
    up_to(&mut connection, "20260126_add_reading_minutes");
    assert_eq!(
        column::<i64>(&connection, "SELECT reading_minutes FROM posts ORDER BY id"),
        [1, 3]
    );
}

#[test]
fn the_seed_goes_without_a_trace() {
    let mut connection = at("20250922_create_comments", ROWS);
    let counts = "SELECT count(*) FROM users UNION ALL SELECT count(*) FROM posts UNION ALL SELECT count(*) FROM comments";
    up_to(&mut connection, "20260209_seed_development");
    assert_eq!(column::<i64>(&connection, counts), [4, 4, 3]);
    down_to(&mut connection, "20260126_add_reading_minutes");
    assert_eq!(column::<i64>(&connection, counts), [2, 2, 2]);
}
