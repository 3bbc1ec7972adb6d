//! Functions and procedures that are changed.

use super::{super::mention::mentions, DIALECT, Plan, table::drop_trigger, type_name};
use crate::{
    lex::{self, Token, TokenKind},
    quote::quoted,
    schema::{ObjectName, Routine, RoutineKind, Trigger},
};

pub(super) fn drop(routine: &Routine) -> String {
    let kind = match routine.kind {
        RoutineKind::Function => "FUNCTION",
        RoutineKind::Procedure => "PROCEDURE",
        RoutineKind::Aggregate => "AGGREGATE",
    };
    let arguments = match routine.kind {
        RoutineKind::Aggregate if routine.arguments.is_empty() => "*".to_owned(),
        _ => {
            let arguments = routine.arguments.iter().map(|one| argument(one));
            arguments.collect::<Vec<_>>().join(", ")
        }
    };
    format!(
        "DROP {kind} {}({arguments})",
        type_name(&routine.name, DIALECT)
    )
}

/// The type of an argument. It is told without quotes, by the name that is stored.
fn argument(data_type: &str) -> String {
    let word = data_type.trim_end_matches("[]");
    let mut tokens = lex::tokens(word, DIALECT);
    let is_word = tokens
        .next()
        .is_some_and(|token| token.kind == TokenKind::Word)
        && tokens.next().is_none();
    if is_word && word.bytes().any(|byte| byte.is_ascii_uppercase()) {
        format!("{}{}", quoted(word, DIALECT), &data_type[word.len()..])
    } else {
        data_type.to_owned()
    }
}

impl Plan<'_> {
    /// Routines whose arguments or result are rows of a table, and that are to go, go before it.
    pub(super) fn without_routines_of(&mut self, table: &ObjectName) {
        let stays = |one: &Routine| {
            let mut wanted = self.to.routines.iter();
            wanted.any(|other| other.name == one.name && other.arguments == one.arguments)
        };
        let going: Vec<Routine> = (self.working.routines.iter())
            .filter(|one| {
                !stays(one) && signature(&one.sql).iter().any(|word| is_name(word, table))
            })
            .cloned()
            .collect();
        for one in going {
            self.push(drop(&one));
            self.working.routines.retain(|other| *other != one);
        }
    }

    /// In place where the engine allows that, and else it goes and comes again with what calls it.
    pub(super) fn replace_routine(&mut self, from: &Routine, to: &Routine) {
        if from.kind == to.kind
            && from.kind != RoutineKind::Aggregate
            && signature(&from.sql) == signature(&to.sql)
        {
            self.push(or_replace(&to.sql));
            return;
        }
        let triggers = self.triggers_that_call(from);
        for (table, trigger) in &triggers {
            self.push(drop_trigger(table, &trigger.name));
        }
        let readers = self.working.views.iter();
        let readers = readers.filter(|view| mentions(&view.query, &from.name.name, DIALECT));
        let readers: Vec<ObjectName> = readers.map(|view| view.name.clone()).collect();
        for view in readers {
            self.without_view(&view);
        }
        self.push(drop(from));
        self.push(to.sql.trim());
        for (_, trigger) in &triggers {
            self.push(trigger.sql.trim());
        }
    }

    fn triggers_that_call(&self, routine: &Routine) -> Vec<(ObjectName, Trigger)> {
        let tables = self.working.tables.iter();
        let triggers = tables.flat_map(|table| table.triggers.iter().map(|one| (&table.name, one)));
        triggers
            .filter(|(_, trigger)| mentions(&trigger.sql, &routine.name.name, DIALECT))
            .map(|(table, trigger)| (table.clone(), trigger.clone()))
            .collect()
    }

    /// Takes a view away, with those that read it.
    pub(super) fn without_view(&mut self, view: &ObjectName) {
        self.without_views_of(view, None);
        let own = self.working.views.iter().find(|one| one.name == *view);
        if let Some(own) = own.cloned() {
            self.drop_view(&own);
            self.working.views.retain(|one| one.name != *view);
            self.views.push(own);
        }
    }
}

fn is_name(word: &str, table: &ObjectName) -> bool {
    word == table.name || word == quoted(&table.name, DIALECT)
}

/// The statement, so that it takes the place of what is there.
pub(super) fn or_replace(sql: &str) -> String {
    let sql = sql.trim();
    let mut tokens = lex::tokens(sql, DIALECT);
    let create = tokens.next().filter(|token| token.is_word(sql, "create"));
    let is_replace = tokens.next().is_some_and(|token| token.is_word(sql, "or"));
    match create {
        Some(create) if !is_replace => format!("CREATE OR REPLACE{}", &sql[create.end..]),
        _ => sql.to_owned(),
    }
}

/// The arguments with their names, and what is given back: where one of them changes, the engine does not replace it.
fn signature(sql: &str) -> Vec<String> {
    let tokens: Vec<Token> = lex::tokens(sql, DIALECT).collect();
    let start = tokens.iter().position(|token| token.is_symbol(sql, '('));
    let ends = [
        "as",
        "language",
        "immutable",
        "stable",
        "volatile",
        "strict",
        "called",
        "security",
        "cost",
        "rows",
        "parallel",
        "set",
        "leakproof",
        "window",
        "begin",
        "return",
        "external",
        "support",
        "transform",
    ];
    let mut depth = 0_usize;
    let mut words = Vec::new();
    for token in tokens.iter().skip(start.unwrap_or(0)) {
        if token.is_symbol(sql, '(') {
            depth += 1;
        } else if token.is_symbol(sql, ')') {
            depth = depth.saturating_sub(1);
        }
        if depth == 0 && ends.iter().any(|word| token.is_word(sql, word)) {
            break;
        }
        let text = token.text(sql);
        words.push(match token.kind {
            TokenKind::Word => text.to_lowercase(),
            _ => text.to_owned(),
        });
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_replaced() {
        let one = "CREATE FUNCTION f(a int) RETURNS trigger LANGUAGE plpgsql AS $$ 1 $$";
        let other = "create function f(A int) returns Trigger as $$ 2 $$ language plpgsql";
        assert_eq!(signature(one), signature(other));
        let third = "CREATE FUNCTION f(b int) RETURNS trigger LANGUAGE plpgsql AS $$ 1 $$";
        assert_ne!(signature(one), signature(third));
        let fourth = "CREATE FUNCTION f(a int) RETURNS int LANGUAGE plpgsql AS $$ 1 $$";
        assert_ne!(signature(one), signature(fourth));
        assert_eq!(argument("RateLimit"), "\"RateLimit\"");
        assert_eq!(argument("Mood[]"), "\"Mood\"[]");
        assert_eq!(argument("double precision"), "double precision");
        assert_eq!(
            or_replace("create function f()"),
            "CREATE OR REPLACE function f()"
        );
        assert_eq!(
            or_replace("CREATE OR REPLACE FUNCTION f()"),
            "CREATE OR REPLACE FUNCTION f()"
        );
    }
}
