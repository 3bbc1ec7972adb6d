//! The statements of PL/pgSQL that are no SQL.

use super::block::{
    Fault, Gives, PartKind, Read, Reader, Stop, folded, is_close, is_open, no_condition,
};
use super::conditions;
use crate::{lex::TokenKind, nearest};

impl Reader<'_> {
    /// `name = …`, `name.field := …`, `name[1] = …`.
    pub(super) fn is_assignment(&self) -> bool {
        let Some(first) = self.peek(0) else {
            return false;
        };
        if !matches!(first.kind, TokenKind::Word | TokenKind::QuotedName) {
            return self.is_symbol(0, '$');
        }
        let mut at = 1;
        while self.is_symbol(at, '.') || self.is_symbol(at, '[') {
            if self.is_symbol(at, '[') {
                let mut depth = 0_usize;
                while let Some(token) = self.peek(at) {
                    depth += usize::from(token.is_symbol(self.text, '['));
                    depth -= usize::from(token.is_symbol(self.text, ']') && depth > 0);
                    at += 1;
                    if depth == 0 {
                        break;
                    }
                }
            } else {
                at += 2;
            }
        }
        self.is_symbol(at, '=') || self.is_symbol(at, ':') && self.is_symbol(at + 1, '=')
    }

    pub(super) fn assignment(&mut self) -> Read {
        let first = self.at;
        let end = self.end_of_statement()?;
        let sign = (first..end)
            .find(|at| (self.tokens.get(*at)).is_some_and(|token| token.is_symbol(self.text, '=')));
        let target = self.tokens.get(first).copied();
        if let Some(target) = target
            && target.kind == TokenKind::Word
        {
            let name = folded(target.text(self.text));
            if !self.body.variables.contains(&name) && !is_special(&name) {
                let near = nearest(&name, self.body.variables.iter().map(String::as_str));
                let help = near.map_or_else(
                    || format!("declare it: `DECLARE {name} …;` before BEGIN"),
                    |near| format!("did you mean `{near}`?"),
                );
                return Err(Stop::Fault(Fault {
                    message: format!("no such variable: {name}"),
                    range: target.start..target.end,
                    help: Some(help),
                }));
            }
        }
        if let Some(sign) = sign {
            self.part(PartKind::Expression, sign + 1, end);
        }
        self.at = end + 1;
        Ok(())
    }

    /// `IF … THEN … ELSIF … ELSE … END IF;`
    pub(super) fn branches(&mut self) -> Read {
        self.deeper(|reader| {
            reader.at += 1;
            let mut is_first = true;
            loop {
                reader.condition_until("then", is_first)?;
                is_first = false;
                reader.doubtful(&["elsif", "elseif", "else", "end"])?;
                if reader.is_word(0, "elsif") || reader.is_word(0, "elseif") {
                    reader.at += 1;
                } else {
                    break;
                }
            }
            if reader.is_word(0, "else") {
                reader.at += 1;
                reader.doubtful(&["end"])?;
            }
            reader.closed_by("if")
        })
    }

    pub(super) fn case(&mut self) -> Read {
        self.deeper(|reader| {
            reader.at += 1;
            if !reader.is_word(0, "when") {
                let start = reader.at;
                let end = reader.find_word("when", false)?;
                reader.part(PartKind::Expression, start, end);
                reader.at = end;
            }
            while reader.is_word(0, "when") {
                reader.at += 1;
                // `WHEN 1, 2 THEN` is no expression of SQL, but a list of them is.
                reader.condition_until("then", false)?;
                reader.doubtful(&["when", "else", "end"])?;
            }
            if reader.is_word(0, "else") {
                reader.at += 1;
                reader.doubtful(&["end"])?;
            }
            reader.closed_by("case")
        })
    }

    /// `LOOP`, `WHILE`, `FOR`, `FOREACH`.
    pub(super) fn repeated(&mut self, word: &str) -> Read {
        self.deeper(|reader| {
            match word {
                "while" => {
                    reader.at += 1;
                    reader.condition_until("loop", true)?;
                }
                "loop" => reader.at += 1,
                _ => {
                    let start = reader.at;
                    let end = reader.find_word("loop", true)?;
                    reader.loop_head(start, end);
                    reader.at = end + 1;
                }
            }
            reader.doubtful(&["end"])?;
            reader.at += 1;
            if !reader.is_word(0, "loop") {
                return reader.unexpected("`END LOOP`");
            }
            reader.at += 1;
            if !reader.is_symbol(0, ';') {
                reader.name()?;
            }
            reader.sign()
        })
    }

    /// `FOR name IN query`: the names that it gives, and the query.
    fn loop_head(&mut self, start: usize, end: usize) {
        let Some(inside) = (start..end).find(|at| self.tokens[*at].is_word(self.text, "in")) else {
            return;
        };
        for token in &self.tokens[start + 1..inside] {
            if matches!(token.kind, TokenKind::Word | TokenKind::QuotedName) {
                self.body.variables.push(folded(token.text(self.text)));
            }
        }
        let is_query = self.tokens.get(inside + 1).is_some_and(|first| {
            ["select", "with", "values"]
                .iter()
                .any(|word| first.is_word(self.text, word))
        });
        if is_query && self.tokens[start].is_word(self.text, "for") {
            self.part(PartKind::Statement, inside + 1, end);
        }
    }

    pub(super) fn returned(&mut self) -> Read {
        let first = self.tokens[self.at];
        self.may_have_left = true;
        self.at += 1;
        let start = self.at;
        let end = self.end_of_statement()?;
        self.at = end + 1;
        let is_one_of = |words: &[&str]| {
            (self.tokens.get(start))
                .is_some_and(|token| words.iter().any(|word| token.is_word(self.text, word)))
        };
        if is_one_of(&["query", "next"]) {
            let dynamic = (self.tokens.get(start + 1))
                .is_some_and(|token| token.is_word(self.text, "execute"));
            if is_one_of(&["query"]) && !dynamic {
                self.part(PartKind::Statement, start + 1, end);
            } else if is_one_of(&["next"]) && start + 1 < end {
                self.part(PartKind::Expression, start + 1, end);
            }
            return Ok(());
        }
        let has_value = start < end;
        let fault = |message: &str, help: &str| {
            Err(Stop::Fault(Fault {
                message: message.to_owned(),
                range: first.start..first.end,
                help: Some(help.to_owned()),
            }))
        };
        match self.gives {
            Gives::Nothing if has_value => fault(
                "`RETURN` with a value, where nothing is given back",
                "write `RETURN;`, or leave it out",
            ),
            Gives::Value if !has_value => fault(
                "`RETURN` without a value",
                "write what the function gives: `RETURN …;`",
            ),
            _ => {
                if has_value {
                    self.part(PartKind::Expression, start, end);
                }
                Ok(())
            }
        }
    }

    /// `RAISE level 'text with %', value;`
    pub(super) fn raise(&mut self) -> Read {
        const LEVELS: [&str; 6] = ["debug", "log", "info", "notice", "warning", "exception"];
        self.at += 1;
        let start = self.at;
        let end = self.end_of_statement()?;
        self.at = end + 1;
        let mut at = start;
        let Some(first) = self.tokens[start..end].first().copied() else {
            return Ok(());
        };
        let is_level = LEVELS.iter().any(|level| first.is_word(self.text, level));
        at += usize::from(is_level);
        let Some(second) = self.tokens[at..end].first().copied() else {
            return Ok(());
        };
        if second.kind == TokenKind::Text {
            return self.raised_text(at, end);
        }
        if second.kind == TokenKind::Word {
            let name = folded(second.text(self.text));
            let known = ["using", "sqlstate"].contains(&name.as_str());
            if !known && !conditions::is_condition(&name) {
                let level = nearest(&name, LEVELS).filter(|_| !is_level);
                return Err(match level {
                    Some(level) => Stop::Fault(Fault {
                        message: format!("no such level or error: {name}"),
                        range: second.start..second.end,
                        help: Some(format!("did you mean `{}`?", level.to_ascii_uppercase())),
                    }),
                    None => no_condition(&name, second),
                });
            }
        }
        Ok(())
    }

    /// As many values as there are `%` in the text.
    fn raised_text(&mut self, at: usize, end: usize) -> Read {
        let token = self.tokens[at];
        let text = token.text(self.text);
        if !text.starts_with('\'') {
            return Ok(());
        }
        let holes = text.replace("%%", "").matches('%').count();
        let mut depth = 0_usize;
        let mut values = 0;
        let mut until = end;
        for (place, token) in self.tokens[at + 1..end].iter().enumerate() {
            if is_open(self.text, *token) {
                depth += 1;
            } else if is_close(self.text, *token) {
                depth = depth.saturating_sub(1);
            } else if depth == 0 && token.is_symbol(self.text, ',') {
                values += 1;
            } else if depth == 0 && token.is_word(self.text, "using") {
                until = at + 1 + place;
                break;
            }
        }
        // Behind `USING` stand other things with commas between them.
        if values == holes {
            if values > 0 && at + 2 < until {
                self.part(PartKind::Expression, at + 2, until);
            }
            return Ok(());
        }
        Err(Stop::Fault(Fault {
            message: format!("{holes} `%` in the text, and {values} values behind it"),
            range: token.start..token.end,
            help: Some("write a value for each `%`, and `%%` for the sign itself".to_owned()),
        }))
    }

    pub(super) fn expressions(&mut self, kind: PartKind) -> Read {
        self.at += 1;
        let start = self.at;
        let end = self.end_of_statement()?;
        if start == end {
            self.at = end;
            return self.unexpected("an expression");
        }
        self.part(kind, start, end);
        self.at = end + 1;
        Ok(())
    }

    pub(super) fn skipped(&mut self) -> Read {
        self.at = self.end_of_statement()? + 1;
        Ok(())
    }

    /// Statements that may not run.
    fn doubtful(&mut self, ends: &[&str]) -> Read {
        self.doubt += 1;
        let read = self.statements(ends);
        self.doubt -= 1;
        read
    }

    fn condition_until(&mut self, word: &str, certain: bool) -> Read {
        let start = self.at;
        let end = self.find_word(word, true)?;
        if start == end {
            return self.unexpected("a condition");
        }
        self.doubt += usize::from(!certain);
        self.part(PartKind::Expression, start, end);
        self.doubt -= usize::from(!certain);
        self.at = end + 1;
        Ok(())
    }

    /// `END IF;`
    fn closed_by(&mut self, word: &str) -> Read {
        self.word("end")?;
        if !self.is_word(0, word) {
            return self.unexpected(&format!("`END {}`", word.to_ascii_uppercase()));
        }
        self.at += 1;
        self.sign()
    }
}

/// Names that every body has, or that of a trigger.
fn is_special(name: &str) -> bool {
    matches!(name, "new" | "old" | "found" | "sqlstate" | "sqlerrm") || name.starts_with("tg_")
}
