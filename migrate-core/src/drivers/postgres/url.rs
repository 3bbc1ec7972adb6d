//! Where a database is, and how its server is known: from a URL or from `key=value` pairs.

use std::time::Duration;

use percent_encoding::percent_decode_str;
use tokio_postgres::{
    Config,
    config::{Host, SslMode, SslNegotiation},
};

use crate::{
    error::Error,
    url::{fault, shown},
};

use super::tls::{Identity, Tls, Trust};

/// How long to wait for a connection where the URL does not say it.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// After which silence the system asks whether the other side is still there, where the URL does not say it.
const KEEPALIVES_IDLE: Duration = Duration::from_secs(30);

/// A database, by its URL.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) config: Config,
    pub(super) tls: Tls,
    /// The database and its server, without user and password.
    pub(super) name: String,
}

/// What tokio-postgres does not know itself.
#[derive(Default)]
struct Own {
    sslmode: Option<String>,
    root: Option<String>,
    certificate: Option<String>,
    key: Option<String>,
    /// What is there at all, for what is only set where it is not.
    names: Vec<String>,
}

impl Own {
    /// Takes a parameter, or leaves it to tokio-postgres.
    fn take(&mut self, name: &str, value: &str) -> bool {
        self.names.push(name.to_owned());
        let place = match name {
            "sslmode" | "ssl-mode" => &mut self.sslmode,
            "sslrootcert" => &mut self.root,
            "sslcert" => &mut self.certificate,
            "sslkey" => &mut self.key,
            // sqlx's own, which its pools put into every URL. Nothing is prepared here.
            "statement-cache-capacity" => return true,
            _ => return false,
        };
        *place = Some(value.to_owned());
        true
    }

    fn has(&self, name: &str) -> bool {
        self.names.iter().any(|known| known == name)
    }

    /// As libpq has it: without a root certificate, `require` asks for encryption alone.
    fn mode(&self) -> Result<(SslMode, Trust), String> {
        let known = |trust| match self.root {
            Some(_) => Trust::Chain,
            None => trust,
        };
        Ok(match self.sslmode.as_deref() {
            Some("disable") => (SslMode::Disable, Trust::Anyone),
            None | Some("allow" | "prefer") => (SslMode::Prefer, Trust::Anyone),
            Some("require") => (SslMode::Require, known(Trust::Anyone)),
            Some("verify-ca") => (SslMode::Require, Trust::Chain),
            Some("verify-full") => (SslMode::Require, Trust::ChainAndName),
            Some(_) => {
                return Err(
                    "`sslmode` is disable, prefer, require, verify-ca or verify-full".to_owned(),
                );
            }
        })
    }
}

impl Target {
    pub(super) fn parse(url: &str) -> Result<Self, Error> {
        Self::try_parse(url).map_err(|reason| fault(&redacted(url), reason))
    }

    fn try_parse(url: &str) -> Result<Self, String> {
        let mut own = Own::default();
        let rest = match url.split_once("://") {
            Some((scheme, rest)) if is_ours(scheme) => {
                of_url(&format!("postgres://{rest}"), &mut own)?
            }
            Some((scheme, _)) if !scheme.contains(['=', ' ']) => {
                return Err(format!(
                    "`{scheme}` is not PostgreSQL: write `postgres://user@host/database`"
                ));
            }
            _ if url.contains('=') => of_pairs(url, &mut own)?,
            _ => return Err("write `postgres://user@host/database`".to_owned()),
        };
        let mut config: Config = rest.parse().map_err(|error: tokio_postgres::Error| {
            let source = std::error::Error::source(&error);
            source.map_or_else(|| error.to_string(), ToString::to_string)
        })?;
        let (mode, trust) = own.mode()?;
        config.ssl_mode(mode);
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            config.host("localhost");
        }
        if !own.has("application_name") {
            config.application_name("migrate");
        }
        if !own.has("connect_timeout") {
            config.connect_timeout(CONNECT_TIMEOUT);
        }
        if !own.has("keepalives_idle") {
            config.keepalives_idle(KEEPALIVES_IDLE);
        }
        let identity = match (&own.certificate, &own.key) {
            (None, None) => None,
            (Some(certificate), Some(key)) => Some(Identity { certificate, key }),
            _ => return Err("`sslcert` and `sslkey` go together".to_owned()),
        };
        let direct = config.get_ssl_negotiation() == SslNegotiation::Direct;
        let tls = Tls::new(mode, trust, own.root.as_deref(), identity, direct)?;
        let name = name(&config);
        Ok(Self { config, tls, name })
    }
}

fn is_ours(scheme: &str) -> bool {
    let ours = ["postgres", "postgresql"];
    ours.iter().any(|ours| scheme.eq_ignore_ascii_case(ours))
}

/// The URL without what is ours.
fn of_url(url: &str, own: &mut Own) -> Result<String, String> {
    let Some((front, query)) = url.split_once('?') else {
        return Ok(url.to_owned());
    };
    let mut rest = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let decoded = percent_decode_str(value)
            .decode_utf8()
            .map_err(|_| format!("`{name}` is not UTF-8"))?;
        if !own.take(name, &decoded) {
            rest.push(pair);
        }
    }
    Ok(format!("{front}?{}", rest.join("&")))
}

/// The pairs without those that are ours.
fn of_pairs(text: &str, own: &mut Own) -> Result<String, String> {
    let mut rest = String::new();
    let mut left = text.trim_start();
    while !left.is_empty() {
        let (name, behind) = left
            .split_once('=')
            .ok_or("a word has no `=` behind it: write `key=value`")?;
        let (value, behind) = value(behind.trim_start())?;
        let name = name.trim_end();
        if !own.take(name, &value) {
            let value = value.replace('\\', "\\\\").replace('\'', "\\'");
            rest.push_str(&format!("{name}='{value}' "));
        }
        left = behind.trim_start();
    }
    Ok(rest)
}

/// A value, which may be in quotes, and what stands behind it.
fn value(text: &str) -> Result<(String, &str), String> {
    let quoted = text.starts_with('\'');
    let mut value = String::new();
    let mut characters = text.char_indices().skip(usize::from(quoted));
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            '\'' if quoted => return Ok((value, &text[at + 1..])),
            space if !quoted && space.is_whitespace() => return Ok((value, &text[at..])),
            other => value.push(other),
        }
    }
    if quoted {
        return Err("a quote is not closed".to_owned());
    }
    Ok((value, ""))
}

fn name(config: &Config) -> String {
    let database = config.get_dbname().or(config.get_user());
    let ports = config.get_ports();
    let hosts = config.get_hosts().iter().enumerate().map(|(at, host)| {
        let port = ports.get(at).or(ports.last()).copied().unwrap_or(5432);
        match host {
            Host::Tcp(host) if host.contains(':') => format!("[{host}]:{port}"),
            Host::Tcp(host) => format!("{host}:{port}"),
            #[cfg(unix)]
            Host::Unix(folder) => format!("{} (port {port})", folder.display()),
        }
    });
    let hosts: Vec<String> = match config.get_hosts() {
        [] => config
            .get_hostaddrs()
            .iter()
            .map(ToString::to_string)
            .collect(),
        _ => hosts.collect(),
    };
    match database {
        Some(database) => format!("`{database}` on {}", hosts.join(", ")),
        None => format!("the database on {}", hosts.join(", ")),
    }
}

/// What of it may be shown: of pairs nothing, because any of them may be a secret.
fn redacted(url: &str) -> String {
    if url.contains("://") {
        return shown(url);
    }
    let word = url.split(['=', ' ', '\'']).next().unwrap_or_default();
    format!("{word}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(url: &str) -> Target {
        Target::parse(url).unwrap()
    }

    #[test]
    fn urls_and_pairs_say_the_same() {
        let url = target(
            "postgresql://us%65r:p%40ss@db.example:5433/app?sslmode=require&connect_timeout=3",
        );
        let pairs = target(
            r"host=db.example port = 5433 user='us\er' password='p@ss' dbname=app sslmode=require connect_timeout=3",
        );
        assert_eq!(url.name, "`app` on db.example:5433");
        assert_eq!(url.config, pairs.config);
        assert_eq!(url.config.get_password(), Some(&b"p@ss"[..]));
        assert_eq!(url.config.get_ssl_mode(), SslMode::Require);
    }

    #[cfg(unix)]
    #[test]
    fn a_socket_is_a_folder() {
        for url in [
            "postgres:///app?host=/var/run/postgresql&port=5433",
            "postgres://%2Fvar%2Frun%2Fpostgresql:5433/app",
            "host=/var/run/postgresql port=5433 dbname=app",
        ] {
            assert_eq!(target(url).name, "`app` on /var/run/postgresql (port 5433)");
        }
    }

    #[test]
    fn what_is_left_out_has_a_default() {
        let target = target("postgres://localhost/app");
        assert_eq!(target.config.get_ssl_mode(), SslMode::Prefer);
        assert_eq!(target.config.get_connect_timeout(), Some(&CONNECT_TIMEOUT));
        assert_eq!(target.config.get_application_name(), Some("migrate"));
        let said = Target::parse("postgres:///app?application_name=blog").unwrap();
        assert_eq!(said.config.get_application_name(), Some("blog"));
        assert_eq!(said.name, "`app` on localhost:5432");
        // As a pool of sqlx tells where it connects to.
        let url = "postgres://ann@localhost:5432/app?sslmode=allow&statement-cache-capacity=100";
        assert_eq!(Target::parse(url).unwrap().name, "`app` on localhost:5432");
    }

    #[test]
    fn what_is_wrong_is_said_without_the_password() {
        for (url, expected) in [
            (
                "mysql://root:secret@h/app",
                "cannot open `mysql://root:***@h/app`: `mysql` is not PostgreSQL",
            ),
            (
                "postgres://u:secret@h/app?sslmode=on",
                "`sslmode` is disable, prefer,",
            ),
            (
                "postgres://u:secret@h/app?nonsense=secret",
                "unknown option `nonsense`",
            ),
            (
                "postgres://u:secret@h:port/app",
                "invalid value for option `port`",
            ),
            ("postgres://u:se/cr@secret@h/app?sslcert=a", "go together"),
            ("password='secret", "a quote is not closed"),
            ("password=secret host", "has no `=` behind it"),
            ("secret", "write `postgres://"),
            (
                "postgres://u@h/app?sslmode=verify-full&sslrootcert=/none",
                "/none",
            ),
        ] {
            let error = Target::parse(url).err().unwrap();
            let text = error.to_string();
            assert!(text.contains(expected), "{url}: {text}");
            assert!(error.is_usage());
            assert!(url == "secret" || !text.contains("secret"), "{text}");
        }
    }
}
