//! The files of a folder of SQL migrations.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use migrate_schema::folder;

/// How many folders may lie in one another. A link that leads back up ends here.
const DEPTH: usize = 4;

/// Folders with whatever else a project holds, when one names the project itself.
const OTHERS: [&str; 3] = ["node_modules", "target", "vendor"];

/// What a folder holds.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    /// What can belong to a migration, sorted by the paths.
    pub(crate) wanted: Vec<Source>,
    /// Everything else, sorted.
    pub(crate) others: Vec<PathBuf>,
}

/// A file.
#[derive(Debug)]
pub(crate) struct Source {
    /// Below the folder, with `/`.
    pub(crate) relative: String,
    pub(crate) path: PathBuf,
}

impl Sources {
    /// Lists a folder. The error is that of the path beside it.
    pub(crate) fn list(folder: &Path) -> Result<Self, (PathBuf, io::Error)> {
        let mut sources = Self::default();
        sources.descend(folder, "", DEPTH)?;
        sources.wanted.sort_by(|a, b| a.relative.cmp(&b.relative));
        sources.others.sort();
        Ok(sources)
    }

    fn descend(
        &mut self,
        directory: &Path,
        below: &str,
        depth: usize,
    ) -> Result<(), (PathBuf, io::Error)> {
        let unreadable = |error| (directory.to_owned(), error);
        for entry in fs::read_dir(directory).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let relative = match below {
                "" => name.to_string(),
                below => format!("{below}/{name}"),
            };
            let passed_over = name.starts_with('.') || OTHERS.contains(&&*name);
            if path.is_dir() && !passed_over && depth > 0 {
                let before = self.wanted.len();
                self.descend(&path, &relative, depth - 1)?;
                if before == self.wanted.len() {
                    self.others.retain(|other| !other.starts_with(&path));
                    self.others.push(path);
                }
            } else if !path.is_dir() && folder::is_wanted(&relative) {
                self.wanted.push(Source { relative, path });
            } else {
                self.others.push(path);
            }
        }
        Ok(())
    }
}
