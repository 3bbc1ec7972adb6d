//! `--format json`: one document on standard output, whose keys are documented, also where a command fails.
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows that a test may panic, but not its helpers"
)]

use migrate_tests::{Folder, Ran};
use serde_json::{Value, json};

const SHOP: &str = env!("CARGO_BIN_EXE_fixture-shop");
const NEXT: &str = env!("CARGO_BIN_EXE_fixture-shop-next");
const EDITED: &str = env!("CARGO_BIN_EXE_fixture-shop-edited");
const EMPTY: &str = env!("CARGO_BIN_EXE_fixture-empty");
const LAB: &str = env!("CARGO_BIN_EXE_fixture-lab");

fn run(here: &Folder, program: &str, arguments: &str) -> Ran {
    here.run(
        program,
        &format!("{arguments} --format json --database-url app.db"),
    )
}

/// The keys of an object, in order.
fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

/// The same with what differs from run to run taken out.
fn steady(mut value: Value) -> Value {
    match &mut value {
        Value::Object(fields) => {
            for name in ["duration_ms", "applied_at", "applied_by", "checksum"] {
                fields.remove(name);
            }
            for field in fields.values_mut() {
                *field = steady(field.take());
            }
        }
        Value::Array(list) => {
            for one in list {
                *one = steady(one.take());
            }
        }
        _ => {}
    }
    value
}

#[test]
fn status() {
    let here = Folder::new();
    run(&here, SHOP, "up -n 1").ends(0);
    let status = run(&here, SHOP, "status").json();
    assert_eq!(
        keys(&status),
        ["applied", "current", "migrations", "pending"]
    );
    assert_eq!(status["current"], "20260215_create_users");
    assert_eq!(
        (&status["applied"], &status["pending"]),
        (&json!(1), &json!(3))
    );
    let first = &status["migrations"][0];
    assert_eq!(
        keys(first),
        ["applied", "description", "id", "place", "set", "state"]
    );
    assert_eq!(
        keys(&first["applied"]),
        [
            "applied_at",
            "applied_by",
            "batch",
            "checksum",
            "description",
            "duration_ms",
            "environment",
            "error",
            "id",
            "program_version",
            "progress",
            "seq",
            "set",
            "steps",
        ]
    );
    let applied_at = first["applied"]["applied_at"].as_str().unwrap();
    applied_at.parse::<jiff::Timestamp>().unwrap();
    let place = "tests/fixtures/shop/src/migrations/m20260215_create_users.rs:8";
    assert_eq!(
        steady(first.clone()),
        json!({
            "set": "shop", "id": "20260215_create_users", "description": "create users", "state": "applied",
            "place": place,
            "applied": {
                "seq": 1, "set": "shop", "id": "20260215_create_users", "description": "create users", "batch": 1,
                "progress": "applied", "steps": 1, "error": null, "environment": "development",
                "program_version": "1.0.0",
            },
        })
    );
    let second = &status["migrations"][1];
    assert_eq!(
        (&second["state"], &second["applied"]),
        (&json!("pending"), &Value::Null)
    );
}

#[test]
fn states_have_words() {
    let here = Folder::new();
    run(&here, SHOP, "up --env production").ends(0);
    let states = |program: &str| -> Vec<(String, String)> {
        let status = run(&here, program, "status --env production").json();
        let list = status["migrations"].as_array().unwrap().iter();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        list.map(|one| (text(&one["id"]), text(&one["state"])))
            .collect()
    };
    let states = states(EDITED);
    let states: Vec<(&str, &str)> = states.iter().map(|(id, state)| (&**id, &**state)).collect();
    assert_eq!(
        states,
        [
            ("20260214_create_settings", "out_of_order"),
            ("20260215_create_users", "changed"),
            ("20260216_add_age", "applied"),
            ("20260301_seed_people", "other_environment"),
            ("20260215_02_create_orders", "missing"),
        ]
    );
}

#[test]
fn a_run_reports_what_it_did() {
    let here = Folder::new();
    let done = |action: &str, id: &str| json!({"action": action, "set": "shop", "id": id});
    let up = run(&here, SHOP, "up -n 2");
    assert_eq!(
        steady(up.json()),
        json!({
            "done": [
                done("apply", "20260215_create_users"),
                done("apply", "20260215_02_create_orders"),
            ],
            "warnings": [],
        })
    );
    assert!(up.json()["done"][0]["duration_ms"].is_u64());
    let down = run(&here, SHOP, "down -n 1").json();
    assert_eq!(down["done"][0]["action"], "revert");
    let nothing = run(&here, SHOP, "down -t create_users").json();
    assert_eq!(nothing, json!({"done": [], "warnings": []}));
    let fresh = run(&here, SHOP, "fresh --yes").json();
    assert_eq!(fresh["done"][0]["action"], "wipe");
    let accepted = run(&here, EDITED, "repair create_users").json();
    let checksums = accepted["done"][0]["checksums"].as_array().unwrap();
    assert_eq!(checksums.len(), 2);
    let forgotten = run(&here, EDITED, "forget create_orders").json();
    assert_eq!(
        steady(forgotten),
        json!({
            "done": [done("forget", "20260215_02_create_orders")],
            "warnings": [{"kind": "forgotten", "id": "20260215_02_create_orders"}],
        })
    );
}

#[test]
fn what_a_migration_says_is_on_the_other_channel() {
    let here = Folder::new();
    let up = run(&here, SHOP, "up");
    up.json();
    assert_eq!(
        up.err,
        "20260301_seed_people: ann@example.org is there to play with\n"
    );
}

#[test]
fn a_plan() {
    let here = Folder::new();
    let expected = json!({
        "request": "up",
        "environment": "development",
        "migrations": [{
            "action": "apply",
            "set": "shop",
            "id": "20260215_create_users",
            "description": "create users",
            "transaction": true,
            "foreign_keys_off": false,
            "steps": [{
                "kind": "sql",
                "sql": "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE)",
            }],
        }],
        "warnings": [],
    });
    let plan = run(&here, SHOP, "plan -n 1");
    assert_eq!((plan.json(), &*plan.err), (expected.clone(), ""));
    assert_eq!(run(&here, SHOP, "up -n 1 --dry-run").json(), expected);
    let all = run(&here, SHOP, "plan").json();
    let last = &all["migrations"][3]["steps"];
    assert_eq!(
        *last,
        json!([
            {"kind": "run", "label": "make people"},
            {"kind": "log", "message": "ann@example.org is there to play with"},
        ])
    );
    assert!(here.files().is_empty());
}

#[test]
fn check_and_verify() {
    let here = Folder::new();
    run(&here, SHOP, "up").ends(0);
    assert_eq!(run(&here, SHOP, "check").json(), json!([]));
    let found = run(&here, EDITED, "verify");
    found.ends(1);
    let found = found.json();
    assert_eq!(keys(&found[0]), ["id", "message", "set", "state"]);
    let states: Vec<&Value> = found
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["state"])
        .collect();
    assert_eq!(states, ["out_of_order", "changed", "missing"]);
    run(&here, SHOP, "down -n 1").ends(0);
    let found = run(&here, SHOP, "check");
    found.ends(1);
    assert_eq!(found.json()[0]["message"], "is pending: run `up`");
}

/// Every error has the same three keys.
fn failed(ran: &Ran, code: i32) -> Value {
    ran.ends(code);
    assert_eq!(ran.err, "", "the error is on standard output alone");
    let error = ran.json();
    assert_eq!(keys(&error), ["done", "error", "migration"]);
    error
}

#[test]
fn errors_of_every_kind() {
    let here = Folder::new();
    let shop = |arguments: &str, code| failed(&run(&here, SHOP, arguments), code);
    assert_eq!(
        shop("up -t creat_users", 2),
        json!({
            "error": "there is no migration `creat_users`: did you mean `20260215_create_users`?",
            "migration": null,
            "done": [],
        })
    );
    shop("up --bogus", 2);
    shop("up -n 0", 2);
    shop("uup", 2);
    assert_eq!(
        shop("resolve x", 2)["error"],
        "the following required arguments were not provided:\n  <--done|--not-done>"
    );
    run(&here, NEXT, "up").ends(0);
    shop("up", 1);
    shop("fresh", 4);
}

#[test]
fn a_failure_says_which_and_what_was_done_before() {
    let here = Folder::new();
    run(&here, LAB, "up -t 4").ends(0);
    here.sql("app.db", "INSERT INTO samples (name) VALUES ('a'), ('a')");
    let ran = run(&here, LAB, "up");
    ran.ends(1);
    let error = ran.json();
    assert_eq!(error["migration"], "010_unique_samples");
    let done: Vec<&Value> = error["done"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["id"])
        .collect();
    assert_eq!(done, ["005_create_results", "9_index_results"]);
    assert!(error["error"].as_str().unwrap().starts_with(
        "`010_unique_samples` up failed at step 2 of 2: UNIQUE constraint failed: samples.name\n"
    ));
}

#[test]
fn other_errors() {
    let here = Folder::new();
    failed(&run(&here, EMPTY, "up"), 1);
    failed(&here.run(SHOP, "up --format json"), 2);
    failed(
        &here.run(SHOP, "up --format=json --database-url oracle://db/app"),
        2,
    );
    failed(&here.run(SHOP, "new a/b --format json"), 2);
    run(&here, SHOP, "up -n 1").ends(0);
    let other = here.open("app.db");
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    failed(&run(&here, SHOP, "up --timeout 0"), 3);
}
