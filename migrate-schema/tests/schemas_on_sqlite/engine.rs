//! The schema that SQLite has, and schemas made comparable.

use migrate_schema::{
    Dialect, Finding, Level,
    lex::{self, TokenKind},
    schema::{
        Schema,
        live::{self, Next, Rows, Scope},
    },
    settings::Settings,
};
use rusqlite::{Connection, types::ValueRef};

fn ask(connection: &Connection, query: &str) -> Rows {
    let mut statement = connection.prepare(query).unwrap();
    let width = statement.column_count();
    let rows = statement.query_map([], |row| {
        (0..width)
            .map(|at| {
                Ok(match row.get_ref(at)? {
                    ValueRef::Null => None,
                    ValueRef::Text(text) => Some(String::from_utf8_lossy(text).into_owned()),
                    other => Some(format!("{other:?}")),
                })
            })
            .collect()
    });
    rows.unwrap().map(Result::unwrap).collect()
}

pub(crate) fn introspect(connection: &Connection) -> Schema {
    let mut inquiry = live::inquiry(&Dialect::Sqlite.into(), &Scope::default());
    let mut answers: Vec<Rows> = Vec::new();
    let definitions = loop {
        match inquiry.next(&answers).unwrap() {
            Next::Ask(queries) => {
                answers = queries.iter().map(|one| ask(connection, one)).collect()
            }
            Next::Done(definitions) => break definitions,
        }
    };
    let statements = definitions.statements.iter().map(String::as_str);
    let (schema, findings) =
        Schema::from_sql(&Dialect::Sqlite.into(), &Settings::default(), statements);
    // A view may be there that no query can read.
    let refused = |one: &&Finding| one.code.level() == Level::Deny;
    let refused: Vec<_> = findings.iter().filter(refused).collect();
    assert!(refused.is_empty(), "{refused:?}");
    schema
}

/// SQL without what does not matter: white space, comments, quotes, the case of words.
fn plain(sql: &mut String) {
    let words: Vec<String> = lex::tokens(sql, Dialect::Sqlite)
        .map(|token| match token.kind {
            TokenKind::QuotedName => token
                .text(sql)
                .trim_matches(['"', '`', '[', ']'])
                .to_lowercase(),
            TokenKind::Word => token.text(sql).to_lowercase(),
            _ => token.text(sql).to_owned(),
        })
        .collect();
    *sql = words.join(" ");
}

/// The parts that have text, made comparable.
pub(crate) fn comparable(mut schema: Schema) -> Schema {
    for table in &mut schema.tables {
        table.made_by = None;
        for column in &mut table.columns {
            plain(&mut column.data_type);
            column.default.iter_mut().for_each(plain);
            column
                .generated
                .iter_mut()
                .for_each(|one| plain(&mut one.expression));
        }
        table
            .checks
            .iter_mut()
            .for_each(|one| plain(&mut one.expression));
        table
            .triggers
            .iter_mut()
            .for_each(|one| plain(&mut one.sql));
        table.triggers.sort_by(|a, b| a.name.cmp(&b.name));
        for index in &mut table.indexes {
            index.predicate.iter_mut().for_each(plain);
            for part in &mut index.parts {
                if let migrate_schema::schema::IndexOn::Expression(sql) = &mut part.on {
                    plain(sql);
                }
            }
        }
        table.indexes.sort_by(|a, b| a.name.cmp(&b.name));
        if let migrate_schema::schema::TableKind::Other(sql) = &mut table.kind {
            plain(sql);
        }
    }
    for view in &mut schema.views {
        view.made_by = None;
        plain(&mut view.query);
        view.triggers.iter_mut().for_each(|one| plain(&mut one.sql));
        view.reads.sort();
    }
    schema.tables.sort_by(|a, b| a.name.cmp(&b.name));
    schema.views.sort_by(|a, b| a.name.cmp(&b.name));
    schema
}

/// How two schemas differ, apart from what is not known of the first: the lines of what is not the same.
pub(crate) fn differences(replayed: &Schema, live: &Schema) -> Vec<String> {
    let is_unknown = |name: &str| {
        let mut unknown = replayed.unknown.iter();
        unknown.any(|one| one == "*" || one.eq_ignore_ascii_case(name))
    };
    let (ours, theirs) = (comparable(replayed.clone()), comparable(live.clone()));
    let mut found = Vec::new();
    let mut lines = |name: &str, ours: String, theirs: String| {
        let (ours, theirs): (Vec<&str>, Vec<&str>) =
            (ours.lines().collect(), theirs.lines().collect());
        let at = ours.iter().zip(&theirs).position(|(a, b)| a != b);
        let at = at.unwrap_or(ours.len().min(theirs.len()));
        let line = |all: &[&str]| {
            let from = at.saturating_sub(2);
            all.get(from..all.len().min(at + 3))
                .unwrap_or_default()
                .join(" ")
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
        };
        found.push(format!(
            "{name}: `{}`, and the engine has `{}`",
            line(&ours),
            line(&theirs)
        ));
    };
    for table in &theirs.tables {
        let name = &table.name.name;
        let mut table = table.clone();
        table.triggers.retain(|one| !is_unknown(&one.name));
        table.indexes.retain(|one| !is_unknown(&one.name));
        match ours
            .tables
            .iter()
            .find(|own| own.name.name.eq_ignore_ascii_case(name))
        {
            Some(own) if own.open => {}
            Some(own) if *own == table => {}
            Some(own) => lines(name, format!("{own:#?}"), format!("{table:#?}")),
            None if is_unknown(name) => {}
            None => lines(name, String::new(), format!("{table:#?}")),
        }
    }
    for view in &theirs.views {
        let name = &view.name.name;
        match ours
            .views
            .iter()
            .find(|own| own.name.name.eq_ignore_ascii_case(name))
        {
            Some(own) if *own == *view => {}
            Some(own) => lines(name, format!("{own:#?}"), format!("{view:#?}")),
            None if is_unknown(name) => {}
            None => lines(name, String::new(), format!("{view:#?}")),
        }
    }
    for own in ours
        .tables
        .iter()
        .map(|own| &own.name)
        .chain(ours.views.iter().map(|own| &own.name))
    {
        let mut all = theirs
            .tables
            .iter()
            .map(|one| &one.name)
            .chain(theirs.views.iter().map(|one| &one.name));
        if !all.any(|one| one.name.eq_ignore_ascii_case(&own.name)) {
            lines(&own.name, "there".to_owned(), String::new());
        }
    }
    found
}
