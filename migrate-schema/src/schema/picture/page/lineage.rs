//! Which table of today a change of some time ago was about.

use std::collections::HashMap;

use super::Chapter;
use crate::schema::{
    ObjectName,
    diff::{Change, TableChange},
};

/// How a change is marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Made,
    Changed,
    Dropped,
}

impl Kind {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Made => "made",
            Self::Changed => "changed",
            Self::Dropped => "dropped",
        }
    }
}

/// A change, and what is left of what it was about.
#[derive(Clone, Debug)]
pub(super) struct Touch {
    pub(super) kind: Kind,
    pub(super) words: String,
    pub(super) entity: Option<usize>,
}

/// The changes of each migration. A table that was renamed since is found under the name that it has now.
pub(super) fn touches(
    history: &[Chapter],
    entity: impl Fn(&ObjectName) -> Option<usize>,
) -> Vec<Vec<Touch>> {
    // Every name that was in use has a number; a rename takes it along.
    let mut numbers: HashMap<ObjectName, usize> = HashMap::new();
    let mut last: Vec<ObjectName> = Vec::new();
    let mut all = Vec::with_capacity(history.len());
    for chapter in history {
        let mut touches = Vec::with_capacity(chapter.changes.len());
        for change in &chapter.changes {
            let number = name(change).map(|name| {
                *numbers.entry(name.clone()).or_insert_with(|| {
                    last.push(name.clone());
                    last.len() - 1
                })
            });
            if let (Change::RenameTable { from, to }, Some(number)) = (change, number) {
                numbers.remove(from);
                numbers.insert(to.clone(), number);
                if let Some(name) = last.get_mut(number) {
                    name.clone_from(to);
                }
            }
            touches.push((number, kind(change), change.to_string()));
        }
        all.push(touches);
    }
    let found = |number: usize| {
        let name = last.get(number)?;
        // Another table may have taken the name since.
        (numbers.get(name) == Some(&number)).then(|| entity(name))?
    };
    let touch = |(number, kind, words): (Option<usize>, Kind, String)| Touch {
        kind,
        words,
        entity: number.and_then(found),
    };
    let of = |touches: Vec<_>| touches.into_iter().map(touch).collect();
    all.into_iter().map(of).collect()
}

/// The table or view that a change is about.
fn name(change: &Change) -> Option<&ObjectName> {
    match change {
        Change::CreateView(view) | Change::DropView(view) => Some(&view.name),
        Change::AlterView { view, .. } => Some(view),
        other => other.table(),
    }
}

fn kind(change: &Change) -> Kind {
    match change {
        Change::CreateNamespace(_)
        | Change::CreateExtension(_)
        | Change::CreateType(_)
        | Change::CreateSequence(_)
        | Change::CreateRoutine(_)
        | Change::CreateTable(_)
        | Change::CreateView(_) => Kind::Made,
        Change::DropNamespace(_)
        | Change::DropExtension(_)
        | Change::DropType(_)
        | Change::DropSequence(_)
        | Change::DropRoutine(_)
        | Change::DropTable(_)
        | Change::DropView(_) => Kind::Dropped,
        Change::AlterTable {
            change: TableChange::DropColumn(_),
            ..
        } => Kind::Dropped,
        _ => Kind::Changed,
    }
}
