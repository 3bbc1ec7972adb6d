//! What a statement names: `DROP`, `COMMENT ON`, `GRANT`, and all that can be done with an object of any kind.

use super::{
    cst::{
        Kind, Node, Reader, behavior, child, child_of, children, has, if_exists, if_not_exists,
        or_replace, string_value,
    },
    object::target,
    opaque,
};
use crate::tree::{Action, Drop, ObjectKind, Path, Require, Target};

impl Reader {
    /// `DROP` of anything.
    pub(super) fn drop_statement(&self, node: &Node) -> Option<Vec<Action>> {
        let targets = self.targets(node);
        if targets.is_empty() {
            return Some(match node.kind() {
                // What a role owns is known to nobody.
                Kind::DROP_OWNED => vec![Action::Opaque {
                    words: Vec::new(),
                    everything: true,
                }],
                _ => Vec::new(),
            });
        }
        Some(vec![Action::Drop(Drop {
            targets,
            if_exists: if_exists(node),
            behavior: behavior(node),
            concurrently: has(node, Kind::CONCURRENTLY_KW),
        })])
    }

    /// `CREATE` of what only has a name.
    pub(super) fn create_other(&self, node: &Node) -> Option<Vec<Action>> {
        let target = match node.kind() {
            Kind::CREATE_POLICY => {
                let on = child(node, Kind::ON_TABLE)?;
                Target {
                    on: self.child_path(&on, Kind::TABLE_NAME_REF),
                    ..self.named(node, ObjectKind::Policy, Kind::POLICY)?
                }
            }
            Kind::CREATE_RULE => {
                let on = child(node, Kind::RULE_ON)?;
                Target {
                    on: self.child_path(&on, Kind::RELATION_NAME_REF),
                    ..self.named(node, ObjectKind::Rule, Kind::RULE)?
                }
            }
            Kind::CREATE_COLLATION => self.named(node, ObjectKind::Collation, Kind::COLLATION)?,
            // New operators, casts and operator classes change what other statements mean.
            Kind::CREATE_OPERATOR | Kind::CREATE_CAST => {
                let sort = if node.kind() == Kind::CREATE_CAST {
                    "cast"
                } else {
                    "operator"
                };
                return Some(vec![opaque::finished(vec![sort.to_owned()])]);
            }
            Kind::CREATE_OPERATOR_CLASS | Kind::CREATE_OPERATOR_FAMILY => {
                return Some(vec![opaque::words(node)]);
            }
            Kind::CREATE_STATISTICS => {
                let from = child(node, Kind::FROM_TABLE)?;
                let table = self.child_path(&from, Kind::TABLE_NAME_REF)?;
                let table = target(ObjectKind::Table, table);
                return Some(self.required(vec![table], false, "CREATE STATISTICS"));
            }
            _ => match node.children().find(is_name) {
                Some(name) => target(ObjectKind::Other, self.path(&name)),
                None => return Some(Vec::new()),
            },
        };
        Some(vec![Action::CreateOther {
            target,
            if_not_exists: if_not_exists(node) || or_replace(node),
        }])
    }

    fn named(&self, node: &Node, kind: ObjectKind, name: Kind) -> Option<Target> {
        Some(target(kind, self.child_path(node, name)?))
    }

    /// `ALTER` of what has no statement of its own in the tree.
    pub(super) fn alter_other(&self, node: &Node) -> Vec<Action> {
        match self.targets(node).into_iter().next() {
            Some(target) if target.kind != ObjectKind::Other => self.alter_object(node, target),
            _ => Vec::new(),
        }
    }

    /// What must be there for a statement that changes nothing in the catalog.
    pub(super) fn requirements(&self, node: &Node) -> Vec<Action> {
        let statement = match node.kind() {
            Kind::COMMENT_ON => "COMMENT ON",
            Kind::SECURITY_LABEL => "SECURITY LABEL",
            Kind::GRANT => "GRANT",
            Kind::REVOKE => "REVOKE",
            Kind::REFRESH => "REFRESH MATERIALIZED VIEW",
            Kind::REINDEX => "REINDEX",
            Kind::LOCK => "LOCK",
            Kind::CLUSTER => "CLUSTER",
            Kind::VACUUM => "VACUUM",
            Kind::ANALYZE => "ANALYZE",
            Kind::COPY => return self.copy(node),
            _ => return Vec::new(),
        };
        let inside = child_of(
            node,
            &[
                Kind::ON_PRIVILEGE_OBJECTS_CLAUSE,
                Kind::RELATION_LIST,
                Kind::TABLE_AND_COLUMNS_LIST,
            ],
        )
        .unwrap_or_else(|| node.clone());
        let mut targets: Vec<Target> = if inside.kind() == Kind::ON_PRIVILEGE_OBJECTS_CLAUSE {
            inside
                .children()
                .flat_map(|objects| self.targets(&objects))
                .collect()
        } else {
            self.targets(&inside)
        };
        for part in inside.children() {
            targets.extend(self.targets(&part));
        }
        targets.dedup();
        let mut actions = self.required(targets, if_exists(node), statement);
        if let ([Action::Require(require)], Kind::COMMENT_ON) =
            (actions.as_mut_slice(), node.kind())
        {
            let literal = child(node, Kind::LITERAL);
            require.comment = literal.and_then(|literal| string_value(&literal));
        }
        actions
    }

    /// `COPY table (columns)`, `COPY (query)`.
    fn copy(&self, node: &Node) -> Vec<Action> {
        if let Some(query) = child(node, Kind::COPY_QUERY) {
            let statement = query.children().next();
            return statement.map_or_else(Vec::new, |inner| self.statement(&inner));
        }
        let Some(table) = child(node, Kind::COPY_TABLE) else {
            return Vec::new();
        };
        let mut targets = self.targets(&table);
        let name = targets.first().map(|target| target.path.clone());
        let columns = child(&table, Kind::COLUMN_REF_LIST);
        for column in columns
            .iter()
            .flat_map(|list| children(list, Kind::COLUMN_NAME_REF))
        {
            targets.push(Target {
                on: name.clone(),
                ..target(ObjectKind::Column, Path::bare(self.name(&column)))
            });
        }
        self.required(targets, false, "COPY")
    }

    pub(super) fn required(
        &self,
        targets: Vec<Target>,
        if_exists: bool,
        statement: &'static str,
    ) -> Vec<Action> {
        let targets: Vec<Target> = targets
            .into_iter()
            .filter(|target| target.kind != ObjectKind::Other)
            .collect();
        if targets.is_empty() {
            return Vec::new();
        }
        vec![Action::Require(Require {
            targets,
            if_exists,
            statement,
            concurrently: false,
            comment: None,
        })]
    }

    /// The objects that the children of a node name.
    fn targets(&self, node: &Node) -> Vec<Target> {
        let on = child_of(node, &[Kind::ON_TABLE, Kind::ON_RELATION]);
        let mut on = on.and_then(|on| on.children().next());
        // `COMMENT ON TRIGGER t ON table`: the table stands beside the name.
        if has(node, Kind::ON_KW) && on.is_none() {
            on = node.children().nth(1);
        }
        let mut targets = Vec::new();
        for part in node.children() {
            if on.as_ref() == Some(&part) {
                break;
            }
            targets.extend(self.target_of(node, &part, on.as_ref()));
        }
        targets
    }

    fn target_of(&self, node: &Node, part: &Node, on: Option<&Node>) -> Vec<Target> {
        let kind = match part.kind() {
            Kind::TABLE_RELATION_NAME | Kind::RELATION_NAME => {
                return vec![target(ObjectKind::Table, self.relation_name(part))];
            }
            Kind::TABLE_NAME_REF | Kind::RELATION_NAME_REF => {
                if has(node, Kind::FOREIGN_KW) {
                    ObjectKind::ForeignTable
                } else {
                    ObjectKind::Table
                }
            }
            Kind::VIEW_REF if has(node, Kind::MATERIALIZED_KW) => ObjectKind::MaterializedView,
            Kind::VIEW_REF => ObjectKind::View,
            Kind::INDEX_REF => ObjectKind::Index,
            Kind::SEQUENCE_REF => ObjectKind::Sequence,
            Kind::TYPE_NAME_REF => ObjectKind::Type,
            Kind::DOMAIN_REF => ObjectKind::Domain,
            Kind::SCHEMA_REF => ObjectKind::Schema,
            Kind::EXTENSION_REF => ObjectKind::Extension,
            Kind::COLLATION_REF => ObjectKind::Collation,
            Kind::QUALIFIED_COLUMN_NAME_REF => return self.column_target(part),
            Kind::TRIGGER_REF | Kind::POLICY_REF | Kind::RULE_REF | Kind::CONSTRAINT_NAME_REF => {
                return self.target_on(part, on).into_iter().collect();
            }
            Kind::FUNCTION_SIG_LIST | Kind::PROCEDURE_SIG_LIST | Kind::ROUTINE_SIG_LIST => {
                return part
                    .children()
                    .flat_map(|signature| self.target_of(part, &signature, on))
                    .collect();
            }
            Kind::FUNCTION_SIG | Kind::PROCEDURE_SIG | Kind::ROUTINE_SIG | Kind::AGGREGATE => {
                return self.routine(part).into_iter().collect();
            }
            _ if is_name(part) => ObjectKind::Other,
            _ => return Vec::new(),
        };
        vec![target(kind, self.path(part))]
    }

    fn column_target(&self, part: &Node) -> Vec<Target> {
        let column = self.column_path(part).map(|(table, column)| Target {
            on: Some(table),
            ..target(ObjectKind::Column, Path::bare(column))
        });
        column.into_iter().collect()
    }

    /// A trigger, policy, rule or constraint with its table; nothing of the constraint of a domain.
    fn target_on(&self, part: &Node, on: Option<&Node>) -> Option<Target> {
        let kind = match part.kind() {
            Kind::TRIGGER_REF => ObjectKind::Trigger,
            Kind::POLICY_REF => ObjectKind::Policy,
            Kind::RULE_REF => ObjectKind::Rule,
            _ => ObjectKind::Constraint,
        };
        let on = on.filter(|on| on.kind() != Kind::DOMAIN_REF)?;
        Some(Target {
            on: Some(self.path(on)),
            ..target(kind, Path::bare(self.path(part).name))
        })
    }

    fn routine(&self, part: &Node) -> Option<Target> {
        let kind = match part.kind() {
            Kind::PROCEDURE_SIG => ObjectKind::Procedure,
            Kind::ROUTINE_SIG => ObjectKind::Routine,
            _ => ObjectKind::Function,
        };
        let name = match part.kind() {
            Kind::AGGREGATE => self.path(part),
            _ => self.path(&part.children().next()?),
        };
        Some(Target {
            arguments: self.signature(part),
            ..target(kind, name)
        })
    }
}

/// Whether a node is the name of something of which nothing is checked.
fn is_name(node: &Node) -> bool {
    matches!(
        node.kind(),
        Kind::ACCESS_METHOD
            | Kind::ACCESS_METHOD_REF
            | Kind::CONVERSION
            | Kind::CONVERSION_REF
            | Kind::DATABASE
            | Kind::DATABASE_REF
            | Kind::EVENT_TRIGGER
            | Kind::EVENT_TRIGGER_REF
            | Kind::FOREIGN_DATA_WRAPPER
            | Kind::FOREIGN_DATA_WRAPPER_REF
            | Kind::LANGUAGE
            | Kind::LANGUAGE_REF
            | Kind::PUBLICATION
            | Kind::PUBLICATION_REF
            | Kind::ROLE
            | Kind::SERVER
            | Kind::SERVER_REF
            | Kind::STATISTICS
            | Kind::STATISTICS_REF
            | Kind::SUBSCRIPTION
            | Kind::SUBSCRIPTION_REF
            | Kind::TABLESPACE
            | Kind::TABLESPACE_REF
            | Kind::TEXT_SEARCH_CONFIGURATION
            | Kind::TEXT_SEARCH_CONFIGURATION_REF
            | Kind::TEXT_SEARCH_DICTIONARY
            | Kind::TEXT_SEARCH_DICTIONARY_REF
            | Kind::TEXT_SEARCH_PARSER
            | Kind::TEXT_SEARCH_PARSER_REF
            | Kind::TEXT_SEARCH_TEMPLATE
            | Kind::TEXT_SEARCH_TEMPLATE_REF
    )
}
