//! Functions, procedures, aggregates.

use squawk_syntax::SourceFile;

use super::{
    cst::{Kind, Node, Reader, child, child_of, children, has, has_child, or_replace},
    opaque, plpgsql,
};
use crate::{
    Dialect,
    lex::{self, Token},
    tree::{
        Action, Argument, Body, CreateFunction, Expression, ExpressionKind, FunctionKind, Output,
        Query, Select, TypeName,
    },
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
        }))
    }

    fn language(&self, node: &Node) -> Option<String> {
        let options = child(node, Kind::FUNC_OPTION_LIST)?;
        let option = children(&options, Kind::LANGUAGE_FUNC_OPTION).last()?;
        let named = child_of(&option, &[Kind::LANGUAGE_REF, Kind::LITERAL])?;
        Some(if named.kind() == Kind::LITERAL {
            self.label(&named).text.to_ascii_lowercase()
        } else {
            self.name(&named).text
        })
    }

    /// The statements of a body in SQL, where they only read and change rows; of every other body what a call of it may
    /// do to the schema.
    fn body(&self, node: &Node) -> Vec<Action> {
        let Some(options) = child(node, Kind::FUNC_OPTION_LIST) else {
            return Vec::new();
        };
        let literal = child(&options, Kind::AS_FUNC_OPTION)
            .and_then(|body| child(&body, Kind::AS_DEFINITION))
            .and_then(|definition| child(&definition, Kind::LITERAL));
        let text = literal.as_ref().and_then(super::cst::string_value);
        let (Some(literal), Some(text)) = (literal, text) else {
            return Vec::new();
        };
        match self.language(node).as_deref() {
            Some("plpgsql") => {
                let list = child(node, Kind::PARAM_LIST);
                let arguments = list.map(|list| self.arguments(&list)).unwrap_or_default();
                let names = arguments.into_iter().filter_map(|argument| argument.name);
                let names: Vec<String> = names.map(|name| name.text).collect();
                plpgsql::effects(&text, &names).into_iter().collect()
            }
            // With settings of its own it may look for names elsewhere.
            Some("sql") if !has_child(&options, Kind::SET_FUNC_OPTION) => {
                self.sql_body(&literal, &text)
            }
            _ => Vec::new(),
        }
    }

    fn sql_body(&self, literal: &Node, text: &str) -> Vec<Action> {
        let tokens: Vec<Token> = lex::tokens(text, Dialect::Postgres).collect();
        let changes = tokens
            .split(|token| token.is_symbol(text, ';'))
            .any(|statement| opaque::is_change(text, statement));
        if changes {
            return vec![opaque::of_text(text)];
        }
        // In a string with escapes the places are others.
        let Some(inner) = literal.text().to_string().find(text) else {
            return Vec::new();
        };
        if !super::depth::is_shallow(text) {
            return Vec::new();
        }
        let parsed = SourceFile::parse(text);
        let reader = self.inside(self.range(literal).start + inner);
        parsed
            .syntax_node()
            .children()
            .flat_map(|statement| reader.statement(&statement))
            .collect()
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
