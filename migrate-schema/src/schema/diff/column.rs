//! One column, as it is and as it is to be.

use super::{ColumnChange, equal::Sides};
use crate::{Dialect, schema::Column};

/// Tells what is different in a column that is on both sides.
pub(super) fn compare(
    sides: Sides<'_>,
    from: &Column,
    to: &Column,
    mut tell: impl FnMut(ColumnChange),
) {
    if !sides.generated(from.generated.as_ref(), to.generated.as_ref()) {
        tell(ColumnChange::Generated {
            from: from.generated.clone(),
            to: to.generated.clone(),
        });
    }
    if !sides.types(&from.data_type, &to.data_type) {
        tell(ColumnChange::Type {
            from: from.data_type.clone(),
            to: to.data_type.clone(),
        });
    }
    if !sides.collations(from.collation.as_deref(), to.collation.as_deref()) {
        tell(ColumnChange::Collation {
            from: from.collation.clone(),
            to: to.collation.clone(),
        });
    }
    if from.nullable != to.nullable {
        tell(ColumnChange::Nullable(to.nullable));
    }
    let (old, new) = (from.default.as_deref(), to.default.as_deref());
    if !sides.defaults(old, new, &to.data_type) {
        tell(ColumnChange::Default {
            from: from.default.clone(),
            to: to.default.clone(),
        });
    }
    if from.identity != to.identity {
        tell(ColumnChange::Identity {
            from: from.identity,
            to: to.identity,
        });
    }
    if from.auto_increment != to.auto_increment {
        tell(ColumnChange::AutoIncrement(to.auto_increment));
    }
    let (old, new) = (from.on_update.as_deref(), to.on_update.as_deref());
    if !sides.defaults(old, new, &to.data_type) {
        tell(ColumnChange::OnUpdate {
            from: from.on_update.clone(),
            to: to.on_update.clone(),
        });
    }
    if from.invisible != to.invisible {
        tell(ColumnChange::Invisible(to.invisible));
    }
    // SQLite has none.
    if from.comment != to.comment && sides.dialect() != Dialect::Sqlite {
        tell(ColumnChange::Comment {
            from: from.comment.clone(),
            to: to.comment.clone(),
        });
    }
}
