//! What a check has found: a stable code, a message, a place in the SQL, and what to write instead.

use std::{fmt, ops::Range, str::FromStr};

use crate::{Level, nearest};

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal $level:ident,)+) => {
        /// The stable code of a finding. Tests, documentation and settings name it; a code is never reused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The code as it is written: `sql_syntax`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// How severe it is unless the settings say otherwise.
            pub const fn level(self) -> Level {
                match self {
                    $(Self::$variant => Level::$level,)+
                }
            }
        }
    };
}

codes! {
    /// An identifier with none of the four shapes, or without a name.
    IdShape = "id_shape" Deny,
    /// An identifier whose date is not in the calendar.
    IdDate = "id_date" Deny,
    /// An identifier with a character that cannot stand in one.
    IdCharacter = "id_character" Deny,
    /// Two migrations of a crate claim the same version. (rustc itself reports it, as E0428.)
    DuplicateId = "duplicate_id" Deny,
    /// SQL that the database cannot parse.
    SqlSyntax = "sql_syntax" Deny,
    /// SQL without a statement.
    SqlEmpty = "sql_empty" Deny,
    /// `sql!` was given something other than one string literal.
    SqlNotLiteral = "sql_not_literal" Deny,
    /// The texts of `sql!` for the dialects are not those of the databases that the migrations are for.
    SqlDialects = "sql_dialects" Deny,
    /// Text was given where checked SQL is taken.
    SqlUnchecked = "sql_unchecked" Deny,
    /// `BEGIN`, `COMMIT` and their kin inside a migration.
    TransactionControl = "transaction_control" Deny,
    /// `PRAGMA foreign_keys = …` in a migration that runs in a transaction, where it does nothing.
    ForeignKeysPragma = "foreign_keys_pragma" Deny,
    /// A statement that cannot run in a transaction, in a migration that runs in one.
    OutsideTransaction = "outside_transaction" Deny,
    /// Neither `down` nor `irreversible`.
    MissingDown = "missing_down" Deny,
    /// An option that does not exist.
    UnknownOption = "unknown_option" Deny,
    /// An option that was given twice.
    RepeatedOption = "repeated_option" Deny,
    /// An option with a value that it cannot take.
    OptionValue = "option_value" Deny,
    /// Options that contradict each other, or the item they stand on.
    OptionConflict = "option_conflict" Deny,
    /// `#[migration]` on something that is no migration.
    WrongPlace = "wrong_place" Deny,
    /// `#[migration]` on a type with parameters.
    GenericMigration = "generic_migration" Deny,
    /// `[package.metadata.migrate]` that cannot be read.
    Configuration = "configuration" Deny,
    /// SQL of another dialect.
    WrongDialect = "wrong_dialect" Deny,
    /// SQL that needs a newer version than the target, or that the target product does not have.
    UnsupportedByTarget = "unsupported_by_target" Deny,
    /// A table, view or sequence that is not there.
    NoSuchTable = "no_such_table" Deny,
    /// A name that no migration makes, of a thing that may come from elsewhere.
    UndeclaredName = "undeclared_name" Warn,
    /// A column that is not there.
    NoSuchColumn = "no_such_column" Deny,
    /// An index that is not there.
    NoSuchIndex = "no_such_index" Deny,
    /// A constraint that is not there.
    NoSuchConstraint = "no_such_constraint" Deny,
    /// A trigger, schema, extension, label or other object that is not there.
    NoSuchObject = "no_such_object" Deny,
    /// A type that is not there.
    UnknownType = "unknown_type" Deny,
    /// A function that is not there, or not with these arguments.
    UnknownFunction = "unknown_function" Deny,
    /// A name that is taken.
    AlreadyExists = "already_exists" Deny,
    /// A column that is there twice.
    DuplicateColumn = "duplicate_column" Deny,
    /// A name that could mean two things.
    AmbiguousName = "ambiguous_name" Deny,
    /// Something that others still need.
    StillReferenced = "still_referenced" Deny,
    /// More or fewer values than columns.
    ColumnCount = "column_count" Deny,
    /// What the engine refuses for another reason that the schema tells.
    InvalidDefinition = "invalid_definition" Deny,
    /// What the engine takes now and refuses where it is used: a view or a trigger of SQLite that names what is not there.
    BrokenDefinition = "broken_definition" Warn,
    /// Something that only a later migration makes.
    WrongOrder = "wrong_order" Deny,
    /// A file of SQL with `down` for which there is no `up`.
    DownWithoutUp = "down_without_up" Warn,
    /// An SQL file that belongs to no migration.
    StrayFile = "stray_file" Warn,
    /// Files in the layouts of several tools, in one folder.
    MixedLayouts = "mixed_layouts" Warn,
    /// A marker such as `-- +goose Up` that is missing, misspelt, there twice, or at the wrong place.
    Marker = "marker" Deny,
    /// The folder of `migrations!`: not there, empty, or watched by nobody.
    Folder = "folder" Deny,
    /// A file that is not UTF-8.
    NotUtf8 = "not_utf8" Warn,
    /// `down` leaves something behind, or loses something.
    DownDoesNotUndo = "down_does_not_undo" Deny,
    /// Every row of a table is deleted.
    DeleteWithoutWhere = "delete_without_where" Warn,
    /// `DROP … CASCADE` takes along what depends on the thing, without naming it.
    DropCascade = "drop_cascade" Allow,
    /// A column is dropped, with its values.
    DropColumn = "drop_column" Warn,
    /// A foreign key is dropped, and none takes its place.
    DropForeignKey = "drop_foreign_key" Allow,
    /// A schema (on MySQL: a database) is dropped, with all that is in it.
    DropSchema = "drop_schema" Warn,
    /// A table is dropped, with its rows.
    DropTable = "drop_table" Warn,
    /// An index is made that is there already.
    DuplicateIndex = "duplicate_index" Warn,
    /// The columns of a foreign key have no index.
    ForeignKeyWithoutIndex = "foreign_key_without_index" Allow,
    /// A name is longer than the database keeps.
    IdentifierTooLong = "identifier_too_long" Warn,
    /// Rows are changed or deleted, and the migration does not say that this cannot be undone.
    IrreversibleChange = "irreversible_change" Allow,
    /// A column gets a type that cannot hold all values of the old one.
    LossyTypeChange = "lossy_type_change" Warn,
    /// A table has no primary key.
    MissingPrimaryKey = "missing_primary_key" Allow,
    /// A column that may have NULLs is made `NOT NULL`, and nothing fills them.
    NotNullOnRows = "not_null_on_rows" Warn,
    /// A column that refuses NULL is added without a default.
    NotNullWithoutDefault = "not_null_without_default" Warn,
    /// The columns of an index are the first ones of another.
    RedundantIndex = "redundant_index" Allow,
    /// A column that programs use is renamed.
    RenameColumn = "rename_column" Warn,
    /// A table that programs use is renamed.
    RenameTable = "rename_table" Warn,
    /// A column that programs use gets another type.
    TypeChange = "type_change" Allow,
    /// A column that has values is made unique.
    UniqueOnRows = "unique_on_rows" Warn,
    /// Every row of a table gets the same new value, and the old ones are lost.
    UpdateWithoutWhere = "update_without_where" Warn,
    /// A text is filled with spaces to a fixed length.
    CharType = "char_type" Allow,
    /// A check is added, and all rows are read under a lock.
    CheckScans = "check_scans" Warn,
    /// A partition is detached under a lock that stops every query of the whole table.
    DetachNotConcurrent = "detach_not_concurrent" Warn,
    /// A domain has a constraint, which is hard to change later.
    DomainConstraint = "domain_constraint" Allow,
    /// An index is dropped under a lock that also stops reading.
    DropIndexNotConcurrent = "drop_index_not_concurrent" Allow,
    /// A column that refused NULL takes it from now on.
    DropNotNull = "drop_not_null" Allow,
    /// A value is added to an enum and used in the same transaction.
    EnumValueUsed = "enum_value_used" Deny,
    /// An exclusion constraint is added to a table that is in use.
    ExclusionUnderLock = "exclusion_under_lock" Warn,
    /// A foreign key is added, and all rows are read under a lock.
    ForeignKeyScans = "foreign_key_scans" Warn,
    /// An index is made on a table that is in use, and blocks every write until it is done.
    IndexNotConcurrent = "index_not_concurrent" Warn,
    /// Two `ALTER TABLE` of one table stand one behind the other.
    MergeAlters = "merge_alters" Allow,
    /// A table is locked without a limit to how long that is waited for.
    MissingLockTimeout = "missing_lock_timeout" Allow,
    /// A column that counts has 32 bits or fewer.
    PreferBigint = "prefer_bigint" Allow,
    /// `serial` is used.
    PreferIdentity = "prefer_identity" Allow,
    /// A column is `json` and not `jsonb`.
    PreferJsonb = "prefer_jsonb" Allow,
    /// A text has a fixed greatest length.
    PreferText = "prefer_text" Allow,
    /// A point in time has no time zone.
    PreferTimestamptz = "prefer_timestamptz" Allow,
    /// A primary key is added, and nobody can use the table while its index is made.
    PrimaryKeyUnderLock = "primary_key_under_lock" Warn,
    /// An index is made anew under a lock that stops writing, and reading by it.
    ReindexNotConcurrent = "reindex_not_concurrent" Warn,
    /// A column that counts is added, and the whole table is written anew.
    SerialColumnRewrites = "serial_column_rewrites" Warn,
    /// `SET NOT NULL` reads the whole table under a lock that stops every query.
    SetNotNullScans = "set_not_null_scans" Warn,
    /// More statements follow one that has locked a table against every query.
    StatementAfterLock = "statement_after_lock" Allow,
    /// A stored generated column is added, and the whole table is written anew.
    StoredColumnRewrites = "stored_column_rewrites" Warn,
    /// `TRUNCATE … CASCADE` also empties every table that refers to this one.
    TruncateCascade = "truncate_cascade" Warn,
    /// A column gets another type, and the whole table is written anew.
    TypeChangeRewrites = "type_change_rewrites" Warn,
    /// A unique constraint is added, and nobody can use the table while its index is made.
    UniqueUnderLock = "unique_under_lock" Warn,
    /// A constraint is added as `NOT VALID` and validated in the same transaction.
    ValidateInSameMigration = "validate_in_same_migration" Warn,
    /// A column is added whose default is computed for each row, and the whole table is written anew.
    VolatileDefaultRewrites = "volatile_default_rewrites" Warn,
    /// A character set that does not hold every character.
    Charset = "charset" Warn,
    /// An integer has a display width.
    DisplayWidth = "display_width" Allow,
    /// An enum or set is changed in a way that copies the table.
    EnumChangeCopies = "enum_change_copies" Warn,
    /// A number is kept as a float.
    FloatType = "float_type" Allow,
    /// A column that refuses NULL is added without a default, and MySQL fills it with a value of its own.
    ImplicitValue = "implicit_value" Warn,
    /// `REFERENCES` behind a column makes no foreign key.
    InlineReferencesIgnored = "inline_references_ignored" Warn,
    /// `ALTER TABLE` asks for a copy of the table or a lock on it.
    LockingAlter = "locking_alter" Warn,
    /// A primary key of a type that is none for keys.
    PrimaryKeyType = "primary_key_type" Warn,
    /// A name is a reserved word of the database, or of a newer one.
    ReservedWord = "reserved_word" Allow,
    /// A migration changes the schema in several statements.
    SeveralDdl = "several_ddl" Allow,
    /// A table has a storage engine without transactions.
    StorageEngine = "storage_engine" Warn,
    /// A date has the default `0000-00-00`.
    ZeroDate = "zero_date" Warn,
    /// A migration attaches another database.
    Attach = "attach" Warn,
    /// A name in double quotes that is no column, so SQLite takes it for a text.
    DoubleQuotedText = "double_quoted_text" Warn,
    /// A foreign key refers to columns that are no key.
    ForeignKeyMismatch = "foreign_key_mismatch" Warn,
    /// A primary key of an integer type that is not exactly `INTEGER`.
    IntegerPrimaryKey = "integer_primary_key" Warn,
    /// `AUTOINCREMENT` is used.
    NeedlessAutoincrement = "needless_autoincrement" Allow,
    /// A primary key that lets NULL in.
    NullablePrimaryKey = "nullable_primary_key" Allow,
    /// A date, a time, a UUID or JSON in a column that SQLite takes for numeric.
    NumericAffinity = "numeric_affinity" Allow,
    /// A `PRAGMA` that does nothing inside a transaction stands inside one.
    PragmaInTransaction = "pragma_in_transaction" Warn,
    /// A `PRAGMA` that changes nothing in a database that has tables.
    PragmaNeedsVacuum = "pragma_needs_vacuum" Warn,
    /// A `PRAGMA` that is gone as soon as the migration is done.
    PragmaOfConnection = "pragma_of_connection" Warn,
    /// A table is made anew while foreign keys are enforced, and the rows that refer to it are deleted.
    RebuildDeletesChildren = "rebuild_deletes_children" Warn,
    /// A table is made anew without `AUTOINCREMENT`.
    RebuildLosesAutoincrement = "rebuild_loses_autoincrement" Warn,
    /// A table is made anew, and a `CHECK` of it is not.
    RebuildLosesCheck = "rebuild_loses_check" Warn,
    /// A table is made anew, and a column of it loses its collation.
    RebuildLosesCollation = "rebuild_loses_collation" Warn,
    /// A table is made anew without the values of a column.
    RebuildLosesColumn = "rebuild_loses_column" Warn,
    /// A table is made anew, and a foreign key of it is not.
    RebuildLosesForeignKey = "rebuild_loses_foreign_key" Warn,
    /// A table is made anew, and its index is not.
    RebuildLosesIndex = "rebuild_loses_index" Warn,
    /// A table is made anew without `STRICT`.
    RebuildLosesStrict = "rebuild_loses_strict" Warn,
    /// A table is made anew, and its trigger is not.
    RebuildLosesTrigger = "rebuild_loses_trigger" Warn,
    /// A table is made anew, and a view that reads it is not.
    RebuildLosesView = "rebuild_loses_view" Warn,
    /// A table is made anew without `WITHOUT ROWID`.
    RebuildLosesWithoutRowid = "rebuild_loses_without_rowid" Warn,
    /// Words behind a column that SQLite takes for its type, though something else was meant.
    SwallowedType = "swallowed_type" Warn,
    /// A type that SQLite reads otherwise than it is meant.
    TypeAffinity = "type_affinity" Warn,
    /// A `PRAGMA` that SQLite does not know.
    UnknownPragma = "unknown_pragma" Warn,
    /// An advisory lock is taken where it protects nothing.
    AdvisoryLock = "advisory_lock" Warn,
    /// A table without a primary key on a cluster that needs one.
    ClusterPrimaryKey = "cluster_primary_key" Warn,
    /// Several changes of the schema in one transaction, which is not atomic here.
    DdlInTransaction = "ddl_in_transaction" Warn,
    /// A default that each replica of rqlite computes for itself.
    DefaultDiffers = "default_differs" Warn,
    /// `LOCK TABLES` on a cluster that does not have it.
    LockTables = "lock_tables" Warn,
    /// What each node of rqlite computes when it runs the statement, and again when it starts.
    NodeClock = "node_clock" Warn,
    /// A function that gives each replica of rqlite another value.
    ReplicasDiffer = "replicas_differ" Deny,
    /// Keys that count up, on a cluster that keeps rows by their key.
    SequentialKey = "sequential_key" Warn,
    /// A name that does not follow the pattern in the settings.
    Naming = "naming" Warn,
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The word is not a code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no lint `{name}`: {}", self.help())]
pub struct CodeError {
    /// The word.
    pub name: String,
}

impl CodeError {
    /// What was probably meant.
    fn help(&self) -> String {
        match nearest(&self.name, Code::ALL.iter().map(|code| code.name())) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "a lint is named by the word in brackets in its message".to_owned(),
        }
    }
}

impl FromStr for Code {
    type Err = CodeError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let code = Self::ALL.iter().find(|code| code.name() == name);
        code.copied().ok_or_else(|| CodeError {
            name: name.to_owned(),
        })
    }
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its code.
    pub code: Code,
    /// What is wrong, in one line.
    pub message: String,
    /// The bytes of the SQL text that it is about.
    pub range: Range<usize>,
    /// What to write instead.
    pub help: Option<String>,
    /// What else there is to know, a line each.
    pub notes: Vec<String>,
    /// The change that mends it, where there is one that is surely right.
    pub fix: Option<Box<Fix>>,
    /// It is about a table, view or sequence that no migration makes.
    pub is_stranger: bool,
}

/// A change of the SQL text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// The bytes that go.
    pub range: Range<usize>,
    /// What comes in their place.
    pub text: String,
}

impl Finding {
    /// A finding about a part of an SQL text.
    pub fn new(code: Code, message: impl Into<String>, range: Range<usize>) -> Self {
        Self {
            code,
            message: message.into(),
            range,
            help: None,
            notes: Vec::new(),
            fix: None,
            is_stranger: false,
        }
    }

    /// Adds what to write instead.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds something else to know.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds the change that mends it.
    #[must_use]
    pub fn fix(mut self, range: Range<usize>, text: impl Into<String>) -> Self {
        self.fix = Some(Box::new(Fix {
            range,
            text: text.into(),
        }));
        self
    }

    /// The message, the line of the SQL with carets below the place, and the help.
    ///
    /// `origin` is what names the place: it is given the line and the column in the SQL, both from 1.
    ///
    /// ```
    /// use migrate_schema::{Code, Finding};
    /// let finding = Finding::new(Code::SqlSyntax, "near \"TABEL\": syntax error", 7..12).help("write `TABLE`");
    /// let text = finding.render("CREATE TABEL a (b)", |line, column| format!("line {line}, column {column} of the SQL"));
    /// assert_eq!(text, "\
    /// near \"TABEL\": syntax error [sql_syntax]
    ///   --> line 1, column 8 of the SQL
    ///    |
    ///  1 | CREATE TABEL a (b)
    ///    |        ^^^^^
    ///    = help: write `TABLE`");
    /// ```
    pub fn render(&self, sql: &str, origin: impl FnOnce(usize, usize) -> String) -> String {
        let start = floor(sql, self.range.start);
        let end = floor(sql, self.range.end).max(start);
        let (line, column) = line_and_column(sql, start);
        let line_start = sql[..start].rfind('\n').map_or(0, |at| at + 1);
        let text = sql[line_start..].lines().next().unwrap_or_default();
        let until = end.min(line_start + text.len());
        let carets = sql
            .get(start..until)
            .map_or(0, |marked| marked.chars().count())
            .max(1);
        let number = line.to_string();
        let margin = " ".repeat(number.len());
        // Tabs stay tabs, so that the carets stand below their text whatever a tab is worth.
        let pad: String = sql[line_start..start]
            .chars()
            .map(|c| if c == '\t' { '\t' } else { ' ' })
            .collect();
        let mut out = format!("{} [{}]\n", self.message, self.code);
        out += &format!(
            " {margin}--> {}\n {margin} |\n {number} | {text}\n",
            origin(line, column)
        );
        out += &format!(" {margin} | {pad}{}", "^".repeat(carets));
        if let Some(help) = &self.help {
            out += &format!("\n {margin} = help: {help}");
        }
        for note in &self.notes {
            out += &format!("\n {margin} = note: {note}");
        }
        out
    }
}

/// The line and the column (in characters) of a byte, both from 1.
pub fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..floor(text, at)];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (
        before.matches('\n').count() + 1,
        before[line_start..].chars().count() + 1,
    )
}

fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_carets_stand_below_their_text() {
        let sql = "CREATE TABLE é (\n\tб TEXT,,\n)";
        let at = sql.find(",,").unwrap() + 1;
        let text = Finding::new(Code::SqlSyntax, "near \",\"", at..at + 1)
            .render(sql, |l, c| format!("{l}:{c}"));
        assert_eq!(
            text,
            "near \",\" [sql_syntax]\n  --> 2:9\n   |\n 2 | \tб TEXT,,\n   | \t       ^"
        );
    }

    #[test]
    fn no_range_makes_it_panic() {
        let sql = "é\nb";
        for start in 0..6 {
            for end in 0..6 {
                let finding = Finding {
                    range: start..end,
                    ..Finding::new(Code::SqlSyntax, "x", 0..0)
                };
                assert!(finding.render(sql, |l, c| format!("{l}:{c}")).contains('^'));
            }
        }
    }

    #[test]
    fn codes_are_unique_words() {
        for (i, code) in Code::ALL.iter().enumerate() {
            assert!(
                code.name()
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
            );
            assert!(
                Code::ALL[i + 1..]
                    .iter()
                    .all(|other| other.name() != code.name())
            );
        }
    }
}
