//! As much of HTTP as it takes to ask a server on the loopback.

use std::{
    io::{Error, ErrorKind, Read, Result, Write},
    net::TcpStream,
    time::Duration,
};

/// A stalled server gives no answer at all.
const LIMIT: Duration = Duration::from_secs(10);

/// The status and the body.
pub(crate) fn get(port: u16, path: &str) -> Result<(u16, String)> {
    ask(
        port,
        &format!("GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n"),
    )
}

/// The status and the body.
pub(crate) fn post(port: u16, path: &str, body: &str) -> Result<(u16, String)> {
    let length = body.len();
    ask(
        port,
        &format!(
            "POST {path} HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n\
             {body}"
        ),
    )
}

/// By HTTP/1.0 a body ends where the connection does.
fn ask(port: u16, request: &str) -> Result<(u16, String)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(LIMIT))?;
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let parsed = answer.split_once("\r\n\r\n").and_then(|(head, body)| {
        let status = head.split(' ').nth(1)?.parse().ok()?;
        Some((status, body.to_owned()))
    });
    parsed.ok_or_else(|| Error::new(ErrorKind::InvalidData, answer))
}
