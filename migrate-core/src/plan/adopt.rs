//! Which migrations another tool has applied, by its history.

use std::collections::BTreeSet;

use migrate_schema::Version;

use crate::adopt::{Entry, OtherHistory};

use super::{Candidate, PlanError, Survey, find};

/// What another tool's history comes to here.
#[derive(Debug, Default)]
pub(super) struct Matched {
    /// The places in the registry.
    pub(super) found: BTreeSet<usize>,
    /// What the program does not have.
    pub(super) strange: Vec<String>,
    /// What is called otherwise here: the id, and the label there.
    pub(super) renamed: Vec<String>,
}

/// Lays another tool's history beside the registry.
pub(super) fn matched(survey: &Survey<'_>, other: &OtherHistory) -> Result<Matched, PlanError> {
    let mut matched = Matched::default();
    for entry in &other.entries {
        match entry {
            Entry::One {
                label,
                versions,
                name,
            } => {
                let at = first(survey, versions)?;
                match at.filter(|at| matched.found.insert(*at)) {
                    Some(at) => matched.compare_names(survey, at, label, name.as_deref()),
                    None => matched.strange.push(label.clone()),
                }
            }
            Entry::UpTo { label, version } => match first(survey, version.as_slice())? {
                Some(last) => matched.found.extend(up_to(survey, last)),
                None => matched.strange.push(label.clone()),
            },
            Entry::First(number) => matched.take(survey, *number)?,
        }
    }
    Ok(matched)
}

impl Matched {
    /// The first so many. Of which set they would be, nobody can tell where there are several.
    fn take(&mut self, survey: &Survey<'_>, number: usize) -> Result<(), PlanError> {
        let sets = survey.registry.sets();
        if sets.len() > 1 && number > 0 {
            return Err(PlanError::Ambiguous {
                wanted: format!("the first {number}"),
                matches: sets.into_iter().map(str::to_owned).collect(),
            });
        }
        let all = survey.registry.len();
        self.found.extend(0..number.min(all));
        self.strange
            .extend((all..number).map(|at| format!("the {}. migration", at + 1)));
        Ok(())
    }

    fn compare_names(&mut self, survey: &Survey<'_>, at: usize, label: &str, name: Option<&str>) {
        let Some((one, name)) = survey.registry.get(at).zip(name) else {
            return;
        };
        if plain(one.id().name()) != plain(name) {
            self.renamed.push(format!("{} ({label})", one.id()));
        }
    }
}

/// The migration of the first of these versions that there is.
fn first(survey: &Survey<'_>, versions: &[Version]) -> Result<Option<usize>, PlanError> {
    for version in versions {
        let all = survey.registry.iter().enumerate();
        let of_version = all.filter(|(_, one)| one.id().version() == *version);
        let candidates = of_version.map(|(at, one)| Candidate {
            set: one.set(),
            id: one.id().as_str(),
            value: at,
        });
        match find(&version.to_string(), candidates) {
            Ok(at) => return Ok(Some(at)),
            Err(PlanError::Unknown { .. }) => {}
            Err(ambiguous) => return Err(ambiguous),
        }
    }
    Ok(None)
}

/// Everything of its set up to and with this one.
fn up_to<'s>(survey: &'s Survey<'_>, last: usize) -> impl Iterator<Item = usize> + 's {
    let set = survey.registry.get(last).map(|one| one.set());
    let all = survey.registry.iter().enumerate().take(last + 1);
    all.filter(move |(_, one)| Some(one.set()) == set)
        .map(|(at, _)| at)
}

/// A name without what tools write differently.
fn plain(name: &str) -> String {
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}
