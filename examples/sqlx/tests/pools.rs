//! The pool finds what the migrations have made.

use migrate_test_servers::Postgres;
use sqlx::{PgPool, SqlitePool};

const ADD: &str = "INSERT INTO reminders (body) VALUES ('milk')";
const COUNT: &str = "SELECT count(*) FROM reminders";

#[tokio::test]
async fn sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}?mode=rwc", folder.path().join("app.db").display());
    let pool = SqlitePool::connect(&url).await.unwrap();
    assert_eq!(
        sqlx_example::migrate_sqlite(&pool)
            .await
            .unwrap()
            .done
            .len(),
        1
    );
    sqlx::query(ADD).execute(&pool).await.unwrap();
    let count: i64 = sqlx::query_scalar(COUNT).fetch_one(&pool).await.unwrap();
    assert_eq!(count, 1);
    assert!(
        sqlx_example::migrate_sqlite(&pool)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn postgresql() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    // By a user whose password has what a URL has to encode.
    let database = server.database();
    let pool = PgPool::connect(&database.password_url()).await.unwrap();
    assert_eq!(
        sqlx_example::migrate_postgres(&pool)
            .await
            .unwrap()
            .done
            .len(),
        1
    );
    sqlx::query(ADD).execute(&pool).await.unwrap();
    assert_eq!(database.run(COUNT), "1");
    assert!(
        sqlx_example::migrate_postgres(&pool)
            .await
            .unwrap()
            .is_empty()
    );
}
