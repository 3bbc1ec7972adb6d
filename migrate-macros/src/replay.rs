//! The history, replayed up to the migration that is being compiled.
//!
//! The migrations beside it come from the files of the crate, and all are replayed in one pass of the process; each
//! expansion looks its own verdict up. What the compiler has handed over is the truth: where a file shows something
//! else, the migration is replayed with its own tokens, and what no file shows is checked for its syntax alone.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use migrate_schema::{
    settings::Settings,
    source::{self, Conditions, Migration, Verdict},
};
use proc_macro2::TokenStream;

use crate::{
    config::Config,
    invocation::{self, Invocation},
    model::{Form, Id, Model},
    parsed::parsed,
    pass::{Pass, prove},
    tokens::Own,
};

/// What is known of a migration and its history.
#[derive(Default)]
pub(crate) struct Replayed {
    /// Its own tokens.
    pub(crate) own: Own,
    /// The same, read.
    pub(crate) migration: Option<Migration>,
    /// What the replay says.
    pub(crate) verdict: Option<Verdict>,
    /// The pass that has its `impl`, where that stands beside a struct, and its index there.
    pub(crate) beside: Option<(Arc<Pass>, usize)>,
    /// Why its history was not replayed.
    pub(crate) unchecked: Option<&'static str>,
    /// Where another migration of the crate has the same version.
    pub(crate) twins: Vec<String>,
    /// No other migration of the crate can have its version: all are known, and none has.
    pub(crate) is_only: bool,
    /// There are no files, because no compiler runs: what would need them is nobody's fault.
    pub(crate) is_server: bool,
}

/// How many migrations may differ from their files before that is taken for a habit: each costs a replay of its own.
const DIFFERENT: usize = 20;

const DEPENDENCY: &str = "the crate was compiled as a dependency";
const NO_FILES: &str = "the compiler has told no root file";
const NOT_FOUND: &str = "it stands in no file of the crate: a macro has made it";
const DIFFERS: &str = "its tokens are not those of its file";
const CONFIGURATION: &str = "the configuration has errors";
const BROKEN: &str = "the replay of its history has failed";

/// Replays the history of a migration.
pub(crate) fn replay(
    id: &Id,
    model: &Model,
    config: &Config,
    arguments: TokenStream,
    item: TokenStream,
) -> Replayed {
    let mut replayed = Replayed::default();
    let Some(settings) = config.settings() else {
        replayed.unchecked = Some(CONFIGURATION);
        return replayed;
    };
    let invocation = invocation::current();
    replayed.own = Own::migration(arguments, item);
    replayed.is_server = !invocation.is_compiler && proc_macro::is_available();
    let needs_down = model.down_is_left_out();
    if invocation.is_dependency && !needs_down {
        replayed.unchecked = Some(DEPENDENCY);
        return replayed;
    }
    match &invocation.root {
        Some(root) => replayed.look_up(root, id, model, config, invocation),
        None => replayed.unchecked = Some(NO_FILES),
    }
    if replayed.verdict.is_none() && needs_down {
        replayed.alone(settings, &invocation.conditions);
    }
    if invocation.is_dependency {
        replayed.unchecked = Some(DEPENDENCY);
    }
    if replayed.unchecked.is_some()
        && let Some(verdict) = &mut replayed.verdict
    {
        verdict.findings.clear();
    }
    replayed
}

impl Replayed {
    /// What the source tells of it: its own tokens, or the file where it stands beside a struct.
    pub(crate) fn migration(&self) -> Option<&Migration> {
        match &self.beside {
            Some((pass, index)) => Some(&pass.project.migrations[*index].migration),
            None => self.migration.as_ref(),
        }
    }

    fn look_up(
        &mut self,
        root: &Path,
        id: &Id,
        model: &Model,
        config: &Config,
        invocation: &Invocation,
    ) {
        let Some(settings) = config.settings() else {
            return;
        };
        // Twice, because a migration that is compiled proves its conditions.
        for _ in 0..2 {
            let pass = Pass::current(root, settings, || config.set(), invocation);
            let own = source::migration_in(&self.own.tokens, &pass.conditions);
            let is_beside = matches!(model.form, Form::Beside { .. });
            let mut candidates = pass.with_id(id.id.as_str());
            let is_own = |index: &usize| {
                let found = &pass.project.migrations[*index];
                !found.made && (is_beside || own.as_ref().is_some_and(|own| same(own, found)))
            };
            let found = candidates.clone().find(is_own);
            let near = candidates.find(|index| !pass.project.migrations[*index].made);
            self.migration = own;
            let Some(index) = found.or(near) else {
                self.unchecked = Some(NOT_FOUND);
                return;
            };
            let predicates = &pass.project.migrations[index].predicates;
            if !predicates.is_empty() && prove(predicates) {
                continue;
            }
            if let Some(doubt) = pass.project.doubts.first() {
                self.unchecked = Some(doubt);
            }
            self.twins = pass.twins(index);
            self.is_only = pass.is_only(index);
            if is_beside || found.is_some() {
                self.verdict = pass.judged(index).and_then(|judged| judged.verdict.clone());
                if self.verdict.is_none() {
                    self.unchecked = Some(BROKEN);
                }
                self.beside = is_beside.then_some((pass, index));
            } else {
                self.differs(&pass, index, settings);
            }
            return;
        }
    }

    /// The file shows another migration: it is replayed again, with what the compiler has handed over.
    fn differs(&mut self, pass: &Pass, index: usize, settings: &Settings) {
        static COUNT: Mutex<usize> = Mutex::new(0);
        let mut count = COUNT.lock().unwrap_or_else(PoisonError::into_inner);
        *count += 1;
        let Some(own) = self.migration.as_ref().filter(|_| *count <= DIFFERENT) else {
            self.unchecked = Some(DIFFERS);
            return;
        };
        let all = pass.project.migrations.iter();
        let mut migrations: Vec<&Migration> = all.map(|found| &found.migration).collect();
        migrations[index] = own;
        let mut verdicts = source::replay(&migrations, settings, &mut parsed);
        self.verdict = (index < verdicts.len()).then(|| verdicts.swap_remove(index));
    }

    /// Without a history, some ways back can be told all the same.
    fn alone(&mut self, settings: &Settings, conditions: &Conditions) {
        let own = source::migration_in(&self.own.tokens, conditions);
        if let Some(own) = &own {
            self.verdict = source::replay(&[own], settings, &mut parsed).pop();
        }
        self.migration = own;
    }
}

/// Whether the file shows what the compiler has handed over. What is on the module around is in the file alone.
fn same(own: &Migration, found: &source::Found) -> bool {
    let mut shown = found.migration.conditional;
    if !found.predicates.is_empty() {
        shown = own.conditional;
    }
    own.id == found.migration.id
        && (own.transaction, own.irreversible, own.conditional)
            == (
                found.migration.transaction,
                found.migration.irreversible,
                shown,
            )
        && own.up == found.migration.up
        && own.down == found.migration.down
}

/// What the replay of the crate says of the migrations of SQL files, each by its identifier and the file of its `up`, and
/// whether it is surely the only one of its version.
/// None where there are no files of the crate, and no findings where there may be migrations that nobody sees.
pub(crate) fn of_files(
    settings: &Arc<Settings>,
    config: &Config,
    wanted: &[(String, PathBuf)],
) -> Option<(Vec<Verdict>, Vec<bool>)> {
    let invocation = invocation::current();
    let pass = Pass::current(
        invocation.root.as_ref()?,
        settings,
        || config.set(),
        invocation,
    );
    let is_seen = pass.project.doubts.is_empty() && !invocation.is_dependency;
    let of = |(id, path): &(String, PathBuf)| {
        let index = pass.with_id(id).find(|index| {
            let found = &pass.project.migrations[*index];
            pass.project.files[found.file].path == *path
        })?;
        let verdict = pass.judged(index)?.verdict.as_ref()?;
        let verdict = is_seen.then(|| verdict.clone());
        Some((verdict.unwrap_or_default(), pass.is_only(index)))
    };
    // What a macro has made is in no file of the crate.
    Some(wanted.iter().map(|one| of(one).unwrap_or_default()).unzip())
}
