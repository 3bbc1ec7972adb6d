//! Graphviz's language: each entity is a table with a port for each row.

use std::fmt::Write as _;

use super::{
    diagram::{Diagram, Entity, Kind, Relation},
    escape::{short, xml},
};

/// Types of more letters are cut.
const TYPE: usize = 40;

pub(super) fn dot(diagram: &Diagram<'_>) -> String {
    let mut text = String::from(
        "digraph schema {\n    graph [rankdir=RL, nodesep=0.4, ranksep=1.0, fontname=\"Helvetica\"]\n    \
         node [shape=plain, fontname=\"Helvetica\", fontsize=11]\n    \
         edge [dir=both, color=\"#57606a\", fontname=\"Helvetica\", fontsize=9]\n",
    );
    for (at, entity) in diagram.entities.iter().enumerate() {
        self::entity(&mut text, at, entity);
    }
    for relation in &diagram.relations {
        let _ = writeln!(
            text,
            "    {} -> {} [{}]",
            end(relation.from, relation.from_row, 'l', 'w'),
            end(relation.to, relation.to_row, 'r', 'e'),
            attributes(relation)
        );
    }
    text.push_str("}\n");
    text
}

/// A side of a row, by numbers: names can be anything.
fn end(entity: usize, row: Option<usize>, cell: char, side: char) -> String {
    match row {
        Some(row) => format!("t{entity}:{cell}{row}:{side}"),
        None => format!("t{entity}:head:{side}"),
    }
}

fn entity(text: &mut String, at: usize, entity: &Entity<'_>) {
    let (style, color) = match entity.is_view {
        true => (" STYLE=\"dashed\"", "#eaeef2"),
        false => ("", "#ddf4ff"),
    };
    let name = xml(&entity.name.to_string());
    let _ = write!(
        text,
        "    t{at} [label=<<TABLE BORDER=\"1\"{style} CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"3\">\
         <TR><TD PORT=\"head\" COLSPAN=\"3\" BGCOLOR=\"{color}\">{}</TD></TR>",
        bold(&name)
    );
    for (row, one) in entity.rows.iter().enumerate() {
        let column = one.column;
        let null = match column.nullable && !one.is_primary {
            true => " null",
            false => "",
        };
        let data_type = format!("{}{null}", short(&column.data_type, TYPE));
        let _ = write!(
            text,
            "<TR><TD ALIGN=\"LEFT\" PORT=\"l{row}\">{}</TD><TD ALIGN=\"LEFT\">{}</TD><TD ALIGN=\"LEFT\" PORT=\"r{row}\">{}</TD></TR>",
            one.marks().join(" "),
            xml(&column.name),
            faint(&xml(data_type.trim()))
        );
    }
    text.push_str("</TABLE>>]\n");
}

/// Empty tags are errors there.
fn bold(text: &str) -> String {
    match text {
        "" => String::new(),
        text => format!("<B>{text}</B>"),
    }
}

fn faint(text: &str) -> String {
    match text {
        "" => String::new(),
        text => format!("<FONT COLOR=\"#57606a\">{text}</FONT>"),
    }
}

fn attributes(relation: &Relation<'_>) -> String {
    match &relation.kind {
        Kind::ForeignKey {
            is_optional,
            is_single,
            ..
        } => {
            let tail = if *is_single { "teeodot" } else { "crowodot" };
            let head = if *is_optional { "teeodot" } else { "teetee" };
            format!("arrowtail={tail}, arrowhead={head}")
        }
        Kind::Child => "style=dashed, dir=forward, arrowhead=empty".to_owned(),
        Kind::Reads => "style=dotted, dir=forward, arrowhead=open".to_owned(),
    }
}
