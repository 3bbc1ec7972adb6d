//! Whom a cluster that is asked over TLS has to be known to.

use std::{fs, path::Path};

use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

/// Trusts the authorities of a file, or those of the system.
pub(super) fn config(authorities: Option<&Path>) -> Result<TlsConfig, String> {
    let trusted = match authorities {
        Some(file) => {
            of_file(file).map_err(|reason| format!("`?ca={}`: {reason}", file.display()))?
        }
        None => of_system()?,
    };
    let trusted = RootCerts::new_with_certs(&trusted);
    Ok(TlsConfig::builder().root_certs(trusted).build())
}

fn of_file(file: &Path) -> Result<Vec<Certificate<'static>>, String> {
    let text = fs::read(file).map_err(|error| error.to_string())?;
    let mut found = Vec::new();
    for item in parse_pem(&text) {
        if let PemItem::Certificate(certificate) = item.map_err(|error| error.to_string())? {
            found.push(certificate);
        }
    }
    if found.is_empty() {
        return Err("there is no certificate in it".to_owned());
    }
    Ok(found)
}

fn of_system() -> Result<Vec<Certificate<'static>>, String> {
    let system = rustls_native_certs::load_native_certs();
    let found = system.certs.iter();
    let found: Vec<_> = found
        .map(|certificate| Certificate::from_der(certificate).to_owned())
        .collect();
    match system.errors.first() {
        Some(error) if found.is_empty() => Err(format!(
            "the authorities of the system cannot be read: {error}"
        )),
        _ => Ok(found),
    }
}
