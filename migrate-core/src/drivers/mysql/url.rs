//! URLs of MySQL and MariaDB.

use std::{path::PathBuf, time::Duration};

use mysql_async::{ClientIdentity, Conn, Opts, OptsBuilder, SslOpts, UrlError};
use rustls::crypto::{CryptoProvider, ring};
use tokio::time::timeout;

use super::error;
use crate::{
    engine::driver::{DriverError, DriverErrorKind},
    error::Error,
    url::fault,
};

/// How long a server may take to let one in.
const TO_CONNECT: Duration = Duration::from_secs(30);
/// More than any server takes, so that the server is the one to say what is too large.
const LARGEST_PACKET: usize = 1 << 30;

/// What a URL says.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) opts: Opts,
    /// TLS where the server has it; only for that is the connection tried a second time.
    prefers_tls: bool,
    /// What TLS needs.
    files: Vec<PathBuf>,
}

/// How much is asked of TLS. The words are those of the `mysql` program, of sqlx and others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tls {
    Disabled,
    Preferred,
    Required,
    VerifyCa,
    VerifyIdentity,
}

#[derive(Debug, Default)]
struct Options {
    tls: Option<Tls>,
    authority: Option<PathBuf>,
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
    socket: Option<String>,
    /// What mysql_async reads itself.
    others: Vec<String>,
}

impl Target {
    pub(super) fn parse(url: &str) -> Result<Self, Error> {
        let Some((scheme, rest)) = url.split_once("://") else {
            return Err(fault(url, "write `mysql://user:password@host/database`"));
        };
        if !["mysql", "mariadb"].contains(&&*scheme.to_ascii_lowercase()) {
            return Err(fault(
                url,
                format!("`{scheme}` is not MySQL: write `mysql://user:password@host/database`"),
            ));
        }
        let rest = rest.split('#').next().unwrap_or_default();
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let options = Options::parse(query).map_err(|reason| fault(url, reason))?;
        let plain = format!("mysql://{place}?{}", options.others.join("&"));
        let parsed = Opts::from_url(&plain);
        let opts = parsed.map_err(|error| fault(url, reason(&error)))?;
        if opts.db_name().is_none_or(str::is_empty) {
            return Err(fault(
                url,
                "it names no database: write `mysql://user:password@host/database`",
            ));
        }
        let prefers_tls = options.tls == Some(Tls::Preferred);
        let files = [&options.authority, &options.certificate, &options.key];
        let files = files.into_iter().flatten().cloned().collect();
        let mut builder = OptsBuilder::from_opts(opts)
            // Where the URL says TCP, it is TCP.
            .prefer_socket(false)
            .max_allowed_packet(Some(LARGEST_PACKET))
            .wait_timeout(Some(28_800))
            .tcp_keepalive(Some(Duration::from_secs(60)));
        if let Some(tls) = options.tls_opts() {
            builder = builder.ssl_opts(Some(tls));
        }
        if let Some(socket) = options.socket {
            builder = builder.socket(Some(socket));
        }
        Ok(Self {
            opts: builder.into(),
            prefers_tls,
            files,
        })
    }

    /// A connection, and nothing else sent over it.
    pub(super) async fn open(&self) -> Result<Conn, DriverError> {
        for file in &self.files {
            if let Err(failed) = std::fs::File::open(file) {
                let message = format!(
                    "the file `{}` of the URL cannot be read: {failed}",
                    file.display()
                );
                return Err(DriverError::new(DriverErrorKind::Other, message).with_source(failed));
            }
        }
        match open(&self.opts).await {
            Err(failed) if self.prefers_tls && has_no_tls(&failed) => {
                let plain = OptsBuilder::from_opts(self.opts.clone()).ssl_opts(None);
                open(&plain.into()).await
            }
            opened => opened,
        }
    }
}

fn has_no_tls(failed: &DriverError) -> bool {
    use mysql_async::{DriverError as ClientError, Error as ClientFault};
    let source = failed.source.as_ref();
    matches!(
        source.and_then(|source| source.downcast_ref()),
        Some(ClientFault::Driver(ClientError::NoClientSslFlagFromServer))
    )
}

impl Options {
    fn parse(query: &str) -> Result<Self, String> {
        let mut options = Self::default();
        let mut verifies = (true, true);
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let decoded = || decoded(value).ok_or_else(|| format!("`?{name}` cannot be read"));
            match name {
                "ssl-mode" | "sslmode" | "ssl_mode" => options.tls = Some(Tls::parse(name, value)?),
                "ssl-ca" | "ssl_ca" | "sslrootcert" => options.authority = Some(decoded()?.into()),
                "ssl-cert" | "ssl_cert" | "sslcert" => {
                    options.certificate = Some(decoded()?.into())
                }
                "ssl-key" | "ssl_key" | "sslkey" => options.key = Some(decoded()?.into()),
                "socket" => options.socket = Some(decoded()?),
                "require_ssl" => match value {
                    "true" => options.tls = Some(Tls::VerifyIdentity),
                    "false" => options.tls = Some(Tls::Disabled),
                    _ => return Err("`?require_ssl` can be `true` or `false`".to_owned()),
                },
                "verify_ca" => verifies.0 = value != "false",
                "verify_identity" => verifies.1 = value != "false",
                // sqlx's own, which its pools put into every URL.
                "charset" | "collation" | "timezone" | "statement-cache-capacity" => {}
                _ => options.others.push(pair.to_owned()),
            }
        }
        if options.tls == Some(Tls::VerifyIdentity) {
            options.tls = Some(match verifies {
                (false, _) => Tls::Required,
                (_, false) => Tls::VerifyCa,
                _ => Tls::VerifyIdentity,
            });
        }
        if options.certificate.is_some() != options.key.is_some() {
            return Err("`?ssl-cert` and `?ssl-key` belong together".to_owned());
        }
        if options.tls.is_none() && (options.authority.is_some() || options.certificate.is_some()) {
            options.tls = Some(Tls::VerifyCa);
        }
        Ok(options)
    }

    fn tls_opts(&self) -> Option<SslOpts> {
        let tls = self.tls.filter(|tls| *tls != Tls::Disabled)?;
        let trusted = tls < Tls::VerifyCa;
        let mut opts = SslOpts::default()
            .with_danger_accept_invalid_certs(trusted)
            .with_danger_skip_domain_validation(tls < Tls::VerifyIdentity);
        if let Some(path) = &self.authority {
            opts = opts
                .with_root_certs(vec![path.clone().into()])
                .with_disable_built_in_roots(true);
        }
        if let Some((certificate, key)) = self.certificate.clone().zip(self.key.clone()) {
            opts = opts
                .with_client_identity(Some(ClientIdentity::new(certificate.into(), key.into())));
        }
        Some(opts)
    }
}

impl PartialOrd for Tls {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        (*self as u8).partial_cmp(&(*other as u8))
    }
}

impl Tls {
    fn parse(name: &str, value: &str) -> Result<Self, String> {
        match &*value.to_ascii_lowercase().replace('-', "_") {
            "disabled" | "disable" => Ok(Self::Disabled),
            "preferred" | "prefer" => Ok(Self::Preferred),
            "required" | "require" => Ok(Self::Required),
            "verify_ca" => Ok(Self::VerifyCa),
            "verify_identity" | "verify_full" => Ok(Self::VerifyIdentity),
            _ => Err(format!(
                "`?{name}` can be `disabled`, `preferred`, `required`, `verify_ca` or `verify_identity`"
            )),
        }
    }
}

/// A value with its `%20`.
fn decoded(value: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let [first, behind @ ..] = rest {
        rest = behind;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let digits = std::str::from_utf8(behind.get(..2)?).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = &behind[2..];
    }
    String::from_utf8(bytes).ok()
}

/// Never with a value, which may be a password.
fn reason(error: &UrlError) -> String {
    match error {
        UrlError::UnknownParameter { param } => format!(
            "`?{param}` cannot stand here: `ssl-mode`, `ssl-ca`, `ssl-cert`, `ssl-key`, `socket` and the parameters of \
             mysql_async can"
        ),
        UrlError::InvalidParamValue { param, .. } => format!("the value of `?{param}` is not one"),
        UrlError::Parse(error) => format!(
            "{error}; a character of a user or a password that means something in a URL has to be encoded, as `%40` for `@`"
        ),
        _ => "write `mysql://user:password@host/database`".to_owned(),
    }
}

/// A connection, however it is to be made.
pub(super) async fn open(opts: &Opts) -> Result<Conn, DriverError> {
    if opts.ssl_opts().is_some() && CryptoProvider::get_default().is_none() {
        // Where somebody else was faster, there is one.
        let _ = ring::default_provider().install_default();
    }
    match timeout(TO_CONNECT, Conn::new(opts.clone())).await {
        Ok(opened) => opened.map_err(error::error),
        Err(_) => Err(DriverError::new(
            DriverErrorKind::Other,
            format!("no answer for {} s", TO_CONNECT.as_secs()),
        )),
    }
}

/// What the database is called in messages.
pub(super) fn name(opts: &Opts, database: Option<&str>) -> String {
    let place = match opts.socket() {
        Some(socket) => socket.to_owned(),
        None => format!("{}:{}", opts.ip_or_hostname(), opts.tcp_port()),
    };
    match database.or(opts.db_name()) {
        Some(database) => format!("`{database}` on {place}"),
        None => place,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(url: &str) -> String {
        let target = Target::parse(url).unwrap();
        name(&target.opts, None)
    }

    fn refused(url: &str) -> String {
        let error = Target::parse(url).unwrap_err();
        assert!(error.is_usage());
        error.to_string()
    }

    #[test]
    fn urls_name_databases() {
        assert_eq!(
            named("mysql://ann:p%40ss@db.example/app"),
            "`app` on db.example:3306"
        );
        assert_eq!(
            named("MariaDB://db:3307/app?ssl-mode=required"),
            "`app` on db:3307"
        );
        assert_eq!(
            named("mysql://root@localhost/a?socket=/tmp/my%20sql"),
            "`a` on /tmp/my sql"
        );
        // As a pool of sqlx tells where it connects to.
        let sqlx = "mysql://root@db:3306/app?ssl-mode=PREFERRED&charset=utf8mb4&statement-cache-capacity=100";
        assert_eq!(named(sqlx), "`app` on db:3306");
        let opts = Target::parse("mysql://ann:p%40ss%2F@db/app").unwrap().opts;
        assert_eq!((opts.user(), opts.pass()), (Some("ann"), Some("p@ss/")));
    }

    #[test]
    fn tls_is_as_the_url_says() {
        let tls = |url: &str| {
            let opts = Target::parse(&format!("mysql://db/app?{url}"))
                .unwrap()
                .opts;
            opts.ssl_opts()
                .map(|ssl| (ssl.accept_invalid_certs(), ssl.skip_domain_validation()))
        };
        assert_eq!(tls(""), None);
        assert_eq!(tls("ssl-mode=DISABLED"), None);
        assert_eq!(tls("sslmode=prefer"), Some((true, true)));
        assert_eq!(tls("ssl-mode=verify_ca"), Some((false, true)));
        assert_eq!(tls("ssl-mode=VERIFY_IDENTITY"), Some((false, false)));
        assert_eq!(tls("require_ssl=true"), Some((false, false)));
        assert_eq!(tls("require_ssl=true&verify_ca=false"), Some((true, true)));
        assert_eq!(tls("ssl-ca=/ca.pem"), Some((false, true)));
    }

    #[test]
    fn what_cannot_be_read_says_why_and_shows_no_password() {
        for (url, expected) in [
            ("mysql://ann:secret@db", "it names no database"),
            ("mysql://ann:secret@db/", "it names no database"),
            ("postgres://ann:secret@db/app", "`postgres` is not MySQL"),
            (
                "mysql://ann:secret@db/app?sslmode=secret",
                "`?sslmode` can be",
            ),
            (
                "mysql://ann:secret@db/app?key=secret",
                "`?key` cannot stand here",
            ),
            (
                "mysql://ann:secret@db/app?pool_min=secret",
                "the value of `?pool_min`",
            ),
            (
                "mysql://ann:secret@db/app?ssl-key=secret",
                "belong together",
            ),
            ("mysql://ann:secret@db:port/app", "invalid port number"),
            ("app", "write `mysql://"),
        ] {
            let text = refused(url);
            assert!(text.contains(expected), "{text}");
            assert!(!text.contains("secret"), "{text}");
        }
    }
}
