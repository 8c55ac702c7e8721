//! Backends: where requests go, which peer is chosen, and what happens when it fails.

use crate::translate::class::{Capability, Shows};

pub static PASS: Capability = Capability::exact("pass", "pass", "a route to a cluster");
pub static GROUP: Capability = Capability::exact("pass", "group", "a cluster");
pub static GROUP_UNUSED: Capability =
    Capability::harmless("pass", "group-unused", "nothing passes to the group: there is no cluster");
pub static PASS_NAMES: Capability = Capability::approximate(
    "pass",
    "pass-names",
    "the name is resolved again and again, nginx does it once",
    &[Shows::Peer, Shows::Timing],
    "",
);
pub static PASS_URI: Capability = Capability::exact("pass-uri", "pass-uri", "prefix_rewrite");
pub static PASS_VARIABLES: Capability = Capability::dropped(
    "pass-variables",
    "pass-variables",
    "the cluster cannot come out of variables: the answer is 502",
    &[Shows::Status, Shows::Headers, Shows::Body, Shows::Peer],
    "name the backends one by one",
);
pub static PASS_TLS: Capability =
    Capability::exact("pass-tls", "pass-tls", "an UpstreamTlsContext that verifies what nginx would verify");
pub static PASS_OTHER: Capability = Capability::dropped(
    "pass-other",
    "pass-other",
    "Envoy does not speak the protocol: the answer is 502",
    &[Shows::Status, Shows::Headers, Shows::Body, Shows::Peer],
    "put a program that does in between",
);
pub static ROUND_ROBIN: Capability = Capability::approximate(
    "round-robin",
    "round-robin",
    "each server gets its share of every cycle, which begins anywhere",
    &[Shows::Peer],
    "",
);
pub static ROUND_ROBIN_ONE: Capability =
    Capability::exact("round-robin", "round-robin-one", "there is one server to choose");
pub static WEIGHT: Capability = Capability::exact("weight", "weight", "load_balancing_weight");
pub static WEIGHT_LOST: Capability = Capability::dropped(
    "weight",
    "weight-lost",
    "RANDOM has no weights: every server is as likely",
    &[Shows::Peer],
    "use round robin",
);
pub static MAX_FAILS: Capability = Capability::approximate(
    "max-fails",
    "max-fails",
    "failures count when they follow each other, and a sweep every second brings servers back",
    &[Shows::Status, Shows::Peer, Shows::Timing],
    "",
);
pub static MAX_FAILS_OTHERS: Capability = Capability::approximate(
    "max-fails",
    "max-fails-others",
    "the values of the group's first server hold for all",
    &[Shows::Status, Shows::Peer, Shows::Timing],
    "give all servers the same",
);
pub static BACKUP: Capability = Capability::exact("backup", "backup", "endpoints with priority 1");
pub static DOWN: Capability = Capability::exact("down", "down", "the server is left out");
pub static MAX_CONNS: Capability = Capability::approximate(
    "max-conns",
    "max-conns",
    "the limit holds for connections, idle ones too, and for each worker",
    &[Shows::Status, Shows::Peer],
    "",
);
pub static SLOW_START: Capability = Capability::approximate(
    "slow-start",
    "slow-start",
    "slow_start_config: the weight grows in other steps",
    &[Shows::Peer],
    "",
);
pub static RESOLVE: Capability =
    Capability::approximate("resolve", "resolve", "a STRICT_DNS cluster", &[Shows::Peer, Shows::Timing], "");
pub static SERVICE: Capability = Capability::dropped(
    "resolve",
    "service",
    "SRV records are not looked up",
    &[Shows::Status, Shows::Peer],
    "name the servers",
);
pub static LEAST_CONN: Capability = Capability::approximate(
    "least-conn",
    "least-conn",
    "LEAST_REQUEST over all servers counts requests, and breaks ties by chance",
    &[Shows::Peer],
    "",
);
pub static IP_HASH: Capability =
    Capability::exact("ip-hash", "ip-hash", "the script reckons as nginx, and override_host takes what it chose");
pub static HASH: Capability =
    Capability::exact("hash", "hash", "the script reckons as nginx, and override_host takes what it chose");
pub static HASH_LOST: Capability = Capability::dropped(
    "hash",
    "hash-lost",
    "the key has variables that the script does not know, or a server is a name: it is round robin",
    &[Shows::Peer],
    "",
);
pub static HASH_CONSISTENT: Capability = Capability::exact(
    "hash-consistent",
    "hash-consistent",
    "the script has nginx's ring, and override_host takes what it chose",
);
pub static HASH_EMPTY: Capability = Capability::approximate(
    "hash",
    "hash-empty",
    "requests without the key have their turns, in a cycle that begins anywhere",
    &[Shows::Peer],
    "",
);
pub static RANDOM: Capability =
    Capability::approximate("random", "random", "RANDOM, with chance of its own", &[Shows::Peer], "");
pub static RANDOM_TWO: Capability = Capability::approximate(
    "random",
    "random-two",
    "LEAST_REQUEST with two choices counts requests",
    &[Shows::Peer],
    "",
);
pub static LEAST_TIME: Capability =
    Capability::dropped("least-time", "least-time", "times are not looked at: it is LEAST_REQUEST", &[Shows::Peer], "");
pub static STICKY_COOKIE: Capability = Capability::approximate(
    "sticky-cookie",
    "sticky-cookie",
    "a stateful_session cookie: its value is another one, so clients of before are bound anew",
    &[Shows::Headers, Shows::Peer],
    "",
);
pub static STICKY_OTHER: Capability = Capability::dropped(
    "sticky-other",
    "sticky-other",
    "sessions are not bound",
    &[Shows::Peer],
    "bind them by a cookie",
);
pub static KEEPALIVE: Capability =
    Capability::automatic("keepalive", "keepalive", "connections are kept until idle_timeout");
pub static KEEPALIVE_NONE: Capability =
    Capability::exact("keepalive", "keepalive-none", "max_requests_per_connection 1");
pub static ZONE: Capability = Capability::approximate(
    "zone",
    "zone",
    "workers share who is out, but each balances by itself",
    &[Shows::Peer],
    "run it with --concurrency 1",
);
pub static NEXT_UPSTREAM: Capability =
    Capability::exact("next-upstream", "next-upstream", "retry_on, and a route of its own for POST, LOCK and PATCH");
pub static NEXT_UPSTREAM_OFF: Capability = Capability::exact("next-upstream", "next-upstream-off", "no retries");
pub static NEXT_UPSTREAM_TURNS: Capability = Capability::approximate(
    "next-upstream",
    "next-upstream-turns",
    "no retries: as turns begin anywhere, it is another request that meets a server that fails",
    &[Shows::Status],
    "",
);
pub static NEXT_UPSTREAM_HALF: Capability = Capability::approximate(
    "next-upstream",
    "next-upstream-half",
    "Envoy does not tell errors from timeouts: it tries again after both",
    &[Shows::Status, Shows::Peer, Shows::Timing],
    "",
);
pub static NEXT_UPSTREAM_STATUS: Capability =
    Capability::exact("next-upstream-status", "next-upstream-status", "retriable_status_codes");
pub static TRIES: Capability = Capability::exact("next-upstream-tries", "tries", "num_retries");
pub static TRIES_TIMEOUT: Capability = Capability::dropped(
    "next-upstream-tries",
    "tries-timeout",
    "tries go on however long they take",
    &[Shows::Timing, Shows::Status],
    "",
);
pub static ALL_FAILED: Capability = Capability::exact("all-failed", "all-failed", "local_reply_config makes 502 of it");
pub static CONNECT_TIMEOUT: Capability = Capability::exact("connect-timeout", "connect-timeout", "connect_timeout");
pub static READ_TIMEOUT: Capability = Capability::exact("read-timeout", "read-timeout", "per_try_idle_timeout");
pub static SEND_TIMEOUT: Capability = Capability::approximate(
    "send-timeout",
    "send-timeout",
    "per_try_idle_timeout, which is that of reading, holds for writing too",
    &[Shows::Timing],
    "",
);
