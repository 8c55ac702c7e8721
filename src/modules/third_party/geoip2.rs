//! The third-party module geoip2. Known by its table.

use crate::modules::prelude::*;

/// The names by which builds and `--module` know it.
const NAMES: &[&str] = &["geoip2"];

/// Its part in `http`.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("geoip2_http_module", Kind::Http, Presence::ThirdParty(NAMES)) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("geoip2", "http", "block 1", Unchecked, "1.0.0", "",
        "Loads a MaxMind GeoIP2 database and maps its fields to nginx variables."),
    d("geoip2_proxy", "http", "1", Unchecked, "1.0.0", "",
        "Names trusted proxies whose X-Forwarded-For header supplies the address to look up."),
    d("geoip2_proxy_recursive", "http", "flag", Unchecked, "1.0.0", "off",
        "Skips all trusted proxy addresses in X-Forwarded-For to find the real client address."),
];

/// Its part in `stream`.
pub static MODULE_STREAM: Module = Module {
    directives: DIRECTIVES_STREAM,
    ..Module::new("geoip2_stream_module", Kind::Stream, Presence::ThirdParty(NAMES))
};

#[rustfmt::skip]
static DIRECTIVES_STREAM: &[Directive] = &[
    d("geoip2", "stream", "block 1", Unchecked, "1.0.0", "",
        "Loads a MaxMind GeoIP2 database and maps its fields to nginx variables."),
];
