//! Mermaid's `erDiagram`, which many places show that show Markdown.

use std::fmt::Write as _;

use super::{
    diagram::{Diagram, Entity, Kind, Relation, Row},
    escape::short,
};

/// Types of more letters are cut: an enum of fifty labels is as wide as all of them.
const TYPE: usize = 40;

/// What the grammar takes for something else where a name is to stand.
const WORDS: &[&str] = &[
    "accdescr",
    "acctitle",
    "class",
    "classdef",
    "default",
    "direction",
    "end",
    "erdiagram",
    "many",
    "one",
    "only",
    "optionally",
    "style",
    "subgraph",
    "title",
    "to",
    "u",
    "zero",
];

pub(super) fn mermaid(diagram: &Diagram<'_>) -> String {
    let mut text = String::from("erDiagram\n");
    for entity in &diagram.entities {
        self::entity(&mut text, entity);
    }
    for relation in &diagram.relations {
        let (Some(from), Some(to)) = (
            diagram.entities.get(relation.from),
            diagram.entities.get(relation.to),
        ) else {
            continue;
        };
        let (to, from) = (name(to), name(from));
        let (sign, label) = (sign(relation), inside(&relation.label()));
        let _ = writeln!(text, "    {to} {sign} {from} : \"{label}\"");
    }
    text
}

fn entity(text: &mut String, entity: &Entity<'_>) {
    let _ = write!(text, "    {}", name(entity));
    if entity.rows.is_empty() {
        text.push('\n');
        return;
    }
    text.push_str(" {\n");
    for row in &entity.rows {
        attribute(text, row);
    }
    text.push_str("    }\n");
}

fn attribute(text: &mut String, row: &Row<'_>) {
    let column = row.column;
    let (shown, marks) = (word(&column.name), row.marks().join(", "));
    let data_type = match column.data_type.trim() {
        "" => "any".to_owned(),
        other => word(&short(&other.replace(", ", ","), TYPE)),
    };
    let _ = write!(text, "        {data_type} {shown}");
    if !marks.is_empty() {
        let _ = write!(text, " {marks}");
    }
    let mut notes = Vec::new();
    if shown != column.name {
        notes.push(column.name.clone());
    }
    if column.nullable && !row.is_primary {
        notes.push("null".to_owned());
    }
    if !notes.is_empty() {
        let _ = write!(text, " \"{}\"", inside(&notes.join(", ")));
    }
    text.push('\n');
}

/// From what is referred to, to what refers to it.
fn sign(relation: &Relation<'_>) -> &'static str {
    match relation.kind {
        Kind::ForeignKey {
            is_optional,
            is_single,
            ..
        } => match (is_optional, is_single) {
            (false, false) => "||--o{",
            (false, true) => "||--o|",
            (true, false) => "|o--o{",
            (true, true) => "|o--o|",
        },
        Kind::Child => "||..||",
        Kind::Reads => "}o..o{",
    }
}

/// The name of an entity: as it is where the grammar takes that, or else in quotes.
fn name(entity: &Entity<'_>) -> String {
    let name = entity.name.to_string();
    let mut characters = name.chars();
    let is_plain = characters.next().is_some_and(|c| c.is_ascii_alphabetic())
        && characters.all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !name.ends_with('_')
        && !WORDS.contains(&name.to_ascii_lowercase().as_str());
    match (is_plain, name.is_empty()) {
        (true, _) => name,
        // A name without letters would be no token.
        (false, true) => "\"#32;\"".to_owned(),
        (false, false) => format!("\"{}\"", inside(&name)),
    }
}

/// Text between quotes. A sign that means something to Mermaid, Markdown or HTML is written as its number.
fn inside(text: &str) -> String {
    let is_direction = text.to_ascii_lowercase().contains("direction");
    // Between two of them Markdown's letters are slanted.
    let is_slanted = text.starts_with('_') || text.ends_with('_');
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        let stays = match character {
            ' ' => !is_direction,
            '_' => !is_slanted,
            ',' | '.' | '-' | '/' | '(' | ')' | '…' => true,
            other => other.is_alphanumeric(),
        };
        if stays {
            escaped.push(character);
        } else if character.is_control() {
            escaped.push('\u{fffd}');
        } else {
            let _ = write!(escaped, "#{};", u32::from(character));
        }
    }
    escaped
}

/// One word, as types and attributes have to be. A sign that may not stand there becomes `_`.
fn word(text: &str) -> String {
    let mut word: String = text
        .chars()
        .map(|character| match character {
            'A'..='Z' | 'a'..='z' | '0'..='9' | '_' | '-' | '[' | ']' | '(' | ')' => character,
            '\u{c0}'.. if character.is_alphanumeric() => character,
            // Of a type that was cut; and three dots are no letters there.
            _ => '_',
        })
        .collect();
    let starts = word.chars().next();
    let is_letter = starts.is_some_and(|c| c.is_ascii_alphabetic() || c == '_' || c >= '\u{c0}');
    let is_mark = word.get(..2).is_some_and(|two| {
        let two = two.to_ascii_uppercase();
        let next = word.chars().nth(2);
        ["PK", "FK", "UK"].contains(&two.as_str())
            && !next.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
    });
    if !is_letter || is_mark {
        word.insert(0, '_');
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        for (text, expected) in [
            ("id", "id"),
            ("numeric(10,2)", "numeric(10_2)"),
            ("character varying(20)", "character_varying(20)"),
            ("text[]", "text[]"),
            ("größe", "größe"),
            ("2fa", "_2fa"),
            ("", "_"),
            ("pk", "_pk"),
            ("FK-1", "_FK-1"),
            ("pkey", "pkey"),
            ("a\"b\n", "a_b_"),
            ("a~b~", "a_b_"),
        ] {
            assert_eq!(word(text), expected, "{text}");
        }
    }

    #[test]
    fn text_in_quotes() {
        assert_eq!(inside("Line Item"), "Line Item");
        assert_eq!(inside("<b>\"%\\#;:"), "#60;b#62;#34;#37;#92;#35;#59;#58;");
        assert_eq!(inside("direction LR"), "direction#32;LR");
        assert_eq!(inside("__a__b"), "#95;#95;a#95;#95;b");
        assert_eq!(inside("a\nb"), "a\u{fffd}b");
    }
}
