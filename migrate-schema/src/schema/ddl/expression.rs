//! Where an expression needs parentheses.

use crate::{
    Dialect,
    lex::{self, Token, TokenKind},
};

/// The expression in parentheses, as `CHECK` and `GENERATED` want it.
pub(super) fn in_parentheses(expression: &str, dialect: Dialect) -> String {
    match ends_in_comment(expression, dialect) {
        true => format!("({}\n)", expression.trim()),
        false => format!("({})", expression.trim()),
    }
}

/// The expression as a part of an index: in parentheses, unless they stand there already.
pub(super) fn of_index(expression: &str, dialect: Dialect) -> String {
    let tokens: Vec<Token> = lex::tokens(expression, dialect).collect();
    if is_enclosed(expression, &tokens)
        || (dialect == Dialect::Postgres && is_call(expression, &tokens))
    {
        return expression.trim().to_owned();
    }
    in_parentheses(expression, dialect)
}

/// The expression behind `DEFAULT`: in parentheses where the dialect asks for them.
pub(super) fn of_default(expression: &str, dialect: Dialect) -> String {
    let tokens: Vec<Token> = lex::tokens(expression, dialect).collect();
    let bare = is_enclosed(expression, &tokens)
        || match dialect {
            Dialect::Postgres => !has_weak_operator(expression, &tokens),
            // A name may stand there alone, and is a text.
            Dialect::Sqlite => tokens.len() == 1 || is_literal(expression, &tokens),
            Dialect::Mysql => is_literal(expression, &tokens) || is_now(expression, &tokens),
        };
    if bare && !ends_in_comment(expression, dialect) {
        expression.trim().to_owned()
    } else {
        in_parentheses(expression, dialect)
    }
}

/// Whether what follows on the same line would be a comment.
fn ends_in_comment(expression: &str, dialect: Dialect) -> bool {
    let end = lex::tokens(expression, dialect)
        .last()
        .map_or(0, |last| last.end);
    let rest = expression.get(end..).unwrap_or_default().trim_start();
    rest.starts_with("--") || rest.starts_with('#')
}

/// Whether one pair of parentheses is around all of it.
fn is_enclosed(source: &str, tokens: &[Token]) -> bool {
    let Some(first) = tokens.first() else {
        return false;
    };
    first.is_symbol(source, '(') && closes_at_end(source, tokens)
}

/// Whether the parenthesis that is opened first is closed by the last token.
fn closes_at_end(source: &str, tokens: &[Token]) -> bool {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        if token.is_symbol(source, '(') {
            depth += 1;
        } else if token.is_symbol(source, ')') {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return at + 1 == tokens.len();
            }
        }
    }
    false
}

/// `f(…)`, and nothing else.
fn is_call(source: &str, tokens: &[Token]) -> bool {
    let is_name = |token: &Token| matches!(token.kind, TokenKind::Word | TokenKind::QuotedName);
    let open = tokens.iter().position(|token| token.is_symbol(source, '('));
    let Some(open) = open.filter(|open| *open > 0) else {
        return false;
    };
    let name = &tokens[..open];
    let special = [
        "coalesce", "nullif", "greatest", "least", "case", "not", "cast",
    ];
    let plain = !special.iter().any(|word| name[0].is_word(source, word));
    let path = match name {
        [only] => is_name(only),
        [schema, dot, own] => is_name(schema) && dot.is_symbol(source, '.') && is_name(own),
        _ => false,
    };
    path && plain && closes_at_end(source, &tokens[open..])
}

/// A literal, or a number with its sign.
fn is_literal(source: &str, tokens: &[Token]) -> bool {
    const WORDS: [&str; 3] = ["null", "true", "false"];
    match tokens {
        [only] => match only.kind {
            TokenKind::Text | TokenKind::Number => true,
            TokenKind::Word => WORDS.iter().any(|word| only.is_word(source, word)),
            _ => false,
        },
        [sign, number] if number.kind == TokenKind::Number => {
            sign.is_symbol(source, '-') || sign.is_symbol(source, '+')
        }
        // `_utf8mb4'a'`
        [charset, text] => charset.text(source).starts_with('_') && text.kind == TokenKind::Text,
        _ => false,
    }
}

/// `CURRENT_TIMESTAMP`, with or without a precision, and its other names on MySQL.
fn is_now(source: &str, tokens: &[Token]) -> bool {
    const WORDS: [&str; 4] = ["current_timestamp", "now", "localtime", "localtimestamp"];
    let Some((first, rest)) = tokens.split_first() else {
        return false;
    };
    let is_word = WORDS.iter().any(|word| first.is_word(source, word));
    is_word
        && match rest {
            [] => !first.is_word(source, "now"),
            [open, close] => open.is_symbol(source, '(') && close.is_symbol(source, ')'),
            [open, number, close] => {
                open.is_symbol(source, '(')
                    && number.kind == TokenKind::Number
                    && close.is_symbol(source, ')')
            }
            _ => false,
        }
}

/// Operators that PostgreSQL's `b_expr`, which stands behind `DEFAULT`, has only inside parentheses.
fn has_weak_operator(source: &str, tokens: &[Token]) -> bool {
    const WORDS: [&str; 14] = [
        "and", "at", "between", "collate", "ilike", "in", "is", "isnull", "like", "not", "notnull",
        "or", "overlaps", "similar",
    ];
    let mut depth = 0_usize;
    tokens.iter().any(|token| {
        if token.is_symbol(source, '(') || token.is_symbol(source, '[') {
            depth += 1;
        } else if token.is_symbol(source, ')') || token.is_symbol(source, ']') {
            depth = depth.saturating_sub(1);
        }
        depth == 0 && WORDS.iter().any(|word| token.is_word(source, word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_default_has_the_parentheses_that_its_dialect_asks_for() {
        for (expression, expected) in [
            ("1", ["1", "1", "1"]),
            ("-1.5", ["-1.5", "-1.5", "-1.5"]),
            ("'a'", ["'a'", "'a'", "'a'"]),
            ("NULL", ["NULL", "NULL", "NULL"]),
            ("(1 + 2)", ["(1 + 2)", "(1 + 2)", "(1 + 2)"]),
            ("(1) + (2)", ["((1) + (2))", "(1) + (2)", "((1) + (2))"]),
            ("now()", ["(now())", "now()", "now()"]),
            (
                "CURRENT_TIMESTAMP(6)",
                [
                    "(CURRENT_TIMESTAMP(6))",
                    "CURRENT_TIMESTAMP(6)",
                    "CURRENT_TIMESTAMP(6)",
                ],
            ),
            (
                "now() AT TIME ZONE 'utc'",
                [
                    "(now() AT TIME ZONE 'utc')",
                    "(now() AT TIME ZONE 'utc')",
                    "(now() AT TIME ZONE 'utc')",
                ],
            ),
            ("uuid()", ["(uuid())", "uuid()", "(uuid())"]),
            ("f(a or b)", ["(f(a or b))", "f(a or b)", "(f(a or b))"]),
            ("1 -- one", ["(1 -- one\n)", "(1 -- one\n)", "(1 -- one\n)"]),
        ] {
            let all = Dialect::ALL.map(|dialect| of_default(expression, dialect));
            assert_eq!(all, expected, "{expression}");
        }
    }

    #[test]
    fn an_expression_of_an_index_is_in_parentheses() {
        for (expression, expected) in [
            ("lower(a)", ["(lower(a))", "lower(a)", "(lower(a))"]),
            ("(a + 1)", ["(a + 1)", "(a + 1)", "(a + 1)"]),
            ("a + 1", ["(a + 1)", "(a + 1)", "(a + 1)"]),
            ("f(a) + g(b)", ["(f(a) + g(b))"; 3]),
            ("s.f(a)", ["(s.f(a))", "s.f(a)", "(s.f(a))"]),
        ] {
            let all = Dialect::ALL.map(|dialect| of_index(expression, dialect));
            assert_eq!(all, expected, "{expression}");
        }
    }
}
