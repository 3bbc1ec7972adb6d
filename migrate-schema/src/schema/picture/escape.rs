//! Text inside other languages.

use std::fmt::Write as _;

/// Text in XML and HTML, between tags and in attributes. What XML cannot have at all becomes a sign for it.
pub(super) fn xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' | '\t' | '\r' => {
                let _ = write!(escaped, "&#{};", u32::from(character));
            }
            other => escaped.push(visible(other)),
        }
    }
    escaped
}

/// A line of text: whatever controls a terminal or breaks the line is shown as a sign.
pub(super) fn line(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '\n' => '⏎',
            '\t' | '\r' => ' ',
            other => visible(other),
        })
        .collect()
}

fn visible(character: char) -> char {
    let turns_text = matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_no_character = matches!(character, '\u{fffe}' | '\u{ffff}');
    match character.is_control() || turns_text || is_no_character {
        true => '\u{fffd}',
        false => character,
    }
}

/// At most so many characters, the last of which says that there are more.
pub(super) fn short(text: &str, most: usize) -> String {
    match text.chars().nth(most) {
        None => text.to_owned(),
        Some(_) => text.chars().take(most - 1).chain(['…']).collect(),
    }
}

/// How wide text is in a font whose letters are equally wide.
pub(super) fn cells(text: &str) -> usize {
    let wide = |character: &char| {
        matches!(u32::from(*character),
            0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff
            | 0xfe30..=0xfe6f | 0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x1f300..=0x1faff | 0x20000..=0x3fffd)
    };
    text.chars().count() + text.chars().filter(wide).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_text() {
        assert_eq!(
            xml("<script>alert(\"a&b\")</script>"),
            "&lt;script&gt;alert(&quot;a&amp;b&quot;)&lt;/script&gt;"
        );
        assert_eq!(xml("a\nb'"), "a&#10;b&#39;");
        assert_eq!(
            xml("\u{0}\u{1b}\u{202e}\u{fffe}é"),
            "\u{fffd}\u{fffd}\u{fffd}\u{fffd}é"
        );
    }

    #[test]
    fn a_line_stays_one() {
        assert_eq!(line("a\nb\u{1b}[31m"), "a⏎b\u{fffd}[31m");
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(short("größer", 6), "größer");
        assert_eq!(short("größer", 4), "grö…");
    }

    #[test]
    fn wide_letters_are_wide() {
        assert_eq!(cells("ab"), 2);
        assert_eq!(cells("表"), 2);
    }
}
