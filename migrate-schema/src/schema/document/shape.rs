//! What a document may have: the one list that the reader, the JSON Schema and the messages are made from.

use crate::Dialect::{self, Mysql, Postgres, Sqlite};

/// An object of the document.
#[derive(Debug)]
pub(super) struct Shape {
    /// What it is called in the JSON Schema.
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) keys: &'static [Key],
}

/// A member of an object.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) required: bool,
    /// The dialects that have such a thing; all of them where it is empty.
    pub(super) only: &'static [Dialect],
    pub(super) about: &'static str,
}

/// What stands in a place.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Text,
    Boolean,
    /// A whole number, from 1 on.
    Count,
    /// The version of the format, as a number or a string.
    Version,
    /// An SQL expression, or a number, or true or false.
    Default,
    Choice(&'static [&'static str]),
    List(&'static Kind),
    /// Members of any name.
    Map(&'static Kind),
    Object(&'static Shape),
    /// The short form of an object, or the object.
    TextOr(&'static Shape),
}

const fn key(name: &'static str, kind: Kind, about: &'static str) -> Key {
    Key {
        name,
        kind,
        required: false,
        only: &[],
        about,
    }
}

impl Key {
    const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    const fn only(mut self, dialects: &'static [Dialect]) -> Self {
        self.only = dialects;
        self
    }
}

const TEXTS: Kind = Kind::List(&Kind::Text);
const PARTS: Kind = Kind::List(&Kind::TextOr(&PART));
const ACTIONS: Kind = Kind::Choice(&[
    "NO ACTION",
    "RESTRICT",
    "CASCADE",
    "SET NULL",
    "SET DEFAULT",
]);

/// The types of constraints.
pub(super) const CONSTRAINTS: [&str; 5] =
    ["primary_key", "unique", "foreign_key", "check", "exclude"];

pub(super) static DOCUMENT: Shape = Shape {
    name: "document",
    about: "The schemas of one or more databases",
    keys: &[
        key(
            "$schema",
            Kind::Text,
            "The JSON Schema of this document, for editors",
        ),
        key("version", Kind::Version, "The version of this format: 1").required(),
        key("exported_at", Kind::Text, "When it was exported (RFC 3339)"),
        key(
            "databases",
            Kind::Map(&Kind::Object(&DATABASE)),
            "The databases by name",
        )
        .required(),
    ],
};

pub(super) static DATABASE: Shape = Shape {
    name: "database",
    about: "What a database holds",
    keys: &[
        key(
            "dialect",
            Kind::Choice(&["sqlite", "postgres", "mysql"]),
            "The dialect of its types and expressions; without it, the document is for any database that has them",
        ),
        key(
            "tables",
            Kind::Map(&Kind::Object(&TABLE)),
            "The tables by name: `users`, or `audit.users` in another schema",
        )
        .required(),
        key(
            "views",
            Kind::Map(&Kind::Object(&VIEW)),
            "The views by name",
        ),
        key(
            "types",
            Kind::Map(&Kind::Object(&TYPE)),
            "The enums, domains and composite types by name",
        )
        .only(&[Postgres]),
        key(
            "sequences",
            Kind::Map(&Kind::Object(&SEQUENCE)),
            "The sequences that belong to no column",
        )
        .only(&[Postgres, Mysql]),
        key(
            "routines",
            Kind::List(&Kind::Object(&ROUTINE)),
            "The functions and procedures",
        )
        .only(&[Postgres, Mysql]),
        key("namespaces", TEXTS, "The schemas, besides the usual one").only(&[Postgres]),
        key("extensions", TEXTS, "The extensions").only(&[Postgres]),
        key(
            "unknown",
            TEXTS,
            "What may be there or not: nothing is concluded of it, and nothing done to it",
        ),
    ],
};

pub(super) static TABLE: Shape = Shape {
    name: "table",
    about: "A table",
    keys: &[
        key(
            "columns",
            Kind::List(&Kind::TextOr(&COLUMN)),
            "Its columns, in order; a string is the name of one of type `string`",
        ),
        key(
            "indexes",
            Kind::List(&Kind::TextOr(&INDEX)),
            "Its indexes; a string is the column of one",
        ),
        key(
            "constraints",
            Kind::List(&Kind::TextOr(&CONSTRAINT)),
            "Its keys and checks; a string is one as SQL writes it: `UNIQUE (email)`",
        ),
        key(
            "triggers",
            Kind::List(&Kind::Object(&TRIGGER)),
            "Its triggers",
        ),
        key("strict", Kind::Boolean, "`STRICT`").only(&[Sqlite]),
        key("without_rowid", Kind::Boolean, "`WITHOUT ROWID`").only(&[Sqlite]),
        key(
            "options",
            Kind::Map(&Kind::Text),
            "Engine, character set, storage parameters, by name",
        )
        .only(&[Mysql, Postgres]),
        key("comment", Kind::Text, "Its comment").only(&[Mysql, Postgres]),
        key(
            "definition",
            Kind::Text,
            "The whole statement that makes it, for a virtual or a foreign table",
        ),
        key(
            "partition_by",
            Kind::Text,
            "What stands behind PARTITION BY",
        )
        .only(&[Mysql, Postgres]),
        key(
            "parents",
            TEXTS,
            "The tables that it inherits from, or is a partition of",
        )
        .only(&[Postgres]),
        key(
            "bounds",
            Kind::Text,
            "The bounds of a partition: `FOR VALUES …` or `DEFAULT`",
        )
        .only(&[Postgres]),
        key(
            "open",
            Kind::Boolean,
            "It may have more than is written here",
        ),
    ],
};

pub(super) static COLUMN: Shape = Shape {
    name: "column",
    about: "A column",
    keys: &[
        key("name", Kind::Text, "Its name").required(),
        key(
            "type",
            Kind::Text,
            "Its type: a word for every database (`integer`, `string`, `timestamp`, …), or a type of the dialect",
        ),
        key(
            "sql_type",
            Kind::Text,
            "A type of the dialect in place of `type`, where the word means another one",
        ),
        key(
            "nullable",
            Kind::Boolean,
            "Whether it takes NULL, which it does unless this is false",
        ),
        key(
            "default",
            Kind::Default,
            "Its default: an SQL expression, or a number, or true or false",
        ),
        key(
            "generated",
            Kind::Object(&GENERATED),
            "What it is computed from",
        ),
        key(
            "identity",
            Kind::Choice(&["always", "by_default"]),
            "`GENERATED … AS IDENTITY`",
        )
        .only(&[Postgres]),
        key(
            "auto_increment",
            Kind::Boolean,
            "It numbers itself: AUTO_INCREMENT, AUTOINCREMENT, serial",
        ),
        key("on_update", Kind::Text, "`ON UPDATE`, an SQL expression").only(&[Mysql]),
        key("invisible", Kind::Boolean, "`INVISIBLE`").only(&[Mysql]),
        key("collation", Kind::Text, "`COLLATE`"),
        key("comment", Kind::Text, "Its comment").only(&[Mysql, Postgres]),
        key(
            "primary_key",
            Kind::Boolean,
            "It is the primary key: short for a constraint",
        ),
        key(
            "unique",
            Kind::Boolean,
            "It is unique: short for a constraint",
        ),
    ],
};

pub(super) static GENERATED: Shape = Shape {
    name: "generated",
    about: "What a column is computed from",
    keys: &[
        key("expression", Kind::Text, "An SQL expression").required(),
        key("stored", Kind::Boolean, "`STORED`, not `VIRTUAL`"),
    ],
};

pub(super) static INDEX: Shape = Shape {
    name: "index",
    about: "An index",
    keys: &[
        key(
            "name",
            Kind::Text,
            "Its name; made from the table and the columns where it is missing",
        ),
        key("columns", PARTS, "What it is on").required(),
        key("unique", Kind::Boolean, "`UNIQUE`"),
        key("method", Kind::Text, "`USING`, or `fulltext` or `spatial`").only(&[Mysql, Postgres]),
        key("include", TEXTS, "`INCLUDE`").only(&[Postgres]),
        key("nulls_not_distinct", Kind::Boolean, "`NULLS NOT DISTINCT`").only(&[Postgres]),
        key(
            "where",
            Kind::Text,
            "The rows that it is on, an SQL expression",
        )
        .only(&[Postgres, Sqlite]),
        key("comment", Kind::Text, "Its comment").only(&[Mysql, Postgres]),
    ],
};

pub(super) static PART: Shape = Shape {
    name: "part",
    about: "A part of an index or of a key; a string is a column",
    keys: &[
        key("column", Kind::Text, "The column"),
        key(
            "expression",
            Kind::Text,
            "An SQL expression in place of a column",
        ),
        key("collation", Kind::Text, "`COLLATE`").only(&[Postgres, Sqlite]),
        key("operator_class", Kind::Text, "The operator class").only(&[Postgres]),
        key("descending", Kind::Boolean, "`DESC`"),
        key(
            "nulls",
            Kind::Choice(&["first", "last"]),
            "`NULLS FIRST` or `NULLS LAST`",
        )
        .only(&[Postgres, Sqlite]),
        key("length", Kind::Count, "The length of the prefix").only(&[Mysql]),
    ],
};

pub(super) static CONSTRAINT: Shape = Shape {
    name: "constraint",
    about: "A key or a check",
    keys: &[
        key("name", Kind::Text, "Its name"),
        key("type", Kind::Choice(&CONSTRAINTS), "What it is").required(),
        key("columns", PARTS, "The columns of a key"),
        key(
            "references",
            Kind::TextOr(&REFERENCES),
            "What a foreign key refers to; a string is `users(id)`",
        ),
        key("on_delete", ACTIONS, "Of a foreign key"),
        key("on_update", ACTIONS, "Of a foreign key"),
        key(
            "dangling",
            Kind::Boolean,
            "What the foreign key refers to is not there, or not unique, as the engine allows",
        )
        .only(&[Mysql, Sqlite]),
        key("expression", Kind::Text, "The condition of a check, as SQL"),
        key(
            "column",
            Kind::Text,
            "The column that a check stands behind",
        ),
        key("definition", Kind::Text, "What stands behind EXCLUDE").only(&[Postgres]),
        key(
            "deferrable",
            Kind::Choice(&["immediate", "deferred"]),
            "`DEFERRABLE INITIALLY …`",
        )
        .only(&[Postgres, Sqlite]),
        key("include", TEXTS, "`INCLUDE`").only(&[Postgres]),
        key("nulls_not_distinct", Kind::Boolean, "`NULLS NOT DISTINCT`").only(&[Postgres]),
        key(
            "on_conflict",
            Kind::Choice(&["ROLLBACK", "ABORT", "FAIL", "IGNORE", "REPLACE"]),
            "`ON CONFLICT`",
        )
        .only(&[Sqlite]),
        key("no_inherit", Kind::Boolean, "`NO INHERIT`").only(&[Postgres]),
        key(
            "not_valid",
            Kind::Boolean,
            "`NOT VALID`: rows that were there before it may break it",
        )
        .only(&[Postgres]),
    ],
};

pub(super) static REFERENCES: Shape = Shape {
    name: "references",
    about: "What a foreign key refers to",
    keys: &[
        key("table", Kind::Text, "The table").required(),
        key(
            "columns",
            TEXTS,
            "Its columns; the primary key where they are missing",
        ),
    ],
};

pub(super) static TRIGGER: Shape = Shape {
    name: "trigger",
    about: "A trigger",
    keys: &[
        key("name", Kind::Text, "Its name").required(),
        key(
            "definition",
            Kind::Text,
            "The whole statement that makes it",
        )
        .required(),
    ],
};

pub(super) static VIEW: Shape = Shape {
    name: "view",
    about: "A view",
    keys: &[
        key("query", Kind::Text, "Its query").required(),
        key("materialized", Kind::Boolean, "`MATERIALIZED`").only(&[Postgres]),
        key(
            "column_names",
            TEXTS,
            "The names that it gives to its columns itself",
        ),
        key(
            "columns",
            Kind::List(&Kind::TextOr(&COLUMN)),
            "Its columns, as far as they are known",
        ),
        key(
            "reads",
            TEXTS,
            "The tables and views that it reads; found in the query where it is missing",
        ),
        key(
            "indexes",
            Kind::List(&Kind::TextOr(&INDEX)),
            "The indexes of a materialized view",
        )
        .only(&[Postgres]),
        key(
            "triggers",
            Kind::List(&Kind::Object(&TRIGGER)),
            "Its triggers",
        ),
        key("comment", Kind::Text, "Its comment").only(&[Postgres]),
    ],
};

pub(super) static TYPE: Shape = Shape {
    name: "type",
    about: "A type: one of `enum`, `composite`, `domain` and `definition`",
    keys: &[
        key("enum", TEXTS, "The labels, in order"),
        key(
            "composite",
            Kind::List(&Kind::Object(&ATTRIBUTE)),
            "The attributes, in order",
        ),
        key(
            "domain",
            Kind::Object(&DOMAIN),
            "Another type with conditions",
        ),
        key(
            "definition",
            Kind::Text,
            "The whole statement that makes it",
        ),
    ],
};

pub(super) static ATTRIBUTE: Shape = Shape {
    name: "attribute",
    about: "An attribute of a composite type",
    keys: &[
        key("name", Kind::Text, "Its name").required(),
        key("type", Kind::Text, "Its type").required(),
    ],
};

pub(super) static DOMAIN: Shape = Shape {
    name: "domain",
    about: "A type with conditions",
    keys: &[
        key("base", Kind::Text, "The type that it is based on").required(),
        key("not_null", Kind::Boolean, "`NOT NULL`"),
        key("default", Kind::Text, "Its default, an SQL expression"),
        key(
            "checks",
            Kind::List(&Kind::Object(&CONDITION)),
            "Its conditions",
        ),
    ],
};

pub(super) static CONDITION: Shape = Shape {
    name: "condition",
    about: "A condition of a domain",
    keys: &[
        key("name", Kind::Text, "Its name"),
        key("expression", Kind::Text, "An SQL expression").required(),
    ],
};

pub(super) static SEQUENCE: Shape = Shape {
    name: "sequence",
    about: "A sequence",
    keys: &[key(
        "definition",
        Kind::Text,
        "The whole statement that makes it",
    )],
};

pub(super) static ROUTINE: Shape = Shape {
    name: "routine",
    about: "A function or a procedure",
    keys: &[
        key("name", Kind::Text, "Its name").required(),
        key(
            "kind",
            Kind::Choice(&["function", "procedure", "aggregate"]),
            "What it is",
        )
        .required(),
        key(
            "arguments",
            TEXTS,
            "The types of the arguments that a caller gives",
        ),
        key(
            "definition",
            Kind::Text,
            "The whole statement that makes it",
        )
        .required(),
    ],
};
