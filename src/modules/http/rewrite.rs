//! `ngx_http_rewrite_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("http_rewrite_module", Kind::Http, Presence::Default("http_rewrite"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("break", "server location server-if location-if", "0", Unchecked, "1.0.0", "",
        "Stops processing further rewrite-module directives at this level and continues handling the request in the current location."), // TODO ngx_http_rewrite_break
    d("if", "server location", "block 1+", Custom(condition), "1.0.0", "",
        "Applies the enclosed rewrite directives and settings when the condition holds; use with care inside locations."),
    d("return", "server location server-if location-if", "1 2", Unchecked, "1.0.0", "",
        "Stops processing and sends the given status code, with optional text or redirect URL."), // TODO ngx_http_rewrite_return
    d("rewrite", "server location server-if location-if", "2 3", Unchecked, "1.0.0", "",
        "Changes the request URI when it matches the regular expression, or redirects the client to it."), // TODO ngx_http_rewrite
    d("rewrite_log", "http server location server-if location-if", "flag", Flag, "1.0.0", "off",
        "Logs the results of rewrite-module processing to the error log at notice level."),
    d("set", "server location server-if location-if", "2", Unchecked, "1.0.0", "",
        "Assigns a value made of text and variables to the given variable during rewrite processing."), // TODO ngx_http_rewrite_set
    d("uninitialized_variable_warn", "http server location server-if location-if", "flag", Flag, "1.0.0", "on",
        "Logs a warning whenever a variable is used that was never given a value."),
];

fn condition(cx: &mut Cx, call: &Call) -> Verdict {
    let inside = cx.config.scope(cx.scope).context;
    let context = if inside.meets(Contexts::SERVER) { Contexts::SERVER_IF } else { Contexts::LOCATION_IF };
    cx.block(call, context).map(drop)
}
