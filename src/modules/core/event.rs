//! `ngx_event_core_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("event_core_module", Kind::Event, Presence::Always) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("accept_mutex", "events", "flag", Flag, "1.0.0", "off",
        "Makes workers take turns accepting new connections instead of all being woken up at once."),
    d("accept_mutex_delay", "events", "1", Msec, "1.0.0", "500ms",
        "Limits how long a worker waits before retrying when another worker holds the accept mutex."),
    d("connections", "events", "1", Unchecked, "1.0.0", "512",
        "Old name for the limit of simultaneous connections per worker; it was replaced by worker_connections.")
        .last("1.9.0"), // TODO ngx_event_connections
    d("debug_connection", "events", "1", Unchecked, "1.0.0", "",
        "Turns on debug-level logging for connections from the given addresses or networks; needs a --with-debug build."), // TODO ngx_event_debug_connection
    d("multi_accept", "events", "flag", Flag, "1.0.0", "off",
        "Lets a worker accept all waiting connections at once instead of one at a time."),
    d("use", "events", "1", Unchecked, "1.0.0", "",
        "Chooses the event method, such as epoll or kqueue; nginx normally picks the best by itself."), // TODO ngx_event_use
    d("worker_connections", "events", "1", Unchecked, "1.0.0", "512",
        "Limits the simultaneous connections per worker, counting clients, upstream servers and all others."), // TODO ngx_event_connections
];
