//! What every database of a dialect has before the first migration: functions, types, collations.
//!
//! The tables are data, sorted by name in lower case. An empty table means that nobody has written it: then nothing is
//! concluded from a name that is not in it.

mod mysql;
pub mod postgres;
mod sqlite;

use crate::Dialect;

/// How many arguments a function takes: bit `n` says that it takes `n`, the highest bit that it takes more than 30.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arity(pub u32);

impl Arity {
    /// Any number of arguments.
    pub const ANY: Self = Self(u32::MAX);

    /// Exactly so many.
    pub const fn exactly(count: u32) -> Self {
        Self(1 << count)
    }

    /// So many or more.
    pub const fn at_least(count: u32) -> Self {
        Self(u32::MAX << count)
    }

    /// From so many to so many.
    pub const fn between(least: u32, most: u32) -> Self {
        Self((u32::MAX << least) & (u32::MAX >> (31 - most)))
    }

    /// Whether it takes so many.
    pub const fn takes(self, count: usize) -> bool {
        let bit = if count > 31 { 31 } else { count };
        self.0 & (1 << bit) != 0
    }

    /// What it takes, in words: `1`, `2 or 3`, `at least 1`.
    pub fn describe(self) -> String {
        let counts: Vec<u32> = (0..31).filter(|count| self.0 & (1 << count) != 0).collect();
        let open = self.0 & (1 << 31) != 0;
        let step_of_two = counts.windows(2).all(|pair| pair[1] - pair[0] == 2);
        match (counts.as_slice(), open) {
            ([first, _, ..], true) if step_of_two => match first % 2 {
                0 => "an even number of".to_owned(),
                _ => "an odd number of".to_owned(),
            },
            ([], _) => "no".to_owned(),
            ([first, ..], true) => format!("at least {first}"),
            ([only], false) => only.to_string(),
            ([first, .., last], false) if counts.len() > 2 => format!("{first} to {last}"),
            ([first, second, ..], false) => format!("{first} or {second}"),
        }
    }
}

/// Where a function may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Anywhere; or nobody has said.
    Scalar,
    /// An aggregate, in every form that it has (not SQLite's `max`, which has a scalar form too).
    Aggregate,
    /// A window function: only with `OVER`.
    Window,
}

/// A row of a table of functions: the name in lower case, the numbers of arguments ([`Arity`]), the class.
pub(crate) type Row = (&'static str, u32, Class);

/// A function that every database of its dialect has. All its forms are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Function {
    /// The numbers of arguments that any of its forms takes.
    pub arity: Arity,
    /// Where it may stand.
    pub class: Class,
}

/// The function of this name, whatever its case.
pub fn function(dialect: Dialect, name: &str) -> Option<Function> {
    let table = functions(dialect);
    let name = name.to_ascii_lowercase();
    let at = table
        .binary_search_by(|row| row.0.cmp(name.as_str()))
        .ok()?;
    let row = table.get(at)?;
    Some(Function {
        arity: Arity(row.1),
        class: row.2,
    })
}

/// The names of all functions. None where nobody has written them down: then a name says nothing.
pub fn function_names(dialect: Dialect) -> impl Iterator<Item = &'static str> {
    functions(dialect).iter().map(|row| row.0)
}

/// Whether all functions of the dialect are known, so that another name means that there is none.
pub const fn functions_are_known(dialect: Dialect) -> bool {
    !functions(dialect).is_empty()
}

/// Whether there is a type of this name (lower case; several words have one space between them).
///
/// `None` where the dialect's types are not written down. SQLite takes every name.
pub fn is_type(dialect: Dialect, name: &str) -> Option<bool> {
    contains(types(dialect), name)
}

/// The names of all types, for "did you mean".
pub fn type_names(dialect: Dialect) -> impl Iterator<Item = &'static str> {
    types(dialect).iter().copied()
}

/// Whether there is a collation of this name, whatever its case. `None` where they are not written down.
///
/// On SQLite an application may register more.
pub fn is_collation(dialect: Dialect, name: &str) -> Option<bool> {
    contains(collations(dialect), name)
}

/// The names of all collations, for "did you mean".
pub fn collation_names(dialect: Dialect) -> impl Iterator<Item = &'static str> {
    collations(dialect).iter().copied()
}

/// The columns of a function that gives rows, then its hidden ones, where they are written down.
pub fn table_function(dialect: Dialect, name: &str) -> Option<&'static [&'static str]> {
    let table = match dialect {
        Dialect::Sqlite => sqlite::TABLE_FUNCTIONS,
        Dialect::Postgres => postgres::TABLE_FUNCTIONS,
        Dialect::Mysql => mysql::TABLE_FUNCTIONS,
    };
    let found = table.iter().find(|row| row.0.eq_ignore_ascii_case(name))?;
    Some(found.1)
}

const fn functions(dialect: Dialect) -> &'static [Row] {
    match dialect {
        Dialect::Sqlite => sqlite::FUNCTIONS,
        Dialect::Postgres => postgres::FUNCTIONS,
        Dialect::Mysql => mysql::FUNCTIONS,
    }
}

const fn types(dialect: Dialect) -> &'static [&'static str] {
    match dialect {
        Dialect::Sqlite => &[],
        Dialect::Postgres => postgres::TYPES,
        Dialect::Mysql => mysql::TYPES,
    }
}

const fn collations(dialect: Dialect) -> &'static [&'static str] {
    match dialect {
        Dialect::Sqlite => sqlite::COLLATIONS,
        Dialect::Postgres => postgres::COLLATIONS,
        Dialect::Mysql => mysql::COLLATIONS,
    }
}

fn contains(table: &[&str], name: &str) -> Option<bool> {
    if table.is_empty() {
        return None;
    }
    let name = name.to_ascii_lowercase();
    Some(
        table
            .binary_search_by(|row| (*row).cmp(name.as_str()))
            .is_ok(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted() {
        for dialect in Dialect::ALL {
            for pair in functions(dialect).windows(2) {
                assert!(pair[0].0 < pair[1].0, "{dialect}: {}", pair[1].0);
            }
            for pair in types(dialect).windows(2) {
                assert!(pair[0] < pair[1], "{dialect}: {}", pair[1]);
            }
        }
        for table in [sqlite::COLLATIONS, postgres::COLLATIONS, mysql::COLLATIONS] {
            for pair in table.windows(2) {
                assert!(pair[0] < pair[1], "{}", pair[1]);
            }
        }
    }

    #[test]
    fn arities_are_said_in_words() {
        assert_eq!(Arity::exactly(2).describe(), "2");
        assert_eq!(Arity::between(1, 2).describe(), "1 or 2");
        assert_eq!(Arity::between(1, 4).describe(), "1 to 4");
        assert_eq!(Arity::at_least(1).describe(), "at least 1");
        assert_eq!(Arity(0x5555_5555 | 1 << 31).describe(), "an even number of");
        assert!(Arity::at_least(1).takes(100) && !Arity::at_least(1).takes(0));
        assert!(Arity::between(0, 3).takes(3) && !Arity::between(0, 3).takes(4));
    }

    #[test]
    fn case_does_not_count() {
        assert_eq!(
            function(Dialect::Sqlite, "ABS").map(|found| found.arity),
            Some(Arity::exactly(1))
        );
        assert_eq!(function(Dialect::Sqlite, "no_such"), None);
    }
}
