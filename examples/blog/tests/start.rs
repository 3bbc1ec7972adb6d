//! The application starts: alone, twice at once, in production.

#![allow(clippy::unwrap_used, reason = "a test ends where something fails")]

use std::{path::Path, sync::Barrier, thread};

use blog::{Blog, NewPost};
use migrate_core::{Down, Migrator, Request};
use rusqlite::Connection;

fn history(path: &Path) -> Vec<String> {
    let mut connection = Connection::open(path).unwrap();
    let applied = Migrator::new().applied(&mut connection).unwrap();
    applied.into_iter().map(|row| row.id).collect()
}

#[test]
fn two_at_once_apply_each_migration_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("blog.db");
    let start = Barrier::new(2);
    let open = || {
        start.wait();
        Blog::open(&path, "development").map(|blog| blog.newest(10).unwrap())
    };
    let (one, other) = thread::scope(|scope| {
        let one = scope.spawn(open);
        let other = scope.spawn(open);
        (one.join().unwrap(), other.join().unwrap())
    });
    assert_eq!(one.unwrap(), ["hello-world"]);
    assert_eq!(other.unwrap(), ["hello-world"]);
    let mut ids = history(&path);
    assert_eq!(ids.len(), 16);
    ids.dedup();
    assert_eq!(ids.len(), 16, "none twice");
}

#[test]
fn a_second_start_finds_everything_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("blog.db");
    let mut blog = Blog::open(&path, "production").unwrap();
    let ann = blog.create_user("Ann", "ann@start.example").unwrap();
    let post = NewPost {
        title: "Kept",
        ..NewPost::default()
    };
    blog.write_post(ann, &post).unwrap();
    drop(blog);
    let before = history(&path);
    let blog = Blog::open(&path, "production").unwrap();
    assert!(blog.post("kept").unwrap().is_some());
    assert_eq!(history(&path), before);

    let connection = Connection::open(&path).unwrap();
    let journal: String = connection
        .query_row("PRAGMA journal_mode", [], |row| row.get(0))
        .unwrap();
    assert_eq!(journal, "wal");
}

#[test]
fn production_has_no_seed_and_no_way_back_past_the_spam() {
    let production = Migrator::new().environment("production");
    let mut connection = production.memory().unwrap();
    let users = "SELECT count(*) FROM users";
    let count = |connection: &Connection| -> i64 {
        connection.query_row(users, [], |row| row.get(0)).unwrap()
    };
    assert_eq!(count(&connection), 0);

    let error = production
        .run(&mut connection, &Request::Down(Down::All))
        .unwrap_err()
        .to_string();
    assert!(error.contains("20260215_delete_spam_accounts"), "{error}");
    assert!(error.contains("the accounts are gone"), "{error}");
    assert_eq!(production.applied(&mut connection).unwrap().len(), 16);
}

#[test]
fn spam_accounts_go_and_authors_stay() {
    let production = Migrator::new().environment("production");
    let mut connection = Connection::open_in_memory().unwrap();
    let before = migrate_core::Up::To("20260126_add_reading_minutes".to_owned());
    production
        .run(&mut connection, &Request::Up(before))
        .unwrap();
    connection
        .execute_batch(
            "INSERT INTO users (id, name, email) VALUES
                (1, 'Ann', 'ann@start.example'), (2, 'Spam', 'x@mail.invalid'),
                (3, 'Author', 'y@mail.invalid'), (4, 'Reader', 'z@mail.invalid');
             INSERT INTO posts (id, author_id, slug, title, body) VALUES (1, 3, 'a', 'A', '');
             INSERT INTO comments (post_id, author_id, body) VALUES (1, 4, 'Well?');",
        )
        .unwrap();
    production.up(&mut connection).unwrap();
    let left: String = connection
        .query_row(
            "SELECT group_concat(id ORDER BY id) FROM users",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(left, "1,3,4");
}
