//! What Traefik can do with nginx's features, by its file provider.

use crate::translate::class::{Capability, Shows};

pub static LISTEN: Capability = Capability::exact("listen", "listen", "an entry point");
pub static LISTEN_UNIX: Capability = Capability::dropped(
    "listen",
    "listen-unix",
    "there are no entry points at UNIX domain sockets",
    &[Shows::Connections, Shows::Status],
    "listen at an address",
);
pub static LISTEN_TLS: Capability =
    Capability::exact("listen-tls", "listen-tls", "an entry point and routers with `tls`");
pub static CERTIFICATE: Capability =
    Capability::exact("listen-tls", "certificate", "`certificates`, chosen by the name in the handshake");
pub static CERTIFICATE_LOST: Capability = Capability::dropped(
    "listen-tls",
    "certificate-lost",
    "certificates come from files of fixed names only",
    &[Shows::Connections],
    "name a file",
);
pub static TLS_PROTOCOLS: Capability = Capability::exact("listen-tls", "tls-protocols", "`minVersion`, `maxVersion`");
pub static TLS_OLD: Capability = Capability::approximate(
    "listen-tls",
    "tls-old",
    "versions of TLS before 1.2 are not offered",
    &[Shows::Connections],
    "",
);
pub static TLS_CIPHERS: Capability = Capability::approximate(
    "listen-tls",
    "tls-ciphers",
    "Go's own list of ciphers and curves is used",
    &[Shows::Connections],
    "",
);
pub static TLS_SESSIONS: Capability =
    Capability::harmless("listen-tls", "tls-sessions", "sessions are resumed by tickets");
pub static HTTP2: Capability =
    Capability::automatic("listen-tls", "http2", "HTTP/2 is offered to all clients with TLS");
pub static CLIENT_CERTIFICATE: Capability = Capability::exact("listen-tls", "client-certificate", "`clientAuth`");
pub static CLIENT_CERTIFICATE_OPTIONAL: Capability = Capability::approximate(
    "listen-tls",
    "client-certificate-optional",
    "a certificate that is sent must be good, or is not looked at",
    &[Shows::Status],
    "require certificates",
);
pub static CLIENT_CERTIFICATE_OFF: Capability =
    Capability::harmless("listen-tls", "client-certificate-off", "no certificate is asked for");
pub static PROXY_PROTOCOL: Capability = Capability::approximate(
    "listen-proxy-protocol",
    "listen-proxy-protocol",
    "`proxyProtocol`; the address in it is the client's for everything, and clients without it are let in",
    &[Shows::UpstreamHeaders, Shows::Status],
    "",
);
pub static SERVER_NAME: Capability = Capability::exact("server-name", "server-name", "a `Host` matcher");
pub static SERVER: Capability =
    Capability::exact("server-name", "server", "routers of its own, in nginx's order of names");
pub static SERVER_NAME_WILDCARD: Capability =
    Capability::exact("server-name-wildcard", "server-name-wildcard", "`HostRegexp`, the longest name first");
pub static SERVER_NAME_REGEX: Capability = Capability::exact("server-name-regex", "server-name-regex", "`HostRegexp`");
pub static SERVER_NAME_REGEX_LOST: Capability = Capability::dropped(
    "server-name-regex",
    "server-name-regex-lost",
    "Go's regular expressions have no look-around, no back-references and no possessive quantifiers",
    &[Shows::Status, Shows::Peer],
    "write the expression without them",
);
pub static DEFAULT_SERVER: Capability =
    Capability::exact("default-server", "default-server", "its routers have the lowest priorities, and no host");
pub static LOCATION_EXACT: Capability = Capability::exact("location-exact", "location-exact", "`Path`");
pub static LOCATION_PREFIX: Capability =
    Capability::exact("location-prefix", "location-prefix", "`PathPrefix`, the longest first");
pub static LOCATION_REGEX: Capability = Capability::exact("location-regex", "location-regex", "`PathRegexp`");
pub static LOCATION_REGEX_LOST: Capability = Capability::dropped(
    "location-regex",
    "location-regex-lost",
    "Go's regular expressions have no look-around, no back-references and no possessive quantifiers",
    &[Shows::Status, Shows::Peer, Shows::Uri],
    "write the expression without them",
);
pub static LOCATION_REGEX_GUARD: Capability = Capability::refused(
    "location-regex",
    "location-regex-guard",
    "it keeps somebody out, and Go's regular expressions have no look-around, no back-references and no possessive quantifiers",
    &[Shows::Status],
    "write the expression without them",
);
pub static SLASH_REDIRECT: Capability =
    Capability::approximate("slash-redirect", "slash-redirect", "a redirect of its own", &[Shows::Headers], "");
pub static MERGE_SLASHES: Capability = Capability::approximate(
    "path-normalising",
    "merge-slashes",
    "paths are cleaned before they are matched, and arrive cleaned; an encoded reserved character stays encoded, and a faulty path may be answered otherwise",
    &[Shows::Status, Shows::Headers, Shows::Uri, Shows::UpstreamHeaders, Shows::Peer],
    "",
);
pub static MERGE_SLASHES_OFF: Capability = Capability::approximate(
    "path-normalising",
    "merge-slashes-off",
    "slashes are always merged before paths are matched",
    &[Shows::Status, Shows::Peer, Shows::Uri],
    "",
);
pub static RETURN_TEXT: Capability = Capability::dropped(
    "return-text",
    "return-text",
    "Traefik has no texts: the status is right, the body is its name",
    &[Shows::Body],
    "serve the text from a backend",
);
pub static RETURN_STATUS: Capability =
    Capability::exact("return-text", "return-status", "an `ipAllowList` that nobody is on, with the status");
pub static RETURN_AFTER_LOST: Capability = Capability::approximate(
    "return-text",
    "return-after-lost",
    "it answers also what would have gone elsewhere before",
    &[Shows::Status, Shows::Peer],
    "",
);
pub static DEFAULT_TYPE: Capability =
    Capability::exact("return-text", "default-type", "the `Content-Type` of the answer");
pub static RETURN_UNKNOWN: Capability = Capability::approximate(
    "return-text",
    "return-unknown",
    "a status that Go has no name for becomes the first of its hundred",
    &[Shows::Status],
    "",
);
pub static RETURN_REDIRECT: Capability = Capability::exact(
    "return-redirect",
    "return-redirect",
    "the status by an `ipAllowList` that nobody is on, and a whole `Location`",
);
pub static REDIRECT_PARTS: Capability = Capability::approximate(
    "return-redirect",
    "redirect-parts",
    "`redirectRegex`; the host is as the client wrote it, and methods other than GET get 308 or 307",
    &[Shows::Headers, Shows::Status],
    "",
);
pub static REDIRECT_STATUS: Capability = Capability::approximate(
    "return-redirect",
    "redirect-status",
    "`redirectRegex`, which knows 301 and 302 for GET, 308 and 307 for others; the host is as the client wrote it",
    &[Shows::Headers, Shows::Status],
    "",
);
pub static REDIRECT_VARIABLES: Capability = Capability::dropped(
    "return-redirect",
    "redirect-variables",
    "a variable in it is no part of the request's URL: only the status is left",
    &[Shows::Headers],
    "",
);
pub static RETURN_CLOSE: Capability = Capability::approximate(
    "return-close",
    "return-close",
    "403 is answered instead",
    &[Shows::Status, Shows::Headers, Shows::Body],
    "",
);
pub static REWRITE: Capability =
    Capability::approximate("rewrite", "rewrite", "`replacePathRegex`, on the path as it came", &[Shows::Uri], "");
pub static REWRITE_REDIRECT: Capability = Capability::approximate(
    "rewrite",
    "rewrite-redirect",
    "`redirectRegex`, on the URL as it came",
    &[Shows::Headers, Shows::Status],
    "",
);
pub static REWRITE_LOST: Capability = Capability::dropped(
    "rewrite",
    "rewrite-lost",
    "it leads to another location, changes arguments, or has an expression or a variable that cannot be written",
    &[Shows::Status, Shows::Uri, Shows::Peer],
    "write it as locations",
);
pub static IF: Capability = Capability::exact("if", "if", "a router with the condition");
pub static SET: Capability = Capability::harmless("if", "set", "a variable; what needs it is told by itself");
pub static IF_LOST: Capability = Capability::dropped(
    "if",
    "if-lost",
    "the condition or the block cannot be written as a router",
    &[Shows::Status, Shows::Uri, Shows::Peer, Shows::UpstreamHeaders],
    "write it as locations",
);
pub static IF_GUARD: Capability = Capability::refused(
    "if",
    "if-guard",
    "it keeps somebody out, and cannot be written as a router",
    &[Shows::Status],
    "write it as locations",
);
pub static PASS: Capability = Capability::exact("pass", "pass", "a service");
pub static ODD_TARGET: Capability = Capability::approximate(
    "pass",
    "odd-target",
    "quotes, angle brackets and the like in a target arrive encoded, and `;` in arguments as `&`",
    &[Shows::Uri],
    "",
);
pub static UNUSED: Capability = Capability::harmless("pass", "unused", "no route leads there");
pub static GROUP: Capability = Capability::exact("pass", "group", "a `loadBalancer`");
pub static SERVER_ADDRESS: Capability = Capability::exact("pass", "server-address", "a server");
pub static SERVER_UNIX: Capability = Capability::dropped(
    "pass",
    "server-unix",
    "servers have no UNIX domain sockets",
    &[Shows::Peer, Shows::Status],
    "listen at an address",
);
pub static GROUP_OTHER: Capability =
    Capability::approximate("pass", "group-other", "it has no counterpart", &[Shows::Connections], "");
pub static PASS_URI: Capability = Capability::approximate(
    "pass-uri",
    "pass-uri",
    "`replacePathRegex` or `replacePath`, on the path as it came",
    &[Shows::Uri],
    "",
);
pub static PASS_VARIABLES: Capability = Capability::dropped(
    "pass-variables",
    "pass-variables",
    "the backend cannot come out of variables: 502 is answered",
    &[Shows::Status, Shows::Peer],
    "name the backends one by one",
);
pub static PASS_TLS: Capability = Capability::approximate(
    "pass-tls",
    "pass-tls",
    "a `serversTransport`, with Go's ciphers",
    &[Shows::Connections],
    "",
);
pub static PASS_TLS_NAME: Capability = Capability::approximate(
    "pass-tls",
    "pass-tls-name",
    "the name of the server is always sent",
    &[Shows::Connections],
    "",
);
pub static PASS_TLS_NAME_VARIABLES: Capability = Capability::dropped(
    "pass-tls",
    "pass-tls-name-variables",
    "the name of the server cannot come out of variables: it is that of the group",
    &[Shows::Connections],
    "write the name down",
);
pub static PASS_GRPC: Capability = Capability::approximate(
    "pass-other",
    "pass-grpc",
    "HTTP/2 to the servers; `grpc_*` is not looked at",
    &[Shows::UpstreamHeaders, Shows::Timing],
    "",
);
pub static PASS_OTHER: Capability = Capability::dropped(
    "pass-other",
    "pass-other",
    "only HTTP and gRPC are spoken to backends: 502 is answered",
    &[Shows::Status, Shows::Peer],
    "",
);
pub static FILES_LOST: Capability = Capability::dropped(
    "files",
    "files-lost",
    "Traefik serves no files: 404 is answered",
    &[Shows::Status, Shows::Body],
    "serve them from a backend",
);
pub static NO_FILES: Capability =
    Capability::harmless("files", "no-files", "where nginx would look for files in its own folder 404 is answered");
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
pub static NEXT_UPSTREAM: Capability = Capability::approximate(
    "next-upstream",
    "next-upstream",
    "`retry`; a 502 or 504 that the backend itself said is tried again too",
    &[Shows::Peer, Shows::Status, Shows::Body, Shows::Headers],
    "",
);
pub static NEXT_UPSTREAM_ALONE: Capability =
    Capability::exact("next-upstream", "next-upstream-alone", "there is nobody else to ask");
pub static NEXT_UPSTREAM_STATUS: Capability = Capability::approximate(
    "next-upstream-status",
    "next-upstream-status",
    "`retry` with these statuses; a backend that answers so stays in turn",
    &[Shows::Peer, Shows::Timing],
    "",
);
pub static TRIES: Capability = Capability::exact("next-upstream-tries", "tries", "`attempts`");
pub static TRIES_TIMEOUT: Capability =
    Capability::approximate("next-upstream-tries", "tries-timeout", "`timeout` of `retry`", &[Shows::Timing], "");
pub static ALL_FAILED: Capability = Capability::automatic("all-failed", "all-failed", "502");
pub static CONNECT_TIMEOUT: Capability = Capability::exact("connect-timeout", "connect-timeout", "`dialTimeout`");
pub static READ_TIMEOUT: Capability = Capability::approximate(
    "read-timeout",
    "read-timeout",
    "`responseHeaderTimeout`; after the headers a backend may take its time",
    &[Shows::Timing],
    "",
);
pub static SEND_TIMEOUT: Capability = Capability::approximate(
    "send-timeout",
    "send-timeout",
    "a backend may take its time to read",
    &[Shows::Timing],
    "",
);
pub static CLIENT_TIMEOUTS: Capability = Capability::exact("client-timeouts", "client-timeouts", "`idleTimeout`");
pub static CLIENT_TIMEOUTS_OTHER: Capability = Capability::dropped(
    "client-timeouts",
    "client-timeouts-other",
    "a request must be whole within a minute, and other limits there are none",
    &[Shows::Timing, Shows::Connections],
    "set `readTimeout`",
);
pub static HOST_HEADER: Capability = Capability::exact("host-header", "host-header", "`Host` is set");
pub static HOST_PASSED: Capability = Capability::automatic("host-header", "host-passed", "`Host` goes as it came");
pub static HOST_NEAR: Capability = Capability::approximate(
    "host-header",
    "host-near",
    "`Host` goes as it came, with its port and its capitals",
    &[Shows::UpstreamHeaders],
    "",
);
pub static HOST_VARIABLES: Capability = Capability::dropped(
    "host-header",
    "host-variables",
    "it has a variable, or is empty: `Host` goes as it came",
    &[Shows::UpstreamHeaders],
    "",
);
pub static SET_HEADER: Capability = Capability::exact("set-header", "set-header", "a header is set or deleted");
pub static FORWARDED: Capability = Capability::approximate(
    "set-header",
    "forwarded",
    "Traefik sets it, from the `Host` as it came",
    &[Shows::UpstreamHeaders],
    "",
);
pub static FORWARDED_FOR: Capability = Capability::approximate(
    "set-header",
    "forwarded-for",
    "it is the client's address only: what clients say is not believed",
    &[Shows::UpstreamHeaders],
    "trust the proxies before it by `forwardedHeaders.trustedIPs`",
);
pub static SET_HEADER_VARIABLES: Capability = Capability::dropped(
    "set-header",
    "set-header-variables",
    "headers have no variables: what the client sent passes",
    &[Shows::UpstreamHeaders],
    "",
);
pub static ACCEPT_ENCODING: Capability = Capability::approximate(
    "set-header",
    "accept-encoding",
    "where clients send none, gzip is asked for and undone",
    &[Shows::UpstreamHeaders],
    "",
);
pub static CONNECTION: Capability = Capability::approximate(
    "set-header",
    "connection",
    "it is Traefik's; headers that a client's `Connection` names are not passed on, an unknown `Expect` is answered with 417, and a method in small letters or an empty `Host` is let through",
    &[Shows::Status, Shows::UpstreamHeaders, Shows::Peer],
    "",
);
pub static FRAMING: Capability = Capability::automatic("set-header", "framing", "it is Traefik's");
pub static HTTP_11: Capability = Capability::approximate(
    "http-version",
    "http11",
    "HTTP/1.1 is spoken, with `Accept-Encoding: gzip` where the client sent none; a client's own `X-Forwarded-*` and `X-Real-IP` are not passed on",
    &[Shows::UpstreamHeaders],
    "",
);
pub static HTTP_10: Capability = Capability::approximate(
    "http-version",
    "http10",
    "HTTP/1.1 is spoken, with `Accept-Encoding: gzip` where the client sent none; a client's own `X-Forwarded-*` and `X-Real-IP` are not passed on",
    &[Shows::Connections, Shows::Uri, Shows::UpstreamHeaders],
    "",
);
pub static UNDERSCORES: Capability = Capability::exact("underscores", "underscores", "`underscoreHeadersStrategy`");
pub static UNDERSCORES_ON: Capability = Capability::exact("underscores", "underscores-on", "they are kept");
pub static UNDERSCORES_OTHER: Capability = Capability::approximate(
    "underscores",
    "underscores-other",
    "the address does as its default server says",
    &[Shows::UpstreamHeaders],
    "",
);
pub static PROXY_REDIRECT_OFF: Capability =
    Capability::exact("proxy-redirect", "proxy-redirect-off", "`Location` is passed on as it is");
pub static PROXY_REDIRECT: Capability = Capability::dropped(
    "proxy-redirect",
    "proxy-redirect",
    "`Location` is passed on as it is",
    &[Shows::Headers],
    "let backends know the name that clients use",
);
pub static ADD_HEADER: Capability = Capability::approximate(
    "add-header",
    "add-header",
    "the header is set whatever the status, in the place of a backend's",
    &[Shows::Headers],
    "",
);
pub static ADD_HEADER_ALWAYS: Capability = Capability::approximate(
    "add-header",
    "add-header-always",
    "the header is set, in the place of a backend's",
    &[Shows::Headers],
    "",
);
pub static ADD_HEADER_TWICE: Capability = Capability::approximate(
    "add-header",
    "add-header-twice",
    "of several of a name the last is set",
    &[Shows::Headers],
    "",
);
pub static ADD_HEADER_VARIABLES: Capability =
    Capability::dropped("add-header", "add-header-variables", "headers have no variables", &[Shows::Headers], "");
pub static HIDE_HEADER: Capability = Capability::exact("hide-header", "hide-header", "a header is deleted");
pub static BUFFERING: Capability = Capability::approximate(
    "buffering",
    "buffering",
    "answers are passed on as they come, those with 304 without their `Content-Type`",
    &[Shows::Headers],
    "",
);
pub static REQUEST_BUFFERING: Capability = Capability::approximate(
    "buffering",
    "request-buffering",
    "requests are passed on as they come, in chunks where they came so, and must be whole within a minute",
    &[Shows::UpstreamHeaders, Shows::Timing],
    "",
);
pub static REQUEST_BUFFERING_OFF: Capability =
    Capability::automatic("buffering", "request-buffering-off", "requests are passed on as they come");
pub static BODY_SIZE: Capability = Capability::approximate(
    "body-size",
    "body-size",
    "`buffering`, which holds back answers too until they are whole",
    &[Shows::Timing, Shows::Headers],
    "",
);
pub static BODY_SIZE_DEFAULT: Capability = Capability::approximate(
    "body-size",
    "body-size-default",
    "bodies of any size are let through, as the limit would hold back answers until they are whole",
    &[Shows::Status, Shows::Peer],
    "add a `buffering` middleware",
);
pub static BODY_SIZE_ANY: Capability = Capability::exact("body-size", "body-size-any", "there is no limit");
pub static BODY_SIZE_IDLE: Capability =
    Capability::harmless("body-size", "body-size-idle", "no backend is asked, so a body is not read");
pub static LIMIT_REQ: Capability = Capability::approximate(
    "limit-req",
    "limit-req",
    "`rateLimit`, with 429, for each location by itself; it leaks in its own way",
    &[Shows::Status, Shows::Timing, Shows::Headers, Shows::Peer],
    "",
);
pub static LIMIT_REQ_KEY: Capability = Capability::refused(
    "limit-req",
    "limit-req-key",
    "requests are counted by address, host or header only",
    &[Shows::Status],
    "count by one of them",
);
pub static LIMIT_STATUS: Capability =
    Capability::harmless("limit-req", "limit-status", "429 is answered, as is said of the limit");
pub static LIMIT_CONN: Capability = Capability::approximate(
    "limit-conn",
    "limit-conn",
    "`inFlightReq`, with 429, for each location by itself",
    &[Shows::Status, Shows::Headers, Shows::Peer],
    "",
);
pub static LIMIT_CONN_KEY: Capability = Capability::refused(
    "limit-conn",
    "limit-conn-key",
    "requests are counted by address, host or header only",
    &[Shows::Status],
    "count by one of them",
);
pub static LIMIT_IDLE: Capability = Capability::harmless("limit-conn", "limit-idle", "no backend is asked");
pub static ACCESS: Capability = Capability::exact("access", "access", "`ClientIP` in the rules of routers");
pub static AUTH: Capability = Capability::approximate(
    "auth",
    "auth",
    "`basicAuth` with the same file; passwords in crypt(3)'s older forms or in the clear are not known",
    &[Shows::Status, Shows::Headers],
    "use bcrypt",
);
pub static AUTH_REQUEST: Capability = Capability::refused(
    "auth",
    "auth-request",
    "where to ask is not known here",
    &[Shows::Status],
    "add `forwardAuth` by hand",
);
pub static AUTH_OFF: Capability = Capability::harmless("auth", "auth-off", "nobody is asked");
pub static GZIP: Capability =
    Capability::approximate("gzip", "gzip", "`compress`, for the same types", &[Shows::Headers, Shows::Body], "");
pub static GZIP_LEVEL: Capability =
    Capability::approximate("gzip", "gzip-level", "the level is Traefik's", &[Shows::Body], "");
pub static GZIP_OFF: Capability = Capability::harmless("gzip", "gzip-off", "nothing is compressed");
pub static OWN_ANSWERS: Capability = Capability::approximate(
    "error-page",
    "own-answers",
    "answers of Traefik's own have the name of the status as their body",
    &[Shows::Body],
    "",
);
pub static ACCESS_LOG: Capability =
    Capability::approximate("access-log", "access-log", "one log for all, in the common format", &[Shows::Logs], "");
pub static ACCESS_LOG_OFF: Capability = Capability::harmless("access-log", "access-log-off", "nothing is written");
pub static WEBSOCKET: Capability =
    Capability::automatic("websocket", "websocket", "connections are upgraded where both sides want it");

pub static ALL: &[&Capability] = &[
    &LISTEN,
    &LISTEN_UNIX,
    &LISTEN_TLS,
    &CERTIFICATE,
    &CERTIFICATE_LOST,
    &TLS_PROTOCOLS,
    &TLS_OLD,
    &TLS_CIPHERS,
    &TLS_SESSIONS,
    &HTTP2,
    &CLIENT_CERTIFICATE,
    &CLIENT_CERTIFICATE_OPTIONAL,
    &CLIENT_CERTIFICATE_OFF,
    &PROXY_PROTOCOL,
    &SERVER_NAME,
    &SERVER,
    &SERVER_NAME_WILDCARD,
    &SERVER_NAME_REGEX,
    &SERVER_NAME_REGEX_LOST,
    &DEFAULT_SERVER,
    &LOCATION_EXACT,
    &LOCATION_PREFIX,
    &LOCATION_REGEX,
    &LOCATION_REGEX_LOST,
    &LOCATION_REGEX_GUARD,
    &SLASH_REDIRECT,
    &MERGE_SLASHES,
    &MERGE_SLASHES_OFF,
    &RETURN_TEXT,
    &RETURN_STATUS,
    &RETURN_AFTER_LOST,
    &DEFAULT_TYPE,
    &RETURN_UNKNOWN,
    &RETURN_REDIRECT,
    &REDIRECT_PARTS,
    &REDIRECT_STATUS,
    &REDIRECT_VARIABLES,
    &RETURN_CLOSE,
    &REWRITE,
    &REWRITE_REDIRECT,
    &REWRITE_LOST,
    &IF,
    &SET,
    &IF_LOST,
    &IF_GUARD,
    &PASS,
    &ODD_TARGET,
    &UNUSED,
    &GROUP,
    &SERVER_ADDRESS,
    &SERVER_UNIX,
    &GROUP_OTHER,
    &PASS_URI,
    &PASS_VARIABLES,
    &PASS_TLS,
    &PASS_TLS_NAME,
    &PASS_TLS_NAME_VARIABLES,
    &PASS_GRPC,
    &PASS_OTHER,
    &FILES_LOST,
    &NO_FILES,
    &ROUND_ROBIN,
    &WEIGHT,
    &MAX_FAILS_SAID,
    &MAX_FAILS,
    &BACKUP,
    &DOWN,
    &MAX_CONNS,
    &SLOW_START,
    &RESOLVE,
    &SERVICE,
    &LEAST_CONN,
    &IP_HASH,
    &HASH_ADDRESS,
    &HASH,
    &HASH_CONSISTENT,
    &RANDOM,
    &RANDOM_TWO,
    &LEAST_TIME,
    &STICKY_COOKIE,
    &STICKY_OTHER,
    &DRAIN,
    &KEEPALIVE,
    &KEEPALIVE_OFF,
    &ZONE,
    &NEXT_UPSTREAM,
    &NEXT_UPSTREAM_ALONE,
    &NEXT_UPSTREAM_STATUS,
    &TRIES,
    &TRIES_TIMEOUT,
    &ALL_FAILED,
    &CONNECT_TIMEOUT,
    &READ_TIMEOUT,
    &SEND_TIMEOUT,
    &CLIENT_TIMEOUTS,
    &CLIENT_TIMEOUTS_OTHER,
    &HOST_HEADER,
    &HOST_PASSED,
    &HOST_NEAR,
    &HOST_VARIABLES,
    &SET_HEADER,
    &FORWARDED,
    &FORWARDED_FOR,
    &SET_HEADER_VARIABLES,
    &ACCEPT_ENCODING,
    &CONNECTION,
    &FRAMING,
    &HTTP_11,
    &HTTP_10,
    &UNDERSCORES,
    &UNDERSCORES_ON,
    &UNDERSCORES_OTHER,
    &PROXY_REDIRECT_OFF,
    &PROXY_REDIRECT,
    &ADD_HEADER,
    &ADD_HEADER_ALWAYS,
    &ADD_HEADER_TWICE,
    &ADD_HEADER_VARIABLES,
    &HIDE_HEADER,
    &BUFFERING,
    &REQUEST_BUFFERING,
    &REQUEST_BUFFERING_OFF,
    &BODY_SIZE,
    &BODY_SIZE_DEFAULT,
    &BODY_SIZE_ANY,
    &BODY_SIZE_IDLE,
    &LIMIT_REQ,
    &LIMIT_REQ_KEY,
    &LIMIT_STATUS,
    &LIMIT_CONN,
    &LIMIT_CONN_KEY,
    &LIMIT_IDLE,
    &ACCESS,
    &AUTH,
    &AUTH_REQUEST,
    &AUTH_OFF,
    &GZIP,
    &GZIP_LEVEL,
    &GZIP_OFF,
    &OWN_ANSWERS,
    &ACCESS_LOG,
    &ACCESS_LOG_OFF,
    &WEBSOCKET,
];
