//! Every page: its examples are replayed, and `docs/lints/` has its text.

use std::{collections::BTreeSet, env, fs, path::PathBuf};

use super::{Check, Example, Page, all, index, pages};
use crate::{Code, settings::Target};

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
