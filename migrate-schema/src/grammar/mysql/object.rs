//! `CREATE`, `ALTER`, `DROP` and `RENAME` of everything that is not a table.

use super::{
    definition, foreign,
    parser::{Parse, Parser, Stop},
};
use crate::{
    Code, Finding, nearest,
    tree::{
        Action, Behavior, CreateIndex, CreateSequence, CreateView, Drop, ObjectKind, Path, Rename,
        Target,
    },
};

/// An object without anything that it belongs to.
pub(super) const fn target(kind: ObjectKind, path: Path) -> Target {
    Target {
        kind,
        path,
        on: None,
        arguments: None,
    }
}

/// What can be created, altered or dropped, and is nothing that is followed here.
const OTHERS: &[&str] = &[
    "event",
    "instance",
    "json",
    "library",
    "logfile",
    "package",
    "resource",
    "role",
    "server",
    "tablespace",
    "undo",
    "user",
];

/// What is read.
const OBJECTS: &[&str] = &[
    "database",
    "event",
    "function",
    "fulltext",
    "index",
    "procedure",
    "role",
    "schema",
    "sequence",
    "server",
    "spatial",
    "table",
    "temporary",
    "trigger",
    "unique",
    "user",
    "view",
];

impl Parser<'_> {
    /// Behind `CREATE`.
    pub(super) fn create(&mut self) -> Parse<Vec<Action>> {
        let start = self.at;
        let or_replace = self.words(&["or", "replace"]);
        self.view_options()?;
        if self.word("temporary") {
            if self.word("sequence") {
                return self.create_sequence(or_replace, true);
            }
            self.expect("table")?;
            return Ok(vec![self.create_table(or_replace, true)?]);
        }
        if self.word("table") {
            return Ok(vec![self.create_table(or_replace, false)?]);
        }
        self.one_of(&["online", "offline"]);
        let unique = self.word("unique");
        let method = self.one_of(&["fulltext", "spatial", "vector"]);
        if method == Some("spatial") && self.is_at(0, "reference") {
            return Err(Stop::Opaque);
        }
        if self.word("index") {
            return self.create_index(or_replace, unique, method);
        }
        if unique || method.is_some() {
            return self.unexpected();
        }
        if self.word("view") {
            return self.create_view(or_replace);
        }
        if self.one_of(&["database", "schema"]).is_some() {
            return self.create_database(or_replace);
        }
        if self.word("sequence") {
            return self.create_sequence(or_replace, false);
        }
        if self.word("trigger") {
            return self.create_trigger(or_replace);
        }
        self.word("aggregate");
        if self.word("procedure") {
            return self.create_routine(or_replace, true);
        }
        if self.word("function") {
            return self.create_routine(or_replace, false);
        }
        if self.any_at(0, OTHERS) {
            return self.other_object();
        }
        self.no_object(start)
    }

    /// Users, events and their kin: read to the end, nothing is followed.
    fn other_object(&mut self) -> Parse<Vec<Action>> {
        if self.word("event") {
            return self.create_event();
        }
        if self.is_any(&["package", "json"]) {
            return Err(Stop::Opaque);
        }
        self.skip_statement();
        Ok(Vec::new())
    }

    fn no_object(&mut self, start: usize) -> Parse<Vec<Action>> {
        if let Some(finding) = foreign::of_statement(self) {
            return self.refuse(finding);
        }
        if self.at_end() || self.at > start + 1 {
            return self.unexpected();
        }
        let word = self.text();
        if word.eq_ignore_ascii_case("index") {
            return self.refuse(foreign::alter_index(self.token().range()));
        }
        let finding = Finding::new(
            Code::SqlSyntax,
            format!("`{word}` is nothing that can be created, altered or dropped"),
            self.token().range(),
        );
        self.refuse(match nearest(word, OBJECTS.iter().copied()) {
            Some(near) => finding.help(format!("did you mean `{}`?", near.to_ascii_uppercase())),
            None => finding,
        })
    }

    /// `ALGORITHM=MERGE DEFINER=u@h SQL SECURITY INVOKER`
    pub(super) fn view_options(&mut self) -> Parse<()> {
        loop {
            if self.word("algorithm") {
                self.expect_symbol("=")?;
                if self.one_of(&["undefined", "merge", "temptable"]).is_none() {
                    return self.unexpected();
                }
            } else if self.word("definer") {
                self.expect_symbol("=")?;
                self.account()?;
            } else if self.is_at(0, "sql") && self.is_at(1, "security") {
                self.back_to(self.at + 2);
                if self.one_of(&["definer", "invoker"]).is_none() {
                    return self.unexpected();
                }
            } else {
                return Ok(());
            }
        }
    }

    /// `user@host`, `CURRENT_USER`, `CURRENT_USER()`
    fn account(&mut self) -> Parse<()> {
        if self.one_of(&["current_user", "current_role"]).is_some() {
            if self.symbol("(") {
                self.expect_symbol(")")?;
            }
            return Ok(());
        }
        if self.token().kind == super::token::Kind::Text {
            self.string()?;
        } else {
            self.name("the name of a user")?;
        }
        if self.token().kind == super::token::Kind::Variable {
            self.advance();
        }
        Ok(())
    }

    fn create_index(
        &mut self,
        or_replace: bool,
        unique: bool,
        method: Option<&'static str>,
    ) -> Parse<Vec<Action>> {
        let if_not_exists = self.if_not_exists()?;
        let name = self.name("the name of the index")?;
        let using = self.index_type()?;
        self.expect("on")?;
        let table = self.path("the name of a table")?;
        if self.is_at(0, "using") {
            return self.refuse(foreign::using_before_parts(self.token().range()));
        }
        let parts = self.index_parts()?;
        self.faults.extend(definition::twice(&parts));
        let mut options = self.index_options()?;
        while !self.at_end() && !self.symbol_at(0, ";") {
            let at = self.at;
            self.algorithm_and_lock()?;
            let more = self.index_options()?;
            options.method = more.method.or(options.method);
            options.comment = more.comment.or(options.comment);
            if self.at == at {
                break;
            }
        }
        if self.is_at(0, "where") {
            return self.refuse(foreign::partial_index(self.token().range()));
        }
        let index = CreateIndex {
            name: Some(Path::bare(name)),
            if_not_exists,
            or_replace,
            unique,
            concurrently: false,
            table,
            method: method.map(str::to_owned).or(options.method).or(using),
            parts,
            include: Vec::new(),
            nulls_not_distinct: false,
            predicate: None,
            comment: options.comment,
        };
        Ok(vec![Action::CreateIndex(index)])
    }

    /// `ALGORITHM=INPLACE LOCK=NONE WAIT 5`
    fn algorithm_and_lock(&mut self) -> Parse<()> {
        loop {
            if let Some(option) = self.one_of(&["algorithm", "lock"]) {
                self.equals();
                self.way(option)?;
            } else if self.word("wait") {
                self.number()?;
            } else if !self.word("nowait") {
                return Ok(());
            }
        }
    }

    /// The value of `ALGORITHM` or `LOCK`.
    pub(super) fn way(&mut self, option: &str) -> Parse<String> {
        let values: &[&'static str] = match option {
            "algorithm" => &["default", "inplace", "copy", "instant", "nocopy"],
            _ => &["default", "none", "shared", "exclusive"],
        };
        match self.one_of(values) {
            Some(value) => Ok(value.to_ascii_uppercase()),
            None => self.unexpected(),
        }
    }

    fn create_view(&mut self, or_replace: bool) -> Parse<Vec<Action>> {
        let if_not_exists = self.if_not_exists()?;
        let name = self.path("the name of the view")?;
        let columns = if self.is_symbol("(") {
            self.names_in_brackets("the name of a column")?
        } else {
            Vec::new()
        };
        self.expect("as")?;
        let query = self.query()?;
        if self.word("with") {
            self.one_of(&["cascaded", "local"]);
            self.expect_words(&["check", "option"])?;
        }
        Ok(vec![Action::CreateView(CreateView {
            name,
            materialized: false,
            if_not_exists,
            or_replace,
            temporary: false,
            columns,
            query,
        })])
    }

    fn create_database(&mut self, or_replace: bool) -> Parse<Vec<Action>> {
        let if_not_exists = self.if_not_exists()?;
        let name = self.name("the name of the database")?;
        self.database_options()?;
        let create = Action::CreateSchema {
            name: Some(name.clone()),
            if_not_exists: if_not_exists || or_replace,
        };
        if or_replace {
            let drop = Drop {
                targets: vec![target(ObjectKind::Schema, Path::bare(name))],
                if_exists: true,
                behavior: Behavior::Cascade,
                concurrently: false,
            };
            return Ok(vec![Action::Drop(drop), create]);
        }
        Ok(vec![create])
    }

    fn database_options(&mut self) -> Parse<()> {
        loop {
            let default = self.word("default");
            if self.word("charset")
                || self.words(&["character", "set"])
                || self.words(&["char", "set"])
            {
                self.equals();
                self.charset()?;
            } else if self.word("collate") {
                self.equals();
                self.collation()?;
            } else if self.one_of(&["encryption", "comment"]).is_some() {
                self.equals();
                self.string()?;
            } else if self.words(&["read", "only"]) {
                self.equals();
                self.option_value()?;
            } else if default {
                return self.unexpected();
            } else {
                return Ok(());
            }
        }
    }

    fn create_sequence(&mut self, or_replace: bool, temporary: bool) -> Parse<Vec<Action>> {
        let if_not_exists = self.if_not_exists()?;
        let name = self.path("the name of the sequence")?;
        self.skip_statement();
        Ok(vec![Action::CreateSequence(CreateSequence {
            name,
            if_not_exists,
            or_replace,
            temporary,
            owned_by: None,
        })])
    }

    /// Behind `ALTER`.
    pub(super) fn alter(&mut self) -> Parse<Vec<Action>> {
        let start = self.at;
        self.one_of(&["online", "offline"]);
        self.word("ignore");
        if self.word("table") {
            return Ok(vec![self.alter_table()?]);
        }
        if self.one_of(&["database", "schema"]).is_some() {
            return self.alter_database();
        }
        self.view_options()?;
        if self.word("view") {
            return self.create_view(true);
        }
        if self.word("event") {
            return self.alter_event();
        }
        if self.one_of(&["procedure", "function"]).is_some() {
            self.path("the name of a routine")?;
            self.characteristics()?;
            return Ok(Vec::new());
        }
        if self.is_at(0, "sequence")
            && let Some(at) =
                (self.at..self.tokens.len()).find(|at| self.is_at(at - self.at, "owned"))
        {
            return self.refuse(foreign::owned_sequence(self.tokens[at].range()));
        }
        if self.is_any(&["sequence"]) || self.any_at(0, OTHERS) {
            // None of these changes what others refer to; a new name of an event is nobody's business.
            self.skip_statement();
            return Ok(Vec::new());
        }
        self.no_object(start)
    }

    fn alter_database(&mut self) -> Parse<Vec<Action>> {
        let options = &[
            "default",
            "charset",
            "character",
            "collate",
            "encryption",
            "comment",
            "read",
        ];
        let mut actions = Vec::new();
        if !self.any_at(0, options) || self.symbol_at(0, "`") {
            let name = self.name("the name of a database")?;
            actions.push(Action::Require(crate::tree::Require {
                targets: vec![target(ObjectKind::Schema, Path::bare(name))],
                if_exists: false,
                statement: "ALTER DATABASE",
                concurrently: false,
                comment: None,
            }));
        }
        if self.word("upgrade") {
            self.expect_words(&["data", "directory", "name"])?;
            return Ok(actions);
        }
        if self.at_end() {
            return self.expected_here("an option of the database");
        }
        self.database_options()?;
        Ok(actions)
    }

    /// Behind `DROP`.
    pub(super) fn drop(&mut self) -> Parse<Vec<Action>> {
        let start = self.at;
        let temporary = self.word("temporary");
        let kind = if self.one_of(&["table", "tables"]).is_some() {
            ObjectKind::Table
        } else if self.one_of(&["view", "views"]).is_some() {
            ObjectKind::View
        } else if self.word("sequence") {
            ObjectKind::Sequence
        } else if self.one_of(&["database", "schema"]).is_some() {
            ObjectKind::Schema
        } else if self.word("trigger") {
            ObjectKind::Trigger
        } else if self.word("procedure") {
            ObjectKind::Procedure
        } else if self.word("function") {
            ObjectKind::Function
        } else if self.word("index") {
            return self.drop_index();
        } else if self.word("prepare") {
            self.name("the name of a prepared statement")?;
            return Ok(Vec::new());
        } else if self.word("event") {
            self.if_exists()?;
            self.path("the name of an event")?;
            return Ok(Vec::new());
        } else if self.any_at(0, OTHERS) {
            ObjectKind::Other
        } else if temporary {
            return self.unexpected();
        } else {
            return self.no_object(start);
        };
        if kind == ObjectKind::Other {
            self.skip_statement();
            return Ok(Vec::new());
        }
        let if_exists = self.if_exists()?;
        let several = matches!(
            kind,
            ObjectKind::Table | ObjectKind::View | ObjectKind::Sequence
        );
        let what = "the name of what is dropped";
        let paths = if several {
            self.list(|p| p.path(what))?
        } else {
            vec![self.path(what)?]
        };
        let behavior = if several {
            self.drop_tail()?
        } else {
            Behavior::Default
        };
        if temporary {
            // The name may be another table's too, which stays.
            return Ok(vec![Action::Opaque {
                words: paths.into_iter().map(|path| path.name.text).collect(),
                everything: false,
            }]);
        }
        Ok(vec![Action::Drop(Drop {
            targets: paths.into_iter().map(|path| target(kind, path)).collect(),
            if_exists,
            behavior,
            concurrently: false,
        })])
    }

    fn drop_tail(&mut self) -> Parse<Behavior> {
        if self.word("wait") {
            self.number()?;
        } else {
            self.word("nowait");
        }
        Ok(self.behavior())
    }

    fn drop_index(&mut self) -> Parse<Vec<Action>> {
        let if_exists = self.if_exists()?;
        let name = self.name("the name of an index")?;
        self.expect("on")?;
        let table = self.path("the name of a table")?;
        self.algorithm_and_lock()?;
        let mut target = target(ObjectKind::Index, Path::bare(name));
        target.on = Some(table);
        Ok(vec![Action::Drop(Drop {
            targets: vec![target],
            if_exists,
            behavior: Behavior::Default,
            concurrently: false,
        })])
    }

    /// `RENAME TABLE a TO b, c TO d`
    pub(super) fn rename(&mut self) -> Parse<Vec<Action>> {
        if self.word("user") {
            self.skip_statement();
            return Ok(Vec::new());
        }
        if self.one_of(&["table", "tables"]).is_none() {
            return self.unexpected();
        }
        let if_exists = self.if_exists()?;
        self.list(|p| {
            let path = p.path("the name of a table")?;
            if p.word("wait") {
                p.number()?;
            } else {
                p.word("nowait");
            }
            p.expect("to")?;
            let to = p.path("the new name of the table")?;
            Ok(Action::Rename(Rename {
                target: target(ObjectKind::Table, path),
                to,
                if_exists,
            }))
        })
    }

    /// Behind `TRUNCATE`.
    pub(super) fn truncate(&mut self) -> Parse<Action> {
        self.word("table");
        let table = self.path("the name of a table")?;
        self.drop_tail()?;
        Ok(Action::Truncate {
            tables: vec![table],
            behavior: Behavior::Default,
        })
    }
}
