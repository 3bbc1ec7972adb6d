//! What CockroachDB writes and PostgreSQL does not: it is taken out or written as PostgreSQL's, byte for byte, so that every
//! place stays where it is.

use crate::{
    Dialect,
    lex::{self, Token},
};

/// A statement of CockroachDB's in PostgreSQL's words.
pub(super) struct Translated {
    /// As long as the statement.
    pub(super) text: String,
    /// What was taken out and may name things.
    pub(super) removed: Vec<String>,
}

/// The statement without what only CockroachDB has; none where nothing of it is there.
pub(super) fn translate(text: &str) -> Option<Translated> {
    let tokens: Vec<Token> = lex::tokens(text, Dialect::Postgres).collect();
    let mut translation = Translation {
        source: text,
        tokens: &tokens,
        text: text.as_bytes().to_vec(),
        removed: Vec::new(),
    };
    translation.index_of_table();
    translation.words();
    translation.table_items();
    let text = String::from_utf8(translation.text).ok()?;
    (text != translation.source).then_some(Translated {
        text,
        removed: translation.removed,
    })
}

struct Translation<'a> {
    source: &'a str,
    tokens: &'a [Token],
    text: Vec<u8>,
    removed: Vec<String>,
}

impl Translation<'_> {
    fn is(&self, at: usize, word: &str) -> bool {
        self.tokens
            .get(at)
            .is_some_and(|token| token.text(self.source).eq_ignore_ascii_case(word))
    }

    fn are(&self, at: usize, words: &[&str]) -> bool {
        words
            .iter()
            .enumerate()
            .all(|(offset, word)| self.is(at + offset, word))
    }

    fn write(&mut self, from: usize, with: &str) {
        for (place, byte) in self.text.iter_mut().skip(from).zip(with.bytes()) {
            *place = byte;
        }
    }

    /// Takes tokens out.
    fn blank(&mut self, tokens: std::ops::Range<usize>) {
        let (Some(first), Some(last)) = (
            self.tokens.get(tokens.start),
            tokens.end.checked_sub(1).and_then(|at| self.tokens.get(at)),
        ) else {
            return;
        };
        let range = first.start..last.end;
        self.write(range.start, &" ".repeat(range.len()));
    }

    /// `DROP INDEX t@i`, `ALTER INDEX t@i`: the name alone.
    fn index_of_table(&mut self) {
        for at in 1..self.tokens.len() {
            if self.is(at, "@") && at >= 1 {
                let qualified = at >= 3 && self.is(at - 2, ".");
                self.blank(at - if qualified { 3 } else { 1 }..at + 1);
            }
        }
    }

    fn words(&mut self) {
        let starts = |word: &str| self.is(0, word);
        let (creates, upserts) = (starts("create"), starts("upsert"));
        if upserts && let Some(first) = self.tokens.first() {
            self.write(first.start, "INSERT");
        }
        for at in 0..self.tokens.len() {
            if creates && self.are(at, &["inverted", "index"]) {
                self.blank(at..at + 1);
            } else if self.is(at, "storing") || self.is(at, "covering") {
                self.storing(at);
            } else if creates && self.are(at, &["using", "hash"]) && at > 0 && self.is(at - 1, ")")
            {
                self.blank(at..self.behind_brackets(at + 2, &["with", "bucket_count"]));
            } else if self.are(at, &["add", "constraint", "if", "not", "exists"]) {
                self.blank(at + 2..at + 5);
                self.removed.extend(self.name_at(at + 5));
            }
        }
    }

    /// `STORING (…)` is `INCLUDE (…)`.
    fn storing(&mut self, at: usize) {
        let Some(token) = self.tokens.get(at).copied() else {
            return;
        };
        if self.is(at + 1, "(") {
            let rest = " ".repeat(token.end - token.start);
            self.write(token.start, &rest);
            self.write(token.start, "INCLUDE");
        }
    }

    /// The token behind `WITH BUCKET_COUNT = 8`, `WITH (…)`, where it stands here.
    fn behind_brackets(&self, at: usize, words: &[&str]) -> usize {
        if self.are(at, words) {
            return at + words.len() + 2;
        }
        if self.are(at, &["with", "("]) {
            return self.closing(at + 1) + 1;
        }
        at
    }

    /// The bracket that closes the one at this place.
    fn closing(&self, open: usize) -> usize {
        let mut depth = 0_usize;
        for at in open..self.tokens.len() {
            if self.is(at, "(") {
                depth += 1;
            } else if self.is(at, ")") {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at;
                }
            }
        }
        self.tokens.len().saturating_sub(1)
    }

    fn name_at(&self, at: usize) -> Option<String> {
        let token = self.tokens.get(at)?;
        Some(token.text(self.source).trim_matches('"').to_owned())
    }

    /// `INDEX i (…)`, `UNIQUE INDEX i (…)`, `FAMILY f (…)` among the columns of a table.
    fn table_items(&mut self) {
        let is_table = self.is(0, "create") && (1..4).any(|at| self.is(at, "table"));
        let open = (0..self.tokens.len()).find(|at| self.is(*at, "("));
        let (true, Some(open)) = (is_table, open) else {
            return;
        };
        let close = self.closing(open);
        let (mut depth, mut item) = (0_usize, open + 1);
        for at in open + 1..=close {
            let ends = depth == 0 && (self.is(at, ",") || at == close);
            if ends {
                self.table_item(item, at, item == open + 1);
                item = at + 1;
            } else if self.is(at, "(") {
                depth += 1;
            } else if self.is(at, ")") {
                depth = depth.saturating_sub(1);
            }
        }
    }

    fn table_item(&mut self, start: usize, end: usize, first: bool) {
        let foreign = self.is(start, "index")
            || self.is(start, "inverted")
            || self.is(start, "family")
            || self.are(start, &["unique", "index"])
            || self.are(start, &["unique", "inverted"]);
        // A column may be called `index` or `family` too: then a type stands behind it.
        let bracket = (start..end).find(|at| self.is(*at, "("));
        let named = bracket.is_some_and(|bracket| bracket <= start + 4);
        if !(foreign && named) {
            return;
        }
        for at in start..end {
            self.removed.extend(self.name_at(at));
        }
        if first {
            self.blank(start..end + 1);
        } else {
            self.blank(start - 1..end);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn translated(text: &str) -> String {
        let made = translate(text).unwrap();
        assert_eq!(made.text.len(), text.len());
        made.text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn it_becomes_postgres() {
        assert_eq!(translated("DROP INDEX t@i CASCADE"), "DROP INDEX i CASCADE");
        assert_eq!(
            translated("CREATE INDEX i ON t (a) STORING (b)"),
            "CREATE INDEX i ON t (a) INCLUDE (b)"
        );
        assert_eq!(
            translated("CREATE INVERTED INDEX i ON t (a)"),
            "CREATE INDEX i ON t (a)"
        );
        assert_eq!(
            translated("CREATE TABLE t (a INT, INDEX i (a), UNIQUE INDEX (a), FAMILY \"f\" (a))"),
            "CREATE TABLE t (a INT )"
        );
        assert_eq!(
            translated("CREATE INDEX i ON t (a) USING HASH WITH BUCKET_COUNT = 8"),
            "CREATE INDEX i ON t (a)"
        );
        assert!(translate("CREATE TABLE t (a INT, family text)").is_none());
    }
}
