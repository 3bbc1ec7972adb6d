//! What `cargo migrate` does itself, without the application's own program.

use migrate_core::Database;

use super::side::Side;
use crate::args::{Global, Picture, SchemaCommand};

/// Whether a command needs nothing of the application: documents, and databases that are named by URLs for which this
/// program has the drivers.
pub(crate) fn needs_no_program(command: &SchemaCommand, global: &Global) -> bool {
    let named = || {
        let mut urls = global.database_url.iter();
        !global.database_url.is_empty() && urls.all(|url| opens(url))
    };
    match command {
        SchemaCommand::Validate(_) => true,
        SchemaCommand::Export(_) => named(),
        SchemaCommand::Apply(asked) => named() && is_at_hand(&asked.wanted, &named),
        SchemaCommand::Diff(asked) => [&asked.from, &asked.to]
            .iter()
            .all(|side| is_at_hand(side, &named)),
        SchemaCommand::Show(asked) => match Side::of(&asked.subject) {
            Ok(Side::Document(..)) => true,
            // The page has the history of the application.
            _ => asked.picture != Picture::Html && is_at_hand(&asked.subject, &named),
        },
    }
}

fn is_at_hand(word: &str, named: &impl Fn() -> bool) -> bool {
    match Side::of(word) {
        Ok(Side::Document(..)) => true,
        Ok(Side::Url(url)) => opens(&url),
        Ok(Side::Database) => named(),
        Ok(Side::History | Side::Applied) | Err(_) => false,
    }
}

/// Whether there is a driver. A server is not spoken to by that.
fn opens(url: &str) -> bool {
    Database::open_existing(url).is_ok()
}
