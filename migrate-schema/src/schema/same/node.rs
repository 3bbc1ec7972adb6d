//! The form in which expressions and queries are compared.

use std::collections::BTreeSet;

/// How deep an expression may be nested; what is deeper is compared as it is written.
pub(super) const DEPTH: u32 = 200;

/// A part of an expression or of a query, with its own parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) head: Head,
    pub(super) parts: Vec<Node>,
    depth: u32,
}

/// What a part is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Head {
    /// A column, with what stands before it.
    Column(Vec<String>, String),
    Text(String),
    Bytes(String),
    Number(String),
    Boolean(bool),
    Null,
    /// `*`, with what stands before it.
    Star(Vec<String>),
    /// A parameter, a variable.
    Other(String),
    /// A function, with its schema.
    Call(Vec<String>, String),
    /// A cast, to this type.
    Cast(String),
    /// An operator, a clause, a list: the parts are in the order of the text.
    Form(&'static str),
    /// An operator by its own sign.
    Operator(String),
    /// Something with a name of its own: a collation, a field, a unit.
    Named(&'static str, String),
    /// What a query gives, under this name.
    Output(Option<String>),
    /// A table with its schema, under this name.
    Table(Vec<String>, Option<String>),
    /// Nothing written.
    Nothing,
}

impl Node {
    /// None where it would be nested too deep.
    pub(super) fn new(head: Head, parts: Vec<Self>) -> Option<Self> {
        let depth = 1 + parts.iter().map(|part| part.depth).max().unwrap_or(0);
        (depth <= DEPTH).then_some(Self { head, parts, depth })
    }

    pub(super) const fn leaf(head: Head) -> Self {
        Self {
            head,
            parts: Vec::new(),
            depth: 1,
        }
    }

    pub(super) const fn nothing() -> Self {
        Self::leaf(Head::Nothing)
    }

    pub(super) fn is_form(&self, form: &str) -> bool {
        matches!(&self.head, Head::Form(own) if *own == form)
    }

    /// A list with one more part at its end.
    pub(super) fn with(mut self, part: Self) -> Option<Self> {
        self.depth = self.depth.max(1 + part.depth);
        self.parts.push(part);
        (self.depth <= DEPTH).then_some(self)
    }

    /// The types that it is cast to, the outermost first, and what is cast.
    pub(super) fn peeled(&self) -> (Vec<&str>, &Self) {
        let (mut types, mut inner) = (Vec::new(), self);
        while let (Head::Cast(ty), Some(next)) = (&inner.head, inner.parts.first()) {
            types.push(ty.as_str());
            inner = next;
        }
        (types, inner)
    }

    /// The names of all columns in it, without what stands before them.
    pub(super) fn columns<'a>(&'a self, found: &mut BTreeSet<&'a str>) {
        if let Head::Column(_, name) = &self.head {
            found.insert(name);
        }
        self.parts.iter().for_each(|part| part.columns(found));
    }

    /// Whether anything in it is so.
    pub(super) fn any(&self, is: &impl Fn(&Self) -> bool) -> bool {
        is(self) || self.parts.iter().any(|part| part.any(is))
    }
}
