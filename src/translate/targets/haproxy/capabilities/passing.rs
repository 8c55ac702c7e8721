//! The way to a backend and back.

use crate::translate::class::{Capability, Shows};

pub static NEXT_UPSTREAM: Capability = Capability::approximate(
    "next-upstream",
    "next-upstream",
    "retry-on and redispatch: the next server is that of round robin, it may be one that was tried; requests larger than \
     a buffer are tried again only where no connection was made",
    &[Shows::Peer, Shows::Status],
    "",
);
pub static NEXT_UPSTREAM_OFF: Capability = Capability::exact("next-upstream", "next-upstream-off", "retries 0");
pub static NEXT_UPSTREAM_STATUS: Capability = Capability::approximate(
    "next-upstream-status",
    "next-upstream-status",
    "retry-on STATUS: such an answer does not count as a failure of the server",
    &[Shows::Peer, Shows::Status],
    "",
);
pub static NEXT_UPSTREAM_STATUS_LOST: Capability = Capability::dropped(
    "next-upstream-status",
    "next-upstream-status-lost",
    "HAProxy does not try again for 429",
    &[Shows::Peer, Shows::Status],
    "",
);
pub static NEXT_UPSTREAM_TRIES: Capability =
    Capability::exact("next-upstream-tries", "next-upstream-tries", "retries: one less than nginx's tries");
pub static NEXT_UPSTREAM_TIME: Capability = Capability::dropped(
    "next-upstream-tries",
    "next-upstream-time",
    "there is no limit of time for all tries together",
    &[Shows::Timing],
    "lower the timeouts or the tries",
);
pub static CONNECT_TIMEOUT: Capability = Capability::approximate(
    "connect-timeout",
    "connect-timeout",
    "timeout connect; in the end the answer is 502, not 504",
    &[Shows::Status],
    "",
);
pub static READ_TIMEOUT: Capability = Capability::exact("read-timeout", "read-timeout", "timeout server");
pub static SEND_TIMEOUT: Capability = Capability::approximate(
    "send-timeout",
    "send-timeout",
    "timeout server holds in both directions",
    &[Shows::Timing],
    "",
);
pub static CLIENT_TIMEOUTS: Capability = Capability::approximate(
    "client-timeouts",
    "client-timeouts",
    "timeout client, http-request and http-keep-alive, those of the default server for all servers of an address",
    &[Shows::Timing, Shows::Connections],
    "",
);
pub static HOST_HEADER: Capability = Capability::exact("host-header", "host-header", "http-request set-header Host");
pub static SET_HEADER: Capability =
    Capability::exact("set-header", "set-header", "http-request set-header, del-header");
pub static SET_HEADER_LOST: Capability = Capability::dropped(
    "set-header",
    "set-header-lost",
    "the value has variables that HAProxy does not know: the header is removed",
    &[Shows::UpstreamHeaders],
    "set another value",
);
pub static HTTP_VERSION: Capability = Capability::approximate(
    "http-version",
    "http-version",
    "HTTP/1.1 is spoken, but HTTP/1.0 for clients who do so",
    &[Shows::Connections],
    "",
);
pub static HTTP_VERSION_OLD: Capability = Capability::approximate(
    "http-version",
    "http-version-old",
    "HTTP/1.1 is spoken, never HTTP/1.0",
    &[Shows::Uri, Shows::UpstreamHeaders, Shows::Connections],
    "",
);
pub static UNDERSCORES: Capability =
    Capability::exact("underscores", "underscores", "http-request del-header by an expression");
pub static PROXY_REDIRECT: Capability =
    Capability::exact("proxy-redirect", "proxy-redirect", "http-response replace-header Location");
pub static PROXY_REDIRECT_LOST: Capability = Capability::dropped(
    "proxy-redirect",
    "proxy-redirect-lost",
    "the rule has variables: Location stays as it is",
    &[Shows::Headers],
    "write http-response replace-header by hand",
);
pub static ADD_HEADER: Capability =
    Capability::exact("add-header", "add-header", "http-after-response add-header, with nginx's statuses");
pub static ADD_HEADER_LOST: Capability = Capability::dropped(
    "add-header",
    "add-header-lost",
    "the value has variables that HAProxy does not know: the header is not added",
    &[Shows::Headers],
    "add another value",
);
pub static HIDE_HEADER: Capability = Capability::exact("hide-header", "hide-header", "http-response del-header");
pub static BUFFERING: Capability = Capability::approximate(
    "buffering",
    "buffering",
    "bodies go through as they come, so a slow client occupies its backend",
    &[Shows::Timing],
    "",
);
pub static BUFFERING_OFF: Capability =
    Capability::automatic("buffering", "buffering-off", "bodies go through as they come");
