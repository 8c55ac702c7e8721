//! `ngx_thread_pool_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("thread_pool_module", Kind::Core, Presence::Always) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("thread_pool", "main", "2 3", Unchecked, "1.7.11", "default threads=32 max_queue=65536",
        "Defines a named pool of threads for reading and sending files without blocking workers."), // TODO ngx_thread_pool
];
