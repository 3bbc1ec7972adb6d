//! What somebody reads who asks for help, or has mistyped.
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows that a test may panic, but not its helpers"
)]

use migrate_tests::Folder;
use snapbox::str;

const SHOP: &str = env!("CARGO_BIN_EXE_fixture-shop");
const LAB: &str = env!("CARGO_BIN_EXE_fixture-lab");

#[test]
fn help() {
    let here = Folder::new();
    here.run(SHOP, "-h").shows(str![[r#"
The database migrations of migrate-tests

Usage: fixture-shop [OPTIONS] <COMMAND>

Commands:
  up           Apply what is pending [alias: migrate]
  down         Take back the last batch, which is what one `up` applied [alias: rollback]
  redo         Take back the last batch, and apply it again
  reset        Take back everything
  fresh        Drop everything in the database, then apply everything
  apply        Apply one migration, whatever else is pending
  status       Show the state of every migration
  log          Show the history as it happened, the newest first
  plan         Show what `up` would do, with all SQL
  check        Exit with 1 when something is pending, changed or missing, or the database is not as its migrations have made it
  verify       Compare what is applied with this program, and exit with 1 when they differ
  repair       Accept the SQL that an applied migration has in this program now
  forget       Take migrations that this program no longer has out of the history
  baseline     Record migrations as applied without running them, for a database that already has what they make
  resolve      Say whether the step at which a migration was cut off had been done
  schema       Whole schemas: as documents, beside each other, brought to a database
  pull         Write the migration that brings the database to what definitions say
  new          Write a new migration, and the line that makes it a module [aliases: make, create]
  completions  Write a script that completes commands and flags in a shell
  import       Turn a folder of SQL migrations, whatever tool they are for, into Rust migrations

Options:
  -h, --help     Print help (see more with '--help')
  -V, --version  Print version

Options for every command:
      --database-url <URL>     The database: `sqlite:app.db`, `postgres://…`, `mysql://…`, `rqlite://…`, or a path. Given several times, one after the other [env: DATABASE_URL, DATABASE_URL_FILE]
      --keep-going             Of several databases, go on with the next one where one has failed
      --env <NAME>             The environment, which migrations can ask for [env: MIGRATE_ENV=] [default: development]
      --set <SET>              Only the migrations of this set; mostly the name of a crate
      --table <NAME>           The table of the history [default: _migrations]
      --timeout <TIME>         How long to wait for a database that somebody else holds: seconds, or `500ms`, `5min` [default: 60]
      --format <FORMAT>        What to print [default: text] [possible values: text, json]
  -y, --yes                    Do not ask before something is destroyed
  -v, --verbose                Show every statement as it runs
      --changed <POLICY>       Applied migrations whose SQL has changed: error, warn or ignore [default: error]
      --missing <POLICY>       Applied migrations that the program does not have: error, warn or ignore [default: error]
      --out-of-order <POLICY>  Pending migrations that come before an applied one: error, warn or ignore [default: error]

Options on servers:
      --schema <NAME>             The schema of PostgreSQL in which migrations run and the history is
      --lock-timeout <TIME>       How long a statement waits for a lock of the application before the migration is taken back and tried again
      --statement-timeout <TIME>  How long a statement may take
      --lock-ttl <TIME>           How long another run may show no sign of life before this one takes over from it [default: 15]

"#]]);
    here.run(SHOP, "down -h").shows(str![[r#"
Take back the last batch, which is what one `up` applied

Usage: fixture-shop down [OPTIONS]

Options:
  -t, --target <MIGRATION>  Everything after this one, which itself stays: id, version or name
      --steps <N>           The last so many batches [alias: --batches]
  -n, --count <N>           The last so many migrations
      --stored-down         Take back by its stored SQL what this program no longer has
      --dry-run             Show what would be done, with all SQL, and do nothing
  -h, --help                Print help (see more with '--help')

Options for every command:
      --database-url <URL>     The database: `sqlite:app.db`, `postgres://…`, `mysql://…`, `rqlite://…`, or a path. Given several times, one after the other [env: DATABASE_URL, DATABASE_URL_FILE]
      --keep-going             Of several databases, go on with the next one where one has failed
      --env <NAME>             The environment, which migrations can ask for [env: MIGRATE_ENV=] [default: development]
      --set <SET>              Only the migrations of this set; mostly the name of a crate
      --table <NAME>           The table of the history [default: _migrations]
      --timeout <TIME>         How long to wait for a database that somebody else holds: seconds, or `500ms`, `5min` [default: 60]
      --format <FORMAT>        What to print [default: text] [possible values: text, json]
  -y, --yes                    Do not ask before something is destroyed
  -v, --verbose                Show every statement as it runs
      --changed <POLICY>       Applied migrations whose SQL has changed: error, warn or ignore [default: error]
      --missing <POLICY>       Applied migrations that the program does not have: error, warn or ignore [default: error]
      --out-of-order <POLICY>  Pending migrations that come before an applied one: error, warn or ignore [default: error]

Options on servers:
      --schema <NAME>             The schema of PostgreSQL in which migrations run and the history is
      --lock-timeout <TIME>       How long a statement waits for a lock of the application before the migration is taken back and tried again
      --statement-timeout <TIME>  How long a statement may take
      --lock-ttl <TIME>           How long another run may show no sign of life before this one takes over from it [default: 15]

"#]]);
    here.run(SHOP, "--version").shows(str![[r#"
migrate 0.1.0

"#]]);
    assert_eq!(here.run(SHOP, "").ends(2).err, here.run(SHOP, "-h").out);
}

/// Every command has help, by each of its names.
#[test]
fn every_command_explains_itself() {
    let here = Folder::new();
    let all = "up migrate down rollback redo reset fresh apply status log plan check verify repair forget baseline resolve \
               new make create completions import";
    for command in all.split_whitespace() {
        here.run(SHOP, &format!("{command} --help"))
            .ends(0)
            .has("Usage: ");
    }
}

#[test]
fn wrong_words() {
    let here = Folder::new();
    here.run(SHOP, "upp").shows(str![[r#"
--- standard error
error: unrecognized subcommand 'upp'

  tip: a similar subcommand exists: 'up'

Usage: fixture-shop [OPTIONS] <COMMAND>

For more information, try '--help'.
--- exit code 2

"#]]);
    here.run(SHOP, "up --traget 5").shows(str![[r#"
--- standard error
error: unexpected argument '--traget' found

  tip: a similar argument exists: '--target'

Usage: fixture-shop up --target <MIGRATION>

For more information, try '--help'.
--- exit code 2

"#]]);
    here.run(SHOP, "up --format yaml").shows(str![[r#"
--- standard error
error: invalid value 'yaml' for '--format <FORMAT>'
  [possible values: text, json]

For more information, try '--help'.
--- exit code 2

"#]]);
    here.run(SHOP, "up --changed maybe").shows(str![[r#"
--- standard error
error: invalid value 'maybe' for '--changed <POLICY>': `maybe` is not one of `error`, `warn` and `ignore`

For more information, try '--help'.
--- exit code 2

"#]]);
    here.run(SHOP, "up --target a --count 2").shows(str![[r#"
--- standard error
error: the argument '--target <MIGRATION>' cannot be used with '--count <N>'

Usage: fixture-shop up --target <MIGRATION>

For more information, try '--help'.
--- exit code 2

"#]]);
    here.run(SHOP, "up now").shows(str![[r#"
--- standard error
error: unexpected argument 'now' found

Usage: fixture-shop up [OPTIONS]

For more information, try '--help'.
--- exit code 2

"#]]);
    here.run(SHOP, "status --table sqlite_x").shows(str![[r#"
--- standard error
error: invalid value 'sqlite_x' for '--table <NAME>': a table cannot be called so

For more information, try '--help'.
--- exit code 2

"#]]);
}

#[test]
fn wrong_numbers() {
    let here = Folder::new();
    here.run(SHOP, "down --steps -1").shows(str![[r#"
--- standard error
error: invalid value '-1' for '--steps <N>': write a whole number, from 1 on

For more information, try '--help'.
--- exit code 2

"#]]);
    here.run(SHOP, "down -n 0").shows(str![[r#"
--- standard error
error: invalid value '0' for '--count <N>': write a whole number, from 1 on

For more information, try '--help'.
--- exit code 2

"#]]);
    here.run(SHOP, "up -n two").shows(str![[r#"
--- standard error
error: invalid value 'two' for '--count <N>': write a whole number, from 1 on

For more information, try '--help'.
--- exit code 2

"#]]);
    here.run(SHOP, "up --timeout -1").shows(str![[r#"
--- standard error
error: invalid value '-1' for '--timeout <TIME>': write a whole number of seconds, or one with a unit: `500ms`, `30s`, `5min`

For more information, try '--help'.
--- exit code 2

"#]]);
    here.run(SHOP, "redo --steps 4294967296").ends(2);
}

#[test]
fn something_is_left_out() {
    let here = Folder::new();
    here.run(SHOP, "apply").shows(str![[r#"
--- standard error
error: the following required arguments were not provided:
  <MIGRATION>

Usage: fixture-shop apply <MIGRATION>

For more information, try '--help'.
--- exit code 2

"#]]);
    here.run(SHOP, "baseline").shows(str![[r#"
--- standard error
error: the following required arguments were not provided:
  <MIGRATION|--all|--from <TOOL>>

Usage: fixture-shop baseline <MIGRATION|--all|--from <TOOL>>

For more information, try '--help'.
--- exit code 2

"#]]);
    here.run(SHOP, "baseline add_age --all").ends(2);
    here.run(SHOP, "resolve add_age").shows(str![[r#"
--- standard error
error: the following required arguments were not provided:
  <--done|--not-done>

Usage: fixture-shop resolve <--done|--not-done> <MIGRATION>

For more information, try '--help'.
--- exit code 2

"#]]);
    here.run(SHOP, "resolve add_age --done --not-done").ends(2);
    here.run(SHOP, "repair").ends(2);
    here.run(SHOP, "up --target").shows(str![[r#"
--- standard error
error: a value is required for '--target <MIGRATION>' but none was supplied

For more information, try '--help'.
--- exit code 2

"#]]);
}

#[test]
fn a_migration_that_is_not_there() {
    let here = Folder::new();
    here.run(LAB, "up --target 006").shows(str![[r#"
--- standard error
error: there is no migration `006`; `status` lists them all
--- exit code 2

"#]]);
    here.run(LAB, "up --target create_result").shows(str![[r#"
--- standard error
error: there is no migration `create_result`: did you mean `005_create_results`, `004_create_runs`?
--- exit code 2

"#]]);
    here.run(LAB, "up --target samples").shows(str![[r#"
--- standard error
error: there is no migration `samples`: did you mean `001_create_samples`, `010_unique_samples`?
--- exit code 2

"#]]);
    here.run(LAB, "up --target elephants").shows(str![[r#"
--- standard error
error: there is no migration `elephants`; `status` lists them all
--- exit code 2

"#]]);
    here.run(LAB, "down --target 13").ends(2);
    here.run(LAB, "redo --target 13").ends(2);
    here.run(LAB, "apply 13").ends(2);
    here.run(LAB, "baseline 13").ends(2);
    here.run(LAB, "repair 13").ends(2);
    here.run(LAB, "forget 13").ends(2);
    here.run(LAB, "resolve 13 --done").ends(2);
    assert!(here.files().is_empty());
}
