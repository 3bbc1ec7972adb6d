//! Constants that engines write in words of their own.

use super::{Same, types};
use crate::Dialect;

/// Two texts, which are cast to these types on one side or the other.
pub(super) fn texts(dialect: Dialect, a: &str, b: &str, types: &[&str]) -> Same {
    if a == b {
        return Same::Yes;
    }
    let is = |wanted: &[&str]| {
        types
            .iter()
            .any(|ty| wanted.contains(&types::base(dialect, ty).as_str()))
    };
    if is(&["regclass", "regproc", "regtype"]) {
        return Same::from(same_path(a, b));
    }
    if is(&["jsonb", "json"]) {
        return Same::from(without_space(a) == without_space(b));
    }
    if is(&["boolean"]) {
        return match (boolean(a), boolean(b)) {
            (Some(a), Some(b)) => Same::from(a == b),
            _ => Same::Unknown,
        };
    }
    if types.iter().any(|ty| ty.ends_with("[]")) {
        return if without_space(a) == without_space(b) {
            Same::Yes
        } else {
            Same::Unknown
        };
    }
    if is(&["uuid", "inet", "cidr", "macaddr"]) {
        return if a.eq_ignore_ascii_case(b) {
            Same::Yes
        } else {
            Same::Unknown
        };
    }
    let rewritten = [
        "date",
        "time",
        "timestamp",
        "time with time zone",
        "timestamp with time zone",
        "interval",
        "numeric",
        "real",
        "double precision",
        "integer",
        "bigint",
        "smallint",
        "bytea",
        "money",
        "point",
        "box",
        "polygon",
        "tsquery",
        "tsvector",
    ];
    if is(&rewritten) || (begins_like_a_date(a) && begins_like_a_date(b)) {
        return if plain_date(a) == plain_date(b) {
            Same::Yes
        } else {
            Same::Unknown
        };
    }
    if dialect == Dialect::Postgres && types::is_made(types) {
        // A type that somebody made may show its values in any way.
        return Same::Unknown;
    }
    Same::No
}

/// What PostgreSQL takes for a boolean.
pub(super) fn boolean(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "t" | "true" | "y" | "yes" | "on" | "1" => Some(true),
        "f" | "false" | "n" | "no" | "off" | "0" => Some(false),
        _ => None,
    }
}

/// Names with points between them, whose schema may be left out.
fn same_path(a: &str, b: &str) -> bool {
    let last = |path: &str| {
        let name = path.rsplit('.').next().unwrap_or(path);
        match name.strip_prefix('"') {
            Some(quoted) => quoted.trim_end_matches('"').to_owned(),
            None => name.to_lowercase(),
        }
    };
    last(a) == last(b)
}

/// Without the space outside of quotes.
fn without_space(text: &str) -> String {
    let (mut quoted, mut escaped) = (false, false);
    let kept = text.chars().filter(|c| {
        let keep = quoted || !c.is_whitespace();
        if escaped {
            escaped = false;
        } else if *c == '\\' {
            escaped = true;
        } else if *c == '"' {
            quoted = !quoted;
        }
        keep
    });
    kept.collect()
}

fn begins_like_a_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 8 && bytes[..4].iter().all(u8::is_ascii_digit) && bytes[4] == b'-'
}

/// A date without a time of midnight behind it.
fn plain_date(text: &str) -> &str {
    let text = text.trim();
    let text = ["+00", "+00:00", "Z"]
        .iter()
        .find_map(|zone| text.strip_suffix(zone))
        .unwrap_or(text);
    let text = match text.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|b| b == b'0') => whole,
        _ => text,
    };
    text.strip_suffix(" 00:00:00").unwrap_or(text)
}
