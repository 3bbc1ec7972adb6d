//! What is in a database: whether history and effects agree, and all of it as text.

use std::collections::BTreeMap;

use migrate_core::Migrator;
use rusqlite::{Connection, types::ValueRef};

/// What a look has found, when everything agreed.
#[derive(Debug)]
pub(crate) struct Seen {
    /// How many migrations have a row.
    pub(crate) rows: usize,
    /// A migration outside a transaction was cut off.
    pub(crate) is_cut_off: bool,
    /// The effect of a Rust step that was cut off is there.
    pub(crate) cut_off_step_is_done: bool,
}

#[derive(Debug)]
struct Row {
    seq: i64,
    id: String,
    batch: i64,
    state: String,
    done: i64,
    begun: i64,
}

/// Demands that the file is sound, that the history is a beginning of all migrations, and that exactly what it
/// says has run, and once.
#[track_caller]
pub(crate) fn check(connection: &Connection, environment: &str) -> Seen {
    let sound: String = connection
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(sound, "ok");
    assert_eq!(
        count(connection, "SELECT count(*) FROM pragma_foreign_key_check"),
        0
    );
    let history = history(connection);
    let ids: Vec<&str> = history.iter().map(|row| row.id.as_str()).collect();
    let all = all(environment);
    assert!(
        all.iter()
            .map(String::as_str)
            .take(ids.len())
            .eq(ids.iter().copied()),
        "{ids:?} of {all:?}"
    );
    let seqs: Vec<i64> = history.iter().map(|row| row.seq).collect();
    assert!(
        seqs.iter()
            .copied()
            .eq(1..=i64::try_from(ids.len()).unwrap()),
        "gaps: {seqs:?}"
    );
    assert!(
        history.iter().map(|row| row.batch).is_sorted(),
        "{history:?}"
    );
    let cut_off: Vec<&Row> = history
        .iter()
        .filter(|row| row.state != "applied")
        .collect();
    assert!(
        cut_off.iter().all(|row| row.seq == seqs.len() as i64),
        "not the last: {cut_off:?}"
    );
    marks_agree(connection, &history);
    outside_agrees(connection, &history);
    Seen {
        rows: ids.len(),
        is_cut_off: !cut_off.is_empty(),
        cut_off_step_is_done: note_agrees(connection, &history),
    }
}

/// The ids of all migrations of an environment, in order.
pub(crate) fn all(environment: &str) -> Vec<String> {
    let mut memory = Connection::open_in_memory().unwrap();
    Migrator::new()
        .environment(environment)
        .pending(&mut memory)
        .unwrap()
}

fn history(connection: &Connection) -> Vec<Row> {
    if !has(connection, "_migrations") {
        assert_eq!(
            count(connection, "SELECT count(*) FROM sqlite_schema"),
            0,
            "tables without a history"
        );
        return Vec::new();
    }
    let sql = "SELECT seq, id, batch, state, steps_done, steps_begun FROM _migrations ORDER BY seq";
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| {
        Ok(Row {
            seq: row.get(0)?,
            id: row.get(1)?,
            batch: row.get(2)?,
            state: row.get(3)?,
            done: row.get(4)?,
            begun: row.get(5)?,
        })
    });
    rows.unwrap().collect::<Result<_, _>>().unwrap()
}

/// The marks of each migration go up and down in turn, and end as the history says.
fn marks_agree(connection: &Connection, history: &[Row]) {
    let applied: BTreeMap<&str, &Row> = history.iter().map(|row| (row.id.as_str(), row)).collect();
    if !has(connection, "trace") {
        assert!(!applied.contains_key("001_trace"), "{history:?}");
        return;
    }
    let mut statement = connection
        .prepare("SELECT id, way FROM trace ORDER BY number")
        .unwrap();
    let marks: Vec<(String, String)> = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let mut up: BTreeMap<&str, bool> = BTreeMap::new();
    for (id, way) in &marks {
        let before = up.insert(id, way == "up").unwrap_or(false);
        assert_ne!(before, way == "up", "`{id}` went {way} twice: {marks:?}");
    }
    for (id, row) in &applied {
        let expected = match (*id, row.state.as_str()) {
            ("000_write_ahead_log", _) => continue,
            (_, "applied") => true,
            ("011_outside", "applying") => row.done >= 8,
            ("011_outside", "reverting") => row.done < 1,
            ("016_note", "applying") => row.done >= 4,
            ("016_note", "reverting") => row.done < 1,
            other => panic!("{other:?} runs in a transaction"),
        };
        assert_eq!(
            up.remove(id).unwrap_or(false),
            expected,
            "{row:?}: {marks:?}"
        );
    }
    let left: Vec<_> = up.iter().filter(|(_, up)| **up).collect();
    assert!(left.is_empty(), "not in the history: {left:?}");
    // The second statement of a mark outside a transaction is a step of its own.
    let late = |step: i64, state: &str, id: &str| {
        applied
            .get(id)
            .is_some_and(|row| row.state == state && row.done == step)
    };
    let late_up = late(8, "applying", "011_outside") || late(4, "applying", "016_note");
    let late_down = late(1, "reverting", "011_outside") || late(1, "reverting", "016_note");
    for (way, late) in [("up", late_up), ("down", late_down)] {
        let marks = marks.iter().filter(|(_, of)| of == way).count() as i64;
        assert_eq!(
            counter(connection, way),
            marks - i64::from(late),
            "the counter `{way}`"
        );
    }
    let filled = applied.keys().filter(|id| id.ends_with("_fill")).count() as i64;
    assert_eq!(
        counter(connection, "filled"),
        filled,
        "the counter `filled`"
    );
}

/// Every statement of `011_outside` has run exactly as often as its row says.
fn outside_agrees(connection: &Connection, history: &[Row]) {
    if !has(connection, "counter") {
        return;
    }
    let row = history.iter().find(|row| row.id == "011_outside");
    let (exists, steps, sum) = match row.map(|row| (row.state.as_str(), row.done)) {
        None => (false, vec![], 0),
        Some(("applying", done)) => (
            done >= 1,
            [2, 5].into_iter().filter(|step| *step <= done).collect(),
            if done >= 7 { 4 } else { i64::from(done >= 3) },
        ),
        Some(("reverting", done)) => (done < 5, vec![2, 5], if done >= 3 { 0 } else { 4 }),
        Some(_) => (true, vec![2, 5], 4),
    };
    assert_eq!(counter(connection, "outside"), sum, "{row:?}");
    assert_eq!(has(connection, "outside"), exists, "{row:?}");
    if exists {
        let mut statement = connection
            .prepare("SELECT step FROM outside ORDER BY step")
            .unwrap();
        let found: Vec<i64> = statement
            .query_map([], |row| row.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        assert_eq!(found, steps, "{row:?}");
    }
}

/// The same of `016_note`. Whether its Rust step is done is only open where it was begun and not confirmed; that
/// it is, is told.
fn note_agrees(connection: &Connection, history: &[Row]) -> bool {
    let row = history.iter().find(|row| row.id == "016_note");
    let notes = has(connection, "note").then(|| count(connection, "SELECT count(*) FROM note"));
    let (state, done, begun) = match row {
        Some(row) => (row.state.as_str(), row.done, row.begun),
        None => ("", 0, 0),
    };
    let (expected, undone, sum) = match (state, done) {
        ("", _) => (None, None, 0),
        ("applying", 0) => (None, None, 0),
        ("applying", 1) if begun == 2 => (Some(1), Some(0), 0),
        ("applying", 1) => (Some(0), Some(0), 0),
        ("applying", _) => (Some(1), Some(1), i64::from(done >= 3)),
        ("reverting", 2) if begun == 3 => (Some(0), Some(1), 1),
        ("reverting", 0..=2) => (Some(1), Some(1), 1),
        ("reverting", 5..) => (None, None, 0),
        ("reverting", _) => (Some(0), Some(0), i64::from(done < 4)),
        _ => (Some(1), Some(1), 1),
    };
    assert!(
        notes == expected || notes == undone,
        "{row:?}: {notes:?} notes"
    );
    if has(connection, "counter") {
        assert_eq!(counter(connection, "note"), sum, "{row:?}");
    }
    begun > done && notes == expected
}

fn counter(connection: &Connection, name: &str) -> i64 {
    connection
        .query_row("SELECT n FROM counter WHERE name = ?1", [name], |row| {
            row.get(0)
        })
        .unwrap()
}

fn count(connection: &Connection, sql: &str) -> i64 {
    connection.query_row(sql, [], |row| row.get(0)).unwrap()
}

fn has(connection: &Connection, table: &str) -> bool {
    let sql = "SELECT count(*) FROM sqlite_schema WHERE name = ?1";
    connection
        .query_row(sql, [table], |row| row.get::<_, i64>(0))
        .unwrap()
        > 0
}

/// The schema, and every row of every table, but for what may differ between two runs: times, and how many runs
/// it took.
pub(crate) fn dump(connection: &Connection) -> String {
    let schema = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name";
    let mut text = rows(connection, schema).join("\n");
    let tables =
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' ORDER BY name";
    let mut statement = connection.prepare(tables).unwrap();
    let names: Vec<String> = statement
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    for name in names.iter().filter(|name| *name != "sqlite_schema") {
        let columns = if name == "_migrations" {
            "seq, set_name, id, description, checksum, body_checksum, state, steps, steps_done, steps_begun, error, environment"
        } else {
            "*"
        };
        let mut rows = rows(connection, &format!("SELECT {columns} FROM \"{name}\""));
        rows.sort_unstable();
        text.push_str(&format!("\n-- {name}\n{}", rows.join("\n")));
    }
    text
}

fn rows(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(sql).unwrap();
    let columns = statement.column_count();
    let row = statement.query_map([], |row| {
        let value = |at| match row.get_ref(at)? {
            ValueRef::Text(text) => Ok(String::from_utf8_lossy(text).into_owned()),
            other => Ok(format!("{other:?}")),
        };
        Ok((0..columns)
            .map(value)
            .collect::<Result<Vec<_>, rusqlite::Error>>()?
            .join("|"))
    });
    row.unwrap().collect::<Result<_, _>>().unwrap()
}
