//! Structs as tables: every option, and the types that a field may have.
#![allow(dead_code, reason = "nobody makes one")]

use std::borrow::Cow;

use migrate_core::{Dialect, Table, models};

#[derive(Table)]
#[table(name = "users", renamed_from = "people")]
struct User {
    #[column(primary_key)]
    id: i64,
    #[column(name = "mail", unique, renamed_from = "email")]
    email: String,
    nick: Option<String>,
    #[column(references = "teams.number", on_delete = "set null")]
    team: Option<i32>,
    #[column(type = "NUMERIC(10, 2)", default = "0")]
    balance: Money,
    r#type: bool,
    picture: Option<Vec<u8>>,
    #[column(skip)]
    cached: Vec<User>,
}

struct Money;

/// A part of the same table.
#[derive(Table)]
#[table(name = "users", partial)]
struct Login<'a> {
    mail: Cow<'a, str>,
}

#[derive(Table)]
struct TeamMember {
    share: f64,
}

macro_rules! made {
    ($name:ident) => {
        #[derive(Table)]
        struct $name {
            id: u32,
        }
    };
}
made!(ByMacro);

fn main() {
    let linked: Vec<&str> = models::linked().iter().map(|model| model.table).collect();
    // What has parameters is many types, and is not in the list.
    assert_eq!(linked, ["by_macro", "team_member", "users"]);
    assert!(Login::MODEL.partial);
    let teams = models::Definitions::read([("teams.json", r#"{"fields": {"number": "integer"}}"#)], &[]);
    let mut definitions = models::definitions(&[&User::MODEL]).unwrap();
    definitions.tables.extend(teams.unwrap().tables);
    let schema = definitions.schema(Dialect::Postgres).unwrap();
    let columns: Vec<String> = schema.tables[0]
        .columns
        .iter()
        .map(|column| format!("{} {} {}", column.name, column.data_type, column.nullable))
        .collect();
    assert_eq!(
        columns,
        [
            "id BIGINT false",
            "mail TEXT false",
            "nick TEXT true",
            "team INTEGER true",
            "balance NUMERIC(10, 2) false",
            "type BOOLEAN false",
            "picture BYTEA true",
        ]
    );
}
