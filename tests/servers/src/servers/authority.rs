//! A certificate authority of the servers' own.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{folder::Folder, process::run};

/// The files that TLS needs.
#[derive(Clone, Debug)]
pub(crate) struct Certificates {
    /// What a client has to trust.
    pub(crate) authority: PathBuf,
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

impl Certificates {
    /// Makes an authority, and a certificate of it for the loopback.
    pub(crate) fn new(folder: &Folder) -> Self {
        let file = |name: &str| folder.path().join(name);
        let (authority, authority_key) = (file("authority.pem"), file("authority.key"));
        request(&authority, &authority_key)
            .args(["-subj", "/CN=migrate tests"])
            .args(["-addext", "keyUsage=critical,keyCertSign,cRLSign"])
            .run();
        let (certificate, key) = (file("server.pem"), file("server.key"));
        request(&certificate, &key)
            .args(["-subj", "/CN=localhost"])
            .arg("-CA", &authority)
            .arg("-CAkey", &authority_key)
            .args(["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"])
            .args(["-addext", "basicConstraints=critical,CA:FALSE"])
            .args(["-addext", "extendedKeyUsage=serverAuth"])
            .run();
        for name in ["server.pem", "server.key"] {
            folder.write(name, &fs::read_to_string(file(name)).unwrap());
        }
        Self {
            authority,
            certificate,
            key,
        }
    }
}

struct Request(Command);

fn request(certificate: &Path, key: &Path) -> Request {
    let mut command = Command::new("openssl");
    command.args(["req", "-x509", "-nodes", "-days", "2", "-newkey", "ec"]);
    command.args(["-pkeyopt", "ec_paramgen_curve:prime256v1"]);
    Request(command)
        .arg("-out", certificate)
        .arg("-keyout", key)
}

impl Request {
    fn args(mut self, words: [&str; 2]) -> Self {
        self.0.args(words);
        self
    }

    fn arg(mut self, word: &str, file: &Path) -> Self {
        self.0.arg(word).arg(file);
        self
    }

    fn run(mut self) {
        run(&mut self.0);
    }
}
