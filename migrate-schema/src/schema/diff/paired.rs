//! Two lists of constraints, of which some have names and some have none that anybody chose.

/// What came of two lists.
pub(super) struct Paired<'a, T> {
    /// What is on both sides: as it is, and as it is to be. (Their names can be others.)
    pub(super) kept: Vec<(&'a T, &'a T)>,
    /// What is on the first side alone.
    pub(super) removed: Vec<&'a T>,
    /// What is on the second side alone.
    pub(super) added: Vec<&'a T>,
}

/// Finds for each constraint the one that it is on the other side.
///
/// A name that the engine chose says nothing, so where one of the two has none, what they say decides; where both have the same name,
/// that alone does not, because then one has taken the place of the other.
pub(super) fn pair<'a, T: 'a>(
    from: &'a [T],
    to: &'a [T],
    name: impl Fn(&T) -> Option<&str>,
    same_name: impl Fn(&str, &str) -> bool,
    same: impl Fn(&T, &T) -> bool,
) -> Paired<'a, T> {
    let mut removed: Vec<&T> = distinct(from, &name, &same);
    let mut added: Vec<&T> = distinct(to, &name, &same);
    let mut kept = Vec::new();
    let equal = |left: &T, right: &T| match (name(left), name(right)) {
        (Some(left), Some(right)) => Some(same_name(left, right)),
        _ => None,
    };
    // First those whose names agree, then those where a name is missing, and then those that were called otherwise.
    for round in [Some(true), None, Some(false)] {
        removed.retain(|left| {
            let found = added
                .iter()
                .position(|right| equal(left, right) == round && same(left, right));
            match found {
                Some(at) => {
                    kept.push((*left, added.remove(at)));
                    false
                }
                None => true,
            }
        });
    }
    Paired {
        kept,
        removed,
        added,
    }
}

/// Each once: what is said twice, and has no name, is said once.
fn distinct<'a, T>(
    list: &'a [T],
    name: &impl Fn(&T) -> Option<&str>,
    same: &impl Fn(&T, &T) -> bool,
) -> Vec<&'a T> {
    let mut kept: Vec<&T> = Vec::with_capacity(list.len());
    // Those with names first, so that the one without a name is the one left out.
    for named in [true, false] {
        for one in list.iter().filter(|one| name(one).is_some() == named) {
            if named || !kept.iter().any(|other| same(other, one)) {
                kept.push(one);
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    type One = (Option<&'static str>, u8);

    fn paired(from: &[One], to: &[One]) -> (usize, Vec<One>, Vec<One>) {
        let pairs = pair(
            from,
            to,
            |one| one.0,
            |left, right| left == right,
            |left, right| left.1 == right.1,
        );
        let copy = |list: Vec<&One>| list.into_iter().copied().collect();
        (pairs.kept.len(), copy(pairs.removed), copy(pairs.added))
    }

    #[test]
    fn a_name_that_the_engine_chose_says_nothing() {
        assert_eq!(
            paired(&[(None, 1), (Some("a"), 2)], &[(Some("b"), 1), (None, 2)]),
            (2, vec![], vec![])
        );
    }

    #[test]
    fn another_thing_of_the_same_name_takes_its_place() {
        assert_eq!(
            paired(&[(Some("a"), 1)], &[(Some("a"), 2)]),
            (0, vec![(Some("a"), 1)], vec![(Some("a"), 2)])
        );
        // Two that have changed their names with each other.
        assert_eq!(
            paired(
                &[(Some("a"), 1), (Some("b"), 2)],
                &[(Some("a"), 2), (Some("b"), 1)]
            )
            .0,
            2
        );
    }

    #[test]
    fn what_is_said_twice_is_said_once() {
        assert_eq!(paired(&[(None, 1), (None, 1)], &[(None, 1)]).1, []);
        assert_eq!(paired(&[(Some("a"), 1), (None, 1)], &[(None, 1)]).1, []);
    }
}
