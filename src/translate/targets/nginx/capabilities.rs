//! What another version of nginx can do. Most directives stay as they are, whatever feature they belong to.

use crate::translate::class::{Capability, Shows};

/// What a feature without a difference between versions is called.
const fn kept(feature: &'static str) -> Capability {
    Capability::exact(feature, feature, "as it is")
}

pub static OTHER: Capability = kept("text");
pub static INCLUDE: Capability =
    Capability::automatic("text", "include", "the included files are written in its place");
pub static SAME_DEFAULT: Capability =
    Capability::automatic("text", "same-default", "the default is the same in both versions");
pub static DEFAULT: Capability =
    Capability::exact("text", "default-written", "the default has changed: the former one is written down");
pub static CONTAINER_GONE: Capability = Capability::refused(
    "text",
    "lost-block",
    "the block cannot be kept, and what it kept from others would fall to them",
    &[Shows::Status],
    "write the block so that the version has it",
);
pub static REMOVED: Capability = Capability::dropped(
    "text",
    "removed",
    "the version does not have it",
    EVERYTHING,
    "look whether it is needed there",
);
pub static REMOVED_GUARD: Capability = Capability::refused(
    "text",
    "removed-guard",
    "it protects something, and the version does not have it",
    &[Shows::Status],
    "protect it in another place, then allow the loss",
);
pub static PARAMETER: Capability = Capability::dropped(
    "text",
    "parameter",
    "a parameter is left out that the version does not have",
    EVERYTHING,
    "look whether it is needed there",
);
pub static PARAMETER_GUARD: Capability = Capability::refused(
    "text",
    "parameter-guard",
    "a parameter of what protects something is left out",
    &[Shows::Status],
    "protect it in another place, then allow the loss",
);
pub static HANDLER: Capability = Capability::dropped(
    "pass-other",
    "handler",
    "the version does not have what answers here: the answer is 502",
    &[Shows::Status, Shows::Body],
    "remove the location",
);
pub static VARIABLE: Capability = Capability::dropped(
    "text",
    "variable",
    "a variable that the version does not have is left out of the text",
    &[Shows::Headers, Shows::UpstreamHeaders],
    "",
);
pub static LOG_VARIABLE: Capability = Capability::dropped(
    "access-log",
    "log-variable",
    "a variable that the version does not have is logged as -",
    &[Shows::Logs],
    "",
);
pub static KEEPALIVE_TIME: Capability =
    Capability::harmless("client-timeouts", "keepalive-time", "connections of clients may live longer than an hour");
pub static MULTIPATH: Capability =
    Capability::harmless("listen", "multipath", "connections take one path instead of several");
pub static EARLY_HINTS: Capability = Capability::dropped(
    "pass",
    "early-hints",
    "early hints of backends are not passed on",
    &[Shows::Headers, Shows::Timing],
    "",
);
pub static PUSH: Capability =
    Capability::dropped("listen-tls", "push", "nothing is pushed over HTTP/2", &[Shows::Connections], "");
pub static QUEUE: Capability = Capability::dropped(
    "max-conns",
    "queue",
    "requests do not wait for a backend that is free: the answer is 502",
    &[Shows::Status, Shows::Timing],
    "",
);
pub static HEALTH_CHECK: Capability = Capability::dropped(
    "max-fails",
    "health-check",
    "backends are not probed: only requests show that one is down",
    &[Shows::Peer, Shows::Timing, Shows::Status],
    "max_fails and fail_timeout keep requests from servers that fail",
);
pub static STATISTICS: Capability =
    Capability::dropped("access-log", "statistics", "nobody counts", &[Shows::Logs], "count by access logs");
pub static INHERIT: Capability = Capability::dropped(
    "add-header",
    "inherit",
    "a block that adds a header has none of those of the blocks around it",
    &[Shows::Headers],
    "repeat them in the block",
);

pub static MAX_HEADERS: Capability = Capability::approximate(
    "text",
    "max-headers",
    "requests may have more headers than 1000",
    &[Shows::Status],
    "large_client_header_buffers limits their size",
);
/// Where nobody looked, a difference may show anywhere.
const EVERYTHING: &[Shows] =
    &[Shows::Status, Shows::Headers, Shows::Body, Shows::Uri, Shows::UpstreamHeaders, Shows::Peer, Shows::Timing];

pub static QUIC: Capability = Capability::dropped(
    "listen-tls",
    "quic",
    "HTTP/3 is not spoken",
    &[Shows::Connections],
    "take Alt-Svc headers out: nobody listens there any more",
);
pub static HTTP2: Capability = Capability::exact(
    "listen-tls",
    "http2",
    "the parameter of listen instead of the directive, or the other way round",
);
pub static HTTP2_SHARED: Capability = Capability::approximate(
    "listen-tls",
    "http2-shared",
    "all servers of an address speak HTTP/2, or none: the version has no say for each",
    &[Shows::Connections],
    "give the server an address of its own",
);
pub static HTTP2_PLAIN: Capability = Capability::approximate(
    "listen-tls",
    "http2-plain",
    "HTTP/2 without TLS and HTTP/1 exclude each other on an address: HTTP/1 stays",
    &[Shows::Connections],
    "give HTTP/2 without TLS an address of its own",
);
pub static HTTP1_TOO: Capability = Capability::approximate(
    "listen-tls",
    "http1-too",
    "where only HTTP/2 without TLS was spoken HTTP/1 is spoken, too",
    &[Shows::Connections, Shows::Status],
    "",
);
pub static HTTP2_LOST: Capability =
    Capability::dropped("listen-tls", "http2-lost", "HTTP/2 is not spoken", &[Shows::Connections], "");
pub static SSL_ON: Capability = Capability::exact("listen-tls", "ssl-on", "listen ... ssl");
pub static SSL_ON_SHARED: Capability = Capability::approximate(
    "listen-tls",
    "ssl-on-shared",
    "all servers of an address speak TLS, where only some had ssl on",
    &[Shows::Connections],
    "give the server an address of its own",
);
pub static DRAIN: Capability = Capability::approximate(
    "down",
    "drain",
    "down: sessions bound to the server go elsewhere, too",
    &[Shows::Peer],
    "",
);
pub static SLOW_START: Capability = Capability::dropped(
    "slow-start",
    "slow-start-lost",
    "the server gets its whole share at once when it is back",
    &[Shows::Peer, Shows::Timing],
    "",
);
pub static RESOLVE: Capability = Capability::approximate(
    "resolve",
    "resolve-once",
    "the name is resolved when nginx starts, not again later",
    &[Shows::Peer],
    "reload nginx when addresses change",
);
pub static SERVICE: Capability = Capability::dropped(
    "resolve",
    "service",
    "servers cannot be found by SRV records",
    &[Shows::Status, Shows::Peer],
    "name the servers one by one",
);
pub static NO_SERVERS: Capability = Capability::dropped(
    "resolve",
    "no-servers",
    "the group's servers came at run time; it has none any more, and the answer is 502",
    &[Shows::Status, Shows::Peer],
    "name the servers one by one",
);
pub static LEAST_TIME: Capability = Capability::approximate(
    "least-time",
    "least-time-conn",
    "least_conn: the fewest connections instead of the shortest time",
    &[Shows::Peer],
    "",
);
pub static RANDOM_TIME: Capability = Capability::approximate(
    "random",
    "random-time",
    "of two servers the one with fewer connections instead of the shorter time",
    &[Shows::Peer],
    "",
);
pub static STICKY_COOKIE: Capability = Capability::approximate(
    "sticky-cookie",
    "sticky-cookie-hash",
    "the cookie holds a session whose hash chooses the server; sessions from before are bound anew",
    &[Shows::Peer, Shows::Headers],
    "",
);
pub static STICKY_METHOD: Capability =
    Capability::approximate("sticky-cookie", "sticky-method", "new sessions are spread by a hash", &[Shows::Peer], "");
pub static ROUTE: Capability = Capability::harmless("sticky-cookie", "route", "only sticky reads it");
pub static STICKY_OTHER: Capability = Capability::approximate(
    "sticky-other",
    "sticky-address",
    "ip_hash: a session is bound by the client's address",
    &[Shows::Peer],
    "",
);
pub static KEEPALIVE: Capability =
    Capability::exact("keepalive", "keepalive-written", "as many idle connections as before");
pub static KEEPALIVE_NONE: Capability = Capability::automatic("keepalive", "keepalive-none", "no connections are kept");
pub static KEEPALIVE_SHARED: Capability = Capability::approximate(
    "keepalive",
    "keepalive-shared",
    "locations share the idle connections of the group",
    &[Shows::Connections],
    "",
);
pub static TRIED_AGAIN: Capability = Capability::approximate(
    "next-upstream",
    "tried-again",
    "requests that are not idempotent are tried again, too",
    &[Shows::Peer, Shows::Timing, Shows::Status],
    "proxy_next_upstream off where that does harm",
);
pub static NOT_TRIED_AGAIN: Capability =
    Capability::exact("next-upstream", "non-idempotent", "non_idempotent, which was the rule before 1.9.13");
pub static CONNECTION: Capability = Capability::exact(
    "set-header",
    "connection-written",
    "proxy_set_header wherever headers are set, as the version has another default",
);
pub static HTTP_VERSION: Capability =
    Capability::exact("http-version", "http-version-written", "proxy_http_version, as the version has another default");
pub static HTTP2_UPSTREAM: Capability = Capability::approximate(
    "http-version",
    "http2-upstream",
    "HTTP/1.1 instead of HTTP/2 is spoken to the backend",
    &[Shows::Uri, Shows::Connections],
    "",
);

pub static ALL: &[&Capability] = &[
    &kept("listen"),
    &MULTIPATH,
    &kept("listen-tls"),
    &QUIC,
    &HTTP2,
    &HTTP2_SHARED,
    &HTTP2_PLAIN,
    &HTTP1_TOO,
    &HTTP2_LOST,
    &PUSH,
    &SSL_ON,
    &SSL_ON_SHARED,
    &kept("listen-proxy-protocol"),
    &kept("server-name"),
    &kept("server-name-wildcard"),
    &kept("server-name-regex"),
    &kept("default-server"),
    &kept("location-exact"),
    &kept("location-prefix"),
    &kept("location-regex"),
    &kept("slash-redirect"),
    &kept("path-normalising"),
    &kept("return-text"),
    &kept("return-redirect"),
    &kept("return-close"),
    &kept("rewrite"),
    &kept("if"),
    &kept("pass"),
    &EARLY_HINTS,
    &kept("pass-uri"),
    &kept("pass-variables"),
    &kept("pass-tls"),
    &kept("pass-other"),
    &HANDLER,
    &kept("files"),
    &kept("round-robin"),
    &kept("weight"),
    &kept("max-fails"),
    &HEALTH_CHECK,
    &kept("backup"),
    &kept("down"),
    &DRAIN,
    &kept("max-conns"),
    &QUEUE,
    &SLOW_START,
    &kept("resolve"),
    &RESOLVE,
    &SERVICE,
    &NO_SERVERS,
    &kept("least-conn"),
    &kept("ip-hash"),
    &kept("hash"),
    &kept("hash-consistent"),
    &kept("random"),
    &RANDOM_TIME,
    &kept("least-time"),
    &LEAST_TIME,
    &kept("sticky-cookie"),
    &STICKY_COOKIE,
    &STICKY_METHOD,
    &ROUTE,
    &kept("sticky-other"),
    &STICKY_OTHER,
    &kept("keepalive"),
    &KEEPALIVE,
    &KEEPALIVE_NONE,
    &KEEPALIVE_SHARED,
    &kept("zone"),
    &kept("next-upstream"),
    &TRIED_AGAIN,
    &NOT_TRIED_AGAIN,
    &kept("next-upstream-status"),
    &kept("next-upstream-tries"),
    &kept("all-failed"),
    &kept("connect-timeout"),
    &kept("read-timeout"),
    &kept("send-timeout"),
    &kept("client-timeouts"),
    &KEEPALIVE_TIME,
    &kept("host-header"),
    &kept("set-header"),
    &CONNECTION,
    &kept("http-version"),
    &HTTP_VERSION,
    &HTTP2_UPSTREAM,
    &kept("underscores"),
    &kept("proxy-redirect"),
    &kept("add-header"),
    &INHERIT,
    &kept("hide-header"),
    &kept("buffering"),
    &kept("body-size"),
    &kept("limit-req"),
    &kept("limit-conn"),
    &kept("access"),
    &kept("auth"),
    &kept("gzip"),
    &kept("error-page"),
    &kept("access-log"),
    &LOG_VARIABLE,
    &STATISTICS,
    &kept("websocket"),
    &OTHER,
    &INCLUDE,
    &SAME_DEFAULT,
    &DEFAULT,
    &CONTAINER_GONE,
    &REMOVED,
    &REMOVED_GUARD,
    &PARAMETER,
    &PARAMETER_GUARD,
    &VARIABLE,
    &MAX_HEADERS,
];
