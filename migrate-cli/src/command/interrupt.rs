//! Runs that Ctrl-C ends in good order.

use migrate_core::{Database, Error, Migrator, Report, Request};

use crate::{fault::Fault, output::Progress};

/// Does what the request asks for. The outer error is that somebody has interrupted it.
#[cfg(not(feature = "interrupt"))]
pub(super) fn run(
    migrator: &Migrator,
    database: &mut Database,
    request: &Request,
    _: &Progress,
) -> Result<Result<Report, Error>, Fault> {
    Ok(migrator.run(database, request))
}

#[cfg(feature = "interrupt")]
pub(super) use watched::run;

#[cfg(feature = "interrupt")]
mod watched {
    use std::time::Duration;

    use migrate_core::{ActionKind, MigrationStatus, State, Status};
    use tokio::{
        runtime::{Builder, Handle},
        signal::ctrl_c,
        time::{sleep, timeout},
    };

    use super::*;
    use crate::{command::findings::cut_off, output::At};

    /// How long a look at what was left may take.
    const LOOK: Duration = Duration::from_secs(5);
    /// How long the server may take to be told that the work is not wanted any more.
    const FAREWELL: Duration = Duration::from_secs(2);

    /// Does what the request asks for. The outer error is that somebody has interrupted it.
    pub(in crate::command) fn run(
        migrator: &Migrator,
        database: &mut Database,
        request: &Request,
        progress: &Progress,
    ) -> Result<Result<Report, Error>, Fault> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|source| Fault::Io {
            what: "cannot start".to_owned(),
            source,
        })?;
        runtime.block_on(async {
            tokio::select! {
                result = migrator.run_async(database, request) => return Ok(result),
                Ok(()) = ctrl_c() => {}
            }
            // The future is dropped, and with it what it was at.
            let status = tokio::select! {
                status = timeout(LOOK, migrator.status_async(database)) => status.ok().and_then(Result::ok),
                Ok(()) = ctrl_c() => None,
            };
            let _ = timeout(FAREWELL, told()).await;
            Err(Fault::Interrupted(became(&progress.at(), status.as_ref())))
        })
    }

    /// What drivers have to tell their servers goes out by tasks of its own.
    async fn told() {
        while Handle::current().metrics().num_alive_tasks() > 0 {
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// What has become of the run, by a look at the history.
    fn became(at: &At, status: Option<&Status>) -> String {
        let mut text = "interrupted".to_owned();
        if let Some((action, set, id)) = &at.migration {
            if let Some((step, of)) = at.step {
                text += &format!(" at step {step} of {of}");
            }
            let one = status.map(|status| {
                let mut all = status.migrations.iter();
                all.find(|one| one.set == *set && one.id == *id)
            });
            text += &format!(" of `{id}`: {}", end(*action, one));
        }
        match at.done {
            0 => text + ". No migration was done before",
            1 => text + ". The migration before it stays as it is",
            number => text + &format!(". The {number} migrations before it stay as they are"),
        }
    }

    fn end(action: ActionKind, one: Option<Option<&MigrationStatus>>) -> String {
        let Some(one) = one else {
            return "what became of it cannot be seen now, `status` will tell".to_owned();
        };
        let applied = one.is_some_and(MigrationStatus::is_applied);
        match (one, action) {
            (Some(one), _) if one.state == State::Incomplete => format!("it {}", cut_off(one)),
            (_, ActionKind::Apply) if applied => "it is applied all the same".to_owned(),
            (_, ActionKind::Revert | ActionKind::RevertStored) if !applied => {
                "it is taken back all the same".to_owned()
            }
            _ => "it was rolled back whole".to_owned(),
        }
    }
}
