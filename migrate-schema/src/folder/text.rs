//! The text of SQL files: bytes and line endings.

use crate::{
    Dialect,
    finding::line_and_column,
    lex::{self, TokenKind},
};

/// Bytes that are no text of SQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoText {
    /// The line and the column (in characters), both from 1.
    pub place: (usize, usize),
    /// What is wrong, and what to do.
    pub message: String,
}

/// The text of a file, without a byte order mark.
///
/// # Errors
///
/// Where it is not UTF-8, or has a NUL character.
pub fn decode(bytes: &[u8]) -> Result<&str, NoText> {
    let no_text = |place, message: String| Err(NoText { place, message });
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return no_text((1, 1), "it is UTF-16: save it as UTF-8".to_owned());
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let (valid, rest) = bytes.split_at(error.valid_up_to());
            let place = line_and_column(&String::from_utf8_lossy(valid), valid.len());
            let byte = rest.first().copied().unwrap_or_default();
            let message = format!("the byte 0x{byte:02X} is not UTF-8: save the file as UTF-8");
            return no_text(place, message);
        }
    };
    match text.find('\0') {
        Some(at) => no_text(
            line_and_column(text, at),
            "a NUL character, at which the database would stop reading: remove it".to_owned(),
        ),
        None => Ok(text.strip_prefix('\u{feff}').unwrap_or(text)),
    }
}

/// LF for CRLF, but not inside quotes, where it is data. A lone CR ends no comment, so it becomes a space.
pub fn with_line_feeds(text: &str, dialect: Dialect) -> String {
    if !text.contains('\r') {
        return text.to_owned();
    }
    let plain = |text: &str| text.replace("\r\n", "\n").replace('\r', " ");
    let (mut out, mut end) = (String::with_capacity(text.len()), 0);
    for token in lex::tokens(text, dialect) {
        if matches!(token.kind, TokenKind::Text | TokenKind::QuotedName) {
            out += &plain(&text[end..token.start]);
            out += token.text(text);
            end = token.end;
        }
    }
    out + &plain(&text[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_is_placed() {
        assert_eq!(decode(b"\xef\xbb\xbfSELECT 1"), Ok("SELECT 1"));
        let NoText { place, message } = decode(b"SELECT 1;\n  'caf\xe9'").unwrap_err();
        assert_eq!(place, (2, 7));
        assert!(
            message.starts_with("the byte 0xE9 is not UTF-8"),
            "{message}"
        );
        assert_eq!(decode(b"a\nb\0").unwrap_err().place, (2, 2));
        let utf_16 = decode(b"\xff\xfea\0").unwrap_err().message;
        assert!(utf_16.starts_with("it is UTF-16"), "{utf_16}");
    }

    #[test]
    fn line_endings_are_kept_only_where_they_are_data() {
        let plain = |text| with_line_feeds(text, Dialect::Sqlite);
        assert_eq!(plain("a\r\nb -- c\rd\r\ne"), "a\nb -- c d\ne");
        assert_eq!(plain("'a\r\nb'\r\n\"c\r\""), "'a\r\nb'\n\"c\r\"");
    }
}
