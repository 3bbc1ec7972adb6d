//! The identifiers that a program of ours gives to the migrations of a folder.

use std::collections::BTreeMap;

use super::{File, Folder, Migration, Placed, name::without_dashes};
use crate::{Code, Finding, IdError, MigrationId, Version};

/// The identifiers of all migrations of a folder, in their order, and what keeps one of them from having one.
pub fn identify(folder: &Folder, files: &[File<'_>]) -> (Vec<Option<MigrationId>>, Vec<Placed>) {
    let mut findings = Vec::new();
    let mut versions: BTreeMap<Version, usize> = BTreeMap::new();
    let mut ids: Vec<Option<MigrationId>> = Vec::new();
    let mut last: Option<MigrationId> = None;
    for migration in &folder.migrations {
        let file = migration.up.file;
        let mut find = |code, message: String, help: &str| {
            let finding = Finding::new(code, message, 0..0).help(help);
            findings.push(Placed { file, finding });
        };
        let id = match migration.id() {
            Ok(id) => id,
            Err(error) => {
                let text = error.to_string();
                let (message, help) = text.split_once(": ").unwrap_or((&text, ""));
                let code = match error {
                    IdError::Character { .. } => Code::IdCharacter,
                    IdError::Date { .. } => Code::IdDate,
                    _ => Code::IdShape,
                };
                let name = &migration.name;
                let help = match help {
                    "" => format!("rename `{name}`"),
                    help => format!("rename `{name}`: {help}"),
                };
                find(code, message.to_owned(), &help);
                ids.push(None);
                continue;
            }
        };
        if let Some(other) = versions.insert(id.version(), file) {
            let other = files.get(other).map_or("", |file| file.path);
            let message = format!("it has the version {}, and so has {other}", id.version());
            find(
                Code::DuplicateId,
                message,
                "give one of the two another version",
            );
        } else if let Some(last) = last.filter(|last| last.version() > id.version()) {
            let message = format!("`{id}` would come before `{last}`, behind which it runs here");
            find(
                Code::IdShape,
                message,
                "rename it, so that both orders are the same",
            );
        }
        last = Some(id.clone());
        ids.push(Some(id));
    }
    (ids, findings)
}

impl Migration {
    /// The identifier for its name, as [`id()`] makes it.
    ///
    /// # Errors
    ///
    /// As [`id()`].
    pub fn id(&self) -> Result<MigrationId, IdError> {
        id(&self.name)
    }
}

/// The identifier for the name of a migration, with `_` for `-`, `.` and spaces: `20240506192337_add_users` for
/// `2024-05-06-192337_add-users`, and `1_users` for `V1__users`.
///
/// # Errors
///
/// Where the name has a version that no identifier can have, or no version at all.
pub fn id(name: &str) -> Result<MigrationId, IdError> {
    let name = match name.strip_prefix(['V', 'U']) {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => rest.replacen("__", "_", 1),
        _ => name.to_owned(),
    };
    let name = without_dashes(&name).unwrap_or(name);
    let digits = name.bytes().take_while(u8::is_ascii_digit).count();
    let (version, rest) = name.split_at(digits);
    // diesel's first is called 00000000000000_diesel_initial_setup.
    let version = match version.len() > 7 && version.bytes().all(|b| b == b'0') {
        true => "0",
        false => version,
    };
    let rest = rest.replace(['-', '.', ' '], "_");
    format!("{version}{rest}").parse()
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn ids_are_different_and_in_order() {
        let files = [
            ("9_b.sql", "-- migrate:up"),
            ("10_a.sql", "-- migrate:up"),
            ("V2__x.sql", ""),
            ("V2.5__y.sql", ""),
            ("R__z.sql", ""),
        ];
        let files = files.map(|(path, text)| File { path, text });
        let of = |files: &[File<'_>]| {
            let folder = super::super::read(files, crate::Dialect::Sqlite);
            let (ids, findings) = identify(&folder, files);
            let ids: Vec<_> = ids
                .iter()
                .map(|id| id.as_ref().map(ToString::to_string))
                .collect();
            let findings: Vec<_> = findings
                .iter()
                .map(|placed| {
                    let Finding { code, message, .. } = &placed.finding;
                    format!("{}: {message} [{code}]", files[placed.file].path)
                })
                .collect();
            (ids, findings)
        };
        let (_, found) = of(&files[..2]);
        assert_eq!(
            found,
            ["9_b.sql: `9_b` would come before `10_a`, behind which it runs here [id_shape]"]
        );
        let (ids, found) = of(&files[2..]);
        assert_eq!(
            ids,
            [Some("2_x".to_owned()), Some("2_5_y".to_owned()), None]
        );
        assert_eq!(
            found,
            [
                "V2.5__y.sql: it has the version 2, and so has V2__x.sql [duplicate_id]",
                "R__z.sql: `R__z` is not a migration id [id_shape]"
            ]
        );
    }

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
            ("V1__users", "1_users"),
            ("V20240506__add_users", "20240506_add_users"),
            ("U7__add__users", "7_add__users"),
            ("01-users", "01_users"),
            (
                "00000000000000_diesel_initial_setup",
                "0_diesel_initial_setup",
            ),
        ] {
            assert_eq!(id(name).unwrap().as_str(), expected);
        }
        for name in [
            "users",
            "Vusers",
            "R__users",
            "1526834456_users",
            "2024-13-06-192337_users",
            "1_é",
            "é",
            "",
        ] {
            assert!(id(name).is_err(), "{name}");
        }
    }
}
