//! Functions, procedures, aggregates.

use super::cst::{Kind, Node, Reader, child, children, has, has_child, or_replace};
use crate::tree::{
    Action, Argument, Body, CreateFunction, Expression, ExpressionKind, FunctionKind, Output,
    Query, Select, TypeName,
};

impl Reader {
    /// `CREATE FUNCTION`, `CREATE PROCEDURE`, `CREATE AGGREGATE`.
    pub(super) fn create_function(&self, node: &Node) -> Option<Action> {
        let (kind, name) = match node.kind() {
            Kind::CREATE_PROCEDURE => (FunctionKind::Procedure, Kind::PROCEDURE_NAME),
            Kind::CREATE_AGGREGATE => (FunctionKind::Aggregate, Kind::AGGREGATE_NAME),
            _ => (FunctionKind::Function, Kind::FUNCTION_NAME),
        };
        let mut arguments = child(node, Kind::PARAM_LIST)
            .map(|list| self.arguments(&list))
            .unwrap_or_default();
        let returned = child(node, Kind::RET_TYPE);
        let table = returned
            .as_ref()
            .and_then(|returned| child(returned, Kind::RETURN_TABLE_ARG_LIST));
        for column in table
            .iter()
            .flat_map(|list| children(list, Kind::RETURN_TABLE_COLUMN))
        {
            arguments.push(Argument {
                name: self.child_name(&column, Kind::COLUMN_NAME),
                ty: self.child_type(&column)?,
                has_default: false,
                output: true,
                variadic: false,
            });
        }
        Some(Action::CreateFunction(CreateFunction {
            name: self.child_path(node, name)?,
            kind,
            or_replace: or_replace(node),
            if_not_exists: false,
            arguments,
            returns: returned.and_then(|returned| self.child_type(&returned)),
            language: self.language(node),
            body: self.body(node),
            fault: self.body_fault(node).map(Box::new),
        }))
    }

    /// The arguments of a routine, also those that only name their types.
    pub(super) fn arguments(&self, list: &Node) -> Vec<Argument> {
        list.descendants()
            .filter(|node| node.kind() == Kind::PARAM)
            .filter_map(|node| {
                Some(Argument {
                    name: self.child_name(&node, Kind::PARAM_NAME),
                    ty: self.child_type(&node)?,
                    has_default: has_child(&node, Kind::PARAM_DEFAULT),
                    output: has_child(&node, Kind::PARAM_OUT),
                    variadic: has_child(&node, Kind::PARAM_VARIADIC),
                })
            })
            .collect()
    }

    /// The types that pick one of several routines of a name.
    pub(super) fn signature(&self, node: &Node) -> Option<Vec<TypeName>> {
        let list = child(node, Kind::PARAM_LIST)?;
        // `count(*)` takes none.
        let inputs = self.arguments(&list).into_iter();
        Some(
            inputs
                .filter(|argument| !argument.output)
                .map(|argument| argument.ty)
                .collect(),
        )
    }

    /// `CALL p(…)`, as the query that calls it.
    pub(super) fn call_statement(&self, node: &Node) -> Option<Action> {
        let name = self.child_path(node, Kind::PROCEDURE_NAME_REF)?;
        let list = child(node, Kind::ARG_LIST)?;
        let range = self.range(node);
        let call = Expression {
            range: range.clone(),
            kind: ExpressionKind::Call {
                name,
                arguments: self.operands(&list),
                star: has(&list, Kind::STAR),
                // Arguments that are `OUT` may be left out.
                special: true,
                inner: Vec::new(),
                window: None,
            },
        };
        let select = Select {
            outputs: vec![Output::Expression {
                expression: call,
                alias: None,
            }],
            from: Vec::new(),
            filter: None,
            group_by: Vec::new(),
            having: None,
            windows: Vec::new(),
            distinct_on: Vec::new(),
        };
        Some(Action::Query(Box::new(Query {
            range,
            recursive: false,
            with: Vec::new(),
            body: Body::Select(Box::new(select)),
            order_by: Vec::new(),
            limit: Vec::new(),
        })))
    }
}
