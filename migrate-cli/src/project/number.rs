//! Which id comes next.

use jiff::{ToSpan as _, civil::DateTime};
use migrate_schema::MigrationId;

use super::ProjectError;

/// The highest number of an id that begins with a number.
const HIGHEST_NUMBER: u32 = 9_999_999;

/// The shape in which ids are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// `YYYYMMDD_name`, `YYYYMMDD_02_name`
    Day,
    /// `YYYYMMDDHHMMSS_name`
    Moment,
    /// `NNN_name`
    Number,
}

/// The id for a name: in the shape of the existing ids where all of them share one, else by the day.
///
/// `now` is in UTC. A number is one more than the highest there is, never a count of files.
pub(super) fn next(
    existing: &[MigrationId],
    name: &str,
    now: DateTime,
) -> Result<MigrationId, ProjectError> {
    let text = match common_shape(existing) {
        Shape::Day => return of_the_day(existing, name, now),
        Shape::Moment => format!("{}_{name}", free_moment(existing, now)),
        Shape::Number => next_number(existing, name)?,
    };
    id(&text)
}

fn common_shape(existing: &[MigrationId]) -> Shape {
    let mut shapes = existing.iter().map(|id| match digits(id).len() {
        0..=7 => Shape::Number,
        8 => Shape::Day,
        _ => Shape::Moment,
    });
    match shapes.next() {
        Some(first) if shapes.all(|shape| shape == first) => first,
        _ => Shape::Day,
    }
}

fn of_the_day(
    existing: &[MigrationId],
    name: &str,
    now: DateTime,
) -> Result<MigrationId, ProjectError> {
    let day = now.strftime("%Y%m%d").to_string();
    let highest = existing
        .iter()
        .filter(|id| digits(id) == day)
        .filter_map(|id| {
            id.version()
                .to_string()
                .rsplit('_')
                .next()?
                .parse::<u8>()
                .ok()
        })
        .max();
    match highest {
        None => {
            // A name such as `02_users` would be read as the number 2 of the day.
            match id(&format!("{day}_{name}")) {
                Ok(first) if first.name() == name => Ok(first),
                _ => id(&format!("{day}_01_{name}")),
            }
        }
        Some(99..) => Err(ProjectError::DayFull(now.date())),
        Some(highest) => id(&format!("{day}_{:02}_{name}", highest + 1)),
    }
}

/// The moment, or the next second that no migration has.
fn free_moment(existing: &[MigrationId], now: DateTime) -> String {
    let mut moment = now;
    loop {
        let text = moment.strftime("%Y%m%d%H%M%S").to_string();
        if existing.iter().all(|id| digits(id) != text) {
            return text;
        }
        moment = moment.saturating_add(1.second());
    }
}

fn next_number(existing: &[MigrationId], name: &str) -> Result<String, ProjectError> {
    let numbers = existing.iter().filter_map(|id| {
        let digits = digits(id);
        Some((digits.parse::<u32>().ok()?, digits.len()))
    });
    let (highest, width) = numbers.max().unwrap_or((0, 3));
    if highest >= HIGHEST_NUMBER {
        return Err(ProjectError::NumbersUsedUp(highest));
    }
    Ok(format!("{:0width$}_{name}", highest + 1))
}

fn digits(id: &MigrationId) -> &str {
    let text = id.as_str();
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    &text[..end]
}

fn id(text: &str) -> Result<MigrationId, ProjectError> {
    text.parse()
        .map_err(|error: migrate_schema::IdError| ProjectError::Name {
            name: text.to_owned(),
            reason: error.to_string(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn after(existing: &[&str], name: &str) -> String {
        let existing: Vec<MigrationId> = existing.iter().map(|id| id.parse().unwrap()).collect();
        let now = date(2026, 2, 15).at(9, 30, 0, 0);
        match next(&existing, name, now) {
            Ok(id) => id.to_string(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn the_first_of_a_day_has_no_number() {
        assert_eq!(after(&[], "create_users"), "20260215_create_users");
        assert_eq!(after(&["20260214_a", "20260214_02_b"], "x"), "20260215_x");
    }

    #[test]
    fn the_next_of_a_day_is_one_more_than_the_highest() {
        assert_eq!(after(&["20260215_a"], "x"), "20260215_02_x");
        assert_eq!(
            after(&["20260215_02_a", "20260215_01_b"], "x"),
            "20260215_03_x"
        );
        assert_eq!(after(&["20260215_41_a"], "x"), "20260215_42_x");
        assert!(
            after(&["20260215_99_a"], "x")
                .contains("2026-02-15 already has the migration number 99")
        );
    }

    #[test]
    fn a_name_that_begins_with_two_digits_is_no_number() {
        assert_eq!(after(&[], "02_users"), "20260215_01_02_users");
        assert_eq!(after(&[], "02"), "20260215_01_02");
        assert_eq!(after(&[], "2fa"), "20260215_2fa");
        assert_eq!(after(&["20260215_a"], "02_users"), "20260215_02_02_users");
    }

    #[test]
    fn another_shape_that_all_share_is_continued() {
        assert_eq!(after(&["001_a", "009_b"], "x"), "010_x");
        assert_eq!(after(&["9_b", "1_a"], "x"), "10_x");
        assert_eq!(after(&["0007_b", "01_a"], "x"), "0008_x");
        assert!(after(&["9999999_a"], "x").contains("number 9999999 is the last"));
        assert_eq!(after(&["20240101000000_a"], "x"), "20260215093000_x");
        assert_eq!(
            after(&["20260215093000_a", "20260215093001_b"], "x"),
            "20260215093002_x"
        );
    }

    #[test]
    fn mixed_shapes_go_on_by_the_day() {
        assert_eq!(after(&["001_a", "20260215_b"], "x"), "20260215_02_x");
        assert_eq!(after(&["001_a", "20240101000000_b"], "x"), "20260215_x");
        assert_eq!(after(&["20260215080000_a", "001_b"], "x"), "20260215_x");
    }

    proptest! {
        #[test]
        fn the_next_is_new_and_keeps_its_name(
            existing in proptest::collection::vec("(202602(14|15)(_[0-9]{2})?|[0-9]{1,6}|202602150930[0-5][0-9])_[a-z]", 0..6),
            name in "[a-z0-9]{1,3}(_[a-z0-9]{1,3}){0,2}",
        ) {
            let existing: Vec<MigrationId> = existing.iter().filter_map(|id| id.parse().ok()).collect();
            if let Ok(id) = next(&existing, &name, date(2026, 2, 15).at(9, 30, 0, 0)) {
                prop_assert_eq!(id.name(), name);
                prop_assert!(existing.iter().all(|there| there.version() != id.version()));
            }
        }
    }
}
