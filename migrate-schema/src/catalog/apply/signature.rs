//! The arguments of a function, and what `CREATE OR REPLACE` cannot change (PostgreSQL).

use super::function::plain;
use crate::{
    Code, Finding,
    catalog::Function,
    tree::{Argument, CreateFunction, FunctionKind, TypeName},
};

/// What is wrong with the arguments themselves.
pub(super) fn fault(function: &CreateFunction) -> Option<Finding> {
    let mut may_be_left_out = false;
    for (at, argument) in function.arguments.iter().enumerate() {
        let before = &function.arguments[..at];
        let same = |other: &&Argument| {
            let names = (other.name.as_ref(), argument.name.as_ref());
            let (Some(one), Some(two)) = names else {
                return false;
            };
            one.text == two.text && other.output == argument.output
        };
        if let Some(name) = &argument.name
            && before.iter().any(|other| same(&other))
        {
            let message = format!("two arguments are called `{name}`");
            return Some(Finding::new(
                Code::DuplicateColumn,
                message,
                name.range.clone(),
            ));
        }
        if argument.output || function.kind != FunctionKind::Function {
            continue;
        }
        if may_be_left_out && !argument.has_default {
            let range = argument.ty.path.range();
            let message = "an argument with a default stands before this one, which has none";
            return Some(
                Finding::new(Code::InvalidDefinition, message, range)
                    .help("give it a default too, or put it before the others"),
            );
        }
        may_be_left_out |= argument.has_default;
    }
    None
}

/// What a function that is there keeps when it is made anew.
pub(super) fn cannot_become(before: &Function, function: &CreateFunction) -> Option<Finding> {
    let name = &function.name;
    let refuse = |message: String| {
        Some(
            Finding::new(Code::InvalidDefinition, message, name.range())
                .help("drop it first: `DROP FUNCTION`"),
        )
    };
    if before.kind != function.kind {
        return refuse(format!(
            "`{name}` is there already, and is no function of this kind"
        ));
    }
    if let (Some(was), Some(becomes)) = (&before.returns, &function.returns)
        && !is_same(was, becomes)
    {
        return refuse(format!(
            "`{name}` gives {}: what a function gives cannot change",
            was.path
        ));
    }
    if before
        .arguments
        .iter()
        .chain(&function.arguments)
        .any(|one| one.output)
    {
        return None;
    }
    let renamed = before
        .arguments
        .iter()
        .zip(&function.arguments)
        .find_map(|(was, becomes)| {
            let was = was.name.as_ref()?;
            let kept = becomes
                .name
                .as_ref()
                .is_some_and(|name| name.text == was.text);
            (!kept).then_some(was)
        });
    renamed.and_then(|was| refuse(format!("the argument `{was}` of `{name}` keeps its name")))
}

fn is_same(left: &TypeName, right: &TypeName) -> bool {
    left.array == right.array
        && (plain(&left.path.name.text) == plain(&right.path.name.text)
            || left.special
            || right.special)
}
