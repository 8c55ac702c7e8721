//! What Traefik, by its file provider, can do with groups: who is asked, in what turn.

use crate::translate::class::{Capability, Shows};

pub static ROUND_ROBIN: Capability =
    Capability::exact("round-robin", "round-robin", "turns by weight, from a server at random");
pub static WEIGHT: Capability =
    Capability::exact("weight", "weight", "`weight`: each server gets its share in every cycle, spread otherwise");
pub static MAX_FAILS_SAID: Capability = Capability::dropped(
    "max-fails",
    "max-fails-said",
    "a server that fails stays in turn, and requests that meet it are tried again",
    &[Shows::Peer, Shows::Timing],
    "add a `healthCheck`",
);
pub static MAX_FAILS: Capability = Capability::approximate(
    "max-fails",
    "max-fails",
    "a server that fails stays in turn, and requests that meet it are tried again",
    &[Shows::Timing],
    "add a `healthCheck`",
);
pub static BACKUP: Capability = Capability::approximate(
    "backup",
    "backup",
    "`failover` when the others answer 502 or 504, whatever the method, and whoever said so; others that fail stay in turn",
    &[Shows::Peer, Shows::Status, Shows::Timing, Shows::Body],
    "",
);
pub static DOWN: Capability = Capability::exact("down", "down", "the server is left out");
pub static MAX_CONNS: Capability =
    Capability::dropped("max-conns", "max-conns", "connections are not limited", &[Shows::Peer, Shows::Status], "");
pub static SLOW_START: Capability = Capability::dropped(
    "slow-start",
    "slow-start",
    "a server that is back gets its whole share at once",
    &[Shows::Peer],
    "",
);
pub static RESOLVE: Capability = Capability::approximate(
    "resolve",
    "resolve",
    "the name is looked up for each connection, and one of its addresses is taken",
    &[Shows::Peer],
    "",
);
pub static SERVICE: Capability = Capability::dropped(
    "resolve",
    "service",
    "no SRV records are looked up",
    &[Shows::Peer, Shows::Status],
    "write the servers down",
);
pub static LEAST_CONN: Capability = Capability::approximate(
    "least-conn",
    "least-conn",
    "`p2c`: the better of two at random, without weights",
    &[Shows::Peer],
    "",
);
pub static IP_HASH: Capability = Capability::approximate(
    "ip-hash",
    "ip-hash",
    "`hrw` chooses other servers, by the whole address",
    &[Shows::Peer],
    "",
);
pub static HASH_ADDRESS: Capability =
    Capability::approximate("hash", "hash-address", "`hrw` chooses other servers", &[Shows::Peer], "");
pub static HASH: Capability = Capability::dropped(
    "hash",
    "hash",
    "hashes know the client's address only: servers take turns",
    &[Shows::Peer],
    "",
);
pub static HASH_CONSISTENT: Capability = Capability::dropped(
    "hash-consistent",
    "hash-consistent",
    "hashes know the client's address only: servers take turns",
    &[Shows::Peer],
    "",
);
pub static RANDOM: Capability = Capability::approximate("random", "random", "servers take turns", &[Shows::Peer], "");
pub static RANDOM_TWO: Capability =
    Capability::approximate("random", "random-two", "`p2c`, without weights", &[Shows::Peer], "");
pub static LEAST_TIME: Capability =
    Capability::approximate("least-time", "least-time", "`leasttime` measures in its own way", &[Shows::Peer], "");
pub static STICKY_COOKIE: Capability = Capability::approximate(
    "sticky-cookie",
    "sticky-cookie",
    "`sticky` with a value of its own: each client is placed anew once",
    &[Shows::Headers, Shows::Peer],
    "",
);
pub static STICKY_OTHER: Capability =
    Capability::dropped("sticky-other", "sticky-other", "sessions are not kept", &[Shows::Peer], "use `sticky cookie`");
pub static DRAIN: Capability = Capability::dropped(
    "sticky-other",
    "drain",
    "the server is left out, for clients that it has too",
    &[Shows::Peer],
    "",
);
pub static KEEPALIVE: Capability =
    Capability::exact("keepalive", "keepalive", "`maxIdleConnsPerHost`, `idleConnTimeout`");
pub static KEEPALIVE_OFF: Capability = Capability::exact("keepalive", "keepalive-off", "`maxIdleConnsPerHost` of -1");
pub static ZONE: Capability = Capability::automatic("zone", "zone", "all threads share the state");
