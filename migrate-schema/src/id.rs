//! The identifier of a migration: a version, which gives the order, and a name.

use std::{borrow::Cow, cmp::Ordering, fmt, str::FromStr};

use jiff::civil::{Date, Time};

/// The identifier of a migration, such as `20260215_create_users`.
///
/// Four shapes are read:
///
/// | shape | example | meaning |
/// |---|---|---|
/// | `YYYYMMDD_name` | `20260215_create_users` | the first migration of a day |
/// | `YYYYMMDD_NN_name` | `20260215_02_add_age` | the second (third, …) of that day |
/// | `YYYYMMDDHHMMSS_name` | `20260215093000_add_age` | a moment |
/// | `NNN_name` | `007_add_age` | a number of up to seven digits |
///
/// Identifiers are ordered by what they mean and never as text:
///
/// ```
/// use migrate_schema::MigrationId;
/// let id = |text: &str| text.parse::<MigrationId>().unwrap();
/// assert!(id("20260215_create_users") < id("20260215_02_add_age"));
/// assert!(id("9_add_age") < id("10_create_posts"));
/// assert!("20260230_create_users".parse::<MigrationId>().is_err());
/// ```
#[derive(Clone, Debug)]
pub struct MigrationId {
    text: Cow<'static, str>,
    version: Version,
    name_start: usize,
}

impl MigrationId {
    /// Reads an identifier without copying it.
    ///
    /// # Errors
    ///
    /// As its `FromStr`.
    pub fn from_static(text: &'static str) -> Result<Self, IdError> {
        let (version, name_start) = read(text)?;
        Ok(Self {
            text: Cow::Borrowed(text),
            version,
            name_start,
        })
    }

    /// The whole identifier, as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The whole identifier, where it was read by [`from_static`](Self::from_static).
    pub fn as_static(&self) -> Option<&'static str> {
        match self.text {
            Cow::Borrowed(text) => Some(text),
            Cow::Owned(_) => None,
        }
    }

    /// What the order follows from.
    pub fn version(&self) -> Version {
        self.version
    }

    /// The part behind the version: `create_users`.
    pub fn name(&self) -> &str {
        self.text.get(self.name_start..).unwrap_or_default()
    }
}

/// The typed version of a [`MigrationId`]: numbers come before dates, the unnumbered migration of a day
/// is its number 1, and a moment comes after the numbered ones of its day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Version(Key);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Key {
    Number(u32),
    Dated(Date, InDay),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum InDay {
    Number(u8),
    At(Time),
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Writes the canonical form, which is the same for two identifiers that claim the same place:
/// `7`, `20260215_01`, `20260215093000`.
impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Key::Number(number) => write!(f, "{number}"),
            Key::Dated(date, in_day) => {
                write!(f, "{:04}{:02}{:02}", date.year(), date.month(), date.day())?;
                match in_day {
                    InDay::Number(number) => write!(f, "_{number:02}"),
                    InDay::At(t) => write!(f, "{:02}{:02}{:02}", t.hour(), t.minute(), t.second()),
                }
            }
        }
    }
}

impl PartialEq for MigrationId {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for MigrationId {}

impl Ord for MigrationId {
    fn cmp(&self, other: &Self) -> Ordering {
        self.version
            .cmp(&other.version)
            .then_with(|| self.text.cmp(&other.text))
    }
}

impl PartialOrd for MigrationId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for MigrationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Why a text is not the identifier of a migration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdError {
    /// It has none of the four shapes.
    #[error(
        "`{0}` is not a migration id: write `YYYYMMDD_name`, `YYYYMMDD_NN_name`, `YYYYMMDDHHMMSS_name` or `NNN_name`, such as `20260215_create_users`"
    )]
    Shape(String),
    /// The name behind the version is missing.
    #[error(
        "the migration id `{0}` has no name: write what it does behind the version, such as `{0}_create_users`"
    )]
    NoName(String),
    /// It has a character that cannot stand in an identifier.
    #[error(
        "the migration id `{id}` has the character {character:?}: an id is made of ASCII letters, digits and `_`"
    )]
    Character {
        /// The whole text.
        id: String,
        /// The first character that cannot stand there.
        character: char,
    },
    /// Its first eight digits are no day of the calendar, or the six after them no time of day.
    #[error("the migration id `{id}` begins with a date that does not exist: {reason}")]
    Date {
        /// The whole text.
        id: String,
        /// What is wrong with the date.
        reason: String,
    },
    /// Its number in the day is 00.
    #[error(
        "the migration id `{0}` has the number 00: the first of a day has no number (or 01), the second has 02"
    )]
    NumberZero(String),
}

impl FromStr for MigrationId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (version, name_start) = read(text)?;
        Ok(Self {
            text: Cow::Owned(text.to_owned()),
            version,
            name_start,
        })
    }
}

/// The version, and where the name starts.
fn read(text: &str) -> Result<(Version, usize), IdError> {
    if !is_plain(text)
        && let Some(character) = text
            .chars()
            .find(|c| !c.is_ascii_alphanumeric() && *c != '_')
    {
        return Err(IdError::Character {
            id: text.to_owned(),
            character,
        });
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (head, tail) = text.split_at(digits);
    let (key, name) = match digits {
        1..=7 => {
            let number = head.parse().map_err(|_| IdError::Shape(text.to_owned()))?;
            (Key::Number(number), after_underscore(text, tail)?)
        }
        8 => {
            let date = date(text, head)?;
            let (number, name) = number_in_day(text, after_underscore(text, tail)?)?;
            (Key::Dated(date, InDay::Number(number)), name)
        }
        14 => {
            let (day, moment) = head.split_at(8);
            let date = date(text, day)?;
            (
                Key::Dated(date, InDay::At(time(text, moment)?)),
                after_underscore(text, tail)?,
            )
        }
        _ => return Err(IdError::Shape(text.to_owned())),
    };
    Ok((Version(key), text.len() - name.len()))
}

/// Whether no character is wrong. Compilers ask it of every migration, where characters take longer than bytes.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (mut at, end) = (0, bytes.len());
    while at < end {
        if !(bytes[at].is_ascii_alphanumeric() || bytes[at] == b'_') {
            return false;
        }
        at += 1;
    }
    true
}

fn after_underscore<'a>(id: &str, tail: &'a str) -> Result<&'a str, IdError> {
    match tail.strip_prefix('_') {
        Some(name) if !name.is_empty() => Ok(name),
        Some(_) => Err(IdError::NoName(id.trim_end_matches('_').to_owned())),
        None if tail.is_empty() => Err(IdError::NoName(id.to_owned())),
        None => Err(IdError::Shape(id.to_owned())),
    }
}

/// Splits `02_add_age`; anything but exactly two digits and `_` is a name, so `2fa` and `2026_report` are.
fn number_in_day<'a>(id: &str, rest: &'a str) -> Result<(u8, &'a str), IdError> {
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    if digits != 2 || rest.as_bytes().get(2).is_some_and(|b| *b != b'_') {
        return Ok((1, rest));
    }
    let name = after_underscore(id, &rest[2..])?;
    match rest[..2].parse() {
        Ok(0) => Err(IdError::NumberZero(id.to_owned())),
        Ok(number) => Ok((number, name)),
        Err(_) => Err(IdError::Shape(id.to_owned())),
    }
}

fn date(id: &str, digits: &str) -> Result<Date, IdError> {
    let part = |range: std::ops::Range<usize>| digits[range].parse::<i16>().unwrap_or(-1);
    let (year, month, day) = (part(0..4), part(4..6), part(6..8));
    let wrong = |reason: String| IdError::Date {
        id: id.to_owned(),
        reason,
    };
    if year == 0 {
        return Err(wrong("there is no year 0000".to_owned()));
    }
    if !(1..=12).contains(&month) {
        return Err(wrong(format!("there is no month {month:02}")));
    }
    Date::new(year, month as i8, day as i8)
        .map_err(|_| wrong(format!("{year:04}-{month:02} has no day {day:02}")))
}

fn time(id: &str, digits: &str) -> Result<Time, IdError> {
    let part = |range: std::ops::Range<usize>| digits[range].parse::<i8>().unwrap_or(-1);
    let (hour, minute, second) = (part(0..2), part(2..4), part(4..6));
    Time::new(hour, minute, second, 0).map_err(|_| IdError::Date {
        id: id.to_owned(),
        reason: format!("there is no time of day {hour:02}:{minute:02}:{second:02}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id(text: &str) -> MigrationId {
        text.parse().unwrap()
    }

    #[test]
    fn order_follows_the_version_and_not_the_text() {
        let mut sorted = [
            "20260215_10_y",
            "20260215_02_x",
            "20260215_create_users",
            "20260214235959_late",
            "20260215000000_midnight",
            "10_ten",
            "9_nine",
        ]
        .map(id);
        sorted.sort();
        assert_eq!(
            sorted.map(|i| i.to_string()),
            [
                "9_nine",
                "10_ten",
                "20260214235959_late",
                "20260215_create_users",
                "20260215_02_x",
                "20260215_10_y",
                "20260215000000_midnight",
            ]
        );
    }

    #[test]
    fn the_same_place_is_seen_however_it_is_written() {
        assert_eq!(id("20260215_a").version(), id("20260215_01_b").version());
        assert_eq!(id("7_a").version(), id("007_b").version());
        assert_ne!(id("20260215_a").version(), id("20260215_02_a").version());
        assert_eq!(id("007_b").version().to_string(), "7");
        assert_eq!(id("20260215_b").version().to_string(), "20260215_01");
        assert_eq!(
            id("20260215010203_b").version().to_string(),
            "20260215010203"
        );
    }

    #[test]
    fn names_may_begin_with_digits() {
        assert_eq!(id("20260215_2fa").name(), "2fa");
        assert_eq!(id("20260215_2024_report").name(), "2024_report");
        assert_eq!(id("20260215_02_2fa").name(), "2fa");
        assert_eq!(id("0001_patch1").name(), "patch1");
    }

    #[test]
    fn what_is_wrong_is_named() {
        let error = |text: &str| text.parse::<MigrationId>().unwrap_err();
        assert!(matches!(error(""), IdError::Shape(_)));
        assert!(matches!(error("create_users"), IdError::Shape(_)));
        assert!(matches!(error("123456789_x"), IdError::Shape(_)));
        assert!(matches!(error("20260215create"), IdError::Shape(_)));
        assert!(matches!(error("20260215"), IdError::NoName(_)));
        assert!(matches!(error("20260215_"), IdError::NoName(_)));
        assert!(matches!(error("20260215_02"), IdError::NoName(_)));
        assert!(matches!(error("20260215_00_x"), IdError::NumberZero(_)));
        assert!(matches!(
            error("20260215_add-users"),
            IdError::Character { character: '-', .. }
        ));
        assert!(matches!(
            error("2026é"),
            IdError::Character {
                character: 'é', ..
            }
        ));
        assert!(error("20261301_x").to_string().contains("no month 13"));
        assert!(
            error("20250229_x")
                .to_string()
                .contains("2025-02 has no day 29")
        );
        assert!(
            error("20260215250000_x")
                .to_string()
                .contains("no time of day 25:00:00")
        );
        assert!(error("00000101_x").to_string().contains("no year 0000"));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC*|[0-9_a]{0,24}") {
            if let Ok(id) = text.parse::<MigrationId>() {
                prop_assert_eq!(id.as_str(), text.as_str());
                prop_assert!(!id.name().is_empty());
                prop_assert!(text.ends_with(id.name()));
            }
        }
    }
}
