//! Names that are near a mistyped one.

/// The known name that was most probably meant: a slip of it, or a longer form of what was written.
pub(crate) fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let slip = migrate_schema::nearest(name, known.iter().copied());
    let written = name.to_ascii_lowercase();
    let longer = |candidate: &&&str| written.len() >= 3 && candidate.starts_with(&written);
    slip.or_else(|| known.iter().find(longer).copied())
}

/// `` `a`, `b` and `c` ``
pub(crate) fn list(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 4] = ["up", "down", "transaction", "description"];

    #[test]
    fn slips_and_beginnings_are_near() {
        assert_eq!(nearest("transacton", &KNOWN), Some("transaction"));
        assert_eq!(nearest("Transaction", &KNOWN), Some("transaction"));
        assert_eq!(nearest("desc", &KNOWN), Some("description"));
        assert_eq!(nearest("dwon", &KNOWN), Some("down"));
        assert_eq!(nearest("colour", &KNOWN), None);
        assert_eq!(nearest("", &KNOWN), None);
    }

    #[test]
    fn lists_read_as_prose() {
        assert_eq!(list(&["a", "b", "c"]), "`a`, `b` and `c`");
        assert_eq!(list(&["a"]), "`a`");
        assert_eq!(list(&[]), "");
    }
}
