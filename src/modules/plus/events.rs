//! What only NGINX Plus has in `events`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("plus_events_module", Kind::Event, Presence::Plus) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("stall_threshold", "events", "1", Msec, "1.0.0", "1000ms",
        "Sets how long an event loop iteration may take before the worker counts as stalled.").release(35),
];
