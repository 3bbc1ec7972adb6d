//! The ids in the `#[migration]` attributes of a Rust file.

use migrate_schema::MigrationId;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::source::tokens;

/// The ids that `#[migration("…")]` attributes anywhere in the file give.
///
/// In a file that is being edited and cannot be read, everything that looks like such an attribute counts.
pub(super) fn declared(text: &str) -> Vec<MigrationId> {
    let mut ids = Vec::new();
    match tokens(text) {
        Ok(tokens) => collect_ids(tokens, &mut ids),
        Err(_) => {
            let after = text.split("migration(").skip(1);
            let quoted =
                after.filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next());
            ids.extend(quoted.filter_map(|id| id.parse().ok()));
        }
    }
    ids
}

fn collect_ids(tokens: TokenStream, ids: &mut Vec<MigrationId>) {
    let mut before_is_hash = false;
    for tree in tokens {
        let is_hash = matches!(&tree, TokenTree::Punct(p) if p.as_char() == '#');
        if let TokenTree::Group(group) = tree {
            if before_is_hash && group.delimiter() == Delimiter::Bracket {
                collect_from_attribute(group.stream(), ids);
            } else {
                collect_ids(group.stream(), ids);
            }
        }
        before_is_hash = is_hash;
    }
}

/// Also finds the one inside `cfg_attr(…, migration("…"))`.
fn collect_from_attribute(tokens: TokenStream, ids: &mut Vec<MigrationId>) {
    let mut before_is_migration = false;
    for tree in tokens {
        let is_migration = matches!(&tree, TokenTree::Ident(word) if word == "migration");
        if let TokenTree::Group(group) = tree {
            if before_is_migration {
                ids.extend(first_string(&group).and_then(|id| id.parse().ok()));
            }
            collect_from_attribute(group.stream(), ids);
        }
        before_is_migration = is_migration;
    }
}

/// The first token of a group, without its quotes. An id has nothing to unescape.
fn first_string(group: &Group) -> Option<String> {
    let TokenTree::Literal(literal) = group.stream().into_iter().next()? else {
        return None;
    };
    let text = literal.to_string();
    let quoted = text.trim_start_matches('r').trim_matches('#');
    Some(quoted.strip_prefix('"')?.strip_suffix('"')?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ids_are_found_in_attributes_and_nowhere_else() {
        let text = r##"
            // #[migration("1_comment")]
            #[migration("2_two")] impl Migration for A {}
            #[migrate_core::migration(r#"3_three"#, transaction = false)] struct B;
            mod inner { #[cfg_attr(test, migration("4_four"))] struct C; }
            fn f() { migration("5_call"); other("#[migration(\"6_text\")]") }
            #[migration("no id")] struct D;
            #[migration] struct E;
        "##;
        let ids: Vec<_> = declared(text).iter().map(MigrationId::to_string).collect();
        assert_eq!(ids, ["2_two", "3_three", "4_four"]);
        let broken = "#[migration( \"7_seven\")] impl Migration for A { fn up( {";
        assert_eq!(declared(broken)[0].as_str(), "7_seven");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC*|(#|\\[|\\]|migration|\\(|\\)|\"|r#|1_a|cfg_attr| |,|é){0,20}") {
            declared(&text);
        }
    }
}
