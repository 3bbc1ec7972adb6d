//! What is valid and still harmful, or surely not what was meant.
//!
//! One file per lint. Each says in which databases it holds, what is wrong, and what to write instead; its examples are
//! its test and its page in `docs/lints/`. A lint never refuses: its level decides whether anybody hears of it, and
//! where the catalog does not know (`Lookup::Unknown`), a lint is silent.

mod about;
mod any;
mod context;
mod memory;
#[cfg(feature = "mysql")]
mod mysql;
mod names;
mod page;
mod pages;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;
mod targets;
mod text;
mod types;
mod walk;
mod watch;

pub use context::{Context, Method, Place};
pub use memory::{Dropped, Memory};
pub use page::{Example, Page, index};
pub(crate) use watch::{Changes, Watch};

use crate::{
    Finding, Level,
    catalog::Catalog,
    replay::{Direction, Placed},
    settings::{Product, Settings, Target},
    tree::{Action, Alter, AlterTable, Column, Expression, Path},
};

/// A lint: what it looks at, and its page.
#[derive(Clone, Copy, Debug)]
pub struct Lint {
    /// Its code, its text and its examples.
    pub page: Page,
    /// It looks at `down` too. (What removes or locks is what a `down` is for.)
    pub down: bool,
    /// How it looks.
    pub check: Check,
}

/// What a lint is shown.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// Every action, before it is applied.
    Action(fn(&Context<'_>, &Action, &mut Vec<Finding>)),
    /// Every change of an `ALTER TABLE`, before the first of them is applied.
    Change(fn(&Context<'_>, &AlterTable, &Alter, &mut Vec<Finding>)),
    /// Every column that is defined.
    Column(fn(&Context<'_>, NewColumn<'_>, &mut Vec<Finding>)),
    /// Every expression, also those inside others and inside queries.
    Expression(fn(&Context<'_>, &Expression, &mut Vec<Finding>)),
    /// The migration, after all of it was applied.
    End(fn(&Context<'_>, &mut Vec<Placed>)),
}

/// A column that a statement defines.
#[derive(Clone, Copy, Debug)]
pub struct NewColumn<'a> {
    /// The table.
    pub table: &'a Path,
    /// The column.
    pub column: &'a Column,
    /// How it is defined.
    pub how: Defined,
}

/// How a column is defined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defined {
    /// With its table.
    Create,
    /// By `ADD COLUMN`.
    Add,
    /// Anew, by `MODIFY` or `CHANGE` (MySQL).
    Redefine,
}

/// Every lint of this build.
pub fn all() -> impl Iterator<Item = &'static Lint> {
    let lists: &[&[Lint]] = &[
        any::LINTS,
        #[cfg(feature = "postgres")]
        postgres::LINTS,
        #[cfg(feature = "mysql")]
        mysql::LINTS,
        #[cfg(feature = "sqlite")]
        sqlite::LINTS,
        targets::LINTS,
    ];
    // The lists are constants; the array of them is not.
    let mut lints: Vec<&'static Lint> = Vec::new();
    for list in lists {
        lints.extend(list.iter());
    }
    lints.into_iter()
}

/// The page of every code of this build: of the lints, and of what the grammars, the catalog and the macros refuse.
pub fn pages() -> impl Iterator<Item = &'static Page> {
    pages::PAGES
        .iter()
        .copied()
        .flatten()
        .chain(all().map(|lint| &lint.page))
}

/// The lints that are on for a target.
#[derive(Clone, Debug, Default)]
pub struct Lints {
    actions: Vec<&'static Lint>,
    changes: Vec<&'static Lint>,
    columns: Vec<&'static Lint>,
    expressions: Vec<&'static Lint>,
    ends: Vec<&'static Lint>,
}

impl Lints {
    /// Those that are meant for the target and that the settings want to hear of.
    pub fn new(target: &Target, settings: &Settings) -> Self {
        let mut lints = Self::default();
        for lint in all() {
            if !lint.page.products.contains(&target.product)
                || settings.level(lint.page.code) == Level::Allow
            {
                continue;
            }
            match lint.check {
                Check::Action(_) => &mut lints.actions,
                Check::Change(_) => &mut lints.changes,
                Check::Column(_) => &mut lints.columns,
                Check::Expression(_) => &mut lints.expressions,
                Check::End(_) => &mut lints.ends,
            }
            .push(lint);
        }
        lints
    }

    /// Looks at an action of a method, before it is applied to the catalog.
    pub fn action(
        &self,
        method: &Method<'_>,
        memory: &mut Memory,
        catalog: &Catalog,
        at: usize,
        action: &Action,
    ) -> Vec<Finding> {
        memory.before(method, catalog, at, action);
        let context = Context {
            method,
            memory,
            catalog,
            at,
        };
        let mut findings = Vec::new();
        let heard = |lint: &&&'static Lint| lint.down || method.direction == Direction::Up;
        for lint in self.actions.iter().filter(heard) {
            if let Check::Action(check) = lint.check {
                check(&context, action, &mut findings);
            }
        }
        if let Action::AlterTable(alter) = action {
            for lint in self.changes.iter().filter(heard) {
                if let Check::Change(check) = lint.check {
                    for change in &alter.changes {
                        check(&context, alter, change, &mut findings);
                    }
                }
            }
        }
        let columns: Vec<&Lint> = self.columns.iter().filter(heard).copied().collect();
        if !columns.is_empty() {
            each_column(action, |column| {
                for lint in &columns {
                    if let Check::Column(check) = lint.check {
                        check(&context, column, &mut findings);
                    }
                }
            });
        }
        let expressions: Vec<&Lint> = self.expressions.iter().filter(heard).copied().collect();
        if !expressions.is_empty() {
            walk::expressions(action, |expression| {
                for lint in &expressions {
                    if let Check::Expression(check) = lint.check {
                        check(&context, expression, &mut findings);
                    }
                }
            });
        }
        findings
    }

    /// Looks at a method, after all of it was applied to the catalog.
    pub fn end(&self, method: &Method<'_>, memory: &Memory, catalog: &Catalog) -> Vec<Placed> {
        let context = Context {
            method,
            memory,
            catalog,
            at: method.statements.len(),
        };
        let mut placed = Vec::new();
        for lint in &self.ends {
            if let Check::End(check) = lint.check
                && (lint.down || method.direction == Direction::Up)
            {
                check(&context, &mut placed);
            }
        }
        placed
    }
}

fn each_column<'a>(action: &'a Action, mut visit: impl FnMut(NewColumn<'a>)) {
    match action {
        Action::CreateTable(create) => {
            for column in &create.columns {
                visit(NewColumn {
                    table: &create.name,
                    column,
                    how: Defined::Create,
                });
            }
        }
        Action::AlterTable(alter) => {
            for change in &alter.changes {
                let (column, how) = match change {
                    Alter::AddColumn { column, .. } => (column, Defined::Add),
                    Alter::Redefine { column, .. } => (column, Defined::Redefine),
                    _ => continue,
                };
                visit(NewColumn {
                    table: &alter.name,
                    column,
                    how,
                });
            }
        }
        _ => {}
    }
}

/// Every product.
const ALL: &[Product] = &Product::ALL;
/// What speaks SQLite's dialect.
#[cfg(feature = "sqlite")]
const SQLITE: &[Product] = &[Product::Sqlite, Product::Rqlite];
/// PostgreSQL itself: what is said of its locks does not hold for CockroachDB.
#[cfg(feature = "postgres")]
const POSTGRES: &[Product] = &[Product::Postgres];
/// What speaks PostgreSQL's dialect.
#[cfg(feature = "postgres")]
const POSTGRES_LIKE: &[Product] = &[Product::Postgres, Product::Cockroach];
/// MySQL, MariaDB and Galera.
#[cfg(feature = "mysql")]
const MYSQL: &[Product] = &[Product::Mysql, Product::Mariadb, Product::Galera];
/// What several programs use at once, of which some may be older than the schema.
const SERVERS: &[Product] = &[
    Product::Rqlite,
    Product::Postgres,
    Product::Cockroach,
    Product::Mysql,
    Product::Mariadb,
    Product::Galera,
];

#[cfg(test)]
#[cfg(all(feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod tests;
