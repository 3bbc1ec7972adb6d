//! What PostgreSQL's own grammar refuses and squawk's takes.

use squawk_parser::{is_col_name_keyword, is_reserved_keyword, is_type_func_name_keyword};

use super::{
    cst::{Kind, Node, Reader, child, children, has, is_expression, tokens},
    dialect,
};
use crate::{
    Code, Finding,
    catalog::builtin::postgres::{is_setting, nearest_setting},
    settings::{Product, Target},
};

impl Reader {
    /// The first fault in the statements below a node.
    pub(super) fn fault(&self, root: &Node, target: &Target) -> Option<Finding> {
        root.descendants().find_map(|node| {
            self.name_fault(&node)
                .or_else(|| self.shape_fault(&node))
                .or_else(|| self.column_fault(&node))
                .or_else(|| self.setting_fault(&node, target))
                .or_else(|| self.do_fault(&node))
        })
    }

    fn refuse(&self, node: &Node, message: impl Into<String>) -> Finding {
        Finding::new(Code::SqlSyntax, message, self.range(node))
    }

    /// A keyword where only a name can stand, or nothing at all.
    fn name_fault(&self, node: &Node) -> Option<Finding> {
        let parent = node.parent()?;
        let is_plain = match node.kind() {
            Kind::COLUMN_NAME => parent.kind() != Kind::AS_NAME,
            Kind::COLUMN_NAME_REF
            | Kind::CONSTRAINT_NAME
            | Kind::TRIGGER
            | Kind::TRIGGER_REF
            | Kind::POLICY
            | Kind::POLICY_REF => true,
            Kind::PATH_SEGMENT | Kind::PATH_SEGMENT_REF => self.is_first_of_relation(&parent),
            _ => false,
        };
        let routine = matches!(node.kind(), Kind::PATH_SEGMENT | Kind::PATH_SEGMENT_REF)
            && is_alone_in_routine(&parent);
        if !is_plain && !routine {
            return None;
        }
        let Some(word) = tokens(node).next() else {
            return Some(self.refuse(&parent, "a name is missing here"));
        };
        let kind = word.kind();
        // Reserved only since version 16.
        let reserved = is_reserved_keyword(kind) && kind != Kind::SYSTEM_USER_KW;
        let refused = reserved
            || (is_plain && is_type_func_name_keyword(kind))
            || (routine && is_col_name_keyword(kind));
        refused.then(|| {
            let text = word.text();
            self.refuse(
                node,
                format!("`{text}` is a keyword and cannot be a name here"),
            )
            .help(format!("put it in double quotes: `\"{text}\"`"))
        })
    }

    /// Whether a path is the first (or only) name of a relation.
    fn is_first_of_relation(&self, path: &Node) -> bool {
        let is_first = !path
            .children()
            .any(|inner| matches!(inner.kind(), Kind::PATH | Kind::PATH_REF));
        let mut owner = path.parent();
        while let Some(next) = owner
            .clone()
            .filter(|owner| matches!(owner.kind(), Kind::PATH | Kind::PATH_REF))
        {
            owner = next.parent();
        }
        let of_relation = owner.is_some_and(|owner| {
            matches!(
                owner.kind(),
                Kind::TABLE_NAME
                    | Kind::TABLE_NAME_REF
                    | Kind::RELATION_NAME_REF
                    | Kind::VIEW
                    | Kind::VIEW_REF
                    | Kind::INDEX
                    | Kind::INDEX_REF
                    | Kind::SEQUENCE
                    | Kind::SEQUENCE_REF
            )
        });
        is_first && of_relation
    }

    /// Something that has to be there and is not, or the other way round.
    fn shape_fault(&self, node: &Node) -> Option<Finding> {
        let kind = node.kind();
        match kind {
            Kind::PARTITION_ITEM | Kind::CONFLICT_INDEX_ITEM => self.index_item_fault(node),
            Kind::ALTER_TABLE | Kind::ALTER_FOREIGN_TABLE => self.alter_fault(node),
            Kind::DROP_TABLE
            | Kind::DROP_VIEW
            | Kind::DROP_INDEX
            | Kind::DROP_SEQUENCE
            | Kind::DROP_TYPE
            | Kind::DROP_DOMAIN
            | Kind::DROP_SCHEMA
                if !node.children().any(|part| is_reference(part.kind())) =>
            {
                Some(self.refuse(node, "nothing is named that could be dropped"))
            }
            Kind::VARCHAR_TYPE | Kind::CHARACTER_TYPE => {
                let list = child(node, Kind::ARG_LIST)?;
                let length = children(&list, Kind::ARG).next()?;
                let number = length
                    .descendants_with_tokens()
                    .any(|part| part.kind() == Kind::INT_NUMBER);
                (!number).then(|| {
                    let message = format!("`{}` is no length", length.text());
                    self.refuse(&length, message)
                        .help("write a number; a `text` has no greatest length")
                })
            }
            Kind::PATH_TYPE => self.modifier_fault(node),
            Kind::PARTITION_STRATEGY => {
                let word = tokens(node).next()?;
                let known = ["range", "list", "hash"]
                    .iter()
                    .any(|known| word.text().eq_ignore_ascii_case(known));
                (!known).then(|| {
                    self.refuse(node, format!("`{}` is no way to partition", word.text()))
                        .help("write `RANGE`, `LIST` or `HASH`")
                })
            }
            _ => None,
        }
    }

    /// `int(11)`: a type that has nothing in brackets.
    fn modifier_fault(&self, node: &Node) -> Option<Finding> {
        child(node, Kind::ARG_LIST)?;
        let [name] = self.parts(node).try_into().ok()?;
        let is = |types: &[&str]| types.contains(&name.text.as_str()) && !name.quoted;
        if is(&WITHOUT_WIDTH) {
            let message = format!("`{}` is MySQL", node.text());
            let finding = Finding::new(Code::WrongDialect, message, self.range(node));
            return Some(finding.help(format!("write `{name}`: PostgreSQL's have no width")));
        }
        is(&WITHOUT_MODIFIER).then(|| {
            self.refuse(node, format!("the type `{name}` has nothing in brackets"))
                .help(format!("write `{name}`"))
        })
    }

    /// Of an index: a column, a call, or an expression in brackets.
    fn index_item_fault(&self, item: &Node) -> Option<Finding> {
        // What `INCLUDE` names is columns anyway.
        let mut expression = item.children().find(|part| is_expression(part.kind()))?;
        if expression.kind() == Kind::COLLATE {
            expression = expression
                .children()
                .find(|part| is_expression(part.kind()))?;
        }
        let valid = match expression.kind() {
            Kind::NAME_REF => {
                let word = tokens(&expression).next()?;
                !is_reserved_keyword(word.kind()) || is_value_function(word.kind())
            }
            Kind::CALL_EXPR | Kind::PAREN_EXPR => true,
            Kind::CAST_EXPR => has(&expression, Kind::CAST_KW) || has(&expression, Kind::TREAT_KW),
            _ => false,
        };
        (!valid).then(|| {
            let text = expression.text();
            self.refuse(
                &expression,
                "an expression stands in brackets of its own here",
            )
            .help(format!("write `({text})`"))
        })
    }

    fn alter_fault(&self, node: &Node) -> Option<Finding> {
        let name = child(node, Kind::TABLE_RELATION_NAME)?;
        let changes: Vec<Node> = node
            .children()
            .filter(|part| *part != name && part.kind() != Kind::IF_EXISTS)
            .collect();
        if changes.is_empty() {
            return Some(self.refuse(node, "nothing is said that could be changed of the table"));
        }
        let alone = changes.iter().find(|change| {
            matches!(
                change.kind(),
                Kind::TABLE_RENAME_TO
                    | Kind::RENAME_COLUMN
                    | Kind::RENAME_CONSTRAINT
                    | Kind::SET_SCHEMA
            )
        })?;
        (changes.len() > 1).then(|| {
            let what = if alone.kind() == Kind::SET_SCHEMA {
                "SET SCHEMA"
            } else {
                "RENAME"
            };
            self.refuse(
                alone,
                format!("`{what}` cannot be combined with other changes of the table"),
            )
            .help("write an `ALTER TABLE` of its own for it")
        })
    }

    /// `SET` of what is no setting.
    fn setting_fault(&self, node: &Node, target: &Target) -> Option<Finding> {
        if node.kind() != Kind::SET_CONFIG || target.product == Product::Cockroach {
            return None;
        }
        let reference = child(node, Kind::CONFIG_PARAMETER_REF)?;
        let parts = self.parts(&reference).into_iter().map(|part| part.text);
        let name = parts.collect::<Vec<_>>().join(".").to_ascii_lowercase();
        if is_setting(&name) {
            return None;
        }
        if let Some(instead) = dialect::setting(&name) {
            let message = format!("`{name}` is a setting of MySQL's");
            let finding = Finding::new(Code::WrongDialect, message, self.range(&reference));
            return Some(finding.help(instead));
        }
        let message = format!("PostgreSQL has no setting `{name}`");
        let finding = Finding::new(Code::NoSuchObject, message, self.range(&reference));
        Some(match nearest_setting(&name) {
            Some(near) => finding.help(format!("did you mean `{near}`?")),
            None => finding.help("a setting of your own has a dot in its name: `app.name`"),
        })
    }

    /// Clauses of a column that contradict each other.
    fn column_fault(&self, node: &Node) -> Option<Finding> {
        if !matches!(node.kind(), Kind::COLUMN | Kind::ADD_COLUMN) {
            return None;
        }
        let name = child(node, Kind::COLUMN_NAME)?.text().to_string();
        let not_null = child(node, Kind::NOT_NULL_CONSTRAINT);
        if let (Some(_), Some(null)) = (not_null, child(node, Kind::NULL_CONSTRAINT)) {
            let message = format!("`{name}` is both `NULL` and `NOT NULL`");
            return Some(self.refuse(&null, message).help("leave one of them out"));
        }
        for (kind, what) in [
            (Kind::DEFAULT_CONSTRAINT, "default"),
            (Kind::GENERATED_CONSTRAINT, "`GENERATED` clause"),
            (Kind::PRIMARY_KEY_CONSTRAINT, "`PRIMARY KEY`"),
        ] {
            if let Some(second) = children(node, kind).nth(1) {
                let message = format!("`{name}` has a second {what}");
                return Some(self.refuse(&second, message).help("leave one of them out"));
            }
        }
        let defaults = child(node, Kind::DEFAULT_CONSTRAINT);
        let generated = child(node, Kind::GENERATED_CONSTRAINT);
        if let (Some(default), Some(_)) = (defaults, generated) {
            let message = format!("`{name}` is generated, so it cannot have a default");
            return Some(self.refuse(&default, message).help("leave the default out"));
        }
        None
    }
}

/// Types of which MySQL writes the width.
const WITHOUT_WIDTH: [&str; 6] = ["bigint", "boolean", "int", "integer", "real", "smallint"];

/// Other types that have nothing in brackets.
const WITHOUT_MODIFIER: [&str; 16] = [
    "bool", "bytea", "cidr", "date", "float4", "float8", "inet", "int2", "int4", "int8", "json",
    "jsonb", "macaddr", "text", "uuid", "xml",
];

/// Whether a path is the name of a function, without a schema.
fn is_alone_in_routine(path: &Node) -> bool {
    let is_alone = !path
        .children()
        .any(|inner| matches!(inner.kind(), Kind::PATH | Kind::PATH_REF));
    is_alone
        && path.parent().is_some_and(|owner| {
            matches!(
                owner.kind(),
                Kind::FUNCTION_NAME | Kind::PROCEDURE_NAME | Kind::FUNCTION_SIG
            ) || (owner.kind() == Kind::FUNCTION_NAME_REF
                && owner
                    .parent()
                    .is_some_and(|signature| signature.kind() == Kind::FUNCTION_SIG))
        })
}

fn is_reference(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::TABLE_NAME_REF
            | Kind::VIEW_REF
            | Kind::INDEX_REF
            | Kind::SEQUENCE_REF
            | Kind::TYPE_NAME_REF
            | Kind::DOMAIN_REF
            | Kind::SCHEMA_REF
    )
}

/// Keywords that are calls without brackets.
fn is_value_function(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::CURRENT_CATALOG_KW
            | Kind::CURRENT_DATE_KW
            | Kind::CURRENT_ROLE_KW
            | Kind::CURRENT_SCHEMA_KW
            | Kind::CURRENT_TIME_KW
            | Kind::CURRENT_TIMESTAMP_KW
            | Kind::CURRENT_USER_KW
            | Kind::LOCALTIME_KW
            | Kind::LOCALTIMESTAMP_KW
            | Kind::SESSION_USER_KW
            | Kind::SYSTEM_USER_KW
            | Kind::USER_KW
    )
}
