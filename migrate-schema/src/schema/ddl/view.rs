//! Views, triggers, routines: what is kept as a text.

use super::{
    comment, index,
    name::{names, object_name},
};
use crate::{
    Dialect,
    schema::{ObjectName, View},
};

/// A view with its indexes, comments and triggers.
pub fn create_view(dialect: Dialect, view: &View) -> Vec<String> {
    let mut statements = without_triggers(dialect, view);
    let triggers = view.triggers.iter();
    statements.extend(triggers.map(|trigger| trigger.sql.trim().to_owned()));
    statements
}

pub(super) fn without_triggers(dialect: Dialect, view: &View) -> Vec<String> {
    let own = object_name(&view.name, dialect);
    let columns = match view.column_names.is_empty() {
        true => String::new(),
        false => format!(" ({})", names(&view.column_names, dialect)),
    };
    let query = view.query.trim().trim_end_matches(';');
    let kind = kind(view.materialized);
    let mut statements = vec![format!("CREATE {kind} {own}{columns} AS\n{query}")];
    let indexes = view.indexes.iter();
    statements.extend(indexes.flat_map(|one| index::create_index(dialect, &view.name, one)));
    if dialect == Dialect::Postgres {
        if view.comment.is_some() {
            statements.push(comment_on(
                &view.name,
                view.materialized,
                view.comment.as_ref(),
            ));
        }
        statements.extend(comment::on_columns(&view.name, &view.columns));
    }
    statements
}

/// `VIEW` or `MATERIALIZED VIEW`.
pub(super) const fn kind(materialized: bool) -> &'static str {
    if materialized {
        "MATERIALIZED VIEW"
    } else {
        "VIEW"
    }
}

/// The comment of a view (PostgreSQL).
pub(super) fn comment_on(view: &ObjectName, materialized: bool, text: Option<&String>) -> String {
    comment::on(
        kind(materialized),
        &object_name(view, Dialect::Postgres),
        text,
    )
}
