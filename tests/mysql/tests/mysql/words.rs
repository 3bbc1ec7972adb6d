//! What goes wrong says what, where, and what to do.

use migrate_core::{Database as AnyDatabase, Dialect, Migrator, Request, Up, mysql};
use migrate_test_mysql::{OTHER_DRIVER, SMALL, WORK};
use migrate_test_servers::{Database, MariaDb};

use crate::ground::{fresh, migrator};

#[track_caller]
fn fails(url: &str, texts: &[&str]) {
    let error = migrator(SMALL)
        .up(&mut mysql::open(url).unwrap())
        .unwrap_err();
    let text = error.to_string();
    println!("{text}");
    for expected in texts {
        assert!(text.contains(expected), "no `{expected}` in: {text}");
    }
    assert!(!text.contains("p%40ss") && !text.contains("p@ss"), "{text}");
}

#[test]
fn connecting() {
    let Some(database) = fresh() else { return };
    let port = database.port();
    let at = |user: &str, rest: &str| format!("mysql://{user}@127.0.0.1:{port}/{rest}");
    fails(
        "mysql://root@127.0.0.1:1/app",
        &["cannot connect to `app` on 127.0.0.1:1: nobody listens there"],
    );
    fails(
        &at("with_password:wrong-p%40ss", database.name()),
        &[
            "Access denied for user 'with_password'",
            "is the user or the password wrong?",
        ],
    );
    fails(
        &at("root", "nowhere"),
        &["Unknown database 'nowhere' (1049): create the database first"],
    );
    fails(
        "mysql://root@localhost/app?socket=/nowhere/socket",
        &["`app` on /nowhere/socket: there is no such socket"],
    );
    fails(
        &at(
            "root",
            &format!("{}?ssl-mode=verify_identity", database.name()),
        ),
        &[
            "TLS failed",
            "UnknownIssuer",
            "name the file of that authority by `?ssl-ca=`",
        ],
    );
    fails(
        &at(
            "root",
            &format!("{}?ssl-ca=/nowhere/ca.pem", database.name()),
        ),
        &["the file `/nowhere/ca.pem` of the URL cannot be read: No such file"],
    );
}

#[test]
fn all_ways_in() {
    let Some(server) = MariaDb::shared() else {
        return;
    };
    let ca = server.authority().display().to_string();
    let ways = |database: &Database| {
        let tls = database.tls_url();
        [
            database.url(),
            database.url().replace("mysql://", "mariadb://"),
            database.socket_url(),
            database.password_url(),
            format!("{tls}?ssl-mode=required"),
            format!("{tls}?ssl-mode=preferred"),
            format!("{tls}?ssl-mode=verify_ca&ssl-ca={ca}"),
            format!(
                "{}?ssl-mode=verify_identity&ssl-ca={ca}",
                tls.replace("127.0.0.1", "localhost")
            ),
        ]
    };
    for at in 0..8 {
        let database = server.database();
        let url = &ways(&database)[at];
        let mut any = AnyDatabase::open(url).unwrap();
        assert_eq!(any.dialect(), Dialect::Mysql);
        migrator(SMALL)
            .up(&mut any)
            .unwrap_or_else(|error| panic!("{url}: {error}"));
        assert_eq!(database.run("SELECT COUNT(*) FROM users"), "3");
    }
}

#[test]
fn a_server_that_only_reads_is_refused_before_anything_is_tried() {
    let Some(server) = MariaDb::start() else {
        return;
    };
    let database = server.database();
    let mut connection = mysql::open(&database.url()).unwrap();
    server.named("mysql").run("SET GLOBAL read_only = ON");
    fails(
        &database.url(),
        &[
            "cannot work on `test_",
            "the server takes no writes (`read_only` is on), as a replica does",
        ],
    );
    // Who only looks may do so.
    assert_eq!(migrator(SMALL).pending(&mut connection).unwrap().len(), 2);
    assert_eq!(database.run("SHOW TABLES"), "");
}

#[test]
fn what_is_not_for_this_database() {
    let Some(database) = fresh() else { return };
    let mut connection = mysql::open(&database.url()).unwrap();
    let error = Migrator::new()
        .schema("app")
        .up(&mut connection)
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("MySQL's schemas are its databases"),
        "{error}"
    );
    let error = migrator(OTHER_DRIVER)
        .plan(&mut connection, &Request::Up(Up::All))
        .unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("it has to take `&mut mysql_async::Conn`, as an async closure"),
        "{text}"
    );
    assert!(text.contains("Nothing was done"), "{text}");
    database.run("CREATE TABLE _migrations (a INT)");
    let error = migrator(SMALL).status(&mut connection).unwrap_err();
    assert!(
        error.to_string().contains("is not a history of this tool"),
        "{error}"
    );
}

/// A step that fails says what it was, and the next run goes on with it.
#[test]
fn a_step_that_fails() {
    let Some(database) = fresh() else { return };
    let mut connection = mysql::open(&database.url()).unwrap();
    database.run("CREATE TABLE work_4 (a INT)");
    let error = migrator(WORK).up(&mut connection).unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains(
            "`20260101000004_work` up failed at step 1 of 13: Table 'work_4' already exists (1050)"
        ),
        "{text}"
    );
    assert_eq!(error.report().done.len(), 4);
    database.run("DROP TABLE work_4");
    migrator(WORK).up(&mut connection).unwrap();
    crate::ground::is_done_once(&database);
}
