//! What Caddy can do with nginx's features.

use crate::translate::class::{Capability, Shows};

pub static LISTEN: Capability = Capability::exact("listen", "listen", "`listen` of an HTTP server");
pub static LISTEN_TLS: Capability =
    Capability::exact("listen-tls", "listen-tls", "`tls_connection_policies`, automatic HTTPS off");
pub static CERTIFICATE: Capability =
    Capability::exact("listen-tls", "certificate", "`load_files`, chosen by the name of the server");
pub static CERTIFICATE_LOST: Capability = Capability::dropped(
    "listen-tls",
    "certificate-lost",
    "certificates come from files of fixed names only",
    &[Shows::Connections],
    "name a file",
);
pub static TLS_PROTOCOLS: Capability =
    Capability::exact("listen-tls", "tls-protocols", "`protocol_min`, `protocol_max`");
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
pub static CLIENT_CERTIFICATE: Capability =
    Capability::exact("listen-tls", "client-certificate", "`client_authentication`");
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
    "a listener wrapper; the address in it is the client's for everything, not only where nginx was told so",
    &[Shows::UpstreamHeaders],
    "",
);
pub static SERVER_NAME: Capability = Capability::exact("server-name", "server-name", "a `host` matcher");
pub static SERVER: Capability =
    Capability::exact("server-name", "server", "a route of its own, in nginx's order of names");
pub static SERVER_NAME_WILDCARD: Capability = Capability::exact(
    "server-name-wildcard",
    "server-name-wildcard",
    "a regular expression on the host, the longest name first",
);
pub static SERVER_NAME_REGEX: Capability =
    Capability::exact("server-name-regex", "server-name-regex", "a regular expression on the host");
pub static SERVER_NAME_REGEX_LOST: Capability = Capability::dropped(
    "server-name-regex",
    "server-name-regex-lost",
    "Go's regular expressions have no look-around, no back-references and no possessive quantifiers",
    &[Shows::Status, Shows::Peer],
    "write the expression without them",
);
pub static DEFAULT_SERVER: Capability =
    Capability::exact("default-server", "default-server", "its routes come last, for every host");
pub static LOCATION_EXACT: Capability =
    Capability::exact("location-exact", "location-exact", "`path_regexp` with the whole path");
pub static LOCATION_PREFIX: Capability = Capability::exact(
    "location-prefix",
    "location-prefix",
    "`path_regexp` with the beginning of the path, the longest first",
);
pub static LOCATION_REGEX: Capability = Capability::exact("location-regex", "location-regex", "`path_regexp`");
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
pub static SLASH_REDIRECT: Capability = Capability::exact("slash-redirect", "slash-redirect", "a redirect of its own");
pub static MERGE_SLASHES: Capability = Capability::approximate(
    "path-normalising",
    "merge-slashes",
    "paths are cleaned before they are matched; one that leads above the root, or has a zero byte, is not refused, one that ends in `/..` loses its slash, and a `#` is part of it",
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
pub static RETURN_TEXT: Capability = Capability::exact("return-text", "return-text", "`static_response`");
pub static RETURN_TEXT_NEAR: Capability = Capability::approximate(
    "return-text",
    "return-text-near",
    "a variable in it has a value that is nearly the same",
    &[Shows::Body],
    "",
);
pub static RETURN_STATUS: Capability = Capability::exact("return-text", "return-status", "`static_response`");
pub static RETURN_TYPES: Capability = Capability::approximate(
    "return-text",
    "return-types",
    "its `Content-Type` is one of the three that nginx knows by itself, or the default",
    &[Shows::Headers],
    "",
);
pub static DEFAULT_TYPE: Capability = Capability::exact("return-text", "default-type", "the `Content-Type` of texts");
pub static RETURN_REDIRECT: Capability =
    Capability::exact("return-redirect", "return-redirect", "`static_response` with a whole `Location`");
pub static RETURN_REDIRECT_NEAR: Capability = Capability::approximate(
    "return-redirect",
    "return-redirect-near",
    "a variable in it has a value that is nearly the same",
    &[Shows::Headers],
    "",
);
pub static ABSOLUTE_REDIRECT: Capability = Capability::approximate(
    "return-redirect",
    "absolute-redirect",
    "redirects to paths are written as it says, but those after a slash is added are always whole",
    &[Shows::Headers],
    "",
);
pub static RETURN_VARIABLES: Capability = Capability::dropped(
    "return-redirect",
    "return-variables",
    "a variable in it has no placeholder: only the status is left",
    &[Shows::Body, Shows::Headers],
    "",
);
pub static RETURN_CLOSE: Capability =
    Capability::exact("return-close", "return-close", "`static_response` with `abort`");
pub static REWRITE: Capability = Capability::approximate(
    "rewrite",
    "rewrite",
    "the `rewrite` handler; a capture with an encoded `%` or `?` is decoded twice, and after `last` in a location there is no second one",
    &[Shows::Uri, Shows::Status],
    "",
);
pub static REWRITE_REDIRECT: Capability =
    Capability::exact("rewrite", "rewrite-redirect", "`static_response` with a whole `Location`");
pub static REWRITE_NEAR: Capability = Capability::approximate(
    "rewrite",
    "rewrite-near",
    "a request without arguments gets a `&` at the end",
    &[Shows::Headers, Shows::Uri],
    "",
);
pub static REWRITE_LOST: Capability = Capability::dropped(
    "rewrite",
    "rewrite-lost",
    "its expression, a variable in it or its place after a step that may end the program cannot be written",
    &[Shows::Status, Shows::Uri],
    "",
);
pub static IF: Capability = Capability::exact("if", "if", "a route with matchers");
pub static SET: Capability = Capability::exact("if", "set", "the `vars` handler");
pub static MAP: Capability = Capability::exact("if", "map", "the `map` handler");
pub static MAP_IDLE: Capability = Capability::harmless("if", "map-idle", "a variable; what needs it is told by itself");
pub static SET_LOST: Capability = Capability::dropped(
    "if",
    "set-lost",
    "a variable in it has no placeholder",
    &[Shows::Status, Shows::Uri, Shows::UpstreamHeaders],
    "",
);
pub static IF_LOST: Capability = Capability::dropped(
    "if",
    "if-lost",
    "the condition or the block cannot be written as a route",
    &[Shows::Status, Shows::Uri, Shows::Peer, Shows::UpstreamHeaders],
    "write it as locations",
);
pub static IF_GUARD: Capability = Capability::refused(
    "if",
    "if-guard",
    "it keeps somebody out, and cannot be written as a route",
    &[Shows::Status],
    "write it as locations",
);
pub static PASS: Capability = Capability::exact("pass", "pass", "`reverse_proxy`");
pub static ODD_TARGET: Capability = Capability::approximate(
    "pass",
    "odd-target",
    "quotes, angle brackets and the like in a target arrive encoded",
    &[Shows::Uri],
    "",
);
pub static UNUSED: Capability = Capability::harmless("pass", "unused", "no route leads there");
pub static GROUP: Capability = Capability::exact("pass", "group", "the upstreams of a `reverse_proxy`");
pub static SERVER_ADDRESS: Capability = Capability::exact("pass", "server-address", "an upstream");
pub static GROUP_OTHER: Capability =
    Capability::approximate("pass", "group-other", "it has no counterpart", &[Shows::Connections], "");
pub static PASS_URI: Capability = Capability::approximate(
    "pass-uri",
    "pass-uri",
    "`rewrite`; an encoded `%` or `?` in the rest of the path is decoded twice, and some characters are encoded that nginx leaves",
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
    "`tls` of the transport, with Go's ciphers",
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
pub static PASS_OTHER: Capability = Capability::dropped(
    "pass-other",
    "pass-other",
    "only HTTP is spoken to backends: 502 is answered",
    &[Shows::Status, Shows::Peer],
    "",
);
pub static FILES: Capability = Capability::approximate(
    "files",
    "files",
    "`file_server`, with other validators and without nginx's types",
    &[Shows::Headers, Shows::Body],
    "",
);
pub static FILES_LOST: Capability =
    Capability::dropped("files", "files-lost", "404 is answered", &[Shows::Status, Shows::Body], "");
pub static NO_FILES: Capability =
    Capability::harmless("files", "no-files", "where nginx would look for files in its own folder 404 is answered");
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
pub static NEXT_UPSTREAM: Capability =
    Capability::exact("next-upstream", "next-upstream", "`retries` with a matcher of methods");
pub static NEXT_UPSTREAM_BOTH: Capability = Capability::approximate(
    "next-upstream",
    "next-upstream-both",
    "errors and timeouts are told apart by nginx only",
    &[Shows::Peer, Shows::Timing, Shows::Status],
    "name both",
);
pub static NEXT_UPSTREAM_STATUS: Capability = Capability::approximate(
    "next-upstream-status",
    "next-upstream-status",
    "`retry_match`; when all servers answer so the status is passed on, without the answer of the last",
    &[Shows::Body, Shows::Headers, Shows::Peer, Shows::Timing],
    "",
);
pub static TRIES: Capability = Capability::exact("next-upstream-tries", "tries", "`retries`");
pub static TRIES_TIMEOUT: Capability =
    Capability::approximate("next-upstream-tries", "tries-timeout", "`try_duration`", &[Shows::Timing], "");
pub static ALL_FAILED: Capability = Capability::exact("all-failed", "all-failed", "502, by a route for errors");
pub static CONNECT_TIMEOUT: Capability = Capability::exact("connect-timeout", "connect-timeout", "`dial_timeout`");
pub static READ_TIMEOUT: Capability =
    Capability::exact("read-timeout", "read-timeout", "`response_header_timeout` and `read_timeout`");
pub static SEND_TIMEOUT: Capability = Capability::exact("send-timeout", "send-timeout", "`write_timeout`");
pub static CLIENT_TIMEOUTS: Capability =
    Capability::exact("client-timeouts", "client-timeouts", "`idle_timeout`, `read_header_timeout`");
pub static CLIENT_TIMEOUTS_OTHER: Capability = Capability::dropped(
    "client-timeouts",
    "client-timeouts-other",
    "it has no counterpart",
    &[Shows::Timing, Shows::Connections],
    "",
);
pub static HOST_HEADER: Capability = Capability::exact("host-header", "host-header", "`Host` is set");
pub static HOST_HEADER_NEAR: Capability = Capability::approximate(
    "host-header",
    "host-header-near",
    "`Host` is set; where a variable is empty the header is empty",
    &[Shows::UpstreamHeaders],
    "",
);
pub static HOST_EMPTY: Capability =
    Capability::dropped("host-header", "host-empty", "a request always has a `Host`", &[Shows::UpstreamHeaders], "");
pub static SET_HEADER: Capability = Capability::exact("set-header", "set-header", "a header is set or deleted");
pub static SET_HEADER_NEAR: Capability = Capability::approximate(
    "set-header",
    "set-header-near",
    "where a variable is empty the header is empty, which nginx would leave out",
    &[Shows::UpstreamHeaders],
    "",
);
pub static SET_HEADER_VARIABLES: Capability = Capability::dropped(
    "set-header",
    "set-header-variables",
    "a variable in it has no placeholder: the header is deleted",
    &[Shows::UpstreamHeaders],
    "",
);
pub static CONNECTION: Capability = Capability::approximate(
    "set-header",
    "connection",
    "it is Caddy's; headers that a client's `Connection` names are not passed on, and an unknown `Expect` is answered with 417",
    &[Shows::Status, Shows::UpstreamHeaders, Shows::Peer],
    "",
);
pub static FRAMING: Capability = Capability::automatic("set-header", "framing", "it is Caddy's");
pub static HTTP_11: Capability = Capability::exact("http-version", "http11", "`versions`");
pub static HTTP_10: Capability =
    Capability::approximate("http-version", "http10", "HTTP/1.1 is spoken", &[Shows::Connections, Shows::Uri], "");
pub static UNDERSCORES: Capability =
    Capability::automatic("underscores", "underscores", "headers with a `_` are dropped");
pub static UNDERSCORES_ON: Capability = Capability::dropped(
    "underscores",
    "underscores-on",
    "headers with a `_` are always dropped",
    &[Shows::UpstreamHeaders],
    "rename the headers",
);
pub static PROXY_REDIRECT: Capability =
    Capability::exact("proxy-redirect", "proxy-redirect", "`Location` is replaced by a regular expression");
pub static PROXY_REDIRECT_OFF: Capability =
    Capability::exact("proxy-redirect", "proxy-redirect-off", "`Location` is passed on as it is");
pub static PROXY_REDIRECT_VARIABLES: Capability =
    Capability::dropped("proxy-redirect", "proxy-redirect-variables", "it has variables", &[Shows::Headers], "");
pub static PROXY_REDIRECT_IDLE: Capability =
    Capability::harmless("proxy-redirect", "proxy-redirect-idle", "it does nothing in this location");
pub static ADD_HEADER: Capability = Capability::exact("add-header", "add-header", "`headers`, on the same statuses");
pub static ADD_HEADER_NEAR: Capability = Capability::approximate(
    "add-header",
    "add-header-near",
    "where a variable is empty the header is empty",
    &[Shows::Headers],
    "",
);
pub static ADD_HEADER_VARIABLES: Capability = Capability::dropped(
    "add-header",
    "add-header-variables",
    "a variable in it has no placeholder",
    &[Shows::Headers],
    "",
);
pub static HIDE_HEADER: Capability = Capability::exact("hide-header", "hide-header", "a header is deleted");
pub static BUFFERING: Capability = Capability::approximate(
    "buffering",
    "buffering",
    "answers are passed on as they come, those with 304 without their `Content-Type`, none with the backend's `Via`",
    &[Shows::Headers],
    "",
);
pub static REQUEST_BUFFERING: Capability = Capability::exact("buffering", "request-buffering", "`request_buffers`");
pub static REQUEST_BUFFERING_BACKUP: Capability = Capability::approximate(
    "buffering",
    "request-buffering-backup",
    "a body is not kept where there are backups: it is not sent twice, and what came in chunks goes in chunks",
    &[Shows::UpstreamHeaders, Shows::Status],
    "",
);
pub static REQUEST_BUFFERING_OFF: Capability =
    Capability::exact("buffering", "request-buffering-off", "nothing is kept");
pub static BODY_SIZE: Capability = Capability::approximate(
    "body-size",
    "body-size",
    "a matcher of `Content-Length`, and `request_body`: the beginning of a body in chunks that is too large reaches a backend",
    &[Shows::Peer],
    "",
);
pub static BODY_SIZE_IDLE: Capability =
    Capability::harmless("body-size", "body-size-idle", "no backend is asked, so a body is not read");
pub static LIMIT_REQ: Capability = Capability::refused(
    "limit-req",
    "limit-req",
    "Caddy itself has no limits of rates",
    &[Shows::Status, Shows::Timing],
    "build Caddy with a plugin for them",
);
pub static LIMIT_STATUS: Capability =
    Capability::harmless("limit-req", "limit-status", "there are no limits, as is said of them");
pub static LIMIT_CONN: Capability = Capability::refused(
    "limit-conn",
    "limit-conn",
    "Caddy itself has no limits of connections",
    &[Shows::Status],
    "build Caddy with a plugin for them",
);
pub static ACCESS: Capability = Capability::exact("access", "access", "a group of routes with `remote_ip`");
pub static AUTH: Capability = Capability::refused(
    "auth",
    "auth",
    "what a file of passwords says is not known here",
    &[Shows::Status],
    "add `http_basic` or `forward_auth` by hand",
);
pub static AUTH_OFF: Capability = Capability::harmless("auth", "auth-off", "nobody is asked");
pub static GZIP: Capability = Capability::approximate(
    "gzip",
    "gzip",
    "`encode`, for the same types; weak validators stay as they are",
    &[Shows::Headers, Shows::Body],
    "",
);
pub static GZIP_OFF: Capability = Capability::harmless("gzip", "gzip-off", "nothing is compressed");
pub static OWN_ANSWERS: Capability = Capability::approximate(
    "error-page",
    "own-answers",
    "answers of Caddy's own have no page as their body",
    &[Shows::Body],
    "",
);
pub static ACCESS_LOG: Capability = Capability::approximate(
    "access-log",
    "access-log",
    "an access log in JSON, among Caddy's own messages",
    &[Shows::Logs],
    "",
);
pub static ACCESS_LOG_OFF: Capability = Capability::harmless("access-log", "access-log-off", "nothing is written");
pub static WEBSOCKET: Capability =
    Capability::automatic("websocket", "websocket", "connections are upgraded where both sides want it");

pub static ALL: &[&Capability] = &[
    &LISTEN,
    &LISTEN_TLS,
    &CERTIFICATE,
    &CERTIFICATE_LOST,
    &TLS_PROTOCOLS,
    &TLS_OLD,
    &TLS_CIPHERS,
    &TLS_SESSIONS,
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
    &RETURN_TEXT_NEAR,
    &RETURN_STATUS,
    &RETURN_TYPES,
    &DEFAULT_TYPE,
    &RETURN_REDIRECT,
    &RETURN_REDIRECT_NEAR,
    &ABSOLUTE_REDIRECT,
    &RETURN_VARIABLES,
    &RETURN_CLOSE,
    &REWRITE,
    &REWRITE_REDIRECT,
    &REWRITE_NEAR,
    &REWRITE_LOST,
    &IF,
    &SET,
    &MAP,
    &MAP_IDLE,
    &SET_LOST,
    &IF_LOST,
    &IF_GUARD,
    &PASS,
    &ODD_TARGET,
    &UNUSED,
    &GROUP,
    &SERVER_ADDRESS,
    &GROUP_OTHER,
    &PASS_URI,
    &PASS_VARIABLES,
    &PASS_TLS,
    &PASS_TLS_NAME,
    &PASS_TLS_NAME_VARIABLES,
    &PASS_OTHER,
    &FILES,
    &FILES_LOST,
    &NO_FILES,
    &ROUND_ROBIN,
    &ROUND_ROBIN_EACH,
    &WEIGHT,
    &MAX_FAILS,
    &MAX_FAILS_MANY,
    &MAX_FAILS_UNEQUAL,
    &BACKUP,
    &DOWN,
    &MAX_CONNS,
    &SLOW_START,
    &RESOLVE,
    &SERVICE,
    &LEAST_CONN,
    &LEAST_CONN_WEIGHTS,
    &IP_HASH,
    &HASH,
    &HASH_VARIABLES,
    &HASH_CONSISTENT,
    &RANDOM,
    &RANDOM_WEIGHTS,
    &RANDOM_TWO,
    &LEAST_TIME,
    &STICKY_COOKIE,
    &METHOD_BEHIND_STICKY,
    &STICKY_OTHER,
    &DRAIN,
    &KEEPALIVE,
    &KEEPALIVE_OFF,
    &ZONE,
    &NEXT_UPSTREAM,
    &NEXT_UPSTREAM_BOTH,
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
    &HOST_HEADER_NEAR,
    &HOST_EMPTY,
    &SET_HEADER,
    &SET_HEADER_NEAR,
    &SET_HEADER_VARIABLES,
    &CONNECTION,
    &FRAMING,
    &HTTP_11,
    &HTTP_10,
    &UNDERSCORES,
    &UNDERSCORES_ON,
    &PROXY_REDIRECT,
    &PROXY_REDIRECT_OFF,
    &PROXY_REDIRECT_VARIABLES,
    &PROXY_REDIRECT_IDLE,
    &ADD_HEADER,
    &ADD_HEADER_NEAR,
    &ADD_HEADER_VARIABLES,
    &HIDE_HEADER,
    &BUFFERING,
    &REQUEST_BUFFERING,
    &REQUEST_BUFFERING_BACKUP,
    &REQUEST_BUFFERING_OFF,
    &BODY_SIZE,
    &BODY_SIZE_IDLE,
    &LIMIT_REQ,
    &LIMIT_STATUS,
    &LIMIT_CONN,
    &ACCESS,
    &AUTH,
    &AUTH_OFF,
    &GZIP,
    &GZIP_OFF,
    &OWN_ANSWERS,
    &ACCESS_LOG,
    &ACCESS_LOG_OFF,
    &WEBSOCKET,
];
