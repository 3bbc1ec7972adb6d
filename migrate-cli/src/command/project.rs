//! Commands on the source tree.

use std::path::Path;

use migrate_core::Dialect;

use crate::{
    args::{Format, ProjectCommand},
    fault::{Exit, Fault},
    output::Output,
    project::{Destination, ImportOptions, Location, MakeOptions, Package, import, locate, make},
};

/// From the application's own program, which knows where its sources were.
pub(crate) fn project(
    command: &ProjectCommand,
    manifest_dir: &Path,
    format: Format,
) -> Result<Exit, Fault> {
    if let ProjectCommand::Import {
        folder,
        output: Some(to),
        dialect,
        keep_going,
    } = command
    {
        return import_into(folder, to, *dialect, *keep_going, format);
    }
    in_package(command, &package_of(manifest_dir)?, format)
}

/// The package whose program this is.
pub(super) fn package_of(manifest_dir: &Path) -> Result<Package, Fault> {
    let manifest = manifest_dir.join("Cargo.toml");
    if !manifest.exists() {
        return Err(Fault::Usage(format!(
            "the sources of this program are not at {}: run this where it was built, or use `cargo migrate`",
            manifest_dir.display()
        )));
    }
    let location = Location {
        directory: manifest_dir.to_owned(),
        manifest_path: Some(manifest),
        package: None,
    };
    Ok(locate(&location)?)
}

/// In a package that was found.
pub(crate) fn in_package(
    command: &ProjectCommand,
    package: &Package,
    format: Format,
) -> Result<Exit, Fault> {
    let out = Output::without_database(format);
    match command {
        ProjectCommand::New { name, description } => {
            let options = MakeOptions {
                description: description.clone(),
                ..MakeOptions::default()
            };
            out.created(&make(package, name, &options)?)?;
        }
        // Answered before a package is looked for.
        ProjectCommand::Completions { .. } => {}
        ProjectCommand::Import {
            folder, keep_going, ..
        } => {
            let options = ImportOptions {
                keep_going: *keep_going,
            };
            out.imported(&import(folder, &Destination::Package(package), &options)?)?;
        }
    }
    Ok(Exit::Done)
}

/// Into a folder that is no package.
pub(crate) fn import_into(
    from: &Path,
    to: &Path,
    dialect: Dialect,
    keep_going: bool,
    format: Format,
) -> Result<Exit, Fault> {
    let destination = Destination::Directory {
        path: to.to_owned(),
        dialect,
    };
    let imported = import(from, &destination, &ImportOptions { keep_going })?;
    Output::without_database(format).imported(&imported)?;
    Ok(Exit::Done)
}
