//! The rows of the history, as every database has them: what is read from one, and what a change writes.

use std::{borrow::Cow, sync::Arc};

use crate::{
    history::{Applied, Change, History, NewRow, Progress, Row},
    registry::Registry,
};

/// What every start reads, in the order in which [`Reader`] takes it.
pub(crate) const COLUMNS: &str = "seq, set_name, id, checksum, body_checksum, batch, state, steps_done, steps_begun, environment, step_before";
/// What is only shown, behind [`COLUMNS`].
pub(crate) const MORE_COLUMNS: &str =
    "description, applied_at, duration_ms, steps, error, applied_by, program_version";

/// A row as a database gives it, by the places of its columns from 0. The errors say what is wrong with the value.
pub(crate) trait Cells {
    fn text(&self, at: usize) -> Result<Option<&str>, String>;
    fn integer(&self, at: usize) -> Result<Option<i64>, String>;
}

/// Takes the rows, in ascending `seq`.
pub(crate) struct Reader<'r> {
    /// What the program has, which is mostly what the history has.
    registry: &'r Registry,
    /// The migration of the program that is expected next.
    next: usize,
    rows: Vec<Row>,
    applied: Option<Vec<Applied>>,
}

impl<'r> Reader<'r> {
    /// For rows of [`COLUMNS`].
    pub(crate) fn new(registry: &'r Registry) -> Self {
        Self {
            registry,
            next: 0,
            rows: Vec::with_capacity(registry.len()),
            applied: None,
        }
    }

    /// For rows of [`COLUMNS`] and [`MORE_COLUMNS`].
    pub(crate) fn whole(registry: &'r Registry) -> Self {
        Self {
            applied: Some(Vec::new()),
            ..Self::new(registry)
        }
    }

    pub(crate) fn take(&mut self, cells: &impl Cells) -> Result<(), String> {
        let cells = Named { cells, seq: None };
        let seq = cells.integer(0)?;
        if !(0..=MOST).contains(&seq) {
            return Err(format!("the number {seq} of a row is out of range"));
        }
        let cells = Named {
            seq: Some(seq),
            ..cells
        };
        let row = self.row(seq, &cells)?;
        if let Some(applied) = &mut self.applied {
            applied.push(whole_row(&row, &cells)?);
        }
        self.rows.push(row);
        Ok(())
    }

    fn row<C: Cells>(&mut self, seq: i64, cells: &Named<'_, C>) -> Result<Row, String> {
        let progress = match cells.text(6)? {
            "applied" => Progress::Applied,
            state => progress(seq, state, cells.integer(7)?, cells.integer(8)?)?,
        };
        let batch = cells.integer(5)?;
        if !(0..=MOST).contains(&batch) {
            return Err(format!("row {seq} has the batch {batch}"));
        }
        let (id, checksum) = self.expected(cells.text(2)?, cells.text(3)?);
        // Most rows repeat the set and the environment of the one before.
        let shared = |text: &str, before: Option<&Arc<str>>| match before {
            Some(before) if &**before == text => Arc::clone(before),
            _ => Arc::from(text),
        };
        let last = self.rows.last();
        Ok(Row {
            seq,
            set: shared(cells.text(1)?, last.map(|row| &row.set)),
            id,
            checksum,
            body: cells.some_text(4)?,
            batch,
            progress,
            environment: shared(cells.text(9)?, last.map(|row| &row.environment)),
            before: cells.some_text(10)?,
        })
    }

    /// The id and the checksum, borrowed where the next few migrations of the program have them.
    fn expected(&mut self, id: &str, checksum: &str) -> (Cow<'static, str>, Cow<'static, str>) {
        let mut near = self.registry.iter().enumerate().skip(self.next).take(4);
        let found = near.find_map(|(at, one)| {
            let known = one.id().as_static().filter(|known| *known == id)?;
            Some((at, known, one.known_checksum()))
        });
        let Some((at, id, known)) = found else {
            return (Cow::Owned(id.to_owned()), Cow::Owned(checksum.to_owned()));
        };
        self.next = at + 1;
        let checksum = match known {
            Some(same) if same == checksum => Cow::Borrowed(same),
            _ => Cow::Owned(checksum.to_owned()),
        };
        (Cow::Borrowed(id), checksum)
    }

    /// The history, and all columns where they were asked for.
    pub(crate) fn finish(self) -> (History, Vec<Applied>) {
        (History::new(self.rows), self.applied.unwrap_or_default())
    }
}

/// Says in an error which row it is.
struct Named<'a, C> {
    cells: &'a C,
    seq: Option<i64>,
}

impl<C: Cells> Named<'_, C> {
    fn fault(&self, at: usize, what: &str) -> String {
        let name = COLUMNS.split(", ").chain(MORE_COLUMNS.split(", ")).nth(at);
        let name = name.unwrap_or_default();
        match self.seq {
            Some(seq) => format!("row {seq}: {what} in the column `{name}`"),
            None => format!("{what} in the column `{name}`"),
        }
    }

    fn text(&self, at: usize) -> Result<&str, String> {
        let text = self.cells.text(at).map_err(|what| self.fault(at, &what))?;
        text.ok_or_else(|| self.fault(at, "nothing"))
    }

    fn some_text(&self, at: usize) -> Result<Option<String>, String> {
        let text = self.cells.text(at).map_err(|what| self.fault(at, &what))?;
        Ok(text.map(str::to_owned))
    }

    fn integer(&self, at: usize) -> Result<i64, String> {
        let number = self
            .cells
            .integer(at)
            .map_err(|what| self.fault(at, &what))?;
        number.ok_or_else(|| self.fault(at, "nothing"))
    }
}

fn whole_row<C: Cells>(lean: &Row, cells: &Named<'_, C>) -> Result<Applied, String> {
    Ok(Applied {
        seq: lean.seq,
        set: lean.set.to_string(),
        id: lean.id.to_string(),
        description: cells.text(11)?.to_owned(),
        checksum: lean.checksum.to_string(),
        batch: lean.batch,
        progress: lean.progress,
        applied_at: cells.text(12)?.to_owned(),
        duration_ms: cells.integer(13)?,
        steps: u32::try_from(cells.integer(14)?)
            .map_err(|_| cells.fault(14, "a number out of range"))?,
        error: cells.some_text(15)?,
        environment: lean.environment.to_string(),
        applied_by: cells.text(16)?.to_owned(),
        program_version: cells.text(17)?.to_owned(),
    })
}

/// The highest number of a row, and of a batch, that can be: from there on is still room to count.
const MOST: i64 = 1 << 53;
/// The most steps that a migration can have.
const MOST_STEPS: i64 = 1_000_000_000;

fn columns(progress: Progress) -> (&'static str, u32, u32) {
    match progress {
        Progress::Applied => ("applied", 0, 0),
        Progress::Applying { done, begun } => ("applying", done, begun),
        Progress::Reverting { done, begun } => ("reverting", done, begun),
    }
}

fn progress(seq: i64, state: &str, done: i64, begun: i64) -> Result<Progress, String> {
    let count = |value: i64| match u32::try_from(value) {
        Ok(count) if i64::from(count) <= MOST_STEPS => Ok(count),
        _ => Err(format!("row {seq} has the step {value}")),
    };
    let (done, begun) = (count(done)?, count(begun)?);
    match state {
        "applied" => Ok(Progress::Applied),
        "applying" => Ok(Progress::Applying { done, begun }),
        "reverting" => Ok(Progress::Reverting { done, begun }),
        other => Err(format!("row {seq} has the state {other:?}")),
    }
}

/// A value of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    Text(Option<Cow<'a, str>>),
    Integer(Option<i64>),
}

impl<'a> Value<'a> {
    fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(Some(text.into()))
    }

    fn some(text: Option<&'a str>) -> Self {
        Self::Text(text.map(Cow::Borrowed))
    }

    fn number(number: impl Into<i64>) -> Self {
        Self::Integer(Some(number.into()))
    }
}

/// The statement that writes a change, with its values in the order of their places in the text. One row is changed, or
/// the history is not what it was taken for.
pub(crate) fn statement<'c>(
    change: &'c Change,
    table: &str,
    place: fn(usize) -> Cow<'static, str>,
) -> (String, Vec<Value<'c>>) {
    let (sets, values) = match change {
        Change::Insert(new) => return insert(new, table, place),
        Change::Delete { seq } => {
            let sql = format!("DELETE FROM {table} WHERE seq = {}", place(1));
            return (sql, vec![Value::number(*seq)]);
        }
        Change::Progress {
            progress,
            before,
            error,
            ..
        } => {
            let (state, done, begun) = columns(*progress);
            let values = vec![
                Value::text(state),
                Value::number(done),
                Value::number(begun),
                Value::some(before.as_deref()),
                Value::some(error.as_deref()),
            ];
            let sets = ["state", "steps_done", "steps_begun", "step_before", "error"];
            (sets.to_vec(), values)
        }
        Change::Finish {
            checksum,
            body,
            duration_ms,
            ..
        } => {
            let mut sets = vec!["state", "error", "step_before", "checksum", "body_checksum"];
            let mut values = vec![
                Value::text("applied"),
                Value::Text(None),
                Value::Text(None),
                Value::text(&**checksum),
                Value::some(body.as_deref()),
            ];
            if let Some(duration) = duration_ms {
                sets.push("duration_ms");
                values.push(Value::number(*duration));
            }
            (sets, values)
        }
        Change::Rename { set, id, .. } => (
            vec!["set_name", "id"],
            vec![Value::text(&**set), Value::text(&**id)],
        ),
    };
    update(change.seq(), table, &sets, values, place)
}

fn update<'c>(
    seq: i64,
    table: &str,
    sets: &[&str],
    mut values: Vec<Value<'c>>,
    place: fn(usize) -> Cow<'static, str>,
) -> (String, Vec<Value<'c>>) {
    let list: Vec<String> = sets
        .iter()
        .zip(1..)
        .map(|(column, at)| format!("{column} = {}", place(at)))
        .collect();
    values.push(Value::number(seq));
    let sql = format!(
        "UPDATE {table} SET {} WHERE seq = {}",
        list.join(", "),
        place(values.len())
    );
    (sql, values)
}

fn insert<'c>(
    new: &'c NewRow,
    table: &str,
    place: fn(usize) -> Cow<'static, str>,
) -> (String, Vec<Value<'c>>) {
    let (state, done, begun) = columns(new.row.progress);
    let done = match new.row.progress {
        Progress::Applied => new.steps,
        _ => done,
    };
    let down = new.down.as_ref().map(|down| down.join(";\n"));
    let values = vec![
        Value::number(new.row.seq),
        Value::text(&*new.row.set),
        Value::text(&*new.row.id),
        Value::text(&*new.row.checksum),
        Value::some(new.row.body.as_deref()),
        Value::number(new.row.batch),
        Value::text(state),
        Value::number(done),
        Value::number(begun.max(done)),
        Value::text(&*new.row.environment),
        Value::some(new.row.before.as_deref()),
        Value::text(&*new.description),
        Value::text(&*new.applied_at),
        Value::number(new.duration_ms),
        Value::number(new.steps),
        Value::Text(None),
        Value::text(&*new.applied_by),
        Value::text(&*new.program_version),
        Value::Text(down.map(Cow::Owned)),
    ];
    let places: Vec<_> = (1..=values.len()).map(place).collect();
    let sql = format!(
        "INSERT INTO {table} ({COLUMNS}, {MORE_COLUMNS}, down) VALUES ({})",
        places.join(", ")
    );
    (sql, values)
}
