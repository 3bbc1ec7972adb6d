//! The files of the folder of `migrations!`.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use migrate_schema::{
    Dialect,
    folder::{self, decode, with_line_feeds},
};
use proc_macro2::TokenStream;

/// How many folders may lie in one another.
const DEPTH: usize = 4;

/// The files of a folder that can belong to migrations, sorted by their paths.
#[derive(Debug, Default)]
pub(crate) struct Files {
    pub(crate) files: Vec<File>,
    /// Why some of them have no text.
    pub(crate) errors: Vec<String>,
}

#[derive(Debug)]
pub(crate) struct File {
    /// Below the folder, with `/`.
    relative: String,
    /// Where it is.
    pub(crate) path: PathBuf,
    /// As the compiler shows files.
    pub(crate) shown: String,
    /// From where Cargo.toml is.
    pub(crate) in_package: String,
    /// With LF for CRLF, as literals in a Rust file have it.
    pub(crate) text: String,
}

impl Files {
    /// Reads a folder of a package, or says why that cannot be.
    pub(crate) fn read(package: &Path, folder: &str, dialect: Dialect) -> Result<Self, String> {
        let root = package.join(folder);
        if !root.is_dir() {
            let what = if root.exists() {
                "is no folder"
            } else {
                "does not exist"
            };
            return Err(format!("the folder `{folder}` {what}"));
        }
        let paths = list(&root)
            .map_err(|error| format!("the folder `{folder}` cannot be read: {error}"))?;
        let mut found = Self::default();
        for (relative, path) in paths {
            let shown = shown(&path);
            let text = match fs::read(&path) {
                Ok(bytes) => decode(&bytes)
                    .map(|text| with_line_feeds(text, dialect))
                    .map_err(|error| {
                        let (line, column) = error.place;
                        format!("{shown}:{line}:{column}: {}", error.message)
                    }),
                Err(error) => Err(format!("{shown}: it cannot be read: {error}")),
            };
            let text = text.unwrap_or_else(|error| {
                found.errors.push(error);
                String::new()
            });
            found.files.push(File {
                in_package: format!("{}/{relative}", folder.trim_end_matches('/')),
                relative,
                path,
                shown,
                text,
            });
        }
        Ok(found)
    }

    /// For the reader of folders.
    pub(crate) fn texts(&self) -> Vec<folder::File<'_>> {
        let files = self.files.iter();
        files
            .map(|file| folder::File {
                path: &file.relative,
                text: &file.text,
            })
            .collect()
    }

    /// Makes Cargo compile the crate again when one of the files changes.
    pub(crate) fn tracking(&self, folder: &str) -> TokenStream {
        let package = env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
        let mut files = String::new();
        for file in &self.files {
            let path = format!("{package}/{folder}/{}", file.relative);
            files.push_str(&format!("::core::include_bytes!({path:?}),"));
        }
        let all = format!("const _: &[&[u8]] = &[{files}];");
        // It is our own text, so it has no errors.
        all.parse().unwrap_or_default()
    }
}

/// The files below a folder that can belong to migrations, as paths below it and from here.
pub(crate) fn list(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let mut paths = Vec::new();
    descend(folder, "", DEPTH, &mut paths)?;
    paths.sort();
    Ok(paths)
}

fn descend(
    directory: &Path,
    below: &str,
    depth: usize,
    found: &mut Vec<(String, PathBuf)>,
) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let relative = match below {
            "" => name.to_string(),
            below => format!("{below}/{name}"),
        };
        if !path.is_dir() {
            if folder::is_wanted(&relative) {
                found.push((relative, path));
            }
        } else if depth > 0 && !name.starts_with('.') {
            descend(&path, &relative, depth - 1, found)?;
        }
    }
    Ok(())
}

/// The path as the compiler shows the others: below the folder that it runs in.
fn shown(path: &Path) -> String {
    let folder = env::current_dir().unwrap_or_default();
    path.strip_prefix(&folder)
        .unwrap_or(path)
        .display()
        .to_string()
}
