//! What is stored and read later: views, triggers, bodies of functions.
//!
//! PostgreSQL and MySQL look at the names in a view when it is made. SQLite looks at those of views and triggers only where
//! they are used; so what is wrong there is a warning at first, and an error of the statement that uses them.

use super::{
    Resolver,
    expression::Place,
    report::counted,
    scope::{Columns, Frame, Source},
};
use crate::{
    Code, Dialect, Finding, Level,
    catalog::{Catalog, Relation, Trigger},
    tree::{
        Action, Argument, CreateFunction, CreateTrigger, CreateView, Expression, Path, RowColumn,
        TriggerBody, TriggerEvent, TriggerTime,
    },
};

/// What is wrong with the names in a view that is made.
pub fn view(catalog: &Catalog, view: &CreateView, sql: &str) -> Vec<Finding> {
    let mut resolver = Resolver::new(catalog, Some(sql));
    let columns = resolver.query(&view.query, &Frame::default());
    if let (Some(count), false) = (columns.count(), view.columns.is_empty()) {
        let wanted = view.columns.len();
        let fits = match catalog.dialect() {
            Dialect::Postgres => wanted <= count,
            Dialect::Sqlite | Dialect::Mysql => wanted == count,
        };
        if !fits {
            resolver.say(Finding::new(
                Code::ColumnCount,
                format!(
                    "the view names {}, and its query gives {count}",
                    counted(wanted, "column")
                ),
                view.name.range(),
            ));
        }
    }
    if catalog.dialect() == Dialect::Sqlite {
        return warnings(resolver.finish(), "no query can read this view");
    }
    let columns = columns.renamed(&view.columns);
    resolver.each_once(&columns, view);
    resolver.finish()
}

/// What is wrong with the names in a trigger that is made. `relation` is its table.
pub fn trigger(
    catalog: &Catalog,
    relation: &Relation,
    trigger: &CreateTrigger,
    sql: &str,
) -> Vec<Finding> {
    let mut resolver = Resolver::new(catalog, Some(sql));
    let body = match &trigger.body {
        TriggerBody::Statements(actions) => actions.as_slice(),
        TriggerBody::Function(_) | TriggerBody::Opaque { .. } => &[],
    };
    resolver.fired(relation, &trigger.events, trigger.when.as_ref(), body);
    if let TriggerBody::Opaque { columns, .. } = &trigger.body {
        resolver.columns_of_row(relation, trigger, columns);
    }
    if catalog.dialect() == Dialect::Postgres {
        resolver.event_columns(relation, &trigger.events);
    }
    let findings = resolver.finish();
    if catalog.dialect() == Dialect::Sqlite {
        warnings(findings, "every statement that fires this trigger fails")
    } else {
        findings
    }
}

/// What is wrong with the names in the body of a function, where it could be read.
pub fn function_body(catalog: &Catalog, function: &CreateFunction, sql: &str) -> Vec<Finding> {
    let mut resolver = Resolver::new(catalog, Some(sql));
    let only_rows = function.body.iter().all(|action| {
        matches!(
            action,
            Action::Query(_) | Action::Insert(_) | Action::Update(_) | Action::Delete(_)
        )
    });
    if !only_rows {
        return Vec::new();
    }
    let mut frame = Frame::default();
    for Argument { name, .. } in &function.arguments {
        if let Some(name) = name {
            frame.parameters.push(&name.text);
            // An argument of a composite type: `a.field`.
            frame.sources.push(parameter(&name.text));
        }
    }
    frame.sources.push(parameter(&function.name.name.text));
    for action in &function.body {
        resolver.action(action, &frame);
    }
    resolver.finish()
}

/// Why a view that is there cannot be read.
pub fn broken_view(catalog: &Catalog, relation: &Relation) -> Option<String> {
    let query = relation.query.as_deref()?;
    let mut resolver = Resolver::new(catalog, None);
    resolver.reread = true;
    resolver.query(query, &Frame::default());
    first_error(resolver.finish())
}

/// Why a trigger that is there cannot run.
pub fn broken_trigger(catalog: &Catalog, relation: &Relation, trigger: &Trigger) -> Option<String> {
    let TriggerBody::Statements(body) = &trigger.body else {
        return None;
    };
    let mut resolver = Resolver::new(catalog, None);
    resolver.reread = true;
    resolver.fired(relation, &trigger.events, trigger.when.as_ref(), body);
    first_error(resolver.finish())
}

fn parameter(name: &str) -> Source<'_> {
    Source {
        qualified_only: true,
        ..Source::new(Some(name), Columns::unknown())
    }
}

fn first_error(findings: Vec<Finding>) -> Option<String> {
    let mut errors = findings
        .into_iter()
        .filter(|finding| finding.code.level() == Level::Deny);
    errors.next().map(|finding| finding.message)
}

/// Errors that only show later.
fn warnings(findings: Vec<Finding>, consequence: &str) -> Vec<Finding> {
    let mut warnings = Vec::new();
    for finding in findings {
        if finding.code.level() == Level::Deny {
            let note = format!("SQLite takes it, but {consequence}");
            warnings.push(
                Finding {
                    code: Code::BrokenDefinition,
                    ..finding
                }
                .note(note),
            );
        } else {
            warnings.push(finding);
        }
    }
    warnings
}

impl<'a> Resolver<'a> {
    /// The columns of a view have different names.
    fn each_once(&mut self, columns: &Columns<'a>, view: &'a CreateView) {
        let mut names: Vec<String> = columns
            .names()
            .map(|name| self.catalog.fold(name))
            .collect();
        names.sort_unstable();
        let twice = names.windows(2).find(|pair| pair[0] == pair[1]);
        if let Some(pair) = twice {
            self.say(
                Finding::new(
                    Code::DuplicateColumn,
                    format!("the view has two columns called `{}`", pair[0]),
                    view.name.range(),
                )
                .help("give one of them another name: `AS …`"),
            );
        }
    }

    /// The columns of a view as it is read (SQLite).
    pub(super) fn view_columns(&mut self, relation: &'a Relation, name: &'a Path) -> Columns<'a> {
        let key = std::ptr::from_ref(relation);
        if let Some(known) = self.views.get(&key) {
            return known.clone();
        }
        self.views.insert(key, Columns::unknown());
        let Some(query) = relation.query.as_deref() else {
            return Columns::unknown();
        };
        let (given, mut errors) = self.apart(|inner| {
            inner.in_view += 1;
            let given = inner.query(query, &Frame::default());
            inner.in_view -= 1;
            given
        });
        if let (Some(count), false) = (given.count(), relation.column_names.is_empty())
            && count != relation.column_names.len()
        {
            errors.push(Finding::new(
                Code::ColumnCount,
                format!(
                    "it names {}, and its query gives {count}",
                    counted(relation.column_names.len(), "column")
                ),
                0..0,
            ));
        }
        if self.reread && !errors.is_empty() {
            // What is wrong inside of it is not told here, nor what follows from that.
            return Columns::unknown();
        }
        if let Some(error) = errors.into_iter().next() {
            let made = self.catalog.by(relation.origin);
            self.say(
                Finding::new(
                    error.code,
                    format!(
                        "the view `{}` cannot be read: {}",
                        relation.name, error.message
                    ),
                    name.range(),
                )
                .help(format!(
                    "the view was made{made}: make it again with names that are there"
                )),
            );
        }
        let columns = given
            .renamed_as(relation.column_names.iter().map(String::as_str))
            .each_once(self.dialect);
        self.views.insert(key, columns.clone());
        columns
    }

    /// Looks at something that was stored, and gives what is surely wrong with it.
    fn apart<T>(&mut self, look: impl FnOnce(&mut Self) -> T) -> (T, Vec<Finding>) {
        let sql = self.sql.take();
        let findings = std::mem::take(&mut self.findings);
        let uses = self.uses.clone();
        let in_trigger = std::mem::replace(&mut self.in_trigger, false);
        let given = look(self);
        self.in_trigger = in_trigger;
        self.uses = uses;
        self.sql = sql;
        let mut found = std::mem::replace(&mut self.findings, findings);
        found.retain(|finding| finding.code.level() == Level::Deny);
        (given, found)
    }

    /// Looks at the triggers that a statement fires (SQLite).
    pub(super) fn fires(
        &mut self,
        relation: &'a Relation,
        name: &'a Path,
        by: impl Fn(&TriggerEvent) -> bool,
    ) {
        let fired = self.triggers_of(relation, by);
        self.fire(relation, name, fired);
    }

    pub(super) fn triggers_of(
        &self,
        relation: &'a Relation,
        by: impl Fn(&TriggerEvent) -> bool,
    ) -> Vec<&'a Trigger> {
        if self.dialect != Dialect::Sqlite || self.reread {
            return Vec::new();
        }
        let all = relation.triggers.iter().map(AsRef::as_ref);
        all.filter(|trigger: &&Trigger| trigger.events.iter().any(&by))
            .collect()
    }

    pub(super) fn fire(&mut self, relation: &'a Relation, name: &'a Path, fired: Vec<&'a Trigger>) {
        for trigger in fired {
            let key = std::ptr::from_ref(trigger);
            let TriggerBody::Statements(body) = &trigger.body else {
                continue;
            };
            if self.triggers.contains(&key) {
                continue;
            }
            self.triggers.push(key);
            let (_, errors) = self.apart(|inner| {
                inner.deeper(|inner| {
                    inner.fired(relation, &trigger.events, trigger.when.as_ref(), body);
                });
            });
            if let Some(error) = errors.into_iter().next() {
                let made = self.catalog.by(trigger.origin);
                self.say(
                    Finding::new(
                        error.code,
                        format!(
                            "this fires the trigger `{}`, which cannot run: {}",
                            trigger.name, error.message
                        ),
                        name.range(),
                    )
                    .help(format!(
                        "the trigger was made{made}: drop it, or make it again with names that are there"
                    )),
                );
            }
        }
    }

    /// The condition and the statements of a trigger, with `NEW` and `OLD` as far as its events have them.
    fn fired(
        &mut self,
        relation: &'a Relation,
        events: &'a [TriggerEvent],
        when: Option<&'a Expression>,
        body: &'a [Action],
    ) {
        let mut table = self.table(relation, &relation.name);
        if relation.kind.is_view() && self.dialect == Dialect::Sqlite {
            table.columns = self.columns_of_view(relation);
        }
        // Of several events each must have it.
        let has = |not: &TriggerEvent| !events.is_empty() && !events.contains(not);
        let mut frame = Frame::default();
        if has(&TriggerEvent::Delete) {
            frame.sources.push(Source::beside("new", &table));
        }
        if has(&TriggerEvent::Insert) {
            frame.sources.push(Source::beside("old", &table));
        }
        if let Some(when) = when {
            self.expression(when, Place::WHEN, &frame);
        }
        let outside = std::mem::replace(&mut self.in_trigger, true);
        for action in body {
            self.unseen = self.dialect == Dialect::Sqlite
                && !self.reread
                && matches!(action, Action::Query(_));
            self.action(action, &frame);
        }
        self.in_trigger = outside;
    }

    /// What a body that is not read otherwise names of the row that fires it (MySQL).
    fn columns_of_row(
        &mut self,
        relation: &'a Relation,
        trigger: &CreateTrigger,
        columns: &'a [RowColumn],
    ) {
        let source = self.table(relation, &relation.name);
        let fires = |event: &TriggerEvent| trigger.events.contains(event);
        for column in columns {
            let RowColumn {
                is_new,
                is_set,
                name,
            } = column;
            let row = if *is_new { "NEW" } else { "OLD" };
            let lacking = if *is_new {
                TriggerEvent::Delete
            } else {
                TriggerEvent::Insert
            };
            let wrong = if fires(&lacking) {
                Some(format!(
                    "there is no {row} row when a row is {}",
                    if *is_new { "deleted" } else { "inserted" }
                ))
            } else if *is_set && !is_new {
                Some("the OLD row cannot be changed".to_owned())
            } else if *is_set && trigger.time == TriggerTime::After {
                Some("an AFTER trigger cannot change the NEW row".to_owned())
            } else {
                None
            };
            if let Some(message) = wrong {
                let finding =
                    Finding::new(crate::Code::InvalidDefinition, message, name.range.clone());
                self.say(finding);
                return;
            }
            let known = source.columns.names().any(|own| self.same(own, &name.text));
            if !known && !source.columns.open && name.text.is_ascii() {
                self.no_such_column(&source, name);
            }
        }
    }

    /// `UPDATE OF columns`.
    fn event_columns(&mut self, relation: &'a Relation, events: &'a [TriggerEvent]) {
        let source = self.table(relation, &relation.name);
        for event in events {
            let TriggerEvent::Update(columns) = event else {
                continue;
            };
            for name in columns {
                let known = source.columns.names().any(|own| self.same(own, &name.text));
                if !known && !source.columns.open {
                    self.no_such_column(&source, name);
                }
            }
        }
    }

    /// The columns of a view of which it does not matter here whether it can be read.
    fn columns_of_view(&mut self, relation: &'a Relation) -> Columns<'a> {
        let Some(query) = relation.query.as_deref() else {
            return Columns::unknown();
        };
        let (given, errors) = self.apart(|inner| inner.query(query, &Frame::default()));
        if errors.is_empty() {
            given.renamed_as(relation.column_names.iter().map(String::as_str))
        } else {
            Columns::unknown()
        }
    }
}
