use migrate_core::prelude::*;

/// The accounts of the spam wave of January, which have never written anything. Only the real blog has them.
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
