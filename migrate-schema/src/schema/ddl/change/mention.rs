//! Whether a text names something.

use crate::{
    Dialect,
    lex::{self, TokenKind},
    schema::{Index, IndexOn, IndexPart, diff::names::Names},
};

/// Whether the text has this name as a word. It may be that of another thing: who asks does more than is needed then.
pub(super) fn mentions(sql: &str, name: &str, dialect: Dialect) -> bool {
    let names = Names(dialect);
    lex::tokens(sql, dialect).any(|token| {
        let text = token.text(sql);
        match token.kind {
            TokenKind::Word if dialect == Dialect::Postgres => text.to_lowercase() == name,
            TokenKind::Word => names.same(text, name),
            TokenKind::QuotedName => names.same(&unquoted(text), name),
            _ => false,
        }
    })
}

/// Whether a query names the column, or all columns.
pub(super) fn reads_column(query: &str, column: &str, dialect: Dialect) -> bool {
    let tokens: Vec<lex::Token> = lex::tokens(query, dialect).collect();
    let all = tokens.windows(2).any(|pair| {
        let before = [",", "."].contains(&pair[0].text(query))
            || ["select", "distinct", "all"]
                .iter()
                .any(|word| pair[0].is_word(query, word));
        before && pair[1].is_symbol(query, '*')
    });
    all || mentions(query, column, dialect)
}

/// What stands between quotes, with doubled ones single.
fn unquoted(text: &str) -> String {
    let mut letters = text.chars();
    let (Some(first), Some(_)) = (letters.next(), letters.next_back()) else {
        return String::new();
    };
    let inner = letters.as_str();
    match first {
        '[' => inner.to_owned(),
        quote => inner.replace(&format!("{quote}{quote}"), &quote.to_string()),
    }
}

/// Whether an index has the column in an expression, in its condition, or with operators of the column's type.
pub(super) fn computes_with(index: &Index, column: &str, dialect: Dialect) -> bool {
    let part = |part: &IndexPart| match &part.on {
        IndexOn::Column(own) => own == column && part.operator_class.is_some(),
        IndexOn::Expression(expression) => mentions(expression, column, dialect),
    };
    let predicate = index.predicate.as_ref();
    index.parts.iter().any(part)
        || predicate.is_some_and(|predicate| mentions(predicate, column, dialect))
}

/// Whether an index needs the column in any way.
pub(super) fn uses_column(index: &Index, column: &str, dialect: Dialect) -> bool {
    let mut parts = index.parts.iter();
    parts.any(|part| part.on == IndexOn::Column(column.to_owned()))
        || index.include.iter().any(|one| one == column)
        || computes_with(index, column, dialect)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_text_names() {
        let mentioned =
            |sql: &str, name: &str| Dialect::ALL.map(|dialect| mentions(sql, name, dialect));
        assert_eq!(mentioned("A > 'b'", "a"), [true; 3]);
        assert_eq!(mentioned("A > 'b'", "b"), [false; 3]);
        assert_eq!(mentioned("\"A\" > 1", "A"), [true, true, false]);
        assert!(mentions("\"a\"\"b\" > 1", "a\"b", Dialect::Postgres));
        let reads = |sql: &str| reads_column(sql, "x", Dialect::Postgres);
        assert!(reads("SELECT t.* FROM t") && reads("SELECT * FROM t") && reads("SELECT X FROM t"));
        assert!(!reads("SELECT a * b FROM t"));
    }
}
