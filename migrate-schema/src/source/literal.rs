//! The values of string literals.

use std::borrow::Cow;

/// The value of a string literal, from its text in the source; none where it is no string of text or is broken.
pub(super) fn value(source: &str) -> Option<Cow<'_, str>> {
    if let Some(raw) = source.strip_prefix('r') {
        let body = raw.trim_start_matches('#');
        let inner = body.get(..body.len().checked_sub(raw.len() - body.len())?)?;
        return Some(lines(inner.strip_prefix('"')?.strip_suffix('"')?));
    }
    let inner = source.strip_prefix('"')?.strip_suffix('"')?;
    if has(inner, b'\\') {
        unescape(&lines(inner)).map(Cow::Owned)
    } else {
        Some(lines(inner))
    }
}

/// The compiler reads the line breaks of Windows as those of everybody else.
fn lines(text: &str) -> Cow<'_, str> {
    if has(text, b'\r') {
        Cow::Owned(text.replace("\r\n", "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

/// What is not optimised does it so in a tenth of the time that a search takes.
fn has(text: &str, wanted: u8) -> bool {
    let bytes = text.as_bytes();
    let (mut at, end) = (0, bytes.len());
    while at < end {
        if bytes[at] == wanted {
            return true;
        }
        at += 1;
    }
    false
}

fn unescape(text: &str) -> Option<String> {
    let mut value = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        value.push_str(&rest[..at]);
        let mut characters = rest[at + 1..].chars();
        let escape = characters.next()?;
        rest = characters.as_str();
        match escape {
            'n' => value.push('\n'),
            't' => value.push('\t'),
            'r' => value.push('\r'),
            '0' => value.push('\0'),
            '\\' | '"' | '\'' => value.push(escape),
            '\n' => rest = rest.trim_start_matches([' ', '\t', '\n', '\r']),
            'x' => {
                value.push(code(rest.get(..2)?)?);
                rest = &rest[2..];
            }
            'u' => {
                let (digits, behind) = rest.strip_prefix('{')?.split_once('}')?;
                value.push(code(&digits.replace('_', ""))?);
                rest = behind;
            }
            _ => return None,
        }
    }
    value.push_str(rest);
    Some(value)
}

fn code(digits: &str) -> Option<char> {
    u32::from_str_radix(digits, 16)
        .ok()
        .and_then(char::from_u32)
}

/// The number of characters in front of the value, if the text of the literal is the value between quotes.
pub fn verbatim(source: &str, value: &str) -> Option<usize> {
    let raw = source.strip_prefix('r');
    let unprefixed = raw.unwrap_or(source);
    let body = unprefixed.trim_start_matches('#');
    let hashes = unprefixed.len() - body.len();
    let inner = body
        .get(..body.len().checked_sub(hashes)?)?
        .strip_prefix('"')?
        .strip_suffix('"')?;
    (inner == value && (raw.is_some() || !inner.contains('\\')))
        .then_some(usize::from(raw.is_some()) + hashes + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_those_of_the_compiler() {
        for (source, expected) in [
            (stringify!("a"), "a"),
            (
                stringify!("a\n\t\"\\\x41\u{e9}\u{1_F600}\0\'"),
                "a\n\t\"\\\x41\u{e9}\u{1_F600}\0\'",
            ),
            (stringify!(r"a\n"), r"a\n"),
            (stringify!(r##"a"#b"##), r##"a"#b"##),
            ("\"a \\\n   b\"", "a b"),
            ("\"a\r\nb\"", "a\nb"),
        ] {
            assert_eq!(value(source).as_deref(), Some(expected), "{source}");
        }
        for broken in [
            "",
            "\"",
            "a",
            "\"\\q\"",
            "\"\\x4\"",
            "\"\\u{110000}\"",
            "r#\"a\"",
            "\"\\",
        ] {
            assert_eq!(value(broken), None, "{broken}");
        }
    }

    #[test]
    fn only_what_stands_in_the_file_as_it_is_has_a_place() {
        assert_eq!(verbatim("\"SELECT 1\"", "SELECT 1"), Some(1));
        assert_eq!(verbatim("r\"a\\b\"", "a\\b"), Some(2));
        assert_eq!(verbatim("r##\"a\"#b\"##", "a\"#b"), Some(4));
        assert_eq!(verbatim("\"a\nb\"", "a\nb"), Some(1));
        assert_eq!(verbatim("\"a\\\"b\"", "a\"b"), None);
        assert_eq!(verbatim("\"a\\\\b\"", "a\\\\b"), None);
        assert_eq!(verbatim("make_sql!(a)", "SELECT 1"), None);
        assert_eq!(verbatim("", ""), None);
        assert_eq!(verbatim("\"", ""), None);
        assert_eq!(verbatim("r#", ""), None);
    }
}
