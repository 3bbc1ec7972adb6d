//! The page: a schema and the history that made it, in one file.

mod data;
mod lineage;
mod renames;

use super::{
    diagram::Diagram,
    escape::xml,
    svg::{Use, svg},
};
use crate::{
    schema::{
        Schema,
        diff::{Change, diff},
    },
    settings::Target,
};

/// What a page shows.
///
/// ```
/// use migrate_schema::{Dialect, schema::{Schema, picture::{self, Page}}};
///
/// let schema = Schema::empty(Dialect::Sqlite);
/// let page = Page { title: "A shop", schema: &schema, history: &[] };
/// let html = picture::html(&page);
/// assert!(html.starts_with("<!DOCTYPE html>"));
/// assert!(!html.contains("http://") || html.contains("http://www.w3.org/2000/svg"));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// What stands above it.
    pub title: &'a str,
    /// What is drawn.
    pub schema: &'a Schema,
    /// The migrations, in the order in which they run.
    pub history: &'a [Chapter],
}

/// A migration, as a page shows it.
#[derive(Clone, Debug, Default)]
pub struct Chapter {
    /// Its name.
    pub id: String,
    /// What it does, in words.
    pub description: String,
    /// It is not applied yet.
    pub is_pending: bool,
    /// What else is to be said of it: a word, and what follows it (`applied`, `2026-02-15 by ann@host`).
    pub facts: Vec<(String, String)>,
    /// Its steps: SQL, or in words what they do.
    pub up: Vec<String>,
    /// The same of the way back.
    pub down: Vec<String>,
    /// What it changes, as [`changes`] finds it.
    pub changes: Vec<Change>,
}

/// A page that needs nothing but itself: tables, relations, and who made or changed what. It can be searched, moved and zoomed by pointer
/// and keyboard, is light or dark, and prints as a whole.
pub fn html(page: &Page<'_>) -> String {
    let diagram = Diagram::new(page.schema);
    let data = data::data(page, &diagram).to_string();
    // So that nothing in it ends the script; JSON reads it as the same.
    let data = data.replace('<', "\\u003c");
    let pieces = [
        ("{{title}}", xml(page.title)),
        ("{{style}}", include_str!("page.css").to_owned()),
        ("{{title}}", xml(page.title)),
        ("{{svg}}", svg(&diagram, Use::InPage)),
        ("{{data}}", data),
        ("{{script}}", include_str!("page.js").to_owned()),
    ];
    let (mut html, mut rest) = (String::new(), include_str!("page.html"));
    for (mark, piece) in pieces {
        let Some((before, after)) = rest.split_once(mark) else {
            break;
        };
        html += before;
        html += &piece;
        rest = after;
    }
    html + rest
}

/// What a migration has changed, by the schemas before it and after it. That something was renamed, and is not another
/// thing, is seen from its SQL.
pub fn changes<'a>(
    before: &Schema,
    after: &Schema,
    sql: impl IntoIterator<Item = &'a str>,
    target: &Target,
) -> Vec<Change> {
    diff(before, after, &renames::renames(sql, target))
}

#[cfg(test)]
mod tests;
