//! The lints beside the replay of one method.

use std::cell::OnceCell;

use crate::{
    Finding,
    catalog::Catalog,
    replay::{Direction, Migration, Placed, Step, What},
    settings::Settings,
    tree,
};

use super::{Lints, Memory, Method, Place};

/// What the builder steps of a method say, as statements; none for other steps.
#[derive(Clone, Debug)]
pub(crate) struct Changes(Vec<Option<tree::Statement>>);

impl Changes {
    /// Of these steps.
    pub(crate) fn of(steps: &[Step<'_>], catalog: &Catalog) -> Self {
        let statement = |step: &Step<'_>| match &step.what {
            What::Change(change) => Some(tree::Statement {
                range: 0..0,
                actions: tree::from_change(change, catalog.target()),
            }),
            What::Sql { .. } | What::Rust { .. } => None,
        };
        Self(steps.iter().map(statement).collect())
    }

    /// What a step does.
    pub(crate) fn actions(&self, step: usize) -> &[tree::Action] {
        let statement = self.0.get(step).and_then(Option::as_ref);
        statement.map_or(&[], |statement| &statement.actions)
    }
}

/// The lints, on their way through a method.
#[derive(Debug)]
pub(crate) struct Watch<'a> {
    lints: &'a Lints,
    method: Method<'a>,
    memory: Memory,
    at: usize,
}

impl<'a> Watch<'a> {
    /// In front of the first statement.
    pub(crate) fn new(
        lints: &'a Lints,
        settings: &'a Settings,
        catalog: &Catalog,
        migration: &'a Migration<'a>,
        direction: Direction,
        changes: &'a Changes,
        target: &'a crate::settings::Target,
    ) -> Self {
        let steps = match direction {
            Direction::Up => migration.up.as_slice(),
            Direction::Down => migration.down.as_deref().unwrap_or_default(),
        };
        let mut statements = Vec::new();
        for (at, step) in steps.iter().enumerate() {
            let place = |sql, tree| Place {
                step: at,
                sql,
                tree,
                conditional: step.conditional,
            };
            match &step.what {
                What::Sql { sql, parsed } => {
                    let trees = parsed.statements.iter().filter_map(|it| it.tree.as_ref());
                    statements.extend(trees.map(|tree| place(sql, tree)));
                }
                What::Change(_) => {
                    let tree = changes.0.get(at).and_then(Option::as_ref);
                    statements.extend(tree.map(|tree| place("", tree)));
                }
                What::Rust { .. } => {}
            }
        }
        Self {
            lints,
            method: Method {
                target,
                settings,
                id: migration.id,
                origin: catalog.origin(),
                direction,
                transaction: migration.transaction,
                irreversible: migration.irreversible,
                statements,
                about: OnceCell::new(),
            },
            memory: Memory::default(),
            at: 0,
        }
    }

    /// Looks at an action, before it is applied.
    pub(crate) fn action(&mut self, catalog: &Catalog, action: &tree::Action) -> Vec<Finding> {
        self.lints
            .action(&self.method, &mut self.memory, catalog, self.at, action)
    }

    /// The statement is done with.
    pub(crate) const fn next(&mut self) {
        self.at += 1;
    }

    /// Looks at all of it, after it was applied.
    pub(crate) fn end(&self, catalog: &Catalog) -> Vec<Placed> {
        self.lints.end(&self.method, &self.memory, catalog)
    }
}
