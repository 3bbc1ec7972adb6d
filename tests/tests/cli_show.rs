//! `schema show`: pictures of the history, of a database, of a document.
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows that a test may panic, but not its helpers"
)]

use std::process::Command;

use migrate_tests::Folder;
use snapbox::str;

const SHOP: &str = env!("CARGO_BIN_EXE_fixture-shop");
const EMPTY: &str = env!("CARGO_BIN_EXE_fixture-empty");
const LAB: &str = env!("CARGO_BIN_EXE_fixture-lab");

#[test]
fn the_history_needs_no_database() {
    let here = Folder::new();
    here.run(SHOP, "schema show --dialect sqlite --format mermaid")
        .shows(str![[r#"
erDiagram
    users {
        INTEGER id PK
        TEXT email UK
        integer age "null"
    }
    orders {
        INTEGER id PK
        INTEGER user_id FK
    }
    users ||--o{ orders : "user_id"

"#]]);
    // The scheme of a URL says the dialect; nobody is asked behind it.
    let url = "--database-url postgres://nobody@127.0.0.1:1/none";
    here.run(SHOP, &format!("schema show {url}"))
        .ends(0)
        .has("table users");
    assert!(here.files().is_empty());
    here.run(SHOP, "schema show")
        .ends(2)
        .has("of which dialect? Give `--dialect sqlite`");
}

#[test]
fn a_database_looks_as_its_history_says() {
    let here = Folder::new();
    let url = "--database-url app.db";
    here.run(SHOP, &format!("schema show database {url}"))
        .ends(2)
        .has("there is no database app.db");
    assert!(here.files().is_empty());
    here.run(SHOP, &format!("up {url}")).ends(0);
    for format in ["mermaid", "dot", "svg"] {
        let of =
            |what: &str| here.run(SHOP, &format!("schema show {what} --format {format} {url}"));
        let live = of("database").ends(0).out.clone();
        assert_eq!(live, of("history").out);
        assert_eq!(live, of("app.db").out);
    }
    // A program without migrations draws what is there.
    here.run(EMPTY, "schema show app.db")
        .ends(0)
        .has("table users");
}

#[test]
fn each_format_into_a_file() {
    let here = Folder::new();
    for (format, start) in [
        ("text", "table samples"),
        ("mermaid", "erDiagram\n"),
        ("dot", "digraph schema {"),
        ("svg", "<svg xmlns=\"http://www.w3.org/2000/svg\""),
        ("html", "<!DOCTYPE html>"),
    ] {
        let told = here.run(LAB, &format!("schema show --format {format} -o picture"));
        told.ends(0);
        assert_eq!((told.out.as_str(), told.err.as_str()), ("", ""));
        let text = here.read("picture");
        assert!(text.starts_with(start), "{text}");
        assert_eq!(
            here.run(LAB, &format!("schema show --format {format}")).out,
            text
        );
    }
}

#[test]
fn a_document() {
    let here = Folder::new();
    let tables = r#"{"users": {"columns": [{"name": "id", "type": "integer"}]}}"#;
    here.write(
        "schema.json",
        &format!(r#"{{"version": 1, "databases": {{"main": {{"tables": {tables}}}}}}}"#),
    );
    let show =
        |arguments: &str| here.run(EMPTY, &format!("schema show {arguments} --dialect sqlite"));
    show("schema.json --format mermaid")
        .ends(0)
        .has("erDiagram\n    users {");
    show("schema.json#main").ends(0).has("table users");
    show("schema.json#other")
        .ends(2)
        .has("`schema.json` has no database `other`");
    show("nowhere.json")
        .ends(2)
        .has("cannot read `nowhere.json`");
    here.write("schema.json", "{]");
    show("schema.json")
        .ends(1)
        .has("`schema.json` is not right");
}

#[test]
fn what_cannot_be_drawn() {
    let here = Folder::new();
    here.run(SHOP, "schema show --format jpeg")
        .ends(2)
        .has("[possible values: text, mermaid, dot, svg, html]");
    here.run(SHOP, "--format json schema show")
        .ends(2)
        .has("a picture is text, mermaid, dot, svg or html");
    here.run(
        SHOP,
        "schema show database --database-url a.db --database-url b.db",
    )
    .ends(2)
    .has("a picture is of one database");
}

/// The page of a database, with one migration that is not applied.
fn page(here: &Folder) -> String {
    let url = "--database-url app.db";
    here.run(SHOP, &format!("up --count 3 {url}")).ends(0);
    let told = here.run(SHOP, &format!("schema show database --format html {url}"));
    told.ends(0).out.clone()
}

#[test]
fn a_page_has_the_history() {
    let here = Folder::new();
    let page = page(&here);
    for text in [
        "20260215_create_users",
        "\"pending\":true",
        "UTC by ",
        "CREATE TABLE",
    ] {
        assert!(page.contains(text), "{text}");
    }
    let history = here
        .run(SHOP, "schema show --format html --dialect sqlite")
        .out;
    assert!(
        !history.contains("\"pending\":true"),
        "of a history nobody has asked a database"
    );
}

/// In a real browser, where one is installed.
#[test]
fn the_page_can_be_used() {
    let here = Folder::new();
    let script = include_str!("../browser/check.js");
    here.write(
        "page.html",
        &format!("{}<script>{script}</script>", page(&here)),
    );
    let mut found = None;
    for browser in ["chromium", "chromium-browser", "google-chrome"] {
        let mut command = Command::new(browser);
        command
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
            ])
            .args(["--virtual-time-budget=10000", "--dump-dom"])
            .arg(format!(
                "--user-data-dir={}",
                here.path("profile").display()
            ))
            .arg(format!("file://{}", here.path("page.html").display()));
        found = command.output().ok();
        if found.is_some() {
            break;
        }
    }
    let Some(output) = found else {
        eprintln!("passed over: no chromium is installed");
        return;
    };
    let text = String::from_utf8_lossy(&output.stdout);
    let (_, said) = text.split_once("data-checked=\"").unwrap_or_default();
    let said = said.split('"').next().unwrap_or_default();
    assert_eq!(said, "well", "{}", String::from_utf8_lossy(&output.stderr));
}
