//! Which database.

use std::{env, fs, path::Path};

use crate::fault::Fault;

/// Reads `.env`, in the current folder or above it. A variable that is set already stays.
///
/// # Errors
///
/// Where there is such a file and it cannot be read.
pub(crate) fn load_env_file() -> Result<(), Fault> {
    match dotenvy::dotenv() {
        Ok(_) => Ok(()),
        Err(error) if error.not_found() => Ok(()),
        // The line itself may hold a password, and is not shown.
        Err(dotenvy::Error::LineParse(line, _)) => {
            let place = place_in_env_file(&line).unwrap_or_else(|| ".env".to_owned());
            Err(Fault::Usage(format!(
                "{place}: this line is no `NAME=value`; a value with spaces or `#` stands in quotes"
            )))
        }
        Err(error) => Err(Fault::Usage(format!("cannot read the file .env: {error}"))),
    }
}

/// The file and the line in which a text stands.
fn place_in_env_file(text: &str) -> Option<String> {
    let here = env::current_dir().ok()?;
    let path = (here.ancestors().map(|folder| folder.join(".env"))).find(|path| path.is_file())?;
    let file = fs::read_to_string(&path).ok()?;
    let before = file.get(..file.find(text.trim_end())?)?;
    let line = before.matches('\n').count() + 1;
    Some(format!("{}:{line}", path.display()))
}

/// The URLs: from the flags, the environment, a file, or the program.
pub(crate) fn database_urls(flags: &[String], default: Option<&str>) -> Result<Vec<String>, Fault> {
    if !flags.is_empty() {
        return Ok(flags.to_vec());
    }
    match env::var("DATABASE_URL") {
        Ok(url) if !url.is_empty() => return Ok(vec![url]),
        Ok(_) | Err(env::VarError::NotPresent) => {}
        Err(env::VarError::NotUnicode(_)) => {
            return Err(Fault::Usage("DATABASE_URL is not UTF-8".to_owned()));
        }
    }
    if let Some(path) = env::var_os("DATABASE_URL_FILE").filter(|path| !path.is_empty()) {
        return in_file(Path::new(&path));
    }
    match default {
        Some(url) => Ok(vec![url.to_owned()]),
        None => Err(Fault::Usage("which database? Give `--database-url sqlite:app.db`, or set DATABASE_URL or DATABASE_URL_FILE".to_owned())),
    }
}

/// One in each line.
fn in_file(path: &Path) -> Result<Vec<String>, Fault> {
    let text = fs::read_to_string(path).map_err(|source| {
        Fault::Usage(format!(
            "cannot read `{}`, which DATABASE_URL_FILE names: {source}",
            path.display()
        ))
    })?;
    let lines = text.lines().map(str::trim);
    let urls: Vec<String> = (lines.filter(|line| !line.is_empty()))
        .map(str::to_owned)
        .collect();
    if urls.is_empty() {
        return Err(Fault::Usage(format!(
            "DATABASE_URL_FILE names `{}`, which is empty",
            path.display()
        )));
    }
    Ok(urls)
}
