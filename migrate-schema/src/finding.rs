//! What a check has found: a stable code, a message, a place in the SQL, and what to write instead.

use std::{fmt, ops::Range, str::FromStr};

use crate::{Level, nearest};

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal $level:ident,)+) => {
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

            /// How severe it is unless the settings say otherwise.
            pub const fn level(self) -> Level {
                match self {
                    $(Self::$variant => Level::$level,)+
                }
            }
        }
    };
}

codes! {
    /// An identifier with none of the four shapes, or without a name.
    IdShape = "id_shape" Deny,
    /// An identifier whose date is not in the calendar.
    IdDate = "id_date" Deny,
    /// An identifier with a character that cannot stand in one.
    IdCharacter = "id_character" Deny,
    /// Two migrations of a crate claim the same version. (rustc itself reports it, as E0428.)
    DuplicateId = "duplicate_id" Deny,
    /// SQL that the database cannot parse.
    SqlSyntax = "sql_syntax" Deny,
    /// SQL without a statement.
    SqlEmpty = "sql_empty" Deny,
    /// `sql!` was given something other than one string literal.
    SqlNotLiteral = "sql_not_literal" Deny,
    /// Text was given where checked SQL is taken.
    SqlUnchecked = "sql_unchecked" Deny,
    /// `BEGIN`, `COMMIT` and their kin inside a migration.
    TransactionControl = "transaction_control" Deny,
    /// `PRAGMA foreign_keys = …` in a migration that runs in a transaction, where it does nothing.
    ForeignKeysPragma = "foreign_keys_pragma" Deny,
    /// A statement that cannot run in a transaction, in a migration that runs in one.
    OutsideTransaction = "outside_transaction" Deny,
    /// Neither `down` nor `irreversible`.
    MissingDown = "missing_down" Deny,
    /// An option that does not exist.
    UnknownOption = "unknown_option" Deny,
    /// An option that was given twice.
    RepeatedOption = "repeated_option" Deny,
    /// An option with a value that it cannot take.
    OptionValue = "option_value" Deny,
    /// Options that contradict each other, or the item they stand on.
    OptionConflict = "option_conflict" Deny,
    /// `#[migration]` on something that is no migration.
    WrongPlace = "wrong_place" Deny,
    /// `#[migration]` on a type with parameters.
    GenericMigration = "generic_migration" Deny,
    /// `[package.metadata.migrate]` that cannot be read.
    Configuration = "configuration" Deny,
    /// SQL of another dialect.
    WrongDialect = "wrong_dialect" Deny,
    /// SQL that needs a newer version than the target, or that the target product does not have.
    UnsupportedByTarget = "unsupported_by_target" Deny,
    /// A table, view or sequence that is not there.
    NoSuchTable = "no_such_table" Deny,
    /// A name that no migration makes, of a thing that may come from elsewhere.
    UndeclaredName = "undeclared_name" Warn,
    /// A column that is not there.
    NoSuchColumn = "no_such_column" Deny,
    /// An index that is not there.
    NoSuchIndex = "no_such_index" Deny,
    /// A constraint that is not there.
    NoSuchConstraint = "no_such_constraint" Deny,
    /// A trigger, schema, extension, label or other object that is not there.
    NoSuchObject = "no_such_object" Deny,
    /// A type that is not there.
    UnknownType = "unknown_type" Deny,
    /// A function that is not there, or not with these arguments.
    UnknownFunction = "unknown_function" Deny,
    /// A name that is taken.
    AlreadyExists = "already_exists" Deny,
    /// A column that is there twice.
    DuplicateColumn = "duplicate_column" Deny,
    /// A name that could mean two things.
    AmbiguousName = "ambiguous_name" Deny,
    /// Something that others still need.
    StillReferenced = "still_referenced" Deny,
    /// More or fewer values than columns.
    ColumnCount = "column_count" Deny,
    /// What the engine refuses for another reason that the schema tells.
    InvalidDefinition = "invalid_definition" Deny,
    /// What the engine takes now and refuses where it is used: a view or a trigger of SQLite that names what is not there.
    BrokenDefinition = "broken_definition" Warn,
    /// Something that only a later migration makes.
    WrongOrder = "wrong_order" Deny,
    /// A file of SQL with `down` for which there is no `up`.
    DownWithoutUp = "down_without_up" Warn,
    /// An SQL file that belongs to no migration.
    StrayFile = "stray_file" Warn,
    /// Files in the layouts of several tools, in one folder.
    MixedLayouts = "mixed_layouts" Warn,
    /// A marker such as `-- +goose Up` that is missing, misspelt, there twice, or at the wrong place.
    Marker = "marker" Deny,
    /// The folder of `migrations!`: not there, empty, or watched by nobody.
    Folder = "folder" Deny,
    /// A file that is not UTF-8.
    NotUtf8 = "not_utf8" Warn,
    /// `down` leaves something behind, or loses something.
    DownDoesNotUndo = "down_does_not_undo" Deny,
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The word is not a code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no lint `{name}`: {}", self.help())]
pub struct CodeError {
    /// The word.
    pub name: String,
}

impl CodeError {
    /// What was probably meant.
    fn help(&self) -> String {
        match nearest(&self.name, Code::ALL.iter().map(|code| code.name())) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "a lint is named by the word in brackets in its message".to_owned(),
        }
    }
}

impl FromStr for Code {
    type Err = CodeError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let code = Self::ALL.iter().find(|code| code.name() == name);
        code.copied().ok_or_else(|| CodeError {
            name: name.to_owned(),
        })
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
    /// What else there is to know, a line each.
    pub notes: Vec<String>,
    /// The change that mends it, where there is one that is surely right.
    pub fix: Option<Box<Fix>>,
}

/// A change of the SQL text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// The bytes that go.
    pub range: Range<usize>,
    /// What comes in their place.
    pub text: String,
}

impl Finding {
    /// A finding about a part of an SQL text.
    pub fn new(code: Code, message: impl Into<String>, range: Range<usize>) -> Self {
        Self {
            code,
            message: message.into(),
            range,
            help: None,
            notes: Vec::new(),
            fix: None,
        }
    }

    /// Adds what to write instead.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds something else to know.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds the change that mends it.
    #[must_use]
    pub fn fix(mut self, range: Range<usize>, text: impl Into<String>) -> Self {
        self.fix = Some(Box::new(Fix {
            range,
            text: text.into(),
        }));
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
        for note in &self.notes {
            out += &format!("\n {margin} = note: {note}");
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
