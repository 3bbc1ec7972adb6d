//! Statements and results as rqlite has them in JSON.

use serde_json::{Value as Json, json};

use crate::drivers::record::{Cells, Value};

use super::http::{Cluster, Failed, Question};

/// A statement with its values.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Statement(Json);

impl Statement {
    /// Without values it is sent as a text: rqlite takes several statements in one then, as a trigger's text may look.
    pub(super) fn new(sql: &str, values: Vec<Json>) -> Self {
        if values.is_empty() {
            return Self(json!(sql));
        }
        let mut parts = vec![json!(sql)];
        parts.extend(values);
        Self(Json::Array(parts))
    }

    pub(super) fn plain(sql: &str) -> Self {
        Self::new(sql, Vec::new())
    }

    pub(super) fn of_record(sql: &str, values: &[Value<'_>]) -> Self {
        let values = values.iter().map(|value| match value {
            Value::Text(text) => json!(text.as_deref()),
            Value::Integer(number) => json!(number),
        });
        Self::new(sql, values.collect())
    }
}

/// What became of one statement.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Outcome {
    Rows(Vec<Vec<Json>>),
    Error(String),
}

/// Reads as the database is now: the question goes through the log, behind everything that was sent before.
pub(super) fn query(cluster: &Cluster, statements: &[Statement]) -> Result<Vec<Outcome>, Failed> {
    read(cluster, "/db/query?level=strong", statements)
}

/// Reads what the leader has, without asking the others: good enough to see whether something moves.
pub(super) fn glance(cluster: &Cluster, statements: &[Statement]) -> Result<Vec<Outcome>, Failed> {
    read(cluster, "/db/query?level=weak", statements)
}

fn read(
    cluster: &Cluster,
    path: &'static str,
    statements: &[Statement],
) -> Result<Vec<Outcome>, Failed> {
    ask(cluster, path, statements, true)
}

/// How a change is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// All statements or none.
    Together,
    /// The same, with a value that the node computes once in the place of `random()` and its like.
    TogetherComputed,
    /// Without a transaction.
    Alone,
}

pub(super) fn change(
    cluster: &Cluster,
    mode: Mode,
    statements: &[Statement],
) -> Result<Vec<Outcome>, Failed> {
    let path = match mode {
        Mode::Together => "/db/execute?transaction&norwrandom&norwtime",
        Mode::TogetherComputed => "/db/execute?transaction",
        Mode::Alone => "/db/execute?norwrandom&norwtime",
    };
    ask(cluster, path, statements, false)
}

/// A small change that does no harm twice, and has to be answered soon.
pub(super) fn touch(cluster: &Cluster, statement: Statement) -> Result<Vec<Outcome>, Failed> {
    ask(
        cluster,
        "/db/execute?transaction&norwrandom&norwtime",
        &[statement],
        true,
    )
}

fn ask(
    cluster: &Cluster,
    path: &'static str,
    statements: &[Statement],
    reads: bool,
) -> Result<Vec<Outcome>, Failed> {
    let all: Vec<&Json> = statements.iter().map(|Statement(json)| json).collect();
    let question = Question {
        path,
        body: json!(all).to_string(),
        reads,
    };
    let answer = cluster.ask(&question)?;
    let results = answer.get("results").and_then(Json::as_array);
    let outcomes: Vec<Outcome> = results.into_iter().flatten().map(outcome).collect();
    let failed = outcomes
        .iter()
        .any(|outcome| matches!(outcome, Outcome::Error(_)));
    if outcomes.len() < statements.len() && !failed {
        let text = format!("{}: the answer is not whole", cluster.name());
        return Err(Failed::Lost(text));
    }
    Ok(outcomes)
}

fn outcome(result: &Json) -> Outcome {
    if let Some(text) = result.get("error").and_then(Json::as_str) {
        return Outcome::Error(text.to_owned());
    }
    let rows = result.get("values").and_then(Json::as_array);
    let rows = rows.into_iter().flatten();
    Outcome::Rows(rows.filter_map(|row| row.as_array().cloned()).collect())
}

/// A row of a result.
pub(super) struct Row<'r>(pub(super) &'r [Json]);

impl Cells for Row<'_> {
    fn text(&self, at: usize) -> Result<Option<&str>, String> {
        match self.0.get(at) {
            Some(Json::String(text)) => Ok(Some(text)),
            Some(Json::Null) => Ok(None),
            Some(other) => Err(format!("{other} in place of a text")),
            None => Err("nothing".to_owned()),
        }
    }

    fn integer(&self, at: usize) -> Result<Option<i64>, String> {
        match self.0.get(at) {
            Some(Json::Null) => Ok(None),
            Some(value) => match value.as_i64() {
                Some(number) => Ok(Some(number)),
                None => Err(format!("{value} in place of a number")),
            },
            None => Err("nothing".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_texts_or_lists() {
        let text = |statement: Statement| statement.0.to_string();
        assert_eq!(text(Statement::plain("SELECT '\"'")), r#""SELECT '\"'""#);
        let values = [Value::Text(None), Value::Integer(Some(-1))];
        assert_eq!(
            text(Statement::of_record("SELECT ?, ?", &values)),
            r#"["SELECT ?, ?",null,-1]"#
        );
    }

    #[test]
    fn results_are_rows_or_errors() {
        let of = |text: &str| outcome(&serde_json::from_str(text).unwrap());
        assert_eq!(of("{}"), Outcome::Rows(Vec::new()));
        assert_eq!(
            of(r#"{"columns":["a"],"values":[[1]]}"#),
            Outcome::Rows(vec![vec![json!(1)]])
        );
        assert_eq!(
            of(r#"{"error":"no such table: t"}"#),
            Outcome::Error("no such table: t".to_owned())
        );
    }

    #[test]
    fn cells_say_what_is_wrong() {
        let row = [json!(1), json!("a"), Json::Null, json!(1.5)];
        let row = Row(&row);
        assert_eq!(row.integer(0), Ok(Some(1)));
        assert_eq!(row.text(1), Ok(Some("a")));
        assert_eq!((row.text(2), row.integer(2)), (Ok(None), Ok(None)));
        assert_eq!(row.integer(3), Err("1.5 in place of a number".to_owned()));
        assert_eq!(row.text(0), Err("1 in place of a text".to_owned()));
        assert!(row.integer(4).is_err() && row.text(4).is_err());
    }
}
