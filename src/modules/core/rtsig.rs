//! `ngx_rtsig_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("rtsig_module", Kind::Event, Presence::Elsewhere) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("rtsig_overflow_events", "events", "1", Number, "1.0.0", "16",
        "Set how many events were handled by poll during signal queue overflow; removed, epoll replaces rtsig.")
        .last("1.8.1"),
    d("rtsig_overflow_test", "events", "1", Number, "1.0.0", "32",
        "Set after how many polled events the signal queue was checked again; removed, epoll replaces rtsig.")
        .last("1.8.1"),
    d("rtsig_overflow_threshold", "events", "1", Number, "1.0.0", "10",
        "Set which fraction of a full signal queue still counted as overflow; removed, epoll replaces rtsig.")
        .last("1.8.1"),
    d("rtsig_signo", "events", "1", Number, "1.0.0", "",
        "Chose the real-time signal number of the rtsig event method; removed in 1.9.0, epoll replaces it.")
        .last("1.8.1"),
];
