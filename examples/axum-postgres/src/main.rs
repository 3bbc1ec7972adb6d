//! A web service that keeps notes in PostgreSQL. Each instance brings the database up to date when it starts; where
//! several start at once, one of them applies what is pending, and the others wait for it.
//!
//! `DATABASE_URL` says where the database is, `LISTEN` where to listen.

mod migrations;
mod notes;

use std::env;

use deadpool_postgres::{Config, Runtime};
use migrate_core::{Database, Migrator};
use tokio::net::TcpListener;

/// What `main` says when it cannot go on.
type Fault = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Fault> {
    let url = env::var("DATABASE_URL").map_err(|_| "set DATABASE_URL")?;
    let report = Migrator::new()
        .environment(env::var("MIGRATE_ENV").unwrap_or_else(|_| "production".to_owned()))
        .up_async(&mut Database::open(&url)?)
        .await?;
    println!("{} migrations applied", report.done.len());

    let config = Config {
        url: Some(url),
        ..Config::default()
    };
    let pool = config.create_pool(
        Some(Runtime::Tokio1),
        deadpool_postgres::tokio_postgres::NoTls,
    )?;
    let address = env::var("LISTEN").unwrap_or_else(|_| "127.0.0.1:3000".to_owned());
    let listener = TcpListener::bind(address).await?;
    println!("listening on {}", listener.local_addr()?);
    let service = axum::serve(listener, notes::routes(pool));
    let stopped = async { drop(tokio::signal::ctrl_c().await) };
    service.with_graceful_shutdown(stopped).await?;
    Ok(())
}
