//! Names: the identifier and the type that are made from what somebody wrote.

use super::ProjectError;

/// Longer ones would meet the limits of file systems.
const LONGEST: usize = 100;

/// Types of the prelude, and names that a type cannot have or should not hide.
const TAKEN: [&str; 20] = [
    "Action",
    "Box",
    "Default",
    "Drop",
    "Err",
    "Fn",
    "Iterator",
    "Migration",
    "Migrator",
    "None",
    "Ok",
    "Option",
    "Result",
    "Self",
    "Some",
    "Sql",
    "StepResult",
    "Steps",
    "String",
    "Vec",
];

/// Makes `add_users` of `add users`, `AddUsers`, `add-users` and `add.users`.
///
/// What stands for something else in a path or a language is refused, never dropped: `a/b` is no `ab`.
pub(super) fn identifier(name: &str) -> Result<String, ProjectError> {
    let refuse = |reason: String| ProjectError::Name {
        name: name.to_owned(),
        reason,
    };
    if name.contains("..") {
        return Err(refuse("`..` stands for a folder".to_owned()));
    }
    if let Some(character) = name.chars().find(|c| !is_part(*c)) {
        return Err(refuse(match character {
            '/' | '\\' => format!("`{character}` stands for a folder"),
            c if !c.is_ascii() => format!("{c:?} is no ASCII letter"),
            c => format!("{c:?} cannot stand in an identifier"),
        }));
    }
    let identifier = words(name).join("_");
    if identifier.is_empty() {
        return Err(refuse("it has no letter and no digit".to_owned()));
    }
    if identifier.len() > LONGEST {
        return Err(refuse(format!("it is longer than {LONGEST} characters")));
    }
    Ok(identifier)
}

/// The type for an identifier: `CreateUsers` for `create_users`, `M2faTable` for `2fa_table`.
pub(super) fn type_name(identifier: &str) -> String {
    let mut name = String::with_capacity(identifier.len());
    for word in words(identifier) {
        let (first, rest) = word.split_at(1);
        name += &first.to_ascii_uppercase();
        name += rest;
    }
    if name.starts_with(|c: char| c.is_ascii_digit()) || TAKEN.contains(&name.as_str()) {
        name.insert(0, 'M');
    }
    name
}

/// A sentence for an identifier: `Create users.` for `create_users`.
pub(super) fn sentence(identifier: &str) -> String {
    let mut text = words(identifier).join(" ");
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text + "."
}

fn is_part(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, ' ' | '\t' | '_' | '-' | '.')
}

/// The words in lower case: a word ends at a separator, before `Aa`, and between `a` (or a digit) and `A`.
fn words(text: &str) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    let mut words: Vec<String> = Vec::new();
    let mut begins = true;
    for (at, character) in characters.iter().enumerate() {
        if !character.is_ascii_alphanumeric() {
            begins = true;
            continue;
        }
        let before = at.checked_sub(1).map(|at| characters[at]);
        let after = characters.get(at + 1);
        let hump = character.is_ascii_uppercase()
            && (before.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
                || (before.is_some_and(|c| c.is_ascii_uppercase())
                    && after.is_some_and(char::is_ascii_lowercase)));
        let letter = character.to_ascii_lowercase();
        match words.last_mut() {
            Some(word) if !begins && !hump => word.push(letter),
            _ => words.push(letter.to_string()),
        }
        begins = false;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_people_write_is_made_into_an_identifier() {
        for (name, expected) in [
            ("create_users", "create_users"),
            ("add users", "add_users"),
            ("  add\tusers ", "add_users"),
            ("AddUsers", "add_users"),
            ("addUsers", "add_users"),
            ("add-users", "add_users"),
            ("add__users", "add_users"),
            ("2fa-table", "2fa_table"),
            ("HTTPServer", "http_server"),
            ("V2Users", "v2_users"),
            ("v1.2 users", "v1_2_users"),
            ("ADD", "add"),
            ("self", "self"),
        ] {
            assert_eq!(identifier(name).unwrap(), expected, "{name}");
        }
    }

    #[test]
    fn what_is_no_name_is_refused_with_the_reason() {
        for (name, reason) in [
            ("a/b", "`/` stands for a folder"),
            ("..", "`..` stands for a folder"),
            ("../../etc/x", "`..` stands for a folder"),
            ("a\\b", "`\\` stands for a folder"),
            ("", "no letter and no digit"),
            ("_-_", "no letter and no digit"),
            ("añadir", "'ñ' is no ASCII letter"),
            ("add users!", "'!' cannot stand"),
            ("a\0b", "'\\0' cannot stand"),
            ("a\nb", "'\\n' cannot stand"),
        ] {
            let error = identifier(name).unwrap_err().to_string();
            assert!(error.contains(reason), "{name:?}: {error}");
        }
        assert!(identifier(&"a".repeat(100)).is_ok());
        let error = identifier(&"a".repeat(101)).unwrap_err().to_string();
        assert!(error.contains("longer than 100"), "{error}");
    }

    #[test]
    fn types_are_in_pascal_case_and_never_hide_what_the_file_needs() {
        for (identifier, expected) in [
            ("create_users", "CreateUsers"),
            ("2fa_table", "M2faTable"),
            ("0_2_00__user_role", "M0200UserRole"),
            ("self", "MSelf"),
            ("migration", "MMigration"),
            ("steps", "MSteps"),
            ("V1__initial_schema", "V1InitialSchema"),
            ("type", "Type"),
        ] {
            assert_eq!(type_name(identifier), expected);
        }
    }

    #[test]
    fn a_sentence_is_made_of_the_words() {
        assert_eq!(sentence("create_users"), "Create users.");
        assert_eq!(sentence("0_2_00__user_role"), "0 2 00 user role.");
    }

    proptest! {
        #[test]
        fn every_identifier_can_stand_in_an_id(name in "\\PC*|[a-zA-Z0-9_ .-]{0,40}") {
            if let Ok(identifier) = identifier(&name) {
                let id = format!("20260215_01_{identifier}");
                prop_assert!(id.parse::<migrate_schema::MigrationId>().is_ok(), "{}", id);
                prop_assert!(syn::parse_str::<syn::Ident>(&type_name(&identifier)).is_ok());
            }
        }
    }
}
