//! `ngx_epoll_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("epoll_module", Kind::Event, Presence::Always) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("epoll_events", "events", "1", Number, "1.0.0", "512",
        "Sets the maximum number of events returned by a single epoll_wait call on Linux."),
    d("worker_aio_requests", "events", "1", Number, "1.0.7", "32",
        "Limits the outstanding asynchronous I/O operations of one worker when aio is used with epoll."),
];
