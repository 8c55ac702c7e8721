//! `hash KEY consistent` (`ngx_http_upstream_hash_module.c`), compatible with Perl's Cache::Memcached::Fast: a ring of
//! points, so that a change of the servers moves few keys.
//!
//! Each `server` directive has 160 points for each unit of weight. Host and port are split from its text at the last
//! colon that only digits follow (`unix:` is cut off); a point is `crc32(host \0 port previous)`, where `previous` is the
//! point before in four bytes, the lowest first, and 0 for the first. Of points with the same hash the first is kept. A
//! key belongs to the first point at or after its crc32, past the last one to the first. If no peer of that directive can
//! be chosen, the next point's turn comes. Peers that share a directive's text (a name with several addresses, or the same
//! line twice) share its points and go round robin among themselves. After 20 points that gave nothing, and with an empty
//! key, it is round robin.

use std::sync::Arc;

use super::{Choice, Draw};
use crate::balance::{Peers, Random, Sight, Watch};

/// Points for each unit of weight.
const POINTS: i64 = 160;

/// The ring.
#[derive(Debug, Clone, Default)]
pub struct Ring {
    /// By hash.
    points: Vec<Point>,
    /// The texts of the directives, and the servers proper that come from each.
    texts: Vec<(Arc<[u8]>, Vec<u32>)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Point {
    hash: u32,
    text: u32,
}

impl Ring {
    /// The ring of these peers.
    #[must_use]
    pub fn of(peers: &Peers) -> Ring {
        let mut points = Vec::with_capacity((peers.total_weight * POINTS) as usize);
        let mut texts: Vec<(Arc<[u8]>, Vec<u32>)> = Vec::new();
        for (index, peer) in peers.list.iter().enumerate() {
            let text = &peer.server.text;
            let number = texts.iter().position(|(known, _)| known == text).unwrap_or_else(|| {
                texts.push((text.clone(), Vec::new()));
                texts.len() - 1
            });
            texts[number].1.push(index as u32);
            let hashes = chain(base_of(text)).take((peer.parameters.weight * POINTS) as usize);
            points.extend(hashes.map(|hash| Point { hash, text: number as u32 }));
        }
        // Stable: of equal hashes the first one stays first.
        points.sort_by_key(|point| point.hash);
        points.dedup_by_key(|point| point.hash);
        Ring { points, texts }
    }

    /// The points by their hash, with the numbers of the peers that each belongs to.
    pub fn points(&self) -> impl Iterator<Item = (u32, &[u32])> {
        self.points.iter().map(|point| (point.hash, self.texts[point.text as usize].1.as_slice()))
    }

    /// The place of the first point at or after the key's hash.
    #[must_use]
    pub(in crate::balance) fn place_of(&self, key: &[u8]) -> u32 {
        let hash = crc32fast::hash(key);
        self.points.partition_point(|point| point.hash < hash) as u32
    }
}

/// The hash of host and port, from which the points go on.
fn base_of(text: &[u8]) -> u32 {
    let digits = text.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let (host, port) = match text.get(..5) {
        Some(scheme) if scheme.eq_ignore_ascii_case(b"unix:") => (&text[5..], &[][..]),
        _ => match text[..text.len() - digits].split_last() {
            Some((b':', host)) => (host, &text[text.len() - digits..]),
            _ => (text, &[][..]),
        },
    };
    let mut crc = crc32fast::Hasher::new();
    for part in [host, b"\0", port] {
        crc.update(part);
    }
    crc.finalize()
}

/// The points of a directive, one after the other.
fn chain(base: u32) -> impl Iterator<Item = u32> {
    let next = move |previous: u32| {
        let mut crc = crc32fast::Hasher::new_with_initial(base);
        crc.update(&previous.to_le_bytes());
        crc.finalize()
    };
    std::iter::successors(Some(next(0)), move |previous| Some(next(*previous)))
}

pub(super) fn choose<R: Random, W: Watch>(draw: &mut Draw<R, W>, ring: &Ring) -> Choice {
    if draw.selection.misses > super::MOST_MISSES || draw.peers.single || draw.selection.key.is_empty() {
        return Choice::RoundRobin;
    }
    if draw.peers.list.is_empty() || draw.is_stale {
        return Choice::Busy;
    }
    if let Some(index) = draw.bound() {
        return Choice::Peer(index);
    }
    loop {
        let Some(point) = ring.points.get(draw.selection.hash as usize % ring.points.len().max(1)).copied() else {
            return Choice::RoundRobin;
        };
        let (text, members) = &ring.texts[point.text as usize];
        // The ring is made of the servers proper, and serves for backup servers with the same text, too.
        let elsewhere = if draw.is_primary { Vec::new() } else { draw.peers.of_text(text) };
        let members = if draw.is_primary { members } else { &elsewhere };
        draw.watch.see(|| Sight::Point { hash: point.hash, peer: members.first().copied() });
        if let Some(first) = members.first() {
            draw.selection.belongs_to(*first as usize);
        }
        if let Some(index) = draw.weighted(members.iter().map(|peer| *peer as usize), Draw::may_have) {
            return Choice::Peer(index);
        }
        draw.selection.hash = draw.selection.hash.wrapping_add(1);
        if draw.misses() {
            return Choice::RoundRobin;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::balance::Method;
    use crate::balance::tests::{check, group};

    const THREE: &str = "a text=10.0.0.1:80; b text=10.0.0.2:80; c text=10.0.0.3:80";

    fn ring() -> Method {
        Method::Consistent(Ring::default())
    }

    fn keys() -> String {
        ["a", "b", "c", "d", "e", "f", "/index.html", "/u/7", "/u/8"].map(|key| format!("key:{key} one ")).concat()
    }

    /// By an independent reckoning of the formula.
    #[test]
    fn known_keys() {
        check(&ring(), THREE, &keys(), "b c a b c a a b b");
        let weights = "a text=10.0.0.1:80; b weight=4 text=10.0.0.2:80; c weight=2 text=10.0.0.3:80";
        check(&ring(), weights, &keys(), "b c a b b c a b b");
        let downs = [
            ("down:a", "b c c b c b c b b"),
            ("down:b", "a c a c c a a c c"),
            ("down:c", "b a a b a a a b b"),
            ("down:a down:b", "c c c c c c c c c"),
        ];
        for (down, told) in downs {
            check(&ring(), THREE, &format!("{down} {}", keys()), told);
        }
    }

    /// Host and port, no port, and an IPv6 address.
    #[test]
    fn the_text_is_split_at_its_port() {
        let bases = [
            ("10.0.0.1:80", &b"10.0.0.1\x0080"[..]),
            ("app.example.com", b"app.example.com\0"),
            ("[::1]:8080", b"[::1]\x008080"),
            ("[::1]", b"[::1]\0"),
            ("unix:/run/app.sock", b"/run/app.sock\0"),
            ("app:http", b"app:http\0"),
        ];
        for (text, hashed) in bases {
            assert_eq!(base_of(text.as_bytes()), crc32fast::hash(hashed), "{text}");
        }
        let points: Vec<u32> = {
            let mut points: Vec<u32> = chain(base_of(b"10.0.0.1:80")).take(160).collect();
            points.sort_unstable();
            points
        };
        assert_eq!(points[..3], [0x0039_3daa, 0x014f_33ec, 0x01af_e1cc]);
    }

    #[test]
    fn a_hundred_and_sixty_points_for_each_weight() {
        let group = group(ring(), "a weight=2 text=10.0.0.1:80; b text=10.0.0.2:80; c text=10.0.0.2:80");
        let Method::Consistent(ring) = group.method() else { panic!() };
        // b and c have the same points, of which each is kept once.
        assert_eq!((ring.points.len(), ring.texts.len()), (480, 2));
        assert!(ring.points.is_sorted_by(|one, other| one.hash < other.hash));
    }

    #[test]
    fn the_next_point_after_a_failure() {
        check(&ring(), THREE, "key:a die:b one key:c one", "b>a a");
        check(&ring(), THREE, "key:b die:c,a one", "c>a>b");
    }

    #[test]
    fn one_text_and_several_peers() {
        let shared = "a text=10.0.0.1:80; b text=app:80; c text=app:80";
        let told = "b c b c";
        let key = (0..100u32).map(|n| n.to_string()).find(|key| {
            let group = group(ring(), shared);
            let Method::Consistent(ring) = group.method() else { panic!() };
            ring.points[ring.place_of(key.as_bytes()) as usize % ring.points.len()].text == 1
        });
        check(&ring(), shared, &format!("key:{} one*4 down:b one*2", key.unwrap()), &format!("{told} c c"));
    }

    #[test]
    fn no_key_and_nobody() {
        check(&ring(), THREE, "one*4", "a b c a");
        check(&ring(), THREE, "down:a down:b down:c key:a one", "-");
        check(&ring(), "a", "key:a one", "a");
    }
}
