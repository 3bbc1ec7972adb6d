//! `CREATE TABLE`.

use super::{
    column, comment,
    constraint::{
        behind_key, check, exclusion, foreign_key, named, primary_key, references, unique,
    },
    index,
    name::{name, object_name, text},
};
use crate::{
    Dialect,
    schema::{Check, Column, ForeignKey, Index, IndexOn, Key, Table, TableKind},
};

/// A table with all that it has: the statement that makes it, then those of its indexes, comments and triggers.
///
/// A partition, and a table that inherits, is written with what it has besides its parents only where those are known:
/// [`create`](super::create) knows them.
pub fn create_table(dialect: Dialect, table: &Table) -> Vec<String> {
    let mut statements = body(dialect, table, &[]);
    let triggers = table.triggers.iter();
    statements.extend(triggers.map(|trigger| trigger.sql.trim().to_owned()));
    statements
}

/// A table without its triggers, beside its parents.
pub(super) fn body(dialect: Dialect, table: &Table, parents: &[&Table]) -> Vec<String> {
    let own = without_inherited(table, parents);
    let mut statements = vec![match &own.kind {
        TableKind::Other(sql) => sql.trim().to_owned(),
        _ => statement(dialect, &own),
    }];
    if dialect != Dialect::Mysql {
        let indexes = own.indexes.iter();
        statements.extend(indexes.flat_map(|one| index::create_index(dialect, &own.name, one)));
    }
    if dialect == Dialect::Postgres {
        if let Some(text) = &own.comment {
            let object = object_name(&own.name, dialect);
            let kind = match &own.kind {
                TableKind::Other(_) => "FOREIGN TABLE",
                _ => "TABLE",
            };
            statements.push(comment::on(kind, &object, Some(text)));
        }
        statements.extend(comment::on_columns(&own.name, &own.columns));
    }
    statements
}

/// What a partition or a table that inherits has besides its parents.
fn without_inherited(table: &Table, parents: &[&Table]) -> Table {
    let mut own = table.clone();
    let TableKind::Child { bounds, .. } = &table.kind else {
        return own;
    };
    let columns = |column: &Column| {
        let mut inherited = parents.iter().flat_map(|parent| &parent.columns);
        !inherited.any(|one| one.name == column.name)
    };
    own.columns.retain(columns);
    own.checks.retain(|check| {
        let mut inherited = parents.iter().flat_map(|parent| &parent.checks);
        !inherited.any(|one| one.expression == check.expression)
    });
    if bounds.is_some() {
        let inherited = |same: &dyn Fn(&Table) -> bool| parents.iter().any(|parent| same(parent));
        if let Some(key) = &table.primary_key
            && inherited(&|parent| {
                (parent.primary_key.as_ref()).is_some_and(|one| one.parts == key.parts)
            })
        {
            own.primary_key = None;
        }
        own.uniques.retain(|key| {
            !inherited(&|parent| parent.uniques.iter().any(|one| one.parts == key.parts))
        });
        own.foreign_keys.retain(|key| {
            !inherited(&|parent| parent.foreign_keys.iter().any(|one| is_same(one, key)))
        });
        own.indexes.retain(|index| {
            let unnamed = |one: &Index| Index {
                name: String::new(),
                comment: None,
                ..one.clone()
            };
            !inherited(&|parent| {
                let mut all = parent.indexes.iter();
                all.any(|one| unnamed(one) == unnamed(index))
            })
        });
    }
    own
}

fn is_same(one: &ForeignKey, other: &ForeignKey) -> bool {
    let unnamed = |key: &ForeignKey| ForeignKey {
        name: None,
        ..key.clone()
    };
    unnamed(one) == unnamed(other)
}

fn statement(dialect: Dialect, table: &Table) -> String {
    let unlogged = table.options.iter().any(|(name, _)| name == "unlogged");
    let unlogged = if unlogged { "UNLOGGED " } else { "" };
    let mut sql = format!(
        "CREATE {unlogged}TABLE {}",
        object_name(&table.name, dialect)
    );
    let lines = lines(dialect, table);
    let list = match lines.is_empty() {
        true => "()".to_owned(),
        false => format!("(\n    {}\n)", lines.join(",\n    ")),
    };
    match &table.kind {
        TableKind::Child {
            parents,
            bounds: Some(bounds),
        } => {
            let parents = parents.iter().map(|one| object_name(one, dialect));
            let parents = parents.collect::<Vec<_>>().join(", ");
            sql += &format!(" PARTITION OF {parents}");
            if !lines.is_empty() {
                sql += &format!(" {list}");
            }
            sql += &format!(" {}", bounds_words(bounds));
        }
        TableKind::Child {
            parents,
            bounds: None,
        } => {
            let parents = parents.iter().map(|one| object_name(one, dialect));
            let parents = parents.collect::<Vec<_>>().join(", ");
            sql += &format!(" {list} INHERITS ({parents})");
        }
        _ => sql += &format!(" {list}"),
    }
    if let (TableKind::Partitioned(by), Dialect::Postgres) = (&table.kind, dialect) {
        sql += &format!(" PARTITION BY {}", by.trim());
    }
    sql += &behind(dialect, table);
    if let (TableKind::Partitioned(by), Dialect::Mysql) = (&table.kind, dialect) {
        sql += &format!("\nPARTITION BY {}", by.trim());
    }
    sql
}

/// `FOR VALUES …` or `DEFAULT`.
pub(super) fn bounds_words(bounds: &str) -> String {
    let bounds = bounds.trim();
    let starts = |word: &str| {
        let start = bounds.get(..word.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(word))
    };
    if starts("for values") || starts("default") {
        bounds.to_owned()
    } else if bounds.is_empty() {
        "DEFAULT".to_owned()
    } else {
        format!("FOR VALUES {bounds}")
    }
}

/// What stands behind the columns: options.
fn behind(dialect: Dialect, table: &Table) -> String {
    match dialect {
        Dialect::Sqlite => {
            let words = [
                table.strict.then_some(" STRICT"),
                table.without_rowid.then_some(" WITHOUT ROWID"),
            ];
            let words: Vec<&str> = words.into_iter().flatten().collect();
            words.join(",")
        }
        Dialect::Postgres => options_on_postgres(&table.options),
        Dialect::Mysql => {
            let mut options = String::new();
            for (option, value) in &table.options {
                if option != "comment" {
                    options += &format!(" {}", option_on_mysql(option, value));
                }
            }
            if let Some(comment) = &table.comment {
                options += &format!(" COMMENT={}", text(comment, dialect));
            }
            options
        }
    }
}

fn options_on_postgres(options: &[(String, String)]) -> String {
    let dialect = Dialect::Postgres;
    let clause = |wanted: &str| options.iter().find(|(option, _)| option == wanted);
    let mut sql = String::new();
    if let Some((_, method)) = clause("using") {
        sql += &format!(" USING {}", name(method, dialect));
    }
    let parameters: Vec<String> = (options.iter())
        .filter(|(option, _)| is_storage_parameter(option))
        .map(|(option, value)| match value.is_empty() {
            true => option.clone(),
            false => format!("{option} = {value}"),
        })
        .collect();
    if !parameters.is_empty() {
        sql += &format!(" WITH ({})", parameters.join(", "));
    }
    if let Some((_, space)) = clause("tablespace") {
        sql += &format!(" TABLESPACE {}", name(space, dialect));
    }
    sql
}

/// Whether the option stands behind `WITH` (PostgreSQL), and is no clause of its own.
pub(super) fn is_storage_parameter(option: &str) -> bool {
    !matches!(option, "unlogged" | "tablespace" | "using" | "server")
}

/// `ENGINE=InnoDB`.
pub(super) fn option_on_mysql(option: &str, value: &str) -> String {
    let option = match option {
        "charset" => "DEFAULT CHARSET".to_owned(),
        other => other.to_uppercase(),
    };
    match value.is_empty() {
        true => option,
        false => format!("{option}={value}"),
    }
}

/// The columns and constraints of a table, a line each.
fn lines(dialect: Dialect, table: &Table) -> Vec<String> {
    let inline = Inline::of(dialect, table);
    let mut lines: Vec<String> = (table.columns.iter())
        .map(|column| {
            let mut line =
                column::definition(&inline.without_implied(dialect, table, column), dialect);
            inline.add(dialect, column, &mut line);
            line
        })
        .collect();
    if inline.primary_key.is_none()
        && let Some(key) = &table.primary_key
    {
        lines.push(primary_key(key, dialect));
    }
    let uniques = table.uniques.iter().skip(inline.uniques.len());
    lines.extend(uniques.map(|key| unique(key, dialect)));
    if dialect == Dialect::Mysql {
        lines.extend(table.indexes.iter().map(index::inside));
    }
    let checks = table.checks.iter();
    let checks = checks.filter(|one| !is_behind_its_column(dialect, table, one));
    lines.extend(checks.map(|one| check(one, dialect)));
    let keys = table.foreign_keys.iter().skip(inline.foreign_keys.len());
    lines.extend(keys.map(|key| foreign_key(key, dialect)));
    let exclusions = table.exclusions.iter();
    lines.extend(exclusions.map(|one| exclusion(one, dialect)));
    lines
}

/// The constraints that stand behind their columns.
struct Inline<'a> {
    primary_key: Option<&'a Key>,
    uniques: &'a [Key],
    foreign_keys: &'a [ForeignKey],
    checks: Vec<&'a Check>,
}

impl<'a> Inline<'a> {
    /// Those of one column stand behind it, as far as that leaves all in their order: the engine chooses names by it.
    fn of(dialect: Dialect, table: &'a Table) -> Self {
        let is_numbered = |column: &str| {
            let mut columns = table.columns.iter();
            columns.any(|one| one.name == column && one.auto_increment)
        };
        let primary_key = table.primary_key.as_ref().filter(|key| {
            let plain = key.include.is_empty() && key.name.is_none();
            single(key).is_some_and(|column| {
                let autoincrement = dialect == Dialect::Sqlite && is_numbered(column);
                place(table, column).is_some()
                    && (autoincrement
                        || (plain
                            && !key.parts[0].descending
                            && key.parts[0].length.is_none()
                            && key.parts[0].collation.is_none()))
            })
        });
        let uniques = table.uniques.iter().map(|key| {
            let plain = key.name.is_none()
                && key.include.is_empty()
                && !key.parts[..].iter().any(|part| {
                    part.descending || part.length.is_some() || part.collation.is_some()
                })
                && dialect != Dialect::Mysql;
            single(key).filter(|_| plain)
        });
        let keys = table.foreign_keys.iter().map(|key| {
            let plain = match dialect {
                Dialect::Sqlite => true,
                Dialect::Postgres => key.name.is_none(),
                // It reads them, and forgets them.
                Dialect::Mysql => false,
            };
            match key.columns.as_slice() {
                [only] if plain => Some(only.as_str()),
                _ => None,
            }
        });
        let behind = |one: &&Check| is_behind_its_column(dialect, table, one);
        Self {
            primary_key,
            uniques: &table.uniques[..in_order(table, uniques)],
            foreign_keys: &table.foreign_keys[..in_order(table, keys)],
            checks: table.checks.iter().filter(behind).collect(),
        }
    }

    /// A column without the NOT NULL that `PRIMARY KEY` behind it brings.
    fn without_implied(&self, dialect: Dialect, table: &Table, column: &Column) -> Column {
        let is_key = self.primary_key.and_then(single) == Some(column.name.as_str());
        let implied = match dialect {
            Dialect::Postgres => is_key,
            // Only what is the rowid refuses NULL by that.
            Dialect::Sqlite => {
                is_key && !table.without_rowid && column.data_type.eq_ignore_ascii_case("integer")
            }
            Dialect::Mysql => false,
        };
        Column {
            nullable: column.nullable || implied,
            ..column.clone()
        }
    }

    fn add(&self, dialect: Dialect, column: &Column, line: &mut String) {
        let is_own = |name: &str| name == column.name;
        if let Some(key) = self
            .primary_key
            .filter(|key| single(key).is_some_and(is_own))
        {
            *line += &format!(" {}PRIMARY KEY", named(key.name.as_ref(), dialect));
            if key.parts.iter().any(|part| part.descending) {
                *line += " DESC";
            }
            *line += &behind_key(key, dialect);
            if dialect == Dialect::Sqlite && column.auto_increment {
                *line += " AUTOINCREMENT";
            }
        }
        for key in self.uniques {
            if single(key).is_some_and(is_own) {
                let nulls = match key.nulls_not_distinct {
                    true => " NULLS NOT DISTINCT",
                    false => "",
                };
                *line += &format!(" UNIQUE{nulls}{}", behind_key(key, dialect));
            }
        }
        for one in &self.checks {
            if one.column.as_deref().is_some_and(is_own) {
                *line += &format!(" {}", check(one, dialect));
            }
        }
        for key in self.foreign_keys {
            if key.columns.first().is_some_and(|name| is_own(name)) {
                let own = named(key.name.as_ref(), dialect);
                *line += &format!(" {own}{}", references(key, dialect));
            }
        }
    }
}

/// Whether the check is written behind its column.
fn is_behind_its_column(dialect: Dialect, table: &Table, check: &Check) -> bool {
    let has_place = check
        .column
        .as_ref()
        .is_some_and(|column| place(table, column).is_some());
    has_place && (dialect != Dialect::Mysql || check.name.is_none())
}

/// The column of a key that is on one.
fn single(key: &Key) -> Option<&str> {
    match key.parts.as_slice() {
        [only] => match &only.on {
            IndexOn::Column(column) => Some(column),
            IndexOn::Expression(_) => None,
        },
        _ => None,
    }
}

fn place(table: &Table, column: &str) -> Option<usize> {
    table.columns.iter().position(|one| one.name == column)
}

/// How many from the start are each on one column, in the order of the columns.
fn in_order<'a>(table: &Table, columns: impl Iterator<Item = Option<&'a str>>) -> usize {
    let mut last = 0;
    let mut count = 0;
    for column in columns {
        match column.and_then(|column| place(table, column)) {
            Some(at) if at >= last => last = at,
            _ => break,
        }
        count += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{IndexPart, ObjectName};

    fn table() -> Table {
        let mut table = Table::new(ObjectName::bare("order"));
        let mut id = Column::new("id", "integer");
        id.auto_increment = true;
        id.nullable = false;
        let mut owner = Column::new("owner", "integer");
        owner.comment = Some("who".into());
        table.columns = vec![id, owner, Column::new("code", "varchar(10)")];
        table.primary_key = Some(Key::on(["id"]));
        table.uniques = vec![Key::on(["code"]), Key::on(["owner", "code"])];
        table.foreign_keys = vec![ForeignKey {
            name: None,
            columns: vec!["owner".into()],
            table: ObjectName::bare("users"),
            referred: vec!["id".into()],
            on_delete: Some("CASCADE".into()),
            on_update: None,
            deferrable: crate::schema::Deferrable::No,
            not_valid: false,
        }];
        table.checks = vec![Check {
            name: None,
            expression: "owner > 0".into(),
            column: Some("owner".into()),
            no_inherit: false,
            not_valid: false,
        }];
        table.indexes = vec![Index {
            name: "by_owner".into(),
            unique: false,
            method: None,
            parts: vec![IndexPart::column("owner")],
            include: Vec::new(),
            nulls_not_distinct: false,
            predicate: None,
            comment: None,
        }];
        table
    }

    #[test]
    fn a_table_on_sqlite() {
        let mut table = table();
        table.strict = true;
        table.without_rowid = true;
        assert_eq!(
            create_table(Dialect::Sqlite, &table),
            [
                "CREATE TABLE \"order\" (\n    \
                    id integer NOT NULL PRIMARY KEY AUTOINCREMENT,\n    \
                    owner integer CHECK (owner > 0) REFERENCES users (id) ON DELETE CASCADE,\n    \
                    code varchar(10) UNIQUE,\n    \
                    UNIQUE (owner, code)\n\
                 ) STRICT, WITHOUT ROWID",
                "CREATE INDEX by_owner ON \"order\" (owner)",
            ]
        );
    }

    #[test]
    fn a_table_on_postgres() {
        let mut table = table();
        table.comment = Some("what".into());
        table.options = vec![
            ("unlogged".into(), String::new()),
            ("fillfactor".into(), "70".into()),
            ("tablespace".into(), "fast".into()),
        ];
        assert_eq!(
            create_table(Dialect::Postgres, &table),
            [
                "CREATE UNLOGGED TABLE \"order\" (\n    \
                    id serial PRIMARY KEY,\n    \
                    owner integer CHECK (owner > 0) REFERENCES users (id) ON DELETE CASCADE,\n    \
                    code varchar(10) UNIQUE,\n    \
                    UNIQUE (owner, code)\n\
                 ) WITH (fillfactor = 70) TABLESPACE fast",
                "CREATE INDEX by_owner ON \"order\" (owner)",
                "COMMENT ON TABLE \"order\" IS 'what'",
                "COMMENT ON COLUMN \"order\".owner IS 'who'",
            ]
        );
    }

    #[test]
    fn a_table_on_mysql() {
        let mut table = table();
        table.comment = Some("what".into());
        table.options = vec![
            ("engine".into(), "InnoDB".into()),
            ("charset".into(), "utf8mb4".into()),
        ];
        assert_eq!(
            create_table(Dialect::Mysql, &table),
            ["CREATE TABLE `order` (\n    \
                    id integer NOT NULL AUTO_INCREMENT PRIMARY KEY,\n    \
                    owner integer COMMENT 'who' CHECK (owner > 0),\n    \
                    code varchar(10),\n    \
                    UNIQUE KEY (code),\n    \
                    UNIQUE KEY (owner, code),\n    \
                    INDEX by_owner (owner),\n    \
                    FOREIGN KEY (owner) REFERENCES users (id) ON DELETE CASCADE\n\
                 ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='what'"]
        );
    }

    #[test]
    fn constraints_keep_their_order() {
        let mut table = table();
        table.uniques = vec![Key::on(["code"]), Key::on(["owner"])];
        let sql = &create_table(Dialect::Postgres, &table)[0];
        assert!(
            sql.contains("code varchar(10) UNIQUE,\n    UNIQUE (owner)"),
            "{sql}"
        );
    }

    #[test]
    fn a_partition_has_what_its_parent_has_not() {
        let mut parent = table();
        parent.kind = TableKind::Partitioned("RANGE (id)".into());
        let mut child = table();
        child.name.name = "p1".into();
        child.kind = TableKind::Child {
            parents: vec![parent.name.clone()],
            bounds: Some("FROM (1) TO (9)".into()),
        };
        child.indexes[0].name = "p1_owner_idx".into();
        assert_eq!(
            body(Dialect::Postgres, &child, &[&parent]),
            ["CREATE TABLE p1 PARTITION OF \"order\" FOR VALUES FROM (1) TO (9)"]
        );
        child.columns.push(Column::new("more", "text"));
        child.kind = TableKind::Child {
            parents: vec![parent.name.clone()],
            bounds: None,
        };
        child.primary_key = None;
        child.uniques.clear();
        child.foreign_keys.clear();
        assert_eq!(
            body(Dialect::Postgres, &child, &[&parent])[0],
            "CREATE TABLE p1 (\n    more text\n) INHERITS (\"order\")"
        );
    }
}
