//! The builder steps, read from their tokens and made by the builders themselves.
//!
//! A call is understood as a whole or not at all: one method or argument that is not plain, and nothing is said of it.

use super::{conditions::parts, lexer::Tokens};
use crate::{
    builder::{ColumnBuilder, IndexBuilder, RebuildBuilder, TableBuilder},
    model::{Action, Change, ColumnType, Literal},
};

/// What a method of the steps does with the arguments between these tokens.
pub(super) fn change(
    tokens: &Tokens<'_>,
    method: &str,
    start: usize,
    end: usize,
) -> Option<Change> {
    let arguments = Arguments::new(tokens, start, end);
    let text = |index| arguments.text(index);
    let last = |index| arguments.last_text(index);
    Some(match method {
        "create_table" => {
            let (name, closure) = (text(0)?, arguments.closure(1)?);
            let mut understood = None;
            let change = Change::create_table(name, |t| understood = table(&closure, t));
            understood.map(|()| change)?
        }
        "rebuild_table" => {
            let (name, closure) = (text(0)?, arguments.closure(1)?);
            let mut understood = None;
            let change = Change::rebuild_table(name, |t| understood = rebuild(&closure, t));
            understood.map(|()| change)?
        }
        "create_index" => {
            let (name, on) = (text(0)?, text(1)?);
            let parts = index(&arguments.closure(2)?)?;
            Change::create_index(name, on, |i| parts.into_iter().fold(i, Part::apply))
        }
        "add_column" => {
            let (table, closure) = (text(0)?, arguments.closure(1)?);
            let [calls] = <[_; 1]>::try_from(closure.statements()?).ok()?;
            let (first, rest) = calls.split_first()?;
            let (name, column_type) = beginning(first.method, &first.arguments)?;
            let said = said(rest)?;
            Change::add_column(table, |c| {
                said.into_iter()
                    .fold(c.column(name, column_type), Said::apply)
            })
        }
        "drop_table" => Change::drop_table(last(0)?),
        "drop_column" => Change::drop_column(text(0)?, last(1)?),
        "rename_table" => Change::rename_table(text(0)?, last(1)?),
        "rename_column" => Change::rename_column(text(0)?, text(1)?, last(2)?),
        "drop_index" => Change::drop_index(text(0)?, last(1)?),
        _ => return None,
    })
}

/// The arguments of a call.
struct Arguments<'a> {
    tokens: &'a Tokens<'a>,
    parts: Vec<(usize, usize)>,
}

/// `|name| { … }`
struct Closure<'a> {
    tokens: &'a Tokens<'a>,
    parameter: &'a str,
    body: (usize, usize),
}

/// `.method(…)`
struct Call<'a> {
    method: &'a str,
    arguments: Arguments<'a>,
}

impl<'a> Arguments<'a> {
    fn new(tokens: &'a Tokens<'a>, start: usize, end: usize) -> Self {
        Self {
            tokens,
            parts: parts(tokens, start, end),
        }
    }

    fn only(&self, count: usize) -> bool {
        self.parts.len() == count
    }

    /// A string literal.
    fn text(&self, index: usize) -> Option<String> {
        let (start, end) = *self.parts.get(index)?;
        text(self.tokens, start, end)
    }

    /// A string literal behind which there is nothing.
    fn last_text(&self, index: usize) -> Option<String> {
        self.only(index + 1).then(|| self.text(index))?
    }

    fn number(&self, index: usize) -> Option<u32> {
        let (start, end) = *self.parts.get(index)?;
        (end == start + 1).then(|| integer(self.tokens.text(start))?.try_into().ok())?
    }

    /// `["a", "b"]`, perhaps with `&` before it, or `vec!["a"]`.
    fn texts(&self, index: usize) -> Option<Vec<String>> {
        let (mut start, end) = *self.parts.get(index)?;
        let tokens = self.tokens;
        if tokens.is(start, "&") {
            start += 1;
        } else if tokens.is(start, "vec") && tokens.is(start + 1, "!") {
            start += 2;
        }
        let close = tokens.group(start, "[").filter(|close| close + 1 == end)?;
        let parts = parts(tokens, start + 1, close);
        let texts = parts.iter().map(|(from, to)| text(tokens, *from, *to));
        texts.collect()
    }

    fn closure(&self, index: usize) -> Option<Closure<'a>> {
        if !self.only(index + 1) {
            return None;
        }
        let (start, end) = *self.parts.get(index)?;
        let tokens = self.tokens;
        let parameter = tokens.word(start + 1)?;
        if !tokens.is(start, "|") || !tokens.is(start + 2, "|") {
            return None;
        }
        let body = match tokens.group(start + 3, "{") {
            Some(close) if close + 1 == end => (start + 4, close),
            _ => (start + 3, end),
        };
        Some(Closure {
            tokens,
            parameter,
            body,
        })
    }

    fn action(&self) -> Option<Action> {
        let (start, end) = *self.parts.first().filter(|_| self.only(1))?;
        Some(match path(self.tokens, start, end, "Action")? {
            "NoAction" => Action::NoAction,
            "Restrict" => Action::Restrict,
            "Cascade" => Action::Cascade,
            "SetNull" => Action::SetNull,
            "SetDefault" => Action::SetDefault,
            _ => return None,
        })
    }

    fn literal(&self) -> Option<Literal> {
        let (start, end) = *self.parts.first().filter(|_| self.only(1))?;
        let tokens = self.tokens;
        if let Some(text) = text(tokens, start, end) {
            return Some(text.into());
        }
        if tokens.is(start, "None") {
            return Some(Literal::Null);
        }
        let negative = tokens.is(start, "-");
        let at = start + usize::from(negative);
        if at + 1 != end {
            return None;
        }
        match tokens.text(at) {
            "true" if !negative => Some(true.into()),
            "false" if !negative => Some(false.into()),
            number => {
                let sign = |text: &str| format!("{}{text}", if negative { "-" } else { "" });
                match integer(number) {
                    Some(value) => Some((if negative { -value } else { value }).into()),
                    None => {
                        let plain = number.replace('_', "");
                        let value = sign(plain.trim_end_matches("f64")).parse::<f64>().ok()?;
                        Some(value.into())
                    }
                }
            }
        }
    }

    fn column_type(&self, index: usize) -> Option<ColumnType> {
        let (start, end) = *self.parts.get(index)?;
        let tokens = self.tokens;
        let open = (start..end).find(|at| tokens.close(*at).is_some());
        let (path_end, inner) = match open {
            Some(open) if tokens.group(open, "(") == Some(end - 1) => {
                (open, Some(Arguments::new(tokens, open + 1, end - 1)))
            }
            Some(_) => return None,
            None => (end, None),
        };
        let name = path(tokens, start, path_end, "ColumnType")?;
        Some(match (name, inner) {
            ("SmallInteger", None) => ColumnType::SmallInteger,
            ("Integer", None) => ColumnType::Integer,
            ("BigInteger", None) => ColumnType::BigInteger,
            ("Double", None) => ColumnType::Double,
            ("Boolean", None) => ColumnType::Boolean,
            ("Text", None) => ColumnType::Text,
            ("Date", None) => ColumnType::Date,
            ("Time", None) => ColumnType::Time,
            ("Timestamp", None) => ColumnType::Timestamp,
            ("TimestampTz", None) => ColumnType::TimestampTz,
            ("Json", None) => ColumnType::Json,
            ("Uuid", None) => ColumnType::Uuid,
            ("Blob", None) => ColumnType::Blob,
            ("custom", Some(inner)) => ColumnType::custom(inner.last_text(0)?),
            _ => return None,
        })
    }
}

/// `"text"`, perhaps with a conversion behind it.
fn text(tokens: &Tokens<'_>, start: usize, end: usize) -> Option<String> {
    let text = tokens.string(start)?.into_owned();
    (end == start + 1 || is_conversion(tokens, start + 1, end)).then_some(text)
}

fn is_conversion(tokens: &Tokens<'_>, start: usize, end: usize) -> bool {
    tokens.is(start, ".")
        && matches!(
            tokens.word(start + 1),
            Some("into" | "to_owned" | "to_string")
        )
        && tokens.group(start + 2, "(") == Some(start + 3)
        && end == start + 4
}

fn integer(text: &str) -> Option<i64> {
    let plain = text.replace('_', "");
    let digits = plain.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let digits = match plain.strip_prefix(digits)? {
        "" | "i32" | "i64" | "u32" => digits,
        _ => {
            let digits = plain.strip_suffix("i32").or(plain.strip_suffix("i64"));
            digits.or(plain.strip_suffix("u32"))?
        }
    };
    digits.parse().ok()
}

/// The last word of a path whose last but one is `of`.
fn path<'a>(tokens: &'a Tokens<'_>, start: usize, end: usize, of: &str) -> Option<&'a str> {
    let at = end.checked_sub(4).filter(|at| *at >= start)?;
    let is_path = tokens.is(at, of) && tokens.is(at + 1, ":") && tokens.is(at + 2, ":");
    let before = (start..at).all(|at| tokens.word(at).is_some() || tokens.is(at, ":"));
    (is_path && before).then(|| tokens.word(end - 1))?
}

impl<'a> Closure<'a> {
    /// The statements of the body, each a chain of calls on the parameter.
    fn statements(&self) -> Option<Vec<Vec<Call<'a>>>> {
        let (start, end) = self.body;
        let mut statements = Vec::new();
        let mut at = start;
        while at < end {
            if self.tokens.is(at, ";") {
                at += 1;
                continue;
            }
            let (calls, next) = self.chain(at, end)?;
            statements.push(calls);
            at = next;
        }
        Some(statements)
    }

    /// `t.method(…).method(…)`, and the index behind it.
    fn chain(&self, start: usize, end: usize) -> Option<(Vec<Call<'a>>, usize)> {
        let tokens = self.tokens;
        if !tokens.is(start, self.parameter) {
            return None;
        }
        let mut calls = Vec::new();
        let mut at = start + 1;
        while at < end && !tokens.is(at, ";") {
            let method = tokens.word(at + 1).filter(|_| tokens.is(at, "."))?;
            let close = tokens.group(at + 2, "(")?;
            calls.push(Call {
                method,
                arguments: Arguments::new(tokens, at + 3, close),
            });
            at = close + 1;
        }
        Some((calls, at))
    }
}

fn table(closure: &Closure<'_>, t: &mut TableBuilder) -> Option<()> {
    (closure.statements()?.iter()).try_for_each(|calls| table_part(calls, t))
}

/// A table that is made again.
fn rebuild(closure: &Closure<'_>, t: &mut RebuildBuilder) -> Option<()> {
    for calls in closure.statements()? {
        let (first, rest) = calls.split_first()?;
        let arguments = &first.arguments;
        match first.method {
            "copy" if rest.is_empty() => t.copy(arguments.text(0)?, arguments.last_text(1)?),
            "keep" if rest.is_empty() => t.keep(arguments.last_text(0)?),
            "strict" if rest.is_empty() && arguments.only(0) => t.strict(),
            "without_rowid" if rest.is_empty() && arguments.only(0) => t.without_rowid(),
            _ => table_part(&calls, t)?,
        }
    }
    Some(())
}

/// One statement on a table.
fn table_part(calls: &[Call<'_>], t: &mut TableBuilder) -> Option<()> {
    let (first, rest) = calls.split_first()?;
    let arguments = &first.arguments;
    match first.method {
        "timestamps" if arguments.only(0) && rest.is_empty() => t.timestamps(),
        "primary_key" if arguments.only(1) && rest.is_empty() => {
            t.primary_key(arguments.texts(0)?);
        }
        "check" if rest.is_empty() => t.check(arguments.text(0)?, arguments.last_text(1)?),
        "unique" if arguments.only(1) => {
            let mut unique = t.unique(arguments.texts(0)?);
            for call in rest {
                match call.method {
                    "named" => unique = unique.named(call.arguments.last_text(0)?),
                    _ => return None,
                }
            }
        }
        "foreign_key" if arguments.only(3) => {
            let (columns, to) = (arguments.texts(0)?, arguments.text(1)?);
            let mut key = t.foreign_key(columns, to, arguments.texts(2)?);
            for call in rest {
                let arguments = &call.arguments;
                key = match call.method {
                    "named" => key.named(arguments.last_text(0)?),
                    "on_delete" => key.on_delete(arguments.action()?),
                    "on_update" => key.on_update(arguments.action()?),
                    _ => return None,
                };
            }
        }
        "id" if arguments.only(0) => {
            said(rest)?.into_iter().fold(t.id(), Said::apply);
        }
        "big_id" if arguments.only(0) => {
            said(rest)?.into_iter().fold(t.big_id(), Said::apply);
        }
        method => {
            let (name, column_type) = beginning(method, arguments)?;
            let column = t.column(name, column_type);
            said(rest)?.into_iter().fold(column, Said::apply);
        }
    }
    Some(())
}

/// The method that begins a column: its name and type.
fn beginning(method: &str, arguments: &Arguments<'_>) -> Option<(String, ColumnType)> {
    let name = arguments.text(0)?;
    let (count, column_type) = match method {
        "column" => (2, arguments.column_type(1)?),
        "smallint" => (1, ColumnType::SmallInteger),
        "integer" => (1, ColumnType::Integer),
        "bigint" => (1, ColumnType::BigInteger),
        "double" => (1, ColumnType::Double),
        "decimal" => {
            let digits = (arguments.number(1)?, arguments.number(2)?);
            (3, ColumnType::Decimal(Some(digits)))
        }
        "boolean" => (1, ColumnType::Boolean),
        "string" => (2, ColumnType::String(Some(arguments.number(1)?))),
        "text" => (1, ColumnType::Text),
        "date" => (1, ColumnType::Date),
        "time" => (1, ColumnType::Time),
        "timestamp" => (1, ColumnType::Timestamp),
        "timestamptz" => (1, ColumnType::TimestampTz),
        "json" => (1, ColumnType::Json),
        "uuid" => (1, ColumnType::Uuid),
        "blob" => (1, ColumnType::Blob),
        _ => return None,
    };
    arguments.only(count).then_some((name, column_type))
}

/// What is said of a column behind its name and type.
enum Said {
    NotNull,
    Unique,
    PrimaryKey,
    AutoIncrement,
    DefaultNow,
    Default(Literal),
    DefaultExpression(String),
    Check(String),
    References(String, String),
    OnDelete(Action),
    OnUpdate(Action),
}

fn said(calls: &[Call<'_>]) -> Option<Vec<Said>> {
    let one = |call: &Call<'_>| {
        let arguments = &call.arguments;
        let bare = arguments.only(0);
        Some(match call.method {
            "not_null" if bare => Said::NotNull,
            "unique" if bare => Said::Unique,
            "primary_key" if bare => Said::PrimaryKey,
            "auto_increment" if bare => Said::AutoIncrement,
            "default_now" if bare => Said::DefaultNow,
            "default" => Said::Default(arguments.literal()?),
            "default_expression" => Said::DefaultExpression(arguments.last_text(0)?),
            "check" => Said::Check(arguments.last_text(0)?),
            "references" => Said::References(arguments.text(0)?, arguments.last_text(1)?),
            "on_delete" => Said::OnDelete(arguments.action()?),
            "on_update" => Said::OnUpdate(arguments.action()?),
            _ => return None,
        })
    };
    calls.iter().map(one).collect()
}

impl Said {
    fn apply(column: ColumnBuilder<'_>, said: Self) -> ColumnBuilder<'_> {
        match said {
            Self::NotNull => column.not_null(),
            Self::Unique => column.unique(),
            Self::PrimaryKey => column.primary_key(),
            Self::AutoIncrement => column.auto_increment(),
            Self::DefaultNow => column.default_now(),
            Self::Default(value) => column.default(value),
            Self::DefaultExpression(expression) => column.default_expression(expression),
            Self::Check(expression) => column.check(expression),
            Self::References(table, key) => column.references(table, key),
            Self::OnDelete(action) => column.on_delete(action),
            Self::OnUpdate(action) => column.on_update(action),
        }
    }
}

/// What is said of an index.
enum Part {
    Column(String),
    Columns(Vec<String>),
    Descending(String),
    Expression(String),
    DescendingExpression(String),
    Unique,
    Filter(String),
}

fn index(closure: &Closure<'_>) -> Option<Vec<Part>> {
    let [calls] = <[_; 1]>::try_from(closure.statements()?).ok()?;
    let one = |call: &Call<'_>| {
        let arguments = &call.arguments;
        Some(match call.method {
            "column" => Part::Column(arguments.last_text(0)?),
            "columns" if arguments.only(1) => Part::Columns(arguments.texts(0)?),
            "descending" => Part::Descending(arguments.last_text(0)?),
            "expression" => Part::Expression(arguments.last_text(0)?),
            "descending_expression" => Part::DescendingExpression(arguments.last_text(0)?),
            "unique" if arguments.only(0) => Part::Unique,
            "filter" => Part::Filter(arguments.last_text(0)?),
            _ => return None,
        })
    };
    calls.iter().map(one).collect()
}

impl Part {
    fn apply(index: IndexBuilder, part: Self) -> IndexBuilder {
        match part {
            Self::Column(name) => index.column(name),
            Self::Columns(names) => index.columns(names),
            Self::Descending(name) => index.descending(name),
            Self::Expression(text) => index.expression(text),
            Self::DescendingExpression(text) => index.descending_expression(text),
            Self::Unique => index.unique(),
            Self::Filter(condition) => index.filter(condition),
        }
    }
}
