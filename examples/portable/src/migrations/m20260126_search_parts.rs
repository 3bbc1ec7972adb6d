use migrate_core::prelude::*;

struct SearchParts;

/// Parts are found by their name, whatever the case of its letters.
///
/// Where the databases differ, each has its own text. On a third one this migration would be refused.
#[migration(
    "20260126_search_parts",
    allow(
        index_not_concurrent,
        reason = "a workshop has few parts, so it takes no time"
    )
)]
impl Migration for SearchParts {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(
            sqlite: "CREATE INDEX parts_search ON parts (name COLLATE NOCASE)",
            postgres: "CREATE INDEX parts_search ON parts (lower(name))",
        ));
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP INDEX parts_search"));
    }
}
