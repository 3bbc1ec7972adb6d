use std::fmt::Write;

use super::{
    Action, AutoIncrement, Change, Column, ColumnDefinition, ColumnType, DefaultValue, ForeignKey,
    Index, IndexKey, Literal, Rebuild, Table,
};

impl Change {
    /// The text that a checksum of this change is made from.
    ///
    /// Equal changes have equal texts and different ones different texts. The encoding is frozen as `v1`: it
    /// depends on no other crate and not on `Debug`, `Display` or serde, because a checksum in a user's database
    /// must not change under them. What is at its default is not written, so a property added to the model later
    /// leaves the texts of today's changes alone.
    ///
    /// The first line is `v1` and the change; each further line is one column, key or constraint. Words are separated by
    /// one space. Every text of the user stands in double quotes, in which `\` and `"` have a backslash before
    /// them and a line break is `\n`. Lists stand in parentheses. A constraint without a name has `-` in its place.
    pub fn canonical(&self) -> String {
        let mut text = Encoder(String::from("v1"));
        match self {
            Self::CreateTable(table) => text.word("create_table").table(table),
            Self::DropTable { name } => text.word("drop_table").quoted(name),
            Self::AddColumn { table, definition } => {
                text.word("add_column").quoted(table).definition(definition)
            }
            Self::DropColumn {
                table,
                column,
                foreign_keys,
            } => {
                text.word("drop_column").quoted(table).quoted(column);
                for key in foreign_keys {
                    text.line("foreign_key").quoted(key);
                }
                &mut text
            }
            Self::RenameTable { from, to } => text.word("rename_table").quoted(from).quoted(to),
            Self::RenameColumn { table, from, to } => text
                .word("rename_column")
                .quoted(table)
                .quoted(from)
                .quoted(to),
            Self::CreateIndex(index) => text.word("create_index").index(index),
            Self::DropIndex { name, table } => text.word("drop_index").quoted(name).quoted(table),
            Self::RebuildTable(rebuild) => text.word("rebuild_table").rebuild(rebuild),
        };
        text.0
    }
}

struct Encoder(String);

impl Encoder {
    fn word(&mut self, word: &str) -> &mut Self {
        self.0.push(' ');
        self.0.push_str(word);
        self
    }

    fn line(&mut self, word: &str) -> &mut Self {
        self.0.push('\n');
        self.0.push_str(word);
        self
    }

    fn quoted(&mut self, text: &str) -> &mut Self {
        self.0.push_str(" \"");
        for letter in text.chars() {
            match letter {
                '\\' => self.0.push_str("\\\\"),
                '"' => self.0.push_str("\\\""),
                '\n' => self.0.push_str("\\n"),
                other => self.0.push(other),
            }
        }
        self.0.push('"');
        self
    }

    fn name(&mut self, name: Option<&String>) -> &mut Self {
        match name {
            Some(name) => self.quoted(name),
            None => self.word("-"),
        }
    }

    fn list(&mut self, items: &[String]) -> &mut Self {
        self.word("(");
        for item in items {
            self.quoted(item);
        }
        self.word(")")
    }

    fn number(&mut self, number: impl Into<i64>) -> &mut Self {
        // Writing to a string cannot fail.
        let _ = write!(self.0, " {}", number.into());
        self
    }

    fn table(&mut self, table: &Table) -> &mut Self {
        self.quoted(&table.name);
        for column in &table.columns {
            self.column(column);
        }
        if !table.primary_key.is_empty() {
            self.line("primary_key").list(&table.primary_key);
        }
        for unique in &table.uniques {
            self.line("unique")
                .name(unique.name.as_ref())
                .list(&unique.columns);
        }
        for check in &table.checks {
            self.line("check")
                .name(check.name.as_ref())
                .quoted(&check.expression);
            if let Some(column) = &check.column {
                self.word("on").quoted(column);
            }
        }
        for key in &table.foreign_keys {
            self.foreign_key(key);
        }
        self
    }

    fn rebuild(&mut self, rebuild: &Rebuild) -> &mut Self {
        self.table(&rebuild.table);
        for (column, expression) in &rebuild.copies {
            self.line("copy").quoted(column).quoted(expression);
        }
        for column in &rebuild.kept {
            self.line("keep").quoted(column);
        }
        for (word, said) in [
            ("strict", rebuild.strict),
            ("without_rowid", rebuild.without_rowid),
        ] {
            if said {
                self.line(word);
            }
        }
        self
    }

    fn definition(&mut self, definition: &ColumnDefinition) -> &mut Self {
        self.column(&definition.column);
        if definition.primary_key {
            self.line("primary_key");
        }
        if definition.unique {
            self.line("unique");
        }
        for check in &definition.checks {
            self.line("check").quoted(check);
        }
        for key in &definition.foreign_keys {
            self.foreign_key(key);
        }
        self
    }

    fn column(&mut self, column: &Column) -> &mut Self {
        self.line("column")
            .quoted(&column.name)
            .column_type(&column.column_type);
        if !column.nullable {
            self.word("not_null");
        }
        match column.auto_increment {
            None => {}
            Some(AutoIncrement::MayReuse) => {
                self.word("numbered");
            }
            Some(AutoIncrement::NeverReuse) => {
                self.word("auto_increment");
            }
        }
        match &column.default {
            None => self,
            Some(DefaultValue::Now) => self.word("default now"),
            Some(DefaultValue::Expression(text)) => self.word("default expression").quoted(text),
            Some(DefaultValue::Literal(literal)) => self.word("default").literal(literal),
        }
    }

    fn literal(&mut self, literal: &Literal) -> &mut Self {
        match literal {
            Literal::Null => self.word("null"),
            Literal::Boolean(true) => self.word("true"),
            Literal::Boolean(false) => self.word("false"),
            Literal::Integer(number) => self.word("integer").number(*number),
            // The bits, because how a float is written in decimal is not ours to freeze.
            Literal::Double(number) => {
                // Adding zero makes the two zeros, which are equal, one.
                let _ = write!(self.0, " double {:016x}", (number + 0.0).to_bits());
                self
            }
            Literal::Text(text) => self.word("text").quoted(text),
            Literal::Blob(bytes) => {
                self.word("blob x");
                for byte in bytes {
                    let _ = write!(self.0, "{byte:02x}");
                }
                self
            }
        }
    }

    fn column_type(&mut self, column_type: &ColumnType) -> &mut Self {
        match column_type {
            ColumnType::SmallInteger => self.word("smallint"),
            ColumnType::Integer => self.word("integer"),
            ColumnType::BigInteger => self.word("bigint"),
            ColumnType::Double => self.word("double"),
            ColumnType::Decimal(None) => self.word("decimal"),
            ColumnType::Decimal(Some((precision, scale))) => self
                .word("decimal (")
                .number(*precision)
                .number(*scale)
                .word(")"),
            ColumnType::Boolean => self.word("boolean"),
            ColumnType::String(None) => self.word("string"),
            ColumnType::String(Some(length)) => self.word("string (").number(*length).word(")"),
            ColumnType::Text => self.word("text"),
            ColumnType::Date => self.word("date"),
            ColumnType::Time => self.word("time"),
            ColumnType::Timestamp => self.word("timestamp"),
            ColumnType::TimestampTz => self.word("timestamptz"),
            ColumnType::Json => self.word("json"),
            ColumnType::Uuid => self.word("uuid"),
            ColumnType::Blob => self.word("blob"),
            ColumnType::Custom(text) => self.word("custom").quoted(text),
        }
    }

    fn foreign_key(&mut self, key: &ForeignKey) -> &mut Self {
        self.line("foreign_key")
            .name(key.name.as_ref())
            .list(&key.columns)
            .quoted(&key.table)
            .list(&key.referenced_columns);
        for (word, action) in [("on_delete", key.on_delete), ("on_update", key.on_update)] {
            let action = match action {
                Action::NoAction => continue,
                Action::Restrict => "restrict",
                Action::Cascade => "cascade",
                Action::SetNull => "set_null",
                Action::SetDefault => "set_default",
            };
            self.word(word).word(action);
        }
        self
    }

    fn index(&mut self, index: &Index) -> &mut Self {
        self.quoted(&index.name).quoted(&index.table);
        if index.unique {
            self.word("unique");
        }
        for column in &index.columns {
            match &column.key {
                IndexKey::Column(name) => self.line("column").quoted(name),
                IndexKey::Expression(text) => self.line("expression").quoted(text),
            };
            if column.descending {
                self.word("descending");
            }
        }
        if let Some(filter) = &index.filter {
            self.line("filter").quoted(filter);
        }
        self
    }
}

/// Every line here is in users' databases as a checksum. A test that fails here means that a new version is due.
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn create_table() {
        let change = Change::create_table("users", |t| {
            t.id();
            t.text("email").not_null().unique();
            t.string("nick", 40).default("it's \"x\"\n\\");
            t.decimal("price", 10, 2).default(0.5);
            t.boolean("old").default(false);
            t.bigint("n").default(i64::MIN);
            t.smallint("s").default(None::<i64>);
            t.blob("b").default(vec![0, 255]);
            t.double("d").check("d > 0");
            t.timestamp("at").not_null().default_now();
            t.text("e").default_expression("lower('A')");
            t.integer("team_id")
                .references("teams", "id")
                .on_delete(Action::Cascade);
            t.check("nick_is_short", "length(nick) < 9");
            t.unique(["nick", "e"]).named("u");
            t.foreign_key(["n", "s"], "pairs", ["a", "b"])
                .named("pair")
                .on_update(Action::SetNull)
                .on_delete(Action::SetDefault);
        });
        assert_eq!(
            change.canonical(),
            r#"v1 create_table "users"
column "id" integer not_null numbered
column "email" text not_null
column "nick" string ( 40 ) default text "it's \"x\"\n\\"
column "price" decimal ( 10 2 ) default double 3fe0000000000000
column "old" boolean default false
column "n" bigint default integer -9223372036854775808
column "s" smallint default null
column "b" blob default blob x00ff
column "d" double
column "at" timestamp not_null default now
column "e" text default expression "lower('A')"
column "team_id" integer
primary_key ( "id" )
unique - ( "email" )
unique "u" ( "nick" "e" )
check - "d > 0" on "d"
check "nick_is_short" "length(nick) < 9"
foreign_key - ( "team_id" ) "teams" ( "id" ) on_delete cascade
foreign_key "pair" ( "n" "s" ) "pairs" ( "a" "b" ) on_delete set_default on_update set_null"#
        );
    }

    #[test]
    fn every_type() {
        let change = Change::create_table("t", |t| {
            for word in ColumnType::WORDS {
                t.column(word, word.parse().unwrap());
            }
            t.column("c", ColumnType::custom("geometry(Point, 4326)"));
            t.column("n", ColumnType::Integer).auto_increment();
        });
        assert_eq!(
            change.canonical(),
            r#"v1 create_table "t"
column "smallint" smallint
column "integer" integer
column "bigint" bigint
column "double" double
column "decimal" decimal
column "boolean" boolean
column "string" string
column "text" text
column "date" date
column "time" time
column "timestamp" timestamp
column "timestamptz" timestamptz
column "json" json
column "uuid" uuid
column "blob" blob
column "c" custom "geometry(Point, 4326)"
column "n" integer auto_increment"#
        );
    }

    #[test]
    fn columns() {
        let change = Change::add_column("users", |c| {
            c.integer("team_id")
                .not_null()
                .unique()
                .primary_key()
                .default(true)
                .check("team_id > 0")
                .references("teams", "id")
                .on_update(Action::Restrict)
        });
        assert_eq!(
            change.canonical(),
            r#"v1 add_column "users"
column "team_id" integer not_null default true
primary_key
unique
check "team_id > 0"
foreign_key - ( "team_id" ) "teams" ( "id" ) on_update restrict"#
        );
        assert_eq!(
            change.inverse().unwrap().canonical(),
            "v1 drop_column \"users\" \"team_id\"\nforeign_key \"users_team_id_fkey\""
        );
        assert_eq!(
            Change::drop_column("users", "age").canonical(),
            r#"v1 drop_column "users" "age""#
        );
        assert_eq!(
            Change::rename_column("users", "email", "mail").canonical(),
            r#"v1 rename_column "users" "email" "mail""#
        );
    }

    #[test]
    fn tables_and_indexes() {
        assert_eq!(
            Change::drop_table("users").canonical(),
            r#"v1 drop_table "users""#
        );
        assert_eq!(
            Change::rename_table("users", "people").canonical(),
            r#"v1 rename_table "users" "people""#
        );
        assert_eq!(
            Change::drop_index("users_email", "users").canonical(),
            r#"v1 drop_index "users_email" "users""#
        );
        let index = Change::create_index("users_email", "users", |i| {
            i.column("team_id")
                .descending("age")
                .expression("lower(email)")
                .descending_expression("age + 1")
                .unique()
                .filter("age > 1")
        });
        assert_eq!(
            index.canonical(),
            r#"v1 create_index "users_email" "users" unique
column "team_id"
column "age" descending
expression "lower(email)"
expression "age + 1" descending
filter "age > 1""#
        );
    }

    #[test]
    fn rebuild_table() {
        let change = Change::rebuild_table("users", |t| {
            t.id();
            t.text("email").not_null();
            t.copy("email", "lower(mail)");
            t.keep("n");
            t.strict();
            t.without_rowid();
        });
        assert_eq!(
            change.canonical(),
            r#"v1 rebuild_table "users"
column "id" integer not_null numbered
column "email" text not_null
column "n" text
primary_key ( "id" )
copy "email" "lower(mail)"
keep "n"
strict
without_rowid"#
        );
    }

    #[test]
    fn equal_changes_have_equal_texts() {
        let zero = |zero: f64| Change::add_column("t", |c| c.double("a").default(zero));
        assert_eq!(zero(0.0), zero(-0.0));
        assert_eq!(zero(0.0).canonical(), zero(-0.0).canonical());
    }

    #[test]
    fn names_cannot_pass_for_structure() {
        let pairs = [
            (
                Change::rename_table("a\" \"b", "c"),
                Change::rename_column("a", "b", "c"),
            ),
            (
                Change::rename_table("a", "b\" \"c"),
                Change::rename_table("a\" \"b", "c"),
            ),
            (Change::drop_table("a\\"), Change::drop_table("a\\\\")),
            (Change::drop_table("a\\n"), Change::drop_table("a\n")),
            (
                Change::create_index("i", "t", |i| i.columns(["a", "b"])),
                Change::create_index("i", "t", |i| i.column("a\"\ncolumn \"b")),
            ),
            (
                Change::create_table("t", |t| {
                    t.unique(["-"]).named("n");
                }),
                Change::create_table("t", |t| {
                    t.unique(["n"]).named("-");
                }),
            ),
        ];
        for (left, right) in pairs {
            assert_ne!(left.canonical(), right.canonical());
        }
    }
}
