//! The notes, over HTTP.

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use deadpool_postgres::Pool;
use serde::{Deserialize, Serialize};

/// `GET /notes` has the newest ones, `POST /notes` adds one.
pub(crate) fn routes(pool: Pool) -> Router {
    Router::new()
        .route("/notes", get(newest).post(add))
        .with_state(pool)
}

#[derive(Serialize)]
struct Note {
    id: i64,
    body: String,
    is_pinned: bool,
}

#[derive(Deserialize)]
struct NewNote {
    body: String,
}

async fn newest(State(pool): State<Pool>) -> Result<Json<Vec<Note>>, Fault> {
    let query = "SELECT id, body, is_pinned FROM notes ORDER BY is_pinned DESC, id DESC LIMIT 50";
    let rows = pool.get().await?.query(query, &[]).await?;
    let note = |row: &deadpool_postgres::tokio_postgres::Row| Note {
        id: row.get(0),
        body: row.get(1),
        is_pinned: row.get(2),
    };
    Ok(Json(rows.iter().map(note).collect()))
}

async fn add(State(pool): State<Pool>, Json(new): Json<NewNote>) -> Result<StatusCode, Fault> {
    let insert = "INSERT INTO notes (body) VALUES ($1)";
    pool.get().await?.execute(insert, &[&new.body]).await?;
    Ok(StatusCode::CREATED)
}

/// What is wrong stays here; outside it is only known that something is.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("no connection: {0}")]
    Pool(#[from] deadpool_postgres::PoolError),
    #[error("the database: {0}")]
    Database(#[from] deadpool_postgres::tokio_postgres::Error),
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        eprintln!("{self}");
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}
