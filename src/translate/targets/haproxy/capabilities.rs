//! What HAProxy can do with nginx's features, by its versions 2.6 and newer.

use crate::translate::class::{Capability, Shows};

pub static LISTEN: Capability = Capability::exact("listen", "listen", "bind ADDRESS");
pub static SERVER_NAME: Capability =
    Capability::exact("server-name", "server-name", "an ACL on the host, without its port, in lower case");
pub static DEFAULT_SERVER: Capability =
    Capability::exact("default-server", "default-server", "the rules of the default server come last, for every host");
pub static LOCATION_EXACT: Capability = Capability::exact("location-exact", "location-exact", "path -m str");
pub static LOCATION_PREFIX: Capability =
    Capability::exact("location-prefix", "location-prefix", "path -m beg, the longest first");
pub static SLASH_REDIRECT: Capability = Capability::exact("slash-redirect", "slash-redirect", "a redirect of its own");
pub static RETURN_TEXT: Capability = Capability::exact("return-text", "return-text", "http-request return");
pub static PASS: Capability = Capability::exact("pass", "pass", "use_backend");
pub static PASS_VARIABLES: Capability = Capability::dropped(
    "pass-variables",
    "pass-variables",
    "the backend cannot come out of variables",
    &[Shows::Status, Shows::Peer],
    "name the backends one by one",
);
pub static ROUND_ROBIN: Capability = Capability::exact("round-robin", "round-robin", "balance roundrobin");
pub static WEIGHT: Capability = Capability::approximate(
    "weight",
    "weight",
    "each server gets its share in every cycle, in another order",
    &[Shows::Peer],
    "",
);
pub static DOWN: Capability = Capability::exact("down", "down", "disabled");
pub static CONNECT_TIMEOUT: Capability = Capability::exact("connect-timeout", "connect-timeout", "timeout connect");
pub static READ_TIMEOUT: Capability = Capability::exact("read-timeout", "read-timeout", "timeout server");

pub static ALL: &[&Capability] = &[
    &LISTEN,
    &SERVER_NAME,
    &DEFAULT_SERVER,
    &LOCATION_EXACT,
    &LOCATION_PREFIX,
    &SLASH_REDIRECT,
    &RETURN_TEXT,
    &PASS,
    &PASS_VARIABLES,
    &ROUND_ROBIN,
    &WEIGHT,
    &DOWN,
    &CONNECT_TIMEOUT,
    &READ_TIMEOUT,
];
