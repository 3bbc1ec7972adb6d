use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, NewColumn, Page, SQLITE},
    nearest,
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::SwallowedType,
        products: SQLITE,
        summary: "Words behind a column that SQLite takes for its type, though something else was meant.",
        why: "SQLite takes any words for a type: `TEXT AFTER x`, `TEXT UNIQE`, `INTEGR`. A clause of another database, or a misspelt one, is swallowed without a word.",
        instead: "Write the type and the constraints as SQLite has them; leave out what it has not.",
        examples: &[
            Example::new(
                "sqlite",
                &["CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, team INTEGER)"],
                "ALTER TABLE users ADD COLUMN born TEXT AFTER name",
                "ALTER TABLE users ADD COLUMN born TEXT",
            ),
            Example::new(
                "sqlite",
                &[],
                "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQE)",
                "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE)",
            ),
            Example::new(
                "sqlite",
                &[],
                "CREATE TABLE users (id INTEGER PRIMARY KEY, age INTEGR)",
                "CREATE TABLE users (id INTEGER PRIMARY KEY, age INTEGER)",
            ),
        ],
    },
    down: false,
    check: Check::Column(check),
};

fn check(_: &Context<'_>, new: NewColumn<'_>, findings: &mut Vec<Finding>) {
    let Some(ty) = &new.column.ty else { return };
    if ty.path.name.quoted {
        return;
    }
    let words: Vec<String> = ty
        .path
        .name
        .text
        .split_whitespace()
        .map(str::to_ascii_lowercase)
        .collect();
    let known = |word: &String| TYPES.contains(&word.as_str());
    let column = &new.column.name;
    let finding = match words.as_slice() {
        [] => return,
        [word] if known(word) => return,
        [word] => {
            // Any other word is a type too, and may be meant.
            let Some(near) = nearest(word, TYPES.iter().copied())
                .filter(|near| word.len() > 3 && is_close(word, near))
            else {
                return;
            };
            Finding::new(
                Code::SwallowedType,
                format!(
                    "SQLite takes `{}` for the type of `{column}`, and treats it as a number",
                    ty.path
                ),
                ty.range.clone(),
            )
            .help(format!("did you mean `{}`?", near.to_ascii_uppercase()))
        }
        [first, rest @ ..] if known(first) => {
            let Some(word) = rest.iter().find(|word| !known(word)) else {
                return;
            };
            let finding = Finding::new(
                Code::SwallowedType,
                format!(
                    "SQLite takes `{}` for the type of `{column}`: `{}` does nothing",
                    ty.path,
                    word.to_ascii_uppercase()
                ),
                ty.range.clone(),
            );
            match nearest(word, CLAUSES.iter().copied()).filter(|near| is_close(word, near)) {
                Some(near) => {
                    finding.help(format!("did you mean `{}`?", near.to_ascii_uppercase()))
                }
                None => finding.help("leave it out: it is no part of a column in SQLite"),
            }
        }
        _ => return,
    };
    findings.push(finding);
}

/// Whether one letter more, less, or another, or two swapped, makes the one of the other.
fn is_close(word: &str, near: &str) -> bool {
    let same = word
        .bytes()
        .filter(|byte| near.as_bytes().contains(byte))
        .count();
    word.len().abs_diff(near.len()) <= 1 && same + 1 >= near.len().min(word.len())
}

/// Words that are types somewhere, or parts of one.
const TYPES: &[&str] = &[
    "any",
    "array",
    "big",
    "bigint",
    "binary",
    "bit",
    "blob",
    "bool",
    "boolean",
    "bytea",
    "char",
    "character",
    "clob",
    "currency",
    "date",
    "datetime",
    "dec",
    "decimal",
    "double",
    "enum",
    "fixed",
    "float",
    "geometry",
    "guid",
    "inet",
    "int",
    "int2",
    "int4",
    "int8",
    "integer",
    "interval",
    "json",
    "jsonb",
    "large",
    "long",
    "longblob",
    "longtext",
    "mediumblob",
    "mediumint",
    "mediumtext",
    "money",
    "national",
    "native",
    "nchar",
    "null",
    "number",
    "numeric",
    "nvarchar",
    "object",
    "point",
    "precision",
    "real",
    "serial",
    "short",
    "signed",
    "small",
    "smallint",
    "string",
    "text",
    "time",
    "timestamp",
    "timestamptz",
    "tiny",
    "tinyblob",
    "tinyint",
    "tinytext",
    "uint",
    "ulid",
    "unsigned",
    "url",
    "uuid",
    "varbinary",
    "varchar",
    "varchar2",
    "varying",
    "vector",
    "with",
    "without",
    "zone",
    "year",
    "void",
    "name",
    "names",
];

/// What stands behind a type.
const CLAUSES: &[&str] = &[
    "unique",
    "default",
    "primary",
    "references",
    "collate",
    "check",
    "generated",
    "constraint",
    "autoincrement",
];
