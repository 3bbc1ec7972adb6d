//! How severe a code is in one migration.

use migrate_schema::{Code, Level, settings::Settings};

use crate::{
    config::Config,
    model::{Id, Model},
};

/// What decides, from the strongest: the migration itself, its age, the settings of the package, the code.
pub(crate) struct Levels<'a> {
    own: &'a [(Code, Level)],
    settings: Option<&'a Settings>,
    /// It is older than `checked_since`: it has been applied, and cannot be edited any more.
    is_old: bool,
}

impl<'a> Levels<'a> {
    pub(crate) fn new(id: Option<&Id>, model: &'a Model, config: &'a Config) -> Self {
        let settings = config.settings().map(|settings| &**settings);
        let since = settings.and_then(|settings| settings.checked_since.as_ref());
        Self {
            own: &model.options.levels,
            settings,
            is_old: id.zip(since).is_some_and(|(id, since)| id.id < *since),
        }
    }

    pub(crate) fn of(&self, code: Code) -> Level {
        // The last one counts, as everywhere in Rust.
        let own = self.own.iter().rev().find(|(named, _)| *named == code);
        if let Some((_, level)) = own {
            return *level;
        }
        let level = self.settings.map_or(code.level(), |s| s.level(code));
        if self.is_old {
            level.min(Level::Warn)
        } else {
            level
        }
    }
}
