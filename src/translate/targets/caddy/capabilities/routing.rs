//! What Caddy can do with addresses, names and paths, answers, and what leads to backends.

use crate::translate::class::{Capability, Shows};

pub static LISTEN: Capability = Capability::exact("listen", "listen", "`listen` of an HTTP server");
pub static LISTEN_REFUSED: Capability = Capability::approximate(
    "listen",
    "listen-refused",
    "requests that Caddy refuses before it looks at them are answered without the headers of the server",
    &[Shows::Headers],
    "",
);
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
    "its expression, a variable in it, its place after a step that may end the program or, in a location, the search for another one cannot be written",
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
pub static IDLE: Capability = Capability::harmless("pass", "idle", "it holds for no route that is written");
pub static GROUP: Capability = Capability::exact("pass", "group", "the upstreams of a `reverse_proxy`");
pub static SERVER_ADDRESS: Capability = Capability::exact("pass", "server-address", "an upstream");
pub static GROUP_OTHER: Capability =
    Capability::approximate("pass", "group-other", "it has no counterpart", &[Shows::Connections], "");
pub static PASS_URI: Capability = Capability::approximate(
    "pass-uri",
    "pass-uri",
    "`rewrite`; a `?` with nothing behind it stays, an encoded `%` or `?` in the rest of the path is decoded twice, and some characters are encoded that nginx leaves",
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
