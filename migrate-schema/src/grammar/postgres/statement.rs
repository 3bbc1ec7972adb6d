//! Which statement it is.

use super::{
    cst::{Kind, Node, Reader, child, children, is_query, tokens},
    object::target,
    opaque,
};
use crate::tree::{Action, Body, ExpressionKind, Literal, ObjectKind, Output, Query};

impl Reader {
    /// What a statement does.
    pub(super) fn statement(&self, node: &Node) -> Vec<Action> {
        self.known(node)
            .unwrap_or_else(|| vec![opaque::words(node)])
    }

    /// What it does; none where its parts are not what they should be.
    fn known(&self, node: &Node) -> Option<Vec<Action>> {
        match tokens(node).next().map(|word| word.kind()) {
            Some(Kind::DROP_KW) => return self.drop_statement(node),
            Some(Kind::CREATE_KW) => return self.create(node),
            Some(Kind::ALTER_KW) => return self.alter_statement(node),
            _ => {}
        }
        match node.kind() {
            Kind::INSERT | Kind::UPDATE | Kind::DELETE | Kind::MERGE => {
                Some(vec![self.data_change(node)?])
            }
            Kind::SELECT_INTO => Some(vec![self.select_into(node)?]),
            kind if is_query(kind) => Some(self.query_statement(node)),
            Kind::CALL => Some(vec![self.call_statement(node)?]),
            Kind::DO => Some(self.do_block(node)),
            Kind::EXPLAIN => Some(self.explained(node)),
            Kind::TRUNCATE => {
                let tables = child(node, Kind::TABLE_LIST)?;
                let tables = children(&tables, Kind::TABLE_RELATION_NAME);
                Some(vec![Action::Truncate {
                    tables: tables.map(|table| self.relation_name(&table)).collect(),
                    behavior: super::cst::behavior(node),
                }])
            }
            Kind::SET => Some(self.setting(node).into_iter().collect()),
            Kind::RESET => {
                let reset = child(node, Kind::CONFIG_PARAMETER_REF);
                let path = reset.is_some_and(|name| name.text() == "search_path");
                let names = self.search_path("public", self.range(node));
                Some(
                    path.then_some(Action::SearchPath(names))
                        .into_iter()
                        .collect(),
                )
            }
            Kind::IMPORT_FOREIGN_SCHEMA => Some(vec![Action::Opaque {
                words: Vec::new(),
                everything: true,
            }]),
            _ => Some(self.requirements(node)),
        }
    }

    fn create(&self, node: &Node) -> Option<Vec<Action>> {
        Some(match node.kind() {
            Kind::CREATE_TABLE | Kind::CREATE_TABLE_AS | Kind::CREATE_FOREIGN_TABLE => {
                vec![self.create_table(node)?]
            }
            Kind::CREATE_INDEX => vec![self.create_index(node)?],
            Kind::CREATE_VIEW | Kind::CREATE_MATERIALIZED_VIEW => vec![self.create_view(node)?],
            Kind::CREATE_TRIGGER => vec![self.create_trigger(node)?],
            Kind::CREATE_SEQUENCE => vec![self.create_sequence(node)?],
            Kind::CREATE_TYPE => vec![self.create_type(node)?],
            Kind::CREATE_DOMAIN => vec![self.create_domain(node)?],
            Kind::CREATE_FUNCTION | Kind::CREATE_PROCEDURE | Kind::CREATE_AGGREGATE => {
                vec![self.create_function(node)?]
            }
            Kind::CREATE_SCHEMA => self.create_schema(node),
            Kind::CREATE_EXTENSION => vec![Action::CreateExtension {
                name: self.child_name(node, Kind::EXTENSION)?,
                if_not_exists: super::cst::if_not_exists(node),
            }],
            _ => self.create_other(node)?,
        })
    }

    fn alter_statement(&self, node: &Node) -> Option<Vec<Action>> {
        match node.kind() {
            Kind::ALTER_TABLE => self.alter_relation(node, ObjectKind::Table),
            Kind::ALTER_FOREIGN_TABLE => self.alter_relation(node, ObjectKind::ForeignTable),
            Kind::ALTER_VIEW => self.alter_relation(node, ObjectKind::View),
            Kind::ALTER_MATERIALIZED_VIEW => {
                self.alter_relation(node, ObjectKind::MaterializedView)
            }
            Kind::ALTER_INDEX => {
                let mut actions = self.alter_relation(node, ObjectKind::Index)?;
                if let Some(attached) = self.attached_index(node) {
                    let attached = target(ObjectKind::Index, attached);
                    actions.extend(self.required(vec![attached], false, "ALTER"));
                }
                Some(actions)
            }
            Kind::ALTER_SEQUENCE => self.alter_sequence(node),
            Kind::ALTER_TYPE => self.alter_type(node),
            Kind::ALTER_DOMAIN => self.alter_domain(node),
            _ => Some(self.alter_other(node)),
        }
    }

    /// A query, and what its functions do to the session.
    fn query_statement(&self, node: &Node) -> Vec<Action> {
        let query = self.query(node);
        let path = self.configured_path(&query);
        let mut actions = vec![Action::Query(Box::new(query))];
        actions.extend(path);
        actions
    }

    /// `SELECT set_config('search_path', '…', false)`, with which dumps begin.
    fn configured_path(&self, query: &Query) -> Option<Action> {
        let Body::Select(select) = &query.body else {
            return None;
        };
        let [Output::Expression { expression, .. }] = select.outputs.as_slice() else {
            return None;
        };
        let ExpressionKind::Call {
            name, arguments, ..
        } = &expression.kind
        else {
            return None;
        };
        let text = |at: usize| match &arguments.get(at)?.kind {
            ExpressionKind::Literal(Literal::Text(text)) => Some(text),
            _ => None,
        };
        let of_path = name.name.text == "set_config" && text(0)? == "search_path";
        let names = self.search_path(text(1)?, expression.range.clone());
        of_path.then_some(Action::SearchPath(names))
    }

    /// `EXPLAIN` checks the names of its statement; only with `ANALYZE` it runs.
    fn explained(&self, node: &Node) -> Vec<Action> {
        let runs = node.descendants().any(|part| {
            part.kind() == Kind::EXPLAIN_ANALYZE
                || (part.kind() == Kind::EXPLAIN_OPTION_LIST
                    && part
                        .text()
                        .to_string()
                        .to_ascii_lowercase()
                        .contains("analy"))
        });
        let Some(inner) = node.children().last() else {
            return Vec::new();
        };
        if is_query(inner.kind()) && inner.kind() != Kind::SELECT_INTO {
            return self.query_statement(&inner);
        }
        match inner.kind() {
            Kind::INSERT | Kind::UPDATE | Kind::DELETE | Kind::MERGE if runs => {
                self.statement(&inner)
            }
            _ if runs => vec![opaque::words(&inner)],
            _ => Vec::new(),
        }
    }
}
