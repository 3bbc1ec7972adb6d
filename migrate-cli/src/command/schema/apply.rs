//! Bringing a database to a schema.

use std::io::{IsTerminal, Write, stdin};

use migrate_core::{
    Database,
    schema::{self, Alteration},
};

use super::{Ground, side::Side};
use crate::{
    args::Apply,
    fault::{Exit, Fault},
    output::{Output, Several},
};

impl Ground<'_> {
    pub(super) fn apply(&self, asked: &Apply) -> Result<Exit, Fault> {
        let side = Side::of(&asked.wanted)?;
        let urls = self.urls()?;
        let several = urls.len() > 1;
        let mut planned = Vec::new();
        for url in &urls {
            planned.push((url, self.out(url, several), self.plan(url, &side)?));
        }
        // All of them before the first one: who says no to the last one has lost nothing in the others.
        for (_, out, alteration) in &planned {
            if several || !asked.dry_run.dry_run {
                out.planned(alteration, several);
            }
            if !asked.dry_run.dry_run {
                self.may_lose(asked, out, alteration)?;
            }
        }
        if let [(url, out, alteration)] = &planned[..] {
            self.perform(asked, url, out, alteration)?;
            return Ok(Exit::Done);
        }
        let mut told = Several::new(self.global.format);
        let mut exit = Exit::Done;
        let mut stopped = false;
        for (url, out, alteration) in &planned {
            if stopped {
                told.pass_over(out);
                continue;
            }
            told.begin(out);
            let result = self
                .perform(asked, url, out, alteration)
                .map(|()| Exit::Done);
            let its = told.end(out, &result)?;
            if exit == Exit::Done {
                exit = its;
            }
            stopped = result.is_err() && !self.global.keep_going;
        }
        told.finish()?;
        Ok(exit)
    }

    fn plan(&self, url: &str, side: &Side) -> Result<Alteration, Fault> {
        // Looking makes no file.
        let mut database = match Database::open_existing(url)? {
            Some(database) => database,
            None => Database::open("sqlite::memory:")?,
        };
        match side {
            Side::Applied => return Ok(schema::plan_back(&self.migrator, &mut database)?),
            Side::History => {
                return Err(Fault::Usage(
                    "`history` cannot be applied as a schema: `up` applies migrations, and `schema apply applied` takes back \
                     what was done behind their back"
                        .to_owned(),
                ));
            }
            _ => {}
        }
        let wanted = side.schema(self, url, database.dialect())?;
        Ok(schema::plan(&self.migrator, &mut database, &wanted)?)
    }

    fn perform(
        &self,
        asked: &Apply,
        url: &str,
        out: &Output,
        alteration: &Alteration,
    ) -> Result<(), Fault> {
        if !asked.dry_run.dry_run && !alteration.is_empty() {
            schema::alter(&self.migrator, &mut Database::open(url)?, alteration)?;
        }
        out.altered(alteration, asked.dry_run.dry_run)
    }

    /// Asks where data is lost, and fails where the answer is no or nobody can be asked.
    fn may_lose(&self, asked: &Apply, out: &Output, alteration: &Alteration) -> Result<(), Fault> {
        let losses = alteration.losses();
        if losses.is_empty() || asked.allow_drop || self.global.yes {
            return Ok(());
        }
        let what = format!(
            "This loses data in {}: {}.",
            out.database,
            losses.join(", ")
        );
        if !stdin().is_terminal() {
            return Err(Fault::NotConfirmed(format!(
                "{what} Give --allow-drop to do it where nobody can be asked. Nothing was done"
            )));
        }
        let mut stderr = anstream::stderr();
        let _ = write!(stderr, "{what} Continue? [y/N] ");
        let _ = stderr.flush();
        let mut answer = String::new();
        let read = stdin().read_line(&mut answer);
        match (read, answer.trim().to_ascii_lowercase().as_str()) {
            (Ok(_), "y" | "yes") => Ok(()),
            _ => Err(Fault::NotConfirmed(
                "Not confirmed. Nothing was done".to_owned(),
            )),
        }
    }
}
