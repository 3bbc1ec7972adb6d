//! The order of views: each reads only what is before it.

use std::collections::{HashMap, HashSet};

use crate::{
    lex::{self, TokenKind},
    schema::{ObjectName, Schema, View},
};

/// Finds out what views read, where the document does not say, and puts them in order. What goes round in a circle stays
/// as it is.
pub(super) fn views(schema: &mut Schema) {
    let known: HashMap<String, ObjectName> = (schema.tables.iter().map(|table| &table.name))
        .chain(schema.views.iter().map(|view| &view.name))
        .map(|name| (name.name.to_lowercase(), name.clone()))
        .collect();
    for view in &mut schema.views {
        if view.reads.is_empty() {
            view.reads = read_by(view, &known, schema.dialect);
        }
    }
    let mut left: Vec<View> = std::mem::take(&mut schema.views);
    let mut names: HashSet<ObjectName> = left.iter().map(|view| view.name.clone()).collect();
    while !left.is_empty() {
        let waits = |view: &View| {
            let reads = view.reads.iter();
            reads
                .filter(|read| **read != view.name)
                .any(|read| names.contains(read))
        };
        let (waiting, mut free): (Vec<View>, Vec<View>) = left.into_iter().partition(waits);
        left = waiting;
        if free.is_empty() {
            schema.views.append(&mut left);
        }
        for view in &free {
            names.remove(&view.name);
        }
        schema.views.append(&mut free);
    }
}

/// The tables and views whose names stand in a query.
fn read_by(
    view: &View,
    known: &HashMap<String, ObjectName>,
    dialect: crate::Dialect,
) -> Vec<ObjectName> {
    let mut reads = Vec::new();
    for token in lex::tokens(&view.query, dialect) {
        let text = token.text(&view.query);
        let name = match token.kind {
            TokenKind::Word => text,
            TokenKind::QuotedName => text
                .get(1..text.len().saturating_sub(1))
                .unwrap_or_default(),
            _ => continue,
        };
        if let Some(name) = known.get(&name.to_lowercase())
            && *name != view.name
            && !reads.contains(name)
        {
            reads.push(name.clone());
        }
    }
    reads
}
