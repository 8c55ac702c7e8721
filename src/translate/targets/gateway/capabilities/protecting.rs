//! What keeps somebody or something out, and what is written down about requests.

use super::Capability;
use crate::translate::class::Shows;

pub static BODY_SIZE: Capability = Capability::refused(
    "body-size",
    "body-size",
    "bodies of requests are not limited",
    &[Shows::Status],
    "limit them by a policy of the implementation or in the backend, then allow the loss",
);
pub static BODY_SIZE_ANY: Capability =
    Capability::exact("body-size", "body-size-any", "bodies of requests are not limited");
pub static BODY_SIZE_DEFAULT: Capability = Capability::dropped(
    "body-size",
    "body-size-default",
    "bodies of more than 1 MB get through, too",
    &[Shows::Status],
    "limit them by a policy of the implementation or in the backend",
);
pub static LIMIT_REQ: Capability = Capability::refused(
    "limit-req",
    "limit-req",
    "rates are not limited",
    &[Shows::Status, Shows::Timing],
    "limit them by a policy of the implementation, then allow the loss",
);
pub static LIMIT_STATUS: Capability =
    Capability::harmless("limit-req", "limit-status", "it says how to refuse, and what is refused is told elsewhere");
pub static LIMIT_CONN: Capability = Capability::refused(
    "limit-conn",
    "limit-conn",
    "connections are not limited",
    &[Shows::Status],
    "limit them by a policy of the implementation, then allow the loss",
);
pub static ACCESS: Capability = Capability::refused(
    "access",
    "access",
    "addresses are not looked at: everybody is let in",
    &[Shows::Status],
    "let a NetworkPolicy or a policy of the implementation do it, then allow the loss",
);
pub static ACCESS_NONE: Capability = Capability::approximate(
    "access",
    "access-none",
    "the rule has no backend, so it keeps everybody out with another status, 500 or 503",
    &[Shows::Status, Shows::Headers, Shows::Body],
    "",
);
pub static AUTH: Capability = Capability::refused(
    "auth",
    "auth",
    "nobody is asked who it is: everybody is let in",
    &[Shows::Status],
    "authenticate by a policy of the implementation or in the backend, then allow the loss",
);
pub static GZIP: Capability = Capability::dropped(
    "gzip",
    "gzip",
    "answers are not compressed, except by backends",
    &[Shows::Headers, Shows::Body],
    "compress in the backend",
);
pub static ERROR_PAGE: Capability = Capability::dropped(
    "error-page",
    "error-page",
    "errors are answered with the pages of the implementation or the backend",
    &[Shows::Status, Shows::Headers, Shows::Body],
    "",
);
pub static ACCESS_LOG: Capability = Capability::dropped(
    "access-log",
    "access-log",
    "what is logged, and how, is the implementation's",
    &[Shows::Logs],
    "",
);
