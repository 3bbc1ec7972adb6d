//! What was made of files in this process.
//!
//! A compiler compiles one crate and ends, but the server of an editor lives on and serves many, so an entry
//! counts only as long as its file has not changed.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, LazyLock, Mutex, PoisonError},
    time::SystemTime,
};

/// What was made of each file, by its path.
pub(crate) struct FileCache<T>(LazyLock<Mutex<HashMap<PathBuf, Entry<T>>>>);

struct Entry<T> {
    modified: Option<SystemTime>,
    length: u64,
    value: Arc<T>,
}

impl<T> FileCache<T> {
    pub(crate) const fn new() -> Self {
        Self(LazyLock::new(Mutex::default))
    }

    /// What `make` makes of the text of the file, and whether it was made by this call. None if there is no file
    /// that can be read.
    pub(crate) fn read(&self, path: &Path, make: impl FnOnce(&str) -> T) -> Option<(Arc<T>, bool)> {
        let metadata = fs::metadata(path).ok()?;
        let (modified, length) = (metadata.modified().ok(), metadata.len());
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = entries.get(path)
            && (entry.modified, entry.length) == (modified, length)
        {
            return Some((Arc::clone(&entry.value), false));
        }
        let value = Arc::new(make(&fs::read_to_string(path).ok()?));
        let entry = Entry {
            modified,
            length,
            value: Arc::clone(&value),
        };
        entries.insert(path.to_owned(), entry);
        Some((value, true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_file_is_read_once_until_it_changes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let cache = FileCache::new();
        let read = || {
            let found = cache.read(&path, str::to_owned);
            found.map(|(value, made)| (value.as_str().to_owned(), made))
        };
        let write = |text: &str, age: u64| {
            fs::write(&path, text).unwrap();
            let moment = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000 + age);
            let file = fs::File::options().write(true).open(&path).unwrap();
            file.set_modified(moment).unwrap();
        };
        assert_eq!(read(), None);
        write("a", 1);
        assert_eq!(read(), Some(("a".to_owned(), true)));
        assert_eq!(read(), Some(("a".to_owned(), false)));
        write("b", 2);
        assert_eq!(read(), Some(("b".to_owned(), true)));
        write("longer", 2);
        assert_eq!(read(), Some(("longer".to_owned(), true)));
        fs::remove_file(&path).unwrap();
        assert_eq!(read(), None);
    }
}
