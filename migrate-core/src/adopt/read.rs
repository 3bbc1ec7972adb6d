//! From the rows of another tool's history to what it has applied.

use std::collections::BTreeMap;

use migrate_schema::{Dialect, MigrationId, Version};

use super::{Tool, tool::quoted};

/// A row as text.
type Cells = Vec<Option<String>>;

/// What another tool has applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OtherHistory {
    pub(crate) tool: Tool,
    pub(crate) entries: Vec<Entry>,
    /// What it has begun and not ended, or what has failed.
    pub(crate) unfinished: Vec<String>,
    /// What it runs again and again, of which there is none here.
    pub(crate) repeatable: Vec<String>,
}

/// Something that it has applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// A migration, by the versions that it can have here, the likeliest first.
    One {
        label: String,
        versions: Vec<Version>,
        name: Option<String>,
    },
    /// Everything up to and with this one; none where it can have no version here.
    UpTo {
        label: String,
        version: Option<Version>,
    },
    /// The first so many.
    First(usize),
}

impl OtherHistory {
    /// The query for it.
    pub(crate) fn query(tool: Tool, table: Option<&str>, dialect: Dialect) -> String {
        let table = table.or(tool.table()).unwrap_or_default();
        tool.query(&quoted(table, dialect))
    }

    /// Takes the rows that the query has given. The error says what is wrong with them.
    pub(crate) fn read(tool: Tool, rows: &[Cells]) -> Result<Self, String> {
        let mut history = Self {
            tool,
            entries: Vec::new(),
            unfinished: Vec::new(),
            repeatable: Vec::new(),
        };
        match tool {
            Tool::Flyway => history.flyway(rows)?,
            Tool::Goose => history.goose(rows)?,
            _ => {
                for row in rows {
                    history.row(row)?;
                }
            }
        }
        Ok(history)
    }

    fn row(&mut self, row: &Cells) -> Result<(), String> {
        let first = text(row, 0)?;
        match self.tool {
            Tool::Sqlx => {
                let name = text(row, 1)?;
                self.one(truth(row, 2)?, first, numbered(first), Some(name));
            }
            Tool::Refinery => self.one(true, first, numbered(first), Some(text(row, 1)?)),
            Tool::GolangMigrate => self.golang(first, truth(row, 1)?),
            Tool::SeaOrm => {
                let (versions, name) = dated(first);
                self.one(true, first, versions, name);
            }
            Tool::RusqliteMigration => {
                let number = first.parse();
                let number = number.map_err(|_| format!("`{first}` is no number of migrations"))?;
                self.entries.push(Entry::First(number));
            }
            Tool::Prisma => {
                let (finished, rolled_back) = (truth(row, 1)?, truth(row, 2)?);
                if !rolled_back {
                    let (version, name) = first.split_once('_').unwrap_or((first, ""));
                    self.one(finished, first, numbered(version), Some(name));
                }
            }
            _ => self.one(true, first, numbered(first), None),
        }
        Ok(())
    }

    fn one(&mut self, finished: bool, version: &str, versions: Vec<Version>, name: Option<&str>) {
        let name = name.filter(|name| !name.is_empty());
        let label = match name {
            Some(name) if !version.contains(name) => format!("{version} {name}"),
            _ => version.to_owned(),
        };
        if !finished {
            self.unfinished.push(label);
            return;
        }
        self.entries.push(Entry::One {
            label,
            versions,
            name: name.map(str::to_owned),
        });
    }

    /// It knows only the last one.
    fn golang(&mut self, version: &str, dirty: bool) {
        if dirty {
            self.unfinished.push(version.to_owned());
        } else if version != "-1" {
            self.entries.push(Entry::UpTo {
                label: version.to_owned(),
                version: numbered(version).first().copied(),
            });
        }
    }

    /// It adds a row for each way up and each way down; the first one is for no migration.
    fn goose(&mut self, rows: &[Cells]) -> Result<(), String> {
        let mut last: Vec<(&str, bool)> = Vec::new();
        for row in rows {
            let (version, applied) = (text(row, 0)?, truth(row, 1)?);
            last.retain(|(other, _)| *other != version);
            last.push((version, applied));
        }
        for (version, applied) in last {
            if applied && version != "0" {
                self.one(true, version, numbered(version), None);
            }
        }
        Ok(())
    }

    fn flyway(&mut self, rows: &[Cells]) -> Result<(), String> {
        // By version, because what was undone or deleted has a row more.
        let mut applied: BTreeMap<&str, Entry> = BTreeMap::new();
        let mut order: Vec<&str> = Vec::new();
        for row in rows {
            let (name, kind) = (text(row, 1)?, text(row, 3)?);
            let Some(version) = row.first().and_then(Option::as_deref) else {
                if kind != "SCHEMA" {
                    self.repeatable.push(text(row, 4)?.to_owned());
                }
                continue;
            };
            let label = format!("{version} {name}");
            if !truth(row, 2)? {
                self.unfinished.push(label);
                continue;
            }
            if kind.starts_with("UNDO") || kind == "DELETE" {
                applied.remove(version);
                continue;
            }
            // The parts behind a dot are in the name here.
            let versions = numbered(version.split('.').next().unwrap_or_default());
            let entry = match kind {
                "BASELINE" => Entry::UpTo {
                    label,
                    version: versions.first().copied(),
                },
                _ => Entry::One {
                    label,
                    versions,
                    name: Some(name.to_owned()),
                },
            };
            order.push(version);
            applied.insert(version, entry);
        }
        let entries = order.iter().filter_map(|version| applied.remove(version));
        self.entries.extend(entries);
        Ok(())
    }
}

/// The version that a number has here: `7`, `20240506`, `20240506192337`, diesel's `202405061923370000`.
fn numbered(text: &str) -> Vec<Version> {
    let text = match text.len() {
        // diesel's first is 00000000000000.
        8.. if text.bytes().all(|digit| digit == b'0') => "0",
        18 => text.get(..14).unwrap_or(text),
        _ => text,
    };
    version(text).into_iter().collect()
}

/// SeaORM's `m20220101_000001_create_table`: a moment, or a number in a day.
fn dated(text: &str) -> (Vec<Version>, Option<&str>) {
    let mut parts = text.strip_prefix('m').unwrap_or(text).splitn(3, '_');
    let (day, time) = (parts.next().unwrap_or(text), parts.next().unwrap_or(""));
    let number = time.parse().ok().filter(|number| (1..100).contains(number));
    let in_day = number.and_then(|number: u32| version(&format!("{day}_{number:02}")));
    let versions = version(&format!("{day}{time}")).into_iter().chain(in_day);
    (versions.collect(), parts.next())
}

fn version(text: &str) -> Option<Version> {
    let id: MigrationId = format!("{text}_x").parse().ok()?;
    (id.name() == "x").then(|| id.version())
}

fn text(row: &Cells, at: usize) -> Result<&str, String> {
    let cell = row.get(at).and_then(Option::as_deref);
    cell.ok_or_else(|| format!("a row has nothing in column {}", at + 1))
}

fn truth(row: &Cells, at: usize) -> Result<bool, String> {
    Ok(text(row, at)? == "1")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(tool: Tool, rows: &[&[&str]]) -> OtherHistory {
        let cell = |text: &&str| (*text != "NULL").then(|| (*text).to_owned());
        let rows: Vec<Cells> = (rows.iter())
            .map(|row| row.iter().map(cell).collect())
            .collect();
        OtherHistory::read(tool, &rows).unwrap()
    }

    fn shown(history: &OtherHistory) -> Vec<String> {
        let versions = |all: &[Version]| {
            let all: Vec<String> = all.iter().map(ToString::to_string).collect();
            all.join("|")
        };
        (history.entries.iter())
            .map(|entry| match entry {
                Entry::One {
                    label, versions: v, ..
                } => format!("{label} = {}", versions(v)),
                Entry::UpTo { label, version } => {
                    format!("..{label} = {}", versions(version.as_slice()))
                }
                Entry::First(number) => format!("first {number}"),
            })
            .collect()
    }

    #[test]
    fn versions_as_the_tools_write_them() {
        let sqlx = read(
            Tool::Sqlx,
            &[
                &["1", "create users", "1"],
                &["20240506192337", "add age", "1"],
                &["202405061923", "add name", "1"],
                &["20240507000000", "add title", "0"],
            ],
        );
        assert_eq!(
            shown(&sqlx),
            [
                "1 create users = 1",
                "20240506192337 add age = 20240506192337",
                "202405061923 add name = "
            ]
        );
        assert_eq!(sqlx.unfinished, ["20240507000000 add title"]);
        let diesel = read(
            Tool::Diesel,
            &[
                &["00000000000000"],
                &["20240506192337"],
                &["202405061923380000"],
            ],
        );
        assert_eq!(
            shown(&diesel),
            [
                "00000000000000 = 0",
                "20240506192337 = 20240506192337",
                "202405061923380000 = 20240506192338"
            ]
        );
        let sea = read(
            Tool::SeaOrm,
            &[
                &["m20220101_000001_create_table"],
                &["m20220101_120000_add_age"],
                &["baseline"],
            ],
        );
        assert_eq!(
            shown(&sea),
            [
                "m20220101_000001_create_table = 20220101000001|20220101_01",
                "m20220101_120000_add_age = 20220101120000",
                "baseline = "
            ]
        );
    }

    #[test]
    fn the_last_one_or_a_number_of_them() {
        let golang = |version, dirty| read(Tool::GolangMigrate, &[&[version, dirty]]);
        assert_eq!(shown(&golang("7", "0")), ["..7 = 7"]);
        assert_eq!(golang("7", "1").unfinished, ["7"]);
        assert_eq!(shown(&golang("-1", "0")), [""; 0]);
        assert_eq!(
            shown(&read(Tool::RusqliteMigration, &[&["3"]])),
            ["first 3"]
        );
        let goose = read(
            Tool::Goose,
            &[
                &["0", "1"],
                &["1", "1"],
                &["2", "1"],
                &["2", "0"],
                &["3", "1"],
            ],
        );
        assert_eq!(shown(&goose), ["1 = 1", "3 = 3"]);
    }

    #[test]
    fn flyways_rows() {
        let flyway = read(
            Tool::Flyway,
            &[
                &[
                    "NULL",
                    "<< Flyway Schema Creation >>",
                    "1",
                    "SCHEMA",
                    "\"app\"",
                ],
                &["1", "<< Flyway Baseline >>", "1", "BASELINE", "<< >>"],
                &["2", "add age", "1", "SQL", "V2__add_age.sql"],
                &["2.1", "add name", "1", "SQL", "V2_1__add_name.sql"],
                &["2", "add age", "1", "UNDO_SQL", "U2__add_age.sql"],
                &["3", "add title", "0", "SQL", "V3__add_title.sql"],
                &["NULL", "views", "1", "SQL", "R__views.sql"],
            ],
        );
        assert_eq!(
            shown(&flyway),
            ["..1 << Flyway Baseline >> = 1", "2.1 add name = 2"]
        );
        assert_eq!(flyway.unfinished, ["3 add title"]);
        assert_eq!(flyway.repeatable, ["R__views.sql"]);
    }

    #[test]
    fn prismas_rows() {
        let prisma = read(
            Tool::Prisma,
            &[
                &["20240506192337_init", "1", "0"],
                &["20240507000000_add_age", "0", "1"],
                &["20240507000000_add_age", "0", "0"],
            ],
        );
        assert_eq!(shown(&prisma), ["20240506192337_init = 20240506192337"]);
        assert_eq!(prisma.unfinished, ["20240507000000_add_age"]);
    }

    #[test]
    fn what_is_no_history() {
        let read = |tool, cell: Option<&str>| {
            OtherHistory::read(tool, &[vec![cell.map(str::to_owned)]]).unwrap_err()
        };
        assert_eq!(read(Tool::Sqlx, None), "a row has nothing in column 1");
        assert_eq!(
            read(Tool::RusqliteMigration, Some("-1")),
            "`-1` is no number of migrations"
        );
    }
}
