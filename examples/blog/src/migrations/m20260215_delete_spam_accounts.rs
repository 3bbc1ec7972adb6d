use migrate_core::prelude::*;

/// The spam accounts of January go.
///
/// Only the real blog has them. Whoever has written something stays.
#[migration(
    "20260215_delete_spam_accounts",
    up = "DELETE FROM users
        WHERE email LIKE '%@mail.invalid'
            AND id NOT IN (SELECT author_id FROM posts)
            AND id NOT IN (SELECT author_id FROM comments)",
    irreversible = "the accounts are gone",
    environments = ["production"]
)]
struct DeleteSpamAccounts;
