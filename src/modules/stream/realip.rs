//! `ngx_stream_realip_module`.

use crate::modules::prelude::*;
use crate::modules::shared::realip;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    variables: VARIABLES,
    ..Module::new("stream_realip_module", Kind::Stream, Presence::With("stream_realip"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("set_real_ip_from", "stream stream-server", "1", Custom(realip::set_real_ip_from), "1.11.4", "",
        "Names trusted addresses whose PROXY protocol header may replace the stream client address."),
];

#[rustfmt::skip]
static VARIABLES: &[Variable] = &[
    v("realip_remote_addr", "1.11.4"),
    v("realip_remote_port", "1.11.4"),
];
