//! `migrate schema show`.

use std::path::PathBuf;

use clap::{
    Arg, ArgMatches, Args, Command, Error, FromArgMatches,
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser},
    error::ErrorKind,
};
use migrate_core::Dialect;

use super::Format;

/// What can be drawn, and as what.
pub(super) const PICTURES: &str = "\
A schema is one of:
  history            what the migrations of this program build; needs no database. Steps in Rust are passed over
  applied            what those of them build that are applied to the database, as far as that is certain
  database           what the database holds
  sqlite:app.db      what another database holds, by its URL
  schema.json        a document; of several databases in it, `schema.json#name` is one

The page (html) has the history of this program too; of a database it also says when each migration was applied.";

#[derive(Clone, Debug, Args)]
pub(crate) struct Show {
    /// What to draw
    #[arg(value_name = "SCHEMA", default_value = "history")]
    pub(crate) subject: String,
    #[command(flatten)]
    pub(crate) picture: Picture,
    /// Write to this file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// The dialect, where no URL says it: sqlite, postgres or mysql
    #[arg(long, value_name = "DATABASE")]
    pub(crate) dialect: Option<Dialect>,
}

/// The `--format` of pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Picture {
    Text,
    Mermaid,
    Dot,
    Svg,
    Html,
}

impl Picture {
    const ALL: [(&'static str, &'static str, Self); 5] = [
        ("text", "All that is known, in lines", Self::Text),
        ("mermaid", "A diagram for Markdown", Self::Mermaid),
        ("dot", "A diagram for Graphviz", Self::Dot),
        ("svg", "A diagram", Self::Svg),
        (
            "html",
            "A page with the diagram, the tables and the history",
            Self::Html,
        ),
    ];
}

// By hand, because the flag has the name of the one that every command has: it is in its place here, and clap wants
// the same type of it, so that the word itself is read.
impl Args for Picture {
    fn augment_args(command: Command) -> Command {
        let words = Self::ALL.map(|(word, help, _)| PossibleValue::new(word).help(help));
        let parser = PossibleValuesParser::new(words).map(|_| Format::Text);
        command.arg(
            Arg::new("format")
                .long("format")
                .value_name("FORMAT")
                .value_parser(parser)
                .default_value("text")
                .help("What to draw it as"),
        )
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Picture {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let word = matches.get_raw("format").and_then(|mut words| words.next());
        let known = Self::ALL
            .iter()
            .find(|(known, ..)| word.is_some_and(|word| word == *known));
        match known {
            Some((.., picture)) => Ok(*picture),
            None => Err(Error::raw(
                ErrorKind::InvalidValue,
                "a picture is text, mermaid, dot, svg or html: write `--format` behind `show`\n",
            )),
        }
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
