//! The same entrance for those who wait without blocking.

use crate::{
    error::Error,
    history::Applied,
    observer::Report,
    plan::{Down, Plan, Request, Up},
    status::Status,
};

use super::{Answer, AsyncConnection, Job, Migrator, Task};

/// The same as the methods without `_async`, on connections that do not block.
impl Migrator {
    /// As [`up`](Self::up).
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn up_async<C: AsyncConnection + ?Sized>(
        &self,
        connection: &mut C,
    ) -> Result<Report, Error> {
        self.run_async(connection, &Request::Up(Up::All)).await
    }

    /// As [`down`](Self::down).
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn down_async<C: AsyncConnection + ?Sized>(
        &self,
        connection: &mut C,
    ) -> Result<Report, Error> {
        self.run_async(connection, &Request::Down(Down::Batches(1)))
            .await
    }

    /// As [`run`](Self::run). A future that is dropped takes the migration at work back, where it is in a transaction;
    /// elsewhere the next run goes on with it.
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn run_async<C: AsyncConnection + ?Sized>(
        &self,
        connection: &mut C,
        request: &Request,
    ) -> Result<Report, Error> {
        match self.perform_async(connection, Task::Run(request)).await? {
            Answer::Report(report) => Ok(report),
            _ => Err(Error::unanswered()),
        }
    }

    /// As [`plan`](Self::plan).
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn plan_async<C: AsyncConnection + ?Sized>(
        &self,
        connection: &mut C,
        request: &Request,
    ) -> Result<Plan, Error> {
        match self.perform_async(connection, Task::Plan(request)).await? {
            Answer::Plan(plan) => Ok(plan),
            _ => Err(Error::unanswered()),
        }
    }

    /// As [`status`](Self::status).
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn status_async<C: AsyncConnection + ?Sized>(
        &self,
        connection: &mut C,
    ) -> Result<Status, Error> {
        match self.perform_async(connection, Task::Status).await? {
            Answer::Status(status) => Ok(status),
            _ => Err(Error::unanswered()),
        }
    }

    /// As [`applied`](Self::applied).
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn applied_async<C: AsyncConnection + ?Sized>(
        &self,
        connection: &mut C,
    ) -> Result<Vec<Applied>, Error> {
        match self.perform_async(connection, Task::Applied).await? {
            Answer::Applied(applied) => Ok(applied),
            _ => Err(Error::unanswered()),
        }
    }

    /// As [`pending`](Self::pending).
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn pending_async<C: AsyncConnection + ?Sized>(
        &self,
        connection: &mut C,
    ) -> Result<Vec<String>, Error> {
        let status = self.status_async(connection).await?;
        Ok(status.pending().map(|one| one.id.clone()).collect())
    }

    /// As [`current_version`](Self::current_version).
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn current_version_async<C: AsyncConnection + ?Sized>(
        &self,
        connection: &mut C,
    ) -> Result<Option<String>, Error> {
        let status = self.status_async(connection).await?;
        Ok(status.current().map(|one| one.id.clone()))
    }

    /// As [`is_applied`](Self::is_applied).
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn is_applied_async<C: AsyncConnection + ?Sized>(
        &self,
        connection: &mut C,
        id: &str,
    ) -> Result<bool, Error> {
        self.status_async(connection).await?.is_applied(id)
    }

    #[cfg(feature = "schema")]
    pub(crate) async fn definitions_async<C: AsyncConnection + ?Sized>(
        &self,
        connection: &mut C,
    ) -> Result<Answer, Error> {
        let job = Job {
            migrator: self,
            registry: &crate::registry::Registry::none(),
            task: Task::Definitions,
        };
        connection.perform_async(&job).await
    }

    #[cfg(feature = "schema")]
    pub(crate) async fn alter_async<C: AsyncConnection + ?Sized>(
        &self,
        connection: &mut C,
        alter: &crate::engine::alter::Alter,
    ) -> Result<Answer, Error> {
        let job = Job {
            migrator: self,
            registry: &crate::registry::Registry::none(),
            task: Task::Alter(alter),
        };
        connection.perform_async(&job).await
    }

    async fn perform_async<C: AsyncConnection + ?Sized>(
        &self,
        connection: &mut C,
        task: Task<'_>,
    ) -> Result<Answer, Error> {
        let registry = self.registry()?;
        let job = Job {
            migrator: self,
            registry: &registry,
            task,
        };
        connection.perform_async(&job).await
    }
}
