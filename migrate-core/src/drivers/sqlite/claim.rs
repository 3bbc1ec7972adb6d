//! A file beside the database, under a lock of the operating system, that tells a live run outside a
//! transaction from a dead one. Correctness does not rest on it, and where it cannot be had nothing fails.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
};

use crate::engine::driver::Claim;

/// The lock is held while this lives; the file goes with it.
pub(super) struct ClaimFile {
    path: PathBuf,
    _file: File,
}

impl Drop for ClaimFile {
    fn drop(&mut self) {
        // Whoever has opened the file meanwhile sees that it is not at its path any more. What cannot be
        // removed does no harm: it is empty, and nobody holds its lock.
        let _ = fs::remove_file(&self.path);
    }
}

pub(super) fn claim(database: Option<&str>) -> (Claim, Option<ClaimFile>) {
    let Some(database) = database else {
        return (Claim::Unknown, None);
    };
    let path = PathBuf::from(format!("{database}-migrate-lock"));
    let Ok(file) = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
    else {
        return (Claim::Unknown, None);
    };
    match file.try_lock() {
        Ok(()) if is_at(&file, &path) => (Claim::Taken, Some(ClaimFile { path, _file: file })),
        Ok(()) | Err(TryLockError::WouldBlock) => (Claim::HeldByAnother, None),
        Err(TryLockError::Error(_)) => (Claim::Unknown, None),
    }
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let place = |metadata: &fs::Metadata| (metadata.dev(), metadata.ino());
    matches!((file.metadata(), fs::metadata(path)), (Ok(mine), Ok(there)) if place(&mine) == place(&there))
}

/// Elsewhere an open file cannot be removed, so it is at its path.
#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
}
