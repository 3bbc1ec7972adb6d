//! Names inside expressions and queries: what they need, and whether they mean anything.

use std::sync::Arc;

use super::Findings;
use super::constraint::columns_in;
use crate::{
    Code, Dialect, Finding,
    catalog::{
        Catalog, Class, Column, ColumnTexts, Key, Lookup, Origin, Relation, Use, builtin,
        query::{self, Context},
    },
    tree::{Action, Expression, ExpressionKind, Literal, Name, Path, Query, TypeName},
};

/// Types that only a new column can have: PostgreSQL makes a sequence for it.
pub(super) const SERIAL: [&str; 6] = [
    "serial",
    "serial4",
    "bigserial",
    "serial8",
    "smallserial",
    "serial2",
];

impl Catalog {
    /// Checks the names of an expression of a definition.
    pub(super) fn check_expression(
        &self,
        relation: Option<&Relation>,
        expression: &Expression,
        context: Context,
        findings: &mut Findings,
    ) {
        let found = query::expression(self, relation, expression, context, findings.sql);
        findings.extend(found);
    }

    /// Checks the names of a query.
    pub(super) fn check_query(&self, query: &Query, findings: &mut Findings) {
        let action = Action::Query(Box::new(query.clone()));
        findings.extend(query::check(self, &action, findings.sql));
    }

    /// The columns that a query gives, if all of them are known.
    pub(super) fn outputs_of(&self, query: &Query) -> Option<Vec<Column>> {
        let outputs = query::outputs(self, query)?;
        let columns = outputs
            .into_iter()
            .map(|output| Some(self.plain_column(output.name?.to_owned(), output.ty.cloned())));
        columns.collect()
    }

    /// A column of which nothing but the name and perhaps the type is known.
    pub(super) fn plain_column(&self, name: String, ty: Option<TypeName>) -> Column {
        Column {
            name,
            ty,
            not_null: false,
            default: None,
            generated: None,
            identity: None,
            auto_increment: false,
            invisible: false,
            collation: None,
            comment: None,
            on_update: None,
            uses: Vec::new(),
            sequence: None,
            texts: ColumnTexts::default(),
            origin: self.origin(),
        }
    }

    /// The columns of the relation that an expression names, folded.
    pub(super) fn columns_in(&self, relation: &Relation, expression: &Expression) -> Vec<String> {
        let mut columns = Vec::new();
        columns_in(self.dialect(), relation, expression, &mut columns);
        columns
    }

    /// Whether an expression names the column.
    pub(super) fn mentions(&self, expression: &Expression, column: &str) -> bool {
        if let ExpressionKind::Column { name, .. } = &expression.kind
            && self.same(&name.text, column)
        {
            return true;
        }
        let mut found = false;
        expression.children(|child| found = found || self.mentions(child, column));
        found
    }

    /// The functions, types and sequences of migrations that an expression needs.
    pub(super) fn uses_of(&self, expression: &Expression) -> Vec<Use> {
        let mut uses = Vec::new();
        if self.dialect() == Dialect::Postgres {
            self.collect_uses(expression, &mut uses);
        }
        uses
    }

    fn collect_uses(&self, expression: &Expression, uses: &mut Vec<Use>) {
        match &expression.kind {
            ExpressionKind::Call {
                name, arguments, ..
            } => {
                if name.name.text == "nextval"
                    && let Some(key) = arguments.first().and_then(|one| self.sequence_in(one))
                {
                    uses.push(Use::of(Class::Relation, key));
                }
                if let Some(key) = self.function_key(name) {
                    uses.push(Use::of(Class::Function, key));
                }
            }
            ExpressionKind::Cast { ty, .. } => uses.extend(self.type_uses(ty)),
            _ => {}
        }
        expression.children(|child| self.collect_uses(child, uses));
    }

    /// The sequence that `nextval('…')` names.
    fn sequence_in(&self, argument: &Expression) -> Option<Key> {
        match &argument.kind {
            ExpressionKind::Literal(Literal::Text(text)) => self.relation_key(&path_in(text)?),
            ExpressionKind::Cast { expression, .. } => self.sequence_in(expression),
            _ => None,
        }
    }

    /// The key of the functions that a name means, if migrations made them.
    pub(super) fn function_key(&self, path: &Path) -> Option<Key> {
        let mut candidates = self.candidates(Class::Function, path).into_iter();
        candidates.find(|key| self.store.functions().contains_key(key))
    }

    pub(super) fn type_key(&self, path: &Path) -> Option<Key> {
        let mut candidates = self.candidates(Class::Type, path).into_iter();
        candidates.find(|key| self.store.types().contains_key(key))
    }

    /// The type or table of migrations that a type needs.
    pub(super) fn type_uses(&self, ty: &TypeName) -> Vec<Use> {
        if self.dialect() != Dialect::Postgres || ty.special {
            return Vec::new();
        }
        let own = self.type_key(&ty.path).map(|key| Use::of(Class::Type, key));
        let own = own.or_else(|| {
            if builtin::is_type(self.dialect(), &ty.path.name.text) == Some(true) {
                return None;
            }
            let key = self.relation_key(&ty.path)?;
            Some(Use::of(Class::Relation, key))
        });
        own.into_iter().collect()
    }

    /// What is wrong with a type that is named outside of a definition.
    pub(in crate::catalog) fn no_type(&self, ty: &TypeName) -> Vec<Finding> {
        let mut findings = Findings::new("", self.target().product);
        self.check_type(ty, false, &mut findings);
        findings.list
    }

    /// Checks that a type is there.
    pub(super) fn check_type(&self, ty: &TypeName, new_column: bool, findings: &mut Findings) {
        if self.dialect() != Dialect::Postgres || ty.special {
            return;
        }
        let name = &ty.path.name;
        if ty.path.schema.is_none() && !name.quoted && SERIAL.contains(&name.text.as_str()) {
            if !new_column {
                let message = format!("`{name}` is no type: only a new column can be `{name}`");
                let plain = match name.text.as_str() {
                    "bigserial" | "serial8" => "bigint",
                    "smallserial" | "serial2" => "smallint",
                    _ => "integer",
                };
                findings.push(
                    Finding::new(Code::UnknownType, message, ty.path.range()).help(format!(
                        "write `{plain}`, and make a sequence for its default: `nextval('…')`"
                    )),
                );
            }
            return;
        }
        let bare = Path {
            schema: ty.path.schema.clone(),
            name: Name {
                text: name.text.strip_prefix('_').unwrap_or(&name.text).to_owned(),
                ..name.clone()
            },
        };
        if let Some(finding) = self.misspelt_type(&ty.path) {
            findings.push(finding);
            return;
        }
        for path in [&ty.path, &bare] {
            if builtin::is_type(self.dialect(), &path.name.text) != Some(false)
                || !matches!(self.type_(path), Lookup::Absent)
                || !matches!(self.relation(path), Lookup::Absent)
            {
                return;
            }
        }
        findings.extend(self.foreign_type(ty));
    }

    /// After a statement that may have done anything, a name that nothing has written down is still no type if it is one
    /// letter away from a built-in one.
    fn misspelt_type(&self, path: &Path) -> Option<Finding> {
        let name = path.name.text.as_str();
        let is_known = path.schema.is_some()
            || path.name.quoted
            || name.len() < 3
            || builtin::is_type(self.dialect(), name) != Some(false)
            || self.is_type_doubted(path)
            || self.has_unknown_extension()
            || !matches!(self.type_(path), Lookup::Unknown);
        if is_known {
            return None;
        }
        let near = builtin::type_names(self.dialect()).find(|known| {
            !known.starts_with('_')
                && known.len().abs_diff(name.len()) <= 1
                && strsim::osa_distance(known, name) == 1
        })?;
        let message = format!("no such type: {name}");
        Some(
            Finding::new(Code::UnknownType, message, path.range())
                .help(format!("did you mean `{near}`?")),
        )
    }

    /// Columns that the engine gives to every table.
    pub(super) fn is_system_column(&self, name: &Name) -> bool {
        match self.dialect() {
            Dialect::Sqlite => ["rowid", "oid", "_rowid_"]
                .iter()
                .any(|own| own.eq_ignore_ascii_case(&name.text)),
            Dialect::Postgres => {
                ["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"].contains(&name.text.as_str())
            }
            Dialect::Mysql => false,
        }
    }

    /// A name is taken.
    pub(super) fn already(&self, by: (&str, Origin), name: &Name, instead: &str) -> Finding {
        let message = format!(
            "there is already {} named `{name}`, made{}",
            by.0,
            self.by(by.1)
        );
        let help = if instead.is_empty() {
            "write another name"
        } else {
            instead
        };
        Finding::new(Code::AlreadyExists, message, name.range.clone()).help(help)
    }

    /// What has this name among those that share the names of relations.
    pub(super) fn name_in_schema(&self, key: &Key) -> Option<(&'static str, Origin)> {
        self.name_beside(key, None)
    }

    /// The same, but for what the relation itself has: it may be about to lose that.
    pub(super) fn name_beside(
        &self,
        key: &Key,
        own: Option<&Key>,
    ) -> Option<(&'static str, Origin)> {
        if let Some(relation) = self.relation_by_key(key) {
            return Some((article(relation), relation.origin));
        }
        if self.dialect() == Dialect::Mysql {
            return None;
        }
        let node = crate::catalog::Node::new(Class::Index, key.clone());
        let owner = self.store.owners().get(&node)?;
        let relation = self.relation_by_key(owner)?;
        // Of a table that may have changed, nobody knows which indexes it still has.
        if relation.open || own == Some(owner) || !self.is_certain(&key.1, relation.known_since) {
            return None;
        }
        let index = self.index_of(relation, &key.1);
        match index {
            Some(index) => Some(("an index", index.origin)),
            None => {
                let constraint = self.constraint(relation, &key.1)?;
                Some(("the index of a constraint", constraint.origin))
            }
        }
    }

    /// The relation that a statement changes. None where it is not there, which is told, or where nobody knows.
    pub(super) fn existing(
        &self,
        path: &Path,
        noun: &str,
        findings: &mut Findings,
    ) -> Option<Arc<Relation>> {
        match self.relation(path) {
            Lookup::Known(relation) => self.relation_by_key(&self.key_of(relation)).cloned(),
            Lookup::Unknown => None,
            Lookup::Absent => {
                findings.extend(self.no_such_relation(path, noun));
                None
            }
        }
    }

    /// Checks that the schema of a new object is there.
    pub(super) fn check_schema(&self, path: &Path, findings: &mut Findings) {
        let Some(schema) = &path.schema else {
            return;
        };
        self.check_schema_name(schema, findings);
    }

    pub(super) fn check_schema_name(&self, schema: &Name, findings: &mut Findings) {
        if self.dialect() != Dialect::Postgres || schema.text == "public" {
            return;
        }
        if matches!(self.schema(schema), Lookup::Absent) {
            findings.extend(self.no_such_schema(schema));
        }
    }
}

/// What a relation is, with its article.
pub(super) fn article(relation: &Relation) -> &'static str {
    use crate::catalog::RelationKind as Kind;
    match relation.kind {
        Kind::Table => "a table",
        Kind::ForeignTable => "a foreign table",
        Kind::VirtualTable => "a virtual table",
        Kind::View => "a view",
        Kind::MaterializedView => "a materialized view",
        Kind::Sequence => "a sequence",
    }
}

/// The name in a text such as `'public.users_id_seq'`, as PostgreSQL reads it.
pub(in crate::catalog) fn path_in(text: &str) -> Option<Path> {
    let mut parts = Vec::new();
    let mut rest = text;
    loop {
        let (name, after) = name_in(rest)?;
        parts.push(name);
        match after.strip_prefix('.') {
            Some(after) => rest = after,
            None if after.is_empty() => break,
            None => return None,
        }
    }
    let name = parts.pop()?;
    Some(Path {
        schema: parts.pop(),
        name,
    })
}

fn name_in(text: &str) -> Option<(Name, &str)> {
    let name = |text: String, quoted| Name {
        text,
        quoted,
        range: 0..0,
    };
    if let Some(inside) = text.strip_prefix('"') {
        let end = inside.find('"')?;
        return Some((name(inside[..end].to_owned(), true), &inside[end + 1..]));
    }
    let end = text.find('.').unwrap_or(text.len());
    (end > 0).then(|| (name(text[..end].to_lowercase(), false), &text[end..]))
}
