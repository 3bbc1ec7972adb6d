//! The identifiers that a program of ours gives to the migrations of a folder.

use super::{Migration, name::without_dashes};
use crate::{IdError, MigrationId};

impl Migration {
    /// The identifier for its name, with `_` for `-`, `.` and spaces: `20240506192337_add_users` for
    /// `2024-05-06-192337_add-users`, and `1_users` for `V1__users`.
    ///
    /// # Errors
    ///
    /// Where the name has a version that no identifier can have, or no version at all.
    pub fn id(&self) -> Result<MigrationId, IdError> {
        let name = match self.name.strip_prefix(['V', 'U']) {
            Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => {
                rest.replacen("__", "_", 1)
            }
            _ => self.name.clone(),
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::Part;

    fn id(name: &str) -> Result<MigrationId, IdError> {
        let up = Part {
            file: 0,
            range: 0..0,
            is_sql: true,
        };
        Migration {
            name: name.to_owned(),
            up,
            down: None,
            transaction: None,
        }
        .id()
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
