//! What the name of a file tells.

/// What the name of a file tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// The migration's name.
    pub(super) name: String,
    pub(super) order: Order,
    pub(super) role: Role,
}

/// Which half of a migration a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Up,
    Down,
    Whole,
}

/// What the order of migrations follows from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Order {
    /// A number.
    Number(u128),
    /// No number: behind all that have one.
    None,
}

/// Reads a path; none where it is no file of a migration.
pub(super) fn named(path: &str) -> Option<Named> {
    let (stem, role) = match path.rsplit_once('/') {
        Some((folder, "up.sql")) => (folder, Role::Up),
        Some((folder, "down.sql")) => (folder, Role::Down),
        Some(_) => return None,
        None => match path.strip_suffix(".up.sql") {
            Some(stem) => (stem, Role::Up),
            None => match path.strip_suffix(".down.sql") {
                Some(stem) => (stem, Role::Down),
                None => (path.strip_suffix(".sql")?, Role::Whole),
            },
        },
    };
    Some(Named {
        name: stem.to_owned(),
        order: number(stem).map_or(Order::None, Order::Number),
        role,
    })
}

fn number(stem: &str) -> Option<u128> {
    let digits = stem.bytes().take_while(u8::is_ascii_digit).count();
    stem[..digits].parse().ok()
}
