//! Queries, and the columns that they give.

use super::{
    Resolver, columns_of,
    expression::Place,
    position,
    report::counted,
    scope::{ColumnName, Columns, Frame, OutputColumn, Source, column},
};
use crate::{
    Code, Dialect, Finding,
    tree::{
        Body, Expression, ExpressionKind, Literal, Name, Output, Path, Query, Select, SetOperator,
    },
};

impl<'a> Resolver<'a> {
    /// A query, inside the scopes around it.
    pub(super) fn query(&mut self, query: &'a Query, outer: &Frame<'_, 'a>) -> Columns<'a> {
        self.deeper(|this| this.query_here(query, outer))
            .unwrap_or_else(Columns::unknown)
    }

    fn query_here(&mut self, query: &'a Query, outer: &Frame<'_, 'a>) -> Columns<'a> {
        self.work += 1;
        let unseen = std::mem::take(&mut self.unseen);
        let mut frame = Frame::inside(outer);
        self.with(&query.with, query.recursive, &mut frame);
        let order_by: &'a [Expression] = if unseen { &[] } else { &query.order_by };
        let columns = match &query.body {
            Body::Select(select) => self.select(select, order_by, &frame),
            Body::Values(rows) => self.values(rows, &frame),
            Body::Table(path) => {
                let source = self.whole_table(path, &frame);
                let columns = source.columns.clone();
                let mut inner = Frame::inside(&frame);
                inner.sources.push(source);
                self.order_by(&query.order_by, &columns, &inner);
                columns
            }
            Body::Set { .. } => self.set_operation(query, &frame),
            Body::Opaque => Columns::unknown(),
        };
        if self.dialect != Dialect::Mysql {
            for expression in &query.limit {
                self.nothing(expression, Place::LIMIT, &frame);
            }
        }
        columns
    }

    /// `TABLE t`, `IN t`.
    fn whole_table(&mut self, path: &'a Path, frame: &Frame<'_, 'a>) -> Source<'a> {
        let mut inner = Frame::inside(frame);
        self.whole_source(path, &mut inner);
        inner
            .sources
            .pop()
            .unwrap_or_else(|| Source::new(None, Columns::unknown()))
    }

    /// The parts of a `UNION`, which nests to the left as deep as it is long.
    fn set_operation(&mut self, query: &'a Query, frame: &Frame<'_, 'a>) -> Columns<'a> {
        let mut parts: Vec<(&'a Query, Option<SetOperator>)> = Vec::new();
        let mut at = query;
        while let Body::Set {
            operator,
            left,
            right,
        } = &at.body
        {
            let is_plain = std::ptr::eq(at, query)
                || (at.with.is_empty() && at.order_by.is_empty() && at.limit.is_empty());
            if !is_plain {
                break;
            }
            parts.push((right, Some(*operator)));
            at = left;
        }
        parts.push((at, None));
        let mut first: Option<Columns<'a>> = None;
        let mut all_known = true;
        let mut others: Vec<Columns<'a>> = Vec::new();
        for (part, _) in parts.into_iter().rev() {
            let given = self.query(part, frame);
            all_known &= !given.open;
            let Some(first) = &first else {
                first = Some(given);
                continue;
            };
            if let (Some(wanted), Some(count)) = (first.count(), given.count())
                && wanted != count
            {
                self.say(Finding::new(
                    Code::ColumnCount,
                    format!(
                        "the first query gives {}, and this one {count}",
                        counted(wanted, "column")
                    ),
                    part.range.clone(),
                ));
            }
            others.push(given);
        }
        let columns = first.unwrap_or_default();
        for expression in &query.order_by {
            self.order_of_set(expression, &columns, &others, all_known);
        }
        columns
    }

    /// `ORDER BY` behind a `UNION` can only name what the whole gives.
    fn order_of_set(
        &mut self,
        expression: &'a Expression,
        columns: &Columns<'a>,
        others: &[Columns<'a>],
        all_known: bool,
    ) {
        if self.out_of_range("ORDER BY", expression, columns.count()) {
            return;
        }
        let is_computed = matches!(
            expression.kind,
            ExpressionKind::Call { .. }
                | ExpressionKind::Operation { .. }
                | ExpressionKind::Cast { .. }
                | ExpressionKind::Collate { .. }
                | ExpressionKind::Column { table: Some(_), .. }
        );
        if is_computed && self.dialect == Dialect::Postgres {
            self.say(
                Finding::new(
                    Code::InvalidDefinition,
                    "ORDER BY behind UNION takes names and positions of columns only",
                    expression.range.clone(),
                )
                .help("put the UNION into a query of its own: `SELECT * FROM (…) AS x ORDER BY …`"),
            );
            return;
        }
        if !all_known {
            return;
        }
        let Some(name) = expression.as_column() else {
            return;
        };
        let all = || match self.dialect {
            // It looks into every part there.
            Dialect::Sqlite => others,
            Dialect::Postgres | Dialect::Mysql => &[],
        };
        let certain = std::iter::once(columns)
            .chain(all())
            .flat_map(|columns| columns.list.iter())
            .all(|column| column.name != ColumnName::Unknown);
        let known = std::iter::once(columns)
            .chain(all())
            .any(|columns| column(self.dialect, columns, &name.text).is_some());
        if !certain || known || (name.quoted && self.dialect == Dialect::Sqlite) {
            return;
        }
        let finding = Finding::new(
            Code::NoSuchColumn,
            format!("no such column: {name}; none of the columns of the whole is called so"),
            name.range.clone(),
        );
        self.say(super::report::did_you_mean(finding, name, columns.names()));
    }

    /// A position behind the last column.
    fn out_of_range(
        &mut self,
        clause: &str,
        expression: &Expression,
        count: Option<usize>,
    ) -> bool {
        let (Some(position), Some(count)) = (position(expression), count) else {
            return false;
        };
        if (1..=count).contains(&position) {
            return false;
        }
        if self.reread {
            return true;
        }
        self.say(
            Finding::new(
                Code::ColumnCount,
                format!(
                    "{clause} {position}: the query gives {}",
                    counted(count, "column")
                ),
                expression.range.clone(),
            )
            .help(format!("write a number from 1 to {count}, or a name")),
        );
        true
    }

    /// `VALUES`.
    pub(super) fn values(
        &mut self,
        rows: &'a [Vec<Expression>],
        frame: &Frame<'_, 'a>,
    ) -> Columns<'a> {
        let width = rows.first().map_or(0, Vec::len);
        for row in rows {
            for expression in row {
                self.expression(expression, Place::VALUES, frame);
            }
            if let (true, Some(first), Some(last)) = (row.len() != width, row.first(), row.last()) {
                self.say(Finding::new(
                    Code::ColumnCount,
                    format!(
                        "this row has {}, and the first one {width}",
                        counted(row.len(), "value")
                    ),
                    first.range.start..last.range.end,
                ));
            }
        }
        let list = (0..width).map(|at| OutputColumn {
            name: value_name(self.dialect, at),
            ty: None,
            hidden: false,
        });
        // `VALUES (t.*)` is as wide as the table.
        let open = rows.iter().flatten().any(|expression| {
            matches!(expression.kind, ExpressionKind::Opaque) && self.dialect == Dialect::Postgres
        });
        columns_of(list.collect(), open)
    }

    fn select(
        &mut self,
        select: &'a Select,
        order_by: &'a [Expression],
        outer: &Frame<'_, 'a>,
    ) -> Columns<'a> {
        let mut frame = Frame::inside(outer);
        frame.windows = &select.windows;
        let conditions = self.from(&select.from, &mut frame);
        let columns = self.outputs(&select.outputs, Place::OUTPUT, &frame);
        let lenient = self.dialect != Dialect::Postgres;
        if self.dialect == Dialect::Sqlite {
            frame.aliases = Some(select);
        }
        for condition in conditions {
            self.expression(condition, Place::ON, &frame);
        }
        if let Some(filter) = &select.filter {
            self.expression(filter, Place::WHERE, &frame);
        }
        if lenient {
            frame.aliases = Some(select);
        }
        for expression in &select.group_by {
            self.group_by(expression, select, &columns, &mut frame);
        }
        if let Some(having) = &select.having {
            self.expression(having, Place::HAVING, &frame);
        }
        if self.dialect == Dialect::Sqlite && select.group_by.is_empty() {
            self.without_groups(select, order_by, &frame);
        }
        if self.dialect == Dialect::Postgres && self.silent == 0 && !self.reread {
            self.grouping(select, order_by, &frame);
        }
        for (_, expressions) in &select.windows {
            for expression in expressions {
                self.expression(expression, Place::WINDOW, &frame);
            }
        }
        self.order_by(&select.distinct_on, &columns, &frame);
        self.order_by(order_by, &columns, &frame);
        columns
    }

    /// SQLite: HAVING, and aggregates in ORDER BY, want a query that gathers rows.
    fn without_groups(
        &mut self,
        select: &'a Select,
        order_by: &'a [Expression],
        frame: &Frame<'_, 'a>,
    ) {
        let outputs = || {
            select.outputs.iter().filter_map(|output| match output {
                Output::Expression { expression, .. } => Some(expression),
                Output::All(_) | Output::AllOf(_) => None,
            })
        };
        if outputs()
            .chain(&select.having)
            .any(|one| self.may_gather(one))
        {
            return;
        }
        let message = match (
            &select.having,
            order_by.iter().find(|one| self.gathers(one)),
        ) {
            (Some(having), _) => ("HAVING without GROUP BY and without an aggregate", having),
            (None, Some(order)) if !frame.is_nested() && self.in_view == 0 && !self.reread => (
                "an aggregate in ORDER BY of a query that gathers no rows",
                order,
            ),
            _ => return,
        };
        self.say(
            Finding::new(Code::InvalidDefinition, message.0, message.1.range.clone())
                .help("write GROUP BY, or WHERE"),
        );
    }

    fn group_by(
        &mut self,
        expression: &'a Expression,
        select: &'a Select,
        columns: &Columns<'a>,
        frame: &mut Frame<'_, 'a>,
    ) {
        if self.out_of_range("GROUP BY", expression, columns.count()) {
            return;
        }
        if self.dialect == Dialect::Sqlite
            && !self.reread
            && let Some(output) = output_at(select, expression)
            && self.gathers(output)
        {
            self.say(
                Finding::new(
                    Code::InvalidDefinition,
                    "GROUP BY a column that is an aggregate",
                    expression.range.clone(),
                )
                .help("group by what the rows have before they are gathered"),
            );
        }
        let postgres = self.dialect == Dialect::Postgres;
        let bare = expression.as_column();
        if let Some(name) = bare
            && self.dialect == Dialect::Mysql
            && column(self.dialect, columns, &name.text).is_some()
        {
            return;
        }
        if postgres && bare.is_some() {
            frame.aliases = Some(select);
        }
        self.row(expression, Place::GROUP_BY, frame);
        if postgres {
            frame.aliases = None;
        }
    }

    /// `ORDER BY`: positions, names of outputs, expressions over the sources.
    pub(super) fn order_by(
        &mut self,
        expressions: &'a [Expression],
        columns: &Columns<'a>,
        frame: &Frame<'_, 'a>,
    ) {
        for expression in expressions {
            if self.out_of_range("ORDER BY", expression, columns.count()) {
                continue;
            }
            if let Some(name) = expression.as_column() {
                let is_output = match self.dialect {
                    // What a `*` gives has its name as if it were written behind it.
                    Dialect::Sqlite => {
                        frame.alias(self.dialect, &name.text).is_some()
                            || frame.gives_all()
                                && column(self.dialect, columns, &name.text).is_some()
                    }
                    _ => column(self.dialect, columns, &name.text).is_some(),
                };
                if is_output {
                    continue;
                }
            }
            self.expression(expression, Place::ORDER_BY, frame);
        }
    }

    /// What a `SELECT` or `RETURNING` gives.
    pub(super) fn outputs(
        &mut self,
        outputs: &'a [Output],
        place: Place,
        frame: &Frame<'_, 'a>,
    ) -> Columns<'a> {
        let mut list = Vec::new();
        let mut open = false;
        for output in outputs {
            match output {
                Output::Expression { expression, alias } => {
                    self.expression(expression, place, frame);
                    list.push(self.output_column(expression, alias.as_ref(), frame));
                    open |= matches!(expression.kind, ExpressionKind::Opaque);
                }
                Output::All(range) => {
                    if frame.sources.is_empty() && !frame.open {
                        self.say(Finding::new(
                            Code::ColumnCount,
                            "`*` without a FROM gives no column",
                            range.clone(),
                        ));
                        open = true;
                    }
                    open |= frame.open;
                    for source in frame.sources.iter().filter(|one| !one.qualified_only) {
                        open |= self.all_of(source, true, &mut list);
                    }
                }
                Output::AllOf(path) => {
                    if self.dialect == Dialect::Sqlite && place.name == "RETURNING" {
                        self.say(
                            Finding::new(
                                Code::InvalidDefinition,
                                "RETURNING takes no `table.*`",
                                path.range(),
                            )
                            .help("write `*`"),
                        );
                    }
                    let (sources, unsure) = frame.sources_of(self.dialect, path);
                    match sources.first() {
                        Some(source) => open |= self.all_of(source, false, &mut list),
                        None => {
                            open = true;
                            if !unsure {
                                let message = format!("no such table: {path}");
                                let finding = self.not_read(path, message, frame);
                                self.say(finding);
                            }
                        }
                    }
                }
            }
        }
        columns_of(list, open)
    }

    /// All columns of a source. Gives whether there may be more.
    fn all_of(
        &mut self,
        source: &Source<'a>,
        without_merged: bool,
        list: &mut Vec<OutputColumn<'a>>,
    ) -> bool {
        for column in source.columns.list.iter().filter(|column| !column.hidden) {
            if let ColumnName::Known(name) = column.name {
                let merged = source.merged.iter().any(|merged| self.same(merged, name));
                if merged && without_merged {
                    continue;
                }
                if let Some(relation) = source.relation {
                    self.use_relation(relation, Some(name));
                }
            }
            list.push(*column);
        }
        source.columns.open
    }

    fn output_column(
        &self,
        expression: &'a Expression,
        alias: Option<&'a Name>,
        frame: &Frame<'_, 'a>,
    ) -> OutputColumn<'a> {
        let found = match &expression.kind {
            ExpressionKind::Column { table, name } => {
                use super::scope::Found;
                let found = match table {
                    None => frame.bare(self.dialect, &name.text),
                    Some(table) => frame.qualified(self.dialect, table, &name.text),
                };
                match found {
                    Found::Column(_, column) => Some(column),
                    _ => None,
                }
            }
            _ => None,
        };
        // SQLite calls it as the table does, in whatever case it was written.
        let own = found.as_ref().filter(|_| self.dialect == Dialect::Sqlite);
        OutputColumn {
            name: match (alias, own) {
                (Some(alias), _) => ColumnName::Known(&alias.text),
                (None, Some(own)) if matches!(own.name, ColumnName::Known(_)) => own.name,
                (None, _) => output_name(self.dialect, expression),
            },
            ty: match &expression.kind {
                ExpressionKind::Cast { ty, .. } => Some(ty),
                _ => found.and_then(|column| column.ty),
            },
            hidden: false,
        }
    }
}

/// The name of an output without an alias.
fn output_name(dialect: Dialect, expression: &Expression) -> ColumnName<'_> {
    match (&expression.kind, dialect) {
        (ExpressionKind::Column { name, .. }, _) => ColumnName::Known(&name.text),
        (ExpressionKind::Collate { expression, .. }, Dialect::Postgres) => {
            output_name(dialect, expression)
        }
        (
            ExpressionKind::Call {
                name,
                special: false,
                ..
            },
            Dialect::Postgres,
        ) => ColumnName::Known(&name.name.text),
        // Fields, elements and CASE are called after what is in them.
        (ExpressionKind::Operation { operator, .. }, Dialect::Postgres)
            if !matches!(operator.as_str(), "" | "." | "[]" | "ARRAY" | "CASE") =>
        {
            ColumnName::Odd
        }
        (
            ExpressionKind::Literal(Literal::Number(_) | Literal::Text(_) | Literal::Null),
            Dialect::Postgres,
        ) => ColumnName::Odd,
        (_, Dialect::Postgres) => ColumnName::Unknown,
        (
            ExpressionKind::Call { .. }
            | ExpressionKind::Cast { .. }
            | ExpressionKind::Subquery(_)
            | ExpressionKind::Exists(_)
            | ExpressionKind::InQuery { .. }
            | ExpressionKind::Collate { .. }
            | ExpressionKind::Operation { .. }
            | ExpressionKind::Literal(Literal::Number(_)),
            _,
        ) => ColumnName::Odd,
        _ => ColumnName::Unknown,
    }
}

fn value_name(dialect: Dialect, at: usize) -> ColumnName<'static> {
    const NAMES: [&str; 8] = [
        "column1", "column2", "column3", "column4", "column5", "column6", "column7", "column8",
    ];
    match dialect {
        Dialect::Mysql => ColumnName::Unknown,
        Dialect::Sqlite | Dialect::Postgres => match NAMES.get(at) {
            Some(name) => ColumnName::Known(name),
            None => ColumnName::Unknown,
        },
    }
}

/// The output that a number like `2` in `GROUP BY 2` means, unless a `*` stands before it.
fn output_at<'a>(select: &'a Select, number: &Expression) -> Option<&'a Expression> {
    let at = position(number)?.checked_sub(1)?;
    let before = select.outputs.get(..=at)?;
    let mut last = None;
    for output in before {
        match output {
            Output::Expression { expression, .. } => last = Some(expression),
            Output::All(_) | Output::AllOf(_) => return None,
        }
    }
    last
}
