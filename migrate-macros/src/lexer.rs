//! A lexer for Rust source files, for what the compiler does not hand over: the `impl` beside a struct.
//!
//! It knows where strings, comments and groups begin and end, and nothing of what they mean. `syn` would
//! parse the whole file, which takes many times longer, and cannot tell lines inside of a macro.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A word, also a raw one and `_`.
    Word,
    /// A string literal that is text.
    Text,
    /// A number, a character, a lifetime, a string of bytes.
    Other,
    /// `(`, `[` or `{`, with the index of the token that closes it.
    Open(usize),
    /// `)`, `]` or `}`.
    Close,
    /// Any other character.
    Punct,
}

/// A token, in bytes of the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// The tokens of a source. What is broken in it ends a token early or late and is never an error: the compiler
/// has reported it.
pub(crate) fn tokens(source: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut open = Vec::new();
    let mut at = 0;
    while let Some(character) = source[at..].chars().next() {
        let rest = &source[at..];
        let (kind, length) = match character {
            c if c.is_whitespace() => {
                at += c.len_utf8();
                continue;
            }
            '/' if rest.starts_with("//") => {
                at += rest.find('\n').unwrap_or(rest.len());
                continue;
            }
            '/' if rest.starts_with("/*") => {
                at += block_comment(rest);
                continue;
            }
            '"' => (Kind::Text, quoted(rest)),
            '\'' => (Kind::Other, character_or_lifetime(rest)),
            '(' | '[' | '{' => {
                open.push(tokens.len());
                (Kind::Open(usize::MAX), 1)
            }
            ')' | ']' | '}' => {
                let close = tokens.len();
                if let Some(token) = open.pop().and_then(|index: usize| tokens.get_mut(index)) {
                    let token: &mut Token = token;
                    token.kind = Kind::Open(close);
                }
                (Kind::Close, 1)
            }
            c if c.is_alphanumeric() || c == '_' => word(rest),
            c => (Kind::Punct, c.len_utf8()),
        };
        tokens.push(Token {
            kind,
            start: at,
            end: at + length,
        });
        at += length;
    }
    let end = tokens.len();
    for token in &mut tokens {
        if token.kind == Kind::Open(usize::MAX) {
            token.kind = Kind::Open(end);
        }
    }
    tokens
}

fn block_comment(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(found) = rest[at..].find(['/', '*']).map(|found| at + found) {
        if rest[found..].starts_with("/*") {
            depth += 1;
            at = found + 2;
        } else if rest[found..].starts_with("*/") {
            depth = depth.saturating_sub(1);
            at = found + 2;
            if depth == 0 {
                return at;
            }
        } else {
            at = found + 1;
        }
    }
    rest.len()
}

/// A literal that begins with a quote and ends with the next one that has no `\` before it.
fn quoted(rest: &str) -> usize {
    let mut escaped = false;
    for (at, character) in rest.char_indices().skip(1) {
        match character {
            '\\' => escaped = !escaped,
            '"' if !escaped => return at + 1,
            _ => escaped = false,
        }
    }
    rest.len()
}

/// `'a'` and `'\''` are characters, `'a` is a lifetime.
fn character_or_lifetime(rest: &str) -> usize {
    let mut characters = rest.char_indices().skip(1);
    match (characters.next(), characters.next()) {
        (Some((_, '\\')), Some((escaped, c))) => {
            let from = escaped + c.len_utf8();
            rest[from..]
                .find('\'')
                .map_or(rest.len(), |at| from + at + 1)
        }
        (Some(_), Some((at, '\''))) => at + 1,
        (Some((at, c)), _) if c.is_alphanumeric() || c == '_' => {
            at + rest[at..]
                .find(|c: char| !(c.is_alphanumeric() || c == '_'))
                .unwrap_or(rest.len() - at)
        }
        _ => 1,
    }
}

/// A word or a number, or the string that a word such as `r#` or `b` begins.
fn word(rest: &str) -> (Kind, usize) {
    let length = rest
        .find(|c: char| !(c.is_alphanumeric() || c == '_'))
        .unwrap_or(rest.len());
    let (prefix, behind) = rest.split_at(length);
    if prefix.starts_with(|c: char| c.is_ascii_digit()) {
        return (Kind::Other, length);
    }
    let kind = if prefix == "r" {
        Kind::Text
    } else {
        Kind::Other
    };
    match (prefix, behind.as_bytes().first()) {
        ("r" | "br" | "cr", Some(b'"' | b'#')) => {
            let hashes = behind.len() - behind.trim_start_matches('#').len();
            if !behind[hashes..].starts_with('"') {
                // `r#type`.
                return (Kind::Word, length + hashes + word_length(&behind[hashes..]));
            }
            let end = format!("\"{}", "#".repeat(hashes));
            let from = hashes + 1;
            let inner = behind[from..].find(&end).map(|at| from + at + end.len());
            (kind, length + inner.unwrap_or(behind.len()))
        }
        ("b" | "c", Some(b'"')) => (Kind::Other, length + quoted(behind)),
        ("b", Some(b'\'')) => (Kind::Other, length + character_or_lifetime(behind)),
        _ => (Kind::Word, length),
    }
}

fn word_length(rest: &str) -> usize {
    rest.find(|c: char| !(c.is_alphanumeric() || c == '_'))
        .unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str) -> Vec<&str> {
        tokens(source)
            .iter()
            .map(|t| &source[t.start..t.end])
            .collect()
    }

    fn kinds(source: &str) -> Vec<Kind> {
        tokens(source).iter().map(|t| t.kind).collect()
    }

    #[test]
    fn strings_and_comments_end_where_they_end() {
        assert_eq!(
            texts(
                r####"a("x\"}", r#"y"}"#, br"z\", b"\"", c"w") // "
                /* /* " */ */ 'q' '"' '\'' '\u{22}' b'"' 'life r#fn é1 0x1F_u8 1.5"####
            ),
            [
                "a",
                "(",
                r#""x\"}""#,
                ",",
                r##"r#"y"}"#"##,
                ",",
                r#"br"z\""#,
                ",",
                r#"b"\"""#,
                ",",
                r#"c"w""#,
                ")",
                "'q'",
                "'\"'",
                r"'\''",
                r"'\u{22}'",
                "b'\"'",
                "'life",
                "r#fn",
                "é1",
                "0x1F_u8",
                "1",
                ".",
                "5",
            ]
        );
        assert_eq!(
            kinds(r##""a" r"b" r#"c"# b"d" 'e r 'f'"##),
            [
                Kind::Text,
                Kind::Text,
                Kind::Text,
                Kind::Other,
                Kind::Other,
                Kind::Word,
                Kind::Other
            ]
        );
    }

    #[test]
    fn groups_know_their_end() {
        assert_eq!(
            kinds("({})["),
            [
                Kind::Open(3),
                Kind::Open(2),
                Kind::Close,
                Kind::Close,
                Kind::Open(5)
            ]
        );
        assert_eq!(kinds("}("), [Kind::Close, Kind::Open(2)]);
    }

    #[test]
    fn no_broken_text_makes_it_panic() {
        let alphabet = [
            "\"", "'", "\\", "r#", "b", "/*", "*/", "//", "\n", "é", "{", ")", "'a", "0", " ",
        ];
        let mut sources = vec![String::new()];
        for _ in 0..3 {
            sources = sources
                .iter()
                .flat_map(|source| alphabet.iter().map(move |part| format!("{source}{part}")))
                .collect();
            for source in &sources {
                let all = tokens(source);
                assert!(
                    all.iter().all(|t| t.start < t.end && t.end <= source.len()),
                    "{source}"
                );
                assert!(
                    all.windows(2).all(|pair| pair[0].end <= pair[1].start),
                    "{source}"
                );
            }
        }
    }

    /// The crate's own files are a fair sample of Rust.
    #[test]
    fn it_agrees_with_the_parser_on_real_files() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        for entry in std::fs::read_dir(folder).unwrap() {
            let source = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            let all = tokens(&source);
            let text = |at: usize| &source[all[at].start..all[at].end];
            // The parser cannot tell `/// …` from `#[doc = "…"]`, so neither counts.
            let ours: Vec<&str> = (0..all.len())
                .filter(|at| all[*at].kind == Kind::Text && (*at < 2 || text(at - 2) != "doc"))
                .map(text)
                .collect();
            let mut theirs = Vec::new();
            strings(source.parse().unwrap(), &mut theirs);
            assert_eq!(ours.len(), theirs.len());
            for (ours, theirs) in ours.iter().zip(&theirs) {
                // A suffix is a token of its own here.
                assert!(theirs.starts_with(ours), "{ours} {theirs}");
            }
        }
    }

    fn strings(stream: proc_macro2::TokenStream, found: &mut Vec<String>) {
        let trees: Vec<_> = stream.into_iter().collect();
        let mut at = 0;
        while at < trees.len() {
            match &trees[at] {
                proc_macro2::TokenTree::Group(group) => {
                    let is_doc = group.stream().to_string().starts_with("doc = \"");
                    if !is_doc {
                        strings(group.stream(), found);
                    }
                }
                proc_macro2::TokenTree::Literal(literal) => {
                    let text = literal.to_string();
                    if text.starts_with(['"', 'r']) {
                        found.push(text);
                    }
                }
                _ => {}
            }
            at += 1;
        }
    }
}
