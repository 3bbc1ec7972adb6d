//! What was written to the source tree.

use std::path::Path;

use anstream::println;
use serde::Serialize;

use crate::{
    args::Format,
    fault::Fault,
    project::{Created, Imported, ModuleLines},
};

use super::{CAREFUL, GOOD, Output};

/// A path below the current folder is shown from there.
pub(crate) fn near(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    here.and_then(|here| path.strip_prefix(here).ok())
        .unwrap_or(path)
        .display()
        .to_string()
}

fn module(module: &ModuleLines) {
    if let Some(declaration) = &module.declaration {
        println!(
            "{GOOD}added{GOOD:#}   `{}` to {}",
            declaration.line,
            near(&declaration.file)
        );
    }
    match &module.lines[..] {
        [] => {}
        [line] => println!("{GOOD}added{GOOD:#}   `{line}` to {}", near(&module.file)),
        lines => println!(
            "{GOOD}added{GOOD:#}   {} modules to {}",
            lines.len(),
            near(&module.file)
        ),
    }
}

impl Output {
    pub(crate) fn created(&self, created: &Created) -> Result<(), Fault> {
        if self.format == Format::Json {
            #[derive(Serialize)]
            struct New<'a> {
                id: &'a str,
                file: &'a Path,
                module: &'a Path,
                struct_name: &'a str,
            }
            let id = created.id.as_str();
            return self.json(&New {
                id,
                file: &created.file,
                module: &created.module.file,
                struct_name: &created.struct_name,
            });
        }
        println!(
            "{GOOD}created{GOOD:#} {} (`{}`)",
            near(&created.file),
            created.struct_name
        );
        module(&created.module);
        if let Some(last) = &created.behind {
            println!(
                "{CAREFUL}warning{CAREFUL:#}: it comes before `{last}`: a database that has that one meets it out of order"
            );
        }
        Ok(())
    }

    pub(crate) fn imported(&self, imported: &Imported) -> Result<(), Fault> {
        if self.format == Format::Json {
            #[derive(Serialize)]
            struct One<'a> {
                id: &'a str,
                file: &'a Path,
                up: &'a Path,
                down: Option<&'a Path>,
                unchecked: usize,
            }
            let all: Vec<One<'_>> = imported
                .migrations
                .iter()
                .map(|one| One {
                    id: one.id.as_str(),
                    file: &one.file,
                    up: &one.up,
                    down: one.down.as_deref(),
                    unchecked: one.unchecked.len(),
                })
                .collect();
            return self.json(&all);
        }
        for one in &imported.migrations {
            println!("{GOOD}created{GOOD:#} {}", near(&one.file));
            for fault in &one.unchecked {
                println!("{CAREFUL}unchecked{CAREFUL:#}: {fault}");
            }
        }
        module(&imported.module);
        for file in &imported.ignored {
            println!(
                "{CAREFUL}warning{CAREFUL:#}: {} is no SQL file of a migration, and was left out",
                near(file)
            );
        }
        println!(
            "{}",
            super::migrations(imported.migrations.len()) + " imported"
        );
        Ok(())
    }
}
