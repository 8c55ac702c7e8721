//! From the address to the location, and what is answered there.

use crate::translate::class::{Capability, Shows};

pub static LISTEN: Capability = Capability::exact("listen", "listen", "a listener");
pub static LISTEN_TLS: Capability =
    Capability::exact("listen-tls", "listen-tls", "a DownstreamTlsContext with all certificates of the address");
pub static TLS_SETTINGS: Capability = Capability::approximate(
    "listen-tls",
    "tls-settings",
    "the settings of the address's default server hold for all servers behind it",
    &[Shows::Connections],
    "",
);
pub static TLS_CLIENTS: Capability =
    Capability::exact("listen-tls", "tls-clients", "require_client_certificate with trusted_ca");
pub static TLS_VARIABLES: Capability = Capability::refused(
    "listen-tls",
    "tls-variables",
    "a certificate cannot be chosen by variables",
    &[Shows::Connections],
    "name the certificates one by one",
);
pub static LISTEN_HTTP2: Capability = Capability::exact("listen-tls", "http2", "ALPN with h2, and codec_type AUTO");
pub static LISTEN_PROXY_PROTOCOL: Capability =
    Capability::exact("listen-proxy-protocol", "listen-proxy-protocol", "the listener filter proxy_protocol");
pub static SERVER_NAME: Capability = Capability::exact("server-name", "server-name", "a domain of a virtual host");
pub static NO_NAME: Capability =
    Capability::exact("server-name", "no-name", "a domain that stands for requests without a host");
pub static SERVER_NAME_TAKEN: Capability =
    Capability::harmless("server-name", "server-name-taken", "another server behind the address has the name already");
pub static SERVER_NAME_WILDCARD: Capability =
    Capability::exact("server-name-wildcard", "server-name-wildcard", "a domain with a wildcard");
pub static SERVER_NAME_REGEX: Capability = Capability::exact(
    "server-name-regex",
    "server-name-regex",
    "routes of the virtual host for all names, with a regular expression on the host",
);
pub static SERVER_NAME_RE2: Capability = Capability::refused(
    "server-name-regex",
    "server-name-re2",
    "RE2 does not have what this regular expression uses: the server gets no requests by this name",
    &[Shows::Status, Shows::Peer],
    "write it without lookaround, backreferences and possessive quantifiers",
);
pub static DEFAULT_SERVER: Capability =
    Capability::exact("default-server", "default-server", "the domain * of the address's default server");
pub static LOCATION_EXACT: Capability = Capability::exact("location-exact", "location-exact", "a route with path");
pub static LOCATION_PREFIX: Capability =
    Capability::exact("location-prefix", "location-prefix", "a route with prefix, the longest first");
pub static LOCATION_REGEX: Capability = Capability::exact(
    "location-regex",
    "location-regex",
    "a route with a regular expression on the decoded path, which the script gives",
);
pub static LOCATION_RE2: Capability = Capability::refused(
    "location-regex",
    "location-re2",
    "RE2 does not have what this regular expression uses: its requests go to the next location that fits",
    &[Shows::Status, Shows::Headers, Shows::Body, Shows::Peer, Shows::Uri],
    "write it without lookaround, backreferences and possessive quantifiers",
);
pub static SLASH_REDIRECT: Capability =
    Capability::exact("slash-redirect", "slash-redirect", "a route of its own with a direct response");
pub static NORMALISING: Capability = Capability::approximate(
    "path-normalising",
    "path-normalising",
    "the script decodes and normalises paths as nginx does, but what stands behind a # is cut off before, and \
     `http://host?query` is not found",
    &[Shows::Status, Shows::Uri],
    "",
);
pub static MERGE_SLASHES_OTHERS: Capability = Capability::approximate(
    "path-normalising",
    "merge-slashes-others",
    "the setting of the address's default server holds",
    &[Shows::Status, Shows::Uri],
    "",
);
pub static RETURN_TEXT: Capability =
    Capability::exact("return-text", "return-text", "a direct response with body and content type");
pub static RETURN_STATUS: Capability =
    Capability::exact("return-text", "return-status", "a direct response with a page like nginx's");
pub static RETURN_EMPTY: Capability = Capability::approximate(
    "return-text",
    "return-empty",
    "an answer without a body has no Content-Type",
    &[Shows::Headers],
    "",
);
pub static RETURN_VARIABLES: Capability = Capability::dropped(
    "return-text",
    "return-variables",
    "the text has variables that Envoy does not know: it is left out",
    &[Shows::Body, Shows::Headers],
    "",
);
pub static RETURN_REDIRECT: Capability =
    Capability::exact("return-redirect", "return-redirect", "a direct response with Location");
pub static RETURN_LINES: Capability = Capability::dropped(
    "return-redirect",
    "return-lines",
    "of a Location with line breaks only the first line is sent",
    &[Shows::Headers],
    "write it on one line",
);
pub static RETURN_ODD: Capability = Capability::dropped(
    "return-text",
    "return-odd",
    "Envoy answers with statuses from 200 to 599 only: the answer is 500 without a text",
    &[Shows::Status, Shows::Headers, Shows::Body],
    "answer with another status",
);
pub static RETURN_CLOSE: Capability = Capability::approximate(
    "return-close",
    "return-close",
    "the client gets an empty 403 instead of no answer",
    &[Shows::Status, Shows::Headers, Shows::Body],
    "",
);
pub static REWRITE_REDIRECT: Capability =
    Capability::exact("rewrite", "rewrite-redirect", "a route with the regular expression and a redirect");
pub static REWRITE_BREAK: Capability =
    Capability::exact("rewrite", "rewrite-break", "a route with the regular expression and regex_rewrite");
pub static REWRITE_LAST: Capability = Capability::exact(
    "rewrite",
    "rewrite-last",
    "a route with the regular expression and regex_rewrite to the cluster of the location that the new path belongs to",
);
pub static REWRITE: Capability = Capability::dropped(
    "rewrite",
    "rewrite",
    "the path stays as it was",
    &[Shows::Status, Shows::Headers, Shows::Body, Shows::Uri, Shows::UpstreamHeaders, Shows::Peer],
    "write a location for the rewritten path",
);
pub static IF_RETURN: Capability =
    Capability::exact("if", "if-return", "a route with the condition and a direct response");
pub static IF: Capability = Capability::dropped(
    "if",
    "if",
    "the condition is not looked at",
    &[Shows::Status, Shows::Headers, Shows::Body, Shows::Uri, Shows::UpstreamHeaders, Shows::Peer],
    "",
);
pub static IF_PROTECTS: Capability = Capability::refused(
    "if",
    "if-protects",
    "the condition keeps requests out, and is not looked at",
    &[Shows::Status],
    "protect it in another place, then allow the loss",
);
pub static MAP: Capability = Capability::exact("if", "map", "a table of the script");
pub static TYPES: Capability =
    Capability::exact("files", "types", "the content types of texts; backends say their own");
pub static HANDLER: Capability = Capability::dropped(
    "files",
    "handler",
    "it is a handler of nginx's own: the answer is 404",
    &[Shows::Status, Shows::Headers, Shows::Body],
    "look at Envoy's admin interface",
);
pub static FILES: Capability = Capability::dropped(
    "files",
    "files",
    "Envoy has no files here: the answer is 404",
    &[Shows::Status, Shows::Headers, Shows::Body],
    "serve the files with another program and pass to it",
);
