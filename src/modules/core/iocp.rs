//! `ngx_iocp_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("iocp_module", Kind::Event, Presence::Elsewhere) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("acceptex_read", "events", "flag", Flag, "1.0.0", "on",
        "Windows IOCP only: made AcceptEx wait for the first client data; use the select or poll method now."),
    d("iocp_threads", "events", "1", Number, "1.0.0", "0",
        "Windows IOCP only: set the number of completion port threads; use the select or poll method now."),
    d("post_acceptex", "events", "1", Number, "1.0.0", "10",
        "Windows IOCP only: set how many AcceptEx calls are posted ahead per socket; use select or poll now."),
];
