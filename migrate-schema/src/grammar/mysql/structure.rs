//! The structure of what is not read: brackets, commas, and nothing else.

use super::{parser::Parser, token::Kind};
use crate::{Code, Finding};

/// What is wrong with the structure of a whole statement.
pub(super) fn fault(parser: &Parser<'_>) -> Option<Finding> {
    fault_from(parser, 0, parser.tokens.len())
}

/// The same for the part that was read last, where it was skipped.
pub(super) fn fault_of_skipped(parser: &Parser<'_>, from: usize) -> Option<Finding> {
    fault_from(parser, from, parser.at)
}

fn fault_from(parser: &Parser<'_>, from: usize, to: usize) -> Option<Finding> {
    let mut open: Vec<usize> = Vec::new();
    let mut last = "";
    for token in parser.tokens.get(from..to)? {
        let text = parser.sql.get(token.range()).unwrap_or_default();
        let symbol = if token.kind == Kind::Symbol { text } else { "" };
        let syntax = |message: &str, help: &str| {
            Some(Finding::new(Code::SqlSyntax, message, token.range()).help(help))
        };
        match symbol {
            "(" => open.push(token.start),
            ")" if last == "," => {
                return syntax("nothing stands between `,` and `)`", "remove the `,`");
            }
            ")" if open.pop().is_none() => {
                return syntax("this `)` has no `(`", "remove it, or write its `(`");
            }
            "," if last == "," || last == "(" => {
                return syntax("nothing stands before this `,`", "remove the `,`");
            }
            _ => {}
        }
        last = symbol;
    }
    if last == "," {
        let token = parser.tokens.get(to.checked_sub(1)?)?;
        return Some(
            Finding::new(
                Code::SqlSyntax,
                "the statement ends with a `,`",
                token.range(),
            )
            .help("remove the `,`"),
        );
    }
    let at = open.pop()?;
    Some(Finding::new(Code::SqlSyntax, "this `(` has no `)`", at..at + 1).help("write its `)`"))
}
