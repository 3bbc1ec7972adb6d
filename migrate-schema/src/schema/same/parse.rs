//! Expressions, read far enough to be compared.
//!
//! This is no judge of syntax: what it reads has been accepted by an engine. What it cannot read is compared by its
//! tokens. It knows how strongly operators bind, because an engine shows brackets where people write none.

use super::{
    node::{DEPTH, Head, Node},
    normal,
    token::{Token, tokens},
};
use crate::Dialect;

/// A reader of the tokens of one text.
pub(super) struct Reader {
    pub(super) dialect: Dialect,
    tokens: Vec<Token>,
    at: usize,
    depth: u32,
}

/// The whole text as an expression.
pub(super) fn expression(sql: &str, dialect: Dialect) -> Option<Node> {
    let mut reader = Reader::new(sql, dialect);
    let node = reader.expression()?;
    reader.is_done().then_some(node)
}

/// How strongly a comparison binds, which is what `BETWEEN` ends at.
const COMPARISON: u8 = 40;
const NOT: u8 = 30;
const UNARY: u8 = 110;

impl Reader {
    pub(super) fn new(sql: &str, dialect: Dialect) -> Self {
        Self {
            dialect,
            tokens: tokens(sql, dialect),
            at: 0,
            depth: 0,
        }
    }

    pub(super) fn is_done(&self) -> bool {
        self.at >= self.tokens.len()
    }

    pub(super) fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    pub(super) fn ahead(&self, by: usize) -> Option<&Token> {
        self.tokens.get(self.at + by)
    }

    pub(super) const fn skip(&mut self) {
        self.at += 1;
    }

    pub(super) const fn place(&self) -> usize {
        self.at
    }

    pub(super) const fn back_to(&mut self, place: usize) {
        self.at = place;
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        self.peek().is_some_and(|token| token.is_word(word))
    }

    pub(super) fn are_words(&self, words: &[&str]) -> bool {
        words
            .iter()
            .enumerate()
            .all(|(by, word)| self.ahead(by).is_some_and(|token| token.is_word(word)))
    }

    pub(super) fn is_symbol(&self, symbol: &str) -> bool {
        self.peek().is_some_and(|token| token.is_symbol(symbol))
    }

    pub(super) fn take_word(&mut self, word: &str) -> bool {
        let is = self.is_word(word);
        self.at += usize::from(is);
        is
    }

    pub(super) fn take_words(&mut self, words: &[&str]) -> bool {
        let are = self.are_words(words);
        self.at += if are { words.len() } else { 0 };
        are
    }

    pub(super) fn take_symbol(&mut self, symbol: &str) -> bool {
        let is = self.is_symbol(symbol);
        self.at += usize::from(is);
        is
    }

    pub(super) fn expect(&mut self, symbol: &str) -> Option<()> {
        self.take_symbol(symbol).then_some(())
    }

    /// A name or a word.
    pub(super) fn name(&mut self) -> Option<String> {
        let name = self.peek()?.as_name()?.to_owned();
        self.skip();
        Some(name)
    }

    /// Parts with commas between them.
    pub(super) fn list<T>(
        &mut self,
        mut one: impl FnMut(&mut Self) -> Option<T>,
    ) -> Option<Vec<T>> {
        let mut all = vec![one(self)?];
        while self.take_symbol(",") {
            all.push(one(self)?);
        }
        Some(all)
    }

    /// An expression.
    pub(super) fn expression(&mut self) -> Option<Node> {
        self.operation(0)
    }

    /// An expression whose operators bind more strongly than this.
    pub(super) fn operation(&mut self, over: u8) -> Option<Node> {
        self.deeper(|reader| reader.operation_inside(over))
    }

    /// Reads what may hold its like, unless it is too deep already.
    pub(super) fn deeper(&mut self, read: impl FnOnce(&mut Self) -> Option<Node>) -> Option<Node> {
        self.depth += 1;
        let node = (self.depth <= DEPTH).then(|| read(self)).flatten();
        self.depth -= 1;
        node
    }

    fn operation_inside(&mut self, over: u8) -> Option<Node> {
        let mut left = self.prefix()?;
        loop {
            let place = self.at;
            let Some((operator, power)) = self.infix() else {
                return Some(left);
            };
            if power <= over {
                self.at = place;
                return Some(left);
            }
            left = self.behind(left, &operator, power)?;
        }
    }

    fn prefix(&mut self) -> Option<Node> {
        match self.peek()? {
            Token::Word(word) if word == "not" => {
                self.skip();
                let inner = self.operation(NOT)?;
                normal::not(inner)
            }
            Token::Symbol(sign) => {
                let sign = sign.clone();
                match sign.as_str() {
                    "-" | "+" | "~" | "@" | "|/" | "||/" => {
                        self.skip();
                        let inner = self.operation(UNARY)?;
                        normal::sign(&sign, inner)
                    }
                    "!" => {
                        self.skip();
                        normal::not(self.operation(UNARY)?)
                    }
                    _ => self.primary(),
                }
            }
            _ => self.primary(),
        }
    }

    /// The operator that is next, taken, and how strongly it binds.
    fn infix(&mut self) -> Option<(String, u8)> {
        let token = self.peek()?.clone();
        match token {
            Token::Word(word) => {
                let negated = word == "not";
                let word = if negated {
                    match self.ahead(1)? {
                        Token::Word(next) => next.clone(),
                        _ => return None,
                    }
                } else {
                    word
                };
                let power = self.power_of_word(&word, negated)?;
                self.at += 1 + usize::from(negated);
                let operator = if negated { format!("not {word}") } else { word };
                Some((operator, power))
            }
            Token::Symbol(sign) => {
                let power = self.power_of_sign(&sign)?;
                self.skip();
                Some((sign, power))
            }
            _ => None,
        }
    }

    fn power_of_word(&self, word: &str, negated: bool) -> Option<u8> {
        let mysql = self.dialect == Dialect::Mysql;
        let power = match word {
            "between" | "in" | "like" | "ilike" | "similar" | "regexp" | "rlike" | "glob"
            | "match" | "member" => COMPARISON + 5,
            _ if negated && word != "null" => return None,
            "or" => 10,
            "xor" if mysql => 15,
            "and" => 20,
            "is" | "isnull" | "notnull" => COMPARISON - 2,
            "null" if negated && self.dialect == Dialect::Sqlite => COMPARISON - 2,
            "null" => return None,
            "div" | "mod" if mysql => 80,
            "collate" => 105,
            "at" if self.dialect == Dialect::Postgres => 100,
            "operator" if self.dialect == Dialect::Postgres => 60,
            _ => return None,
        };
        Some(power)
    }

    fn power_of_sign(&self, sign: &str) -> Option<u8> {
        let sqlite = self.dialect == Dialect::Sqlite;
        let power = match sign {
            "&&" if self.dialect == Dialect::Mysql => 20,
            "||" if self.dialect == Dialect::Mysql => 10,
            "=" | "==" | "<>" | "!=" | "<=>" => COMPARISON,
            "<" | ">" | "<=" | ">=" => COMPARISON + u8::from(sqlite) * 10,
            "+" | "-" => 70,
            "*" | "/" | "%" => 80,
            "^" => 90,
            "||" | "->" | "->>" if sqlite => 100,
            "->" | "->>" if self.dialect == Dialect::Mysql => 115,
            "|" => 61,
            "&" => 62,
            "<<" | ">>" => 63,
            "::" => 120,
            "[" if !sqlite => 120,
            "(" | ")" | "]" | "," | ";" | "." | ":" | ":=" | "=>" | ".." | "?" | "@" => {
                return None;
            }
            _ if self.dialect == Dialect::Postgres => 60,
            _ => return None,
        };
        Some(power)
    }

    /// What stands behind an operator.
    fn behind(&mut self, left: Node, operator: &str, power: u8) -> Option<Node> {
        match operator {
            "::" => {
                let ty = self.type_text()?;
                Node::new(Head::Cast(ty), vec![left])
            }
            "[" => self.subscript(left),
            "is" => self.is(left),
            "isnull" => normal::is_null(left),
            "notnull" | "not null" => normal::not(normal::is_null(left)?),
            "collate" => {
                let name = self.path()?.pop()?;
                Node::new(Head::Named("collate", name), vec![left])
            }
            "at" => {
                if !self.take_words(&["time", "zone"]) {
                    return None;
                }
                let zone = self.operation(power)?;
                Node::new(Head::Call(Vec::new(), "timezone".into()), vec![zone, left])
            }
            "operator" => {
                self.expect("(")?;
                while self.peek()?.as_name().is_some() {
                    self.skip();
                    self.expect(".")?;
                }
                let Token::Symbol(sign) = self.peek()?.clone() else {
                    return None;
                };
                self.skip();
                self.expect(")")?;
                let right = self.operation(power)?;
                normal::binary(self.dialect, &sign, left, right)
            }
            _ => match operator.strip_prefix("not ") {
                Some(positive) => normal::not(self.matching(left, positive, power)?),
                None => self.matching(left, operator, power),
            },
        }
    }

    fn subscript(&mut self, left: Node) -> Option<Node> {
        let mut parts = vec![left];
        if !self.is_symbol(":") {
            parts.push(self.expression()?);
        }
        if self.take_symbol(":") {
            parts.push(Node::nothing());
            if !self.is_symbol("]") {
                parts.push(self.expression()?);
            }
        }
        self.expect("]")?;
        Node::new(Head::Form("subscript"), parts)
    }

    /// `LIKE`, `IN`, `BETWEEN` and operators with one value on each side.
    fn matching(&mut self, left: Node, operator: &str, power: u8) -> Option<Node> {
        match operator {
            "between" => {
                let symmetric = self.take_word("symmetric");
                self.take_word("asymmetric");
                let low = self.operation(COMPARISON + 5)?;
                if !self.take_word("and") {
                    return None;
                }
                let high = self.operation(COMPARISON + 5)?;
                if symmetric {
                    return Node::new(Head::Form("between symmetric"), vec![left, low, high]);
                }
                let above = normal::binary(self.dialect, ">=", left.clone(), low)?;
                let below = normal::binary(self.dialect, "<=", left, high)?;
                normal::joined("and", above, below)
            }
            "in" => self.in_list(left),
            "like" | "ilike" | "similar" | "glob" | "match" | "regexp" | "rlike" | "member" => {
                self.take_word("to");
                self.take_word("of");
                let right = self.operation(power)?;
                let escape = if self.take_word("escape") {
                    Some(self.operation(power)?)
                } else {
                    None
                };
                normal::like(operator, left, right, escape)
            }
            _ => {
                for (word, form) in [("any", "any"), ("some", "any"), ("all", "all")] {
                    let opens = self.ahead(1).is_some_and(|next| next.is_symbol("("));
                    if self.is_word(word) && opens {
                        self.skip();
                        let right = self.bracket()?;
                        return normal::each(self.dialect, operator, form, left, right);
                    }
                }
                let right = self.operation(power)?;
                normal::binary(self.dialect, operator, left, right)
            }
        }
    }

    fn in_list(&mut self, left: Node) -> Option<Node> {
        if !self.is_symbol("(") {
            // SQLite: `IN table`.
            let path = self.path()?;
            let table = Node::leaf(Head::Table(path, None));
            return Node::new(Head::Form("in query"), vec![left, table]);
        }
        if self.opens_query() {
            let query = self.bracket()?;
            return Node::new(Head::Form("in query"), vec![left, query]);
        }
        self.expect("(")?;
        let list = if self.is_symbol(")") {
            Vec::new()
        } else {
            self.list(Self::expression)?
        };
        self.expect(")")?;
        normal::one_of(self.dialect, left, list)
    }

    fn is(&mut self, left: Node) -> Option<Node> {
        let negated = self.take_word("not");
        let node = if self.take_word("null") {
            normal::is_null(left)
        } else if self.take_word("true") {
            Node::new(Head::Form("is true"), vec![left])
        } else if self.take_word("false") {
            Node::new(Head::Form("is false"), vec![left])
        } else if self.take_word("unknown") {
            Node::new(Head::Form("is unknown"), vec![left])
        } else if self.take_words(&["distinct", "from"]) {
            let right = self.operation(COMPARISON)?;
            return if negated {
                Node::new(Head::Form("is"), vec![left, right])
            } else {
                normal::not(Node::new(Head::Form("is"), vec![left, right])?)
            };
        } else if self.dialect == Dialect::Sqlite {
            let right = self.operation(COMPARISON)?;
            Node::new(Head::Form("is"), vec![left, right])
        } else {
            let kind = self.name()?;
            let kind = if kind == "json" && self.peek().is_some_and(|t| t.as_name().is_some()) {
                format!("json {}", self.name()?)
            } else {
                kind
            };
            Node::new(Head::Named("is", kind), vec![left])
        }?;
        if negated {
            normal::not(node)
        } else {
            Some(node)
        }
    }

    /// Names with points between them.
    pub(super) fn path(&mut self) -> Option<Vec<String>> {
        let mut path = vec![self.name()?];
        while self.is_symbol(".") && self.ahead(1).is_some_and(|next| next.as_name().is_some()) {
            self.skip();
            path.push(self.name()?);
        }
        Some(path)
    }

    /// A bracket with an expression, several, or a query in it.
    pub(super) fn bracket(&mut self) -> Option<Node> {
        if self.opens_query() {
            self.expect("(")?;
            let query = self.query()?;
            self.expect(")")?;
            return Node::new(Head::Form("query"), vec![query]);
        }
        self.expect("(")?;
        let mut list = self.list(Self::expression)?;
        self.expect(")")?;
        if list.len() == 1 {
            return list.pop();
        }
        Node::new(Head::Form("row"), list)
    }

    /// Whether a bracket opens here whose first word is that of a query.
    pub(super) fn opens_query(&self) -> bool {
        let mut by = 0;
        while self.ahead(by).is_some_and(|token| token.is_symbol("(")) {
            by += 1;
        }
        by > 0
            && ["select", "values", "with", "table"].iter().any(|word| {
                self.ahead(by).is_some_and(|token| token.is_word(word))
                    && !self
                        .ahead(by + 1)
                        .is_some_and(|token| token.is_symbol(".") || token.is_symbol(","))
            })
    }

    /// A type, as it is written: names, words, brackets.
    pub(super) fn type_text(&mut self) -> Option<String> {
        let mut text = String::new();
        match self.peek()? {
            Token::Word(word) => text.push_str(word),
            Token::Name(name) => text.push_str(&quoted_type(name)),
            _ => return None,
        }
        self.skip();
        loop {
            if self.is_symbol(".") {
                self.skip();
                let name = match self.peek()? {
                    Token::Name(name) => quoted_type(name),
                    token => token.as_name()?.to_owned(),
                };
                self.skip();
                text = format!("{text}.{name}");
            } else if self.is_symbol("(") && !text.ends_with(')') {
                let arguments = self.raw_bracket()?;
                text.push_str(&arguments);
            } else if self.is_symbol("[") {
                while !self.take_symbol("]") {
                    self.peek()?;
                    self.skip();
                }
                text.push_str("[]");
            } else if let Some(word) = self.type_word(&text) {
                self.skip();
                text.push(' ');
                text.push_str(&word);
            } else {
                return Some(text);
            }
        }
    }

    /// A further word of a type that has several.
    fn type_word(&self, before: &str) -> Option<String> {
        let Some(Token::Word(word)) = self.peek() else {
            return None;
        };
        let last = before.rsplit(' ').next().unwrap_or(before);
        let head = last.split('(').next().unwrap_or(last);
        let goes_on = match word.as_str() {
            "varying" => matches!(head, "character" | "char" | "bit" | "nchar"),
            "precision" => head == "double",
            "with" | "without" => {
                matches!(head, "timestamp" | "time")
                    && self.ahead(1).is_some_and(|next| next.is_word("time"))
            }
            "time" => matches!(head, "with" | "without"),
            "zone" => head == "time" && before.contains("with"),
            "array" => self.dialect == Dialect::Postgres,
            "unsigned" | "signed" | "integer" | "int" | "character" | "set" | "charset"
            | "char" => self.dialect == Dialect::Mysql,
            _ => self.dialect == Dialect::Mysql && matches!(head, "set" | "charset"),
        };
        goes_on.then(|| word.clone())
    }

    /// A bracket with all that is in it, as text.
    pub(super) fn raw_bracket(&mut self) -> Option<String> {
        self.expect("(")?;
        let (mut text, mut open) = ("(".to_owned(), 1_usize);
        while open > 0 {
            let token = self.peek()?.clone();
            self.skip();
            match &token {
                Token::Symbol(sign) => {
                    open += usize::from(sign == "(");
                    open -= usize::from(sign == ")");
                    text.push_str(sign);
                }
                Token::Text(inner) => text.push_str(&format!("'{}'", inner.replace('\'', "''"))),
                Token::Word(inner) | Token::Name(inner) | Token::Number(inner) => {
                    if text.ends_with(|c: char| c.is_alphanumeric()) {
                        text.push(' ');
                    }
                    text.push_str(inner);
                }
                Token::Bytes(inner) => text.push_str(inner),
            }
        }
        Some(text)
    }
}

/// A name in quotes is one where it could be taken for the dialect's own word.
fn quoted_type(name: &str) -> String {
    let plain = name
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if plain && name != "char" {
        name.to_owned()
    } else {
        format!("\"{name}\"")
    }
}

impl Reader {
    /// What stands before the next comma or the end of the bracket, as text.
    pub(super) fn raw_until_comma(&mut self) -> Option<String> {
        let mut text = String::new();
        while let Some(token) = self.peek().cloned() {
            if token.is_symbol(",") || token.is_symbol(")") {
                break;
            }
            if token.is_symbol("(") {
                text.push_str(&self.raw_bracket()?);
                continue;
            }
            self.skip();
            let own = match token {
                Token::Text(inner) => format!("'{}'", inner.replace('\'', "''")),
                Token::Name(inner) => format!("\"{inner}\""),
                Token::Bytes(inner) => format!("x'{inner}'"),
                Token::Word(inner) | Token::Number(inner) | Token::Symbol(inner) => inner,
            };
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&own);
        }
        Some(text)
    }
}
