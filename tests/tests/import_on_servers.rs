//! Histories of SQL files on a real server: imported, compiled by the real rustc, applied by the driver, and then the same
//! as what the server's own client makes of the files.
//!
//! Two small histories are here; `tests/histories DIR [NAME…]` does the same with those of a folder, which has a folder for
//! each dialect (`postgres`, `mysql`) with a folder for each history. `MIGRATE_HISTORIES_BEFORE` is SQL that a history expects to
//! have run.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows that a test may panic, but not its helpers"
)]

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
};

use migrate_test_servers::{Database, MariaDb, Postgres};
use migrate_tests::Application;

const OWN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/histories");

#[test]
fn an_imported_history_makes_on_postgres_what_psql_makes() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    all("postgres", &|| server.database());
}

#[test]
fn an_imported_history_makes_on_mariadb_what_its_client_makes() {
    let Some(server) = MariaDb::shared() else {
        return;
    };
    all("mysql", &|| server.database());
}

fn all(dialect: &str, database: &dyn Fn() -> Database) {
    let folder = env::var_os("MIGRATE_HISTORIES").map_or_else(|| PathBuf::from(OWN), PathBuf::from);
    let wanted = env::var("MIGRATE_HISTORIES_NAMES").unwrap_or_default();
    let wanted: Vec<&str> = wanted.split_whitespace().collect();
    let Ok(entries) = fs::read_dir(folder.join(dialect)) else {
        println!("no history for {dialect}");
        return;
    };
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found.retain(|history| {
        let name = history.file_name().unwrap().to_str().unwrap();
        history.is_dir() && (wanted.is_empty() || wanted.contains(&name))
    });
    let mut wrong = Vec::new();
    for history in found {
        let name = history.file_name().unwrap().to_str().unwrap().to_owned();
        match same(dialect, &name, &history, database) {
            Ok(tried) => println!("{dialect}/{name}: the same schema, migrations: {tried}"),
            Err(why) => {
                println!("{dialect}/{name}: {why}");
                wrong.push(name);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// How many migrations of a history were tried, or what is different.
fn same(
    dialect: &str,
    name: &str,
    history: &Path,
    database: &dyn Fn() -> Database,
) -> Result<String, String> {
    let database = || {
        let new = database();
        if let Ok(sql) = env::var("MIGRATE_HISTORIES_BEFORE") {
            new.run(&sql);
        }
        new
    };
    let (plain, ours) = (database(), database());
    let app = application(dialect, name);
    let all = up_files(history);
    let scratch = database();
    let refused = |file: &PathBuf| run(file, dialect, &scratch).is_err();
    let taken = all.iter().position(refused).unwrap_or(all.len());
    let left = all.get(taken).map_or(String::new(), |refused| {
        format!(
            " of {}, because the server refuses {}",
            all.len(),
            refused.display()
        )
    });
    for file in &all[..taken] {
        let in_one = run(file, dialect, &plain).unwrap();
        copy(file, &app, in_one, &|down| {
            dialect != "postgres" || goes_back(&plain, down)
        });
    }
    let ran = app.cargo("migrate import sql");
    if ran.code != Some(0) {
        return Err(format!("import: {}{}", ran.out, ran.err));
    }
    let ran = app.cargo(&format!("migrate up --yes --database-url {}", ours.url()));
    if ran.code != Some(0) {
        return Err(format!("up: {}{}", ran.out, ran.err));
    }
    ours.run("DROP TABLE _migrations, _migrations_lock");
    // Whoever makes a trigger is written into it, with the way that they came.
    let dump = |database: &Database| database.dump().replace("`127.0.0.1`", "`localhost`");
    let (plain, ours) = (dump(&plain), dump(&ours));
    if plain == ours {
        return Ok(format!("{taken}{left}"));
    }
    let (plain, ours): (BTreeSet<&str>, BTreeSet<&str>) =
        (plain.lines().collect(), ours.lines().collect());
    Err(format!(
        "the schema is another one\nonly plain: {:#?}\nonly ours: {:#?}",
        plain.difference(&ours).collect::<Vec<_>>(),
        ours.difference(&plain).collect::<Vec<_>>()
    ))
}

/// Runs a file as most tools do: in one transaction where that can be. Whether it was.
fn run(file: &Path, dialect: &str, database: &Database) -> Result<bool, String> {
    let text = fs::read_to_string(file).unwrap();
    if dialect == "postgres" {
        let whole = database.try_run(&format!("BEGIN;\n{text}\n;COMMIT;"));
        if whole.is_ok() {
            return Ok(true);
        }
    }
    database.try_run(&text).map(|_| dialect != "postgres")
}

/// Whether the server takes a way back right behind its migration. Those that it refuses are refused while compiling too.
fn goes_back(database: &Database, down: &str) -> bool {
    let ends_it = down.to_lowercase().contains("commit");
    !ends_it
        && database
            .try_run(&format!("BEGIN;\n{down}\n;ROLLBACK;"))
            .is_ok()
}

/// Gives a file to the package, and its way back where that is one. What does not run in one transaction says so.
fn copy(up: &Path, app: &Application, in_one: bool, goes_back: &dyn Fn(&str) -> bool) {
    let name = up.file_name().unwrap().to_str().unwrap();
    let mark = if in_one { "" } else { "-- no-transaction\n" };
    let text = fs::read_to_string(up).unwrap();
    app.write(&format!("sql/{name}"), &format!("{mark}{text}"));
    let down = name.replace(".up.sql", ".down.sql");
    if let Ok(text) = fs::read_to_string(up.with_file_name(&down))
        && goes_back(&text)
    {
        app.write(&format!("sql/{down}"), &text);
    }
}

fn up_files(history: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(history).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.to_string_lossy().ends_with(".up.sql"));
    files.sort();
    files
}

/// A package whose migrations are for a dialect, with a program that runs them there. One serves all histories of a
/// dialect, one after the other, so that it is built once.
fn application(dialect: &str, name: &str) -> Application {
    let app = Application::new(&format!("imported_{dialect}"));
    app.install(env!("CARGO_BIN_EXE_fixture-cargo-migrate"));
    let manifest = app
        .read("Cargo.toml")
        .replace("\"bundled\", \"sqlite\"", &format!("\"{dialect}\""))
        .replace(
            "migrate-core' }",
            &format!("migrate-core', default-features = false, features = [\"{dialect}\"] }}"),
        )
        .replace(
            "rusqlite = { version = \"*\", default-features = false, features = [\"bundled\"] }\n",
            "",
        );
    let settings = format!(
        "\n[package.metadata.migrate]\nset = \"{name}\"\ndialect = \"{dialect}\"\n\n\
         [package.metadata.migrate.lints]\ndown_does_not_undo = \"warn\"\n"
    );
    app.write("Cargo.toml", &format!("{manifest}{settings}"));
    app.write(
        "src/bin/migrate.rs",
        &format!("migrate_cli::main!(imported_{dialect});\n"),
    );
    app
}
