//! Programs under test as processes: stopped at a place, stalled, killed, many at once.

mod contest;
mod program;
mod random;

pub use contest::{Contest, Report};
pub use program::{Ended, Program, Running};
pub use random::Random;
