//! Expressions: the columns, queries, types and collations in them.

use super::{
    Context, Resolver,
    scope::{Found, Frame, Source},
};
use crate::{
    Code, Dialect, Finding,
    catalog::{Class, Lookup, Relation, RelationKind, Use, builtin},
    nearest,
    tree::{Expression, ExpressionKind, Name, Path, Query, TypeName},
};

/// Where an expression stands, as far as it matters to what may stand in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// What people call it.
    pub(super) name: &'static str,
    pub(super) aggregates: bool,
    pub(super) subqueries: bool,
    /// Functions that give something else each time.
    pub(super) volatile: bool,
}

impl Place {
    const fn new(name: &'static str, aggregates: bool) -> Self {
        Self {
            name,
            aggregates,
            subqueries: true,
            volatile: true,
        }
    }

    const fn constant(name: &'static str) -> Self {
        Self {
            subqueries: false,
            ..Self::new(name, false)
        }
    }

    pub(super) const OUTPUT: Self = Self::new("the list of outputs", true);
    pub(super) const ORDER_BY: Self = Self::new("ORDER BY", true);
    pub(super) const HAVING: Self = Self::new("HAVING", true);
    pub(super) const WINDOW: Self = Self::new("WINDOW", true);
    pub(super) const WHERE: Self = Self::new("WHERE", false);
    pub(super) const CONFLICT: Self = Self::new("ON CONFLICT", false);
    pub(super) const ON: Self = Self::new("ON", false);
    pub(super) const GROUP_BY: Self = Self::new("GROUP BY", false);
    pub(super) const SET: Self = Self::new("SET", false);
    pub(super) const VALUES: Self = Self::new("VALUES", false);
    pub(super) const RETURNING: Self = Self::new("RETURNING", false);
    pub(super) const LIMIT: Self = Self::new("LIMIT", false);
    pub(super) const FROM: Self = Self::new("FROM", false);
    pub(super) const WHEN: Self = Self::new("WHEN", false);

    const fn of(context: Context) -> Self {
        let volatile = !matches!(
            context,
            Context::Generated | Context::Index | Context::Predicate
        );
        let place = match context {
            Context::Check => Self::constant("CHECK"),
            Context::Default => Self::constant("DEFAULT"),
            Context::Generated => Self::constant("a generated column"),
            Context::Index => Self::constant("an index"),
            Context::Predicate => Self::constant("the WHERE of an index"),
            Context::Partition => Self::constant("PARTITION BY"),
            Context::Using => Self::constant("USING"),
        };
        Self { volatile, ..place }
    }
}

/// An expression that is still to be looked at.
struct Task<'a> {
    expression: &'a Expression,
    /// More than one column may stand here.
    wide: bool,
}

impl<'a> Resolver<'a> {
    /// Looks at an expression that gives one value.
    pub(super) fn expression(
        &mut self,
        expression: &'a Expression,
        place: Place,
        frame: &Frame<'_, 'a>,
    ) {
        self.walk(expression, false, place, frame);
        if self.judges_types() {
            self.is_true_or_false(expression, place, frame);
        }
    }

    /// Looks at an expression that may be a row of several columns.
    pub(super) fn row(&mut self, expression: &'a Expression, place: Place, frame: &Frame<'_, 'a>) {
        self.walk(expression, true, place, frame);
    }

    /// A list instead of recursion: `a AND b AND …` nests as deep as it is long.
    fn walk(
        &mut self,
        expression: &'a Expression,
        wide: bool,
        place: Place,
        frame: &Frame<'_, 'a>,
    ) {
        let mut tasks = vec![Task { expression, wide }];
        while let Some(task) = tasks.pop() {
            self.work += 1;
            let expression = task.expression;
            if self.judges_types() {
                self.types(expression, frame);
            }
            match &expression.kind {
                ExpressionKind::Column { table, name } => {
                    self.column(table.as_ref(), name, place, frame);
                }
                ExpressionKind::Literal(_)
                | ExpressionKind::Parameter
                | ExpressionKind::Default
                | ExpressionKind::Opaque => {}
                ExpressionKind::Subquery(query) => {
                    let count = self.subquery(query, place, frame);
                    if let (Some(count), false) = (count, task.wide)
                        && count != 1
                    {
                        self.say(subquery_width(query, count, 1));
                    }
                }
                ExpressionKind::Exists(query) => {
                    self.subquery(query, place, frame);
                }
                ExpressionKind::InQuery { expression, query } => {
                    let count = self.subquery(query, place, frame);
                    if let (Some(count), Some(width)) = (count, self.width(expression, frame))
                        && count != width
                    {
                        self.say(subquery_width(query, count, width));
                    }
                }
                ExpressionKind::Call { .. } => self.call(expression, place, frame),
                ExpressionKind::Cast { ty, .. } => self.type_name(ty),
                ExpressionKind::Collate { collation, .. } => self.collation(collation),
                ExpressionKind::Row(parts) => {
                    if self.dialect == Dialect::Sqlite && !task.wide && parts.len() > 1 {
                        self.say(
                            Finding::new(
                                Code::ColumnCount,
                                format!("{} values where one is meant", parts.len()),
                                expression.range.clone(),
                            )
                            .help("compare a row with a row, or write one value"),
                        );
                    }
                }
                ExpressionKind::Operation { operator, operands } => {
                    self.rows_side_by_side(operator, operands);
                }
            }
            push_children(expression, &mut tasks);
        }
    }

    /// `(a, b) = (1, 2, 3)`.
    fn rows_side_by_side(&mut self, operator: &str, operands: &'a [Expression]) {
        let is_list = operator.ends_with("IN");
        let compares = matches!(operator, "=" | "<>" | "!=" | "<" | "<=" | ">" | ">=");
        let [first, others @ ..] = operands else {
            return;
        };
        if !(is_list || compares && others.len() == 1) {
            return;
        }
        let ExpressionKind::Row(wanted) = &first.kind else {
            return;
        };
        for other in others {
            if let ExpressionKind::Row(parts) = &other.kind
                && parts.len() != wanted.len()
                && !parts.iter().chain(wanted).any(may_be_wide)
            {
                self.say(Finding::new(
                    Code::ColumnCount,
                    format!("{} values beside {}", parts.len(), wanted.len()),
                    other.range.clone(),
                ));
                return;
            }
        }
    }

    fn subquery(&mut self, query: &'a Query, place: Place, frame: &Frame<'_, 'a>) -> Option<usize> {
        if !place.subqueries {
            self.say(
                Finding::new(
                    Code::InvalidDefinition,
                    format!("a query cannot stand in {}", place.name),
                    query.range.clone(),
                )
                .help("only the row itself can be looked at there"),
            );
            return None;
        }
        self.query(query, frame).count()
    }

    /// How many columns an expression is.
    pub(super) fn width(&self, expression: &Expression, frame: &Frame<'_, 'a>) -> Option<usize> {
        match &expression.kind {
            ExpressionKind::Row(parts) => Some(parts.len()),
            ExpressionKind::Subquery(_) | ExpressionKind::Opaque => None,
            // `t.*` and whole rows.
            ExpressionKind::Column { table: None, name } if self.dialect == Dialect::Postgres => {
                match frame.bare(self.dialect, &name.text) {
                    Found::Column(..) => Some(1),
                    _ => None,
                }
            }
            _ => Some(1),
        }
    }

    /// A name of a column.
    fn column(
        &mut self,
        table: Option<&'a Path>,
        name: &'a Name,
        place: Place,
        frame: &Frame<'_, 'a>,
    ) {
        let found = match table {
            None => frame.bare(self.dialect, &name.text),
            Some(table) => frame.qualified(self.dialect, table, &name.text),
        };
        match found {
            Found::Column(Some(relation), column) => {
                if let super::ColumnName::Known(name) = column.name {
                    self.use_relation(relation, Some(name));
                }
            }
            Found::Value if table.is_none() && !place.aggregates => {
                self.gathering_alias(name, place, frame);
            }
            Found::Unknown => self.perhaps_slip(table, name, frame),
            Found::Column(None, _) | Found::Value => {}
            Found::Ambiguous(sources) => self.ambiguous(name, &sources),
            Found::NoSource => {
                if let Some(table) = table {
                    self.no_source(table, name, frame);
                }
            }
            Found::Missing => match table {
                Some(table) => self.missing_of(table, name, frame),
                None => self.missing(name, place, frame),
            },
        }
    }

    /// A name that nobody knows, of a table that most likely has another.
    fn perhaps_slip(&mut self, table: Option<&'a Path>, name: &'a Name, frame: &Frame<'_, 'a>) {
        let sources = match table {
            Some(table) => {
                let (sources, unsure) = frame.sources_of(self.dialect, table);
                if unsure {
                    return;
                }
                sources
            }
            None if frame.chain().any(|frame| frame.open) => return,
            None => frame
                .chain()
                .flat_map(|frame| &frame.sources)
                .filter(|source| !source.qualified_only)
                .cloned()
                .collect(),
        };
        if let [source] = sources.as_slice() {
            self.slip(source, name);
        }
    }

    /// The same, of one source.
    pub(super) fn slip(&mut self, source: &Source<'a>, name: &'a Name) {
        let relation = source.doubted.or(source.relation);
        if let Some(relation) = relation
            && !(name.quoted && self.dialect == Dialect::Sqlite)
        {
            self.ask(|catalog| catalog.slip(relation, name));
        }
    }

    /// SQLite: the alias of an aggregate where none can stand.
    fn gathering_alias(&mut self, name: &'a Name, place: Place, frame: &Frame<'_, 'a>) {
        if self.dialect != Dialect::Sqlite {
            return;
        }
        let Some(expression) = frame.aliased(self.dialect, &name.text) else {
            return;
        };
        if self.gathers(expression) {
            self.say(
                Finding::new(
                    Code::InvalidDefinition,
                    format!(
                        "`{name}` gathers rows, which cannot be done in {}",
                        place.name
                    ),
                    name.range.clone(),
                )
                .help("write it in HAVING, or in a query around this one"),
            );
        }
    }

    fn missing_of(&mut self, table: &'a Path, name: &'a Name, frame: &Frame<'_, 'a>) {
        // `t.f` is `f(t)` there.
        let function = Path::bare(name.clone());
        if self.dialect == Dialect::Postgres
            && !matches!(self.catalog.functions(&function), Lookup::Absent)
        {
            return;
        }
        let (sources, _) = frame.sources_of(self.dialect, table);
        if let Some(source) = sources.first() {
            self.no_such_column(source, name);
        }
    }

    fn missing(&mut self, name: &'a Name, place: Place, frame: &Frame<'_, 'a>) {
        match self.dialect {
            Dialect::Sqlite if name.quoted && self.may_be_text(name) => return,
            Dialect::Sqlite if !name.quoted && is_boolean(&name.text) => return,
            // Letters with and without accents are the same there.
            Dialect::Mysql if !name.text.is_ascii() => return,
            _ => {}
        }
        let nearest_with_sources = frame.chain().find(|frame| {
            frame
                .sources
                .iter()
                .any(|source| source.columns.names().next().is_some())
        });
        let sources: &[Source<'a>] = nearest_with_sources.map_or(&[], |frame| &frame.sources);
        let mut usual = sources.iter().filter(|source| !source.qualified_only);
        match (usual.next(), usual.next()) {
            (Some(only), None) if only.relation.is_some() => {
                let only = only.clone();
                self.no_such_column(&only, name);
            }
            _ => self.no_column_anywhere(name, place, frame),
        }
    }

    /// Whether SQLite takes a name that means nothing for a string.
    fn may_be_text(&self, name: &Name) -> bool {
        let Some(sql) = self.sql else {
            return true;
        };
        // Behind the name's start, or right at it, where the quotes stand outside of the range.
        let around = [name.range.start.wrapping_sub(1), name.range.start];
        let bytes = sql.as_bytes();
        !around
            .iter()
            .any(|at| matches!(bytes.get(*at), Some(b'`' | b'[')))
    }

    /// A type that is named in an expression.
    pub(super) fn type_name(&mut self, ty: &'a TypeName) {
        if self.dialect != Dialect::Postgres || ty.special {
            return;
        }
        match self.catalog.type_(&ty.path) {
            Lookup::Known(found) => {
                let key = (found.schema.clone(), found.name.clone());
                self.uses.insert(Use::of(Class::Type, key));
                return;
            }
            Lookup::Unknown => return,
            Lookup::Absent => {}
        }
        let system = ty
            .path
            .schema
            .as_ref()
            .is_some_and(|schema| schema.text.starts_with("pg_"));
        if !system && self.silent == 0 {
            for finding in self.catalog.no_type(ty) {
                self.say(finding);
            }
        }
    }

    fn collation(&mut self, collation: &'a Path) {
        if builtin::is_collation(self.dialect, &collation.name.text) != Some(false)
            || self.dialect == Dialect::Postgres
        {
            return;
        }
        let near = nearest(&collation.name.text, builtin::collation_names(self.dialect));
        let range = collation.range();
        let message = format!("no such collation: {collation}");
        match (near, self.dialect) {
            (Some(near), _) => self.say(
                Finding::new(Code::NoSuchObject, message, range)
                    .help(format!("did you mean `{near}`?")),
            ),
            (None, Dialect::Mysql) => {
                self.say(Finding::new(Code::NoSuchObject, message, range));
            }
            // An application may register it.
            (None, _) => {}
        }
    }

    /// An expression of a table's or an index's definition.
    pub(super) fn definition(
        &mut self,
        relation: Option<&'a Relation>,
        expression: &'a Expression,
        context: Context,
    ) {
        let mut frame = Frame::default();
        let names_columns = match context {
            Context::Default => self.dialect == Dialect::Mysql,
            _ => true,
        };
        if let (true, Some(relation)) = (names_columns, relation) {
            let mut source = self.table(relation, &relation.name);
            source.schema = Some(&relation.schema);
            frame.sources.push(source);
        }
        frame.open = names_columns && relation.is_none() && context != Context::Check;
        if relation.is_none() && context == Context::Check {
            frame.parameters.push("value");
        }
        let place = Place::of(context);
        match context {
            Context::Default if self.dialect == Dialect::Sqlite => {
                self.constant(expression, relation);
            }
            Context::Generated if self.dialect == Dialect::Sqlite => {
                self.without_rowid(relation, &mut frame);
                self.expression(expression, place, &frame);
            }
            Context::Index if self.dialect == Dialect::Sqlite => {
                self.without_rowid(relation, &mut frame);
                self.without_tables(expression);
                self.expression(expression, place, &frame);
            }
            _ => self.expression(expression, place, &frame),
        }
    }

    /// Generated columns and indexes cannot name the rowid.
    fn without_rowid(&self, relation: Option<&'a Relation>, frame: &mut Frame<'_, 'a>) {
        if relation.is_some_and(|relation| relation.kind == RelationKind::Table) {
            for source in &mut frame.sources {
                source.rowid = false;
            }
        }
    }

    /// A part of an index names its columns without the table (SQLite).
    fn without_tables(&mut self, expression: &'a Expression) {
        let mut tasks = vec![expression];
        while let Some(expression) = tasks.pop() {
            if let ExpressionKind::Column {
                table: Some(table),
                name,
            } = &expression.kind
            {
                self.say(
                    Finding::new(
                        Code::InvalidDefinition,
                        "an index names its columns without their table",
                        table.range().start..name.range.end,
                    )
                    .help(format!("write `{name}`")),
                );
                return;
            }
            expression.children(|child| tasks.push(child));
        }
    }

    /// SQLite's default: it must be constant; its functions are looked for only where it is used.
    fn constant(&mut self, expression: &'a Expression, relation: Option<&'a Relation>) {
        // `DEFAULT word` is the word.
        if matches!(expression.kind, ExpressionKind::Column { .. }) {
            return;
        }
        let mut tasks = vec![expression];
        while let Some(expression) = tasks.pop() {
            self.work += 1;
            let what = match &expression.kind {
                ExpressionKind::Column { table: None, name } if is_boolean(&name.text) => None,
                ExpressionKind::Column { .. } => Some("a column"),
                ExpressionKind::Subquery(_)
                | ExpressionKind::Exists(_)
                | ExpressionKind::InQuery { .. } => Some("a query"),
                _ => None,
            };
            if let Some(what) = what {
                let on =
                    relation.map_or(String::new(), |relation| format!(" of `{}`", relation.name));
                self.say(
                    Finding::new(
                        Code::InvalidDefinition,
                        format!("the default of a column{on} is not constant: it names {what}"),
                        expression.range.clone(),
                    )
                    .help("write a constant, or fill the column with UPDATE or a trigger"),
                );
                return;
            }
            expression.children(|child| tasks.push(child));
        }
    }
}

/// Puts what is inside an expression on the list.
fn push_children<'a>(expression: &'a Expression, tasks: &mut Vec<Task<'a>>) {
    let is_row = |expression: &Expression| {
        matches!(
            expression.kind,
            ExpressionKind::Row(_) | ExpressionKind::Subquery(_) | ExpressionKind::Opaque
        )
    };
    let wide = match &expression.kind {
        // A row beside a row.
        ExpressionKind::Operation { operands, .. } => {
            operands.iter().filter(|part| is_row(part)).count() > 1
                || operands
                    .iter()
                    .any(|part| matches!(part.kind, ExpressionKind::Row(_)))
        }
        ExpressionKind::InQuery { .. } | ExpressionKind::Row(_) => true,
        ExpressionKind::Call { special, .. } => *special,
        _ => false,
    };
    expression.children(|child| {
        tasks.push(Task {
            expression: child,
            wide,
        });
    });
}

/// `t.*` in a row.
fn may_be_wide(expression: &Expression) -> bool {
    matches!(expression.kind, ExpressionKind::Opaque)
}

fn is_boolean(name: &str) -> bool {
    name.eq_ignore_ascii_case("true") || name.eq_ignore_ascii_case("false")
}

fn subquery_width(query: &Query, count: usize, wanted: usize) -> Finding {
    let columns = if count == 1 { "column" } else { "columns" };
    Finding::new(
        Code::ColumnCount,
        format!("the query gives {count} {columns}, where {wanted} can stand"),
        query.range.clone(),
    )
}
