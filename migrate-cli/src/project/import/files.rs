//! The files of an import: which belong together, and what their ids are.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use migrate_schema::{IdError, MigrationId};

use crate::project::{ImportFault, ProjectError};

/// The SQL files of one migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) id: MigrationId,
    pub(super) up: PathBuf,
    pub(super) down: Option<PathBuf>,
}

/// What a folder holds.
#[derive(Debug)]
pub(super) struct Pairs {
    /// In the order of their ids.
    pub(super) pairs: Vec<Pair>,
    /// What is no SQL.
    pub(super) ignored: Vec<PathBuf>,
    /// What is wrong with names and what has no other half.
    pub(super) faults: Vec<ImportFault>,
}

/// The two files of a name, as far as they were found.
#[derive(Debug, Default)]
struct Found {
    up: Option<PathBuf>,
    down: Option<PathBuf>,
}

pub(super) fn pairs(folder: &Path) -> Result<Pairs, ProjectError> {
    let unreadable = |source| ProjectError::Read {
        path: folder.to_owned(),
        source,
    };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        paths.push(entry.map_err(unreadable)?.path());
    }
    paths.sort();
    let mut result = Pairs {
        pairs: Vec::new(),
        ignored: Vec::new(),
        faults: Vec::new(),
    };
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    for path in paths {
        sort_in(path, &mut found, &mut result);
    }
    for (name, Found { up, down }) in found {
        match (up, down, id(&name)) {
            (Some(up), down, Ok(id)) => result.pairs.push(Pair { id, up, down }),
            (Some(up), _, Err(error)) => {
                result.faults.push(ImportFault::of_file(
                    up,
                    format!("{error}; rename the file"),
                ));
            }
            (None, Some(down), _) => result.faults.push(ImportFault::of_file(
                down,
                format!("there is no `up` to it: add {name}.up.sql, or move this file away"),
            )),
            (None, None, _) => {}
        }
    }
    result.pairs.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(result)
}

fn sort_in(path: PathBuf, found: &mut BTreeMap<String, Found>, result: &mut Pairs) {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
        result.faults.push(ImportFault::of_file(
            path,
            "its name is not UTF-8: rename it",
        ));
        return;
    };
    let name = name.to_owned();
    if name.starts_with('.') {
        result.ignored.push(path);
    } else if path.is_dir() {
        let file = |file: &str| Some(path.join(file)).filter(|file| file.is_file());
        let (up, down) = (file("up.sql"), file("down.sql"));
        if up.is_none() && down.is_none() {
            result.ignored.push(path);
        } else {
            found.insert(name, Found { up, down });
        }
    } else if let Some(stem) = name.strip_suffix(".up.sql") {
        found.entry(stem.to_owned()).or_default().up = Some(path);
    } else if let Some(stem) = name.strip_suffix(".down.sql") {
        found.entry(stem.to_owned()).or_default().down = Some(path);
    } else if name.to_ascii_lowercase().ends_with(".sql") {
        result.faults.push(ImportFault::of_file(
            path,
            "it is neither NAME.up.sql nor NAME.down.sql: rename it, or move it away",
        ));
    } else {
        result.ignored.push(path);
    }
}

/// The id for the name of an SQL file.
fn id(name: &str) -> Result<MigrationId, IdError> {
    let id: String = without_dashes(name)
        .unwrap_or_else(|| name.to_owned())
        .chars()
        .map(|c| if matches!(c, '-' | '.' | ' ') { '_' } else { c })
        .collect();
    id.parse()
}

/// `2024-05-06_users`, and diesel's `2024-05-06-192337_users` or `2024-05-06-192337-0000_users`, with the date or
/// the moment as digits in a row. As they stand they would be the number 2024.
fn without_dashes(name: &str) -> Option<String> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_made_of_file_names() {
        for (name, expected) in [
            ("20240506_users", "20240506_users"),
            ("2024-05-06_users", "20240506_users"),
            ("2024-05-06-192337_add-users", "20240506192337_add_users"),
            ("2024-05-06-192337-0000_users", "20240506192337_users"),
            ("0001_0.2_00__user_role", "0001_0_2_00__user_role"),
            (
                "0001_2024-05-06-192337_users",
                "0001_2024_05_06_192337_users",
            ),
            ("000001_add users", "000001_add_users"),
            ("20210422143411_create-store", "20210422143411_create_store"),
        ] {
            assert_eq!(id(name).unwrap().as_str(), expected);
        }
        for name in [
            "V1__users",
            "users",
            "1526834456_users",
            "2024-13-06-192337_users",
            "1_é",
        ] {
            assert!(id(name).is_err(), "{name}");
        }
    }

    #[test]
    fn files_are_paired_and_nothing_is_passed_over_in_silence() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for file in [
            "2_b.up.sql",
            "10_c.up.sql",
            "10_c.down.sql",
            "1_a.up.sql",
            "3_d.down.sql",
            "x.up.sql",
            "4_e.sql",
            "notes.txt",
            ".hidden.sql",
        ] {
            fs::write(root.join(file), "").unwrap();
        }
        fs::create_dir_all(root.join("5_f")).unwrap();
        fs::write(root.join("5_f/up.sql"), "").unwrap();
        fs::create_dir_all(root.join("other")).unwrap();
        let pairs = pairs(root).unwrap();
        let found: Vec<_> = pairs
            .pairs
            .iter()
            .map(|p| (p.id.as_str(), p.down.is_some()))
            .collect();
        assert_eq!(
            found,
            [
                ("1_a", false),
                ("2_b", false),
                ("5_f", false),
                ("10_c", true)
            ]
        );
        assert_eq!(
            pairs.ignored,
            [
                root.join(".hidden.sql"),
                root.join("notes.txt"),
                root.join("other")
            ]
        );
        let faults: Vec<_> = pairs.faults.iter().map(|f| f.file.clone()).collect();
        assert_eq!(
            faults,
            [
                root.join("4_e.sql"),
                root.join("3_d.down.sql"),
                root.join("x.up.sql")
            ]
        );
    }
}
