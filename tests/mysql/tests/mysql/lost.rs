//! Connections that are cut, statements that run on without a client, and nodes that go.

use std::time::Duration;

use migrate_core::{Migrator, mysql};
use migrate_test_mysql::{SLOW, WORK};
use migrate_test_servers::{Galera, MariaDb, Program, Random, Toward, Wire, times};

use crate::ground::{fresh, is_done_once, migrator, program};

/// A database by its URL is connected to anew, and the run goes on as if nothing had been.
#[test]
fn a_connection_that_is_cut_anywhere_is_made_anew() {
    let Some(database) = fresh() else { return };
    let wire = Wire::to(database.port());
    let url = database.url_at(wire.port());
    let up = || migrator(WORK).up(&mut mysql::open(&url).unwrap());
    up().unwrap();
    let all = wire.passed(Toward::Server);
    let mut random = Random::new("cut");
    for toward in [Toward::Server, Toward::Client] {
        for _ in 0..times(4, 60) {
            let Some(database) = fresh() else { return };
            let wire = Wire::to(database.port());
            let url = database.url_at(wire.port());
            // While it connects, nothing has begun.
            wire.cut_after(toward, 300 + random.below(all - 300));
            let up = || migrator(WORK).up(&mut mysql::open(&url).unwrap());
            if let Err(error) = up() {
                let text = error.to_string();
                assert!(text.contains("connection to the server is lost"), "{text}");
                up().unwrap();
            }
            is_done_once(&database);
        }
    }
}

/// The client is killed; the server does not notice, and its statement goes on. The next run waits for that, and sees that
/// it ran.
#[test]
fn a_statement_that_runs_on_is_waited_for() {
    let Some(database) = fresh() else { return };
    let up = || {
        Program::new(program(
            "up",
            SLOW,
            &database.url(),
            Duration::from_secs(600),
        ))
    };
    let running = up().start();
    let at_work = "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND STATE = 'User sleep'";
    while database.run(at_work) == "0" {
        std::thread::yield_now();
    }
    running.kill();
    assert_eq!(database.run(at_work), "1");
    let next = up().run();
    next.ok();
    assert!(
        next.lines
            .iter()
            .any(|line| line.starts_with("waiting for another run")),
        "{next:?}"
    );
    assert_eq!(database.run("SELECT * FROM slow"), "1");
    assert_eq!(database.run("SELECT state FROM _migrations"), "applied");
}

/// A node that is gone ends the run with a clear error; on another node the next one completes it at once, or when the
/// others have noticed.
#[test]
fn a_node_that_is_killed_is_left() {
    let Some(galera) = Galera::start() else {
        return;
    };
    let database = galera.database();
    let urls = database.urls();
    let time_to_live = Duration::from_secs(3);
    let mut running = Program::new(program("up", WORK, &urls[1], time_to_live))
        .stop_at("4 INSERT INTO work_5")
        .start();
    assert!(running.comes_to("4 INSERT INTO work_5"));
    galera.kill(1);
    let ended = running.end();
    ended.failed(1, &["127.0.0.1", "nobody listens there"]);
    Program::new(program("up", WORK, &urls[2], time_to_live))
        .run()
        .ok();
    is_done_once(&database);
}

/// The server ends and starts again while a run is at work.
#[test]
fn a_server_that_starts_again_is_waited_for() {
    let Some(server) = MariaDb::start() else {
        return;
    };
    let database = server.database();
    let mut running = Program::new(program(
        "up",
        WORK,
        &database.url(),
        Duration::from_secs(30),
    ))
    .stop_at("6 CREATE INDEX work_3_a")
    .start();
    assert!(running.comes_to("6 CREATE INDEX work_3_a"));
    server.kill();
    server.restart();
    running.end().ok();
    is_done_once(&database);
}

/// Who uses a table holds its change up, and does not make it fail before the timeout.
#[test]
fn a_table_in_use_is_waited_for() {
    let Some(database) = fresh() else { return };
    let mut running = Program::new(program(
        "up",
        WORK,
        &database.url(),
        Duration::from_secs(30),
    ))
    .stop_at("3 ALTER TABLE work_2")
    .start();
    assert!(running.comes_to("3 ALTER TABLE work_2"));
    let reader = std::thread::spawn({
        let database = database.clone();
        move || database.run("BEGIN; SELECT * FROM work_2; DO SLEEP(3); COMMIT")
    });
    running.go_on();
    running.end().ok();
    reader.join().unwrap();
    is_done_once(&database);
}

#[test]
fn a_lock_timeout_gives_up_only_when_the_time_is_over() {
    let Some(database) = fresh() else { return };
    database.run("CREATE TABLE users (id INT); INSERT INTO users VALUES (1)");
    let migrator = Migrator::new()
        .environment(migrate_test_mysql::IN_USE)
        .lock_timeout(Duration::from_secs(1))
        .timeout(Duration::from_secs(2));
    let holder = std::thread::spawn({
        let database = database.clone();
        move || database.run("LOCK TABLES users READ; DO SLEEP(8)")
    });
    while database
        .run("SHOW OPEN TABLES WHERE In_use > 0 AND `Table` = 'users'")
        .is_empty()
    {
        std::thread::yield_now();
    }
    let error = migrator
        .up(&mut mysql::open(&database.url()).unwrap())
        .unwrap_err();
    let text = error.to_string();
    assert!(text.contains("somebody holds a lock on it"), "{text}");
    holder.join().unwrap();
    migrator
        .up(&mut mysql::open(&database.url()).unwrap())
        .unwrap();
}
