//! What each statement does, and when the engine refuses it.
//!
//! Everything is checked before anything is changed. A statement that is refused changes nothing, but what it would have made,
//! changed or dropped is unknown afterwards, so that one mistake is told once.

mod acting;
mod alter;
mod alter_column;
mod alter_part;
pub(crate) mod chosen_name;
mod constraint;
mod create_table;
mod drop;
mod drop_column;
mod drop_constraint;
mod extension;
mod foreign_key;
mod function;
mod index;
mod key_type;
mod mysql;
pub(super) mod names;
mod other;
mod rebuild;
mod rename;
pub(crate) mod rewrite;
mod sequence;
mod signature;
mod touched;
mod trigger;
mod types;
mod view;
mod virtual_table;

use std::sync::Arc;

pub(super) use function::plain as plain_type;

use super::{Catalog, Class, Key, Lookup, Node, query, store::Fact};
use crate::{
    Code, Dialect, Finding, Level,
    settings::Product,
    tree::{Action, Alter},
};

/// What is wrong with a statement.
pub(super) struct Findings<'a> {
    list: Vec<Finding>,
    /// The text that the statement stands in.
    sql: &'a str,
    product: Product,
}

impl<'a> Findings<'a> {
    const fn new(sql: &'a str, product: Product) -> Self {
        Self {
            list: Vec::new(),
            sql,
            product,
        }
    }

    fn push(&mut self, finding: Finding) {
        // CockroachDB names the indexes that it makes by rules of its own, and has types of its own.
        let own = self.product == Product::Cockroach
            && matches!(
                finding.code,
                Code::NoSuchConstraint
                    | Code::NoSuchIndex
                    | Code::UnknownFunction
                    | Code::UnknownType
                    | Code::WrongDialect
            )
            // What CASCADE takes along there is more than here.
            || self.product == Product::Cockroach
                && finding.code == Code::AlreadyExists
                && finding.message.contains("a constraint named");
        if !own {
            self.list.push(finding);
        }
    }

    fn extend(&mut self, findings: impl IntoIterator<Item = Finding>) {
        findings.into_iter().for_each(|finding| self.push(finding));
    }

    fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether the engine refuses the statement: a warning alone is no reason.
    fn refuse(&self) -> bool {
        self.refuse_since(0)
    }

    fn refuse_since(&self, start: usize) -> bool {
        let mut since = self.list.iter().skip(start);
        since.any(|finding| finding.code.level() == Level::Deny)
    }
}

impl Catalog {
    /// Does what a statement does, or says why the engine would refuse it; then nothing has changed.
    pub fn apply(&mut self, action: &Action, sql: &str) -> Vec<Finding> {
        let mut findings = Findings::new(sql, self.target.product);
        self.tick();
        let mark = self.store.mark();
        self.dispatch(action, &mut findings);
        if findings.refuse() {
            if !matches!(action, Action::CreateTable(_)) {
                self.store.roll_back(mark);
            }
            self.doubt(action);
        }
        findings.list
    }

    /// Does what a statement does that may never run: what it would make, change or drop is unknown afterwards.
    pub fn apply_perhaps(&mut self, action: &Action, sql: &str) -> Vec<Finding> {
        let mark = self.store.mark();
        let mut findings = self.apply(action, sql);
        self.store.roll_back(mark);
        self.doubt(action);
        // Whether a name is there depends on whether other steps ran.
        findings.retain(|finding| finding.code == Code::UndeclaredName);
        findings
    }

    /// A statement of a body that may run, or that is tried: of what the engine refuses there, nothing is told.
    fn perhaps(&mut self, action: &Action, tried: bool, sql: &str) {
        // Of what may be there already, nobody knows whether it is made.
        let tried = tried && self.is_new(action);
        let mark = self.store.mark();
        let mut findings = Findings::new(sql, self.target.product);
        self.dispatch(action, &mut findings);
        if !tried || findings.refuse() {
            self.store.roll_back(mark);
            self.doubt(action);
        }
    }

    /// Whether a statement surely makes something that is not there yet.
    fn is_new(&self, action: &Action) -> bool {
        match action {
            Action::CreateType(ty) => matches!(self.type_(&ty.name), Lookup::Absent),
            Action::CreateTable(table) => matches!(self.relation(&table.name), Lookup::Absent),
            Action::CreateView(view) => matches!(self.relation(&view.name), Lookup::Absent),
            Action::AlterTable(alter) => {
                let relation = self.relation(&alter.name).known();
                relation.is_some_and(|relation| !relation.open)
                    && (alter.changes.iter())
                        .all(|change| matches!(change, Alter::AddColumn { .. }))
            }
            _ => false,
        }
    }

    fn dispatch(&mut self, action: &Action, findings: &mut Findings) {
        match action {
            Action::CreateTable(table) => self.create_table(table, findings),
            Action::AlterTable(alter) => self.alter_table(alter, findings),
            Action::CreateIndex(index) => self.create_index(index, findings),
            Action::CreateView(view) => self.create_view(view, findings),
            Action::CreateTrigger(trigger) => self.create_trigger(trigger, findings),
            Action::CreateSequence(sequence) => self.create_sequence(sequence, findings),
            Action::AlterSequence(sequence) => self.alter_sequence(sequence, findings),
            Action::CreateType(ty) => self.create_type(ty, findings),
            Action::AlterType(alter) => self.alter_type(alter, findings),
            Action::CreateFunction(function) => self.create_function(function, findings),
            Action::CreateSchema {
                name,
                if_not_exists,
            } => self.create_schema(name.as_ref(), *if_not_exists, findings),
            Action::CreateExtension {
                name,
                if_not_exists,
            } => self.create_extension(name, *if_not_exists),
            Action::CreateOther {
                target,
                if_not_exists,
            } => self.create_other(target, *if_not_exists, findings),
            Action::Drop(drop) => self.drop_objects(drop, findings),
            Action::Rename(rename) => self.rename_object(rename, findings),
            Action::SetSchema { target, schema } => self.set_schema(target, schema, findings),
            Action::Require(require) => self.require(require, findings),
            Action::Truncate { tables, behavior } => self.truncate(tables, *behavior, findings),
            Action::Insert(_) | Action::Update(_) | Action::Delete(_) | Action::Query(_) => {
                self.rows(action, findings);
            }
            Action::SearchPath(names) => self.set_search_path(names),
            Action::Setting { name, value } => self.set_setting(name, value.as_deref()),
            Action::Perhaps { action, tried } => self.perhaps(action, *tried, findings.sql),
            Action::Opaque { words, everything } => {
                self.poison_statement(words);
                if *everything {
                    self.poison_everything();
                }
                self.act(words);
            }
        }
    }

    /// `INSERT`, `UPDATE`, `DELETE`, `SELECT`.
    fn rows(&mut self, action: &Action, findings: &mut Findings) {
        findings.extend(query::check(self, action, findings.sql));
        if findings.refuse() {
            return;
        }
        if let Action::Query(query) = action {
            self.act_where_called(findings.sql.get(query.range.clone()).unwrap_or_default());
        }
        let filled = query::inserts_rows(action).and_then(|path| self.relation_key(path));
        if let Some(key) = filled
            && let Some(relation) = self.store.relations().get(&key)
            && !relation.has_rows
            && relation.kind.is_table()
        {
            let mut relation = relation.as_ref().clone();
            relation.has_rows = true;
            self.set(Fact::Relation(key, Some(Arc::new(relation))));
        }
        self.writes_schema(action, findings.sql);
        if let Action::Delete(delete) = action {
            for source in &delete.targets {
                if let crate::tree::Source::Table { name, .. } = source {
                    self.may_be_empty(name);
                }
            }
        }
    }

    /// `PRAGMA writable_schema` lets a statement write definitions as text: of what it names nothing is known any more.
    fn writes_schema(&mut self, action: &Action, sql: &str) {
        let (table, filter) = match action {
            Action::Update(update) => match &update.target {
                crate::tree::Source::Table { name, .. } => (Some(name), update.filter.as_ref()),
                _ => (None, None),
            },
            Action::Insert(insert) => (Some(&insert.table), None),
            Action::Delete(delete) => match delete.targets.as_slice() {
                [crate::tree::Source::Table { name, .. }] => (Some(name), delete.filter.as_ref()),
                _ => (None, None),
            },
            _ => (None, None),
        };
        let is_schema = |path: &crate::tree::Path| {
            let name = &path.name.text;
            ["sqlite_master", "sqlite_schema"]
                .iter()
                .any(|own| own.eq_ignore_ascii_case(name))
        };
        if self.dialect() != Dialect::Sqlite || !table.is_some_and(is_schema) {
            return;
        }
        let range = filter.map_or(0..0, |filter| filter.range.clone());
        let text = sql.get(range).unwrap_or_default();
        let names: Vec<String> = crate::lex::tokens(text, Dialect::Sqlite)
            .map(|token| token.text(text).trim_matches(['\'', '"']).to_owned())
            .filter(|name| {
                let key = ("main".to_owned(), self.fold(name));
                self.store.relations().contains_key(&key)
            })
            .collect();
        if names.is_empty() {
            self.poison_everything();
        } else {
            self.poison(&names);
        }
    }

    /// Nobody can be sure any more that the table has rows, nor those that refer to it.
    fn may_be_empty(&mut self, path: &crate::tree::Path) {
        let mut waiting: Vec<Key> = self.relation_key(path).into_iter().collect();
        while let Some(key) = waiting.pop() {
            let Some(relation) = self.store.relations().get(&key) else {
                continue;
            };
            let mut relation = relation.as_ref().clone();
            let node = Node::new(Class::Relation, key.clone());
            let dependents = self.store.dependents(&node).filter(|one| {
                (self.store.relations().get(&one.key)).is_some_and(|relation| relation.has_rows)
            });
            waiting.extend(
                dependents
                    .map(|one| one.key.clone())
                    .filter(|one| *one != key),
            );
            if relation.has_rows {
                relation.has_rows = false;
                self.set(Fact::Relation(key, Some(Arc::new(relation))));
            }
        }
    }

    fn set_search_path(&mut self, names: &[crate::tree::Name]) {
        let mut session = self.store.session().as_ref().clone();
        let names = names
            .iter()
            .map(|name| name.text.clone())
            .filter(|name| name != "$user" && name != "pg_catalog");
        session.path = names.collect();
        session.path_is_uncertain = false;
        if session.path.is_empty() {
            session.path.push(match self.dialect() {
                Dialect::Mysql => String::new(),
                _ => "public".to_owned(),
            });
        }
        self.set(Fact::Session(Arc::new(session)));
    }

    fn set_setting(&mut self, name: &str, value: Option<&str>) {
        let Some(value) = value else {
            return;
        };
        let off = matches!(
            value.to_ascii_lowercase().as_str(),
            "0" | "off" | "false" | "no"
        );
        let mut session = self.store.session().as_ref().clone();
        match (self.dialect(), name) {
            (
                Dialect::Mysql,
                "foreign_key_checks" | "session.foreign_key_checks" | "@@foreign_key_checks",
            )
            | (Dialect::Sqlite, "foreign_keys") => session.foreign_keys = !off,
            (Dialect::Postgres, "check_function_bodies") => session.check_function_bodies = !off,
            (Dialect::Sqlite, "legacy_alter_table") => session.legacy_alter_table = !off,
            _ => return,
        }
        self.set(Fact::Session(Arc::new(session)));
    }
}
