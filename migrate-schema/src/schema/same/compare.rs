//! Whether two expressions or queries are the same, in the form that [`super::parse`] gives them.

use std::collections::BTreeSet;

use super::{
    Same,
    node::{Head, Node},
    normal, text, types,
};
use crate::Dialect;

/// What two texts are compared by.
pub(super) struct Comparison<'a> {
    pub(super) dialect: Dialect,
    /// The columns of a table or view, where they are known: what `*` stands for.
    pub(super) columns: &'a dyn Fn(&str) -> Option<Vec<String>>,
}

/// Nothing is known of any table.
pub(super) fn no_columns(_table: &str) -> Option<Vec<String>> {
    None
}

impl Comparison<'_> {
    pub(super) fn nodes(&self, a: &Node, b: &Node) -> Same {
        if a == b {
            return Same::Yes;
        }
        let ((types_a, inner_a), (types_b, inner_b)) = (a.peeled(), b.peeled());
        if types_a.is_empty() && types_b.is_empty() {
            return self.inner(a, b, &[]);
        }
        let types: Vec<&str> = types_a.iter().chain(&types_b).copied().collect();
        let inner = self.inner(inner_a, inner_b, &types);
        if inner != Same::Yes {
            return inner;
        }
        self.casts(&types_a, &types_b, inner_a)
    }

    /// Casts that only one side has: an engine shows those that it makes by itself.
    fn casts(&self, a: &[&str], b: &[&str], inner: &Node) -> Same {
        let shared = a.iter().any(|a| {
            b.iter()
                .any(|b| types::data_type_of(self.dialect, a, b) != Same::No)
        });
        let is_constant = matches!(
            inner.head,
            Head::Text(_) | Head::Number(_) | Head::Boolean(_) | Head::Null | Head::Form("array")
        );
        if shared || (is_constant && (a.is_empty() || b.is_empty())) {
            return Same::Yes;
        }
        let alone: Vec<&&str> = a.iter().chain(b).collect();
        if alone.iter().all(|ty| types::is_implicit(self.dialect, ty)) {
            return Same::Yes;
        }
        if a.is_empty() || b.is_empty() || is_constant {
            return Same::Unknown;
        }
        Same::No
    }

    fn inner(&self, a: &Node, b: &Node, types: &[&str]) -> Same {
        use Head::{
            Boolean, Bytes, Call, Cast, Column, Form, Named, Nothing, Null, Number, Operator,
            Other, Output, Star, Table, Text,
        };
        match (&a.head, &b.head) {
            (Text(a), Text(b)) => text::texts(self.dialect, a, b, types),
            (Number(a), Number(b)) => Same::from(a == b),
            (Number(number), Text(text)) | (Text(text), Number(number)) => {
                self.number_and_text(number, text)
            }
            (Boolean(a), Boolean(b)) => Same::from(a == b),
            (Boolean(boolean), Text(text)) | (Text(text), Boolean(boolean)) => {
                text::boolean(text).map_or(Same::Unknown, |text| Same::from(text == *boolean))
            }
            (Boolean(boolean), Number(number)) | (Number(number), Boolean(boolean)) => {
                let value = if *boolean { "1" } else { "0" };
                if self.dialect == Dialect::Postgres {
                    Same::Unknown
                } else {
                    Same::from(number == value)
                }
            }
            (Null, Null) | (Nothing, Nothing) => Same::Yes,
            (Bytes(a), Bytes(b)) => Same::from(a == b),
            (Column(path_a, a), Column(path_b, b)) => {
                Same::from(a == b).and(self.qualifiers(path_a, path_b))
            }
            (Call(path_a, name_a), Call(path_b, name_b)) => {
                let names = if name_a == name_b {
                    paths(path_a, path_b)
                } else if self.dialect == Dialect::Mysql {
                    Same::Unknown
                } else {
                    Same::No
                };
                // The text in `nextval('s')` is a name.
                let named = ["nextval", "currval", "setval"].contains(&name_a.as_str());
                names.and(self.parts(a, b, if named { &["regclass"] } else { &[] }))
            }
            (Operator(x), Operator(y)) if x == y => self.parts(a, b, &[]),
            (Operator(_), Operator(_)) => self.otherwise(a, b),
            (Form("outputs"), Form("outputs")) => self.outputs(a, b),
            (Form("select"), Form("select")) => self.selects(a, b),
            (Form(x), Form(y)) if x == y => self.parts(a, b, &[]),
            (Named(x, name_x), Named(y, name_y)) if x == y => {
                let names = match *x {
                    // An engine gives one where a name was left out.
                    "derived" if name_x.is_empty() || name_y.is_empty() => Same::Yes,
                    "derived" if name_x != name_y => Same::Unknown,
                    _ => Same::from(name_x == name_y),
                };
                names.and(self.parts(a, b, &[]))
            }
            (Output(name_x), Output(name_y)) => self.output(a, b, name_x.as_ref(), name_y.as_ref()),
            (Table(x, alias_x), Table(y, alias_y)) => {
                let tables = paths(x, y);
                // A table that is renamed keeps its old name as an alias in the views on it.
                if alias_x == alias_y {
                    tables.and(self.parts(a, b, &[]))
                } else {
                    Same::Unknown
                }
            }
            (Star(x), Star(y)) => paths(x, y),
            (Other(x), Other(y)) => Same::from(x == y),
            (Cast(_), _) | (_, Cast(_)) => Same::Unknown,
            _ => self.otherwise(a, b),
        }
    }

    /// Forms of two kinds. No engine changes which columns an expression reads.
    fn otherwise(&self, a: &Node, b: &Node) -> Same {
        let has = |node: &Node, is: fn(&Head) -> bool| node.any(&|part| is(&part.head));
        let open = |head: &Head| matches!(head, Head::Star(_) | Head::Table(..));
        if has(a, open) || has(b, open) {
            return Same::Unknown;
        }
        let (mut columns_a, mut columns_b) = (BTreeSet::new(), BTreeSet::new());
        a.columns(&mut columns_a);
        b.columns(&mut columns_b);
        if columns_a != columns_b {
            return Same::No;
        }
        if is_plain(a) && is_plain(b) {
            return Same::No;
        }
        Same::Unknown
    }

    fn parts(&self, a: &Node, b: &Node, types: &[&str]) -> Same {
        if a.parts.len() != b.parts.len() {
            return match self.otherwise(a, b) {
                Same::Yes => Same::Unknown,
                other => other,
            };
        }
        let pairs = a.parts.iter().zip(&b.parts);
        pairs.fold(Same::Yes, |same, (a, b)| {
            same.and(if types.is_empty() {
                self.nodes(a, b)
            } else {
                self.inner(a.peeled().1, b.peeled().1, types)
            })
        })
    }

    fn number_and_text(&self, number: &str, text: &str) -> Same {
        let text = text.trim();
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => ("-", digits),
            None => ("", text),
        };
        let is_number = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.');
        if !is_number {
            return match text::boolean(text) {
                Some(_) => Same::Unknown,
                None => Same::No,
            };
        }
        if self.dialect == Dialect::Sqlite {
            return Same::Unknown;
        }
        let value = normal::number(digits);
        let value = if value == "0" {
            value
        } else {
            format!("{sign}{value}")
        };
        Same::from(value == number)
    }

    fn qualifiers(&self, a: &[String], b: &[String]) -> Same {
        let (Some(last_a), Some(last_b)) = (a.last(), b.last()) else {
            // A row of a trigger is not the table.
            let row = a.last().or_else(|| b.last());
            let is_row = row.is_some_and(|row| ["new", "old", "excluded"].contains(&row.as_str()));
            return if is_row { Same::No } else { Same::Yes };
        };
        if last_a == last_b {
            return Same::Yes;
        }
        // PostgreSQL tells two uses of one name apart by a number.
        let plain = |name: &str| {
            let base = name.trim_end_matches(|c: char| c.is_ascii_digit());
            base.strip_suffix('_').unwrap_or(name).to_owned()
        };
        if plain(last_a) == plain(last_b) {
            Same::Unknown
        } else {
            Same::No
        }
    }

    fn output(&self, a: &Node, b: &Node, name_a: Option<&String>, name_b: Option<&String>) -> Same {
        let values = self.parts(a, b, &[]);
        let own = |node: &Node| match &node.parts.first().map(|value| &value.peeled().1.head) {
            Some(Head::Column(_, name)) => Some(name.clone()),
            _ => None,
        };
        let names = match (name_a, name_b) {
            (Some(a), Some(b)) => Same::from(a == b),
            (None, None) => Same::Yes,
            // An engine writes the name that an expression has by itself.
            (Some(given), None) => own(b).map_or(Same::Yes, |own| Same::from(own == *given)),
            (None, Some(given)) => own(a).map_or(Same::Yes, |own| Same::from(own == *given)),
        };
        values.and(names)
    }

    fn outputs(&self, a: &Node, b: &Node) -> Same {
        let stars = |node: &Node| node.parts.iter().any(is_star);
        if stars(a) || stars(b) {
            return self.parts_of_same_length(a, b).unwrap_or(Same::Unknown);
        }
        if a.parts.len() != b.parts.len() {
            return Same::No;
        }
        self.parts(a, b, &[])
    }

    fn parts_of_same_length(&self, a: &Node, b: &Node) -> Option<Same> {
        let all_stars = a.parts.len() == b.parts.len()
            && a.parts
                .iter()
                .zip(&b.parts)
                .all(|(a, b)| is_star(a) == is_star(b));
        all_stars.then(|| self.parts(a, b, &[]))
    }

    /// `SELECT`: what it gives is looked at with the tables at hand, for `*` stands for their columns.
    fn selects(&self, a: &Node, b: &Node) -> Same {
        let (Some(outputs_a), Some(outputs_b)) = (a.parts.first(), b.parts.first()) else {
            return Same::Unknown;
        };
        let spread_a = self.spread(outputs_a, a.parts.get(2));
        let spread_b = self.spread(outputs_b, b.parts.get(2));
        let outputs = match (spread_a, spread_b) {
            (Some(a), Some(b)) => match self.outputs(&a, &b) {
                // A view keeps the columns that its tables had when it was made.
                Same::No if outputs_a.parts.iter().chain(&outputs_b.parts).any(is_star) => {
                    Same::Unknown
                }
                other => other,
            },
            _ => self.outputs(outputs_a, outputs_b),
        };
        let rest = a.parts.iter().zip(&b.parts).skip(1);
        rest.fold(outputs, |same, (a, b)| same.and(self.nodes(a, b)))
    }

    /// The outputs with the columns that each `*` stands for; none where they are not known.
    fn spread(&self, outputs: &Node, from: Option<&Node>) -> Option<Node> {
        let mut all = Vec::new();
        for output in &outputs.parts {
            let Some(Head::Star(path)) = output.parts.first().map(|value| &value.head) else {
                all.push(output.clone());
                continue;
            };
            let mut tables = Vec::new();
            tables_of(from?, &mut tables).then_some(())?;
            for (table, name) in tables {
                if path.last().is_some_and(|wanted| *wanted != name) {
                    continue;
                }
                for column in (self.columns)(&table)? {
                    let column = match self.dialect {
                        Dialect::Postgres => column,
                        Dialect::Sqlite | Dialect::Mysql => column.to_lowercase(),
                    };
                    let value = Node::leaf(Head::Column(vec![name.clone()], column));
                    all.push(Node::new(Head::Output(None), vec![value])?);
                }
            }
        }
        Node::new(Head::Form("outputs"), all)
    }
}

/// The tables of a `FROM` with the names that they have in it; false where there is anything else.
fn tables_of(from: &Node, found: &mut Vec<(String, String)>) -> bool {
    match &from.head {
        Head::Table(path, alias) => {
            let table = path.last().cloned().unwrap_or_default();
            let name = alias.clone().unwrap_or_else(|| table.clone());
            found.push((table, name));
            true
        }
        Head::Form("from") => from.parts.iter().all(|part| tables_of(part, found)),
        Head::Form(form) if form.ends_with("join") => {
            // With `USING` and `NATURAL` the columns are in another order.
            let plain = from.parts.get(2).is_some_and(|condition| {
                !condition.is_form("columns") && !condition.is_form("natural")
            });
            plain && from.parts.iter().take(2).all(|part| tables_of(part, found))
        }
        _ => false,
    }
}

fn is_star(output: &Node) -> bool {
    let value = output.parts.first().unwrap_or(output);
    matches!(value.head, Head::Star(_))
}

/// Names with their schemas, which may be left out.
fn paths(a: &[String], b: &[String]) -> Same {
    let pairs = a.iter().rev().zip(b.iter().rev());
    Same::from(pairs.into_iter().all(|(a, b)| a == b))
}

/// What every engine shows as it was written, but for brackets and casts.
fn is_plain(node: &Node) -> bool {
    let plain = match &node.head {
        Head::Column(..) | Head::Number(_) | Head::Text(_) | Head::Boolean(_) | Head::Null => true,
        Head::Operator(operator) => ["=", "<>", "<", ">", "<=", ">=", "+", "-", "*", "/", "like"]
            .contains(&operator.as_str()),
        Head::Form(form) => ["and", "or", "is null", "in", "not"].contains(form),
        Head::Call(..) | Head::Cast(_) => true,
        _ => false,
    };
    plain && node.parts.iter().all(is_plain)
}
