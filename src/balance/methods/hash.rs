//! `hash KEY` (`ngx_http_upstream_hash_module.c`), compatible with Perl's Cache::Memcached.
//!
//! `(crc32([rehash] key) >> 16) & 0x7fff` is added to the sum so far, where `rehash`, the number of times it was hashed
//! before in decimal digits, is left out the first time; the sum modulo the total weight falls into the weight of a peer.
//! If that one cannot be chosen it is hashed again. After 20 draws that gave nothing, and with an empty key, it is round
//! robin.
//!
//! The key `a` has crc32 e8b7be43; shifted and masked that is 0x68b7 = 26807. With weights 1, 1, 1: 26807 % 3 = 2, the
//! third peer; if that one is down, crc32(`1a`) = bd314483 adds 0x3d31 = 15665: 42472 % 3 = 1, the second.

use super::{Choice, Draw};
use crate::balance::{Random, Sight, Watch};

pub(super) fn choose<R: Random, W: Watch>(draw: &mut Draw<R, W>) -> Choice {
    if draw.selection.key.is_empty() || draw.has_given_up() {
        return Choice::RoundRobin;
    }
    if let Some(index) = draw.bound() {
        return Choice::Peer(index);
    }
    loop {
        let selection = &mut *draw.selection;
        selection.hash = selection.hash.wrapping_add(hashed(selection.rehash, &selection.key));
        selection.rehash += 1;
        let hash = selection.hash;
        let modulo = i64::from(hash) % draw.peers.total_weight;
        let index = draw.peers.at_weight(modulo);
        draw.watch.see(|| Sight::Hashed { hash, modulo, peer: index as u32 });
        draw.selection.belongs_to(index);
        if draw.is_eligible(index) {
            return Choice::Peer(index);
        }
        if draw.misses() {
            return Choice::RoundRobin;
        }
    }
}

/// What one hashing adds to the sum.
fn hashed(rehash: u32, key: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    if rehash > 0 {
        // At most 21 times, so two digits.
        let digits = [b'0' + (rehash / 10) as u8, b'0' + (rehash % 10) as u8];
        crc.update(if rehash < 10 { &digits[1..] } else { &digits });
    }
    crc.update(key);
    (crc.finalize() >> 16) & 0x7fff
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::balance::Method::Hash;
    use crate::balance::tests::check;

    #[test]
    fn the_worked_table() {
        assert_eq!((hashed(0, b"a"), hashed(1, b"a")), (0x68b7, 0x3d31));
        check(&Hash, "a; b; c", "key:a one down:c one", "c b");
    }

    /// By an independent reckoning of the formula.
    #[test]
    fn known_keys() {
        let keys: String = ["a", "b", "c", "/index.html", "/u/7"].map(|key| format!("key:{key} one ")).concat();
        check(&Hash, "a; b; c", &keys, "c a c c b");
        check(&Hash, "a weight=3; b; c weight=2", &keys, "c a c a c");
        let downs = [
            ("down:a", "c c c c b"),
            ("down:b", "c a c c c"),
            ("down:c", "b a b a b"),
            ("down:a down:b", "c c c c c"),
            ("down:b down:c", "a a a a a"),
            ("down:a down:c", "b b b b b"),
        ];
        for (down, told) in downs {
            check(&Hash, "a; b; c", &format!("{down} {keys}"), told);
        }
    }

    #[test]
    fn from_try_to_try() {
        check(&Hash, "a; b; c", "key:a die:c one", "c>b");
        check(&Hash, "a; b; c", "key:/index.html die:c one", "c>a");
        check(&Hash, "a; b; c", "key:c die:a,b,c one", "c>b>a");
    }

    #[test]
    fn no_key_and_one_server() {
        check(&Hash, "a; b; c", "one*4", "a b c a");
        check(&Hash, "a", "key:a one", "a");
    }

    /// One server of a thousand is up: 21 draws do not find it, and round robin does.
    #[test]
    fn given_up() {
        let mut servers = vec!["a down weight=1000000"; 3];
        servers.push("b");
        check(&Hash, &servers.join("; "), "key:a one", "b");
    }
}
