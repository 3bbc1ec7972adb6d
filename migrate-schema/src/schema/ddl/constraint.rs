//! Constraints, as they stand in `CREATE TABLE` and behind `ADD`.

use super::{
    column::collation_name,
    expression::{in_parentheses, of_index},
    name::{name, names, object_name},
};
use crate::{
    Dialect,
    schema::{Check, Deferrable, Exclusion, ForeignKey, IndexOn, IndexPart, Key},
};

/// `PRIMARY KEY (…)`.
pub(super) fn primary_key(key: &Key, dialect: Dialect) -> String {
    // MySQL takes a name, and forgets it.
    let own = key.name.as_ref().filter(|_| dialect != Dialect::Mysql);
    format!(
        "{}PRIMARY KEY ({}){}",
        named(own, dialect),
        parts(&key.parts, dialect),
        behind_key(key, dialect)
    )
}

/// `UNIQUE (…)`.
pub(super) fn unique(key: &Key, dialect: Dialect) -> String {
    let parts = parts(&key.parts, dialect);
    if dialect == Dialect::Mysql {
        let own = key
            .name
            .as_ref()
            .map(|own| format!(" {}", name(own, dialect)));
        return format!("UNIQUE KEY{} ({parts})", own.unwrap_or_default());
    }
    let nulls = match key.nulls_not_distinct {
        true => " NULLS NOT DISTINCT",
        false => "",
    };
    format!(
        "{}UNIQUE{nulls} ({parts}){}",
        named(key.name.as_ref(), dialect),
        behind_key(key, dialect)
    )
}

/// What stands behind the columns of a key.
pub(super) fn behind_key(key: &Key, dialect: Dialect) -> String {
    let mut behind = String::new();
    if !key.include.is_empty() {
        behind += &format!(" INCLUDE ({})", names(&key.include, dialect));
    }
    behind += deferrable(key.deferrable, dialect);
    if let Some(conflict) = &key.on_conflict {
        behind += &format!(" ON CONFLICT {conflict}");
    }
    behind
}

/// `FOREIGN KEY (…) REFERENCES …`.
pub(super) fn foreign_key(key: &ForeignKey, dialect: Dialect) -> String {
    format!(
        "{}FOREIGN KEY ({}) {}",
        named(key.name.as_ref(), dialect),
        names(&key.columns, dialect),
        references(key, dialect)
    )
}

/// `REFERENCES …`, with all that stands behind it.
pub(super) fn references(key: &ForeignKey, dialect: Dialect) -> String {
    let mut text = format!("REFERENCES {}", object_name(&key.table, dialect));
    if !key.referred.is_empty() {
        text += &format!(" ({})", names(&key.referred, dialect));
    }
    if let Some(action) = &key.on_delete {
        text += &format!(" ON DELETE {action}");
    }
    if let Some(action) = &key.on_update {
        text += &format!(" ON UPDATE {action}");
    }
    text + deferrable(key.deferrable, dialect)
}

/// `CHECK (…)`.
pub(super) fn check(check: &Check, dialect: Dialect) -> String {
    let inherit = if check.no_inherit { " NO INHERIT" } else { "" };
    format!(
        "{}CHECK {}{inherit}",
        named(check.name.as_ref(), dialect),
        in_parentheses(&check.expression, dialect)
    )
}

/// `EXCLUDE …`.
pub(super) fn exclusion(exclusion: &Exclusion, dialect: Dialect) -> String {
    let own = named(exclusion.name.as_ref(), dialect);
    format!("{own}EXCLUDE {}", exclusion.definition.trim())
}

/// `CONSTRAINT x `, where it was given a name.
pub(super) fn named(own: Option<&String>, dialect: Dialect) -> String {
    own.map_or_else(String::new, |own| {
        format!("CONSTRAINT {} ", name(own, dialect))
    })
}

const fn deferrable(deferrable: Deferrable, dialect: Dialect) -> &'static str {
    match (dialect, deferrable) {
        (Dialect::Mysql, _) | (_, Deferrable::No) => "",
        (_, Deferrable::Immediate) => " DEFERRABLE",
        (_, Deferrable::Deferred) => " DEFERRABLE INITIALLY DEFERRED",
    }
}

/// The parts of a key or of an index, with commas between them.
pub(super) fn parts(parts: &[IndexPart], dialect: Dialect) -> String {
    let parts = parts.iter().map(|one| part(one, dialect));
    parts.collect::<Vec<_>>().join(", ")
}

fn part(part: &IndexPart, dialect: Dialect) -> String {
    let mut text = match &part.on {
        IndexOn::Column(column) => name(column, dialect),
        // SQLite wants none, and a collation has to stand behind what is in parentheses elsewhere.
        IndexOn::Expression(expression) if dialect == Dialect::Sqlite => {
            expression.trim().to_owned()
        }
        IndexOn::Expression(expression) => of_index(expression, dialect),
    };
    if let Some(length) = part.length {
        text += &format!("({length})");
    }
    if let Some(collation) = &part.collation {
        text += &format!(" COLLATE {}", collation_name(collation, dialect));
    }
    if let Some(class) = &part.operator_class {
        text += &format!(" {class}");
    }
    if part.descending {
        text += " DESC";
    }
    match part.nulls_first {
        Some(true) => text += " NULLS FIRST",
        Some(false) => text += " NULLS LAST",
        None => {}
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::ObjectName;

    #[test]
    fn keys() {
        let mut key = Key::on(["a", "order"]);
        key.name = Some("k".into());
        key.deferrable = Deferrable::Deferred;
        key.include = vec!["b".into()];
        key.nulls_not_distinct = true;
        assert_eq!(
            unique(&key, Dialect::Postgres),
            "CONSTRAINT k UNIQUE NULLS NOT DISTINCT (a, \"order\") INCLUDE (b) DEFERRABLE INITIALLY DEFERRED"
        );
        let mut key = Key::on(["a"]);
        key.parts[0].length = Some(10);
        key.parts[0].descending = true;
        key.name = Some("k".into());
        assert_eq!(unique(&key, Dialect::Mysql), "UNIQUE KEY k (a(10) DESC)");
        assert_eq!(
            primary_key(&key, Dialect::Mysql),
            "PRIMARY KEY (a(10) DESC)"
        );
        let mut key = Key::on(["a"]);
        key.on_conflict = Some("REPLACE".into());
        assert_eq!(
            primary_key(&key, Dialect::Sqlite),
            "PRIMARY KEY (a) ON CONFLICT REPLACE"
        );
    }

    #[test]
    fn foreign_keys() {
        let key = ForeignKey {
            name: Some("k".into()),
            columns: vec!["a".into()],
            table: ObjectName::bare("t"),
            referred: vec!["b".into()],
            on_delete: Some("SET NULL".into()),
            on_update: Some("CASCADE".into()),
            deferrable: Deferrable::Immediate,
            not_valid: false,
        };
        let text =
            "CONSTRAINT k FOREIGN KEY (a) REFERENCES t (b) ON DELETE SET NULL ON UPDATE CASCADE";
        assert_eq!(foreign_key(&key, Dialect::Mysql), text);
        let deferrable = format!("{text} DEFERRABLE");
        assert_eq!(foreign_key(&key, Dialect::Sqlite), deferrable);
        assert_eq!(foreign_key(&key, Dialect::Postgres), deferrable);
    }
}
