//! Any schema that an engine takes, by a number, and rows for it. Its rows survive every change to another of them.

use migrate_schema::{
    Dialect,
    schema::{
        Check, Column, Deferrable, ForeignKey, Generated, Identity, Index, IndexOn, IndexPart, Key,
        ObjectName, Routine, RoutineKind, Schema, Table, Trigger, Type, TypeShape, View, ddl,
    },
};

const TABLES: [&str; 4] = ["users", "Order", "posts", "team members"];

/// Choices that follow from a number.
struct Choices(u64);

impl Choices {
    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^ (word >> 31)
    }

    fn below(&mut self, count: usize) -> usize {
        usize::try_from(self.next() % 1000).unwrap_or(0) % count.max(1)
    }

    fn often(&mut self) -> bool {
        self.below(3) > 0
    }

    fn rarely(&mut self) -> bool {
        self.below(4) == 0
    }

    fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }
}

/// Rows for the tables of a schema.
pub(crate) fn rows(schema: &Schema) -> String {
    let mut sql = String::new();
    for table in &schema.tables {
        let name = ddl::object_name(&table.name, schema.dialect);
        sql += &format!("INSERT INTO {name} (id) VALUES (101), (102);\n");
    }
    sql
}

/// The schema of a number.
pub(crate) fn schema(dialect: Dialect, seed: u64) -> Schema {
    let mut any = Any {
        choices: Choices(seed),
        dialect,
    };
    let mut schema = Schema::empty(dialect);
    any.types(&mut schema);
    for name in TABLES {
        if any.choices.often() {
            let table = any.table(name);
            schema.tables.push(table);
        }
    }
    any.foreign_keys(&mut schema);
    any.triggers(&mut schema);
    any.views(&mut schema);
    schema
}

struct Any {
    choices: Choices,
    dialect: Dialect,
}

impl Any {
    fn types(&mut self, schema: &mut Schema) {
        if self.dialect != Dialect::Postgres {
            return;
        }
        let labels: &[&str] = match self.choices.below(4) {
            0 => &["a", "b"],
            1 => &["a", "it's", "b"],
            2 => &["b", "a"],
            _ => &["a", "b", "c"],
        };
        schema.types.push(Type {
            name: ObjectName::bare("Mood"),
            shape: TypeShape::Enum(labels.iter().map(|&label| label.to_owned()).collect()),
            made_by: None,
        });
    }

    fn table(&mut self, name: &str) -> Table {
        let mut table = Table::new(ObjectName::bare(name));
        self.key(&mut table);
        for (column, types, default) in self.columns() {
            if self.choices.often() {
                let column = self.column(column, &types, default);
                table.columns.push(column);
            }
        }
        self.computed(&mut table);
        self.constraints(&mut table);
        self.indexes(&mut table);
        if self.dialect != Dialect::Sqlite && self.choices.rarely() {
            table.comment = Some("all of it's".into());
        }
        table
    }

    fn key(&mut self, table: &mut Table) {
        let mut id = Column::new("id", "integer");
        match self.dialect {
            Dialect::Sqlite => id.auto_increment = self.choices.rarely(),
            Dialect::Postgres => {
                id.data_type = self.choices.of(&["integer", "bigint"]).into();
                match self.choices.below(4) {
                    0 => id.auto_increment = true,
                    1 => id.identity = Some(Identity::ByDefault),
                    _ => {}
                }
            }
            _ => {
                id.data_type = "bigint".into();
                id.auto_increment = self.choices.often();
            }
        }
        id.nullable = false;
        table.columns.push(id);
        let mut key = Key::on(["id"]);
        // A name that the engine has chosen is no difference to one that was given: so each has it always or never.
        if self.dialect == Dialect::Postgres && table.name.name == "Order" {
            key.name = Some(format!("{} key", table.name.name));
        }
        table.primary_key = Some(key);
    }

    /// Names, the types that each may have, and a default that all of them take.
    fn columns(&self) -> Vec<(&'static str, Vec<&'static str>, &'static str)> {
        match self.dialect {
            Dialect::Sqlite => vec![
                ("n", vec!["integer", "real", "text"], "1"),
                ("s", vec!["text", "varchar(20)"], "'x'"),
                ("Group", vec!["integer", ""], "1"),
            ],
            Dialect::Postgres => vec![
                (
                    "n",
                    vec!["integer", "bigint", "numeric(10,2)", "text"],
                    "'1'",
                ),
                ("s", vec!["text", "varchar(20)", "varchar(30)"], "'x'"),
                ("Group", vec!["\"Mood\"", "text"], "'a'"),
                ("at", vec!["date", "timestamptz", "timestamp"], "now()"),
                ("j", vec!["json", "jsonb"], "'{}'"),
                ("yes", vec!["boolean"], "true"),
            ],
            _ => vec![
                (
                    "n",
                    vec!["int", "bigint", "decimal(10,2)", "varchar(20)"],
                    "1",
                ),
                ("s", vec!["varchar(20)", "varchar(30)"], "'x'"),
                (
                    "Group",
                    vec!["enum('a','b')", "enum('b','a','c')", "varchar(9)"],
                    "'a'",
                ),
                ("at", vec!["datetime", "timestamp"], "CURRENT_TIMESTAMP"),
                ("yes", vec!["tinyint(1)"], "1"),
            ],
        }
    }

    fn column(&mut self, name: &str, types: &[&str], default: &str) -> Column {
        let mut column = Column::new(name, self.choices.of(types));
        if self.choices.often() {
            column.default = Some(default.into());
            column.nullable = self.choices.rarely();
        }
        if name == "at" && self.dialect == Dialect::Mysql {
            column.default = Some(default.into());
            if self.choices.rarely() {
                column.on_update = Some(default.into());
            }
        }
        if name == "s" && self.dialect == Dialect::Postgres && self.choices.rarely() {
            column.collation = Some("C".into());
        }
        if self.dialect != Dialect::Sqlite && self.choices.rarely() {
            column.comment = Some("it's \"so\"".into());
        }
        column
    }

    fn computed(&mut self, table: &mut Table) {
        if !self.choices.rarely() {
            return;
        }
        let mut column = Column::new("twice", "bigint");
        if self.dialect == Dialect::Sqlite {
            column.data_type = "integer".into();
        }
        column.generated = Some(Generated {
            // MySQL computes nothing with what numbers itself.
            expression: match self.dialect {
                Dialect::Mysql => self.choices.of(&["1 + 1", "2 * 3"]).into(),
                _ => self.choices.of(&["id * 2", "id + 2"]).into(),
            },
            stored: self.dialect != Dialect::Mysql || self.choices.often(),
        });
        table.columns.push(column);
    }

    fn constraints(&mut self, table: &mut Table) {
        if self.choices.often() {
            table.columns.push(Column::new("code", "varchar(40)"));
            let mut key = Key::on(["code"]);
            if table.name.name != "users" {
                key.name = Some(format!("{} code", table.name.name));
            }
            if self.dialect != Dialect::Sqlite && self.choices.often() {
                table.uniques.push(key);
            }
        }
        let has = |name: &str| table.columns.iter().any(|column| column.name == name);
        if has("s") && self.choices.often() {
            table.checks.push(Check {
                name: Some(format!("{} s", table.name.name)),
                expression: self.choices.of(&["s <> 'y'", "s <> 'z'"]).into(),
                column: None,
                no_inherit: false,
                not_valid: false,
            });
        }
        if has("n") && self.dialect == Dialect::Postgres && self.choices.rarely() {
            table.checks.push(Check {
                name: None,
                expression: "n IS NOT NULL OR id > 0".into(),
                column: None,
                no_inherit: false,
                not_valid: false,
            });
        }
    }

    fn indexes(&mut self, table: &mut Table) {
        let name = table.name.name.clone();
        let has = |name: &str| table.columns.iter().any(|column| column.name == name);
        let with_group = has("Group");
        let with_text = has("s");
        let index = |name: String, parts: Vec<IndexPart>| Index {
            name,
            unique: false,
            method: None,
            parts,
            include: Vec::new(),
            nulls_not_distinct: false,
            predicate: None,
            comment: None,
        };
        if with_group && self.choices.often() {
            let mut one = index(format!("{name} by group"), vec![IndexPart::column("Group")]);
            one.parts[0].descending = self.choices.rarely() && self.dialect != Dialect::Mysql;
            if self.dialect != Dialect::Mysql && self.choices.rarely() {
                one.predicate = Some(match self.dialect {
                    Dialect::Postgres => "\"Group\" = 'a'".into(),
                    _ => "\"Group\" > 0".into(),
                });
            }
            table.indexes.push(one);
        }
        if with_text && self.dialect != Dialect::Mysql && self.choices.often() {
            let expression = IndexPart {
                on: IndexOn::Expression("lower(s)".into()),
                ..IndexPart::column("")
            };
            let mut one = index(
                format!("{name}_lower"),
                vec![expression, IndexPart::column("id")],
            );
            one.unique = self.choices.rarely();
            table.indexes.push(one);
        }
    }

    fn foreign_keys(&mut self, schema: &mut Schema) {
        let names: Vec<(ObjectName, String)> = (schema.tables.iter())
            .map(|table| (table.name.clone(), table.columns[0].data_type.clone()))
            .collect();
        for table in &mut schema.tables {
            if !self.choices.often() {
                continue;
            }
            let (other, data_type) = names[self.choices.below(names.len())].clone();
            table.columns.push(Column::new("owner id", data_type));
            let is_named = table.name.name != "users";
            let named = is_named.then(|| format!("{} owner", table.name.name));
            table.foreign_keys.push(ForeignKey {
                name: named,
                columns: vec!["owner id".into()],
                table: other,
                referred: vec!["id".into()],
                on_delete: self
                    .choices
                    .of(&[None, Some("CASCADE"), Some("SET NULL")])
                    .map(Into::into),
                on_update: None,
                deferrable: match self.dialect {
                    Dialect::Postgres => self.choices.of(&[Deferrable::No, Deferrable::Deferred]),
                    _ => Deferrable::No,
                },
                not_valid: false,
            });
        }
    }

    fn triggers(&mut self, schema: &mut Schema) {
        let dialect = self.dialect;
        if dialect == Dialect::Postgres {
            let body = self.choices.of(&["RETURN NEW;", "RETURN OLD;"]);
            schema.routines.push(Routine {
                name: ObjectName::bare("keep"),
                kind: RoutineKind::Function,
                arguments: Vec::new(),
                sql: format!(
                    "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"
                ),
                made_by: None,
            });
        }
        for table in &mut schema.tables {
            let has_text = table.columns.iter().any(|column| column.name == "s");
            if !has_text || !self.choices.rarely() {
                continue;
            }
            let name = format!("{} kept", table.name.name);
            let own = ddl::name(&name, dialect);
            let on = ddl::object_name(&table.name, dialect);
            let sql = match dialect {
                Dialect::Sqlite => format!(
                    "CREATE TRIGGER {own} AFTER INSERT ON {on} BEGIN UPDATE {on} SET s = 'x' WHERE id = NEW.id; END"
                ),
                Dialect::Postgres => format!(
                    "CREATE TRIGGER {own} BEFORE UPDATE OF s ON {on} FOR EACH ROW EXECUTE FUNCTION keep()"
                ),
                _ => format!(
                    "CREATE TRIGGER {own} BEFORE UPDATE ON {on} FOR EACH ROW SET NEW.s = OLD.s"
                ),
            };
            table.triggers.push(Trigger { name, sql });
        }
    }

    fn views(&mut self, schema: &mut Schema) {
        let dialect = self.dialect;
        let Some(table) = schema.tables.first() else {
            return;
        };
        let columns: Vec<String> = (table.columns.iter())
            .take(2 + self.choices.below(3))
            .map(|column| ddl::name(&column.name, dialect))
            .collect();
        let on = ddl::object_name(&table.name, dialect);
        let view = |name: &str, query: String, reads: ObjectName| View {
            name: ObjectName::bare(name),
            materialized: false,
            columns: Vec::new(),
            column_names: Vec::new(),
            query,
            reads: vec![reads],
            indexes: Vec::new(),
            triggers: Vec::new(),
            comment: None,
            made_by: None,
        };
        if self.choices.often() {
            let query = format!("SELECT {} FROM {on}", columns.join(", "));
            schema.views.push(view("seen", query, table.name.clone()));
            if self.choices.often() {
                let query = "SELECT id FROM seen".to_owned();
                schema
                    .views
                    .push(view("seen again", query, ObjectName::bare("seen")));
            }
        }
    }
}
