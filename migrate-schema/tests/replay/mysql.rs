//! MySQL and MariaDB. Whatever is refused here was refused by both, and whatever is taken was taken by one of them.

use super::only;
use migrate_schema::Dialect;

const BLOG: &str = "CREATE TABLE users (id INT AUTO_INCREMENT PRIMARY KEY, email VARCHAR(99) UNIQUE, age INT, KEY (age)); \
     CREATE TABLE posts (id INT PRIMARY KEY, author INT, title VARCHAR(99), FOREIGN KEY (author) REFERENCES users (id))";

fn says(sql: &str) -> String {
    only(Dialect::Mysql, [BLOG, sql])
}

#[test]
fn the_names_that_the_engine_gives() {
    for sql in [
        "ALTER TABLE users DROP INDEX email",
        "ALTER TABLE users DROP KEY age",
        "ALTER TABLE posts DROP FOREIGN KEY posts_ibfk_1",
        "ALTER TABLE posts DROP FOREIGN KEY posts_ibfk_1, DROP INDEX author",
        "ALTER TABLE users ADD KEY (age); ALTER TABLE users DROP KEY age_2",
        "CREATE INDEX title ON posts (title); DROP INDEX title ON posts",
        "ALTER TABLE posts ADD KEY (a), ADD COLUMN a INT AFTER title",
    ] {
        assert_eq!(says(sql), "", "{sql}");
    }
}

#[test]
fn what_is_still_used() {
    let table = [
        (
            "DROP TABLE users",
            "[users] the table `users` is still used by the foreign key `posts_ibfk_1` of `posts` | drop that first",
        ),
        (
            "ALTER TABLE posts DROP COLUMN author",
            "[author] the column `posts.author` is still used by the foreign key `posts_ibfk_1` | drop it first: `DROP FOREIGN KEY posts_ibfk_1`",
        ),
        (
            "ALTER TABLE posts DROP INDEX author",
            "[posts] the foreign key `posts_ibfk_1` needs an index that begins with (author) | drop the foreign key first, or add another index over its columns",
        ),
        ("SET FOREIGN_KEY_CHECKS = 0; DROP TABLE users", ""),
        ("DROP TABLE posts, users", ""),
    ];
    for (sql, message) in table {
        assert_eq!(says(sql), message, "{sql}");
    }
}

#[test]
fn what_is_not_there() {
    let table = [
        (
            "ALTER TABLE posts ADD COLUMN a INT AFTER titel",
            "[titel] no such column: posts.titel | did you mean `title`?",
        ),
        (
            "ALTER TABLE posts MODIFY COLUMN titel TEXT",
            "[titel] no such column: posts.titel | did you mean `title`?",
        ),
        (
            "ALTER TABLE posts DROP FOREIGN KEY posts_author_fk",
            "[posts_author_fk] no such foreign key: posts_author_fk on `posts`",
        ),
        (
            "CREATE TABLE t (a VARCHAR(99), FOREIGN KEY (a) REFERENCES posts (title))",
            "[title] `posts` has no index that begins with (title), so no foreign key can refer to it | add a unique key over (title) to `posts` first, or refer to its primary key",
        ),
        (
            "ALTER TABLE Users ADD COLUMN a INT",
            "[Users] no such table: Users | did you mean `users`?",
        ),
    ];
    for (sql, message) in table {
        assert_eq!(says(sql), message, "{sql}");
    }
}
