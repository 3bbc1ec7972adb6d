//! The tests that every history should have, on SQLite.

use portable as _;

migrate_core::test_migrations!();
