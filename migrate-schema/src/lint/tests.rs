//! Every page: its examples are replayed, and `docs/lints/` has its text.

use std::{collections::BTreeSet, env, fs, path::PathBuf};

use super::{Check, Example, Page, all, index, pages};
use crate::{
    Code, Level,
    grammar::{Parsed, parse},
    replay::{Migration, Replay, Step, What},
    settings::{Settings, Target},
};

/// What is found in SQL after the migrations of an example, by this lint and what refuses.
fn found(code: Code, example: &Example, sql: &str) -> Vec<(Code, String)> {
    let mut settings = Settings::default();
    // Other lints may be right too; whatever is refused must not be.
    let lints = all().map(|lint| (lint.page.code, Level::Allow));
    settings.levels.extend(lints);
    // A lint for files that other tools run.
    if code == Code::PragmaInTransaction {
        settings
            .levels
            .insert(Code::TransactionControl, Level::Allow);
    }
    settings.levels.insert(code, Level::Warn);
    replayed(&settings, example, sql)
}

fn replayed(settings: &Settings, example: &Example, sql: &str) -> Vec<(Code, String)> {
    let target: Target = example.on.parse().unwrap();
    let texts: Vec<&str> = example.given.iter().copied().chain([sql]).collect();
    let parsed: Vec<Parsed> = texts.iter().map(|sql| parse(sql, &target)).collect();
    let mut replay = Replay::new(&target, settings);
    let mut findings = Vec::new();
    for (at, (sql, parsed)) in texts.iter().zip(&parsed).enumerate() {
        let outcome = replay.migration(&Migration {
            id: &format!("20240101_00000{at}_Example"),
            up: vec![Step {
                what: What::Sql { sql, parsed },
                conditional: false,
            }],
            down: None,
            transaction: at + 1 < texts.len() || example.transaction,
            irreversible: false,
        });
        let placed = outcome.findings.into_iter().map(|placed| placed.finding);
        for finding in parsed.findings.iter().cloned().chain(placed) {
            let heard = settings.level(finding.code) > Level::Allow;
            let last = at + 1 == texts.len();
            if heard && (last || settings.level(finding.code) == Level::Deny) {
                assert!(!sql[finding.range.clone()].is_empty(), "{finding:?}");
                findings.push((finding.code, finding.message));
            }
        }
    }
    findings
}

/// How often a lint finds something in SQL for a table `b`.
pub(super) fn found_on(target: &'static str, sql: &str, code: Code) -> usize {
    let example = Example::new(target, &["CREATE TABLE b (k INTEGER, v TEXT)"], "", "");
    let found = found(code, &example, sql);
    found.iter().filter(|(found, _)| *found == code).count()
}

#[test]
fn what_is_bad_is_found_and_what_is_good_is_not() {
    let mut faults = Vec::new();
    for page in pages() {
        for example in page.examples.iter().filter(|example| example.is_sql()) {
            let bad = found(page.code, example, example.bad);
            if bad.is_empty() || bad.iter().any(|(code, _)| *code != page.code) {
                faults.push(format!("{} bad: {}\n    {bad:?}", page.code, example.bad));
            }
            let good = found(page.code, example, example.good);
            if !good.is_empty() {
                faults.push(format!(
                    "{} good: {}\n    {good:?}",
                    page.code, example.good
                ));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_code_has_one_page() {
    let codes: Vec<Code> = pages().map(|page| page.code).collect();
    let expected: BTreeSet<Code> = Code::ALL.iter().copied().collect();
    let found: BTreeSet<Code> = codes.iter().copied().collect();
    let missing: Vec<&Code> = expected.difference(&found).collect();
    assert!(missing.is_empty(), "without a page: {missing:?}");
    assert_eq!(codes.len(), found.len(), "two pages of one code");
}

#[test]
fn every_lint_has_an_example_for_each_of_its_dialects_or_for_one() {
    for lint in all() {
        let page = &lint.page;
        let shown = page.examples.iter().any(Example::is_sql);
        assert!(shown || page.code == Code::Naming, "{}", page.code);
        for example in page.examples.iter().filter(|example| example.is_sql()) {
            let target: Target = example.on.parse().unwrap();
            assert!(page.products.contains(&target.product), "{}", page.code);
            assert!(!example.good.is_empty(), "{}", page.code);
        }
        assert!(page.summary.ends_with('.'), "{}", page.code);
        assert!(page.why.ends_with(['.', ')']), "{}", page.code);
        assert!(!matches!(lint.check, Check::End(_)) || !page.instead.is_empty());
    }
}

/// `SNAPSHOTS=overwrite` writes the pages anew.
#[test]
fn the_pages_in_docs_are_these() {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/lints"));
    let overwrite = env::var_os("SNAPSHOTS").is_some_and(|value| value == "overwrite");
    let mut wanted: Vec<(String, String)> = pages()
        .map(|page: &Page| (format!("{}.md", page.code), page.markdown()))
        .collect();
    wanted.push(("README.md".to_owned(), index(pages())));
    if overwrite {
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        for (name, text) in &wanted {
            fs::write(folder.join(name), text).unwrap();
        }
    }
    let names: BTreeSet<String> = wanted.iter().map(|(name, _)| name.clone()).collect();
    let there: BTreeSet<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(there, names, "SNAPSHOTS=overwrite writes them anew");
    for (name, text) in wanted {
        let page = fs::read_to_string(folder.join(&name)).unwrap();
        assert_eq!(page, text, "{name}: SNAPSHOTS=overwrite writes it anew");
    }
}

#[test]
fn names_follow_the_patterns_of_the_settings() {
    let sql = "CREATE TABLE Users (id INTEGER PRIMARY KEY, email TEXT); CREATE INDEX by_email ON Users (email)";
    let target = Target::default();
    let mut settings = Settings::default();
    settings.levels.insert(Code::Naming, Level::Warn);
    settings.naming.table = Some("snake_case".parse().unwrap());
    settings.naming.index = Some("{table}_{columns}_idx".parse().unwrap());
    let parsed = parse(sql, &target);
    let outcome = Replay::new(&target, &settings).migration(&Migration {
        id: "20240101_000000_Example",
        up: vec![Step {
            what: What::Sql {
                sql,
                parsed: &parsed,
            },
            conditional: false,
        }],
        down: None,
        transaction: true,
        irreversible: false,
    });
    let found: Vec<(&str, &str)> = outcome
        .findings
        .iter()
        .map(|placed| {
            (
                placed.finding.message.as_str(),
                &sql[placed.finding.range.clone()],
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            (
                "table `Users` does not follow the pattern `snake_case` of the settings",
                "Users"
            ),
            (
                "index `by_email` does not follow the pattern `{table}_{columns}_idx` of the settings",
                "by_email"
            ),
        ]
    );
}

#[test]
fn mysql_takes_names_of_64_characters() {
    let page = pages().find(|page| page.code == Code::IdentifierTooLong);
    let example = Example::new("mysql", &[], "", "");
    for (length, refused) in [(64, false), (65, true)] {
        let sql = format!("CREATE TABLE {} (id bigint)", "é".repeat(length));
        let found = found(page.unwrap().code, &example, &sql);
        assert_eq!(
            found
                .iter()
                .any(|(code, _)| *code == Code::InvalidDefinition),
            refused
        );
    }
}

/// What is found by default in the last of these migrations.
fn codes(on: &'static str, given: &'static [&'static str], sql: &str) -> Vec<Code> {
    let example = Example::new(on, given, "", "");
    let found = replayed(&Settings::default(), &example, sql);
    found.into_iter().map(|(code, _)| code).collect()
}

const FULL: &[&str] = &[
    "CREATE TABLE teams (id INTEGER PRIMARY KEY)",
    "CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT COLLATE NOCASE, team INTEGER REFERENCES teams (id), CHECK (team > 0));\n\
     CREATE INDEX users_team ON users (team);\n\
     CREATE TRIGGER users_new AFTER INSERT ON users BEGIN UPDATE users SET name = trim(name) WHERE id = NEW.id; END",
];

#[test]
fn a_rebuild_that_forgets_everything_is_told_everything() {
    for sql in [
        "CREATE TABLE new (id INTEGER PRIMARY KEY, name TEXT NOT NULL, team INTEGER);\n\
         INSERT INTO new SELECT * FROM users;\nDROP TABLE users;\nALTER TABLE new RENAME TO users",
        "ALTER TABLE users RENAME TO old;\nCREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, team INTEGER);\n\
         INSERT INTO users SELECT * FROM old;\nDROP TABLE old",
    ] {
        let mut found = codes("sqlite", FULL, sql);
        found.sort();
        let mut expected = vec![
            Code::RebuildLosesAutoincrement,
            Code::RebuildLosesCheck,
            Code::RebuildLosesCollation,
            Code::RebuildLosesForeignKey,
            Code::RebuildLosesIndex,
            Code::RebuildLosesTrigger,
        ];
        expected.sort();
        assert_eq!(found, expected, "{sql}");
    }
}

#[test]
fn what_a_rebuild_is_for_is_not_told() {
    let given = &["CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT CHECK (name <> ''))"];
    let sql = "CREATE TABLE new (id INTEGER PRIMARY KEY, name TEXT);\nINSERT INTO new SELECT * FROM users;\n\
               DROP TABLE users;\nALTER TABLE new RENAME TO users";
    assert_eq!(codes("sqlite", given, sql), []);
    // What is dropped by name is not forgotten either.
    let sql = "DROP TRIGGER users_new;\nDROP INDEX users_team;\n\
               CREATE TABLE new (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL COLLATE NOCASE, team INTEGER REFERENCES teams (id), CHECK (team > 0));\n\
               INSERT INTO new SELECT * FROM users;\nDROP TABLE users;\nALTER TABLE new RENAME TO users";
    assert_eq!(codes("sqlite", FULL, sql), []);
}

/// Nobody waits for a table that was made just now, and it has no rows.
#[test]
fn what_is_new_is_left_alone() {
    let sql = "CREATE TABLE users (id bigint, email text);\nCREATE UNIQUE INDEX users_email ON users (email);\n\
               ALTER TABLE users ADD COLUMN age bigint NOT NULL;\nALTER TABLE users ADD CHECK (age > 0);\n\
               ALTER TABLE users ALTER COLUMN email SET NOT NULL;\nALTER TABLE users ADD PRIMARY KEY (id);\n\
               ALTER TABLE users RENAME COLUMN age TO years;\nUPDATE users SET email = '';\nDELETE FROM users;\n\
               ALTER TABLE users DROP COLUMN years;\nDROP TABLE users";
    assert_eq!(codes("postgres", &[], sql), []);
}
