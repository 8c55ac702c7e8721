//! Retries, times, headers and paths on the way to a backend and back.

use super::Capability;
use crate::translate::class::Shows;

pub static PASS_URI: Capability =
    Capability::exact("pass-uri", "pass-uri", "URLRewrite with ReplacePrefixMatch or ReplaceFullPath");
pub static PASS_URI_SLASH: Capability = Capability::approximate(
    "pass-uri",
    "pass-uri-slash",
    "URLRewrite with ReplacePrefixMatch, which joins the parts with exactly one / where nginx puts them together as they are",
    &[Shows::Uri],
    "end both the location and the URI with a /, or neither",
);
pub static PASS_URI_LOST: Capability = Capability::dropped(
    "pass-uri",
    "pass-uri-lost",
    "a path that is known by an expression cannot be rewritten",
    &[Shows::Uri],
    "rewrite in the backend",
);
pub static NEXT_UPSTREAM_NONE: Capability =
    Capability::automatic("next-upstream", "next-upstream-none", "there is no other backend to try");
pub static NEXT_UPSTREAM: Capability = Capability::dropped(
    "next-upstream",
    "next-upstream",
    "retries are not in the standard channel: whether another endpoint is tried is the implementation's",
    &[Shows::Status, Shows::Peer, Shows::Timing],
    "look for a retry policy of the implementation",
);
pub static NEXT_UPSTREAM_OFF: Capability = Capability::approximate(
    "next-upstream",
    "next-upstream-off",
    "nothing asks for retries; some implementations retry by themselves",
    &[Shows::Status, Shows::Peer],
    "",
);
pub static NEXT_UPSTREAM_STATUS: Capability = Capability::dropped(
    "next-upstream-status",
    "next-upstream-status",
    "retries are not in the standard channel: the answer goes to the client",
    &[Shows::Status, Shows::Headers, Shows::Body, Shows::Peer, Shows::Timing],
    "look for a retry policy of the implementation",
);
pub static NEXT_UPSTREAM_TRIES: Capability = Capability::dropped(
    "next-upstream-tries",
    "next-upstream-tries",
    "retries are not in the standard channel",
    &[Shows::Peer, Shows::Timing],
    "",
);
pub static ALL_FAILED: Capability =
    Capability::automatic("all-failed", "all-failed", "implementations answer with 502, 503 or 504 by themselves");
pub static CONNECT_TIMEOUT: Capability = Capability::dropped(
    "connect-timeout",
    "connect-timeout",
    "how long connecting may take is the implementation's",
    &[Shows::Timing],
    "",
);
pub static READ_TIMEOUT: Capability = Capability::approximate(
    "read-timeout",
    "read-timeout",
    "timeouts.backendRequest, which limits the whole answer instead of the time between two reads; support is optional \
     (Traefik does not look at it)",
    &[Shows::Status, Shows::Timing],
    "make it as long as the longest answer takes",
);
pub static READ_TIMEOUT_LEFT: Capability = Capability::dropped(
    "read-timeout",
    "read-timeout-left",
    "backends are waited for as long as the implementation likes: a limit of 60 s for the whole answer would cut long ones",
    &[Shows::Timing],
    "set timeouts.backendRequest where it is known how long an answer takes",
);
pub static SEND_TIMEOUT: Capability = Capability::dropped(
    "send-timeout",
    "send-timeout",
    "how long sending to a backend may take is the implementation's",
    &[Shows::Timing],
    "",
);
pub static CLIENT_TIMEOUTS: Capability = Capability::dropped(
    "client-timeouts",
    "client-timeouts",
    "how long clients are waited for is the implementation's",
    &[Shows::Timing, Shows::Connections],
    "",
);
pub static HOST_HEADER: Capability = Capability::exact("host-header", "host-header", "URLRewrite with a hostname");
pub static HOST_HEADER_KEPT: Capability =
    Capability::exact("host-header", "host-header-kept", "the client's Host goes to the backend if nothing is said");
pub static HOST_HEADER_PORT: Capability = Capability::approximate(
    "host-header",
    "host-header-name",
    "the client's Host goes to the backend as it came, with its port and capitals",
    &[Shows::UpstreamHeaders],
    "",
);
pub static HOST_HEADER_LOST: Capability = Capability::approximate(
    "host-header",
    "host-header-set",
    "URLRewrite takes DNS names only: Host is set by RequestHeaderModifier, which not every implementation lets be done",
    &[Shows::UpstreamHeaders],
    "send a name as Host",
);
pub static SET_HEADER: Capability = Capability::exact("set-header", "set-header", "RequestHeaderModifier, set");
pub static SET_HEADER_REMOVED: Capability = Capability::approximate(
    "set-header",
    "set-header-removed",
    "RequestHeaderModifier, remove; implementations may send their own instead, such as Accept-Encoding",
    &[Shows::UpstreamHeaders],
    "",
);
pub static SET_HEADER_FORWARDED: Capability = Capability::approximate(
    "set-header",
    "set-header-forwarded",
    "implementations write X-Forwarded-For and its kin themselves, by their own rules of whom to trust",
    &[Shows::UpstreamHeaders],
    "tell the implementation which proxies before it to trust",
);
pub static SET_HEADER_CONNECTION: Capability = Capability::automatic(
    "set-header",
    "set-header-connection",
    "connections to backends are the implementation's, and Upgrade goes through",
);
pub static SET_HEADER_LOST: Capability = Capability::dropped(
    "set-header",
    "set-header-lost",
    "values of headers are fixed texts, without variables",
    &[Shows::UpstreamHeaders],
    "have the backend do without it",
);
pub static HTTP_VERSION: Capability =
    Capability::automatic("http-version", "http-version", "HTTP/1.1 is spoken to backends");
pub static HTTP_VERSION_OLD: Capability = Capability::approximate(
    "http-version",
    "http-version-old",
    "HTTP/1.1 is spoken to backends, and connections are kept",
    &[Shows::Connections, Shows::UpstreamHeaders],
    "",
);
pub static UNDERSCORES: Capability = Capability::approximate(
    "underscores",
    "underscores",
    "whether headers whose names have a _ go through is the implementation's",
    &[Shows::UpstreamHeaders],
    "",
);
pub static PROXY_REDIRECT: Capability = Capability::dropped(
    "proxy-redirect",
    "proxy-redirect",
    "the Location of a backend goes to the client as it is",
    &[Shows::Headers],
    "have the backend send the Location that clients need",
);
pub static PROXY_REDIRECT_OFF: Capability = Capability::automatic(
    "proxy-redirect",
    "proxy-redirect-off",
    "the Location of a backend goes to the client as it is",
);
pub static ADD_HEADER: Capability = Capability::approximate(
    "add-header",
    "add-header",
    "ResponseHeaderModifier, add, whatever the status",
    &[Shows::Headers],
    "",
);
pub static ADD_HEADER_ALWAYS: Capability =
    Capability::exact("add-header", "add-header-always", "ResponseHeaderModifier, add");
pub static ADD_HEADER_LOST: Capability = Capability::dropped(
    "add-header",
    "add-header-lost",
    "values of headers are fixed texts, without variables",
    &[Shows::Headers],
    "have the backend add it",
);
pub static HIDE_HEADER: Capability = Capability::exact("hide-header", "hide-header", "ResponseHeaderModifier, remove");
pub static PASS_HEADER: Capability = Capability::approximate(
    "hide-header",
    "pass-header",
    "headers of backends go to clients; implementations may put in a Server of their own",
    &[Shows::Headers],
    "",
);
pub static BUFFERING: Capability =
    Capability::automatic("buffering", "buffering", "how much is read ahead is the implementation's");
pub static WEBSOCKET: Capability = Capability::automatic("websocket", "websocket", "Upgrade goes through");
