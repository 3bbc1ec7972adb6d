//! What a project says about itself: the databases its migrations are for, what others bring, how strict the checks are.

#[cfg(feature = "settings")]
mod manifest;
mod naming;
mod target;

use std::collections::BTreeMap;

#[cfg(feature = "settings")]
pub use manifest::Manifest;
pub use naming::{Naming, Pattern, PatternError};
pub use target::{Product, Target, TargetError};

use crate::{Code, Level, MigrationId};

/// The settings of a project: `[package.metadata.migrate]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The databases that every migration has to work on, at least one.
    pub targets: Vec<Target>,
    /// What the migrations may name though none of them makes it.
    pub external: External,
    /// How severe each code is, where it is not what it is by default.
    pub levels: BTreeMap<Code, Level>,
    /// How names have to look.
    pub naming: Naming,
    /// Nothing exists but what the migrations make and `external` names: a name never seen is an error.
    pub closed: bool,
    /// Migrations older than this build the catalog, and are only warned about.
    pub checked_since: Option<MigrationId>,
}

/// SQLite, nothing from elsewhere, and every code as severe as it is by default.
impl Default for Settings {
    fn default() -> Self {
        Self {
            targets: vec![Target::default()],
            external: External::default(),
            levels: BTreeMap::new(),
            naming: Naming::default(),
            closed: false,
            checked_since: None,
        }
    }
}

impl Settings {
    /// How severe a code is.
    pub fn level(&self, code: Code) -> Level {
        self.levels
            .get(&code)
            .copied()
            .unwrap_or_else(|| code.level())
    }
}

/// Names that come from elsewhere. A `*` at the end stands for any rest; a schema may stand before: `auth.*`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct External {
    /// Tables and views.
    pub tables: Vec<String>,
    /// Functions that the application registers or an extension brings.
    pub functions: Vec<String>,
    /// Types.
    pub types: Vec<String>,
}
