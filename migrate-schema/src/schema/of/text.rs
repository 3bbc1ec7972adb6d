//! SQL as it would be written now: the text that was written, with every name in it that has changed since.

use std::ops::Range;

use crate::{
    Dialect,
    catalog::{Definition, Text, rewrite},
    lex::{self, TokenKind},
    quote::quoted,
    tree::{Expression, ExpressionKind, Name, Path, Query, TypeName},
};

/// What is to stand in some places of a statement instead of what stands there.
pub(super) struct Cut<'a> {
    text: &'a Text,
    dialect: Dialect,
    /// The schema that is left out before a name.
    home: &'a str,
    changes: Vec<(Range<usize>, String)>,
}

impl<'a> Cut<'a> {
    pub(super) const fn new(text: &'a Text, dialect: Dialect, home: &'a str) -> Self {
        Self {
            text,
            dialect,
            home,
            changes: Vec::new(),
        }
    }

    /// An expression.
    pub(super) fn expression(mut self, one: &Expression) -> Option<String> {
        self.note_expression(one);
        self.cut(&one.range)
    }

    /// A query.
    pub(super) fn query(mut self, one: &Query) -> Option<String> {
        rewrite::query(&mut one.clone(), &mut self);
        self.cut(&one.range)
    }

    /// A type.
    pub(super) fn type_name(mut self, one: &TypeName) -> Option<String> {
        self.note_type(one);
        self.cut(&one.range)
    }

    pub(super) fn note_expression(&mut self, one: &Expression) {
        rewrite::expression(&mut one.clone(), self);
    }

    pub(super) fn note_action(&mut self, one: &crate::tree::Action) {
        rewrite::action(&mut one.clone(), self);
    }

    /// Types of several words are the engine's own, and keep their names.
    fn note_type(&mut self, one: &TypeName) {
        let written = self.text.get(&one.path.name.range);
        let is_word = written.is_some_and(|written| {
            let mut tokens = lex::tokens(written, self.dialect);
            tokens.next().is_some() && tokens.next().is_none()
        });
        if self.dialect == Dialect::Postgres && is_word {
            self.note_name(&one.path.name);
        }
    }

    /// A name that may have changed.
    pub(super) fn note_name(&mut self, name: &Name) {
        let Some(written) = self.text.get(&name.range) else {
            return;
        };
        if !self.means(written, &name.text) {
            // What was taken without quotes where the name was given, is taken here.
            let is_plain = !name.quoted && is_word(&name.text);
            let now = if is_plain {
                name.text.clone()
            } else {
                quoted(&name.text, self.dialect)
            };
            self.changes.push((name.range.clone(), now));
        }
    }

    /// The name of an object that has this name and schema now.
    pub(super) fn note_object(&mut self, path: &Path, schema: &str, name: &str) {
        let Some(written) = self.text.get(&path.range()) else {
            return;
        };
        let is_home = schema.eq_ignore_ascii_case(self.home);
        let own = self.text.get(&path.name.range).unwrap_or_default();
        let same = self.means(own, name);
        let own = if same {
            own.to_owned()
        } else {
            quoted(name, self.dialect)
        };
        let now = match &path.schema {
            _ if is_home => own,
            Some(written) if written.text == schema => {
                let schema = self.text.get(&written.range).unwrap_or(schema);
                format!("{schema}.{own}")
            }
            _ => format!("{}.{own}", quoted(schema, self.dialect)),
        };
        if now != written {
            self.changes.push((path.range(), now));
        }
    }

    /// Whether what was written is this name.
    fn means(&self, written: &str, name: &str) -> bool {
        let mut tokens = lex::tokens(written, self.dialect);
        let Some(token) = tokens.next() else {
            return true;
        };
        match token.kind {
            TokenKind::Word if self.dialect == Dialect::Postgres => {
                written == name || written.to_lowercase() == name
            }
            TokenKind::QuotedName | TokenKind::Text => unquoted(written) == name,
            _ => written == name,
        }
    }

    /// What stands there, with what has changed.
    pub(super) fn cut(mut self, range: &Range<usize>) -> Option<String> {
        let text = self.text.get(range)?;
        self.changes
            .sort_by_key(|(place, _)| (place.start, place.end));
        let mut result = String::with_capacity(text.len());
        let mut at = range.start;
        for (place, now) in &self.changes {
            if place.start < at || place.end > range.end {
                continue;
            }
            result.push_str(self.text.get(&(at..place.start)).unwrap_or_default());
            result.push_str(now);
            at = place.end;
        }
        result.push_str(self.text.get(&(at..range.end)).unwrap_or_default());
        Some(result)
    }
}

impl rewrite::Rewriter for Cut<'_> {
    fn table(&mut self, path: &mut Path) {
        if let Some(schema) = &path.schema {
            self.note_name(schema);
        }
        self.note_name(&path.name);
    }
    fn column(&mut self, table: &mut Option<Path>, name: &mut Name) {
        if let Some(table) = table {
            self.table(table);
        }
        self.note_name(name);
    }
    fn target(&mut self, _table: &Path, name: &mut Name) {
        self.note_name(name);
    }
    fn own(&mut self, _name: &Name) {}
    fn nested(&mut self) {}
    fn ty(&mut self, ty: &mut TypeName) {
        self.note_type(ty);
    }
    fn call(&mut self, name: &mut Path) {
        // The engine's own are written in many ways.
        if self.dialect == Dialect::Postgres {
            self.note_name(&name.name);
        }
    }
    /// PostgreSQL's views keep the names of their columns, whatever those of the tables become.
    fn output(&mut self, one: &Expression, alias: Option<&Name>) {
        if let (ExpressionKind::Column { name, .. }, None, Dialect::Postgres) =
            (&one.kind, alias, self.dialect)
            && let Some(written) = self.text.get(&name.range)
            && !self.means(written, &name.text)
        {
            let addition = format!(" AS {written}");
            self.changes.push((one.range.end..one.range.end, addition));
        }
    }
}

/// Whether a name is one word, in lower case as PostgreSQL takes it.
fn is_word(name: &str) -> bool {
    let mut bytes = name.bytes();
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
    bytes.next().is_some_and(is_letter)
        && bytes.all(|byte| is_letter(byte) || byte.is_ascii_digit())
}

/// The statement that makes something, from the name on: `CREATE TRIGGER` and what else stands before it has many forms.
pub(super) fn statement(
    definition: &Definition,
    words: &str,
    mut cut: Cut<'_>,
    (schema, name): (&str, &str),
) -> Option<String> {
    let path = &definition.name;
    cut.note_object(path, schema, name);
    let whole = path.range().start..definition.text.end();
    let rest = cut.cut(&whole)?;
    let rest = rest.trim_end_matches(|c: char| c == ';' || c.is_whitespace());
    Some(format!("{words} {rest}"))
}

/// What stands between quotes, with doubled ones single.
pub(super) fn unquoted(written: &str) -> String {
    let mut inside = written.chars();
    let Some(open) = inside.next() else {
        return String::new();
    };
    inside.next_back();
    let close = if open == '[' { ']' } else { open };
    let inside = inside.as_str();
    inside.replace(&format!("{close}{close}"), &close.to_string())
}
