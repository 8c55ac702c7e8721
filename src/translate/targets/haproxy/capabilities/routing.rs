//! From the address to the answer.

use crate::translate::class::{Capability, Shows};

pub static LISTEN: Capability = Capability::exact("listen", "listen", "bind ADDRESS");
pub static LISTEN_UNIX: Capability = Capability::exact("listen", "listen-unix", "bind unix@PATH");
pub static LISTEN_TLS: Capability = Capability::approximate(
    "listen-tls",
    "listen-tls",
    "bind ... ssl crt: the key is looked for beside the certificate, by its name with .key behind it",
    &[Shows::Connections],
    "join certificate and key in one file, or link the key to CERTIFICATE.key",
);
pub static LISTEN_PROXY_PROTOCOL: Capability = Capability::approximate(
    "listen-proxy-protocol",
    "listen-proxy-protocol",
    "accept-proxy: the client's address is that of the PROXY protocol everywhere, not only in $proxy_protocol_addr",
    &[Shows::UpstreamHeaders, Shows::Peer],
    "",
);
pub static SERVER_NAME: Capability =
    Capability::exact("server-name", "server-name", "a condition on the host without its port, in lower case");
pub static SERVER_NAME_WILDCARD: Capability =
    Capability::exact("server-name-wildcard", "server-name-wildcard", "-m end and -m beg, the longest first");
pub static SERVER_NAME_REGEX: Capability =
    Capability::exact("server-name-regex", "server-name-regex", "-m reg -i, after all other names");
pub static DEFAULT_SERVER: Capability =
    Capability::exact("default-server", "default-server", "who has no other server gets this one");
pub static LOCATION_EXACT: Capability = Capability::exact("location-exact", "location-exact", "-m str");
pub static LOCATION_PREFIX: Capability =
    Capability::exact("location-prefix", "location-prefix", "-m beg, in nginx's order");
pub static LOCATION_REGEX: Capability =
    Capability::exact("location-regex", "location-regex", "-m reg, by PCRE, in nginx's order");
pub static SLASH_REDIRECT: Capability = Capability::exact("slash-redirect", "slash-redirect", "a route of its own");
pub static PATH_NORMALISING: Capability = Capability::approximate(
    "path-normalising",
    "path-normalising",
    "paths are decoded and cleaned by converters; a # in a path, a host beside another one in an absolute target, and \
     more than 8 nested \"..\" are answered with 400, without headers that are added",
    &[Shows::Status, Shows::Headers, Shows::Peer],
    "",
);
pub static RETURN_TEXT: Capability = Capability::exact("return-text", "return-text", "http-request return");
pub static RETURN_TYPE: Capability = Capability::approximate(
    "return-text",
    "return-type",
    "the content type is the default one, whatever the path ends with",
    &[Shows::Headers],
    "give the location a default_type and empty types",
);
pub static RETURN_REDIRECT: Capability =
    Capability::exact("return-redirect", "return-redirect", "http-request return with a Location");
pub static RETURN_BARE: Capability = Capability::approximate(
    "return-redirect",
    "return-bare",
    "without a place to go to there is no Location, where nginx has an empty one",
    &[Shows::Headers],
    "",
);
pub static RETURN_LOST: Capability = Capability::dropped(
    "return-redirect",
    "return-lost",
    "the text has variables that HAProxy does not know: it is answered with 500",
    &[Shows::Status, Shows::Headers, Shows::Body],
    "write it without them",
);
pub static RETURN_CLOSE: Capability = Capability::exact("return-close", "return-close", "http-request reject");
pub static REWRITE: Capability = Capability::exact("rewrite", "rewrite", "the path is replaced by converters");
pub static REWRITE_LOST: Capability = Capability::dropped(
    "rewrite",
    "rewrite-lost",
    "this rewrite is not translated",
    &[Shows::Status, Shows::Uri, Shows::Headers],
    "rewrite by hand with http-request set-path",
);
pub static IF: Capability = Capability::exact("if", "if", "a condition of the rules inside");
pub static MAP: Capability = Capability::exact("if", "map", "set-var, a rule for each row");
pub static IF_LOST: Capability = Capability::dropped(
    "if",
    "if-lost",
    "this part of the program is not translated",
    &[Shows::Status, Shows::Uri, Shows::Headers, Shows::Peer, Shows::Body, Shows::UpstreamHeaders],
    "write rules with http-request by hand",
);
pub static IF_PROTECTS: Capability = Capability::refused(
    "if",
    "if-protects",
    "this part of the program keeps somebody out, and is not translated",
    &[Shows::Status],
    "write it by hand with http-request deny, then allow the loss",
);
pub static PASS: Capability = Capability::exact("pass", "pass", "use_backend");
pub static UNUSED: Capability = Capability::harmless("pass", "unused", "nothing is sent that it would hold for");
pub static PASS_URI: Capability =
    Capability::exact("pass-uri", "pass-uri", "http-request set-uri of the cleaned path, escaped as nginx does");
pub static PASS_VARIABLES: Capability = Capability::dropped(
    "pass-variables",
    "pass-variables",
    "the backend cannot come out of variables: requests are answered with 500",
    &[Shows::Status, Shows::Peer],
    "name the backends one by one",
);
pub static PASS_TLS: Capability = Capability::approximate(
    "pass-tls",
    "pass-tls",
    "server ... ssl: sessions are kept for the process, and ciphers are OpenSSL's own unless they are named",
    &[Shows::Connections],
    "",
);
pub static PASS_OTHER: Capability = Capability::dropped(
    "pass-other",
    "pass-other",
    "only HTTP is spoken to backends: requests are answered with 500",
    &[Shows::Status, Shows::Body],
    "keep nginx for this location, as a backend of HAProxy",
);
pub static FILES: Capability = Capability::dropped(
    "files",
    "files",
    "HAProxy has no files: requests are answered with 404",
    &[Shows::Status, Shows::Headers, Shows::Body],
    "keep nginx for this location, as a backend of HAProxy",
);
pub static STATUS_PAGE: Capability = Capability::dropped(
    "files",
    "status-page",
    "this page is nginx's own: requests are answered with 404",
    &[Shows::Status, Shows::Body],
    "use HAProxy's own page: stats enable",
);
