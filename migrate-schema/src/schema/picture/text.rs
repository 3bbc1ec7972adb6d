//! A schema in lines, for a terminal.

use std::fmt::Write as _;

use super::escape::{cells, line};
use crate::schema::{
    Column, ForeignKey, Identity, Index, IndexOn, IndexPart, Key, ObjectName, RoutineKind, Schema,
    Table, TableKind, TypeShape, View,
};

pub(super) fn text(schema: &Schema) -> String {
    let mut blocks: Vec<String> = Vec::new();
    let outer = [
        ("schemas", &schema.namespaces),
        ("extensions", &schema.extensions),
    ];
    for (word, names) in outer {
        if !names.is_empty() {
            blocks.push(format!("{word} {}\n", line(&names.join(", "))));
        }
    }
    for one in &schema.types {
        let made = made_by(one.made_by.as_deref());
        blocks.push(format!(
            "type {}{made}\n{}",
            named(&one.name),
            shape(&one.shape)
        ));
    }
    blocks.extend(schema.tables.iter().map(table));
    blocks.extend(schema.views.iter().map(view));
    let mut rest = String::new();
    for one in &schema.sequences {
        let _ = writeln!(rest, "sequence {}", named(&one.name));
    }
    for one in &schema.routines {
        let (made, arguments) = (made_by(one.made_by.as_deref()), one.arguments.join(", "));
        let kind = match one.kind {
            RoutineKind::Function => "function",
            RoutineKind::Procedure => "procedure",
            RoutineKind::Aggregate => "aggregate",
        };
        let _ = writeln!(
            rest,
            "{kind} {}({}){made}",
            named(&one.name),
            line(&arguments)
        );
    }
    if !schema.unknown.is_empty() {
        let names = line(&schema.unknown.join(", "));
        let _ = writeln!(rest, "not known: {names}");
    }
    if !rest.is_empty() {
        blocks.push(rest);
    }
    match blocks.is_empty() {
        true => "nothing\n".to_owned(),
        false => blocks.join("\n"),
    }
}

fn table(table: &Table) -> String {
    let made = made_by(table.made_by.as_deref());
    let mut text = format!("table {}{made}\n", named(&table.name));
    match &table.kind {
        TableKind::Plain => {}
        TableKind::Other(sql) => _ = writeln!(text, "  {}", line(sql)),
        TableKind::Partitioned(by) => _ = writeln!(text, "  partitioned by {}", line(by)),
        TableKind::Child { parents, bounds } => {
            let parents: Vec<String> = parents.iter().map(named).collect();
            let bounds = bounds.as_deref().map_or_else(String::new, line);
            let _ = writeln!(text, "  part of {} {bounds}", parents.join(", "));
        }
    }
    comment(&mut text, table.comment.as_deref());
    columns(&mut text, &table.columns);
    if let Some(key) = &table.primary_key {
        let _ = writeln!(text, "  primary key {}", self::key(key));
    }
    for key in &table.uniques {
        let _ = writeln!(text, "  unique {}", self::key(key));
    }
    for key in &table.foreign_keys {
        let _ = writeln!(text, "  foreign key {}", foreign_key(key));
    }
    for check in &table.checks {
        let _ = writeln!(text, "  check ({})", line(&check.expression));
    }
    for one in &table.exclusions {
        let _ = writeln!(text, "  exclude {}", line(&one.definition));
    }
    indexes(&mut text, &table.indexes);
    for one in &table.triggers {
        let _ = writeln!(text, "  trigger {}", line(&one.name));
    }
    let words = [
        (table.strict, "strict"),
        (table.without_rowid, "without rowid"),
    ];
    for (is_so, word) in words {
        if is_so {
            let _ = writeln!(text, "  {word}");
        }
    }
    if table.open {
        text.push_str("  … and what is not known\n");
    }
    text
}

fn view(view: &View) -> String {
    let made = made_by(view.made_by.as_deref());
    let word = if view.materialized {
        "materialized view"
    } else {
        "view"
    };
    let mut text = format!("{word} {}{made}\n", named(&view.name));
    comment(&mut text, view.comment.as_deref());
    columns(&mut text, &view.columns);
    if !view.reads.is_empty() {
        let reads: Vec<String> = view.reads.iter().map(named).collect();
        let _ = writeln!(text, "  reads {}", reads.join(", "));
    }
    indexes(&mut text, &view.indexes);
    for one in &view.triggers {
        let _ = writeln!(text, "  trigger {}", line(&one.name));
    }
    text
}

fn columns(text: &mut String, columns: &[Column]) {
    let wide = |words: fn(&Column) -> &str| {
        let all = columns.iter().map(|column| cells(words(column)));
        all.filter(|&width| width <= 32).max().unwrap_or(0)
    };
    let names = wide(|column| &column.name);
    let types = wide(|column| &column.data_type);
    for column in columns {
        let (name, data_type) = (line(&column.name), line(&column.data_type));
        let after = " ".repeat(names.saturating_sub(cells(&name)));
        let behind = " ".repeat(types.saturating_sub(cells(&data_type)));
        let said = format!("  {name}{after}  {data_type}{behind}  {}", about(column));
        let _ = writeln!(text, "{}", said.trim_end());
    }
}

/// What else is to be said of a column.
pub(super) fn about(column: &Column) -> String {
    let mut words = Vec::new();
    if !column.nullable {
        words.push("not null".to_owned());
    }
    if column.auto_increment {
        words.push("auto increment".to_owned());
    }
    match column.identity {
        Some(Identity::Always) => words.push("identity".to_owned()),
        Some(Identity::ByDefault) => words.push("identity by default".to_owned()),
        None => {}
    }
    if let Some(generated) = &column.generated {
        let kind = if generated.stored {
            "stored"
        } else {
            "virtual"
        };
        words.push(format!("= {} ({kind})", line(&generated.expression)));
    }
    if let Some(default) = &column.default {
        words.push(format!("default {}", line(default)));
    }
    if let Some(expression) = &column.on_update {
        words.push(format!("on update {}", line(expression)));
    }
    if let Some(collation) = &column.collation {
        words.push(format!("collate {}", line(collation)));
    }
    if column.invisible {
        words.push("invisible".to_owned());
    }
    if let Some(comment) = &column.comment {
        words.push(format!("-- {}", line(comment)));
    }
    words.join("  ")
}

/// `(author_id) → users (id)  on delete cascade`
pub(super) fn foreign_key(key: &ForeignKey) -> String {
    let columns = line(&key.columns.join(", "));
    let mut text = format!("({columns}) → {}", named(&key.table));
    if !key.referred.is_empty() {
        let _ = write!(text, " ({})", line(&key.referred.join(", ")));
    }
    let rules = [("delete", &key.on_delete), ("update", &key.on_update)];
    for (event, rule) in rules {
        if let Some(rule) = rule {
            let _ = write!(text, "  on {event} {}", rule.to_lowercase());
        }
    }
    text
}

/// What an index or a key is on.
pub(super) fn parts(parts: &[IndexPart]) -> String {
    let part = |part: &IndexPart| {
        let mut text = match &part.on {
            IndexOn::Column(name) => line(name),
            IndexOn::Expression(sql) => format!("({})", line(sql)),
        };
        if let Some(length) = part.length {
            let _ = write!(text, "({length})");
        }
        for word in part.collation.iter().chain(&part.operator_class) {
            let _ = write!(text, " {}", line(word));
        }
        if part.descending {
            text.push_str(" desc");
        }
        text
    };
    let all: Vec<String> = parts.iter().map(part).collect();
    format!("({})", all.join(", "))
}

/// A primary key or a unique constraint.
pub(super) fn key(key: &Key) -> String {
    let name = key.name.as_deref().map(line);
    let name = name.map_or_else(String::new, |name| format!("{name} "));
    format!("{name}{}{}", parts(&key.parts), include(&key.include))
}

/// `posts_author (author_id) where …`
pub(super) fn index(index: &Index) -> String {
    let unique = if index.unique { "unique " } else { "" };
    let method = index.method.as_deref().map(line);
    let method = method.map_or_else(String::new, |method| format!("{method} "));
    let (name, parts) = (line(&index.name), parts(&index.parts));
    let mut text = format!("{unique}{method}{name} {parts}{}", include(&index.include));
    if let Some(predicate) = &index.predicate {
        let _ = write!(text, " where {}", line(predicate));
    }
    text
}

fn include(columns: &[String]) -> String {
    match columns.is_empty() {
        true => String::new(),
        false => format!(" include ({})", line(&columns.join(", "))),
    }
}

fn indexes(text: &mut String, indexes: &[Index]) {
    for one in indexes {
        let _ = writeln!(text, "  index {}", index(one));
    }
}

fn shape(shape: &TypeShape) -> String {
    match shape {
        TypeShape::Enum(labels) => format!("  enum {}\n", line(&labels.join(", "))),
        TypeShape::Composite(parts) => {
            let parts = parts
                .iter()
                .map(|(name, data_type)| format!("{name} {data_type}"));
            let parts: Vec<String> = parts.collect();
            format!("  ({})\n", line(&parts.join(", ")))
        }
        TypeShape::Domain {
            base,
            not_null,
            default,
            checks,
        } => {
            let mut text = format!("  {}", line(base));
            if *not_null {
                text.push_str("  not null");
            }
            if let Some(default) = default {
                let _ = write!(text, "  default {}", line(default));
            }
            text.push('\n');
            for (_, condition) in checks {
                let _ = writeln!(text, "  check ({})", line(condition));
            }
            text
        }
        TypeShape::Other(sql) => match sql {
            Some(sql) => format!("  {}\n", line(sql)),
            None => String::new(),
        },
    }
}

fn comment(text: &mut String, comment: Option<&str>) {
    if let Some(comment) = comment {
        let _ = writeln!(text, "  -- {}", line(comment));
    }
}

fn made_by(migration: Option<&str>) -> String {
    migration.map_or_else(String::new, |id| format!("  ({})", line(id)))
}

fn named(name: &ObjectName) -> String {
    line(&name.to_string())
}
