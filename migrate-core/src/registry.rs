//! The migrations that are linked into the program, in the order in which they run.

use std::{
    borrow::Cow,
    cmp::{Ordering, Reverse},
    collections::{BTreeMap, BTreeSet, BinaryHeap},
    fmt,
    sync::{Arc, OnceLock},
};

use migrate_schema::{Dialect, IdError, MigrationId};
use once_cell::sync::OnceCell;

use crate::{
    engine::prepare::planned, error::Error, linked, migration::Registration, plan::PlannedStep,
    steps::Steps,
};

/// A migration that the program knows.
#[derive(Clone)]
pub struct Registered {
    pub(crate) registration: &'static Registration,
    id: MigrationId,
    /// What every start compares, so that it need not go to the registrations, which lie all over the program.
    set: &'static str,
    checksum: Option<&'static str>,
    /// The checksum for the environment and the dialect that were asked for first, where the macro could not tell
    /// it. A run among others asks for it in every transaction.
    computed: OnceLock<Box<(String, Dialect, String)>>,
}

impl Registered {
    /// The set that it belongs to: the name of its crate, unless that says otherwise.
    pub fn set(&self) -> &'static str {
        self.set
    }

    /// Its identifier.
    pub fn id(&self) -> &MigrationId {
        &self.id
    }

    /// What it does, in words.
    pub fn description(&self) -> &'static str {
        self.registration.description
    }

    /// The source file that it stands in, as rustc names it.
    pub fn file(&self) -> &'static str {
        self.registration.file
    }

    /// The line of its attribute.
    pub fn line(&self) -> u32 {
        self.registration.line
    }

    /// Why its history was not replayed while it was compiled: its SQL was checked for its syntax alone. None where it
    /// was replayed.
    pub fn unchecked(&self) -> Option<&'static str> {
        self.registration.unchecked
    }

    /// Whether its `down` was left out and derived from its `up`.
    pub fn has_derived_down(&self) -> bool {
        self.registration.derived_down
    }

    /// Why it cannot be taken back, where it says so.
    pub fn irreversible(&self) -> Option<&'static str> {
        self.registration.irreversible
    }

    /// What `up`, or else `down`, does in an environment, on a dialect, step by step: what `status --sql` shows. None
    /// for the way back where there is none.
    ///
    /// # Errors
    ///
    /// Where a step cannot be written in the dialect.
    pub fn planned(
        &self,
        down: bool,
        environment: &str,
        dialect: Dialect,
    ) -> Result<Option<Vec<PlannedStep>>, Error> {
        let steps = if down {
            self.down(environment)
        } else {
            self.up(environment)
        };
        planned(self, steps, dialect)
    }

    pub(crate) fn up(&self, environment: &str) -> Steps {
        let mut steps = Steps::new(environment);
        self.registration.migration.up(&mut steps);
        steps
    }

    pub(crate) fn down(&self, environment: &str) -> Steps {
        let mut steps = Steps::new(environment);
        self.registration.migration.down(&mut steps);
        steps
    }

    /// The label or the statement of a step, counted from 1.
    pub(crate) fn step(
        &self,
        up: bool,
        step: u32,
        environment: &str,
        dialect: Dialect,
    ) -> Option<String> {
        let steps = if up {
            self.up(environment)
        } else {
            self.down(environment)
        };
        let prepared = steps.prepare(dialect).ok()?;
        let task = prepared.tasks.get((step as usize).checked_sub(1)?)?;
        Some(task.what().to_owned())
    }

    /// The checksum of its SQL; `environment` is the one that it was or will be applied in.
    pub(crate) fn checksum(&self, environment: &str, dialect: Dialect) -> Cow<'static, str> {
        match self.checksum {
            Some(checksum) => Cow::Borrowed(checksum),
            None => Cow::Owned(self.computed(environment, dialect)),
        }
    }

    /// The checksum that the macro told.
    pub(crate) fn known_checksum(&self) -> Option<&'static str> {
        self.checksum
    }

    fn computed(&self, environment: &str, dialect: Dialect) -> String {
        let compute = || self.up(environment).checksum(dialect);
        let first = || Box::new((environment.to_owned(), dialect, compute()));
        match &**self.computed.get_or_init(first) {
            (of, on, checksum) if of == environment && *on == dialect => checksum.clone(),
            _ => compute(),
        }
    }

    /// Whether it is for an environment.
    pub(crate) fn is_for(&self, environment: &str) -> bool {
        let environments = self.registration.environments;
        environments.is_empty() || environments.contains(&environment)
    }

    /// The feature that has to be on, where it is off.
    pub(crate) fn disabled_feature(&self) -> Option<&'static str> {
        self.registration
            .feature
            .and_then(|(name, on)| (!on).then_some(name))
    }

    /// The set and the id that it had before.
    pub(crate) fn renamed_from(&self) -> Option<(&'static str, &'static str)> {
        self.registration
            .renamed_from
            .map(|old| old.split_once('/').unwrap_or((self.set(), old)))
    }

    /// Its id, with its file and line.
    fn place(&self) -> String {
        format!("`{}` ({}:{})", self.id, self.file(), self.line())
    }

    fn order(&self, other: &Self) -> Ordering {
        self.id
            .cmp(&other.id)
            .then_with(|| self.set().cmp(other.set()))
    }
}

impl fmt::Debug for Registered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.set(), self.id)
    }
}

/// Why the linked migrations cannot be put in order.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// Nothing is registered.
    #[error("{}", no_migrations(.set.as_deref(), .linked))]
    Empty {
        /// The set that was asked for.
        set: Option<String>,
        /// The sets that are linked.
        linked: Vec<String>,
    },
    /// An identifier that the macro would have refused.
    #[error("{file}:{line}: {source}")]
    Id {
        /// The source file.
        file: String,
        /// The line of the attribute.
        line: u32,
        /// What is wrong.
        source: IdError,
    },
    /// Two different migrations of one set claim one version.
    #[error(
        "two migrations of the set `{set}` have the version {version}: {first} and {second}; give one of them another version"
    )]
    Duplicate {
        /// The set of both.
        set: String,
        /// The version, in its canonical form.
        version: String,
        /// The id of the one, with its file and line.
        first: String,
        /// The id of the other, with its file and line.
        second: String,
    },
    /// `after` names what is not linked.
    #[error(
        "`{migration}` is to run after `{after}`, which is not in this program; write `after = \"set/id\"` with a set that is linked"
    )]
    UnknownAfter {
        /// The migration with the option.
        migration: String,
        /// What the option names.
        after: String,
    },
    /// `after` and the order of the identifiers contradict each other.
    #[error(
        "the migrations {0} wait for each other: `after` and the order of their ids form a circle"
    )]
    Circle(String),
    /// Two migrations are the same row of the history.
    #[error(
        "{first} and {second} both claim what the history has as `{old}`: remove `renamed_from` from one of them"
    )]
    Renamed {
        /// The set and the id in the history.
        old: String,
        /// The id of the one, with its file and line.
        first: String,
        /// The id of the other.
        second: String,
    },
}

fn no_migrations(set: Option<&str>, linked: &[String]) -> String {
    let what = match set {
        Some(set) if !linked.is_empty() => {
            let linked: Vec<String> = linked.iter().map(|set| format!("`{set}`")).collect();
            let linked = linked.join(", ");
            return format!("this program has no migrations of a set `{set}`, only of {linked}");
        }
        Some(set) => format!("no migration of the set `{set}` is linked into this program"),
        None => "no migration is linked into this program".to_owned(),
    };
    format!(
        "{what}. The linker leaves out a crate that the program never names: write `migrate_cli::main!(your_crate)` in \
         src/bin/migrate.rs, or `migrate_core::link!(your_crate);` in the program that runs them, and see that the \
         crate declares the modules (`mod migrations;`)"
    )
}

/// The linked migrations in the order in which they run: by id, and by set where ids are equal, unless
/// `after` says more.
///
/// A copy costs nothing: it is the same list.
#[derive(Clone, Debug)]
pub struct Registry {
    list: Arc<[Registered]>,
}

impl Registry {
    /// The migrations of every linked set, or of one. What is linked does not change while a program runs, so
    /// all of them are put in order only once.
    ///
    /// # Errors
    ///
    /// [`RegistryError`], in particular where nothing is linked at all.
    pub fn linked(set: Option<&str>) -> Result<Self, RegistryError> {
        static ALL: OnceCell<Registry> = OnceCell::new();
        let all = || linked::linked().into_iter();
        let result = match set {
            None => ALL.get_or_try_init(|| Self::new(all(), None)).cloned(),
            Some(set) => Self::new(all().filter(|one| one.set == set), Some(set)),
        };
        result.map_err(|error| match error {
            RegistryError::Empty { set, .. } => {
                let linked: BTreeSet<String> = all().map(|one| one.set.to_owned()).collect();
                let linked = linked.into_iter().collect();
                RegistryError::Empty { set, linked }
            }
            other => other,
        })
    }

    pub(crate) fn new(
        registrations: impl IntoIterator<Item = &'static Registration>,
        set: Option<&str>,
    ) -> Result<Self, RegistryError> {
        let mut list = Vec::new();
        for registration in registrations {
            let id =
                MigrationId::from_static(registration.id).map_err(|source| RegistryError::Id {
                    file: registration.file.to_owned(),
                    line: registration.line,
                    source,
                })?;
            list.push(Registered {
                registration,
                id,
                set: registration.set,
                checksum: registration.checksum,
                computed: OnceLock::new(),
            });
        }
        if list.is_empty() {
            return Err(RegistryError::Empty {
                set: set.map(str::to_owned),
                linked: Vec::new(),
            });
        }
        list.sort_unstable_by(Registered::order);
        remove_twins(&mut list);
        refuse_duplicates(&list)?;
        refuse_renames(&list)?;
        let several = list.iter().any(|one| !one.registration.after.is_empty());
        if several {
            list = sort_after(list, set.is_some())?;
        }
        Ok(Self { list: list.into() })
    }

    /// No migrations: for what asks a database something that has nothing to do with them.
    #[cfg(feature = "schema")]
    pub(crate) fn none() -> Self {
        Self {
            list: Vec::new().into(),
        }
    }

    /// The migrations in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Registered> {
        self.list.iter()
    }

    pub(crate) fn get(&self, at: usize) -> Option<&Registered> {
        self.list.get(at)
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// The names of the sets.
    pub fn sets(&self) -> BTreeSet<&'static str> {
        self.list.iter().map(Registered::set).collect()
    }
}

/// A module that is compiled into a library and a program of one crate is registered by both.
fn remove_twins(list: &mut Vec<Registered>) {
    list.dedup_by(|b, a| {
        a.set() == b.set() && a.id == b.id && a.line() == b.line() && a.file() == b.file()
    });
}

fn refuse_duplicates(list: &[Registered]) -> Result<(), RegistryError> {
    let mut first_of_version: BTreeMap<(&str, migrate_schema::Version), &Registered> =
        BTreeMap::new();
    let single_set = list.windows(2).all(|pair| pair[0].set() == pair[1].set());
    let refuse = |first: &Registered, second: &Registered| {
        Err(RegistryError::Duplicate {
            set: first.set().to_owned(),
            version: first.id.version().to_string(),
            first: first.place(),
            second: second.place(),
        })
    };
    if single_set {
        // In order of ids, equal versions are neighbours.
        for pair in list.windows(2) {
            if pair[0].id.version() == pair[1].id.version() {
                return refuse(&pair[0], &pair[1]);
            }
        }
        return Ok(());
    }
    for one in list {
        if let Some(first) = first_of_version.insert((one.set(), one.id.version()), one) {
            return refuse(first, one);
        }
    }
    Ok(())
}

/// A row of the history can go on as one migration only.
fn refuse_renames(list: &[Registered]) -> Result<(), RegistryError> {
    let renamed = list
        .iter()
        .filter_map(|one| Some((one, one.renamed_from()?)));
    let mut claims: BTreeMap<(&str, &str), &Registered> = BTreeMap::new();
    for (one, old) in renamed {
        let current = list
            .iter()
            .find(|other| (other.set(), other.id.as_str()) == old);
        if let Some(first) = current.or(claims.insert(old, one)) {
            return Err(RegistryError::Renamed {
                old: format!("{}/{}", old.0, old.1),
                first: first.place(),
                second: one.place(),
            });
        }
    }
    Ok(())
}

/// Orders by id among those that nothing has to run before (Kahn's algorithm with a heap).
fn sort_after(list: Vec<Registered>, single_set: bool) -> Result<Vec<Registered>, RegistryError> {
    let mut followers: Vec<Vec<usize>> = vec![Vec::new(); list.len()];
    let mut waits_for = vec![0_usize; list.len()];
    let mut edge = |before: usize, behind: usize| {
        followers[before].push(behind);
        waits_for[behind] += 1;
    };
    let mut last_of_set: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, one) in list.iter().enumerate() {
        if let Some(before) = last_of_set.insert(one.set(), at) {
            edge(before, at);
        }
        for after in one.registration.after {
            let (set, id) = after.split_once('/').unwrap_or((one.set(), after));
            match list
                .iter()
                .position(|other| other.set() == set && other.id.as_str() == id)
            {
                Some(before) => edge(before, at),
                // Where one set was chosen, the others are not there to wait for.
                None if single_set && set != one.set() => {}
                None => {
                    return Err(RegistryError::UnknownAfter {
                        migration: format!("{one:?}"),
                        after: (*after).to_owned(),
                    });
                }
            }
        }
    }
    let mut ready: BinaryHeap<Reverse<usize>> = (0..list.len())
        .filter(|at| waits_for[*at] == 0)
        .map(Reverse)
        .collect();
    let mut sorted = Vec::with_capacity(list.len());
    while let Some(Reverse(at)) = ready.pop() {
        sorted.push(list[at].clone());
        for follower in &followers[at] {
            waits_for[*follower] -= 1;
            if waits_for[*follower] == 0 {
                ready.push(Reverse(*follower));
            }
        }
    }
    if sorted.len() < list.len() {
        let stuck = (0..list.len()).filter(|at| waits_for[*at] > 0).collect();
        let circle: Vec<String> = in_a_circle(stuck, &followers)
            .into_iter()
            .map(|at| format!("`{:?}`", list[at]))
            .collect();
        return Err(RegistryError::Circle(circle.join(", ")));
    }
    Ok(sorted)
}

/// Of those that wait, the ones that are waited for too: the rest only stands behind the circle.
fn in_a_circle(mut stuck: BTreeSet<usize>, followers: &[Vec<usize>]) -> BTreeSet<usize> {
    loop {
        let is_waited_for = |at: &usize| followers[*at].iter().any(|next| stuck.contains(next));
        let left: BTreeSet<usize> = stuck.iter().copied().filter(is_waited_for).collect();
        if left.len() == stuck.len() {
            return stuck;
        }
        stuck = left;
    }
}

#[cfg(test)]
mod tests;
