//! Picks a second, for every method with 2, 16 and 1024 peers: `cargo bench --bench picks`. A pick is a request that begins,
//! gets a peer and gives it back.

#![allow(missing_docs, reason = "divan's macros make items without documentation")]

use divan::Bencher;
use divan::counter::ItemsCount;
use nginxlb::balance::{
    Freed, Group, Measured, Method, Millis, Parameters, Peer, Random, Ring, Selection, Server, Unwatched, address_key,
};

fn main() {
    divan::main();
}

const PEERS: &[u32] = &[2, 16, 1024];

/// Requests of one run.
const REQUESTS: u32 = 1000;

/// A generator that costs next to nothing: Marsaglia's xorshift.
struct Xorshift(u32);

impl Random for Xorshift {
    fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 >> 1
    }
}

fn picks(bencher: Bencher, method: Method, peers: u32) {
    let peer = |n: u32| {
        let addr = format!("10.0.{}.{}:80", n / 256, n % 256);
        let parameters = Parameters { weight: i64::from(n % 3) + 1, ..Parameters::default() };
        Peer::new(Server::new(&addr, addr.as_bytes(), None, n), parameters)
    };
    let mut group = Group::new("u", method, (0..peers).map(peer).collect(), Vec::new());
    let (mut selection, mut rng) = (Selection::default(), Xorshift(1));
    bencher.counter(ItemsCount::new(REQUESTS)).bench_local(|| {
        for n in 0..REQUESTS {
            let now = Millis(u64::from(n));
            selection.clear();
            address_key(Some([10, 1, (n >> 8) as u8, n as u8].into()), &mut selection.key);
            group.start(&mut selection);
            divan::black_box(group.pick(&mut selection, now, &mut rng, &mut Unwatched));
            group.free(&mut selection, Freed::Well { header_time: Some(1), response_time: 1 }, now);
        }
    });
}

#[divan::bench(args = PEERS)]
fn round_robin(bencher: Bencher, peers: u32) {
    picks(bencher, Method::RoundRobin, peers);
}

#[divan::bench(args = PEERS)]
fn least_conn(bencher: Bencher, peers: u32) {
    picks(bencher, Method::LeastConn, peers);
}

#[divan::bench(args = PEERS)]
fn least_time(bencher: Bencher, peers: u32) {
    picks(bencher, Method::LeastTime(Measured::default()), peers);
}

#[divan::bench(args = PEERS)]
fn ip_hash(bencher: Bencher, peers: u32) {
    picks(bencher, Method::IpHash, peers);
}

#[divan::bench(args = PEERS)]
fn hash(bencher: Bencher, peers: u32) {
    picks(bencher, Method::Hash, peers);
}

#[divan::bench(args = PEERS)]
fn hash_consistent(bencher: Bencher, peers: u32) {
    picks(bencher, Method::Consistent(Ring::default()), peers);
}

#[divan::bench(args = PEERS)]
fn random(bencher: Bencher, peers: u32) {
    picks(bencher, Method::Random, peers);
}

#[divan::bench(args = PEERS)]
fn random_two(bencher: Bencher, peers: u32) {
    picks(bencher, Method::RandomTwo(None), peers);
}
