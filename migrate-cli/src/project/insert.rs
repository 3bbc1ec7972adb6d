//! Adds `mod` lines to a Rust file and leaves every other byte as it is.

use migrate_schema::MigrationId;

use super::{
    place::{Place, behind, behind_the_modules, in_front_of},
    source::{Module, NotRust, Source},
};

/// A file with lines added to it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Inserted {
    pub(super) text: String,
    /// The lines, without line breaks.
    pub(super) lines: Vec<String>,
}

/// Adds a module for each migration that has none: in the order of the ids where the existing ones are in that
/// order, else behind the last module. The lines look like those that are there: `pub mod`, `pub(crate) mod` or `mod`.
pub(super) fn migrations(text: &str, ids: &[MigrationId]) -> Result<Inserted, NotRust> {
    let source = Source::read(text)?;
    let existing: Vec<(MigrationId, &Module)> = source
        .modules
        .iter()
        .filter_map(|module| Some((module.migration()?, module)))
        .collect();
    let sorted = !existing.is_empty() && existing.is_sorted_by(|a, b| a.0 < b.0);
    let visibility = common_visibility(existing.iter().map(|(_, module)| *module));
    let mut wanted: Vec<&MigrationId> = ids
        .iter()
        .filter(|id| existing.iter().all(|(there, _)| there != *id))
        .collect();
    wanted.sort();
    let place = |id: &MigrationId| match existing.iter().rev().find(|(there, _)| there < id) {
        Some((_, before)) if sorted => behind(&source, before),
        None if sorted => in_front_of(&source, existing[0].1.range.start),
        _ => behind_the_modules(&source, |_| true),
    };
    let mut places: Vec<(Place, Vec<String>)> = Vec::new();
    for id in wanted {
        let line = item(&visibility, &format!("m{id}"));
        let place = place(id);
        match places.last_mut() {
            Some((last, lines)) if *last == place => lines.push(line),
            _ => places.push((place, vec![line])),
        }
    }
    Ok(apply(text, places))
}

/// Adds `pub mod name;` behind the last module that stands in a file of its own, else before the first item.
pub(super) fn declaration(text: &str, name: &str) -> Result<Inserted, NotRust> {
    let source = Source::read(text)?;
    // One that stands inline is mostly `mod tests` at the end of the file.
    let place = behind_the_modules(&source, |module| !module.inline);
    Ok(apply(text, vec![(place, vec![item("pub", name)])]))
}

fn common_visibility<'a>(mut modules: impl Iterator<Item = &'a Module>) -> String {
    let first = modules.next().map(|module| module.visibility.as_str());
    match first {
        Some(visibility) if modules.all(|module| module.visibility == visibility) => {
            visibility.to_owned()
        }
        _ => "pub".to_owned(),
    }
}

fn item(visibility: &str, name: &str) -> String {
    let space = if visibility.is_empty() { "" } else { " " };
    format!("{visibility}{space}mod {name};")
}

fn apply(text: &str, mut places: Vec<(Place, Vec<String>)>) -> Inserted {
    let line_break = line_break(text);
    let mut result = text.to_owned();
    places.sort_by_key(|(place, _)| place.at);
    for (place, lines) in places.iter().rev() {
        let lines: String = lines
            .iter()
            .map(|line| format!("{line}{line_break}"))
            .collect();
        let added = place.surround(&lines, text, line_break);
        result.insert_str(place.at, &added);
    }
    Inserted {
        text: result,
        lines: places.into_iter().flat_map(|(_, lines)| lines).collect(),
    }
}

/// How the lines of a text end; its first one decides.
fn line_break(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn with(text: &str, ids: &[&str]) -> String {
        let ids: Vec<MigrationId> = ids.iter().map(|id| id.parse().unwrap()).collect();
        migrations(text, &ids).unwrap().text
    }

    fn declared(text: &str) -> String {
        declaration(text, "migrations").unwrap().text
    }

    #[test]
    fn a_line_goes_where_its_id_belongs() {
        let text = "//! All.\n\npub mod m20260214_a;\npub mod m20260215_b;\npub mod m20260215_10_c; // last\n\npub struct X;\n";
        assert_eq!(
            with(text, &["20260215_02_x"]),
            text.replace("_b;\n", "_b;\npub mod m20260215_02_x;\n")
        );
        assert_eq!(
            with(text, &["1_x"]),
            text.replace(
                "\n\npub mod m20260214",
                "\n\npub mod m1_x;\npub mod m20260214"
            )
        );
        assert_eq!(
            with(text, &["20270101_x"]),
            text.replace("// last\n", "// last\npub mod m20270101_x;\n")
        );
        assert_eq!(
            with(
                text,
                &["20270101_y", "20260101_x", "20260215_03_z", "20260215_02_w"]
            ),
            "//! All.\n\npub mod m20260101_x;\npub mod m20260214_a;\npub mod m20260215_b;\npub mod m20260215_02_w;\npub mod m20260215_03_z;\npub mod m20260215_10_c; // last\npub mod m20270101_y;\n\npub struct X;\n"
        );
    }

    #[test]
    fn an_unsorted_list_gets_it_at_its_end() {
        let text = "mod m2_b;\nmod m1_a;\nmod helpers;\nfn f() {}\n";
        assert_eq!(
            with(text, &["3_c"]),
            text.replace("helpers;\n", "helpers;\nmod m3_c;\n")
        );
        let other = "mod helpers;\n\nuse x;\n";
        assert_eq!(
            with(other, &["3_c"]),
            "mod helpers;\npub mod m3_c;\n\nuse x;\n"
        );
    }

    #[test]
    fn what_is_there_is_not_added_again() {
        let ids = ["1_a".parse().unwrap(), "2_b".parse().unwrap()];
        let inserted = migrations("mod m1_a;\n", &ids).unwrap();
        assert_eq!(inserted.text, "mod m1_a;\nmod m2_b;\n");
        assert_eq!(inserted.lines, ["mod m2_b;"]);
    }

    #[test]
    fn attributes_comments_and_line_breaks_stay() {
        assert_eq!(
            with(
                "/// One.\r\n#[cfg(a)]\r\npub mod m1_a;\r\n/// Three.\r\npub mod m3_c;",
                &["2_b", "4_d"]
            ),
            "/// One.\r\n#[cfg(a)]\r\npub mod m1_a;\r\npub mod m2_b;\r\n/// Three.\r\npub mod m3_c;\r\npub mod m4_d;\r\n"
        );
        assert_eq!(
            with("mod m1_a; mod m3_c;", &["2_b"]),
            "mod m1_a;\nmod m2_b;\n mod m3_c;"
        );
        assert_eq!(
            with("mod m1_a; /*\n*/ mod m3_c;\n", &["2_b"]),
            "mod m1_a;\nmod m2_b;\n /*\n*/ mod m3_c;\n"
        );
        assert_eq!(
            with("/* x\n*/ mod m2_b;\n", &["1_a"]),
            "/* x\n*/ mod m1_a;\nmod m2_b;\n"
        );
        assert_eq!(
            with("mod m1_a; /// Three.\nmod m3_c;\n", &["2_b"]),
            "mod m1_a;\nmod m2_b;\n /// Three.\nmod m3_c;\n"
        );
        assert_eq!(
            with("\u{feff}mod m2_b;\n", &["1_a"]),
            "\u{feff}mod m1_a;\nmod m2_b;\n"
        );
    }

    #[test]
    fn a_file_without_modules_gets_the_line_before_its_first_item() {
        assert_eq!(with("", &["1_a"]), "pub mod m1_a;\n");
        assert_eq!(with("// Later.", &["1_a"]), "// Later.\n\npub mod m1_a;\n");
        assert_eq!(with("//! All.\n", &["1_a"]), "//! All.\n\npub mod m1_a;\n");
        let by_macro = "//! All.\nlist! { m1_a }\n";
        assert_eq!(
            with(by_macro, &["2_b"]),
            "//! All.\n\npub mod m2_b;\n\nlist! { m1_a }\n"
        );
    }

    #[test]
    fn a_declaration_goes_behind_the_last_module() {
        let text =
            "//! App.\n\nmod a;\nmod b; // two\n\nuse a::A;\n\n#[cfg(test)]\nmod tests {\n}\n";
        assert_eq!(
            declared(text),
            text.replace("// two\n", "// two\npub mod migrations;\n")
        );
    }

    #[test]
    fn a_declaration_without_modules_goes_before_the_first_item() {
        assert_eq!(
            declared("fn main() {}\n"),
            "pub mod migrations;\n\nfn main() {}\n"
        );
        assert_eq!(
            declared("//! App.\n\nuse a;\n"),
            "//! App.\n\npub mod migrations;\n\nuse a;\n"
        );
        assert_eq!(
            declared("//! App.\nuse a;\n"),
            "//! App.\n\npub mod migrations;\n\nuse a;\n"
        );
        assert_eq!(
            declared("#![no_std] use a;\n"),
            "#![no_std]\npub mod migrations;\n use a;\n"
        );
        assert_eq!(
            declared("// Licence.\n\n// About f.\n/// Doc.\nfn f() {}\n"),
            "// Licence.\n\npub mod migrations;\n\n// About f.\n/// Doc.\nfn f() {}\n"
        );
        assert_eq!(
            declared("// Licence.\nfn f() {}\n"),
            "// Licence.\npub mod migrations;\n\nfn f() {}\n"
        );
        assert_eq!(
            declared("/*\n// x */\nfn f() {}\n"),
            "/*\n// x */\npub mod migrations;\n\nfn f() {}\n"
        );
        assert_eq!(
            declared("#!/bin/x\nfn f() {}\n"),
            "#!/bin/x\npub mod migrations;\n\nfn f() {}\n"
        );
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_the_result_can_be_read(text in "(mod a;|pub mod m[1-9]_x;|mod t \\{\\}|use b;|//! d\n|// c|/\\* d\n\\*/|#\\[x\\]|\n| |\r\n|fn f\\(\\) \\{\\}|é!\\{\\}){0,12}") {
            let ids: Vec<MigrationId> = vec!["3_n".parse().unwrap(), "99_n".parse().unwrap()];
            if let Ok(inserted) = migrations(&text, &ids) {
                let mut rest = text.chars().peekable();
                for character in inserted.text.chars() {
                    rest.next_if_eq(&character);
                }
                prop_assert!(rest.peek().is_none(), "{:?}", inserted.text);
                let source = Source::read(&inserted.text).unwrap();
                for id in &ids {
                    prop_assert_eq!(source.modules.iter().filter(|m| m.migration().as_ref() == Some(id)).count(), 1, "{:?}", inserted.text);
                }
            }
        }
    }
}
