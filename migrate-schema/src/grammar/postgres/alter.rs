//! `ALTER TABLE` and its kin.

use super::{
    cst::{
        Kind, Node, Reader, behavior, child, child_of, has, has_child, if_exists, if_not_exists,
        words,
    },
    table::{deferrable, identity_kind},
};
use crate::tree::{
    Action, Alter, AlterTable, ColumnChange, DropWhich, Name, ObjectKind, Path, Rename, Target,
};

impl Reader {
    /// `ALTER TABLE`, `ALTER FOREIGN TABLE`, `ALTER VIEW`, `ALTER MATERIALIZED VIEW`, `ALTER INDEX`.
    pub(super) fn alter_relation(&self, node: &Node, kind: ObjectKind) -> Option<Vec<Action>> {
        // `ALTER TABLE ALL IN TABLESPACE …` moves what is there.
        if has_child(node, Kind::ALL_IN_TABLESPACE) {
            return Some(Vec::new());
        }
        let reference = child_of(
            node,
            &[Kind::TABLE_RELATION_NAME, Kind::VIEW_REF, Kind::INDEX_REF],
        )?;
        let changes = node
            .children()
            .filter(|change| change.kind() != reference.kind() && change.kind() != Kind::IF_EXISTS)
            .map(|change| self.alter(&change))
            .collect();
        Some(vec![Action::AlterTable(AlterTable {
            kind,
            name: self.relation_name(&reference),
            if_exists: if_exists(node),
            changes,
            options: Vec::new(),
        })])
    }

    fn alter(&self, node: &Node) -> Alter {
        self.known_alter(node)
            .unwrap_or_else(|| Alter::Other { what: words(node) })
    }

    fn known_alter(&self, node: &Node) -> Option<Alter> {
        Some(match node.kind() {
            Kind::ADD_COLUMN => Alter::AddColumn {
                column: Box::new(self.column(node)?),
                if_not_exists: if_not_exists(node),
            },
            Kind::DROP_COLUMN => Alter::DropColumn {
                name: self.child_name(node, Kind::COLUMN_NAME_REF)?,
                if_exists: if_exists(node),
                behavior: behavior(node),
            },
            Kind::RENAME_COLUMN => Alter::RenameColumn {
                from: self.child_name(node, Kind::COLUMN_NAME_REF)?,
                to: self.child_name(node, Kind::COLUMN_NAME)?,
            },
            Kind::TABLE_RENAME_TO => Alter::RenameTo(self.child_path(node, Kind::TABLE_NAME)?),
            Kind::VIEW_RENAME_TO => Alter::RenameTo(self.child_path(node, Kind::VIEW)?),
            Kind::INDEX_RENAME_TO => Alter::RenameTo(self.child_path(node, Kind::INDEX)?),
            Kind::ADD_CONSTRAINT => {
                Alter::AddConstraint(self.constraint(&node.children().next()?)?)
            }
            Kind::DROP_CONSTRAINT => Alter::DropConstraint {
                name: Some(self.constraint_reference(node)?),
                which: DropWhich::Constraint,
                if_exists: if_exists(node),
                behavior: behavior(node),
            },
            Kind::RENAME_CONSTRAINT => Alter::RenameConstraint {
                from: self.constraint_reference(node)?,
                to: self.child_name(node, Kind::CONSTRAINT_NAME)?,
            },
            Kind::VALIDATE_CONSTRAINT => {
                Alter::ValidateConstraint(self.constraint_reference(node)?)
            }
            Kind::ALTER_CONSTRAINT => Alter::AlterConstraint {
                name: self.constraint_reference(node)?,
                deferrable: deferrable(node),
            },
            Kind::ALTER_COLUMN | Kind::ALTER_VIEW_COLUMN => Alter::AlterColumn {
                name: self.child_name(node, Kind::COLUMN_NAME_REF)?,
                change: self.column_change(&node.children().nth(1)?)?,
            },
            _ => return self.relation_alter(node),
        })
    }

    /// What is not about a column or a constraint.
    fn relation_alter(&self, node: &Node) -> Option<Alter> {
        Some(match node.kind() {
            Kind::ATTACH_PARTITION | Kind::INHERIT_TABLE => Alter::Attach {
                table: self.child_path(node, Kind::TABLE_NAME_REF)?,
                bounds: self.bounds(node),
            },
            Kind::SET_OPTIONS | Kind::RESET_OPTIONS => Alter::SetOptions(self.set_options(node)),
            Kind::DETACH_PARTITION | Kind::NO_INHERIT_TABLE => {
                Alter::Detach(self.child_path(node, Kind::TABLE_NAME_REF)?)
            }
            Kind::SET_SCHEMA => Alter::SetSchema(self.child_name(node, Kind::SCHEMA_REF)?),
            Kind::ENABLE_TRIGGER
            | Kind::DISABLE_TRIGGER
            | Kind::ENABLE_ALWAYS_TRIGGER
            | Kind::ENABLE_REPLICA_TRIGGER => {
                Alter::RequireTrigger(self.child_name(node, Kind::TRIGGER_REF)?)
            }
            Kind::CLUSTER_ON => Alter::RequireIndex(self.child_path(node, Kind::INDEX_REF)?.name),
            Kind::REPLICA_IDENTITY => {
                let using = child(node, Kind::USING_INDEX_NAME)?;
                Alter::RequireIndex(self.child_path(&using, Kind::INDEX_REF)?.name)
            }
            Kind::OF_TYPE | Kind::NOT_OF | Kind::MERGE_PARTITIONS | Kind::SPLIT_PARTITION => {
                Alter::Opaque
            }
            _ => return None,
        })
    }

    fn constraint_reference(&self, node: &Node) -> Option<Name> {
        self.child_path(node, Kind::CONSTRAINT_NAME_REF)
            .map(|path| path.name)
    }

    pub(super) fn column_change(&self, node: &Node) -> Option<ColumnChange> {
        Some(match node.kind() {
            Kind::SET_DEFAULT => ColumnChange::SetDefault(self.child_expression(node)?),
            Kind::DROP_DEFAULT => ColumnChange::DropDefault,
            Kind::SET_NOT_NULL => ColumnChange::SetNotNull,
            Kind::DROP_NOT_NULL => ColumnChange::DropNotNull,
            Kind::SET_TYPE => ColumnChange::Type {
                ty: self.child_type(node)?,
                collation: child(node, Kind::COLLATE)
                    .and_then(|collate| self.child_path(&collate, Kind::COLLATION_REF))
                    .map(Box::new),
                using: child(node, Kind::USING_EXPR)
                    .and_then(|using| self.child_expression(&using)),
            },
            Kind::ADD_GENERATED => ColumnChange::AddIdentity(identity_kind(node)),
            Kind::SET_GENERATED | Kind::SET_GENERATED_OPTIONS => {
                ColumnChange::SetIdentity(identity_kind(node))
            }
            Kind::DROP_IDENTITY => ColumnChange::DropIdentity {
                if_exists: if_exists(node),
            },
            Kind::DROP_EXPRESSION => ColumnChange::DropExpression {
                if_exists: if_exists(node),
            },
            Kind::SET_EXPRESSION => ColumnChange::SetExpression(self.child_expression(node)?),
            _ => ColumnChange::Other,
        })
    }

    /// `ALTER INDEX i ATTACH PARTITION j`.
    pub(super) fn attached_index(&self, node: &Node) -> Option<Path> {
        self.child_path(&child(node, Kind::ATTACH_INDEX_PARTITION)?, Kind::INDEX_REF)
    }

    /// `RENAME TO`, `SET SCHEMA` and what else can be done with an object of any kind.
    pub(super) fn alter_object(&self, node: &Node, target: Target) -> Vec<Action> {
        let renamed = node.children().find_map(|change| self.new_name(&change));
        if let Some(to) = renamed {
            return vec![Action::Rename(Rename {
                target,
                to,
                if_exists: if_exists(node),
            })];
        }
        let schema = child(node, Kind::SET_SCHEMA)
            .and_then(|change| self.child_name(&change, Kind::SCHEMA_REF));
        match schema {
            Some(schema) => vec![Action::SetSchema { target, schema }],
            None => self.required(vec![target], if_exists(node), "ALTER"),
        }
    }

    /// The name in any `… RENAME TO name`.
    fn new_name(&self, node: &Node) -> Option<Path> {
        let name = node.children().next()?;
        let is_rename = has(node, Kind::RENAME_KW) && has(node, Kind::TO_KW);
        is_rename.then(|| self.path(&name))
    }
}
