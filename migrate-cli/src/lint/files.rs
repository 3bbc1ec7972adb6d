//! The files of a folder: found, and read as text.

use std::{
    cell::OnceCell,
    fs,
    path::{Path, PathBuf},
};

use migrate_schema::{Code, Finding, folder};

use crate::{fault::Fault, sources::Sources};

/// The files of a folder that a history can be made of.
#[derive(Debug)]
pub(super) struct Files {
    folder: PathBuf,
    /// Sorted by their paths.
    pub(super) files: Vec<File>,
    /// How many other files there are.
    others: usize,
    /// What is wrong with their bytes.
    pub(super) findings: Vec<folder::Placed>,
}

#[derive(Debug)]
pub(super) struct File {
    /// Below the folder, with `/`.
    pub(super) path: String,
    /// As it is shown.
    pub(super) shown: String,
    pub(super) text: String,
    /// Where its lines begin.
    lines: OnceCell<Vec<usize>>,
}

impl Files {
    /// None yet, for a package.
    pub(super) fn of_package(directory: &Path) -> Self {
        Self {
            folder: directory.to_owned(),
            files: Vec::new(),
            others: 0,
            findings: Vec::new(),
        }
    }

    pub(super) fn read(folder: &Path) -> Result<Self, Fault> {
        if !folder.is_dir() {
            let what = if folder.exists() {
                "is no folder"
            } else {
                "does not exist"
            };
            return Err(Fault::Usage(format!(
                "`{}` {what}: name the folder that holds the SQL files",
                folder.display()
            )));
        }
        let sources = Sources::list(folder).map_err(|(path, error)| unreadable(&path, error))?;
        let files = sources.wanted.into_iter().map(|source| {
            let shown = source.path.display().to_string();
            File::new(source.relative, shown, String::new())
        });
        let mut found = Self {
            folder: folder.to_owned(),
            files: files.collect(),
            others: sources.others.len(),
            findings: Vec::new(),
        };
        for at in 0..found.files.len() {
            found.load(at)?;
        }
        Ok(found)
    }

    /// For the reader of folders.
    pub(super) fn texts(&self) -> Vec<folder::File<'_>> {
        let files = self.files.iter();
        files
            .map(|file| folder::File {
                path: &file.path,
                text: &file.text,
            })
            .collect()
    }

    /// Why there is nothing to check.
    pub(super) fn without_migrations(&self, read: &folder::Folder) -> String {
        let folder = self.folder.display();
        if self.files.is_empty() && self.others == 0 {
            return format!(
                "the folder `{folder}` is empty: name the one that holds the SQL files"
            );
        }
        let first = read.findings.first().map(|placed| {
            let file = &self.files[placed.file].shown;
            let help = placed.finding.help.as_deref().unwrap_or_default();
            format!("; {file}: {}: {help}", placed.finding.message)
        });
        format!(
            "the folder `{folder}` holds no migration, such as 0001_create_users.sql, 0001_create_users.up.sql or \
             0001_create_users/up.sql{}",
            first.unwrap_or_default()
        )
    }

    fn load(&mut self, at: usize) -> Result<(), Fault> {
        let file = &mut self.files[at];
        let path = self.folder.join(&file.path);
        let bytes = fs::read(&path).map_err(|error| unreadable(&path, error))?;
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let finding = match std::str::from_utf8(bytes) {
            Ok(text) => {
                text.clone_into(&mut file.text);
                return Ok(());
            }
            Err(error) => {
                // What is left stays readable, so that the migrations behind it are checked on what this one makes.
                file.text = String::from_utf8_lossy(bytes).into_owned();
                let start = error.valid_up_to();
                let byte = bytes.get(start).copied().unwrap_or_default();
                let message = format!("the byte 0x{byte:02X} is not UTF-8");
                Finding::new(Code::NotUtf8, message, start..start + 1)
                    .help("save the file as UTF-8: PostgreSQL refuses anything else, and so do most tools")
            }
        };
        self.findings.push(folder::Placed { file: at, finding });
        Ok(())
    }
}

impl File {
    pub(super) fn new(path: String, shown: String, text: String) -> Self {
        Self {
            path,
            shown,
            text,
            lines: OnceCell::new(),
        }
    }

    /// The line and the column (in characters) of a byte, both from 1. A file may have many findings, so its lines are
    /// counted once.
    pub(super) fn place(&self, at: usize) -> (usize, usize) {
        let lines = self.lines.get_or_init(|| {
            let newlines = self.text.match_indices('\n').map(|(at, _)| at + 1);
            std::iter::once(0).chain(newlines).collect()
        });
        let mut at = at.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        let line = lines.partition_point(|start| *start <= at);
        let start = lines
            .get(line.saturating_sub(1))
            .copied()
            .unwrap_or_default();
        let before = self.text.get(start..at).unwrap_or_default();
        (line, before.chars().count() + 1)
    }
}

fn unreadable(path: &Path, error: std::io::Error) -> Fault {
    Fault::Usage(format!("cannot read {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use migrate_schema::finding::line_and_column;

    #[test]
    fn places_are_those_that_messages_have() {
        let text = "é\nab\r\n\n\tц";
        let file = File::new(String::new(), String::new(), text.to_owned());
        for at in 0..text.len() + 2 {
            assert_eq!(file.place(at), line_and_column(text, at), "{at}");
        }
    }
}
