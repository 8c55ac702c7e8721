//! The third-party module upstream-fair: the server with the least to do. Known by its table.

use crate::modules::prelude::*;

/// The names by which builds and `--module` know it.
const NAMES: &[&str] = &["upstream-fair"];

/// Its part in `http`.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("upstream_fair_http_module", Kind::Http, Presence::ThirdParty(NAMES))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("fair", "upstream", "any", Unchecked, "1.0.0", "",
        "Chooses the server of the group that has the fewest requests in hand."),
    d("upstream_fair_shm_size", "http", "1", Unchecked, "1.0.0", "32k",
        "Sets the size of the shared memory in which servers are compared."),
];
