//! The bodies of functions, procedures and `DO`.

use std::ops::Range;

use squawk_syntax::SourceFile;

use super::{
    block::{self, Body, Fault, Gives, Part, PartKind},
    cst::{Kind, Node, Reader, child, child_of, children, has_child, string_value, words},
    fault, opaque, plpgsql,
};
use crate::{
    Code, Dialect, Finding,
    lex::{self, Token, TokenKind},
    tree::Action,
};

/// A body in PL/pgSQL, and where it stands in the larger text; none where its places are others.
struct Text {
    text: String,
    base: Option<usize>,
}

impl Reader {
    pub(super) fn language(&self, node: &Node) -> Option<String> {
        let options = child(node, Kind::FUNC_OPTION_LIST)?;
        let option = children(&options, Kind::LANGUAGE_FUNC_OPTION).last()?;
        let named = child_of(&option, &[Kind::LANGUAGE_REF, Kind::LITERAL])?;
        Some(if named.kind() == Kind::LITERAL {
            self.label(&named).text.to_ascii_lowercase()
        } else {
            self.name(&named).text
        })
    }

    /// The statements of a body in SQL, where they only read and change rows; of every other body what a call of it may
    /// do to the schema.
    pub(super) fn body(&self, node: &Node) -> Vec<Action> {
        let Some(options) = child(node, Kind::FUNC_OPTION_LIST) else {
            return Vec::new();
        };
        let literal = definition(&options);
        let text = literal.as_ref().and_then(string_value);
        let (Some(literal), Some(text)) = (literal, text) else {
            return Vec::new();
        };
        match self.language(node).as_deref() {
            Some("plpgsql") => plpgsql::effects(&text, &self.parameters(node))
                .into_iter()
                .collect(),
            // With settings of its own it may look for names elsewhere.
            Some("sql") if !has_child(&options, Kind::SET_FUNC_OPTION) => {
                self.sql_body(&literal, &text)
            }
            _ => Vec::new(),
        }
    }

    fn sql_body(&self, literal: &Node, text: &str) -> Vec<Action> {
        let tokens: Vec<Token> = lex::tokens(text, Dialect::Postgres).collect();
        let changes = tokens
            .split(|token| token.is_symbol(text, ';'))
            .any(|statement| opaque::is_change(text, statement));
        if changes {
            return vec![opaque::of_text(text)];
        }
        // In a string with escapes the places are others.
        let Some(inner) = literal.text().to_string().find(text) else {
            return Vec::new();
        };
        if !super::depth::is_shallow(text) {
            return Vec::new();
        }
        let parsed = SourceFile::parse(text);
        let reader = self.inside(self.range(literal).start + inner);
        parsed
            .syntax_node()
            .children()
            .flat_map(|statement| reader.statement(&statement))
            .collect()
    }

    /// The names that stand for what a function is given and gives.
    fn parameters(&self, node: &Node) -> Vec<String> {
        let lists = child(node, Kind::PARAM_LIST).into_iter();
        let arguments = lists.flat_map(|list| self.arguments(&list));
        let names = arguments.filter_map(|argument| argument.name);
        names.map(|name| name.text).collect()
    }

    /// What is wrong with the body of a function in PL/pgSQL.
    pub(super) fn body_fault(&self, node: &Node) -> Option<Finding> {
        if self.language(node).as_deref() != Some("plpgsql") || !self.is_postgres() {
            return None;
        }
        let literal = definition(&child(node, Kind::FUNC_OPTION_LIST)?)?;
        let text = self.body_text(&literal)?;
        let mut names = self.parameters(node);
        let returned = child(node, Kind::RET_TYPE);
        let columns = (returned.iter())
            .filter_map(|returned| child(returned, Kind::RETURN_TABLE_ARG_LIST))
            .flat_map(|list| children(&list, Kind::RETURN_TABLE_COLUMN).collect::<Vec<_>>());
        names
            .extend(columns.filter_map(|one| Some(self.child_name(&one, Kind::COLUMN_NAME)?.text)));
        // Arguments can be named with the function before them.
        for kind in [Kind::FUNCTION_NAME, Kind::PROCEDURE_NAME] {
            names.extend(self.child_path(node, kind).map(|path| path.name.text));
        }
        let gives = self.gives(node, returned.as_ref());
        self.plpgsql_fault(&text, &names, gives)
    }

    fn gives(&self, node: &Node, returned: Option<&Node>) -> Gives {
        let lists = child(node, Kind::PARAM_LIST).into_iter();
        if lists
            .flat_map(|list| self.arguments(&list))
            .any(|argument| argument.output)
        {
            return Gives::Anything;
        }
        let Some(returned) = returned else {
            return match node.kind() {
                Kind::CREATE_PROCEDURE => Gives::Nothing,
                _ => Gives::Anything,
            };
        };
        let words = words(returned);
        match words.as_str() {
            "RETURNS VOID" => Gives::Nothing,
            "RETURNS TRIGGER" => Gives::Value,
            _ if words.starts_with("RETURNS SETOF")
                || words.starts_with("RETURNS TABLE")
                || words.contains("EVENT_TRIGGER") =>
            {
                Gives::Anything
            }
            _ if words.split(' ').count() == 2 && self.is_plain(returned) => Gives::Value,
            _ => Gives::Anything,
        }
    }

    /// Whether a function gives a value of a type that is built in.
    fn is_plain(&self, returned: &Node) -> bool {
        const PLAIN: [&str; 12] = [
            "bigint",
            "bool",
            "boolean",
            "date",
            "int",
            "integer",
            "json",
            "jsonb",
            "numeric",
            "text",
            "timestamptz",
            "uuid",
        ];
        let ty = self.child_type(returned);
        ty.is_some_and(|ty| PLAIN.contains(&ty.path.name.text.as_str()))
    }

    fn body_text(&self, literal: &Node) -> Option<Text> {
        let text = string_value(literal)?;
        let inner = literal.text().to_string().find(&text);
        let base = inner.map(|inner| self.range(literal).start + inner);
        Some(Text { text, base })
    }

    /// The first thing that is wrong with a body.
    fn plpgsql_fault(&self, text: &Text, names: &[String], gives: Gives) -> Option<Finding> {
        let base = text.base?;
        let body = match block::read(&text.text, names, gives)? {
            Ok(body) => body,
            Err(Fault {
                message,
                range,
                help,
            }) => {
                let range = base + range.start..base + range.end;
                let finding = Finding::new(Code::SqlSyntax, message, range);
                return Some(match help {
                    Some(help) => finding.help(help),
                    None => finding,
                });
            }
        };
        body.parts
            .iter()
            .find_map(|part| part_fault(&text.text, base, part))
    }

    /// What is wrong with the body of a `DO`.
    pub(super) fn do_fault(&self, node: &Node) -> Option<Finding> {
        if node.kind() != Kind::DO || !is_plpgsql(node) || !self.is_postgres() {
            return None;
        }
        let text = self.body_text(&child(node, Kind::LITERAL)?)?;
        self.plpgsql_fault(&text, &[], Gives::Nothing)
    }

    /// What a `DO` does.
    pub(super) fn do_block(&self, node: &Node) -> Vec<Action> {
        let text = child(node, Kind::LITERAL).and_then(|literal| self.body_text(&literal));
        let Some(text) = text.filter(|_| is_plpgsql(node)) else {
            return vec![Action::Opaque {
                words: Vec::new(),
                everything: true,
            }];
        };
        let body = text
            .base
            .and_then(|_| block::read(&text.text, &[], Gives::Nothing));
        let Some(Ok(body)) = body else {
            return plpgsql::effects(&text.text, &[]).into_iter().collect();
        };
        let base = text.base.unwrap_or_default();
        let mut places: Vec<Range<usize>> = Vec::new();
        let mut actions: Vec<Action> = Vec::new();
        for part in &body.parts {
            if let Some(read) = self.part_actions(&text.text, base, &body, part) {
                places.push(part.range.clone());
                actions.extend(read);
            }
        }
        // What cannot be read may do its work before or behind the rest.
        let others = plpgsql::effects_but(&text.text, &[], &places);
        let before = others.clone().filter(|_| !actions.is_empty());
        before.into_iter().chain(actions).chain(others).collect()
    }

    /// What a part of a body does to the schema, and to rows where no variable can be in it.
    fn part_actions(
        &self,
        text: &str,
        base: usize,
        body: &Body,
        part: &Part,
    ) -> Option<Vec<Action>> {
        let own = text.get(part.range.clone())?;
        let tokens: Vec<Token> = lex::tokens(own, Dialect::Postgres).collect();
        let is_change = opaque::is_change(own, &tokens);
        let is_plain = body.variables.is_empty()
            && !tokens.iter().any(|token| is_value(own, *token))
            && without_into(own) == own;
        let reads = part.certain
            && is_plain
            && match part.kind {
                PartKind::Statement => true,
                PartKind::Perform => true,
                PartKind::Expression => false,
            };
        let changes = is_change
            && part.kind == PartKind::Statement
            && (is_plain || !tokens.iter().any(|token| token.is_word(own, "as")));
        if !(reads || changes) || !super::depth::is_shallow(own) {
            return None;
        }
        let (sql, base) = match part.kind {
            PartKind::Statement => (own.to_owned(), base + part.range.start),
            _ => (
                format!("{SELECT}{own}"),
                (base + part.range.start).checked_sub(SELECT.len())?,
            ),
        };
        let parsed = SourceFile::parse(&sql);
        if fault::find(&sql, base, &parsed).is_some() {
            return None;
        }
        let reader = self.inside(base);
        let root = parsed.syntax_node();
        let actions = root.children().flat_map(|node| reader.statement(&node));
        Some(if part.certain {
            actions.collect()
        } else {
            actions
                .map(|action| Action::Perhaps {
                    action: Box::new(action),
                    tried: part.tried,
                })
                .collect()
        })
    }
}

/// The text of a body in `AS`.
fn definition(options: &Node) -> Option<Node> {
    let body = child(options, Kind::AS_FUNC_OPTION)?;
    child(&child(&body, Kind::AS_DEFINITION)?, Kind::LITERAL)
}

fn is_plpgsql(node: &Node) -> bool {
    let language = child(node, Kind::DO_LANGUAGE)
        .and_then(|language| child_of(&language, &[Kind::LANGUAGE_REF, Kind::LITERAL]));
    language.is_none_or(|language| {
        let name = language.text().to_string();
        name.trim_matches('\'').eq_ignore_ascii_case("plpgsql")
    })
}

/// What is not declared and has a value in every body.
fn is_value(text: &str, token: Token) -> bool {
    ["found", "sqlstate", "sqlerrm"]
        .iter()
        .any(|word| token.is_word(text, word))
}

const SELECT: &str = "SELECT ";

/// What is wrong with the syntax of a part.
fn part_fault(body: &str, base: usize, part: &Part) -> Option<Finding> {
    let own = body.get(part.range.clone())?;
    if !super::depth::is_shallow(own) {
        return None;
    }
    let (sql, shift) = match part.kind {
        PartKind::Statement => (without_into(own), 0),
        PartKind::Expression | PartKind::Perform => (format!("{SELECT}{own}"), SELECT.len()),
    };
    let parsed = SourceFile::parse(&sql);
    let mut finding = fault::find(&sql, 0, &parsed)?;
    let moved = |at: usize| base + part.range.start + at.saturating_sub(shift);
    finding.range = moved(finding.range.start)..moved(finding.range.end);
    if let Some(fix) = &mut finding.fix {
        fix.range = moved(fix.range.start)..moved(fix.range.end);
    }
    Some(finding)
}

/// A statement without `INTO variables`, with spaces instead.
fn without_into(sql: &str) -> String {
    let tokens: Vec<Token> = lex::tokens(sql, Dialect::Postgres).collect();
    let first = tokens.first().copied();
    let makes = first.is_some_and(|first| {
        ["create", "import"]
            .iter()
            .any(|word| first.is_word(sql, word))
    });
    let into = (1..tokens.len()).find(|at| {
        let before = tokens[at - 1];
        tokens[*at].is_word(sql, "into")
            && !(before.is_word(sql, "insert") || before.is_word(sql, "merge"))
    });
    let Some(into) = into.filter(|_| !makes) else {
        return sql.to_owned();
    };
    let mut at = into + 1;
    if tokens
        .get(at)
        .is_some_and(|token| token.is_word(sql, "strict"))
    {
        at += 1;
    }
    let is_sign = |at: usize, sign| {
        tokens
            .get(at)
            .is_some_and(|token: &Token| token.is_symbol(sql, sign))
    };
    loop {
        at += 1;
        while is_sign(at, '.') {
            at += 2;
        }
        while is_sign(at, '[') {
            while at < tokens.len() && !is_sign(at, ']') {
                at += 1;
            }
            at += 1;
        }
        let is_name =
            |token: &&Token| matches!(token.kind, TokenKind::Word | TokenKind::QuotedName);
        if !is_sign(at, ',') || tokens.get(at + 1).filter(is_name).is_none() {
            break;
        }
        at += 1;
    }
    let start = tokens[into].start;
    let end = tokens.get(at - 1).map_or(sql.len(), |last| last.end);
    let spaces = " ".repeat(end - start);
    format!("{}{spaces}{}", &sql[..start], &sql[end..])
}
