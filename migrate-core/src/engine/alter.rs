//! Statements that bring a schema to another one: no migration, and nothing that is recorded. What was planned is done
//! on what it was planned for, or not at all.

use migrate_schema::{
    Dialect,
    schema::live::{Definitions, Scope},
};

use crate::{
    error::{Altering, Error, Kind},
    sql::Sql,
    steps::{Prepared, StepFault, Task},
};

use super::{
    Context, definitions,
    driver::{Driver, DriverError, DriverErrorKind, ForeignKeys, Snapshot, Transaction},
    prepare::stands_alone,
    wait::{self, Patience, Uncommitted},
};
/// What is to be done.
#[derive(Clone, Debug)]
pub(crate) struct Alter {
    /// What was there when it was planned.
    pub(crate) on: Definitions,
    /// The statements, and whether each has to be committed before the next one.
    pub(crate) statements: Vec<(String, bool)>,
}

/// How a try has ended.
enum Try {
    Done,
    /// Somebody has changed something since it was looked at.
    Moved,
    Busy(DriverError),
}

/// Does what was planned.
pub(crate) async fn alter<D: Driver>(
    driver: &mut D,
    context: Context<'_>,
    scope: &Scope,
    alter: &Alter,
) -> Result<(), Error> {
    let groups = groups(driver, &context, alter)?;
    let result = Altered {
        total: alter.statements.len(),
        done: 0,
    }
    .all(driver, &context, scope, alter, groups)
    .await;
    driver.release().await;
    result
}

/// What goes into one transaction, or a statement by itself.
struct Group {
    /// As texts: a future that holds tasks could not be sent to another thread.
    texts: Vec<String>,
    alone: bool,
}

fn groups<D: Driver>(
    driver: &D,
    context: &Context<'_>,
    alter: &Alter,
) -> Result<Vec<Group>, Error> {
    let mut groups: Vec<Group> = Vec::new();
    let mut ends = true;
    for (sql, commits) in &alter.statements {
        let tasks = tasks(sql, context.dialect)?;
        let alone = tasks.iter().any(|task| stands_alone(driver, task));
        let texts: Vec<String> = tasks.iter().map(|task| task.what().to_owned()).collect();
        match groups.last_mut() {
            Some(last) if !alone && !ends && !last.alone => last.texts.extend(texts),
            _ => groups.push(Group { texts, alone }),
        }
        ends = *commits;
    }
    Ok(groups)
}

fn tasks(sql: &str, dialect: Dialect) -> Result<Vec<Task>, Error> {
    let refused = |fault: StepFault| {
        let error = DriverError::new(DriverErrorKind::Other, fault.to_string());
        Error::driver("cannot run what was planned", error)
    };
    Prepared::returned(&[Sql::unchecked(sql.to_owned())], dialect).map_err(refused)
}

/// How far it is.
struct Altered {
    total: usize,
    done: usize,
}

impl Altered {
    async fn all<D: Driver>(
        &mut self,
        driver: &mut D,
        context: &Context<'_>,
        scope: &Scope,
        alter: &Alter,
        groups: Vec<Group>,
    ) -> Result<(), Error> {
        let mut snapshot = self.look(driver, context, scope, alter).await?;
        // The lock of migrations. Where there are none, nobody has it.
        if snapshot.exists && groups.iter().any(|group| group.alone) {
            wait::claim(driver, context).await?;
            snapshot = self.look(driver, context, scope, alter).await?;
        }
        for (at, group) in groups.iter().enumerate() {
            if group.alone {
                self.alone(driver, context, &group.texts).await?;
                continue;
            }
            let mut patience = Patience::new(driver);
            loop {
                // What the statements before have changed nobody else has.
                let stamp = snapshot.stamp.filter(|_| at == 0);
                match self.together(driver, context, &group.texts, stamp).await? {
                    Try::Done => break,
                    Try::Moved => {
                        snapshot = self.look(driver, context, scope, alter).await?;
                        let message = "others write to it all the time";
                        let error = DriverError::new(DriverErrorKind::Busy, message);
                        patience.wait(driver, context, error).await?;
                    }
                    Try::Busy(error) => patience.wait(driver, context, error).await?,
                }
            }
        }
        Ok(())
    }

    /// Whether there still is what was planned on, and the stamp by which a transaction sees whether that holds.
    async fn look<D: Driver>(
        &self,
        driver: &mut D,
        context: &Context<'_>,
        scope: &Scope,
        alter: &Alter,
    ) -> Result<Snapshot, Error> {
        let mut snapshot = wait::history(driver, context).await?;
        if snapshot.stamp.is_none() && context.dialect == Dialect::Sqlite {
            // It counts the commits of all other connections.
            let what = |name: String| format!("cannot read the schema of {name}");
            let version = wait::rows(driver, context, "PRAGMA main.data_version", &what).await?;
            let version = version
                .first()
                .and_then(|row| row.first()?.as_deref()?.parse().ok());
            snapshot.stamp = version;
        }
        match definitions(driver, *context, scope).await? == alter.on {
            true => Ok(snapshot),
            false => Err(Error::new(Kind::Moved(driver.name()))),
        }
    }

    /// A transaction, in which nobody else can change anything.
    async fn together<D: Driver>(
        &mut self,
        driver: &mut D,
        context: &Context<'_>,
        texts: &[String],
        stamp: Option<i64>,
    ) -> Result<Try, Error> {
        let keys = match context.dialect {
            Dialect::Sqlite => ForeignKeys::CheckedAtCommit,
            _ => ForeignKeys::AsSet,
        };
        let mut tx = match driver.begin(keys).await {
            Ok(tx) => tx,
            Err(error) if error.is_busy() => return Ok(Try::Busy(error)),
            Err(error) => return Err(Error::driver("cannot begin a transaction", error)),
        };
        match tx.changed_since(stamp).await {
            Ok(Some(_)) if stamp.is_some() => return Ok(Try::Moved),
            Ok(_) => {}
            Err(error) if error.is_busy() => return Ok(Try::Busy(error)),
            Err(error) => return Err(Error::driver("cannot read the history", error)),
        }
        for (at, text) in texts.iter().enumerate() {
            match tx.execute(text).await {
                Ok(()) => {}
                Err(error) if error.is_busy() => return Ok(Try::Busy(error)),
                Err(error) => return Err(self.failed(at, text, error)),
            }
        }
        match wait::commit(&mut tx, context).await {
            Ok(()) => {
                self.done += texts.len();
                Ok(Try::Done)
            }
            Err(Uncommitted::Locked(error)) => Err(error),
            Err(Uncommitted::Failed(error)) if error.is_busy() => Ok(Try::Busy(error)),
            Err(Uncommitted::Failed(mut error)) => match error.deferred.take() {
                Some(deferred) => Err(self.failed(deferred.at, &deferred.text, error)),
                None => Err(self.failed(texts.len().saturating_sub(1), "COMMIT", error)),
            },
        }
    }

    /// Statements that take effect by themselves, one after the other.
    async fn alone<D: Driver>(
        &mut self,
        driver: &mut D,
        context: &Context<'_>,
        texts: &[String],
    ) -> Result<(), Error> {
        for text in texts {
            let mut patience = Patience::for_any_lock(driver);
            loop {
                match driver.execute(text).await {
                    Ok(()) => break,
                    Err(error) if error.is_busy() => patience.wait(driver, context, error).await?,
                    Err(error) => return Err(self.failed(0, text, error)),
                }
            }
            self.done += 1;
        }
        Ok(())
    }

    fn failed(&self, at: usize, what: &str, source: DriverError) -> Error {
        Error::new(Kind::Alter(Altering {
            step: self.done + at + 1,
            of: self.total,
            done: self.done,
            what: what.to_owned(),
            source,
        }))
    }
}
