//! `ngx_devpoll_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("devpoll_module", Kind::Event, Presence::Elsewhere) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("devpoll_changes", "events", "1", Number, "1.0.0", "32",
        "Sets how many pending changes are collected before being written to /dev/poll on Solaris."),
    d("devpoll_events", "events", "1", Number, "1.0.0", "32",
        "Sets the maximum number of events fetched from /dev/poll in one call on Solaris."),
];
