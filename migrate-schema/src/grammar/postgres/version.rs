//! What only newer versions of PostgreSQL have.

use super::cst::{Kind, Node, Reader, child, has, has_child, tokens};
use crate::{
    Code, Finding,
    settings::{Product, Target},
};

impl Reader {
    /// The first thing below a node that the target does not have yet.
    pub(super) fn too_new(&self, root: &Node, target: &Target) -> Option<Finding> {
        if target.product != Product::Postgres || target.version.is_none() {
            return None;
        }
        root.descendants().find_map(|node| {
            let (since, what) = since(&node)?;
            target.older_than(since, 0).then(|| {
                let message =
                    format!("{what} needs PostgreSQL {since}, and the target is `{target}`");
                Finding::new(Code::UnsupportedByTarget, message, self.range(&node)).help(format!(
                    "write it in another way, or raise the target to `postgres>={since}`"
                ))
            })
        })
    }
}

/// The version that brought this, where it is not very old.
fn since(node: &Node) -> Option<(u32, &'static str)> {
    Some(match node.kind() {
        Kind::MERGE => (15, "`MERGE`"),
        Kind::NULLS_NOT_DISTINCT => (15, "`NULLS NOT DISTINCT`"),
        Kind::MERGE_WHEN_NOT_MATCHED_SOURCE => (17, "`WHEN NOT MATCHED BY SOURCE`"),
        Kind::JSON_TABLE => (17, "`JSON_TABLE`"),
        Kind::JSON_EXISTS_FN => (17, "`JSON_EXISTS`"),
        Kind::JSON_VALUE_FN => (17, "`JSON_VALUE`"),
        Kind::JSON_QUERY_FN => (17, "`JSON_QUERY`"),
        Kind::SET_EXPRESSION => (17, "`SET EXPRESSION`"),
        Kind::GENERATED_STORED if !has_child(node, Kind::STORED) => {
            (18, "a generated column that is not `STORED`")
        }
        Kind::WITHOUT_OVERLAPS => (18, "`WITHOUT OVERLAPS`"),
        Kind::PERIOD_COLUMN => (18, "`PERIOD` in a foreign key"),
        Kind::NOT_ENFORCED => (18, "`NOT ENFORCED`"),
        Kind::RETURNING_OPTION_LIST => (18, "`RETURNING WITH (OLD …, NEW …)`"),
        Kind::NOT_NULL_CONSTRAINT if has_child(node, Kind::COLUMN_NAME_REF) => {
            (18, "`NOT NULL` as a constraint of the table")
        }
        Kind::CREATE_TRIGGER if has_child(node, Kind::OR_REPLACE) => {
            (14, "`CREATE OR REPLACE TRIGGER`")
        }
        Kind::ATOMIC_BODY => (14, "a body with `BEGIN ATOMIC`"),
        Kind::DETACH_CONCURRENTLY => (14, "`DETACH PARTITION … CONCURRENTLY`"),
        Kind::SET_COMPRESSION | Kind::COMPRESSION_METHOD => (14, "`COMPRESSION`"),
        Kind::REINDEX if is_concurrent(node) => (12, "`REINDEX CONCURRENTLY`"),
        Kind::DROP_EXPRESSION => (13, "`DROP EXPRESSION`"),
        Kind::FETCH_CLAUSE if has_child(node, Kind::WITH_TIES) => (13, "`FETCH … WITH TIES`"),
        Kind::CALL_EXPR => return function_since(node),
        _ => return None,
    })
}

fn is_concurrent(node: &Node) -> bool {
    node.children()
        .any(|target| has(&target, Kind::CONCURRENTLY_KW))
}

/// Whether a function, by its name in lower case, is one that a newer version has brought.
pub(super) fn is_new_function(name: &str) -> bool {
    FUNCTIONS.iter().any(|(new, ..)| *new == name)
}

/// Functions that newer versions have brought.
fn function_since(node: &Node) -> Option<(u32, &'static str)> {
    let name = child(node, Kind::NAME_REF).and_then(|name| tokens(&name).next())?;
    let named = |(new, ..): &&(&str, u32, &str)| name.text().eq_ignore_ascii_case(new);
    let (_, since, shown) = FUNCTIONS.iter().find(named)?;
    Some((*since, shown))
}

/// The name, the version, and what is said of it.
const FUNCTIONS: [(&str, u32, &str); 10] = [
    ("uuidv7", 18, "`uuidv7`"),
    ("uuidv4", 18, "`uuidv4`"),
    ("any_value", 16, "`any_value`"),
    ("array_shuffle", 16, "`array_shuffle`"),
    ("array_sample", 16, "`array_sample`"),
    ("regexp_like", 15, "`regexp_like`"),
    ("regexp_count", 15, "`regexp_count`"),
    ("date_bin", 14, "`date_bin`"),
    ("string_to_table", 14, "`string_to_table`"),
    ("uuid_extract_timestamp", 17, "`uuid_extract_timestamp`"),
];
