//! Operators and functions that do not go with the types of what they are given (PostgreSQL), where those are plain to see.
//!
//! PostgreSQL converts nothing on its own between numbers, texts, truth values, times and UUIDs; only a literal becomes
//! what stands beside it. Nothing is said where migrations may have made operators or casts.

use super::{
    Place, Resolver,
    fit::{self, Kind},
    scope::{Found, Frame},
};
use crate::{
    Code, Finding,
    catalog::{Catalog, Lookup, builtin},
    settings::Product,
    tree::{Expression, ExpressionKind, Literal, TypeName},
};

/// Whether migrations have left the types of the engine as they are.
fn is_plain(catalog: &Catalog) -> bool {
    catalog.target().product == Product::Postgres
        && !catalog.has_unknown_extension()
        && ["operator", "cast"]
            .iter()
            .all(|word| !catalog.may_have_made(word))
}

impl<'a> Resolver<'a> {
    /// Whether the types of expressions can be judged, and somebody hears it.
    pub(super) fn judges_types(&self) -> bool {
        self.silent == 0
            && self.sql.is_some()
            && *(self.typed).get_or_init(|| is_plain(self.catalog))
    }

    /// What is wrong with the types in an expression, not what is inside of its parts.
    pub(super) fn types(&mut self, expression: &'a Expression, frame: &Frame<'_, 'a>) {
        let finding = match &expression.kind {
            ExpressionKind::Operation { operator, operands } => {
                self.operation_types(operator, operands, frame)
            }
            ExpressionKind::Call {
                name, arguments, ..
            } if name.schema.is_none() => {
                self.call_types(&name.name.text, arguments, expression, frame)
            }
            ExpressionKind::Cast {
                expression: inner,
                ty,
            } => self.cast_types(inner, ty, frame),
            _ => None,
        };
        if let Some(finding) = finding {
            self.say(finding);
        }
    }

    /// A condition that is no truth value.
    pub(super) fn is_true_or_false(
        &mut self,
        expression: &'a Expression,
        place: Place,
        frame: &Frame<'_, 'a>,
    ) {
        let is_condition = [
            Place::WHERE.name,
            Place::HAVING.name,
            Place::ON.name,
            Place::WHEN.name,
            "CHECK",
            "the WHERE of an index",
        ]
        .contains(&place.name);
        if is_condition && let Some(finding) = self.no_condition(expression, place.name, frame) {
            self.say(finding);
        }
    }

    fn no_condition(
        &self,
        expression: &Expression,
        of: &str,
        frame: &Frame<'_, 'a>,
    ) -> Option<Finding> {
        let kind = self.kind_of(expression, frame)?;
        if kind == Kind::Boolean {
            return None;
        }
        let message = format!("{of} wants a condition, and this is {}", kind.noun());
        let finding = Finding::new(Code::InvalidDefinition, message, expression.range.clone());
        Some(finding.help("compare it with something"))
    }

    fn operation_types(
        &self,
        operator: &str,
        operands: &'a [Expression],
        frame: &Frame<'_, 'a>,
    ) -> Option<Finding> {
        match operator {
            "=" | "<>" | "!=" | "<" | ">" | "<=" | ">=" | "IN" | "NOT IN" | "BETWEEN" => {
                self.compared(operands, frame)
            }
            "LIKE" | "NOT LIKE" | "ILIKE" | "NOT ILIKE" => {
                let first = operands.first()?;
                let kind = self.kind_of(first, frame)?;
                (kind != Kind::Text && kind != Kind::Array).then(|| {
                    let message = format!("{operator} wants text, and this is {}", kind.noun());
                    Finding::new(Code::InvalidDefinition, message, first.range.clone())
                        .help("convert it: `(…)::text`")
                })
            }
            "AND" | "OR" | "NOT" => {
                (operands.iter()).find_map(|operand| self.no_condition(operand, operator, frame))
            }
            "+" | "-" | "*" | "/" => {
                let [left, right] = operands else {
                    return None;
                };
                let kinds = [self.kind_of(left, frame)?, self.kind_of(right, frame)?];
                let odd = match kinds {
                    [
                        Kind::Text,
                        Kind::Text | Kind::Integer | Kind::Number | Kind::Boolean,
                    ] => left,
                    [Kind::Integer | Kind::Number | Kind::Boolean, Kind::Text] => right,
                    _ => return None,
                };
                let message = format!("`{operator}` wants numbers, and this is text");
                Some(
                    Finding::new(Code::InvalidDefinition, message, odd.range.clone())
                        .help("texts are joined by `||`; a number in a text is `(…)::integer`"),
                )
            }
            _ => None,
        }
    }

    /// The first operand is compared with each of the others.
    fn compared(&self, operands: &'a [Expression], frame: &Frame<'_, 'a>) -> Option<Finding> {
        let (first, others) = operands.split_first()?;
        others.iter().find_map(|other| {
            self.unlike(first, other, frame)
                .or_else(|| self.literal_beside(other, first, frame))
                .or_else(|| self.literal_beside(first, other, frame))
        })
    }

    fn unlike(
        &self,
        left: &'a Expression,
        right: &'a Expression,
        frame: &Frame<'_, 'a>,
    ) -> Option<Finding> {
        let kinds = [self.kind_of(left, frame)?, self.kind_of(right, frame)?];
        if are_alike(kinds[0], kinds[1]) {
            return None;
        }
        let message = format!(
            "{} cannot be compared with {}",
            kinds[0].noun(),
            kinds[1].noun()
        );
        let range = left.range.start..right.range.end.max(left.range.end);
        let finding = Finding::new(Code::InvalidDefinition, message, range);
        Some(match (kinds, &right.kind) {
            ([Kind::Boolean, Kind::Integer], ExpressionKind::Literal(Literal::Number(number))) => {
                let word = if number == "0" { "false" } else { "true" };
                finding
                    .help(format!("write `{word}`"))
                    .fix(right.range.clone(), word)
            }
            _ => finding.help("convert one of them: `(…)::text`"),
        })
    }

    /// A literal that becomes what stands beside it, or does not.
    fn literal_beside(
        &self,
        literal: &'a Expression,
        other: &'a Expression,
        frame: &Frame<'_, 'a>,
    ) -> Option<Finding> {
        if !matches!(literal.kind, ExpressionKind::Literal(Literal::Text(_))) {
            return None;
        }
        let ty = self.type_of(other, frame)?;
        fit::unfit(self.catalog, ty, literal)
    }

    fn call_types(
        &self,
        name: &str,
        arguments: &'a [Expression],
        call: &Expression,
        frame: &Frame<'_, 'a>,
    ) -> Option<Finding> {
        let ExpressionKind::Call { name: path, .. } = &call.kind else {
            return None;
        };
        let is_own = builtin::function(self.dialect, name).is_some()
            && matches!(self.catalog.functions(path), Lookup::Absent);
        let first = arguments.first().filter(|_| is_own)?;
        if name == "coalesce" {
            return self.compared(arguments, frame);
        }
        let kind = self.kind_of(first, frame)?;
        let takes = match name {
            "lower" | "upper" | "length" | "char_length" | "initcap" | "btrim" | "ltrim"
            | "rtrim" => matches!(kind, Kind::Text | Kind::Array),
            "sum" | "avg" => matches!(kind, Kind::Integer | Kind::Number),
            "max" | "min" => !matches!(kind, Kind::Boolean | Kind::Json),
            "date_trunc" | "to_date" | "to_timestamp" if arguments.len() == 2 => kind == Kind::Text,
            "bool_and" | "bool_or" | "every" => kind == Kind::Boolean,
            "unnest" => kind == Kind::Array,
            _ => return None,
        };
        (!takes).then(|| {
            let message = format!("{name}() does not take {}", kind.noun());
            Finding::new(Code::UnknownFunction, message, first.range.clone())
                .help("convert it first: `(…)::type`")
        })
    }

    fn cast_types(
        &self,
        inner: &'a Expression,
        ty: &TypeName,
        frame: &Frame<'_, 'a>,
    ) -> Option<Finding> {
        if matches!(inner.kind, ExpressionKind::Literal(Literal::Text(_))) {
            return fit::unfit(self.catalog, ty, inner);
        }
        let given = self.kind_of(inner, frame)?;
        let wanted = fit::kind_of(self.catalog, ty)?;
        let is_int = ["integer", "int", "int4"].contains(&ty.path.name.text.as_str());
        let refused = match (given, wanted) {
            (Kind::Time | Kind::Uuid, Kind::Integer | Kind::Number | Kind::Boolean)
            | (Kind::Integer | Kind::Number | Kind::Boolean, Kind::Time | Kind::Uuid) => true,
            (Kind::Boolean, Kind::Integer) => !is_int,
            (Kind::Boolean, Kind::Number) => true,
            _ => false,
        };
        refused.then(|| {
            let message = format!("{} cannot become {}", given.noun(), wanted.noun());
            let finding = Finding::new(Code::InvalidDefinition, message, inner.range.clone());
            match given {
                Kind::Time => finding.help("`extract(epoch FROM …)` gives the seconds since 1970"),
                Kind::Boolean => {
                    finding.help("only `integer` can be made of it: `(…)::integer::bigint`")
                }
                _ => finding,
            }
        })
    }

    /// The type of a column or of a cast.
    fn type_of(&self, expression: &'a Expression, frame: &Frame<'_, 'a>) -> Option<&'a TypeName> {
        match &expression.kind {
            ExpressionKind::Column { table, name } => {
                let found = match table {
                    None => frame.bare(self.dialect, &name.text),
                    Some(table) => frame.qualified(self.dialect, table, &name.text),
                };
                match found {
                    Found::Column(_, column) => column.ty,
                    _ => None,
                }
            }
            ExpressionKind::Cast { ty, .. } => Some(ty),
            _ => None,
        }
    }

    /// What kind of value an expression gives.
    fn kind_of(&self, expression: &Expression, frame: &Frame<'_, 'a>) -> Option<Kind> {
        match &expression.kind {
            ExpressionKind::Column { table, name } => {
                let found = match table {
                    None => frame.bare(self.dialect, &name.text),
                    Some(table) => frame.qualified(self.dialect, table, &name.text),
                };
                match found {
                    Found::Column(_, column) => fit::kind_of(self.catalog, column.ty?),
                    _ => None,
                }
            }
            ExpressionKind::Call {
                name, arguments, ..
            } => {
                let kind = match name.name.text.as_str() {
                    "count" | "length" | "char_length" => Kind::Integer,
                    "lower" | "upper" | "concat" | "concat_ws" | "initcap"
                        if !arguments.is_empty() =>
                    {
                        Kind::Text
                    }
                    _ => return fit::kind_of_value(self.catalog, expression),
                };
                fit::built_in(self.catalog, expression, kind)
                    .filter(|_| name.schema.is_none() && self.takes_text(name, arguments, frame))
            }
            _ => fit::kind_of_value(self.catalog, expression),
        }
    }

    /// `lower` and `upper` of a range are its ends.
    fn takes_text(
        &self,
        name: &crate::tree::Path,
        arguments: &[Expression],
        frame: &Frame<'_, 'a>,
    ) -> bool {
        if !matches!(name.name.text.as_str(), "lower" | "upper") {
            return true;
        }
        let is_text = |one: &Expression| match &one.kind {
            ExpressionKind::Literal(Literal::Text(_)) => true,
            ExpressionKind::Column { .. } | ExpressionKind::Cast { .. } => {
                self.kind_of(one, frame) == Some(Kind::Text)
            }
            _ => false,
        };
        arguments.first().is_some_and(is_text)
    }
}

/// Whether PostgreSQL compares values of two kinds.
fn are_alike(left: Kind, right: Kind) -> bool {
    let is_number = |kind| matches!(kind, Kind::Integer | Kind::Number);
    left == right || is_number(left) && is_number(right) || [left, right].contains(&Kind::Array)
}
