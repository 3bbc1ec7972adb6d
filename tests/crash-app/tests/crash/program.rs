//! The program as a process: started, stopped at a place, killed, waited for.

use std::{
    io::{BufRead, BufReader, Read},
    os::unix::process::ExitStatusExt,
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};

use crash_app::STOP;

/// A process that hangs is a failure of its own.
const HANGS: Duration = Duration::from_secs(300);

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_crash-program");

/// A process that is to be started.
pub(crate) struct Program(Command);

impl Program {
    pub(crate) fn new(mut command: Command) -> Self {
        command
            .env_remove(STOP)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Self(command)
    }

    pub(crate) fn with(mut self, arguments: &[&str]) -> Self {
        self.0.args(arguments);
        self
    }

    /// Stops at this place until [`Running::go_on`].
    pub(crate) fn stop_at(mut self, place: &str) -> Self {
        self.0.env(STOP, place);
        self
    }

    pub(crate) fn start(mut self) -> Running {
        let mut child = self.0.spawn().unwrap();
        let input = child.stdin.take();
        let out = BufReader::new(child.stdout.take().unwrap());
        let (send, lines) = channel();
        thread::spawn(move || {
            for line in out.lines() {
                // Nobody listens any more where a test has failed.
                if send.send(line.unwrap()).is_err() {
                    return;
                }
            }
        });
        Running {
            child,
            input,
            lines,
            seen: Vec::new(),
        }
    }

    pub(crate) fn run(self) -> Ended {
        self.start().end()
    }
}

/// A process at work.
pub(crate) struct Running {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    seen: Vec<String>,
}

impl Running {
    /// Reads until a line begins so.
    pub(crate) fn wait_for(&mut self, beginning: &str) -> String {
        loop {
            match self.lines.recv_timeout(HANGS) {
                Ok(line) => {
                    self.seen.push(line.clone());
                    if line.starts_with(beginning) {
                        return line;
                    }
                }
                Err(_) => {
                    let errors = self.errors();
                    panic!("it never says `{beginning}`: {:?}\n{errors}", self.seen);
                }
            }
        }
    }

    /// Reads until it has stopped at this place, or has ended without having come there.
    pub(crate) fn comes_to(&mut self, place: &str) -> bool {
        let stopped = format!("stopped at {place}");
        loop {
            match self.lines.recv_timeout(HANGS) {
                Ok(line) if line == stopped => return true,
                Ok(line) => self.seen.push(line),
                Err(_) => return false,
            }
        }
    }

    /// Lets it go on from where it has stopped.
    pub(crate) fn go_on(&mut self) {
        self.input = None;
    }

    pub(crate) fn end(mut self) -> Ended {
        self.go_on();
        if !self.ends_within(HANGS) {
            self.child.kill().unwrap();
            panic!("it hangs: {:?}", self.seen);
        }
        self.ended()
    }

    pub(crate) fn kill(mut self) -> Ended {
        self.child.kill().unwrap();
        self.ends_within(HANGS);
        self.ended()
    }

    /// Sends it this signal when the time is over, unless it has ended before.
    pub(crate) fn signal_after(mut self, time: Duration, signal: &str) -> Ended {
        self.go_on();
        if !self.ends_within(time) {
            self.signal(signal);
        }
        self.end()
    }

    pub(crate) fn signal(&mut self, signal: &str) {
        if signal == "KILL" {
            self.child.kill().unwrap();
            return;
        }
        // The shell's own `kill`. The process has not been waited for, so the number is still its own.
        let kill = format!("kill -{signal} {}", self.child.id());
        let _ = Command::new("sh")
            .args(["-c", &kill])
            .stderr(Stdio::null())
            .status()
            .unwrap();
    }

    /// Whether its output ends in that time.
    fn ends_within(&mut self, time: Duration) -> bool {
        let started = Instant::now();
        loop {
            match self
                .lines
                .recv_timeout(time.saturating_sub(started.elapsed()))
            {
                Ok(line) => self.seen.push(line),
                Err(RecvTimeoutError::Timeout) => return false,
                Err(RecvTimeoutError::Disconnected) => return true,
            }
        }
    }

    fn errors(&mut self) -> String {
        let mut text = String::new();
        if let Some(mut errors) = self.child.stderr.take() {
            errors.read_to_string(&mut text).unwrap();
        }
        text
    }

    fn ended(mut self) -> Ended {
        let errors = self.errors();
        Ended {
            status: self.child.wait().unwrap(),
            lines: self.seen,
            errors,
        }
    }
}

/// A process that has ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) lines: Vec<String>,
    pub(crate) errors: String,
}

impl Ended {
    /// It has done everything, and has said nothing of an error.
    #[track_caller]
    pub(crate) fn ok(&self) {
        assert!(self.status.success() && self.errors.is_empty(), "{self:#?}");
        let wrong = self
            .lines
            .iter()
            .find(|line| line.starts_with("contradiction"));
        assert!(wrong.is_none(), "{self:#?}");
    }

    /// It has failed with this exit code and a text that has all of these.
    #[track_caller]
    pub(crate) fn failed(&self, code: i32, texts: &[&str]) {
        assert_eq!(self.status.code(), Some(code), "{self:#?}");
        for text in texts {
            assert!(self.errors.contains(text), "no `{text}` in {self:#?}");
        }
    }

    pub(crate) fn was_ended_by(&self, signal: i32) -> bool {
        self.status.signal() == Some(signal)
    }

    pub(crate) fn was_killed(&self) -> bool {
        self.was_ended_by(9)
    }

    /// It has refused, because a Rust step outside a transaction was cut off.
    pub(crate) fn is_unresolved(&self) -> bool {
        self.status.code() == Some(1)
            && self
                .errors
                .contains("it cannot be seen whether it was done")
    }

    /// What it has done, in order: `apply 001_a`.
    pub(crate) fn done(&self) -> impl Iterator<Item = &str> {
        self.lines
            .iter()
            .filter_map(|line| line.strip_prefix("done: "))
    }
}
