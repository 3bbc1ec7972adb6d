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
}
