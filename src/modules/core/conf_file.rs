//! `ngx_conf_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("conf_module", Kind::Conf, Presence::Always) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("include", "main events http server location upstream server-if location-if limit_except stream stream-server stream-upstream mail mail-server mgmt oidc_provider otel_exporter acme_issuer", "1", Custom(include), "1.0.0", "",
        "Reads another configuration file, or all files matching a wildcard, in place of this line."),
];

fn include(cx: &mut Cx, call: &Call) -> Verdict {
    cx.each_included(call.node, Cx::read_file)
}
