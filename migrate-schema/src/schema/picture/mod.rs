//! Pictures of a schema: an entity-relationship diagram in Mermaid, in Graphviz's language, as SVG; all of it as lines of
//! text; and a page that shows it together with the history that made it.
//!
//! ```
//! use migrate_schema::{
//!     Dialect,
//!     schema::{Column, ObjectName, Schema, Table, picture},
//! };
//!
//! let mut users = Table::new(ObjectName::bare("users"));
//! users.columns.push(Column { nullable: false, ..Column::new("email", "text") });
//! let schema = Schema { tables: vec![users], ..Schema::empty(Dialect::Sqlite) };
//!
//! assert_eq!(picture::mermaid(&schema), "\
//! erDiagram
//!     users {
//!         text email
//!     }
//! ");
//! ```
//!
//! Every function gives the same text for the same schema, so that a diagram can be committed, and a test can hold it against
//! the history. Whatever a name holds, markup or quotes or line breaks, is shown as text.
//!
//! # How to read a diagram
//!
//! A line goes from the column that refers to the column that is referred to. At the end that refers stands a crow's foot (any
//! number of rows), or a bar (at most one, because the columns are unique). At the other end stand two bars (exactly
//! one), or a bar and a circle (one or none, because a column takes NULL). A dashed line goes from a partition to its table, a dotted one
//! from a view to what it reads. `PK`, `FK` and `UK` mark keys, `?` behind a type says that a column takes NULL.

mod diagram;
mod dot;
mod escape;
mod layout;
mod mermaid;
mod page;
mod svg;
mod text;

pub use page::{Chapter, Page, changes, html};

use super::Schema;
use diagram::Diagram;

/// A diagram for [Mermaid](https://mermaid.js.org/syntax/entityRelationshipDiagram.html), which is shown where Markdown is.
///
/// Its attributes have to be plain words. Of a column that has another name the right one stands beside it.
pub fn mermaid(schema: &Schema) -> String {
    mermaid::mermaid(&Diagram::new(schema))
}

/// A diagram for [Graphviz](https://graphviz.org): `dot -Tpdf`.
pub fn dot(schema: &Schema) -> String {
    dot::dot(&Diagram::new(schema))
}

/// A diagram as a file of its own, in light colours or dark ones, as its reader has set it.
///
/// What is referred to stands left of what refers to it. No line runs through a box.
pub fn svg(schema: &Schema) -> String {
    svg::svg(&Diagram::new(schema), svg::Use::Alone)
}

/// All that is known, in lines.
pub fn text(schema: &Schema) -> String {
    text::text(schema)
}

#[cfg(test)]
mod tests;
