//! One replay of the whole crate, beside the compiler: a thread of its own tells the verdicts one after the other, and
//! each expansion waits for its own alone.

use std::{
    collections::BTreeSet,
    env, fs,
    ops::Range,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use migrate_schema::{
    Checksum, MigrationId, Statement,
    finding::line_and_column,
    grammar::ParsedStatement,
    settings::{Settings, Target},
    source::{
        self, Conditions, Files, Found, Migration, Plain, Project, Step, Text, Verdict, What,
    },
    statement,
};

use crate::{
    ahead::Ahead,
    check, folder_files,
    invocation::{Format, Invocation},
    parsed::parsed,
    registered::Description,
    warned::{self, Warning},
};

/// One replay of the whole crate.
pub(crate) struct Pass {
    root: PathBuf,
    settings: Arc<Settings>,
    pub(crate) conditions: Conditions,
    pub(crate) project: Project,
    /// Nothing of the crate is made that could run, and what is unused may be allowed.
    pub(crate) is_check: bool,
    /// What is unused may be allowed, and nobody counts which code has run.
    pub(crate) may_be_data: bool,
    /// The name of the crate's migrations.
    set: String,
    /// The version of its package.
    version: Option<String>,
    pub(crate) format: Option<Format>,
    is_dependency: bool,
    /// The identifiers of the migrations, in their order.
    ids: Vec<Option<MigrationId>>,
    judged: Vec<OnceLock<Judged>>,
}

/// What is known of a migration when the replay has come to it.
#[derive(Default)]
pub(crate) struct Judged {
    /// None where the replay has not come so far, which is a fault of ours.
    pub(crate) verdict: Option<Verdict>,
    /// There is no error to tell of it, and it is written as most are. Made where it is asked for: the thread of the replay is
    /// the one that is waited for.
    ready: OnceLock<Option<Ready>>,
}

/// What is written into the program for a migration of which there is no error to tell.
#[derive(Default)]
pub(crate) struct Ready {
    /// For each of its literals, the short form of its statements; empty where nothing runs.
    pub(crate) statements: Vec<String>,
    /// The checksum of `up`; empty where nothing runs.
    pub(crate) checksum: String,
    /// What is told of it without stopping the compiler.
    pub(crate) warnings: Vec<Warning>,
}

/// How many verdicts are waited for at once.
const AT_ONCE: usize = 16;

static CURRENT: Mutex<Option<Arc<Pass>>> = Mutex::new(None);

static PROVEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Remembers predicates of what is being compiled; whether one of them is new.
pub(crate) fn prove(predicates: &[String]) -> bool {
    let mut proven = PROVEN.lock().unwrap_or_else(PoisonError::into_inner);
    let before = proven.len();
    proven.extend(predicates.iter().cloned());
    proven.len() > before
}

impl Pass {
    /// The pass of this process, as long as it is about the same.
    pub(crate) fn current(
        root: &Path,
        settings: &Arc<Settings>,
        set: impl FnOnce() -> String,
        invocation: &Invocation,
    ) -> Arc<Self> {
        let mut conditions = invocation.conditions.clone();
        let proven = PROVEN.lock().unwrap_or_else(PoisonError::into_inner);
        conditions.proven.extend(proven.iter().cloned());
        drop(proven);
        let mut current = CURRENT.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pass) = &*current
            && pass.root == root
            && pass.conditions == conditions
            && (Arc::ptr_eq(&pass.settings, settings) || pass.settings == *settings)
        {
            return Arc::clone(pass);
        }
        let ahead = Ahead::new(settings);
        let pass = Self::new(&ahead, root, settings, set(), conditions, invocation);
        let pass = Arc::new(pass);
        ahead.judge(&pass);
        *current = Some(Arc::clone(&pass));
        pass
    }

    /// The pass of this process, if there is one.
    pub(crate) fn known() -> Option<Arc<Self>> {
        let current = CURRENT.lock().unwrap_or_else(PoisonError::into_inner);
        current.clone()
    }

    fn new(
        ahead: &Ahead,
        root: &Path,
        settings: &Arc<Settings>,
        set: String,
        conditions: Conditions,
        invocation: &Invocation,
    ) -> Self {
        let mut disk = Disk(ahead);
        let mut project = source::walk(root, &mut disk, &conditions);
        if !project.folders.is_empty() {
            let package = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
            let first = settings.targets.first();
            let dialect = first.map(Target::dialect).unwrap_or_default();
            project.embed(&mut disk, Path::new(&package), dialect);
        }
        ahead.finish();
        let ids = project.migrations.iter();
        let ids = ids.map(|found| found.migration.id.parse().ok());
        Self {
            ids: ids.collect(),
            judged: project.migrations.iter().map(|_| OnceLock::new()).collect(),
            root: root.to_owned(),
            settings: Arc::clone(settings),
            conditions,
            is_check: invocation.is_check && !invocation.forbids_unused && !project.forbids_unused,
            may_be_data: !invocation.counts
                && !invocation.forbids_unused
                && !project.forbids_unused,
            project,
            set,
            version: env::var("CARGO_PKG_VERSION").ok(),
            format: invocation.format,
            is_dependency: invocation.is_dependency,
        }
    }

    /// Replays the history, and tells each verdict as soon as it is known.
    pub(crate) fn judge(&self) {
        // Who waits is told in any case.
        let _all = All(self);
        let all = self.project.migrations.iter();
        let migrations: Vec<&Migration> = all.map(|found| &found.migration).collect();
        let mut index = 0;
        source::replay_each(&migrations, &self.settings, &mut parsed, &mut |verdict| {
            let judged = Judged {
                verdict: Some(verdict),
                ready: OnceLock::new(),
            };
            if let Some(place) = self.judged.get(index) {
                place.get_or_init(|| judged);
            }
            index += 1;
        });
    }

    /// What is known of a migration. It waits until that is known, and where it has to, until some more are, which are
    /// asked for next: to fall asleep and wake up for each takes longer than what is done in between.
    pub(crate) fn judged(&self, index: usize) -> Option<&Judged> {
        let own = self.judged.get(index)?;
        if own.get().is_none() {
            let last = self.judged.len() - 1;
            self.judged[last.min(index + AT_ONCE)].wait();
        }
        Some(own.wait())
    }

    /// The migrations with an identifier.
    pub(crate) fn with_id(&self, id: &str) -> Range<usize> {
        let all = &self.project.migrations;
        let is = |index: usize| all.get(index).is_some_and(|one| one.migration.id == id);
        // Mostly they are compiled in their order.
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let mut first = NEXT.load(Ordering::Relaxed);
        if !is(first) || (first > 0 && is(first - 1)) {
            let id: Option<MigrationId> = id.parse().ok();
            first = self.ids.partition_point(|known| *known < id);
        }
        let mut end = first;
        while is(end) {
            end += 1;
        }
        NEXT.store(end, Ordering::Relaxed);
        first..end
    }

    /// The one with an identifier, if it is written as most are and there is no error to tell of it.
    pub(crate) fn ready(&self, id: &str) -> Option<(&Found, &Plain, &Ready)> {
        let same = self.with_id(id);
        if self.is_dependency {
            return None;
        }
        let found = self.project.migrations.get(same.start)?;
        let plain = found
            .plain
            .as_ref()
            .filter(|plain| plain.proven && same.len() == 1)?;
        let judged = self.judged(same.start)?;
        let make = || self.to_write(same.start, judged.verdict.as_ref()?);
        Some((found, plain, judged.ready.get_or_init(make).as_ref()?))
    }

    /// What is said of such a migration, which stands at this place.
    pub(crate) fn description(
        &self,
        found: &Found,
        ready: &Ready,
        (file, line): (&str, usize),
    ) -> Option<Description> {
        let id: MigrationId = found.migration.id.parse().ok()?;
        let description = id.name().replace('_', " ");
        let mut all = Description::new(&self.set, id.as_str(), &description);
        all.push('c', &ready.checksum);
        all.push('f', file);
        all.push('l', &line.to_string());
        all.some('p', self.version.as_ref());
        Some(all)
    }

    /// No other migration of the crate can have its version: all are known, and none has.
    pub(crate) fn is_only(&self, index: usize) -> bool {
        self.project.doubts.is_empty() && self.same_version(index).len() == 1
    }

    /// The migrations that have the version of one. They stand beside each other in the order of identifiers.
    fn same_version(&self, index: usize) -> Range<usize> {
        let version = |index: usize| Some(self.ids.get(index)?.as_ref()?.version());
        let own = version(index);
        let (mut first, mut end) = (index, index + 1);
        while first > 0 && own.is_some() && version(first - 1) == own {
            first -= 1;
        }
        while own.is_some() && version(end) == own {
            end += 1;
        }
        first..end
    }

    /// What is written for a migration, if no error is to be told of it.
    fn to_write(&self, index: usize, verdict: &Verdict) -> Option<Ready> {
        let found = self.project.migrations.get(index)?;
        let file = self.project.files.get(found.file)?;
        let plain = found.plain.as_ref().filter(|plain| plain.proven)?;
        let id = file.text.get(found.migration.start..)?;
        let id = id.strip_prefix('"')?.strip_prefix(&*found.migration.id)?;
        let is_alone = found.predicates.is_empty() && !found.made && self.is_only(index);
        if !id.starts_with('"') || !is_alone {
            return None;
        }
        let warnings =
            warned::warnings(verdict, &found.migration, plain, &file.text, &self.settings)?;
        let up = texts(&found.migration.up);
        let down = texts(found.migration.down.as_deref()?);
        let mut statements = Vec::new();
        for text in up.iter().chain(&down) {
            statements.push((text.start, self.statements(&text.sql)?));
        }
        statements.sort_by_key(|(start, _)| *start);
        let mut ready = Ready {
            warnings,
            ..Ready::default()
        };
        for (_, encoded) in statements {
            ready.statements.push(encoded);
        }
        if !self.is_check {
            let dialect = self.settings.targets.first()?.dialect();
            let mut checksum = Checksum::new();
            for text in &up {
                checksum.sql(&text.sql, dialect);
            }
            ready.checksum = checksum.finish();
        }
        Some(ready)
    }

    /// The short form of the statements of a text, if all databases take them, in a transaction too.
    fn statements(&self, sql: &str) -> Option<String> {
        let mut encoded = String::new();
        for (at, target) in self.settings.targets.iter().enumerate() {
            let parsed = parsed(sql, target);
            if !parsed.findings.is_empty() {
                return None;
            }
            let outside = |one: &ParsedStatement| check::is_refused_inside(one.statement.kind);
            if parsed.statements.iter().any(outside) {
                return None;
            }
            if at == 0 && !self.is_check {
                let statements: Vec<Statement> =
                    parsed.statements.iter().map(|one| one.statement).collect();
                encoded = statement::encode(target.dialect(), &statements);
            }
        }
        Some(encoded)
    }

    /// The others that surely exist beside one and have its version, with their places.
    pub(crate) fn twins(&self, index: usize) -> Vec<String> {
        let others = self.same_version(index).filter(|other| *other != index);
        let told = others.filter_map(|other| {
            let found = &self.project.migrations[other];
            let file = &self.project.files[found.file];
            let (line, column) = line_and_column(&file.text, found.migration.start);
            let place = format!("{}:{line}:{column}", file.path.display());
            let exists = found.predicates.is_empty() && !found.made;
            exists.then(|| format!("`{}` at {place}", found.migration.id))
        });
        told.collect()
    }
}

/// Tells those who still wait that nothing is known, when the replay ends.
struct All<'a>(&'a Pass);

impl Drop for All<'_> {
    fn drop(&mut self) {
        for judged in &self.0.judged {
            judged.get_or_init(Judged::default);
        }
    }
}

/// The SQL of the steps of a plain migration.
fn texts(steps: &[Step]) -> Vec<&Text> {
    let mut texts = Vec::with_capacity(steps.len());
    for step in steps {
        if let What::Sql(text) = &step.what {
            texts.push(text);
        }
    }
    texts
}

struct Disk<'a>(&'a Ahead);

impl Files for Disk<'_> {
    fn found(&mut self, migration: &Migration) {
        self.0.found(migration);
    }

    fn read(&mut self, path: &Path) -> Option<String> {
        fs::read_to_string(path).ok()
    }

    fn variable(&self, name: &str) -> Option<String> {
        env::var(name).ok()
    }

    fn list(&mut self, folder: &Path) -> Vec<String> {
        let found = folder_files::list(folder).unwrap_or_default();
        found.into_iter().map(|(relative, _)| relative).collect()
    }
}
