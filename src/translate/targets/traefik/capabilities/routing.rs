//! What Traefik, by its file provider, can do with addresses, names and paths, answers, and what leads to backends.

use crate::translate::class::{Capability, Shows};

pub static LISTEN: Capability = Capability::exact("listen", "listen", "an entry point");
pub static LISTEN_IPV6: Capability = Capability::approximate(
    "listen",
    "listen-ipv6",
    "an entry point, at which clients with IPv4 are let in too",
    &[Shows::Connections],
    "",
);
pub static LISTEN_IPV6_OTHER: Capability = Capability::dropped(
    "listen",
    "listen-ipv6-other",
    "the entry point of IPv4 is that of IPv6 too, with the servers of IPv4",
    &[Shows::Status, Shows::Peer],
    "let all servers listen at both",
);
pub static LISTEN_UNIX: Capability = Capability::dropped(
    "listen",
    "listen-unix",
    "there are no entry points at UNIX domain sockets",
    &[Shows::Connections, Shows::Status],
    "listen at an address",
);
pub static SERVER_LOST: Capability = Capability::dropped(
    "listen",
    "server-lost",
    "there is no entry point for the addresses of the server: nobody reaches it",
    &[Shows::Connections, Shows::Status],
    "listen at an address",
);
pub static LISTEN_TLS: Capability =
    Capability::exact("listen-tls", "listen-tls", "an entry point and routers with `tls`");
pub static CERTIFICATE: Capability =
    Capability::exact("listen-tls", "certificate", "`certificates`, chosen by the name in the handshake");
pub static CERTIFICATE_LOST: Capability = Capability::dropped(
    "listen-tls",
    "certificate-lost",
    "certificates come from files of fixed names only",
    &[Shows::Connections],
    "name a file",
);
pub static TLS_PROTOCOLS: Capability = Capability::exact("listen-tls", "tls-protocols", "`minVersion`, `maxVersion`");
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
pub static HTTP2: Capability =
    Capability::automatic("listen-tls", "http2", "HTTP/2 is offered to all clients with TLS");
pub static CLIENT_CERTIFICATE: Capability = Capability::exact("listen-tls", "client-certificate", "`clientAuth`");
pub static TLS_OPTIONS_LOST: Capability = Capability::refused(
    "listen-tls",
    "tls-options-lost",
    "options of TLS are for hosts with a whole name only: those of the first default server hold",
    &[Shows::Connections, Shows::Status],
    "say the same for all servers, or name the hosts one by one",
);
pub static TLS_OPTIONS_OTHER: Capability = Capability::dropped(
    "listen-tls",
    "tls-options-other",
    "options of TLS are for hosts with a whole name only: those of the first default server hold",
    &[Shows::Connections, Shows::Status],
    "say the same for all servers, or name the hosts one by one",
);
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
    "`proxyProtocol`; the address in it is the client's for everything, and clients without it are let in",
    &[Shows::UpstreamHeaders, Shows::Status],
    "",
);
pub static SERVER_NAME: Capability = Capability::exact("server-name", "server-name", "a `Host` matcher");
pub static SERVER: Capability =
    Capability::exact("server-name", "server", "routers of its own, in nginx's order of names");
pub static SERVER_NAME_WILDCARD: Capability =
    Capability::exact("server-name-wildcard", "server-name-wildcard", "`HostRegexp`, the longest name first");
pub static SERVER_NAME_REGEX: Capability = Capability::exact("server-name-regex", "server-name-regex", "`HostRegexp`");
pub static SERVER_NAME_REGEX_LOST: Capability = Capability::dropped(
    "server-name-regex",
    "server-name-regex-lost",
    "Go's regular expressions have no look-around, no back-references and no possessive quantifiers",
    &[Shows::Status, Shows::Peer],
    "write the expression without them",
);
pub static DEFAULT_SERVER: Capability =
    Capability::exact("default-server", "default-server", "its routers have the lowest priorities, and no host");
pub static LOCATION_EXACT: Capability = Capability::exact("location-exact", "location-exact", "`Path`");
pub static LOCATION_PREFIX: Capability =
    Capability::exact("location-prefix", "location-prefix", "`PathPrefix`, the longest first");
pub static LOCATION_REGEX: Capability = Capability::exact("location-regex", "location-regex", "`PathRegexp`");
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
pub static SLASH_REDIRECT: Capability =
    Capability::approximate("slash-redirect", "slash-redirect", "a redirect of its own", &[Shows::Headers], "");
pub static MERGE_SLASHES: Capability = Capability::approximate(
    "path-normalising",
    "merge-slashes",
    "paths are cleaned before they are matched, and arrive cleaned; an encoded reserved character stays encoded, and a faulty path may be answered otherwise",
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
pub static RETURN_TEXT: Capability = Capability::dropped(
    "return-text",
    "return-text",
    "Traefik has no texts: the status is right, the body is its name",
    &[Shows::Body],
    "serve the text from a backend",
);
pub static RETURN_STATUS: Capability =
    Capability::exact("return-text", "return-status", "an `ipAllowList` that nobody is on, with the status");
pub static RETURN_AFTER_LOST: Capability = Capability::approximate(
    "return-text",
    "return-after-lost",
    "it answers also what would have gone elsewhere before",
    &[Shows::Status, Shows::Peer],
    "",
);
pub static DEFAULT_TYPE: Capability =
    Capability::exact("return-text", "default-type", "the `Content-Type` of the answer");
pub static RETURN_UNKNOWN: Capability = Capability::approximate(
    "return-text",
    "return-unknown",
    "a status that Go has no name for becomes the first of its hundred",
    &[Shows::Status],
    "",
);
pub static RETURN_REDIRECT: Capability = Capability::exact(
    "return-redirect",
    "return-redirect",
    "the status by an `ipAllowList` that nobody is on, and a whole `Location`",
);
pub static REDIRECT_PARTS: Capability = Capability::approximate(
    "return-redirect",
    "redirect-parts",
    "`redirectRegex`; the host is as the client wrote it, and methods other than GET get 308 or 307",
    &[Shows::Headers, Shows::Status],
    "",
);
pub static REDIRECT_STATUS: Capability = Capability::approximate(
    "return-redirect",
    "redirect-status",
    "`redirectRegex`, which knows 301 and 302 for GET, 308 and 307 for others; the host is as the client wrote it",
    &[Shows::Headers, Shows::Status],
    "",
);
pub static REDIRECT_VARIABLES: Capability = Capability::dropped(
    "return-redirect",
    "redirect-variables",
    "a variable in it is no part of the request's URL: only the status is left",
    &[Shows::Headers],
    "",
);
pub static RETURN_CLOSE: Capability = Capability::approximate(
    "return-close",
    "return-close",
    "403 is answered instead",
    &[Shows::Status, Shows::Headers, Shows::Body],
    "",
);
pub static REWRITE: Capability =
    Capability::approximate("rewrite", "rewrite", "`replacePathRegex`, on the path as it came", &[Shows::Uri], "");
pub static REWRITE_REDIRECT: Capability = Capability::approximate(
    "rewrite",
    "rewrite-redirect",
    "`redirectRegex`, on the URL as it came",
    &[Shows::Headers, Shows::Status],
    "",
);
pub static REWRITE_LOST: Capability = Capability::dropped(
    "rewrite",
    "rewrite-lost",
    "it leads to another location, changes arguments, or has an expression or a variable that cannot be written",
    &[Shows::Status, Shows::Uri, Shows::Peer],
    "write it as locations",
);
pub static IF: Capability = Capability::exact("if", "if", "a router with the condition");
pub static SET: Capability = Capability::harmless("if", "set", "a variable; what needs it is told by itself");
pub static IF_LOST: Capability = Capability::dropped(
    "if",
    "if-lost",
    "the condition or the block cannot be written as a router",
    &[Shows::Status, Shows::Uri, Shows::Peer, Shows::UpstreamHeaders],
    "write it as locations",
);
pub static IF_GUARD: Capability = Capability::refused(
    "if",
    "if-guard",
    "it keeps somebody out, and cannot be written as a router",
    &[Shows::Status],
    "write it as locations",
);
pub static PASS: Capability = Capability::exact("pass", "pass", "a service");
pub static ODD_TARGET: Capability = Capability::approximate(
    "pass",
    "odd-target",
    "quotes, angle brackets and the like in a target arrive encoded, and `;` in arguments as `&`",
    &[Shows::Uri],
    "",
);
pub static UNUSED: Capability = Capability::harmless("pass", "unused", "no route leads there");
pub static IDLE: Capability = Capability::harmless("pass", "idle", "it holds for no route that is written");
pub static GROUP: Capability = Capability::exact("pass", "group", "a `loadBalancer`");
pub static SERVER_ADDRESS: Capability = Capability::exact("pass", "server-address", "a server");
pub static SERVER_UNIX: Capability = Capability::dropped(
    "pass",
    "server-unix",
    "servers have no UNIX domain sockets",
    &[Shows::Peer, Shows::Status],
    "listen at an address",
);
pub static GROUP_OTHER: Capability =
    Capability::approximate("pass", "group-other", "it has no counterpart", &[Shows::Connections], "");
pub static PASS_URI: Capability = Capability::approximate(
    "pass-uri",
    "pass-uri",
    "`replacePathRegex` or `replacePath`, on the path as it came; a `?` with nothing behind it stays",
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
    "a `serversTransport`, with Go's ciphers",
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
pub static PASS_GRPC: Capability = Capability::approximate(
    "pass-other",
    "pass-grpc",
    "HTTP/2 to the servers; `grpc_*` is not looked at",
    &[Shows::UpstreamHeaders, Shows::Timing],
    "",
);
pub static PASS_OTHER: Capability = Capability::dropped(
    "pass-other",
    "pass-other",
    "only HTTP and gRPC are spoken to backends: 502 is answered",
    &[Shows::Status, Shows::Peer],
    "",
);
pub static FILES_LOST: Capability = Capability::dropped(
    "files",
    "files-lost",
    "Traefik serves no files: 404 is answered",
    &[Shows::Status, Shows::Body],
    "serve them from a backend",
);
pub static NO_FILES: Capability =
    Capability::harmless("files", "no-files", "where nginx would look for files in its own folder 404 is answered");
