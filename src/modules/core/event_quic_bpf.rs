//! `ngx_quic_bpf_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("quic_bpf_module", Kind::Core, Presence::With("http_v3")) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("quic_bpf", "main", "flag", Flag, "1.25.0", "off",
        "Routes QUIC packets to the right worker with eBPF, so connection migration works on Linux."),
];
