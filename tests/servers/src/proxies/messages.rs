//! Messages of PostgreSQL's protocol, as much of them as the simulation reads.

use std::io::{Read, Result, Write};

/// A request for TLS or for GSSAPI, instead of a start.
const ENCRYPTION: [u32; 2] = [80_877_103, 80_877_104];

/// A message with a type.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) kind: u8,
    pub(crate) body: Vec<u8>,
}

impl Message {
    pub(crate) fn read(from: &mut impl Read) -> Result<Self> {
        let mut head = [0; 5];
        from.read_exact(&mut head)?;
        let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]);
        let mut body = vec![0; usize::try_from(length).unwrap().saturating_sub(4)];
        from.read_exact(&mut body)?;
        Ok(Self {
            kind: head[0],
            body,
        })
    }

    pub(crate) fn write(&self, to: &mut impl Write) -> Result<()> {
        let length = u32::try_from(self.body.len() + 4).unwrap();
        let mut bytes = vec![self.kind];
        bytes.extend(length.to_be_bytes());
        bytes.extend(&self.body);
        to.write_all(&bytes)
    }

    /// The SQL of a query or of a statement that is to be prepared.
    pub(crate) fn sql(&self) -> Option<String> {
        let mut texts = self.body.split(|byte| *byte == 0);
        let sql = match self.kind {
            b'Q' => texts.next(),
            b'P' => texts.nth(1),
            _ => None,
        };
        sql.map(|sql| String::from_utf8_lossy(sql).into_owned())
    }

    /// Puts other SQL in its place.
    pub(crate) fn set_sql(&mut self, sql: &str) {
        let texts: Vec<&[u8]> = self.body.splitn(3, |byte| *byte == 0).collect();
        self.body = match (self.kind, texts.as_slice()) {
            (b'P', [name, _, types]) => [name, sql.as_bytes(), types].join(&0),
            _ => [sql.as_bytes(), &[0]].concat(),
        };
    }

    pub(crate) fn parameter(name: &str, value: &str) -> Self {
        let body = format!("{name}\0{value}\0").into_bytes();
        Self { kind: b'S', body }
    }

    pub(crate) fn error(code: &str, message: &str) -> Self {
        let body = format!("SERROR\0VERROR\0C{code}\0M{message}\0\0").into_bytes();
        Self { kind: b'E', body }
    }
}

/// The first message of a client, which has no type: refuses encryption, and hands on what comes then. Nothing where it
/// is none that starts a session.
pub(crate) fn start(client: &mut (impl Read + Write), server: &mut impl Write) -> Result<bool> {
    loop {
        let mut head = [0; 8];
        client.read_exact(&mut head)?;
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]);
        let code = u32::from_be_bytes([head[4], head[5], head[6], head[7]]);
        if ENCRYPTION.contains(&code) {
            client.write_all(b"N")?;
            continue;
        }
        let mut rest = vec![0; usize::try_from(length).unwrap().saturating_sub(8)];
        client.read_exact(&mut rest)?;
        server.write_all(&head)?;
        server.write_all(&rest)?;
        // The major version; a request to cancel has another number there.
        return Ok(code >> 16 == 3);
    }
}
