//! A terminal, in which somebody sits and answers.

use std::{
    fs::File,
    io::{Read, Write},
    process::{Child, Command},
};

use nix::pty::openpty;

/// A program that runs in a terminal of its own.
#[derive(Debug)]
pub struct Session {
    child: Child,
    terminal: File,
    shown: String,
}

impl Session {
    /// Starts a program in a terminal that knows colours.
    pub fn start(mut command: Command) -> Self {
        let pair = openpty(None, None).unwrap();
        let slave = File::from(pair.slave);
        command
            .env("TERM", "xterm-256color")
            .stdin(slave.try_clone().unwrap())
            .stdout(slave.try_clone().unwrap())
            .stderr(slave);
        let child = command.spawn().unwrap();
        // It keeps its end of the terminal open, and a terminal ends when every such end is closed.
        drop(command);
        Self {
            child,
            terminal: File::from(pair.master),
            shown: String::new(),
        }
    }

    /// Reads until a text has been shown.
    pub fn wait_for(&mut self, text: &str) -> &mut Self {
        while !self.shown.contains(text) {
            assert!(self.read(), "`{text}` was not shown in:\n{}", self.shown);
        }
        self
    }

    /// Types a line.
    pub fn type_line(&mut self, line: &str) -> &mut Self {
        self.terminal
            .write_all(format!("{line}\n").as_bytes())
            .unwrap();
        self
    }

    /// Reads to the end: all that was shown, with its colours, and the exit code.
    pub fn end(mut self) -> (String, Option<i32>) {
        while self.read() {}
        let code = self.child.wait().unwrap().code();
        (self.shown, code)
    }

    /// Reads a little more. Linux says with an error that the other end is closed.
    fn read(&mut self) -> bool {
        let mut buffer = [0; 1024];
        match self.terminal.read(&mut buffer) {
            Ok(0) | Err(_) => false,
            Ok(length) => {
                self.shown += &String::from_utf8_lossy(&buffer[..length]);
                true
            }
        }
    }
}
