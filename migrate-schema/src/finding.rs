//! What a check has found: a stable code, a message, a place in the SQL, and what to write instead.

use std::{fmt, ops::Range};

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+) => {
        /// The stable code of a finding. Tests, documentation and settings name it; a code is never reused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The code as it is written: `sql_syntax`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }
    };
}

codes! {
    /// An identifier with none of the four shapes, or without a name.
    IdShape = "id_shape",
    /// An identifier whose date is not in the calendar.
    IdDate = "id_date",
    /// An identifier with a character that cannot stand in one.
    IdCharacter = "id_character",
    /// Two migrations of a crate claim the same version. (rustc itself reports it, as E0428.)
    DuplicateId = "duplicate_id",
    /// SQL that the database cannot parse.
    SqlSyntax = "sql_syntax",
    /// SQL without a statement.
    SqlEmpty = "sql_empty",
    /// `sql!` was given something other than one string literal.
    SqlNotLiteral = "sql_not_literal",
    /// Text was given where checked SQL is taken.
    SqlUnchecked = "sql_unchecked",
    /// `BEGIN`, `COMMIT` and their kin inside a migration.
    TransactionControl = "transaction_control",
    /// `PRAGMA foreign_keys = …` in a migration that runs in a transaction, where it does nothing.
    ForeignKeysPragma = "foreign_keys_pragma",
    /// A statement that cannot run in a transaction, in a migration that runs in one.
    OutsideTransaction = "outside_transaction",
    /// Neither `down` nor `irreversible`.
    MissingDown = "missing_down",
    /// An option that does not exist.
    UnknownOption = "unknown_option",
    /// An option that was given twice.
    RepeatedOption = "repeated_option",
    /// An option with a value that it cannot take.
    OptionValue = "option_value",
    /// Options that contradict each other, or the item they stand on.
    OptionConflict = "option_conflict",
    /// `#[migration]` on something that is no migration.
    WrongPlace = "wrong_place",
    /// `#[migration]` on a type with parameters.
    GenericMigration = "generic_migration",
    /// `[package.metadata.migrate]` that cannot be read.
    Configuration = "configuration",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its code.
    pub code: Code,
    /// What is wrong, in one line.
    pub message: String,
    /// The bytes of the SQL text that it is about.
    pub range: Range<usize>,
    /// What to write instead.
    pub help: Option<String>,
}

impl Finding {
    /// A finding about a part of an SQL text.
    pub fn new(code: Code, message: impl Into<String>, range: Range<usize>) -> Self {
        Self {
            code,
            message: message.into(),
            range,
            help: None,
        }
    }

    /// Adds what to write instead.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The message, the line of the SQL with carets below the place, and the help.
    ///
    /// `origin` is what names the place: it is given the line and the column in the SQL, both from 1.
    ///
    /// ```
    /// use migrate_schema::{Code, Finding};
    /// let finding = Finding::new(Code::SqlSyntax, "near \"TABEL\": syntax error", 7..12).help("write `TABLE`");
    /// let text = finding.render("CREATE TABEL a (b)", |line, column| format!("line {line}, column {column} of the SQL"));
    /// assert_eq!(text, "\
    /// near \"TABEL\": syntax error [sql_syntax]
    ///   --> line 1, column 8 of the SQL
    ///    |
    ///  1 | CREATE TABEL a (b)
    ///    |        ^^^^^
    ///    = help: write `TABLE`");
    /// ```
    pub fn render(&self, sql: &str, origin: impl FnOnce(usize, usize) -> String) -> String {
        let start = floor(sql, self.range.start);
        let end = floor(sql, self.range.end).max(start);
        let (line, column) = line_and_column(sql, start);
        let line_start = sql[..start].rfind('\n').map_or(0, |at| at + 1);
        let text = sql[line_start..].lines().next().unwrap_or_default();
        let until = end.min(line_start + text.len());
        let carets = sql
            .get(start..until)
            .map_or(0, |marked| marked.chars().count())
            .max(1);
        let number = line.to_string();
        let margin = " ".repeat(number.len());
        // Tabs stay tabs, so that the carets stand below their text whatever a tab is worth.
        let pad: String = sql[line_start..start]
            .chars()
            .map(|c| if c == '\t' { '\t' } else { ' ' })
            .collect();
        let mut out = format!("{} [{}]\n", self.message, self.code);
        out += &format!(
            " {margin}--> {}\n {margin} |\n {number} | {text}\n",
            origin(line, column)
        );
        out += &format!(" {margin} | {pad}{}", "^".repeat(carets));
        if let Some(help) = &self.help {
            out += &format!("\n {margin} = help: {help}");
        }
        out
    }
}

/// The line and the column (in characters) of a byte, both from 1.
pub fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..floor(text, at)];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (
        before.matches('\n').count() + 1,
        before[line_start..].chars().count() + 1,
    )
}

fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_carets_stand_below_their_text() {
        let sql = "CREATE TABLE é (\n\tб TEXT,,\n)";
        let at = sql.find(",,").unwrap() + 1;
        let text = Finding::new(Code::SqlSyntax, "near \",\"", at..at + 1)
            .render(sql, |l, c| format!("{l}:{c}"));
        assert_eq!(
            text,
            "near \",\" [sql_syntax]\n  --> 2:9\n   |\n 2 | \tб TEXT,,\n   | \t       ^"
        );
    }

    #[test]
    fn no_range_makes_it_panic() {
        let sql = "é\nb";
        for start in 0..6 {
            for end in 0..6 {
                let finding = Finding {
                    range: start..end,
                    ..Finding::new(Code::SqlSyntax, "x", 0..0)
                };
                assert!(finding.render(sql, |l, c| format!("{l}:{c}")).contains('^'));
            }
        }
    }

    #[test]
    fn codes_are_unique_words() {
        for (i, code) in Code::ALL.iter().enumerate() {
            assert!(
                code.name()
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b == b'_')
            );
            assert!(
                Code::ALL[i + 1..]
                    .iter()
                    .all(|other| other.name() != code.name())
            );
        }
    }
}
