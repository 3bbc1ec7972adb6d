//! Taking the lease, taking it over, and what becomes of it when nobody is there to give it back.

use std::{thread, time::Duration};

use mysql_async::{Conn, Opts};
use tokio::{runtime::Builder, time::sleep};

use super::{
    Heartbeat, Held, MySql,
    link::{Line, line, serve, together},
    lock::{self, At},
};
use crate::{
    drivers::lease::{Verdict, beat_every},
    engine::driver::{Claim, DriverError},
};

impl MySql {
    /// Whether the lease is had, or somebody else is alive.
    pub(super) async fn try_claim(&mut self) -> Result<Claim, DriverError> {
        let Some(row) = lock::read(&mut self.link, &self.table).await? else {
            self.has_tables = false;
            return Ok(Claim::HeldByAnother);
        };
        if let Some(held) = &self.lease {
            if held.token == row.lease.token {
                return Ok(Claim::Taken);
            }
            // Somebody has taken it over between two migrations, where nothing was at work.
            self.lease = None;
        }
        let is_here = row.server.is_some() && row.server == self.server;
        let verdict = self.watch.judge(&row.lease, self.started.elapsed());
        let is_free = match (verdict, row.session) {
            (Verdict::Free, _) => true,
            // On this server a session that is gone is gone.
            (_, None) if is_here => true,
            (Verdict::Held, _) => false,
            (Verdict::Expired, None) => true,
            (Verdict::Expired, Some(session)) => self.can_be_ended(session).await?,
        };
        if !is_free {
            return Ok(Claim::HeldByAnother);
        }
        if !self.take(row.lease.token).await? {
            if verdict == Verdict::Expired
                && let Some(session) = row.session
            {
                // It was stalled inside a transaction, and has the row locked.
                let _ = lock::kill(&mut self.link, session).await;
            }
            return Ok(Claim::HeldByAnother);
        }
        if let Some(old) = &row.lease.holder {
            lock::ended(&mut self.link, &lock::mark(old)).await?;
        }
        Ok(Claim::Taken)
    }

    /// Whether a session whose client shows no sign of life may be ended. What it is at comes to its end first.
    async fn can_be_ended(&mut self, session: u64) -> Result<bool, DriverError> {
        Ok(match lock::activity(&mut self.link, session).await? {
            At::Work => false,
            At::Rest | At::Waiting => true,
            At::Hidden => lock::kill(&mut self.link, session).await.is_ok(),
        })
    }

    /// Whether nobody was faster, or is in a transaction that holds the lock's row.
    async fn take(&mut self, token: i64) -> Result<bool, DriverError> {
        let server = self.server.clone().unwrap_or_default();
        let who = format!("session {} of {}", self.link.session(), who());
        let taken = lock::take(
            &mut self.link,
            &self.table,
            token,
            &self.holder,
            &server,
            &who,
        );
        match taken.await {
            Ok(true) => {}
            Ok(false) => return Ok(false),
            Err(failed) if failed.is_busy() => return Ok(false),
            Err(failed) => return Err(failed),
        }
        let beat = lock::beat(&self.table, &self.holder);
        self.lease = Some(Held {
            token: token + 1,
            _heartbeat: Heartbeat::start(self.opts(), beat, beat_every(self.lock_ttl)),
        });
        Ok(true)
    }

    /// Behind a reconnection: takes the lease from the session that was lost, so that nothing that it may have left
    /// on its way takes effect any more, and waits until it is gone.
    pub(super) async fn renew(&mut self, old: &str) -> Result<(), DriverError> {
        let mark = lock::mark(old);
        let Some(held) = self.lease.take() else {
            return lock::ended(&mut self.link, &mark).await;
        };
        loop {
            let row = lock::read(&mut self.link, &self.table).await?;
            let lease = row.map(|row| row.lease);
            if lease.is_none_or(|lease| lease.token != held.token) {
                return Err(lock::fenced());
            }
            if self.take(held.token).await? {
                break;
            }
            // What has the row locked is mostly the old session.
            lock::ended(&mut self.link, &mark).await?;
            sleep(Duration::from_millis(20)).await;
        }
        lock::ended(&mut self.link, &mark).await
    }
}

fn who() -> String {
    let user = whoami::username().unwrap_or_else(|_| "unknown".to_owned());
    let host = whoami::hostname().unwrap_or_else(|_| "unknown".to_owned());
    format!("{user}@{host}, process {}", std::process::id())
}

/// Behind a future that was dropped: ends the session if it was in the middle of something, and gives the lease back.
/// It happens on a thread, and where that cannot be, the lease runs out.
pub(super) fn leave(opts: Opts, mark: Option<String>, give_back: String) {
    let work = async move {
        let mut connection = Conn::new(opts).await.ok()?;
        let (mut line, requests) = line(&connection);
        let work = async {
            if let Some(mark) = mark {
                end(&mut line, &mark).await?;
            }
            line.tell(&give_back).await.ok()
        };
        together(serve(&mut connection, requests), work).await?;
        connection.disconnect().await.ok()
    };
    let _ = thread::Builder::new()
        .name("migrate-leave".to_owned())
        .spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build();
            runtime.map(|runtime| runtime.block_on(work))
        });
}

/// Cuts a session off. Nothing where it cannot be seen to be gone.
async fn end(line: &mut Line, mark: &str) -> Option<()> {
    for _ in 0..100 {
        let Some(session) = lock::session(line, mark).await.ok()? else {
            return Some(());
        };
        lock::kill(line, session).await.ok()?;
        sleep(Duration::from_millis(50)).await;
    }
    None
}
