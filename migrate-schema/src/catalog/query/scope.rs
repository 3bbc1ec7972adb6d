//! What names mean at a place of a query: the sources of its `FROM`, and those of the queries around it.

use std::{ops::Range, rc::Rc};

use crate::{
    Dialect,
    catalog::{Relation, RelationKind},
    tree::{Cte, Expression, Name, Output, Path, Select, TypeName},
};

/// The name of a column that a query gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ColumnName<'a> {
    /// It is this.
    Known(&'a str),
    /// The engine makes it from the expression's text: no plain identifier is equal to it.
    Odd,
    /// Nobody knows.
    Unknown,
}

/// A column that can be named.
#[derive(Clone, Copy, Debug)]
pub(super) struct OutputColumn<'a> {
    pub(super) name: ColumnName<'a>,
    /// Its type, where it is simply known.
    pub(super) ty: Option<&'a TypeName>,
    /// It can be named, but `*` leaves it out.
    pub(super) hidden: bool,
}

impl<'a> OutputColumn<'a> {
    pub(super) const fn named(name: &'a str) -> Self {
        Self {
            name: ColumnName::Known(name),
            ty: None,
            hidden: false,
        }
    }
}

/// Columns that something has.
#[derive(Clone, Debug, Default)]
pub(super) struct Columns<'a> {
    pub(super) list: Rc<Vec<OutputColumn<'a>>>,
    /// There may be others.
    pub(super) open: bool,
}

impl<'a> Columns<'a> {
    pub(super) fn unknown() -> Self {
        Self {
            list: Rc::default(),
            open: true,
        }
    }

    pub(super) fn of(list: Vec<OutputColumn<'a>>, open: bool) -> Self {
        Self {
            list: Rc::new(list),
            open,
        }
    }

    /// How many there are without the hidden ones, if that is known.
    pub(super) fn count(&self) -> Option<usize> {
        (!self.open).then(|| self.list.iter().filter(|column| !column.hidden).count())
    }

    /// The names that are known.
    pub(super) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.list.iter().filter_map(|column| match column.name {
            ColumnName::Known(name) => Some(name),
            ColumnName::Odd | ColumnName::Unknown => None,
        })
    }

    /// As SQLite calls the columns of a query that is read as a table: of two `a` the second becomes `a:1`.
    pub(super) fn each_once(self, dialect: Dialect) -> Self {
        let twice = dialect == Dialect::Sqlite && {
            let mut names: Vec<String> = self.names().map(str::to_ascii_lowercase).collect();
            names.sort_unstable();
            names.windows(2).any(|pair| pair[0] == pair[1])
        };
        if !twice {
            return self;
        }
        let mut list: Vec<OutputColumn<'a>> = Vec::with_capacity(self.list.len());
        for column in self.list.iter() {
            let mut column = *column;
            if list.iter().any(|before| match (before.name, column.name) {
                (ColumnName::Known(before), ColumnName::Known(name)) => same(dialect, before, name),
                _ => false,
            }) {
                column.name = ColumnName::Odd;
            }
            list.push(column);
        }
        Self::of(list, self.open)
    }

    /// Gives the first columns other names.
    pub(super) fn renamed(self, names: &'a [Name]) -> Self {
        self.renamed_as(names.iter().map(|name| name.text.as_str()))
    }

    /// Gives the first columns other names.
    pub(super) fn renamed_as(self, names: impl ExactSizeIterator<Item = &'a str>) -> Self {
        if names.len() == 0 {
            return self;
        }
        let visible = self.list.iter().filter(|column| !column.hidden);
        let mut list: Vec<_> = visible.copied().collect();
        for (at, name) in names.enumerate() {
            match list.get_mut(at) {
                // Those that nobody knows may stand anywhere.
                Some(column) if !self.open => column.name = ColumnName::Known(name),
                _ if self.open => list.push(OutputColumn::named(name)),
                _ => break,
            }
        }
        Self::of(list, self.open)
    }
}

/// Something that a `FROM` reads, or that stands beside the rows as `NEW` and `excluded` do.
#[derive(Clone, Debug)]
pub(super) struct Source<'a> {
    /// What the query calls it.
    pub(super) name: Option<&'a str>,
    /// The schema that may stand before the name; none for an alias.
    pub(super) schema: Option<&'a str>,
    pub(super) columns: Columns<'a>,
    /// The table, where it is one that is known.
    pub(super) relation: Option<&'a Relation>,
    /// The table as it was when it was last known, where nobody knows it any more.
    pub(super) doubted: Option<&'a Relation>,
    /// Columns that are merged with one further left (`USING`, `NATURAL`): without a table, those are meant.
    pub(super) merged: Vec<&'a str>,
    /// Its columns need its name before them.
    pub(super) qualified_only: bool,
    /// Its rowid can be named (SQLite), where it has one.
    pub(super) rowid: bool,
    /// Where its name stands.
    pub(super) place: Range<usize>,
}

impl<'a> Source<'a> {
    pub(super) const fn new(name: Option<&'a str>, columns: Columns<'a>) -> Self {
        Self {
            name,
            schema: None,
            columns,
            relation: None,
            doubted: None,
            merged: Vec::new(),
            qualified_only: false,
            rowid: true,
            place: 0..0,
        }
    }

    /// `NEW`, `OLD`, `excluded`.
    pub(super) fn beside(name: &'a str, table: &Self) -> Self {
        Self {
            name: Some(name),
            schema: None,
            qualified_only: true,
            ..table.clone()
        }
    }
}

/// The sources of one query, inside those of the queries around it.
#[derive(Clone, Debug, Default)]
pub(super) struct Frame<'p, 'a> {
    pub(super) sources: Vec<Source<'a>>,
    /// It reads something of which nothing is known, not even its name.
    pub(super) open: bool,
    /// The outputs whose aliases can be named here.
    pub(super) aliases: Option<&'a Select>,
    /// Names of values that are no columns: the arguments of a function.
    pub(super) parameters: Vec<&'a str>,
    pub(super) ctes: Vec<&'a Cte>,
    pub(super) windows: &'a [(Name, Vec<Expression>)],
    pub(super) parent: Option<&'p Frame<'p, 'a>>,
}

/// What a name means.
#[derive(Clone, Debug)]
pub(super) enum Found<'a> {
    /// A column; of a table, if its source is one.
    Column(Option<&'a Relation>, OutputColumn<'a>),
    /// Something that has a value and is no column of a table.
    Value,
    /// Nobody knows.
    Unknown,
    /// A column of two sources at least.
    Ambiguous(Vec<&'a str>),
    /// The table is not among the sources.
    NoSource,
    /// The table is among the sources, or none was written, and there is no such column.
    Missing,
}

impl<'p, 'a> Frame<'p, 'a> {
    pub(super) fn inside(parent: &'p Frame<'p, 'a>) -> Self {
        Self {
            parent: Some(parent),
            ..Self::default()
        }
    }

    /// This frame and those around it, the nearest first.
    pub(super) fn chain(&self) -> impl Iterator<Item = &Frame<'p, 'a>> {
        std::iter::successors(Some(self), |frame| frame.parent)
    }

    /// The common table expression of this name, and the frame that it stands in.
    pub(super) fn cte(&self, dialect: Dialect, name: &str) -> Option<(&Frame<'p, 'a>, &'a Cte)> {
        self.chain().find_map(|frame| {
            let mut all = frame.ctes.iter();
            let cte = all.find(|cte| same(dialect, &cte.name.text, name))?;
            Some((frame, *cte))
        })
    }

    /// Whether a query around this one has sources: an aggregate here may be that one's.
    pub(super) fn is_nested(&self) -> bool {
        self.chain()
            .skip(1)
            .any(|frame| frame.open || !frame.sources.is_empty())
    }

    pub(super) fn window(&self, dialect: Dialect, name: &str) -> bool {
        let mut windows = self.windows.iter();
        windows.any(|(window, _)| same(dialect, &window.text, name))
    }

    /// What a column means that has no table before it.
    pub(super) fn bare(&self, dialect: Dialect, name: &str) -> Found<'a> {
        let mut unsure = false;
        for frame in self.chain() {
            let found = frame.bare_here(dialect, name);
            match found {
                Found::Missing => {}
                Found::Unknown => unsure = true,
                found if !unsure => return found,
                // It may be the inner, unknown one.
                _ => return Found::Unknown,
            }
        }
        if dialect == Dialect::Postgres
            && self
                .chain()
                .any(|frame| frame.source(dialect, name).is_some())
        {
            return Found::Value;
        }
        if unsure {
            Found::Unknown
        } else {
            Found::Missing
        }
    }

    fn bare_here(&self, dialect: Dialect, name: &str) -> Found<'a> {
        let mut matches: Vec<(&Source<'a>, OutputColumn<'a>)> = Vec::new();
        let mut unsure = self.open;
        for source in self.sources.iter().filter(|source| !source.qualified_only) {
            if source
                .merged
                .iter()
                .any(|merged| same(dialect, merged, name))
            {
                continue;
            }
            match column(dialect, &source.columns, name) {
                Some(column) => {
                    matches.push((source, column));
                    if dialect != Dialect::Sqlite && is_twice(dialect, &source.columns, name) {
                        matches.push((source, column));
                    }
                }
                None => unsure |= may_have(&source.columns, name),
            }
        }
        match matches.as_slice() {
            [(source, column)] => return Found::Column(source.relation, *column),
            [] => {}
            // An engine that looks further only where it must would not see the second.
            _ if unsure => return Found::Unknown,
            several => {
                return Found::Ambiguous(
                    several
                        .iter()
                        .map(|(source, _)| source.name.unwrap_or_default())
                        .collect(),
                );
            }
        }
        let system: Vec<&'a str> = self
            .sources
            .iter()
            .filter(|source| !source.qualified_only && has_system_column(dialect, source, name))
            .map(|source| source.name.unwrap_or_default())
            .collect();
        if system.len() > 1 && !unsure && dialect != Dialect::Mysql {
            return Found::Ambiguous(system);
        }
        if !system.is_empty()
            || self.alias(dialect, name).is_some()
            || self
                .parameters
                .iter()
                .any(|parameter| same(dialect, parameter, name))
        {
            return Found::Value;
        }
        if unsure {
            Found::Unknown
        } else {
            Found::Missing
        }
    }

    /// The output with this alias, where aliases can be named.
    pub(super) fn alias(&self, dialect: Dialect, name: &str) -> Option<&'a Name> {
        let mut outputs = self.aliases?.outputs.iter();
        outputs.find_map(|output| match output {
            Output::Expression {
                alias: Some(alias), ..
            } if same(dialect, &alias.text, name) => Some(alias),
            _ => None,
        })
    }

    /// Whether a `*` is among the outputs.
    pub(super) fn gives_all(&self) -> bool {
        self.aliases.is_some_and(|select| {
            let mut outputs = select.outputs.iter();
            outputs.any(|output| matches!(output, Output::All(_) | Output::AllOf(_)))
        })
    }

    /// What the alias stands for.
    pub(super) fn aliased(&self, dialect: Dialect, name: &str) -> Option<&'a Expression> {
        let mut outputs = self.aliases?.outputs.iter();
        outputs.find_map(|output| match output {
            Output::Expression {
                alias: Some(alias),
                expression,
            } if same(dialect, &alias.text, name) => Some(expression),
            _ => None,
        })
    }

    fn source(&self, dialect: Dialect, name: &str) -> Option<&Source<'a>> {
        let mut sources = self.sources.iter();
        sources.find(|source| source.name.is_some_and(|own| same(dialect, own, name)))
    }

    /// The sources that `t` or `s.t` may mean, the nearest first; and whether there may be another.
    pub(super) fn sources_of(&self, dialect: Dialect, path: &Path) -> (Vec<Source<'a>>, bool) {
        let mut found = Vec::new();
        let mut unsure = false;
        for frame in self.chain() {
            unsure |= frame.open;
            for source in &frame.sources {
                let named = source
                    .name
                    .is_some_and(|name| same(dialect, name, &path.name.text));
                let in_schema = path.schema.as_ref().is_none_or(|schema| {
                    // Nobody knows what MySQL's current database is called.
                    source
                        .schema
                        .is_some_and(|own| own.is_empty() || same(dialect, own, &schema.text))
                });
                if named && in_schema {
                    found.push(source.clone());
                } else if named && source.relation.is_none() && source.schema.is_none() {
                    unsure |= path.schema.is_some() && source.columns.open;
                }
            }
        }
        (found, unsure)
    }

    /// SQLite takes two sources of one name, until a column of both is named.
    fn qualified_twice(&self, table: &Path, name: &str) -> Option<Vec<&'a str>> {
        let dialect = Dialect::Sqlite;
        for frame in self.chain() {
            let all = frame.sources.iter().filter(|source| {
                source
                    .name
                    .is_some_and(|own| same(dialect, own, &table.name.text))
                    && column(dialect, &source.columns, name).is_some()
                    && !source
                        .merged
                        .iter()
                        .any(|merged| same(dialect, merged, name))
            });
            let found: Vec<&'a str> = all.filter_map(|source| source.name).collect();
            match found.len() {
                0 => {}
                1 => return None,
                _ => return Some(found),
            }
        }
        None
    }

    /// What `t.c` means.
    pub(super) fn qualified(&self, dialect: Dialect, table: &Path, name: &str) -> Found<'a> {
        if dialect == Dialect::Sqlite
            && let Some(twice) = self.qualified_twice(table, name)
        {
            return Found::Ambiguous(twice);
        }
        let (sources, mut unsure) = self.sources_of(dialect, table);
        let none = sources.is_empty();
        for source in sources {
            if let Some(column) = column(dialect, &source.columns, name) {
                return Found::Column(source.relation, column);
            }
            if has_system_column(dialect, &source, name) {
                return Found::Value;
            }
            unsure |= may_have(&source.columns, name);
            // The others look on in the queries around it.
            if dialect == Dialect::Postgres {
                break;
            }
        }
        match (unsure, none) {
            (true, _) => Found::Unknown,
            (false, true) => Found::NoSource,
            (false, false) => Found::Missing,
        }
    }
}

/// Whether two names are the same to the engine.
pub(super) fn same(dialect: Dialect, a: &str, b: &str) -> bool {
    match dialect {
        Dialect::Postgres => a == b,
        Dialect::Sqlite => a.eq_ignore_ascii_case(b),
        Dialect::Mysql => {
            a.eq_ignore_ascii_case(b)
                || (!(a.is_ascii() && b.is_ascii()) && a.to_lowercase() == b.to_lowercase())
        }
    }
}

/// The column of this name.
pub(super) fn column<'a>(
    dialect: Dialect,
    columns: &Columns<'a>,
    name: &str,
) -> Option<OutputColumn<'a>> {
    let mut list = columns.list.iter();
    list.find(
        |column| matches!(column.name, ColumnName::Known(known) if same(dialect, known, name)),
    )
    .copied()
}

/// Whether two columns have this name. (SQLite takes the first.)
fn is_twice(dialect: Dialect, columns: &Columns<'_>, name: &str) -> bool {
    let own = columns.names().filter(|known| same(dialect, known, name));
    own.count() > 1
}

/// Whether a name that is not among the known ones may be a column nevertheless.
fn may_have(columns: &Columns<'_>, name: &str) -> bool {
    let plain = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    columns.open
        || columns.list.iter().any(|column| match column.name {
            ColumnName::Known(_) => false,
            ColumnName::Odd => !plain,
            ColumnName::Unknown => true,
        })
}

/// Columns that every table has and `*` does not show.
pub(super) fn has_system_column(dialect: Dialect, source: &Source<'_>, name: &str) -> bool {
    match dialect {
        Dialect::Sqlite => source.rowid && source.relation.is_some_and(has_rowid) && is_rowid(name),
        Dialect::Postgres => {
            source
                .relation
                .is_some_and(|relation| relation.kind != RelationKind::View)
                && matches!(
                    name,
                    "ctid" | "xmin" | "xmax" | "cmin" | "cmax" | "tableoid"
                )
        }
        Dialect::Mysql => name.eq_ignore_ascii_case("_rowid"),
    }
}

pub(super) fn is_rowid(name: &str) -> bool {
    ["rowid", "oid", "_rowid_"]
        .iter()
        .any(|rowid| name.eq_ignore_ascii_case(rowid))
}

pub(super) fn has_rowid(relation: &Relation) -> bool {
    !relation.without_rowid
        && matches!(
            relation.kind,
            RelationKind::Table | RelationKind::VirtualTable
        )
}
