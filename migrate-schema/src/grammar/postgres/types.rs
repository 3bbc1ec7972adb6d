//! Names of types.

use super::cst::{Kind, Node, Reader, child, children, has, is_type, tokens};
use crate::tree::{Name, Path, TypeName};

impl Reader {
    /// The type that is a child of a node.
    pub(super) fn child_type(&self, node: &Node) -> Option<TypeName> {
        node.children()
            .find(|child| is_type(child.kind()))
            .map(|child| self.type_name(&child))
    }

    /// A type.
    pub(super) fn type_name(&self, node: &Node) -> TypeName {
        let range = self.range(node);
        match node.kind() {
            Kind::ARRAY_TYPE => {
                let inner = node.children().find(|child| is_type(child.kind()));
                let mut ty = match inner {
                    Some(inner) => self.type_name(&inner),
                    None => self.plain(node, self.path(node)),
                };
                ty.array = true;
                ty.range = range;
                ty
            }
            Kind::PERCENT_TYPE => TypeName {
                special: true,
                ..self.plain(node, self.path(node))
            },
            Kind::PATH_TYPE => self.plain(node, self.path(node)),
            _ => self.plain(node, self.of_words(node)),
        }
    }

    fn plain(&self, node: &Node, path: Path) -> TypeName {
        let list = child(node, Kind::ARG_LIST);
        let mut arguments: Vec<String> = list
            .iter()
            .flat_map(|list| children(list, Kind::ARG))
            .map(|argument| argument.text().to_string())
            .collect();
        arguments.extend(children(node, Kind::LITERAL).map(|literal| literal.text().to_string()));
        TypeName {
            path,
            arguments,
            words: Vec::new(),
            array: false,
            special: has(node, Kind::SETOF_KW),
            range: self.range(node),
        }
    }

    /// The name of a type that the grammar spells out: `timestamp(3) with time zone`, `double precision`.
    fn of_words(&self, node: &Node) -> Path {
        let mut text = String::new();
        let zone = node
            .children()
            .filter(|child| matches!(child.kind(), Kind::WITH_TIMEZONE | Kind::WITHOUT_TIMEZONE));
        let words = tokens(node).chain(zone.flat_map(|zone| tokens(&zone).collect::<Vec<_>>()));
        for word in words {
            if matches!(word.kind(), Kind::SETOF_KW | Kind::L_PAREN | Kind::R_PAREN) {
                continue;
            }
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&word.text().to_ascii_lowercase());
        }
        Path::bare(Name {
            text,
            quoted: false,
            range: self.range(node),
        })
    }
}
