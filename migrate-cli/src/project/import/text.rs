//! The text of SQL files: bytes, line endings, and what is left when statements are taken out.

use std::ops::Range;

use migrate_schema::{
    Dialect, Statement,
    finding::line_and_column,
    lex::{self, TokenKind},
};

/// The text, or the place and the nature of what is no text.
pub(super) fn decode(bytes: &[u8]) -> Result<&str, ((usize, usize), String)> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(((1, 1), "it is UTF-16: save it as UTF-8".to_owned()));
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let (valid, rest) = bytes.split_at(error.valid_up_to());
            let place = line_and_column(&String::from_utf8_lossy(valid), valid.len());
            let byte = rest.first().copied().unwrap_or_default();
            return Err((
                place,
                format!("the byte 0x{byte:02X} is not UTF-8: save the file as UTF-8"),
            ));
        }
    };
    match text.find('\0') {
        Some(at) => Err((
            line_and_column(text, at),
            "a NUL character, at which the database would stop reading: remove it".to_owned(),
        )),
        None => Ok(text.strip_prefix('\u{feff}').unwrap_or(text)),
    }
}

/// LF for CRLF, but not inside quotes, where it is data. A lone CR ends no comment, so it becomes a space.
pub(super) fn with_line_feeds(text: &str, dialect: Dialect) -> String {
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

/// The text without these statements and their `;`, and without the lines that this leaves empty.
pub(super) fn without(text: &str, statements: &[&Statement], dialect: Dialect) -> String {
    let mut holes: Vec<Range<usize>> = Vec::new();
    for statement in statements {
        holes.push(statement.start..statement.end);
        let rest = &text[statement.end..];
        let next = lex::tokens(rest, dialect).next();
        if let Some(next) = next.filter(|token| token.is_symbol(rest, ';')) {
            holes.push(statement.end + next.start..statement.end + next.end);
        }
    }
    let (mut out, mut start) = (String::with_capacity(text.len()), 0);
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        let (mut kept, mut at, mut cut) = (String::new(), start, false);
        for hole in holes
            .iter()
            .filter(|hole| hole.start < end && hole.end > start)
        {
            kept += &text[at..hole.start.max(start)];
            at = hole.end.min(end);
            cut = true;
        }
        kept += &text[at..end];
        if !cut || !kept.trim().is_empty() {
            out += &kept;
        }
        start = end;
    }
    out
}

/// The text without empty lines at its start and white space at its end.
pub(super) fn trimmed(text: &str) -> String {
    let text = text.trim_end();
    let first = text.len() - text.trim_start().len();
    let line = text[..first].rfind('\n').map_or(0, |at| at + 1);
    text[line..].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use migrate_schema::{StatementKind, statement::split};
    use proptest::prelude::*;

    #[test]
    fn what_is_no_text_is_placed() {
        assert_eq!(decode(b"\xef\xbb\xbfSELECT 1"), Ok("SELECT 1"));
        let (place, message) = decode(b"SELECT 1;\n  'caf\xe9'").unwrap_err();
        assert_eq!(place, (2, 7));
        assert!(
            message.starts_with("the byte 0xE9 is not UTF-8"),
            "{message}"
        );
        assert_eq!(decode(b"a\nb\0").unwrap_err().0, (2, 2));
        assert!(
            decode(b"\xff\xfea\0")
                .unwrap_err()
                .1
                .starts_with("it is UTF-16")
        );
    }

    #[test]
    fn line_endings_are_kept_only_where_they_are_data() {
        let plain = |text| with_line_feeds(text, Dialect::Sqlite);
        assert_eq!(plain("a\r\nb -- c\rd\r\ne"), "a\nb -- c d\ne");
        assert_eq!(plain("'a\r\nb'\r\n\"c\r\""), "'a\r\nb'\n\"c\r\"");
    }

    #[test]
    fn lines_that_become_empty_go_with_their_statement() {
        let text = "-- a\nBEGIN /* b */ ; -- c\n\nSELECT 1;\n  COMMIT\n;\nSELECT 2; END;\n";
        let statements = split(text, Dialect::Sqlite);
        let control: Vec<_> = statements
            .iter()
            .filter(|s| s.kind == StatementKind::TransactionControl)
            .collect();
        assert_eq!(
            without(text, &control, Dialect::Sqlite),
            "-- a\n /* b */  -- c\n\nSELECT 1;\nSELECT 2; \n"
        );
        assert_eq!(trimmed("\n \n  a\nb\n\n"), "  a\nb");
        assert_eq!(trimmed(" \n"), "");
    }

    proptest! {
        #[test]
        fn what_is_left_has_the_other_statements(text in "(BEGIN|COMMIT|PRAGMA foreign_keys=off|SELECT 1|DROP TABLE a|-- c|;|\n| |/\\* d \\*/|'é;'){0,20}") {
            let statements = split(&text, Dialect::Sqlite);
            let (removed, kept): (Vec<&Statement>, Vec<&Statement>) =
                statements.iter().partition(|s| s.kind == StatementKind::TransactionControl);
            let left = trimmed(&without(&text, &removed, Dialect::Sqlite));
            let tokens = |text: &str| -> Vec<String> {
                let tokens = lex::tokens(text, Dialect::Sqlite).filter(|t| !t.is_symbol(text, ';'));
                tokens.map(|t| t.text(text).to_owned()).collect()
            };
            let expected: Vec<String> = kept.iter().flat_map(|s| tokens(s.text(&text))).collect();
            prop_assert_eq!(tokens(&left), expected);
        }
    }
}
