//! One direction of a migration, step by step.

use super::{Direction, Placed, Step, What, derive::Derived};
use crate::{
    Code, Finding, Level,
    catalog::Catalog,
    grammar::{Parsed, ParsedStatement},
    lex::{self, TokenKind},
    lint::{Changes, Watch},
    tree::Action,
};

/// One direction of a migration.
pub(super) struct Run<'a, 'w> {
    catalog: &'a mut Catalog,
    direction: Direction,
    watch: &'a mut Watch<'w>,
    findings: &'a mut Vec<Placed>,
    /// Everything was understood, and nothing refused.
    certain: bool,
}

impl<'a, 'w> Run<'a, 'w> {
    pub(super) const fn new(
        catalog: &'a mut Catalog,
        direction: Direction,
        watch: &'a mut Watch<'w>,
        findings: &'a mut Vec<Placed>,
    ) -> Self {
        Self {
            catalog,
            direction,
            watch,
            findings,
            certain: true,
        }
    }

    /// Applies the steps. Whether it is certain what they have done.
    pub(super) fn steps(
        mut self,
        steps: &[Step<'_>],
        changes: &Changes,
        mut undo: Option<&mut Derived>,
    ) -> bool {
        for (at, step) in steps.iter().enumerate() {
            if step.conditional {
                self.certain = false;
            }
            match &step.what {
                What::Sql { sql, parsed } => {
                    self.text(at, step.conditional, sql, parsed, undo.as_deref_mut());
                }
                What::Change(_) => {
                    let actions = changes.actions(at);
                    self.catalog.read("", &(0..0));
                    self.actions(at, step.conditional, actions, "", undo.as_deref_mut());
                    self.watch.next();
                }
                What::Rust { words } => {
                    self.certain = false;
                    self.catalog.poison(words);
                }
            }
        }
        if let Some(undo) = undo
            && !self.certain
        {
            undo.give_up();
        }
        self.certain
    }

    fn text(
        &mut self,
        at: usize,
        conditional: bool,
        sql: &str,
        parsed: &Parsed,
        mut undo: Option<&mut Derived>,
    ) {
        for statement in &parsed.statements {
            match &statement.tree {
                Some(tree) => {
                    let range = statement.statement.start..statement.statement.end;
                    self.catalog.read(sql, &range);
                    self.actions(at, conditional, &tree.actions, sql, undo.as_deref_mut());
                    self.watch.next();
                }
                None => {
                    self.certain = false;
                    let words = words(sql, statement, self.catalog);
                    self.catalog.poison(&words);
                }
            }
        }
    }

    fn actions(
        &mut self,
        at: usize,
        conditional: bool,
        actions: &[Action],
        sql: &str,
        mut undo: Option<&mut Derived>,
    ) {
        for (place, action) in actions.iter().enumerate() {
            if let Action::Opaque { .. } | Action::Perhaps { .. } = action {
                self.certain = false;
            }
            let warned = self.watch.action(self.catalog, action);
            let mut found = if conditional {
                self.catalog.apply_perhaps(action, sql)
            } else if let Some(undo) = undo.as_deref_mut() {
                let before = undo.before(self.catalog, action);
                let found = self.catalog.apply(action, sql);
                undo.after(self.catalog, action, before);
                found
            } else {
                self.catalog.apply(action, sql)
            };
            let refused = found.iter().any(is_error);
            self.certain &= !refused;
            // What is refused is told once.
            if !refused {
                found.extend(warned);
            }
            let chained = self.direction == Direction::Down
                && self.catalog.dialect() == crate::Dialect::Mysql;
            self.findings
                .extend(found.into_iter().map(|finding| Placed {
                    direction: self.direction,
                    step: Some(at),
                    dialect: None,
                    finding: if chained { not_alone(finding) } else { finding },
                }));
            if refused {
                // What else the statement would have done is not done, and told no more.
                for rest in &actions[place + 1..] {
                    self.catalog.apply_perhaps(rest, sql);
                }
                break;
            }
        }
    }
}

/// MySQL takes no DDL back, so its histories are rolled back as a whole there: what `down` needs may be the work of
/// the `down` of a later migration. Alone it fails, and so it does not undo `up`.
fn not_alone(finding: Finding) -> Finding {
    if !is_error(&finding) {
        return finding;
    }
    Finding {
        code: Code::DownDoesNotUndo,
        message: format!("down fails right after up: {}", finding.message),
        ..finding
    }
}

fn is_error(finding: &Finding) -> bool {
    finding.code.level() == Level::Deny
}

/// The words of a statement that nobody can read.
pub(crate) fn words(sql: &str, statement: &ParsedStatement, catalog: &Catalog) -> Vec<String> {
    let text = statement.statement.text(sql);
    let tokens = lex::tokens(text, catalog.dialect());
    let names = tokens.filter_map(|token| match token.kind {
        TokenKind::Word => Some(token.text(text).to_owned()),
        TokenKind::QuotedName => {
            let text = token.text(text);
            let mut inside = text.chars();
            inside.next();
            inside.next_back();
            Some(inside.as_str().to_owned())
        }
        _ => None,
    });
    let postgres = catalog.dialect() == crate::Dialect::Postgres;
    let both = names.flat_map(|name| {
        let lower = (postgres && name.chars().any(char::is_uppercase)).then(|| name.to_lowercase());
        std::iter::once(name).chain(lower)
    });
    both.collect()
}
