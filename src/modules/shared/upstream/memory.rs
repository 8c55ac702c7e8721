//! Whether a zone has room for the servers of its groups. nginx copies them into the zone when it starts, even under
//! `-t`, and stops if they do not fit.
//!
//! The rule is that of `ngx_slab.c`: a zone is cut into pages of 4096 bytes, after a head; a page serves pieces of one
//! size, a power of two from 8 to 2048. Nothing is given back while groups are copied, so all fits exactly if the
//! pages that the pieces of each size need are there. The sizes are those of 64-bit Linux.

use std::collections::BTreeMap;

use super::{Server, Upstream, Upstreams};
use crate::diagnostics::Level;
use crate::modules::prelude::*;
use crate::modules::{Target, Version, http, stream};

const PAGE: u64 = 4096;
/// A zone's head: the pool, and a list and counters for each size of pieces.
const HEAD: u64 = 200 + 9 * (24 + 32);
/// What the head holds about each page.
const PAGE_HEAD: u64 = 24;

/// The pieces that a zone holds.
#[derive(Debug, Default)]
struct Pieces {
    /// How many of each size, by its exponent.
    small: BTreeMap<u32, u64>,
    /// Pages for pieces larger than half a page.
    whole: u64,
}

impl Pieces {
    fn add(&mut self, size: u64) {
        match size {
            0..=8 => *self.small.entry(3).or_default() += 1,
            9..=2048 => *self.small.entry(size.next_power_of_two().trailing_zeros()).or_default() += 1,
            _ => self.whole += size.div_ceil(PAGE),
        }
    }

    fn pages(&self) -> u64 {
        let of_size = |(exponent, count): (&u32, &u64)| {
            let pieces = PAGE >> exponent;
            // Pages of the smallest pieces hold the map of what is used.
            let map = if *exponent < 6 { (pieces >> (exponent + 3)).max(1) } else { 0 };
            count.div_ceil(pieces - map)
        };
        self.small.iter().map(of_size).sum::<u64>() + self.whole
    }
}

/// The pages of a zone of `size` bytes.
fn pages_of(size: u64) -> u64 {
    let pages = size.saturating_sub(HEAD) / (PAGE + PAGE_HEAD);
    let start = (HEAD + pages * PAGE_HEAD).next_multiple_of(PAGE);
    pages.min(size.saturating_sub(start) / PAGE)
}

/// Judges a zone, by its number, when nginx would fill it.
///
/// # Errors
/// nginx's `no memory in upstream zone`.
pub fn zone_has_room(cx: &Cx, at: usize) -> Verdict {
    let zone = cx.config.zones.get(at);
    let http = zone.tag == http::upstream::MODULE.name;
    let realm = match zone.tag {
        tag if tag == http::upstream::MODULE.name => cx.config.http,
        tag if tag == stream::upstream::MODULE.name => cx.config.stream,
        _ => None,
    };
    let upstreams = realm.and_then(|realm| cx.config.scope(realm).slot::<Upstreams>());
    // The inside of NGINX Plus is not known.
    let Some(upstreams) = upstreams.filter(|_| cx.target.plus.is_none()) else { return Ok(()) };
    let mut pieces = Pieces::default();
    pieces.add(" in upstream zone \"\"".len() as u64 + 1 + zone.name.len() as u64);
    for (_, upstream) in upstreams.iter().filter(|(_, upstream)| upstream.zone == Some(at)) {
        group(&mut pieces, upstream, &cx.target, http);
    }
    let pages = pieces.pages();
    if pages <= pages_of(zone.size) {
        return Ok(());
    }
    let message = format!("ngx_slab_alloc() failed: no memory in upstream zone \"{}\"", zone.name);
    let enough = (HEAD + pages * PAGE_HEAD).next_multiple_of(PAGE) + pages * PAGE;
    let help = format!("the servers of this zone need {}k", enough / 1024);
    Err(Fault { level: Level::Crit, ..Fault::emerg(message).unlocated().at(zone.span).help(help) })
}

/// `resolve`: servers of a zone learn of new addresses, and the zone counts its changes.
const RE_RESOLVES: Version = Version::read("1.27.3");

/// The pieces of one group.
fn group(pieces: &mut Pieces, upstream: &Upstream, target: &Target, http: bool) {
    /// A set of peers: 96 bytes now, 80 before, of one size of pieces.
    const PEERS: u64 = 96;
    /// An `ngx_str_t`.
    const STRING: u64 = 16;
    for size in [PEERS, STRING, upstream.name.len() as u64] {
        pieces.add(size);
    }
    if target.version >= RE_RESOLVES {
        pieces.add(8);
    }
    let run_time = upstream.servers.iter().any(|server| server.run_time);
    if upstream.servers.iter().any(|server| server.backup) || (run_time && upstream.method.has_backup()) {
        pieces.add(PEERS);
    }
    for server in &upstream.servers {
        peers(pieces, server, target, http);
    }
}

/// The pieces of the peers of one server.
fn peers(pieces: &mut Pieces, server: &Server, target: &Target, http: bool) {
    /// `ngx_sockaddr_t`, and room for any address as text.
    const ADDRESS: [u64; 2] = [112, 113];
    /// Room for a route.
    const ROUTE: u64 = 32;
    /// `ngx_http_upstream_host_t`
    const RUN_TIME: u64 = 160;
    /// The first version with `sticky`.
    const STICKS: Version = Version::read("1.29.6");
    let count = if server.run_time { 1 } else { server.url.addresses.len() };
    for _ in 0..count {
        pieces.add(peer_size(target, http));
        for size in ADDRESS {
            pieces.add(size);
        }
        if http && target.version >= STICKS && target.has(&http::upstream_sticky::MODULE) {
            pieces.add(ROUTE);
        }
        pieces.add(server.url.text.len() as u64);
        if server.run_time {
            pieces.add(RUN_TIME);
            pieces.add(server.url.host.len() as u64);
            if let Some(service) = &server.service {
                pieces.add(service.len() as u64);
            }
        }
    }
}

/// The size of a peer, up to what shares a size of pieces.
fn peer_size(target: &Target, http: bool) -> u64 {
    /// The first version that measures times.
    const MEASURES: Version = Version::read("1.31.0");
    /// Built for modules of others, it has room to spare.
    const COMPATIBLE: u64 = 512;
    let measures = target.version >= MEASURES && target.has(&http::upstream_least_time::MODULE);
    match () {
        () if target.built_with("--with-compat") => COMPATIBLE,
        () if http && measures && target.has(&http::ssl::MODULE) => 264,
        () => 256,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages() {
        assert_eq!(pages_of(32 * 1024), 7);
        assert_eq!(pages_of(0), 0);
        assert_eq!(pages_of(64 * 1024), 15);
    }

    #[test]
    fn pieces_to_a_page() {
        let cases = [(8, 504), (16, 254), (32, 127), (64, 64), (2048, 2)];
        for (size, count) in cases {
            let mut pieces = Pieces::default();
            (0..count).for_each(|_| pieces.add(size));
            assert_eq!(pieces.pages(), 1, "{size}");
            pieces.add(size);
            assert_eq!(pieces.pages(), 2, "{size}");
        }
    }
}
