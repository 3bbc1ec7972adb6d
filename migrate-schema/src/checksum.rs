//! Checksums that stay the same when only the look of the SQL changes.
//!
//! Version 1, written `v1:` and 32 hexadecimal digits (the first half of a SHA-256), is made from the
//! tokens of every statement in order and from the canonical form of every builder step. Comments,
//! white space, line endings, `;` and the case of unquoted words do not count; hints do. How the statements
//! are spread over `sql!` literals does not count either. Golden tests below keep it as it is.

use sha2::{Digest, Sha256};

use crate::{
    Dialect,
    lex::{self, TokenKind},
};

/// What the checksum of one migration is made from, in order.
///
/// ```
/// use migrate_schema::{Checksum, Dialect};
/// let checksum = |sql: &str| {
///     let mut checksum = Checksum::new();
///     checksum.sql(sql, Dialect::Sqlite);
///     checksum.finish()
/// };
/// assert_eq!(checksum("SELECT 1"), checksum("select  1; -- one"));
/// assert_ne!(checksum("SELECT 1"), checksum("SELECT 2"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Checksum {
    /// What the hash is made from. It is hashed at once: inside of a compiler, where nothing is optimised, a call for each
    /// part takes longer than the hash.
    parts: Vec<u8>,
}

impl Checksum {
    /// A checksum over nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the statements of an SQL text.
    pub fn sql(&mut self, sql: &str, dialect: Dialect) {
        let mut open = false;
        for token in lex::tokens(sql, dialect) {
            let text = token.text(sql);
            if token.is_symbol(sql, ';') {
                // A `;` ends a statement only where one is open, so empty statements leave no trace. The
                // ones inside a trigger's body end up the same way and still count.
                if open {
                    self.part(b"S", "");
                }
                open = false;
                continue;
            }
            open = true;
            match token.kind {
                TokenKind::Word => self.part(b"T", &text.to_ascii_lowercase()),
                TokenKind::Text if text.contains('\r') => {
                    self.part(b"T", &text.replace("\r\n", "\n"))
                }
                _ => self.part(b"T", text),
            }
        }
        if open {
            self.part(b"S", "");
        }
    }

    /// Adds a builder step by its canonical form.
    pub fn change(&mut self, canonical: &str) {
        self.part(b"C", canonical);
    }

    /// Adds Rust code, token by token; for the checksum of a body, never for that of the SQL.
    pub fn rust(&mut self, token: &str) {
        self.part(b"R", token);
    }

    /// The checksum of all that was added.
    pub fn finish(self) -> String {
        let digest = Sha256::digest(&self.parts);
        let mut text = String::from("v1:");
        for byte in digest.iter().take(16) {
            for nibble in [byte >> 4, byte & 15] {
                text.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
            }
        }
        text
    }

    /// The length in front keeps two different lists of parts from looking alike.
    fn part(&mut self, tag: &[u8; 1], text: &str) {
        self.parts.extend_from_slice(tag);
        self.parts
            .extend_from_slice(&(text.len() as u64).to_le_bytes());
        self.parts.extend_from_slice(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checksum(sqls: &[&str]) -> String {
        let mut checksum = Checksum::new();
        for sql in sqls {
            checksum.sql(sql, Dialect::Sqlite);
        }
        checksum.finish()
    }

    /// These stand in databases: when one of them changes, every user's history reads as changed.
    #[test]
    fn version_one_is_frozen() {
        assert_eq!(checksum(&[]), "v1:e3b0c44298fc1c149afbf4c8996fb924");
        assert_eq!(
            checksum(&["CREATE TABLE users (id INTEGER PRIMARY KEY)"]),
            "v1:ee52684e370f6379795b3128649763b7"
        );
        assert_eq!(
            checksum(&["INSERT INTO t VALUES ('a''b', x'00', 1.5e3, \"c\")"]),
            "v1:27355763dc8a61aee282f04b69e69eec"
        );
        assert_eq!(
            checksum(&[
                "CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; SELECT 1; END; DROP TABLE [c d]"
            ]),
            "v1:3a52d3b7bb2676d4e4499ebf42f22d02"
        );
        let mut other = Checksum::new();
        other.sql("SELECT $1, E'a\\'b', $$c;$$ /*+ hint */", Dialect::Postgres);
        other.sql("SELECT `a` # no\n/*!40101 SET x */", Dialect::Mysql);
        other.change("create_table users");
        other.rust("fn");
        assert_eq!(other.finish(), "v1:95f6be98280435dd557dba869819adc4");
    }

    #[test]
    fn the_look_does_not_count() {
        let plain = checksum(&["CREATE TABLE a (b TEXT DEFAULT 'x'); DROP TABLE c"]);
        for same in [
            "create table a (b text default 'x');drop table c;",
            "CREATE TABLE a(\r\n  b TEXT DEFAULT 'x' -- why\r\n);\r\n/* then */ ;; DROP TABLE c ;",
        ] {
            assert_eq!(checksum(&[same]), plain, "{same}");
        }
        assert_eq!(
            checksum(&["CREATE TABLE a (b TEXT DEFAULT 'x')", "DROP TABLE c;"]),
            plain
        );
        assert_eq!(checksum(&["SELECT 'a\r\nb'"]), checksum(&["SELECT 'a\nb'"]));
    }

    #[test]
    fn the_meaning_counts() {
        let all = [
            checksum(&["SELECT 'a'"]),
            checksum(&["SELECT 'A'"]),
            checksum(&["SELECT a"]),
            checksum(&["SELECT \"a\""]),
            checksum(&["SELECT \"A\""]),
            checksum(&["SELECT", "a"]),
            checksum(&["SELECT 'a b'"]),
            checksum(&["SELECT 'a' /*+ hint */"]),
        ];
        for (i, one) in all.iter().enumerate() {
            assert!(!all[i + 1..].contains(one), "{i}");
        }
    }
}
