//! What a program printed, and how it ended.

use std::{path::Path, process::Output};

use serde_json::Value;
use snapbox::{Assert, Data, IntoData};

/// A program that has run.
#[derive(Clone, Debug)]
pub struct Ran {
    /// The exit code; none where a signal has ended it.
    pub code: Option<i32>,
    /// Standard output, as it was.
    pub out: String,
    /// Standard error, as it was.
    pub err: String,
    folder: String,
}

impl Ran {
    pub(crate) fn new(output: &Output, folder: &Path) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout.clone()).unwrap(),
            err: String::from_utf8(output.stderr.clone()).unwrap(),
            folder: folder.display().to_string(),
        }
    }

    /// Compares all that was printed with a snapshot: standard output, then standard error, then the exit code
    /// where it is not 0. `SNAPSHOTS=overwrite` writes the snapshots anew.
    #[track_caller]
    pub fn shows(&self, expected: impl IntoData) -> &Self {
        let expected: Data = expected.into_data();
        Assert::new()
            .action_env("SNAPSHOTS")
            .eq(self.shown(), expected.raw());
        self
    }

    /// Demands an exit code.
    #[track_caller]
    pub fn ends(&self, code: i32) -> &Self {
        assert_eq!(self.code, Some(code), "{}", self.shown());
        self
    }

    /// Demands that a text is in what was printed.
    #[track_caller]
    pub fn has(&self, text: &str) -> &Self {
        assert!(self.shown().contains(text), "{}", self.shown());
        self
    }

    /// Demands that a text is not in what was printed.
    #[track_caller]
    pub fn lacks(&self, text: &str) -> &Self {
        assert!(!self.shown().contains(text), "{}", self.shown());
        self
    }

    /// Standard output as JSON, and nothing but JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        match serde_json::from_str(&self.out) {
            Ok(value) => value,
            Err(error) => panic!("{error} in {}", self.shown()),
        }
    }

    /// All that was printed, with a word in the place of what differs from run to run.
    pub fn shown(&self) -> String {
        let mut text = self.out.clone();
        if !self.err.is_empty() {
            text += "--- standard error\n";
            text += &self.err;
        }
        match self.code {
            Some(0) => {}
            Some(code) => text += &format!("--- exit code {code}\n"),
            None => text += "--- ended by a signal\n",
        }
        steady(&text.replace(&self.folder, "[FOLDER]"))
    }
}

/// Times and durations become words.
fn steady(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(at);
        out += before;
        let inside = before.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        let end = |c: char| !c.is_ascii_digit();
        let digits = from.find(end).unwrap_or(from.len());
        let (length, word) = match (inside, time(from), duration(from)) {
            (false, Some(length), _) => (length, "YYYY-MM-DD hh:mm:ss"),
            (false, None, Some(length)) => (length, "[TIME]"),
            _ => (digits, &from[..digits]),
        };
        out += word;
        rest = &from[length..];
    }
    out + rest
}

/// The length of `2026-02-15 09:30:00` at the start.
fn time(text: &str) -> Option<usize> {
    let shape = "dddd-dd-dd dd:dd:dd";
    let fits = |(shape, c): (u8, u8)| {
        if shape == b'd' {
            c.is_ascii_digit()
        } else {
            shape == c
        }
    };
    let start = text.as_bytes().get(..shape.len())?;
    shape
        .bytes()
        .zip(start.iter().copied())
        .all(fits)
        .then_some(shape.len())
}

/// The length of `3 ms` at the start.
fn duration(text: &str) -> Option<usize> {
    let unit = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    [" µs", " ms", " s"].into_iter().find_map(|word| {
        let behind = text[unit..].strip_prefix(word)?;
        (!behind.starts_with(char::is_alphanumeric)).then_some(unit + word.len())
    })
}
