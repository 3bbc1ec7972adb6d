//! What the name of a migration says about its steps.

/// What a name asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Intent {
    CreateTable { table: String },
    DropTable { table: String },
    AddColumn { table: String, column: String },
    DropColumn { table: String, column: String },
    Unknown,
}

/// Words that make a name speak of something else than a table or a column.
const OTHER_OBJECTS: [&str; 12] = [
    "check",
    "constraint",
    "fk",
    "foreign",
    "index",
    "indexes",
    "indices",
    "primary",
    "trigger",
    "unique",
    "view",
    "views",
];

/// What a name in snake case asks for: `add_age_to_users` for a column.
pub(super) fn intent(name: &str) -> Intent {
    let words: Vec<&str> = name.split('_').collect();
    let table = |words: &[&str]| {
        let words = words.strip_suffix(&["table"]).unwrap_or(words);
        let words = words.strip_prefix(&["table"]).unwrap_or(words);
        object(words)
    };
    let column = |words: &[&str]| object(words.strip_prefix(&["column"]).unwrap_or(words));
    let split = |words: &[&str], at: &str| {
        let at = words.iter().rposition(|word| *word == at)?;
        Some((column(&words[..at])?, table(&words[at + 1..])?))
    };
    let found = match words.as_slice() {
        ["create", rest @ ..] => table(rest).map(|table| Intent::CreateTable { table }),
        ["add", rest @ ..] => {
            split(rest, "to").map(|(column, table)| Intent::AddColumn { table, column })
        }
        ["drop" | "remove", rest @ ..] if rest.contains(&"from") => {
            split(rest, "from").map(|(column, table)| Intent::DropColumn { table, column })
        }
        ["drop", rest @ ..] if !rest.starts_with(&["column"]) => {
            table(rest).map(|table| Intent::DropTable { table })
        }
        _ => None,
    };
    found.unwrap_or(Intent::Unknown)
}

/// The one name that words make; none where they speak of several things or of something else.
fn object(words: &[&str]) -> Option<String> {
    let several = words
        .iter()
        .any(|word| matches!(*word, "and" | "columns" | "tables"));
    let other = |word: Option<&&str>| word.is_some_and(|word| OTHER_OBJECTS.contains(word));
    let other = other(words.first()) || other(words.last());
    (!words.is_empty() && !several && !other).then(|| words.join("_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_speak_of_something_else_give_none() {
        for name in [
            "users",
            "create",
            "create_index_on_users",
            "create_users_index",
            "create_view_of_users",
            "create_users_and_posts",
            "add_users",
            "add_index_to_users",
            "add_a_and_b_to_users",
            "add_columns_to_users",
            "drop_index_users_email",
            "drop_column_age",
            "rename_users_to_people",
            "drop_from_users",
        ] {
            assert_eq!(intent(name), Intent::Unknown, "{name}");
        }
    }

    #[test]
    fn names_that_speak_of_a_table_or_a_column() {
        let table = || "user_roles".to_owned();
        let column = || "reply_to".to_owned();
        for name in [
            "create_user_roles",
            "create_user_roles_table",
            "create_table_user_roles",
        ] {
            assert_eq!(
                intent(name),
                Intent::CreateTable { table: table() },
                "{name}"
            );
        }
        assert_eq!(
            intent("drop_user_roles"),
            Intent::DropTable { table: table() }
        );
        for name in [
            "add_reply_to_to_user_roles",
            "add_column_reply_to_to_user_roles_table",
        ] {
            assert_eq!(
                intent(name),
                Intent::AddColumn {
                    table: table(),
                    column: column()
                },
                "{name}"
            );
        }
        for name in [
            "drop_reply_to_from_user_roles",
            "remove_column_reply_to_from_user_roles",
        ] {
            assert_eq!(
                intent(name),
                Intent::DropColumn {
                    table: table(),
                    column: column()
                },
                "{name}"
            );
        }
    }
}
