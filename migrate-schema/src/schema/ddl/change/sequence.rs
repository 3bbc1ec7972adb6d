//! Sequences of one's own.

use super::super::{DdlError, Planned, name::object_name};
use crate::{
    Dialect,
    lex::{self, Token},
    schema::Sequence,
};

/// What a sequence is told where its new definition says nothing of what the old one said.
const USUAL: [(&str, &str); 5] = [
    ("increment", "INCREMENT BY 1"),
    ("minvalue", "NO MINVALUE"),
    ("maxvalue", "NO MAXVALUE"),
    ("cache", "CACHE 1"),
    ("cycle", "NO CYCLE"),
];

/// Gives a sequence the properties that its new definition says. Its position stays.
pub(super) fn alter(from: &Sequence, to: &Sequence, dialect: Dialect) -> Result<Planned, DdlError> {
    let (Some(old), Some(new)) = (&from.sql, &to.sql) else {
        return Err(DdlError::new(
            format!("the sequence {}", to.name),
            "nobody knows how it was made",
            "change it with a statement of your own",
        ));
    };
    let options = options(new, dialect);
    let mut all = options.to_owned();
    for (word, usual) in USUAL {
        if says(self::options(old, dialect), word, dialect) && !says(options, word, dialect) {
            all += &format!(" {usual}");
        }
    }
    let sequence = object_name(&to.name, dialect);
    Ok(Planned::new(format!(
        "ALTER SEQUENCE {sequence} {}",
        all.trim()
    )))
}

/// What stands behind the name in `CREATE SEQUENCE`.
fn options(sql: &str, dialect: Dialect) -> &str {
    let tokens: Vec<Token> = lex::tokens(sql, dialect).collect();
    let is_word = |at: usize, word: &str| {
        let token: Option<&Token> = tokens.get(at);
        token.is_some_and(|token| token.is_word(sql, word))
    };
    let mut at = tokens
        .iter()
        .position(|token| token.is_word(sql, "sequence"));
    if let Some(at) = &mut at {
        *at += 1;
        while ["if", "not", "exists"]
            .iter()
            .any(|word| is_word(*at, word))
        {
            *at += 1;
        }
        while tokens
            .get(*at + 1)
            .is_some_and(|token| token.is_symbol(sql, '.'))
        {
            *at += 2;
        }
    }
    let end = at.and_then(|at| tokens.get(at)).map_or(0, |name| name.end);
    sql[end..].trim().trim_end_matches(';').trim_end()
}

fn says(options: &str, word: &str, dialect: Dialect) -> bool {
    lex::tokens(options, dialect).any(|token| token.is_word(options, word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::ObjectName;

    #[test]
    fn what_is_no_longer_said_is_set_back() {
        let sequence = |sql: &str| Sequence {
            name: ObjectName::bare("s"),
            sql: Some(sql.into()),
        };
        let from = sequence("CREATE SEQUENCE IF NOT EXISTS public.s INCREMENT 5 CYCLE");
        let to = sequence("CREATE SEQUENCE s MAXVALUE 9");
        let sql = |from, to| alter(from, to, Dialect::Postgres).map(|planned| planned.sql);
        assert_eq!(
            sql(&from, &to).as_deref(),
            Ok("ALTER SEQUENCE s MAXVALUE 9 INCREMENT BY 1 NO CYCLE")
        );
        assert_eq!(
            sql(&to, &from).as_deref(),
            Ok("ALTER SEQUENCE s INCREMENT 5 CYCLE NO MAXVALUE")
        );
    }
}
