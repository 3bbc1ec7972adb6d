//! Random numbers from a seed.

use std::{env, time::Duration};

const SEED: u64 = 0x6d69_6772_6174_6521;

/// Numbers that look random, and are the same for the same seed (SplitMix64).
#[derive(Debug)]
pub struct Random(u64);

impl Random {
    /// Every test has numbers of its own, from one seed: `MIGRATE_SEED`, or always the same. It is printed, so that a test
    /// that fails says it.
    pub fn new(name: &str) -> Self {
        let given = env::var("MIGRATE_SEED").ok();
        let seed = given.map_or(SEED, |text| text.parse().expect("MIGRATE_SEED is a number"));
        println!("{name}: MIGRATE_SEED={seed}");
        let of_name = name.bytes().fold(seed, |sum, byte| {
            sum.wrapping_mul(31).wrapping_add(u64::from(byte))
        });
        Self(of_name)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Numbers of their own, for one of several that draw at the same time.
    pub fn another(&mut self) -> Self {
        Self(self.next())
    }

    /// A number below this one.
    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(limit).unwrap()).unwrap()
    }

    /// Whether it happens to one of so many in a hundred.
    pub fn happens(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// A moment in a run of this length.
    pub fn moment(&mut self, length: Duration) -> Duration {
        let microseconds = usize::try_from(length.as_micros()).unwrap();
        Duration::from_micros(u64::try_from(self.below(microseconds.max(1))).unwrap())
    }
}

#[test]
fn one_seed_gives_the_same_numbers() {
    let numbers = |seed| {
        let mut random = Random(seed);
        [0; 8].map(|_| random.below(1000))
    };
    assert_eq!(numbers(1), numbers(1));
    assert_ne!(numbers(1), numbers(2));
}
