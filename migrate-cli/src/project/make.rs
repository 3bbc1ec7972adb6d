//! A new migration.

use std::path::PathBuf;

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use migrate_schema::MigrationId;

use super::{
    ModuleLines, Package, ProjectError,
    draft::draft,
    folder::Folder,
    literal, name, number,
    render::{self, MigrationFile},
    write::Changes,
};

/// How to make a migration.
#[derive(Clone, Debug, Default)]
pub struct MakeOptions {
    /// What it does, for `status`; the words of its name when there is none.
    pub description: Option<String>,
    /// The date and time that its id is made from, in UTC; the clock's when there is none.
    pub now: Option<DateTime>,
}

/// A migration that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Created {
    /// Its id.
    pub id: MigrationId,
    /// The type in its file.
    pub struct_name: String,
    /// Its file.
    pub file: PathBuf,
    /// What was written so that its file is a module of the crate.
    pub module: ModuleLines,
    /// The last migration there is, where the new one does not come behind it: databases that have that one
    /// already meet the new one out of order.
    pub behind: Option<MigrationId>,
}

/// Writes a new migration: its file, and the line that makes it a module.
///
/// Its id is made from the date in UTC, so that it is the same for everyone who works on the project:
/// `20260215_create_users`, and `20260215_02_add_age` for the second of the day. Where all ids of the crate are
/// numbers or moments (`007_create_users`, `20260215093000_create_users`), it is one too.
///
/// No file is ever overwritten, and where one cannot be written, none is.
pub fn make(package: &Package, name: &str, options: &MakeOptions) -> Result<Created, ProjectError> {
    let name = name::identifier(name)?;
    let folder = Folder::of(package);
    let known: Vec<MigrationId> = folder.known()?.into_iter().map(|known| known.id).collect();
    let now = options
        .now
        .unwrap_or_else(|| Timestamp::now().to_zoned(TimeZone::UTC).datetime());
    let id = number::next(&known, &name, now)?;
    let struct_name = render::struct_name(&id);
    let mut changes = Changes::default();
    let file = folder.file(&id);
    changes.create(file.clone(), text(&id, &struct_name, options, package));
    let module = folder.add_modules(std::slice::from_ref(&id), &mut changes)?;
    changes.apply()?;
    Ok(Created {
        behind: known.into_iter().max().filter(|last| *last > id),
        id,
        struct_name,
        file,
        module,
    })
}

fn text(id: &MigrationId, struct_name: &str, options: &MakeOptions, package: &Package) -> String {
    let draft = draft(id.name(), package.dialect);
    let description = options
        .description
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty());
    let mut attribute = Vec::new();
    if let Some(reason) = &draft.irreversible {
        attribute.push(format!("irreversible = {}", literal::string(reason)));
    }
    if let Some(description) = description {
        attribute.push(format!("description = {}", literal::string(description)));
    }
    MigrationFile {
        id,
        struct_name,
        doc: description.unwrap_or(&name::sentence(id.name())),
        options: &attribute,
        up: draft.up,
        down: draft.down,
    }
    .render()
}
