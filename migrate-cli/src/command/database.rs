//! A command on one database.

use migrate_core::{Database, Dialect, Migrator, Registered, Report, Request, schema};

use crate::{
    args::{Asked, Global},
    fault::{Exit, Fault},
    output::{self, Output, Ways},
};

use super::{confirm, findings::findings, interrupt};

/// One of the databases that were given.
pub(super) struct OnDatabase<'a> {
    pub(super) url: &'a str,
    pub(super) global: &'a Global,
    pub(super) migrator: Migrator,
    pub(super) out: Output,
}

impl OnDatabase<'_> {
    /// Asks where the command destroys something.
    pub(super) fn confirm(&self, asked: &Asked) -> Result<(), Fault> {
        match asked {
            Asked::Run {
                request,
                dry_run: false,
                stored_down,
            } => confirm::confirm(self, request, *stored_down),
            _ => Ok(()),
        }
    }

    /// Does it, without asking.
    pub(super) fn perform(&self, asked: &Asked) -> Result<Exit, Fault> {
        match asked {
            Asked::Run {
                request,
                dry_run,
                stored_down,
            } => {
                let migrator = self.migrator.clone().stored_down(*stored_down);
                match dry_run {
                    true => {
                        let mut database = self.existing()?;
                        let plan = migrator.plan(&mut database, request)?;
                        self.out.plan(&plan, request, true)?;
                        self.left_by_tool(&mut database, request, &plan.names())?;
                    }
                    false => self.run(&migrator, request)?,
                }
                Ok(Exit::Done)
            }
            Asked::Plan(request) => {
                let plan = self.migrator.plan(&mut self.existing()?, request)?;
                self.out.plan(&plan, request, false)?;
                Ok(Exit::Done)
            }
            Asked::Status { sql, drift } => {
                let mut database = self.existing()?;
                let status = self.migrator.status(&mut database)?;
                let sql = match sql {
                    true => self.ways(database.dialect())?,
                    false => Vec::new(),
                };
                let drift = match drift {
                    true => Some(schema::drift_of(&self.migrator, &mut database, &status)?),
                    false => None,
                };
                self.out.status(&status, &sql, drift.as_ref())?;
                Ok(Exit::Done)
            }
            Asked::Log { limit } => {
                let status = self.migrator.status(&mut self.existing()?)?;
                self.out.log(status, *limit)?;
                Ok(Exit::Done)
            }
            Asked::Check => {
                let nothing = "every migration is applied, and the same as in this program";
                self.look(true, nothing)
            }
            Asked::Verify => self.look(false, "what is applied is the same as in this program"),
            Asked::Schema(_) | Asked::Pull(_) | Asked::Project(_) => Err(Fault::Usage(
                "this command is not for each database".to_owned(),
            )),
        }
    }

    fn look(&self, check: bool, nothing: &str) -> Result<Exit, Fault> {
        let mut database = self.existing()?;
        let status = self.migrator.status(&mut database)?;
        let findings = findings(&status, check);
        // A program without the grammar was built for another database, or for none.
        let drift = match check && schema::is_readable(database.dialect()) {
            true => Some(schema::drift_of(&self.migrator, &mut database, &status)?),
            false => None,
        };
        self.out.findings(&findings, drift.as_ref(), nothing)?;
        let is_drift = drift.is_some_and(|drift| !drift.is_empty());
        Ok(match findings.is_empty() && !is_drift {
            true => Exit::Done,
            false => Exit::Failed,
        })
    }

    /// Does it. A request that is refused, or comes to nothing, makes no file.
    fn run(&self, migrator: &Migrator, request: &Request) -> Result<(), Fault> {
        let mut database = match Database::open_existing(self.url)? {
            Some(database) => database,
            None if migrator.plan(&mut empty()?, request)?.is_empty() => {
                self.out.no_database();
                return self.out.report(request, Ok(Report::default()));
            }
            None => Database::open(self.url)?,
        };
        let observer = output::Progress::new(&self.out);
        let migrator = migrator.clone().observer(observer.clone());
        let result = interrupt::run(&migrator, &mut database, request, &observer);
        observer.finish();
        let result = result?;
        self.out.report(request, result)?;
        self.left_by_tool(&mut database, request, &[])
    }

    /// Tells what the tool whose history was taken over has not applied.
    fn left_by_tool(
        &self,
        database: &mut Database,
        request: &Request,
        planned: &[&str],
    ) -> Result<(), Fault> {
        if let Request::Adopt { tool, .. } = request {
            let mut pending = self.migrator.pending(database)?;
            pending.retain(|id| !planned.contains(&&**id));
            self.out.left_by_tool(*tool, &pending);
        }
        Ok(())
    }

    /// A database to look at. One that is not there is empty, and is not made by looking.
    pub(super) fn existing(&self) -> Result<Database, Fault> {
        match Database::open_existing(self.url)? {
            Some(database) => Ok(database),
            None => {
                self.out.no_database();
                empty()
            }
        }
    }

    /// What each migration of the program does, and how it goes back.
    fn ways(&self, dialect: Dialect) -> Result<Vec<Ways>, Fault> {
        let registry = self.migrator.registry()?;
        let environment = &self.global.env;
        let one = |one: &Registered| {
            Ok(Ways {
                set: one.set().to_owned(),
                id: one.id().to_string(),
                up: one
                    .planned(false, environment, dialect)?
                    .unwrap_or_default(),
                down: one.planned(true, environment, dialect)?,
                derived: one.has_derived_down(),
                irreversible: one.irreversible().map(str::to_owned),
                unchecked: one.unchecked().map(str::to_owned),
            })
        };
        registry.iter().map(one).collect()
    }
}

/// What is in the place of a file that is not there.
fn empty() -> Result<Database, Fault> {
    Ok(Database::open("sqlite::memory:")?)
}
