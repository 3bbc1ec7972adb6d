//! Tables that a method makes anew: what the old one had, and what the new one has.
//!
//! SQLite's `ALTER TABLE` can do little, so a table is changed by making another, copying the rows, dropping the old one
//! and giving its name to the new one. What is not written again is lost without a word.

use std::ops::Range;

use crate::{
    Code, Finding,
    catalog::{Column, ConstraintKind, Relation, RelationKind},
    lint::{Context, Dropped, walk},
    replay::Placed,
    tree::{Action, Expression, ExpressionKind, Name, ObjectKind, Path},
};

/// A table that was made anew.
pub(super) struct Rebuild<'a> {
    /// The table, as it was.
    pub(super) old: &'a Relation,
    /// The table, as it is at the end of the method.
    pub(super) new: &'a Relation,
    /// Where the old one was dropped.
    pub(super) dropped: &'a Dropped,
}

/// A part of a table's definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Columns,
    Types,
    Nulls,
    Defaults,
    Collations,
    Autoincrement,
    Strict,
    Rowid,
    Checks,
    Keys,
    ForeignKeys,
}

/// Every table that the method made anew.
pub(super) fn rebuilds<'a>(context: &Context<'a>) -> Vec<Rebuild<'a>> {
    let tables = context.memory.dropped.iter();
    tables
        .filter_map(|dropped| {
            let path = Path::bare(Name {
                text: dropped.name.clone(),
                quoted: false,
                range: 0..0,
            });
            let new = context.relation(&path)?;
            let is_new = new.kind == RelationKind::Table && new.origin == context.method.origin;
            (is_new && !new.open && !dropped.relation.open).then_some(Rebuild {
                old: &dropped.relation,
                new,
                dropped,
            })
        })
        .collect()
}

impl Rebuild<'_> {
    /// A finding at the place where the old table is dropped.
    pub(super) fn report(
        &self,
        context: &Context<'_>,
        code: Code,
        message: String,
        help: impl Into<String>,
        placed: &mut Vec<Placed>,
    ) {
        let Some(place) = context.method.statements.get(self.dropped.at) else {
            return;
        };
        let range: Range<usize> = self.dropped.range.clone();
        placed.push(context.placed(place, Finding::new(code, message, range).help(help)));
    }

    /// Whether the new table has a column of this name.
    pub(super) fn keeps(&self, context: &Context<'_>, column: &str) -> bool {
        context.column(self.new, column).is_some()
    }

    /// The columns of the old table that the new one has too.
    pub(super) fn kept<'s>(&'s self, context: &Context<'_>) -> Vec<(&'s Column, &'s Column)> {
        let old = self.old.columns.iter();
        old.filter_map(|old| Some((old.as_ref(), context.column(self.new, &old.name)?)))
            .collect()
    }

    /// Whether something else than this part is another in the new table. Where nothing is, that part is what the table
    /// was made anew for.
    pub(super) fn changes_more_than(&self, context: &Context<'_>, part: Part) -> bool {
        self.changed(context).iter().any(|changed| *changed != part)
    }

    /// The parts of the definition that are others now.
    fn changed(&self, context: &Context<'_>) -> Vec<Part> {
        let kept = self.kept(context);
        let any =
            |differs: fn(&Column, &Column) -> bool| kept.iter().any(|(old, new)| differs(old, new));
        let counts =
            |what: fn(&ConstraintKind) -> bool| count(self.old, what) != count(self.new, what);
        let parts = [
            (
                Part::Columns,
                kept.len() < self.old.columns.len() || kept.len() < self.new.columns.len(),
            ),
            (
                Part::Types,
                any(|old, new| type_text(old) != type_text(new)),
            ),
            (Part::Nulls, any(|old, new| old.not_null != new.not_null)),
            (
                Part::Defaults,
                any(|old, new| old.default.is_some() != new.default.is_some()),
            ),
            (
                Part::Collations,
                any(|old, new| collation(old) != collation(new)),
            ),
            (
                Part::Autoincrement,
                any(|old, new| old.auto_increment != new.auto_increment),
            ),
            (Part::Strict, self.old.strict != self.new.strict),
            (
                Part::Rowid,
                self.old.without_rowid != self.new.without_rowid,
            ),
            (Part::Checks, counts(is_check)),
            (Part::Keys, counts(is_key)),
            (Part::ForeignKeys, counts(is_foreign_key)),
        ];
        let changed = parts.into_iter().filter(|(_, changed)| *changed);
        changed.map(|(part, _)| part).collect()
    }

    /// Whether the method drops an object of this kind and name by itself: then it is not forgotten, it is meant.
    pub(super) fn is_dropped_by_name(context: &Context<'_>, kind: ObjectKind, name: &str) -> bool {
        let mut places = context.method.statements.iter();
        places.any(|place| {
            place.tree.actions.iter().any(|action| match action {
                Action::Drop(drop) => drop.targets.iter().any(|target| {
                    target.kind == kind && context.same(&target.path.name.text, name)
                }),
                _ => false,
            })
        })
    }
}

fn count(relation: &Relation, what: fn(&ConstraintKind) -> bool) -> usize {
    let constraints = relation.constraints.iter();
    constraints
        .filter(|constraint| what(&constraint.kind))
        .count()
}

const fn is_check(kind: &ConstraintKind) -> bool {
    matches!(kind, ConstraintKind::Check(_))
}

const fn is_key(kind: &ConstraintKind) -> bool {
    matches!(
        kind,
        ConstraintKind::PrimaryKey(_) | ConstraintKind::Unique(_)
    )
}

const fn is_foreign_key(kind: &ConstraintKind) -> bool {
    matches!(kind, ConstraintKind::ForeignKey { .. })
}

/// The collation of a column; none and `BINARY` are the same.
pub(super) fn collation(column: &Column) -> Option<String> {
    let name = column.collation.as_ref()?.to_ascii_lowercase();
    (name != "binary").then_some(name)
}

fn type_text(column: &Column) -> Option<String> {
    let ty = column.ty.as_ref()?;
    Some(format!(
        "{}({})",
        ty.path.name.text.to_ascii_lowercase(),
        ty.arguments.join(",")
    ))
}

/// The names of the columns in an expression, in lower case.
pub(super) fn names(expression: &Expression) -> Vec<String> {
    let mut names = Vec::new();
    walk::inside(expression, |part| {
        if let ExpressionKind::Column { name, .. } = &part.kind {
            names.push(name.text.to_ascii_lowercase());
        }
    });
    names.sort();
    names.dedup();
    names
}
