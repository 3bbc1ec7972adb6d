//! `[package.metadata.migrate]` of a Cargo.toml.

use std::{borrow::Cow, ops::Range};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{External, Naming, PatternError, Settings, Target};
use crate::{Code, Finding, Level, MigrationId, listed, nearest_or_longer};

/// What a Cargo.toml says about the migrations of its package.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Manifest {
    /// Whether it says anything: there is a `[package.metadata.migrate]`.
    pub is_there: bool,
    /// The name of the migrations, if it is not that of the package.
    pub set: Option<String>,
    /// Where new migrations are written, if it is not `src/migrations`.
    pub directory: Option<String>,
    /// Where resource definitions are (`pull`), if they are anywhere.
    pub definitions: Option<String>,
    /// How they are checked.
    pub settings: Settings,
    /// Where it names the databases; empty where it does not.
    pub databases: Range<usize>,
}

const KEYS: [&str; 10] = [
    "checked_since",
    "closed",
    "definitions",
    "dialect",
    "dialects",
    "directory",
    "external",
    "lints",
    "naming",
    "set",
];

impl Manifest {
    /// Reads the text of a Cargo.toml. Every mistake in it is a finding about that text; what is right is there all
    /// the same.
    ///
    /// ```
    /// use migrate_schema::settings::Manifest;
    /// let (manifest, findings) = Manifest::read(r#"
    ///     [package.metadata.migrate]
    ///     dialects = ["sqlite", "postgres>=15"]
    ///     external = { tables = ["auth.*"] }
    /// "#);
    /// assert_eq!(findings, []);
    /// assert_eq!(manifest.settings.targets[1].to_string(), "postgres>=15");
    /// ```
    pub fn read(text: &str) -> (Self, Vec<Finding>) {
        let mut manifest = Self::default();
        let mut findings = Vec::new();
        let document = match DeTable::parse(text) {
            Ok(document) => document,
            Err(error) => {
                let message = format!("this Cargo.toml cannot be read: {}", error.message());
                findings.push(wrong(error.span().unwrap_or(0..0), message));
                return (manifest, findings);
            }
        };
        let section = document
            .get_ref()
            .get("package")
            .and_then(|package| package.get_ref().get("metadata"))
            .and_then(|metadata| metadata.get_ref().get("migrate"));
        if let Some(section) = section {
            manifest.is_there = true;
            manifest.section(section, &mut findings);
        }
        findings.sort_by_key(|finding| finding.range.start);
        (manifest, findings)
    }

    fn section(&mut self, section: &Spanned<DeValue<'_>>, findings: &mut Vec<Finding>) {
        let DeValue::Table(table) = section.get_ref() else {
            let finding = wrong(section.span(), "`package.metadata.migrate` is a table");
            findings.push(finding.help("write `[package.metadata.migrate]` and the keys below it"));
            return;
        };
        for (key, value) in table {
            if let Err(finding) = self.take(key, value, findings) {
                findings.push(finding);
            }
        }
        if let Some((key, _)) = table
            .get_key_value("dialect")
            .filter(|_| table.contains_key("dialects"))
        {
            findings.push(
                wrong(key.span(), "`dialect` beside `dialects`").help("keep `dialects` alone"),
            );
        }
    }

    fn take(
        &mut self,
        key: &Spanned<Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
        findings: &mut Vec<Finding>,
    ) -> Result<(), Finding> {
        match key.get_ref().as_ref() {
            "set" => self.set = Some(set(value)?),
            "dialect" => {
                self.settings.targets = vec![target(value, "dialect", "sqlite")?];
                self.databases = value.span();
            }
            "dialects" => {
                self.settings.targets = targets(value)?;
                self.databases = value.span();
            }
            "directory" => {
                let directory = string("directory", value, "src/migrations")?;
                self.directory = Some(directory.to_owned());
            }
            "definitions" => {
                let definitions = string("definitions", value, "meta")?;
                self.definitions = Some(definitions.to_owned());
            }
            "external" => self.settings.external = external(value, findings)?,
            "closed" => {
                self.settings.closed = value.get_ref().as_bool().ok_or_else(|| {
                    wrong(value.span(), "`closed` takes `true` or `false`")
                        .help("write `closed = true`")
                })?;
            }
            "checked_since" => {
                const EXAMPLE: &str = "20260215_create_users";
                let id: Result<MigrationId, _> = string("checked_since", value, EXAMPLE)?.parse();
                self.settings.checked_since = Some(id.map_err(|error| {
                    wrong(value.span(), format!("`checked_since`: {error}")).help(
                        "write the id of the first migration that can still be changed; older ones are only warned about",
                    )
                })?);
            }
            "lints" => self.lints(value, findings)?,
            "naming" => self.naming(value, findings)?,
            _ => {
                let finding = unknown("`[package.metadata.migrate]` has no key", key, &KEYS);
                return Err(finding);
            }
        }
        Ok(())
    }

    fn lints(
        &mut self,
        value: &Spanned<DeValue<'_>>,
        findings: &mut Vec<Finding>,
    ) -> Result<(), Finding> {
        let DeValue::Table(table) = value.get_ref() else {
            return Err(wrong(value.span(), "`lints` is a table").help(
                "write `[package.metadata.migrate.lints]` and `code = \"warn\"` in the lines below it",
            ));
        };
        for (key, value) in table {
            match (code(key), level(key.get_ref(), value, findings)) {
                (Ok(code), Ok(level)) => {
                    self.settings.levels.insert(code, level);
                }
                (code, level) => findings.extend(code.err().into_iter().chain(level.err())),
            }
        }
        Ok(())
    }
}

impl Manifest {
    fn naming(
        &mut self,
        value: &Spanned<DeValue<'_>>,
        findings: &mut Vec<Finding>,
    ) -> Result<(), Finding> {
        let DeValue::Table(table) = value.get_ref() else {
            return Err(wrong(value.span(), "`naming` is a table").help(
                "write `[package.metadata.migrate.naming]` and `table = \"snake_case\"` in the lines below it",
            ));
        };
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            let Some(place) = self.settings.naming.get_mut(name) else {
                findings.push(unknown("`naming` has no key", key, &Naming::KEYS));
                continue;
            };
            match string(name, value, "snake_case") {
                Ok(text) => match text.parse() {
                    Ok(pattern) => *place = Some(pattern),
                    Err(error) => {
                        findings.push(wrong(value.span(), PatternError::to_string(&error)));
                    }
                },
                Err(finding) => findings.push(finding),
            }
        }
        Ok(())
    }
}

fn set(value: &Spanned<DeValue<'_>>) -> Result<String, Finding> {
    let set = string("set", value, "my_app")?;
    if set.is_empty() || set.contains(|c: char| c == '/' || c.is_whitespace()) {
        let message = "`set` is a name without `/` and white space";
        return Err(wrong(value.span(), message).help("write a name, such as `set = \"my_app\"`"));
    }
    Ok(set.to_owned())
}

fn target(value: &Spanned<DeValue<'_>>, key: &str, example: &str) -> Result<Target, Finding> {
    string(key, value, example)?
        .parse()
        .map_err(|error: super::TargetError| {
            let text = error.to_string();
            let (message, help) = text.split_once(": ").unwrap_or((&text, "leave it out"));
            wrong(value.span(), message).help(help)
        })
}

fn targets(value: &Spanned<DeValue<'_>>) -> Result<Vec<Target>, Finding> {
    const EXAMPLE: &str = "write `dialects = [\"sqlite\", \"postgres>=15\"]`";
    let list = value.get_ref().as_array().filter(|list| !list.is_empty());
    let list = list
        .ok_or_else(|| wrong(value.span(), "`dialects` takes a list of databases").help(EXAMPLE))?;
    let mut targets: Vec<Target> = Vec::new();
    for item in list {
        if !item.get_ref().is_str() {
            let message = "`dialects` takes a list of databases, each a string";
            return Err(wrong(item.span(), message).help(EXAMPLE));
        }
        let target = target(item, "dialects", "sqlite")?;
        if targets.iter().any(|other| other.product == target.product) {
            let message = format!("`{}` is in `dialects` twice", target.product.name());
            return Err(wrong(item.span(), message)
                .help("keep the one with the oldest version that it has to work on"));
        }
        targets.push(target);
    }
    Ok(targets)
}

fn external(
    value: &Spanned<DeValue<'_>>,
    findings: &mut Vec<Finding>,
) -> Result<External, Finding> {
    const KEYS: [&str; 3] = ["functions", "tables", "types"];
    let DeValue::Table(table) = value.get_ref() else {
        return Err(wrong(value.span(), "`external` is a table")
            .help("write `external = { tables = [\"auth.*\"], functions = [\"regexp\"] }`"));
    };
    let mut external = External::default();
    for (key, value) in table {
        let place = match key.get_ref().as_ref() {
            "tables" => &mut external.tables,
            "functions" => &mut external.functions,
            "types" => &mut external.types,
            _ => {
                findings.push(unknown("`external` has no key", key, &KEYS));
                continue;
            }
        };
        match names(key.get_ref(), value) {
            Ok(names) => *place = names,
            Err(finding) => findings.push(finding),
        }
    }
    Ok(external)
}

fn names(key: &str, value: &Spanned<DeValue<'_>>) -> Result<Vec<String>, Finding> {
    let wrong = |range| {
        wrong(range, format!("`{key}` takes a list of names"))
            .help("a `*` at the end stands for any rest: `tables = [\"audit_log\", \"auth.*\"]`")
    };
    let list = value.get_ref().as_array();
    let list = list.ok_or_else(|| wrong(value.span()))?;
    let name = |item: &Spanned<DeValue<'_>>| match item.get_ref().as_str() {
        Some(name) if !name.trim().is_empty() => Ok(name.to_owned()),
        _ => Err(wrong(item.span())),
    };
    list.iter().map(name).collect()
}

fn code(key: &Spanned<Cow<'_, str>>) -> Result<Code, Finding> {
    key.get_ref()
        .parse()
        .map_err(|error: crate::finding::CodeError| {
            let text = error.to_string();
            let (message, help) = text.split_once(": ").unwrap_or((&text, "leave it out"));
            wrong(key.span(), message).help(help)
        })
}

/// `"warn"`, or `{ level = "allow", reason = "…" }`.
fn level(
    code: &str,
    value: &Spanned<DeValue<'_>>,
    findings: &mut Vec<Finding>,
) -> Result<Level, Finding> {
    let help = || {
        format!("write `{code} = \"warn\"`, or `{code} = {{ level = \"allow\", reason = \"…\" }}`")
    };
    let word = match value.get_ref() {
        DeValue::String(_) => value,
        DeValue::Table(table) => {
            for (key, value) in table {
                match (key.get_ref().as_ref(), value.get_ref()) {
                    ("level", _) | ("reason", DeValue::String(_)) => {}
                    ("reason", _) => {
                        findings.push(wrong(value.span(), "`reason` takes a string").help(help()));
                    }
                    _ => findings.push(unknown("a lint has no key", key, &["level", "reason"])),
                }
            }
            table
                .get("level")
                .ok_or_else(|| wrong(value.span(), "a lint without `level`").help(help()))?
        }
        _ => return Err(wrong(value.span(), "a lint takes a level").help(help())),
    };
    let text = word.get_ref().as_str().unwrap_or_default();
    text.parse()
        .map_err(|_| wrong(word.span(), "a level is `allow`, `warn` or `deny`").help(help()))
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

fn unknown(message: &str, key: &Spanned<Cow<'_, str>>, keys: &[&str]) -> Finding {
    let name = key.get_ref();
    let all = format!("the keys are {}", listed(keys));
    let help = match nearest_or_longer(name, keys) {
        Some(near) => format!("did you mean `{near}`? {all}"),
        None => all,
    };
    wrong(key.span(), format!("{message} `{name}`")).help(help)
}

fn wrong(range: Range<usize>, message: impl Into<String>) -> Finding {
    Finding::new(Code::Configuration, message, range)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Product;

    fn section(text: &str) -> String {
        format!("[package]\nname = \"a\"\n[package.metadata.migrate]\n{text}\n")
    }

    fn findings(text: &str) -> Vec<(String, String)> {
        let text = section(text);
        let (_, findings) = Manifest::read(&text);
        findings
            .into_iter()
            .map(|finding| (finding.message.clone(), text[finding.range].to_owned()))
            .collect()
    }

    fn right(text: &str) -> Manifest {
        let (manifest, findings) = Manifest::read(&section(text));
        assert_eq!(findings, []);
        manifest
    }

    #[test]
    fn what_is_not_said_has_a_default() {
        for text in [
            "",
            "[package]\nname = \"a\"",
            "[package.metadata.other]\nx = 1",
            "[package.metadata.migrate]",
        ] {
            let expected = Manifest {
                is_there: text.contains("migrate"),
                ..Manifest::default()
            };
            assert_eq!(Manifest::read(text), (expected, Vec::new()), "{text}");
        }
        assert_eq!(Settings::default().targets, [Product::Sqlite.into()]);
    }

    #[test]
    fn every_key_is_read() {
        let read = right(
            "set = \"main_db\"\ndirectory = \"src/m\"\ndialects = [\"sqlite\", \"postgres >= 15\"]\n\
             closed = true\nchecked_since = \"20260215_create_users\"\n\
             external = { tables = [\"auth.*\"], functions = [\"f\", \"g\"], types = [\"citext\"] }\n\
             [package.metadata.migrate.lints]\nno_such_table = \"warn\"\n\
             missing_down = { level = \"allow\", reason = \"imported\" }",
        );
        assert_eq!(read.set.as_deref(), Some("main_db"));
        assert_eq!(read.directory.as_deref(), Some("src/m"));
        let settings = read.settings;
        assert_eq!(settings.targets[1].version, Some((15, 0)));
        assert!(settings.closed);
        assert_eq!(settings.checked_since.unwrap().name(), "create_users");
        assert_eq!(settings.external.functions, ["f", "g"]);
        assert_eq!(settings.levels[&Code::NoSuchTable], Level::Warn);
        assert_eq!(settings.levels[&Code::MissingDown], Level::Allow);
        let naming = right("naming = { table = \"snake_case\", index = \"idx_*\" }");
        assert!(naming.settings.naming.index.is_some());
        let (message, _) = &findings("naming = { table = \"{tabel}\" }")[0];
        assert!(message.contains("no pattern for names"), "{message}");
        let one = right("dialect = \"postgresql\"").settings.targets;
        assert_eq!(one, [Product::Postgres.into()]);
        let (inline, _) = Manifest::read("[package]\nmetadata.migrate = { set = \"x\" }");
        assert_eq!(inline.set.as_deref(), Some("x"));
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
            findings("dialect = \"oracle\""),
            [pair("unknown database `oracle`", "\"oracle\"")]
        );
        assert_eq!(
            findings("dialects = [\"sqlite\", \"sqlite>=3.40\"]"),
            [pair("`sqlite` is in `dialects` twice", "\"sqlite>=3.40\"")]
        );
        for set in ["\"\"", "\"a/b\"", "\"a b\""] {
            assert_eq!(
                findings(&format!("set = {set}")),
                [pair("`set` is a name without `/` and white space", set)]
            );
        }
        for (text, count) in [
            ("dialects = []", 1),
            ("dialects = [1]", 1),
            ("dialects = \"sqlite\"", 1),
            ("dialects = [\"postgres>=x\"]", 1),
            ("dialect = \"sqlite\"\ndialects = [\"sqlite\"]", 1),
            ("closed = 1", 1),
            ("checked_since = \"yesterday\"", 1),
            ("external = []", 1),
            ("external = { table = [], tables = \"a\", types = [1] }", 3),
            ("lints = \"warn\"", 1),
            (
                "lints = { no_such_tabel = \"warn\", no_such_column = \"forbid\" }",
                2,
            ),
            ("lints = { no_such_table = { reason = 1, why = \"a\" } }", 3),
            ("lints = { no_such_table = 1 }", 1),
        ] {
            assert_eq!(findings(text).len(), count, "{text}: {:?}", findings(text));
        }
        let (_, findings) = Manifest::read("[package.metadata]\nmigrate = true");
        assert_eq!(findings[0].message, "`package.metadata.migrate` is a table");
        let (_, findings) = Manifest::read("[package\n");
        assert!(
            findings[0]
                .message
                .starts_with("this Cargo.toml cannot be read: ")
        );
    }

    #[test]
    fn what_is_near_is_suggested() {
        let help = |text: &str| Manifest::read(&section(text)).1[0].help.clone();
        let text = help("dialekt = \"sqlite\"").unwrap();
        assert!(text.starts_with("did you mean `dialect`?"), "{text}");
        let text = help("lints = { no_such_tabel = \"warn\" }").unwrap();
        assert_eq!(text, "did you mean `no_such_table`?");
    }
}
