//! Views that stand in the way of a change: they go before it, and come back behind everything.

use super::{
    super::{
        super::view::{create_view, kind},
        mention::reads_column,
    },
    DIALECT, Plan, object_name,
};
use crate::schema::{ObjectName, View};

impl Plan<'_> {
    /// Takes away all views that read a column of a table, or anything of it, and the views that read those.
    pub(super) fn without_views_of(&mut self, table: &ObjectName, column: Option<&str>) {
        let mut gone: Vec<ObjectName> = vec![table.clone()];
        let mut going: Vec<View> = Vec::new();
        for view in &self.working.views {
            let own = view.reads.contains(table)
                && column.is_none_or(|column| reads_column(&view.query, column, DIALECT));
            let others = view.reads.iter().any(|read| gone[1..].contains(read));
            if own || others {
                gone.push(view.name.clone());
                going.push(view.clone());
            }
        }
        for view in going.into_iter().rev() {
            self.push(drop(&view));
            self.working.views.retain(|one| one.name != view.name);
            self.views.push(view);
        }
    }

    /// Drops a view that is to go, unless it is gone already.
    pub(super) fn drop_view(&mut self, view: &View) {
        let was_gone = self.views.iter().any(|gone| gone.name == view.name);
        self.views.retain(|gone| gone.name != view.name);
        if !was_gone {
            self.push(drop(view));
        }
    }

    /// Brings back what a view reads.
    pub(super) fn restore_what(&mut self, view: &View) {
        for read in &view.reads {
            let gone = self.views.iter().position(|gone| gone.name == *read);
            if let Some(at) = gone {
                let gone = self.views.remove(at);
                self.restore_what(&gone);
                self.restore_one(gone);
            }
        }
    }

    /// Brings back what had to go: first what went last.
    pub(super) fn restore(&mut self) {
        for (table, key) in std::mem::take(&mut self.foreign_keys) {
            self.restore_foreign_key(&table, key);
        }
        while let Some(view) = self.views.pop() {
            self.restore_what(&view);
            self.restore_one(view);
        }
    }

    fn restore_one(&mut self, gone: View) {
        let wanted = self.to.views.iter().find(|view| view.name == gone.name);
        // What nobody has compared stays as it was.
        let view = wanted.filter(|view| !view.query.trim().is_empty());
        let view = view.unwrap_or(&gone).clone();
        for sql in create_view(DIALECT, &view) {
            self.push(sql);
        }
        self.working.views.push(view);
    }
}

fn drop(view: &View) -> String {
    format!(
        "DROP {} {}",
        kind(view.materialized),
        object_name(&view.name, DIALECT)
    )
}
