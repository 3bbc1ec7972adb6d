//! The lock of the servers: one row that says who has it, since which token, and by a beat that he is alive.
//!
//! It is taken by a change of the row on the condition that its token is still the one that was read, and the new token
//! is one higher; so of two that try at once one finds nothing to change. A waiter takes it over only when it has seen
//! neither token nor beat move for a whole time to live on its own monotonic clock: what time it is in the row or on the
//! server never matters. Whoever was taken over from finds another token, and stops.

use std::time::Duration;

/// The row as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lease {
    /// Who has it, where somebody does.
    pub(crate) holder: Option<String>,
    pub(crate) token: i64,
    pub(crate) beat: i64,
}

/// What a waiter makes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nobody has it.
    Free,
    /// The holder may be alive.
    Held,
    /// The holder has shown no sign of life for the whole time.
    Expired,
}

/// What a waiter has seen so far.
#[derive(Debug)]
pub(crate) struct Watch {
    time_to_live: Duration,
    /// Token and beat, and when they were seen for the first time.
    seen: Option<(i64, i64, Duration)>,
}

impl Watch {
    pub(crate) fn new(time_to_live: Duration) -> Self {
        Self {
            time_to_live,
            seen: None,
        }
    }

    /// Judges the row as it is at a moment of the waiter's own clock.
    pub(crate) fn judge(&mut self, lease: &Lease, now: Duration) -> Verdict {
        if lease.holder.is_none() {
            self.seen = None;
            return Verdict::Free;
        }
        match self.seen {
            Some((token, beat, since)) if (token, beat) == (lease.token, lease.beat) => {
                if now.saturating_sub(since) >= self.time_to_live {
                    Verdict::Expired
                } else {
                    Verdict::Held
                }
            }
            _ => {
                self.seen = Some((lease.token, lease.beat, now));
                Verdict::Held
            }
        }
    }
}

/// How often a holder shows that it is alive: so often that one late beat does not cost it the lock.
pub(crate) fn beat_every(time_to_live: Duration) -> Duration {
    time_to_live / 5
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lease(holder: Option<&str>, token: i64, beat: i64) -> Lease {
        Lease {
            holder: holder.map(str::to_owned),
            token,
            beat,
        }
    }

    #[test]
    fn only_who_shows_no_sign_for_the_whole_time_is_taken_over_from() {
        let second = Duration::from_secs(1);
        let mut watch = Watch::new(10 * second);
        let mut judge = |lease: Lease, at: u32| watch.judge(&lease, at * second);
        assert_eq!(judge(lease(None, 1, 0), 0), Verdict::Free);
        assert_eq!(judge(lease(Some("a"), 2, 0), 0), Verdict::Held);
        assert_eq!(judge(lease(Some("a"), 2, 0), 9), Verdict::Held);
        // A beat starts the time anew, and so does another holder.
        assert_eq!(judge(lease(Some("a"), 2, 1), 9), Verdict::Held);
        assert_eq!(judge(lease(Some("a"), 2, 1), 18), Verdict::Held);
        assert_eq!(judge(lease(Some("b"), 3, 1), 19), Verdict::Held);
        assert_eq!(judge(lease(Some("b"), 3, 1), 28), Verdict::Held);
        assert_eq!(judge(lease(Some("b"), 3, 1), 29), Verdict::Expired);
        assert_eq!(judge(lease(None, 3, 1), 30), Verdict::Free);
        assert_eq!(judge(lease(Some("b"), 3, 1), 40), Verdict::Held);
    }

    #[test]
    fn a_holder_beats_more_often_than_it_has_to() {
        let most = Duration::from_secs(15);
        assert!(beat_every(most) * 3 < most);
    }
}
