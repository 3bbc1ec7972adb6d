//! What `pull` has found, and written.

use std::path::Path;

use anstream::{eprintln, println};
use serde::Serialize;

use crate::{args::Format, fault::Fault, project::Created};

use super::{CAREFUL, FAINT, Output};

/// What `pull` has found.
pub(crate) struct Pulled {
    /// The migration that was written.
    pub(crate) created: Option<Created>,
    /// What it does, in words.
    pub(crate) changes: Vec<String>,
    /// What is not removed, because nobody has allowed it.
    pub(crate) kept: Vec<String>,
    /// Its SQL, where it is only to be shown.
    pub(crate) script: Option<String>,
    /// The database has all of it, so it is to be recorded there and not run.
    pub(crate) baseline: bool,
}

impl Output {
    /// Something that is most likely not meant.
    pub(crate) fn warn(&self, text: &str) {
        eprintln!("{CAREFUL}warning{CAREFUL:#}: {text}");
    }

    pub(crate) fn pulled(&self, pulled: &Pulled) -> Result<(), Fault> {
        if self.format == Format::Json {
            #[derive(Serialize)]
            struct Answer<'a> {
                id: Option<&'a str>,
                file: Option<&'a Path>,
                changes: &'a [String],
                kept: &'a [String],
                sql: Option<&'a str>,
            }
            let created = pulled.created.as_ref();
            return self.json(&Answer {
                id: created.map(|created| created.id.as_str()),
                file: created.map(|created| created.file.as_path()),
                changes: &pulled.changes,
                kept: &pulled.kept,
                sql: pulled.script.as_deref(),
            });
        }
        for note in &pulled.kept {
            println!("{CAREFUL}kept{CAREFUL:#}    {note}");
        }
        if pulled.changes.is_empty() {
            println!(
                "{}",
                match pulled.baseline {
                    true => "the migrations make all that the database has: nothing to write",
                    false => "the database is as the definitions say: nothing to write",
                }
            );
            return Ok(());
        }
        for change in &pulled.changes {
            println!("  {change}");
        }
        if let Some(script) = &pulled.script {
            println!("\n{FAINT}{script}{FAINT:#}");
        }
        let Some(created) = &pulled.created else {
            return Ok(());
        };
        self.created(created)?;
        let next = match pulled.baseline {
            true => format!(
                "Build it, and say that this database has it: `baseline {}`",
                created.id
            ),
            false => "Read it, and apply it: `up`".to_owned(),
        };
        println!("{next}");
        Ok(())
    }
}
