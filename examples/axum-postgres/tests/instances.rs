//! Three instances start at once on an empty database.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test ends where something fails")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
};

use migrate_test_servers::Postgres;

/// A running instance, which ends with the value.
struct Instance {
    process: Child,
    applied: usize,
    address: String,
}

impl Drop for Instance {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn start(url: &str) -> Child {
    Command::new(env!("CARGO_BIN_EXE_axum-postgres"))
        .env("DATABASE_URL", url)
        .env("LISTEN", "127.0.0.1:0")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Returns when it serves.
fn started(mut process: Child) -> Instance {
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let mut line = || lines.next().unwrap().unwrap();
    let applied = line();
    let applied = applied.strip_suffix(" migrations applied").unwrap();
    let address = line();
    let address = address.strip_prefix("listening on ").unwrap();
    Instance {
        applied: applied.parse().unwrap(),
        address: address.to_owned(),
        process,
    }
}

/// The first line of the answer, and its body.
fn ask(instance: &Instance, method: &str, body: &str) -> (String, String) {
    let mut stream = TcpStream::connect(&instance.address).unwrap();
    let length = body.len();
    write!(
        stream,
        "{method} /notes HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.lines().next().unwrap().to_owned(), body.to_owned())
}

#[test]
fn all_serve_and_each_migration_was_applied_once() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let database = server.database();
    let processes = [(); 3].map(|()| start(&database.url()));
    let instances = processes.map(started);
    let applied: usize = instances.iter().map(|one| one.applied).sum();
    assert_eq!(applied, 3, "each of the three by one of them");
    for (number, instance) in instances.iter().enumerate() {
        let (status, _) = ask(
            instance,
            "POST",
            &format!("{{\"body\": \"note {number}\"}}"),
        );
        assert_eq!(status, "HTTP/1.1 201 Created");
    }
    for instance in &instances {
        let (status, body) = ask(instance, "GET", "");
        assert_eq!(status, "HTTP/1.1 200 OK");
        assert!(body.contains("Hello from migrate"), "{body}");
        assert_eq!(body.matches("\"body\":\"note ").count(), 3, "{body}");
    }
    let history = "SELECT string_agg(id || ' ' || state, ', ' ORDER BY seq) FROM _migrations";
    assert_eq!(
        database.run(history),
        "20260301_create_notes applied, 20260308_pin_notes applied, 20260308_02_index_notes applied"
    );
}

#[test]
fn what_is_wrong_with_the_database_is_said() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let url = server.database().url() + "_not_there";
    let output = start(&url).wait_with_output().unwrap();
    assert!(!output.status.success());
}
