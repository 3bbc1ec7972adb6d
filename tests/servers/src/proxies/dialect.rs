//! SQL, as the simulation sees it.

/// What it says that it is.
pub(crate) const VERSION: &str = "CockroachDB CCL v25.2.1 (x86_64-pc-linux-gnu, simulated)";

/// What stands before the commit, where the last of some statements is one.
pub(crate) fn commits(sql: &str) -> Option<&str> {
    let all = sql.trim_end().trim_end_matches(';').trim_end();
    let (before, last) = all.rfind(';').map_or(("", all), |at| all.split_at(at + 1));
    let words = last.to_uppercase();
    let mut words = words.split_whitespace();
    let is_commit = matches!(words.next(), Some("COMMIT" | "END"))
        && words.all(|word| matches!(word, "WORK" | "TRANSACTION"));
    is_commit.then_some(before)
}

/// SQL that PostgreSQL answers as CockroachDB would answer the original.
pub(crate) fn as_postgres(sql: &str) -> String {
    let plain = sql.trim().trim_end_matches(';').to_lowercase();
    if plain == "show crdb_version" {
        return format!("SELECT '{VERSION}'::text AS crdb_version");
    }
    let version = format!("(SELECT '{VERSION}'::text AS version)");
    let sql = replace_word(sql, "pg_catalog.version()", &version);
    let sql = replace_word(&sql, "version()", &version);
    let sql = replace_word(&sql, "pg_advisory_", "absent_pg_advisory_");
    replace_word(&sql, "pg_try_advisory_", "absent_pg_try_advisory_")
}

/// Replaces a text, in whatever case, where it does not stand within a longer name.
fn replace_word(sql: &str, word: &str, by: &str) -> String {
    let lower = sql.to_ascii_lowercase();
    let mut replaced = String::new();
    let mut from = 0;
    for (at, _) in lower.match_indices(word) {
        let before = lower[..at].chars().next_back();
        if before.is_some_and(|one| one.is_alphanumeric() || one == '_') {
            continue;
        }
        replaced.push_str(&sql[from..at]);
        replaced.push_str(by);
        from = at + word.len();
    }
    replaced + &sql[from..]
}

#[cfg(test)]
mod tests {
    use super::{as_postgres, commits};

    #[test]
    fn a_commit_is_known_in_each_form() {
        for sql in [
            "COMMIT",
            "commit ;",
            "END",
            "COMMIT WORK",
            "end transaction;",
        ] {
            assert_eq!(commits(sql), Some(""), "{sql}");
        }
        assert_eq!(
            commits("UPDATE t SET a = 1; COMMIT"),
            Some("UPDATE t SET a = 1;")
        );
        for sql in [
            "COMMIT PREPARED 'a'",
            "BEGIN",
            "SELECT 'COMMIT'",
            "COMMIT; SELECT 1",
            "",
        ] {
            assert_eq!(commits(sql), None, "{sql}");
        }
    }

    #[test]
    fn names_are_replaced_whole() {
        assert_eq!(
            as_postgres("SELECT PG_ADVISORY_LOCK(1)"),
            "SELECT absent_pg_advisory_LOCK(1)"
        );
        for sql in [
            "SELECT my_pg_advisory_lock(1)",
            "SELECT server_version()",
            "SELECT 'ü'",
        ] {
            assert_eq!(as_postgres(sql), sql);
        }
        assert!(as_postgres("SELECT version()").contains("CockroachDB"));
        assert!(!as_postgres("SELECT pg_catalog.version()").contains("pg_catalog"));
    }
}
