//! `cargo migrate`: what needs only the sources is done here, before the application builds; everything else
//! is handed to the application's own program by `cargo run --bin migrate`.

use std::{
    ffi::OsString,
    path::PathBuf,
    process::{Command, ExitCode},
};

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::{
    args::{Asked, Cli, Format, ProjectCommand},
    command,
    fault::{Exit, Fault},
    lint::{LintArgs, LintFormat, lint},
    output,
    project::{Location, locate},
};

const AFTER_HELP: &str = "\
Every other command (up, down, status, plan, …) is run by the application's own program, as
`cargo run --bin migrate -- COMMAND` would. `cargo migrate up --help` shows the flags of one.
`schema` is done here for documents and for databases that are named by `--database-url`.";

/// Database migrations, checked while they compile.
#[derive(Debug, Parser)]
#[command(name = "cargo migrate", bin_name = "cargo migrate", version, after_help = AFTER_HELP)]
#[command(
    disable_help_subcommand = true,
    arg_required_else_help = true,
    subcommand_required = true
)]
struct CargoCli {
    /// The package, where there are several
    #[arg(long, short, value_name = "NAME")]
    package: Option<String>,
    /// The Cargo.toml of the package or of its workspace
    #[arg(long, value_name = "PATH")]
    manifest_path: Option<PathBuf>,
    /// Build with this feature of the package; may be given several times
    #[arg(long, short = 'F', value_name = "FEATURE")]
    features: Vec<String>,
    /// Build with optimisations
    #[arg(long, short)]
    release: bool,
    /// What to print
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(subcommand)]
    command: CargoCommand,
}

#[derive(Debug, Subcommand)]
enum CargoCommand {
    #[command(flatten)]
    Project(ProjectCommand),
    /// Check a folder of SQL migrations, whatever tool runs them, or the migrations of a package
    Lint(LintArgs),
    #[command(external_subcommand)]
    Other(Vec<OsString>),
}

/// The `main` of `cargo-migrate`.
pub fn cargo_migrate(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let mut arguments: Vec<OsString> = arguments.into_iter().collect();
    // Cargo calls `cargo-migrate migrate …`.
    if arguments.get(1).is_some_and(|word| word == "migrate") {
        arguments.remove(1);
    }
    let cli = match CargoCli::command()
        .try_get_matches_from(&arguments)
        .and_then(|m| CargoCli::from_arg_matches(&m))
    {
        Ok(cli) => cli,
        Err(error) => return output::usage(&error, &arguments).into(),
    };
    let format = match &cli.command {
        // Its answer is an array, so what keeps it from answering is told on standard error alone.
        CargoCommand::Lint(_) => Format::Text,
        _ => cli.format,
    };
    match dispatch(cli) {
        Ok(code) => code,
        Err(fault) => {
            output::fault(&fault, format, None);
            fault.exit().into()
        }
    }
}

fn dispatch(cli: CargoCli) -> Result<ExitCode, Fault> {
    let location = Location {
        directory: PathBuf::new(),
        manifest_path: cli.manifest_path.clone(),
        package: cli.package.clone(),
    };
    match &cli.command {
        CargoCommand::Project(ProjectCommand::Import {
            folder,
            output: Some(to),
            dialect,
            keep_going,
        }) => Ok(command::import_into(folder, to, *dialect, *keep_going, cli.format)?.into()),
        CargoCommand::Project(ProjectCommand::Completions { shell }) => {
            Ok(command::completions(whole(), "cargo-migrate", *shell, cli.format)?.into())
        }
        CargoCommand::Project(project) => {
            Ok(command::in_package(project, &locate(&location)?, cli.format)?.into())
        }
        CargoCommand::Lint(arguments) => {
            let format = arguments.format.unwrap_or(match cli.format {
                Format::Text | Format::Sql => LintFormat::Text,
                Format::Json => LintFormat::Json,
            });
            Ok(lint(arguments, &location, format)?.into())
        }
        CargoCommand::Other(words) if words.first().is_some_and(|word| word == "schema") => {
            schema(&cli, &location, words)
        }
        CargoCommand::Other(words) => run_program(&cli, &location, words),
    }
}

/// With the commands that the application's own program has.
fn whole() -> clap::Command {
    let (cargo, program) = (CargoCli::command(), Cli::command());
    let known = |name: &str| cargo.find_subcommand(name).is_some();
    let flags: Vec<clap::Arg> = program.get_arguments().cloned().collect();
    let others: Vec<clap::Command> = (program.get_subcommands())
        .filter(|command| !known(command.get_name()))
        .map(|command| command.clone().args(flags.clone()))
        .collect();
    cargo.subcommands(others)
}

/// Documents and databases that are named by URLs need no application.
fn schema(cli: &CargoCli, location: &Location, words: &[OsString]) -> Result<ExitCode, Fault> {
    let json: &[&str] = match cli.format {
        Format::Json => &["--format", "json"],
        Format::Text | Format::Sql => &[],
    };
    let arguments: Vec<OsString> = std::iter::once("cargo migrate")
        .chain(json.iter().copied())
        .map(OsString::from)
        .chain(words.iter().cloned())
        .collect();
    let parsed = Cli::command()
        .bin_name("cargo migrate")
        .try_get_matches_from(&arguments);
    let program = match parsed.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(program) => program,
        Err(error) => return Ok(output::usage(&error, &arguments).into()),
    };
    let Asked::Schema(command) = program.command.asked() else {
        return run_program(cli, location, words);
    };
    let has_program = || locate(location).is_ok_and(|package| package.has_migrate_binary());
    if command::needs_no_program(&command, &program.global) || !has_program() {
        return Ok(command::schema(&command, &program.global, None)?.into());
    }
    run_program(cli, location, words)
}

fn run_program(cli: &CargoCli, location: &Location, words: &[OsString]) -> Result<ExitCode, Fault> {
    let package = locate(location)?;
    if !package.has_migrate_binary() {
        let library = package
            .library
            .as_ref()
            .map_or("your_crate", |library| library.name.as_str());
        return Err(Fault::Usage(format!(
            "the package `{}` has no program `migrate`: run `cargo add migrate-cli`, and write \
             `migrate_cli::main!({library});` in {}",
            package.name,
            package.directory.join("src/bin/migrate.rs").display()
        )));
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut run = Command::new(&cargo);
    run.args([
        "run",
        "--quiet",
        "--bin",
        "migrate",
        "--package",
        &package.name,
        "--manifest-path",
    ]);
    run.arg(package.directory.join("Cargo.toml"));
    for feature in &cli.features {
        run.args(["--features", feature]);
    }
    if cli.release {
        run.arg("--release");
    }
    if cli.format == Format::Json {
        run.args(["--", "--format", "json"]).args(words);
    } else {
        run.arg("--").args(words);
    }
    let status = run.status().map_err(|source| Fault::Io {
        what: format!("cannot run `{}`", cargo.display()),
        source,
    })?;
    // A program that a signal has ended has no code; 1 says that it did not end well.
    let code = status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .unwrap_or(Exit::Failed as u8);
    Ok(ExitCode::from(code))
}
