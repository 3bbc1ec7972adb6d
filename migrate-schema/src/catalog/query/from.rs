//! The sources of a query: tables, views, common table expressions, functions, joins.

use std::ops::Range;

use super::{
    Resolver,
    expression::Place,
    scope::{ColumnName, Columns, Frame, OutputColumn, Source, column, same},
};
use crate::{
    Code, Dialect, Finding,
    catalog::{ConstraintKind, Lookup, Relation, builtin},
    tree::{self, Action, Body, Cte, Expression, ExpressionKind, JoinCondition, Name, Path},
};

/// The columns of `sqlite_master` under all its names.
const SQLITE_SCHEMA: [&str; 5] = ["type", "name", "tbl_name", "rootpage", "sql"];

impl<'a> Resolver<'a> {
    /// Adds what a `FROM` reads to the frame. Gives the conditions that can name all of it (SQLite's `ON`).
    pub(super) fn from(
        &mut self,
        sources: &'a [tree::Source],
        frame: &mut Frame<'_, 'a>,
    ) -> Vec<&'a Expression> {
        let mut conditions = Vec::new();
        for source in sources {
            self.source(source, frame, &mut conditions);
        }
        if self.dialect != Dialect::Sqlite {
            self.read_twice(frame);
        }
        conditions
    }

    pub(super) fn source(
        &mut self,
        source: &'a tree::Source,
        frame: &mut Frame<'_, 'a>,
        conditions: &mut Vec<&'a Expression>,
    ) {
        self.work += 1;
        // `a JOIN b JOIN c …` nests to the left as deep as it is long.
        let mut joins = Vec::new();
        let mut left = source;
        while let tree::Source::Join(join) = left {
            joins.push(join);
            left = &join.left;
        }
        let start = frame.sources.len();
        self.leaf(left, frame);
        for join in joins.into_iter().rev() {
            let middle = frame.sources.len();
            let right = self.deeper(|this| this.source(&join.right, frame, conditions));
            if right.is_none() {
                frame.open = true;
            }
            self.join(&join.condition, frame, start..middle, conditions);
        }
    }

    fn leaf(&mut self, source: &'a tree::Source, frame: &mut Frame<'_, 'a>) {
        let source = match source {
            tree::Source::Table {
                name,
                alias,
                columns,
                indexes,
            } => {
                let mut found = self.named(name, alias.as_ref(), columns, indexes, frame);
                found.place = (alias.as_ref()).map_or(name.range(), |alias| alias.range.clone());
                found
            }
            tree::Source::Function {
                call,
                alias,
                columns,
            } => self.function(call, alias.as_ref(), columns, frame),
            tree::Source::Query {
                query,
                alias,
                columns,
                lateral,
            } => {
                let outer = Frame::default();
                let around = match (lateral, frame.parent) {
                    (true, _) => &*frame,
                    (false, Some(parent)) => parent,
                    (false, None) => &outer,
                };
                self.in_view += 1;
                let given = self.query(query, around);
                self.in_view -= 1;
                self.too_many_names(&given, columns);
                self.names_once(&given, columns, query.range.clone());
                Source::new(
                    alias.as_ref().map(|alias| alias.text.as_str()),
                    given.renamed(columns).each_once(self.dialect),
                )
            }
            tree::Source::Opaque { alias } => match alias {
                Some(alias) => Source::new(Some(&alias.text), Columns::unknown()),
                None => {
                    frame.open = true;
                    return;
                }
            },
            // A join whose left side was followed to its end.
            tree::Source::Join(_) => return,
        };
        frame.sources.push(source);
    }

    /// A table, a view or a common table expression without anything else.
    pub(super) fn whole_source(&mut self, path: &'a Path, frame: &mut Frame<'_, 'a>) {
        let source = self.named(path, None, &[], &[], frame);
        frame.sources.push(source);
    }

    /// A table, a view or a common table expression.
    fn named(
        &mut self,
        name: &'a Path,
        alias: Option<&'a Name>,
        columns: &'a [Name],
        indexes: &'a [Name],
        frame: &Frame<'_, 'a>,
    ) -> Source<'a> {
        let own = alias.map_or(name.name.text.as_str(), |alias| alias.text.as_str());
        if name.schema.is_none()
            && let Some((around, cte)) = frame.cte(self.dialect, &name.name.text)
        {
            let given = self.cte(cte, around);
            self.too_many_names(&given, columns);
            return Source::new(Some(own), given.renamed(columns));
        }
        let mut source = self.relation(name, own);
        if let Some(relation) = source.relation {
            self.indexes(relation, indexes);
        }
        if alias.is_some() && self.dialect != Dialect::Sqlite {
            source.schema = None;
        }
        self.too_many_names(&source.columns, columns);
        if !columns.is_empty() {
            source.columns = source.columns.renamed(columns);
        }
        source
    }

    /// A relation of the catalog.
    pub(super) fn relation(&mut self, name: &'a Path, own: &'a str) -> Source<'a> {
        let schema = name.schema.as_ref().map(|schema| schema.text.as_str());
        let mut source = match self.catalog.relation(name) {
            Lookup::Known(relation) => {
                self.use_relation(relation, None);
                let mut source = self.table(relation, own);
                if relation.kind.is_view() && self.dialect == Dialect::Sqlite {
                    source.columns = self.view_columns(relation, name);
                }
                if relation.kind == crate::catalog::RelationKind::Sequence {
                    source.columns = Columns::unknown();
                }
                source.schema = Some(&relation.schema);
                return source;
            }
            Lookup::Unknown => {
                let mut source = Source::new(Some(own), self.system_columns(name));
                source.doubted = self.catalog.doubted(name);
                source
            }
            Lookup::Absent => match builtin::table_function(self.dialect, &name.name.text) {
                Some(columns) => Source::new(Some(own), builtin_columns(columns)),
                None => {
                    self.ask(|catalog| catalog.no_such_relation(name, "table"));
                    Source::new(Some(own), Columns::unknown())
                }
            },
        };
        source.schema = schema;
        source
    }

    fn system_columns(&self, name: &Path) -> Columns<'a> {
        let lower = name.name.text.to_ascii_lowercase();
        let is_schema = matches!(
            lower.as_str(),
            "sqlite_master" | "sqlite_schema" | "sqlite_temp_master" | "sqlite_temp_schema"
        );
        if self.dialect == Dialect::Sqlite && is_schema {
            let rowid = ["rowid", "oid", "_rowid_"].iter().map(|name| OutputColumn {
                hidden: true,
                ..OutputColumn::named(name)
            });
            let named = SQLITE_SCHEMA.iter().map(|name| OutputColumn::named(name));
            return Columns::of(named.chain(rowid).collect(), false);
        }
        if self.dialect == Dialect::Sqlite && lower == "sqlite_sequence" {
            let rowid = ["rowid", "oid", "_rowid_"].iter().map(|name| OutputColumn {
                hidden: true,
                ..OutputColumn::named(name)
            });
            let named = ["name", "seq"].iter().map(|name| OutputColumn::named(name));
            return Columns::of(named.chain(rowid).collect(), false);
        }
        Columns::unknown()
    }

    /// MySQL: the columns of a query in a FROM have different names.
    fn names_once(&mut self, given: &Columns<'a>, names: &'a [Name], range: Range<usize>) {
        if self.dialect != Dialect::Mysql || !names.is_empty() {
            return;
        }
        let mut all: Vec<String> = given.names().map(|name| self.catalog.fold(name)).collect();
        all.sort_unstable();
        if let Some(pair) = all.windows(2).find(|pair| pair[0] == pair[1]) {
            self.say(
                Finding::new(
                    Code::DuplicateColumn,
                    format!("the query gives two columns called `{}`", pair[0]),
                    range,
                )
                .help("give one of them another name: `AS …`"),
            );
        }
    }

    /// `AS x (a, b, c)` for something with fewer columns.
    fn too_many_names(&mut self, given: &Columns<'a>, names: &'a [Name]) {
        let Some(count) = given.count() else { return };
        if let Some(extra) = names.get(count) {
            self.say(Finding::new(
                Code::ColumnCount,
                format!(
                    "{} for {}",
                    super::report::counted(names.len(), "name"),
                    super::report::counted(count, "column")
                ),
                extra.range.clone(),
            ));
        }
    }

    /// The indexes that a query wants to use.
    fn indexes(&mut self, relation: &'a Relation, indexes: &'a [Name]) {
        for index in indexes {
            let is_keys = relation.constraints.iter().any(|constraint| {
                self.same(&constraint.name, &index.text)
                    || matches!(constraint.kind, ConstraintKind::ForeignKey { .. })
                    || (self.dialect == Dialect::Mysql && constraint.name.is_empty())
            });
            let automatic = index.text.to_ascii_lowercase().starts_with("sqlite_")
                || index.text.eq_ignore_ascii_case("primary");
            if relation.open
                || automatic
                || (is_keys && self.dialect != Dialect::Sqlite)
                || self.catalog.index_of(relation, &index.text).is_some()
            {
                continue;
            }
            let names = relation.indexes.iter().map(|index| index.name.as_str());
            let finding = Finding::new(
                Code::NoSuchIndex,
                format!("no such index on `{}`: {index}", relation.name),
                index.range.clone(),
            );
            self.say(super::report::did_you_mean(finding, index, names));
        }
    }

    /// A function that gives rows. It sees what stands further left.
    fn function(
        &mut self,
        call: &'a Expression,
        alias: Option<&'a Name>,
        columns: &'a [Name],
        frame: &Frame<'_, 'a>,
    ) -> Source<'a> {
        let ExpressionKind::Call {
            name, arguments, ..
        } = &call.kind
        else {
            self.expression(call, Place::FROM, frame);
            let own = alias.map(|alias| alias.text.as_str());
            return Source::new(own, Columns::unknown().renamed(columns));
        };
        if self.dialect == Dialect::Sqlite {
            for argument in arguments {
                self.expression(argument, Place::FROM, frame);
            }
        } else if name.name.text == "unnest" {
            // Only here it takes several.
            for argument in arguments {
                self.expression(argument, Place::FROM, frame);
            }
        } else {
            self.expression(call, Place::FROM, frame);
        }
        let own = alias.map_or(name.name.text.as_str(), |alias| alias.text.as_str());
        if self.dialect == Dialect::Postgres {
            let given = rows_of(name, own, arguments.len(), columns);
            return Source::new(Some(own), given);
        }
        if self.dialect == Dialect::Sqlite {
            // A virtual table with arguments for its hidden columns.
            return self.relation(name, own);
        }
        Source::new(Some(own), Columns::unknown().renamed(columns))
    }

    fn join(
        &mut self,
        condition: &'a JoinCondition,
        frame: &mut Frame<'_, 'a>,
        left: Range<usize>,
        conditions: &mut Vec<&'a Expression>,
    ) {
        self.work += frame.sources.len();
        if self.work >= super::WORK {
            frame.open = true;
            return;
        }
        match condition {
            JoinCondition::None => {}
            JoinCondition::On(expression) => {
                if self.dialect == Dialect::Sqlite {
                    conditions.push(expression);
                    return;
                }
                // Only the two sides can be named.
                let sides = Frame {
                    sources: frame.sources.get(left.start..).unwrap_or_default().to_vec(),
                    open: frame.open,
                    aliases: None,
                    parameters: Vec::new(),
                    ctes: Vec::new(),
                    windows: &[],
                    parent: frame.parent,
                };
                self.expression(expression, Place::ON, &sides);
            }
            JoinCondition::Using(names) => {
                for name in names {
                    self.using(name, frame, left.clone());
                }
            }
            JoinCondition::Natural => self.natural(frame, left),
        }
    }

    fn using(&mut self, name: &'a Name, frame: &mut Frame<'_, 'a>, left: Range<usize>) {
        let dialect = self.dialect;
        let (before, right) = frame.sources.split_at_mut(left.end);
        let before = before.get(left.start..).unwrap_or_default();
        let has = |source: &Source<'a>| column(dialect, &source.columns, &name.text).is_some();
        let unsure = frame.open;
        let there = before.iter().filter(|source| {
            has(source)
                && !source
                    .merged
                    .iter()
                    .any(|merged| same(dialect, merged, &name.text))
        });
        let several: Vec<&str> = there.filter_map(|source| source.name).collect();
        if several.len() > 1 && dialect != Dialect::Sqlite {
            self.ambiguous(name, &several);
        }
        for (side, missing) in [
            (
                before,
                !unsure
                    && !before
                        .iter()
                        .any(|source| has(source) || source.columns.open),
            ),
            (
                &*right,
                !unsure
                    && !right
                        .iter()
                        .any(|source| has(source) || source.columns.open),
            ),
        ] {
            if missing {
                let finding = Finding::new(
                    Code::NoSuchColumn,
                    format!("no such column to join by: {name}"),
                    name.range.clone(),
                );
                let of: Vec<&str> = side.iter().filter_map(|source| source.name).collect();
                let finding = match of.as_slice() {
                    [only] => finding.note(format!("`{only}` has no column `{name}`")),
                    _ => finding,
                };
                let names = side.iter().flat_map(|source| source.columns.names());
                self.say(super::report::did_you_mean(finding, name, names));
                break;
            }
        }
        for source in before.iter().chain(&*right) {
            if let (Some(relation), true) = (source.relation, has(source)) {
                self.use_relation(relation, Some(&name.text));
            }
        }
        for source in right {
            source.merged.push(&name.text);
        }
    }

    fn natural(&mut self, frame: &mut Frame<'_, 'a>, left: Range<usize>) {
        let dialect = self.dialect;
        let (before, right) = frame.sources.split_at_mut(left.end);
        let before = before.get(left.start..).unwrap_or_default();
        let unsure = frame.open || before.iter().any(|source| source.columns.open);
        for source in right {
            let common: Vec<&'a str> = source
                .columns
                .list
                .iter()
                .filter(|column| !column.hidden)
                .filter_map(|column| match column.name {
                    ColumnName::Known(name) => Some(name),
                    ColumnName::Odd | ColumnName::Unknown => None,
                })
                .filter(|name| {
                    unsure
                        || before.iter().any(|source| {
                            let mut names = source.columns.names();
                            names.any(|other| same(dialect, other, name))
                        })
                })
                .collect();
            source.merged.extend(common);
        }
    }

    /// PostgreSQL and MySQL want a name of its own for each source.
    fn read_twice(&mut self, frame: &Frame<'_, 'a>) {
        // No server joins so many; each is compared with those before it.
        if frame.sources.len() > 256 {
            return;
        }
        let mut twice = Vec::new();
        for (at, source) in frame.sources.iter().enumerate() {
            let Some(name) = source.name else { continue };
            let before = frame.sources.get(..at).unwrap_or_default();
            let is_same = |other: &&Source<'a>| {
                other.name.is_some_and(|other| match self.dialect {
                    // Whether case counts depends on the server.
                    Dialect::Mysql => other == name,
                    _ => same(self.dialect, other, name),
                }) && match (source.schema, other.schema) {
                    (Some(a), Some(b)) => a == b,
                    (None, None) => true,
                    _ => {
                        self.dialect == Dialect::Postgres
                            && source.relation.is_some() == other.relation.is_some()
                    }
                }
            };
            if before.iter().any(|other| is_same(&other)) {
                twice.push((name, source.place.clone()));
            }
        }
        for (name, range) in twice {
            self.say(
                Finding::new(
                    Code::AmbiguousName,
                    format!("two sources of this query are called `{name}`"),
                    range,
                )
                .help("give one of them another name: `AS …`"),
            );
        }
    }

    /// Makes `WITH` known to a frame.
    pub(super) fn with(&mut self, with: &'a [Cte], recursive: bool, frame: &mut Frame<'_, 'a>) {
        for (at, cte) in with.iter().enumerate() {
            let before = with.get(..at).unwrap_or_default();
            if before
                .iter()
                .any(|other| self.same(&other.name.text, &cte.name.text))
            {
                self.say(Finding::new(
                    Code::AlreadyExists,
                    format!("`{}` is named twice in WITH", cte.name),
                    cte.name.range.clone(),
                ));
            }
        }
        // SQLite looks into those that are read, and into no other.
        if self.dialect == Dialect::Sqlite || recursive {
            frame.ctes.extend(with);
        }
        if self.dialect == Dialect::Sqlite {
            return;
        }
        for cte in with {
            self.cte(cte, frame);
            if !recursive {
                frame.ctes.push(cte);
            }
        }
    }

    /// The columns of a common table expression.
    fn cte(&mut self, cte: &'a Cte, around: &Frame<'_, 'a>) -> Columns<'a> {
        if let Some(known) = self.ctes.get(&std::ptr::from_ref(cte)) {
            return known.clone();
        }
        let key = std::ptr::from_ref(cte);
        // What it reads of itself has the columns of its first part.
        let first = self.first_part(cte, around);
        self.ctes.insert(key, first);
        let given = match self.deeper(|this| this.action(&cte.action, around)) {
            Some(given) => given,
            None => Columns::unknown(),
        };
        if let (Some(count), false) = (given.count(), cte.columns.is_empty()) {
            let wanted = cte.columns.len();
            let fits = match self.dialect {
                Dialect::Postgres => wanted <= count,
                Dialect::Sqlite | Dialect::Mysql => wanted == count,
            };
            if !fits {
                self.say(Finding::new(
                    Code::ColumnCount,
                    format!(
                        "`{}` names {}, and its query gives {count}",
                        cte.name,
                        super::report::counted(wanted, "column")
                    ),
                    cte.name.range.clone(),
                ));
            }
        }
        self.names_once(&given, &cte.columns, cte.name.range.clone());
        let columns = given.renamed(&cte.columns);
        self.ctes.insert(key, columns.clone());
        columns
    }

    fn first_part(&mut self, cte: &'a Cte, around: &Frame<'_, 'a>) -> Columns<'a> {
        let key = std::ptr::from_ref(cte);
        self.ctes.insert(key, Columns::unknown());
        let Action::Query(query) = &*cte.action else {
            return Columns::unknown();
        };
        let mut first = &**query;
        while let Body::Set { left, .. } = &first.body {
            first = left;
        }
        if std::ptr::eq(first, &**query) {
            return Columns::unknown();
        }
        self.silent += 1;
        let given = self.deeper(|this| this.query(first, around));
        self.silent -= 1;
        match given {
            Some(given) => given.renamed(&cte.columns),
            None => Columns::unknown(),
        }
    }
}

/// PostgreSQL's functions that give rows of one column, which is called like the function or its alias.
const ONE_COLUMN: [&str; 8] = [
    "generate_series",
    "generate_subscripts",
    "json_object_keys",
    "jsonb_object_keys",
    "jsonb_path_query",
    "regexp_split_to_table",
    "string_to_table",
    "unnest",
];

/// The columns of a function in a `FROM` of PostgreSQL. `own` is what the query calls it.
fn rows_of<'a>(name: &'a Path, own: &'a str, arguments: usize, names: &'a [Name]) -> Columns<'a> {
    let function = name.name.text.as_str();
    let one = ONE_COLUMN.contains(&function) && (function != "unnest" || arguments == 1);
    let mut list: Vec<OutputColumn<'a>> = match builtin::table_function(Dialect::Postgres, function)
    {
        _ if name.schema.is_some() => return Columns::unknown().renamed(names),
        Some(columns) => columns
            .iter()
            .map(|name| OutputColumn::named(name))
            .collect(),
        None if one => vec![OutputColumn::named(own)],
        None => return Columns::unknown().renamed(names),
    };
    for (at, name) in names.iter().enumerate() {
        match list.get_mut(at) {
            Some(column) => column.name = ColumnName::Known(&name.text),
            None => list.push(OutputColumn::named(&name.text)),
        }
    }
    // `WITH ORDINALITY` is not in the tree.
    list.push(OutputColumn {
        hidden: true,
        ..OutputColumn::named("ordinality")
    });
    Columns::of(list, false)
}

/// The columns of a function that gives rows; of SQLite's the last two are hidden.
fn builtin_columns<'a>(names: &'static [&'static str]) -> Columns<'a> {
    let hidden = |name: &str| matches!(name, "json" | "root" | "start" | "stop" | "step");
    let list = names.iter().map(|name| OutputColumn {
        hidden: hidden(name),
        ..OutputColumn::named(name)
    });
    let rowid = ["rowid", "oid", "_rowid_"].iter().map(|name| OutputColumn {
        hidden: true,
        ..OutputColumn::named(name)
    });
    Columns::of(list.chain(rowid).collect(), false)
}
