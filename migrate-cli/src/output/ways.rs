//! What migrations do, and how they go back: `status --sql`.

use migrate_core::PlannedStep;
use serde::Serialize;

use super::{CAREFUL, FAINT, GOOD, plan};

/// Both ways of a migration.
#[derive(Debug, Serialize)]
pub(crate) struct Ways {
    pub(crate) set: String,
    pub(crate) id: String,
    pub(crate) up: Vec<PlannedStep>,
    /// None where there is no way back.
    pub(crate) down: Option<Vec<PlannedStep>>,
    /// `down` was left out, and the macro has derived it.
    pub(crate) derived: bool,
    pub(crate) irreversible: Option<String>,
    /// Why its history was not replayed while it was compiled.
    pub(crate) unchecked: Option<String>,
}

pub(super) fn lines(ways: &Ways, several_sets: bool) -> Vec<String> {
    let mut head = match several_sets {
        true => format!("\n{}/{}", ways.set, ways.id),
        false => format!("\n{}", ways.id),
    };
    if let Some(why) = &ways.unchecked {
        head += &format!(" {FAINT}(its history was not replayed: {why}){FAINT:#}");
    }
    let mut lines = vec![head, format!("  {GOOD}up{GOOD:#}")];
    lines.extend(ways.up.iter().filter_map(plan::step));
    let note = match (&ways.irreversible, ways.derived) {
        (Some(why), _) => format!(" {FAINT}(irreversible: {why}){FAINT:#}"),
        (None, true) => format!(" {FAINT}(derived from `up`){FAINT:#}"),
        (None, false) => String::new(),
    };
    lines.push(format!("  {CAREFUL}down{CAREFUL:#}{note}"));
    lines.extend(ways.down.iter().flatten().filter_map(plan::step));
    lines
}
