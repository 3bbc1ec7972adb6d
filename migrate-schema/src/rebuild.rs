//! A table of SQLite that is made again, because `ALTER TABLE` cannot do what is wanted.
//!
//! The order is that of <https://www.sqlite.org/lang_altertable.html#otheralter>: a new table under another name, the rows, the old table
//! away, the new one in its place, and then all that hung on the old one. Foreign keys are not enforced meanwhile, which the runner sees to, as for
//! every migration that makes a table again that it removed, and before the commit it asks `foreign_key_check`.
//!
//! Views and triggers that name the table are dropped first and made again at the end: while the table is not there, `ALTER TABLE … RENAME`
//! would find them broken. (`PRAGMA legacy_alter_table` would make it blind, but no rollback takes a pragma back.)

use crate::{Dialect, quote::quoted};

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
