//! Many processes of one program at once, some of which are stalled, and some killed.

use std::{
    process::Command,
    thread,
    time::{Duration, Instant},
};

use super::{
    program::{Ended, Program},
    random::Random,
};

/// How many contend, and what happens to them.
///
/// ```ignore
/// let contest = Contest::of(9).within(length).stalled(30, TTL * 2).killed(20);
/// let report = contest.run(&mut random, Duration::from_secs(60), |_| command(&url));
/// report.ended.iter().for_each(Ended::ok);
/// ```
#[derive(Clone, Debug)]
pub struct Contest {
    contenders: usize,
    within: Duration,
    stalled: usize,
    longest: Duration,
    killed: usize,
}

/// What has become of them.
#[derive(Debug, Default)]
pub struct Report {
    /// Those that have ended by themselves.
    pub ended: Vec<Ended>,
    /// Those that were killed.
    pub killed: Vec<Ended>,
    /// How many were stalled.
    pub stalled: usize,
}

impl Contest {
    /// So many at once, to whom nothing happens.
    pub fn of(contenders: usize) -> Self {
        Self {
            contenders,
            within: Duration::ZERO,
            stalled: 0,
            longest: Duration::ZERO,
            killed: 0,
        }
    }

    /// What happens to one, happens at any moment of so long a time from its start.
    #[must_use]
    pub fn within(self, within: Duration) -> Self {
        Self { within, ..self }
    }

    /// So many in a hundred are stalled, for any time up to the longest.
    #[must_use]
    pub fn stalled(self, percent: usize, longest: Duration) -> Self {
        Self {
            stalled: percent,
            longest,
            ..self
        }
    }

    /// So many in a hundred are killed.
    #[must_use]
    pub fn killed(self, percent: usize) -> Self {
        Self {
            killed: percent,
            ..self
        }
    }

    /// Starts them. Whoever has ended is started again until the time is over; without any time, each is started once.
    /// The command is made from the contender's number.
    pub fn run(
        &self,
        random: &mut Random,
        time: Duration,
        command: impl Fn(usize) -> Command + Sync,
    ) -> Report {
        let started = Instant::now();
        let reports = thread::scope(|scope| {
            let contend = |contender| {
                let mut random = random.another();
                let command = &command;
                scope.spawn(move || {
                    let mut report = Report::default();
                    loop {
                        self.one(command(contender), &mut random, &mut report);
                        if started.elapsed() >= time {
                            return report;
                        }
                    }
                })
            };
            let threads: Vec<_> = (0..self.contenders).map(contend).collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect::<Vec<Report>>()
        });
        let mut all = Report::default();
        for report in reports {
            all.ended.extend(report.ended);
            all.killed.extend(report.killed);
            all.stalled += report.stalled;
        }
        all
    }

    fn one(&self, command: Command, random: &mut Random, report: &mut Report) {
        let mut running = Program::new(command).start();
        if random.happens(self.stalled) {
            let (moment, long) = (random.moment(self.within), random.moment(self.longest));
            report.stalled += usize::from(running.stalls_after(moment, long));
        }
        let ended = if random.happens(self.killed) {
            running.signal_after(random.moment(self.within), "KILL")
        } else {
            running.end()
        };
        if ended.was_killed() {
            report.killed.push(ended);
        } else {
            report.ended.push(ended);
        }
    }
}
