//! `ngx_http_split_clients_module`.

use crate::modules::prelude::*;
use crate::modules::shared::split_clients;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("http_split_clients_module", Kind::Http, Presence::Default("http_split_clients"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("split_clients", "http", "block 2", Custom(split_clients::block), "1.0.0", "",
        "Creates a variable that splits clients into percentage groups by hashing a string, for A/B tests."),
];
