//! `schema show`: pictures.

use std::collections::HashMap;

use migrate_core::{
    Applied, Database, Dialect, Error, PlannedStep, Registered, Status,
    schema::{
        self, Schema,
        picture::{self, Chapter, Page},
    },
};

use super::{
    Ground, existing,
    side::{Side, of_one},
    write,
};
use crate::{
    args::{Format, Picture, Show},
    fault::{Exit, Fault},
    output::Output,
};

/// What is drawn.
struct Subject {
    schema: Schema,
    title: String,
    /// The migrations of this program have made it.
    has_history: bool,
    /// What is applied, where a database was asked.
    status: Option<Status>,
}

impl Ground<'_> {
    pub(super) fn show(&self, asked: &Show) -> Result<Exit, Fault> {
        let artist = Artist {
            ground: self,
            asked,
        };
        let subject = artist.subject()?;
        let text = match asked.picture {
            Picture::Text => picture::text(&subject.schema),
            Picture::Mermaid => picture::mermaid(&subject.schema),
            Picture::Dot => picture::dot(&subject.schema),
            Picture::Svg => picture::svg(&subject.schema),
            Picture::Html => artist.page(&subject)?,
        };
        match &asked.output {
            Some(file) if file.as_os_str() != "-" => write(file, &text)?,
            _ => Output::without_database(Format::Text).text("picture", &text)?,
        }
        Ok(Exit::Done)
    }
}

struct Artist<'a> {
    ground: &'a Ground<'a>,
    asked: &'a Show,
}

impl Artist<'_> {
    fn subject(&self) -> Result<Subject, Fault> {
        let side = Side::of(&self.asked.subject)?;
        match &side {
            Side::History => self.of_history(),
            Side::Database | Side::Applied => self.of_database(&self.url()?, &side),
            Side::Url(url) => self.of_database(url, &side),
            Side::Document(file, name) => {
                let file = file.file_stem().map(|stem| stem.to_string_lossy());
                let title = name.as_deref().or(file.as_deref()).unwrap_or_default();
                Ok(Subject {
                    schema: of_one(self.ground, &side, || self.dialect())?,
                    title: title.to_owned(),
                    has_history: false,
                    status: None,
                })
            }
        }
    }

    fn of_history(&self) -> Result<Subject, Fault> {
        let dialect = self.dialect()?;
        let (mut schema, mut in_rust) = (Schema::empty(dialect), Vec::new());
        schema::each(&self.ground.migrator, dialect, |migration, after| {
            let steps = migration.planned(false, &self.ground.global.env, dialect)?;
            let is_rust = |step: &PlannedStep| matches!(step, PlannedStep::Run { .. });
            if steps.unwrap_or_default().iter().any(is_rust) {
                in_rust.push(format!("what {} does in Rust", migration.id()));
            }
            schema = after;
            Ok(())
        })?;
        schema.unknown.extend(in_rust);
        Ok(Subject {
            schema,
            title: self.sets()?,
            has_history: true,
            status: None,
        })
    }

    fn of_database(&self, url: &str, side: &Side) -> Result<Subject, Fault> {
        let mut database = existing(url)?;
        let migrator = &self.ground.migrator;
        let has_history = migrator
            .registry()
            .is_ok_and(|all| all.iter().next().is_some());
        let status = match has_history {
            true => Some(migrator.status(&mut database)?),
            false => None,
        };
        Ok(Subject {
            schema: side.schema(self.ground, url, database.dialect())?,
            title: Database::name_of(url),
            has_history,
            status,
        })
    }

    fn url(&self) -> Result<String, Fault> {
        match &self.ground.urls()?[..] {
            [url] => Ok(url.clone()),
            _ => Err(Fault::Usage(
                "a picture is of one database: give `--database-url` once".to_owned(),
            )),
        }
    }

    /// What the flag says, or else the scheme of the URL. No database is asked.
    fn dialect(&self) -> Result<Dialect, Fault> {
        if let Some(dialect) = self.asked.dialect {
            return Ok(dialect);
        }
        let urls = self.ground.urls();
        let url = urls
            .unwrap_or_default()
            .into_iter()
            .next()
            .unwrap_or_default();
        match url.split(':').next() {
            Some("postgres" | "postgresql") => Ok(Dialect::Postgres),
            Some("mysql" | "mariadb") => Ok(Dialect::Mysql),
            _ if !url.is_empty() => Ok(Dialect::Sqlite),
            _ => Err(Fault::Usage(
                "of which dialect? Give `--dialect sqlite`, `postgres` or `mysql`, or `--database-url`"
                    .to_owned(),
            )),
        }
    }

    /// The names of the sets, which are mostly one.
    fn sets(&self) -> Result<String, Fault> {
        let mut sets: Vec<&str> = self
            .ground
            .migrator
            .registry()?
            .iter()
            .map(Registered::set)
            .collect();
        sets.sort_unstable();
        sets.dedup();
        Ok(sets.join(", "))
    }

    fn page(&self, subject: &Subject) -> Result<String, Fault> {
        let history = match subject.has_history {
            true => self.history(subject)?,
            false => Vec::new(),
        };
        Ok(picture::html(&Page {
            title: &subject.title,
            schema: &subject.schema,
            history: &history,
        }))
    }

    fn history(&self, subject: &Subject) -> Result<Vec<Chapter>, Fault> {
        let dialect = subject.schema.dialect;
        let rows = rows(subject.status.as_ref());
        let several = self.sets()?.contains(", ");
        let (mut before, mut chapters) = (Schema::empty(dialect), Vec::new());
        schema::each(&self.ground.migrator, dialect, |migration, after| {
            let row = rows.get(&(migration.set(), migration.id().as_str()));
            let mut chapter = self.chapter(migration, dialect)?;
            if several {
                chapter.id = format!("{}/{}", migration.set(), migration.id());
            }
            chapter.is_pending = subject.status.is_some() && row.is_none();
            chapter.facts.extend(row.map(|row| applied(row)));
            let up = chapter.up.iter().map(String::as_str);
            chapter.changes = picture::changes(&before, &after, up, &dialect.into());
            chapters.push(chapter);
            before = after;
            Ok(())
        })?;
        Ok(chapters)
    }

    fn chapter(&self, migration: &Registered, dialect: Dialect) -> Result<Chapter, Error> {
        let environment = &self.ground.global.env;
        let way = |down| {
            let steps = migration.planned(down, environment, dialect)?;
            Ok::<_, Error>(steps.unwrap_or_default().iter().map(step).collect())
        };
        let mut facts = vec![(
            "in".to_owned(),
            format!("{}:{}", migration.file(), migration.line()),
        )];
        if let Some(why) = migration.irreversible() {
            facts.push(("irreversible:".to_owned(), why.to_owned()));
        } else if migration.has_derived_down() {
            facts.push(("down".to_owned(), "is derived from up".to_owned()));
        }
        Ok(Chapter {
            id: migration.id().to_string(),
            description: migration.description().to_owned(),
            facts,
            up: way(false)?,
            down: way(true)?,
            ..Chapter::default()
        })
    }
}

/// What is applied, by set and id.
fn rows(status: Option<&Status>) -> HashMap<(&str, &str), &Applied> {
    let all = status.into_iter().flat_map(|status| &status.migrations);
    let rows = all.filter_map(|one| Some((one, one.applied.as_ref()?)));
    rows.map(|(one, row)| ((one.set.as_str(), one.id.as_str()), row))
        .collect()
}

fn applied(row: &Applied) -> (String, String) {
    let at = row.applied_at.replace('T', " ");
    let at = at
        .split('.')
        .next()
        .unwrap_or_default()
        .trim_end_matches('Z');
    let (by, took, batch) = (&row.applied_by, row.duration_ms, row.batch);
    let text = format!("{at} UTC by {by}, in {took} ms, batch {batch}");
    ("applied".to_owned(), text)
}

fn step(step: &PlannedStep) -> String {
    match step {
        PlannedStep::Sql { sql } => sql.clone(),
        PlannedStep::Run { label } => format!("Rust: {label}"),
        PlannedStep::Log { message } => format!("says: {message}"),
        _ => String::new(),
    }
}
