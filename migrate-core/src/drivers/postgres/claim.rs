//! The claim on work outside transactions: who has it stands in the row of the lock, and beats.
//!
//! A transaction needs no claim: that it is open is sign enough. What stands outside of one is guarded three times: a
//! waiter takes over only when it sees that the holder's session has ended, or neither a beat nor the session at work for
//! a whole time to live; who takes over ends the old session where it may; and the holder looks whether the claim is
//! still its own before each thing that it does.

use std::{
    process,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::task::JoinHandle;

use crate::{
    drivers::lease::{Lease as Row, Verdict, Watch, beat_every},
    engine::driver::{Claim, DriverError, DriverErrorKind},
};

use super::{
    error::{At, code, error},
    facts::Server,
    link::Own,
    session::Postgres,
    table::{Answers, ask, text},
    url::Target,
};

/// Holders of this process that were dropped before they could give their claim back.
static ABANDONED: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// What this session has, or is waiting for.
pub(super) struct Lease {
    time_to_live: Duration,
    watch: Watch,
    held: Option<Held>,
}

/// A claim that this session has taken.
struct Held {
    holder: String,
    life: Arc<Life>,
    /// Beats from a connection of its own, where there can be one.
    beater: Option<JoinHandle<()>>,
    given_back: bool,
}

/// What holder and beater tell each other.
struct Life {
    started: Instant,
    /// When the claim was last seen to be its own, in milliseconds since the start.
    seen: AtomicU64,
    lost: AtomicBool,
}

impl Life {
    fn new() -> Self {
        Self {
            started: Instant::now(),
            seen: AtomicU64::new(0),
            lost: AtomicBool::new(false),
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// The row was seen at this moment; it is the holder's or not.
    fn confirm(&self, asked: u64, mine: bool) {
        if mine {
            self.seen.fetch_max(asked, Ordering::SeqCst);
        } else {
            self.lost.store(true, Ordering::SeqCst);
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(beater) = &self.beater {
            beater.abort();
        }
        if !self.given_back {
            let mut abandoned = ABANDONED.lock().unwrap_or_else(PoisonError::into_inner);
            abandoned.push(self.holder.clone());
        }
    }
}

impl Lease {
    pub(super) fn new(time_to_live: Duration) -> Self {
        Self {
            time_to_live,
            watch: Watch::new(time_to_live),
            held: None,
        }
    }

    pub(super) fn is_held(&self) -> bool {
        self.held.is_some()
    }

    /// Whether this session had a claim, and somebody else has it by now.
    pub(super) fn is_lost_to(&self, holder: Option<&str>) -> bool {
        let held = self.held.as_ref();
        held.is_some_and(|held| {
            held.life.lost.load(Ordering::SeqCst) || holder != Some(&*held.holder)
        })
    }
}

pub(super) fn fenced() -> DriverError {
    DriverError::new(
        DriverErrorKind::Fenced,
        "another run has taken over, because this one showed no sign of life",
    )
}

/// The session at work, as the server knows it: a process, and when it began.
const OWN_SESSION: &str = "(SELECT a.pid || ' ' || extract(epoch FROM a.backend_start) \
     FROM pg_catalog.pg_stat_activity a WHERE a.pid = pg_backend_pid())";

impl Postgres {
    /// Fails where somebody else has taken over. It is asked only when the last sign is old.
    pub(super) async fn still_mine(&self) -> Result<(), DriverError> {
        let Some(held) = &self.state.lease.held else {
            return Ok(());
        };
        let life = &held.life;
        let age = life.now().saturating_sub(life.seen.load(Ordering::SeqCst));
        let fresh = u128::from(age) < self.state.lease.time_to_live.as_millis() / 2;
        if !fresh && !life.lost.load(Ordering::SeqCst) {
            self.beat().await?;
        }
        if life.lost.load(Ordering::SeqCst) {
            return Err(fenced());
        }
        Ok(())
    }

    async fn beat(&self) -> Result<(), DriverError> {
        let Some(held) = &self.state.lease.held else {
            return Ok(());
        };
        let asked = held.life.now();
        let sql = beat_of(&self.state.tables.lock(), &held.holder);
        let answers = ask(self.link.client(), &sql)
            .await
            .and_then(Answers::whole)
            .map_err(|failed| error(failed, At::Undone))?;
        held.life.confirm(asked, answers.counts == [1]);
        Ok(())
    }

    /// Takes the claim, if nobody has it who is alive.
    pub(super) async fn take_lease(&mut self) -> Result<Claim, DriverError> {
        if let Some(held) = &self.state.lease.held
            && !held.life.lost.load(Ordering::SeqCst)
        {
            self.beat().await?;
            self.still_mine().await?;
            return Ok(Claim::Taken);
        }
        let old = match self.try_to_take().await {
            Ok(Some(old)) => old,
            Ok(None) => return Ok(Claim::HeldByAnother),
            Err(failed) if failed.is_busy() => {
                // An open transaction on the row is a sign of life.
                let time_to_live = self.state.lease.time_to_live;
                self.state.lease.watch = Watch::new(time_to_live);
                return Ok(Claim::HeldByAnother);
            }
            Err(failed) => return Err(failed),
        };
        if let (Some(session), Server::Postgres) = (old, self.state.server()) {
            self.end(&session).await;
        }
        Ok(Claim::Taken)
    }

    /// Locks the row, judges it, and takes it. Gives the session of the old holder, or nothing where it may be alive.
    async fn try_to_take(&mut self) -> Result<Option<Option<String>>, DriverError> {
        let undone = |failed| error(failed, At::Undone);
        let with_sessions = self.state.server() != Server::Cockroach;
        let lock = self.state.tables.lock();
        let mut sql = String::new();
        if !self.state.lock_made {
            sql += &format!(
                "SET LOCAL lock_timeout = '200ms'; {}; ",
                self.state.tables.create_lock()
            );
        }
        sql += &self.state.tables.select_lock();
        if with_sessions {
            sql += &format!(
                "; SELECT CASE WHEN a.pid = pg_backend_pid() THEN 'idle' ELSE a.state END FROM {lock} l JOIN pg_catalog.pg_stat_activity a \
                 ON l.session = a.pid || ' ' || extract(epoch FROM a.backend_start) \
                 OR (a.backend_start IS NULL AND split_part(l.session, ' ', 1) = a.pid::text)"
            );
        }
        let transaction = self.link.client_mut().transaction().await.map_err(undone)?;
        let answers = ask(transaction.client(), &sql).await.map_err(undone)?;
        if let Some(failed) = answers.failed {
            let again = matches!(code(&failed), Some("42P01" | "23505" | "42P07" | "42710"));
            if again {
                self.state.lock_made = false;
            }
            let failed = self.state.tables.error(failed);
            transaction.rollback().await.map_err(undone)?;
            return match again {
                true => Err(DriverError {
                    kind: DriverErrorKind::Busy,
                    ..failed
                }),
                false => Err(failed),
            };
        }
        let row = answers
            .rows
            .iter()
            .flatten()
            .find(|row| row.columns().len() == 5);
        let Some(row) = row else {
            self.state.lock_made = false;
            let message = "the lock has lost its row";
            return Err(DriverError::new(DriverErrorKind::Busy, message));
        };
        let number = |at| row.get(at).and_then(|text| text.parse().ok()).unwrap_or(0);
        let lease = Row {
            holder: row.get(3).map(str::to_owned),
            token: number(1),
            beat: number(2),
        };
        let old = row.get(4).map(str::to_owned);
        let seen = answers
            .rows
            .last()
            .filter(|_| with_sessions && old.is_some());
        let activity = match seen.map(Vec::as_slice) {
            None => Activity::Unknown,
            Some([]) => Activity::Gone,
            Some([row, ..]) if row.get(0) == Some("active") => Activity::AtWork,
            Some(_) => Activity::Idle,
        };
        let now = self.state.started.elapsed();
        let verdict = self.state.lease.watch.judge(&lease, now);
        if !is_free(&lease, verdict, activity) {
            transaction.rollback().await.map_err(undone)?;
            return Ok(None);
        }
        let holder = new_holder();
        let session = if with_sessions { OWN_SESSION } else { "NULL" };
        let asked = Life::new();
        let sql = format!(
            "UPDATE {lock} SET token = token + 1, beat = 0, holder = {}, session = {session} WHERE id = 1",
            text(&holder)
        );
        ask(transaction.client(), &sql)
            .await
            .and_then(Answers::whole)
            .map_err(undone)?;
        // Where the answer is lost, nobody has the claim whom anybody hears of, and it is taken over.
        transaction.commit().await.map_err(undone)?;
        self.state.lock_made = true;
        let life = Arc::new(asked);
        let beater = self.link.target().map(|target| {
            let beats = Beats {
                target: target.clone(),
                sql: beat_of(&lock, &holder),
                every: beat_every(self.state.lease.time_to_live),
                life: Arc::clone(&life),
            };
            tokio::spawn(beats.go_on())
        });
        self.state.lease.held = Some(Held {
            holder,
            life,
            beater,
            given_back: false,
        });
        let taken_over = lease.holder.is_some() && activity != Activity::Gone;
        Ok(Some(old.filter(|_| taken_over)))
    }

    /// Ends a session, where that is allowed. What guards without it is that the claim is another's.
    async fn end(&self, session: &str) {
        let sql = format!(
            "SELECT pg_terminate_backend(a.pid) FROM pg_catalog.pg_stat_activity a \
             WHERE a.pid || ' ' || extract(epoch FROM a.backend_start) = {} AND a.pid <> pg_backend_pid()",
            text(session)
        );
        let _ = ask(self.link.client(), &sql).await;
    }

    /// After the connection was lost: the claim is of the new session, and the old one is at an end.
    pub(super) async fn move_lease(&mut self) -> Result<(), DriverError> {
        let Some(held) = &self.state.lease.held else {
            return Ok(());
        };
        let undone = |failed| error(failed, At::Undone);
        let (lock, holder) = (self.state.tables.lock(), text(&held.holder));
        let with_sessions = self.state.server() != Server::Cockroach;
        let own = if with_sessions { OWN_SESSION } else { "NULL" };
        let sql = format!(
            "SELECT session FROM {lock} WHERE id = 1 AND holder = {holder}; \
             UPDATE {lock} SET beat = beat + 1, session = {own} WHERE id = 1 AND holder = {holder}"
        );
        let asked = held.life.now();
        let client = self.link.client();
        let answers = ask(client, &sql).await.and_then(Answers::whole);
        let answers = answers.map_err(undone)?;
        let mine = answers.counts.last() == Some(&1);
        held.life.confirm(asked, mine);
        if let Some(old) = answers.get(0, 0) {
            self.end(old).await;
        }
        self.still_mine().await
    }

    pub(super) async fn give_lease_back(&mut self) {
        let Some(mut held) = self.state.lease.held.take() else {
            return;
        };
        if let Some(beater) = &held.beater {
            beater.abort();
        }
        let sql = format!(
            "UPDATE {} SET holder = NULL, session = NULL WHERE id = 1 AND holder = {}",
            self.state.tables.lock(),
            text(&held.holder)
        );
        let answers = ask(self.link.client(), &sql).await.and_then(Answers::whole);
        held.given_back = answers.is_ok();
    }
}

/// What the server says of the holder's session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Activity {
    Unknown,
    Gone,
    Idle,
    AtWork,
}

fn is_free(lease: &Row, verdict: Verdict, activity: Activity) -> bool {
    let abandoned = || {
        let abandoned = ABANDONED.lock().unwrap_or_else(PoisonError::into_inner);
        let holder = lease.holder.as_ref();
        holder.is_some_and(|holder| abandoned.contains(holder))
    };
    match (verdict, activity) {
        (Verdict::Free, _) | (_, Activity::Gone) => true,
        // A statement may still run there, whoever has sent it.
        (_, Activity::AtWork) => false,
        (Verdict::Expired, _) => true,
        (Verdict::Held, _) => abandoned(),
    }
}

/// A name that no other holder has.
fn new_holder() -> String {
    format!("{} {:016x}", process::id(), fastrand::u64(..))
}

fn beat_of(lock: &str, holder: &str) -> String {
    format!(
        "UPDATE {lock} SET beat = beat + 1 WHERE id = 1 AND holder = {}",
        text(holder)
    )
}

/// Shows that a holder is alive while its own connection is at a statement.
struct Beats {
    target: Target,
    sql: String,
    every: Duration,
    life: Arc<Life>,
}

impl Beats {
    async fn go_on(self) {
        let mut own = None;
        loop {
            tokio::time::sleep(self.every).await;
            if own.is_none() {
                own = Own::connect(&self.target).await.ok();
            }
            let Some(connected) = &own else {
                continue;
            };
            let asked = self.life.now();
            let beat = ask(connected.client(), &self.sql).await;
            match beat.and_then(Answers::whole) {
                Ok(answers) => {
                    let mine = answers.counts == [1];
                    self.life.confirm(asked, mine);
                    if !mine {
                        return;
                    }
                }
                // The next one tries to connect again.
                Err(_) => own = None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lease(holder: &str) -> Row {
        Row {
            holder: Some(holder.to_owned()),
            token: 1,
            beat: 0,
        }
    }

    #[test]
    fn a_session_at_work_is_never_taken_over_from() {
        let row = lease("a");
        assert!(!is_free(&row, Verdict::Expired, Activity::AtWork));
        assert!(!is_free(&row, Verdict::Held, Activity::Idle));
        assert!(!is_free(&row, Verdict::Held, Activity::Unknown));
        assert!(is_free(&row, Verdict::Expired, Activity::Idle));
        assert!(is_free(&row, Verdict::Expired, Activity::Unknown));
        assert!(is_free(&row, Verdict::Held, Activity::Gone));
    }

    #[test]
    fn who_was_dropped_is_known_to_have_gone() {
        let holder = new_holder();
        let held = Held {
            holder: holder.clone(),
            life: Arc::new(Life::new()),
            beater: None,
            given_back: false,
        };
        assert!(!is_free(&lease(&holder), Verdict::Held, Activity::Idle));
        drop(held);
        assert!(is_free(&lease(&holder), Verdict::Held, Activity::Idle));
        assert!(!is_free(&lease(&holder), Verdict::Held, Activity::AtWork));
    }
}
