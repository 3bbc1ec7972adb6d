//! Opening a database by its URL.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::{error::Error, url::fault};

/// Opens a SQLite database, and makes the file where there is none.
///
/// A path, `sqlite:path`, `sqlite://path` (so `sqlite:///srv/app.db` is absolute), `sqlite::memory:`, or a
/// `file:` URI as SQLite defines it. `?mode=ro`, `rw` or `rwc` may follow a `sqlite:` URL.
///
/// # Errors
///
/// Where the URL is of another database, or the file cannot be opened; [`Error::is_usage`] is true.
///
/// ```
/// let connection = migrate_core::sqlite::open("sqlite::memory:").unwrap();
/// assert!(connection.is_autocommit());
/// assert!(migrate_core::sqlite::open("postgres://localhost/app").is_err());
/// ```
pub fn open(url: &str) -> Result<Connection, Error> {
    let target = Target::parse(url)?;
    target.open(url, target.flags)
}

/// Opens a SQLite database that is there; nothing is made. `None` where there is no file.
///
/// # Errors
///
/// As [`open`].
pub fn open_existing(url: &str) -> Result<Option<Connection>, Error> {
    let target = Target::parse(url)?;
    if let Some(path) = &target.file {
        match Path::new(path).try_exists() {
            Ok(true) => {}
            Ok(false) => return Ok(None),
            Err(error) => return Err(fault(url, error.to_string())),
        }
    }
    target
        .open(url, target.flags.difference(OpenFlags::SQLITE_OPEN_CREATE))
        .map(Some)
}

struct Target {
    name: String,
    flags: OpenFlags,
    /// The file, where the name is that of one.
    file: Option<String>,
}

impl Target {
    fn parse(url: &str) -> Result<Self, Error> {
        let rest = match url.split_once(':') {
            Some(("sqlite" | "sqlite3", rest)) => rest.strip_prefix("//").unwrap_or(rest),
            Some(("file", _)) => {
                return Ok(Self {
                    name: url.to_owned(),
                    flags: OpenFlags::default(),
                    file: file_of_uri(url),
                });
            }
            Some((scheme, rest)) if rest.starts_with("//") => {
                let reason = format!(
                    "`{scheme}` is not a database that this program can run on: write `sqlite:path`"
                );
                return Err(fault(url, reason));
            }
            _ => return Self::of_path(url, url, OpenFlags::default()),
        };
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let write = OpenFlags::SQLITE_OPEN_READ_WRITE;
        let mut flags = OpenFlags::default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let without = flags.difference(write | OpenFlags::SQLITE_OPEN_CREATE);
            flags = match pair {
                "mode=ro" => without | OpenFlags::SQLITE_OPEN_READ_ONLY,
                "mode=rw" => without | write,
                "mode=rwc" => without | write | OpenFlags::SQLITE_OPEN_CREATE,
                // What it is set to may be a password.
                _ => {
                    let name = pair.split('=').next().unwrap_or_default();
                    let reason = format!(
                        "`?{name}` cannot stand here: only `?mode=ro`, `?mode=rw` and `?mode=rwc` can"
                    );
                    return Err(fault(url, reason));
                }
            };
        }
        Self::of_path(url, path, flags)
    }

    fn of_path(url: &str, path: &str, flags: OpenFlags) -> Result<Self, Error> {
        if path.is_empty() {
            return Err(fault(
                url,
                "the path is empty: write `sqlite:path` or `sqlite::memory:`".to_owned(),
            ));
        }
        // A relative name that begins with `:` or `file:` would mean something else to SQLite.
        let memory = path == ":memory:";
        Ok(Self {
            name: path.to_owned(),
            flags,
            file: (!memory).then(|| path.to_owned()),
        })
    }

    fn open(&self, url: &str, flags: OpenFlags) -> Result<Connection, Error> {
        if let Some(file) = &self.file {
            let path = Path::new(file);
            if path.is_dir() {
                return Err(fault(url, "it is a folder".to_owned()));
            }
            let folder = path
                .parent()
                .filter(|folder| !folder.as_os_str().is_empty());
            if let Some(folder) = folder.filter(|folder| !folder.exists()) {
                return Err(fault(
                    url,
                    format!("the folder `{}` does not exist", folder.display()),
                ));
            }
            if !flags.contains(OpenFlags::SQLITE_OPEN_CREATE) && !path.exists() {
                return Err(fault(url, "the file does not exist".to_owned()));
            }
        }
        Connection::open_with_flags(&self.name, flags)
            .map_err(|error| fault(url, without_name(&error.to_string())))
    }
}

/// The path in a `file:` URI; none where it is a database in memory.
fn file_of_uri(uri: &str) -> Option<String> {
    let rest = uri.strip_prefix("file:")?;
    let rest = rest.split('#').next().unwrap_or_default();
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    if path == ":memory:" || path.is_empty() || query.split('&').any(|pair| pair == "mode=memory") {
        return None;
    }
    // Behind `//` stands a host, which is empty or `localhost`.
    let path = match path.strip_prefix("//") {
        Some(behind) => &behind[behind.find('/')?..],
        None => path,
    };
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, behind @ ..] = rest {
        let hex = |at: usize| (*behind.get(at)? as char).to_digit(16);
        rest = match (first, hex(0), hex(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
                &behind[2..]
            }
            _ => {
                bytes.push(*first);
                behind
            }
        };
    }
    String::from_utf8(bytes).ok()
}

/// The words of an error behind which SQLite puts the name, options and all.
fn without_name(message: &str) -> String {
    message.split(": ").next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_name_files() {
        let file = |url: &str| Target::parse(url).unwrap().file;
        for (url, path) in [
            ("app.db", "app.db"),
            ("/srv/app.db", "/srv/app.db"),
            ("sqlite:app.db", "app.db"),
            ("sqlite://data/app.db", "data/app.db"),
            ("sqlite:///srv/app.db?mode=rw", "/srv/app.db"),
        ] {
            assert_eq!(file(url).as_deref(), Some(path), "{url}");
        }
        for (url, path) in [
            ("file:app.db?mode=ro", "app.db"),
            ("file:///srv/my%20app.db#x", "/srv/my app.db"),
            ("file://localhost/srv/app.db", "/srv/app.db"),
            ("file:100%.db", "100%.db"),
        ] {
            assert_eq!(file(url).as_deref(), Some(path), "{url}");
        }
        for url in [
            ":memory:",
            "sqlite::memory:",
            "sqlite://:memory:",
            "file::memory:?cache=shared",
            "file:shared?mode=memory&cache=shared",
            "file://host",
        ] {
            assert_eq!(file(url), None, "{url}");
        }
    }

    #[test]
    fn modes() {
        let flags = |url: &str| Target::parse(url).unwrap().flags;
        assert!(flags("sqlite:a").contains(OpenFlags::SQLITE_OPEN_CREATE));
        assert!(!flags("sqlite:a?mode=rw").contains(OpenFlags::SQLITE_OPEN_CREATE));
        assert!(flags("sqlite:a?mode=ro").contains(OpenFlags::SQLITE_OPEN_READ_ONLY));
        assert!(!flags("sqlite:a?mode=ro").contains(OpenFlags::SQLITE_OPEN_READ_WRITE));
        assert!(Target::parse("sqlite:a?cache=x").is_err());
    }

    #[test]
    fn secrets_are_not_shown() {
        let text = |url: &str| open(url).unwrap_err().to_string();
        let shown = text("postgres://ann:s3c@ret@db.example/app?password=top");
        assert!(
            shown.contains("postgres://ann:***@db.example/app"),
            "{shown}"
        );
        assert!(
            !shown.contains("s3c") && !shown.contains("ret@") && !shown.contains("top"),
            "{shown}"
        );
        assert!(text("mysql://root:pw@h").contains("root:***@h"));
        assert!(text("sqlserver://h;password=pw").contains("`sqlserver://h`"));
        for url in ["sqlite:app.db?key=s3c", "file:/none/app.db?key=s3c"] {
            let shown = text(url);
            assert!(
                !shown.contains("s3c") && shown.contains("app.db"),
                "{shown}"
            );
        }
    }

    #[test]
    fn what_cannot_be_opened_says_why() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().display().to_string();
        assert!(
            open(&path)
                .unwrap_err()
                .to_string()
                .contains("it is a folder")
        );
        assert!(
            open(&format!("{path}/none/app.db"))
                .unwrap_err()
                .to_string()
                .contains("/none` does not exist")
        );
        assert!(
            open("sqlite:")
                .unwrap_err()
                .to_string()
                .contains("the path is empty")
        );
        assert!(open_existing(&format!("{path}/app.db")).unwrap().is_none());
        assert!(!folder.path().join("app.db").exists());
    }
}
