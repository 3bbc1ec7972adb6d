//! What stands between operators: constants, names, calls, brackets, and the forms that have a grammar of their own.

use super::{
    node::{Head, Node},
    normal,
    parse::Reader,
    token::Token,
};
use crate::Dialect;

/// Whether a word is a call without brackets.
fn is_bare_call(word: &str, dialect: Dialect) -> bool {
    match word {
        "current_timestamp" | "current_date" | "current_time" => true,
        "localtime" | "localtimestamp" | "current_user" => dialect != Dialect::Sqlite,
        "utc_timestamp" | "utc_date" | "utc_time" => dialect == Dialect::Mysql,
        "session_user" | "current_role" | "current_catalog" | "current_schema" | "user" => {
            dialect == Dialect::Postgres
        }
        _ => false,
    }
}

/// The words of PostgreSQL that may open a text of a type: `date '2020-01-01'`.
const TYPE_WORDS: [&str; 22] = [
    "date",
    "time",
    "timestamp",
    "timestamptz",
    "timetz",
    "interval",
    "json",
    "jsonb",
    "uuid",
    "inet",
    "cidr",
    "bytea",
    "numeric",
    "text",
    "regclass",
    "point",
    "box",
    "bool",
    "boolean",
    "bit",
    "double",
    "tsquery",
];

impl Reader {
    pub(super) fn primary(&mut self) -> Option<Node> {
        let token = self.peek()?.clone();
        match token {
            Token::Text(text) => {
                self.skip();
                Some(Node::leaf(Head::Text(text)))
            }
            Token::Bytes(bytes) => {
                self.skip();
                Some(Node::leaf(Head::Bytes(bytes)))
            }
            Token::Number(number) => {
                self.skip();
                Some(Node::leaf(Head::Number(normal::number(&number))))
            }
            Token::Symbol(sign) => self.sign(&sign),
            Token::Name(_) => self.named(),
            Token::Word(word) => self.word(&word),
        }
    }

    fn sign(&mut self, sign: &str) -> Option<Node> {
        match sign {
            "(" => {
                let inner = self.bracket()?;
                if self.dialect == Dialect::Postgres && self.take_symbol(".") {
                    if self.take_symbol("*") {
                        return Node::new(Head::Form("all fields"), vec![inner]);
                    }
                    let field = self.name()?;
                    return Node::new(Head::Named("field", field), vec![inner]);
                }
                Some(inner)
            }
            "*" => {
                self.skip();
                Some(Node::leaf(Head::Star(Vec::new())))
            }
            "$" | "?" | ":" | "@" => {
                self.skip();
                let mut text = sign.to_owned();
                while self.take_symbol("@") {
                    text.push('@');
                }
                if let Some(Token::Word(name) | Token::Number(name) | Token::Name(name)) =
                    self.peek()
                {
                    text.push_str(name);
                    self.skip();
                }
                Some(Node::leaf(Head::Other(text)))
            }
            _ => None,
        }
    }

    fn word(&mut self, word: &str) -> Option<Node> {
        let next = self.ahead(1).cloned();
        let opens = next.as_ref().is_some_and(|next| next.is_symbol("("));
        let point = next.as_ref().is_some_and(|next| next.is_symbol("."));
        if point {
            return self.named();
        }
        match word {
            "null" => self.constant(Head::Null),
            "true" => self.constant(Head::Boolean(true)),
            "false" => self.constant(Head::Boolean(false)),
            "case" => self.case(),
            "cast" if opens => self.cast(),
            "exists" if opens => {
                self.skip();
                let query = self.bracket()?;
                Node::new(Head::Form("exists"), vec![query])
            }
            "array" if self.dialect == Dialect::Postgres => self.array(),
            "row" if opens => {
                self.skip();
                self.expect("(")?;
                let parts = if self.is_symbol(")") {
                    Vec::new()
                } else {
                    self.list(Self::expression)?
                };
                self.expect(")")?;
                Node::new(Head::Form("row"), parts)
            }
            "interval" if self.dialect == Dialect::Mysql && next.is_some() => self.interval(),
            "binary" if self.dialect == Dialect::Mysql && !opens => {
                self.skip();
                let inner = self.operation(104)?;
                Node::new(Head::Cast("binary".to_owned()), vec![inner])
            }
            "extract" | "trim" | "substring" | "position" | "overlay" if opens => {
                self.special(word)
            }
            _ if is_bare_call(word, self.dialect) && !opens => {
                self.skip();
                let name = normal::function(self.dialect, word);
                Some(Node::leaf(Head::Call(Vec::new(), name)))
            }
            _ if self.dialect == Dialect::Postgres && TYPE_WORDS.contains(&word) => {
                self.text_of_type().or_else(|| self.named())
            }
            "select" | "from" | "where" | "and" | "or" | "then" | "else" | "end" | "when"
            | "on" | "as" => None,
            _ => self.named(),
        }
    }

    fn constant(&mut self, head: Head) -> Option<Node> {
        self.skip();
        Some(Node::leaf(head))
    }

    /// `interval '1 day'`, `timestamp with time zone '…'`.
    fn text_of_type(&mut self) -> Option<Node> {
        let place = self.place();
        let ty = self.type_text();
        if let (Some(ty), Some(Token::Text(text))) = (ty, self.peek().cloned()) {
            self.skip();
            let mut ty = ty;
            // `INTERVAL '1' DAY`
            while ty.starts_with("interval") {
                let Some(Token::Word(unit)) = self.peek() else {
                    break;
                };
                if !["year", "month", "day", "hour", "minute", "second", "to"]
                    .contains(&unit.as_str())
                {
                    break;
                }
                ty = format!("{ty} {unit}");
                self.skip();
            }
            return Node::new(Head::Cast(ty), vec![Node::leaf(Head::Text(text))]);
        }
        self.back_to(place);
        None
    }

    /// MySQL: `INTERVAL 1 DAY`.
    fn interval(&mut self) -> Option<Node> {
        self.skip();
        let amount = self.operation(104)?;
        let unit = self.name()?;
        Node::new(Head::Named("interval", unit), vec![amount])
    }

    fn array(&mut self) -> Option<Node> {
        self.skip();
        if self.is_symbol("(") {
            let query = self.bracket()?;
            return Node::new(Head::Form("array of"), vec![query]);
        }
        self.array_list()
    }

    fn array_list(&mut self) -> Option<Node> {
        self.expect("[")?;
        let mut parts = Vec::new();
        if !self.is_symbol("]") {
            parts = self.list(|reader| {
                if reader.is_symbol("[") {
                    reader.deeper(Self::array_list)
                } else {
                    reader.expression()
                }
            })?;
        }
        self.expect("]")?;
        Node::new(Head::Form("array"), parts)
    }

    fn case(&mut self) -> Option<Node> {
        self.skip();
        let mut parts = Vec::new();
        let of = if self.is_word("when") {
            Node::nothing()
        } else {
            self.expression()?
        };
        parts.push(of);
        while self.take_word("when") {
            parts.push(self.expression()?);
            if !self.take_word("then") {
                return None;
            }
            parts.push(self.expression()?);
        }
        // An engine shows the `ELSE NULL` that nobody wrote.
        let other = if self.take_word("else") {
            self.expression()?
        } else {
            Node::leaf(Head::Null)
        };
        parts.push(match other.peeled().1.head {
            Head::Null => Node::leaf(Head::Null),
            _ => other,
        });
        if !self.take_word("end") {
            return None;
        }
        Node::new(Head::Form("case"), parts)
    }

    fn cast(&mut self) -> Option<Node> {
        self.skip();
        self.expect("(")?;
        let inner = self.expression()?;
        if !self.take_word("as") {
            return None;
        }
        let ty = self.type_text()?;
        self.expect(")")?;
        Node::new(Head::Cast(ty), vec![inner])
    }

    /// Calls whose arguments have words between them.
    fn special(&mut self, word: &str) -> Option<Node> {
        let place = self.place();
        self.skip();
        self.expect("(")?;
        let found = match word {
            "extract" => self.extract(),
            "trim" => self.trim(),
            _ => self.with_words(word),
        };
        let found = found.filter(|_| self.take_symbol(")"));
        if found.is_some() {
            return found;
        }
        self.back_to(place);
        self.named()
    }

    fn extract(&mut self) -> Option<Node> {
        let field = match self.peek()? {
            Token::Text(text) => text.to_lowercase(),
            token => token.as_name()?.to_lowercase(),
        };
        self.skip();
        if !self.take_word("from") {
            return None;
        }
        let of = self.expression()?;
        let call = Head::Call(Vec::new(), "date_part".to_owned());
        Node::new(call, vec![Node::leaf(Head::Text(field)), of])
    }

    fn trim(&mut self) -> Option<Node> {
        let side = match self.peek()? {
            Token::Word(word) if matches!(word.as_str(), "both" | "leading" | "trailing") => {
                let word = word.clone();
                self.skip();
                word
            }
            _ => "both".to_owned(),
        };
        let name = match side.as_str() {
            "leading" => "ltrim",
            "trailing" => "rtrim",
            _ => "btrim",
        };
        let mut arguments = Vec::new();
        if !self.is_word("from") {
            arguments = self.list(Self::expression)?;
        }
        if self.take_word("from") {
            let mut of = self.list(Self::expression)?;
            of.append(&mut arguments);
            arguments = of;
        }
        Node::new(Head::Call(Vec::new(), name.to_owned()), arguments)
    }

    /// `substring(a FROM 1 FOR 2)`, `position(a IN b)`, `overlay(a PLACING b FROM 1)`.
    fn with_words(&mut self, word: &str) -> Option<Node> {
        // `IN` is no operator here.
        let mut arguments = vec![self.operation(if word == "position" { 45 } else { 0 })?];
        loop {
            let separated = self.take_word("from")
                || self.take_word("for")
                || self.take_word("in")
                || self.take_word("placing")
                || self.take_symbol(",");
            if !separated {
                break;
            }
            arguments.push(self.expression()?);
        }
        if word == "position" {
            arguments.reverse();
        }
        let name = normal::function(self.dialect, word);
        Node::new(Head::Call(Vec::new(), name), arguments)
    }

    /// A column, or a call.
    pub(super) fn named(&mut self) -> Option<Node> {
        let mut path = self.path()?;
        if self.is_symbol(".") && self.ahead(1).is_some_and(|next| next.is_symbol("*")) {
            self.skip();
            self.skip();
            return Some(Node::leaf(Head::Star(path)));
        }
        let name = path.pop()?;
        if self.is_symbol("(") {
            return self.call(path, &name);
        }
        Some(Node::leaf(Head::Column(path, name)))
    }

    fn call(&mut self, path: Vec<String>, name: &str) -> Option<Node> {
        self.expect("(")?;
        let mut arguments = Vec::new();
        let distinct = self.take_word("distinct");
        if !distinct {
            self.take_word("all");
        }
        if !self.is_symbol(")") && !self.is_word("order") {
            arguments = self.list(Self::argument)?;
        }
        let order = if self.take_words(&["order", "by"]) {
            self.order()?
        } else {
            Node::nothing()
        };
        let separator = if self.take_word("separator") {
            self.expression()?
        } else {
            Node::nothing()
        };
        self.expect(")")?;
        let name = normal::function(self.dialect, name);
        let call = normal::call(self.dialect, path, name, arguments)?;
        let within = if self.take_words(&["within", "group"]) {
            self.expect("(")?;
            if !self.take_words(&["order", "by"]) {
                return None;
            }
            let order = self.order()?;
            self.expect(")")?;
            order
        } else {
            Node::nothing()
        };
        let filter = if self.is_word("filter") && self.ahead(1)?.is_symbol("(") {
            self.skip();
            self.expect("(")?;
            if !self.take_word("where") {
                return None;
            }
            let filter = self.expression()?;
            self.expect(")")?;
            filter
        } else {
            Node::nothing()
        };
        let over = if self.take_word("over") {
            self.window()?
        } else {
            Node::nothing()
        };
        let extras = [order, separator, within, filter, over];
        if !distinct && extras.iter().all(|extra| extra.head == Head::Nothing) {
            return Some(call);
        }
        let form = if distinct {
            "call of distinct"
        } else {
            "call with"
        };
        let mut parts = vec![call];
        parts.extend(extras);
        Node::new(Head::Form(form), parts)
    }

    fn argument(&mut self) -> Option<Node> {
        self.take_word("variadic");
        let named = self.peek()?.as_name().is_some()
            && self
                .ahead(1)
                .is_some_and(|next| next.is_symbol("=>") || next.is_symbol(":="));
        if named {
            let name = self.name()?;
            self.skip();
            let value = self.expression()?;
            return Node::new(Head::Named("argument", name), vec![value]);
        }
        let value = self.expression()?;
        // MySQL: `convert(a using utf8mb4)`, `char(1 using ascii)`.
        if self.dialect == Dialect::Mysql && self.take_word("using") {
            let set = self.name()?;
            return Node::new(Head::Named("using", set), vec![value]);
        }
        Some(value)
    }

    /// What stands behind `OVER`, or behind a name in `WINDOW`.
    pub(super) fn window(&mut self) -> Option<Node> {
        if !self.is_symbol("(") {
            let name = self.name()?;
            return Some(Node::leaf(Head::Named("window", name)));
        }
        self.expect("(")?;
        let mut parts = Vec::new();
        let words = ["partition", "order", "rows", "range", "groups"];
        if !self.is_symbol(")") && !words.iter().any(|word| self.is_word(word)) {
            let name = self.name()?;
            parts.push(Node::leaf(Head::Named("window", name)));
        }
        if self.take_words(&["partition", "by"]) {
            let by = self.list(Self::expression)?;
            parts.push(Node::new(Head::Form("partition"), by)?);
        }
        if self.take_words(&["order", "by"]) {
            parts.push(self.order()?);
        }
        while !self.is_symbol(")") {
            let word = match self.peek()?.clone() {
                Token::Number(text) | Token::Word(text) => text,
                _ => return None,
            };
            self.skip();
            parts.push(Node::leaf(Head::Other(word)));
        }
        self.expect(")")?;
        Node::new(Head::Form("over"), parts)
    }

    /// What stands behind `ORDER BY`.
    pub(super) fn order(&mut self) -> Option<Node> {
        let parts = self.list(|reader| {
            let by = reader.expression()?;
            let descending = reader.take_word("desc");
            if !descending {
                reader.take_word("asc");
            }
            let mut nulls_first = descending;
            if reader.take_words(&["nulls", "first"]) {
                nulls_first = true;
            } else if reader.take_words(&["nulls", "last"]) {
                nulls_first = false;
            }
            let form = match (descending, nulls_first) {
                (false, false) => "ascending",
                (true, true) => "descending",
                (false, true) => "ascending, nulls first",
                (true, false) => "descending, nulls last",
            };
            Node::new(Head::Form(form), vec![by])
        })?;
        Node::new(Head::Form("order"), parts)
    }
}
