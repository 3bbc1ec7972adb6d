//! The tests that every history should have.

migrate_core::test_migrations!(blog);
