//! Who comes most often, in little room: the "space saving" sketch of Metwally, Agrawal and El Abbadi (2005).
//!
//! Of `n` counted, whoever makes more than `n / 8` is found for sure. Whoever is new takes the place of the least and
//! inherits its count as possible error; what is told is the count without that error, which is never too much.

use std::hash::BuildHasher;
use std::net::IpAddr;

use rustc_hash::FxBuildHasher;

const PLACES: usize = 8;

/// The clients that come most often.
#[derive(Debug, Clone)]
pub struct Top {
    /// The clients by a number that is quick to compare: the address itself for IPv4.
    keys: [u32; PLACES],
    counts: [u64; PLACES],
    errors: [u64; PLACES],
    clients: [Option<IpAddr>; PLACES],
    /// The least count, as far as is known, and the place from which to look for one that has it.
    floor: u64,
    next: usize,
}

impl Default for Top {
    fn default() -> Top {
        // The address of everybody, which is nobody's.
        let (keys, counts, errors) = ([u32::MAX; PLACES], [0; PLACES], [0; PLACES]);
        Top { keys, counts, errors, clients: [None; PLACES], floor: 0, next: 0 }
    }
}

impl Top {
    /// Counts a client.
    #[inline]
    pub fn add(&mut self, client: IpAddr) {
        let key = key(client);
        // All places at once: which one it is cannot be foretold.
        let mut same = 0_u32;
        for (place, known) in self.keys.iter().enumerate() {
            same |= u32::from(*known == key) << place;
        }
        if same != 0 {
            self.counts[same.trailing_zeros() as usize] += 1;
            return;
        }
        let least = self.least();
        self.errors[least] = self.counts[least];
        self.counts[least] += 1;
        self.keys[least] = key;
        self.clients[least] = Some(client);
    }

    /// A place with the least count. Counts only grow, so a place that has the least that is known has the least.
    fn least(&mut self) -> usize {
        loop {
            for _ in 0..PLACES {
                let place = self.next;
                self.next = (place + 1) % PLACES;
                if self.counts[place] == self.floor {
                    return place;
                }
            }
            self.floor = self.counts.iter().copied().min().unwrap_or(0);
        }
    }

    /// The clients and how often each came at least; the most frequent first.
    pub fn sorted(&self) -> Vec<(IpAddr, u64)> {
        let sure = self.counts.iter().zip(self.errors).map(|(count, error)| count - error);
        let mut all: Vec<_> =
            self.clients.iter().zip(sure).filter_map(|(client, sure)| client.map(|c| (c, sure))).collect();
        all.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        all
    }
}

fn key(client: IpAddr) -> u32 {
    match client {
        IpAddr::V4(address) => u32::from(address),
        // Two of 2^32 addresses that fall together count as one, which a report can bear.
        IpAddr::V6(address) => (FxBuildHasher.hash_one(u128::from(address)) >> 32) as u32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frequent_are_found() {
        let mut top = Top::default();
        let nat: IpAddr = "10.0.0.1".parse().unwrap();
        let other: IpAddr = "2001:db8::1".parse().unwrap();
        for n in 0..10_000_u32 {
            let client = match n % 10 {
                0..5 => nat,
                5..8 => other,
                _ => IpAddr::from(n.wrapping_mul(2_654_435_761).to_be_bytes()),
            };
            top.add(client);
        }
        let sorted = top.sorted();
        assert_eq!((sorted[0].0, sorted[1].0), (nat, other));
        assert!((4990..=5000).contains(&sorted[0].1) && (2990..=3000).contains(&sorted[1].1), "{sorted:?}");
        assert!(sorted[2].1 < 100, "{sorted:?}");
    }
}
