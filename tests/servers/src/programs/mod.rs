//! Programs under test as processes: stopped at a place, stalled, killed, many at once.

mod contest;
mod program;
mod random;

pub use contest::{Contest, Report};
pub use program::{Ended, Program, Running};
pub use random::Random;

/// How often something is done: in a normal run, and in a long one (`MIGRATE_SOAK=1`, as `.ci/soak` sets it).
pub fn times(normal: usize, soak: usize) -> usize {
    if std::env::var("MIGRATE_SOAK").is_ok_and(|on| on == "1") {
        soak
    } else {
        normal
    }
}
