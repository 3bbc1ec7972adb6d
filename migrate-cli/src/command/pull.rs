//! `pull`: the migration that brings a database to what definitions say, or the history to what a database has.

use std::{fs, path::Path};

use migrate_core::{
    Dialect, Registry, RegistryError, State, models,
    schema::{self, Schema},
};
use migrate_schema::schema::{
    ddl,
    definitions::{Definitions, Removal},
    diff::{Change, Hints, TableChange, diff},
};

use super::{OnDatabase, project::package_of};
use crate::{
    args::PullArgs,
    fault::{Exit, Fault},
    output::{Pulled, near},
    project::{Package, Script, Statements, known, write_sql},
};

/// What is to be done on the databases of one dialect.
struct Way {
    dialect: Dialect,
    changes: Vec<Change>,
    up: Vec<ddl::Planned>,
    down: Vec<ddl::Planned>,
    /// A column that `down` would have to fill, and nobody knows with what.
    no_way_back: Option<String>,
    removals: Vec<Removal>,
}

impl OnDatabase<'_> {
    /// Writes the migration, where there is anything to do.
    pub(super) fn pull(&self, arguments: &PullArgs, manifest_dir: &Path) -> Result<Exit, Fault> {
        let package = package_of(manifest_dir)?;
        self.up_to_date(&package, arguments)?;
        let live = self.live()?;
        let ways = match arguments.from_database {
            true => vec![self.adopted(&package, live)?],
            false => self.wanted(arguments, &package, &live)?,
        };
        for column in ways.iter().take(1).flat_map(|way| unfilled(&way.changes)) {
            self.out.warn(&format!(
                "{column} takes no NULL and has no default: the migration fails where its table has rows; give it a `default`"
            ));
        }
        let removals = ways.first().map_or(&[][..], |way| &way.removals);
        let changes = ways.iter().max_by_key(|way| way.changes.len());
        let changes = changes.map_or(&[][..], |way| &way.changes);
        let mut pulled = Pulled {
            created: None,
            changes: changes.iter().map(ToString::to_string).collect(),
            kept: match arguments.allow_drop {
                true => Vec::new(),
                false => removals.iter().map(kept).collect(),
            },
            script: None,
            baseline: arguments.from_database,
        };
        if !changes.is_empty() {
            let script = script(&ways, changes);
            if arguments.dry_run.dry_run {
                pulled.script = Some(ddl::script(&ways[0].up));
            } else {
                let name = arguments.name.clone().unwrap_or_else(|| name_of(changes));
                pulled.created = Some(write_sql(&package, &name, &script)?);
            }
        }
        self.out.pulled(&pulled)?;
        Ok(Exit::Done)
    }

    /// What is pending, or not even compiled yet, may be the very thing that would be written once more.
    fn up_to_date(&self, package: &Package, arguments: &PullArgs) -> Result<(), Fault> {
        let registry = self.migrations()?;
        let all = registry.iter().flat_map(Registry::iter);
        let last = all.map(|one| one.id()).max();
        let newest = known(package)?.into_iter().max();
        if let Some(newest) = newest.filter(|newest| last.is_none_or(|last| newest > last)) {
            return Err(Fault::Usage(format!(
                "the sources have the migration `{newest}`, which this program was built without: build it again"
            )));
        }
        // What the database has is compared with all migrations there, whether they ran or not.
        if arguments.from_database || registry.is_none() {
            return Ok(());
        }
        let status = self.migrator.status(&mut self.existing()?)?;
        let mut pending = (status.migrations.iter()).filter(|one| one.state == State::Pending);
        match (pending.next(), pending.count()) {
            (None, _) => Ok(()),
            (Some(one), 0) => Err(Fault::Usage(format!(
                "the migration `{}` is pending: apply it first (`up`), and pull then",
                one.id
            ))),
            (Some(one), more) => Err(Fault::Usage(format!(
                "`{}` and {more} more are pending: apply them first (`up`), and pull then",
                one.id
            ))),
        }
    }

    /// What the definitions make of the database, and of the history on databases of other dialects.
    fn wanted(
        &self,
        arguments: &PullArgs,
        package: &Package,
        live: &Schema,
    ) -> Result<Vec<Way>, Fault> {
        let definitions = definitions(arguments, package)?;
        let mut dialects: Vec<Dialect> = Vec::new();
        for target in &package.targets {
            if !dialects.contains(&target.dialect()) {
                dialects.push(target.dialect());
            }
        }
        if !dialects.contains(&live.dialect) {
            return Err(other_dialect(package, live.dialect));
        }
        let mut ways = Vec::new();
        for dialect in dialects {
            let base = match dialect == live.dialect {
                true => live.clone(),
                false => self.expected(dialect)?,
            };
            let merged = definitions
                .merge(&base, arguments.allow_drop)
                .map_err(|faults| Fault::Usage(faults.to_string()))?;
            let mut way = way(&base, &merged.schema, &merged.hints)?;
            way.removals = merged.removals;
            ways.push(way);
        }
        for warning in definitions.warnings() {
            self.out.warn(&warning.to_string());
        }
        Ok(ways)
    }

    /// What the database has, and no migration makes.
    fn adopted(&self, package: &Package, live: Schema) -> Result<Way, Fault> {
        let dialect = live.dialect;
        if package
            .targets
            .iter()
            .any(|target| target.dialect() != dialect)
        {
            return Err(other_dialect(package, dialect));
        }
        way(&self.expected(dialect)?, &live, &Hints::default())
    }

    /// The migrations of the program; none where it has none yet.
    fn migrations(&self) -> Result<Option<Registry>, Fault> {
        match Registry::linked(self.global.set.as_deref()) {
            Ok(registry) => Ok(Some(registry)),
            Err(RegistryError::Empty { linked, .. }) if linked.is_empty() => Ok(None),
            Err(error) => Err(Fault::Migrate(error.into())),
        }
    }

    fn expected(&self, dialect: Dialect) -> Result<Schema, Fault> {
        if self.migrations()?.is_none() {
            return Ok(Schema::empty(dialect));
        }
        Ok(schema::expected(&self.migrator, dialect)?)
    }

    fn live(&self) -> Result<Schema, Fault> {
        Ok(schema::live(&self.migrator, &mut self.existing()?)?)
    }
}

fn way(from: &Schema, to: &Schema, hints: &Hints) -> Result<Way, Fault> {
    let unwritten = |error: ddl::DdlError| Fault::Usage(error.to_string());
    let changes = diff(from, to, hints);
    let back = Hints {
        tables: hints
            .tables
            .iter()
            .map(|(old, new)| (new.clone(), old.clone()))
            .collect(),
        columns: (hints.columns.iter())
            .map(|(table, old, new)| {
                let before = hints.tables.iter().find(|(_, now)| now == table);
                let table = before.map_or(table, |(before, _)| before);
                (table.clone(), new.clone(), old.clone())
            })
            .collect(),
    };
    let down = diff(to, from, &back);
    Ok(Way {
        dialect: to.dialect,
        no_way_back: unfilled(&down).next(),
        up: ddl::change(from, to, &changes).map_err(unwritten)?,
        down: ddl::change(to, from, &down).map_err(unwritten)?,
        changes,
        removals: Vec::new(),
    })
}

/// Columns that are added, may not be NULL, and have nothing to put into the rows that are there.
fn unfilled(changes: &[Change]) -> impl Iterator<Item = String> {
    changes.iter().filter_map(|change| match change {
        Change::AlterTable {
            table,
            change: TableChange::AddColumn(column),
        } if !column.nullable
            && column.default.is_none()
            && column.generated.is_none()
            && column.identity.is_none()
            && !column.auto_increment =>
        {
            Some(format!("{table}.{}", column.name))
        }
        _ => None,
    })
}

fn script(ways: &[Way], changes: &[Change]) -> Script {
    let all = |of: fn(&Way) -> &Vec<ddl::Planned>| -> Statements {
        let texts = ways.iter().map(|way| {
            let texts = of(way)
                .iter()
                .map(|one| one.sql.clone())
                .collect::<Vec<_>>();
            (way.dialect, texts)
        });
        let mut texts: Statements = texts.collect();
        // One text that is the same everywhere needs no dialect.
        if texts.iter().all(|(_, text)| *text == texts[0].1) {
            texts.truncate(1);
        }
        texts
    };
    let mut notes: Vec<String> = changes.iter().map(ToString::to_string).collect();
    let lost = ways
        .iter()
        .flat_map(|way| &way.up)
        .filter_map(|one| one.loses.as_ref());
    for loses in lost {
        let note = format!("Lost: {loses}.");
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
    Script {
        notes,
        up: all(|way| &way.up),
        down: match ways.iter().find_map(|way| way.no_way_back.as_ref()) {
            Some(column) => Err(format!(
                "the values of {column} are gone, and it takes no NULL"
            )),
            None => Ok(all(|way| &way.down)),
        },
        alone: ways
            .iter()
            .any(|way| way.up.iter().chain(&way.down).any(|one| one.alone)),
    }
}

fn kept(removal: &Removal) -> String {
    format!(
        "column {}.{} is no longer in {}, and stays: `--allow-drop` writes its removal, and its values are lost",
        removal.table, removal.column, removal.file
    )
}

fn other_dialect(package: &Package, dialect: Dialect) -> Fault {
    let targets: Vec<String> = package.targets.iter().map(ToString::to_string).collect();
    Fault::Usage(format!(
        "the migrations of `{}` are for {}, and this database is {dialect}",
        package.name,
        targets.join(" and ")
    ))
}

/// What the migration is called where nobody says it.
fn name_of(changes: &[Change]) -> String {
    let created: Vec<&str> = changes
        .iter()
        .filter_map(|change| match change {
            Change::CreateTable(table) => Some(table.name.name.as_str()),
            _ => None,
        })
        .collect();
    let mut altered: Vec<&str> = Vec::new();
    for change in changes {
        if let Change::AlterTable { table, .. } = change
            && !altered.contains(&table.name.as_str())
            && !created.contains(&table.name.as_str())
        {
            altered.push(&table.name);
        }
    }
    let plain = |name: &str| -> String {
        let letters = name.chars().map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '_'
            }
        });
        letters.collect::<String>().trim_matches('_').to_owned()
    };
    if let ([], [table]) = (created.as_slice(), altered.as_slice())
        && let [
            Change::AlterTable {
                change: TableChange::AddColumn(column),
                ..
            },
        ] = changes
    {
        return format!("add_{}_to_{}", plain(&column.name), plain(table));
    }
    match (created.as_slice(), altered.as_slice()) {
        ([table], []) => format!("create_{}", plain(table)),
        ([], [table]) => format!("alter_{}", plain(table)),
        ([_, ..], []) => "create_tables".to_owned(),
        _ => "update_schema".to_owned(),
    }
}

fn definitions(arguments: &PullArgs, package: &Package) -> Result<Definitions, Fault> {
    if arguments.models {
        let models = models::linked();
        if models.is_empty() {
            return Err(Fault::Usage(
                "no struct with `#[derive(Table)]` is linked into this program: derive it, and name its crate in `migrate_cli::main!`".to_owned(),
            ));
        }
        return models::definitions(&models).map_err(|faults| Fault::Usage(faults.to_string()));
    }
    let folder = arguments
        .definitions
        .as_ref()
        .unwrap_or(&package.definitions);
    if !folder.is_dir() {
        return Err(Fault::Usage(format!(
            "there is no folder {}: write a definition for each table there, such as `users.json`, or give another one (`--definitions`)",
            near(folder)
        )));
    }
    let files = read(folder)?;
    if files.is_empty() {
        return Err(Fault::Usage(format!(
            "there is no definition in {}: write one, `users.json` for a table `users`",
            near(folder)
        )));
    }
    let ignored: Vec<&str> = arguments.ignore.iter().map(String::as_str).collect();
    let files = files
        .iter()
        .map(|(file, text)| (file.as_str(), text.as_str()));
    Definitions::read(files, &ignored).map_err(|faults| Fault::Usage(faults.to_string()))
}

/// The JSON files of a folder, in the order of their names.
fn read(folder: &Path) -> Result<Vec<(String, String)>, Fault> {
    let at = |path: &Path| {
        let what = format!("cannot read {}", path.display());
        move |source| Fault::Io { what, source }
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let path = entry.map_err(at(folder))?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            let text = fs::read_to_string(&path).map_err(at(&path))?;
            files.push((near(&path), text));
        }
    }
    files.sort();
    Ok(files)
}
