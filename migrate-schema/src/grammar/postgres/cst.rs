//! The concrete syntax tree of squawk, and what is needed to read it.

use std::{cell::Cell, ops::Range};

use squawk_syntax::{
    SyntaxElement, SyntaxKind, SyntaxNode, SyntaxToken,
    ast::{self, AstNode, is_quoted_name_node, normalize_name_node},
};

use super::depth::DEEPEST_TREE;
use crate::{
    settings::Product,
    tree::{Behavior, Name, Path},
};

pub(super) use squawk_syntax::SyntaxKind as Kind;

/// A node of the concrete syntax tree.
pub(super) type Node = SyntaxNode;

/// PostgreSQL cuts every name behind this many bytes.
const LONGEST_NAME: usize = 63;

/// Reads the nodes of one text. Its own text may be a part of a larger one: every range is one of the larger text.
#[derive(Debug)]
pub(super) struct Reader {
    /// Where the text begins in the larger one.
    base: usize,
    /// How deep the tree is where it is made right now.
    depth: Cell<usize>,
    /// The most bytes that a name has: the engine cuts it behind them.
    longest_name: usize,
}

impl Reader {
    /// A reader of the text that begins at `base`.
    pub(super) fn new(base: usize, product: Product) -> Self {
        Self {
            base,
            depth: Cell::new(0),
            longest_name: match product {
                Product::Cockroach => usize::MAX,
                _ => LONGEST_NAME,
            },
        }
    }

    /// A reader of a text inside of this one.
    pub(super) const fn inside(&self, base: usize) -> Self {
        Self {
            base,
            depth: Cell::new(0),
            longest_name: self.longest_name,
        }
    }

    /// Whether what it reads is for PostgreSQL itself.
    pub(super) const fn is_postgres(&self) -> bool {
        self.longest_name == LONGEST_NAME
    }

    /// Makes a part of the tree one level deeper; none where it is deep enough.
    pub(super) fn deeper<R>(&self, make: impl FnOnce() -> R) -> Option<R> {
        let depth = self.depth.get();
        if depth >= DEEPEST_TREE {
            return None;
        }
        self.depth.set(depth + 1);
        let made = make();
        self.depth.set(depth);
        Some(made)
    }

    /// The bytes of a node in the larger text.
    pub(super) fn range(&self, node: &Node) -> Range<usize> {
        let range = node.text_range();
        self.shift(usize::from(range.start())..usize::from(range.end()))
    }

    /// The bytes of a token in the larger text.
    pub(super) fn token_range(&self, token: &SyntaxToken) -> Range<usize> {
        let range = token.text_range();
        self.shift(usize::from(range.start())..usize::from(range.end()))
    }

    /// Behind the last token of a node that is neither white space nor a comment. A node without any may stand at the end.
    pub(super) fn end(&self, node: &Node) -> Option<usize> {
        let mut last = node.last_child_or_token();
        while let Some(part) = last {
            let end = match &part {
                SyntaxElement::Node(inner) => self.end(inner),
                SyntaxElement::Token(token) if token.kind().is_trivia() => None,
                SyntaxElement::Token(token) => Some(self.token_range(token).end),
            };
            if end.is_some() {
                return end;
            }
            last = part.prev_sibling_or_token();
        }
        None
    }

    fn shift(&self, range: Range<usize>) -> Range<usize> {
        self.base + range.start..self.base + range.end
    }

    /// The name that a node consists of.
    pub(super) fn name(&self, node: &Node) -> Name {
        let mut text = normalize_name_node(node);
        if text.len() > self.longest_name {
            let end = (0..=self.longest_name)
                .rev()
                .find(|at| text.is_char_boundary(*at));
            text.truncate(end.unwrap_or_default());
        }
        Name {
            text,
            quoted: is_quoted_name_node(node),
            range: self.range(node),
        }
    }

    /// The name in the first child of this kind.
    pub(super) fn child_name(&self, node: &Node, kind: Kind) -> Option<Name> {
        child(node, kind).map(|child| self.name(&child))
    }

    /// The names in all children of this kind.
    pub(super) fn child_names(&self, node: &Node, kind: Kind) -> Vec<Name> {
        children(node, kind)
            .map(|child| self.name(&child))
            .collect()
    }

    /// The names between the dots of a path: the node itself, or the path inside it.
    pub(super) fn parts(&self, node: &Node) -> Vec<Name> {
        let mut parts = Vec::new();
        let mut next = if is_path(node.kind()) {
            Some(node.clone())
        } else {
            node.children().find(|child| is_path(child.kind()))
        };
        while let Some(path) = next {
            let segment = path
                .children()
                .find(|child| matches!(child.kind(), Kind::PATH_SEGMENT | Kind::PATH_SEGMENT_REF));
            parts.extend(segment.map(|segment| self.name(&segment)));
            next = path.children().find(|child| is_path(child.kind()));
        }
        if parts.is_empty() {
            parts.push(self.name(node));
        }
        parts.reverse();
        parts
    }

    /// The name of an object with its schema: of a path, of a node that holds one, or of a node that is a name. A
    /// database before the schema can only be the one that is connected to.
    pub(super) fn path(&self, node: &Node) -> Path {
        into_path(self.parts(node)).unwrap_or_else(|| Path::bare(self.name(node)))
    }

    /// The path in the first child of this kind.
    pub(super) fn child_path(&self, node: &Node, kind: Kind) -> Option<Path> {
        child(node, kind).map(|child| self.path(&child))
    }

    /// The paths in all children of this kind.
    pub(super) fn child_paths(&self, node: &Node, kind: Kind) -> Vec<Path> {
        children(node, kind)
            .map(|child| self.path(&child))
            .collect()
    }

    /// A column with its table: `t.c`, `s.t.c`.
    pub(super) fn column_path(&self, node: &Node) -> Option<(Path, Name)> {
        let mut parts = self.parts(node);
        let column = parts.pop()?;
        Some((into_path(parts)?, column))
    }

    /// What a string literal says, as a name (the label of an enum).
    pub(super) fn label(&self, literal: &Node) -> Name {
        Name {
            text: string_value(literal).unwrap_or_default(),
            quoted: true,
            range: self.range(literal),
        }
    }
}

/// The last name is the object, the one before it the schema.
pub(super) fn into_path(mut parts: Vec<Name>) -> Option<Path> {
    let name = parts.pop()?;
    Some(Path {
        schema: parts.pop(),
        name,
    })
}

fn is_path(kind: Kind) -> bool {
    matches!(kind, Kind::PATH | Kind::PATH_REF)
}

/// The first child of a kind.
pub(super) fn child(node: &Node, kind: Kind) -> Option<Node> {
    node.children().find(|child| child.kind() == kind)
}

/// The first child of one of these kinds.
pub(super) fn child_of(node: &Node, kinds: &[Kind]) -> Option<Node> {
    node.children().find(|child| kinds.contains(&child.kind()))
}

/// All children of a kind.
pub(super) fn children(node: &Node, kind: Kind) -> impl Iterator<Item = Node> {
    node.children().filter(move |child| child.kind() == kind)
}

/// The tokens right below a node, without white space and comments.
pub(super) fn tokens(node: &Node) -> impl Iterator<Item = SyntaxToken> {
    node.children_with_tokens()
        .filter_map(|element| element.into_token())
        .filter(|token| !token.kind().is_trivia())
}

/// The first token of this kind right below a node.
pub(super) fn token(node: &Node, kind: Kind) -> Option<SyntaxToken> {
    tokens(node).find(|token| token.kind() == kind)
}

/// Whether this keyword stands right below a node.
pub(super) fn has(node: &Node, keyword: Kind) -> bool {
    token(node, keyword).is_some()
}

/// Whether there is a child of this kind.
pub(super) fn has_child(node: &Node, kind: Kind) -> bool {
    child(node, kind).is_some()
}

/// Every word and sign of a node in capitals, with one space between them.
pub(super) fn words(node: &Node) -> String {
    let mut text = String::new();
    for token in node
        .descendants_with_tokens()
        .filter_map(|element| element.into_token())
        .filter(|token| !token.kind().is_trivia())
    {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&token.text().to_ascii_uppercase());
    }
    text
}

pub(super) fn is_expression(kind: Kind) -> bool {
    ast::Expr::can_cast(kind)
}

pub(super) fn is_query(kind: Kind) -> bool {
    ast::SelectVariant::can_cast(kind)
}

pub(super) fn is_type(kind: Kind) -> bool {
    ast::FuncType::can_cast(kind)
}

/// The value of a string literal.
pub(super) fn string_value(literal: &Node) -> Option<String> {
    let is_text = tokens(literal).next().is_some_and(|token| {
        matches!(
            token.kind(),
            Kind::STRING
                | Kind::ESC_STRING
                | Kind::UNICODE_ESC_STRING
                | Kind::NATIONAL_STRING
                | Kind::DOLLAR_QUOTED_STRING
        )
    });
    if !is_text {
        return None;
    }
    ast::Literal::cast(literal.clone())?.string_value()
}

pub(super) fn behavior(node: &Node) -> Behavior {
    if has_child(node, SyntaxKind::CASCADE) {
        Behavior::Cascade
    } else if has_child(node, SyntaxKind::RESTRICT) {
        Behavior::Restrict
    } else {
        Behavior::Default
    }
}

pub(super) fn if_exists(node: &Node) -> bool {
    has_child(node, SyntaxKind::IF_EXISTS)
}

pub(super) fn if_not_exists(node: &Node) -> bool {
    has_child(node, SyntaxKind::IF_NOT_EXISTS)
}

pub(super) fn or_replace(node: &Node) -> bool {
    has_child(node, SyntaxKind::OR_REPLACE)
}
