//! Random changes: the catalog takes one exactly when the engine does, and both end up the same.

use migrate_schema::{
    Dialect,
    catalog::{Catalog, CatalogError},
    model::{Action, Change, ColumnType},
    render::render,
};
use proptest::{collection::vec, option, prelude::*};

use super::engine::Engine;

/// Few names, so that they meet; one that differs in case, one that an index and a table want, two that need quotes.
const TABLES: [&str; 5] = ["a", "b", "A", "i", "c d"];
const COLUMNS: [&str; 5] = ["x", "y", "X", "w\"q", "order"];
const INDEXES: [&str; 4] = ["i", "j", "b", "k l"];

/// A change whose names are positions in the lists above.
#[derive(Clone, Debug)]
enum Step {
    CreateTable {
        table: usize,
        columns: Vec<ColumnStep>,
        key: Vec<usize>,
        unique: Vec<usize>,
        reference: Option<(Vec<usize>, usize, Vec<usize>)>,
        check: Option<usize>,
    },
    DropTable(usize),
    AddColumn(usize, ColumnStep),
    DropColumn(usize, usize),
    RenameTable(usize, usize),
    RenameColumn(usize, usize, usize),
    CreateIndex {
        index: usize,
        table: usize,
        columns: Vec<(usize, bool, bool)>,
        unique: bool,
        filter: Option<usize>,
    },
    DropIndex(usize, usize),
}

#[derive(Clone, Debug)]
struct ColumnStep {
    name: usize,
    column_type: usize,
    not_null: bool,
    unique: bool,
    primary_key: bool,
    numbered: bool,
    default: Option<bool>,
    check: Option<usize>,
    reference: Option<(usize, usize, bool)>,
}

fn column() -> impl Strategy<Value = ColumnStep> {
    let flags = (
        any::<bool>(),
        prop::bool::weighted(0.2),
        prop::bool::weighted(0.1),
        prop::bool::weighted(0.1),
    );
    let options = (
        option::of(any::<bool>()),
        option::weighted(0.3, 0..COLUMNS.len()),
        option::weighted(0.3, (0..TABLES.len(), 0..COLUMNS.len(), any::<bool>())),
    );
    (0..COLUMNS.len(), 0..ColumnType::WORDS.len(), flags, options).prop_map(
        |(
            name,
            column_type,
            (not_null, unique, primary_key, numbered),
            (default, check, reference),
        )| ColumnStep {
            name,
            column_type,
            not_null,
            unique,
            primary_key,
            numbered,
            default,
            check,
            reference,
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    let (tables, columns, indexes) = (0..TABLES.len(), 0..COLUMNS.len(), 0..INDEXES.len());
    let some = || vec(0..COLUMNS.len(), 1..3);
    let create = (
        tables.clone(),
        vec(column(), 1..4),
        prop_oneof![Just(Vec::new()), some()],
        prop_oneof![Just(Vec::new()), some()],
        option::weighted(0.3, (some(), tables.clone(), some())),
        option::weighted(0.3, columns.clone()),
    );
    let create =
        create.prop_map(
            |(table, columns, key, unique, reference, check)| Step::CreateTable {
                table,
                columns,
                key,
                unique,
                reference,
                check,
            },
        );
    let index = (
        indexes.clone(),
        tables.clone(),
        vec(
            (columns.clone(), any::<bool>(), prop::bool::weighted(0.3)),
            1..3,
        ),
        any::<bool>(),
        option::weighted(0.3, columns.clone()),
    );
    let index = index.prop_map(
        |(index, table, columns, unique, filter)| Step::CreateIndex {
            index,
            table,
            columns,
            unique,
            filter,
        },
    );
    prop_oneof![
        4 => create,
        1 => tables.clone().prop_map(Step::DropTable),
        3 => (tables.clone(), column()).prop_map(|(table, column)| Step::AddColumn(table, column)),
        2 => (tables.clone(), columns.clone()).prop_map(|(table, column)| Step::DropColumn(table, column)),
        2 => (tables.clone(), tables.clone()).prop_map(|(from, to)| Step::RenameTable(from, to)),
        2 => (tables.clone(), columns.clone(), columns).prop_map(|(table, from, to)| Step::RenameColumn(table, from, to)),
        3 => index,
        1 => (indexes, tables).prop_map(|(index, table)| Step::DropIndex(index, table)),
    ]
}

fn quoted(name: &str) -> String {
    if name == "x" || name == "y" {
        return name.into();
    }
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A condition that holds for every row. Expressions are not the catalog's affair, so their column has to be there.
fn condition(column: &str) -> String {
    format!("{} IS NOT 'no such value'", quoted(column))
}

fn names(positions: &[usize]) -> Vec<&'static str> {
    positions
        .iter()
        .map(|position| COLUMNS[*position])
        .collect()
}

fn has(catalog: &Catalog, table: &str, column: &str) -> bool {
    catalog
        .table(table)
        .is_some_and(|table| table.column(column).is_some())
}

macro_rules! write_column {
    ($builder:expr, $step:expr, $check:expr) => {{
        let step: &ColumnStep = $step;
        let word = ColumnType::WORDS[step.column_type];
        let column_type: ColumnType = word.parse().unwrap();
        let mut column = $builder.column(COLUMNS[step.name], column_type.clone());
        if step.not_null {
            column = column.not_null();
        }
        if step.unique {
            column = column.unique();
        }
        if step.primary_key {
            column = column.primary_key();
        }
        if step.numbered {
            column = column.auto_increment();
        }
        column = match step.default {
            Some(true) if column_type.is_integer() => column.default(1),
            Some(true) if column_type == ColumnType::Text => column.default("it's"),
            Some(false) if word.starts_with("time") || word == "date" => column.default_now(),
            Some(false) => column.default(None::<i64>),
            _ => column,
        };
        if let Some(check) = $check {
            column = column.check(condition(check));
        }
        if let Some((table, referenced, cascade)) = step.reference {
            column = column.references(TABLES[table], COLUMNS[referenced]);
            if cascade {
                column = column
                    .on_delete(Action::Cascade)
                    .on_update(Action::SetDefault);
            }
        }
        column
    }};
}

impl Step {
    fn change(&self, catalog: &Catalog) -> Change {
        match self {
            Self::CreateTable {
                table,
                columns,
                key,
                unique,
                reference,
                check,
            } => {
                let present = |name: &&str| {
                    columns
                        .iter()
                        .any(|column| COLUMNS[column.name].eq_ignore_ascii_case(name))
                };
                Change::create_table(TABLES[*table], |t| {
                    for step in columns {
                        write_column!(
                            t,
                            step,
                            step.check.map(|check| COLUMNS[check]).filter(present)
                        );
                    }
                    t.primary_key(names(key));
                    if !unique.is_empty() {
                        t.unique(names(unique));
                    }
                    if let Some((own, table, referenced)) = reference {
                        t.foreign_key(names(own), TABLES[*table], names(referenced));
                    }
                    if let Some(check) = check.map(|check| COLUMNS[check]).filter(present) {
                        t.check("named", condition(check));
                    }
                })
            }
            Self::DropTable(table) => Change::drop_table(TABLES[*table]),
            Self::AddColumn(table, step) => {
                let check = step.check.map(|check| COLUMNS[check]);
                let check = check.filter(|name| {
                    *name == COLUMNS[step.name] || has(catalog, TABLES[*table], name)
                });
                Change::add_column(TABLES[*table], |c| write_column!(c, step, check))
            }
            Self::DropColumn(table, column) => {
                Change::drop_column(TABLES[*table], COLUMNS[*column])
            }
            Self::RenameTable(from, to) => Change::rename_table(TABLES[*from], TABLES[*to]),
            Self::RenameColumn(table, from, to) => {
                Change::rename_column(TABLES[*table], COLUMNS[*from], COLUMNS[*to])
            }
            Self::CreateIndex {
                index,
                table,
                columns,
                unique,
                filter,
            } => {
                let table = TABLES[*table];
                Change::create_index(INDEXES[*index], table, |mut i| {
                    for (column, descending, expression) in columns {
                        let column = COLUMNS[*column];
                        let text = format!("lower({}) || 'x'", quoted(column));
                        i = match (descending, *expression && has(catalog, table, column)) {
                            (false, false) => i.column(column),
                            (true, false) => i.descending(column),
                            (false, true) => i.expression(text),
                            (true, true) => i.descending_expression(text),
                        };
                    }
                    if *unique {
                        i = i.unique();
                    }
                    match filter
                        .map(|filter| COLUMNS[filter])
                        .filter(|column| has(catalog, table, column))
                    {
                        Some(column) => i.filter(condition(column)),
                        None => i,
                    }
                })
            }
            Self::DropIndex(index, table) => Change::drop_index(INDEXES[*index], TABLES[*table]),
        }
    }
}

/// Where the catalog refuses what SQLite lets pass: it would break at the first use, or is a mistake in the name of the table,
/// which SQLite does not get to see.
fn is_stricter(change: &Change, error: &CatalogError) -> bool {
    match error {
        CatalogError::BadReference { fault, .. } => {
            matches!(**fault, CatalogError::NoSuchColumn { .. })
        }
        CatalogError::ColumnInUse { user, .. } => user.starts_with("the foreign key"),
        CatalogError::IndexOfAnotherTable { .. } | CatalogError::NoSuchTable { .. } => {
            matches!(change, Change::DropIndex { .. })
        }
        _ => false,
    }
}

/// Whether a foreign key leads to a table or column that is not there: a rename may then give it one for good.
fn leads_nowhere(catalog: &Catalog) -> bool {
    catalog.dangling_references().iter().any(|error| match error {
        CatalogError::BadReference { fault, .. } => !matches!(**fault, CatalogError::NotUnique { .. }),
        _ => true,
    })
}

/// Makes the change where both agree, and says whether it was made.
fn make(engine: &mut Engine, change: &Change) -> bool {
    let verdict = engine.judge(change);
    let Ok(statements) = render(change, Dialect::Sqlite) else {
        return false;
    };
    let sql = statements.join(";");
    match verdict {
        Ok(_) => {
            // Whether rows refer to the table is not in the schema.
            engine.run("PRAGMA foreign_keys = OFF");
            engine.make(change);
            engine.run("PRAGMA foreign_keys = ON");
            true
        }
        Err(error) => {
            assert!(
                is_stricter(change, &error) || engine.refuses(&sql),
                "{error}, but the engine takes {sql}"
            );
            false
        }
    }
}

/// Rows where the constraints let them be: what is added later has to fit them.
fn fill(engine: &Engine) {
    for table in engine.catalog.tables() {
        let sql = format!("INSERT INTO {} DEFAULT VALUES", quoted(&table.name));
        let _ = engine.connection.execute_batch(&sql);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_catalog_agrees_with_the_engine(steps in vec(step(), 1..20)) {
        let mut engine = Engine::new();
        for step in steps {
            let change = step.change(&engine.catalog);
            make(&mut engine, &change);
            fill(&engine);
        }
    }

    #[test]
    fn the_inverse_takes_a_change_back(steps in vec(step(), 1..20)) {
        let mut engine = Engine::new();
        for step in steps {
            let change = step.change(&engine.catalog);
            let before = engine.catalog.clone();
            if make(&mut engine, &change) && let Some(inverse) = change.inverse() {
                prop_assert!(make(&mut engine, &inverse), "{inverse} is refused");
                // A rename of `A` back may give the table `a` its name in another case, and lose quotes that say nothing.
                let text = |catalog: &Catalog| format!("{catalog:?}").to_lowercase().replace(['"', '\\'], "");
                prop_assert!(leads_nowhere(&before) || text(&engine.catalog) == text(&before));
                prop_assert!(make(&mut engine, &change), "{change} is refused the second time");
            }
        }
    }

    #[test]
    fn the_canonical_text_tells_changes_apart(left in step(), right in step()) {
        let catalog = Catalog::new(Dialect::Sqlite);
        let (left, right) = (left.change(&catalog), right.change(&catalog));
        prop_assert_eq!(left == right, left.canonical() == right.canonical());
        prop_assert_eq!(left.canonical(), left.clone().canonical());
    }

    #[test]
    fn no_change_makes_a_renderer_panic(step in step()) {
        let change = step.change(&Catalog::new(Dialect::Sqlite));
        for dialect in Dialect::ALL {
            let _ = render(&change, dialect);
            let _ = Catalog::new(dialect).apply(&change);
        }
    }
}
