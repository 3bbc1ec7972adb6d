//! The migrations that `migrations!` makes of folders of SQL files, as a part of the history of their crate.

use std::path::Path;

use super::{Files, Found, Migration, Project, Reach, SourceFile, Step, Text, What};
use crate::{
    Dialect,
    folder::{self, Part, with_line_feeds},
    statement,
};

impl Project {
    /// Puts the folders that the crate embeds into the history. `package` is where its Cargo.toml is.
    pub fn embed(&mut self, files: &mut dyn Files, package: &Path, dialect: Dialect) {
        for (folder, predicates) in std::mem::take(&mut self.folders) {
            let root = package.join(&folder);
            let mut names = files.list(&root);
            names.sort();
            let first = self.files.len();
            for name in &names {
                let path = root.join(name);
                let text = files.read(&path).unwrap_or_default();
                let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
                let text = with_line_feeds(text, dialect);
                self.files.push(SourceFile { path, text });
            }
            let texts: Vec<folder::File<'_>> = names
                .iter()
                .zip(&self.files[first..])
                .map(|(path, file)| folder::File {
                    path,
                    text: &file.text,
                })
                .collect();
            for migration in folder::read(&texts, dialect).migrations {
                // Without an identifier it is none, which the macro says.
                let Ok(id) = migration.id() else { continue };
                let steps = |part: &Part| steps(part, part.text(&texts), dialect);
                let down = migration.down.as_ref();
                let file = first + migration.up.file;
                let down_file = first + down.map_or(migration.up.file, |down| down.file);
                let migration = Migration {
                    id: id.as_str().to_owned(),
                    start: migration.up.range.start,
                    up: steps(&migration.up),
                    down: down.map(steps),
                    transaction: migration.transaction.unwrap_or(true),
                    irreversible: down.is_none(),
                    conditional: !predicates.is_empty(),
                    levels: Vec::new(),
                };
                files.found(&migration);
                self.migrations.push(Found {
                    migration,
                    file,
                    down_file,
                    predicates: predicates.clone(),
                    plain: None,
                    module: None,
                    made: false,
                });
            }
            self.folders.push((folder, predicates));
        }
        self.sort();
    }
}

fn steps(part: &Part, sql: &str, dialect: Dialect) -> Vec<Step> {
    let what = if !part.is_sql {
        What::Rust(Reach {
            everything: true,
            ..Reach::default()
        })
    } else if statement::split(sql, dialect).is_empty() {
        return Vec::new();
    } else {
        What::Sql(Text {
            sql: sql.to_owned(),
            start: part.range.start,
            prefix: Some(0),
        })
    };
    vec![Step {
        what,
        start: part.range.start,
        conditional: false,
    }]
}
