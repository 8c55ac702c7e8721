//! What Traefik, by its file provider, can do with passing requests on, and what stands around it.

use crate::translate::class::{Capability, Shows};

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
pub static HOST_TWICE: Capability = Capability::dropped(
    "host-header",
    "host-twice",
    "nginx sends more than one `Host`: only the first is sent",
    &[Shows::UpstreamHeaders],
    "say it once",
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
pub static PASS_HEADER: Capability = Capability::dropped(
    "hide-header",
    "pass-header",
    "what nginx does not pass on of answers is left out all the same",
    &[Shows::Headers],
    "give the header another name in the backend",
);
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
