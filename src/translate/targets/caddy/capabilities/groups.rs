//! What Caddy can do with groups: who is asked, in what turn.

use crate::translate::class::{Capability, Shows};

pub static ROUND_ROBIN: Capability =
    Capability::exact("round-robin", "round-robin", "`round_robin`, or `weighted_round_robin` where weights differ");
pub static ROUND_ROBIN_EACH: Capability = Capability::approximate(
    "round-robin",
    "round-robin-each",
    "each location that passes to the group has its own turn",
    &[Shows::Peer],
    "",
);
pub static WEIGHT: Capability = Capability::approximate(
    "weight",
    "weight",
    "each server gets its share in every cycle, one server after the other instead of spread; while one is out the others share its turns unevenly",
    &[Shows::Peer],
    "",
);
pub static MAX_FAILS: Capability = Capability::exact("max-fails", "max-fails", "passive health checks");
pub static MAX_FAILS_MANY: Capability = Capability::approximate(
    "max-fails",
    "max-fails-many",
    "a server is back when the first of the failures is old enough, not `fail_timeout` after the last",
    &[Shows::Timing, Shows::Peer],
    "",
);
pub static MAX_FAILS_UNEQUAL: Capability = Capability::approximate(
    "max-fails",
    "max-fails-unequal",
    "all servers have the limits of the first",
    &[Shows::Timing, Shows::Peer],
    "give them the same limits",
);
pub static BACKUP: Capability = Capability::approximate(
    "backup",
    "backup",
    "a second `reverse_proxy`, where the first has failed; backups that fail stay in turn",
    &[Shows::Peer, Shows::Timing],
    "",
);
pub static DOWN: Capability = Capability::exact("down", "down", "the server is left out");
pub static MAX_CONNS: Capability = Capability::approximate(
    "max-conns",
    "max-conns",
    "`max_requests`, which counts requests",
    &[Shows::Peer, Shows::Status],
    "",
);
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
    "`least_conn` counts requests, and among equals one is taken at random",
    &[Shows::Peer],
    "",
);
pub static LEAST_CONN_WEIGHTS: Capability =
    Capability::approximate("least-conn", "least-conn-weights", "`least_conn` has no weights", &[Shows::Peer], "");
pub static IP_HASH: Capability = Capability::approximate(
    "ip-hash",
    "ip-hash",
    "`ip_hash` chooses other servers, by the whole address and without weights",
    &[Shows::Peer],
    "",
);
pub static HASH: Capability = Capability::approximate(
    "hash",
    "hash",
    "a hash on the same key chooses other servers, without weights",
    &[Shows::Peer],
    "",
);
pub static HASH_VARIABLES: Capability = Capability::dropped(
    "hash",
    "hash-variables",
    "a variable of the key has no placeholder: servers take turns",
    &[Shows::Peer],
    "",
);
pub static HASH_CONSISTENT: Capability = Capability::approximate(
    "hash-consistent",
    "hash-consistent",
    "a hash on the same key chooses other servers, without weights; keys stay where they are when others fail",
    &[Shows::Peer],
    "",
);
pub static RANDOM: Capability = Capability::exact("random", "random", "`random`");
pub static RANDOM_WEIGHTS: Capability =
    Capability::approximate("random", "random-weights", "`random` has no weights", &[Shows::Peer], "");
pub static RANDOM_TWO: Capability =
    Capability::approximate("random", "random-two", "`random_choose` without weights", &[Shows::Peer], "");
pub static LEAST_TIME: Capability = Capability::dropped(
    "least-time",
    "least-time",
    "`least_conn` takes its place: times are not measured",
    &[Shows::Peer],
    "",
);
pub static STICKY_COOKIE: Capability = Capability::approximate(
    "sticky-cookie",
    "sticky-cookie",
    "`cookie` with a value of its own: each client is placed anew once",
    &[Shows::Headers, Shows::Peer],
    "",
);
pub static METHOD_BEHIND_STICKY: Capability =
    Capability::harmless("sticky-cookie", "method-behind-sticky", "clients without a cookie take turns");
pub static STICKY_OTHER: Capability =
    Capability::dropped("sticky-other", "sticky-other", "sessions are not kept", &[Shows::Peer], "use `sticky cookie`");
pub static DRAIN: Capability = Capability::dropped(
    "sticky-other",
    "drain",
    "the server is left out, for clients that it has too",
    &[Shows::Peer],
    "",
);
pub static KEEPALIVE: Capability = Capability::exact("keepalive", "keepalive", "`keep_alive`");
pub static KEEPALIVE_OFF: Capability = Capability::exact("keepalive", "keepalive-off", "`keep_alive` off");
pub static ZONE: Capability = Capability::automatic("zone", "zone", "all threads share the state");
