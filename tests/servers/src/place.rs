//! Places at which the program stops when it is told to, so that a test can do something exactly there.

use std::{
    env,
    io::{Read, Write, stdin, stdout},
};

/// The variable that names the place to stop at.
pub const STOP: &str = "CRASH_STOP";

/// In the place of a name: it stops nowhere, and says where it could have.
pub const EVERYWHERE: &str = "everywhere";

/// The place before a run does anything at all.
pub const GATE: &str = "gate";

/// A place. If the program has to stop here, it says so on standard output, and goes on when its standard input
/// ends.
pub fn reach(place: &str) {
    let stop = env::var(STOP).unwrap_or_default();
    if stop == EVERYWHERE {
        println!("at {place}");
    } else if stop == place {
        let mut out = stdout().lock();
        // Where nobody reads this, nobody ends the input either.
        let _ = writeln!(out, "stopped at {place}").and_then(|()| out.flush());
        let _ = stdin().read_to_end(&mut Vec::new());
    }
}
