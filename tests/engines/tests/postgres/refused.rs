//! What is refused, and the words for it.

use migrate_core::postgres;
use migrate_test_servers::Postgres;

use crate::{histories::of, runtime, up};

fn said(url: &str) -> String {
    let error = postgres::open(url).and_then(|mut database| of("blog").up(&mut database));
    error.unwrap_err().to_string()
}

#[track_caller]
fn has(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "{word}: {text}");
    }
}

#[test]
fn who_is_not_let_in_is_told_why() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let database = server.database();
    let wrong = database.password_url().replace("p%40ss", "wr%40ng");
    let text = said(&wrong);
    has(
        &text,
        &[
            "cannot connect to",
            database.name(),
            "password authentication failed",
            "28P01",
        ],
    );
    assert!(
        !text.contains("wr@ng") && !text.contains("wr%40ng"),
        "{text}"
    );
    let none = database.url().replace(database.name(), "no_such");
    has(
        &said(&none),
        &[
            "`no_such` on 127.0.0.1",
            "does not exist",
            "Create it first",
        ],
    );
    has(
        &said("postgres://postgres@127.0.0.1:1/app"),
        &["`app` on 127.0.0.1:1", "Is the server running"],
    );
    has(
        &said("postgres://nobody@no.such.host.invalid/app"),
        &["no.such.host.invalid"],
    );
    has(
        &said("postgres:///app?host=/no/such&user=postgres"),
        &["/no/such", "No such file"],
    );
    let missing = database.password_url().replace(":p%40ss%3Aw%2Frd", "");
    has(
        &said(&missing),
        &["password missing", "Write it into the URL"],
    );
}

#[test]
fn tls_is_asked_for_and_checked() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let database = server.database();
    let url = database.tls_url();
    let authority = server.authority().display();
    has(&said(&format!("{url}?sslmode=disable")), &["pg_hba.conf"]);
    for parameters in [
        "".to_owned(),
        "?sslmode=require".to_owned(),
        format!("?sslmode=require&sslrootcert={authority}"),
        format!("?sslmode=verify-ca&sslrootcert={authority}"),
    ] {
        let mut database = postgres::open(&format!("{url}{parameters}")).unwrap();
        of("blog")
            .up(&mut database)
            .unwrap_or_else(|error| panic!("{parameters}: {error}"));
    }
    has(
        &said(&format!("{url}?sslmode=verify-full")),
        &["certificate", "sslrootcert"],
    );
}

#[test]
fn the_other_ways_in() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let database = server.database();
    let pairs = format!(
        "host=127.0.0.1 port={} user=postgres dbname='{}'",
        database.port(),
        database.name()
    );
    for url in [database.socket_url(), database.password_url(), pairs] {
        of("blog").up(&mut postgres::open(&url).unwrap()).unwrap();
    }
    assert_eq!(database.run("SELECT count(*) FROM _migrations"), "2");
}

#[test]
fn a_replica_can_be_looked_at() {
    let Some(server) = Postgres::start() else {
        return;
    };
    let database = server.database();
    let standby = server.standby();
    let here = standby.of(&database);
    let mut connection = postgres::open(&here.url()).unwrap();
    assert_eq!(of("blog").pending(&mut connection).unwrap().len(), 2);
    let text = of("blog").up(&mut connection).unwrap_err().to_string();
    has(
        &text,
        &[
            "cannot write to",
            database.name(),
            "read replica",
            "primary",
        ],
    );
    up("blog", &database).unwrap();
    let here = standby.of(&database);
    let mut connection = postgres::open(&here.url()).unwrap();
    assert!(of("blog").up(&mut connection).unwrap().done.is_empty());
}

#[test]
fn a_database_that_is_read_only_is_said_to_be() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let database = server.database();
    database.run(&format!(
        "ALTER DATABASE {} SET default_transaction_read_only = on",
        database.name()
    ));
    has(
        &up("blog", &database).unwrap_err().to_string(),
        &["allows reading only", "default_transaction_read_only"],
    );
    has(
        &up("outside", &database).unwrap_err().to_string(),
        &["allows reading only"],
    );
}

#[test]
fn a_client_in_a_transaction_is_refused() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let database = server.database();
    runtime().block_on(async {
        let mut client = postgres::connect(&database.url()).await.unwrap();
        client.batch_execute("BEGIN").await.unwrap();
        let text = of("blog")
            .up_async(&mut client)
            .await
            .unwrap_err()
            .to_string();
        has(
            &text,
            &["is inside a transaction: commit it or roll it back first"],
        );
        let _ = client.batch_execute("SELECT nonsense").await;
        let text = of("blog")
            .up_async(&mut client)
            .await
            .unwrap_err()
            .to_string();
        has(
            &text,
            &["a transaction that has failed: roll it back first"],
        );
        client.batch_execute("ROLLBACK").await.unwrap();
        of("blog").up_async(&mut client).await.unwrap();
    });
}

#[test]
fn a_blocking_call_in_a_runtime_names_the_other_one() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let database = server.database();
    runtime().block_on(async {
        has(
            &up("blog", &database).unwrap_err().to_string(),
            &["tokio runtime", "`up_async`"],
        );
        let mut by_url = postgres::open(&database.url()).unwrap();
        of("blog").up_async(&mut by_url).await.unwrap();
    });
}

#[test]
fn steps_that_cannot_be() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    for (set, words) in [
        (
            "committing",
            &[
                "`001_commits` up failed at step 2",
                "the transaction is over after this step",
            ][..],
        ),
        ("swallowing", &["its error was passed over", "25P02"]),
        (
            "left open",
            &["the step left a transaction open; it was rolled back"],
        ),
        (
            "misplaced",
            &[
                "does not work in a transaction: VACUUM",
                "`transaction = false`",
            ],
        ),
        (
            "wrong closure",
            &[
                "`async |tx: &tokio_postgres::Transaction<'_>|`",
                "Nothing was done",
            ],
        ),
        (
            "new value",
            &["`002_uses`", "unsafe use of new value", "behind this one"],
        ),
        (
            "deferred",
            &[
                "cannot record `001_deferred`",
                "rolled back",
                "violates foreign key",
            ],
        ),
    ] {
        let database = server.database();
        has(&up(set, &database).unwrap_err().to_string(), words);
        if set != "committing" && set != "new value" && set != "left open" {
            assert_eq!(
                database.run("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"),
                "0",
                "{set}"
            );
        }
    }
}
