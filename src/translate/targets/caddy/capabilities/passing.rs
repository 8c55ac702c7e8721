//! What Caddy can do with passing requests on, and what stands around it.

use crate::translate::class::{Capability, Shows};

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
pub static HOST_TWICE: Capability = Capability::dropped(
    "host-header",
    "host-twice",
    "nginx sends more than one `Host`: only the first is sent",
    &[Shows::UpstreamHeaders],
    "say it once",
);
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
