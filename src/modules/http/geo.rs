//! `ngx_http_geo_module`.

use crate::modules::prelude::*;
use crate::modules::shared::geo;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("http_geo_module", Kind::Http, Presence::Default("http_geo")) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("geo", "http", "block 1 2", Custom(geo::block), "1.0.0", "",
        "Creates a variable whose value is looked up from the client address or another address variable."),
];
