//! A folder of SQL files as a history, in the layout of whatever tool it is for.
//!
//! Nothing is opened here: it is given paths and texts, and says which migrations they are, in the order in which the
//! tool runs them, and where in which file each `up` and `down` stands.

mod name;

use std::{cmp::Ordering, collections::BTreeMap, ops::Range};

use crate::{Code, Finding};
use name::{Named, Order, Role};

/// A file of the folder.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// Its path below the folder, with `/` between its parts.
    pub path: &'a str,
    /// Its text.
    pub text: &'a str,
}

/// What a folder holds.
#[derive(Clone, Debug, Default)]
pub struct Folder {
    /// The migrations, in the order in which they run.
    pub migrations: Vec<Migration>,
    /// What is wrong with the files, as far as names and markers tell.
    pub findings: Vec<Placed>,
}

/// A migration in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migration {
    /// Its name, without what only tells the layout: `0001_create_users`.
    pub name: String,
    /// Where `up` stands.
    pub up: Part,
    /// Where `down` stands.
    pub down: Option<Part>,
    /// Whether it runs in a transaction; none where the layout leaves it open.
    pub transaction: Option<bool>,
}

/// A part of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Which file, as an index into those that were given.
    pub file: usize,
    /// The bytes of it.
    pub range: Range<usize>,
}

/// A finding, and the file that its range is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Which file, as an index into those that were given.
    pub file: usize,
    /// What was found.
    pub finding: Finding,
}

/// Whether a file of this path can belong to a history, so that its text is needed.
pub fn is_wanted(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let hidden = path.split('/').any(|part| part.starts_with('.'));
    !hidden && (name.to_ascii_lowercase().ends_with(".sql") || name == "metadata.toml")
}

/// The files of one migration, as far as they were found.
#[derive(Debug, Default)]
struct Found {
    order: Option<Order>,
    up: Option<usize>,
    down: Option<usize>,
}

/// Reads a folder.
pub fn read(files: &[File<'_>]) -> Folder {
    let mut folder = Folder::default();
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    for (at, file) in files.iter().enumerate() {
        let Some(Named { name, order, role }) = name::named(file.path) else {
            continue;
        };
        let one = found.entry(name).or_default();
        one.order = Some(order);
        match role {
            Role::Up | Role::Whole => one.up = Some(at),
            Role::Down => one.down = Some(at),
        }
    }
    let mut ordered: Vec<(String, Found)> = found.into_iter().collect();
    ordered.sort_by(|(a, one), (b, other)| one.order.cmp(&other.order).then_with(|| natural(a, b)));
    let whole = |file: usize| Part {
        file,
        range: 0..files[file].text.len(),
    };
    for (name, Found { up, down, .. }) in ordered {
        match (up, down) {
            (Some(up), down) => folder.migrations.push(Migration {
                name,
                up: whole(up),
                down: down.map(whole),
                transaction: None,
            }),
            (None, Some(down)) => folder.findings.push(Placed {
                file: down,
                finding: Finding::new(Code::DownWithoutUp, "there is no `up` to this `down`", 0..0),
            }),
            (None, None) => {}
        }
    }
    folder
}

fn natural(a: &str, b: &str) -> Ordering {
    a.cmp(b)
}
