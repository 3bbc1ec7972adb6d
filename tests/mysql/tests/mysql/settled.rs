//! Statements that commit by themselves, of all kinds, whose answer is lost: the schema tells whether they ran.

use std::sync::{Arc, Mutex, PoisonError};

use migrate_core::{Event, Observer, mysql};
use migrate_test_mysql::{ANY, set_statement};
use migrate_test_servers::{Database, MariaDb, Random, Toward, Wire, times};

use crate::ground::migrator;

/// What the migration does is the same for the whole process.
static ALONE: Mutex<()> = Mutex::new(());

/// What is there before.
const GROUND: &str = "CREATE TABLE t (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, a INT, b INT); INSERT INTO t (a) VALUES (1), (2);
    CREATE TABLE u (id INT NOT NULL PRIMARY KEY); CREATE TABLE w (id INT NOT NULL PRIMARY KEY);
    CREATE TABLE z (a INT, b INT); CREATE VIEW v AS SELECT a FROM z; CREATE VIEW x AS SELECT b FROM z;
    CREATE INDEX old ON t (b);
    CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.b = 1;
    CREATE PROCEDURE p() SELECT 1; CREATE FUNCTION f() RETURNS INT RETURN 1;
    CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1; CREATE SEQUENCE s; CREATE SEQUENCE r";

/// Statements of which a second one is an error, or does something else than the first.
const STATEMENTS: &[&str] = &[
    "CREATE TABLE n (id INT NOT NULL PRIMARY KEY)",
    "CREATE TABLE n (PRIMARY KEY (id)) AS SELECT id FROM t",
    "CREATE TABLE n LIKE t",
    "/*!50000 CREATE TABLE `n` (id INT NOT NULL PRIMARY KEY) */",
    "DROP TABLE u",
    "DROP TABLE u, w",
    "DROP VIEW v, x",
    "DROP VIEW v",
    "DROP SEQUENCE s, r",
    "ALTER TABLE t ADD COLUMN c INT, DROP COLUMN b",
    "ALTER TABLE t ADD INDEX (a)",
    "ALTER TABLE t DROP INDEX old",
    "ALTER TABLE t CHANGE a c INT",
    "ALTER TABLE t MODIFY COLUMN a BIGINT FIRST",
    "ALTER TABLE t RENAME COLUMN a TO c",
    "ALTER TABLE t RENAME TO n",
    "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)",
    "ALTER TABLE u ADD FOREIGN KEY (id) REFERENCES t (id)",
    "ALTER TABLE t CONVERT TO CHARACTER SET utf8mb3",
    "ALTER TABLE u PARTITION BY HASH (id) PARTITIONS 3",
    "CREATE INDEX i ON t (a)",
    "CREATE UNIQUE INDEX i ON t (a)",
    "DROP INDEX old ON t",
    "RENAME TABLE t TO n",
    "RENAME TABLE t TO n, u TO o",
    "CREATE VIEW n AS SELECT a FROM z",
    "ALTER VIEW v AS SELECT b FROM z",
    "CREATE TRIGGER h AFTER INSERT ON t FOR EACH ROW SET @a = 1",
    "DROP TRIGGER g",
    "CREATE PROCEDURE n(IN a INT) BEGIN SELECT a; SELECT 2; END",
    "DROP PROCEDURE p",
    "ALTER PROCEDURE p COMMENT 'it does nothing'",
    "CREATE FUNCTION n(a INT) RETURNS INT RETURN a + 1",
    "DROP FUNCTION f",
    "CREATE EVENT n ON SCHEDULE EVERY 2 DAY DO SELECT 1",
    "ALTER EVENT e DISABLE",
    "DROP EVENT e",
    "CREATE SEQUENCE n START WITH 5",
    "ALTER SEQUENCE s INCREMENT BY 3",
    "ALTER DATABASE CHARACTER SET latin1",
    "TRUNCATE TABLE t",
    "OPTIMIZE TABLE t",
    "CREATE OR REPLACE VIEW v AS SELECT b FROM z",
    "ALTER TABLE t ENGINE = InnoDB",
    "ALTER TABLE t AUTO_INCREMENT = 100",
];

/// Cuts the connection when the statement is about to be sent, or has been.
struct Cut {
    wire: Arc<Wire>,
    at: Mutex<Option<(Toward, usize)>>,
}

impl Observer for Cut {
    fn event(&self, event: &Event<'_>) {
        if let Event::StepStarted { .. } = event
            && let Some((toward, bytes)) = self.at.lock().unwrap().take()
        {
            self.wire.cut_after(toward, bytes);
        }
    }
}

/// How many bytes pass in both directions behind the beginning of the step.
struct Measure {
    wire: Arc<Wire>,
    from: Arc<Mutex<[usize; 2]>>,
}

impl Observer for Measure {
    fn event(&self, event: &Event<'_>) {
        if let Event::StepStarted { .. } = event {
            *self.from.lock().unwrap() =
                [Toward::Server, Toward::Client].map(|way| self.wire.passed(way));
        }
    }
}

fn ground(server: &MariaDb) -> Database {
    let database = server.database();
    database.run(GROUND);
    database
}

#[test]
fn a_statement_runs_once_wherever_the_connection_is_cut() {
    let _guard = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(server) = MariaDb::shared() else {
        return;
    };
    let mut random = Random::new("settled");
    for statement in STATEMENTS {
        // All of them take some minutes.
        if times(0, 1) == 0 && !random.happens(35) {
            continue;
        }
        set_statement(statement);
        let database = ground(server);
        let wire = Arc::new(Wire::to(database.port()));
        let from = Arc::new(Mutex::new([0; 2]));
        let measure = Measure {
            wire: wire.clone(),
            from: from.clone(),
        };
        let mut connection = mysql::open(&database.url_at(wire.port())).unwrap();
        migrator(ANY).observer(measure).up(&mut connection).unwrap();
        let expected = dump(&database);
        let from = *from.lock().unwrap();
        for toward in [Toward::Server, Toward::Client] {
            let length = wire.passed(toward) - from[toward as usize];
            for _ in 0..times(1, 15) {
                let database = ground(server);
                let wire = Arc::new(Wire::to(database.port()));
                let at = random.below(length);
                let cut = Cut {
                    wire: wire.clone(),
                    at: Mutex::new(Some((toward, at))),
                };
                let mut connection = mysql::open(&database.url_at(wire.port())).unwrap();
                let place = format!("{statement}, cut behind {at} bytes toward the {toward:?}");
                if let Err(error) = migrator(ANY).observer(cut).up(&mut connection) {
                    let text = error.to_string();
                    assert!(
                        text.contains("connection to the server is lost"),
                        "{place}: {text}"
                    );
                    let again = migrator(ANY).up(&mut connection);
                    again.unwrap_or_else(|error| panic!("{place}: {error}"));
                }
                assert_eq!(dump(&database), expected, "{place}");
                assert_eq!(
                    database.run("SELECT state FROM _migrations"),
                    "applied",
                    "{place}"
                );
            }
        }
    }
}

/// Without the history, which has a time in it.
fn dump(database: &Database) -> String {
    database.dump().replace(database.name(), "DATABASE")
}

/// What nobody can tell is asked for, and nothing is done twice.
#[test]
fn what_cannot_be_seen_is_asked_for() {
    let _guard = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(server) = MariaDb::shared() else {
        return;
    };
    set_statement("CALL count_up()");
    let database = server.database();
    database.run("CREATE TABLE c (n INT); INSERT INTO c VALUES (0); CREATE PROCEDURE count_up() UPDATE c SET n = n + 1 + SLEEP(3) * 0");
    let wire = Wire::to(database.port());
    let url = database.url_at(wire.port());
    let run = std::thread::spawn(move || migrator(ANY).up(&mut mysql::open(&url).unwrap()));
    let at_work = "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND STATE = 'User sleep'";
    while database.run(at_work) == "0" {
        std::thread::yield_now();
    }
    wire.cut();
    let error = run.join().unwrap().unwrap_err();
    assert!(
        error
            .to_string()
            .contains("connection to the server is lost"),
        "{error}"
    );
    let error = migrator(ANY)
        .up(&mut mysql::open(&database.url()).unwrap())
        .unwrap_err();
    assert!(error.to_string().contains("CALL count_up()"), "{error}");
    assert!(error.to_string().contains("resolve"), "{error}");
    assert_eq!(database.run("SELECT n FROM c"), "1");
}

/// Needs what its first step sets.
const CIRCLE: &str = "SET FOREIGN_KEY_CHECKS = 0; CREATE TABLE one (id INT PRIMARY KEY);
    CREATE TABLE child (id INT PRIMARY KEY, p INT, FOREIGN KEY (p) REFERENCES parent (id));
    CREATE TABLE parent (id INT PRIMARY KEY, c INT, FOREIGN KEY (c) REFERENCES child (id)); SET FOREIGN_KEY_CHECKS = 1";

/// Ends all sessions of a database when its third step begins, once.
struct Kill {
    database: Database,
    is_done: Mutex<bool>,
}

impl Observer for Kill {
    fn event(&self, event: &Event<'_>) {
        if let Event::StepStarted { step: 3, .. } = event
            && !std::mem::replace(&mut *self.is_done.lock().unwrap(), true)
        {
            let sessions = "SELECT ID FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND ID <> CONNECTION_ID()";
            for session in self.database.run(sessions).lines() {
                self.database.run(&format!("KILL {session}"));
            }
        }
    }
}

/// In the next run, and behind a reconnection.
#[test]
fn what_a_step_has_set_of_its_session_is_set_in_the_next_one() {
    let _guard = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(server) = MariaDb::shared() else {
        return;
    };
    set_statement(CIRCLE);
    let database = server.database();
    database.run("CREATE TABLE child (id INT)");
    let mut connection = mysql::open(&database.url()).unwrap();
    let error = migrator(ANY).up(&mut connection).unwrap_err();
    assert!(
        error.to_string().contains("up failed at step 3 of 5"),
        "{error}"
    );
    database.run("DROP TABLE child");
    migrator(ANY).up(&mut connection).unwrap();

    let database = server.database();
    let kill = Kill {
        database: database.clone(),
        is_done: Mutex::new(false),
    };
    let mut connection = mysql::open(&database.url()).unwrap();
    migrator(ANY).observer(kill).up(&mut connection).unwrap();
    assert_eq!(database.run("SELECT state FROM _migrations"), "applied");
}
