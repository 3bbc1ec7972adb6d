//! Queries, read far enough to be compared.

use super::{
    node::{Head, Node},
    parse::Reader,
    token::Token,
};
use crate::Dialect;

/// The words that end a name in `FROM`, or what stands behind it.
const NO_ALIAS: [&str; 33] = [
    "where",
    "group",
    "having",
    "order",
    "limit",
    "offset",
    "fetch",
    "for",
    "union",
    "intersect",
    "except",
    "window",
    "join",
    "left",
    "right",
    "full",
    "inner",
    "cross",
    "natural",
    "on",
    "using",
    "straight_join",
    "returning",
    "tablesample",
    "use",
    "force",
    "ignore",
    "with",
    "as",
    "from",
    "into",
    "lock",
    "outer",
];

/// The whole text as a query.
pub(super) fn query(sql: &str, dialect: Dialect) -> Option<Node> {
    let mut reader = Reader::new(sql, dialect);
    let node = reader.query()?;
    reader.take_symbol(";");
    // What a view says of itself, not of its rows.
    if reader.take_word("with") {
        let _ = reader.take_word("cascaded") || reader.take_word("local") || reader.take_word("no");
        let _ = reader.take_words(&["check", "option"]) || reader.take_word("data");
    }
    reader.take_symbol(";");
    reader.is_done().then_some(node)
}

impl Reader {
    /// A query with all that belongs to it.
    pub(super) fn query(&mut self) -> Option<Node> {
        self.deeper(Self::query_inside)
    }

    fn query_inside(&mut self) -> Option<Node> {
        let mut with = Vec::new();
        if self.take_word("with") {
            self.take_word("recursive");
            with = self.list(Self::common_table)?;
        }
        let body = self.union()?;
        let order = if self.take_words(&["order", "by"]) {
            self.order()?
        } else {
            Node::nothing()
        };
        let order = meant(order, outputs_of(&body))?;
        let (mut limit, mut offset) = (Node::nothing(), Node::nothing());
        loop {
            if self.take_word("limit") {
                limit = self.expression()?;
                if self.take_symbol(",") {
                    offset = std::mem::replace(&mut limit, Node::nothing());
                    limit = self.expression()?;
                }
            } else if self.take_word("offset") {
                offset = self.expression()?;
                let _ = self.take_word("rows") || self.take_word("row");
            } else if self.take_word("fetch") {
                let _ = self.take_word("first") || self.take_word("next");
                limit = self.expression()?;
                let _ = self.take_word("rows") || self.take_word("row");
                if !self.take_word("only") {
                    return None;
                }
            } else {
                break;
            }
        }
        let plain = [&order, &limit, &offset]
            .iter()
            .all(|part| part.head == Head::Nothing);
        if plain && with.is_empty() {
            return Some(body);
        }
        let with = Node::new(Head::Form("with"), with)?;
        Node::new(
            Head::Form("whole query"),
            vec![with, body, order, limit, offset],
        )
    }

    fn common_table(&mut self) -> Option<Node> {
        let name = self.name()?;
        let columns = self.names_in_brackets()?;
        if !self.take_word("as") {
            return None;
        }
        self.take_word("not");
        self.take_word("materialized");
        self.expect("(")?;
        let query = self.query()?;
        self.expect(")")?;
        Node::new(Head::Named("common table", name), vec![query, columns])
    }

    /// `(a, b)`, where it stands there.
    fn names_in_brackets(&mut self) -> Option<Node> {
        if !self.take_symbol("(") {
            return Some(Node::nothing());
        }
        let names = self.list(|reader| {
            let name = reader.name()?;
            // A function's columns may have types.
            if !reader.is_symbol(",") && !reader.is_symbol(")") {
                reader.type_text()?;
            }
            Some(Node::leaf(Head::Named("column", name)))
        })?;
        self.expect(")")?;
        Node::new(Head::Form("columns"), names)
    }

    fn union(&mut self) -> Option<Node> {
        let mut left = self.intersection()?;
        loop {
            let form = if self.take_word("union") {
                "union"
            } else if self.take_word("except") {
                "except"
            } else {
                return Some(left);
            };
            let form = self.all(form);
            let right = self.intersection()?;
            left = Node::new(Head::Form(form), vec![left, right])?;
        }
    }

    fn intersection(&mut self) -> Option<Node> {
        let mut left = self.query_part()?;
        while self.take_word("intersect") {
            let form = self.all("intersect");
            let right = self.query_part()?;
            left = Node::new(Head::Form(form), vec![left, right])?;
        }
        Some(left)
    }

    fn all(&mut self, form: &'static str) -> &'static str {
        if self.take_word("all") {
            return match form {
                "union" => "union all",
                "except" => "except all",
                _ => "intersect all",
            };
        }
        self.take_word("distinct");
        form
    }

    fn query_part(&mut self) -> Option<Node> {
        if self.take_symbol("(") {
            let query = self.query()?;
            self.expect(")")?;
            return Some(query);
        }
        if self.take_word("values") {
            let rows = self.list(|reader| {
                reader.take_word("row");
                reader.expect("(")?;
                let row = reader.list(Self::expression)?;
                reader.expect(")")?;
                Node::new(Head::Form("row"), row)
            })?;
            return Node::new(Head::Form("values"), rows);
        }
        if self.take_word("table") {
            let path = self.path()?;
            let table = Node::leaf(Head::Table(path, None));
            let all = Node::new(Head::Output(None), vec![Node::leaf(Head::Star(Vec::new()))])?;
            return select(vec![all], table);
        }
        self.take_word("select").then_some(())?;
        self.select()
    }

    fn select(&mut self) -> Option<Node> {
        let distinct = self.distinct()?;
        while [
            "sql_no_cache",
            "sql_calc_found_rows",
            "straight_join",
            "high_priority",
        ]
        .iter()
        .any(|word| self.take_word(word))
        {}
        let outputs = if self.is_word("from") {
            Vec::new()
        } else {
            self.list(Self::output)?
        };
        let outputs = Node::new(Head::Form("outputs"), outputs)?;
        let from = if self.take_word("from") {
            self.from()?
        } else {
            Node::nothing()
        };
        let filter = self.clause(&["where"])?;
        let mut group = Node::nothing();
        if self.take_words(&["group", "by"]) {
            let by = self.list(Self::expression)?;
            group = meant(Node::new(Head::Form("group"), by)?, Some(&outputs))?;
            if self.take_words(&["with", "rollup"]) {
                group = Node::new(Head::Form("rollup"), vec![group])?;
            }
        }
        let having = self.clause(&["having"])?;
        let mut windows = Node::nothing();
        if self.take_word("window") {
            let all = self.list(|reader| {
                let name = reader.name()?;
                if !reader.take_word("as") {
                    return None;
                }
                let window = reader.window()?;
                Node::new(Head::Named("window", name), vec![window])
            })?;
            windows = Node::new(Head::Form("windows"), all)?;
        }
        Node::new(
            Head::Form("select"),
            vec![outputs, distinct, from, filter, group, having, windows],
        )
    }

    fn distinct(&mut self) -> Option<Node> {
        if !self.take_word("distinct") {
            self.take_word("all");
            return Some(Node::nothing());
        }
        let mut on = Vec::new();
        if self.take_word("on") {
            self.expect("(")?;
            on = self.list(Self::expression)?;
            self.expect(")")?;
        }
        Node::new(Head::Form("distinct"), on)
    }

    fn clause(&mut self, words: &[&str]) -> Option<Node> {
        if self.take_words(words) {
            self.expression()
        } else {
            Some(Node::nothing())
        }
    }

    fn output(&mut self) -> Option<Node> {
        let value = self.expression()?;
        let mut alias = None;
        if self.take_word("as") {
            alias = Some(match self.peek()? {
                Token::Text(text) => {
                    let text = text.to_lowercase();
                    self.skip();
                    text
                }
                _ => self.name()?,
            });
        } else if let Some(token) = self.peek() {
            let ends = matches!(token, Token::Word(word) if NO_ALIAS.contains(&word.as_str()));
            if !ends && let Some(name) = token.as_name() {
                alias = Some(name.to_owned());
                self.skip();
            }
        }
        // A column that is called as it is called.
        if let (Some(own), Head::Column(_, name)) = (&alias, &value.head)
            && own == name
        {
            alias = None;
        }
        Node::new(Head::Output(alias), vec![value])
    }

    fn from(&mut self) -> Option<Node> {
        let mut all = self.list(Self::joined)?;
        // MySQL shows a comma as a join.
        if self.dialect == Dialect::Mysql {
            let mut rest = all.into_iter();
            let mut left = rest.next()?;
            for right in rest {
                left = Node::new(Head::Form("join"), vec![left, right, Node::nothing()])?;
            }
            return Some(left);
        }
        if all.len() == 1 {
            return all.pop();
        }
        Node::new(Head::Form("from"), all)
    }

    fn joined(&mut self) -> Option<Node> {
        let mut left = self.source()?;
        while let Some((form, natural)) = self.join_words() {
            let right = self.source()?;
            let condition = if natural {
                Node::leaf(Head::Form("natural"))
            } else if self.take_word("on") {
                self.expression()?
            } else if self.take_word("using") {
                self.names_in_brackets()?
            } else if form == "join" || form == "cross join" {
                Node::nothing()
            } else {
                // `a LEFT JOIN b JOIN c ON … ON …`
                return None;
            };
            let form = if form == "cross join" && self.dialect == Dialect::Mysql {
                "join"
            } else {
                form
            };
            left = Node::new(Head::Form(form), vec![left, right, condition])?;
        }
        Some(left)
    }

    /// The words of a join, taken.
    fn join_words(&mut self) -> Option<(&'static str, bool)> {
        let place = self.place();
        let natural = self.take_word("natural");
        let form = if self.take_word("straight_join") {
            return Some(("join", natural));
        } else if self.take_word("cross") {
            "cross join"
        } else if self.take_word("left") {
            "left join"
        } else if self.take_word("right") {
            "right join"
        } else if self.take_word("full") {
            "full join"
        } else {
            self.take_word("inner");
            "join"
        };
        self.take_word("outer");
        if self.take_word("join") {
            return Some((form, natural));
        }
        self.back_to(place);
        None
    }

    fn source(&mut self) -> Option<Node> {
        self.take_word("lateral");
        self.take_word("only");
        if self.opens_query() {
            let place = self.place();
            self.expect("(")?;
            let query = self.query().filter(|_| self.is_symbol(")"));
            if let Some(query) = query {
                self.skip();
                return self.aliased(query);
            }
            self.back_to(place);
        }
        if self.take_symbol("(") {
            let inner = self.deeper(Self::from)?;
            self.expect(")")?;
            return Some(inner);
        }
        let place = self.place();
        let path = self.path()?;
        if self.is_symbol("(") {
            self.back_to(place);
            let call = self.named()?;
            if self.take_words(&["with", "ordinality"]) {
                let call = Node::new(Head::Form("with ordinality"), vec![call])?;
                return self.aliased(call);
            }
            return self.aliased(call);
        }
        self.take_symbol("*");
        let alias = self.alias();
        let columns = self.names_in_brackets()?;
        for word in ["use", "force", "ignore"] {
            if self.take_word(word) {
                let _ = self.take_word("index") || self.take_word("key");
                self.raw_bracket()?;
            }
        }
        if self.is_word("tablesample") {
            return None;
        }
        let own = path.last().cloned();
        let alias = alias.filter(|alias| Some(alias) != own.as_ref());
        let parts = match columns.head {
            Head::Nothing => Vec::new(),
            _ => vec![columns],
        };
        Node::new(Head::Table(path, alias), parts)
    }

    fn alias(&mut self) -> Option<String> {
        if self.take_word("as") {
            return self.name();
        }
        match self.peek()? {
            Token::Word(word) if NO_ALIAS.contains(&word.as_str()) => None,
            Token::Word(_) | Token::Name(_) => self.name(),
            _ => None,
        }
    }

    fn aliased(&mut self, inner: Node) -> Option<Node> {
        let alias = self.alias();
        let columns = self.names_in_brackets()?;
        Node::new(
            Head::Named("derived", alias.unwrap_or_default()),
            vec![inner, columns],
        )
    }
}

fn select(outputs: Vec<Node>, from: Node) -> Option<Node> {
    let outputs = Node::new(Head::Form("outputs"), outputs)?;
    let mut parts = vec![outputs, Node::nothing(), from];
    parts.extend((0..4).map(|_| Node::nothing()));
    Node::new(Head::Form("select"), parts)
}

/// What a query gives.
fn outputs_of(body: &Node) -> Option<&Node> {
    match &body.head {
        Head::Form("select") => body.parts.first(),
        _ => None,
    }
}

/// `ORDER BY 1` and `ORDER BY alias` as what they mean.
fn meant(mut list: Node, outputs: Option<&Node>) -> Option<Node> {
    let Some(outputs) = outputs else {
        return Some(list);
    };
    for part in &mut list.parts {
        let place = match &part.head {
            Head::Form(form) if form.starts_with("ascending") || form.starts_with("descending") => {
                part.parts.first_mut()?
            }
            _ => part,
        };
        let found = match &place.head {
            Head::Number(number) => number
                .parse::<usize>()
                .ok()
                .and_then(|number| outputs.parts.get(number.checked_sub(1)?)),
            Head::Column(path, name) if path.is_empty() => outputs
                .parts
                .iter()
                .find(|output| matches!(&output.head, Head::Output(Some(alias)) if alias == name)),
            _ => None,
        };
        if let Some(value) = found.and_then(|output| output.parts.first()) {
            *place = value.clone();
        }
    }
    Node::new(list.head, list.parts)
}
