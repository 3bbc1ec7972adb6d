//! The builder's changes in the form of the tree, so that one catalog knows what both do.

use std::ops::Range;

use super::{
    Action, Alter, AlterTable, Behavior, Body, Column, Constraint, ConstraintKind, CreateIndex,
    CreateTable, Deferrable, Drop, DropWhich, Expression, ExpressionKind, ForeignKey, Identity,
    IndexPart, Literal, Name, ObjectKind, Output, Path, PrimaryKeyMark, Rebuild, Target, TypeName,
    UniqueMark,
};
use crate::{
    Dialect,
    model::{self, AutoIncrement, Change, ColumnDefinition, ColumnType, DefaultValue, IndexKey},
    settings,
};

/// No change of a builder has a place in an SQL text.
const NOWHERE: Range<usize> = 0..0;

/// What a change of the builder does.
pub fn from_change(change: &Change, target: &settings::Target) -> Vec<Action> {
    let to = Lowering {
        target,
        dialect: target.dialect(),
    };
    match change {
        Change::CreateTable(table) => vec![Action::CreateTable(Box::new(to.table(table)))],
        Change::DropTable { name } => vec![drop(ObjectKind::Table, name, None)],
        Change::AddColumn { table, definition } => vec![to.add_column(table, definition)],
        Change::DropColumn {
            table,
            column,
            foreign_keys,
        } => {
            let mut changes = Vec::new();
            if to.dialect == Dialect::Mysql {
                changes.extend(foreign_keys.iter().map(|key| Alter::DropConstraint {
                    name: Some(name(key)),
                    which: DropWhich::ForeignKey,
                    if_exists: false,
                    behavior: Behavior::Default,
                }));
            }
            changes.push(Alter::DropColumn {
                name: name(column),
                if_exists: false,
                behavior: Behavior::Default,
            });
            vec![alter(table, changes)]
        }
        Change::RenameTable { from, to } => vec![alter(from, vec![Alter::RenameTo(path(to))])],
        Change::RenameColumn { table, from, to } => vec![alter(
            table,
            vec![Alter::RenameColumn {
                from: name(from),
                to: name(to),
            }],
        )],
        Change::CreateIndex(index) => vec![Action::CreateIndex(to.index(index))],
        Change::DropIndex { name, table } => vec![drop(ObjectKind::Index, name, Some(table))],
        Change::RebuildTable(rebuild) => to.rebuild(rebuild),
    }
}

/// From the builder's model to the tree of one dialect.
struct Lowering<'a> {
    target: &'a settings::Target,
    dialect: Dialect,
}

impl Lowering<'_> {
    /// What is copied is a query over the table as it was.
    fn rebuild(&self, rebuild: &model::Rebuild) -> Vec<Action> {
        let own = &rebuild.table.name;
        let mut table = self.table(&rebuild.table);
        table.strict = rebuild.strict;
        table.without_rowid = rebuild.without_rowid;
        let kept = rebuild.kept.iter().map(|column| name(column)).collect();
        let mut actions = Vec::new();
        if !rebuild.copies.is_empty() && self.dialect == Dialect::Sqlite {
            let texts: Vec<&str> = (rebuild.copies.iter())
                .map(|(_, text)| text.as_str())
                .collect();
            let from = crate::quote::quoted(own, self.dialect);
            let query = format!("SELECT {} FROM {from}", texts.join(", "));
            let parsed = crate::grammar::parse(&query, self.target);
            let trees = parsed.statements.into_iter().filter_map(|one| one.tree);
            actions.extend(trees.flat_map(|tree| tree.actions));
        }
        let change = Alter::Rebuild(Box::new(Rebuild { table, kept }));
        actions.push(alter(own, vec![change]));
        actions
    }

    fn table(&self, table: &model::Table) -> CreateTable {
        let mut constraints = Vec::new();
        let mut columns: Vec<Column> = table
            .columns
            .iter()
            .map(|column| self.column(column))
            .collect();
        let numbered = (table.columns.iter())
            .any(|column| column.auto_increment == Some(AutoIncrement::NeverReuse));
        match table.primary_key.as_slice() {
            [] => {}
            [only] if self.dialect == Dialect::Sqlite && numbered => {
                let own = columns
                    .iter_mut()
                    .find(|column| column.name.text.eq_ignore_ascii_case(only));
                if let Some(column) = own {
                    column.primary_key = Some(PrimaryKeyMark {
                        name: None,
                        autoincrement: true,
                        descending: false,
                        terms: None,
                    });
                }
            }
            key => constraints.push(constraint(None, ConstraintKind::PrimaryKey(parts(key)))),
        }
        for unique in &table.uniques {
            let kind = ConstraintKind::Unique(parts(&unique.columns));
            constraints.push(constraint(unique.name.as_deref(), kind));
        }
        for check in &table.checks {
            let expression = self.expression(&check.expression);
            let own = check.column.as_ref().and_then(|own| {
                columns
                    .iter_mut()
                    .find(|column| column.name.text.eq_ignore_ascii_case(own))
            });
            match own {
                Some(column) => {
                    let own = check.name.as_deref().map(name);
                    column.checks.push((own, expression));
                }
                None => {
                    let kind = ConstraintKind::Check(expression);
                    constraints.push(constraint(check.name.as_deref(), kind));
                }
            }
        }
        for key in &table.foreign_keys {
            let own = match key.columns.as_slice() {
                [only] if self.dialect == Dialect::Sqlite => columns
                    .iter_mut()
                    .find(|column| column.name.text.eq_ignore_ascii_case(only)),
                _ => None,
            };
            let lowered = self.foreign_key(&table.name, key);
            match own {
                Some(column) => column.references.push(lowered),
                None => {
                    let name = lowered.name.as_ref().map(|name| name.text.clone());
                    let kind = ConstraintKind::ForeignKey(lowered);
                    constraints.push(constraint(name.as_deref(), kind));
                }
            }
        }
        CreateTable {
            columns,
            constraints,
            ..CreateTable::new(path(&table.name))
        }
    }

    fn column(&self, column: &model::Column) -> Column {
        let numbered = column.auto_increment.is_some();
        Column {
            name: name(&column.name),
            ty: Some(self.type_name(&column.column_type, numbered)),
            not_null: (!column.nullable).then_some(true),
            default: column.default.as_ref().map(|default| self.default(default)),
            primary_key: None,
            unique: None,
            checks: Vec::new(),
            references: Vec::new(),
            generated: None,
            identity: (numbered && self.dialect == Dialect::Postgres)
                .then_some(Identity::ByDefault),
            auto_increment: numbered && self.dialect == Dialect::Mysql,
            invisible: false,
            collation: None,
            comment: None,
            on_update: None,
            position: None,
            range: NOWHERE,
        }
    }

    fn add_column(&self, table: &str, definition: &ColumnDefinition) -> Action {
        let mut column = self.column(&definition.column);
        if definition.primary_key {
            column.not_null = Some(true);
            column.primary_key = Some(PrimaryKeyMark {
                name: None,
                autoincrement: false,
                descending: false,
                terms: None,
            });
        }
        column.unique = definition.unique.then(UniqueMark::default);
        let checks = definition.checks.iter();
        column
            .checks
            .extend(checks.map(|text| (None, self.expression(text))));
        let mut changes = Vec::new();
        for key in &definition.foreign_keys {
            let lowered = self.foreign_key(table, key);
            if self.dialect == Dialect::Sqlite {
                column.references.push(ForeignKey {
                    columns: Vec::new(),
                    ..lowered
                });
            } else {
                let own = lowered.name.as_ref().map(|name| name.text.clone());
                let kind = ConstraintKind::ForeignKey(lowered);
                changes.push(Alter::AddConstraint(constraint(own.as_deref(), kind)));
            }
        }
        changes.insert(
            0,
            Alter::AddColumn {
                column: Box::new(column),
                if_not_exists: false,
            },
        );
        alter(table, changes)
    }

    fn foreign_key(&self, table: &str, key: &model::ForeignKey) -> ForeignKey {
        let own = match self.dialect {
            // The renderer writes no name there unless one was given.
            Dialect::Sqlite => key.name.clone(),
            Dialect::Postgres | Dialect::Mysql => Some(key.constraint_name(table)),
        };
        ForeignKey {
            name: own.as_deref().map(name),
            columns: key.columns.iter().map(|column| name(column)).collect(),
            table: path(&key.table),
            referred: key
                .referenced_columns
                .iter()
                .map(|column| name(column))
                .collect(),
            on_delete: action(key.on_delete),
            on_update: action(key.on_update),
            deferrable: Deferrable::No,
        }
    }

    fn index(&self, index: &model::Index) -> CreateIndex {
        let part = |column: &model::IndexColumn| IndexPart {
            expression: match &column.key {
                IndexKey::Column(text) => column_expression(text),
                IndexKey::Expression(text) => self.expression(text),
            },
            collation: None,
            operator_class: None,
            descending: column.descending,
            nulls_first: None,
            length: None,
        };
        CreateIndex {
            name: Some(path(&index.name)),
            if_not_exists: false,
            or_replace: false,
            unique: index.unique,
            concurrently: false,
            table: path(&index.table),
            method: None,
            parts: index.columns.iter().map(part).collect(),
            include: Vec::new(),
            nulls_not_distinct: false,
            comment: None,
            predicate: index.filter.as_ref().map(|text| self.expression(text)),
        }
    }

    fn type_name(&self, ty: &ColumnType, numbered: bool) -> TypeName {
        let mut arguments = Vec::new();
        match ty {
            ColumnType::String(Some(length)) => arguments.push(length.to_string()),
            ColumnType::Decimal(Some((precision, scale))) => {
                arguments.extend([precision.to_string(), scale.to_string()]);
            }
            _ => {}
        }
        let text = match (ty, self.dialect) {
            (_, Dialect::Sqlite) if numbered => "integer",
            (ColumnType::Custom(text), _) => text,
            (ColumnType::String(_), _) => "varchar",
            (ColumnType::Decimal(_), _) => "decimal",
            (ColumnType::BigInteger, Dialect::Sqlite) => "integer",
            (ColumnType::Double, Dialect::Sqlite) => "real",
            (
                ColumnType::Date
                | ColumnType::Time
                | ColumnType::Timestamp
                | ColumnType::TimestampTz
                | ColumnType::Json
                | ColumnType::Uuid,
                Dialect::Sqlite,
            ) => "text",
            (ColumnType::Json, Dialect::Postgres) => "jsonb",
            (ColumnType::Double, Dialect::Postgres) => "double precision",
            (ColumnType::Blob, Dialect::Postgres) => "bytea",
            (ColumnType::Timestamp, Dialect::Mysql) => "datetime",
            (ColumnType::TimestampTz, Dialect::Mysql) => "timestamp",
            (ColumnType::Uuid, Dialect::Mysql) => "binary",
            (ty, _) => &ty.to_string(),
        };
        TypeName {
            path: path(text),
            arguments,
            words: Vec::new(),
            array: false,
            special: matches!(ty, ColumnType::Custom(_)),
            range: NOWHERE,
        }
    }

    fn default(&self, default: &DefaultValue) -> Expression {
        let literal = match default {
            DefaultValue::Expression(text) => return self.expression(text),
            DefaultValue::Now => Literal::Keyword("CURRENT_TIMESTAMP".to_owned()),
            DefaultValue::Literal(literal) => match literal {
                model::Literal::Null => Literal::Null,
                model::Literal::Boolean(value) => Literal::Boolean(*value),
                model::Literal::Integer(value) => Literal::Number(value.to_string()),
                model::Literal::Double(value) => Literal::Number(value.to_string()),
                model::Literal::Text(text) => Literal::Text(text.clone()),
                model::Literal::Blob(bytes) => Literal::Blob(format!("{bytes:?}")),
            },
        };
        Expression {
            range: NOWHERE,
            kind: ExpressionKind::Literal(literal),
        }
    }

    /// The expression that a text is; one that cannot be read is opaque.
    fn expression(&self, text: &str) -> Expression {
        let parsed = crate::grammar::parse(&format!("SELECT {text}"), self.target);
        let mut statements = parsed.statements.into_iter().filter_map(|one| one.tree);
        let only = statements
            .next()
            .and_then(|tree| tree.actions.into_iter().next());
        if let Some(Action::Query(query)) = only
            && parsed.findings.is_empty()
            && let Body::Select(select) = query.body
            && let Some(Output::Expression {
                expression,
                alias: None,
            }) = select.outputs.into_iter().next()
        {
            return expression;
        }
        Expression {
            range: NOWHERE,
            kind: ExpressionKind::Opaque,
        }
    }
}

fn name(text: &str) -> Name {
    Name {
        text: text.to_owned(),
        quoted: true,
        range: NOWHERE,
    }
}

fn path(text: &str) -> Path {
    Path::bare(name(text))
}

fn column_expression(text: &str) -> Expression {
    Expression {
        range: NOWHERE,
        kind: ExpressionKind::Column {
            table: None,
            // A key that is a column is never a text, whatever its quotes.
            name: Name {
                quoted: false,
                ..name(text)
            },
        },
    }
}

fn parts(columns: &[String]) -> Vec<IndexPart> {
    let part = |column: &String| IndexPart {
        expression: column_expression(column),
        collation: None,
        operator_class: None,
        descending: false,
        nulls_first: None,
        length: None,
    };
    columns.iter().map(part).collect()
}

fn constraint(own: Option<&str>, kind: ConstraintKind) -> Constraint {
    Constraint {
        name: own.map(name),
        kind,
        terms: None,
        not_valid: false,
        if_not_exists: false,
        range: NOWHERE,
    }
}

fn alter(table: &str, changes: Vec<Alter>) -> Action {
    Action::AlterTable(AlterTable {
        kind: ObjectKind::Table,
        name: path(table),
        if_exists: false,
        changes,
        options: Vec::new(),
    })
}

fn drop(kind: ObjectKind, own: &str, on: Option<&String>) -> Action {
    Action::Drop(Drop {
        targets: vec![Target {
            kind,
            path: path(own),
            on: on.map(|table| path(table)),
            arguments: None,
        }],
        if_exists: false,
        behavior: Behavior::Default,
        concurrently: false,
    })
}

fn action(action: model::Action) -> Option<String> {
    let text = match action {
        model::Action::NoAction => return None,
        model::Action::Restrict => "RESTRICT",
        model::Action::Cascade => "CASCADE",
        model::Action::SetNull => "SET NULL",
        model::Action::SetDefault => "SET DEFAULT",
    };
    Some(text.to_owned())
}
