//! Questions, colours and the progress bar, in a real terminal; and what happens where there is none.
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows that a test may panic, but not its helpers"
)]
#![cfg(unix)]

use migrate_tests::{Folder, Session};
use snapbox::str;

const SHOP: &str = env!("CARGO_BIN_EXE_fixture-shop");
const NEXT: &str = env!("CARGO_BIN_EXE_fixture-shop-next");
const ESCAPE: char = '\u{1b}';

fn run(here: &Folder, program: &str, arguments: &str) -> migrate_tests::Ran {
    here.run(program, &format!("{arguments} --database-url app.db"))
}

fn start(here: &Folder, program: &str, arguments: &str) -> Session {
    Session::start(here.command(program, &format!("{arguments} --database-url app.db")))
}

#[test]
fn without_a_terminal_nothing_is_destroyed_unasked() {
    let here = Folder::new();
    run(&here, NEXT, "up").ends(0);
    let before = here.files();
    run(&here, NEXT, "reset").shows(str![[r#"
--- standard error
stopped: `reset` takes back 6 migrations in app.db (development): what was made is dropped, with all data. Give --yes to do it where nobody can be asked. Nothing was done
--- exit code 4

"#]]);
    run(&here, NEXT, "fresh").shows(str![[r#"
--- standard error
stopped: `fresh` drops every table in app.db (development), with all data. Give --yes to do it where nobody can be asked. Nothing was done
--- exit code 4

"#]]);
    run(&here, NEXT, "down --env production").shows(str![[r#"
--- standard error
stopped: `down` takes back 6 migrations in app.db (production): what was made is dropped, with all data. Give --yes to do it where nobody can be asked. Nothing was done
--- exit code 4

"#]]);
    run(&here, NEXT, "redo --env prod").shows(str![[r#"
--- standard error
stopped: `redo` takes back 6 migrations in app.db (prod) and applies them again: what was made is dropped, with all data. Give --yes to do it where nobody can be asked. Nothing was done
--- exit code 4

"#]]);
    run(&here, SHOP, "forget create_invoices --env live").shows(str![[r#"
--- standard error
stopped: `forget` takes 1 migration out of the history of app.db (live). Give --yes to do it where nobody can be asked. Nothing was done
--- exit code 4

"#]]);
    run(&here, SHOP, "down -n 1 --stored-down").ends(1);
    assert!(here.files() == before);
    // What is refused anyway, or comes to nothing, is no question.
    run(&here, NEXT, "down -t nothing --env production").ends(2);
    run(&here, NEXT, "down -t write_invoices --env production").ends(0);
    run(&here, NEXT, "down -n 1").ends(0);
    run(&here, NEXT, "down -n 1 --env production --yes").ends(0);
    run(&here, NEXT, "redo -n 1 -y --env production").ends(0);
    run(&here, NEXT, "reset -y").ends(0);
    run(&here, NEXT, "reset").ends(0);
}

#[test]
fn a_question_is_answered() {
    let here = Folder::new();
    run(&here, SHOP, "up").ends(0);
    let before = here.files();
    let question = "Continue? [y/N] ";
    for answer in ["n", "", "yy", "ja", "no"] {
        let mut session = start(&here, SHOP, "fresh");
        session.wait_for(question).type_line(answer);
        let (shown, code) = session.end();
        assert_eq!(code, Some(4), "{shown}");
        assert!(
            shown.contains("stopped") && shown.contains("Not confirmed. Nothing was done"),
            "{shown}"
        );
        assert!(here.files() == before, "{answer}");
    }
    let mut session = start(&here, SHOP, "down --env production");
    session.wait_for("`down` takes back 4 migrations in app.db (production)");
    session.wait_for(question).type_line("y");
    let (shown, code) = session.end();
    assert_eq!(code, Some(0), "{shown}");
    assert!(
        shown.contains("4 migrations reverted: the last batch"),
        "{shown}"
    );
    let mut session = start(&here, SHOP, "fresh");
    session.wait_for(question).type_line("YES");
    assert_eq!(session.end().1, Some(0));
}

/// What another program left is shown before it is run.
#[test]
fn a_stored_down_is_shown_and_asked_for() {
    let here = Folder::new();
    run(&here, NEXT, "up -t create_invoices").ends(0);
    let mut session = start(&here, SHOP, "down -n 1 --stored-down");
    session
        .wait_for("DROP TABLE invoices")
        .wait_for("Continue?")
        .type_line("y");
    let (shown, code) = session.end();
    assert_eq!(code, Some(0), "{shown}");
    assert!(!here.tables("app.db").contains(&"invoices".to_owned()));
}

#[test]
fn colours_are_for_terminals() {
    let here = Folder::new();
    let (shown, code) = start(&here, SHOP, "up").end();
    assert_eq!(code, Some(0), "{shown}");
    assert!(
        shown.contains("\u{1b}[32mapplied\u{1b}[0m 20260215_create_users"),
        "{shown:?}"
    );
    let (shown, _) = start(&here, SHOP, "status").end();
    assert!(
        shown.contains("\u{1b}[32mAPPLIED\u{1b}[0m  20260215_create_users "),
        "{shown:?}"
    );
    assert!(!run(&here, SHOP, "status").out.contains(ESCAPE));
    assert!(!run(&here, SHOP, "up -t nothing").err.contains(ESCAPE));
    let mut plain = here.command(SHOP, "status --database-url app.db");
    plain.env("NO_COLOR", "1");
    let (shown, _) = Session::start(plain).end();
    assert!(
        shown.contains("APPLIED") && !shown.contains(ESCAPE),
        "{shown:?}"
    );
    let (shown, _) = start(&here, SHOP, "status --format json").end();
    assert!(!shown.contains(ESCAPE), "{shown:?}");
}

/// The columns stand under each other with colours as without.
#[test]
fn colours_do_not_move_columns() {
    let here = Folder::new();
    run(&here, NEXT, "up --env production").ends(0);
    let (shown, _) = start(&here, SHOP, "status --env production").end();
    let mut plain = String::new();
    for (at, part) in shown.split(ESCAPE).enumerate() {
        let end = if at == 0 {
            0
        } else {
            part.find('m').unwrap() + 1
        };
        plain += &part[end..];
    }
    assert_eq!(
        plain.replace("\r\n", "\n"),
        run(&here, SHOP, "status --env production").out
    );
}

#[test]
fn no_color_leaves_no_colours_in_a_run() {
    let here = Folder::new();
    let mut command = here.command(SHOP, "up --database-url app.db");
    command.env("NO_COLOR", "1");
    let (shown, code) = Session::start(command).end();
    assert_eq!(code, Some(0));
    assert!(shown.contains("applied 20260215_create_users"), "{shown:?}");
    assert!(
        !shown.contains("\u{1b}[3") && !shown.contains("\u{1b}[2m"),
        "{shown:?}"
    );
}
