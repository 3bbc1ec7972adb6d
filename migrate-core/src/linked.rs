//! How migrations get from all over a program into one list before it starts.
//!
//! The macro writes into each migration's crate a function that calls [`register`], and a pointer to it in the section of
//! the program whose functions run before `main`. What it says of a migration is one literal, because a compiler reads one
//! literal a hundred times faster than as many values, and a program may have thousands. It is taken apart when somebody
//! asks for the list.

use std::{
    panic::Location,
    sync::{Mutex, PoisonError},
};

use crate::{
    migration::{Migration, Registration, sql_at},
    steps::Steps,
};

/// A migration that has said that it is there.
struct Linked {
    description: &'static str,
    feature: Option<(&'static str, bool)>,
    place: &'static Location<'static>,
    migration: &'static dyn Migration,
}

/// Those of which nobody has asked yet, and those that were taken apart.
struct List {
    new: Vec<Linked>,
    known: Vec<&'static Registration>,
}

static LIST: Mutex<List> = Mutex::new(List {
    new: Vec::new(),
    known: Vec::new(),
});

/// Says that a migration is there. It runs before `main`, and does as little as it can.
#[track_caller]
pub fn register(description: &'static str, migration: &'static dyn Migration) {
    add(description, None, Location::caller(), migration);
}

/// The same for all that one table has. Each description says where its migration stands.
pub fn register_all(table: &'static [(&'static str, &'static dyn Migration)]) {
    let place = Location::caller();
    for (description, migration) in table {
        add(description, None, place, *migration);
    }
}

/// SQL of a file: its text, its statements in their short form, the file, and the line that it begins in.
pub type EmbeddedPart = (&'static str, &'static str, &'static str, u32);

/// A migration that is a file of SQL, so that no code has to be made for it: `up`, `down`, and whether there is one.
pub struct Embedded(pub EmbeddedPart, pub EmbeddedPart, pub bool);

// Nobody is to write one, so the compiler does not name it where an `impl` is missing.
#[diagnostic::do_not_recommend]
impl Migration for Embedded {
    fn up(&self, steps: &mut Steps) {
        push(self.0, steps);
    }

    fn down(&self, steps: &mut Steps) {
        if self.2 {
            push(self.1, steps);
        } else {
            steps.no_down();
        }
    }
}

/// A migration whose functions do nothing but hand over SQL: the file, and for each text of `up` and of `down` its statements
/// in their short form and its line.
pub struct Written(
    pub &'static str,
    pub &'static [(&'static str, &'static str, u32)],
    pub &'static [(&'static str, &'static str, u32)],
);

#[diagnostic::do_not_recommend]
impl Migration for Written {
    fn up(&self, steps: &mut Steps) {
        for (text, statements, line) in self.1 {
            steps.sql(sql_at(text, statements, self.0, *line));
        }
    }

    fn down(&self, steps: &mut Steps) {
        for (text, statements, line) in self.2 {
            steps.sql(sql_at(text, statements, self.0, *line));
        }
    }
}

fn push((text, statements, file, line): EmbeddedPart, steps: &mut Steps) {
    if !migrate_schema::statement::decode(statements).is_empty() {
        steps.sql(sql_at(text, statements, file, line));
    }
}

/// The same for one with the option `feature`.
#[track_caller]
pub fn register_with(
    description: &'static str,
    feature: (&'static str, bool),
    migration: &'static dyn Migration,
) {
    add(description, Some(feature), Location::caller(), migration);
}

fn add(
    description: &'static str,
    feature: Option<(&'static str, bool)>,
    place: &'static Location<'static>,
    migration: &'static dyn Migration,
) {
    let mut list = LIST.lock().unwrap_or_else(PoisonError::into_inner);
    list.new.push(Linked {
        description,
        feature,
        place,
        migration,
    });
}

/// Every migration that is linked into the program.
pub(crate) fn linked() -> Vec<&'static Registration> {
    let mut list = LIST.lock().unwrap_or_else(PoisonError::into_inner);
    let new = std::mem::take(&mut list.new);
    // They live as long as the program, as what they are made from does.
    let read = new
        .iter()
        .map(|linked| &*Box::leak(Box::new(linked.read())));
    list.known.extend(read);
    list.known.clone()
}

impl Linked {
    /// Fields with a letter before each, between separators.
    fn read(&self) -> Registration {
        let mut fields = self.description.split('\u{1f}');
        let mut next = || fields.next().unwrap_or_default();
        let (set, id, description) = (next(), next(), next());
        let (file, line) = (self.place.file(), self.place.line());
        let mut registration = Registration {
            description,
            feature: self.feature,
            ..Registration::new(set, id, file, line, self.migration)
        };
        let (mut environments, mut after) = (Vec::new(), Vec::new());
        for field in fields {
            let value = field.get(1..).unwrap_or_default();
            match field.as_bytes().first() {
                Some(b'a') => after.push(value),
                Some(b'b') => registration.body = Some(value),
                Some(b'c') => registration.checksum = Some(value),
                Some(b'd') => registration.derived_down = true,
                Some(b'e') => environments.push(value),
                Some(b'f') => registration.file = value,
                Some(b'i') => registration.irreversible = Some(value),
                Some(b'k') => registration.foreign_keys = Some(value == "1"),
                Some(b'l') => registration.line = value.parse().unwrap_or(line),
                Some(b'p') => registration.program_version = value,
                Some(b'r') => registration.renamed_from = Some(value),
                Some(b't') => registration.transaction = false,
                Some(b'u') => registration.unchecked = Some(value),
                Some(b'w') => registration.words = Some(value),
                _ => {}
            }
        }
        registration.environments = environments.leak();
        registration.after = after.leak();
        registration
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Nothing;

    impl Migration for Nothing {
        fn up(&self, _: &mut Steps) {}
    }

    fn read(description: &'static str) -> Registration {
        let linked = Linked {
            description,
            feature: None,
            place: Location::caller(),
            migration: &Nothing,
        };
        linked.read()
    }

    #[test]
    fn every_field_arrives() {
        let one = read(
            "set\u{1f}1_a\u{1f}What it does.\u{1f}ax/1_a\u{1f}ay/2_b\u{1f}bB\u{1f}cC\u{1f}d\u{1f}eone\u{1f}etwo\u{1f}fa.sql\u{1f}ibecause\u{1f}k0\u{1f}l7\u{1f}p1.0\u{1f}r0_a\u{1f}t\u{1f}uwhy\u{1f}wusers INSERT",
        );
        assert_eq!(
            (one.set, one.id, one.description),
            ("set", "1_a", "What it does.")
        );
        assert_eq!(one.after, ["x/1_a", "y/2_b"]);
        assert_eq!((one.body, one.checksum), (Some("B"), Some("C")));
        assert_eq!(one.environments, ["one", "two"]);
        assert_eq!((one.file, one.line), ("a.sql", 7));
        assert_eq!(one.irreversible, Some("because"));
        assert_eq!(one.foreign_keys, Some(false));
        assert_eq!(
            (one.program_version, one.renamed_from),
            ("1.0", Some("0_a"))
        );
        assert!(!one.transaction && one.derived_down);
        assert_eq!(one.unchecked, Some("why"));
        assert_eq!(one.words, Some("users INSERT"));
    }

    #[test]
    fn a_file_is_a_migration() {
        let part = |text, statements| (text, statements, "migrations/1_a.sql", 3);
        let prepared = |migration: &Embedded, down| {
            let mut steps = Steps::new("");
            if down {
                migration.down(&mut steps);
            } else {
                migration.up(&mut steps);
            }
            let prepared = steps.prepare(migrate_schema::Dialect::Sqlite).unwrap();
            (prepared.tasks.len(), prepared.no_down)
        };
        let both = Embedded(
            part("DROP TABLE a", "s0-12d"),
            part("VACUUM; VACUUM", "s0-6o,8-14o"),
            true,
        );
        assert_eq!(prepared(&both, false), (1, false));
        assert_eq!(prepared(&both, true), (2, false));
        let written = Written(
            "src/a.rs",
            &[("DROP TABLE a", "s0-12d", 3), ("VACUUM", "s0-6o", 4)],
            &[("DROP TABLE b", "s0-12d", 8)],
        );
        let mut steps = Steps::new("");
        written.up(&mut steps);
        written.down(&mut steps);
        let prepared_all = steps.prepare(migrate_schema::Dialect::Sqlite).unwrap();
        assert_eq!(prepared_all.tasks.len(), 3);
        let nothing = Embedded(part("-- Later.", "s"), part("", ""), false);
        assert_eq!(prepared(&nothing, false), (0, false));
        assert_eq!(prepared(&nothing, true), (0, true));
    }

    #[test]
    fn what_is_not_said_has_its_default() {
        let one = read("set\u{1f}1_a\u{1f}a");
        assert!(one.transaction && !one.derived_down && one.checksum.is_none());
        assert!(one.file.ends_with("linked.rs") && one.environments.is_empty());
    }
}
