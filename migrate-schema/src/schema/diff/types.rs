//! One type, as it is and as it is to be.

use super::{TypeChange, equal::Sides, paired::pair};
use crate::schema::{Type, TypeShape};

/// What is different in a type that is on both sides.
pub(super) fn compare(sides: Sides<'_>, from: &Type, to: &Type) -> Vec<TypeChange> {
    match (&from.shape, &to.shape) {
        (TypeShape::Enum(from), TypeShape::Enum(to)) => labels(from, to),
        (TypeShape::Composite(from), TypeShape::Composite(to)) => attributes(sides, from, to),
        (TypeShape::Domain { .. }, TypeShape::Domain { .. }) => {
            domain(sides, &from.shape, &to.shape)
        }
        (TypeShape::Other(from), TypeShape::Other(to)) => match (from, to) {
            (Some(old), Some(new)) if !sides.clauses(old, new) => {
                vec![TypeChange::Shape {
                    from: TypeShape::Other(Some(old.clone())),
                    to: TypeShape::Other(Some(new.clone())),
                }]
            }
            _ => Vec::new(),
        },
        // What it is made of is not known.
        (TypeShape::Other(None), _) | (_, TypeShape::Other(None)) => Vec::new(),
        (from, to) => vec![TypeChange::Shape {
            from: from.clone(),
            to: to.clone(),
        }],
    }
}

/// Labels can be put between others; none can be taken away or moved.
fn labels(from: &[String], to: &[String]) -> Vec<TypeChange> {
    let kept: Vec<&String> = to.iter().filter(|label| from.contains(label)).collect();
    if !kept.iter().copied().eq(from) {
        return vec![TypeChange::Labels {
            from: from.to_vec(),
            to: to.to_vec(),
        }];
    }
    let mut changes = Vec::new();
    // From the end, so that what a label stands before is there already.
    for (at, label) in to.iter().enumerate().rev() {
        if !from.contains(label) {
            changes.push(TypeChange::AddLabel {
                label: label.clone(),
                before: to.get(at + 1).cloned(),
            });
        }
    }
    changes
}

fn attributes(
    sides: Sides<'_>,
    from: &[(String, String)],
    to: &[(String, String)],
) -> Vec<TypeChange> {
    let find = |list: &[(String, String)], name: &str| {
        list.iter()
            .find(|one| sides.names().same(&one.0, name))
            .cloned()
    };
    let mut changes = Vec::new();
    for (name, data_type) in from {
        match find(to, name) {
            None => changes.push(TypeChange::DropAttribute {
                name: name.clone(),
                data_type: data_type.clone(),
            }),
            Some((_, new)) if !sides.types(data_type, &new) => {
                changes.push(TypeChange::AttributeType {
                    name: name.clone(),
                    from: data_type.clone(),
                    to: new,
                });
            }
            Some(_) => {}
        }
    }
    for (name, data_type) in to {
        if find(from, name).is_none() {
            changes.push(TypeChange::AddAttribute {
                name: name.clone(),
                data_type: data_type.clone(),
            });
        }
    }
    changes
}

fn domain(sides: Sides<'_>, old: &TypeShape, new: &TypeShape) -> Vec<TypeChange> {
    let (
        TypeShape::Domain {
            base: from_base,
            not_null: from_not_null,
            default: from_default,
            checks: from_checks,
        },
        TypeShape::Domain {
            base,
            not_null,
            default,
            checks,
        },
    ) = (old, new)
    else {
        return Vec::new();
    };
    if !sides.types(from_base, base) {
        return vec![TypeChange::Shape {
            from: old.clone(),
            to: new.clone(),
        }];
    }
    let mut changes = Vec::new();
    let pairs = pair(
        from_checks,
        checks,
        |one| one.0.as_deref(),
        |left, right| sides.names().same(left, right),
        |left, right| sides.expressions(&left.1, &right.1),
    );
    let renamed = pairs
        .kept
        .iter()
        .filter(|(old, new)| match (&old.0, &new.0) {
            (Some(old), Some(new)) => !sides.names().same(old, new),
            _ => false,
        });
    let (mut removed, mut added) = (pairs.removed.clone(), pairs.added.clone());
    for (old, new) in renamed {
        removed.push(old);
        added.push(new);
    }
    for (name, expression) in removed.into_iter().cloned() {
        changes.push(TypeChange::DropCheck { name, expression });
    }
    if from_not_null != not_null {
        changes.push(TypeChange::NotNull(*not_null));
    }
    if !sides.defaults(from_default.as_deref(), default.as_deref(), base) {
        changes.push(TypeChange::Default {
            from: from_default.clone(),
            to: default.clone(),
        });
    }
    for (name, expression) in added.into_iter().cloned() {
        changes.push(TypeChange::AddCheck { name, expression });
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Dialect,
        schema::{ObjectName, Schema},
    };

    fn told(from: &[&str], to: &[&str]) -> Vec<TypeChange> {
        let schema = Schema::empty(Dialect::Postgres);
        let of = |labels: &[&str]| Type {
            name: ObjectName::bare("mood"),
            shape: TypeShape::Enum(labels.iter().map(|one| (*one).to_owned()).collect()),
            made_by: None,
        };
        let sides = Sides {
            from: &schema,
            to: &schema,
        };
        compare(sides, &of(from), &of(to))
    }

    #[test]
    fn labels_are_added_in_their_places() {
        let add = |label: &str, before: Option<&str>| TypeChange::AddLabel {
            label: label.into(),
            before: before.map(Into::into),
        };
        assert_eq!(
            told(&["a", "c"], &["a", "b", "b2", "c", "d"]),
            [add("d", None), add("b2", Some("c")), add("b", Some("b2"))]
        );
        assert_eq!(told(&["a"], &["a"]), []);
    }

    #[test]
    fn what_cannot_be_added_is_made_again() {
        for (from, to) in [
            (vec!["a", "b"], vec!["b", "a"]),
            (vec!["a", "b"], vec!["a", "c"]),
        ] {
            assert!(matches!(&told(&from, &to)[..], [TypeChange::Labels { .. }]));
        }
    }
}
