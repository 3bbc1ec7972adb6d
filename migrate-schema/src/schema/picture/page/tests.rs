//! What is in the page, without a browser.

use serde_json::Value;

use super::super::tests::{blog, refers, strange, table};
use super::*;
use crate::Dialect;

/// The JSON that the script is given.
fn data(html: &str) -> Value {
    let (_, from) = html.split_once("id=\"data\">").unwrap();
    let (data, _) = from.split_once("</script>").unwrap();
    serde_json::from_str(data).unwrap()
}

fn of(schema: &Schema, history: &[Chapter]) -> String {
    html(&Page {
        title: "A <b>blog</b>",
        schema,
        history,
    })
}

fn chapter(id: &str, before: &Schema, after: &Schema, sql: &str) -> Chapter {
    Chapter {
        id: id.to_owned(),
        up: vec![sql.to_owned()],
        changes: changes(before, after, [sql], &Dialect::Sqlite.into()),
        ..Chapter::default()
    }
}

#[test]
fn a_page_is_one_file() {
    let html = of(&blog(), &[]);
    assert!(html.contains("<title>A &lt;b&gt;blog&lt;/b&gt;</title>"));
    assert!(!html.contains("{{"), "a mark is left");
    // Nothing is fetched: the only address is the name of a language.
    let addresses = html.matches("://").count();
    assert_eq!(
        addresses,
        html.matches("http://www.w3.org/2000/svg").count()
    );
    for word in [" src=", " href=", "url(", "@import", "fetch(", "import("] {
        assert!(!html.contains(word), "{word}");
    }
    assert_eq!(html.matches("data-entity=").count(), 5);
    assert_eq!(html.matches("data-relation=").count(), 5);
}

/// What a name holds ends no script and makes no element.
#[test]
fn strange_names_are_data() {
    let schema = strange();
    let chapter = Chapter {
        id: "</script><img onerror=alert(1)>".to_owned(),
        up: vec!["SELECT '</script><!-- <script>'".to_owned()],
        ..Chapter::default()
    };
    let html = of(&schema, &[chapter]);
    assert_eq!(html.matches("<script").count(), 2);
    assert_eq!(html.matches("</script").count(), 2);
    assert!(!html.contains("<img") && !html.contains("<!--"));
    let data = data(&html);
    assert_eq!(
        data["entities"][0]["name"],
        "</script><script>alert(1)</script>"
    );
    assert_eq!(
        data["chapters"][0]["up"][0],
        "SELECT '</script><!-- <script>'"
    );
}

#[test]
fn tables_and_their_columns() {
    let data = data(&of(&blog(), &[]));
    let comments = &data["entities"][2];
    assert_eq!(comments["kind"], "table");
    assert_eq!(comments["columns"][1]["name"], "post_id");
    assert_eq!(comments["columns"][1]["marks"][0], "FK");
    assert_eq!(comments["columns"][0]["about"], "not null");
    assert_eq!(comments["lines"][1]["text"], "(post_id) → posts (id)");
    assert_eq!(data["entities"][4]["kind"], "view");
    assert_eq!(data["relations"][0]["from"], 1);
    assert_eq!(data["relations"][0]["to"], 0);
    assert!(comments["since"].is_null());
}

/// A table keeps its migrations when it gets another name, and one that takes the old name does not get them.
#[cfg(feature = "sqlite")]
#[test]
fn what_was_renamed_keeps_its_history() {
    let empty = Schema::empty(Dialect::Sqlite);
    let with = |tables: &[&str]| Schema {
        tables: tables
            .iter()
            .map(|name| table(name, &[("id", "INTEGER")]))
            .collect(),
        ..Schema::empty(Dialect::Sqlite)
    };
    let (first, second, third) = (
        with(&["people"]),
        with(&["users"]),
        with(&["users", "people"]),
    );
    let history = [
        chapter("1", &empty, &first, "CREATE TABLE people (id INTEGER)"),
        chapter("2", &first, &second, "ALTER TABLE people RENAME TO users"),
        chapter("3", &second, &third, "CREATE TABLE people (id INTEGER)"),
    ];
    let data = data(&of(&third, &history));
    let changes = |at: usize| data["chapters"][at]["changes"].clone();
    assert_eq!(changes(0)[0]["entity"], 0);
    assert_eq!(changes(0)[0]["kind"], "made");
    assert_eq!(changes(1)[0]["words"], "table people: renamed to users");
    assert_eq!(changes(1)[0]["entity"], 0);
    assert_eq!(changes(2)[0]["entity"], 1);
    assert_eq!(data["entities"][0]["since"], 0);
    assert_eq!(data["entities"][1]["since"], 2);
}

/// What is gone in the end has changes, and no box.
#[test]
fn what_was_dropped_is_told() {
    let empty = Schema::empty(Dialect::Sqlite);
    let mut posts = table("posts", &[("id", "INTEGER"), ("author", "INTEGER")]);
    refers(&mut posts, "author", "posts", "id");
    let one = Schema {
        tables: vec![posts],
        ..empty.clone()
    };
    let history = [
        chapter("1", &empty, &one, "CREATE TABLE posts (…)"),
        chapter("2", &one, &empty, "DROP TABLE posts"),
    ];
    let data = data(&of(&empty, &history));
    assert_eq!(data["chapters"][0]["changes"][0]["kind"], "made");
    assert!(data["chapters"][0]["changes"][0]["entity"].is_null());
    assert_eq!(data["chapters"][1]["changes"][0]["kind"], "dropped");
    assert!(data["entities"].as_array().unwrap().is_empty());
}
