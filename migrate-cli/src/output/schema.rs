//! What commands on whole schemas say.

use std::path::Path;

use anstream::{eprintln, println};
use migrate_schema::schema::document::Fault as Wrong;
use serde::Serialize;

use crate::{args::Format, fault::Fault};

use super::{BAD, GOOD, Output};

#[derive(Serialize)]
struct JsonFault<'a> {
    path: &'a str,
    message: &'a str,
}

impl Output {
    /// What is wrong with a document.
    pub(crate) fn faults(&self, file: &Path, faults: &[Wrong]) -> Result<(), Fault> {
        let file = file.display();
        match self.format {
            Format::Json => {
                let faults = faults.iter().map(|fault| JsonFault {
                    path: &fault.path,
                    message: &fault.message,
                });
                self.json(&faults.collect::<Vec<_>>())
            }
            Format::Text if faults.is_empty() => {
                println!("{GOOD}ok{GOOD:#}: {file} is a valid schema document");
                Ok(())
            }
            Format::Text => {
                for fault in faults {
                    match fault.path.as_str() {
                        "" => println!("{}", fault.message),
                        path => println!("{BAD}{path}{BAD:#}: {}", fault.message),
                    }
                }
                let number = match faults.len() {
                    1 => "1 fault".to_owned(),
                    number => format!("{number} faults"),
                };
                eprintln!("{number} in {file}");
                Ok(())
            }
        }
    }
}
