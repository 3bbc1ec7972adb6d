//! The settings that a Cargo.toml above a folder has for it.

use std::{fs, path::Path};

use migrate_schema::settings::{Manifest, Settings};

use crate::fault::Fault;

/// The settings of the first Cargo.toml at the folder or above it that has any.
pub(super) fn above(folder: &Path) -> Result<Option<Settings>, Fault> {
    let Ok(folder) = folder.canonicalize() else {
        // Whoever reads the folder says why.
        return Ok(None);
    };
    for directory in folder.ancestors() {
        let path = directory.join("Cargo.toml");
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        let (manifest, findings) = Manifest::read(&text);
        if let Some(finding) = findings.first() {
            let path = path.display();
            let place = |line, column| format!("{path}:{line}:{column}");
            return Err(Fault::Usage(finding.render(&text, place)));
        }
        if manifest.is_there {
            return Ok(Some(manifest.settings));
        }
    }
    Ok(None)
}
