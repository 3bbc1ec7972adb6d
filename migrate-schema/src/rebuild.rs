//! A table of SQLite that is made again, because `ALTER TABLE` cannot do what is wanted.
//!
//! The order is that of <https://www.sqlite.org/lang_altertable.html#otheralter>: a new table under another name, the rows, the old table
//! away, the new one in its place, and then all that hung on the old one. Foreign keys are not enforced meanwhile, which the runner sees to, as for
//! every migration that makes a table again that it removed, and before the commit it asks `foreign_key_check`.
//!
//! Views and triggers that name the table are dropped first and made again at the end: while the table is not there, `ALTER TABLE … RENAME`
//! would find them broken. (`PRAGMA legacy_alter_table` would make it blind, but no rollback takes a pragma back.)

use std::collections::BTreeSet;

use crate::{
    Dialect,
    lex::{self, Token, TokenKind},
    quote::quoted,
};

/// What is to be made again. All names and texts are as they stand in SQL, if it is not said otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rebuild {
    /// The table's own name, without quotes.
    pub table: String,
    /// The name that the new table has at first, without quotes.
    pub scratch: String,
    /// The statement that makes the new table under that name.
    pub create: String,
    /// The columns that get values from the old table, and the expressions that give them.
    pub copied: Vec<(String, String)>,
    /// What the rowid is called in both, where it has to be copied by itself.
    pub rowid: Option<&'static str>,
    /// Both have `AUTOINCREMENT`, so that no number comes a second time.
    pub numbered: bool,
    /// The views and triggers that have to make way: the statements that drop them.
    pub before: Vec<String>,
    /// What hung on the table and what made way: the statements that make it.
    pub after: Vec<String>,
}

impl Rebuild {
    /// The statements, each without its semicolon; `name` puts a name in quotes.
    ///
    /// ```
    /// use migrate_schema::rebuild::Rebuild;
    /// let rebuild = Rebuild {
    ///     table: "users".into(),
    ///     scratch: "users__new".into(),
    ///     create: "CREATE TABLE users__new (id INTEGER PRIMARY KEY, email TEXT NOT NULL)".into(),
    ///     copied: vec![("id".into(), "id".into()), ("email".into(), "email".into())],
    ///     rowid: None,
    ///     numbered: false,
    ///     before: vec![],
    ///     after: vec!["CREATE INDEX users_email ON users (email)".into()],
    /// };
    /// let statements = rebuild.statements(|name| name.to_owned());
    /// assert_eq!(statements[1], "INSERT OR ABORT INTO users__new (id, email)\nSELECT id, email FROM users");
    /// ```
    pub fn statements(&self, name: impl Fn(&str) -> String) -> Vec<String> {
        let (table, scratch) = (name(&self.table), name(&self.scratch));
        let mut statements = self.before.clone();
        statements.push(self.create.clone());
        statements.extend(self.copy(&table, &scratch));
        if self.numbered {
            statements.extend(self.numbers());
        }
        statements.extend(self.counted(&table, &scratch));
        statements.push(format!("DROP TABLE {table}"));
        statements.push(format!("ALTER TABLE {scratch} RENAME TO {table}"));
        statements.extend(self.after.iter().cloned());
        statements
    }

    /// `OR ABORT` stands above every `ON CONFLICT` of the new table, by which rows could go without a word.
    fn copy(&self, table: &str, scratch: &str) -> Option<String> {
        let (mut to, mut from) = (Vec::new(), Vec::new());
        if let Some(rowid) = self.rowid {
            to.push(rowid);
            from.push(rowid);
        }
        for (column, expression) in &self.copied {
            to.push(column);
            from.push(expression);
        }
        let (to, from) = (to.join(", "), from.join(", "));
        (!to.is_empty())
            .then(|| format!("INSERT OR ABORT INTO {scratch} ({to})\nSELECT {from} FROM {table}"))
    }

    /// The highest number that was ever given, also to a row that is gone.
    fn numbers(&self) -> [String; 2] {
        let (table, scratch) = (text(&self.table), text(&self.scratch));
        [
            format!("DELETE FROM sqlite_sequence WHERE name = {scratch}"),
            format!(
                "INSERT INTO sqlite_sequence (name, seq)\nSELECT {scratch}, seq FROM sqlite_sequence WHERE lower(name) = lower({table})"
            ),
        ]
    }

    /// Fails where the new table does not have as many rows, and says by its name what was not kept.
    fn counted(&self, table: &str, scratch: &str) -> [String; 3] {
        let check = quoted(
            &format!("every row of {} was copied", self.table),
            Dialect::Sqlite,
        );
        [
            format!(
                "CREATE TEMP TABLE migrate_rebuild (missing INTEGER CONSTRAINT {check} CHECK (missing = 0))"
            ),
            format!(
                "INSERT INTO temp.migrate_rebuild\nSELECT (SELECT count(*) FROM {table}) - (SELECT count(*) FROM {scratch})"
            ),
            "DROP TABLE temp.migrate_rebuild".to_owned(),
        ]
    }
}

/// A name for the new table that nothing has.
pub fn scratch_name(table: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let mut name = format!("{table}__new");
    while is_taken(&name) {
        name.push('_');
    }
    name
}

/// What the rowid can be called in a table with these columns.
pub fn rowid_name<'a>(columns: impl Iterator<Item = &'a str> + Clone) -> Option<&'static str> {
    ["rowid", "_rowid_", "oid"].into_iter().find(|name| {
        !columns
            .clone()
            .any(|column| column.eq_ignore_ascii_case(name))
    })
}

/// A column of the old table as an expression; `name` puts a name in quotes. One in double quotes that is no column would be a text, so
/// it stands behind the name of its table.
pub fn column_of(table: &str, column: &str, name: impl Fn(&str) -> String) -> String {
    let own = name(column);
    if own.starts_with('"') {
        format!("{}.{own}", name(table))
    } else {
        own
    }
}

fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The text of a `CREATE TABLE`, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// All up to the parenthesis before the first column.
    pub head: String,
    /// The columns: their names, and their texts with all that stands behind them.
    pub columns: Vec<(String, String)>,
    /// The constraints of the table.
    pub constraints: Vec<String>,
    /// `STRICT`.
    pub strict: bool,
    /// `WITHOUT ROWID`.
    pub without_rowid: bool,
}

impl Definition {
    /// None for what is no `CREATE TABLE` with columns.
    ///
    /// ```
    /// use migrate_schema::rebuild::Definition;
    /// let definition = Definition::of("CREATE TABLE t (a INT DEFAULT (1, 2), \"b c\" TEXT, CHECK (a > 1)) STRICT").unwrap();
    /// assert_eq!(definition.columns[1], ("b c".to_owned(), "\"b c\" TEXT".to_owned()));
    /// assert_eq!(definition.constraints, ["CHECK (a > 1)"]);
    /// assert!(definition.strict && !definition.without_rowid);
    /// ```
    pub fn of(sql: &str) -> Option<Self> {
        let tokens: Vec<Token> = lex::tokens(sql, Dialect::Sqlite).collect();
        let open = tokens.iter().position(|token| token.is_symbol(sql, '('))?;
        let is_table = tokens[..open]
            .iter()
            .any(|token| token.is_word(sql, "table"))
            && !tokens[..open]
                .iter()
                .any(|token| token.is_word(sql, "virtual"));
        if !is_table {
            return None;
        }
        let (mut parts, mut start, mut depth, mut close) = (Vec::new(), open + 1, 0_usize, None);
        for (at, token) in tokens.iter().enumerate().skip(open) {
            if token.is_symbol(sql, '(') {
                depth += 1;
            } else if token.is_symbol(sql, ')') {
                depth -= 1;
                if depth == 0 {
                    parts.push((start, at));
                    close = Some(at);
                    break;
                }
            } else if token.is_symbol(sql, ',') && depth == 1 {
                parts.push((start, at));
                start = at + 1;
            }
        }
        let rest = &tokens[close? + 1..];
        let has = |word: &str| rest.iter().any(|token| token.is_word(sql, word));
        let mut definition = Self {
            head: sql.get(..tokens[open].start)?.trim_end().to_owned(),
            columns: Vec::new(),
            constraints: Vec::new(),
            strict: has("strict"),
            without_rowid: has("rowid"),
        };
        for (start, end) in parts {
            let part = tokens.get(start..end).filter(|part| !part.is_empty())?;
            let text = sql.get(part[0].start..part[part.len() - 1].end)?.to_owned();
            let is_constraint = ["constraint", "primary", "unique", "check", "foreign"]
                .iter()
                .any(|word| part[0].is_word(sql, word));
            match name_of(&part[0], sql) {
                Some(name) if !is_constraint => definition.columns.push((name, text)),
                _ => definition.constraints.push(text),
            }
        }
        Some(definition)
    }

    /// The text of a column.
    pub fn column(&self, name: &str) -> Option<&str> {
        let found = (self.columns.iter()).find(|(own, _)| own.eq_ignore_ascii_case(name))?;
        Some(&found.1)
    }

    /// The collation that a column was given, as written.
    pub fn collation(&self, name: &str) -> Option<&str> {
        let text = self.column(name)?;
        let (mut depth, mut found) = (0_usize, false);
        for token in lex::tokens(text, Dialect::Sqlite) {
            if found {
                return Some(token.text(text));
            }
            if token.is_symbol(text, '(') {
                depth += 1;
            } else if token.is_symbol(text, ')') {
                depth = depth.saturating_sub(1);
            }
            found = depth == 0 && token.is_word(text, "collate");
        }
        None
    }

    /// Whether the type of a column is `INTEGER` and nothing else: as the only column of the primary key it is the rowid.
    pub fn is_integer(&self, name: &str) -> bool {
        const BEHIND: [&str; 9] = [
            "constraint",
            "primary",
            "not",
            "unique",
            "check",
            "default",
            "collate",
            "references",
            "generated",
        ];
        self.column(name).is_some_and(|text| {
            let tokens: Vec<Token> = lex::tokens(text, Dialect::Sqlite).collect();
            let ends = |token: &Token| BEHIND.iter().any(|word| token.is_word(text, word));
            tokens
                .get(1)
                .is_some_and(|token| token.is_word(text, "integer"))
                && tokens.get(2).is_none_or(ends)
        })
    }

    /// Whether a column has `AUTOINCREMENT`.
    pub fn is_numbered(&self) -> bool {
        (self.columns.iter()).any(|(_, text)| {
            lex::tokens(text, Dialect::Sqlite).any(|token| token.is_word(text, "autoincrement"))
        })
    }
}

impl std::fmt::Display for Definition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let columns = self.columns.iter().map(|(_, text)| text.as_str());
        let parts: Vec<&str> = columns
            .chain(self.constraints.iter().map(String::as_str))
            .collect();
        // A part can end with a comment no more than a token can.
        write!(f, "{} (\n    {}\n)", self.head, parts.join(",\n    "))?;
        let options = [
            self.strict.then_some(" STRICT"),
            self.without_rowid.then_some(" WITHOUT ROWID"),
        ];
        let options: Vec<&str> = options.into_iter().flatten().collect();
        f.write_str(&options.join(","))
    }
}

/// The name that a token is, without its quotes; none where it is none. A text in double quotes can be a name.
fn name_of(token: &Token, source: &str) -> Option<String> {
    let text = token.text(source);
    let quote = text.chars().next()?;
    match token.kind {
        TokenKind::Word => Some(text.to_owned()),
        TokenKind::QuotedName | TokenKind::Text if matches!(quote, '"' | '`' | '[' | '\'') => {
            let inner = text.get(1..text.len().checked_sub(1)?)?;
            Some(inner.replace(&format!("{quote}{quote}"), &quote.to_string()))
        }
        _ => None,
    }
}

/// All words of a text that can be names, in lower case.
pub fn words(source: &str) -> BTreeSet<String> {
    let tokens = lex::tokens(source, Dialect::Sqlite);
    tokens
        .filter_map(|token| name_of(&token, source))
        .map(|name| name.to_lowercase())
        .collect()
}

/// A text in which columns that stand behind the name of one table stand behind that of another.
pub fn requalified(source: &str, from: &str, to: &str) -> String {
    let tokens: Vec<Token> = lex::tokens(source, Dialect::Sqlite).collect();
    let (mut text, mut end) = (String::with_capacity(source.len()), 0);
    for (at, token) in tokens.iter().enumerate() {
        let is_before_point = tokens
            .get(at + 1)
            .is_some_and(|next| next.is_symbol(source, '.'));
        let is_own = |name: String| name.eq_ignore_ascii_case(from);
        if is_before_point && name_of(token, source).is_some_and(is_own) {
            text.push_str(&source[end..token.start]);
            text.push_str(&quoted(to, Dialect::Sqlite));
            end = token.end;
        }
    }
    text.push_str(&source[end..]);
    text
}
