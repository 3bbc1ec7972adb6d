//! Short forms: `email` for a column, `UNIQUE (email)` for a constraint, `users(id)` for what is referred to.

use crate::{
    Dialect,
    lex::{self, Token, TokenKind},
    schema::{Check, ForeignKey, IndexOn, IndexPart, Key, ObjectName},
};

/// A constraint.
#[derive(Debug)]
pub(super) enum Constraint {
    Primary(Key),
    Unique(Key),
    Foreign(ForeignKey),
    Check(Check),
}

/// The name of a column that stands for the column.
pub(super) fn column(text: &str) -> Result<&str, String> {
    let name = text.trim();
    if name.is_empty() {
        return Err("a name is empty".to_owned());
    }
    let Some(at) = name.find(|letter: char| letter.is_whitespace() || "()\"',;`".contains(letter))
    else {
        return Ok(name);
    };
    Err(format!(
        "`{text}` is no name: a string is the name of a column and nothing else, so write {{\"name\": \"{}\", …}}",
        &name[..at]
    ))
}

/// A table or another object: `users`, `audit.users`, `"a.b"`.
pub(super) fn object_name(text: &str) -> Result<ObjectName, String> {
    let mut parts = Vec::new();
    let mut rest = text;
    loop {
        let (part, behind) = name_part(rest).ok_or_else(|| {
            format!("`{text}` is no name: write `table` or `schema.table`, and in double quotes what has a dot in it")
        })?;
        parts.push(part);
        match behind.strip_prefix('.') {
            Some(behind) => rest = behind,
            None if behind.is_empty() => break,
            None => return Err(format!("`{text}` is no name")),
        }
    }
    match <[String; 2]>::try_from(parts) {
        Ok([schema, name]) => Ok(ObjectName {
            schema: Some(schema),
            name,
        }),
        Err(parts) => match <[String; 1]>::try_from(parts) {
            Ok([name]) => Ok(ObjectName { schema: None, name }),
            Err(_) => Err(format!(
                "`{text}` has too many parts: write `table` or `schema.table`"
            )),
        },
    }
}

/// The first part of a name, and what is behind it.
fn name_part(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find('.').unwrap_or(text.len());
        let (part, behind) = text.split_at(end);
        return (!part.is_empty()).then(|| (part.to_owned(), behind));
    };
    let mut name = String::new();
    let mut letters = quoted.char_indices();
    while let Some((at, letter)) = letters.next() {
        if letter != '"' {
            name.push(letter);
        } else if quoted[at + 1..].starts_with('"') {
            name.push('"');
            letters.next();
        } else {
            return (!name.is_empty()).then_some((name, &quoted[at + 1..]));
        }
    }
    None
}

/// What [`object_name`] reads.
pub(super) fn written(name: &ObjectName) -> String {
    let part = |part: &str| match part.contains(['.', '"']) {
        true => format!("\"{}\"", part.replace('"', "\"\"")),
        false => part.to_owned(),
    };
    match &name.schema {
        Some(schema) => format!("{}.{}", part(schema), part(&name.name)),
        None => part(&name.name),
    }
}

/// `users`, `users(id)`, `audit.pairs(a, b)`.
pub(super) fn reference(text: &str, dialect: Dialect) -> Result<(ObjectName, Vec<String>), String> {
    let mut words = Words::new(text, dialect);
    let found = (words.object(), words.columns());
    match found {
        (Some(table), Some(columns)) if words.is_at_end() => Ok((table, columns)),
        _ => Err(format!("`{text}` refers to nothing: write `table(column)`")),
    }
}

/// `PRIMARY KEY (id)`, `unique(email)`, `FOREIGN KEY (team) REFERENCES teams (id) ON DELETE CASCADE`, `CHECK (age > 0)`.
pub(super) fn constraint(text: &str, dialect: Dialect) -> Result<Constraint, String> {
    let mut words = Words::new(text, dialect);
    words.constraint().filter(|_| words.is_at_end()).ok_or_else(|| {
        format!(
            "`{text}` is no constraint: write `PRIMARY KEY (id)`, `UNIQUE (email)`, `FOREIGN KEY (team) REFERENCES \
             teams (id)`, `CHECK (age > 0)`, or an object"
        )
    })
}

/// The tokens of a short form, from left to right.
struct Words<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
}

impl<'a> Words<'a> {
    fn new(text: &'a str, dialect: Dialect) -> Self {
        Self {
            text,
            tokens: lex::tokens(text, dialect).collect(),
            at: 0,
        }
    }

    fn is_at_end(&self) -> bool {
        self.at == self.tokens.len()
    }

    fn next_is(&self, word: &str) -> bool {
        (self.tokens.get(self.at)).is_some_and(|token| token.is_word(self.text, word))
    }

    fn word(&mut self, word: &str) -> bool {
        let found = self.next_is(word);
        self.at += usize::from(found);
        found
    }

    fn symbol(&mut self, symbol: char) -> bool {
        let found =
            (self.tokens.get(self.at)).is_some_and(|token| token.is_symbol(self.text, symbol));
        self.at += usize::from(found);
        found
    }

    fn name(&mut self) -> Option<String> {
        let token = self.tokens.get(self.at)?;
        let text = token.text(self.text);
        let name = match token.kind {
            TokenKind::Word => text.to_owned(),
            TokenKind::QuotedName => unquoted(text),
            _ => return None,
        };
        self.at += 1;
        Some(name)
    }

    fn object(&mut self) -> Option<ObjectName> {
        let first = self.name()?;
        if !self.symbol('.') {
            return Some(ObjectName::bare(first));
        }
        Some(ObjectName {
            schema: Some(first),
            name: self.name()?,
        })
    }

    /// Names in parentheses; none of them where there are no parentheses.
    fn columns(&mut self) -> Option<Vec<String>> {
        let mut columns = Vec::new();
        if !self.symbol('(') {
            return Some(columns);
        }
        loop {
            columns.push(self.name()?);
            if self.symbol(')') {
                return Some(columns);
            }
            if !self.symbol(',') {
                return None;
            }
        }
    }

    fn some_columns(&mut self) -> Option<Vec<String>> {
        self.columns().filter(|columns| !columns.is_empty())
    }

    fn constraint(&mut self) -> Option<Constraint> {
        let name = match self.word("constraint") {
            true => Some(self.name()?),
            false => None,
        };
        if self.word("primary_key") || (self.word("primary") && self.word("key")) {
            let key = Key::on(self.some_columns()?);
            return Some(Constraint::Primary(Key { name, ..key }));
        }
        if self.word("unique") {
            let key = Key::on(self.some_columns()?);
            return Some(Constraint::Unique(Key { name, ..key }));
        }
        if self.word("check") {
            let expression = self.parenthesis()?;
            return Some(Constraint::Check(Check {
                name,
                expression,
                column: None,
                no_inherit: false,
                not_valid: false,
            }));
        }
        if self.word("foreign_key") || (self.word("foreign") && self.word("key")) {
            return self.foreign_key(name).map(Constraint::Foreign);
        }
        None
    }

    /// What stands in parentheses, which have to be all that is left.
    fn parenthesis(&mut self) -> Option<String> {
        let open = self
            .tokens
            .get(self.at)
            .filter(|token| token.is_symbol(self.text, '('))?;
        let close = self
            .tokens
            .last()
            .filter(|token| token.is_symbol(self.text, ')'))?;
        let inside = self.text.get(open.end..close.start)?.trim();
        self.at = self.tokens.len();
        (!inside.is_empty()).then(|| inside.to_owned())
    }

    fn foreign_key(&mut self, name: Option<String>) -> Option<ForeignKey> {
        let columns = self.some_columns()?;
        if !self.word("references") {
            return None;
        }
        let mut key = ForeignKey {
            name,
            columns,
            table: self.object()?,
            referred: self.columns()?,
            on_delete: None,
            on_update: None,
            deferrable: crate::schema::Deferrable::No,
            not_valid: false,
        };
        while self.word("on") {
            let place = match (self.word("delete"), self.word("update")) {
                (true, _) => &mut key.on_delete,
                (_, true) => &mut key.on_update,
                _ => return None,
            };
            *place = self.action()?;
        }
        Some(key)
    }

    /// What is done; none for `NO ACTION`.
    #[allow(
        clippy::option_option,
        reason = "the outer one is that there is no such word"
    )]
    fn action(&mut self) -> Option<Option<String>> {
        let action = if self.word("cascade") {
            "CASCADE"
        } else if self.word("restrict") {
            "RESTRICT"
        } else if self.word("set") {
            if self.word("null") {
                "SET NULL"
            } else if self.word("default") {
                "SET DEFAULT"
            } else {
                return None;
            }
        } else if self.word("no") && self.word("action") {
            return Some(None);
        } else {
            return None;
        };
        Some(Some(action.to_owned()))
    }
}

fn unquoted(text: &str) -> String {
    let mut letters = text.chars();
    let quote = match letters.next() {
        Some('[') => ']',
        Some(quote) => quote,
        None => return String::new(),
    };
    let inside = letters.as_str();
    let inside = inside.strip_suffix(quote).unwrap_or(inside);
    inside.replace(&format!("{quote}{quote}"), &quote.to_string())
}

/// The names of columns that parts are on.
pub(super) fn columns_of(parts: &[IndexPart]) -> Vec<&str> {
    parts
        .iter()
        .filter_map(|part| match &part.on {
            IndexOn::Column(name) => Some(name.as_str()),
            IndexOn::Expression(_) => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        match constraint(text, Dialect::Sqlite) {
            Ok(Constraint::Primary(key)) => format!("primary {:?}", columns_of(&key.parts)),
            Ok(Constraint::Unique(key)) => {
                format!("unique {:?} {:?}", key.name, columns_of(&key.parts))
            }
            Ok(Constraint::Check(check)) => format!("check {}", check.expression),
            Ok(Constraint::Foreign(key)) => format!(
                "{:?} → {} {:?} {:?} {:?}",
                key.columns, key.table, key.referred, key.on_delete, key.on_update
            ),
            Err(message) => message,
        }
    }

    #[test]
    fn constraints() {
        assert_eq!(read("PRIMARY KEY (id)"), "primary [\"id\"]");
        assert_eq!(read("primary_key(a, \"b c\")"), "primary [\"a\", \"b c\"]");
        assert_eq!(
            read("constraint u unique (a)"),
            "unique Some(\"u\") [\"a\"]"
        );
        assert_eq!(
            read("CHECK (age > 0 AND (b OR c))"),
            "check age > 0 AND (b OR c)"
        );
        assert_eq!(
            read(
                "FOREIGN KEY (a, b) REFERENCES other.pairs (c, d) ON DELETE SET NULL ON UPDATE NO ACTION"
            ),
            "[\"a\", \"b\"] → other.pairs [\"c\", \"d\"] Some(\"SET NULL\") None"
        );
        for wrong in [
            "",
            "UNIQUE",
            "UNIQUE ()",
            "UNIQUE (a b)",
            "PRIMARY KEY (a) x",
            "CHECK ()",
            "FOREIGN KEY (a)",
            "email",
            "CHECK (a",
        ] {
            assert!(
                read(wrong).starts_with(&format!("`{wrong}` is no constraint")),
                "{wrong}"
            );
        }
    }

    #[test]
    fn names_go_there_and_back() {
        for text in [
            "users",
            "audit.users",
            "\"a.b\"",
            "\"a.b\".\"c\"\"d\"",
            "a b",
            "größe",
        ] {
            assert_eq!(written(&object_name(text).unwrap()), text);
        }
        for wrong in ["", ".a", "a.", "a.b.c", "\"a", "\"a\"b", "\"\""] {
            assert!(object_name(wrong).is_err(), "{wrong}");
        }
        assert_eq!(
            reference("users(id)", Dialect::Sqlite).unwrap(),
            (ObjectName::bare("users"), vec!["id".to_owned()])
        );
        assert!(reference("users(id", Dialect::Sqlite).is_err());
        assert_eq!(column(" email "), Ok("email"));
        assert_eq!(
            column("id integer").unwrap_err(),
            "`id integer` is no name: a string is the name of a column and nothing else, so write {\"name\": \"id\", …}"
        );
    }
}
