//! What else holds: times, headers, bodies, limits, logs.

use crate::translate::class::{Capability, Shows};

pub static CLIENT_TIMEOUTS: Capability = Capability::approximate(
    "client-timeouts",
    "client-timeouts",
    "the time of the address's default server holds for all connections",
    &[Shows::Timing, Shows::Connections],
    "",
);
pub static HOST_HEADER: Capability = Capability::exact("host-header", "host-header", "host_rewrite");
pub static SET_HEADER: Capability =
    Capability::exact("set-header", "set-header", "request_headers_to_add, request_headers_to_remove");
pub static SET_HEADER_VARIABLES: Capability = Capability::dropped(
    "set-header",
    "set-header-variables",
    "the value has variables that Envoy does not know: the header is left out",
    &[Shows::UpstreamHeaders],
    "",
);
pub static SET_HEADER_LINES: Capability = Capability::dropped(
    "set-header",
    "set-header-lines",
    "of a value with line breaks only the first line is sent",
    &[Shows::UpstreamHeaders],
    "write it on one line",
);
pub static HTTP_11: Capability = Capability::automatic("http-version", "http-11", "Envoy speaks HTTP/1.1 to backends");
pub static HTTP_10: Capability =
    Capability::approximate("http-version", "http-10", "backends are spoken to in HTTP/1.1", &[Shows::Connections], "");
pub static UNDERSCORES: Capability = Capability::exact("underscores", "underscores", "headers_with_underscores_action");
pub static UNDERSCORES_OTHERS: Capability = Capability::approximate(
    "underscores",
    "underscores-others",
    "the setting of the address's default server holds",
    &[Shows::UpstreamHeaders],
    "",
);
pub static PROXY_REDIRECT: Capability =
    Capability::exact("proxy-redirect", "proxy-redirect", "the script changes Location");
pub static PROXY_REDIRECT_LOST: Capability = Capability::dropped(
    "proxy-redirect",
    "proxy-redirect-lost",
    "Location stays as the backend sent it",
    &[Shows::Headers],
    "",
);
pub static ADD_HEADER: Capability = Capability::exact("add-header", "add-header", "response_headers_to_add");
pub static ADD_HEADER_VARIABLES: Capability = Capability::dropped(
    "add-header",
    "add-header-variables",
    "the value has variables that Envoy does not know: the header is left out",
    &[Shows::Headers],
    "",
);
pub static ADD_HEADER_LINES: Capability = Capability::dropped(
    "add-header",
    "add-header-lines",
    "of a value with line breaks only the first line is sent",
    &[Shows::Headers],
    "write it on one line",
);
pub static HIDE_HEADER: Capability = Capability::exact("hide-header", "hide-header", "response_headers_to_remove");
pub static BUFFERING: Capability = Capability::approximate(
    "buffering",
    "buffering",
    "of an answer 1 MiB is read ahead, nothing is kept in files: a slow client keeps its backend longer",
    &[Shows::Connections],
    "",
);
pub static BUFFERING_OFF: Capability =
    Capability::automatic("buffering", "buffering-off", "answers are passed on as they come");
pub static REQUEST_BUFFERING: Capability = Capability::exact("buffering", "request-buffering", "the filter buffer");
pub static REQUEST_BUFFERING_LIMIT: Capability = Capability::approximate(
    "buffering",
    "request-buffering-limit",
    "bodies are read before they are passed on, because only that way their size is looked at",
    &[Shows::Timing],
    "",
);
pub static BODY_SIZE: Capability = Capability::exact("body-size", "body-size", "the filter buffer");
pub static BODY_SIZE_HUGE: Capability =
    Capability::approximate("body-size", "body-size-huge", "the limit is 4 GiB", &[Shows::Status], "");
pub static BODY_SIZE_UPGRADE: Capability =
    Capability::harmless("body-size", "body-size-upgrade", "requests that become a WebSocket have no body");
pub static PASS_HEADER: Capability = Capability::dropped(
    "hide-header",
    "pass-header",
    "what nginx does not pass on of answers is left out all the same",
    &[Shows::Headers],
    "",
);
pub static LIMIT_REQ: Capability = Capability::approximate(
    "limit-req",
    "limit-req",
    "a token bucket for each key: it fills one by one, and knows as many keys as max_dynamic_descriptors",
    &[Shows::Timing],
    "",
);
pub static LIMIT_REQ_DELAY: Capability = Capability::approximate(
    "limit-req",
    "limit-req-delay",
    "what is above the rate but within the burst does not wait",
    &[Shows::Timing, Shows::Status],
    "",
);
pub static LIMIT_REQ_KEY: Capability = Capability::refused(
    "limit-req",
    "limit-req-key",
    "the key has variables that Envoy does not know",
    &[Shows::Status, Shows::Timing],
    "limit by an address or a header",
);
pub static LIMIT_REQ_SHARED: Capability = Capability::refused(
    "limit-req",
    "limit-req-shared",
    "a zone that several addresses or several bursts share is counted in each of them by itself",
    &[Shows::Status, Shows::Timing],
    "limit in one way for each zone, behind one address",
);
pub static LIMIT_REQ_STATUS: Capability = Capability::exact("limit-req", "limit-req-status", "the filter's status");
pub static LIMIT_CONN_STATUS: Capability =
    Capability::harmless("limit-conn", "limit-conn-status", "without the limit nobody gets it");
pub static LIMIT_CONN: Capability = Capability::refused(
    "limit-conn",
    "limit-conn",
    "Envoy does not count connections by keys",
    &[Shows::Status],
    "limit connections in another place, then allow the loss",
);
pub static ACCESS: Capability = Capability::exact("access", "access", "the filter rbac with an ordered list");
pub static UNREACHED: Capability =
    Capability::harmless("access", "unreached", "no request comes to it: it is answered before");
pub static AUTH: Capability = Capability::refused(
    "auth",
    "auth",
    "passwords are not asked for",
    &[Shows::Status, Shows::Headers],
    "use the filter basic_auth with a file of {SHA} passwords, then allow the loss",
);
pub static AUTH_OFF: Capability = Capability::exact("auth", "auth-off", "nobody is asked");
pub static GZIP: Capability = Capability::approximate(
    "gzip",
    "gzip",
    "the filter compressor: Vary is always added, and other answers may be left as they are",
    &[Shows::Headers, Shows::Body],
    "",
);
pub static GZIP_OFF: Capability = Capability::exact("gzip", "gzip-off", "no filter");
pub static INTERNAL: Capability =
    Capability::exact("error-page", "internal", "a direct response with 404 for requests from outside");
pub static ERROR_PAGE: Capability = Capability::dropped(
    "error-page",
    "error-page",
    "pages are like nginx's own",
    &[Shows::Status, Shows::Headers, Shows::Body, Shows::Peer],
    "",
);
pub static ACCESS_LOG: Capability = Capability::approximate(
    "access-log",
    "access-log",
    "an access log in the combined format, on the standard output",
    &[Shows::Logs],
    "",
);
pub static ACCESS_LOG_OFF: Capability = Capability::exact("access-log", "access-log-off", "no access log");
pub static WEBSOCKET: Capability = Capability::approximate(
    "websocket",
    "websocket",
    "upgrade_configs: where the backend does not switch protocols, its answer loses its body",
    &[Shows::Headers, Shows::Body],
    "",
);
pub static NO_WEBSOCKET: Capability = Capability::approximate(
    "websocket",
    "no-websocket",
    "requests to upgrade are passed on as plain ones; headers that Connection names are not passed on",
    &[Shows::UpstreamHeaders],
    "",
);
