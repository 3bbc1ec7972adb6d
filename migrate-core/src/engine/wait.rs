//! Patience with a database that somebody else holds.

use std::time::Duration;

use migrate_schema::Dialect;

use crate::{
    adopt::{OtherHistory, Tool},
    error::{Error, Kind},
    history::Applied,
    observer::Event,
    plan::Request,
};

use super::{
    Context,
    driver::{Claim, Driver, DriverError, DriverErrorKind, Snapshot, Transaction},
};

/// The pauses between tries; the last one repeats.
const PAUSES_MS: [u64; 8] = [1, 2, 5, 10, 20, 25, 50, 100];
/// Nobody has to be told of a wait that is shorter.
const TELL_AFTER: Duration = Duration::from_millis(500);
/// How often a longer wait is told of.
const TELL_EVERY: Duration = Duration::from_secs(5);

/// How long a run has waited. The clock starts again whenever the history moves: then another run is at
/// work, and it is not stuck.
pub(super) struct Patience {
    what: String,
    since: Duration,
    pulse: Option<i64>,
    tries: usize,
    told: Option<Duration>,
}

impl Patience {
    /// Waits for the write lock.
    pub(super) fn new<D: Driver>(driver: &D) -> Self {
        let what = format!(
            "the write lock of {}, which another connection holds",
            driver.name()
        );
        Self::waiting_for(what, driver.now())
    }

    /// Waits where a reader may be in the way as well as a writer.
    pub(super) fn for_any_lock<D: Driver>(driver: &D) -> Self {
        let what = format!(
            "a lock of {}, which another connection holds",
            driver.name()
        );
        Self::waiting_for(what, driver.now())
    }

    fn waiting_for(what: String, since: Duration) -> Self {
        Self {
            what,
            since,
            pulse: None,
            tries: 0,
            told: None,
        }
    }

    /// Waits a little, or gives up with the error of the last try.
    pub(super) async fn wait<D: Driver>(
        &mut self,
        driver: &mut D,
        context: &Context<'_>,
        error: DriverError,
    ) -> Result<(), Error> {
        let pulse = driver.pulse().await;
        if pulse.is_some() && pulse != self.pulse {
            // The first pulse is only something to compare with.
            if self.pulse.is_some() {
                self.since = driver.now();
            }
            self.pulse = pulse;
        }
        let pause = self.pause(driver.now(), context, error)?;
        driver.pause(pause).await;
        Ok(())
    }

    /// How long to pause before the next try, or the error of the last one when the time is over.
    fn pause(
        &mut self,
        now: Duration,
        context: &Context<'_>,
        error: DriverError,
    ) -> Result<Duration, Error> {
        let waited = now.saturating_sub(self.since);
        if waited >= context.timeout && error.kind == DriverErrorKind::Away {
            let what = format!("waited {} s for an answer", waited.as_secs());
            return Err(Error::driver(what, error));
        }
        if waited >= context.timeout {
            return Err(Error::new(Kind::Locked {
                what: self.what.clone(),
                waited,
                source: error,
            }));
        }
        if waited >= TELL_AFTER
            && self
                .told
                .is_none_or(|told| waited >= told + TELL_EVERY || waited < told)
        {
            self.told = Some(waited);
            let away = format!("an answer ({error})");
            let is_away = error.kind == DriverErrorKind::Away;
            context.tell(&Event::Waiting {
                what: if is_away { &away } else { &self.what },
                waited,
                timeout: context.timeout,
            });
        }
        let pause = PAUSES_MS
            .get(self.tries)
            .or(PAUSES_MS.last())
            .copied()
            .unwrap_or(100);
        self.tries += 1;
        let left = context.timeout.saturating_sub(waited);
        Ok(Duration::from_millis(pause).min(left))
    }
}

/// Why a commit has not taken place.
pub(super) enum Uncommitted {
    /// Somebody was in its way until the timeout.
    Locked(Error),
    Failed(DriverError),
}

/// Commits, however long readers hold it up. It is the commit that is tried again: its lock keeps new readers
/// out, while starting over would let them in.
pub(super) async fn commit<T: Transaction>(
    tx: &mut T,
    context: &Context<'_>,
) -> Result<(), Uncommitted> {
    let mut patience: Option<Patience> = None;
    loop {
        let error = match tx.commit().await {
            Ok(()) => return Ok(()),
            Err(error) if error.is_busy() && tx.is_open() => error,
            Err(error) => return Err(Uncommitted::Failed(error)),
        };
        let patience = patience.get_or_insert_with(|| {
            let what = format!(
                "the readers of {}: a commit has to wait until their transactions end",
                tx.name()
            );
            Patience::waiting_for(what, tx.now())
        });
        let pause = patience
            .pause(tx.now(), context, error)
            .map_err(Uncommitted::Locked)?;
        tx.pause(pause).await;
    }
}

/// The history, however long somebody keeps it from being read.
pub(super) async fn history<D: Driver>(
    driver: &mut D,
    context: &Context<'_>,
) -> Result<Snapshot, Error> {
    let mut patience = Patience::for_any_lock(driver);
    loop {
        match driver.history().await {
            Ok(snapshot) => return Ok(snapshot),
            Err(error) if error.is_busy() => patience.wait(driver, context, error).await?,
            Err(error) => return Err(unreadable(driver, error)),
        }
    }
}

/// The same with all columns.
pub(super) async fn applied<D: Driver>(
    driver: &mut D,
    context: &Context<'_>,
) -> Result<(Snapshot, Vec<Applied>), Error> {
    let mut patience = Patience::for_any_lock(driver);
    loop {
        match driver.applied().await {
            Ok(applied) => return Ok(applied),
            Err(error) if error.is_busy() => patience.wait(driver, context, error).await?,
            Err(error) => return Err(unreadable(driver, error)),
        }
    }
}

/// The SQL that was stored with a row.
pub(super) async fn stored_down<D: Driver>(
    driver: &mut D,
    context: &Context<'_>,
    seq: i64,
) -> Result<Vec<String>, Error> {
    let mut patience = Patience::for_any_lock(driver);
    loop {
        match driver.stored_down(seq).await {
            Ok(statements) => return Ok(statements),
            Err(error) if error.is_busy() => patience.wait(driver, context, error).await?,
            Err(error) => return Err(Error::driver("cannot read the stored down", error)),
        }
    }
}

/// What another tool has applied, where the request is to take that over.
pub(super) async fn other<D: Driver>(
    driver: &mut D,
    context: &Context<'_>,
    request: &Request,
) -> Result<Option<OtherHistory>, Error> {
    let Request::Adopt { tool, table } = request else {
        return Ok(None);
    };
    if *tool == Tool::RusqliteMigration && context.dialect != Dialect::Sqlite {
        let fault = DriverError::new(DriverErrorKind::Unfit, "it runs on SQLite alone");
        return Err(Error::driver(format!("{tool} has no history here"), fault));
    }
    let table = table.as_deref();
    let sql = OtherHistory::query(*tool, table, context.dialect);
    let driver_name = driver.name();
    let what = || match table.or(tool.table()) {
        Some(table) => {
            format!("cannot read the history of {tool} in the table `{table}` of {driver_name}")
        }
        None => format!("cannot read the history of {tool} in {driver_name}"),
    };
    let rows = rows(driver, context, &sql, &|_| what()).await?;
    match OtherHistory::read(*tool, &rows) {
        Ok(history) => Ok(Some(history)),
        Err(fault) => {
            let error = DriverError::new(DriverErrorKind::History, fault);
            Err(Error::driver(what(), error))
        }
    }
}

/// The rows of a query; `what` says of which database what has failed.
pub(super) async fn rows<D: Driver>(
    driver: &mut D,
    context: &Context<'_>,
    sql: &str,
    what: &(impl Fn(String) -> String + Sync),
) -> Result<Vec<Vec<Option<String>>>, Error> {
    let mut patience = Patience::for_any_lock(driver);
    loop {
        match driver.rows(sql).await {
            Ok(rows) => return Ok(rows),
            Err(error) if error.is_busy() => patience.wait(driver, context, error).await?,
            Err(error) => return Err(Error::driver(what(driver.name()), error)),
        }
    }
}

fn unreadable<D: Driver>(driver: &D, error: DriverError) -> Error {
    Error::driver(
        format!("cannot read the history of {}", driver.name()),
        error,
    )
}

/// Returns when no other run works outside a transaction, as far as can be seen.
pub(super) async fn claim<D: Driver>(driver: &mut D, context: &Context<'_>) -> Result<(), Error> {
    let what = format!(
        "another run on {}, which works outside a transaction",
        driver.name()
    );
    let mut patience = Patience::waiting_for(what, driver.now());
    loop {
        match driver.claim().await {
            Ok(Claim::Taken | Claim::Unknown) => return Ok(()),
            Ok(Claim::HeldByAnother) => {
                let alive = DriverError::new(DriverErrorKind::Busy, "it is alive");
                patience.wait(driver, context, alive).await?;
            }
            Err(error) if error.is_busy() => patience.wait(driver, context, error).await?,
            Err(error) => {
                let what = match error.kind {
                    DriverErrorKind::Unfit => format!("cannot work on {}", driver.name()),
                    _ => "cannot see whether another run is at work".to_owned(),
                };
                return Err(Error::driver(what, error));
            }
        }
    }
}
