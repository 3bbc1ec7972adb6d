//! What is printed where a command works on several databases.

use anstream::{eprintln, println};
use anstyle::Style;
use serde::Serialize;
use serde_json::Value;

use crate::{
    args::Format,
    fault::{Exit, Fault},
};

use super::{FAINT, Output, failed, fault};

const HEAD: Style = Style::new().bold();

/// How each database has ended, in the order in which they were given.
#[derive(Debug)]
pub(crate) struct Several {
    format: Format,
    all: Vec<One>,
}

#[derive(Debug, Serialize)]
struct One {
    database: String,
    /// Nothing where its turn has not come.
    exit_code: Option<u8>,
    answer: Option<Value>,
    #[serde(skip)]
    failed: bool,
}

impl Several {
    pub(crate) fn new(format: Format) -> Self {
        Self {
            format,
            all: Vec::new(),
        }
    }

    /// Its turn has come.
    pub(crate) fn begin(&self, out: &Output) {
        if self.format == Format::Text {
            if !self.all.is_empty() {
                println!();
            }
            println!("{HEAD}{}{HEAD:#}", out.database);
        }
    }

    /// It has ended, so or so.
    pub(crate) fn end(
        &mut self,
        out: &Output,
        result: &Result<Exit, Fault>,
    ) -> Result<Exit, Fault> {
        let mut answer = out.part.as_ref().and_then(|part| part.take());
        let exit = match result {
            Ok(exit) => *exit,
            Err(error) => {
                if self.format == Format::Text {
                    fault(error, Format::Text, Some(&out.database));
                }
                answer = Some(serde_json::to_value(failed(error))?);
                error.exit()
            }
        };
        self.all.push(One {
            database: out.database.clone(),
            exit_code: Some(exit as u8),
            answer,
            failed: result.is_err(),
        });
        Ok(exit)
    }

    /// Its turn does not come.
    pub(crate) fn pass_over(&mut self, out: &Output) {
        self.all.push(One {
            database: out.database.clone(),
            exit_code: None,
            answer: None,
            failed: false,
        });
    }

    pub(crate) fn finish(&self) -> Result<(), Fault> {
        if self.format == Format::Json {
            println!("{}", serde_json::to_string_pretty(&self.all)?);
            return Ok(());
        }
        let names = |wanted: fn(&One) -> bool| {
            let names = self.all.iter().filter(|one| wanted(one));
            let names: Vec<&str> = names.map(|one| &*one.database).collect();
            (!names.is_empty()).then(|| names.join(", "))
        };
        let failed = names(|one| one.failed);
        let passed_over = names(|one| one.exit_code.is_none());
        if let Some(failed) = failed {
            eprintln!();
            eprintln!("{FAINT}failed{FAINT:#}: {failed}");
        }
        if let Some(names) = passed_over {
            eprintln!("{FAINT}untouched{FAINT:#}: {names}");
        }
        Ok(())
    }
}
