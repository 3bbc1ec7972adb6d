//! Text as Rust: literals that give back exactly what they were made from, and comments.

/// A literal for SQL: raw, so that it reads as in its file, unless a raw literal cannot hold it.
pub(super) fn sql(text: &str) -> String {
    let hashes = "#".repeat(hashes(text));
    // rustc takes no lone `\r` in a raw literal, reads CRLF as LF, and allows 255 `#`.
    if hashes.len() > 255 || text.contains(|c| c == '\r' || is_direction(c)) {
        return escaped(text);
    }
    format!("r{hashes}\"{text}\"{hashes}")
}

/// A literal on one line.
pub(super) fn string(text: &str) -> String {
    format!("{text:?}")
}

/// Each line of a text behind `//`, at this indentation.
pub(super) fn comment(text: &str, indentation: &str) -> String {
    lines("//", text, indentation)
}

/// A text as the doc comment of the module it stands in.
pub(super) fn module_doc(text: &str) -> String {
    lines("//!", text, "")
}

fn lines(mark: &str, text: &str, indentation: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let line = line.trim_end();
        let space = if line.is_empty() { "" } else { " " };
        out += &format!("{indentation}{mark}{space}{}\n", visible(line));
    }
    out
}

/// rustc refuses characters that turn the direction of text, and a lone `\r` in a doc comment.
fn visible(line: &str) -> String {
    line.chars()
        .map(|c| match c {
            c if is_direction(c) || c.is_control() && c != '\t' => c.escape_unicode().to_string(),
            c => c.to_string(),
        })
        .collect()
}

/// How many `#` keep every `"` of the text inside; one at least, so that all literals look alike.
fn hashes(text: &str) -> usize {
    let behind_quotes = text.split('"').skip(1);
    let longest = behind_quotes.map(|rest| rest.bytes().take_while(|b| *b == b'#').count());
    longest.max().map_or(1, |longest| longest + 1)
}

fn escaped(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            '\r' => out += "\\r",
            '\0' => out += "\\0",
            c if is_direction(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn is_direction(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn there_are_enough_hashes() {
        assert_eq!(sql("SELECT 1"), "r#\"SELECT 1\"#");
        assert_eq!(sql("SELECT \"a\""), "r#\"SELECT \"a\"\"#");
        assert_eq!(sql("SELECT '\"#'"), "r##\"SELECT '\"#'\"##");
        assert_eq!(sql("'\"##' '\"#'"), "r###\"'\"##' '\"#'\"###");
    }

    #[test]
    fn what_a_raw_literal_cannot_hold_is_escaped() {
        assert_eq!(sql("'a\r\nb' \"c\\\""), "\"'a\\r\nb' \\\"c\\\\\\\"\"");
        assert_eq!(sql("'\u{202e}'"), "\"'\\u{202e}'\"");
        let many = format!("'\"{}'", "#".repeat(255));
        assert!(sql(&many).starts_with('"'));
    }

    #[test]
    fn comments_hold_every_line() {
        assert_eq!(
            comment("-- a  \r\n\n-- b\u{202e}\0", "  "),
            "  // -- a\n  //\n  // -- b\\u{202e}\\u{0}\n"
        );
        assert_eq!(
            module_doc("Users.\n\nAnd more."),
            "//! Users.\n//!\n//! And more.\n"
        );
    }

    proptest! {
        #[test]
        fn a_literal_gives_back_its_text(text in "\\PC*|[\"#\\\\\r\n\u{202e}é\0a]{0,20}") {
            let literal: syn::LitStr = syn::parse_str(&sql(&text)).unwrap();
            prop_assert_eq!(literal.value(), text.clone());
            let literal: syn::LitStr = syn::parse_str(&string(&text)).unwrap();
            prop_assert_eq!(literal.value(), text);
        }
    }
}
