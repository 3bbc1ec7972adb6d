//! What a body in PL/pgSQL may do to the schema.
//!
//! Its statements are found by their words, not parsed: what stands behind `;`, `BEGIN`, `THEN`, `ELSE` and `LOOP`.
//! Those that only read or change rows do nothing to the schema. Of the others the names count, and of `EXECUTE`
//! the statement that it puts together, as far as it is spelled out.

use std::{collections::BTreeMap, ops::Range};

use super::{
    cst::{Kind, Node, child, children, has, is_expression, string_value},
    opaque,
};
use crate::{
    Dialect,
    lex::{self, Token, TokenKind},
    tree::Action,
};

/// Stands for what is only known when the body runs.
const HOLE: char = '\u{1}';

/// Stands for an argument of the function.
const ARGUMENT: char = '\u{2}';

/// What the body may do to the schema; none if it does nothing to it. The parameters are the names of its arguments.
pub(super) fn effects(body: &str, parameters: &[String]) -> Option<Action> {
    effects_but(body, parameters, &[])
}

/// The same, but for what the statements at some places do.
pub(super) fn effects_but(
    body: &str,
    parameters: &[String],
    places: &[Range<usize>],
) -> Option<Action> {
    let mut tokens: Vec<Token> = lex::tokens(body, Dialect::Postgres).collect();
    let mut places = places.iter().peekable();
    tokens.retain(|token| {
        while places.next_if(|place| place.end <= token.start).is_some() {}
        places.peek().is_none_or(|place| token.start < place.start)
    });
    let mut effects = Effects {
        body,
        words: Vec::new(),
        everything: false,
        variables: BTreeMap::new(),
        parameters,
    };
    let statements = statements(body, &tokens);
    for statement in &statements {
        effects.assignment(statement);
    }
    for statement in &statements {
        effects.statement(statement);
    }
    if effects.everything {
        return Some(Action::Opaque {
            words: Vec::new(),
            everything: true,
        });
    }
    (!effects.words.is_empty()).then(|| opaque::finished(effects.words))
}

/// The runs of tokens between the words and signs that end a statement.
fn statements<'a>(body: &str, tokens: &'a [Token]) -> Vec<&'a [Token]> {
    const ENDS: [&str; 6] = ["begin", "then", "else", "loop", "declare", "exception"];
    tokens
        .split(|token| {
            token.is_symbol(body, ';') || ENDS.iter().any(|word| token.is_word(body, word))
        })
        .filter(|statement| !statement.is_empty())
        .collect()
}

struct Effects<'a> {
    body: &'a str,
    words: Vec<String>,
    everything: bool,
    /// What each variable is given, in templates.
    variables: BTreeMap<String, Vec<String>>,
    parameters: &'a [String],
}

impl Effects<'_> {
    /// `name := expression`, `name type := expression`, `SELECT expression INTO name`.
    fn assignment(&mut self, statement: &[Token]) {
        let Some(first) = statement.first() else {
            return;
        };
        let is_sign = |at: usize| {
            let token = statement.get(at);
            token.is_some_and(|token| token.is_symbol(self.body, '='))
        };
        let sign = (1..statement.len()).find(|at| is_sign(*at));
        let into = statement
            .iter()
            .position(|token| token.is_word(self.body, "into"));
        if let Some(into) = into {
            if let Some(target) = statement.get(into + 1) {
                let name = target.text(self.body).to_ascii_lowercase();
                self.given(name, HOLE.to_string());
            }
        } else if let Some(sign) = sign
            && first.kind == TokenKind::Word
        {
            let value = self.template(&statement[sign + 1..]);
            self.given(first.text(self.body).to_ascii_lowercase(), value);
        }
    }

    fn given(&mut self, name: String, value: String) {
        self.variables.entry(name).or_default().push(value);
    }

    fn statement(&mut self, statement: &[Token]) {
        let execute = statement
            .iter()
            .position(|token| token.is_word(self.body, "execute"));
        let is_ddl = statement
            .first()
            .is_some_and(|first| is_one(self.body, *first, &["create", "alter", "drop"]));
        match execute {
            // `CREATE TRIGGER … EXECUTE FUNCTION f()` is no dynamic SQL.
            Some(at) if !is_ddl => {
                let rest = &statement[at + 1..];
                let end = rest
                    .iter()
                    .position(|token| is_one(self.body, *token, &["using", "into"]))
                    .unwrap_or(rest.len());
                self.execute(&rest[..end]);
            }
            _ => self.words.extend(opaque::changes(self.body, statement)),
        }
    }

    fn execute(&mut self, expression: &[Token]) {
        if let [variable] = expression
            && variable.kind == TokenKind::Word
        {
            let name = variable.text(self.body).to_ascii_lowercase();
            match self.variables.get(&name).cloned() {
                Some(templates) => templates.iter().for_each(|text| self.run(text)),
                None if self.parameters.contains(&name) => self.words.push(ARGUMENT.to_string()),
                None => self.everything = true,
            }
            return;
        }
        let template = self.template(expression);
        self.run(&template);
    }

    /// The text that an expression gives, with a hole for each part that is not spelled out.
    fn template(&self, expression: &[Token]) -> String {
        let hole = HOLE.to_string();
        let (Some(first), Some(last)) = (expression.first(), expression.last()) else {
            return hole;
        };
        let Some(text) = self.body.get(first.start..last.end) else {
            return hole;
        };
        let sql = format!("SELECT {text}");
        if !super::depth::is_shallow(&sql) {
            return hole;
        }
        let parsed = squawk_syntax::SourceFile::parse(&sql).syntax_node();
        let value = parsed
            .descendants()
            .find(|node| node.kind() == Kind::TARGET)
            .and_then(|target| target.children().find(|node| is_expression(node.kind())));
        value.map_or(hole, |value| evaluate(&value, self.parameters))
    }

    /// What running this text does.
    fn run(&mut self, template: &str) {
        let tokens: Vec<Token> = lex::tokens(template, Dialect::Postgres).collect();
        for statement in tokens.split(|token| token.is_symbol(template, ';')) {
            match of_template(template, statement) {
                Some(words) => self.words.extend(words),
                None => self.everything = true,
            }
        }
    }
}

fn is_one(text: &str, token: Token, words: &[&str]) -> bool {
    words.iter().any(|word| token.is_word(text, word))
}

/// The text that an expression gives.
fn evaluate(node: &Node, parameters: &[String]) -> String {
    let inner = || node.children().find(|child| is_expression(child.kind()));
    match node.kind() {
        Kind::LITERAL if has(node, Kind::POSITIONAL_PARAM) => Some(ARGUMENT.to_string()),
        Kind::LITERAL => string_value(node),
        Kind::NAME_REF => parameters
            .contains(&node.text().to_string().to_ascii_lowercase())
            .then(|| ARGUMENT.to_string()),
        Kind::PAREN_EXPR | Kind::CAST_EXPR | Kind::COLLATE => {
            inner().map(|inner| evaluate(&inner, parameters))
        }
        Kind::BIN_EXPR => {
            let sides: Vec<Node> = node
                .children()
                .filter(|child| is_expression(child.kind()))
                .collect();
            let joins = child(node, Kind::CUSTOM_OP).is_some_and(|sign| sign.text() == "||");
            joins.then(|| {
                let sides = sides.iter().map(|side| evaluate(side, parameters));
                sides.collect()
            })
        }
        Kind::CALL_EXPR => call(node, parameters),
        _ => None,
    }
    .unwrap_or_else(|| HOLE.to_string())
}

/// `format('…', …)`, `concat(…)`, `quote_ident('…')`.
fn call(node: &Node, parameters: &[String]) -> Option<String> {
    let name = node.children().next()?.text().to_string();
    let list = child(node, Kind::ARG_LIST)?;
    let mut arguments = children(&list, Kind::ARG).map(|argument| {
        let variadic = has(&argument, Kind::VARIADIC_KW);
        argument
            .children()
            .find(|child| is_expression(child.kind()) && !variadic)
            .map_or_else(|| HOLE.to_string(), |value| evaluate(&value, parameters))
    });
    match name.to_ascii_lowercase().as_str() {
        "format" => {
            let template = arguments.next()?;
            Some(format_with(&template, &arguments.collect::<Vec<_>>()))
        }
        "concat" => Some(arguments.collect()),
        "quote_ident" | "lower" | "btrim" | "trim" => arguments.next(),
        _ => None,
    }
}

/// PostgreSQL's `format`: `%s`, `%I`, `%L`, `%%`, with `%1$I` and a width.
fn format_with(template: &str, arguments: &[String]) -> String {
    let hole = HOLE.to_string();
    let mut out = String::new();
    let mut next = 0;
    let mut rest = template.chars().peekable();
    while let Some(c) = rest.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let mut position = String::new();
        while let Some(digit) = rest.next_if(|c| c.is_ascii_digit() || matches!(c, '-' | '*')) {
            position.push(digit);
        }
        let place = if rest.next_if_eq(&'$').is_some() {
            while rest
                .next_if(|c| c.is_ascii_digit() || matches!(c, '-' | '*'))
                .is_some()
            {}
            position.parse::<usize>().unwrap_or(1).saturating_sub(1)
        } else {
            next
        };
        match rest.next() {
            Some('%') => out.push('%'),
            Some('L') => {
                out.push('\'');
                out.push_str(arguments.get(place).unwrap_or(&hole));
                out.push('\'');
                next = place + 1;
            }
            _ => {
                out.push_str(arguments.get(place).unwrap_or(&hole));
                next = place + 1;
            }
        }
    }
    out
}

/// The names that a statement with holes may change; none if it may change what it does not name.
fn of_template(text: &str, statement: &[Token]) -> Option<Vec<String>> {
    const HARMLESS: [&str; 26] = [
        "select",
        "with",
        "insert",
        "update",
        "delete",
        "values",
        "set",
        "reset",
        "analyze",
        "vacuum",
        "grant",
        "revoke",
        "comment",
        "refresh",
        "reindex",
        "cluster",
        "lock",
        "truncate",
        "notify",
        "copy",
        "security",
        "merge",
        "explain",
        "show",
        "checkpoint",
        "listen",
    ];
    let template = Template { text, statement };
    let Some(first) = statement.first() else {
        return Some(Vec::new());
    };
    if is_one(text, *first, &HARMLESS) {
        return Some(opaque::changes(text, statement));
    }
    if !is_one(text, *first, &["create", "alter", "drop", "call", "do"]) {
        return None;
    }
    let kind = statement.get(1)?;
    let of_server = [
        "role",
        "user",
        "database",
        "group",
        "publication",
        "tablespace",
    ];
    if is_one(text, *kind, &of_server) {
        return Some(Vec::new());
    }
    // `ALTER TABLE ? OWNER TO ?` and its like change no name.
    let harmless = [
        "owner",
        "restart",
        "security",
        "statistics",
        "validate",
        "logged",
    ];
    if first.is_word(text, "alter")
        && template.any(&harmless)
        && !template.any(&["rename", "drop", "add", "schema"])
    {
        return Some(Vec::new());
    }
    let on = template
        .place("on")
        .filter(|_| template.any(&["unique", "trigger", "rule", "policy"]));
    let to = template.place("to").filter(|_| template.any(&["rename"]));
    let names = [
        Some(template.target()?),
        on.map(|at| at + 1),
        to.map(|at| at + 1),
    ];
    let names: Vec<usize> = names.into_iter().flatten().collect();
    let named = names.iter().all(|at| template.is_named(*at));
    named.then(|| {
        let mut words = template.words();
        if names.iter().any(|at| template.is_argument(*at)) {
            words.push(ARGUMENT.to_string());
        }
        words
    })
}

/// A statement with holes.
struct Template<'a> {
    text: &'a str,
    statement: &'a [Token],
}

impl Template<'_> {
    fn any(&self, words: &[&str]) -> bool {
        (self.statement.iter()).any(|token| is_one(self.text, *token, words))
    }

    fn place(&self, word: &str) -> Option<usize> {
        (self.statement.iter()).position(|token| token.is_word(self.text, word))
    }

    /// Where the name stands of what is made, altered or dropped.
    fn target(&self) -> Option<usize> {
        const SKIPPED: [&str; 24] = [
            "aggregate",
            "concurrently",
            "constraint",
            "domain",
            "exists",
            "foreign",
            "function",
            "if",
            "index",
            "materialized",
            "not",
            "only",
            "or",
            "procedure",
            "replace",
            "schema",
            "sequence",
            "table",
            "temp",
            "temporary",
            "trigger",
            "type",
            "unique",
            "unlogged",
        ];
        (1..self.statement.len()).find(|at| {
            let token = self.statement[*at];
            !is_one(self.text, token, &SKIPPED) && !token.is_word(self.text, "view")
        })
    }

    fn has_hole(&self, at: usize) -> bool {
        (self.statement.get(at)).is_none_or(|token| token.text(self.text).contains(HOLE))
    }

    /// Whether what stands here is given to the function.
    fn is_argument(&self, at: usize) -> bool {
        let mut at = at;
        while (self.statement.get(at + 1)).is_some_and(|next| next.is_symbol(self.text, '.')) {
            at += 2;
        }
        (self.statement.get(at)).is_some_and(|token| token.text(self.text).contains(ARGUMENT))
    }

    /// Whether the tokens are parts of one name: nothing stands between them.
    fn touch(&self, left: usize, right: usize) -> bool {
        match (self.statement.get(left), self.statement.get(right)) {
            (Some(left), Some(right)) => left.end == right.start,
            _ => false,
        }
    }

    /// Whether the name at this place (behind that of a schema) is spelled out, or its beginning is.
    fn is_named(&self, at: usize) -> bool {
        let mut at = at;
        while (self.statement.get(at + 1)).is_some_and(|next| next.is_symbol(self.text, '.')) {
            at += 2;
        }
        !self.has_hole(at)
    }

    /// All words; of one that a hole follows at once, the beginning with a `*`.
    fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        for (at, token) in self.statement.iter().enumerate() {
            let mut own = opaque::of_tokens(self.text, &[*token]);
            let open = self.has_hole(at + 1) || self.is_argument(at + 1);
            if self.touch(at, at + 1) && open && !self.has_hole(at) {
                own.iter_mut().for_each(|word| word.push('*'));
            }
            words.append(&mut own);
        }
        words.retain(|word| !word.contains([HOLE, ARGUMENT]));
        words
    }
}
