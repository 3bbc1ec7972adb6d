//! Writing several files so that all of them are written, or none.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use super::ProjectError;

/// Files to create and files to change.
#[derive(Debug, Default)]
pub(super) struct Changes {
    new: Vec<(PathBuf, String)>,
    edits: Vec<Edit>,
}

#[derive(Debug)]
struct Edit {
    path: PathBuf,
    before: String,
    after: String,
}

/// What was done, for taking it back.
#[derive(Debug)]
enum Done {
    Directory(PathBuf),
    File(PathBuf),
    /// The file and its contents before.
    Edit(PathBuf, String),
}

impl Changes {
    /// A file that must not exist yet.
    pub(super) fn create(&mut self, path: PathBuf, text: String) {
        self.new.push((path, text));
    }

    /// A file that still has to have its contents `before`.
    pub(super) fn edit(&mut self, path: PathBuf, before: String, after: String) {
        self.edits.push(Edit {
            path,
            before,
            after,
        });
    }

    /// Makes the changes in their order, new files first: a module file is there before the line that names it.
    pub(super) fn apply(self) -> Result<(), ProjectError> {
        let there: Vec<PathBuf> = self
            .new
            .iter()
            .filter(|(path, _)| path.symlink_metadata().is_ok())
            .map(|(path, _)| path.clone())
            .collect();
        if !there.is_empty() {
            return Err(ProjectError::Exists(there));
        }
        let mut done = Vec::new();
        let result = self.write(&mut done);
        result.map_err(|cause| match undo(done) {
            left if left.is_empty() => cause,
            left => ProjectError::NotUndone {
                cause: Box::new(cause),
                left,
            },
        })
    }

    fn write(self, done: &mut Vec<Done>) -> Result<(), ProjectError> {
        for (path, text) in &self.new {
            if let Some(directory) = path.parent() {
                create_directories(directory, done)?;
            }
            create(path, text, done)?;
        }
        for edit in self.edits {
            let now = fs::read_to_string(&edit.path).map_err(at(&edit.path))?;
            if now != edit.before {
                return Err(ProjectError::ChangedMeanwhile(edit.path));
            }
            replace(&edit.path, &edit.after).map_err(at(&edit.path))?;
            done.push(Done::Edit(edit.path, edit.before));
        }
        Ok(())
    }
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> ProjectError {
    let path = path.to_owned();
    move |source| ProjectError::Write { path, source }
}

fn create_directories(directory: &Path, done: &mut Vec<Done>) -> Result<(), ProjectError> {
    if directory.as_os_str().is_empty() || directory.is_dir() {
        return Ok(());
    }
    if let Some(parent) = directory.parent() {
        create_directories(parent, done)?;
    }
    fs::create_dir(directory).map_err(at(directory))?;
    done.push(Done::Directory(directory.to_owned()));
    Ok(())
}

/// No temporary file is needed: nothing refers to the new file before it is whole.
fn create(path: &Path, text: &str, done: &mut Vec<Done>) -> Result<(), ProjectError> {
    let opened = OpenOptions::new().write(true).create_new(true).open(path);
    let mut file = opened.map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => ProjectError::Exists(vec![path.to_owned()]),
        _ => at(path)(source),
    })?;
    done.push(Done::File(path.to_owned()));
    file.write_all(text.as_bytes()).map_err(at(path))
}

/// Puts a text in the place of a file's contents at one stroke: whoever reads it sees the old ones or the new ones.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    // Through a symbolic link, or the rename would replace the link.
    let path = fs::canonicalize(path)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = path.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
    let written = fs::write(&temporary, text)
        .and_then(|()| fs::set_permissions(&temporary, fs::metadata(&path)?.permissions()))
        .and_then(|()| fs::rename(&temporary, &path));
    if written.is_err() {
        // The first error is the one to report; there may be no file to remove.
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// Takes back, the last first, and gives what could not be taken back.
fn undo(done: Vec<Done>) -> Vec<PathBuf> {
    let mut left = Vec::new();
    for step in done.into_iter().rev() {
        let (path, result) = match step {
            Done::File(path) => {
                let result = fs::remove_file(&path);
                (path, result)
            }
            Done::Directory(path) => {
                let result = fs::remove_dir(&path);
                (path, result)
            }
            Done::Edit(path, before) => {
                let result = replace(&path, &before);
                (path, result)
            }
        };
        if result.is_err() {
            left.push(path);
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(directory: &Path) -> Vec<(PathBuf, String)> {
        let mut found = Vec::new();
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                found.push((path.clone(), String::new()));
                found.extend(tree(&path));
            } else {
                found.push((path.clone(), fs::read_to_string(&path).unwrap()));
            }
        }
        found.sort();
        found
    }

    #[test]
    fn everything_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::write(root.join("lib.rs"), "a").unwrap();
        let mut changes = Changes::default();
        changes.create(root.join("x/y/new.rs"), "new".to_owned());
        changes.edit(root.join("lib.rs"), "a".to_owned(), "b".to_owned());
        changes.apply().unwrap();
        assert_eq!(fs::read_to_string(root.join("x/y/new.rs")).unwrap(), "new");
        assert_eq!(fs::read_to_string(root.join("lib.rs")).unwrap(), "b");
        assert_eq!(tree(root).len(), 4);
    }

    #[test]
    fn a_late_failure_takes_everything_back() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::write(root.join("lib.rs"), "a").unwrap();
        fs::write(root.join("mod.rs"), "changed").unwrap();
        let before = tree(root);
        let mut changes = Changes::default();
        changes.create(root.join("x/y/new.rs"), "new".to_owned());
        changes.edit(root.join("lib.rs"), "a".to_owned(), "b".to_owned());
        changes.edit(root.join("mod.rs"), "a".to_owned(), "b".to_owned());
        let error = changes.apply().unwrap_err();
        assert!(matches!(&error, ProjectError::ChangedMeanwhile(path) if path.ends_with("mod.rs")));
        assert_eq!(tree(root), before);
    }

    #[test]
    fn a_file_in_the_place_of_a_folder_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::write(root.join("x"), "").unwrap();
        let before = tree(root);
        let mut changes = Changes::default();
        changes.create(root.join("first.rs"), String::new());
        changes.create(root.join("x/new.rs"), String::new());
        let error = changes.apply().unwrap_err();
        assert!(matches!(error, ProjectError::Write { .. }), "{error}");
        assert_eq!(tree(root), before);
    }

    #[test]
    fn what_is_there_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::write(root.join("one.rs"), "mine").unwrap();
        let mut changes = Changes::default();
        changes.create(root.join("new.rs"), String::new());
        changes.create(root.join("one.rs"), "theirs".to_owned());
        let error = changes.apply().unwrap_err();
        assert!(matches!(&error, ProjectError::Exists(paths) if paths.len() == 1));
        assert!(
            error.to_string().starts_with("1 file is already there"),
            "{error}"
        );
        assert_eq!(tree(root), [(root.join("one.rs"), "mine".to_owned())]);
    }

    #[cfg(unix)]
    #[test]
    fn links_and_permissions_stay() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::write(root.join("real.rs"), "a").unwrap();
        fs::set_permissions(root.join("real.rs"), fs::Permissions::from_mode(0o604)).unwrap();
        symlink("real.rs", root.join("lib.rs")).unwrap();
        let mut changes = Changes::default();
        changes.edit(root.join("lib.rs"), "a".to_owned(), "b".to_owned());
        changes.apply().unwrap();
        assert!(root.join("lib.rs").is_symlink());
        assert_eq!(fs::read_to_string(root.join("real.rs")).unwrap(), "b");
        let mode = fs::metadata(root.join("real.rs"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o604);
    }
}
