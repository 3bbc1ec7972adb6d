//! Names in quotes.

use crate::Dialect;

/// A name in the dialect's quotes.
pub(crate) fn quoted(name: &str, dialect: Dialect) -> String {
    let quote = quote(dialect);
    format!("{quote}{}{quote}", escaped(name, dialect))
}

/// A name as it stands between the dialect's quotes.
pub(crate) fn escaped(name: &str, dialect: Dialect) -> String {
    let quote = quote(dialect);
    name.replace(quote, &format!("{quote}{quote}"))
}

const fn quote(dialect: Dialect) -> char {
    match dialect {
        Dialect::Sqlite | Dialect::Postgres => '"',
        Dialect::Mysql => '`',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_in_a_name_are_doubled() {
        assert_eq!(quoted("a\"b`c", Dialect::Sqlite), "\"a\"\"b`c\"");
        assert_eq!(quoted("a\"b`c", Dialect::Postgres), "\"a\"\"b`c\"");
        assert_eq!(quoted("a\"b`c", Dialect::Mysql), "`a\"b``c`");
    }
}
