//! Near misses.

/// The candidate that `name` is most likely a misspelling of, or none when nothing is close.
///
/// Case does not count. Up to a third of the letters may be wrong, missing, added or swapped with their neighbour.
///
/// ```
/// use migrate_schema::nearest;
/// assert_eq!(nearest("emial", ["id", "email", "created_at"]), Some("email"));
/// assert_eq!(nearest("colour", ["id", "email"]), None);
/// ```
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.to_ascii_lowercase();
    let allowed = (wanted.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| {
            (
                strsim::osa_distance(&wanted, &candidate.to_ascii_lowercase()),
                candidate,
            )
        })
        // One wrong letter out of one or two leaves nothing in common.
        .filter(|(distance, candidate)| {
            *distance <= allowed && *distance < candidate.chars().count()
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The same, or else the name that begins with what was written: `desc` means `description`.
pub fn nearest_or_longer<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let slip = nearest(name, known.iter().copied());
    let written = name.to_ascii_lowercase();
    let longer = |candidate: &&&str| written.len() >= 3 && candidate.starts_with(&written);
    slip.or_else(|| known.iter().find(longer).copied())
}

/// Names in a sentence: `` `a`, `b` and `c` ``.
pub fn listed(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_close_is_named() {
        assert_eq!(nearest("EMIAL", ["id", "Email"]), Some("Email"));
        assert_eq!(nearest("a", ["b"]), None);
        assert_eq!(nearest("usr", ["user", "users"]), Some("user"));
        assert_eq!(nearest("", ["a"]), None);
    }

    const KNOWN: [&str; 4] = ["up", "down", "transaction", "description"];

    #[test]
    fn slips_and_beginnings_are_near() {
        assert_eq!(nearest_or_longer("transacton", &KNOWN), Some("transaction"));
        assert_eq!(
            nearest_or_longer("Transaction", &KNOWN),
            Some("transaction")
        );
        assert_eq!(nearest_or_longer("desc", &KNOWN), Some("description"));
        assert_eq!(nearest_or_longer("dwon", &KNOWN), Some("down"));
        assert_eq!(nearest_or_longer("colour", &KNOWN), None);
        assert_eq!(nearest_or_longer("", &KNOWN), None);
    }

    #[test]
    fn lists_read_as_prose() {
        assert_eq!(listed(&["a", "b", "c"]), "`a`, `b` and `c`");
        assert_eq!(listed(&["a"]), "`a`");
        assert_eq!(listed(&[]), "");
    }
}
