//! Indexes, views, triggers, sequences, types, schemas: what is made.

use super::{
    cst::{
        Kind, Node, Reader, behavior, child, child_of, children, has, has_child, if_exists,
        if_not_exists, is_query, or_replace, string_value,
    },
    opaque,
};
use crate::tree::{
    Action, Alter, AlterSequence, AlterTable, AlterType, Column, ColumnChange, CreateIndex,
    CreateSequence, CreateTrigger, CreateType, CreateView, ExpressionKind, Name, ObjectKind, Path,
    Target, TriggerBody, TriggerEvent, TriggerTime, TypeShape,
};

impl Reader {
    pub(super) fn create_index(&self, node: &Node) -> Option<Action> {
        let table = child_of(node, &[Kind::TABLE_RELATION_NAME, Kind::RELATION_NAME])?;
        let method = child(node, Kind::USING_METHOD)
            .and_then(|using| self.child_name(&using, Kind::ACCESS_METHOD_REF));
        let include = child(node, Kind::INDEX_INCLUDE_CLAUSE)
            .and_then(|include| child(&include, Kind::PARTITION_ITEM_LIST))
            .map(|list| self.index_parts(&list))
            .unwrap_or_default();
        let predicate = child(node, Kind::WHERE_CLAUSE);
        Some(Action::CreateIndex(CreateIndex {
            name: self.child_path(node, Kind::INDEX),
            if_not_exists: if_not_exists(node),
            or_replace: false,
            unique: has(node, Kind::UNIQUE_KW),
            concurrently: has(node, Kind::CONCURRENTLY_KW),
            table: self.relation_name(&table),
            method: method.map(|method| method.text),
            parts: self.index_parts(&child(node, Kind::PARTITION_ITEM_LIST)?),
            include: include
                .iter()
                .filter_map(|part| part.expression.as_column().cloned())
                .collect(),
            nulls_not_distinct: has_child(node, Kind::NULLS_NOT_DISTINCT),
            comment: None,
            predicate: predicate.and_then(|predicate| self.child_expression(&predicate)),
        }))
    }

    pub(super) fn create_view(&self, node: &Node) -> Option<Action> {
        let name = self.child_path(node, Kind::VIEW)?;
        let columns = child(node, Kind::COLUMN_LIST);
        let columns =
            columns.map_or_else(Vec::new, |list| self.child_names(&list, Kind::COLUMN_NAME));
        let query = node.children().find(|child| is_query(child.kind()))?;
        let mut query = self.query(&query);
        // `CREATE RECURSIVE VIEW v (a) AS q` reads itself.
        if has(node, Kind::RECURSIVE_KW) {
            query.body = crate::tree::Body::Opaque;
            query.order_by.clear();
        }
        Some(Action::CreateView(CreateView {
            name,
            materialized: node.kind() == Kind::CREATE_MATERIALIZED_VIEW,
            if_not_exists: if_not_exists(node),
            or_replace: or_replace(node),
            temporary: has_child(node, Kind::TEMP),
            columns,
            query,
        }))
    }

    pub(super) fn create_trigger(&self, node: &Node) -> Option<Action> {
        let time = match child_of(
            node,
            &[
                Kind::TIMING_AFTER,
                Kind::TIMING_BEFORE,
                Kind::TIMING_INSTEAD_OF,
            ],
        )?
        .kind()
        {
            Kind::TIMING_BEFORE => TriggerTime::Before,
            Kind::TIMING_AFTER => TriggerTime::After,
            _ => TriggerTime::InsteadOf,
        };
        let events = child(node, Kind::TRIGGER_EVENT_LIST)?
            .children()
            .filter_map(|event| {
                Some(match event.kind() {
                    Kind::TRIGGER_EVENT_INSERT => TriggerEvent::Insert,
                    Kind::TRIGGER_EVENT_UPDATE => {
                        TriggerEvent::Update(self.child_names(&event, Kind::COLUMN_NAME_REF))
                    }
                    Kind::TRIGGER_EVENT_DELETE => TriggerEvent::Delete,
                    Kind::TRIGGER_EVENT_TRUNCATE => TriggerEvent::Truncate,
                    _ => return None,
                })
            })
            .collect();
        let function = self.child_expression(node)?;
        let ExpressionKind::Call { name, .. } = function.kind else {
            return None;
        };
        let when = child(node, Kind::WHEN_CONDITION);
        let on = child(node, Kind::ON_RELATION)?;
        Some(Action::CreateTrigger(CreateTrigger {
            name: Path::bare(self.child_name(node, Kind::TRIGGER)?),
            if_not_exists: false,
            or_replace: or_replace(node),
            temporary: false,
            constraint: has(node, Kind::CONSTRAINT_KW),
            time,
            events,
            table: self.child_path(&on, Kind::RELATION_NAME_REF)?,
            when: when.and_then(|when| self.child_expression(&when)),
            body: TriggerBody::Function(name),
        }))
    }

    /// `OWNED BY`: `Some(None)` is `OWNED BY NONE`.
    fn owner(&self, node: &Node) -> Option<Option<(Path, Name)>> {
        let owned = children(node, Kind::OPTION_OWNED_BY).last()?;
        let column = child(&owned, Kind::QUALIFIED_COLUMN_NAME_REF);
        Some(column.and_then(|column| self.column_path(&column)))
    }

    pub(super) fn create_sequence(&self, node: &Node) -> Option<Action> {
        Some(Action::CreateSequence(CreateSequence {
            name: self.child_path(node, Kind::SEQUENCE)?,
            if_not_exists: if_not_exists(node),
            or_replace: false,
            temporary: has_child(node, Kind::TEMP),
            owned_by: self.owner(node).flatten(),
        }))
    }

    pub(super) fn alter_sequence(&self, node: &Node) -> Option<Vec<Action>> {
        let name = self.child_path(node, Kind::SEQUENCE_REF)?;
        let target = target(ObjectKind::Sequence, name.clone());
        let renames = has_child(node, Kind::SEQUENCE_RENAME_TO);
        if renames || has_child(node, Kind::SET_SCHEMA) {
            return Some(self.alter_object(node, target));
        }
        Some(vec![Action::AlterSequence(AlterSequence {
            name,
            if_exists: if_exists(node),
            owned_by: self.owner(node),
            others: node.children().any(|part| {
                !matches!(
                    part.kind(),
                    Kind::SEQUENCE_REF | Kind::IF_EXISTS | Kind::OPTION_OWNED_BY
                )
            }),
        })])
    }

    pub(super) fn create_type(&self, node: &Node) -> Option<Action> {
        let name = self.child_path(node, Kind::TYPE_NAME)?;
        let shape = if let Some(labels) = child(node, Kind::ENUM_TYPE) {
            let list = child(&labels, Kind::VARIANT_LIST);
            let variants = list.iter().flat_map(|list| children(list, Kind::VARIANT));
            TypeShape::Enum(
                variants
                    .filter_map(|variant| child(&variant, Kind::LITERAL))
                    .map(|literal| self.label(&literal))
                    .collect(),
            )
        } else if let Some(composite) = child(node, Kind::COMPOSITE_TYPE) {
            let list = child(&composite, Kind::COMPOSITE_FIELD_LIST);
            let fields = list
                .iter()
                .flat_map(|list| children(list, Kind::COMPOSITE_FIELD_DEF));
            TypeShape::Composite(fields.filter_map(|field| self.attribute(&field)).collect())
        } else {
            TypeShape::Other
        };
        Some(Action::CreateType(CreateType { name, shape }))
    }

    fn attribute(&self, node: &Node) -> Option<Column> {
        let name = self.child_name(node, Kind::COMPOSITE_FIELD)?;
        Some(Column {
            ty: self.child_type(node),
            not_null: None,
            default: None,
            primary_key: None,
            unique: None,
            checks: Vec::new(),
            references: Vec::new(),
            generated: None,
            identity: None,
            auto_increment: false,
            invisible: false,
            collation: child(node, Kind::COLLATE)
                .and_then(|collate| self.child_path(&collate, Kind::COLLATION_REF)),
            comment: None,
            on_update: None,
            position: None,
            range: self.range(node),
            name,
        })
    }

    pub(super) fn create_domain(&self, node: &Node) -> Option<Action> {
        let (mut checks, mut not_null, mut default) = (Vec::new(), false, None);
        for part in node.children() {
            let name = child(&part, Kind::CONSTRAINT_NAME_CLAUSE)
                .and_then(|clause| self.child_name(&clause, Kind::CONSTRAINT_NAME));
            match part.kind() {
                Kind::CHECK_CONSTRAINT => {
                    let check = self.child_expression(&part);
                    checks.extend(check.map(|check| (name, check)));
                }
                Kind::NOT_NULL_CONSTRAINT => not_null = true,
                Kind::DEFAULT_CONSTRAINT => default = self.child_expression(&part).map(Box::new),
                _ => {}
            }
        }
        Some(Action::CreateType(CreateType {
            name: self.child_path(node, Kind::DOMAIN)?,
            shape: TypeShape::Domain {
                base: Box::new(self.child_type(node)?),
                checks,
                not_null,
                default,
            },
        }))
    }

    pub(super) fn alter_type(&self, node: &Node) -> Option<Vec<Action>> {
        let name = self.child_path(node, Kind::TYPE_NAME_REF)?;
        let change = node.children().nth(1)?;
        let labels: Vec<Name> = children(&change, Kind::LITERAL)
            .map(|literal| self.label(&literal))
            .collect();
        let altered = match change.kind() {
            Kind::ADD_VALUE => {
                let beside = child_of(&change, &[Kind::BEFORE_VALUE, Kind::AFTER_VALUE]);
                AlterType::AddValue {
                    name,
                    label: labels.first()?.clone(),
                    if_not_exists: if_not_exists(&change),
                    beside: beside
                        .and_then(|beside| child(&beside, Kind::LITERAL))
                        .map(|literal| self.label(&literal)),
                    before: has_child(&change, Kind::BEFORE_VALUE),
                }
            }
            Kind::RENAME_VALUE => AlterType::RenameValue {
                name,
                from: labels.first()?.clone(),
                to: labels.get(1)?.clone(),
            },
            Kind::ALTER_TYPE_ATTRIBUTE_ACTION_LIST => AlterType::Attributes(alter_table(
                name,
                change
                    .children()
                    .filter_map(|part| self.alter_attribute(&part))
                    .collect(),
            )),
            Kind::RENAME_ATTRIBUTE => AlterType::Attributes(alter_table(
                name,
                vec![Alter::RenameColumn {
                    from: self.child_name(&change, Kind::COMPOSITE_FIELD_REF)?,
                    to: self.child_name(&change, Kind::COMPOSITE_FIELD)?,
                }],
            )),
            Kind::TYPE_RENAME_TO | Kind::SET_SCHEMA => {
                return Some(self.alter_object(node, target(ObjectKind::Type, name)));
            }
            _ => AlterType::Other { name },
        };
        Some(vec![Action::AlterType(altered)])
    }

    fn alter_attribute(&self, node: &Node) -> Option<Alter> {
        Some(match node.kind() {
            Kind::ADD_ATTRIBUTE => Alter::AddColumn {
                column: Box::new(self.attribute(node)?),
                if_not_exists: false,
            },
            Kind::DROP_ATTRIBUTE => Alter::DropColumn {
                name: self.child_name(node, Kind::COMPOSITE_FIELD_REF)?,
                if_exists: if_exists(node),
                behavior: behavior(node),
            },
            _ => Alter::AlterColumn {
                name: self.child_name(node, Kind::COMPOSITE_FIELD_REF)?,
                change: ColumnChange::Type {
                    ty: self.child_type(node)?,
                    collation: None,
                    using: None,
                },
            },
        })
    }

    pub(super) fn alter_domain(&self, node: &Node) -> Option<Vec<Action>> {
        let name = self.child_path(node, Kind::DOMAIN_REF)?;
        let change = node.children().nth(1)?;
        let reference = self
            .child_path(&change, Kind::CONSTRAINT_NAME_REF)
            .map(|path| path.name);
        let altered = match change.kind() {
            Kind::ADD_CONSTRAINT => AlterType::AddConstraint {
                name,
                check: change
                    .children()
                    .next()
                    .and_then(|constraint| self.child_expression(&constraint))
                    .map(Box::new),
                constraint: change
                    .children()
                    .next()
                    .and_then(|constraint| child(&constraint, Kind::CONSTRAINT_NAME_CLAUSE))
                    .and_then(|clause| self.child_name(&clause, Kind::CONSTRAINT_NAME)),
            },
            Kind::DROP_CONSTRAINT => AlterType::DropConstraint {
                name,
                constraint: reference?,
                if_exists: if_exists(&change),
            },
            Kind::RENAME_CONSTRAINT => AlterType::RenameConstraint {
                name,
                from: reference?,
                to: self.child_name(&change, Kind::CONSTRAINT_NAME)?,
            },
            Kind::DOMAIN_RENAME_TO | Kind::SET_SCHEMA => {
                return Some(self.alter_object(node, target(ObjectKind::Domain, name)));
            }
            _ => match self.column_change(&change)? {
                ColumnChange::Other => AlterType::Other { name },
                change => AlterType::Domain {
                    name,
                    change: Box::new(change),
                },
            },
        };
        Some(vec![Action::AlterType(altered)])
    }

    pub(super) fn create_schema(&self, node: &Node) -> Vec<Action> {
        let name = child(node, Kind::NAMED_SCHEMA)
            .and_then(|named| self.child_name(&named, Kind::SCHEMA))
            .or_else(|| {
                let role = child(node, Kind::AUTHORIZATION_SCHEMA)?;
                self.child_name(&role, Kind::ROLE)
            });
        let mut actions = vec![Action::CreateSchema {
            name,
            if_not_exists: if_not_exists(node),
        }];
        // Its elements are made in the new schema, not in that of the search path.
        if node.children().count() > 1 + usize::from(if_not_exists(node)) {
            actions.push(opaque::words(node));
        }
        actions
    }

    /// What `SET search_path` or `set_config('search_path', …)` says.
    pub(super) fn search_path(&self, text: &str, range: std::ops::Range<usize>) -> Vec<Name> {
        text.split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .map(|name| {
                let inner = name
                    .strip_prefix('"')
                    .and_then(|name| name.strip_suffix('"'));
                Name {
                    text: inner.map_or_else(|| name.to_ascii_lowercase(), str::to_owned),
                    quoted: inner.is_some(),
                    range: range.clone(),
                }
            })
            .collect()
    }

    /// `SET name = value`.
    pub(super) fn setting(&self, node: &Node) -> Option<Action> {
        if let Some(schema) = child(node, Kind::SET_SCHEMA_VALUE) {
            let literal = child(&schema, Kind::LITERAL)?;
            return Some(Action::SearchPath(vec![self.label(&literal)]));
        }
        let config = child(node, Kind::SET_CONFIG)?;
        let name = self.parts(&child(&config, Kind::CONFIG_PARAMETER_REF)?);
        let name: Vec<String> = name.into_iter().map(|part| part.text).collect();
        let name = name.join(".");
        let to = child(&config, Kind::TO_CONFIG_VALUE)?;
        if name == "search_path" {
            let to_default = has(&to, Kind::DEFAULT_KW);
            let values = to.children().filter(|value| {
                matches!(value.kind(), Kind::LITERAL | Kind::CONFIG_VALUE_NAME)
                    && value.text() != ""
            });
            let names = values
                .map(|value| match value.kind() {
                    Kind::LITERAL => self.label(&value),
                    _ => self.name(&value),
                })
                .filter(|name| !name.text.is_empty())
                .collect::<Vec<_>>();
            return Some(Action::SearchPath(if to_default || is_default(&names) {
                self.search_path("public", self.range(node))
            } else {
                names
            }));
        }
        let literal = child(&to, Kind::LITERAL).and_then(|literal| string_value(&literal));
        let value = literal.or_else(|| to.children().next().map(|value| value.text().to_string()));
        Some(Action::Setting { name, value })
    }
}

fn is_default(names: &[Name]) -> bool {
    matches!(names, [name] if name.text == "default")
}

fn alter_table(name: Path, changes: Vec<Alter>) -> AlterTable {
    AlterTable {
        kind: ObjectKind::Type,
        name,
        if_exists: false,
        changes,
        options: Vec::new(),
    }
}

/// An object of which only the name matters.
pub(super) const fn target(kind: ObjectKind, path: Path) -> Target {
    Target {
        kind,
        path,
        on: None,
        arguments: None,
    }
}
