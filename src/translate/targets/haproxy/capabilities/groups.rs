//! The groups: their servers and who is chosen.

use crate::translate::class::{Capability, Shows};

pub static ROUND_ROBIN: Capability = Capability::exact("round-robin", "round-robin", "balance roundrobin");
pub static WEIGHT: Capability = Capability::approximate(
    "weight",
    "weight",
    "each server gets its share in every cycle, in another order",
    &[Shows::Peer],
    "",
);
pub static WEIGHT_SCALED: Capability = Capability::approximate(
    "weight",
    "weight-scaled",
    "weights over 256 are scaled down, and rounded",
    &[Shows::Peer],
    "use smaller weights",
);
pub static MAX_FAILS: Capability = Capability::approximate(
    "max-fails",
    "max-fails",
    "observe layer4: only failures to connect count, and only those in a row; the server comes back when a check of its \
     port succeeds; whoever met the failure goes to a server that round robin chooses",
    &[Shows::Peer, Shows::Timing],
    "",
);
pub static MAX_FAILS_NONE: Capability =
    Capability::exact("max-fails", "max-fails-none", "no check: failures are not counted");
pub static BACKUP: Capability = Capability::approximate(
    "backup",
    "backup",
    "backup servers serve when all others are down, not after the failure of a request that reached one",
    &[Shows::Peer, Shows::Status],
    "",
);
pub static DOWN: Capability = Capability::exact("down", "down", "disabled");
pub static DRAIN: Capability =
    Capability::approximate("down", "drain", "weight 0: only who has its cookie comes to it", &[Shows::Peer], "");
pub static MAX_CONNS: Capability = Capability::approximate(
    "max-conns",
    "max-conns",
    "maxconn counts for the whole process, and a request waits a moment for its turn before it is refused",
    &[Shows::Peer, Shows::Timing],
    "",
);
pub static SLOW_START: Capability = Capability::approximate(
    "slow-start",
    "slow-start",
    "slowstart: the weight grows in steps, and the limit of connections with it",
    &[Shows::Peer],
    "",
);
pub static RESOLVE: Capability = Capability::approximate(
    "resolve",
    "resolve",
    "server-template with 8 slots for addresses; what a name server says is held as long as valid= says, else for 10 s",
    &[Shows::Peer, Shows::Timing],
    "",
);
pub static RESOLVE_AT_START: Capability = Capability::approximate(
    "resolve",
    "resolve-at-start",
    "only the first address of a name is used",
    &[Shows::Peer],
    "write the addresses as servers of their own",
);
pub static LEAST_CONN: Capability = Capability::approximate(
    "least-conn",
    "least-conn",
    "balance leastconn: among equals it goes by the last use, not by weights",
    &[Shows::Peer],
    "",
);
pub static IP_HASH: Capability =
    Capability::exact("ip-hash", "ip-hash", "nginx's sum by converters, use-server for each share");
pub static IP_HASH_IPV6: Capability = Capability::approximate(
    "ip-hash",
    "ip-hash-ipv6",
    "of an IPv6 address only three bytes count, so that others share a server",
    &[Shows::Peer],
    "",
);
pub static HASH: Capability = Capability::exact("hash", "hash", "nginx's sum by converters, use-server for each share");
pub static HASH_KEY: Capability = Capability::dropped(
    "hash",
    "hash-key",
    "the key has variables that HAProxy does not know: it is round robin",
    &[Shows::Peer],
    "choose another key",
);
pub static HASH_CONSISTENT: Capability = Capability::exact(
    "hash-consistent",
    "hash-consistent",
    "nginx's ring as a map from the key's sum to the servers in their order",
);
pub static RANDOM: Capability =
    Capability::approximate("random", "random", "balance random: other chances", &[Shows::Peer], "");
pub static LEAST_TIME: Capability = Capability::approximate(
    "least-time",
    "least-time",
    "balance leastconn: times of answers do not count",
    &[Shows::Peer, Shows::Timing],
    "",
);
pub static STICKY_COOKIE: Capability = Capability::approximate(
    "sticky-cookie",
    "sticky-cookie",
    "cookie insert indirect: the values are nginx's, so that sessions go on; the cookie is taken from the request, it \
     always has a path, and is set again only for new sessions",
    &[Shows::Headers, Shows::UpstreamHeaders],
    "",
);
pub static STICKY_OTHER: Capability = Capability::dropped(
    "sticky-other",
    "sticky-other",
    "sessions are not bound",
    &[Shows::Peer],
    "write stick on or stick store-response by hand",
);
pub static KEEPALIVE: Capability =
    Capability::automatic("keepalive", "keepalive", "idle connections are kept, as many as pool-max-conn says");
pub static KEEPALIVE_NONE: Capability =
    Capability::exact("keepalive", "keepalive-none", "http-reuse never, option http-server-close");
pub static ZONE: Capability = Capability::automatic("zone", "zone", "all threads share their state");
