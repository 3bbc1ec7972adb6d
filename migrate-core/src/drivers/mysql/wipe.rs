//! Dropping everything.

use super::{
    error::{self, code},
    link::{Line, literal, quote, text},
    lock,
    table::Table,
};
use crate::engine::driver::DriverError;

/// Drops everything in the database but the lock, and makes an empty history. Each statement commits, so the history goes
/// last: where the wipe is cut off, it still says that something was there, and the wipe can be repeated.
pub(super) async fn wipe(
    connection: &mut Line,
    table: &Table,
    token: Option<i64>,
) -> Result<(), DriverError> {
    let database = table.database().unwrap_or_default();
    let found = connection.rows(&objects(database, &table.names())).await;
    let found = found.map_err(error::error)?;
    let mut drops: Vec<String> = found
        .iter()
        .filter_map(|row| {
            let (kind, name) = (text(row, 0)?, text(row, 1)?);
            Some(format!(
                "DROP {kind} IF EXISTS {}.{}",
                quote(database),
                quote(&name)
            ))
        })
        .collect();
    drops.push(table.drop_statement());
    let settings = connection.rows("SELECT @@foreign_key_checks").await;
    let settings = settings.map_err(error::error)?;
    let enforced = settings.first().and_then(|row| text(row, 0)).as_deref() == Some("1");
    set_enforced(connection, false).await?;
    let dropped = drop_all(connection, table, token, &drops).await;
    if enforced && !connection.is_lost() {
        set_enforced(connection, true).await?;
    }
    dropped?;
    table.create(connection).await.map_err(error::error)
}

async fn set_enforced(connection: &mut Line, enforced: bool) -> Result<(), DriverError> {
    let sql = format!("SET SESSION foreign_key_checks = {}", u8::from(enforced));
    connection.tell(&sql).await.map_err(error::error)
}

async fn drop_all(
    connection: &mut Line,
    table: &Table,
    token: Option<i64>,
    drops: &[String],
) -> Result<(), DriverError> {
    for sql in drops {
        let packet = match token {
            Some(token) => format!("{}; {sql}", lock::guard(table, token)),
            None => sql.clone(),
        };
        let answer = connection.ask(&packet).await;
        if let Some(failed) = answer.error {
            if answer.sets.is_empty() && code(&failed) == Some(super::TWO_ROWS) {
                return Err(lock::fenced());
            }
            return Err(error::error(failed));
        }
    }
    Ok(())
}

/// Kind and name of everything, in the order in which it can go: events first, because they run by themselves; views
/// before tables. Triggers go with their tables.
fn objects(database: &str, ours: &[String]) -> String {
    let database = literal(database);
    let ours = super::link::list(ours);
    format!(
        "SELECT kind, name FROM (
            SELECT 1 place, 'EVENT' kind, EVENT_NAME name FROM information_schema.EVENTS WHERE EVENT_SCHEMA = {database}
            UNION ALL
            SELECT CASE TABLE_TYPE WHEN 'VIEW' THEN 2 WHEN 'SEQUENCE' THEN 5 ELSE 4 END,
                CASE TABLE_TYPE WHEN 'VIEW' THEN 'VIEW' WHEN 'SEQUENCE' THEN 'SEQUENCE' ELSE 'TABLE' END, TABLE_NAME
            FROM information_schema.TABLES WHERE TABLE_SCHEMA = {database} AND TABLE_NAME NOT IN {ours}
            UNION ALL
            SELECT 3, ROUTINE_TYPE, ROUTINE_NAME FROM information_schema.ROUTINES
            WHERE ROUTINE_SCHEMA = {database} AND ROUTINE_TYPE <> 'PACKAGE BODY'
        ) everything ORDER BY place, name"
    )
}
