//! A server's process, which does not outlive the test's.

use std::{
    fs,
    io::{BufRead, BufReader},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::{Pid, Uid, User},
};

/// Starts a server and waits for its own input to end, which the operating system sees to when the test's process
/// is gone. (A signal on the parent's death would come when the *thread* ends that has started the server.)
///
/// The server may have ended before, and its number may be somebody else's by then: so the moment of its birth is
/// compared. Its children are of no group of the server's, with PostgreSQL. A server that is stalled when the test dies
/// has the system hang up on its whole group.
const SUPERVISOR: &str = r#"
signal=$1 log=$2
shift 2
trap '' HUP
tree() {
    echo "$1"
    for child in $(cat /proc/"$1"/task/*/children); do tree "$child"; done
}
birth() { sed 's/.*) //' /proc/"$1"/stat | cut -d ' ' -f 20; }
"$@" >>"$log" 2>&1 </dev/null &
server=$!
born=$(birth "$server")
echo "$server"
exec >/dev/null
cat
[ -n "$born" ] && [ "$(birth "$server")" = "$born" ] || exit 0
all=$(tree "$server")
if [ "$signal" != KILL ]; then
    kill -CONT $all
    kill -"$signal" "$server"
    tries=0
    while [ $tries -lt 250 ] && kill -0 "$server"; do
        sleep 0.02
        tries=$((tries + 1))
    done
    [ $tries -lt 250 ] && exit 0
fi
kill -KILL $all
wait "$server"
"#;

/// What starts a server.
#[derive(Clone, Debug)]
pub(crate) struct Launch {
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<String>,
    pub(crate) log: PathBuf,
    /// What ends the server in the end. One that owns shared memory needs a chance to give it back.
    pub(crate) signal: &'static str,
}

/// A server at work.
#[derive(Debug)]
pub(crate) struct Process {
    supervisor: Child,
    pid: Pid,
}

impl Process {
    pub(crate) fn start(launch: &Launch, more: &[&str]) -> Self {
        let mut command = Command::new("sh");
        command
            .args(["-c", SUPERVISOR, "sh", launch.signal])
            .arg(&launch.log)
            .args(unprivileged())
            .arg(&launch.program)
            .args(&launch.arguments)
            .args(more)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // An interrupt from the keyboard is for the test; that its process ends is what counts here.
            .process_group(0);
        let mut supervisor = command.spawn().expect("a shell");
        let mut line = String::new();
        BufReader::new(supervisor.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let pid = line.trim().parse().expect("the number of a process");
        Self {
            supervisor,
            pid: Pid::from_raw(pid),
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.pid.as_raw().unsigned_abs()
    }

    pub(crate) fn is_running(&self) -> bool {
        is_alive(self.pid)
    }

    /// Sends a signal to the server and to all processes that it has started.
    pub(crate) fn signal_all(&self, signal: Signal) {
        for pid in tree(self.pid) {
            let _ = kill(pid, signal);
        }
    }

    /// Asks the server alone.
    pub(crate) fn signal(&self, signal: Signal) {
        let _ = kill(self.pid, signal);
    }
}

/// When this has returned, the server is gone.
impl Drop for Process {
    fn drop(&mut self) {
        drop(self.supervisor.stdin.take());
        let _ = self.supervisor.wait();
    }
}

/// Whether there is such a process, and it is not one that only has to be collected.
pub(crate) fn is_alive(pid: Pid) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| {
        stat.rsplit_once(") ")
            .is_some_and(|(_, state)| !state.starts_with(['Z', 'X']))
    })
}

/// A process and those that it has started, and so on.
fn tree(pid: Pid) -> Vec<Pid> {
    let mut all = vec![pid];
    let mut next = 0;
    while let Some(parent) = all.get(next) {
        let threads = fs::read_dir(format!("/proc/{parent}/task"));
        for thread in threads.into_iter().flatten().flatten() {
            let children = fs::read_to_string(thread.path().join("children")).unwrap_or_default();
            let children = children.split_whitespace().filter_map(|n| n.parse().ok());
            all.extend(children.map(Pid::from_raw));
        }
        next += 1;
    }
    all
}

/// A command that is not run by root: most servers refuse that.
pub(crate) fn command(program: &Path) -> Command {
    let mut words: Vec<PathBuf> = unprivileged().into_iter().map(PathBuf::from).collect();
    words.push(program.to_owned());
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).current_dir("/");
    command
}

/// Runs a command to its end, which is a good one. Gives what it has said.
pub(crate) fn run(command: &mut Command) -> String {
    try_run(command).unwrap_or_else(|errors| panic!("{command:?}\n{errors}"))
}

/// Runs a command to its end. Gives what it has said, or what it has said went wrong.
pub(crate) fn try_run(command: &mut Command) -> Result<String, String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("it cannot be started: {error}"))?;
    let text = |bytes| String::from_utf8_lossy(bytes).trim().to_owned();
    let (said, errors) = (text(&output.stdout), text(&output.stderr));
    if output.status.success() {
        Ok(said)
    } else {
        Err(format!("{}\n{said}\n{errors}", output.status))
    }
}

/// The user that servers run as where the test is run by root.
pub(crate) fn servant() -> Option<User> {
    let nobody = || User::from_name("nobody").unwrap().expect("a user `nobody`");
    Uid::effective().is_root().then(nobody)
}

/// The words before a command that give up root's rights.
fn unprivileged() -> Vec<String> {
    let Some(user) = servant() else {
        return Vec::new();
    };
    let words = ["setpriv", "--clear-groups", "--reuid"].map(str::to_owned);
    let numbers = [user.uid.to_string(), "--regid".into(), user.gid.to_string()];
    words.into_iter().chain(numbers).collect()
}
