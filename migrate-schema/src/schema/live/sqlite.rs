//! SQLite keeps the statement of everything that was made, and rewrites it as things are altered.

use super::{Definitions, Inquiry, Next, Rows, Scope, Unreadable, answer, text};

/// The name of the table as it was called before 3.33 works everywhere. What has no SQL the engine made by itself.
const MADE: &str = "SELECT type, name, tbl_name, sql FROM sqlite_master \
    WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid";

const VERSION: &str = "SELECT sqlite_version()";

/// Which tables the engine holds to be shadow tables; from 3.37 on.
const SHADOWS: &str =
    "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow'";

/// The tables that the modules which come with SQLite keep their data in, by the ends of their names.
const MODULES: [(&str, &[&str]); 7] = [
    (
        "fts3",
        &["content", "segments", "segdir", "docsize", "stat"],
    ),
    (
        "fts4",
        &["content", "segments", "segdir", "docsize", "stat"],
    ),
    ("fts5", &["config", "content", "data", "docsize", "idx"]),
    ("rtree", &["node", "parent", "rowid"]),
    ("rtree_i32", &["node", "parent", "rowid"]),
    ("geopoly", &["node", "parent", "rowid"]),
    ("spellfix1", &["vocab"]),
];

/// A SQLite database being read.
pub(super) struct Asked {
    scope: Scope,
    made: Option<Rows>,
}

impl Asked {
    pub(super) fn new(scope: &Scope) -> Self {
        Self {
            scope: scope.clone(),
            made: None,
        }
    }

    /// The statements, those of tables first: a trigger is taken only where its table is, and a table that was altered
    /// keeps its place, whatever was made between.
    fn definitions(&self, made: &Rows, shadows: &Rows) -> Result<Definitions, Unreadable> {
        let mut shadow: Vec<String> = Vec::new();
        for row in shadows {
            shadow.push(text(row, 0)?.to_ascii_lowercase());
        }
        for row in made {
            if let Some(module) = module(text(row, 3)?) {
                shadow.extend(shadows_of(text(row, 1)?, &module));
            }
        }
        let mut definitions = Definitions::default();
        for kind in ["table", "index", "view", "trigger"] {
            for row in made.iter().filter(|row| text(row, 0) == Ok(kind)) {
                let (own, table) = (text(row, 1)?, text(row, 2)?);
                let is_shadow = shadow.contains(&table.to_ascii_lowercase());
                if self.scope.has(own) && self.scope.has(table) && !is_shadow {
                    definitions.statements.push(text(row, 3)?.to_owned());
                }
            }
        }
        Ok(definitions)
    }
}

impl Inquiry for Asked {
    fn next(&mut self, answers: &[Rows]) -> Result<Next, Unreadable> {
        if let Some(made) = self.made.take() {
            let definitions = self.definitions(&made, answer(answers, 0)?)?;
            return Ok(Next::Done(definitions));
        }
        if answers.is_empty() {
            return Ok(Next::Ask(vec![VERSION.to_owned(), MADE.to_owned()]));
        }
        let version = answer(answers, 0)?.first().map(|row| text(row, 0));
        let lists_tables = matches!(version, Some(Ok(version)) if at_least_3_37(version));
        let made = answer(answers, 1)?;
        let mut virtuals = made
            .iter()
            .filter_map(|row| row.get(3).and_then(Option::as_deref));
        if lists_tables && virtuals.any(|sql| module(sql).is_some()) {
            self.made = Some(made.clone());
            return Ok(Next::Ask(vec![SHADOWS.to_owned()]));
        }
        Ok(Next::Done(self.definitions(made, &Vec::new())?))
    }
}

fn at_least_3_37(version: &str) -> bool {
    let mut parts = version
        .split('.')
        .map(|part| part.parse::<u32>().unwrap_or(0));
    let (major, minor) = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    (major, minor) >= (3, 37)
}

/// The module of a virtual table, in lower case.
fn module(sql: &str) -> Option<String> {
    let mut tokens = crate::lex::tokens(sql, crate::Dialect::Sqlite).map(|token| token.text(sql));
    for word in ["create", "virtual", "table"] {
        tokens
            .next()
            .filter(|token| token.eq_ignore_ascii_case(word))?;
    }
    tokens.find(|token| token.eq_ignore_ascii_case("using"))?;
    let name = tokens.next()?;
    Some(
        name.trim_matches(['"', '`', '[', ']', '\''])
            .to_ascii_lowercase(),
    )
}

fn shadows_of(table: &str, module: &str) -> Vec<String> {
    let own = MODULES.iter().find(|(name, _)| *name == module);
    let ends = own.map_or(&[][..], |(_, ends)| ends);
    let table = table.to_ascii_lowercase();
    ends.iter().map(|end| format!("{table}_{end}")).collect()
}
