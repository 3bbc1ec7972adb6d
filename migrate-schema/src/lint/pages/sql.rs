//! What the grammars refuse.

use crate::{
    Code,
    lint::{ALL, Example, Page},
};

pub(super) const PAGES: &[Page] = &[
    Page {
        code: Code::SqlSyntax,
        products: ALL,
        summary: "SQL that the database cannot parse.",
        why: "The statement is read by the database's own grammar. What it refuses, the database refuses, wherever the migration runs.",
        instead: "The message names the word at which the grammar stops. The mistake stands there, or right before.",
        examples: &[
            Example::new(
                "sqlite",
                &[],
                "CREATE TABEL users (id INTEGER)",
                "CREATE TABLE users (id INTEGER)",
            ),
            Example::new(
                "postgres",
                &[],
                "CREATE TABLE users (id bigint,)",
                "CREATE TABLE users (id bigint)",
            ),
            Example::new(
                "mysql",
                &[],
                "CREATE TABLE users (id bigint name text)",
                "CREATE TABLE users (id bigint, name text)",
            ),
        ],
    },
    Page {
        code: Code::SqlEmpty,
        products: ALL,
        summary: "SQL without a statement.",
        why: "White space and comments do nothing: something was forgotten, or commented out.",
        instead: "Write the statement, or leave the step out.",
        examples: &[Example::rust(
            "steps.sql(sql!(\"-- CREATE TABLE users (id INTEGER)\"));",
            "steps.sql(sql!(\"CREATE TABLE users (id INTEGER)\"));",
        )],
    },
    Page {
        code: Code::WrongDialect,
        products: ALL,
        summary: "SQL of another dialect.",
        why: "It is right for another database, and wrong (or, on SQLite, ignored) here.",
        instead: "The message says what the dialect of the migration has in its place.",
        examples: &[Example::new(
            "sqlite",
            &[],
            "CREATE TABLE users (id INTEGER PRIMARY KEY AUTO_INCREMENT)",
            "CREATE TABLE users (id INTEGER PRIMARY KEY)",
        )],
    },
];
