//! The history of the database. What is applied somewhere is never edited: a change is a new file.

mod m20250912_02_create_posts;
mod m20250912_create_users;
mod m20250915_create_tags;
mod m20250922_create_comments;
mod m20251001_write_ahead_log;
mod m20251006_add_updated_at;
mod m20251020_archive_posts;
mod m20251103_02_backfill_published_at;
mod m20251103_add_published_at;
mod m20251110_index_published_posts;
mod m20251124_count_comments;
mod m20251208_add_handles;
mod m20260112_create_posts_search;
mod m20260119_create_author_statistics;
mod m20260126_add_reading_minutes;
mod m20260209_seed_development;
mod m20260215_delete_spam_accounts;
