//! `[package.metadata.migrate]` of the crate that is being compiled.

use std::{env, path::Path, sync::Arc};

use migrate_schema::{
    Code, Dialect, Finding, grammar,
    settings::{self, Settings},
};
use proc_macro2::{Span, TokenStream};
use quote::quote;

use crate::{cache::FileCache, report::Report};

/// What the crate's Cargo.toml says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Config {
    /// The name of the crate's migrations, if it is not that of the package.
    set: Option<String>,
    settings: Arc<Settings>,
    /// The configuration has errors, so nothing is judged by it.
    broken: bool,
}

impl Config {
    /// The name of the crate's migrations.
    pub(crate) fn set(&self) -> String {
        self.set
            .clone()
            .or_else(|| env::var("CARGO_PKG_NAME").ok())
            .or_else(|| env::var("CARGO_CRATE_NAME").ok())
            .unwrap_or_else(|| "main".to_owned())
    }

    /// How SQL is checked; none where the configuration has errors.
    pub(crate) fn settings(&self) -> Option<&Arc<Settings>> {
        (!self.broken).then_some(&self.settings)
    }

    /// The dialect, whatever the state of the configuration.
    pub(crate) fn dialect_or_default(&self) -> Dialect {
        let first = self.settings.targets.first();
        first.map(settings::Target::dialect).unwrap_or_default()
    }
}

/// The configuration, and what the expansion that is the first of its crate has to emit.
#[derive(Default)]
pub(crate) struct Loaded {
    pub(crate) config: Config,
    /// An item that makes Cargo compile the crate again when its Cargo.toml changes, which it does not do by
    /// itself for `metadata`. Empty in all but one expansion.
    pub(crate) tracking: TokenStream,
}

/// The configuration of the crate that is being compiled. Its errors are reported once for each state of the
/// file and not by every migration.
pub(crate) fn load(report: &mut Report) -> Loaded {
    let path = env::var_os("CARGO_MANIFEST_DIR").map(|dir| Path::new(&dir).join("Cargo.toml"));
    let read = path.and_then(|path| MANIFESTS.read(&path, |text| Manifest::new(&path, text)));
    let Some((manifest, first)) = read else {
        return Loaded::default();
    };
    let mut loaded = Loaded {
        config: manifest.config.clone(),
        tracking: TokenStream::new(),
    };
    if first {
        for error in &manifest.errors {
            report.rendered(Span::call_site(), error);
        }
        loaded.tracking = quote! {
            const _: &[u8] = ::core::include_bytes!(
                ::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")
            );
        };
    }
    loaded
}

static MANIFESTS: FileCache<Manifest> = FileCache::new();

/// What a Cargo.toml says, and what is wrong in it.
#[derive(Debug, Default)]
struct Manifest {
    config: Config,
    errors: Vec<String>,
}

impl Manifest {
    fn new(path: &Path, text: &str) -> Self {
        let (read, mut findings) = settings::Manifest::read(text);
        findings.extend(not_built_in(&read));
        let config = Config {
            set: read.set,
            settings: Arc::new(read.settings),
            broken: !findings.is_empty(),
        };
        let shown = shown(path);
        let place = |line, column| format!("{shown}:{line}:{column}");
        Self {
            config,
            errors: findings.iter().map(|f| f.render(text, place)).collect(),
        }
    }
}

/// Each grammar is a feature, and nothing is checked without one.
fn not_built_in(read: &settings::Manifest) -> Option<Finding> {
    let mut targets = read.settings.targets.iter();
    let target = targets.find(|target| !grammar::is_built_in(target.dialect()))?;
    let title = target.product.title();
    let message = format!("migrate-core was built without what checks the SQL of {title}");
    let finding = Finding::new(Code::Configuration, message, read.databases.clone());
    Some(finding.help(format!(
        "turn on its feature `check-{}`, or name the databases that the migrations are for: `dialects = [\"sqlite\"]`",
        target.dialect()
    )))
}

/// The path as the compiler shows the others: below the folder that it runs in.
fn shown(path: &Path) -> String {
    let folder = env::current_dir().unwrap_or_default();
    let below = path.strip_prefix(&folder).unwrap_or(path);
    below.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_configuration_has_no_dialect() {
        let path = env::current_dir().unwrap().join("Cargo.toml");
        let manifest = Manifest::new(&path, "[package.metadata.migrate]\nset = \"a\"\nx = 1");
        assert!(manifest.config.settings().is_none());
        assert_eq!(manifest.config.set(), "a");
        assert!(
            manifest.errors[0].contains("--> Cargo.toml:3:1\n"),
            "{manifest:?}"
        );
    }

    #[test]
    fn sql_is_sqlite_unless_it_is_said() {
        assert_eq!(Config::default().dialect_or_default(), Dialect::Sqlite);
        assert!(Config::default().settings().is_some());
        let text = "[package.metadata.migrate]\ndialects = [\"postgres\", \"sqlite\"]";
        let manifest = Manifest::new(Path::new("Cargo.toml"), text);
        assert_eq!(manifest.config.dialect_or_default(), Dialect::Postgres);
        let is_broken = manifest.config.settings().is_none();
        assert_eq!(is_broken, !grammar::is_built_in(Dialect::Postgres));
    }
}
