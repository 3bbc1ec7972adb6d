//! Structs that say what their tables have to be: `#[derive(Table)]`.
//!
//! A struct and the history of migrations can then be held against each other, by a test or by `migrate pull --models`, which writes
//! the migration that is missing.
//!
//! ```
//! use migrate_core::{Table, models};
//!
//! #[derive(Table)]
//! #[table(name = "users")]
//! struct User {
//!     #[column(primary_key)]
//!     id: i64,
//!     email: String,
//!     nickname: Option<String>,
//! }
//!
//! let definitions = models::definitions(&[&User::MODEL])?;
//! let schema = definitions.schema(migrate_core::Dialect::Sqlite)?;
//! assert_eq!(schema.tables[0].columns[1].data_type, "TEXT");
//! assert!(!schema.tables[0].columns[1].nullable);
//! assert!(models::linked().iter().any(|model| model.table == "users"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::sync::{Mutex, PoisonError};

pub use migrate_schema::schema::definitions::{Definitions, Fault, Faults};
use migrate_schema::schema::{
    definitions::{Definition, Field, Kind, Reference},
    json::Json,
};

/// What the table of a struct has to be; `#[derive(Table)]` implements it.
pub trait Table {
    /// What was said of it.
    const MODEL: Model;
}

/// What a struct says of its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Model {
    /// The struct, with its module.
    pub struct_name: &'static str,
    /// The table.
    pub table: &'static str,
    /// The table may have columns that are in no field.
    pub partial: bool,
    /// The name that the table had before.
    pub renamed_from: Option<&'static str>,
    /// A column for each field.
    pub columns: &'static [ModelColumn],
}

/// What a field says of its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModelColumn {
    /// The column.
    pub name: &'static str,
    /// What the field holds, as resource definitions call it; `written` where `data_type` says it.
    pub kind: &'static str,
    /// The column's type, where it was written.
    pub data_type: Option<&'static str>,
    /// It takes NULL.
    pub nullable: bool,
    /// It is (a part of) the primary key.
    pub primary_key: bool,
    /// No two rows have the same.
    pub unique: bool,
    /// Its default, in SQL.
    pub default: Option<&'static str>,
    /// The table, or `table.column`, that it refers to.
    pub references: Option<&'static str>,
    /// `ON DELETE`, in capitals.
    pub on_delete: Option<&'static str>,
    /// The name that the column had before.
    pub renamed_from: Option<&'static str>,
}

static LINKED: Mutex<Vec<&'static Model>> = Mutex::new(Vec::new());

/// Says that a model is there. It runs before `main`.
#[doc(hidden)]
pub fn register_model(model: &'static Model) {
    let mut linked = LINKED.lock().unwrap_or_else(PoisonError::into_inner);
    linked.push(model);
}

/// The models of all structs that are linked into the program, in the order of their tables' names.
pub fn linked() -> Vec<&'static Model> {
    let linked = LINKED.lock().unwrap_or_else(PoisonError::into_inner);
    let mut models = linked.clone();
    models.sort_by_key(|model| (model.table, model.struct_name));
    models
}

/// The models as definitions, which can be compared with a schema.
///
/// # Errors
///
/// Two structs say of one table what cannot both be.
pub fn definitions(models: &[&Model]) -> Result<Definitions, Faults> {
    let mut definitions = Definitions::default();
    let mut faults = Vec::new();
    for model in models {
        let twin = definitions
            .tables
            .iter_mut()
            .find(|definition| definition.table.eq_ignore_ascii_case(model.table));
        match twin {
            Some(twin) => faults.extend(join(twin, definition(model))),
            None => definitions.tables.push(definition(model)),
        }
    }
    match faults.is_empty() {
        true => Ok(definitions),
        false => Err(Faults(faults)),
    }
}

/// A table that several structs show has the fields of all of them.
fn join(twin: &mut Definition, other: Definition) -> Vec<Fault> {
    let mut faults = Vec::new();
    for field in other.fields {
        let same = twin.fields.iter().find(|own| own.name == field.name);
        match same {
            Some(own) if own.kind == field.kind && own.required == field.required => {}
            Some(_) => faults.push(Fault {
                file: other.file.clone(),
                path: field.name,
                message: format!("`{}` says something else of this column", twin.file),
            }),
            None => twin.fields.push(field),
        }
    }
    twin.partial |= other.partial;
    faults
}

fn definition(model: &Model) -> Definition {
    Definition {
        file: model.struct_name.to_owned(),
        table: model.table.to_owned(),
        description: None,
        renamed_from: model.renamed_from.map(str::to_owned),
        fields: model.columns.iter().map(field).collect(),
        whole: false,
        partial: model.partial,
    }
}

fn field(column: &ModelColumn) -> Field {
    let references = column.references.map(|text| {
        let (table, referred) = match text.rsplit_once('.') {
            Some((table, referred)) => (table, Some(referred.to_owned())),
            None => (text, None),
        };
        Reference {
            table: table.to_owned(),
            column: referred,
            on_delete: column
                .on_delete
                .filter(|action| *action != "NO ACTION")
                .map(str::to_owned),
        }
    });
    Field {
        name: column.name.to_owned(),
        kind: match column.data_type {
            Some(text) => Kind::Written(text.to_owned()),
            None => Kind::of(column.kind).unwrap_or(Kind::Text),
        },
        required: !column.nullable,
        unique: column.unique,
        primary_key: column.primary_key,
        default: column.default.map(|text| Json::Text(text.to_owned())),
        references,
        description: None,
        renamed_from: column.renamed_from.map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: ModelColumn = ModelColumn {
        name: "id",
        kind: "biginteger",
        data_type: None,
        nullable: false,
        primary_key: true,
        unique: false,
        default: None,
        references: None,
        on_delete: None,
        renamed_from: None,
    };
    const USER: Model = Model {
        struct_name: "app::User",
        table: "users",
        partial: false,
        renamed_from: None,
        columns: &[ID],
    };

    #[test]
    fn two_structs_may_show_one_table() {
        let other = Model {
            struct_name: "app::Login",
            partial: true,
            columns: &[
                ID,
                ModelColumn {
                    name: "team",
                    primary_key: false,
                    references: Some("teams.number"),
                    on_delete: Some("NO ACTION"),
                    ..ID
                },
            ],
            ..USER
        };
        let definitions = definitions(&[&USER, &other]).unwrap();
        let [users] = definitions.tables.as_slice() else {
            panic!("not one table")
        };
        assert!(users.partial);
        let references = users.fields[1].references.as_ref().unwrap();
        assert_eq!(
            (references.table.as_str(), references.column.as_deref()),
            ("teams", Some("number"))
        );
        assert_eq!(references.on_delete, None);
    }

    #[test]
    fn they_may_not_contradict_each_other() {
        let other = Model {
            struct_name: "app::Login",
            columns: &[ModelColumn { kind: "text", ..ID }],
            ..USER
        };
        let faults = definitions(&[&USER, &other]).unwrap_err();
        assert_eq!(
            faults.to_string(),
            "app::Login: id: `app::User` says something else of this column"
        );
    }
}
