//! Names that people give: whole ids, versions, names. One is found, or near ones are told.

use migrate_schema::MigrationId;
use strsim::levenshtein;

use super::PlanError;

/// A migration that can be named: its set, its id, and what the caller makes of it.
pub(crate) struct Candidate<'a, T> {
    pub(crate) set: &'a str,
    pub(crate) id: &'a str,
    pub(crate) value: T,
}

/// A way to recognise the one that is meant.
type Way<'w, 'a, T> = &'w dyn Fn(&Candidate<'a, T>) -> bool;

/// Finds by `id`, `set/id`, version (`5`, `005`, `20260215_02`) or name (`create_users`), in that order.
pub(crate) fn find<'a, T: Copy>(
    wanted: &str,
    candidates: impl IntoIterator<Item = Candidate<'a, T>>,
) -> Result<T, PlanError> {
    let all: Vec<Candidate<'a, T>> = candidates.into_iter().collect();
    let (set, id) = match wanted.split_once('/') {
        Some((set, id)) => (Some(set), id),
        None => (None, wanted),
    };
    let as_id = format!("{id}_x")
        .parse::<MigrationId>()
        .ok()
        .filter(|id| id.name() == "x");
    let version = as_id.map(|id| id.version());
    let in_set = |one: &&Candidate<'a, T>| set.is_none_or(|set| set == one.set);
    let parsed = |one: &Candidate<'a, T>| one.id.parse::<MigrationId>().ok();
    let is_version =
        |one: &Candidate<'a, T>| version.is_some() && parsed(one).map(|id| id.version()) == version;
    let is_name = |one: &Candidate<'a, T>| parsed(one).is_some_and(|parsed| parsed.name() == id);
    let ways: [Way<'_, 'a, T>; 3] = [&|one| one.id == id, &is_version, &is_name];
    for way in ways {
        let found: Vec<_> = all.iter().filter(in_set).filter(|one| way(one)).collect();
        match found[..] {
            [] => {}
            [one] => return Ok(one.value),
            _ => {
                let matches = found
                    .iter()
                    .map(|one| format!("{}/{}", one.set, one.id))
                    .collect();
                return Err(PlanError::Ambiguous {
                    wanted: wanted.to_owned(),
                    matches,
                });
            }
        }
    }
    Err(PlanError::Unknown {
        wanted: wanted.to_owned(),
        near: near(id, all.iter().map(|one| one.id)),
    })
}

/// At most three ids that are like the one wanted, the likest first.
fn near<'a>(wanted: &str, ids: impl Iterator<Item = &'a str>) -> Vec<String> {
    let wanted = wanted.to_ascii_lowercase();
    let mut scored: Vec<(usize, &str)> = ids
        .filter_map(|id| {
            let name = id.trim_start_matches(|c: char| c.is_ascii_digit() || c == '_');
            let distance = levenshtein(&wanted, id).min(levenshtein(&wanted, name));
            let part = wanted.len() >= 3 && id.contains(&wanted);
            let score = if part { 0 } else { distance };
            (part || distance <= wanted.chars().count().max(3) / 3).then_some((score, id))
        })
        .collect();
    scored.sort_unstable();
    scored.dedup();
    scored
        .into_iter()
        .take(3)
        .map(|(_, id)| id.to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDS: [&str; 4] = [
        "001_create_users",
        "005_add_age",
        "20260215_create_posts",
        "20260215_02_add_title",
    ];

    fn find_in(wanted: &str) -> Result<&'static str, PlanError> {
        find(
            wanted,
            IDS.map(|id| Candidate {
                set: "app",
                id,
                value: id,
            }),
        )
    }

    #[test]
    fn every_way_to_say_it() {
        for wanted in ["005_add_age", "app/005_add_age", "5", "005", "add_age"] {
            assert_eq!(find_in(wanted).unwrap(), "005_add_age", "{wanted}");
        }
        for wanted in ["20260215", "20260215_01", "create_posts"] {
            assert_eq!(
                find_in(wanted).unwrap(),
                "20260215_create_posts",
                "{wanted}"
            );
        }
        assert_eq!(find_in("20260215_02").unwrap(), "20260215_02_add_title");
    }

    #[test]
    fn the_unknown_names_what_is_near() {
        let near = |wanted: &str| match find_in(wanted) {
            Err(PlanError::Unknown { near, .. }) => near,
            other => panic!("{other:?}"),
        };
        assert_eq!(near("create_user"), ["001_create_users"]);
        assert_eq!(near("add_agee"), ["005_add_age"]);
        assert_eq!(near("zzz"), [""; 0]);
        assert_eq!(near("other/005_add_age"), ["005_add_age"]);
    }

    #[test]
    fn two_sets_may_have_the_same_id() {
        let both = || {
            ["a", "b"].map(|set| Candidate {
                set,
                id: "001_x",
                value: set,
            })
        };
        assert!(
            matches!(find("x", both()), Err(PlanError::Ambiguous { matches, .. }) if matches == ["a/001_x", "b/001_x"])
        );
        assert_eq!(find("b/001_x", both()).unwrap(), "b");
    }
}
