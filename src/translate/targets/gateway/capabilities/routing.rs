//! Listeners, names and paths.

use super::Capability;
use crate::translate::class::Shows;

pub static LISTEN: Capability = Capability::approximate(
    "listen",
    "listen",
    "a listener of the Gateway, by its port; what nginx itself says no to, such as TRACE and an empty Host, may get through",
    &[Shows::Status],
    "",
);
pub static LISTEN_ADDRESS: Capability = Capability::approximate(
    "listen",
    "listen-address",
    "the listener has the addresses of the Gateway, not this one",
    &[Shows::Connections],
    "give the Gateway the address in spec.addresses, if the implementation lets you",
);
pub static LISTEN_UNIX: Capability = Capability::dropped(
    "listen",
    "listen-unix",
    "a Gateway does not listen on UNIX domain sockets",
    &[Shows::Connections],
    "have its clients use a port",
);
pub static LISTEN_TLS: Capability = Capability::approximate(
    "listen-tls",
    "listen-tls",
    "a listener of the protocol HTTPS that ends TLS, with the versions and ciphers of the implementation",
    &[Shows::Connections],
    "",
);
pub static CERTIFICATE: Capability = Capability::approximate(
    "listen-tls",
    "certificate",
    "the certificate comes out of a Secret of the type kubernetes.io/tls that has to be made",
    &[Shows::Connections],
    "kubectl create secret tls NAME --cert FILE --key FILE",
);
pub static CERTIFICATE_MANY: Capability = Capability::approximate(
    "listen-tls",
    "certificates",
    "there are more hostnames than a Gateway may have listeners: one listener names up to 64 Secrets, and it is up to the \
     implementation to choose by the client's server name",
    &[Shows::Connections],
    "make further Gateways, or ListenerSets",
);
pub static CERTIFICATE_MORE: Capability = Capability::dropped(
    "listen-tls",
    "tls-options",
    "versions, ciphers and sessions of TLS are the implementation's",
    &[Shows::Connections],
    "look for the implementation's TLS options or policy",
);
pub static LISTEN_PROXY_PROTOCOL: Capability = Capability::dropped(
    "listen-proxy-protocol",
    "listen-proxy-protocol",
    "whether the PROXY protocol is read is up to the implementation",
    &[Shows::Status, Shows::Connections, Shows::UpstreamHeaders],
    "turn it on in the implementation",
);
pub static SERVER_NAME: Capability = Capability::exact("server-name", "server-name", "a hostname of the HTTPRoute");
pub static SERVER_NAME_LOST: Capability = Capability::dropped(
    "server-name",
    "server-name-lost",
    "it is no DNS name, which hostnames must be; its requests go to the default server",
    &[Shows::Status, Shows::Headers, Shows::Body, Shows::Uri, Shows::UpstreamHeaders, Shows::Peer],
    "give the server a name",
);
pub static SERVER_NAME_WILDCARD: Capability = Capability::exact(
    "server-name-wildcard",
    "server-name-wildcard",
    "a hostname that begins with *. and fits any number of labels",
);
pub static SERVER_NAME_PREFIX: Capability = Capability::dropped(
    "server-name-wildcard",
    "server-name-prefix",
    "a hostname cannot end with *; its requests go to the default server",
    &[Shows::Status, Shows::Headers, Shows::Body, Shows::Uri, Shows::UpstreamHeaders, Shows::Peer],
    "name the hosts one by one",
);
pub static SERVER_NAME_REGEX: Capability = Capability::dropped(
    "server-name-regex",
    "server-name-regex",
    "hostnames are no expressions; its requests go to the default server",
    &[Shows::Status, Shows::Headers, Shows::Body, Shows::Uri, Shows::UpstreamHeaders, Shows::Peer],
    "name the hosts one by one, or with *.",
);
pub static SERVER_NAME_REFUSED: Capability = Capability::refused(
    "server-name-regex",
    "server-name-refused",
    "its server keeps requests out, and a hostname cannot say this name: they would go to the default server",
    &[Shows::Status],
    "name the hosts one by one, or with *.",
);
pub static SERVER_NAME_LABEL: Capability = Capability::approximate(
    "server-name-regex",
    "server-name-label",
    "a hostname that begins with *. stands for it, which fits more than one label too",
    &[Shows::Status, Shows::Headers, Shows::Body, Shows::Uri, Shows::UpstreamHeaders, Shows::Peer],
    "",
);
pub static SERVER: Capability = Capability::exact("default-server", "server", "an HTTPRoute with these hostnames");
pub static SERVER_ALONE: Capability =
    Capability::exact("default-server", "server-alone", "an HTTPRoute without hostnames");
pub static DEFAULT_SERVER: Capability = Capability::approximate(
    "default-server",
    "default-server",
    "an HTTPRoute without hostnames; implementations that look at paths before hostnames let its longer paths win over \
     those of other hosts",
    &[Shows::Status, Shows::Headers, Shows::Body, Shows::Uri, Shows::UpstreamHeaders, Shows::Peer],
    "",
);
pub static SERVER_LOST: Capability = Capability::dropped(
    "default-server",
    "server-lost",
    "no hostname is left that its requests could be known by",
    &[Shows::Status, Shows::Headers, Shows::Body, Shows::Uri, Shows::UpstreamHeaders, Shows::Peer],
    "give it a DNS name",
);
pub static LOCATION_EXACT: Capability = Capability::exact("location-exact", "location-exact", "path Exact");
pub static LOCATION_PREFIX: Capability = Capability::exact(
    "location-prefix",
    "location-prefix",
    "path PathPrefix, with a rule of its own for the path without the / where that goes elsewhere",
);
pub static LOCATION_SEGMENT: Capability = Capability::approximate(
    "location-prefix",
    "location-segment",
    "PathPrefix is by whole segments: /api does not fit /apis",
    &[Shows::Status, Shows::Headers, Shows::Body, Shows::Uri, Shows::UpstreamHeaders, Shows::Peer],
    "add a rule for the other paths if they are asked for",
);
pub static LOCATION_GUARD: Capability = Capability::approximate(
    "location-prefix",
    "location-expression",
    "path RegularExpression, so that it keeps its rank; dialect and rank of expressions are the implementation's, the \
     longer ones are made to win",
    &[Shows::Status, Shows::Peer],
    "",
);
pub static LOCATION_REGEX: Capability = Capability::approximate(
    "location-regex",
    "location-regex",
    "path RegularExpression, made as long as it takes to win where the longer one does; dialect and rank are the \
     implementation's",
    &[Shows::Status, Shows::Headers, Shows::Body, Shows::Uri, Shows::UpstreamHeaders, Shows::Peer],
    "",
);
pub static LOCATION_REGEX_SIMPLE: Capability =
    Capability::exact("location-regex", "location-regex-simple", "it says what Exact or PathPrefix say");
pub static LOCATION_REGEX_CASE: Capability = Capability::approximate(
    "location-regex",
    "location-regex-case",
    "it says what Exact or PathPrefix say, except that those tell capitals from small letters",
    &[Shows::Status, Shows::Headers, Shows::Body, Shows::Uri, Shows::UpstreamHeaders, Shows::Peer],
    "",
);
pub static LOCATION_REGEX_LOST: Capability = Capability::dropped(
    "location-regex",
    "location-regex-lost",
    "the expression needs what RE2 does not have, several must match at once, or it is no path that a match takes; its \
     requests go to other locations",
    &[Shows::Status, Shows::Headers, Shows::Body, Shows::Uri, Shows::UpstreamHeaders, Shows::Peer],
    "write it without lookaround and back references",
);
pub static LOCATION_REGEX_REFUSED: Capability = Capability::refused(
    "location-regex",
    "location-regex-refused",
    "it keeps requests out by an expression that RE2 does not have; they would be let through",
    &[Shows::Status],
    "write it without lookaround and back references",
);
pub static LOCATION_SHADOWED: Capability =
    Capability::harmless("location-regex", "location-shadowed", "another location gets all of its requests");
pub static SLASH_REDIRECT: Capability = Capability::exact(
    "slash-redirect",
    "slash-redirect",
    "a rule with path Exact and a RequestRedirect that adds the /",
);
pub static PATH_NORMALISING: Capability = Capability::approximate(
    "path-normalising",
    "path-normalising",
    "what becomes of //, . and .. and %XX before paths are looked at is the implementation's",
    &[Shows::Status, Shows::Headers, Shows::Body, Shows::Uri, Shows::UpstreamHeaders, Shows::Peer],
    "",
);
