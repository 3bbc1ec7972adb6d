//! `GROUP BY` (PostgreSQL): a column that is neither grouped nor gathered has many values in a group.

use super::{
    Resolver, position,
    scope::{Frame, Source, column, same},
};
use crate::{
    Code, Finding,
    catalog::builtin,
    tree::{Expression, ExpressionKind, Name, Output, Path, Select},
};

/// A column of one of the sources.
type Grouped<'a> = (usize, &'a str);

impl<'a> Resolver<'a> {
    /// The columns that a query gives, or looks at behind its groups, and that have no single value in one.
    pub(super) fn grouping(
        &mut self,
        select: &'a Select,
        order_by: &'a [Expression],
        frame: &Frame<'_, 'a>,
    ) {
        let outputs = || {
            select.outputs.iter().filter_map(|output| match output {
                Output::Expression { expression, .. } => Some(expression),
                Output::All(_) | Output::AllOf(_) => None,
            })
        };
        let gathers = outputs()
            .chain(&select.having)
            .any(|expression| self.surely_gathers(expression));
        if select.group_by.is_empty() && select.having.is_none() && !gathers {
            return;
        }
        let unsure = frame.open
            || frame
                .sources
                .iter()
                .any(|source| source.columns.open || !source.merged.is_empty());
        if unsure || self.mentions_window(select, order_by) {
            return;
        }
        let Some(grouped) = self.grouped(select, frame) else {
            return;
        };
        let behind = outputs()
            .chain(&select.having)
            .chain(order_by.iter().filter(|one| {
                // An alias, or the place of an output.
                !self.is_output(select, one) && position(one).is_none()
            }));
        let wrong = behind
            .filter_map(|expression| self.ungrouped(expression, &grouped, frame))
            .next();
        if let Some((name, range)) = wrong {
            let help = format!(
                "group by it too, or gather its values: `max({name})`, `array_agg({name})`"
            );
            let message = format!("`{name}` is neither in GROUP BY nor gathered by an aggregate");
            self.say(Finding::new(Code::InvalidDefinition, message, range).help(help));
        }
    }

    fn is_output(&self, select: &Select, expression: &Expression) -> bool {
        let Some(name) = expression.as_column() else {
            return false;
        };
        select.outputs.iter().any(|output| match output {
            Output::Expression {
                alias: Some(alias), ..
            } => self.same(&alias.text, &name.text),
            _ => false,
        })
    }

    /// Calls with `OVER` look at many rows in their own way.
    fn mentions_window(&self, select: &Select, order_by: &[Expression]) -> bool {
        let Some(sql) = self.sql else {
            return true;
        };
        let ranges = select
            .outputs
            .iter()
            .filter_map(|output| match output {
                Output::Expression { expression, .. } => Some(&expression.range),
                _ => None,
            })
            .chain(order_by.iter().map(|one| &one.range));
        let mut texts = ranges.map(|range| sql.get(range.clone()).unwrap_or("over"));
        texts.any(|text| {
            let mut words = text.split(|c: char| !(c.is_alphanumeric() || c == '_'));
            words.any(|word| {
                word.eq_ignore_ascii_case("over") || word.eq_ignore_ascii_case("within")
            })
        })
    }

    /// Every column in GROUP BY, also inside of expressions; none where not all of it can be read.
    fn grouped(&self, select: &'a Select, frame: &Frame<'_, 'a>) -> Option<Vec<Grouped<'a>>> {
        let mut grouped = Vec::new();
        for expression in &select.group_by {
            let mut tasks = vec![self.meant(select, expression, frame)?];
            while let Some(expression) = tasks.pop() {
                match &expression.kind {
                    ExpressionKind::Opaque
                    | ExpressionKind::Subquery(_)
                    | ExpressionKind::Exists(_)
                    | ExpressionKind::InQuery { .. }
                    | ExpressionKind::Row(_) => return None,
                    ExpressionKind::Call { special: true, .. } => return None,
                    ExpressionKind::Call { name, .. }
                        if ["rollup", "cube", "sets"].contains(&name.name.text.as_str()) =>
                    {
                        return None;
                    }
                    ExpressionKind::Column { table, name } => {
                        grouped.extend(self.source_of(table.as_ref(), name, frame));
                    }
                    _ => expression.children(|child| tasks.push(child)),
                }
            }
        }
        Some(grouped)
    }

    /// What a part of GROUP BY stands for: an output by its place or alias, unless a column has the name.
    fn meant(
        &self,
        select: &'a Select,
        expression: &'a Expression,
        frame: &Frame<'_, 'a>,
    ) -> Option<&'a Expression> {
        let at = |at: usize| match select.outputs.get(at)? {
            Output::Expression { expression, .. } => Some(expression),
            Output::All(_) | Output::AllOf(_) => None,
        };
        if let Some(place) = position(expression) {
            let all = select
                .outputs
                .iter()
                .all(|output| matches!(output, Output::Expression { .. }));
            return if all { at(place.checked_sub(1)?) } else { None };
        }
        let Some(name) = expression.as_column() else {
            return Some(expression);
        };
        if self.source_of(None, name, frame).is_some() {
            return Some(expression);
        }
        let aliased = select.outputs.iter().find_map(|output| match output {
            Output::Expression {
                alias: Some(alias),
                expression,
            } if self.same(&alias.text, &name.text) => Some(expression),
            _ => None,
        });
        Some(aliased.unwrap_or(expression))
    }

    /// The source that has a column, among those of this query.
    fn source_of(
        &self,
        table: Option<&Path>,
        name: &'a Name,
        frame: &Frame<'_, 'a>,
    ) -> Option<Grouped<'a>> {
        let mut sources = frame.sources.iter().enumerate();
        let has = |source: &Source<'a>| {
            let named = table.is_none_or(|table| {
                source
                    .name
                    .is_some_and(|own| same(self.dialect, own, &table.name.text))
            });
            named && column(self.dialect, &source.columns, &name.text).is_some()
        };
        let at = sources.find(|(_, source)| has(source))?.0;
        Some((at, name.text.as_str()))
    }

    /// The first column in an expression that is not grouped.
    fn ungrouped(
        &self,
        expression: &'a Expression,
        grouped: &[Grouped<'a>],
        frame: &Frame<'_, 'a>,
    ) -> Option<(&'a str, std::ops::Range<usize>)> {
        let mut tasks = vec![expression];
        while let Some(expression) = tasks.pop() {
            match &expression.kind {
                ExpressionKind::Column { table, name } => {
                    let Some((at, name)) = self.source_of(table.as_ref(), name, frame) else {
                        continue;
                    };
                    if !self.has_one_value(at, name, grouped, frame) {
                        return Some((name, expression.range.clone()));
                    }
                }
                ExpressionKind::Call {
                    name, arguments, ..
                } => {
                    let known = builtin::function(self.dialect, &name.name.text);
                    let is_scalar = known.is_some_and(|one| one.class == builtin::Class::Scalar)
                        && name.schema.is_none()
                        && is_surely_scalar(&name.name.text);
                    if is_scalar {
                        tasks.extend(arguments);
                    }
                }
                _ => expression.children(|child| tasks.push(child)),
            }
        }
        None
    }

    /// Whether it is grouped, or its table's primary key is.
    fn has_one_value(
        &self,
        at: usize,
        name: &str,
        grouped: &[Grouped<'a>],
        frame: &Frame<'_, 'a>,
    ) -> bool {
        let is_grouped = |name: &str| {
            let mut all = grouped.iter();
            all.any(|(source, own)| *source == at && self.same(own, name))
        };
        let Some(relation) = frame.sources.get(at).and_then(|source| source.relation) else {
            return is_grouped(name);
        };
        is_grouped(name)
            || !relation.kind.is_table() && relation.query.is_none()
            || relation
                .primary_key()
                .is_some_and(|key| key.iter().all(|column| is_grouped(column)))
    }

    /// Whether an aggregate that is built in stands in an expression.
    fn surely_gathers(&self, expression: &Expression) -> bool {
        let mut tasks = vec![expression];
        while let Some(expression) = tasks.pop() {
            if let ExpressionKind::Call { name, .. } = &expression.kind
                && name.schema.is_none()
                && builtin::function(self.dialect, &name.name.text)
                    .is_some_and(|one| one.class == builtin::Class::Aggregate)
            {
                return true;
            }
            expression.children(|child| tasks.push(child));
        }
        false
    }
}

/// Functions that are no aggregates for certain; of the others nobody may have said.
fn is_surely_scalar(name: &str) -> bool {
    [
        "coalesce",
        "concat",
        "date_trunc",
        "length",
        "lower",
        "nullif",
        "replace",
        "round",
        "substr",
        "to_char",
        "trim",
        "upper",
    ]
    .contains(&name)
}
