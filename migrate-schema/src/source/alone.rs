//! What cannot run in a transaction, in a migration that runs in one.
//!
//! The runner runs a migration outside a transaction by itself where all its steps have to stand alone. So only one that
//! also does something else is at fault, and only where that is certain: what nobody has read is left to the runner,
//! which sees every step when it plans and refuses before anything is done.

use super::{Migration, Parse, Step, What};
use crate::{
    Dialect, StatementKind,
    grammar::Parsed,
    replay::Direction,
    settings::{Product, Target},
};

/// Whether a migration has to say that it runs outside a transaction; databases that run statement by statement in any
/// case ask for nothing.
pub fn asks_for_option(target: &Target) -> bool {
    target.dialect() != Dialect::Mysql && target.product != Product::Cockroach
}

/// Whether a text has both: a statement that has to stand alone, and another.
pub fn is_mixed(parsed: &Parsed) -> bool {
    let alone = |kind| kind == StatementKind::OutsideTransaction;
    let mut kinds = parsed.statements.iter().map(|one| one.statement.kind);
    kinds.clone().any(alone) && !kinds.all(alone)
}

impl Migration {
    /// Whether one direction surely runs in a transaction on a database: it does something that need not stand alone.
    pub fn runs_in_one(
        &self,
        direction: Direction,
        target: &Target,
        parse: &mut Parse<'_>,
    ) -> bool {
        let steps = match direction {
            Direction::Up => &self.up,
            Direction::Down => self.down.as_ref().unwrap_or(const { &Vec::new() }),
        };
        let mut certain = steps.iter().filter(|step| !step.conditional);
        self.transaction
            && asks_for_option(target)
            && certain.any(|step| needs_none(step, target, parse))
    }
}

/// Whether a step does something that works in a transaction.
fn needs_none(step: &Step, target: &Target, parse: &mut Parse<'_>) -> bool {
    if let What::Rust(reach) = &step.what {
        return reach.runs;
    }
    if let What::Change(_) = &step.what {
        return true;
    }
    let Some(text) = step.text(target.dialect()) else {
        return false;
    };
    let parsed = parse(&text.sql, target);
    let mut kinds = parsed.statements.iter().map(|one| one.statement.kind);
    kinds.any(|kind| kind != StatementKind::OutsideTransaction)
}
