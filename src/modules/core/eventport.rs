//! `ngx_eventport_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("eventport_module", Kind::Event, Presence::Elsewhere) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("eventport_events", "events", "1", Number, "1.0.0", "32",
        "Sets the maximum number of events fetched in one call from the Solaris event ports."),
];
