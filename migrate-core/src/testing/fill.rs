//! Rows made up from the schema, so that a migration meets tables that have some.

use migrate_schema::{Dialect, lex};
use rusqlite::{Connection, types::Value};

use super::Failure;

/// How many rows a table gets: one with everything in it, one more, and one that is as empty as it may be.
const ROWS: i64 = 3;
/// How often values are tried that a `CHECK` might want before the table stays empty.
const TRIES: usize = 400;

/// A table, as far as rows are concerned.
struct Table {
    name: String,
    columns: Vec<Column>,
    /// The literals of its definition: what a `CHECK` compares with is mostly among them.
    literals: Vec<Value>,
}

struct Column {
    name: String,
    declared: String,
    not_null: bool,
    key: bool,
    /// The table and the column that it refers to.
    refers_to: Option<(String, Option<String>)>,
}

/// Puts rows into every table that has none.
pub(super) fn fill(connection: &Connection) -> Result<(), Failure> {
    let mut empty: Vec<Table> = Vec::new();
    for (name, sql) in ordinary_tables(connection)? {
        let query = format!("SELECT EXISTS (SELECT 1 FROM {})", quote(&name));
        if !connection.query_row(&query, [], |row| row.get::<_, bool>(0))? {
            empty.push(table(connection, name, &sql)?);
        }
    }
    // A table whose foreign key needs a row of another is tried again once that has one.
    loop {
        let before = empty.len();
        let mut left = Vec::new();
        for table in empty {
            if !insert(connection, &table)? {
                left.push(table);
            }
        }
        empty = left;
        if empty.is_empty() || empty.len() == before {
            break;
        }
    }
    for table in &empty {
        eprintln!(
            "no row could be made up that `{}` takes: it stays empty",
            table.name
        );
    }
    Ok(())
}

/// The tables whose rows are the application's: neither SQLite's own nor a virtual table with what keeps it.
pub(super) fn ordinary_tables(connection: &Connection) -> Result<Vec<(String, String)>, Failure> {
    let mut statement = connection.prepare(
        "SELECT l.name, s.sql FROM pragma_table_list AS l JOIN sqlite_schema AS s ON s.type = 'table' AND s.name = l.name \
         WHERE l.schema = 'main' AND l.type = 'table' AND l.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND l.name <> '_migrations' ORDER BY l.name",
    )?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn table(connection: &Connection, name: String, sql: &str) -> Result<Table, Failure> {
    let mut statement = connection.prepare(
        "SELECT x.name, x.type, x.\"notnull\", x.pk, f.\"table\", f.\"to\" FROM pragma_table_xinfo(?1) AS x \
         LEFT JOIN pragma_foreign_key_list(?1) AS f ON f.\"from\" = x.name COLLATE NOCASE WHERE x.hidden = 0 GROUP BY x.cid ORDER BY x.cid",
    )?;
    let columns = statement.query_map([&name], |row| {
        let refers_to: Option<String> = row.get(4)?;
        Ok(Column {
            name: row.get(0)?,
            declared: row.get(1)?,
            not_null: row.get(2)?,
            key: row.get::<_, i64>(3)? > 0,
            refers_to: refers_to
                .map(|table| row.get(5).map(|column| (table, column)))
                .transpose()?,
        })
    })?;
    let columns = columns.collect::<Result<_, _>>()?;
    Ok(Table {
        name,
        columns,
        literals: literals(sql),
    })
}

/// Whether the first row could be made; the others are a bonus.
fn insert(connection: &Connection, table: &Table) -> Result<bool, Failure> {
    let Some(values) = full_row(connection, table, 1)? else {
        return Ok(false);
    };
    let taken: Vec<usize> = match search(connection, table, values)? {
        Some(chosen) => chosen,
        None => return Ok(false),
    };
    for number in 2..=ROWS {
        let Some(mut values) = full_row(connection, table, number)? else {
            break;
        };
        for (at, column) in table.columns.iter().enumerate() {
            if let Some(candidate) = taken.get(at).and_then(|choice| {
                candidates(table, number)
                    .into_iter()
                    .nth(choice.checked_sub(1)?)
            }) {
                values[at] = candidate;
            }
            if number == ROWS && !column.not_null && !column.key {
                values[at] = Value::Null;
            }
        }
        // A row that a constraint does not take is no loss: the first one is there.
        let _ = try_insert(connection, table, &values);
    }
    Ok(true)
}

/// Tries the row, then with what a `CHECK` might want in one column after the other; for each column the
/// candidate that was taken, from 1, or 0.
fn search(
    connection: &Connection,
    table: &Table,
    values: Vec<Value>,
) -> Result<Option<Vec<usize>>, Failure> {
    let mut values = values;
    let mut chosen = vec![0; table.columns.len()];
    let mut problem = match try_insert(connection, table, &values) {
        Ok(()) => return Ok(Some(chosen)),
        Err(problem) => problem,
    };
    let candidates = candidates(table, 1);
    let mut tries = 0;
    for at in 0..table.columns.len() {
        if table.columns[at].refers_to.is_some() {
            continue;
        }
        let usual = values[at].clone();
        for (choice, candidate) in candidates.iter().enumerate() {
            tries += 1;
            if tries > TRIES {
                return Ok(None);
            }
            values[at] = candidate.clone();
            match try_insert(connection, table, &values) {
                Ok(()) => {
                    chosen[at] = choice + 1;
                    return Ok(Some(chosen));
                }
                // Another constraint complains now, so this one is content: the value stays.
                Err(other) if other != problem && is_check(&other) => {
                    problem = other;
                    chosen[at] = choice + 1;
                    break;
                }
                Err(_) => {}
            }
        }
        if chosen[at] == 0 {
            values[at] = usual;
        }
    }
    Ok(None)
}

fn is_check(problem: &str) -> bool {
    problem.starts_with("CHECK") || problem.starts_with("cannot store")
}

fn try_insert(connection: &Connection, table: &Table, values: &[Value]) -> Result<(), String> {
    let names: Vec<String> = table
        .columns
        .iter()
        .map(|column| quote(&column.name))
        .collect();
    let marks = vec!["?"; values.len()].join(", ");
    let sql = format!(
        "INSERT INTO {} ({}) VALUES ({marks})",
        quote(&table.name),
        names.join(", ")
    );
    connection
        .execute(&sql, rusqlite::params_from_iter(values))
        .map(|_| ())
        .map_err(|error| error.to_string())
}

/// A row with a value in every column; none where a row that it must refer to is not there yet.
fn full_row(
    connection: &Connection,
    table: &Table,
    number: i64,
) -> Result<Option<Vec<Value>>, Failure> {
    let mut values = Vec::with_capacity(table.columns.len());
    for (at, column) in table.columns.iter().enumerate() {
        let value = match &column.refers_to {
            Some((parent, to)) => match referred(connection, parent, to.as_deref(), number)? {
                Some(value) => value,
                None if column.not_null || column.key => return Ok(None),
                None => Value::Null,
            },
            None => made_up(column, number, at),
        };
        values.push(value);
    }
    Ok(Some(values))
}

fn referred(
    connection: &Connection,
    parent: &str,
    to: Option<&str>,
    number: i64,
) -> Result<Option<Value>, Failure> {
    let column = match to {
        Some(column) => quote(column),
        None => {
            let key: Result<String, _> = connection.query_row(
                "SELECT name FROM pragma_table_info(?) WHERE pk = 1",
                [parent],
                |row| row.get(0),
            );
            key.map_or_else(|_| "rowid".to_owned(), |key| quote(&key))
        }
    };
    let sql = format!(
        "SELECT {column} FROM {} LIMIT 1 OFFSET {}",
        quote(parent),
        number - 1
    );
    // The parent may be missing altogether; then there is nothing to refer to.
    Ok(connection.query_row(&sql, [], |row| row.get(0)).ok())
}

/// Digits are a text, a number and JSON all at once, so they pass most of what an expression does with a value.
/// They are far from what a migration would insert itself.
fn made_up(column: &Column, number: i64, at: usize) -> Value {
    let digits = 7_000_000_000 + number * 1_000 + i64::try_from(at).unwrap_or_default();
    let declared = column.declared.to_ascii_uppercase();
    if declared.contains("INT")
        || declared.contains("NUM")
        || declared.contains("DEC")
        || declared.contains("BOOL")
    {
        Value::Integer(digits)
    } else if declared.contains("REAL") || declared.contains("FLOA") || declared.contains("DOUB") {
        #[allow(clippy::cast_precision_loss, reason = "the number is far below 2^52")]
        Value::Real(digits as f64)
    } else if declared.contains("BLOB") {
        Value::Blob(digits.to_string().into_bytes())
    } else if declared.contains("DATE") || declared.contains("TIME") {
        Value::Text(format!("2026-01-0{number} 00:00:00"))
    } else {
        Value::Text(digits.to_string())
    }
}

/// What a constraint might want: the literals of the table's definition, and shapes that are often asked for.
fn candidates(table: &Table, number: i64) -> Vec<Value> {
    let text = |text: String| Value::Text(text);
    // Those that are of this row come first, so that a `UNIQUE` has nothing against the next row.
    [
        Value::Integer(number),
        text(format!("a{number}")),
        text(format!("user{number}@example.com")),
        text(format!("2026-01-0{number}")),
        text(format!("https://example.com/{number}")),
        text(format!("00000000-0000-4000-8000-00000000000{number}")),
        text(format!("{number:032}")),
        text(format!("{number:064}")),
    ]
    .into_iter()
    .chain(table.literals.iter().cloned())
    .chain([
        Value::Integer(0),
        text("{}".to_owned()),
        text("[]".to_owned()),
        Value::Blob(vec![0; 16]),
        Value::Blob(vec![0; 32]),
        Value::Null,
    ])
    .collect()
}

fn literals(sql: &str) -> Vec<Value> {
    let mut found = Vec::new();
    for token in lex::tokens(sql, Dialect::Sqlite) {
        let text = sql.get(token.start..token.end).unwrap_or_default();
        let value = match text
            .strip_prefix('\'')
            .and_then(|rest| rest.strip_suffix('\''))
        {
            Some(inner) => Some(Value::Text(inner.replace("''", "'"))),
            None => text.parse().ok().map(Value::Integer),
        };
        if let Some(value) = value
            && !found.contains(&value)
        {
            // The number behind `<` or `>` is not in range itself.
            if let Value::Integer(number) = value {
                found.extend([
                    Value::Integer(number),
                    Value::Integer(number.saturating_add(1)),
                    Value::Integer(number.saturating_sub(1)),
                ]);
            } else {
                found.push(value);
            }
        }
    }
    found
}

pub(super) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
