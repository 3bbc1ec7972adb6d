//! Which database.

use std::{env, fs};

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
        Err(error) => Err(Fault::Usage(format!("cannot read the file `.env`: {error}"))),
    }
}

/// The URL: from the flag, the environment, a file, or the program.
pub(crate) fn database_url(flag: Option<&str>, default: Option<&str>) -> Result<String, Fault> {
    if let Some(url) = flag {
        return Ok(url.to_owned());
    }
    match env::var("DATABASE_URL") {
        Ok(url) if !url.is_empty() => return Ok(url),
        Ok(_) | Err(env::VarError::NotPresent) => {}
        Err(env::VarError::NotUnicode(_)) => return Err(Fault::Usage("DATABASE_URL is not UTF-8".to_owned())),
    }
    if let Some(path) = env::var_os("DATABASE_URL_FILE").filter(|path| !path.is_empty()) {
        let text = fs::read_to_string(&path)
            .map_err(|source| Fault::Usage(format!("cannot read DATABASE_URL_FILE {}: {source}", path.display())))?;
        let url = text.trim();
        if url.is_empty() {
            return Err(Fault::Usage(format!("DATABASE_URL_FILE {} is empty", path.display())));
        }
        return Ok(url.to_owned());
    }
    default.map(str::to_owned).ok_or_else(|| {
        Fault::Usage("which database? Give --database-url sqlite:app.db, or set DATABASE_URL or DATABASE_URL_FILE".to_owned())
    })
}
