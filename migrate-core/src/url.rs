//! URLs of databases, as far as every engine has the same.

use crate::error::{Error, Kind};

/// The URL as it may be shown: without the password, and without the options, which may hold one.
pub(crate) fn shown(url: &str) -> String {
    let (plain, options) = url.split_once('?').unwrap_or((url, ""));
    let Some((scheme, rest)) = plain.split_once("://") else {
        return plain.to_owned();
    };
    let rest = rest.split(';').next().unwrap_or_default();
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    match authority.rsplit_once('@') {
        Some((user, host)) => {
            let (user, hidden) = match user.split_once(':') {
                Some((user, _)) => (user, ":***"),
                None => (user, ""),
            };
            format!("{scheme}://{user}{hidden}@{host}{path}")
        }
        // A password with a character in it that should have been encoded.
        None if has_password(authority, path, options) => format!("{scheme}://***"),
        None => format!("{scheme}://{rest}"),
    }
}

/// Whether what looks like a port is the beginning of a password, whose `@` comes later.
fn has_password(authority: &str, path: &str, options: &str) -> bool {
    let behind = authority.rsplit_once(':').map(|(_, behind)| behind);
    let is_port = behind.is_none_or(|text| text.chars().all(|digit| digit.is_ascii_digit()));
    !is_port && !authority.ends_with(']') && (path.contains('@') || options.contains('@'))
}

/// A URL that cannot be used.
pub(crate) fn fault(url: &str, reason: impl Into<String>) -> Error {
    Error::new(Kind::Open {
        url: shown(url),
        reason: reason.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_shown() {
        for (url, expected) in [
            ("app.db", "app.db"),
            ("sqlite:app.db?key=secret", "sqlite:app.db"),
            ("postgres://ann@db:5432/app", "postgres://ann@db:5432/app"),
            ("postgres://ann:secret@db/app", "postgres://ann:***@db/app"),
            ("postgres://ann:@db/app", "postgres://ann:***@db/app"),
            ("postgres://ann:se@cret@db/app", "postgres://ann:***@db/app"),
            ("postgres://ann:se?cret@db/app", "postgres://***"),
            ("postgres://ann:se/cret@db/app", "postgres://***"),
            ("postgres://db:5432/a@b", "postgres://db:5432/a@b"),
            ("postgres://[::1]/a@b", "postgres://[::1]/a@b"),
            ("postgres:///app?password=secret", "postgres:///app"),
            ("sqlserver://db;password=secret", "sqlserver://db"),
            ("http://a:1,b:2/app", "http://a:1,b:2/app"),
        ] {
            assert_eq!(shown(url), expected);
        }
    }
}
