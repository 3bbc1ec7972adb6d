//! An application's own `migrate` program.

use std::{
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{CommandFactory, FromArgMatches};

use crate::{
    args::{Asked, Cli, Format, Global, ProjectCommand},
    command,
    fault::{Exit, Fault},
    output, url,
};

/// An application's own `migrate` program; [`main!`](crate::main) makes one.
#[derive(Debug)]
pub struct Program {
    pub(crate) package: &'static str,
    pub(crate) version: &'static str,
    pub(crate) manifest_dir: PathBuf,
    default_database_url: Option<String>,
}

impl Program {
    /// A program of this package, whose sources were in this folder when it was compiled.
    pub fn new(package: &'static str, version: &'static str, manifest_dir: &str) -> Self {
        Self {
            package,
            version,
            manifest_dir: PathBuf::from(manifest_dir),
            default_database_url: None,
        }
    }

    /// The database where neither a flag nor the environment names one.
    #[must_use]
    pub fn default_database_url(mut self, url: impl Into<String>) -> Self {
        self.default_database_url = Some(url.into());
        self
    }

    /// Does what the arguments of the process say.
    pub fn run(self) -> ExitCode {
        self.run_with(std::env::args_os()).into()
    }

    fn run_with(self, arguments: impl IntoIterator<Item = OsString>) -> Exit {
        // Before the arguments are read, because some of them have a variable in their place.
        if let Err(fault) = url::load_env_file() {
            output::fault(&fault, Format::Text, None);
            return fault.exit();
        }
        let arguments: Vec<OsString> = arguments.into_iter().collect();
        let cli = match self
            .definition()
            .try_get_matches_from(&arguments)
            .and_then(|m| Cli::from_arg_matches(&m))
        {
            Ok(cli) => cli,
            Err(error) => return output::usage(&error, &arguments),
        };
        let format = cli.global.format;
        match self.dispatch(cli, &arguments) {
            Ok(exit) => exit,
            Err(fault) => {
                output::fault(&fault, format, None);
                fault.exit()
            }
        }
    }

    fn definition(&self) -> clap::Command {
        Cli::command()
            .name("migrate")
            .version(self.version)
            .about(format!("The database migrations of {}", self.package))
    }

    fn urls(&self, global: &Global) -> Result<Vec<String>, Fault> {
        url::database_urls(&global.database_url, self.default_database_url.as_deref())
    }

    fn dispatch(&self, cli: Cli, arguments: &[OsString]) -> Result<Exit, Fault> {
        let Cli { global, command } = cli;
        match command.asked() {
            Asked::Project(ProjectCommand::Completions { shell }) => {
                let name = arguments.first().map(PathBuf::from);
                let name = name.as_deref().and_then(Path::file_stem);
                let name = name.map_or("migrate".into(), OsStr::to_string_lossy);
                command::completions(self.definition(), &name, shell, global.format)
            }
            Asked::Project(project) => {
                command::project(&project, &self.manifest_dir, global.format)
            }
            Asked::Schema(schema) => {
                command::schema(&schema, &global, self.default_database_url.as_deref())
            }
            Asked::Pull(arguments) => command::pull(
                &self.urls(&global)?,
                &global,
                &arguments,
                &self.manifest_dir,
            ),
            asked => command::databases(&self.urls(&global)?, &global, &asked),
        }
    }
}
