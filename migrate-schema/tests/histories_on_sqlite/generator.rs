//! Random statements: mostly about what is there, now and then about what is not.

use rusqlite::Connection;

const TABLES: [&str; 5] = ["users", "posts", "tags", "Logs", "v_users"];
const COLUMNS: [&str; 6] = ["id", "name", "email", "owner_id", "Created", "size"];
const INDEXES: [&str; 3] = ["i_one", "i_two", "users"];
const TRIGGERS: [&str; 2] = ["r_one", "r_two"];
const TYPES: [&str; 6] = ["INTEGER", "TEXT", "VARCHAR(20)", "", "REAL", "INT"];

/// What the database holds, as the engine tells it.
struct Table {
    name: String,
    columns: Vec<String>,
    view: bool,
}

pub(crate) struct Generator {
    state: u64,
    /// What is stored and rewritten by a rename (views, triggers) holds no query in its expressions: of those the catalog
    /// says nothing any more.
    flat: bool,
}

impl Generator {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            state: seed | 1,
            flat: false,
        }
    }

    /// A number below `end`.
    fn below(&mut self, end: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        (self.state >> 33) as usize % end
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    fn tables(connection: &Connection) -> Vec<Table> {
        let mut query = connection
            .prepare("SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'")
            .unwrap();
        let tables: Vec<(String, String)> = query
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let columns = |table: &str| -> Vec<String> {
            let mut query = connection
                .prepare("SELECT name FROM pragma_table_info(?1)")
                .unwrap();
            // A view that has broken has none.
            let rows = query.query_map([table], |row| row.get(0));
            rows.map(|rows| rows.filter_map(Result::ok).map(quoted).collect())
                .unwrap_or_default()
        };
        tables
            .into_iter()
            .map(|(name, kind)| Table {
                columns: columns(&name),
                view: kind == "view",
                name,
            })
            .collect()
    }

    /// The name and columns of a table that mostly is there.
    fn table(&mut self, tables: &[Table]) -> (String, Vec<String>) {
        if tables.is_empty() || self.chance(6) {
            let columns = COLUMNS.iter().map(|name| (*name).to_owned()).collect();
            return (self.pick(&TABLES).to_owned(), columns);
        }
        let at = self.below(tables.len());
        let mut name = tables[at].name.clone();
        if self.chance(10) {
            name = name.to_uppercase();
        }
        (name, tables[at].columns.clone())
    }

    fn column(&mut self, columns: &[String]) -> String {
        if columns.is_empty() || self.chance(6) {
            return self.pick(&COLUMNS).to_owned();
        }
        let at = self.below(columns.len());
        let name = &columns[at];
        match self.below(12) {
            0 if !name.contains('"') => name.to_uppercase(),
            1 if !name.contains('"') => format!("[{name}]"),
            2 if !name.contains('"') => format!("`{name}`"),
            _ => name.clone(),
        }
    }

    fn some_columns(&mut self, columns: &[String]) -> Vec<String> {
        let count = 1 + self.below(3);
        let mut chosen: Vec<String> = Vec::new();
        for _ in 0..count {
            let column = self.column(columns);
            if !chosen.iter().any(|other| plain(other) == plain(&column)) {
                chosen.push(column);
            }
        }
        chosen
    }

    pub(crate) fn statement(&mut self, connection: &Connection) -> String {
        let tables = Self::tables(connection);
        let kind = if tables.len() < 2 {
            self.below(3)
        } else {
            self.below(22)
        };
        match kind {
            0..=2 => self.create_table(&tables),
            3 => {
                let (name, query) = (self.pick(&TABLES), self.plain_query(&tables));
                // Without a row: what `ALTER TABLE` says of tables with rows is another matter.
                format!("CREATE TABLE {name} AS {query} LIMIT 0")
            }
            4 | 5 => self.create_index(&tables),
            6 | 7 => {
                self.flat = true;
                let sql = if kind == 6 {
                    self.create_view(&tables)
                } else {
                    self.create_trigger(&tables)
                };
                self.flat = false;
                sql
            }
            8 | 9 => self.drop_statement(connection, &tables),
            10..=14 => self.alter(&tables),
            15 | 16 => self.insert(&tables),
            17 => self.update(&tables),
            18 => self.delete(&tables),
            _ => self.query(&tables, 3),
        }
    }

    fn create_table(&mut self, tables: &[Table]) -> String {
        let name = self.pick(&TABLES);
        let mut names: Vec<String> = Vec::new();
        for _ in 0..2 + self.below(4) {
            let name = self.pick(&COLUMNS).to_owned();
            if !names.contains(&name) || self.chance(3) {
                names.push(name);
            }
        }
        let mut parts: Vec<String> = Vec::new();
        for (at, column) in names.iter().enumerate() {
            let mut part = format!("{column} {}", self.pick(&TYPES));
            if at == 0 && self.chance(40) {
                part += " PRIMARY KEY";
            }
            part += &self.column_constraint(&names, tables);
            parts.push(part);
        }
        if self.chance(12) {
            parts.push(format!("made AS ({})", self.expression(&names, tables, 1)));
        }
        if self.chance(15) {
            parts.push(format!(
                "PRIMARY KEY ({})",
                self.some_columns(&names).join(", ")
            ));
        }
        if self.chance(20) {
            parts.push(format!("UNIQUE ({})", self.some_columns(&names).join(", ")));
        }
        if self.chance(15) {
            parts.push(format!("CHECK ({})", self.expression(&names, tables, 2)));
        }
        if self.chance(25) {
            let columns = self.some_columns(&names);
            let (table, referred) = self.table(tables);
            let referred: Vec<String> =
                (0..columns.len()).map(|_| self.column(&referred)).collect();
            parts.push(format!(
                "FOREIGN KEY ({}) REFERENCES {table} ({})",
                columns.join(", "),
                referred.join(", ")
            ));
        }
        let exists = if self.chance(15) {
            "IF NOT EXISTS "
        } else {
            ""
        };
        let options = ["", "", "", "", "", "", " STRICT", " WITHOUT ROWID"];
        let options = self.pick(&options);
        format!(
            "CREATE TABLE {exists}{name} ({}){options}",
            parts.join(", ")
        )
    }

    fn column_constraint(&mut self, names: &[String], tables: &[Table]) -> String {
        match self.below(12) {
            0 => " NOT NULL".to_owned(),
            1 => " UNIQUE".to_owned(),
            2 => " DEFAULT 1".to_owned(),
            3 => " DEFAULT CURRENT_TIMESTAMP".to_owned(),
            4 => format!(" CHECK ({})", self.expression(names, tables, 1)),
            5 => {
                let (table, columns) = self.table(tables);
                format!(" REFERENCES {table} ({})", self.column(&columns))
            }
            6 => format!(" REFERENCES {}", self.table(tables).0),
            _ => String::new(),
        }
    }

    fn create_index(&mut self, tables: &[Table]) -> String {
        let (table, columns) = self.table(tables);
        let unique = if self.chance(30) { "UNIQUE " } else { "" };
        let exists = if self.chance(15) {
            "IF NOT EXISTS "
        } else {
            ""
        };
        let name = self.pick(&INDEXES);
        let mut parts = self.some_columns(&columns).join(", ");
        if exists.is_empty() && self.chance(20) {
            parts = self.expression(&columns, tables, 1);
        }
        let mut predicate = String::new();
        if exists.is_empty() && self.chance(20) {
            predicate = format!(" WHERE {}", self.expression(&columns, tables, 1));
        }
        format!("CREATE {unique}INDEX {exists}{name} ON {table} ({parts}){predicate}")
    }

    fn create_view(&mut self, tables: &[Table]) -> String {
        let name = if self.chance(50) {
            "v_users"
        } else {
            self.pick(&TABLES)
        };
        let columns = if self.chance(15) { " (one, two)" } else { "" };
        let mut query = self.plain_query(tables);
        // Not of itself.
        if query.to_lowercase().contains(&name.to_lowercase()) {
            query = "SELECT 1 AS id, 'x' AS name".to_owned();
        }
        format!("CREATE VIEW {name}{columns} AS {query}")
    }

    fn create_trigger(&mut self, tables: &[Table]) -> String {
        let (table, columns) = self.table(tables);
        let name = self.pick(&TRIGGERS);
        let time = self.pick(&["AFTER", "BEFORE", "AFTER", "INSTEAD OF"]);
        let event = match self.below(4) {
            0 => "INSERT".to_owned(),
            1 => "DELETE".to_owned(),
            2 => "UPDATE".to_owned(),
            _ => format!("UPDATE OF {}", self.column(&columns)),
        };
        let statement = match self.below(4) {
            0 => self.insert(tables),
            1 => self.update(tables),
            2 => self.delete(tables),
            _ => self.query(tables, 1),
        };
        let when = match self.below(5) {
            0 => format!(" WHEN new.{} > 1", self.column(&columns)),
            _ => String::new(),
        };
        format!("CREATE TRIGGER {name} {time} {event} ON {table}{when} BEGIN {statement}; END")
    }

    fn drop_statement(&mut self, connection: &Connection, tables: &[Table]) -> String {
        let exists = if self.chance(20) { "IF EXISTS " } else { "" };
        match self.below(4) {
            0 => {
                let (name, _) = self.table(tables);
                let view = tables.iter().any(|table| table.view && table.name == name);
                let what = if view != self.chance(10) {
                    "VIEW"
                } else {
                    "TABLE"
                };
                format!("DROP {what} {exists}{name}")
            }
            1 => format!("DROP TRIGGER {exists}{}", self.pick(&TRIGGERS)),
            2 => {
                let automatic: Option<String> = connection
                    .query_row(
                        "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NULL LIMIT 1",
                        [],
                        |row| row.get(0),
                    )
                    .ok();
                match automatic.filter(|_| self.chance(10)) {
                    Some(name) => format!("DROP INDEX {name}"),
                    None => format!("DROP INDEX {exists}{}", self.pick(&INDEXES)),
                }
            }
            _ => format!("DROP INDEX {exists}{}", self.pick(&INDEXES)),
        }
    }

    fn alter(&mut self, tables: &[Table]) -> String {
        let (table, columns) = self.table(tables);
        match self.below(7) {
            0 | 1 => {
                let (column, ty) = (self.pick(&COLUMNS), self.pick(&TYPES));
                let constraint = self.column_constraint(&columns, tables);
                format!("ALTER TABLE {table} ADD COLUMN {column} {ty}{constraint}")
            }
            2 | 3 => format!("ALTER TABLE {table} DROP COLUMN {}", self.column(&columns)),
            4 | 5 => {
                let (from, mut to) = (self.column(&columns), self.pick(&COLUMNS));
                while plain(&from) == to.to_lowercase() {
                    to = self.pick(&COLUMNS);
                }
                format!("ALTER TABLE {table} RENAME COLUMN {from} TO {to}")
            }
            _ => format!("ALTER TABLE {table} RENAME TO {}", self.pick(&TABLES)),
        }
    }

    fn insert(&mut self, tables: &[Table]) -> String {
        let (table, columns) = self.table(tables);
        let mut chosen: Vec<String> = Vec::new();
        for column in &columns {
            if self.chance(60) {
                chosen.push(column.clone());
            }
        }
        if chosen.is_empty() || self.chance(5) {
            chosen.push(self.column(&columns));
        }
        let count = chosen.len() + usize::from(self.chance(4));
        let rows = if self.chance(25) {
            self.query(tables, 1)
        } else {
            let values: Vec<&str> = (0..count)
                .map(|_| self.pick(&["1", "'x'", "NULL", "lower('A')"]))
                .collect();
            format!("VALUES ({})", values.join(", "))
        };
        let list = if self.chance(15) {
            String::new()
        } else {
            format!(" ({})", chosen.join(", "))
        };
        let mut conflict = String::new();
        if self.chance(20) && rows.starts_with("VALUES") {
            conflict = match self.below(3) {
                0 => " ON CONFLICT DO NOTHING".to_owned(),
                1 => format!(" ON CONFLICT ({}) DO NOTHING", self.column(&columns)),
                _ => {
                    let column = self.column(&columns);
                    format!(" ON CONFLICT DO UPDATE SET {column} = excluded.{column}")
                }
            };
        }
        format!("INSERT INTO {table}{list} {rows}{conflict}")
    }

    fn update(&mut self, tables: &[Table]) -> String {
        let (table, columns) = self.table(tables);
        let column = self.column(&columns);
        let value = self.expression(&columns, tables, 2);
        let filter = self.expression(&columns, tables, 1);
        format!("UPDATE {table} SET {column} = {value} WHERE {filter}")
    }

    fn delete(&mut self, tables: &[Table]) -> String {
        let (table, columns) = self.table(tables);
        let filter = self.expression(&columns, tables, 2);
        format!("DELETE FROM {table} WHERE {filter}")
    }

    fn query(&mut self, tables: &[Table], depth: usize) -> String {
        let (table, columns) = self.table(tables);
        let alias = if self.chance(40) { " AS t" } else { "" };
        let mut from = format!("{table}{alias}");
        let mut all: Vec<String> = columns.clone();
        if alias == " AS t" {
            all.extend(columns.iter().map(|column| format!("t.{column}")));
        }
        if self.chance(25) {
            let (other, others) = self.table(tables);
            from += &format!(" JOIN {other} AS u ON u.{} = 1", self.column(&others));
            all.extend(others.iter().map(|column| format!("u.{column}")));
        }
        if depth > 1 && self.chance(10) {
            from = format!("({}) AS q", self.query(tables, depth - 1));
        }
        let mut outputs: Vec<String> = Vec::new();
        for _ in 0..1 + self.below(3) {
            outputs.push(match self.below(8) {
                0 => "*".to_owned(),
                1 if alias == " AS t" => "t.*".to_owned(),
                2 => format!("{} AS one", self.expression(&all, tables, depth)),
                3 => "count(*) AS two".to_owned(),
                4 => self.column(&all),
                _ => format!(
                    "{} AS {}",
                    self.expression(&all, tables, 1),
                    self.pick(&COLUMNS)
                ),
            });
        }
        let mut sql = format!("SELECT {} FROM {from}", outputs.join(", "));
        if self.chance(40) {
            sql += &format!(" WHERE {}", self.expression(&all, tables, depth));
        }
        if self.chance(12) {
            sql += &format!(" GROUP BY {}", self.expression(&all, tables, 1));
            if self.chance(40) {
                sql += " HAVING count(*) > 1";
            }
        }
        if depth > 1 && self.chance(8) {
            sql += &format!(" UNION {}", self.query(tables, 1));
        } else if self.chance(15) {
            sql += &format!(" ORDER BY {}", self.pick(&["1", "2", "one", "id"]));
        }
        sql
    }

    /// A query whose columns have different names.
    fn plain_query(&mut self, tables: &[Table]) -> String {
        let (table, columns) = self.table(tables);
        let mut outputs = self.some_columns(&columns);
        if self.chance(40) {
            outputs.push(format!("{} AS one", self.expression(&columns, tables, 2)));
        }
        if self.chance(10) {
            outputs = vec!["*".to_owned()];
        }
        let mut sql = format!("SELECT {} FROM {table}", outputs.join(", "));
        if self.chance(40) {
            sql += &format!(" WHERE {}", self.expression(&columns, tables, 2));
        }
        sql
    }

    fn expression(&mut self, columns: &[String], tables: &[Table], depth: usize) -> String {
        if depth == 0 {
            return match self.below(5) {
                0 => "1".to_owned(),
                1 => "'text'".to_owned(),
                _ => self.column(columns),
            };
        }
        let part = |generator: &mut Self| generator.expression(columns, tables, depth - 1);
        match self.below(14) {
            0 => format!("{} = {}", part(self), part(self)),
            1 => format!("({} + {}) > 1", part(self), part(self)),
            2 => format!("lower({})", part(self)),
            3 => format!("coalesce({}, {})", part(self), part(self)),
            4 => format!("CASE WHEN {} THEN 1 ELSE {} END", part(self), part(self)),
            5 => format!("{} IN (1, {})", part(self), part(self)),
            6 => format!("{} IS NOT NULL AND {} LIKE 'a%'", part(self), part(self)),
            7 if depth > 1 && !self.flat => {
                let (table, columns) = self.table(tables);
                let column = self.column(&columns);
                format!("(SELECT {column} FROM {table})")
            }
            8 if depth > 1 && !self.flat => {
                let (table, columns) = self.table(tables);
                format!(
                    "EXISTS (SELECT 1 FROM {table} AS x WHERE x.{})",
                    self.column(&columns)
                )
            }
            9 if self.chance(20) => format!("substr({})", part(self)),
            10 if self.chance(20) => format!("nosuch({})", part(self)),
            11 if self.chance(30) => "max(id)".to_owned(),
            12 if self.chance(30) => "random()".to_owned(),
            _ => part(self),
        }
    }
}

/// A name as it can be written.
fn quoted(name: String) -> String {
    if name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        name
    } else {
        format!("\"{name}\"")
    }
}

/// A name without quotes, in lower case.
fn plain(name: &str) -> String {
    name.trim_matches(['[', ']', '`']).to_lowercase()
}
