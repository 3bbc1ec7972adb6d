//! The three forms, and all shapes of identifiers.
use migrate_core::{Registry, prelude::*};

struct CreateUsers;

/// The people
/// who sign in.
///
/// Not their customers.
#[migration("20260215_create_users")]
impl Migration for CreateUsers {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE)"));
    }
    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP TABLE users"));
    }
}

/// Posts.
#[migration("20260215_02_create_posts")]
pub struct CreatePosts;

impl Migration for CreatePosts {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!("CREATE TABLE posts (id INTEGER PRIMARY KEY)"));
    }
    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP TABLE posts"));
    }
}

#[migration("20260215093000_add_age", up = "ALTER TABLE users ADD COLUMN age INTEGER", down = "ALTER TABLE users DROP COLUMN age")]
pub(crate) struct AddAge;

#[migration(
    "007_settings",
    up = r#"
        CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
        INSERT INTO settings VALUES ('theme', 'a;b "c"');
    "#,
    down = "DROP TABLE settings",
)]
struct Settings;

fn main() {
    let registry = Registry::linked(None).unwrap();
    let all: Vec<_> = registry.iter().map(|m| (m.id().as_str(), m.description())).collect();
    assert_eq!(
        all,
        [
            ("007_settings", "settings"),
            ("20260215_create_users", "The people who sign in."),
            ("20260215_02_create_posts", "Posts."),
            ("20260215093000_add_age", "add age"),
        ]
    );
    let mut connection = rusqlite::Connection::open_in_memory().unwrap();
    let report = Migrator::new().up(&mut connection).unwrap();
    assert_eq!(report.names().len(), 4);
    Migrator::new().down(&mut connection).unwrap();
    let left: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema WHERE name IN ('users', 'posts', 'settings')", [], |r| r.get(0))
        .unwrap();
    assert_eq!(left, 0);
}
