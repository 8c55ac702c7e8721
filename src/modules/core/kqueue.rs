//! `ngx_kqueue_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("kqueue_module", Kind::Event, Presence::Elsewhere) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("kqueue_changes", "events", "1", Number, "1.0.0", "512",
        "Sets how many event changes are collected before being passed to kqueue in one call."),
    d("kqueue_events", "events", "1", Number, "1.0.0", "512",
        "Sets the maximum number of events that are fetched in one kevent call."),
];
