//! What the catalog refuses.

use crate::{
    Code,
    lint::{ALL, Example, Page},
    settings::Product,
};

const USERS: &[&str] = &["CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)"];

const fn page(
    code: Code,
    summary: &'static str,
    why: &'static str,
    instead: &'static str,
    examples: &'static [Example],
) -> Page {
    Page {
        code,
        products: ALL,
        summary,
        why,
        instead,
        examples,
    }
}

pub(super) const PAGES: &[Page] = &[
    page(
        Code::NoSuchTable,
        "A table, view or sequence that is not there.",
        "No migration before this one makes it, or one has dropped or renamed it.",
        "Write the name as it is at this point of the history. What comes from elsewhere is declared in the settings: `external = { tables = [\"auth.*\"] }`.",
        &[Example::new(
            "sqlite",
            USERS,
            "ALTER TABLE usres ADD COLUMN name TEXT",
            "ALTER TABLE users ADD COLUMN name TEXT",
        )],
    ),
    page(
        Code::UndeclaredName,
        "A name that no migration makes, of a thing that may come from elsewhere.",
        "Other tools and extensions bring tables, types and functions of their own. This may be one of them, or a slip of the keys.",
        "Declare it in the settings: `external = { tables = [\"…\"], functions = [\"…\"], types = [\"…\"] }`.",
        &[Example::new(
            "sqlite",
            USERS,
            "INSERT INTO accounts_of_elsewhere (id) VALUES (1)",
            "INSERT INTO users (id) VALUES (1)",
        )],
    ),
    page(
        Code::NoSuchColumn,
        "A column that is not there.",
        "No migration before this one adds it, or one has dropped or renamed it.",
        "Write the name as it is at this point of the history.",
        &[Example::new(
            "sqlite",
            USERS,
            "CREATE INDEX users_email ON users (emial)",
            "CREATE INDEX users_email ON users (email)",
        )],
    ),
    page(
        Code::NoSuchIndex,
        "An index that is not there.",
        "No migration before this one makes it, or one has dropped it (also by dropping its table).",
        "Write the name that it was made with, or leave the statement out.",
        &[Example::new(
            "sqlite",
            &[
                "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)",
                "CREATE INDEX users_email ON users (email)",
            ],
            "DROP INDEX user_email",
            "DROP INDEX users_email",
        )],
    ),
    Page {
        code: Code::NoSuchConstraint,
        products: &[
            Product::Postgres,
            Product::Cockroach,
            Product::Mysql,
            Product::Mariadb,
            Product::Galera,
        ],
        summary: "A constraint that is not there.",
        why: "Where no name was written, the database has chosen one. The message names those that the table has.",
        instead: "Write the name that the constraint has.",
        examples: &[Example::new(
            "postgres",
            &["CREATE TABLE users (id bigint PRIMARY KEY, email text UNIQUE)"],
            "ALTER TABLE users DROP CONSTRAINT users_email_unique",
            "ALTER TABLE users DROP CONSTRAINT users_email_key",
        )],
    },
    page(
        Code::NoSuchObject,
        "A trigger, schema, extension, label or other object that is not there.",
        "No migration before this one makes it, or one has dropped it.",
        "Write the name that it was made with, or leave the statement out.",
        &[Example::new(
            "sqlite",
            &[
                "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)",
                "CREATE TRIGGER users_trim AFTER INSERT ON users BEGIN UPDATE users SET email = trim(email) WHERE id = NEW.id; END",
            ],
            "DROP TRIGGER users_trimm",
            "DROP TRIGGER users_trim",
        )],
    ),
    Page {
        code: Code::UnknownType,
        products: &[
            Product::Postgres,
            Product::Cockroach,
            Product::Mysql,
            Product::Mariadb,
            Product::Galera,
        ],
        summary: "A type that is not there.",
        why: "It is none of the database's own, and no migration before this one makes it.",
        instead: "Write the type's name. Those of an extension are there once it is created; others are declared in the settings: `external = { types = [\"…\"] }`.",
        examples: &[Example::new(
            "postgres",
            &[],
            "CREATE TABLE users (id bigitn)",
            "CREATE TABLE users (id bigint)",
        )],
    },
    page(
        Code::UnknownFunction,
        "A function that is not there, or not with these arguments.",
        "It is none of the database's own, and no migration before this one makes it.",
        "Write the function's name. Those that the application registers, or an extension brings, are declared in the settings: `external = { functions = [\"…\"] }`.",
        &[Example::new(
            "sqlite",
            USERS,
            "UPDATE users SET email = lowr(email) WHERE id = 1",
            "UPDATE users SET email = lower(email) WHERE id = 1",
        )],
    ),
    page(
        Code::AlreadyExists,
        "A name that is taken.",
        "A migration before this one has made something of that name, and none has dropped it.",
        "Choose another name, or drop the old thing first. `IF NOT EXISTS` would hide that there are two definitions.",
        &[Example::new(
            "sqlite",
            USERS,
            "CREATE TABLE users (id INTEGER PRIMARY KEY)",
            "CREATE TABLE posts (id INTEGER PRIMARY KEY)",
        )],
    ),
    page(
        Code::DuplicateColumn,
        "A column that is there twice.",
        "A table has only one column of a name.",
        "Leave one out, or give it another name.",
        &[Example::new(
            "sqlite",
            USERS,
            "ALTER TABLE users ADD COLUMN email TEXT",
            "ALTER TABLE users ADD COLUMN name TEXT",
        )],
    ),
    page(
        Code::AmbiguousName,
        "A name that could mean two things.",
        "More than one table of the query has a column of that name.",
        "Write the table before it: `users.id`.",
        &[Example::new(
            "sqlite",
            &[
                "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)",
                "CREATE TABLE posts (id INTEGER PRIMARY KEY, author INTEGER)",
            ],
            "INSERT INTO posts (author) SELECT id FROM users JOIN posts ON posts.author = users.id",
            "INSERT INTO posts (author) SELECT users.id FROM users JOIN posts ON posts.author = users.id",
        )],
    ),
    page(
        Code::StillReferenced,
        "Something that others still need.",
        "A view, a foreign key, an index or a trigger names it. The message says which, and which migration made it.",
        "Drop or change what needs it first.",
        &[Example::new(
            "sqlite",
            &[
                "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)",
                "CREATE INDEX users_email ON users (email)",
            ],
            "ALTER TABLE users DROP COLUMN email",
            "DROP INDEX users_email",
        )],
    ),
    page(
        Code::ColumnCount,
        "More or fewer values than columns.",
        "Each row needs a value for each column that is named, or for each column of the table where none is.",
        "Name the columns: then a column that is added later changes nothing.",
        &[Example::new(
            "sqlite",
            USERS,
            "INSERT INTO users (id, email) VALUES (1)",
            "INSERT INTO users (id, email) VALUES (1, 'a')",
        )],
    ),
    page(
        Code::InvalidDefinition,
        "What the engine refuses for another reason that the schema tells.",
        "The message says which rule of the database it breaks.",
        "The message says what to write.",
        &[Example::new(
            "sqlite",
            USERS,
            "ALTER TABLE users ADD COLUMN phone TEXT UNIQUE",
            "ALTER TABLE users ADD COLUMN phone TEXT;\nCREATE UNIQUE INDEX users_phone ON users (phone)",
        )],
    ),
    Page {
        code: Code::BrokenDefinition,
        products: &[Product::Sqlite, Product::Rqlite],
        summary: "What the engine takes now and refuses where it is used: a view or a trigger of SQLite that names what is not there.",
        why: "SQLite looks at the names in a view or a trigger only when it is used; then the query fails. It also refuses to rename anything as long as such a view or trigger is there.",
        instead: "Write the names as they are at this point of the history, or make what is named first.",
        examples: &[Example::new(
            "sqlite",
            USERS,
            "CREATE VIEW names AS SELECT nmae FROM users",
            "CREATE VIEW emails AS SELECT email FROM users",
        )],
    },
];
