//! What a SQLite database holds, as lines that can be compared: one for each table, column, key, check, index, view and trigger.

use std::collections::{BTreeMap, BTreeSet};

use migrate_schema::{
    Dialect, grammar, lex,
    settings::Target,
    tree::{Action, ConstraintKind, CreateTable},
};
use rusqlite::{Connection, Row};

use super::Failure;

/// A line for each thing: its name, and what there is to say of it. The order of columns does not count.
type Lines = BTreeMap<String, String>;

/// What is in one database and not in the other, for people: what is left behind, lost or changed.
pub(super) fn differences(before: &Connection, after: &Connection) -> Result<Vec<String>, Failure> {
    let changed = changed(before, after)?;
    if changed.is_empty() {
        return Ok(Vec::new());
    }
    let (before, after) = (describe(before, &changed)?, describe(after, &changed)?);
    let mut found = missing(&after, &before, "left behind");
    for (thing, now) in &after {
        if let Some(then) = before.get(thing)
            && then != now
        {
            found.push(format!("changed: {thing} was `{then}` and is `{now}`"));
        }
    }
    found.extend(missing(&before, &after, "lost"));
    Ok(found)
}

/// What is in the first and not in the second. A table that is missing says it for its columns too.
fn missing(these: &Lines, those: &Lines, word: &str) -> Vec<String> {
    let missing: Vec<&String> = these
        .keys()
        .filter(|thing| !those.contains_key(*thing))
        .collect();
    let tables: Vec<&str> = missing
        .iter()
        .filter_map(|thing| thing.strip_prefix("table `")?.strip_suffix('`'))
        .collect();
    let is_part = |thing: &str| {
        let mut tables = tables.iter();
        !thing.starts_with("table ")
            && tables.any(|table| {
                thing.contains(&format!("`{table}.")) || thing.contains(&format!("of `{table}`"))
            })
    };
    missing
        .into_iter()
        .filter(|thing| !is_part(thing))
        .map(|thing| format!("{word}: {thing}"))
        .collect()
}

/// The tables (and views) whose own text, or that of what hangs on them, differs. All others need no look.
fn changed(before: &Connection, after: &Connection) -> Result<BTreeSet<String>, Failure> {
    let (before, after) = (texts(before)?, texts(after)?);
    Ok(before
        .symmetric_difference(&after)
        .map(|(table, ..)| table.clone())
        .collect())
}

fn texts(connection: &Connection) -> Result<BTreeSet<(String, String, Option<String>)>, Failure> {
    let mut statement = connection
        .prepare("SELECT lower(tbl_name), name, sql FROM sqlite_schema WHERE tbl_name <> '_migrations' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn describe(connection: &Connection, tables: &BTreeSet<String>) -> Result<Lines, Failure> {
    let mut lines = Lines::new();
    for table in tables {
        let mut statement = connection
            .prepare("SELECT type, name, coalesce(sql, '') FROM sqlite_schema WHERE tbl_name = ? COLLATE NOCASE AND sql IS NOT NULL")?;
        let things =
            statement.query_map([table], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        for thing in things {
            let (kind, name, sql): (String, String, String) = thing?;
            if kind == "table" {
                describe_table(connection, &name, &sql, &mut lines)?;
            } else {
                lines.insert(format!("{kind} `{name}`"), normal(&sql));
            }
        }
    }
    Ok(lines)
}

fn describe_table(
    connection: &Connection,
    name: &str,
    sql: &str,
    lines: &mut Lines,
) -> Result<(), Failure> {
    let tree = create_table(sql);
    let is_virtual = tree
        .as_ref()
        .is_none_or(|tree| tree.virtual_table.is_some());
    let options = match &tree {
        Some(tree) if !is_virtual => format!(
            "strict: {}, without rowid: {}",
            tree.strict, tree.without_rowid
        ),
        _ => normal(sql),
    };
    lines.insert(format!("table `{name}`"), options);
    if is_virtual {
        return Ok(());
    }
    let list = |query: &str,
                line: &dyn Fn(&Row<'_>) -> rusqlite::Result<(String, String)>|
     -> Result<Lines, Failure> {
        let mut statement = connection.prepare(query)?;
        let rows = statement.query_map([name], |row| line(row))?;
        Ok(rows.collect::<Result<_, _>>()?)
    };
    lines.extend(list(
        "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?)",
        &|row| {
            let (column, ty): (String, String) = (row.get(0)?, row.get(1)?);
            let (not_null, default): (bool, Option<String>) = (row.get(2)?, row.get(3)?);
            let (key, hidden): (i64, i64) = (row.get(4)?, row.get(5)?);
            let default = default.map_or("none".to_owned(), |text| normal(&text));
            let text = format!(
                "{}, not null: {not_null}, default: {default}, key: {key}, hidden: {hidden}",
                ty.to_ascii_uppercase()
            );
            Ok((format!("column `{name}.{column}`"), text))
        },
    )?);
    lines.extend(list(
        "SELECT group_concat(\"from\"), \"table\", group_concat(coalesce(\"to\", '')), on_update, on_delete FROM pragma_foreign_key_list(?) GROUP BY id",
        &|row| {
            let (from, table, to): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let (update, delete): (String, String) = (row.get(3)?, row.get(4)?);
            Ok((format!("foreign key of `{name}` ({from}) to `{table}` ({to})"), format!("on update {update}, on delete {delete}")))
        },
    )?);
    lines.extend(list(
        "SELECT l.origin, (SELECT group_concat(i.name) FROM pragma_index_info(l.name) AS i) FROM pragma_index_list(?) AS l WHERE l.origin <> 'c'",
        &|row| {
            let (origin, columns): (String, Option<String>) = (row.get(0)?, row.get(1)?);
            let word = if origin == "pk" { "primary key" } else { "unique" };
            Ok((format!("{word} of `{name}` ({})", columns.unwrap_or_default()), String::new()))
        },
    )?);
    if let Some(tree) = tree {
        describe_expressions(name, sql, &tree, lines);
    }
    Ok(())
}

/// What no pragma tells: checks, collations, generated columns, `AUTOINCREMENT`.
fn describe_expressions(name: &str, sql: &str, tree: &CreateTable, lines: &mut Lines) {
    let text = |range: &std::ops::Range<usize>| normal(sql.get(range.clone()).unwrap_or_default());
    let of_columns = tree
        .columns
        .iter()
        .flat_map(|column| column.checks.iter().map(|(_, check)| check));
    let of_table = tree
        .constraints
        .iter()
        .filter_map(|constraint| match &constraint.kind {
            ConstraintKind::Check(check) => Some(check),
            _ => None,
        });
    for check in of_columns.chain(of_table) {
        lines.insert(
            format!("check of `{name}`: {}", text(&check.range)),
            String::new(),
        );
    }
    for column in &tree.columns {
        let thing = |what: &str| format!("{what} of `{name}.{}`", column.name);
        if let Some(collation) = &column.collation {
            lines.insert(
                thing("collation"),
                collation.to_string().to_ascii_uppercase(),
            );
        }
        if let Some(generated) = &column.generated {
            lines.insert(thing("expression"), text(&generated.expression.range));
        }
        if column
            .primary_key
            .as_ref()
            .is_some_and(|key| key.autoincrement)
        {
            lines.insert(thing("autoincrement"), String::new());
        }
    }
}

fn create_table(sql: &str) -> Option<CreateTable> {
    let parsed = grammar::parse(sql, &Target::from(Dialect::Sqlite));
    let tree = parsed.statements.into_iter().next()?.tree?;
    tree.actions.into_iter().find_map(|action| match action {
        Action::CreateTable(table) => Some(*table),
        _ => None,
    })
}

/// SQL without what does not count: white space, comments, the case of words, quotes around names, brackets around all of it.
fn normal(sql: &str) -> String {
    let tokens: Vec<String> = lex::tokens(sql, Dialect::Sqlite)
        .map(|token| {
            let text = sql.get(token.start..token.end).unwrap_or_default();
            match text.chars().next() {
                Some('\'') => text.to_owned(),
                Some('"' | '`' | '[') => {
                    text.trim_matches(['"', '`', '[', ']']).to_ascii_lowercase()
                }
                _ => text.to_ascii_lowercase(),
            }
        })
        .collect();
    let mut tokens = &tokens[..];
    while let [first, inner @ .., last] = tokens
        && first == "("
        && last == ")"
        && is_one_group(inner)
    {
        tokens = inner;
    }
    tokens.join(" ")
}

/// Whether the brackets around these tokens belong together: `(a) + (b)` has none around all of it.
fn is_one_group(inner: &[String]) -> bool {
    let mut depth = 0_i32;
    inner.iter().all(|token| {
        depth += match token.as_str() {
            "(" => 1,
            ")" => -1,
            _ => 0,
        };
        depth >= 0
    })
}
