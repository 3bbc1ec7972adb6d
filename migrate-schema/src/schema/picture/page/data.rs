//! What the script of the page is given.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{
    super::{
        diagram::{Diagram, Row},
        text::{about, foreign_key, index, key},
    },
    Page,
    lineage::{Kind, Touch, touches},
};
use crate::schema::{ObjectName, RoutineKind, Schema, Table, TableKind, TypeShape, View};

pub(super) fn data(page: &Page<'_>, diagram: &Diagram<'_>) -> Value {
    let schema = page.schema;
    let names: HashMap<&ObjectName, usize> = (diagram.entities.iter().enumerate().rev())
        .map(|(at, entity)| (entity.name, at))
        .collect();
    let touches = touches(page.history, |name| names.get(name).copied());
    let mut entities: Vec<Value> = schema.tables.iter().map(table).collect();
    entities.extend(schema.views.iter().map(view));
    for (at, (value, entity)) in entities.iter_mut().zip(&diagram.entities).enumerate() {
        value["columns"] = entity.rows.iter().map(column).collect();
        value["since"] = json!(since(&touches, at));
    }
    let chapters = page.history.iter().zip(&touches).map(|(chapter, touches)| {
        let touch = |touch: &Touch| json!({"kind": touch.kind.word(), "words": touch.words, "entity": touch.entity});
        json!({
            "id": chapter.id,
            "description": chapter.description,
            "pending": chapter.is_pending,
            "facts": chapter.facts,
            "up": chapter.up,
            "down": chapter.down,
            "changes": touches.iter().map(touch).collect::<Vec<_>>(),
        })
    });
    let relations = (diagram.relations.iter())
        .map(|one| json!({"from": one.from, "to": one.to, "label": one.label()}));
    json!({
        "dialect": schema.dialect.name(),
        "entities": entities,
        "relations": relations.collect::<Vec<_>>(),
        "chapters": chapters.collect::<Vec<_>>(),
        "others": others(schema),
        "unknown": schema.unknown,
    })
}

/// The migration that made it, as far as the history tells.
fn since(touches: &[Vec<Touch>], entity: usize) -> Option<usize> {
    let makes = |touch: &Touch| touch.kind == Kind::Made && touch.entity == Some(entity);
    touches.iter().position(|all| all.iter().any(makes))
}

fn column(row: &Row<'_>) -> Value {
    json!({
        "name": row.column.name,
        "type": row.column.data_type,
        "marks": row.marks(),
        "about": about(row.column),
    })
}

fn line(kind: &str, text: impl Into<String>) -> Value {
    json!({"kind": kind, "text": text.into()})
}

fn table(table: &Table) -> Value {
    let mut lines = Vec::new();
    match &table.kind {
        TableKind::Plain => {}
        TableKind::Other(sql) => lines.push(line("made by", sql)),
        TableKind::Partitioned(by) => lines.push(line("partitioned by", by)),
        TableKind::Child { parents, bounds } => {
            let parents: Vec<String> = parents.iter().map(ToString::to_string).collect();
            let bounds = bounds.as_deref().unwrap_or_default();
            let text = format!("{} {bounds}", parents.join(", "));
            lines.push(line("part of", text.trim()));
        }
    }
    lines.extend(
        table
            .primary_key
            .iter()
            .map(|one| line("primary key", key(one))),
    );
    lines.extend(table.uniques.iter().map(|one| line("unique", key(one))));
    lines.extend((table.foreign_keys.iter()).map(|one| line("foreign key", foreign_key(one))));
    let check = |one: &crate::schema::Check| {
        let name = one
            .name
            .as_ref()
            .map_or_else(String::new, |name| format!("{name} "));
        line("check", format!("{name}({})", one.expression))
    };
    lines.extend(table.checks.iter().map(check));
    lines.extend((table.exclusions.iter()).map(|one| line("exclude", &one.definition)));
    lines.extend(table.indexes.iter().map(|one| line("index", index(one))));
    let trigger =
        |one: &crate::schema::Trigger| json!({"kind": "trigger", "text": one.name, "sql": one.sql});
    lines.extend(table.triggers.iter().map(trigger));
    let mut notes = Vec::new();
    if table.strict {
        notes.push("strict".to_owned());
    }
    if table.without_rowid {
        notes.push("without rowid".to_owned());
    }
    notes.extend((table.options.iter()).map(|(name, value)| format!("{name} {value}")));
    if table.open {
        notes.push("may have more that is not known".to_owned());
    }
    json!({
        "kind": "table",
        "name": table.name.to_string(),
        "comment": table.comment,
        "notes": notes,
        "lines": lines,
    })
}

fn view(view: &View) -> Value {
    let mut lines: Vec<Value> = view
        .indexes
        .iter()
        .map(|one| line("index", index(one)))
        .collect();
    let trigger =
        |one: &crate::schema::Trigger| json!({"kind": "trigger", "text": one.name, "sql": one.sql});
    lines.extend(view.triggers.iter().map(trigger));
    json!({
        "kind": if view.materialized { "materialized view" } else { "view" },
        "name": view.name.to_string(),
        "comment": view.comment,
        "notes": [],
        "lines": lines,
        "query": view.query,
    })
}

/// What is in no table.
fn others(schema: &Schema) -> Vec<Value> {
    let mut others = Vec::new();
    let mut other = |kind: &str, name: String, text: Option<String>| {
        others.push(json!({"kind": kind, "name": name, "text": text}));
    };
    for name in &schema.namespaces {
        other("schema", name.clone(), None);
    }
    for name in &schema.extensions {
        other("extension", name.clone(), None);
    }
    for one in &schema.types {
        let (kind, text) = match &one.shape {
            TypeShape::Enum(labels) => ("enum", Some(labels.join("\n"))),
            TypeShape::Composite(parts) => {
                let parts = parts
                    .iter()
                    .map(|(name, data_type)| format!("{name} {data_type}"));
                ("type", Some(parts.collect::<Vec<_>>().join("\n")))
            }
            TypeShape::Domain { base, checks, .. } => {
                let checks = checks.iter().map(|(_, check)| format!("check ({check})"));
                let lines = std::iter::once(base.clone()).chain(checks);
                ("domain", Some(lines.collect::<Vec<_>>().join("\n")))
            }
            TypeShape::Other(sql) => ("type", sql.clone()),
        };
        other(kind, one.name.to_string(), text);
    }
    for one in &schema.sequences {
        other("sequence", one.name.to_string(), one.sql.clone());
    }
    for one in &schema.routines {
        let kind = match one.kind {
            RoutineKind::Function => "function",
            RoutineKind::Procedure => "procedure",
            RoutineKind::Aggregate => "aggregate",
        };
        let name = format!("{}({})", one.name, one.arguments.join(", "));
        other(kind, name, Some(one.sql.clone()));
    }
    others
}
