//! Commands on whole schemas.

use std::{fs, path::Path};

use migrate_schema::schema::document;

use crate::{
    args::{Global, SchemaCommand, Validate},
    fault::{Exit, Fault},
    output::Output,
};

pub(crate) fn schema(command: &SchemaCommand, global: &Global) -> Result<Exit, Fault> {
    match command {
        SchemaCommand::Validate(asked) => validate(asked, &Output::without_database(global.format)),
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
