//! What is gone after a change, and no other change brings back.

use super::{Change, ColumnChange, TableChange, TypeChange};

impl Change {
    /// What is lost of the data (not of the schema), in words; none where nothing is.
    ///
    /// ```
    /// use migrate_schema::schema::{Column, ObjectName, diff::{Change, TableChange}};
    /// let change = Change::alter(
    ///     ObjectName::bare("users"),
    ///     TableChange::DropColumn(Column::new("age", "INTEGER")),
    /// );
    /// assert_eq!(change.loses().as_deref(), Some("the values of users.age"));
    /// ```
    pub fn loses(&self) -> Option<String> {
        match self {
            Self::DropTable(table) => Some(format!("all rows of {}", table.name)),
            Self::DropNamespace(name) => Some(format!("all that is in the schema {name}")),
            Self::DropExtension(name) => Some(format!("what the extension {name} keeps")),
            Self::DropSequence(one) => Some(format!("the position of the sequence {}", one.name)),
            Self::AlterTable { table, change } => of_table(&table.to_string(), change),
            Self::AlterType { name, change } => of_type(&name.to_string(), change),
            _ => None,
        }
    }
}

fn of_table(table: &str, change: &TableChange) -> Option<String> {
    match change {
        // What is computed can be computed again.
        TableChange::DropColumn(column) if column.generated.is_none() => {
            Some(format!("the values of {table}.{}", column.name))
        }
        TableChange::AlterColumn { column, change } => match change {
            ColumnChange::Type { from, to } if !widens(from, to) => {
                let to = if to.trim().is_empty() { "none" } else { to };
                Some(format!(
                    "what the values of {table}.{column} have that the type {to} cannot hold"
                ))
            }
            ColumnChange::Generated {
                from: None,
                to: Some(_),
            } => Some(format!(
                "the values of {table}.{column}, which are computed from then on"
            )),
            _ => None,
        },
        TableChange::WithoutRowid(true) => Some(format!("the rowids of {table}")),
        TableChange::Kind { .. } => Some(format!(
            "the rows of {table}, unless they are copied by hand"
        )),
        _ => None,
    }
}

fn of_type(name: &str, change: &TypeChange) -> Option<String> {
    match change {
        TypeChange::Labels { from, to } => {
            let gone: Vec<String> = (from.iter())
                .filter(|label| !to.contains(label))
                .map(|label| format!("'{label}'"))
                .collect();
            (!gone.is_empty()).then(|| format!("the values {} of {name}", gone.join(", ")))
        }
        TypeChange::DropAttribute { name: own, .. } => {
            Some(format!("the values of the attribute {own} of {name}"))
        }
        TypeChange::AttributeType {
            name: own,
            from,
            to,
        } if !widens(from, to) => Some(format!(
            "what the attribute {own} of {name} has that the type {to} cannot hold"
        )),
        TypeChange::Shape { .. } => Some(format!("all values of the type {name}")),
        _ => None,
    }
}

/// Whether every value of a type is surely one of the other, unchanged.
fn widens(from: &str, to: &str) -> bool {
    let (from, to) = (Shape::of(from), Shape::of(to));
    if from.arguments.is_empty() && to.arguments.is_empty() {
        if from.word == to.word {
            return true;
        }
        if let (Some(small), Some(large)) = (integer(&from.word), integer(&to.word)) {
            return small <= large;
        }
    }
    match (kind(&from.word), kind(&to.word)) {
        (Some(Kind::Varying), Some(Kind::Varying)) => match (&*from.arguments, &*to.arguments) {
            ([small], [large]) => small <= large,
            (_, []) => true,
            _ => false,
        },
        (Some(Kind::Varying), Some(Kind::Text)) => to.arguments.is_empty(),
        (Some(Kind::Exact), Some(Kind::Exact)) => match (&*from.arguments, &*to.arguments) {
            ([p, s], [to_p, to_s]) => {
                s <= to_s && p.saturating_sub(*s) <= to_p.saturating_sub(*to_s)
            }
            _ => false,
        },
        _ => false,
    }
}

/// A type's word and the numbers behind it.
struct Shape {
    word: String,
    arguments: Vec<u64>,
}

impl Shape {
    fn of(text: &str) -> Self {
        let (word, rest) = text.split_once('(').unwrap_or((text, ""));
        let numbers = rest.trim_end().trim_end_matches(')').split(',');
        Self {
            word: word.trim().to_ascii_lowercase(),
            arguments: numbers.filter_map(|one| one.trim().parse().ok()).collect(),
        }
    }
}

/// How many bytes a type of integers has.
fn integer(word: &str) -> Option<u8> {
    Some(match word {
        "tinyint" => 1,
        "smallint" | "int2" => 2,
        "mediumint" => 3,
        "int" | "integer" | "int4" => 4,
        "bigint" | "int8" => 8,
        _ => return None,
    })
}

enum Kind {
    Varying,
    Text,
    Exact,
}

fn kind(word: &str) -> Option<Kind> {
    Some(match word {
        "varchar" | "character varying" => Kind::Varying,
        "text" => Kind::Text,
        "decimal" | "numeric" => Kind::Exact,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_every_value_fits_into() {
        for (from, to) in [
            ("integer", "BIGINT"),
            ("varchar(10)", "varchar(20)"),
            ("character varying(10)", "text"),
            ("numeric(5,2)", "numeric(7, 3)"),
            ("TEXT", "text"),
        ] {
            assert!(widens(from, to), "{from} → {to}");
        }
        for (from, to) in [
            ("bigint", "integer"),
            ("varchar(20)", "varchar(10)"),
            ("text", "varchar(10)"),
            ("numeric(5,2)", "numeric(5,3)"),
            ("numeric", "numeric(5,2)"),
            ("text", "integer"),
            ("integer", ""),
        ] {
            assert!(!widens(from, to), "{from} → {to}");
        }
    }
}
