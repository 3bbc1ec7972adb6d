//! Maps whose keys are hashed with as little work as can be. They are asked for names that a program itself has written, so
//! nobody attacks them; and what runs inside a compiler is not optimised, where the hash of the standard library takes
//! longer than all else that is done with a name.

use std::{
    collections,
    hash::{BuildHasherDefault, Hasher},
};

/// A map with [`Quick`].
pub type HashMap<K, V> = collections::HashMap<K, V, BuildHasherDefault<Quick>>;

/// A set with [`Quick`].
pub type HashSet<K> = collections::HashSet<K, BuildHasherDefault<Quick>>;

/// A polynomial in the bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quick(u64);

/// Leaves room for the product.
const LOW: u64 = (1 << 48) - 1;

impl Hasher for Quick {
    fn write(&mut self, bytes: &[u8]) {
        let end = bytes.len();
        let mut hash = self.0;
        let mut at = 0;
        while at < end {
            hash = (hash & LOW) * 263 + bytes[at] as u64;
            at += 1;
        }
        self.0 = hash;
    }

    fn write_u8(&mut self, value: u8) {
        self.0 = (self.0 & LOW) * 263 + value as u64;
    }

    fn write_u32(&mut self, value: u32) {
        self.0 = (self.0 & LOW) * 263 + value as u64;
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = ((self.0 & LOW) * 263) ^ value;
    }

    fn write_usize(&mut self, value: usize) {
        self.write_u64(value as u64);
    }

    fn write_isize(&mut self, value: isize) {
        self.write_u64(value as u64);
    }

    fn finish(&self) -> u64 {
        // The maps of the standard library look at the highest bits and at the lowest.
        let spread = self.0.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        spread ^ (spread >> 32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hash::{BuildHasher, Hash};

    fn hash(value: impl Hash) -> u64 {
        BuildHasherDefault::<Quick>::default().hash_one(value)
    }

    #[test]
    fn names_are_told_apart() {
        let names = (0..20_000).map(|number| format!("table_{number}"));
        let hashes: HashSet<u64> = names.map(hash).collect();
        assert_eq!(hashes.len(), 20_000);
        // Both ends are used.
        let ends: HashSet<u64> = hashes.iter().map(|hash| hash >> 57).collect();
        assert_eq!(ends.len(), 128);
        let ends: HashSet<u64> = hashes.iter().map(|hash| hash & 1023).collect();
        assert_eq!(ends.len(), 1024);
        assert_ne!(hash("a\0"), hash("a"));
        assert_ne!(hash(("a", "bc")), hash(("ab", "c")));
        assert_ne!(hash((1_u8, 2_isize)), hash((2_u8, 1_isize)));
    }
}
