//! The table of the lock, in which every transaction that records something, and every lease, leaves its trace.
//!
//! It has two rows. The first has the holder and the token of the lease, and the number of changes of the history; a
//! transaction locks and changes it, so that no other one goes on at the same time: on one server because of the lock
//! of the row, and on different nodes of Galera because of two that have changed the same row only one commits. The
//! second row has the beat, so that a sign of life never has to wait for a transaction.
//!
//! Every session that writes also has a lock of `GET_LOCK` with a name of its own. It guards nothing; it is how others
//! on the same server see that the session is there: it goes with the session, and not before the session's
//! last statement is at an end.

use std::time::Duration;

use mysql_async::Error;

use super::{
    error::{self, NO_SUCH_TABLE, code},
    link::{Line, literal, number, text},
    table::Table,
};
use crate::{
    drivers::lease::Lease,
    engine::driver::{DriverError, DriverErrorKind},
};

/// How long to wait between two looks at a session that is being ended.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// The row as it was read, and what this server knows of the holder's session.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) lease: Lease,
    /// The server on which the holder works.
    pub(super) server: Option<String>,
    /// The holder's session, if it is one of this server.
    pub(super) session: Option<u64>,
    /// How often the history has changed.
    pub(super) changes: i64,
}

/// A session of this server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum At {
    /// A statement, of which it is not known when it ends.
    Work,
    /// A statement that has not begun, because somebody uses its table.
    Waiting,
    /// Nothing.
    Rest,
    /// Something, of which the user may not see more.
    Hidden,
}

/// The name of the lock by which a session is seen.
pub(super) fn mark(holder: &str) -> String {
    format!("migrate {holder}")
}

pub(super) async fn create(connection: &mut Line, table: &Table) -> Result<(), Error> {
    let lock = table.lock();
    let create = format!(
        "CREATE TABLE IF NOT EXISTS {lock} (
    id BIGINT NOT NULL PRIMARY KEY,
    holder VARCHAR(64) NULL,
    token BIGINT NOT NULL,
    beat BIGINT NOT NULL,
    changes BIGINT NOT NULL,
    server VARCHAR(64) NULL,
    who LONGTEXT NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
    );
    connection.tell(&create).await?;
    fill(connection, table).await
}

/// Both rows, where they are not there.
async fn fill(connection: &mut Line, table: &Table) -> Result<(), Error> {
    let lock = table.lock();
    let fill = format!(
        "INSERT IGNORE INTO {lock} (id, token, beat, changes) VALUES (1, 0, 0, 0), (2, 0, 0, 0)"
    );
    connection.tell(&fill).await
}

/// The row as it is now, without waiting for anybody. None where the table is not there.
pub(super) async fn read(connection: &mut Line, table: &Table) -> Result<Option<Row>, DriverError> {
    let sql = format!(
        "SELECT a.holder, a.token, b.beat, a.changes, a.server, IS_USED_LOCK(CONCAT('migrate ', a.holder)) \
         FROM {lock} a JOIN {lock} b ON b.id = 2 WHERE a.id = 1",
        lock = table.lock()
    );
    let rows = match connection.rows(&sql).await {
        Ok(rows) => rows,
        Err(failed) if code(&failed) == Some(NO_SUCH_TABLE) => return Ok(None),
        Err(failed) => return Err(error::error(failed)),
    };
    let Some(row) = rows.first() else {
        fill(connection, table).await.map_err(error::error)?;
        return Ok(None);
    };
    Ok(Some(Row {
        lease: Lease {
            holder: text(row, 0),
            token: number(row, 1).unwrap_or_default(),
            beat: number(row, 2).unwrap_or_default(),
        },
        changes: number(row, 3).unwrap_or_default(),
        server: text(row, 4),
        session: number(row, 5).and_then(|id| u64::try_from(id).ok()),
    }))
}

/// Takes the lease from whoever has this token; whether nobody was faster.
pub(super) async fn take(
    connection: &mut Line,
    table: &Table,
    token: i64,
    holder: &str,
    server: &str,
    who: &str,
) -> Result<bool, DriverError> {
    let lock = table.lock();
    let first = format!(
        "START TRANSACTION READ WRITE; SELECT token FROM {lock} WHERE id = 1 AND token = {token} FOR UPDATE NOWAIT"
    );
    let change = format!(
        "UPDATE {lock} SET token = {token} + 1, holder = {}, server = {}, who = {} WHERE id IN (1, 2); {COMMIT}",
        literal(holder),
        literal(server),
        literal(who),
    );
    let taken = async {
        let free = connection.rows(&first).await?.len() == 1;
        if free {
            connection.tell(&change).await?;
        }
        Ok(free)
    }
    .await;
    if !matches!(taken, Ok(true)) {
        let _ = connection.tell(ROLLBACK).await;
    }
    taken.map_err(error::error)
}

/// As they are, whatever `completion_type` says.
pub(super) const COMMIT: &str = "COMMIT AND NO CHAIN NO RELEASE";
pub(super) const ROLLBACK: &str = "ROLLBACK AND NO CHAIN NO RELEASE";

/// Gives the lease back. Where it was taken over, nothing happens.
pub(super) fn give_back(table: &Table, holder: &str) -> String {
    format!(
        "UPDATE {} SET holder = NULL WHERE id IN (1, 2) AND holder = {}",
        table.lock(),
        literal(holder)
    )
}

/// A sign of life. It changes no row where the lease was taken over.
pub(super) fn beat(table: &Table, holder: &str) -> String {
    format!(
        "UPDATE {} SET beat = beat + 1 WHERE id = 2 AND holder = {}",
        table.lock(),
        literal(holder)
    )
}

/// A statement that fails where this token is not the one of the lease any more. What stands behind it in the
/// same packet does not run then. (`DO` would only warn.)
pub(super) fn guard(table: &Table, token: i64) -> String {
    format!(
        "SELECT (SELECT 1 FROM (SELECT 1 UNION ALL SELECT 2) two WHERE NOT EXISTS (SELECT 1 FROM {} WHERE id = 1 AND \
         token = {token}))",
        table.lock()
    )
}

/// The session that has a mark, if it is one of this server.
pub(super) async fn session(connection: &mut Line, mark: &str) -> Result<Option<u64>, DriverError> {
    let sql = format!("SELECT IS_USED_LOCK({})", literal(mark));
    let rows = connection.rows(&sql).await.map_err(error::error)?;
    let id = rows.first().and_then(|row| number(row, 0));
    Ok(id.and_then(|id| u64::try_from(id).ok()))
}

/// What a session does.
pub(super) async fn activity(connection: &mut Line, id: u64) -> Result<At, DriverError> {
    let sql = format!("SELECT COMMAND, STATE FROM information_schema.PROCESSLIST WHERE ID = {id}");
    let rows = connection.rows(&sql).await.map_err(error::error)?;
    let Some(row) = rows.first() else {
        return Ok(At::Hidden);
    };
    let state = text(row, 1).unwrap_or_default();
    Ok(match text(row, 0).as_deref() {
        Some("Sleep") => At::Rest,
        _ if state.contains("metadata lock") => At::Waiting,
        _ => At::Work,
    })
}

/// Ends a session. What cannot be ended says why.
pub(super) async fn kill(connection: &mut Line, id: u64) -> Result<(), DriverError> {
    let killed = connection.ask(&format!("KILL CONNECTION {id}")).await.error;
    match killed {
        // It has ended by itself.
        Some(failed) if code(&failed) == Some(1094) => Ok(()),
        Some(failed) => Err(error::error(failed)),
        None => Ok(()),
    }
}

/// Returns when a session of this server is gone, which nobody needs any more: what it is at comes to its end, and
/// what waits is cut off.
pub(super) async fn ended(connection: &mut Line, mark: &str) -> Result<(), DriverError> {
    while let Some(id) = session(connection, mark).await? {
        if activity(connection, id).await? != At::Work {
            kill(connection, id).await?;
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    Ok(())
}

/// Another run has the lease by now.
pub(super) fn fenced() -> DriverError {
    DriverError::new(
        DriverErrorKind::Fenced,
        "another run has taken over, because this one showed no sign of life for too long",
    )
}
