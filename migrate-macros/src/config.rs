//! `[package.metadata.migrate]` of the crate that is being compiled.

use std::{borrow::Cow, env, ops::Range, path::Path};

use migrate_schema::{Code, Dialect, Finding};
use proc_macro2::{Span, TokenStream};
use quote::quote;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::{cache::FileCache, near, report::Report};

/// What the crate's Cargo.toml says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Config {
    /// The name of the crate's migrations, if it is not that of the package.
    set: Option<String>,
    dialect: Dialect,
    /// The configuration has errors, so what it says of the dialect is not known.
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

    /// The dialect that SQL is checked as; none where the configuration has errors.
    pub(crate) fn dialect(&self) -> Option<Dialect> {
        (!self.broken).then_some(self.dialect)
    }

    /// The dialect, whatever the state of the configuration.
    pub(crate) fn dialect_or_default(&self) -> Dialect {
        self.dialect
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
        let (mut config, findings) = parse(text);
        config.broken = !findings.is_empty();
        let shown = shown(path);
        let place = |line, column| format!("{shown}:{line}:{column}");
        Self {
            config,
            errors: findings.iter().map(|f| f.render(text, place)).collect(),
        }
    }
}

/// The path as the compiler shows the others: below the folder that it runs in.
fn shown(path: &Path) -> String {
    let folder = env::current_dir().unwrap_or_default();
    let below = path.strip_prefix(&folder).unwrap_or(path);
    below.display().to_string()
}

const KEYS: [&str; 3] = ["dialect", "directory", "set"];

fn parse(text: &str) -> (Config, Vec<Finding>) {
    let mut config = Config::default();
    let mut findings = Vec::new();
    let document = match DeTable::parse(text) {
        Ok(document) => document,
        Err(error) => {
            let message = format!("this Cargo.toml cannot be read: {}", error.message());
            let range = error.span().unwrap_or(0..0);
            findings.push(Finding::new(Code::Configuration, message, range));
            return (config, findings);
        }
    };
    let section = document
        .get_ref()
        .get("package")
        .and_then(|package| package.get_ref().get("metadata"))
        .and_then(|metadata| metadata.get_ref().get("migrate"));
    let Some(section) = section else {
        return (config, findings);
    };
    let DeValue::Table(table) = section.get_ref() else {
        let finding = wrong(section.span(), "`package.metadata.migrate` is a table");
        findings.push(finding.help("write `[package.metadata.migrate]` and the keys below it"));
        return (config, findings);
    };
    for (key, value) in table {
        if let Err(finding) = config.take(key, value) {
            findings.push(finding);
        }
    }
    findings.sort_by_key(|finding| finding.range.start);
    (config, findings)
}

impl Config {
    fn take(
        &mut self,
        key: &Spanned<Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
    ) -> Result<(), Finding> {
        match key.get_ref().as_ref() {
            "set" => {
                let set = string("set", value, "my_app")?;
                if set.is_empty() || set.contains(|c: char| c == '/' || c.is_whitespace()) {
                    let message = "`set` is a name without `/` and white space";
                    return Err(wrong(value.span(), message)
                        .help("write a name, such as `set = \"my_app\"`"));
                }
                self.set = Some(set.to_owned());
            }
            "dialect" => {
                self.dialect = string("dialect", value, "sqlite")?.parse().map_err(
                    |error: migrate_schema::UnknownDialect| {
                        let help = "write `dialect = \"sqlite\"`, or leave it out";
                        wrong(value.span(), error.to_string()).help(help)
                    },
                )?;
            }
            // The command line's: where `new` writes.
            "directory" => {
                string("directory", value, "src/migrations")?;
            }
            unknown => {
                let message = format!("`[package.metadata.migrate]` has no key `{unknown}`");
                let keys = format!("the keys are {}", near::list(&KEYS));
                let help = match near::nearest(unknown, &KEYS) {
                    Some(near) => format!("did you mean `{near}`? {keys}"),
                    None => keys,
                };
                return Err(wrong(key.span(), message).help(help));
            }
        }
        Ok(())
    }
}

fn string<'a>(
    key: &str,
    value: &'a Spanned<DeValue<'_>>,
    example: &str,
) -> Result<&'a str, Finding> {
    value.get_ref().as_str().ok_or_else(|| {
        wrong(value.span(), format!("`{key}` takes a string"))
            .help(format!("write `{key} = \"{example}\"`"))
    })
}

fn wrong(range: Range<usize>, message: impl Into<String>) -> Finding {
    Finding::new(Code::Configuration, message, range)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(section: &str) -> Vec<(String, String)> {
        let text = format!("[package]\nname = \"a\"\n[package.metadata.migrate]\n{section}\n");
        let (_, findings) = parse(&text);
        findings
            .into_iter()
            .map(|finding| (finding.message.clone(), text[finding.range].to_owned()))
            .collect()
    }

    #[test]
    fn what_is_not_said_has_a_default() {
        for text in [
            "",
            "[package]\nname = \"a\"",
            "[package.metadata.other]\nx = 1",
            "[package.metadata.migrate]",
        ] {
            assert_eq!(parse(text), (Config::default(), Vec::new()), "{text}");
        }
        assert_eq!(Config::default().dialect(), Some(Dialect::Sqlite));
    }

    #[test]
    fn every_key_is_read() {
        let (config, findings) = parse(
            "[package.metadata.migrate]\nset = \"main_db\"\ndialect = \"postgres\"\ndirectory = \"src/m\"",
        );
        assert_eq!(findings, []);
        assert_eq!(config.set(), "main_db");
        assert_eq!(config.dialect(), Some(Dialect::Postgres));
        let (inline, _) = parse("[package]\nmetadata.migrate = { set = \"x\" }");
        assert_eq!(inline.set(), "x");
    }

    #[test]
    fn every_fault_is_named_at_its_place() {
        let pair = |message: &str, place: &str| (message.to_owned(), place.to_owned());
        assert_eq!(
            findings("dialekt = \"sqlite\"\nset = 1\ndirectory = [1]\ncolour = 2"),
            [
                pair(
                    "`[package.metadata.migrate]` has no key `dialekt`",
                    "dialekt"
                ),
                pair("`set` takes a string", "1"),
                pair("`directory` takes a string", "[1]"),
                pair("`[package.metadata.migrate]` has no key `colour`", "colour"),
            ]
        );
        assert_eq!(
            findings("dialect = \"oracle\"")[0].0,
            "unknown SQL dialect `oracle`: write `sqlite`, `postgres` or `mysql`"
        );
        for set in ["\"\"", "\"a/b\"", "\"a b\""] {
            assert_eq!(
                findings(&format!("set = {set}")),
                [pair("`set` is a name without `/` and white space", set)]
            );
        }
        let (_, findings) = parse("[package.metadata]\nmigrate = true");
        assert_eq!(findings[0].message, "`package.metadata.migrate` is a table");
        let (_, findings) = parse("[package\n");
        assert!(
            findings[0]
                .message
                .starts_with("this Cargo.toml cannot be read: ")
        );
    }

    #[test]
    fn near_keys_are_suggested() {
        let (_, findings) = parse("[package.metadata.migrate]\ndialekt = \"sqlite\"");
        assert_eq!(
            findings[0].help.as_deref(),
            Some("did you mean `dialect`? the keys are `dialect`, `directory` and `set`")
        );
    }

    #[test]
    fn a_broken_configuration_has_no_dialect() {
        let path = env::current_dir().unwrap().join("Cargo.toml");
        let manifest = Manifest::new(&path, "[package.metadata.migrate]\nset = \"a\"\nx = 1");
        assert_eq!(manifest.config.dialect(), None);
        assert_eq!(manifest.config.set(), "a");
        assert!(
            manifest.errors[0].contains("--> Cargo.toml:3:1\n"),
            "{manifest:?}"
        );
    }
}
