//! What MySQL asks of a table as a whole, and how it takes several changes at once.

use super::Findings;
use crate::{
    Code, Finding,
    catalog::{Catalog, Column, ConstraintKind, Relation},
    tree::{Alter, Name, TypeName},
};

/// The changes of an `ALTER TABLE`, where columns or indexes swap their names: MySQL renames them all at once.
/// None where each name is free when its turn comes.
pub(super) fn staged(changes: &[Alter]) -> Option<Vec<Alter>> {
    let renames = || changes.iter().filter_map(renamed);
    let indexes: Vec<(&Name, &Name)> = changes.iter().filter_map(renamed_index).collect();
    let takes = |taken: &Name, pairs: &[(&Name, &Name)]| {
        let same = |name: &Name| name.text.eq_ignore_ascii_case(&taken.text);
        pairs.iter().any(|(from, to)| same(from) && !same(to))
    };
    let columns: Vec<(&Name, &Name)> = renames().collect();
    let swaps = columns.iter().any(|(_, to)| takes(to, &columns))
        || indexes.iter().any(|(_, to)| takes(to, &indexes))
        || changes.iter().any(|change| match change {
            Alter::AddColumn { column, .. } => takes(&column.name, &columns),
            _ => false,
        });
    if !swaps {
        return None;
    }
    let aside = |name: &Name| Name {
        text: format!("{}\u{0}", name.text),
        ..name.clone()
    };
    let mut first = Vec::new();
    let mut then = Vec::new();
    for change in changes {
        if let Some((from, to)) = renamed_index(change) {
            first.push(Alter::RenameIndex {
                from: from.clone(),
                to: aside(from),
            });
            then.push(Alter::RenameIndex {
                from: aside(from),
                to: to.clone(),
            });
            continue;
        }
        let Some((from, _)) = renamed(change) else {
            then.push(change.clone());
            continue;
        };
        first.push(Alter::RenameColumn {
            from: from.clone(),
            to: aside(from),
        });
        then.push(match change {
            Alter::Redefine {
                column, if_exists, ..
            } => Alter::Redefine {
                name: aside(from),
                column: column.clone(),
                if_exists: *if_exists,
            },
            Alter::RenameColumn { to, .. } => Alter::RenameColumn {
                from: aside(from),
                to: to.clone(),
            },
            other => other.clone(),
        });
    }
    first.extend(then);
    Some(first)
}

/// The index that gets another name, and that name.
const fn renamed_index(change: &Alter) -> Option<(&Name, &Name)> {
    match change {
        Alter::RenameIndex { from, to } => Some((from, to)),
        _ => None,
    }
}

/// The column that gets another name, and that name.
fn renamed(change: &Alter) -> Option<(&Name, &Name)> {
    match change {
        Alter::RenameColumn { from, to } => Some((from, to)),
        Alter::Redefine { name, column, .. }
            if !name.text.eq_ignore_ascii_case(&column.name.text) =>
        {
            Some((name, &column.name))
        }
        _ => None,
    }
}

impl Catalog {
    /// What a changed table must not be.
    pub(super) fn check_altered_on_mysql(
        &self,
        (before, draft): (&Relation, &Relation),
        changes: &[Alter],
        name: &Name,
        findings: &mut Findings,
    ) {
        if draft.open || findings.refuse() {
            return;
        }
        self.check_counting(draft, name, findings);
        if self.store.session().foreign_keys {
            for change in changes {
                if let Alter::Redefine { name, column, .. } = change
                    && let Some(ty) = &column.ty
                {
                    self.check_redefined((before, draft), name, ty, findings);
                }
            }
        }
    }

    /// `AUTO_INCREMENT` stands on one column, with which a key begins.
    fn check_counting(&self, draft: &Relation, name: &Name, findings: &mut Findings) {
        let mut counting = draft.columns.iter().filter(|column| column.auto_increment);
        let Some(first) = counting.next() else {
            return;
        };
        let (message, help) = if let Some(second) = counting.next() {
            (
                format!(
                    "`{}` would have two AUTO_INCREMENT columns: `{}` and `{}`",
                    draft.name, first.name, second.name
                ),
                "a table has one: leave the other out".to_owned(),
            )
        } else if self.is_on_innodb(draft) && !self.begins_a_key(draft, first) {
            (
                format!(
                    "`{}.{}` is AUTO_INCREMENT, and no key would begin with it",
                    draft.name, first.name
                ),
                format!(
                    "take AUTO_INCREMENT away first: `MODIFY {} BIGINT NOT NULL`, or add another key on it",
                    first.name
                ),
            )
        } else {
            return;
        };
        findings
            .push(Finding::new(Code::InvalidDefinition, message, name.range.clone()).help(help));
    }

    fn is_on_innodb(&self, draft: &Relation) -> bool {
        let engine = draft.options.iter().find(|(name, _)| name == "engine");
        engine.is_none_or(|(_, engine)| engine.eq_ignore_ascii_case("innodb"))
    }

    fn begins_a_key(&self, draft: &Relation, column: &Column) -> bool {
        let own = std::slice::from_ref(&column.name);
        self.begins_an_index(draft, own)
            || draft.constraints.iter().any(|one| match &one.kind {
                ConstraintKind::ForeignKey { columns, .. } => columns
                    .first()
                    .is_some_and(|first| self.same(first, &column.name)),
                _ => false,
            })
    }

    /// A column of a foreign key keeps its kind of number, on either side.
    fn check_redefined(
        &self,
        (before, draft): (&Relation, &Relation),
        name: &Name,
        ty: &TypeName,
        findings: &mut Findings,
    ) {
        let Some(old) = self
            .column(before, &name.text)
            .and_then(|one| one.ty.as_ref())
        else {
            return;
        };
        if integer(old).is_none() || integer(ty).is_none() || integer(old) == integer(ty) {
            return;
        }
        let has = |columns: &[String]| columns.iter().any(|one| self.same(one, &name.text));
        let own = draft.constraints.iter().find_map(|one| match &one.kind {
            ConstraintKind::ForeignKey { columns, .. } if has(columns) => {
                Some((one.name.clone(), before.name.clone()))
            }
            _ => None,
        });
        if let Some((constraint, table)) = own.or_else(|| self.foreign_key_on(before, &name.text)) {
            let message = format!(
                "`{}.{name}` cannot become another type: the foreign key `{constraint}` of `{table}` is on it",
                before.name
            );
            findings.push(
                Finding::new(Code::StillReferenced, message, ty.range.clone()).help(format!(
                    "drop it first, and add it again behind: `ALTER TABLE {table} DROP FOREIGN KEY {constraint}`"
                )),
            );
        }
    }

    /// A foreign key of another table that refers to this column: its name, and that table's.
    fn foreign_key_on(&self, table: &Relation, column: &str) -> Option<(String, String)> {
        let key = self.key_of(table);
        let node = crate::catalog::Node::new(crate::catalog::Class::Relation, key.clone());
        for dependent in self.store.dependents(&node) {
            let Some(relation) = self.relation_by_key(&dependent.key) else {
                continue;
            };
            let found = relation.constraints.iter().find(|one| match &one.kind {
                ConstraintKind::ForeignKey {
                    table, referred, ..
                } => *table == key && referred.iter().any(|one| self.same(one, column)),
                _ => false,
            });
            if let Some(found) = found {
                return Some((found.name.clone(), relation.name.clone()));
            }
        }
        None
    }

    /// Both sides of a foreign key have the same kind of number, or both have text.
    pub(super) fn check_types_of_foreign_key(
        &self,
        draft: &Relation,
        target: &Relation,
        (columns, referred): (&[String], &[String]),
        range: &std::ops::Range<usize>,
        findings: &mut Findings,
    ) {
        if !self.is_on_innodb(draft) || !self.is_on_innodb(target) {
            return;
        }
        for (own, other) in columns.iter().zip(referred) {
            let ty = |table: &Relation, name: &str| {
                self.column(table, name).and_then(|one| one.ty.clone())
            };
            let (Some(left), Some(right)) = (ty(draft, own), ty(target, other)) else {
                continue;
            };
            let differ = match (integer(&left), integer(&right)) {
                (Some(left), Some(right)) => left != right,
                (Some(_), None) => is_text(&right),
                (None, Some(_)) => is_text(&left),
                (None, None) => false,
            };
            if differ {
                let (left, right) = (shown(&left), shown(&right));
                let message = format!(
                    "`{}.{own}` is {left}, and `{}.{other}` is {right}: a foreign key needs the same type on both sides",
                    draft.name, target.name
                );
                findings.push(
                    Finding::new(Code::InvalidDefinition, message, range.clone())
                        .help(format!("make `{own}` a {right}")),
                );
                return;
            }
        }
    }
}

/// The bytes of an integer type, and whether it has no sign.
fn integer(ty: &TypeName) -> Option<(u8, bool)> {
    let name = ty.path.name.text.to_ascii_lowercase();
    let size = match name.as_str() {
        "tinyint" | "int1" | "bool" | "boolean" => 1,
        "smallint" | "int2" => 2,
        "mediumint" | "int3" | "middleint" => 3,
        "int" | "integer" | "int4" => 4,
        "bigint" | "int8" | "serial" => 8,
        _ => return None,
    };
    let unsigned = name == "serial" || ty.words.iter().any(|word| word != "signed");
    Some((size, unsigned))
}

fn is_text(ty: &TypeName) -> bool {
    let name = ty.path.name.text.to_ascii_lowercase();
    name.contains("char") || name.ends_with("text")
}

fn shown(ty: &TypeName) -> String {
    let mut text = ty.path.name.text.to_ascii_uppercase();
    if is_text(ty) && !ty.arguments.is_empty() {
        text += &format!("({})", ty.arguments.join(", "));
    }
    for word in &ty.words {
        text += " ";
        text += &word.to_ascii_uppercase();
    }
    text
}
