//! What `up` and `down` do, as far as their tokens tell.

use super::{
    Reach, Step, Text, What, changes,
    conditions::{Conditions, parts},
    lexer::{Kind, Tokens},
    literal,
    variant::variants,
    words::{hides_names, names_in, words_in},
};

/// How many groups a step may stand in.
const DEPTH: usize = 64;

/// The steps of the function whose parameters and body open here.
pub(super) fn steps(
    tokens: &Tokens<'_>,
    parameters: usize,
    body: usize,
    conditions: &Conditions,
) -> Vec<Step> {
    let end = tokens.close(body).unwrap_or(body);
    let mut reader = Reader {
        tokens,
        name: String::new(),
        body: (body + 1, end),
        conditions,
        // After a way out, what follows may not run.
        left: false,
        steps: Vec::new(),
    };
    match steps_name(tokens, parameters) {
        Some(name) if name == "_" => {}
        Some(name) => {
            reader.name = name;
            reader.block(body + 1, end, false, 0);
        }
        None => reader.anything(body),
    }
    reader.steps
}

/// The name of the parameter behind `&self`; it is `_` where the function does nothing.
fn steps_name(tokens: &Tokens<'_>, parameters: usize) -> Option<String> {
    let close = tokens.close(parameters)?;
    let (start, end) = *parts(tokens, parameters + 1, close).get(1)?;
    let start = start + usize::from(tokens.is(start, "mut"));
    let name = tokens.word(start)?;
    (tokens.is(start + 1, ":") && start + 1 < end).then(|| name.to_owned())
}

struct Reader<'a> {
    tokens: &'a Tokens<'a>,
    name: String,
    /// The tokens of the whole body.
    body: (usize, usize),
    conditions: &'a Conditions,
    left: bool,
    steps: Vec<Step>,
}

/// A macro that is defined among the steps can use them wherever it is called.
const DEFINES: &str = "macro_rules";

impl Reader<'_> {
    fn block(&mut self, start: usize, end: usize, conditional: bool, depth: usize) {
        if depth > DEPTH {
            return self.anything(start);
        }
        // The condition of the statement that is being read, and whether it is at its start.
        let (mut condition, mut fresh) = (Some(true), true);
        let mut at = start;
        while at < end.min(self.tokens.len()) {
            let tokens = self.tokens;
            if fresh && let Some((close, holds)) = self.attribute(at) {
                condition = match (condition, holds) {
                    (Some(false), _) | (_, Some(false)) => Some(false),
                    (Some(true), Some(true)) => Some(true),
                    _ => None,
                };
                at = close + 1;
                continue;
            }
            if condition == Some(false) {
                at = self.behind_statement(at, end);
                (condition, fresh) = (Some(true), true);
                continue;
            }
            let conditional = conditional || condition.is_none();
            let was_fresh = std::mem::replace(&mut fresh, false);
            match tokens.get(at).map(|token| token.kind) {
                Some(Kind::Open(close)) => {
                    let inner = conditional || tokens.is(at, "{");
                    self.block(at + 1, close, inner, depth + 1);
                    fresh = tokens.is(at, "{");
                    at = close;
                }
                Some(Kind::Word) if tokens.is(at, &self.name) => {
                    at = self.uses(at, conditional, was_fresh);
                }
                Some(Kind::Word) => match tokens.text(at) {
                    "return" => self.left = true,
                    DEFINES => self.anything(at),
                    _ if tokens.is(at + 1, "!") && tokens.close(at + 2).is_some() => {
                        at = self.macro_call(at);
                    }
                    _ => {}
                },
                Some(Kind::Punct) => match tokens.text(at) {
                    ";" => fresh = true,
                    "?" => self.left = true,
                    // A closure: what is in it runs when somebody says so.
                    "|" if self.is_closure(at, start) && self.mentions(at, end) => {
                        return self.anything(at);
                    }
                    _ => {}
                },
                _ => {}
            }
            if fresh {
                condition = Some(true);
            }
            at += 1;
        }
    }

    /// The end of an attribute that begins here, and whether what follows exists.
    fn attribute(&self, at: usize) -> Option<(usize, Option<bool>)> {
        let tokens = self.tokens;
        let close = tokens.group(at + 1, "[").filter(|_| tokens.is(at, "#"))?;
        let holds = match tokens.text(at + 2) {
            "cfg" => match tokens.close(at + 3) {
                Some(end) => self.conditions.holds(tokens, at + 4, end),
                None => None,
            },
            "cfg_attr" => None,
            _ => Some(true),
        };
        Some((close, holds))
    }

    fn behind_statement(&self, mut at: usize, end: usize) -> usize {
        while at < end {
            match self.tokens.get(at).map(|token| token.kind) {
                Some(Kind::Open(close)) if self.tokens.is(at, "{") => return close + 1,
                Some(Kind::Open(close)) => at = close,
                Some(Kind::Punct) if self.tokens.is(at, ";") => return at + 1,
                _ => {}
            }
            at += 1;
        }
        end
    }

    /// Whether the `|` begins a closure; between patterns and values it stands behind one of them.
    fn is_closure(&self, at: usize, start: usize) -> bool {
        at == start
            || matches!(
                self.tokens.text(at - 1),
                "," | "=" | ">" | ";" | "}" | "&" | "move" | "return" | "async"
            )
    }

    fn mentions(&self, start: usize, end: usize) -> bool {
        (start..end.min(self.tokens.len())).any(|at| self.tokens.is(at, &self.name))
    }

    /// The call of a macro: it can touch the steps only where it is given them. Its last token.
    fn macro_call(&mut self, at: usize) -> usize {
        let close = self.tokens.close(at + 2).unwrap_or(at + 2);
        if self.mentions(at + 3, close) {
            self.anything(at);
        }
        close
    }

    /// A use of the steps, at its name. The last token of it.
    fn uses(&mut self, at: usize, conditional: bool, fresh: bool) -> usize {
        let tokens = self.tokens;
        if at > 0 && tokens.is(at - 1, ".") {
            return at;
        }
        let call = tokens
            .group(at + 3, "(")
            .filter(|_| tokens.is(at + 1, "."))
            .zip(tokens.word(at + 2));
        let Some((close, method)) = call else {
            self.passed_on(at);
            return at;
        };
        let conditional = conditional || self.left || !fresh;
        let what = match method {
            "environment" | "log" => return close,
            "sql" => self.sql(at + 4, close),
            "run" => What::Rust(Reach {
                runs: true,
                ..self.run(at + 4, close)
            }),
            _ => match changes::change(tokens, method, at + 4, close) {
                Some(change) => What::Change(Box::new(change)),
                None => What::Rust(self.reach(at + 4, close)),
            },
        };
        let start = match &what {
            What::Sql(text) => text.start,
            What::Each(all) => all.first().map_or(0, |one| one.text.start),
            What::Change(_) | What::Rust(_) => tokens.start(at + 2),
        };
        self.steps.push(Step {
            what,
            start,
            conditional,
        });
        close
    }

    /// The steps are given to something else: a function that may stand in this file, or anything.
    fn passed_on(&mut self, at: usize) {
        let open = (self.body.0..at).rev().find(|open| {
            self.tokens
                .group(*open, "(")
                .is_some_and(|close| close > at)
        });
        let function = open
            .filter(|open| *open > self.body.0 && !self.tokens.is(open.wrapping_sub(2), "."))
            .and_then(|open| self.tokens.word(open - 1));
        match function {
            Some(name) => {
                let mut reach = Reach {
                    elsewhere: vec![name.to_owned()],
                    ..Reach::default()
                };
                words_in(self.tokens, self.body.0, self.body.1, &mut reach.words);
                self.push(at, reach);
            }
            None => self.anything(at),
        }
    }

    /// From here on nothing is known.
    fn anything(&mut self, at: usize) {
        let everything = Reach {
            everything: true,
            ..Reach::default()
        };
        self.push(at, everything);
    }

    fn push(&mut self, at: usize, reach: Reach) {
        self.steps.push(Step {
            what: What::Rust(reach),
            start: self.tokens.start(at),
            conditional: true,
        });
    }

    /// What `sql(…)` is given: a literal in `sql!`, or something that is made.
    fn sql(&self, start: usize, end: usize) -> What {
        match self.checked(start, end) {
            Some(what) => what,
            None => What::Rust(self.reach(start, end)),
        }
    }

    /// `sql!("…")` or `sql!(sqlite: "…")` alone, perhaps with a path before it.
    fn checked(&self, start: usize, end: usize) -> Option<What> {
        let tokens = self.tokens;
        let end = end - usize::from(tokens.is(end.checked_sub(1)?, ","));
        let open = (start..end).find(|at| tokens.close(*at).is_some())?;
        let close = tokens.close(open)?;
        let is_macro = open >= start + 2 && tokens.is(open - 1, "!") && tokens.is(open - 2, "sql");
        let path = start..open.saturating_sub(2);
        let is_path = path
            .into_iter()
            .all(|at| tokens.word(at).is_some() || tokens.is(at, ":"));
        if !is_macro || !is_path || close + 1 != end {
            return None;
        }
        let is_one = close == open + 2 || (close == open + 3 && tokens.is(open + 2, ","));
        if is_one {
            return text(tokens, open + 1).map(What::Sql);
        }
        variants(tokens, open + 1, close, ":").map(What::Each)
    }

    /// What a call can reach. Where text is made in it, the words may come from the whole function.
    fn reach(&self, start: usize, end: usize) -> Reach {
        let mut reach = Reach::default();
        let (from, to) = self.body;
        words_in(self.tokens, from, to, &mut reach.words);
        names_in(self.tokens, start, end, &mut reach.elsewhere);
        reach.everything = hides_names(self.tokens, from, to);
        reach
    }

    /// `run("label", |tx: …| …)`: what the closure does with its parameter.
    fn run(&self, start: usize, end: usize) -> Reach {
        let tokens = self.tokens;
        let arguments = parts(tokens, start, end);
        let Some(&(from, _)) = arguments.get(1) else {
            return self.reach(start, end);
        };
        // The commas between the parameters of a closure divide it, so its end is that of the call.
        let mut at = from;
        while matches!(tokens.word(at), Some("move" | "async")) {
            at += 1;
        }
        let parameter = at + 1 + usize::from(tokens.is(at + 1, "mut"));
        let (true, Some(parameter)) = (tokens.is(at, "|"), tokens.word(parameter)) else {
            let mut reach = self.reach(start, end);
            let name = (from..end).rev().find_map(|at| tokens.word(at));
            reach.elsewhere.extend(name.map(str::to_owned));
            return reach;
        };
        let uses: Vec<usize> = (at + 2..end)
            .filter(|at| tokens.is(*at, parameter) && !tokens.is(at - 1, "|"))
            .collect();
        let plain = uses.iter().all(|at| is_plain_use(tokens, *at));
        let makes = (from..end).any(|at| tokens.is(at, "Sql") && is_unchecked(tokens, at + 3));
        if plain && !makes {
            let mut reach = Reach::default();
            words_in(tokens, from, end, &mut reach.words);
            return reach;
        }
        self.reach(from, end)
    }
}

/// `Sql::unchecked`, and the same for each dialect.
fn is_unchecked(tokens: &Tokens<'_>, at: usize) -> bool {
    tokens.is(at, "unchecked") || tokens.is(at, "unchecked_each")
}

/// A method whose first argument is a string literal, or which takes none.
fn is_plain_use(tokens: &Tokens<'_>, at: usize) -> bool {
    // `|tx: &Transaction<'_>|` is where it is declared.
    if tokens.is(at + 1, ":") && !tokens.is(at + 2, ":") {
        return true;
    }
    let Some(open) = (at + 3..at + 4).find(|at| tokens.group(*at, "(").is_some()) else {
        return false;
    };
    let first = open + 1 + usize::from(tokens.is(open + 1, "&"));
    let text = tokens.string(first).is_some()
        && (tokens.is(first + 1, ",") || tokens.close(open) == Some(first + 1));
    tokens.is(at + 1, ".") && (text || tokens.close(open) == Some(open + 1))
}

/// A string literal with its place.
pub(super) fn text(tokens: &Tokens<'_>, at: usize) -> Option<Text> {
    let sql = tokens.string(at)?.into_owned();
    Some(Text {
        prefix: literal::verbatim(tokens.text(at), &sql),
        sql,
        start: tokens.start(at),
    })
}
