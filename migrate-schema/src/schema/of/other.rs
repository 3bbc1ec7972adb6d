//! Views, types, sequences, functions.

use super::{
    super::{Column, Routine, RoutineKind, Schema, Sequence, Type, TypeShape, View},
    Of,
    text::statement,
};
use crate::{
    Dialect,
    catalog::{self, Relation, RelationKind},
    tree::{self, FunctionKind},
};

impl Of<'_> {
    pub(super) fn view(&mut self, relation: &Relation) -> Option<View> {
        let definition = relation.definition.as_deref()?;
        let query = self
            .cut(&definition.text)
            .query(relation.query.as_deref()?)?;
        // SQLite finds them out whenever the view is read.
        let now = match self.catalog.dialect() {
            Dialect::Sqlite => self.catalog.view_columns(relation).unwrap_or_default(),
            _ => relation
                .columns
                .iter()
                .map(|column| column.as_ref().clone())
                .collect(),
        };
        let columns = now.iter().map(|column| {
            let ty = column.ty.as_ref().map(ToString::to_string);
            Column::new(column.name.clone(), ty.unwrap_or_default())
        });
        let own = self.name(&relation.schema, &relation.name);
        let mut reads = self.reads(&relation.uses);
        reads.retain(|read| *read != own);
        let indexes = relation.indexes.iter();
        Some(View {
            name: own,
            materialized: relation.kind == RelationKind::MaterializedView,
            columns: columns.collect(),
            column_names: relation.column_names.clone(),
            query,
            reads,
            indexes: indexes.filter_map(|index| self.index(index)).collect(),
            triggers: self.triggers(relation),
            comment: relation.comment.clone(),
            made_by: self.made_by(relation.origin),
        })
    }

    pub(super) fn sequence(&self, relation: &Relation) -> Sequence {
        Sequence {
            name: self.name(&relation.schema, &relation.name),
            sql: self.definition("CREATE SEQUENCE", relation),
        }
    }

    pub(super) fn types(&mut self, schema: &mut Schema) {
        for (ty, certain) in self.catalog.all_types() {
            let shape = if certain { self.shape(ty) } else { None };
            match shape {
                Some(shape) => schema.types.push(Type {
                    name: self.name(&ty.schema, &ty.name),
                    shape,
                    made_by: self.made_by(ty.origin),
                }),
                None => self.unknown.push(ty.name.clone()),
            }
        }
    }

    fn shape(&self, ty: &catalog::Type) -> Option<TypeShape> {
        let definition = ty.definition.as_deref()?;
        let text = &definition.text;
        Some(match &ty.shape {
            tree::TypeShape::Enum(labels) => {
                TypeShape::Enum(labels.iter().map(|label| label.text.clone()).collect())
            }
            tree::TypeShape::Composite(columns) => {
                let attribute = |(at, column): (usize, &tree::Column)| {
                    let text = ty.texts.1.get(at)?;
                    let ty = self.cut(text).type_name(column.ty.as_ref()?)?;
                    Some((column.name.text.clone(), ty))
                };
                let attributes = columns.iter().enumerate().map(attribute);
                TypeShape::Composite(attributes.collect::<Option<_>>()?)
            }
            tree::TypeShape::Domain {
                base,
                checks,
                not_null,
                default,
            } => {
                let check = |(at, (name, check)): (usize, &(Option<tree::Name>, _))| {
                    let check = self.cut(ty.texts.1.get(at)?).expression(check)?;
                    let name = name.as_ref().map(|name| name.text.clone());
                    let chosen = format!("{}_check", ty.name);
                    Some((name.filter(|name| *name != chosen), check))
                };
                TypeShape::Domain {
                    base: self.cut(text).type_name(base)?,
                    not_null: *not_null,
                    default: match default {
                        Some(default) => Some(self.cut(&ty.texts.0).expression(default)?),
                        None => None,
                    },
                    checks: checks
                        .iter()
                        .enumerate()
                        .map(check)
                        .collect::<Option<_>>()?,
                }
            }
            tree::TypeShape::Other => {
                let name = (ty.schema.as_str(), ty.name.as_str());
                TypeShape::Other(statement(definition, "CREATE TYPE", self.cut(text), name))
            }
        })
    }

    pub(super) fn routines(&mut self, schema: &mut Schema) {
        for (function, certain) in self.catalog.all_functions() {
            let sql = if certain {
                self.routine(function)
            } else {
                None
            };
            let Some(sql) = sql else {
                self.unknown.push(function.name.clone());
                continue;
            };
            let given = function.arguments.iter().filter(|one| !one.output);
            schema.routines.push(Routine {
                name: self.name(&function.schema, &function.name),
                kind: match function.kind {
                    FunctionKind::Function => RoutineKind::Function,
                    FunctionKind::Procedure => RoutineKind::Procedure,
                    FunctionKind::Aggregate => RoutineKind::Aggregate,
                },
                arguments: given.map(|one| one.ty.to_string()).collect(),
                sql,
                made_by: self.made_by(function.origin),
            });
        }
    }

    fn routine(&self, function: &catalog::Function) -> Option<String> {
        let definition = function.definition.as_deref()?;
        let words = match function.kind {
            FunctionKind::Function => "CREATE FUNCTION",
            FunctionKind::Procedure => "CREATE PROCEDURE",
            FunctionKind::Aggregate => "CREATE AGGREGATE",
        };
        let name = (function.schema.as_str(), function.name.as_str());
        statement(definition, words, self.cut(&definition.text), name)
    }
}
