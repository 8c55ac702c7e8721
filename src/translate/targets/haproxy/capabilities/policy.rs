//! What says no, and what is done to answers.

use crate::translate::class::{Capability, Shows};

pub static BODY_SIZE: Capability = Capability::approximate(
    "body-size",
    "body-size",
    "413 by Content-Length; a body in chunks may be larger",
    &[Shows::Status, Shows::Peer],
    "limit it in the backend too",
);
pub static BODY_SIZE_SMALL: Capability = Capability::exact(
    "body-size",
    "body-size-small",
    "413 by Content-Length; of a body in chunks as much is waited for as is allowed, and a byte",
);
pub static BODY_SIZE_NONE: Capability = Capability::automatic("body-size", "body-size-none", "there is no limit");
pub static LIMIT_REQ: Capability = Capability::approximate(
    "limit-req",
    "limit-req",
    "a stick table: the first burst is let in as by nginx, what follows by a sliding window and not by leaking; nobody waits; \
     places with other bursts of the same zone count by themselves",
    &[Shows::Status, Shows::Timing],
    "",
);
pub static LIMIT_REQ_LOST: Capability = Capability::refused(
    "limit-req",
    "limit-req-lost",
    "the key has variables that HAProxy does not know, or a request would be counted more than twice",
    &[Shows::Status],
    "choose another key",
);
pub static LIMIT_CONN: Capability = Capability::approximate(
    "limit-conn",
    "limit-conn",
    "a stick table of requests at the same time",
    &[Shows::Status],
    "",
);
pub static ACCESS: Capability = Capability::exact("access", "access", "http-request return 403 by addresses");
pub static INTERNAL: Capability =
    Capability::exact("access", "internal", "http-request return 404 for what was not rewritten");
pub static UNREACHED: Capability =
    Capability::harmless("access", "unreached", "no request comes to it: it is answered before");
pub static AUTH: Capability = Capability::refused(
    "auth",
    "auth",
    "passwords and other servers' opinions are not taken over",
    &[Shows::Status],
    "write a userlist and http-request auth by hand, then allow the loss",
);
pub static OFF: Capability = Capability::harmless("auth", "off", "it is off");
pub static GZIP: Capability = Capability::approximate(
    "gzip",
    "gzip",
    "compression algo gzip: short bodies too, at a level for the whole process",
    &[Shows::Headers, Shows::Body],
    "",
);
pub static ERROR_PAGE: Capability = Capability::dropped(
    "error-page",
    "error-page",
    "errors have nginx's plain pages",
    &[Shows::Status, Shows::Headers, Shows::Body],
    "write http-error by hand",
);
pub static ACCESS_LOG: Capability = Capability::approximate(
    "access-log",
    "access-log",
    "lines go to the standard output, those of all servers of an address in the first format of its default server; what \
     HAProxy does not keep is written as -, and bytes of headers count too",
    &[Shows::Logs],
    "",
);
pub static ACCESS_LOG_LOST: Capability = Capability::dropped(
    "access-log",
    "access-log-lost",
    "this log is not written",
    &[Shows::Logs],
    "write log and log-format by hand",
);
pub static WEBSOCKET: Capability = Capability::approximate(
    "websocket",
    "websocket",
    "Upgrade and Connection go through as the client sent them",
    &[Shows::UpstreamHeaders],
    "",
);
