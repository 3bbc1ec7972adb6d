//! Commands on whole schemas.

mod apply;
mod here;
mod show;
mod side;

use std::{cell::RefCell, fs, path::Path};

use migrate_core::{
    Database, Migrator,
    schema::{
        self, Schema,
        ddl::{self, script},
        diff::{self, Hints},
        document::{self, Document},
    },
};

use super::migrator;
use crate::{
    args::{Diff, Export, Format, Global, SchemaCommand, Validate},
    fault::{Exit, Fault},
    output::Output,
    url::database_urls,
};
pub(crate) use here::needs_no_program;
use side::{Side, of_two};

/// What every command here has at hand.
struct Ground<'a> {
    global: &'a Global,
    migrator: Migrator,
    default_url: Option<&'a str>,
}

pub(crate) fn schema(
    command: &SchemaCommand,
    global: &Global,
    default_url: Option<&str>,
) -> Result<Exit, Fault> {
    let ground = Ground {
        global,
        migrator: migrator(global),
        default_url,
    };
    match command {
        SchemaCommand::Export(asked) => ground.export(asked),
        SchemaCommand::Validate(asked) => validate(asked, &Output::without_database(global.format)),
        SchemaCommand::Apply(asked) => ground.apply(asked),
        SchemaCommand::Diff(asked) => ground.diff(asked),
        SchemaCommand::Show(asked) => ground.show(asked),
    }
}

fn validate(asked: &Validate, out: &Output) -> Result<Exit, Fault> {
    let faults = document::validate(&text(&asked.file)?, asked.dialect);
    out.faults(&asked.file, &faults)?;
    Ok(match faults.is_empty() {
        true => Exit::Done,
        false => Exit::Failed,
    })
}

fn text(file: &Path) -> Result<String, Fault> {
    fs::read_to_string(file)
        .map_err(|source| Fault::Usage(format!("cannot read `{}`: {source}", file.display())))
}

impl Ground<'_> {
    fn urls(&self) -> Result<Vec<String>, Fault> {
        database_urls(&self.global.database_url, self.default_url)
    }

    fn out(&self, url: &str, part: bool) -> Output {
        Output {
            format: match self.global.format {
                Format::Json => Format::Json,
                Format::Text | Format::Sql => Format::Text,
            },
            verbose: self.global.verbose,
            database: Database::name_of(url),
            part: part.then(RefCell::default),
        }
    }

    fn live(&self, url: &str) -> Result<Schema, Fault> {
        Ok(schema::live(&self.migrator, &mut existing(url)?)?)
    }

    fn export(&self, asked: &Export) -> Result<Exit, Fault> {
        let urls = self.urls()?;
        let names = match (&asked.name[..], urls.len()) {
            ([], 1) => vec!["main".to_owned()],
            (names, number) if names.len() == number => names.to_vec(),
            (names, number) => {
                return Err(Fault::Usage(format!(
                    "{number} databases and {} names: give `--name` once for each database, in the same order",
                    names.len()
                )));
            }
        };
        let mut document = Document::new().exported_at(format!("{:.0}", jiff::Timestamp::now()));
        let mut unknown = Vec::new();
        let mut tables = 0;
        for (url, name) in urls.iter().zip(names) {
            if document.database(&name).is_some() {
                let message = format!("two databases are called `{name}`: each needs its own name");
                return Err(Fault::Usage(message));
            }
            let schema = self.live(url)?;
            tables += schema.tables.len();
            unknown.extend(schema.unknown.iter().cloned());
            document = document.with(name, &schema);
        }
        let out = self.out("", false);
        match &asked.output {
            Some(file) if file.as_os_str() != "-" => {
                write(file, &document.to_string())?;
                out.exported(file, tables)?;
            }
            _ => out.document(&document),
        }
        out.untold(&unknown);
        Ok(Exit::Done)
    }

    fn diff(&self, asked: &Diff) -> Result<Exit, Fault> {
        let sides = [Side::of(&asked.from)?, Side::of(&asked.to)?];
        let [mut from, mut to] = of_two(self, sides, asked.dialect)?;
        let (before, after) = (from.clone(), to.clone());
        schema::without_foreign(&mut from, &after);
        schema::without_foreign(&mut to, &before);
        let changes = diff::diff(&from, &to, &Hints::default());
        let out = self.out("", false);
        match asked.format {
            Format::Text => out.changes(&changes),
            Format::Json => Output::without_database(Format::Json).data(&changes)?,
            Format::Sql => {
                let statements = match changes.is_empty() {
                    true => Vec::new(),
                    false => ddl::change(&from, &to, &changes)
                        .map_err(|error| Fault::Usage(error.to_string()))?,
                };
                out.script(&script(&statements));
            }
        }
        Ok(match asked.exit_code && !changes.is_empty() {
            true => Exit::Failed,
            false => Exit::Done,
        })
    }
}

/// A database that has to be there.
fn existing(url: &str) -> Result<Database, Fault> {
    Database::open_existing(url)?
        .ok_or_else(|| Fault::Usage(format!("there is no database {}", Database::name_of(url))))
}

/// The whole of it, or what was there before.
fn write(file: &Path, text: &str) -> Result<(), Fault> {
    let mut beside = file.as_os_str().to_owned();
    beside.push(".new");
    let written = fs::write(&beside, text).and_then(|()| fs::rename(&beside, file));
    written.map_err(|source| {
        let _ = fs::remove_file(&beside);
        Fault::Io {
            what: format!("cannot write `{}`", file.display()),
            source,
        }
    })
}
