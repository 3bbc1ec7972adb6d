//! The user's expressions as text.

use sea_query::Expr;

use super::RenderError;
use crate::{
    Dialect,
    lex::{self, TokenKind},
};

/// The user's expression, which sea-query writes as it is.
pub(super) fn expression(text: &str, dialect: Dialect) -> Result<Expr, RenderError> {
    check_expression(text, dialect)?;
    Ok(Expr::cust(text.to_owned()))
}

/// Whether the text stays inside the parentheses that are put around it.
pub(super) fn check_expression(text: &str, dialect: Dialect) -> Result<(), RenderError> {
    let bad = |problem| {
        Err(RenderError::BadExpression {
            text: text.to_owned(),
            problem,
        })
    };
    let mut depth = 0_usize;
    let mut end = 0;
    for token in lex::tokens(text, dialect) {
        end = token.end;
        if token.is_symbol(text, ';') {
            return bad("holds a `;`: write a single expression");
        } else if token.is_symbol(text, '(') {
            depth += 1;
        } else if token.is_symbol(text, ')') {
            let Some(outer) = depth.checked_sub(1) else {
                return bad("closes a parenthesis that it did not open");
            };
            depth = outer;
        } else if is_open(token.kind, token.text(text)) {
            return bad("does not close a quote");
        }
    }
    if depth > 0 {
        return bad("does not close a parenthesis");
    }
    if !text[end..].trim().is_empty() {
        return bad("ends in a comment: leave it out or put it before the expression");
    }
    Ok(())
}

/// Whether a quoted text or name runs to the end because its quote is missing.
fn is_open(kind: TokenKind, text: &str) -> bool {
    let closed = match kind {
        TokenKind::Text => text.ends_with(['\'', '"', '$']),
        TokenKind::QuotedName => text.ends_with(['"', '`', ']']),
        _ => true,
    };
    !closed || text == "'" || text == "\"" || text == "`"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str) -> String {
        match check_expression(text, Dialect::Sqlite) {
            Ok(()) => "none".into(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn an_expression_stays_in_its_place() {
        for text in [
            "a > 0",
            "f(a, (b)) -- c\n+ 1",
            "a = ';)('",
            "\"a)\" IN (1, 2)",
            "a /* ; */ > 0",
            "[a)] > 1",
        ] {
            assert_eq!(problem(text), "none", "{text}");
        }
        for text in ["a > 0) , b CHECK (1", ")"] {
            assert_eq!(
                problem(text),
                format!("the expression `{text}` closes a parenthesis that it did not open")
            );
        }
        assert_eq!(
            problem("f(a"),
            "the expression `f(a` does not close a parenthesis"
        );
        assert_eq!(
            problem("a; b"),
            "the expression `a; b` holds a `;`: write a single expression"
        );
        for text in ["a = 'b", "'", "\"a", "\"", "`", "[a"] {
            assert_eq!(
                problem(text),
                format!("the expression `{text}` does not close a quote")
            );
        }
        for text in ["a > 0 -- b", "a > 0 /* b */", "-- a"] {
            assert_eq!(
                problem(text),
                format!(
                    "the expression `{text}` ends in a comment: leave it out or put it before the expression"
                )
            );
        }
    }
}
