//! The grammar of PostgreSQL: squawk's parser gives the verdict and the concrete syntax tree, which is read here.
//!
//! `cst` reads names and ranges; `statement` finds out which statement it is; the others read what their names say.
//! `fault` makes plain messages of squawk's errors.

mod alter;
mod change;
mod cst;
mod depth;
mod expression;
mod fault;
mod named;
mod object;
mod opaque;
mod plpgsql;
mod query;
mod routine;
mod statement;
mod table;
mod types;

use squawk_syntax::SourceFile;

use crate::{Finding, Statement, settings::Target, tree};

/// Parses one statement of a text. The ranges in the tree and in the findings are bytes of the whole text.
pub(super) fn parse(
    sql: &str,
    statement: Statement,
    target: &Target,
    findings: &mut Vec<Finding>,
) -> Option<tree::Statement> {
    let text = statement.text(sql);
    let range = statement.start..statement.end;
    if !depth::is_safe(text) {
        return Some(tree::Statement {
            range,
            actions: vec![opaque::of_text(text)],
        });
    }
    let parsed = SourceFile::parse(text);
    let root = parsed.syntax_node();
    if let Some(finding) = fault::find(text, statement.start, &parsed, target) {
        findings.push(finding);
        return None;
    }
    let reader = cst::Reader {
        base: statement.start,
        fixed: None,
    };
    let actions = root
        .children()
        .flat_map(|node| reader.statement(&node))
        .collect();
    Some(tree::Statement { range, actions })
}
