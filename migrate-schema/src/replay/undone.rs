//! Whether `down` has undone `up`: what is left over, what is lost, what is not as it was.

use std::collections::BTreeSet;

use crate::{
    Code, Finding,
    catalog::{Catalog, Change},
};

/// What `down` should have undone.
#[derive(Debug, Default)]
pub(super) struct Difference {
    left: BTreeSet<String>,
    lost: BTreeSet<String>,
    changed: BTreeSet<String>,
}

impl Difference {
    pub(super) fn finding(self, id: &str) -> Finding {
        let message = match (
            self.left.is_empty(),
            self.lost.is_empty(),
            self.changed.is_empty(),
        ) {
            (false, true, true) => "down leaves something behind",
            (true, false, true) => "down does not bring back what up takes away",
            _ => "down does not undo up",
        };
        let mut finding = Finding::new(
            Code::DownDoesNotUndo,
            format!("{message}: {}", self.first()),
            0..0,
        );
        for (title, names) in [
            ("left behind", &self.left),
            ("lost", &self.lost),
            ("not as before", &self.changed),
        ] {
            if !names.is_empty() {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                finding = finding.note(format!("{title}: {}", names.join(", ")));
            }
        }
        finding.help(format!(
            "undo in `down` all that `up` does, or say that {id} cannot be undone: `irreversible = \"why\"`"
        ))
    }

    fn first(&self) -> String {
        let mut all = self.left.iter().chain(&self.lost).chain(&self.changed);
        let first = all.next().cloned().unwrap_or_default();
        match all.count() {
            0 => first,
            more => format!("{first} and {more} more"),
        }
    }
}

/// What is not as it was when the migration began; none where that cannot be told or all is well.
pub(super) fn difference(catalog: &Catalog) -> Option<Difference> {
    let mut difference = Difference::default();
    for (change, name) in catalog.changes()? {
        match change {
            Change::Left => difference.left.insert(name),
            Change::Lost => difference.lost.insert(name),
            Change::Other => difference.changed.insert(name),
        };
    }
    let nothing =
        difference.left.is_empty() && difference.lost.is_empty() && difference.changed.is_empty();
    (!nothing).then_some(difference)
}
