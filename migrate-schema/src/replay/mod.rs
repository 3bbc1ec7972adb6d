//! A history of migrations, applied one after the other to a catalog.

mod derive;
mod expect;
mod run;
mod undone;

#[cfg(feature = "schema")]
pub(crate) use run::words;
use std::sync::Arc;

use crate::{
    Dialect, Finding,
    catalog::Catalog,
    grammar::Parsed,
    lint::{Changes, Lints, Watch},
    model::Change,
    settings::{Settings, Target},
};

/// A migration, as far as its text is known.
#[derive(Clone, Debug)]
pub struct Migration<'a> {
    /// Its identifier: what messages name.
    pub id: &'a str,
    /// What `up` does.
    pub up: Vec<Step<'a>>,
    /// What `down` does; none where it was left out.
    pub down: Option<Vec<Step<'a>>>,
    /// It runs in a transaction.
    pub transaction: bool,
    /// It says that it cannot be undone.
    pub irreversible: bool,
}

/// A step of a migration.
#[derive(Clone, Debug)]
pub struct Step<'a> {
    /// What it does.
    pub what: What<'a>,
    /// It may not run: it stands under `if`, in a loop, in a helper, behind a `cfg`.
    pub conditional: bool,
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum What<'a> {
    /// Runs SQL.
    Sql {
        /// The text.
        sql: &'a str,
        /// The same, parsed for the target of the replay.
        parsed: &'a Parsed,
    },
    /// Changes the schema with a builder.
    Change(&'a Change),
    /// Runs code, or SQL that nobody has read: what these words name is unknown afterwards.
    Rust {
        /// The words of its string literals.
        words: Vec<String>,
    },
}

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// `up`.
    Up,
    /// `down`.
    Down,
}

/// A finding, and the step whose SQL its range is in.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    /// In which method.
    pub direction: Direction,
    /// Which step of it, from 0; none where it is about all of it.
    pub step: Option<usize>,
    /// The dialect whose text it is about, where the step has one for each.
    pub dialect: Option<Dialect>,
    /// What was found.
    pub finding: Finding,
}

/// What the replay of one migration has found.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Errors and warnings, without those of the syntax, in the order of their places. Levels are not applied.
    pub findings: Vec<Placed>,
    /// The statements that undo `up` without loss, where `down` was left out and they can be told.
    pub derived_down: Option<Vec<String>>,
}

/// A history that is being replayed.
#[derive(Clone, Debug)]
pub struct Replay {
    catalog: Catalog,
    target: Target,
    settings: Arc<Settings>,
    lints: Arc<Lints>,
}

impl Replay {
    /// A replay on an empty database.
    pub fn new(target: &Target, settings: &Settings) -> Self {
        Self {
            catalog: Catalog::new(target, settings),
            target: target.clone(),
            settings: Arc::new(settings.clone()),
            lints: Arc::new(Lints::new(target, settings)),
        }
    }

    /// Names a migration that comes later, so that a use of what only it makes is told as a wrong order.
    pub fn expect(&mut self, id: &str, statements: &Parsed) {
        let id: Arc<str> = id.into();
        for statement in &statements.statements {
            let actions = statement.tree.iter().flat_map(|tree| &tree.actions);
            for action in actions {
                expect::expect(&mut self.catalog, &id, action);
            }
        }
    }

    /// Applies the next migration: `up`, then `down` on what `up` has left; afterwards the catalog is as `up` has left it.
    pub fn migration(&mut self, migration: &Migration<'_>) -> Outcome {
        self.catalog.begin(migration.id);
        let mut outcome = Outcome::default();
        let is_left_out = migration.down.is_none() && !migration.irreversible;
        let mut undo = is_left_out.then(derive::Derived::default);
        let up = self.method(
            migration,
            Direction::Up,
            undo.as_mut(),
            &mut outcome.findings,
        );
        let mark = self.catalog.mark();
        match &migration.down {
            Some(_) => {
                let down = self.method(migration, Direction::Down, None, &mut outcome.findings);
                if up && down && !migration.irreversible {
                    let difference = undone::difference(&self.catalog);
                    let finding = difference.map(|difference| difference.finding(migration.id));
                    outcome.findings.extend(finding.map(|finding| Placed {
                        direction: Direction::Down,
                        step: None,
                        dialect: None,
                        finding,
                    }));
                }
                self.catalog.roll_back(mark);
            }
            None => outcome.derived_down = undo.filter(|_| up).and_then(|undo| undo.finish()),
        }
        outcome
    }

    /// Applies one direction. Whether it is certain what it has done.
    fn method(
        &mut self,
        migration: &Migration<'_>,
        direction: Direction,
        undo: Option<&mut derive::Derived>,
        findings: &mut Vec<Placed>,
    ) -> bool {
        let steps = match direction {
            Direction::Up => migration.up.as_slice(),
            Direction::Down => migration.down.as_deref().unwrap_or_default(),
        };
        let changes = Changes::of(steps, &self.catalog);
        let mut watch = Watch::new(
            &self.lints,
            &self.settings,
            &self.catalog,
            migration,
            direction,
            &changes,
            &self.target,
        );
        let first = findings.len();
        let certain = run::Run::new(&mut self.catalog, direction, &mut watch, findings)
            .steps(steps, &changes, undo);
        findings.extend(watch.end(&self.catalog));
        if let Some(new) = findings.get_mut(first..) {
            new.sort_by_key(|placed| (placed.step, placed.finding.range.start));
        }
        certain
    }

    /// What the database holds now.
    pub const fn catalog(&self) -> &Catalog {
        &self.catalog
    }
}
