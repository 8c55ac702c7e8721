//! What is answered without a backend, and programs of rewrites.

use super::Capability;
use crate::translate::class::Shows;

pub static RETURN_TEXT: Capability = Capability::dropped(
    "return-text",
    "return-text",
    "a route cannot answer by itself: it has no backend, so it answers with an error",
    &[Shows::Status, Shows::Headers, Shows::Body],
    "run a small service that gives this answer",
);
pub static RETURN_STATUS: Capability = Capability::approximate(
    "return-text",
    "return-status",
    "the rule has no backend, so it keeps requests out with another status, 500 or 503",
    &[Shows::Status, Shows::Headers, Shows::Body],
    "",
);
pub static RETURN_REDIRECT: Capability = Capability::approximate(
    "return-redirect",
    "return-redirect",
    "RequestRedirect, which keeps the query of the request",
    &[Shows::Headers, Shows::Body],
    "",
);
pub static RETURN_REDIRECT_LOST: Capability = Capability::dropped(
    "return-redirect",
    "return-redirect-lost",
    "RequestRedirect cannot make this URL or status: it has no backend, so it answers with an error",
    &[Shows::Status, Shows::Headers, Shows::Body],
    "redirect to a fixed place, or with the path as it is",
);
pub static RETURN_CLOSE: Capability = Capability::approximate(
    "return-close",
    "return-close",
    "the rule has no backend, so it keeps requests out with a status, 500 or 503, instead of closing the connection",
    &[Shows::Status, Shows::Headers, Shows::Body],
    "",
);
pub static REWRITE_PREFIX: Capability = Capability::approximate(
    "rewrite",
    "rewrite-prefix",
    "URLRewrite with ReplacePrefixMatch, which joins the parts with exactly one /",
    &[Shows::Uri],
    "",
);
pub static REWRITE_FULL: Capability =
    Capability::approximate("rewrite", "rewrite-full", "URLRewrite with ReplaceFullPath", &[Shows::Uri], "");
pub static REWRITE_REDIRECT: Capability = Capability::approximate(
    "rewrite",
    "rewrite-redirect",
    "RequestRedirect, in a rule of its own that longer paths win over",
    &[Shows::Status, Shows::Headers],
    "",
);
pub static REWRITE_LOST: Capability = Capability::dropped(
    "rewrite",
    "rewrite-lost",
    "paths are rewritten as a whole or by their prefix, not by expressions",
    &[Shows::Status, Shows::Headers, Shows::Body, Shows::Uri, Shows::UpstreamHeaders, Shows::Peer],
    "rewrite in the backend",
);
pub static IF_LOST: Capability = Capability::dropped(
    "if",
    "if",
    "conditions like this one cannot be said",
    &[Shows::Status, Shows::Headers, Shows::Body, Shows::Uri, Shows::UpstreamHeaders, Shows::Peer],
    "say it with matches on headers, methods or query parameters",
);
pub static IF_REFUSED: Capability = Capability::refused(
    "if",
    "if-refused",
    "it keeps somebody out on a condition that cannot be said; they would be let through",
    &[Shows::Status],
    "say it with matches on headers, methods or query parameters",
);
pub static IF_HOST: Capability =
    Capability::exact("if", "if-host", "an HTTPRoute of its own for this hostname, with a RequestRedirect");
pub static IF_METHOD: Capability = Capability::approximate(
    "if",
    "if-method",
    "a rule for the method without a backend, so it keeps requests out with another status, 500 or 503",
    &[Shows::Status, Shows::Headers, Shows::Body],
    "",
);
pub static SET: Capability = Capability::harmless(
    "if",
    "set",
    "the variable itself does nothing; where it is used it is told what becomes of it",
);
pub static FILES: Capability = Capability::dropped(
    "files",
    "files",
    "a route has no files: where there is no backend it answers with an error",
    &[Shows::Status, Shows::Headers, Shows::Body],
    "run a service that gives the files",
);
pub static FILES_NONE: Capability = Capability::approximate(
    "files",
    "files-none",
    "where no location is found there is no rule, which is answered with 404, and nginx would look for a file",
    &[Shows::Status, Shows::Headers, Shows::Body],
    "",
);
