//! The grammar of PostgreSQL: squawk's parser gives the verdict and the concrete syntax tree, which is read here.
//!
//! `cst` reads names and ranges; `statement` finds out which statement it is; the others read what their names say.
//! `fault` makes plain messages of squawk's errors.

mod alter;
mod block;
mod block_statement;
mod change;
mod check;
mod cockroach;
mod conditions;
mod cst;
mod depth;
mod dialect;
mod expression;
mod fault;
mod named;
mod object;
mod opaque;
mod plain;
mod plpgsql;
mod query;
mod repair;
mod routine;
mod routine_body;
mod statement;
mod table;
mod types;
mod version;

use squawk_syntax::SourceFile;

use crate::{
    Code, Finding, Statement,
    settings::{Product, Target},
    tree,
};

/// Parses one statement of a text. The ranges in the tree and in the findings are bytes of the whole text.
pub(super) fn parse(
    sql: &str,
    statement: Statement,
    target: &Target,
    findings: &mut Vec<Finding>,
) -> Option<tree::Statement> {
    let text = statement.text(sql);
    let range = statement.start..statement.end;
    if let Some(actions) = plain::read(text, statement.start) {
        return Some(tree::Statement { range, actions });
    }
    let read = depth::with_stack(text, || read(text, statement.start, target));
    match read {
        Some(Ok(actions)) => Some(tree::Statement { range, actions }),
        Some(Err(finding)) => {
            findings.push(*finding);
            None
        }
        None => Some(tree::Statement {
            range,
            actions: vec![opaque::of_text(text)],
        }),
    }
}

/// What a statement says, or what is wrong with its syntax.
fn read(text: &str, base: usize, target: &Target) -> Result<Vec<tree::Action>, Box<Finding>> {
    match judged(text, base, target) {
        Err(finding) if target.product == Product::Cockroach => {
            on_cockroach(text, base, target, finding)
        }
        judged => judged,
    }
}

/// What PostgreSQL refuses and CockroachDB may take. There is no grammar of it: refused is what a small change makes valid.
fn on_cockroach(
    text: &str,
    base: usize,
    target: &Target,
    finding: Box<Finding>,
) -> Result<Vec<tree::Action>, Box<Finding>> {
    if let Some(translated) = cockroach::translate(text)
        && let Ok(mut actions) = judged(&translated.text, base, target)
    {
        if !translated.removed.is_empty() {
            actions.push(opaque::finished(translated.removed));
        }
        return Ok(actions);
    }
    if finding.code == Code::SqlSyntax && finding.fix.is_some() {
        return Err(finding);
    }
    Ok(vec![opaque::of_text(text)])
}

fn judged(text: &str, base: usize, target: &Target) -> Result<Vec<tree::Action>, Box<Finding>> {
    let parsed = SourceFile::parse(text);
    if let Some(finding) = fault::find(text, base, &parsed) {
        return Err(Box::new(finding));
    }
    let reader = cst::Reader::new(base, target.product);
    let statements = parsed.syntax_node();
    let refused = reader
        .fault(&statements, target)
        .or_else(|| reader.too_new(&statements, target));
    if let Some(finding) = refused {
        return Err(Box::new(finding));
    }
    Ok(statements
        .children()
        .flat_map(|node| reader.statement(&node))
        .collect())
}

#[cfg(test)]
mod tests;
