//! A program as a process: started, stopped at a place, killed, waited for.
//!
//! What it says on standard output is read by lines. `stopped at PLACE` says that it waits until its input ends;
//! `done: …` is something that it has done, for counting; `contradiction: …` is something that must not be.

use std::{
    io::{BufRead, BufReader, Read},
    os::unix::process::{CommandExt, ExitStatusExt},
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, killpg},
    unistd::Pid,
};

use crate::place::STOP;

/// A process that hangs is a failure of its own.
const HANGS: Duration = Duration::from_secs(300);

/// A process that is to be started.
#[derive(Debug)]
pub struct Program(Command);

impl Program {
    /// A program, with its arguments.
    pub fn new(mut command: Command) -> Self {
        command
            .env_remove(STOP)
            // Of a group of its own: so the system lets it go on, and ends it, if it is stalled when the test dies.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Self(command)
    }

    /// With these arguments too.
    pub fn with(mut self, arguments: &[&str]) -> Self {
        self.0.args(arguments);
        self
    }

    /// Stops at this place until [`Running::go_on`].
    pub fn stop_at(mut self, place: &str) -> Self {
        self.0.env(STOP, place);
        self
    }

    /// Starts it.
    pub fn start(mut self) -> Running {
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

    /// Starts it, and waits for its end.
    pub fn run(self) -> Ended {
        self.start().end()
    }
}

/// A process at work.
#[derive(Debug)]
pub struct Running {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    seen: Vec<String>,
}

impl Running {
    /// The number of the process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Reads until a line begins so.
    pub fn wait_for(&mut self, beginning: &str) -> String {
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
    pub fn comes_to(&mut self, place: &str) -> bool {
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
    pub fn go_on(&mut self) {
        self.input = None;
    }

    /// Waits for its end.
    pub fn end(mut self) -> Ended {
        self.go_on();
        if !self.ends_within(HANGS) {
            self.signal("KILL");
            panic!("it hangs: {:?}", self.seen);
        }
        self.ended()
    }

    /// Kills it.
    pub fn kill(mut self) -> Ended {
        self.signal("KILL");
        self.ends_within(HANGS);
        self.ended()
    }

    /// Sends it this signal when the time is over, unless it has ended before.
    pub fn signal_after(mut self, time: Duration, signal: &str) -> Ended {
        self.go_on();
        if !self.ends_within(time) {
            self.signal(signal);
        }
        self.end()
    }

    /// Stalls it when the time is over, unless it has ended before, and lets it go on later. Says whether it was stalled.
    pub fn stalls_after(&mut self, time: Duration, long: Duration) -> bool {
        self.go_on();
        if self.ends_within(time) {
            return false;
        }
        self.signal("STOP");
        self.ends_within(long);
        self.signal("CONT");
        true
    }

    /// Sends it a signal: `INT`.
    pub fn signal(&mut self, signal: &str) {
        let signal: Signal = format!("SIG{signal}").parse().expect("a signal");
        // It has not been waited for, so the number is still its own. What it has started is of the same group.
        let id = i32::try_from(self.child.id()).unwrap();
        let _ = killpg(Pid::from_raw(id), signal);
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
pub struct Ended {
    /// How it has ended.
    pub status: ExitStatus,
    /// What it has said.
    pub lines: Vec<String>,
    /// What it has said on standard error.
    pub errors: String,
}

impl Ended {
    /// It has done everything, and has said nothing of an error.
    #[track_caller]
    pub fn ok(&self) {
        assert!(self.status.success() && self.errors.is_empty(), "{self:#?}");
        let wrong = self
            .lines
            .iter()
            .find(|line| line.starts_with("contradiction"));
        assert!(wrong.is_none(), "{self:#?}");
    }

    /// It has failed with this exit code and a text that has all of these.
    #[track_caller]
    pub fn failed(&self, code: i32, texts: &[&str]) {
        assert_eq!(self.status.code(), Some(code), "{self:#?}");
        for text in texts {
            assert!(self.errors.contains(text), "no `{text}` in {self:#?}");
        }
    }

    /// Whether a signal of this number has ended it.
    pub fn was_ended_by(&self, signal: i32) -> bool {
        self.status.signal() == Some(signal)
    }

    /// Whether it was killed.
    pub fn was_killed(&self) -> bool {
        self.was_ended_by(9)
    }

    /// What it has done, in order: `apply 001_a`.
    pub fn done(&self) -> impl Iterator<Item = &str> {
        self.lines
            .iter()
            .filter_map(|line| line.strip_prefix("done: "))
    }
}
