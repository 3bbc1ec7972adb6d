//! Names and texts, as a dialect writes them.

use super::words::{Place, is_keyword};
use crate::{Dialect, quote::quoted, schema::ObjectName};

/// A name of a table, a column, an index, …, in quotes where it needs them.
///
/// ```
/// use migrate_schema::{Dialect, schema::ddl};
/// assert_eq!(ddl::name("email", Dialect::Postgres), "email");
/// assert_eq!(ddl::name("userId", Dialect::Postgres), "\"userId\"");
/// assert_eq!(ddl::name("userId", Dialect::Sqlite), "userId");
/// assert_eq!(ddl::name("order", Dialect::Mysql), "`order`");
/// ```
pub fn name(name: &str, dialect: Dialect) -> String {
    named(name, dialect, Place::Usual)
}

/// A name with its schema.
pub fn object_name(object: &ObjectName, dialect: Dialect) -> String {
    qualified(object, dialect, Place::Usual)
}

/// The name of a type or of a function, with its schema.
pub(super) fn type_name(object: &ObjectName, dialect: Dialect) -> String {
    qualified(object, dialect, Place::TypeOrFunction)
}

/// Names with commas between them.
pub(super) fn names<'a>(all: impl IntoIterator<Item = &'a String>, dialect: Dialect) -> String {
    let all = all.into_iter().map(|one| name(one, dialect));
    all.collect::<Vec<_>>().join(", ")
}

/// A text as a literal.
pub fn text(text: &str, dialect: Dialect) -> String {
    let text = text.replace('\'', "''");
    match dialect {
        Dialect::Sqlite | Dialect::Postgres => format!("'{text}'"),
        // It is an escape there, unless the session says otherwise.
        Dialect::Mysql => format!("'{}'", text.replace('\\', "\\\\")),
    }
}

fn qualified(object: &ObjectName, dialect: Dialect, place: Place) -> String {
    let own = named(&object.name, dialect, place);
    match &object.schema {
        Some(schema) => format!("{}.{own}", name(schema, dialect)),
        None => own,
    }
}

fn named(name: &str, dialect: Dialect, place: Place) -> String {
    if is_plain(name, dialect) && !is_keyword(&name.to_ascii_lowercase(), dialect, place) {
        name.to_owned()
    } else {
        quoted(name, dialect)
    }
}

/// Whether the name is stored as it is written when it has no quotes.
fn is_plain(name: &str, dialect: Dialect) -> bool {
    let letter = |byte: u8| match dialect {
        Dialect::Postgres => byte.is_ascii_lowercase(),
        Dialect::Sqlite | Dialect::Mysql => byte.is_ascii_alphabetic(),
    };
    let mut bytes = name.bytes();
    bytes
        .next()
        .is_some_and(|first| first == b'_' || letter(first))
        && bytes.all(|byte| byte == b'_' || byte.is_ascii_digit() || letter(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_stand_where_they_are_needed() {
        for (word, expected) in [
            ("a", ["a", "a", "a"]),
            ("_a1", ["_a1", "_a1", "_a1"]),
            ("1a", ["\"1a\"", "\"1a\"", "`1a`"]),
            ("", ["\"\"", "\"\"", "``"]),
            ("aB", ["aB", "\"aB\"", "aB"]),
            ("ä", ["\"ä\"", "\"ä\"", "`ä`"]),
            ("order", ["\"order\"", "\"order\"", "`order`"]),
            ("ORDER", ["\"ORDER\"", "\"ORDER\"", "`ORDER`"]),
            ("key", ["key", "key", "`key`"]),
            ("user", ["user", "\"user\"", "user"]),
            ("rank", ["rank", "rank", "`rank`"]),
            ("position", ["position", "position", "position"]),
            ("a\"`", ["\"a\"\"`\"", "\"a\"\"`\"", "`a\"```"]),
        ] {
            let all = Dialect::ALL.map(|dialect| name(word, dialect));
            assert_eq!(all, expected, "{word}");
        }
        let position = ObjectName::bare("position");
        assert_eq!(type_name(&position, Dialect::Postgres), "\"position\"");
        let object = ObjectName {
            schema: Some("My".into()),
            name: "table".into(),
        };
        assert_eq!(object_name(&object, Dialect::Postgres), "\"My\".\"table\"");
    }

    #[test]
    fn texts_are_what_they_say() {
        assert_eq!(text("it's \\", Dialect::Sqlite), "'it''s \\'");
        assert_eq!(text("it's \\", Dialect::Postgres), "'it''s \\'");
        assert_eq!(text("it's \\", Dialect::Mysql), "'it''s \\\\'");
    }
}
