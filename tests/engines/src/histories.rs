//! Histories of migrations that a test makes up, each a set of its own.

use migrate_core::{__private::v1::register, Migration, Steps};

/// What a migration does one way.
pub type Way = fn(&mut Steps);

struct Made {
    up: Way,
    down: Option<Way>,
}

impl Migration for Made {
    fn up(&self, steps: &mut Steps) {
        (self.up)(steps);
    }

    fn down(&self, steps: &mut Steps) {
        if let Some(down) = self.down {
            down(steps);
        }
    }
}

/// All histories of a test program. They have to be known before the first of them is asked for, as those of a program
/// are before it starts.
#[derive(Default)]
pub struct Histories(());

/// One history: a set.
pub struct History {
    set: &'static str,
}

impl Histories {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Another one.
    #[must_use]
    pub fn with(self, set: &'static str, fill: impl FnOnce(&History)) -> Self {
        fill(&History { set });
        self
    }
}

impl History {
    /// A migration in a transaction.
    pub fn add(&self, id: &str, up: Way, down: Way) {
        self.register(id, "", up, Some(down));
    }

    /// A migration with `transaction = false`.
    pub fn add_outside(&self, id: &str, up: Way, down: Way) {
        self.register(id, "\u{1f}t", up, Some(down));
    }

    /// A migration that says more: fields as the macro writes them.
    pub fn add_with(&self, id: &str, more: &str, up: Way, down: Way) {
        self.register(id, more, up, Some(down));
    }

    fn register(&self, id: &str, more: &str, up: Way, down: Option<Way>) {
        let name = id.trim_start_matches(|c: char| c.is_ascii_digit() || c == '_');
        let said = format!(
            "{}\u{1f}{id}\u{1f}{}\u{1f}p1.0.0{more}",
            self.set,
            name.replace('_', " ")
        );
        register(
            Box::leak(said.into_boxed_str()),
            Box::leak(Box::new(Made { up, down })),
        );
    }
}
