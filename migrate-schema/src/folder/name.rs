//! What the path of a file tells.

use std::cmp::Ordering;

use crate::MigrationId;

/// What the path of a file tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// The migration's name: that of the file without its endings, or that of its folder.
    pub(super) name: String,
    pub(super) order: Order,
    pub(super) role: Role,
    pub(super) family: Family,
}

/// What a file is for its migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Up,
    Down,
    /// `up`, and `down` too where a marker says so.
    Whole,
    /// A program that stands in the place of SQL.
    Program,
    /// diesel's `metadata.toml`.
    Metadata,
}

/// Ways to call files that no tool reads together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Family {
    /// `1_a.sql`, `1_a.up.sql`.
    Numbered,
    /// `1_a/up.sql`.
    Folders,
    /// `1_a/migration.sql`.
    MigrationFolders,
    /// `V1__a.sql`.
    Versioned,
}

impl Family {
    /// How its files are called.
    pub(super) const fn example(self) -> &'static str {
        match self {
            Self::Numbered => "NUMBER_name.sql",
            Self::Folders => "NUMBER_name/up.sql",
            Self::MigrationFolders => "NUMBER_name/migration.sql",
            Self::Versioned => "V1__name.sql",
        }
    }
}

/// What the order of migrations follows from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Order {
    /// Numbers, of which the first counts most.
    Numbers(Vec<u128>),
    /// diesel compares versions as text.
    Text(String),
    /// No number: behind all that have one.
    Unnumbered,
    /// Behind everything, as repeatable migrations are.
    Last,
}

impl Order {
    /// Text that is a number is compared as one.
    pub(super) fn compare_as_number(&mut self) {
        if let Self::Text(text) = self
            && let Ok(number) = text.parse()
        {
            *self = Self::Numbers(vec![number]);
        }
    }
}

/// Reads a path; none where it is no file of a migration.
pub(super) fn named(path: &str) -> Option<Named> {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    if let Some(named) = versioned(file) {
        return Some(named);
    }
    let lower = file.to_ascii_lowercase();
    if folder.is_empty() {
        return numbered(file, &lower);
    }
    // A folder in a folder belongs to something else.
    let (family, role) = match lower.as_str() {
        "up.sql" => (Family::Folders, Role::Up),
        "down.sql" => (Family::Folders, Role::Down),
        "metadata.toml" => (Family::Folders, Role::Metadata),
        "migration.sql" => (Family::MigrationFolders, Role::Up),
        _ => return None,
    };
    if folder.contains('/') {
        return None;
    }
    Some(Named {
        name: folder.to_owned(),
        order: of_folder(folder),
        role,
        family,
    })
}

/// `1_a.up.sql`, `1_a.down.sql`, `1_a.sql`, and `1_a.go` of goose.
fn numbered(file: &str, lower: &str) -> Option<Named> {
    let endings = [
        (".up.sql", Role::Up),
        (".down.sql", Role::Down),
        (".sql", Role::Whole),
        (".go", Role::Program),
    ];
    let (ending, role) = endings.into_iter().find(|(e, _)| lower.ends_with(e))?;
    let name = &file[..file.len() - ending.len()];
    let order = order(name);
    let stray = match role {
        Role::Whole => order == Order::Unnumbered,
        Role::Program => !goose_runs(name),
        _ => name.is_empty(),
    };
    (!stray).then(|| Named {
        name: name.to_owned(),
        order,
        role,
        family: Family::Numbered,
    })
}

fn goose_runs(name: &str) -> bool {
    let digits = leading_digits(name);
    digits > 0 && name[digits..].starts_with('_') && !name.ends_with("_test")
}

/// `V1__a.sql`, `V1.2__a.sql`, `U1__a.sql`, `R__a.sql`, and `V1__a.rs` of refinery.
fn versioned(file: &str) -> Option<Named> {
    let (name, ending) = file.rsplit_once('.')?;
    let program = match ending.to_ascii_lowercase().as_str() {
        "sql" => false,
        "rs" | "java" => true,
        _ => return None,
    };
    let (head, description) = name.split_once("__")?;
    let (kind, version) = head.split_at_checked(1)?;
    let order = match (kind, version) {
        ("R", "") => Order::Last,
        ("V" | "U", version) => Order::Numbers(numbers(version)?),
        _ => return None,
    };
    let role = match kind {
        // It may be an undo script or a migration: that depends on the other files.
        "U" if !program => Role::Down,
        _ if program => Role::Program,
        _ => Role::Up,
    };
    (!description.is_empty()).then(|| Named {
        name: name.to_owned(),
        order,
        role,
        family: Family::Versioned,
    })
}

/// `1`, `1.2`, `1_2`.
fn numbers(version: &str) -> Option<Vec<u128>> {
    let parts = version.split(['.', '_']);
    parts.map(|part| part.parse().ok()).collect()
}

/// The order for the name of a folder. diesel's versions have no fixed length and are compared as text; what comes
/// with a `-` behind its number is rusqlite_migration's, and is a number.
fn of_folder(name: &str) -> Order {
    let digits = leading_digits(name);
    if digits == 0 {
        return Order::Unnumbered;
    }
    let version = name.split('_').next().unwrap_or(name);
    if version.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
        return Order::Text(version.replace('-', ""));
    }
    order(name)
}

/// The order that a name begins with.
fn order(name: &str) -> Order {
    if let Ok(id) = name.parse::<MigrationId>()
        && let Some((day, number)) = id.version().to_string().split_once('_')
        && number != "01"
    {
        // `20260215_02_a`: the second of that day.
        return Order::Numbers(
            [day, number]
                .iter()
                .filter_map(|n| n.parse().ok())
                .collect(),
        );
    }
    let name = without_dashes(name).unwrap_or_else(|| name.to_owned());
    let mut numbers: Vec<u128> = Vec::new();
    let mut rest = name.as_str();
    loop {
        let digits = leading_digits(rest);
        let Ok(number) = rest[..digits].parse() else {
            break;
        };
        numbers.push(number);
        match rest[digits..].strip_prefix('.') {
            Some(behind) => rest = behind,
            None => break,
        }
    }
    match numbers.is_empty() {
        true => Order::Unnumbered,
        false => Order::Numbers(numbers),
    }
}

fn leading_digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// `2024-05-06_users`, and diesel's `2024-05-06-192337_users` or `2024-05-06-192337-0000_users`, with the date or
/// the moment as digits in a row. As they stand they would be the number 2024.
pub(super) fn without_dashes(name: &str) -> Option<String> {
    let (head, rest) = name.split_once('_')?;
    let parts: Vec<&str> = head.split('-').collect();
    let widths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    let digits = head.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let dated = matches!(
        widths.as_slice(),
        [4, 2, 2] | [4, 2, 2, 6] | [4, 2, 2, 6, 4]
    );
    (digits && dated).then(|| format!("{}_{rest}", parts[..parts.len().min(4)].concat()))
}

/// The order of two migrations.
pub(super) fn compare(a: (&Order, &str), b: (&Order, &str)) -> Ordering {
    a.0.cmp(b.0).then_with(|| a.1.cmp(b.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers_of(path: &str) -> Vec<u128> {
        match named(path).unwrap().order {
            Order::Numbers(numbers) => numbers,
            other => panic!("{path}: {other:?}"),
        }
    }

    #[test]
    fn numbers_are_read_as_the_tools_read_them() {
        for (path, expected) in [
            ("1_a.sql", &[1][..]),
            ("000010_a.up.sql", &[10]),
            ("0001_0.2_00__user_role.up.sql", &[1]),
            ("20240506192337_a.sql", &[20_240_506_192_337]),
            ("2024-05-06_a.sql", &[20_240_506]),
            ("2024-05-06-192337_a.up.sql", &[20_240_506_192_337]),
            ("1.2.3-a.sql", &[1, 2, 3]),
            ("20240506_a.sql", &[20_240_506]),
            ("20240506_02_a.sql", &[20_240_506, 2]),
            ("20240506.sql", &[20_240_506]),
            ("V1__a.sql", &[1]),
            ("below/V1_2__a.sql", &[1, 2]),
            ("V1.10__a.sql", &[1, 10]),
            ("02-add/up.sql", &[2]),
            ("00007_a.go", &[7]),
        ] {
            assert_eq!(numbers_of(path), expected, "{path}");
        }
    }

    #[test]
    fn roles() {
        let role = |path: &str| named(path).map(|named| (named.name, named.role, named.family));
        let is = |path: &str, name: &str, expected: Role, family: Family| {
            assert_eq!(role(path), Some((name.to_owned(), expected, family)));
        };
        is("1_a.UP.SQL", "1_a", Role::Up, Family::Numbered);
        is("a.down.sql", "a", Role::Down, Family::Numbered);
        is("1_a.sql", "1_a", Role::Whole, Family::Numbered);
        is("1_a/up.sql", "1_a", Role::Up, Family::Folders);
        is("1_a/metadata.toml", "1_a", Role::Metadata, Family::Folders);
        is(
            "1_a/migration.sql",
            "1_a",
            Role::Up,
            Family::MigrationFolders,
        );
        is("V1__a.sql", "V1__a", Role::Up, Family::Versioned);
        is("U1__a.sql", "U1__a", Role::Down, Family::Versioned);
        is("R__a.sql", "R__a", Role::Up, Family::Versioned);
        is("V1__a.rs", "V1__a", Role::Program, Family::Versioned);
        for path in [
            "schema.sql",
            "a/b/up.sql",
            "seeds/1_a.sql",
            "V1_a.sql",
            "Vx__a.sql",
            "embed.go",
            "00007_a_test.go",
            "R1__a.sql",
            "é__a.sql",
            "V__a.sql",
        ] {
            assert_eq!(role(path), None, "{path}");
        }
    }

    #[test]
    fn diesels_versions_are_text() {
        let order = |path: &str| named(path).unwrap().order;
        assert!(order("10_a/up.sql") < order("9_a/up.sql"));
        assert!(order("2024-05-06-192337_a/up.sql") < order("20240507_b/up.sql"));
        assert!(order("9-a/up.sql") < order("10-a/up.sql"));
    }
}
