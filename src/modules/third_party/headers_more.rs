//! The third-party module headers-more. Known by its table.

use crate::modules::prelude::*;

/// The names by which builds and `--module` know it.
const NAMES: &[&str] = &["headers-more"];

/// Its part in `http`.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("headers_more_http_module", Kind::Http, Presence::ThirdParty(NAMES))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("more_clear_headers", "http server location location-if", "1+", Unchecked, "1.0.0", "",
        "Removes the listed response headers, optionally only for given statuses or content types."),
    d("more_clear_input_headers", "http server location location-if", "1+", Unchecked, "1.0.0", "",
        "Removes the listed request headers before later phases and upstreams see them."),
    d("more_set_headers", "http server location location-if", "1+", Unchecked, "1.0.0", "",
        "Adds, replaces or clears response headers, optionally only for given statuses or content types."),
    d("more_set_input_headers", "http server location location-if", "1+", Unchecked, "1.0.0", "",
        "Adds, replaces or clears request headers before later phases and upstreams see them."),
];
