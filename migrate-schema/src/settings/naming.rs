//! How a project names its tables, columns, indexes.

use std::{fmt, str::FromStr};

/// The patterns that names have to follow; none by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Naming {
    /// Of tables.
    pub table: Option<Pattern>,
    /// Of columns.
    pub column: Option<Pattern>,
    /// Of indexes.
    pub index: Option<Pattern>,
    /// Of unique indexes, where they have one of their own.
    pub unique_index: Option<Pattern>,
    /// Of constraints.
    pub constraint: Option<Pattern>,
    /// Of views.
    pub view: Option<Pattern>,
    /// Of triggers.
    pub trigger: Option<Pattern>,
}

impl Naming {
    /// What can have a pattern.
    pub const KEYS: [&str; 7] = [
        "column",
        "constraint",
        "index",
        "table",
        "trigger",
        "unique_index",
        "view",
    ];

    /// The place of the pattern of this key.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Option<Pattern>> {
        Some(match key {
            "table" => &mut self.table,
            "column" => &mut self.column,
            "index" => &mut self.index,
            "unique_index" => &mut self.unique_index,
            "constraint" => &mut self.constraint,
            "view" => &mut self.view,
            "trigger" => &mut self.trigger,
            _ => return None,
        })
    }

    /// Whether there is no pattern at all.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What a name looks like: `snake_case`, or text with `*` for anything, `{table}` and `{columns}`.
///
/// ```
/// use migrate_schema::settings::Pattern;
/// let pattern: Pattern = "{table}_{columns}_idx".parse()?;
/// assert!(pattern.matches("users_email_idx", "users", &["email"]));
/// assert!(!pattern.matches("users_email", "users", &["email"]));
/// # Ok::<(), migrate_schema::settings::PatternError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(String);

/// The text is no pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no pattern for names: write `snake_case`, or text with `*`, `{{table}}` and `{{columns}}`"
)]
pub struct PatternError(pub String);

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let rest = text.replace("{table}", "").replace("{columns}", "");
        if text.is_empty() || rest.contains(['{', '}', ' ']) {
            return Err(PatternError(text.to_owned()));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Pattern {
    /// Whether a name follows it.
    pub fn matches(&self, name: &str, table: &str, columns: &[&str]) -> bool {
        if self.0 == "snake_case" {
            return is_snake_case(name);
        }
        glob(&self.example(table, columns), name)
    }

    /// The pattern with the table and the columns put in.
    pub fn example(&self, table: &str, columns: &[&str]) -> String {
        self.0
            .replace("{table}", table)
            .replace("{columns}", &columns.join("_"))
    }
}

fn is_snake_case(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// Whether a text is the pattern with something in the place of each `*`.
fn glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        let matches = |pattern: &str, name: &str| {
            let pattern: Pattern = pattern.parse().unwrap();
            pattern.matches(name, "users", &["a", "b"])
        };
        for (pattern, name) in [
            ("snake_case", "user_id2"),
            ("tbl_*", "tbl_users"),
            ("*_idx", "users_idx"),
            ("i*_*x", "ix_x"),
            ("idx_{table}_{columns}", "idx_users_a_b"),
            ("{table}", "users"),
        ] {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("snake_case", "UserId"),
            ("snake_case", ""),
            ("tbl_*", "users"),
            ("*_idx", "users_id"),
            ("aa*aa", "aaa"),
            ("{table}", "posts"),
        ] {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
        for text in ["", "{colums}", "a b"] {
            assert_eq!(text.parse::<Pattern>(), Err(PatternError(text.to_owned())));
        }
    }
}
