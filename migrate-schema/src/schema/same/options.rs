//! Storage options, character sets and collations.

use super::Same;
use crate::Dialect;

/// Whether two lists of options are the same.
pub(super) fn options(dialect: Dialect, a: &[(String, String)], b: &[(String, String)]) -> Same {
    let names = a.iter().chain(b).map(|(name, _)| key(name));
    names.fold(Same::Yes, |same, name| {
        same.and(option(dialect, name, value(a, name), value(b, name)))
    })
}

fn value<'a>(options: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut own = options.iter().filter(|(own, _)| key(own) == name);
    own.next_back().map(|(_, value)| value.as_str())
}

/// The one name of an option.
fn key(name: &str) -> &str {
    match name {
        "character set" | "default character set" | "default charset" | "charset" => "charset",
        "default collate" | "collate" => "collate",
        "type" | "engine" => "engine",
        other => other,
    }
}

fn option(dialect: Dialect, name: &str, a: Option<&str>, b: Option<&str>) -> Same {
    let plain = |value: &str| {
        let value = value.trim().trim_matches(['\'', '"', '`']).to_lowercase();
        match name {
            "charset" => charset(&value),
            "collate" => collation_name(&value),
            _ => value,
        }
    };
    match (dialect, name, a.map(plain), b.map(plain)) {
        // They say where a number goes on, or are compared elsewhere.
        (Dialect::Mysql, "auto_increment" | "comment", _, _) => Same::Yes,
        (_, _, Some(a), Some(b)) if a == b => Same::Yes,
        // The server's own, where nothing is written.
        (Dialect::Mysql, "engine" | "charset" | "collate", None, _)
        | (Dialect::Mysql, "engine" | "charset" | "collate", _, None) => Same::Yes,
        (Dialect::Mysql, _, None, _) | (Dialect::Mysql, _, _, None) => Same::Unknown,
        _ => Same::No,
    }
}

/// The one name of a character set.
pub(super) fn charset(name: &str) -> String {
    match name {
        "utf8" => "utf8mb3".to_owned(),
        other => other.to_owned(),
    }
}

/// The one name of a collation of MySQL's.
fn collation_name(name: &str) -> String {
    match name.strip_prefix("utf8_") {
        Some(rest) => format!("utf8mb3_{rest}"),
        None => name.to_owned(),
    }
}

/// Whether two collations are the same.
pub(super) fn collation(dialect: Dialect, a: Option<&str>, b: Option<&str>) -> Same {
    let plain = |name: &str| {
        let name = name.rsplit('.').next().unwrap_or(name);
        let name = name.trim_matches(['"', '`', '\'']);
        match dialect {
            Dialect::Postgres => name.to_owned(),
            Dialect::Sqlite => name.to_lowercase(),
            Dialect::Mysql => collation_name(&name.to_lowercase()),
        }
    };
    let usual = match dialect {
        Dialect::Postgres => "default",
        Dialect::Sqlite => "binary",
        Dialect::Mysql => "",
    };
    match (a.map(plain), b.map(plain)) {
        (Some(a), Some(b)) => Same::from(a == b),
        (None, None) => Same::Yes,
        // It is that of the table or of the server where nothing is written.
        _ if dialect == Dialect::Mysql => Same::Unknown,
        (Some(only), None) | (None, Some(only)) => Same::from(only == usual),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_fills_in_is_no_difference() {
        let list = |pairs: &[(&str, &str)]| {
            pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect::<Vec<_>>()
        };
        let same =
            |a: &[(&str, &str)], b: &[(&str, &str)]| options(Dialect::Mysql, &list(a), &list(b));
        assert_eq!(
            same(&[], &[("engine", "InnoDB"), ("default charset", "utf8mb4")]),
            Same::Yes
        );
        assert_eq!(
            same(&[("charset", "utf8")], &[("default charset", "utf8mb3")]),
            Same::Yes
        );
        assert_eq!(
            same(&[("engine", "MyISAM")], &[("engine", "InnoDB")]),
            Same::No
        );
        assert_eq!(same(&[("row_format", "dynamic")], &[]), Same::Unknown);
        let postgres = options(Dialect::Postgres, &list(&[("fillfactor", "70")]), &[]);
        assert_eq!(postgres, Same::No);
    }

    #[test]
    fn a_collation_that_is_the_usual_one_may_be_left_out() {
        assert_eq!(collation(Dialect::Sqlite, Some("BINARY"), None), Same::Yes);
        assert_eq!(
            collation(Dialect::Sqlite, Some("nocase"), Some("NOCASE")),
            Same::Yes
        );
        assert_eq!(
            collation(Dialect::Postgres, Some("pg_catalog.\"C\""), Some("C")),
            Same::Yes
        );
        assert_eq!(collation(Dialect::Postgres, Some("C"), None), Same::No);
        assert_eq!(
            collation(Dialect::Mysql, Some("utf8_bin"), Some("utf8mb3_bin")),
            Same::Yes
        );
    }
}
