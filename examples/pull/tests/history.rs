//! The tests that every history should have; `definitions_match` holds it against `meta/` and the structs.

migrate_core::test_migrations!(pull);
