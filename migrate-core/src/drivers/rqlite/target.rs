//! Which nodes, and who asks them: the URL.

use std::path::PathBuf;

use crate::{error::Error, url::fault};

/// The port of rqlite's HTTP API, unless a URL names another one.
const PORT: u16 = 4001;

/// What a URL says.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Target {
    /// `http://host:port` of each node.
    pub(super) nodes: Vec<String>,
    pub(super) user: Option<String>,
    pub(super) password: Option<String>,
    /// The nodes as messages name them.
    pub(super) name: String,
    /// A file with the authorities that are trusted, instead of those of the system.
    pub(super) authorities: Option<PathBuf>,
}

impl Target {
    pub(super) fn parse(url: &str) -> Result<Self, Error> {
        Self::read(url).map_err(|reason| fault(url, reason))
    }

    #[cfg(feature = "rqlite-tls")]
    pub(super) fn is_encrypted(&self) -> bool {
        self.nodes.iter().all(|node| node.starts_with("https:"))
    }

    fn read(url: &str) -> Result<Self, String> {
        let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
        let mut tls = match &*scheme.to_ascii_lowercase() {
            "rqlite" => false,
            "rqlites" => true,
            _ => return Err("write `rqlite://host:4001`, or `rqlites://` for TLS".to_owned()),
        };
        let (rest, options) = rest.split_once('?').unwrap_or((rest, ""));
        let mut authorities = None;
        for option in options.split('&').filter(|option| !option.is_empty()) {
            match option.split_once('=').unwrap_or((option, "true")) {
                ("tls", "true") => tls = true,
                ("tls", "false") => tls = false,
                ("ca", file) => authorities = Some(PathBuf::from(decoded(file)?)),
                // What it is set to may be a password.
                (name, _) => {
                    return Err(format!(
                        "`?{name}` cannot stand here: only `?tls` and `?ca=FILE` can"
                    ));
                }
            }
        }
        if tls && !cfg!(feature = "rqlite-tls") {
            return Err(
                "this program was built without TLS for rqlite: give `migrate-core` the feature `rqlite-tls`"
                    .to_owned(),
            );
        }
        let (user, hosts) = match rest.rsplit_once('@') {
            Some((user, hosts)) => (Some(user), hosts),
            None => (None, rest),
        };
        let (user, password) = match user.map(|user| user.split_once(':').unwrap_or((user, ""))) {
            Some((user, password)) => (Some(decoded(user)?), Some(decoded(password)?)),
            None => (None, None),
        };
        let hosts = hosts.strip_suffix('/').unwrap_or(hosts);
        if hosts.contains('/') {
            return Err("a cluster of rqlite is one database: leave the path out".to_owned());
        }
        let nodes: Result<Vec<String>, String> = hosts.split(',').map(with_port).collect();
        let nodes = nodes?;
        let name = nodes.join(", ");
        let scheme = if tls { "https" } else { "http" };
        let nodes = nodes.iter().map(|node| format!("{scheme}://{node}"));
        Ok(Self {
            nodes: nodes.collect(),
            user,
            password,
            name,
            authorities,
        })
    }
}

fn with_port(host: &str) -> Result<String, String> {
    let is_host = |host: &str| !host.is_empty() && !host.contains(char::is_whitespace);
    let (name, port) = match host.rsplit_once(':') {
        // The colons of an address in brackets.
        Some((_, behind)) if behind.contains(']') => (host, None),
        Some((name, port)) => (name, Some(port)),
        None => (host, None),
    };
    if !is_host(name) {
        return Err("a host is empty: write `rqlite://host:4001`".to_owned());
    }
    match port.map(str::parse::<u16>) {
        None => Ok(format!("{name}:{PORT}")),
        Some(Ok(port)) => Ok(format!("{name}:{port}")),
        Some(Err(_)) => Err(format!(
            "the port of `{name}` is no number: if it is a part of a password, encode it (`@` is `%40`, `/` is `%2F`)"
        )),
    }
}

/// A part of a URL without its `%40`.
fn decoded(text: &str) -> Result<String, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|byte| char::from(byte).to_digit(16));
        let byte = digit()
            .zip(digit())
            .and_then(|(high, low)| u8::try_from(high * 16 + low).ok());
        bytes
            .push(byte.ok_or("behind a `%` have to stand two hexadecimal digits: `%25` is a `%`")?);
    }
    String::from_utf8(bytes).map_err(|_| "user or password is no UTF-8".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_name_nodes() {
        for (url, nodes) in [
            ("rqlite://db", vec!["http://db:4001"]),
            ("rqlite://db:80/", vec!["http://db:80"]),
            (
                "RQLITE://a,b:4003,[::1],[::1]:9",
                vec![
                    "http://a:4001",
                    "http://b:4003",
                    "http://[::1]:4001",
                    "http://[::1]:9",
                ],
            ),
            ("rqlite://db?tls=false", vec!["http://db:4001"]),
        ] {
            assert_eq!(Target::parse(url).unwrap().nodes, nodes, "{url}");
        }
    }

    #[test]
    fn users_are_decoded() {
        let of = |url| {
            let target = Target::parse(url).unwrap();
            (target.user, target.password)
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(of("rqlite://db"), (None, None));
        assert_eq!(of("rqlite://ann@db"), (some("ann"), some("")));
        assert_eq!(
            of("rqlite://ann:p%40ss%3Aw%2Frd@a,b"),
            (some("ann"), some("p@ss:w/rd"))
        );
    }

    #[test]
    fn what_is_wrong_is_said_without_the_password() {
        for (url, words) in [
            ("http://db", "write `rqlite://host:4001`"),
            ("rqlite://", "a host is empty"),
            ("rqlite://a,,b", "a host is empty"),
            ("rqlite://ann:s3cret@db/app", "leave the path out"),
            (
                "rqlite://ann:s3cret@db?key=s3cret",
                "`?key` cannot stand here",
            ),
            ("rqlite://ann:s3cret%@db", "two hexadecimal digits"),
            ("rqlite://ann:s3cret@db:x", "the port of `db` is no number"),
        ] {
            let error = Target::parse(url).err().unwrap();
            assert!(error.is_usage());
            let text = error.to_string();
            assert!(text.contains(words) && !text.contains("s3cret"), "{text}");
        }
    }

    #[cfg(not(feature = "rqlite-tls"))]
    #[test]
    fn a_program_without_tls_says_so() {
        for url in ["rqlites://db", "rqlite://db?tls"] {
            let text = Target::parse(url).err().unwrap().to_string();
            assert!(text.contains("the feature `rqlite-tls`"), "{text}");
        }
    }
}
