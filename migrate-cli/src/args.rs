//! The flags and commands.

mod schema;
mod show;

use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum, builder::NonEmptyStringValueParser};
use migrate_core::{Down, Policy, Request, Tool, Up};

pub(crate) use schema::{Apply, Diff, Export, SchemaCommand, Validate};
pub(crate) use show::{Picture, Show};

/// Database migrations, checked while they compile.
#[derive(Debug, Parser)]
#[command(
    disable_help_subcommand = true,
    subcommand_required = true,
    arg_required_else_help = true
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Options for every command")]
pub(crate) struct Global {
    /// The database: `sqlite:app.db`, `postgres://…`, `mysql://…`, `rqlite://…`, or a path. Given several times, one after the
    /// other [env: DATABASE_URL, DATABASE_URL_FILE]
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) database_url: Vec<String>,
    /// Of several databases, go on with the next one where one has failed
    #[arg(long, global = true)]
    pub(crate) keep_going: bool,
    /// The environment, which migrations can ask for
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        env = "MIGRATE_ENV",
        default_value = "development"
    )]
    pub(crate) env: String,
    /// Only the migrations of this set; mostly the name of a crate
    #[arg(long, global = true, value_name = "SET")]
    pub(crate) set: Option<String>,
    /// The table of the history
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        default_value = "_migrations",
        value_parser = table
    )]
    pub(crate) table: String,
    /// How long to wait for a database that somebody else holds: seconds, or `500ms`, `5min`
    #[arg(
        long,
        global = true,
        value_name = "TIME",
        default_value = "60",
        allow_negative_numbers = true,
        value_parser = time
    )]
    pub(crate) timeout: Duration,
    /// What to print
    #[arg(long, global = true, value_name = "FORMAT", value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Do not ask before something is destroyed
    #[arg(long, short, global = true)]
    pub(crate) yes: bool,
    /// Show every statement as it runs
    #[arg(long, short, global = true)]
    pub(crate) verbose: bool,
    /// Applied migrations whose SQL has changed: error, warn or ignore
    #[arg(long, global = true, value_name = "POLICY", default_value = "error", value_parser = policy)]
    pub(crate) changed: Policy,
    /// Applied migrations that the program does not have: error, warn or ignore
    #[arg(long, global = true, value_name = "POLICY", default_value = "error", value_parser = policy)]
    pub(crate) missing: Policy,
    /// Pending migrations that come before an applied one: error, warn or ignore
    #[arg(long, global = true, value_name = "POLICY", default_value = "error", value_parser = policy)]
    pub(crate) out_of_order: Policy,
    #[command(flatten)]
    pub(crate) server: OnServer,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Options on servers")]
pub(crate) struct OnServer {
    /// The schema of PostgreSQL in which migrations run and the history is
    #[arg(long, global = true, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) schema: Option<String>,
    /// How long a statement waits for a lock of the application before the migration is taken back and tried again
    #[arg(long, global = true, value_name = "TIME", allow_negative_numbers = true, value_parser = some_time)]
    pub(crate) lock_timeout: Option<Duration>,
    /// How long a statement may take
    #[arg(long, global = true, value_name = "TIME", allow_negative_numbers = true, value_parser = some_time)]
    pub(crate) statement_timeout: Option<Duration>,
    /// How long another run may show no sign of life before this one takes over from it
    #[arg(
        long,
        global = true,
        value_name = "TIME",
        default_value = "15",
        allow_negative_numbers = true,
        value_parser = some_time
    )]
    pub(crate) lock_ttl: Duration,
}

fn policy(word: &str) -> Result<Policy, String> {
    word.parse()
}

/// `30` and `30s`, `500ms`, `5min`.
fn time(word: &str) -> Result<Duration, &'static str> {
    let digits = word
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(word.len());
    let (number, unit) = word.split_at(digits);
    let number = number.parse::<u32>().map(u64::from);
    match (number, unit) {
        (Ok(number), "" | "s") => Ok(Duration::from_secs(number)),
        (Ok(number), "ms") => Ok(Duration::from_millis(number)),
        (Ok(number), "min") => Ok(Duration::from_secs(number * 60)),
        _ => Err("write a whole number of seconds, or one with a unit: `500ms`, `30s`, `5min`"),
    }
}

fn some_time(word: &str) -> Result<Duration, &'static str> {
    match time(word)? {
        Duration::ZERO => Err("write a time that is longer than nothing"),
        time => Ok(time),
    }
}

fn number(word: &str) -> Result<u32, &'static str> {
    match word.parse() {
        Ok(0) | Err(_) => Err("write a whole number, from 1 on"),
        Ok(number) => Ok(number),
    }
}

fn table(word: &str) -> Result<String, &'static str> {
    if word.is_empty() || word.to_ascii_lowercase().starts_with("sqlite_") {
        return Err("a table cannot be called so");
    }
    Ok(word.to_owned())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// One JSON document on standard output
    Json,
    /// Statements: where there is something to be done
    #[value(skip)]
    Sql,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Apply what is pending
    #[command(visible_alias = "migrate")]
    Up(UpArgs),
    /// Take back the last batch, which is what one `up` applied
    #[command(visible_alias = "rollback")]
    Down(DownArgs),
    /// Take back the last batch, and apply it again
    Redo(DownArgs),
    /// Take back everything
    Reset {
        #[command(flatten)]
        dry_run: DryRun,
        /// Take back by its stored SQL what this program no longer has
        #[arg(long)]
        stored_down: bool,
    },
    /// Drop everything in the database, then apply everything
    Fresh(DryRun),
    /// Apply one migration, whatever else is pending
    Apply {
        /// Its id, version or name
        migration: String,
        #[command(flatten)]
        dry_run: DryRun,
    },
    /// Show the state of every migration
    Status {
        /// And the SQL of both ways, also that of a `down` that was left out and derived
        #[arg(long)]
        sql: bool,
        /// And what was done to the database behind the back of the migrations
        #[arg(long)]
        drift: bool,
    },
    /// Show the history as it happened, the newest first
    ///
    /// What was taken back is not in it: the history of a database says what it has.
    Log {
        /// Only the newest so many
        #[arg(long, short = 'n', value_name = "N", allow_negative_numbers = true, value_parser = number)]
        limit: Option<u32>,
    },
    /// Show what `up` would do, with all SQL
    Plan(Selection),
    /// Exit with 1 when something is pending, changed or missing, or the database is not as its migrations have made it
    Check,
    /// Compare what is applied with this program, and exit with 1 when they differ
    Verify,
    /// Accept the SQL that an applied migration has in this program now
    Repair {
        /// Their ids, versions or names
        #[arg(required = true)]
        migrations: Vec<String>,
        #[command(flatten)]
        dry_run: DryRun,
    },
    /// Take migrations that this program no longer has out of the history
    Forget {
        /// Their ids, versions or names
        #[arg(required = true)]
        migrations: Vec<String>,
        #[command(flatten)]
        dry_run: DryRun,
    },
    /// Record migrations as applied without running them, for a database that already has what they make
    Baseline {
        #[command(flatten)]
        extent: Extent,
        /// The table of the other tool's history, where it is not the usual one: `name` or `schema.name`
        #[arg(long, value_name = "NAME", conflicts_with_all = ["migration", "all"], value_parser = NonEmptyStringValueParser::new())]
        from_table: Option<String>,
        #[command(flatten)]
        dry_run: DryRun,
    },
    /// Say whether the step at which a migration was cut off had been done
    Resolve {
        /// Its id, version or name
        migration: String,
        #[command(flatten)]
        answer: Answer,
    },
    /// Whole schemas: as documents, beside each other, brought to a database
    #[command(subcommand)]
    Schema(SchemaCommand),
    /// Write the migration that brings the database to what definitions say
    Pull(PullArgs),
    #[command(flatten)]
    Project(ProjectCommand),
}

/// Where each shell looks for such scripts.
const HOW_TO_COMPLETE: &str = "\
The script is for the name by which this program was called. Where it goes, with `migrate` for that name:
  bash        migrate completions bash > ~/.local/share/bash-completion/completions/migrate
  zsh         migrate completions zsh > ~/.zfunc/_migrate      (with `fpath+=~/.zfunc` before `compinit` in ~/.zshrc)
  fish        migrate completions fish > ~/.config/fish/completions/migrate.fish
  powershell  migrate completions powershell >> $PROFILE
  elvish      migrate completions elvish >> ~/.config/elvish/rc.elv";
#[derive(Clone, Debug, Args)]
pub(crate) struct PullArgs {
    /// The folder of the definitions, a JSON file for each table; without it `definitions` of `[package.metadata.migrate]`, or `meta`
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["models", "from_database"])]
    pub(crate) definitions: Option<std::path::PathBuf>,
    /// What the structs with `#[derive(Table)]` say, in place of definitions
    #[arg(long, conflicts_with = "from_database")]
    pub(crate) models: bool,
    /// The other way round: write what the database has and no migration makes, to be recorded there by `baseline`
    #[arg(long)]
    pub(crate) from_database: bool,
    /// The name of the migration; without it one that says what it does
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Drop columns that no definition has any more: their values are lost
    #[arg(long, conflicts_with = "from_database")]
    pub(crate) allow_drop: bool,
    /// A key of the definitions that is none of ours, to be passed over; may be given several times
    #[arg(long, value_name = "KEY", conflicts_with_all = ["models", "from_database"])]
    pub(crate) ignore: Vec<String>,
    #[command(flatten)]
    pub(crate) dry_run: DryRun,
}

/// Commands on the source tree, which need neither the application nor a database.
#[derive(Debug, Subcommand)]
pub(crate) enum ProjectCommand {
    /// Write a new migration, and the line that makes it a module
    #[command(visible_aliases = ["make", "create"])]
    New {
        /// What it does: create_users
        name: String,
        /// A sentence for `status`
        #[arg(long, short)]
        description: Option<String>,
    },
    /// Write a script that completes commands and flags in a shell
    #[command(after_help = HOW_TO_COMPLETE)]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Turn a folder of SQL migrations, whatever tool they are for, into Rust migrations
    Import {
        /// The folder
        folder: std::path::PathBuf,
        /// Write into this folder instead of the package's migrations
        #[arg(long, value_name = "FOLDER")]
        output: Option<std::path::PathBuf>,
        /// The database of the SQL, where it goes to such a folder: sqlite, postgres or mysql
        #[arg(
            long,
            value_name = "DATABASE",
            requires = "output",
            default_value = "sqlite"
        )]
        dialect: migrate_core::Dialect,
        /// Take SQL that SQLite refuses as unchecked, instead of stopping
        #[arg(long)]
        keep_going: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct UpArgs {
    #[command(flatten)]
    pub(crate) selection: Selection,
    #[command(flatten)]
    pub(crate) dry_run: DryRun,
}

#[derive(Debug, Args)]
pub(crate) struct Selection {
    /// Up to and with this one: id, version or name
    #[arg(long, short, value_name = "MIGRATION")]
    pub(crate) target: Option<String>,
    /// Only the next so many
    #[arg(long, short = 'n', value_name = "N", conflicts_with = "target", allow_negative_numbers = true, value_parser = number)]
    pub(crate) count: Option<u32>,
}

#[derive(Debug, Args)]
pub(crate) struct DownArgs {
    /// Everything after this one, which itself stays: id, version or name
    #[arg(long, short, value_name = "MIGRATION", conflicts_with_all = ["steps", "count"])]
    target: Option<String>,
    /// The last so many batches
    #[arg(long, visible_alias = "batches", value_name = "N", conflicts_with = "count", allow_negative_numbers = true, value_parser = number)]
    steps: Option<u32>,
    /// The last so many migrations
    #[arg(long, short = 'n', value_name = "N", allow_negative_numbers = true, value_parser = number)]
    count: Option<u32>,
    /// Take back by its stored SQL what this program no longer has
    #[arg(long)]
    pub(crate) stored_down: bool,
    #[command(flatten)]
    pub(crate) dry_run: DryRun,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Extent {
    /// The last of them: id, version or name
    migration: Option<String>,
    /// All that this program has
    #[arg(long)]
    all: bool,
    /// What this tool has applied, by its own history in the database: sqlx, diesel, refinery, sea-orm, golang-migrate, flyway,
    /// rusqlite_migration, goose, dbmate or prisma
    #[arg(long, value_name = "TOOL")]
    from: Option<Tool>,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Answer {
    /// It had been done
    #[arg(long)]
    done: bool,
    /// It had not
    #[arg(long)]
    not_done: bool,
}

#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct DryRun {
    /// Show what would be done, with all SQL, and do nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

impl Selection {
    pub(crate) fn request(&self) -> Request {
        Request::Up(match (&self.target, self.count) {
            (Some(target), _) => Up::To(target.clone()),
            (None, Some(count)) => Up::Count(count),
            (None, None) => Up::All,
        })
    }
}

impl DownArgs {
    pub(crate) fn selection(&self) -> Down {
        match (&self.target, self.count, self.steps) {
            (Some(target), ..) => Down::To(target.clone()),
            (None, Some(count), _) => Down::Count(count),
            (None, None, steps) => Down::Batches(steps.unwrap_or(1)),
        }
    }
}

/// What a command asks of the database.
pub(crate) enum Asked {
    /// To be done, or only shown.
    Run {
        request: Request,
        dry_run: bool,
        stored_down: bool,
    },
    Plan(Request),
    Status {
        sql: bool,
        drift: bool,
    },
    Log {
        limit: Option<u32>,
    },
    Check,
    Verify,
    Schema(SchemaCommand),
    Pull(PullArgs),
    Project(ProjectCommand),
}

impl Command {
    pub(crate) fn asked(self) -> Asked {
        let run = |request, dry_run: DryRun| Asked::Run {
            request,
            dry_run: dry_run.dry_run,
            stored_down: false,
        };
        match self {
            Self::Up(up) => run(up.selection.request(), up.dry_run),
            Self::Down(down) => Asked::Run {
                request: Request::Down(down.selection()),
                dry_run: down.dry_run.dry_run,
                stored_down: down.stored_down,
            },
            Self::Redo(down) => Asked::Run {
                request: Request::Redo(down.selection()),
                dry_run: down.dry_run.dry_run,
                stored_down: down.stored_down,
            },
            Self::Reset {
                dry_run,
                stored_down,
            } => Asked::Run {
                request: Request::Down(Down::All),
                dry_run: dry_run.dry_run,
                stored_down,
            },
            Self::Fresh(dry_run) => run(Request::Fresh, dry_run),
            Self::Apply { migration, dry_run } => run(Request::Apply(migration), dry_run),
            Self::Status { sql, drift } => Asked::Status { sql, drift },
            Self::Log { limit } => Asked::Log { limit },
            Self::Plan(selection) => Asked::Plan(selection.request()),
            Self::Check => Asked::Check,
            Self::Verify => Asked::Verify,
            Self::Repair {
                migrations,
                dry_run,
            } => run(Request::Repair(migrations), dry_run),
            Self::Forget {
                migrations,
                dry_run,
            } => run(Request::Forget(migrations), dry_run),
            Self::Baseline {
                extent,
                from_table,
                dry_run,
            } => {
                let request = match extent.from {
                    Some(tool) => Request::Adopt {
                        tool,
                        table: from_table,
                    },
                    None => Request::Baseline(extent.migration),
                };
                run(request, dry_run)
            }
            Self::Resolve { migration, answer } => Asked::Run {
                request: Request::Resolve {
                    id: migration,
                    done: answer.done,
                },
                dry_run: false,
                stored_down: false,
            },
            Self::Schema(command) => Asked::Schema(command),
            Self::Pull(arguments) => Asked::Pull(arguments),
            Self::Project(command) => Asked::Project(command),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn times() {
        for (word, expected) in [
            ("0", Some(0)),
            ("30", Some(30_000)),
            ("2s", Some(2000)),
            ("500ms", Some(500)),
            ("5min", Some(300_000)),
            ("", None),
            ("s", None),
            ("-1", None),
            ("1.5", None),
            ("5 min", None),
            ("99999999999", None),
        ] {
            assert_eq!(
                time(word).ok(),
                expected.map(Duration::from_millis),
                "{word}"
            );
        }
        assert!(some_time("0").is_err());
    }
}
