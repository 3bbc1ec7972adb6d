//! Runs that are killed in the middle of migrations of many statements, and many runs at once.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use migrate_test_servers::{Contest, Database, Postgres, Program, Random, times};

/// How long a run may show no sign of life here.
const TTL: Duration = Duration::from_millis(500);

/// One that works outside transactions is killed with its statement still at work on the server.
fn command(database: &Database) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_postgres-program"));
    command.arg(database.url());
    command.env("LOCK_TTL_MS", TTL.as_millis().to_string());
    command
}

fn run(database: &Database) {
    Program::new(command(database)).run().ok();
}

/// How long a run takes to which nothing happens, and what it leaves.
fn undisturbed(server: &Postgres) -> (Duration, String) {
    let database = server.database();
    let started = Instant::now();
    run(&database);
    (started.elapsed(), left(&database))
}

/// What has run, and how often, and all definitions. Not who has the claim: where a run was killed behind its last record,
/// the next one has nothing to do, and whoever wants the claim sees that its holder is gone.
fn left(database: &Database) -> String {
    let rows = database.run(
        "SELECT n, count(*) FROM trace GROUP BY n ORDER BY n; SELECT * FROM counter;
         SELECT seq, id, state, steps_done, steps, error FROM _migrations ORDER BY seq;
         SELECT count(*) FROM pg_index WHERE NOT indisvalid;
         SELECT count(*) FROM work_1 UNION ALL SELECT count(*) FROM work_5",
    );
    rows + &database.dump()
}

/// The next run ends it right, without anybody's help.
#[test]
fn the_next_run_goes_on() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let mut random = Random::new("killed on PostgreSQL");
    let (length, expected) = undisturbed(server);
    let mut killed = 0;
    for _ in 0..times(6, 100) {
        let database = server.database();
        // Several times in one history, often.
        loop {
            let running = Program::new(command(&database)).start();
            let ended = running.signal_after(random.moment(length), "KILL");
            if !ended.was_killed() {
                ended.ok();
                break;
            }
            killed += 1;
            if random.happens(50) {
                run(&database);
                break;
            }
        }
        assert_eq!(left(&database), expected);
    }
    assert!(killed > 0);
}

/// Nine at once, some of them stalled and some killed: each migration is done once.
#[test]
fn many_at_once() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let mut random = Random::new("a storm on PostgreSQL");
    let (length, expected) = undisturbed(server);
    let contest = Contest::of(9)
        .within(length * 3)
        .stalled(30, TTL * 2)
        .killed(20);
    let started = Instant::now();
    let time = Duration::from_secs(times(0, 60) as u64);
    loop {
        let database = server.database();
        let report = contest.run(&mut random, Duration::ZERO, |_| command(&database));
        for ended in &report.ended {
            // One that was stalled for too long is told so, or finds that its session was ended.
            let told = [
                "another run has taken over",
                "the connection to the server was lost",
            ];
            if !told.iter().any(|words| ended.errors.contains(words)) {
                ended.ok();
            }
        }
        run(&database);
        assert_eq!(left(&database), expected);
        if started.elapsed() >= time {
            return;
        }
    }
}
