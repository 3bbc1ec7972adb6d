//! What blocks, for those who wait without blocking: on a thread of tokio's that is there for it.

use std::{future::Future, panic::resume_unwind, pin::Pin};

use crate::{
    engine::driver::{DriverError, DriverErrorKind},
    error::Error,
    plan::Request,
    registry::Registry,
};

use super::{Answer, Job, Migrator, Stop, Task};

/// A job that belongs to nobody else.
struct OwnedJob {
    migrator: Migrator,
    registry: Registry,
    task: OwnedTask,
}

enum OwnedTask {
    Run(Request),
    Plan(Request),
    Status,
    Applied,
    #[cfg(feature = "schema")]
    Definitions,
    #[cfg(feature = "schema")]
    Alter(crate::engine::alter::Alter),
}

impl OwnedJob {
    fn of(job: &Job<'_>) -> Self {
        Self {
            migrator: job.migrator.clone(),
            registry: job.registry.clone(),
            task: match job.task {
                Task::Run(request) => OwnedTask::Run(request.clone()),
                Task::Plan(request) => OwnedTask::Plan(request.clone()),
                Task::Status => OwnedTask::Status,
                Task::Applied => OwnedTask::Applied,
                #[cfg(feature = "schema")]
                Task::Definitions => OwnedTask::Definitions,
                #[cfg(feature = "schema")]
                Task::Alter(alter) => OwnedTask::Alter(alter.clone()),
            },
        }
    }

    fn lend<T>(&self, work: impl FnOnce(&Job<'_>) -> T) -> T {
        work(&Job {
            migrator: &self.migrator,
            registry: &self.registry,
            task: match &self.task {
                OwnedTask::Run(request) => Task::Run(request),
                OwnedTask::Plan(request) => Task::Plan(request),
                OwnedTask::Status => Task::Status,
                OwnedTask::Applied => Task::Applied,
                #[cfg(feature = "schema")]
                OwnedTask::Definitions => Task::Definitions,
                #[cfg(feature = "schema")]
                OwnedTask::Alter(alter) => Task::Alter(alter),
            },
        })
    }
}

/// Does a job on a thread that may block. Where the future is dropped, the work is told to stop.
pub(crate) fn offload<'a>(
    job: &Job<'_>,
    work: impl FnOnce(&Job<'_>, &Stop) -> Result<Answer, Error> + Send + 'static,
) -> Pin<Box<dyn Future<Output = Result<Answer, Error>> + Send + 'a>> {
    let job = OwnedJob::of(job);
    Box::pin(async move {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            let message = "the methods with `_async` run in a runtime of tokio: use those without, or call it in one";
            let error = DriverError::new(DriverErrorKind::Unfit, message);
            return Err(Error::driver("cannot run here", error));
        };
        let stop = Stop::default();
        let at_work = StopsWhenDropped(stop.clone());
        // It is over also where the thread is never had.
        let over = Over(stop);
        let worker = move || {
            let Over(stop) = &over;
            job.lend(|job| work(job, stop))
        };
        let joined = runtime.spawn_blocking(worker).await;
        drop(at_work);
        match joined {
            Ok(result) => result,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                Err(_) => {
                    let message = "the runtime of tokio is shutting down";
                    let error = DriverError::new(DriverErrorKind::Unfit, message);
                    Err(Error::driver("cannot run here", error))
                }
            },
        }
    })
}

struct StopsWhenDropped(Stop);

impl Drop for StopsWhenDropped {
    fn drop(&mut self) {
        self.0.want();
    }
}

struct Over(Stop);

impl Drop for Over {
    fn drop(&mut self) {
        self.0.over();
    }
}
