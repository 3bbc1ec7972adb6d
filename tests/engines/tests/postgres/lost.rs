//! Answers that never come, at every place of a run.

use migrate_core::postgres;
use migrate_test_servers::{Postgres, Toward, Wire, times};

use crate::{histories::of, up};

const LEFT: &str = "SELECT 'row', seq, id, state, steps_done FROM _migrations UNION ALL \
                    SELECT 'user', count(*), min(email), max(email), 0 FROM users";

/// The line is cut once, after so many bytes. The run goes on by itself, or the next one does; and whatever it was,
/// everything is there once.
fn cut_everywhere(set: &str) {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let whole = server.database();
    let wire = Wire::to(whole.port());
    of(set)
        .up(&mut postgres::open(&whole.url_at(wire.port())).unwrap())
        .unwrap();
    let expected = whole.run(LEFT);
    for toward in [Toward::Server, Toward::Client] {
        let all = wire.passed(toward);
        let step = (all / times(12, 400)).max(1);
        for bytes in (1..all).step_by(step) {
            let database = server.database();
            let wire = Wire::to(database.port());
            wire.cut_after(toward, bytes);
            let run = of(set).up(&mut postgres::open(&database.url_at(wire.port())).unwrap());
            if let Err(error) = run {
                let text = error.to_string();
                let said = ["connect", "lost", "terminat"];
                assert!(
                    said.iter().any(|word| text.contains(word)),
                    "cut {toward:?} after {bytes}: {text}"
                );
                up(set, &database)
                    .unwrap_or_else(|error| panic!("cut {toward:?} after {bytes}: {error}"));
            }
            assert_eq!(
                database.run(LEFT),
                expected,
                "cut {toward:?} after {bytes} of {all}"
            );
            assert_eq!(
                database.run("SELECT count(*) FROM pg_index WHERE NOT indisvalid"),
                "0"
            );
        }
    }
}

#[test]
fn in_a_transaction() {
    cut_everywhere("blog");
}

#[test]
fn outside_a_transaction() {
    cut_everywhere("indexed");
}

/// With nothing pending, one question is asked.
#[test]
fn nothing_pending_is_one_round_trip() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let database = server.database();
    up("blog", &database).unwrap();
    let wire = Wire::to(database.port());
    crate::runtime().block_on(async {
        let mut client = postgres::connect(&database.url_at(wire.port()))
            .await
            .unwrap();
        let before = wire.round_trips();
        assert!(
            of("blog")
                .up_async(&mut client)
                .await
                .unwrap()
                .done
                .is_empty()
        );
        assert_eq!(wire.round_trips() - before, 1);
        of("blog").status_async(&mut client).await.unwrap();
        assert_eq!(wire.round_trips() - before, 2);
    });
}
