//! Views.

use std::sync::Arc;

use super::{Findings, rewrite};
use crate::{
    Code, Dialect, Finding,
    catalog::{Catalog, Class, Column, Key, Node, Relation, RelationKind, Use, query, store::Fact},
    tree::{AlterTable, CreateView, Name, Path, Query},
};

/// Collects the tables that a statement names.
struct Tables(Vec<Path>);

impl rewrite::Rewriter for Tables {
    fn table(&mut self, path: &mut Path) {
        self.0.push(path.clone());
    }
    fn column(&mut self, _table: &mut Option<Path>, _name: &mut Name) {}
    fn target(&mut self, _table: &Path, _name: &mut Name) {}
    fn own(&mut self, _name: &Name) {}
    fn nested(&mut self) {}
}

impl Catalog {
    pub(super) fn create_view(&mut self, view: &CreateView, findings: &mut Findings) {
        let key = self.new_key(Class::Relation, &view.name, view.temporary);
        self.check_schema(&view.name, findings);
        let kind = if view.materialized {
            RelationKind::MaterializedView
        } else {
            RelationKind::View
        };
        let before = self.relation_by_key(&key).cloned();
        if let Some(by) = self.name_in_schema(&key) {
            let is_view = before.as_ref().is_some_and(|before| before.kind == kind);
            if view.if_not_exists && (is_view || by.0 != "an index") {
                return;
            }
            let replaces = view.or_replace && is_view;
            if !replaces && !self.path_is_uncertain(&view.name) {
                let help = match self.dialect() {
                    Dialect::Sqlite => "drop it first, or write another name",
                    _ if is_view && !view.materialized => {
                        "write `CREATE OR REPLACE VIEW`, or another name"
                    }
                    _ => "write another name",
                };
                findings.push(self.already(by, &view.name.name, help));
                return;
            }
        }
        let faults = query::view(self, view, findings.sql);
        let broken = !faults.is_empty();
        findings.extend(faults);
        if findings.refuse() {
            return;
        }
        let mut draft = self.new_relation(&key, &view.name.name);
        draft.kind = kind;
        draft.definition = self.definition(&view.name, None);
        draft.column_names = view.columns.iter().map(|name| name.text.clone()).collect();
        draft.query = Some(Arc::new(view.query.clone()));
        draft.uses = self.uses_of_query(&view.query, &key);
        self.fill_view(&mut draft);
        if let Some(before) = before.filter(|_| view.or_replace) {
            self.check_replaced(&before, &draft, view, findings);
            draft.triggers.clone_from(&before.triggers);
        }
        if findings.refuse() {
            return;
        }
        self.put_new(key.clone(), draft);
        if broken {
            self.store.mark_stale(key);
        }
    }

    fn fill_view(&self, draft: &mut Relation) {
        let Some(columns) = self.view_columns(draft) else {
            draft.open = true;
            return;
        };
        draft.columns = columns.into_iter().map(Arc::new).collect();
    }

    /// The columns that a view has now.
    pub(crate) fn view_columns(&self, view: &Relation) -> Option<Vec<Column>> {
        let query = view.query.as_ref()?;
        let outputs = query::outputs(self, query)?;
        let columns = outputs.into_iter().enumerate().map(|(at, output)| {
            let name = match view.column_names.get(at) {
                Some(name) => name.clone(),
                None => output.name?.to_owned(),
            };
            Some(self.plain_column(name, output.ty.cloned()))
        });
        columns.collect()
    }

    /// `OR REPLACE` may only add columns at the end (PostgreSQL).
    fn check_replaced(
        &self,
        before: &Relation,
        draft: &Relation,
        view: &CreateView,
        findings: &mut Findings,
    ) {
        if self.dialect() != Dialect::Postgres || before.open || draft.open {
            return;
        }
        for (at, column) in before.columns.iter().enumerate() {
            let now = draft.columns.get(at).map(|now| now.name.as_str());
            if now == Some(column.name.as_str()) {
                continue;
            }
            let message = match now {
                Some(now) => format!(
                    "`CREATE OR REPLACE VIEW` cannot rename the column `{}` of `{}` to `{now}`",
                    column.name, before.name
                ),
                None => format!(
                    "`CREATE OR REPLACE VIEW` cannot drop the column `{}` of `{}`",
                    column.name, before.name
                ),
            };
            findings.push(
                Finding::new(Code::InvalidDefinition, message, view.name.range())
                    .help("new columns go to the end; for anything else drop the view first"),
            );
            return;
        }
    }

    /// What a query needs. SQLite's views and triggers may name tables that are not there.
    pub(super) fn uses_of_query(&self, query: &Query, own: &Key) -> Vec<Use> {
        let mut uses = query::query_uses(self, query);
        if self.dialect() == Dialect::Sqlite {
            let mut tables = Tables(Vec::new());
            rewrite::query(&mut query.clone(), &mut tables);
            uses.extend(self.uses_of_names(&tables.0, own));
        }
        uses
    }

    /// The same for the body of a trigger.
    pub(super) fn uses_of_body(&self, body: &[crate::tree::Action], own: &Key) -> Vec<Use> {
        let mut tables = Tables(Vec::new());
        for action in body {
            rewrite::action(&mut action.clone(), &mut tables);
        }
        self.uses_of_names(&tables.0, own)
    }

    fn uses_of_names(&self, paths: &[Path], own: &Key) -> Vec<Use> {
        let keys = paths.iter().map(|path| {
            let found = self.relation_key(path);
            found.unwrap_or_else(|| (own.0.clone(), self.fold(&path.name.text)))
        });
        keys.map(|key| Use::of(Class::Relation, key)).collect()
    }

    /// SQLite looks at a view's query whenever it is used: its columns follow those of its tables.
    pub(super) fn refresh_views(&mut self, key: &Key) {
        if self.dialect() != Dialect::Sqlite {
            return;
        }
        let mut waiting = vec![key.clone()];
        let mut seen: Vec<Key> = Vec::new();
        while let Some(key) = waiting.pop() {
            if seen.contains(&key) {
                continue;
            }
            let node = Node::new(Class::Relation, key.clone());
            let dependents: Vec<Key> = (self.store.dependents(&node))
                .filter(|one| one.class == Class::Relation)
                .map(|one| one.key.clone())
                .collect();
            seen.push(key);
            for dependent in dependents {
                let Some(view) = self
                    .store
                    .relations()
                    .get(&dependent)
                    .filter(|one| one.query.is_some())
                else {
                    continue;
                };
                let mut draft = view.as_ref().clone();
                match self.view_columns(&draft) {
                    Some(columns) => {
                        draft.open = false;
                        draft.columns = columns.into_iter().map(Arc::new).collect();
                    }
                    None => draft.open = true,
                }
                self.set(Fact::Relation(dependent.clone(), Some(Arc::new(draft))));
                waiting.push(dependent);
            }
        }
    }

    /// SQLite reads every view and trigger anew when a table or column gets another name or a column goes.
    pub(super) fn test_schema(&mut self, alter: &AlterTable, how: &str, findings: &mut Findings) {
        if self.store.session().legacy_alter_table {
            return;
        }
        let mut stale = self.store.take_stale().into_iter();
        while let Some(key) = stale.next() {
            let Some(relation) = self.relation_by_key(&key).cloned() else {
                continue;
            };
            let Some((what, cause)) = self.fault_of(&relation) else {
                continue;
            };
            self.store.mark_stale(key);
            for other in stale {
                self.store.mark_stale(other);
            }
            let message = format!("the {what} {how}: {cause}");
            findings.push(
                Finding::new(Code::StillReferenced, message, alter.name.range()).help(format!(
                    "SQLite reads every view and trigger anew here: drop the {what} first, and make it again afterwards"
                )),
            );
            return;
        }
    }

    /// What is wrong with a view, or with a trigger of a table.
    fn fault_of(&self, relation: &Relation) -> Option<(String, String)> {
        if relation.query.is_some()
            && let Some(fault) = query::broken_view(self, relation)
        {
            return Some((format!("view `{}`", relation.name), fault));
        }
        relation.triggers.iter().find_map(|trigger| {
            let fault = query::broken_trigger(self, relation, trigger)?;
            Some((format!("trigger `{}`", trigger.name), fault))
        })
    }
}
