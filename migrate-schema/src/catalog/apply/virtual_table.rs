//! The columns of SQLite's virtual tables, where they follow from the arguments.

use crate::tree::VirtualTable;

/// The columns of an FTS5 table. None for any other module.
pub(super) fn columns(table: &VirtualTable) -> Option<Vec<String>> {
    if !table.module.text.eq_ignore_ascii_case("fts5") {
        return None;
    }
    let mut names = Vec::new();
    for argument in &table.arguments {
        let (name, rest) = first_word(argument.trim())?;
        // An option: `content = 'posts'`.
        if !rest.trim_start().starts_with('=') {
            names.push(name);
        }
    }
    Some(names)
}

/// The name that an argument begins with, without its quotes, and what stands behind it.
fn first_word(argument: &str) -> Option<(String, &str)> {
    let first = argument.chars().next()?;
    let close = match first {
        '"' | '\'' | '`' => first,
        '[' => ']',
        _ => {
            let end = argument
                .find(|c: char| !(c.is_alphanumeric() || c == '_' || !c.is_ascii()))
                .unwrap_or(argument.len());
            let (name, rest) = argument.split_at(end);
            return (!name.is_empty()).then(|| (name.to_owned(), rest));
        }
    };
    let inside = argument.get(1..)?;
    let end = inside.find(close)?;
    let rest = inside.get(end + 1..)?;
    // A doubled quote is one of the name.
    (!rest.starts_with(close)).then(|| (inside[..end].to_owned(), rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Name;

    fn fts5(arguments: &[&str]) -> Option<Vec<String>> {
        columns(&VirtualTable {
            module: Name {
                text: "FTS5".to_owned(),
                quoted: false,
                range: 0..0,
            },
            arguments: arguments.iter().map(|one| (*one).to_owned()).collect(),
        })
    }

    #[test]
    fn options_are_no_columns() {
        let found = fts5(&[
            "title",
            "\"the body\" UNINDEXED",
            "content='posts'",
            "tokenize = 'porter'",
        ]);
        assert_eq!(found, Some(vec!["title".to_owned(), "the body".to_owned()]));
        assert_eq!(fts5(&["a\"b"]).map(|names| names.len()), Some(1));
        assert_eq!(fts5(&["\"a"]), None);
    }
}
