//! Scripts for shells.

use clap::Command;
use clap_complete::{Shell, generate};

use crate::{
    args::Format,
    fault::{Exit, Fault},
    output::Output,
};

/// A script that completes what stands behind this name.
pub(crate) fn completions(
    mut definition: Command,
    name: &str,
    shell: Shell,
    format: Format,
) -> Result<Exit, Fault> {
    let mut script = Vec::new();
    generate(shell, &mut definition, name, &mut script);
    let script = String::from_utf8_lossy(&script);
    Output::without_database(format).text("script", &script)?;
    Ok(Exit::Done)
}
