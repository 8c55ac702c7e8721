//! `ngx_http_charset_filter_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("http_charset_filter_module", Kind::Http, Presence::Default("http_charset"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("charset", "http server location location-if", "1", Unchecked, "1.0.0", "off",
        "Adds the given charset to the Content-Type header and converts the body if source_charset differs."), // TODO ngx_http_set_charset_slot
    d("charset_map", "http", "block 2", Unchecked, "1.0.0", "",
        "Defines a character conversion table between two charsets, using pairs of hexadecimal codes."), // TODO ngx_http_charset_map_block
    d("charset_types", "http server location", "1+", Unchecked, "1.0.0", "text/html text/xml text/plain text/vnd.wap.wml application/javascript application/rss+xml",
        "Lists the MIME types whose responses are subject to charset labelling and conversion."), // TODO ngx_http_types_slot
    d("override_charset", "http server location location-if", "flag", Flag, "1.0.0", "off",
        "Converts proxied or FastCGI responses even when their Content-Type already carries a charset."),
    d("source_charset", "http server location location-if", "1", Unchecked, "1.0.0", "",
        "Names the original charset of the response, which is converted if charset differs."), // TODO ngx_http_set_charset_slot
];
